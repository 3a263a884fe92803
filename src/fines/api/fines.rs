//! Fines.

use axum::extract::State;
use axum::response::Response;

use crate::app::{App, AsStaff, Caller};
use crate::fines::actions;
use crate::fines::model::{Fine, FineFilters, FineStatus, NewFine, OwnFineFilters, SORTS, Waiver};
use crate::http::listing::{Page, several};
use crate::http::{Act, Create, Id, IfMatch, Input, ListSpec, Listing, PageParams, Reply};
use crate::kernel::{Error, FineId, SortColumn};

impl ListSpec for FineFilters {
    const SORTS: &'static [SortColumn] = SORTS;
    const DEFAULT_SORT: &'static str = "-created_at";
}

impl ListSpec for OwnFineFilters {
    const SORTS: &'static [SortColumn] = SORTS;
    const DEFAULT_SORT: &'static str = "-created_at";
}

/// List fines
///
/// Students see their own.
#[utoipa::path(
    get, path = "/fines", tag = "fines",
    params(
        PageParams, FineFilters,
        ("sort" = Option<String>, Query, description = "By `created_at` or `amount_cents`, with - in front for descending", example = "-created_at"),
    ),
    responses((status = 200, description = "A page of fines", body = Page<Fine>))
)]
pub(crate) async fn list_fines(
    State(app): State<App>,
    caller: Caller,
    listing: Listing<FineFilters>,
) -> Result<Response, Error> {
    let (filters, page) = (listing.filters.clone(), listing.page.clone());
    let statuses = statuses(filters.status.as_deref())?;
    let listed = app.read(&caller, move |tx| actions::list(tx, &filters, &statuses, &page)).await?;
    listing.reply(listed)
}

/// List my fines
#[utoipa::path(
    get, path = "/me/fines", tag = "fines",
    params(
        PageParams, OwnFineFilters,
        ("sort" = Option<String>, Query, description = "By `created_at` or `amount_cents`, with - in front for descending", example = "-created_at"),
    ),
    responses((status = 200, description = "A page of my fines", body = Page<Fine>))
)]
pub(crate) async fn list_my_fines(
    State(app): State<App>,
    caller: Caller,
    listing: Listing<OwnFineFilters>,
) -> Result<Response, Error> {
    let page = listing.page.clone();
    let statuses = statuses(listing.filters.status.as_deref())?;
    let listed = app.read(&caller, move |tx| actions::list_own(tx, &statuses, &page)).await?;
    listing.reply(listed)
}

/// One fine
#[utoipa::path(
    get, path = "/fines/{id}", tag = "fines",
    params(("id" = FineId, Path, description = "The fine")),
    responses((status = 200, description = "The fine", body = Fine))
)]
pub(crate) async fn get_fine(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<FineId>,
) -> Result<Reply, Error> {
    Reply::ok(&app.read(&caller, move |tx| actions::get(tx, id)).await?)
}

/// Impose a fine
///
/// For damage, loss or another reason; fines for late returns are made at the return. Never on
/// oneself.
#[utoipa::path(
    post, path = "/fines", tag = "fines", request_body = NewFine,
    responses((status = 201, description = "Imposed", body = Fine))
)]
pub(crate) async fn impose_fine(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Input { value, key, .. }: Input<NewFine, Create>,
) -> Result<Reply, Error> {
    actions::may_impose(&caller.actor, &value)?;
    app.write(&caller, key, move |tx| {
        let fine = actions::create(tx, &value)?;
        Reply::created(format!("/fines/{}", fine.id), &fine)
    })
    .await
}

/// Waive a fine
///
/// What is left of it is owed no more; what was paid stays paid. Never one's own.
#[utoipa::path(
    post, path = "/fines/{id}/waive", tag = "fines", request_body = Waiver,
    params(("id" = FineId, Path, description = "The fine")),
    responses((status = 200, description = "Waived", body = Fine))
)]
pub(crate) async fn waive_fine(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<FineId>,
    IfMatch(seen): IfMatch,
    Input { value, key, .. }: Input<Waiver, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::waive(tx, id, &value, &seen)?)).await
}

fn statuses(filter: Option<&str>) -> Result<Vec<FineStatus>, Error> {
    let names: Vec<&str> = FineStatus::ALL.iter().map(|status| status.name()).collect();
    several("status", filter, FineStatus::from_name, &names.join(", "))
}
