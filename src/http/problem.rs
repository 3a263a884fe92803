//! Problem details (RFC 9457): the one place where an error becomes an answer.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{Array, Ref};

use super::Trail;
use crate::kernel::{BookingId, Code, Error};

/// The media type of every error.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// One fault in a body (`pointer`) or in a query or path (`parameter`).
#[derive(Debug, ToSchema)]
pub struct ProblemFault {
    /// Where in the body, as a JSON pointer (RFC 6901).
    #[schema(examples("/items/0/quantity"), nullable = false)]
    pub pointer: Option<String>,
    /// Which parameter of path or query.
    #[schema(nullable = false)]
    pub parameter: Option<String>,
    /// What is wrong and what is allowed.
    #[schema(examples("must be between 1 and 100"))]
    pub detail: String,
}

/// The answer to everything that was refused or failed.
#[derive(Debug, ToSchema)]
pub struct Problem {
    /// A name for the kind of problem.
    #[schema(examples("urn:pret:problem:validation_failed"))]
    pub r#type: String,
    /// The same text for every problem of this kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened here, for a person.
    pub detail: String,
    /// The path that was asked.
    pub instance: String,
    /// The stable code, for a program.
    #[schema(examples("validation_failed"))]
    pub code: String,
    /// Every fault of value and range that was found.
    #[schema(nullable = false)]
    pub errors: Option<Vec<ProblemFault>>,
    /// `unit_unavailable`: what is taken, and when.
    #[schema(schema_with = conflicts, required = false)]
    pub conflicts: (),
    /// `unit_unavailable`: what could be booked instead, at most five.
    #[schema(schema_with = alternatives, required = false)]
    pub alternatives: (),
    /// `in_use`: the active bookings that hold it.
    #[schema(nullable = false)]
    pub bookings: Option<Vec<BookingId>>,
    /// `invalid_transition`: the status now.
    #[schema(nullable = false, examples("CANCELLED"))]
    pub current_status: Option<String>,
    /// `invalid_transition`: the actions that this status allows.
    #[schema(nullable = false)]
    pub allowed: Option<Vec<String>>,
    /// `policy_violation`: the field of the policy.
    #[schema(nullable = false, examples("max_booking_days"))]
    pub rule: Option<String>,
    /// `policy_violation`: what the policy allows.
    #[schema(nullable = false)]
    pub limit: Option<i64>,
    /// `policy_violation`, `exceeds_open_amount`: what was asked for.
    #[schema(nullable = false)]
    pub asked: Option<i64>,
    /// `exceeds_open_amount`: what is open of the fine, in cents.
    #[schema(nullable = false)]
    pub open_cents: Option<i64>,
}

/// Named, not used: the schema belongs to a slice.
fn conflicts() -> Array {
    Array::new(Ref::from_schema_name("Conflict"))
}

/// Named, not used: the schema belongs to a slice.
fn alternatives() -> Array {
    Array::new(Ref::from_schema_name("Alternative"))
}

/// The body of a problem.
pub fn render(error: &Error, instance: &str) -> Vec<u8> {
    let code = error.code();
    let mut members = Map::new();
    members.insert("type".into(), json!(format!("urn:pret:problem:{}", code.name())));
    members.insert("title".into(), json!(code.title()));
    members.insert("status".into(), json!(code.status()));
    members.insert("detail".into(), json!(error.detail()));
    members.insert("instance".into(), json!(instance));
    members.insert("code".into(), json!(code.name()));
    if !error.fault_list().is_empty() {
        members.insert("errors".into(), json!(error.fault_list()));
    }
    members.extend(error.extras().clone());
    serde_json::to_vec(&Value::Object(members)).unwrap_or_default()
}

/// The status of a code.
pub fn status(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Carries the error to the edge, which knows the request and renders it.
#[derive(Clone)]
struct Carried(Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = status(self.code()).into_response();
        response.extensions_mut().insert(Carried(Arc::new(self)));
        response
    }
}

/// Gives every refusal its body: ours, and those of the libraries below, which have none or plain
/// text. Answers it too, for the log and for whoever counts.
pub fn finish(mut response: Response, trail: &Trail) -> (Response, Option<Arc<Error>>) {
    let carried = response.extensions_mut().remove::<Carried>().map(|carried| carried.0);
    let error = match carried {
        Some(error) => error,
        None if is_bare(&response) => Arc::new(from_status(response.status())),
        None => return (response, None),
    };
    *response.status_mut() = status(error.code());
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if error.code().status() == 401 {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(etag) = error.etag().and_then(|etag| HeaderValue::from_str(etag).ok()) {
        headers.insert(header::ETAG, etag);
    }
    if let Some(seconds) = error.wait_seconds() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    *response.body_mut() = Body::from(render(&error, &trail.path));
    (response, Some(error))
}

/// A refusal that is not yet a problem.
fn is_bare(response: &Response) -> bool {
    let status = response.status();
    let content_type = response.headers().get(header::CONTENT_TYPE);
    (status.is_client_error() || status.is_server_error())
        && content_type.is_none_or(|value| value.as_bytes() != PROBLEM_JSON.as_bytes())
}

fn from_status(status: StatusCode) -> Error {
    match status {
        StatusCode::NOT_FOUND => Error::new(Code::NotFound, "There is nothing at this path."),
        StatusCode::METHOD_NOT_ALLOWED => {
            Error::new(Code::MethodNotAllowed, "This path takes the methods named in Allow.")
        }
        other => Error::internal(format!("a library answered {other}")),
    }
}
