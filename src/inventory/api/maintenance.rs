//! Handlers of what takes units out of service: withdrawing, and planned maintenance.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::super::actions;
use crate::app::{App, AsStaff, Caller};
use crate::http::listing::Page;
use crate::http::{Id, Ids, IfMatch, Input, ListSpec, Listing, PageParams, Reply};
use crate::inventory::model::{Maintenance, NewMaintenance, Unit, Withdrawal};
use crate::kernel::{MaintenanceId, Result, SortColumn, UnitId};

/// The list has no filters: it is what is planned for the unit and not over.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Planned {}

impl ListSpec for Planned {
    const SORTS: &'static [SortColumn] = &[SortColumn { name: "start_at", sql: "m.start_at" }];
    const DEFAULT_SORT: &'static str = "start_at";
}

/// Take a unit out of service
///
/// Also when active bookings hold it: PATCH and DELETE refuse that. Its note is shown as
/// `status_note` until the unit is back in service.
#[utoipa::path(
    post, path = "/units/{id}/withdraw", tag = "inventory",
    params(("id" = UnitId, Path, description = "The unit.")),
    request_body = Withdrawal,
    responses((status = 200, description = "The unit as it is now.", body = Unit,
        headers(("ETag" = String, description = "Its version.")))),
)]
pub(crate) async fn withdraw_unit(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<UnitId>,
    IfMatch(precondition): IfMatch,
    input: Input<Withdrawal>,
) -> Result<Reply> {
    let withdrawal = input.value;
    app.write(&caller, input.key, move |tx| {
        Reply::ok(&actions::withdraw_unit(tx, id, &withdrawal, &precondition)?)
    })
    .await
}

/// List the planned maintenance of a unit
///
/// What is not over, by its start.
#[utoipa::path(
    get, path = "/units/{id}/maintenance", tag = "inventory",
    params(
        ("id" = UnitId, Path, description = "The unit."),
        PageParams,
        ("sort" = Option<String>, Query, example = "-start_at",
            description = "By `start_at`; `-` in front: descending."),
    ),
    responses((status = 200, description = "One page of what is planned.", body = Page<Maintenance>)),
)]
pub(crate) async fn list_maintenance(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<UnitId>,
    list: Listing<Planned>,
) -> Result<Response> {
    let page = list.page.clone();
    let listed = app.read(&caller, move |tx| actions::list_maintenance(tx, id, &page)).await?;
    list.reply(listed)
}

/// Plan maintenance of a unit
///
/// The unit is held for it, so nobody can book it then. 409 `unit_unavailable`: something holds it
/// already; `not_bookable`: it is out of service.
#[utoipa::path(
    post, path = "/units/{id}/maintenance", tag = "inventory",
    params(("id" = UnitId, Path, description = "The unit.")),
    request_body = NewMaintenance,
    responses((status = 201, description = "It is planned.", body = Maintenance,
        headers(("Location" = String, description = "Where it can be taken away.")))),
)]
pub(crate) async fn create_maintenance(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<UnitId>,
    input: Input<NewMaintenance>,
) -> Result<Reply> {
    let new = input.value;
    app.write(&caller, input.key, move |tx| {
        let planned = actions::create_maintenance(tx, id, &new)?;
        let location = Some(format!("/units/{id}/maintenance/{}", planned.id));
        Ok(Reply { location, ..Reply::json(201, &planned)? })
    })
    .await
}

/// Take planned maintenance away
///
/// Also when it has begun or is over. The unit is free at once.
#[utoipa::path(
    delete, path = "/units/{id}/maintenance/{claim_id}", tag = "inventory",
    params(
        ("id" = UnitId, Path, description = "The unit."),
        ("claim_id" = MaintenanceId, Path, description = "The maintenance, by its `id`."),
    ),
    responses((status = 204, description = "It is planned no more.")),
)]
pub(crate) async fn delete_maintenance(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Ids(unit, id): Ids<UnitId, MaintenanceId>,
) -> Result<Reply> {
    app.write(&caller, None, move |tx| {
        actions::delete_maintenance(tx, unit, id)?;
        Ok(Reply::no_content())
    })
    .await
}
