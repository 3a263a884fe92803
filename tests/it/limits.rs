//! What one caller may use up: requests by address and account, connections, bodies, time.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use pret::config::Config;
use serde_json::json;

use crate::support::{Options, PASSWORD, Person, Server, TestApp, unlimited};

const XFF: &str = "x-forwarded-for";

fn counting(change: impl FnOnce(&mut Config)) -> TestApp {
    let mut config = Config::default();
    change(&mut config);
    Options::default().config(config).start()
}

fn statuses(app: &TestApp, header: &str, clients: &[&str]) -> Vec<u16> {
    let ask = |client: &&str| app.anonymous().get("/health").header(header, client).send().status();
    clients.iter().map(ask).collect()
}

fn three_at_once(config: &mut Config) {
    config.limits.requests_per_second = 1;
    config.limits.burst = 3;
}

#[test]
fn a_forged_header_does_not_make_somebody_else_of_a_client() {
    let app = counting(three_at_once);
    let forged = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"];
    assert!(statuses(&app, XFF, &forged).contains(&429));
}

#[test]
fn behind_a_proxy_of_ours_each_client_counts_alone() {
    let app = counting(|config| {
        three_at_once(config);
        config.limits.trusted_proxies = serde_json::from_value(json!(["127.0.0.0/8"])).unwrap();
    });
    let many = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "2001:db8::1"];
    assert_eq!(statuses(&app, XFF, &many), [200; 5]);
    assert!(statuses(&app, XFF, &["192.0.2.9"; 5]).contains(&429));
    assert!(statuses(&app, "forwarded", &["for=192.0.2.77"; 5]).contains(&429));
    // One person has a whole network of IPv6.
    let one = ["2001:db8:1::1", "2001:db8:1::2", "2001:db8:1::3", "2001:db8:1::4", "2001:db8:1::5"];
    assert!(statuses(&app, XFF, &one).contains(&429));
    // What the client wrote stands further left, and counts for nothing.
    let forged: Vec<String> = (0..5).map(|n| format!("203.0.113.{n}, 192.0.2.88")).collect();
    let forged: Vec<&str> = forged.iter().map(String::as_str).collect();
    assert!(statuses(&app, XFF, &forged).contains(&429));
    // Nonsense counts as the proxy itself.
    assert!(statuses(&app, XFF, &["a", "b", "c", "d", "e"]).contains(&429));
}

#[test]
fn wrong_passwords_count_by_the_address_behind_the_proxy() {
    let app = counting(|config| {
        config.limits.trusted_proxies = serde_json::from_value(json!(["127.0.0.1"])).unwrap();
    });
    let attempt = |client: &str, password: &str| {
        let body = json!({ "email": Person::Student.email(), "password": password });
        app.anonymous().post("/auth/login", &body).header(XFF, client).send().status()
    };
    let guesses: Vec<u16> = (0..12).map(|_| attempt("192.0.2.1", "a wrong password")).collect();
    assert_eq!(guesses.last(), Some(&429), "{guesses:?}");
    assert_eq!(attempt("192.0.2.2", PASSWORD), 200);
}

#[test]
fn an_account_that_asks_too_often_is_told_when_to_come_back() {
    let app = counting(|config| {
        config.limits.requests_per_second_per_user = 1;
        config.limits.burst_per_user = 3;
    });
    let student = app.student();
    let statuses: Vec<u16> = (0..5).map(|_| student.get("/me").send().status()).collect();
    assert_eq!(statuses[..3], [200; 3]);
    let refused = student.get("/me").refused(429, "rate_limited");
    assert!(refused.header("retry-after").is_some() && refused.to_string().contains("account"));
    app.other_student().get("/me").expect(200);
    // A token that is not good counts for nobody, and is told so.
    student.with_token("x.y.z").get("/me").refused(401, "unauthenticated");
}

#[test]
fn headers_may_have_as_much_as_the_settings_say() {
    let app = counting(|config| config.limits.header_bytes = 4_096);
    let ask = |size| app.anonymous().get("/health").header("x-large", &"x".repeat(size));
    ask(3_000).expect(200);
    ask(5_000).refused(431, "headers_too_large");
}

/// Sends bytes; answers what came back within a few seconds, or when the other side closed.
fn exchange(stream: &mut TcpStream, bytes: &[u8]) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    drop(stream.write_all(bytes));
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    String::from_utf8_lossy(&answer).into_owned()
}

fn healthy(address: SocketAddr) -> bool {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    exchange(&mut stream, request).starts_with("HTTP/1.1 200 ")
}

fn is_closed(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    matches!(stream.read(&mut [0; 16]), Ok(0)) || stream.take_error().ok().flatten().is_some()
}

