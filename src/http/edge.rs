//! The outermost layers: what every request must keep to, and what every answer bears.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::json::{self, BodyLimits};
use super::{Trail, params, problem};
use crate::kernel::{Code, Error, Result, bug};

/// Names the request in answers, logs and audit events.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The audit position of the organization that an answer was decided at.
pub const X_COMMIT_SEQ: HeaderName = HeaderName::from_static("x-commit-seq");
/// Headers may have so many bytes together.
pub const HEADER_BYTES: usize = 16 * 1024;

/// Whether new requests are still taken. Travels with each request of a server that can stop.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<AtomicBool>);

impl Gate {
    /// From now on every new request is answered `shutting_down`.
    pub fn close(&self) {
        self.0.store(!bug::seeded("gate_left_open"), Ordering::SeqCst);
    }

    /// Whether new requests are refused.
    pub fn is_closed(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Wraps every request: gives it its trail, and every answer its form.
pub async fn edge(mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let trail = Trail::new(&request_id(request.headers()), request.uri().path());
    request.extensions_mut().insert(trail.clone());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let if_none_match = params::list(request.headers(), &header::IF_NONE_MATCH);
    let response = problem::finish(next.run(request).await, &trail);
    let response = not_modified(response, &method, if_none_match.as_deref());
    let response = with_headers(response, &trail);
    tell(&trail, &method, route.as_ref(), response.status(), began);
    response
}

/// One line per request. The route, not the path: paths may name people's things.
fn tell(
    trail: &Trail,
    method: &Method,
    route: Option<&MatchedPath>,
    status: StatusCode,
    began: Instant,
) {
    let caller = trail.caller();
    tracing::info!(
        request_id = %trail.request_id,
        %method,
        route = route.map_or("-", MatchedPath::as_str),
        status = status.as_u16(),
        ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        org_id = caller.map(|(org, _)| tracing::field::display(org)),
        user_id = caller.map(|(_, user)| tracing::field::display(user)),
        "answered"
    );
}

/// Turns away what need not be looked at.
pub async fn admit(State(limits): State<BodyLimits>, request: Request, next: Next) -> Response {
    if request.extensions().get::<Gate>().is_some_and(Gate::is_closed) {
        let error = Error::new(Code::ShuttingDown, "The server is stopping.").retry_after(5);
        return ([(header::CONNECTION, "close")], error).into_response();
    }
    match check(request.headers(), limits) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
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
fn not_modified(mut response: Response, method: &Method, if_none_match: Option<&str>) -> Response {
    let reading = method == Method::GET || method == Method::HEAD;
    let (Some(seen), Some(etag)) = (if_none_match, response.headers().get(header::ETAG)) else {
        return response;
    };
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
