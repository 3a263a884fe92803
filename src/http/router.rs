//! Every route on one screen.

use axum::{Extension, Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use super::{edge, openapi};
use crate::app::App;
use crate::http::json::BodyLimits;
use crate::inventory::api as inventory;
use crate::kernel::Error;
use axum::extract::FromRef;
use axum::response::{IntoResponse, Response};

/// The routes and the document that describes them.
pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(inventory::list_resources, inventory::create_resource))
        .routes(routes!(
            inventory::get_resource,
            inventory::update_resource,
            inventory::delete_resource
        ))
        .routes(routes!(inventory::restore_resource))
        .routes(routes!(inventory::list_resource_units, inventory::create_unit))
        .routes(routes!(inventory::list_units))
        .routes(routes!(inventory::get_unit, inventory::update_unit, inventory::delete_unit))
        .routes(routes!(inventory::restore_unit))
        .routes(routes!(inventory::list_tags, inventory::create_tag))
        .routes(routes!(inventory::delete_tag))
        .routes(routes!(inventory::restore_tag))
}

/// The whole service.
pub fn router(app: App) -> Router {
    let (routes, document) = operations().split_for_parts();
    let document = openapi::finish(document);
    let names = openapi::query_names(&document);
    routes
        .merge(SwaggerUi::new("/docs").url("/openapi.json", document))
        .layer(Extension(names))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(BodyLimits::from_ref(&app), edge::edge))
        .with_state(app)
}

/// The panic text is in the log; nobody outside sees it.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Error::internal("a handler panicked").into_response()
}
