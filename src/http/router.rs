//! Every route on one screen.

use axum::extract::FromRef;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router, middleware};
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{cors, docs, edge, openapi, rate};
use crate::app::App;
use crate::http::json::BodyLimits;
use crate::kernel::Error;
use crate::{booking, calendar, health, inventory};

/// The routes and the document that describes them.
pub fn operations() -> OpenApiRouter<App> {
    use booking::api as b;
    use calendar::api as c;
    use inventory::api as i;
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(health::get_health))
        .routes(routes!(health::get_health_details))
        .routes(routes!(i::list_resources, i::create_resource))
        .routes(routes!(i::get_resource, i::update_resource, i::delete_resource))
        .routes(routes!(i::restore_resource))
        .routes(routes!(i::list_resource_units, i::create_unit))
        .routes(routes!(i::list_units))
        .routes(routes!(i::get_unit, i::update_unit, i::delete_unit))
        .routes(routes!(i::restore_unit))
        .routes(routes!(i::list_tags, i::create_tag))
        .routes(routes!(i::delete_tag))
        .routes(routes!(i::restore_tag))
        .routes(routes!(c::get_resource_availability))
        .routes(routes!(c::get_type_availability))
        .routes(routes!(b::list_bookings, b::create_booking))
        .routes(routes!(b::get_booking, b::update_booking))
        .routes(routes!(b::submit_booking))
        .routes(routes!(b::cancel_booking))
        .routes(routes!(b::approve_booking))
        .routes(routes!(b::reject_booking))
}

/// The document of the whole service.
pub fn document() -> OpenApi {
    finish(operations().into_openapi())
}

/// Problems also speak of what belongs to slices.
fn finish(document: OpenApi) -> OpenApi {
    let conflicts = openapi::schemas_of::<calendar::Conflict>();
    openapi::finish(
        document,
        conflicts.into_iter().chain(openapi::schemas_of::<calendar::Alternative>()),
    )
}

/// The whole service. What is layered last sees a request first.
pub fn router(app: App) -> Router {
    let (routes, document) = operations().split_for_parts();
    let document = finish(document);
    let names = openapi::query_names(&document);
    let rates = rate::Rates::new(app.config.limits.rate());
    routes
        .merge(docs::routes(document))
        .layer(middleware::from_fn_with_state(rates, rate::limit))
        .layer(Extension(names))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(BodyLimits::from_ref(&app), edge::admit))
        .layer(option_layer(cors::layer(&app.config.cors.origins)))
        .layer(middleware::from_fn(edge::edge))
        .with_state(app)
}

/// The panic text is in the log; nobody outside sees it.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Error::internal("a handler panicked").into_response()
}
