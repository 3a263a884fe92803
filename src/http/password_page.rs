//! The page at `/set-password`, to which one-time links lead: a form out of this binary, which asks
//! nobody else for anything. The token stands behind the `#` of the link, so it reaches this server
//! in the body of `POST /auth/reset` alone, and no log.

use std::sync::LazyLock;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("password_page.html");

/// Of scripts and styles only those of the page itself, by their hashes; a form that the script does
/// not handle goes nowhere.
static CONTENT_SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| {
    let (style, script) =
        (hash_between("<style>", "</style>"), hash_between("<script>", "</script>"));
    format!(
        "default-src 'none'; script-src {script}; style-src {style}; img-src data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// The page.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/set-password", get(page))
}

async fn page() -> impl IntoResponse {
    let policy = HeaderValue::from_str(&CONTENT_SECURITY_POLICY)
        .unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    ];
    (headers, Html(PAGE))
}

/// What a browser computes of the text between two marks.
fn hash_between(begin: &str, end: &str) -> String {
    let rest = PAGE.split_once(begin).map_or("", |(_, rest)| rest);
    let text = rest.split_once(end).map_or("", |(text, _)| text);
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}
