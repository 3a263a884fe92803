//! The calendar over HTTP.

use axum::extract::State;

use super::actions;
use super::model::{Range, ResourceAvailability, TypeAvailability, TypeRange};
use crate::app::{App, Caller};
use crate::http::{Id, Query, Reply};
use crate::kernel::{Error, ResourceId};

/// When the units of a resource are free
///
/// Per unit the periods in which it is not free, and for the resource the number of free units as
/// a step function over the range.
#[utoipa::path(
    get, path = "/resources/{id}/availability", tag = "calendar",
    params(("id" = ResourceId, Path, description = "The resource"), Range),
    responses((status = 200, description = "The calendar", body = ResourceAvailability))
)]
pub(crate) async fn get_resource_availability(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ResourceId>,
    Query(range): Query<Range>,
) -> Result<Reply, Error> {
    let found = app.read(&caller, move |tx| actions::availability(tx, id, &range)).await?;
    Reply::json(200, &found)
}

/// When the resources of a type are free
#[utoipa::path(
    get, path = "/availability", tag = "calendar",
    params(TypeRange),
    responses((status = 200, description = "The free units of each resource", body = TypeAvailability))
)]
pub(crate) async fn get_type_availability(
    State(app): State<App>,
    caller: Caller,
    Query(range): Query<TypeRange>,
) -> Result<Reply, Error> {
    let found = app.read(&caller, move |tx| actions::type_availability(tx, &range)).await?;
    Reply::json(200, &found)
}
