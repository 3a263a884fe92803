//! Joining and reading.

use axum::extract::State;
use axum::response::Response;

use crate::app::{App, AsStaff, Caller};
use crate::booking::{self, NewBooking};
use crate::http::listing::{Page, several};
use crate::http::{Create, Id, Input, ListSpec, Listing, PageParams, Reply};
use crate::kernel::{EntryId, Error, SortColumn};
use crate::waitlist::actions;
use crate::waitlist::model::{Entry, EntryFilters, EntryStatus, NewEntry, OwnEntryFilters, SORTS};

impl ListSpec for EntryFilters {
    const SORTS: &'static [SortColumn] = SORTS;
    const DEFAULT_SORT: &'static str = "rank";
}

impl ListSpec for OwnEntryFilters {
    const SORTS: &'static [SortColumn] = SORTS;
    const DEFAULT_SORT: &'static str = "-created_at";
}

/// Wait for what is taken
///
/// The body of `POST /bookings`; it makes a request (a booking in WAITLISTED) and its entry. All
/// items are served at once or none. 409 `available_now`: all of it is free. Who books the same
/// thing directly in the meantime keeps the entry.
#[utoipa::path(
    post, path = "/waitlist", tag = "waitlist", request_body = NewBooking,
    responses((status = 201, description = "Waits", body = Entry))
)]
pub(crate) async fn join_waitlist(
    State(app): State<App>,
    caller: Caller,
    Input { value: NewEntry(value), key, .. }: Input<NewEntry, Create>,
) -> Result<Reply, Error> {
    booking::may_ask(&caller.actor, &value)?;
    app.write(&caller, key, move |tx| {
        let entry = actions::join(tx, &value)?;
        Reply::created(format!("/waitlist/{}", entry.id), &entry)
    })
    .await
}

/// List the waitlist
///
/// By `rank`: who is served first comes first, as `priority_score` says.
#[utoipa::path(
    get, path = "/waitlist", tag = "waitlist",
    params(
        PageParams, EntryFilters,
        ("sort" = Option<String>, Query, description = "By `rank` or `created_at`, with - in front for descending", example = "rank"),
    ),
    responses((status = 200, description = "A page of entries", body = Page<Entry>))
)]
pub(crate) async fn list_waitlist(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    listing: Listing<EntryFilters>,
) -> Result<Response, Error> {
    let (filters, page) = (listing.filters.clone(), listing.page.clone());
    let statuses = statuses(filters.status.as_deref())?;
    let listed = app.read(&caller, move |tx| actions::list(tx, &filters, &statuses, &page)).await?;
    listing.reply(listed)
}

/// List my places in the waitlist
#[utoipa::path(
    get, path = "/me/waitlist", tag = "waitlist",
    params(
        PageParams, OwnEntryFilters,
        ("sort" = Option<String>, Query, description = "By `rank` or `created_at`, with - in front for descending", example = "-created_at"),
    ),
    responses((status = 200, description = "A page of my entries", body = Page<Entry>))
)]
pub(crate) async fn list_my_waitlist(
    State(app): State<App>,
    caller: Caller,
    listing: Listing<OwnEntryFilters>,
) -> Result<Response, Error> {
    let page = listing.page.clone();
    let statuses = statuses(listing.filters.status.as_deref())?;
    let listed = app.read(&caller, move |tx| actions::list_own(tx, &statuses, &page)).await?;
    listing.reply(listed)
}

/// One entry of the waitlist
#[utoipa::path(
    get, path = "/waitlist/{id}", tag = "waitlist",
    params(("id" = EntryId, Path, description = "The entry")),
    responses((status = 200, description = "The entry", body = Entry))
)]
pub(crate) async fn get_waitlist_entry(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EntryId>,
) -> Result<Reply, Error> {
    Reply::ok(&app.read(&caller, move |tx| actions::get(tx, id)).await?)
}

fn statuses(filter: Option<&str>) -> Result<Vec<EntryStatus>, Error> {
    let names: Vec<&str> = EntryStatus::ALL.iter().map(|status| status.name()).collect();
    several("status", filter, EntryStatus::from_name, &names.join(", "))
}