#[test]
fn connections_that_wait_lock_nobody_out() {
    let slow: [&[u8]; 3] = [
        b"",
        b"GET /health HTTP/1.1\r\nhost: x\r\n",
        b"POST /auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
          content-length: 100\r\n\r\n{",
    ];
    for begun in slow {
        let server = Server::with(&[
            ("PRET_LIMITS__CONNECTIONS", "4"),
            ("PRET_LIMITS__HEADER_SECONDS", "600"),
            ("PRET_LIMITS__BODY_SECONDS", "600"),
        ]);
        let mut crowd = Vec::new();
        for _ in 0..8 {
            let mut stream = TcpStream::connect(server.address).unwrap();
            drop(stream.write_all(begun));
            crowd.push(stream);
        }
        for _ in 0..6 {
            assert!(healthy(server.address), "{}", String::from_utf8_lossy(begun));
        }
    }
}

#[test]
fn one_address_does_not_take_all_connections() {
    let server = Server::with(&[
        ("PRET_LIMITS__CONNECTIONS_PER_ADDRESS", "3"),
        ("PRET_LIMITS__HEADER_SECONDS", "600"),
    ]);
    let mut crowd: Vec<TcpStream> =
        (0..5).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    assert!(is_closed(&mut crowd[0]) && is_closed(&mut crowd[1]));
    let request = b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert!(exchange(&mut crowd[4], request).starts_with("HTTP/1.1 200 "));
    let figures = server.get("/metrics").expect(200);
    let figures = String::from_utf8_lossy(figures.bytes()).into_owned();
    assert!(figures.contains("pret_connections_limit 4096"), "{figures}");
    let closed = figures
        .lines()
        .find(|line| line.starts_with("pret_connections_closed_total{reason=\"address\"}"));
    assert!(!closed.unwrap().ends_with(" 0"), "{closed:?}");
}

#[test]
fn a_proxy_of_ours_has_as_many_connections_as_it_needs() {
    let server = Server::with(&[
        ("PRET_LIMITS__CONNECTIONS_PER_ADDRESS", "1"),
        ("PRET_LIMITS__TRUSTED_PROXIES", "127.0.0.1"),
    ]);
    let mut crowd: Vec<TcpStream> =
        (0..4).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    let request = b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    for stream in &mut crowd {
        assert!(exchange(stream, request).starts_with("HTTP/1.1 200 "));
    }
}

/// Most of a body of 1 MiB, whose rest never comes.
fn endless_body(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = "POST /auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 1048576\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&vec![b' '; 900_000]).unwrap();
    stream
}

#[test]
fn bodies_that_never_end_do_not_fill_the_memory() {
    let mut config = unlimited();
    config.limits.bodies_bytes = 1_048_576;
    let app = Options::default().config(config).start();
    let large =
        app.anonymous().ask("POST", "/auth/login").header("content-type", "application/json");
    let large = large.body(vec![b' '; 500_000]);
    // Until all of the first one has arrived there is room for both, and it may be the first one
    // that is refused; then another one comes.
    let (slow, refused) = (0..10)
        .find_map(|_| {
            let slow = endless_body(app.address());
            let refused = (0..20).map(|_| large.send()).find(|reply| reply.status() != 400)?;
            Some((slow, refused))
        })
        .unwrap();
    let refused = refused.refused(503, "overloaded");
    assert!(refused.header("retry-after").is_some(), "{refused}");
    let small = json!({ "email": Person::Student.email(), "password": PASSWORD });
    app.anonymous().post("/auth/login", &small).expect(200);
    drop(slow);
    (0..500)
        .map(|_| large.send())
        .find(|reply| reply.status() == 400)
        .expect("there is room again");
}

#[test]
fn a_write_that_takes_too_long_is_answered_and_not_cut_off() {
    let mut config = unlimited();
    config.limits.request_seconds = 1;
    let (release, held) = channel::<()>();
    let (held, armed) = (Mutex::new(held), Arc::new(Mutex::new(false)));
    let arm = Arc::clone(&armed);
    let app = Options::default()
        .config(config)
        .database(move |options| {
            options.commit_hook = Some(Arc::new(move || {
                if *armed.lock().unwrap() {
                    // The other end goes away when the test does.
                    let _ = held.lock().unwrap().recv();
                }
                false
            }));
        })
        .start();
    let staff = app.staff();
    *arm.lock().unwrap() = true;
    let refused = staff.post("/tags", &json!({ "name": "slow" })).refused(503, "outcome_unknown");
    assert!(refused.header("retry-after").is_some(), "{refused}");
    *arm.lock().unwrap() = false;
    release.send(()).unwrap();
    // The next write is behind it, so it is done by then.
    staff.post("/tags", &json!({ "name": "quick" })).expect(201);
    let names: Vec<_> = staff.get("/tags").expect(200).data();
    let names: Vec<_> = names.iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["quick", "slow"]);
}

#[test]
fn a_read_that_takes_too_long_is_answered() {
    let mut config = unlimited();
    config.limits.request_seconds = 1;
    let app = Options::default().config(config).database(|options| options.readers = 1).start();
    let token = app.token(Person::Staff);
    let (begun, running) = channel();
    let (release, held) = channel::<()>();
    let db = app.db().clone();
    let holder = thread::spawn(move || {
        db.read(|_| {
            begun.send(()).unwrap();
            let _ = held.recv();
            Ok(())
        })
    });
    running.recv().unwrap();
    let ask = app.staff().with_token(&token).get("/tags");
    let refused = ask.refused(503, "overloaded");
    assert_eq!(refused.json()["detail"], "This took too long.");
    release.send(()).unwrap();
    holder.join().unwrap().unwrap();
    ask.expect(200);
}
