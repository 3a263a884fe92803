//! Notifications over HTTP: everybody's own.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::actions;
use super::model::{MarkRead, MarkedRead, Notification, SORTS};
use crate::app::{App, AsStudent, Caller};
use crate::http::listing::Page;
use crate::http::{Act, Input, ListSpec, Listing, PageParams, Reply};
use crate::kernel::{Result, SortColumn};

/// The list has no filters: it is what is one's own and unread.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unread {}

impl ListSpec for Unread {
    const SORTS: &'static [SortColumn] = SORTS;
    const DEFAULT_SORT: &'static str = "-created_at";
}

/// List my notifications
///
/// What happened to me in this organization and is unread, the newest first.
#[utoipa::path(
    get, path = "/me/notifications", tag = "notifications",
    params(
        PageParams,
        ("sort" = Option<String>, Query, example = "created_at",
            description = "By `created_at`; `-created_at` unless said: the newest first."),
    ),
    responses((status = 200, description = "A page of what is unread", body = Page<Notification>)),
)]
pub(crate) async fn list_notifications(
    State(app): State<App>,
    caller: Caller<AsStudent>,
    list: Listing<Unread>,
) -> Result<Response> {
    let page = list.page.clone();
    let listed = app.read(&caller, move |tx| actions::list(tx, &page)).await?;
    list.reply(listed)
}

/// Mark my notifications as read
///
/// Those in `ids`, or all when it is left out. What is read already does not count. 422
/// `unknown_reference`: an id is none of mine here, and nothing was marked.
#[utoipa::path(
    post, path = "/me/notifications/read", tag = "notifications", request_body = MarkRead,
    responses((status = 200, description = "How many are read now", body = MarkedRead)),
)]
pub(crate) async fn mark_notifications_read(
    State(app): State<App>,
    caller: Caller<AsStudent>,
    Input { value, key, .. }: Input<MarkRead, Act>,
) -> Result<Reply> {
    app.write(&caller, key, move |tx| Reply::json(200, &actions::mark_read(tx, &value)?)).await
}
