//! Handlers of resources.

use axum::extract::State;
use axum::response::Response;

use super::super::actions;
use crate::app::{App, AsStaff, AsStudent, Caller};
use crate::http::listing::Page;
use crate::http::{
    Act, Id, IfMatch, Input, ListSpec, Listing, NoFields, PageParams, Patch, Query, Reply,
};
use crate::inventory::model::{NewResource, Resource, ResourceFilters, ResourcePatch, Visibility};
use crate::kernel::{ResourceId, Result, SortColumn};

impl ListSpec for ResourceFilters {
    const SORTS: &'static [SortColumn] = &[
        SortColumn { name: "name", sql: "r.name" },
        SortColumn { name: "type", sql: "r.type" },
        SortColumn { name: "created_at", sql: "r.created_at" },
    ];
    const DEFAULT_SORT: &'static str = "name";
}

/// List resources
#[utoipa::path(
    get, path = "/resources", tag = "inventory",
    params(
        ResourceFilters,
        PageParams,
        ("sort" = Option<String>, Query, example = "-created_at,name",
            description = "By `name`, `type`, `created_at`; `-` in front: descending. `name` unless said."),
    ),
    responses((status = 200, description = "One page of the resources.", body = Page<Resource>)),
)]
pub(crate) async fn list_resources(
    State(app): State<App>,
    caller: Caller<AsStudent>,
    list: Listing<ResourceFilters>,
) -> Result<Response> {
    let (filters, page) = (list.filters.clone(), list.page.clone());
    let listed = app.read(&caller, move |tx| actions::list_resources(tx, &filters, &page)).await?;
    list.reply(listed)
}

/// Make a resource
///
/// With its tags and first units. 409 `already_exists`: a barcode is in use.
#[utoipa::path(
    post, path = "/resources", tag = "inventory",
    request_body = NewResource,
    responses((status = 201, description = "The resource was made.", body = Resource,
        headers(("ETag" = String, description = "Its version."),
            ("Location" = String, description = "Where it is.")))),
)]
pub(crate) async fn create_resource(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    input: Input<NewResource>,
) -> Result<Reply> {
    let new = input.value;
    app.write(&caller, input.key, move |tx| {
        let made = actions::create_resource(tx, &new)?;
        Reply::created(format!("/resources/{}", made.id), &made)
    })
    .await
}

/// Get a resource
#[utoipa::path(
    get, path = "/resources/{id}", tag = "inventory",
    params(("id" = ResourceId, Path, description = "The resource."), Visibility),
    responses((status = 200, description = "The resource.", body = Resource,
        headers(("ETag" = String, description = "Its version and a digest of the body.")))),
)]
pub(crate) async fn get_resource(
    State(app): State<App>,
    caller: Caller<AsStudent>,
    Id(id): Id<ResourceId>,
    Query(seen): Query<Visibility>,
) -> Result<Reply> {
    app.read(&caller, move |tx| Reply::ok(&actions::get_resource(tx, id, seen.include_deleted)?))
        .await
}

/// Change a resource
///
/// 409 `in_use`: active bookings hold what would leave service; `bookings` names them.
#[utoipa::path(
    patch, path = "/resources/{id}", tag = "inventory",
    params(("id" = ResourceId, Path, description = "The resource.")),
    request_body = ResourcePatch,
    responses((status = 200, description = "The resource as it is now.", body = Resource,
        headers(("ETag" = String, description = "Its version and a digest of the body.")))),
)]
pub(crate) async fn update_resource(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<ResourceId>,
    patch: Patch<ResourcePatch>,
) -> Result<Reply> {
    app.write(&caller, None, move |tx| {
        Reply::ok(&actions::update_resource(tx, id, &patch.value, &patch.precondition)?)
    })
    .await
}

/// Delete a resource
///
/// With its units; it can be restored. 409 `in_use`: active bookings hold it; `bookings` names them.
#[utoipa::path(
    delete, path = "/resources/{id}", tag = "inventory",
    params(("id" = ResourceId, Path, description = "The resource.")),
    responses((status = 204, description = "The resource is deleted.")),
)]
pub(crate) async fn delete_resource(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<ResourceId>,
    IfMatch(precondition): IfMatch,
) -> Result<Reply> {
    app.write(&caller, None, move |tx| {
        actions::delete_resource(tx, id, &precondition)?;
        Ok(Reply::no_content())
    })
    .await
}

/// Restore a resource
///
/// With the units that were deleted with it. 409 `invalid_transition`: it is not deleted;
/// `already_exists`: a barcode was taken in between.
#[utoipa::path(
    post, path = "/resources/{id}/restore", tag = "inventory",
    params(("id" = ResourceId, Path, description = "The resource.")),
    request_body = NoFields,
    responses((status = 200, description = "The resource is back.", body = Resource,
        headers(("ETag" = String, description = "Its version and a digest of the body.")))),
)]
pub(crate) async fn restore_resource(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<ResourceId>,
    IfMatch(precondition): IfMatch,
    input: Input<NoFields, Act>,
) -> Result<Reply> {
    app.write(&caller, input.key, move |tx| {
        Reply::ok(&actions::restore_resource(tx, id, &precondition)?)
    })
    .await
}
