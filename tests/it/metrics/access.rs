//! Who may read the figures: this machine, and who is named; to all others they are not there.

use pret::config::Config;
use serde_json::json;

use crate::support::{Ask, Options, TestApp, unlimited};

const XFF: &str = "x-forwarded-for";
const OUTSIDE: &str = "198.51.100.7";

fn app(trusted: &[&str], allowed: &[&str]) -> TestApp {
    let mut config = unlimited();
    config.limits.trusted_proxies = serde_json::from_value(json!(trusted)).unwrap();
    config.metrics.allow_from = serde_json::from_value(json!(allowed)).unwrap();
    Options::default().config(config).start()
}

fn ask(app: &TestApp) -> Ask {
    app.anonymous().get("/metrics")
}

#[test]
fn this_machine_needs_no_sign_in() {
    let reply = ask(&app(&[], &[])).expect(200);
    let media = reply.header("content-type");
    assert_eq!(media, Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

#[test]
fn to_others_it_is_not_there() {
    let app = app(&["127.0.0.1"], &[]);
    let refused = ask(&app).header(XFF, OUTSIDE).refused(404, "not_found");
    let nothing = app.anonymous().get("/nothing").refused(404, "not_found");
    let words = |reply: &crate::support::Reply| (reply.json()["detail"].clone(), reply.code());
    assert_eq!(words(&refused), words(&nothing));
    for forwarded in ["for=198.51.100.7", "for=unknown", "for=127.0.0.1, for=198.51.100.7"] {
        ask(&app).header("forwarded", forwarded).refused(404, "not_found");
    }
}

#[test]
fn a_proxy_on_this_machine_does_not_open_it_to_the_world() {
    let trusting = app(&["127.0.0.1"], &[]);
    ask(&trusting).header(XFF, "127.0.0.1").expect(200);
    ask(&trusting).header(XFF, "::1").expect(200);
    ask(&trusting).header(XFF, &format!("127.0.0.1, {OUTSIDE}")).refused(404, "not_found");
    ask(&trusting).header(XFF, "nonsense").refused(404, "not_found");
    // A proxy that nobody has named is still seen by what it adds.
    let default = app(&[], &[]);
    for client in [OUTSIDE, "127.0.0.1"] {
        ask(&default).header(XFF, client).refused(404, "not_found");
    }
}

#[test]
fn who_is_named_may_read_it_too() {
    let named = app(&["127.0.0.1"], &["198.51.100.0/24", "2001:db8::/32"]);
    for (client, status) in
        [(OUTSIDE, 200), ("2001:db8::5", 200), ("203.0.113.1", 404), ("2001:db9::5", 404)]
    {
        ask(&named).header(XFF, client).expect(status);
    }
    // Only a proxy of ours may say who it is.
    ask(&app(&[], &[OUTSIDE])).header(XFF, OUTSIDE).refused(404, "not_found");
    ask(&app(&[], &["127.0.0.1"])).header(XFF, OUTSIDE).refused(404, "not_found");
}

#[test]
fn watching_is_not_stopped_by_a_flood() {
    let mut config = Config::default();
    config.limits.requests_per_second = 1;
    config.limits.burst = 1;
    let app = Options::default().config(config).start();
    app.anonymous().get("/health").expect(200);
    app.anonymous().get("/health").refused(429, "rate_limited");
    for _ in 0..5 {
        ask(&app).expect(200);
    }
}
