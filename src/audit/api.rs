//! The audit trail over HTTP: staff read it, nobody writes it.

use axum::extract::State;
use axum::response::Response;

use super::actions;
use super::model::{AtTime, EntityType, Event, EventFilters, ObjectState};
use crate::app::{App, AsStaff, Caller};
use crate::http::listing::Page;
use crate::http::{Ids, ListSpec, Listing, PageParams, Query, Reply};
use crate::kernel::{EntityId, Result, SortColumn};

impl ListSpec for EventFilters {
    const SORTS: &'static [SortColumn] = &[SortColumn { name: "seq", sql: "e.seq" }];
    const DEFAULT_SORT: &'static str = "-seq";
}

/// List events
///
/// What happened in the organization, the newest first.
#[utoipa::path(
    get, path = "/audit", tag = "audit",
    params(
        EventFilters,
        PageParams,
        ("sort" = Option<String>, Query, example = "seq",
            description = "By `seq`; `-seq` unless said: the newest first."),
    ),
    responses((status = 200, description = "One page of the events.", body = Page<Event>)),
)]
pub(crate) async fn list_events(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    list: Listing<EventFilters>,
) -> Result<Response> {
    let (filters, page) = (list.filters.clone(), list.page.clone());
    let listed = app.read(&caller, move |tx| actions::list(tx, &filters, &page)).await?;
    list.reply(listed)
}

/// Get an object as it was
///
/// At a time, or as the trail knows it now. 404 also when what was kept of it has been erased.
#[utoipa::path(
    get, path = "/audit/{entity_type}/{entity_id}", tag = "audit",
    params(
        ("entity_type" = inline(EntityType), Path, description = "What kind of object."),
        ("entity_id" = EntityId, Path, description = "Which one."),
        AtTime,
    ),
    responses((status = 200, description = "The object as it was.", body = ObjectState)),
)]
pub(crate) async fn get_object_at(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Ids(entity_type, entity_id): Ids<EntityType, EntityId>,
    Query(AtTime { at }): Query<AtTime>,
) -> Result<Reply> {
    app.read(&caller, move |tx| {
        let at = at.unwrap_or_else(|| tx.now());
        Reply::json(200, &actions::object_at(tx, entity_type, entity_id, at)?)
    })
    .await
}
