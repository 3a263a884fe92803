//! Members of an organization.

use axum::extract::State;
use axum::response::Response;

use crate::app::{App, AsAdmin, AsStaff, Caller};
use crate::http::listing::Page;
use crate::http::{Id, IfMatch, Input, ListSpec, Listing, PageParams, Patch, Reply};
use crate::identity::actions;
use crate::identity::model::{Invitation, Member, MemberFilters, MemberPatch, NewInvitation};
use crate::kernel::{Result, SortColumn, UserId};

impl ListSpec for MemberFilters {
    const SORTS: &'static [SortColumn] = &[
        SortColumn { name: "full_name", sql: "u.full_name" },
        SortColumn { name: "email", sql: "u.email" },
        SortColumn { name: "created_at", sql: "m.created_at" },
    ];
    const DEFAULT_SORT: &'static str = "full_name";
}

/// List members
#[utoipa::path(
    get, path = "/members", tag = "identity",
    params(
        MemberFilters,
        PageParams,
        ("sort" = Option<String>, Query, example = "-created_at,full_name",
            description = "By `full_name`, `email`, `created_at`; `-` in front: descending. `full_name` unless said."),
    ),
    responses((status = 200, description = "One page of the members.", body = Page<Member>)),
)]
pub(crate) async fn list_members(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    list: Listing<MemberFilters>,
) -> Result<Response> {
    let (filters, page) = (list.filters.clone(), list.page.clone());
    let listed = app.read(&caller, move |tx| actions::list_members(tx, &filters, &page)).await?;
    list.reply(listed)
}

/// Invite somebody
///
/// Whoever has an account with this address sees the invitation in `GET /me`. The answer does not
/// tell whether there is one. A newer invitation of the same address replaces the older.
#[utoipa::path(
    post, path = "/members", tag = "identity",
    request_body = NewInvitation,
    responses((status = 202, description = "The invitation.", body = Invitation)),
)]
pub(crate) async fn invite_member(
    State(app): State<App>,
    caller: Caller<AsAdmin>,
    input: Input<NewInvitation>,
) -> Result<Reply> {
    let new = input.value;
    app.write(&caller, input.key, move |tx| Reply::json(202, &actions::invite(tx, &new)?)).await
}

/// Get a member
///
/// Also somebody who holds no role any more.
#[utoipa::path(
    get, path = "/members/{user_id}", tag = "identity",
    params(("user_id" = UserId, Path, description = "The member's account.")),
    responses((status = 200, description = "The member.", body = Member,
        headers(("ETag" = String, description = "Its version and a digest of the body.")))),
)]
pub(crate) async fn get_member(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(user): Id<UserId>,
) -> Result<Reply> {
    app.read(&caller, move |tx| Reply::ok(&actions::find_member(tx, user)?)).await
}

/// Change a member
///
/// Name and `is_active` only in the person's home organization; closing an account ends its
/// sessions. 409 `last_admin`: nobody else could appoint an admin.
#[utoipa::path(
    patch, path = "/members/{user_id}", tag = "identity",
    params(("user_id" = UserId, Path, description = "The member's account.")),
    request_body = MemberPatch,
    responses((status = 200, description = "The member as it is now.", body = Member,
        headers(("ETag" = String, description = "Its version and a digest of the body.")))),
)]
pub(crate) async fn update_member(
    State(app): State<App>,
    caller: Caller<AsAdmin>,
    Id(user): Id<UserId>,
    patch: Patch<MemberPatch>,
) -> Result<Reply> {
    app.write(&caller, None, move |tx| {
        Reply::ok(&actions::change_member(tx, user, &patch.value, &patch.precondition)?)
    })
    .await
}

/// Remove a member
///
/// Takes all roles away and withdraws an open invitation. The person stays known here, and
/// running bookings stay. 409 `last_admin`: nobody else could appoint an admin.
#[utoipa::path(
    delete, path = "/members/{user_id}", tag = "identity",
    params(("user_id" = UserId, Path, description = "The member's account.")),
    responses((status = 204, description = "The person holds no role here.")),
)]
pub(crate) async fn remove_member(
    State(app): State<App>,
    caller: Caller<AsAdmin>,
    Id(user): Id<UserId>,
    IfMatch(precondition): IfMatch,
) -> Result<Reply> {
    app.write(&caller, None, move |tx| {
        actions::remove_member(tx, user, &precondition)?;
        Ok(Reply::no_content())
    })
    .await
}
