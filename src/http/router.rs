//! Every route on one screen.

use axum::{Extension, Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::{docs, edge, openapi};
use crate::app::App;
use crate::http::json::BodyLimits;
use crate::kernel::Error;
use axum::extract::FromRef;
use axum::response::{IntoResponse, Response};

/// The routes and the document that describes them.
pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::base())
}

/// The document of the whole service.
pub fn document() -> OpenApi {
    finish(operations().into_openapi())
}

/// Problems also speak of what belongs to slices.
fn finish(document: OpenApi) -> OpenApi {
    openapi::finish(document, |components| components)
}

/// The whole service.
pub fn router(app: App) -> Router {
    let (routes, document) = operations().split_for_parts();
    let document = finish(document);
    let names = openapi::query_names(&document);
    routes
        .merge(docs::routes(document))
        .layer(Extension(names))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(BodyLimits::from_ref(&app), edge::edge))
        .with_state(app)
}

/// The panic text is in the log; nobody outside sees it.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Error::internal("a handler panicked").into_response()
}
