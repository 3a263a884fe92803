//! Requests, refusals and connections.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::{Held, SECONDS};
use crate::kernel::Code;

/// Methods that are told apart; whatever else somebody sends is one label.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// The route of a path that leads nowhere.
const NOWHERE: &str = "unmatched";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Problem {
    code: &'static str,
}

/// Requests and their answers.
#[derive(Debug, Clone)]
pub struct Http {
    answers: Family<Answer, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    problems: Family<Problem, Counter>,
    running: Gauge,
    abandoned: Counter,
}

impl Default for Http {
    fn default() -> Self {
        let problems = Family::default();
        for code in Code::ALL {
            drop(problems.get_or_create(&Problem { code: code.name() }));
        }
        Self {
            answers: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            problems,
            running: Gauge::default(),
            abandoned: Counter::default(),
        }
    }
}

/// A request that is being handled.
#[derive(Debug)]
pub struct Running {
    http: Http,
    answered: bool,
    _held: Held,
}

impl Http {
    pub(super) fn register(&self, to: &mut Registry) {
        to.register(
            "pret_http_requests",
            "Answered requests by method, route and status",
            self.answers.clone(),
        );
        to.register(
            "pret_http_request_duration_seconds",
            "From the head of a request to its answer",
            self.seconds.clone(),
        );
        to.register("pret_http_problems", "Problems answered by code", self.problems.clone());
        to.register("pret_http_requests_running", "Requests being handled", self.running.clone());
        to.register(
            "pret_http_requests_abandoned",
            "Requests whose caller left before the answer",
            self.abandoned.clone(),
        );
    }

    /// A request has come.
    pub fn begin(&self) -> Running {
        Running { http: self.clone(), answered: false, _held: Held::new(&self.running) }
    }
}

impl Running {
    /// It has been answered.
    pub fn answered(
        mut self,
        method: &str,
        route: Option<&str>,
        status: u16,
        problem: Option<Code>,
        took: Duration,
    ) {
        self.answered = true;
        let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("other");
        let route = route.unwrap_or(NOWHERE).to_owned();
        self.http
            .seconds
            .get_or_create(&Route { route: route.clone() })
            .observe(took.as_secs_f64());
        self.http.answers.get_or_create(&Answer { method, route, status }).inc();
        if let Some(code) = problem {
            self.http.problems.get_or_create(&Problem { code: code.name() }).inc();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.answered {
            self.http.abandoned.inc();
        }
    }
}

/// Why a connection was closed by the server before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// All seats were taken, and it had waited the longest.
    Crowded,
    /// Its address had all the seats that one address may have, and it had waited the longest.
    Address,
    /// It had just come, and its address had all its seats in use.
    Refused,
    /// It waited longer than anybody needs to send a request or to take an answer.
    Slow,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

/// Connections.
#[derive(Debug, Clone, Default)]
pub struct Connections {
    /// Open now.
    pub open: Gauge,
    /// How many may be open.
    pub limit: Gauge,
    /// Taken since the start.
    pub accepted: Counter,
    closed: Family<Reason, Counter>,
}

impl Gone {
    const ALL: [Self; 4] = [Self::Crowded, Self::Address, Self::Refused, Self::Slow];

    const fn name(self) -> &'static str {
        match self {
            Self::Crowded => "crowded",
            Self::Address => "address",
            Self::Refused => "refused",
            Self::Slow => "slow",
        }
    }
}

impl Connections {
    pub(super) fn register(&self, to: &mut Registry) {
        for gone in Gone::ALL {
            drop(self.closed.get_or_create(&Reason { reason: gone.name() }));
        }
        to.register("pret_connections_open", "Open connections", self.open.clone());
        to.register(
            "pret_connections_limit",
            "How many connections may be open; 0 before the server listens",
            self.limit.clone(),
        );
        to.register("pret_connections_accepted", "Connections taken", self.accepted.clone());
        to.register(
            "pret_connections_closed",
            "Connections that the server closed before their time, by reason",
            self.closed.clone(),
        );
    }

    /// One was closed before its time.
    pub fn closed(&self, gone: Gone) {
        self.closed.get_or_create(&Reason { reason: gone.name() }).inc();
    }
}
