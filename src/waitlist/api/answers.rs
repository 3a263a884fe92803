//! What the one who waits does.

use axum::extract::State;

use crate::app::{App, Caller};
use crate::booking::Decision;
use crate::http::{Act, Id, IfMatch, Input, NoFields, Reply};
use crate::kernel::{EntryId, Error};
use crate::waitlist::actions;
use crate::waitlist::model::Entry;

/// Accept an offer
///
/// Books exactly what is offered: approved if staff offered it or the role approves itself, else
/// pending. 409 `offer_expired`: it holds while now lies before `expires_at`.
#[utoipa::path(
    post, path = "/waitlist/{id}/accept", tag = "waitlist", request_body = NoFields,
    params(("id" = EntryId, Path, description = "The entry")),
    responses((status = 200, description = "Booked", body = Entry))
)]
pub(crate) async fn accept_waitlist_offer(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EntryId>,
    IfMatch(seen): IfMatch,
    Input { key, .. }: Input<NoFields, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::accept(tx, id, &seen)?)).await
}

/// Decline an offer
///
/// The entry ends and the units are passed on. Who declines a proposal waits again, at the old
/// place.
#[utoipa::path(
    post, path = "/waitlist/{id}/decline", tag = "waitlist", request_body = NoFields,
    params(("id" = EntryId, Path, description = "The entry")),
    responses((status = 200, description = "Declined", body = Entry))
)]
pub(crate) async fn decline_waitlist_offer(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EntryId>,
    IfMatch(seen): IfMatch,
    Input { key, .. }: Input<NoFields, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::decline(tx, id, &seen)?)).await
}

/// Leave the waitlist
///
/// One's own entry; staff may take somebody off who asks for it.
#[utoipa::path(
    post, path = "/waitlist/{id}/cancel", tag = "waitlist", request_body = Decision,
    params(("id" = EntryId, Path, description = "The entry")),
    responses((status = 200, description = "Waits no more", body = Entry))
)]
pub(crate) async fn cancel_waitlist_entry(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EntryId>,
    IfMatch(seen): IfMatch,
    Input { value, key, .. }: Input<Decision, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::cancel(tx, id, &value, &seen)?)).await
}
