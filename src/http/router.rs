//! Every route on one screen.

use axum::{Extension, Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use super::{edge, openapi};
use crate::app::App;
use crate::http::json::BodyLimits;
use crate::kernel::Error;
use crate::{booking, calendar, identity};
use axum::extract::FromRef;
use axum::response::{IntoResponse, Response};

/// The routes and the document that describes them.
pub fn operations() -> OpenApiRouter<App> {
    use booking::api as b;
    use calendar::api as c;
    use identity::api as i;
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(i::register_account))
        .routes(routes!(i::create_session))
        .routes(routes!(i::refresh_session))
        .routes(routes!(i::end_session))
        .routes(routes!(i::change_password))
        .routes(routes!(i::reset_password))
        .routes(routes!(i::get_me))
        .routes(routes!(i::accept_invitation))
        .routes(routes!(i::decline_invitation))
        .routes(routes!(i::list_members, i::invite_member))
        .routes(routes!(i::get_member, i::update_member, i::remove_member))
        .routes(routes!(i::create_password_reset))
        .routes(routes!(i::get_organization, i::update_organization))
        .routes(routes!(c::get_resource_availability))
        .routes(routes!(c::get_type_availability))
        .routes(routes!(b::list_bookings, b::create_booking))
        .routes(routes!(b::get_booking, b::update_booking))
        .routes(routes!(b::submit_booking))
        .routes(routes!(b::cancel_booking))
        .routes(routes!(b::approve_booking))
        .routes(routes!(b::reject_booking))
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
