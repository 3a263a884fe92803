//! Somebody who sends requests, and a request in the making.

use std::sync::Barrier;
use std::thread;

use reqwest::Method;
use serde_json::Value;

use super::{Person, Reply, TestApp, client, unique};

/// Where a key is required.
pub const KEYED: [&str; 2] = ["/bookings", "/fines/payments"];

/// A person, or nobody, who speaks for an organization.
#[derive(Clone)]
pub struct Caller<'a> {
    app: &'a TestApp,
    person: Option<Person>,
    token: Option<String>,
    org: Option<String>,
}

impl<'a> Caller<'a> {
    pub(super) fn new(app: &'a TestApp, person: Option<Person>, org: Option<String>) -> Self {
        Self { app, person, token: None, org }
    }

    /// The app that is called.
    pub fn app(&self) -> &'a TestApp {
        self.app
    }

    /// The account.
    pub fn user_id(&self) -> &'a str {
        self.app.user_id(self.person.expect("nobody has no account"))
    }

    /// The same person, speaking for another organization.
    pub fn in_org(&self, org: &str) -> Self {
        Self { org: Some(org.to_owned()), ..self.clone() }
    }

    /// The same person without `X-Org-Id`.
    pub fn without_org(&self) -> Self {
        Self { org: None, ..self.clone() }
    }

    /// Whoever this token speaks for.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Any request.
    pub fn ask(&self, method: &str, path: &str) -> Ask {
        let token = self.token.clone().or_else(|| self.person.map(|who| self.app.token(who)));
        let mut ask = Ask {
            base: format!("http://{}", self.app.address()),
            method: method.parse().unwrap(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
        };
        if let Some(token) = token {
            ask = ask.header("authorization", &format!("Bearer {token}"));
        }
        if let Some(org) = &self.org {
            ask = ask.header("x-org-id", org);
        }
        ask
    }

    /// GET.
    pub fn get(&self, path: &str) -> Ask {
        self.ask("GET", path)
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Ask {
        self.ask("DELETE", path)
    }

    /// POST with a body; where a key is required, with a fresh one.
    pub fn post(&self, path: &str, body: &Value) -> Ask {
        let ask = self.ask("POST", path).json(body);
        if KEYED.contains(&path) { ask.key(&unique("key")) } else { ask }
    }

    /// POST without a body.
    pub fn act(&self, path: &str) -> Ask {
        self.ask("POST", path)
    }

    /// PATCH of the version with this tag.
    pub fn patch(&self, path: &str, etag: &str, body: &Value) -> Ask {
        self.ask("PATCH", path).header("if-match", etag).json(body)
    }
}

/// A request in the making.
#[derive(Clone)]
pub struct Ask {
    base: String,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Ask {
    /// Adds a header, or replaces the one of this name.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.without(name).and_header(name, value)
    }

    /// Adds a header beside those of the same name.
    pub fn and_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// Takes a header away.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(found, _)| !found.eq_ignore_ascii_case(name));
        self
    }

    /// With this `Idempotency-Key`.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.body(body.to_string()).header("content-type", "application/json")
    }

    /// With these bytes as the body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sends it.
    pub fn send(&self) -> Reply {
        let url = format!("{}{}", self.base, self.path);
        let mut request = client::client().request(self.method.clone(), url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        let response = request.send().unwrap_or_else(|error| panic!("{self}: {error:?}"));
        Reply::read(self.to_string(), response)
    }

    /// Sends it, and insists on the status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Reply {
        self.send().expect(status)
    }

    /// Sends it, and insists on being refused with this status and code.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Reply {
        self.send().refused(status, code)
    }
}

/// Sends all of them at the same moment; answers in their order.
pub fn at_once(asks: &[Ask]) -> Vec<Reply> {
    let barrier = Barrier::new(asks.len());
    thread::scope(|scope| {
        let send = |ask| {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                Ask::send(ask)
            })
        };
        let senders: Vec<_> = asks.iter().map(send).collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    })
}

impl std::fmt::Display for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} {}", self.method, self.path)?;
        for (name, value) in &self.headers {
            let shown = if name == "authorization" { "Bearer …" } else { value };
            writeln!(f, "{name}: {shown}")?;
        }
        match &self.body {
            Some(body) => writeln!(f, "{}", String::from_utf8_lossy(body)),
            None => Ok(()),
        }
    }
}
