//! The outermost layers: what every request must keep to, and what every answer bears.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::{Client, Trail, json, params, problem};
use crate::kernel::{Code, Error, Networks, Result, bug};
use crate::metrics::Http;

/// Names the request in answers, logs and audit events.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The audit position of the organization that an answer was decided at.
pub const X_COMMIT_SEQ: HeaderName = HeaderName::from_static("x-commit-seq");
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

/// What the edge must know of the server.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Whose word on the client's address counts.
    pub proxies: Networks,
    /// How long a request may take, from its head to its answer.
    pub time: Duration,
    /// Where requests are counted.
    pub counted: Http,
}

/// Wraps every request: gives it its trail, and every answer its form.
pub async fn edge(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let running = edge.counted.begin();
    let trail = Trail::new(&request_id(request.headers()), request.uri().path());
    let client = Client::of(&request, &edge.proxies);
    request.extensions_mut().insert(trail.clone());
    request.extensions_mut().insert(client);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let if_none_match = params::list(request.headers(), &header::IF_NONE_MATCH);
    let time = if bug::seeded("requests_take_forever") { Duration::MAX } else { edge.time };
    let response = match tokio::time::timeout(time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => too_late(&method).into_response(),
    };
    let (response, problem) = problem::finish(response, &trail);
    let response = not_modified(response, &method, if_none_match.as_deref());
    let response = with_headers(response, &trail);
    let (status, took) = (response.status(), began.elapsed());
    let route = route.as_ref().map(MatchedPath::as_str);
    let code = problem.as_ref().map(|error| error.code());
    running.answered(method.as_str(), route, status.as_u16(), code, took);
    tell(&Told { trail, client, method, route, status, took, problem });
    response
}

/// What a request that took too long is answered. Its handler is let go: a read ends unheard, a
/// write that has not begun is skipped. One that has begun is never cut off, so nobody here knows.
fn too_late(method: &Method) -> Error {
    let (code, words) = if method == Method::GET || method == Method::HEAD {
        (Code::Overloaded, "This took too long.")
    } else {
        (Code::OutcomeUnknown, "This took too long. Retry with the same Idempotency-Key.")
    };
    Error::new(code, words).retry_after(5)
}

/// What the log is told of a request.
struct Told<'a> {
    trail: Trail,
    client: Client,
    method: Method,
    route: Option<&'a str>,
    status: StatusCode,
    took: Duration,
    problem: Option<Arc<Error>>,
}

/// One line per request: a fault of ours with its cause, everything else as what happened. The
/// route, not the path: paths may name people's things.
fn tell(told: &Told<'_>) {
    let caller = told.trail.caller();
    macro_rules! line {
        ($level:ident, $words:literal $(, $name:ident = $value:expr)?) => {
            tracing::$level!(
                request_id = %told.trail.request_id,
                method = %told.method,
                route = told.route.unwrap_or("-"),
                status = told.status.as_u16(),
                ms = u64::try_from(told.took.as_millis()).unwrap_or(u64::MAX),
                client = %told.client.address,
                org_id = caller.map(|(org, _)| tracing::field::display(org)),
                user_id = caller.map(|(_, user)| tracing::field::display(user)),
                code = told.problem.as_ref().map(|error| error.code().name()),
                $($name = $value,)?
                $words
            )
        };
    }
    if told.status.is_server_error() {
        line!(error, "failed", cause = told.problem.as_ref().map(tracing::field::debug));
    } else {
        line!(info, "answered");
    }
}

/// How much of a request is taken.
#[derive(Debug, Clone, Copy)]
pub struct Admission {
    /// Of its headers together, in bytes.
    pub header_bytes: usize,
    /// Of its body, in bytes.
    pub body_bytes: usize,
}

/// Turns away what need not be looked at.
pub async fn admit(State(limits): State<Admission>, request: Request, next: Next) -> Response {
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
fn check(headers: &HeaderMap, limits: Admission) -> Result<()> {
    let bytes: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let most = limits.header_bytes;
    if bytes > most && !bug::seeded("headers_of_any_size") {
        let detail = format!("Headers may have {most} bytes together.");
        return Err(Error::new(Code::HeadersTooLarge, detail));
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced
        .and_then(|text| text.parse().ok())
        .is_some_and(|length: usize| length > limits.body_bytes)
    {
        return Err(json::too_large(limits.body_bytes));
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
