//! Bookings over HTTP.

use axum::extract::State;
use axum::response::Response;

use super::actions;
use super::model::{
    Booking, BookingCheck, BookingFilters, BookingPatch, Decision, HandOut, NewBooking, SORTS,
    Status, TakeBack,
};
use crate::app::{self, App, AsStaff, Caller};
use crate::http::listing::{Page, several};
use crate::http::{
    Act, Id, IfMatch, Input, KeyedCreate, ListSpec, Listing, NoFields, PageParams, Patch, Reply,
};
use crate::kernel::{BookingId, Error, SortColumn, bug};

impl ListSpec for BookingFilters {
    const SORTS: &'static [SortColumn] = SORTS;
    const DEFAULT_SORT: &'static str = "start_at";
}

/// Book units
///
/// All items or nothing. The server chooses among free units so that long gaps stay whole. Where
/// units lack, the answer is 409 `unit_unavailable` with up to five alternatives.
#[utoipa::path(
    post, path = "/bookings", tag = "bookings", request_body = NewBooking,
    responses((status = 201, description = "Booked, or kept as a draft", body = Booking))
)]
pub(crate) async fn create_booking(
    State(app): State<App>,
    caller: Caller,
    Input { value, key, .. }: Input<NewBooking, KeyedCreate>,
) -> Result<Reply, Error> {
    // Before a replay is looked for: who lost the role must not see what it did.
    if !bug::seeded("replay_without_role") {
        actions::may_ask(&caller.actor, &value)?;
    }
    app.write(&caller, key, move |tx| {
        let booking = actions::create(tx, &value)?;
        Reply::created(format!("/bookings/{}", booking.id), &booking)
    })
    .await
}

/// Check whether units could be booked
///
/// The same function as in `POST /bookings` decides, and nothing is booked: every rule with what it
/// allows and what was asked, the units that would be taken now, and what could be had instead where
/// units lack. A draft is checked as what it becomes when it is submitted.
#[utoipa::path(
    post, path = "/bookings/check", tag = "bookings", request_body = NewBooking,
    responses((status = 200, description = "Whether it could be booked now", body = BookingCheck))
)]
pub(crate) async fn check_booking(
    State(app): State<App>,
    caller: Caller,
    Input { value, key, .. }: Input<NewBooking>,
) -> Result<Reply, Error> {
    actions::may_ask(&caller.actor, &value)?;
    let new = value.clone();
    let looked = app.read(&caller, move |tx| {
        let is_due = app::next_due(tx)?.is_some_and(|due| due <= tx.now());
        Ok((actions::check(tx, &new, None), is_due))
    });
    let (checked, is_due) = looked.await?;
    if key.is_none() && !is_due {
        return Reply::json(200, &checked?);
    }
    // An answer that is kept goes the way of a write, and decides there; so does one that depends on
    // what is due, which a booking would find done. What could be had instead was searched before,
    // outside the write lock.
    let searched = checked.map(|checked| checked.alternatives).unwrap_or_default();
    app.write(&caller, key, move |tx| {
        Reply::json(200, &actions::check(tx, &value, Some(&searched))?)
    })
    .await
}

/// List bookings
#[utoipa::path(
    get, path = "/bookings", tag = "bookings",
    params(
        PageParams, BookingFilters,
        ("sort" = Option<String>, Query, description = "By `start_at` or `created_at`, with - in front for descending", example = "-created_at"),
    ),
    responses((status = 200, description = "A page of bookings", body = Page<Booking>))
)]
pub(crate) async fn list_bookings(
    State(app): State<App>,
    caller: Caller,
    listing: Listing<BookingFilters>,
) -> Result<Response, Error> {
    let filters = listing.filters.clone();
    let names: Vec<&str> = Status::ALL.iter().map(|status| status.name()).collect();
    let allowed = names.join(", ");
    let statuses = several("status", filters.status.as_deref(), Status::from_name, &allowed)?;
    let page = listing.page.clone();
    let listed = app.read(&caller, move |tx| actions::list(tx, &filters, &statuses, &page)).await?;
    listing.reply(listed)
}

/// One booking
#[utoipa::path(
    get, path = "/bookings/{id}", tag = "bookings",
    params(("id" = BookingId, Path, description = "The booking")),
    responses((status = 200, description = "The booking", body = Booking))
)]
pub(crate) async fn get_booking(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<BookingId>,
) -> Result<Reply, Error> {
    Reply::ok(&app.read(&caller, move |tx| actions::get(tx, id)).await?)
}

