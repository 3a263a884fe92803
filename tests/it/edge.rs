//! What holds before any route is reached: headers, sizes, rates, other origins, slow clients.

use std::io::{Read, Write};
use std::net::TcpStream;

use pret::config::Config;

use crate::support::{Options, Person, Server, TestApp, raw};

#[test]
fn every_answer_bears_its_headers() {
    let server = Server::start();
    for path in ["/health", "/nothing", "/health/details"] {
        let reply = server.get(path);
        assert!(reply.header("x-request-id").is_some(), "{reply}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{reply}");
        assert_eq!(reply.header("vary"), Some("Authorization, X-Org-Id"), "{reply}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{reply}");
    }
    let given = Server::send(server.ask("GET", "/health").header("x-request-id", "my.id-1_2"));
    assert_eq!(given.header("x-request-id"), Some("my.id-1_2"));
    let strange = Server::send(server.ask("GET", "/health").header("x-request-id", "my id"));
    assert_ne!(strange.header("x-request-id"), Some("my id"));
}

#[test]
fn a_path_that_is_not_there_and_a_method_that_is_not_offered_are_problems() {
    let server = Server::start();
    server.get("/nothing").refused(404, "not_found");
    let reply = Server::send(server.ask("DELETE", "/health")).refused(405, "method_not_allowed");
    assert_eq!(reply.header("allow"), Some("GET,HEAD"));
}

#[test]
fn headers_that_are_too_large_are_refused_in_our_words() {
    let server = Server::start();
    let request = server.ask("GET", "/health").header("x-large", "x".repeat(17 * 1024));
    Server::send(request).refused(431, "headers_too_large");
    let mut many = server.ask("GET", "/health");
    for number in 0..300 {
        many = many.header(format!("x-{number}"), "x".repeat(60));
    }
    Server::send(many).refused(431, "headers_too_large");
    let mut tiny = server.ask("GET", "/health");
    for number in 0..2_000 {
        tiny = tiny.header(format!("x-{number}"), "x");
    }
    Server::send(tiny).refused(431, "headers_too_large");
    let fine = server.ask("GET", "/health").header("x-large", "x".repeat(15 * 1024));
    Server::send(fine).expect(200);
}

#[test]
fn a_body_announced_too_large_is_refused_before_it_is_sent() {
    let server = Server::start();
    let head = "POST /bookings HTTP/1.1\r\nhost: pret\r\ncontent-length: 1048577\r\n\r\n";
    let answer = raw(server.address, head.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("\"code\":\"payload_too_large\""), "{answer}");
}

#[test]
fn a_body_that_is_sent_all_the_same_does_not_tear_the_answer_away() {
    let server = Server::start();
    let request = server.ask("POST", "/bookings").body(vec![b' '; 8 * 1024 * 1024]);
    Server::send(request).refused(413, "payload_too_large");
}

#[test]
fn a_body_that_turns_out_too_large_is_refused() {
    let app = TestApp::new();
    let token = app.token(Person::Staff);
    let head = format!(
        "POST /resources HTTP/1.1\r\nhost: pret\r\nauthorization: Bearer {token}\r\n\
         x-org-id: {}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n\
         100001\r\n",
        app.north()
    );
    let answer = raw(app.address(), &[head.into_bytes(), vec![b' '; 0x10_0001]].concat());
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("\"code\":\"payload_too_large\""), "{answer}");
}

#[test]
fn a_body_that_trickles_in_too_slowly_times_out() {
    let mut config = Config::default();
    config.limits.body_seconds = 1;
    let app = Options::default().config(config).start();
    let token = app.token(Person::Staff);
    let head = format!(
        "POST /resources HTTP/1.1\r\nhost: pret\r\nauthorization: Bearer {token}\r\n\
         x-org-id: {}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{",
        app.north()
    );
    let answer = raw(app.address(), head.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
}

#[test]
fn headers_that_never_end_time_out_and_an_idle_connection_just_closes() {
    let server = Server::with(&[("PRET_LIMITS__HEADER_SECONDS", "1")]);
    let answer = raw(server.address, b"GET /health HTTP/1.1\r\nhost: pret\r\n");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
    assert_eq!(raw(server.address, b""), "");
}

#[test]
fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let server =
        Server::with(&[("PRET_LIMITS__REQUESTS_PER_SECOND", "1"), ("PRET_LIMITS__BURST", "3")]);
    let refused = (0..20)
        .map(|_| server.get("/health"))
        .find(|reply| reply.status() != 200)
        .unwrap()
        .refused(429, "rate_limited");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait), "{refused}");
    // Path and method are looked at before the rate.
    server.get("/nothing").refused(404, "not_found");
    Server::send(server.ask("DELETE", "/health")).refused(405, "method_not_allowed");
}

#[test]
fn rates_can_be_switched_off() {
    let server = Server::with(&[
        ("PRET_LIMITS__ENABLED", "false"),
        ("PRET_LIMITS__REQUESTS_PER_SECOND", "1"),
        ("PRET_LIMITS__BURST", "1"),
    ]);
    for _ in 0..20 {
        server.get("/health").expect(200);
    }
}

#[test]
fn other_origins_are_let_in_only_when_they_are_named() {
    let ask = |server: &Server| {
        let request = server.ask("GET", "/health").header("origin", "https://desk.example");
        Server::send(request).expect(200)
    };
    let closed = Server::start();
    assert_eq!(ask(&closed).header("access-control-allow-origin"), None);
    let open = Server::with(&[("PRET_CORS__ORIGINS", "https://desk.example")]);
    let reply = ask(&open);
    assert_eq!(reply.header("access-control-allow-origin"), Some("https://desk.example"));
    assert!(reply.header("access-control-expose-headers").unwrap().contains("x-commit-seq"));
    let stranger = open.ask("GET", "/health").header("origin", "https://other.example");
    assert_eq!(Server::send(stranger).header("access-control-allow-origin"), None);
    let preflight = open
        .ask("OPTIONS", "/bookings")
        .header("origin", "https://desk.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "idempotency-key");
    let allowed = Server::send(preflight).expect(200);
    assert!(allowed.header("access-control-allow-headers").unwrap().contains("idempotency-key"));
}

#[test]
fn a_request_that_runs_when_the_server_stops_ends_well() {
    let mut server = Server::start();
    let token = std::fs::read_to_string(server.beside(".bootstrap-token")).unwrap();
    let body = serde_json::json!({
        "bootstrap_token": token.trim(),
        "organization": { "name": "School of Media", "timezone": "Europe/Berlin" },
        "email": "ada@example.edu",
        "password": "correct horse battery staple",
        "full_name": "Ada Byron",
    })
    .to_string();
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST /auth/register HTTP/1.1\r\nhost: pret\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The server asks for the body, so it is at work.
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).unwrap();
    assert!(asked.starts_with(b"HTTP/1.1 100 "));
    server.signal("TERM");
    server.logged("stopping");
    assert!(TcpStream::connect(server.address).is_err());
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(server.wait().success());
    assert!(server.pret(&["org", "list"], "").ok().contains("School of Media"));
}

#[test]
fn who_has_begun_to_ask_when_the_server_stops_is_told_so() {
    let mut server = Server::start();
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\n").unwrap();
    // Accepted later than the stream, so the beginning above has been read.
    server.get("/health").expect(200);
    server.signal("TERM");
    server.logged("stopping");
    stream.write_all(b"host: pret\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("\"code\":\"shutting_down\""), "{answer}");
    assert!(answer.to_lowercase().contains("retry-after: 5"), "{answer}");
    assert!(server.wait().success());
}
