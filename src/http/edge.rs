//! The outermost layer: what every request must keep to, and what every answer bears.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::json::{self, BodyLimits};
use super::{Trail, problem};
use crate::kernel::{Code, Error, Result};

/// Names the request in answers, logs and audit events.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The audit position of the organization that an answer was decided at.
pub const X_COMMIT_SEQ: HeaderName = HeaderName::from_static("x-commit-seq");
/// Headers may have so many bytes together.
pub const HEADER_BYTES: usize = 16 * 1024;

/// Wraps every request.
pub async fn edge(State(limits): State<BodyLimits>, mut request: Request, next: Next) -> Response {
    let trail = Trail::new(&request_id(request.headers()), request.uri().path());
    request.extensions_mut().insert(trail.clone());
    let method = request.method().clone();
    let if_none_match = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = match check(request.headers(), limits) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    let response = problem::finish(response, &trail);
    let response = not_modified(response, &method, if_none_match.as_ref());
    with_headers(response, &trail)
}

/// What can be said of a request before it is looked at.
fn check(headers: &HeaderMap, limits: BodyLimits) -> Result<()> {
    let bytes: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if bytes > HEADER_BYTES {
        let detail = format!("Headers may have {HEADER_BYTES} bytes together.");
        return Err(Error::new(Code::HeadersTooLarge, detail));
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced
        .and_then(|text| text.parse().ok())
        .is_some_and(|length: usize| length > limits.bytes)
    {
        return Err(json::too_large(limits.bytes));
    }
    Ok(())
}

/// Takes the caller's id over when it is harmless to print.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok());
    let harmless = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    given.filter(harmless).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

/// 304 when the caller has what would be sent (RFC 9110, 13.1.2: tags compared weakly).
fn not_modified(
    mut response: Response,
    method: &Method,
    if_none_match: Option<&HeaderValue>,
) -> Response {
    let reading = method == Method::GET || method == Method::HEAD;
    let (Some(seen), Some(etag)) = (if_none_match, response.headers().get(header::ETAG)) else {
        return response;
    };
    let seen = String::from_utf8_lossy(seen.as_bytes());
    let matches = seen
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.trim_start_matches("W/").as_bytes() == etag.as_bytes());
    if reading && matches && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = axum::body::Body::empty();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    response
}

fn with_headers(mut response: Response, trail: &Trail) -> Response {
    let tagged = response.headers().contains_key(header::ETAG);
    let cache = if tagged { "private, no-cache" } else { "no-store" };
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&trail.request_id) {
        headers.insert(X_REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.append(header::VARY, HeaderValue::from_static("Authorization, X-Org-Id"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Some(seq) = trail.seq() {
        headers.insert(X_COMMIT_SEQ, HeaderValue::from(seq));
    }
    response
}
