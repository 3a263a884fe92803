//! The headers of answers, each described once and referred to.

use serde_json::{Value, json};
use utoipa::openapi::header::Header;
use utoipa::openapi::{Object, Ref, RefOr, Type};

/// Headers that every answer bears.
pub(super) const ALWAYS: [&str; 4] =
    ["X-Request-Id", "X-Content-Type-Options", "Cache-Control", "Vary"];

/// All headers there are.
pub(super) fn all() -> impl Iterator<Item = (String, RefOr<Header>)> {
    let text = |name: &str, about: &str, example: &str| {
        (name.to_owned(), header(Type::String, about, json!(example)))
    };
    let number = |name: &str, about: &str, example: i64| {
        (name.to_owned(), header(Type::Integer, about, json!(example)))
    };
    [
        text(
            "X-Request-Id",
            "Names the request in logs and audit events; taken over from the request when it has 1 to 64 of `A-Za-z0-9._-`.",
            "019a2f64-5c00-7000-8000-000000000001",
        ),
        number(
            "X-Commit-Seq",
            "The number of the organization's last audit event when this was written, read or refused; there once an organization was reached.",
            4711,
        ),
        text("X-Content-Type-Options", "Always `nosniff`.", "nosniff"),
        text("Cache-Control", "`private, no-cache` with an ETag, else `no-store`.", "no-store"),
        text("Vary", "What the answer depends on.", "Authorization, X-Org-Id"),
        text(
            "ETag",
            "The version of the object, for `If-Match` and `If-None-Match`; behind a dot a digest where the body also holds computed values.",
            "\"3\"",
        ),
        text("Location", "Where the new object is.", "/bookings/019a2f64-5c00-7000-8000-000000000001"),
        text("Link", "The next page, while there is one.", "</resources?cursor=abc>; rel=\"next\""),
        number("Retry-After", "Seconds to wait before the next try.", 5),
        text("WWW-Authenticate", "How to sign in.", "Bearer"),
        text(
            "Idempotency-Replayed",
            "`true` when this request was answered before and nothing was done now.",
            "true",
        ),
    ]
    .into_iter()
}

/// A reference to one of them.
pub(super) fn reference(name: &str) -> RefOr<Header> {
    RefOr::Ref(Ref::new(format!("#/components/headers/{name}")))
}

fn header(kind: Type, about: &str, example: Value) -> RefOr<Header> {
    let mut header = Header::new(Object::with_type(kind));
    header.description = Some(about.to_owned());
    header.example = Some(example);
    RefOr::T(header)
}
