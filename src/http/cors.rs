//! Which web pages may call from a browser: none, unless the settings name their origins.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::CorsLayer;

use super::edge::{X_COMMIT_SEQ, X_REQUEST_ID};
use super::fingerprint::IDEMPOTENCY_KEY;
use super::reply::IDEMPOTENCY_REPLAYED;

/// How long a browser may keep the answer to its preflight.
const KEPT: Duration = Duration::from_hours(1);

/// The layer for these origins, if there are any.
pub fn layer(origins: &[String]) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> =
        origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    if origins.is_empty() {
        return None;
    }
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("x-org-id"),
            IDEMPOTENCY_KEY,
            X_REQUEST_ID,
        ])
        .expose_headers([
            header::ETAG,
            header::LINK,
            header::LOCATION,
            header::RETRY_AFTER,
            header::WWW_AUTHENTICATE,
            IDEMPOTENCY_REPLAYED,
            X_COMMIT_SEQ,
            X_REQUEST_ID,
        ])
        .max_age(KEPT);
    Some(layer)
}
