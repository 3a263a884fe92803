//! Handlers of tags.

use axum::extract::State;
use axum::response::Response;

use super::super::actions;
use crate::app::{App, AsStaff, AsStudent, Caller};
use crate::http::listing::Page;
use crate::http::{Act, Id, Input, ListSpec, Listing, NoFields, PageParams, Reply};
use crate::inventory::model::{NewTag, Tag, Visibility};
use crate::kernel::{Result, SortColumn, TagId};

impl ListSpec for Visibility {
    const SORTS: &'static [SortColumn] = &[SortColumn { name: "name", sql: "t.name" }];
    const DEFAULT_SORT: &'static str = "name";
}

/// List tags
#[utoipa::path(
    get, path = "/tags", tag = "inventory",
    params(
        Visibility,
        PageParams,
        ("sort" = Option<String>, Query, example = "-name",
            description = "By `name`; `-` in front: descending."),
    ),
    responses((status = 200, description = "One page of the tags.", body = Page<Tag>)),
)]
pub(crate) async fn list_tags(
    State(app): State<App>,
    caller: Caller<AsStudent>,
    list: Listing<Visibility>,
) -> Result<Response> {
    let (deleted_too, page) = (list.filters.include_deleted, list.page.clone());
    let listed = app.read(&caller, move |tx| actions::list_tags(tx, deleted_too, &page)).await?;
    list.reply(listed)
}

/// Make a tag
///
/// 409 `already_exists`: the name is in use.
#[utoipa::path(
    post, path = "/tags", tag = "inventory",
    request_body = NewTag,
    responses((status = 201, description = "The tag was made.", body = Tag)),
)]
pub(crate) async fn create_tag(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    input: Input<NewTag>,
) -> Result<Reply> {
    let new = input.value;
    app.write(&caller, input.key, move |tx| Reply::json(201, &actions::create_tag(tx, &new)?)).await
}

/// Delete a tag
///
/// Resources show it no more until it is restored.
#[utoipa::path(
    delete, path = "/tags/{id}", tag = "inventory",
    params(("id" = TagId, Path, description = "The tag.")),
    responses((status = 204, description = "The tag is deleted.")),
)]
pub(crate) async fn delete_tag(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<TagId>,
) -> Result<Reply> {
    app.write(&caller, None, move |tx| {
        actions::delete_tag(tx, id)?;
        Ok(Reply::no_content())
    })
    .await
}

/// Restore a tag
///
/// 409 `invalid_transition`: it is not deleted; `already_exists`: its name was taken in between.
#[utoipa::path(
    post, path = "/tags/{id}/restore", tag = "inventory",
    params(("id" = TagId, Path, description = "The tag.")),
    request_body = NoFields,
    responses((status = 200, description = "The tag is back.", body = Tag)),
)]
pub(crate) async fn restore_tag(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<TagId>,
    input: Input<NoFields, Act>,
) -> Result<Reply> {
    app.write(&caller, input.key, move |tx| Reply::json(200, &actions::restore_tag(tx, id)?)).await
}
