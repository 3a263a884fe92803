//! What the desk decides.

use axum::extract::State;

use crate::app::{App, AsAdmin, AsStaff, Caller};
use crate::booking::Decision;
use crate::http::{Act, Id, IfMatch, Input, NoFields, Reply};
use crate::kernel::{EntryId, Error};
use crate::waitlist::actions;
use crate::waitlist::model::{Entry, NewOffer, NewProposal};

/// Offer what was asked for
///
/// Out of turn, and with units of the desk's choice. They are held until the offer ends; accepting
/// it books at once, approved.
#[utoipa::path(
    post, path = "/waitlist/{id}/offer", tag = "waitlist", request_body = NewOffer,
    params(("id" = EntryId, Path, description = "The entry")),
    responses((status = 200, description = "Held for the one who waits", body = Entry))
)]
pub(crate) async fn offer_to_waitlist_entry(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<EntryId>,
    IfMatch(seen): IfMatch,
    Input { value, key, .. }: Input<NewOffer, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::offer(tx, id, &value, &seen)?)).await
}

/// Propose something else
///
/// Other items, another period, or both. It is held as an offer is; who declines it, or lets it run
/// out, waits again at the old place.
#[utoipa::path(
    post, path = "/waitlist/{id}/propose", tag = "waitlist", request_body = NewProposal,
    params(("id" = EntryId, Path, description = "The entry")),
    responses((status = 200, description = "Held for the one who waits", body = Entry))
)]
pub(crate) async fn propose_to_waitlist_entry(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<EntryId>,
    IfMatch(seen): IfMatch,
    Input { value, key, .. }: Input<NewProposal, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::propose(tx, id, &value, &seen)?)).await
}

/// Book for somebody who waits
///
/// At once and approved: what is held for the entry, else what is free of what it asks for.
#[utoipa::path(
    post, path = "/waitlist/{id}/approve", tag = "waitlist", request_body = Decision,
    params(("id" = EntryId, Path, description = "The entry")),
    responses((status = 200, description = "Booked", body = Entry))
)]
pub(crate) async fn approve_waitlist_entry(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<EntryId>,
    IfMatch(seen): IfMatch,
    Input { value, key, .. }: Input<Decision, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::approve(tx, id, &value, &seen)?)).await
}

/// Refuse somebody who waits
#[utoipa::path(
    post, path = "/waitlist/{id}/reject", tag = "waitlist", request_body = Decision,
    params(("id" = EntryId, Path, description = "The entry")),
    responses((status = 200, description = "Rejected; what was held is passed on", body = Entry))
)]
pub(crate) async fn reject_waitlist_entry(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<EntryId>,
    IfMatch(seen): IfMatch,
    Input { value, key, .. }: Input<Decision, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::reject(tx, id, &value, &seen)?)).await
}

/// End an entry by hand
///
/// As if its offer had run out or its period had begun.
#[utoipa::path(
    post, path = "/waitlist/{id}/expire", tag = "waitlist", request_body = NoFields,
    params(("id" = EntryId, Path, description = "The entry")),
    responses((status = 200, description = "Expired; what was held is passed on", body = Entry))
)]
pub(crate) async fn expire_waitlist_entry(
    State(app): State<App>,
    caller: Caller<AsAdmin>,
    Id(id): Id<EntryId>,
    IfMatch(seen): IfMatch,
    Input { key, .. }: Input<NoFields, Act>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::ok(&actions::expire(tx, id, &seen)?)).await
}
