//! The order of checks: a request that breaks two rules hears of the one that is checked first.

use crate::support::{Ask, Caller, KEYED, Options, TestApp, say, unlimited};

use super::world::{World, fill};

/// What can be wrong with a request, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    Headers,
    Method,
    Token,
    NoOrg,
    Membership,
    Role,
    PathId,
    Query,
    ContentType,
    Json,
    Shape,
    Key,
    Object,
    IfMatch,
    Reference,
    Past,
    State,
}

use Wrong::*;

/// An operation, and what can be wrong with it.
struct Subject {
    method: &'static str,
    path: &'static str,
    /// The same path for a thing whose state does not allow this.
    wrong_state: &'static str,
    body: &'static str,
    foreign_body: &'static str,
    past_body: &'static str,
    /// Status and code for each fault, in the order of checks.
    faults: &'static [(Wrong, u16, &'static str)],
}

const CREATE: Subject = Subject {
    method: "POST",
    path: "/bookings",
    wrong_state: "/bookings",
    body: r#"{"start_at": "2026-03-03T10:00:00Z", "end_at": "2026-03-03T11:00:00Z",
        "purpose": "taken already", "items": [{"resource_unit_id": "$unit"}]}"#,
    foreign_body: r#"{"start_at": "2026-03-01T10:00:00Z", "end_at": "2026-03-03T11:00:00Z",
        "purpose": "foreign, and past", "items": [{"resource_unit_id": "$unit"}]}"#,
    past_body: r#"{"start_at": "2026-03-01T10:00:00Z", "end_at": "2026-03-03T11:00:00Z",
        "purpose": "past, and taken", "items": [{"resource_unit_id": "$unit"}]}"#,
    faults: &[
        (Headers, 431, "headers_too_large"),
        (Method, 405, "method_not_allowed"),
        (Token, 401, "unauthenticated"),
        (NoOrg, 400, "org_header_missing"),
        (Membership, 403, "not_a_member"),
        (Query, 400, "invalid_parameter"),
        (ContentType, 415, "unsupported_media_type"),
        (Json, 400, "malformed_json"),
        (Shape, 422, "validation_failed"),
        (Key, 400, "idempotency_key_missing"),
        (Reference, 422, "unknown_reference"),
        (Past, 422, "validation_failed"),
        (State, 409, "unit_unavailable"),
    ],
};

const UPDATE: Subject = Subject {
    method: "PATCH",
    path: "/bookings/$booking",
    wrong_state: "/bookings/$cancelled",
    body: r#"{"purpose": "something else"}"#,
    foreign_body: r#"{"items": [{"resource_unit_id": "$unit"}]}"#,
    past_body: r#"{"start_at": "2026-03-01T10:00:00Z"}"#,
    faults: &[
        (Headers, 431, "headers_too_large"),
        (Method, 405, "method_not_allowed"),
        (Token, 401, "unauthenticated"),
        (NoOrg, 400, "org_header_missing"),
        (Membership, 403, "not_a_member"),
        (PathId, 400, "invalid_parameter"),
        (ContentType, 415, "unsupported_media_type"),
        (Json, 400, "malformed_json"),
        (Shape, 422, "validation_failed"),
        (Object, 404, "not_found"),
        (IfMatch, 428, "precondition_required"),
        (Reference, 422, "unknown_reference"),
        (State, 409, "invalid_transition"),
    ],
};

const APPROVE: Subject = Subject {
    method: "POST",
    path: "/bookings/$booking/approve",
    wrong_state: "/bookings/$cancelled/approve",
    body: r#"{"note": "fine"}"#,
    foreign_body: "{}",
    past_body: "{}",
    faults: &[
        (Headers, 431, "headers_too_large"),
        (Method, 405, "method_not_allowed"),
        (Token, 401, "unauthenticated"),
        (NoOrg, 400, "org_header_missing"),
        (Membership, 403, "not_a_member"),
        (Role, 403, "forbidden"),
        (Query, 400, "invalid_parameter"),
        (ContentType, 415, "unsupported_media_type"),
        (Json, 400, "malformed_json"),
        (Shape, 422, "validation_failed"),
        (Key, 400, "idempotency_key_invalid"),
        (Object, 404, "not_found"),
        (IfMatch, 412, "precondition_failed"),
        (State, 409, "invalid_transition"),
    ],
};

