//! Handlers of units.

use axum::extract::State;
use axum::response::Response;

use super::super::actions;
use crate::app::{App, AsStaff, AsStudent, Caller};
use crate::http::listing::Page;
use crate::http::{
    Act, Id, IfMatch, Input, ListSpec, Listing, NoFields, PageParams, Patch, Query, Reply,
};
use crate::inventory::model::{NewUnit, Unit, UnitFilters, UnitPatch, Visibility};
use crate::kernel::{Error, ResourceId, Result, SortColumn, UnitId};

impl ListSpec for UnitFilters {
    const SORTS: &'static [SortColumn] = &[SortColumn { name: "barcode", sql: "u.barcode" }];
    const DEFAULT_SORT: &'static str = "barcode";
}

/// List units
#[utoipa::path(
    get, path = "/units", tag = "inventory",
    params(
        UnitFilters,
        PageParams,
        ("sort" = Option<String>, Query, example = "-barcode",
            description = "By `barcode`; `-` in front: descending."),
    ),
    responses((status = 200, description = "One page of the units.", body = Page<Unit>)),
)]
pub(crate) async fn list_units(
    State(app): State<App>,
    caller: Caller<AsStudent>,
    list: Listing<UnitFilters>,
) -> Result<Response> {
    let (filters, page) = (list.filters.clone(), list.page.clone());
    let listed = app.read(&caller, move |tx| actions::list_units(tx, &filters, &page)).await?;
    list.reply(listed)
}

/// List the units of a resource
#[utoipa::path(
    get, path = "/resources/{id}/units", tag = "inventory",
    params(
        ("id" = ResourceId, Path, description = "The resource."),
        UnitFilters,
        PageParams,
        ("sort" = Option<String>, Query, example = "-barcode",
            description = "By `barcode`; `-` in front: descending."),
    ),
    responses((status = 200, description = "One page of its units.", body = Page<Unit>)),
)]
pub(crate) async fn list_resource_units(
    State(app): State<App>,
    caller: Caller<AsStudent>,
    Id(id): Id<ResourceId>,
    list: Listing<UnitFilters>,
) -> Result<Response> {
    let (filters, page) = (list.filters.clone(), list.page.clone());
    let listed =
        app.read(&caller, move |tx| actions::list_resource_units(tx, id, &filters, &page)).await?;
    list.reply(listed)
}

/// Add a unit to a resource
///
/// 409 `already_exists`: the barcode is in use.
#[utoipa::path(
    post, path = "/resources/{id}/units", tag = "inventory",
    params(("id" = ResourceId, Path, description = "The resource.")),
    request_body = NewUnit,
    responses((status = 201, description = "The unit was made.", body = Unit,
        headers(("ETag" = String, description = "Its version."),
            ("Location" = String, description = "Where it is.")))),
)]
pub(crate) async fn create_unit(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<ResourceId>,
    input: Input<NewUnit>,
) -> Result<Reply> {
    let new = input.value;
    app.write(&caller, input.key, move |tx| {
        let made = actions::create_units(tx, id, std::slice::from_ref(&new))?;
        let unit = made.first().ok_or_else(|| Error::internal("no unit was made"))?;
        Reply::created(format!("/units/{}", unit.id), unit)
    })
    .await
}

/// Get a unit
#[utoipa::path(
    get, path = "/units/{id}", tag = "inventory",
    params(("id" = UnitId, Path, description = "The unit."), Visibility),
    responses((status = 200, description = "The unit.", body = Unit,
        headers(("ETag" = String, description = "Its version.")))),
)]
pub(crate) async fn get_unit(
    State(app): State<App>,
    caller: Caller<AsStudent>,
    Id(id): Id<UnitId>,
    Query(seen): Query<Visibility>,
) -> Result<Reply> {
    app.read(&caller, move |tx| Reply::ok(&actions::get_unit(tx, id, seen.include_deleted)?)).await
}

/// Change a unit
///
/// 409 `in_use`: active bookings hold what would leave service; `bookings` names them.
/// `already_exists`: the barcode is in use.
#[utoipa::path(
    patch, path = "/units/{id}", tag = "inventory",
    params(("id" = UnitId, Path, description = "The unit.")),
    request_body = UnitPatch,
    responses((status = 200, description = "The unit as it is now.", body = Unit,
        headers(("ETag" = String, description = "Its version.")))),
)]
pub(crate) async fn update_unit(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<UnitId>,
    patch: Patch<UnitPatch>,
) -> Result<Reply> {
    app.write(&caller, None, move |tx| {
        Reply::ok(&actions::update_unit(tx, id, &patch.value, &patch.precondition)?)
    })
    .await
}

/// Delete a unit
///
/// It can be restored. 409 `in_use`: active bookings hold it; `bookings` names them.
#[utoipa::path(
    delete, path = "/units/{id}", tag = "inventory",
    params(("id" = UnitId, Path, description = "The unit.")),
    responses((status = 204, description = "The unit is deleted.")),
)]
pub(crate) async fn delete_unit(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<UnitId>,
    IfMatch(precondition): IfMatch,
) -> Result<Reply> {
    app.write(&caller, None, move |tx| {
        actions::delete_unit(tx, id, &precondition)?;
        Ok(Reply::no_content())
    })
    .await
}

/// Restore a unit
///
/// 409 `invalid_transition`: it is not deleted, or its resource is; `already_exists`: its barcode
/// was taken in between.
#[utoipa::path(
    post, path = "/units/{id}/restore", tag = "inventory",
    params(("id" = UnitId, Path, description = "The unit.")),
    request_body = NoFields,
    responses((status = 200, description = "The unit is back.", body = Unit,
        headers(("ETag" = String, description = "Its version.")))),
)]
pub(crate) async fn restore_unit(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(id): Id<UnitId>,
    IfMatch(precondition): IfMatch,
    input: Input<NoFields, Act>,
) -> Result<Reply> {
    app.write(&caller, input.key, move |tx| {
        Reply::ok(&actions::restore_unit(tx, id, &precondition)?)
    })
    .await
}
