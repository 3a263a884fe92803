//! The page to which one-time links lead, as it is served. What it does is tried in a browser by
//! `.ci/password_page.mjs`.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::support::TestApp;

#[test]
fn the_page_needs_nobody_and_lets_nobody_in() {
    let app = TestApp::new();
    let reply = app.anonymous().get("/set-password").expect(200);
    let page = String::from_utf8(reply.bytes().to_vec()).unwrap();
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(reply.header("x-frame-options"), Some("DENY"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let policy = reply.header("content-security-policy").unwrap();
    for part in
        ["default-src 'none'", "form-action 'none'", "frame-ancestors 'none'", "connect-src 'self'"]
    {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    for (begin, end) in [("<script>", "</script>"), ("<style>", "</style>")] {
        let text = page.split(begin).nth(1).unwrap().split(end).next().unwrap();
        let hash = STANDARD.encode(Sha256::digest(text));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
        assert_eq!(page.matches(begin).count(), 1);
    }
    for outside in ["http://", "https://", "src=", "onclick", "style="] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn the_page_is_no_part_of_the_document() {
    let document = pret::http::router::document();
    assert!(!document.paths.paths.contains_key("/set-password"));
}

#[test]
fn every_field_has_its_label() {
    let page = TestApp::new().anonymous().get("/set-password").expect(200);
    let page = String::from_utf8(page.bytes().to_vec()).unwrap();
    for id in page.split("<input id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(page.contains(&format!("<label for=\"{id}\">")), "{id}");
    }
    assert!(page.contains("<noscript>") && page.contains("12 to 128 characters"));
}