/// Here the state that does not allow it: nobody waits for what is free.
const JOIN: Subject = Subject {
    method: "POST",
    path: "/waitlist",
    wrong_state: "/waitlist",
    body: r#"{"start_at": "2026-03-20T10:00:00Z", "end_at": "2026-03-20T11:00:00Z",
        "purpose": "free", "items": [{"resource_unit_id": "$unit"}]}"#,
    foreign_body: r#"{"start_at": "2026-03-01T10:00:00Z", "end_at": "2026-03-20T11:00:00Z",
        "purpose": "foreign, and past", "items": [{"resource_unit_id": "$unit"}]}"#,
    past_body: r#"{"start_at": "2026-03-01T10:00:00Z", "end_at": "2026-03-20T11:00:00Z",
        "purpose": "past", "items": [{"resource_unit_id": "$unit"}]}"#,
    faults: &[
        (Headers, 431, "headers_too_large"),
        (Method, 405, "method_not_allowed"),
        (Token, 401, "unauthenticated"),
        (NoOrg, 400, "org_header_missing"),
        (Membership, 403, "not_a_member"),
        (Query, 400, "invalid_parameter"),
        (ContentType, 415, "unsupported_media_type"),
        (Json, 400, "malformed_json"),
        (Shape, 422, "validation_failed"),
        (Key, 400, "idempotency_key_invalid"),
        (Reference, 422, "unknown_reference"),
        (Past, 422, "validation_failed"),
        (State, 409, "available_now"),
    ],
};

const PROPOSE: Subject = Subject {
    method: "POST",
    path: "/waitlist/$waiting/propose",
    wrong_state: "/waitlist/$offered/propose",
    body: r#"{"end_at": "2026-03-13T08:00:00Z"}"#,
    foreign_body: r#"{"start_at": "2026-03-01T10:00:00Z", "items": [{"resource_unit_id": "$unit"}]}"#,
    past_body: r#"{"start_at": "2026-03-01T10:00:00Z"}"#,
    faults: &[
        (Headers, 431, "headers_too_large"),
        (Method, 405, "method_not_allowed"),
        (Token, 401, "unauthenticated"),
        (NoOrg, 400, "org_header_missing"),
        (Membership, 403, "not_a_member"),
        (Role, 403, "forbidden"),
        (PathId, 400, "invalid_parameter"),
        (ContentType, 415, "unsupported_media_type"),
        (Json, 400, "malformed_json"),
        (Shape, 422, "validation_failed"),
        (Key, 400, "idempotency_key_invalid"),
        (Object, 404, "not_found"),
        (IfMatch, 412, "precondition_failed"),
        (Reference, 422, "unknown_reference"),
        (Past, 422, "validation_failed"),
        (State, 409, "invalid_transition"),
    ],
};

/// Here the state that does not allow it: more than is open.
const PAY: Subject = Subject {
    method: "POST",
    path: "/fines/payments",
    wrong_state: "/fines/payments",
    body: r#"{"fine_id": "$fine", "amount_cents": 501, "method": "CASH"}"#,
    foreign_body: r#"{"fine_id": "$fine", "amount_cents": 501, "method": "CASH"}"#,
    past_body: "{}",
    faults: &[
        (Headers, 431, "headers_too_large"),
        (Method, 405, "method_not_allowed"),
        (Token, 401, "unauthenticated"),
        (NoOrg, 400, "org_header_missing"),
        (Membership, 403, "not_a_member"),
        (Role, 403, "forbidden"),
        (Query, 400, "invalid_parameter"),
        (ContentType, 415, "unsupported_media_type"),
        (Json, 400, "malformed_json"),
        (Shape, 422, "validation_failed"),
        (Key, 400, "idempotency_key_missing"),
        (Reference, 422, "unknown_reference"),
        (State, 409, "exceeds_open_amount"),
    ],
};

/// Says what POST /bookings would: the state is in its answer, all else is refused alike.
const CHECK: Subject = Subject {
    method: "POST",
    path: "/bookings/check",
    wrong_state: "/bookings/check",
    faults: &[
        (Headers, 431, "headers_too_large"),
        (Method, 405, "method_not_allowed"),
        (Token, 401, "unauthenticated"),
        (NoOrg, 400, "org_header_missing"),
        (Membership, 403, "not_a_member"),
        (Query, 400, "invalid_parameter"),
        (ContentType, 415, "unsupported_media_type"),
        (Json, 400, "malformed_json"),
        (Shape, 422, "validation_failed"),
        (Key, 400, "idempotency_key_invalid"),
        (Reference, 422, "unknown_reference"),
        (Past, 422, "validation_failed"),
    ],
    ..CREATE
};

/// What the order is shown with.
const SUBJECTS: [Subject; 7] = [CREATE, UPDATE, APPROVE, JOIN, PROPOSE, PAY, CHECK];

