//! The refusals, one response for each status, with the codes that the closed list has for it.

use serde_json::Value;
use utoipa::openapi::content::Content;
use utoipa::openapi::{Ref, RefOr, Response};

use super::headers;
use crate::http::problem::{self, PROBLEM_JSON};
use crate::kernel::{Code, Error};

const NAMES: [(u16, &str); 15] = [
    (400, "BadRequest"),
    (401, "Unauthenticated"),
    (403, "Forbidden"),
    (404, "NotFound"),
    (408, "RequestTimeout"),
    (409, "Conflict"),
    (412, "PreconditionFailed"),
    (413, "PayloadTooLarge"),
    (415, "UnsupportedMediaType"),
    (422, "UnprocessableContent"),
    (428, "PreconditionRequired"),
    (429, "TooManyRequests"),
    (431, "HeadersTooLarge"),
    (500, "InternalError"),
    (503, "Unavailable"),
];

/// All of them, by name.
pub(super) fn all() -> impl Iterator<Item = (String, RefOr<Response>)> {
    NAMES.into_iter().map(|(status, name)| {
        let mut response = Response::new(describe(status));
        complete(status, &mut response);
        (name.to_owned(), RefOr::T(response))
    })
}

/// A reference to the refusal with this status.
pub(super) fn reference(status: u16) -> Option<RefOr<Response>> {
    let (_, name) = NAMES.iter().find(|(found, _)| *found == status)?;
    Some(RefOr::Ref(Ref::new(format!("#/components/responses/{name}"))))
}

/// Gives a refusal its body and its headers.
pub(super) fn complete(status: u16, response: &mut Response) {
    let mut content = Content::new(Some(Ref::from_schema_name("Problem")));
    content.example = example(status);
    response.content.entry(PROBLEM_JSON.to_owned()).or_insert(RefOr::T(content));
    let own = match status {
        401 => Some("WWW-Authenticate"),
        409 => Some("Idempotency-Replayed"),
        412 => Some("ETag"),
        429 | 503 => Some("Retry-After"),
        _ => None,
    };
    let names = headers::ALWAYS.into_iter().chain(["X-Commit-Seq"]).chain(own);
    response.headers.extend(names.map(|name| (name.to_owned(), headers::reference(name))));
}

fn describe(status: u16) -> String {
    let codes: Vec<String> =
        codes(status).map(|code| format!("- `{}`: {}", code.name(), code.title())).collect();
    codes.join("\n")
}

fn example(status: u16) -> Option<Value> {
    let code = codes(status).next()?;
    let error = Error::new(code, format!("{}.", code.title()));
    serde_json::from_slice(&problem::render(&error, "/bookings")).ok()
}

fn codes(status: u16) -> impl Iterator<Item = Code> {
    Code::ALL.iter().copied().filter(move |code| code.status() == status)
}
