//! The page at `/docs`: Swagger UI out of this binary, which asks nobody else for anything.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Response, header};
use axum::middleware;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Scripts, pictures and requests of this server alone; styles are also set by the page itself.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 3] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// The page, and the document at `/openapi.json`.
pub fn routes<S: Clone + Send + Sync + 'static>(document: OpenApi) -> Router<S> {
    let config = Config::new(["/openapi.json"])
        .deep_linking(true)
        .display_operation_id(false)
        .display_request_duration(true)
        .doc_expansion("list")
        .default_models_expand_depth(0)
        .filter(true)
        // Token and organization survive a reload; the token holds for 15 minutes.
        .persist_authorization(true)
        .try_it_out_enabled(true)
        .validator_url("none");
    let pages = SwaggerUi::new("/docs").url("/openapi.json", document).config(config);
    Router::from(pages).layer(middleware::map_response(guarded))
}

async fn guarded<B: Send + 'static>(mut response: Response<B>) -> Response<B> {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