/// Change a booking
///
/// By the requester while it is a draft or pending, by staff also while it is approved. While it is
/// out `end_at` alone may change, to a later time: that must not cross what somebody else holds and,
/// by the requester, not pass somebody who waits; the refusal has `longest_end_at` (null: nothing
/// limits it). The rules are checked anew; when they refuse, nothing has changed.
#[utoipa::path(
    patch, path = "/bookings/{id}", tag = "bookings", request_body = BookingPatch,
    params(("id" = BookingId, Path, description = "The booking")),
    responses((status = 200, description = "As it is now", body = Booking))
)]
pub(crate) async fn update_booking(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<BookingId>,
    Patch { value, precondition }: Patch<BookingPatch>,
) -> Result<Reply, Error> {
    app.write(&caller, None, move |tx| Reply::ok(&actions::update(tx, id, &value, &precondition)?))
        .await
}

/// Ask for what a draft holds
#[utoipa::path(
    post, path = "/bookings/{id}/submit", tag = "bookings", request_body = NoFields,
    params(("id" = BookingId, Path, description = "The booking")),
    responses((status = 200, description = "Pending, or approved at once", body = Booking))
)]
pub(crate) async fn submit_booking(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<BookingId>,
    IfMatch(seen): IfMatch,
    Input { key, .. }: Input<NoFields, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::submit(tx, id, &seen)?)).await
}

/// Give a booking up
#[utoipa::path(
    post, path = "/bookings/{id}/cancel", tag = "bookings", request_body = Decision,
    params(("id" = BookingId, Path, description = "The booking")),
    responses((status = 200, description = "Cancelled; its units are free", body = Booking))
)]
pub(crate) async fn cancel_booking(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<BookingId>,
    IfMatch(seen): IfMatch,
    Input { value, key, .. }: Input<Decision, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::cancel(tx, id, &value, &seen)?)).await
}

/// Grant a request
#[utoipa::path(
    post, path = "/bookings/{id}/approve", tag = "bookings", request_body = Decision,
    params(("id" = BookingId, Path, description = "The booking")),
    responses((status = 200, description = "Approved", body = Booking))
)]
pub(crate) async fn approve_booking(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<BookingId>,
    IfMatch(seen): IfMatch,
    Input { value, key, .. }: Input<Decision, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::approve(tx, id, &value, &seen)?)).await
}

/// Refuse a request
#[utoipa::path(
    post, path = "/bookings/{id}/reject", tag = "bookings", request_body = Decision,
    params(("id" = BookingId, Path, description = "The booking")),
    responses((status = 200, description = "Rejected; its units are free", body = Booking))
)]
pub(crate) async fn reject_booking(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<BookingId>,
    IfMatch(seen): IfMatch,
    Input { value, key, .. }: Input<Decision, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::reject(tx, id, &value, &seen)?)).await
}

/// Hand out
///
/// All items that have not been fetched, or those that are named by id or barcode. Another free unit
/// of the same resource that is scanned takes the place of the reserved one. Before the start the
/// units must be free from now on. What is not fetched is free again after the no-show grace.
#[utoipa::path(
    post, path = "/bookings/{id}/check-out", tag = "bookings", request_body = HandOut,
    params(("id" = BookingId, Path, description = "The booking")),
    responses((status = 200, description = "What was named is out", body = Booking))
)]
pub(crate) async fn check_out_booking(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<BookingId>,
    IfMatch(seen): IfMatch,
    Input { value, key, .. }: Input<HandOut, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::check_out(tx, id, &value, &seen)?)).await
}

/// Take back
///
/// All items that are out, or those that are named by id or barcode, each with its condition and a
/// note. What is LOST leaves service, what is DAMAGED does when `withdraw` says so. Who is late is
/// fined as the policy says, and the rest of the period goes to whom it is due.
#[utoipa::path(
    post, path = "/bookings/{id}/return", tag = "bookings", request_body = TakeBack,
    params(("id" = BookingId, Path, description = "The booking")),
    responses((status = 200, description = "What was named is back", body = Booking))
)]
pub(crate) async fn return_booking(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<BookingId>,
    IfMatch(seen): IfMatch,
    Input { value, key, .. }: Input<TakeBack, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::take_back(tx, id, &value, &seen)?)).await
}