impl Subject {
    /// A request with exactly these faults.
    fn ask(&self, app: &TestApp, wrong: &[Wrong]) -> Ask {
        let is = |fault| wrong.contains(&fault);
        let method = if is(Method) { "PUT" } else { self.method };
        let mut ask = self.caller(app, wrong).ask(method, &self.path(wrong));
        if is(Headers) {
            ask = ask.header("x-padding", &"x".repeat(20_000));
        }
        if is(Token) {
            ask = ask.without("authorization");
        }
        if KEYED.contains(&self.path) && !is(Key) {
            ask = ask.key("the order of checks");
        }
        if self.method == "POST" && !KEYED.contains(&self.path) && is(Key) {
            ask = ask.key("");
        }
        if is(IfMatch) && self.method == "POST" {
            ask = ask.header("if-match", "\"999\"");
        }
        if !is(IfMatch) && self.method == "PATCH" {
            ask = ask.header("if-match", "*");
        }
        let media = if is(ContentType) { "text/plain" } else { "application/json" };
        ask.body(self.body(wrong)).header("content-type", media)
    }

    fn caller<'a>(&self, app: &'a TestApp, wrong: &[Wrong]) -> Caller<'a> {
        let caller = if self.method == "POST" && self.path != "/bookings" && !wrong.contains(&Role)
        {
            app.staff()
        } else {
            app.student()
        };
        if wrong.contains(&NoOrg) {
            caller.without_org()
        } else if wrong.contains(&Membership) {
            caller.in_org(app.south())
        } else {
            caller
        }
    }

    fn path(&self, wrong: &[Wrong]) -> String {
        let is = |fault| wrong.contains(&fault);
        let path = if is(State) { self.wrong_state } else { self.path };
        let id = path.split('/').nth(2).unwrap_or_default();
        let path = match () {
            () if is(PathId) => path.replace(id, "no-uuid"),
            () if is(Object) => path.replace(id, "019a2f64-5c00-7000-8000-00000000dead"),
            () => fill(path, &World::get().north),
        };
        if is(Query) { format!("{path}?nonsense=1") } else { path }
    }

    fn body(&self, wrong: &[Wrong]) -> String {
        let is = |fault| wrong.contains(&fault);
        let world = World::get();
        match () {
            () if is(Json) => "{\"purpose\"".to_owned(),
            () if is(Shape) => r#"{"nonsense": 1}"#.to_owned(),
            () if is(Reference) => fill(self.foreign_body, &world.south),
            () if is(Past) => fill(self.past_body, &world.north),
            () => fill(self.body, &world.north),
        }
    }
}

#[test]
fn of_two_faults_the_one_checked_first_is_told() {
    let app = World::get().app();
    let mut pairs = 0;
    for subject in SUBJECTS {
        for (at, (first, status, code)) in subject.faults.iter().enumerate() {
            subject.ask(&app, &[*first]).refused(*status, code);
            for (second, ..) in &subject.faults[at + 1..] {
                subject.ask(&app, &[*first, *second]).refused(*status, code);
                pairs += 1;
            }
        }
    }
    say(&format!("{pairs} pairs of faults"));
}

#[test]
fn the_order_is_the_same_for_every_operation() {
    for subject in SUBJECTS {
        assert!(subject.faults.is_sorted_by(|one, next| one.0 < next.0), "{}", subject.path);
    }
}

#[test]
fn an_unknown_path_comes_before_the_token_and_after_the_headers() {
    let app = TestApp::new();
    app.anonymous().get("/nothing/here").refused(404, "not_found");
    let large = app.anonymous().get("/nothing/here").header("x-padding", &"x".repeat(20_000));
    large.refused(431, "headers_too_large");
}

#[test]
fn the_rate_comes_after_the_method_and_before_the_token() {
    let mut config = unlimited();
    config.limits.enabled = true;
    config.limits.requests_per_second = 1;
    config.limits.burst = 1;
    let app = Options::default().config(config).start();
    app.anonymous().get("/bookings").refused(401, "unauthenticated");
    let refused = app.anonymous().get("/bookings").refused(429, "rate_limited");
    assert!(refused.header("retry-after").is_some(), "{refused}");
    app.anonymous().ask("PUT", "/bookings").refused(405, "method_not_allowed");
    app.anonymous().get("/nothing/here").refused(404, "not_found");
}

#[test]
fn a_body_that_is_too_large_is_refused_before_anybody_is_asked_who_they_are() {
    let app = TestApp::new();
    let ask = app.anonymous().ask("POST", "/bookings").body(vec![b' '; 1024 * 1024 + 1]);
    ask.refused(413, "payload_too_large");
}

#[test]
fn a_replay_ends_before_the_object_is_looked_at() {
    let app = World::get().app();
    let booking = &World::get().north["booking"];
    let cancel = app.student().act(&format!("/bookings/{booking}/cancel")).key("give up");
    let first = cancel.expect(200);
    // A version that no longer holds and a state that no longer allows it are not looked at.
    let again = cancel.clone().header("if-match", "\"1\"").expect(200);
    assert_eq!(again.bytes(), first.bytes());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}
