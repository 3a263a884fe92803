//! Every route on one screen.

use axum::response::{IntoResponse, Response};
use axum::{Extension, Router, middleware};
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::params::QueryNames;
use super::{cors, docs, edge, openapi, password_page, rate};
use crate::app::App;
use crate::config::Config;
use crate::kernel::Error;
use crate::metrics::Http;
use crate::{
    audit, booking, calendar, desk, fines, health, identity, inventory, notification, waitlist,
};

/// The routes and the document that describes them.
pub fn operations() -> OpenApiRouter<App> {
    pages(lending(things(people(OpenApiRouter::with_openapi(openapi::base())))))
}

/// The server, and who is known to it.
fn people(router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    use identity::api as id;
    use notification::api as n;
    router
        .routes(routes!(health::get_health))
        .routes(routes!(health::get_health_details))
        .routes(routes!(health::get_metrics))
        .routes(routes!(id::register_account))
        .routes(routes!(id::create_session))
        .routes(routes!(id::refresh_session))
        .routes(routes!(id::end_session))
        .routes(routes!(id::change_password))
        .routes(routes!(id::reset_password))
        .routes(routes!(id::get_me))
        .routes(routes!(id::accept_invitation))
        .routes(routes!(id::decline_invitation))
        .routes(routes!(n::list_notifications))
        .routes(routes!(n::mark_notifications_read))
        .routes(routes!(id::list_members, id::invite_member))
        .routes(routes!(id::get_member, id::update_member, id::remove_member))
        .routes(routes!(id::import_members))
        .routes(routes!(id::create_password_reset))
        .routes(routes!(id::get_organization, id::update_organization))
}

/// What is lent, and when it is free.
fn things(router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    use calendar::api as c;
    use inventory::api as i;
    router
        .routes(routes!(i::list_resources, i::create_resource))
        .routes(routes!(i::get_resource, i::update_resource, i::delete_resource))
        .routes(routes!(i::restore_resource))
        .routes(routes!(i::list_resource_units, i::create_unit))
        .routes(routes!(i::list_units))
        .routes(routes!(i::get_unit, i::update_unit, i::delete_unit))
        .routes(routes!(i::restore_unit))
        .routes(routes!(i::withdraw_unit))
        .routes(routes!(i::list_maintenance, i::create_maintenance))
        .routes(routes!(i::delete_maintenance))
        .routes(routes!(i::list_tags, i::create_tag))
        .routes(routes!(i::delete_tag))
        .routes(routes!(i::restore_tag))
        .routes(routes!(c::get_resource_availability))
        .routes(routes!(c::get_type_availability))
}

/// Who asks for it, who waits, who owes.
fn lending(router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    use booking::api as b;
    use fines::api as f;
    use waitlist::api as w;
    router
        .routes(routes!(b::list_bookings, b::create_booking))
        .routes(routes!(b::check_booking))
        .routes(routes!(b::get_booking, b::update_booking))
        .routes(routes!(b::submit_booking))
        .routes(routes!(b::cancel_booking))
        .routes(routes!(b::approve_booking))
        .routes(routes!(b::reject_booking))
        .routes(routes!(b::check_out_booking))
        .routes(routes!(b::return_booking))
        .routes(routes!(w::list_waitlist, w::join_waitlist))
        .routes(routes!(w::list_my_waitlist))
        .routes(routes!(w::get_waitlist_entry))
        .routes(routes!(w::offer_to_waitlist_entry))
        .routes(routes!(w::propose_to_waitlist_entry))
        .routes(routes!(w::approve_waitlist_entry))
        .routes(routes!(w::reject_waitlist_entry))
        .routes(routes!(w::accept_waitlist_offer))
        .routes(routes!(w::decline_waitlist_offer))
        .routes(routes!(w::cancel_waitlist_entry))
        .routes(routes!(w::expire_waitlist_entry))
        .routes(routes!(f::list_fines, f::impose_fine))
        .routes(routes!(f::list_my_fines))
        .routes(routes!(f::list_payments, f::record_payment))
        .routes(routes!(f::get_fine))
        .routes(routes!(f::waive_fine))
}

/// The counter's pages, and what happened.
fn pages(router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    use audit::api as a;
    use desk::api as d;
    router
        .routes(routes!(d::get_today))
        .routes(routes!(d::list_overdue))
        .routes(routes!(d::scan_unit))
        .routes(routes!(a::list_events))
        .routes(routes!(a::get_object_at))
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

/// The whole service.
pub fn router(app: App) -> Router {
    let (routes, document) = operations().split_for_parts();
    let document = finish(document);
    let names = openapi::query_names(&document);
    let routes = routes.merge(docs::routes(document)).merge(password_page::routes());
    let (config, counted) = (app.config.clone(), app.metrics().http.clone());
    wrapped(routes.with_state(app), names, &config, counted)
}

/// Everything that stands around each route. What is layered last sees a request first.
fn wrapped(routes: Router, names: QueryNames, config: &Config, counted: Http) -> Router {
    let rates = rate::Rates::new(config.limits.rate());
    routes
        .layer(middleware::from_fn_with_state(rates, rate::limit))
        .layer(Extension(names))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(config.limits.admission(), edge::admit))
        .layer(option_layer(cors::layer(&config.cors.origins)))
        .layer(middleware::from_fn_with_state(config.limits.edge(counted), edge::edge))
}

/// The panic text is in the log; nobody outside sees it.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Error::internal("a handler panicked").into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, header};
    use axum::routing::get;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_problem_without_its_text() {
        let boom = get(async || -> &'static str { panic!("the inside of the house") });
        let routes = Router::new().route("/boom", boom);
        let service = wrapped(routes, QueryNames::default(), &Config::default(), Http::default());
        let request = Request::get("/boom").header("x-request-id", "abc").body(Body::empty());
        let response = service.oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()["x-request-id"], "abc");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body);
        assert!(text.contains("\"code\":\"internal\"") && !text.contains("inside"), "{text}");
    }
}
