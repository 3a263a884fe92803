//! The matrix of section 2: every operation by everybody. What is allowed shows its effect, what
//! is refused has changed no row.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;
use serde_json::Value;

use super::operations::{Operation, document, operations, resolve};
use super::world::{World, fill};
use crate::support::{Ask, Caller, KEYED, Reply, TestApp, say};

/// A row of `access.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub operation: String,
    #[serde(default)]
    pub case: String,
    pub least: String,
    path: String,
    body: Option<String>,
    pub gives: u16,
    pub events: Option<usize>,
    shows: Option<String>,
    #[serde(default)]
    own: bool,
    higher: Option<u16>,
    hides: Option<String>,
    foreign: Option<String>,
    #[serde(default)]
    silent: bool,
}

#[derive(Deserialize)]
struct Matrix {
    row: Vec<Row>,
}

/// The roles by rank, and the caller who holds each.
const ROLES: [&str; 3] = ["student", "staff", "admin"];

/// All rows.
pub fn rows() -> Vec<Row> {
    toml::from_str::<Matrix>(include_str!("access.toml")).unwrap().row
}

/// Somebody of `north` with this role.
pub fn caller<'a>(app: &'a TestApp, role: &str) -> Caller<'a> {
    match role {
        "student" => app.student(),
        "staff" => app.staff(),
        _ => app.admin(),
    }
}

impl Row {
    /// Upper case.
    pub fn method(&self) -> &str {
        self.operation.split(' ').next().unwrap()
    }

    fn rank(&self) -> usize {
        ROLES.iter().position(|role| *role == self.least).unwrap_or(0)
    }

    /// Whether nobody needs to sign in.
    pub fn is_open(&self) -> bool {
        self.least == "open"
    }

    fn ask(&self, caller: &Caller<'_>, path: &str, body: Option<&str>) -> Ask {
        let mut ask = caller.ask(self.method(), path);
        if self.method() == "POST" && KEYED.contains(&path) {
            ask = ask.key("the matrix");
        }
        if self.method() == "PATCH" {
            ask = ask.header("if-match", "*");
        }
        match body {
            Some(body) => ask.json(&serde_json::from_str(body).unwrap()),
            None => ask,
        }
    }

    /// As the row says, with the things of `north`.
    pub fn usual(&self, caller: &Caller<'_>) -> Ask {
        let things = &World::get().north;
        let body = self.body.as_ref().map(|body| fill(body, things));
        self.ask(caller, &fill(&self.path, things), body.as_deref())
    }
}

/// A run over one row, counting its cells.
struct Run<'a> {
    row: &'a Row,
    operation: Operation,
    document: &'a Value,
    cells: &'a AtomicUsize,
}

impl Run<'_> {
    /// Refused, in these words, and no row of the database changed.
    fn refused(&self, app: &TestApp, ask: &Ask, status: u16, code: &str) {
        let before = app.file().dump();
        let reply = ask.refused(status, code);
        let changed = before.difference(&app.file().dump());
        assert!(changed.is_empty(), "refused, and yet:\n{changed}\n{reply}");
        self.count(&reply);
    }

    /// Allowed, and shows its effect.
    fn allowed(&self, app: &TestApp, ask: &Ask) {
        let before = app.file().dump();
        let reply = ask.expect(self.row.gives);
        let changed = before.difference(&app.file().dump());
        let writes = self.row.method() != "GET" && !self.row.silent;
        assert_eq!(writes, !changed.is_empty(), "what changed:\n{changed}\n{reply}");
        let body = String::from_utf8_lossy(reply.bytes()).into_owned();
        if let Some(shows) = &self.row.shows {
            let shows = fill(shows, &World::get().north);
            assert!(body.contains(&shows), "{shows} is not shown by\n{reply}");
        }
        // An invitation belongs to both sides.
        for (name, id) in World::get().south.iter().filter(|(name, _)| **name != "invitation") {
            assert!(!body.contains(id), "shows {name} of another organization:\n{reply}");
        }
        self.count(&reply);
    }

    /// Also: status and headers stand in the document.
    fn count(&self, reply: &Reply) {
        let status = reply.status().to_string();
        let response = &self.operation.value["responses"][&status];
        assert!(!response.is_null(), "{status} is not in the document:\n{reply}");
        let headers = &resolve(self.document, response)["headers"];
        for name in ["etag", "location", "x-commit-seq", "x-request-id", "vary", "cache-control"] {
            let promised =
                headers.as_object().into_iter().flatten().any(|(promised, _)| {
                    promised.eq_ignore_ascii_case(name) && reply.status() < 300
                });
            assert!(!promised || reply.header(name).is_some(), "{name} is promised by\n{reply}");
        }
        let known: BTreeSet<String> = headers
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.to_lowercase())
            .collect();
        for name in reply.headers().keys() {
            let plain = ["content-type", "content-length", "date", "connection"];
            let documented = plain.contains(&name.as_str()) || known.contains(name.as_str());
            assert!(documented, "{name} is not in the document:\n{reply}");
        }
        self.cells.fetch_add(1, Ordering::Relaxed);
    }

    fn everybody(&self) {
        let world = World::get();
        let row = self.row;
        if row.is_open() {
            let app = world.app();
            return self.allowed(&app, &row.usual(&app.anonymous()));
        }
        self.strangers();
        for (rank, role) in ROLES.into_iter().enumerate() {
            let app = world.app();
            let ask = row.usual(&caller(&app, role));
            let higher = row.higher.filter(|_| rank > row.rank());
            match if rank < row.rank() { Some(403) } else { higher } {
                None => self.allowed(&app, &ask),
                Some(404) => self.refused(&app, &ask, 404, "not_found"),
                Some(_) => self.refused(&app, &ask, 403, "forbidden"),
            }
        }
    }

    /// Nobody, people of other organizations, ids of other organizations.
    fn strangers(&self) {
        let (world, row) = (World::get(), self.row);
        let app = world.app();
        let admin = app.admin();
        self.refused(
            &app,
            &row.usual(&app.anonymous().in_org(app.north())),
            401,
            "unauthenticated",
        );
        self.refused(&app, &row.usual(&admin.with_token("x.y.z")), 401, "unauthenticated");
        self.refused(&app, &row.usual(&admin.without_org()), 400, "org_header_missing");
        self.refused(&app, &row.usual(&admin.in_org("x")), 400, "org_header_invalid");
        self.refused(&app, &row.usual(&admin.in_org(app.south())), 403, "not_a_member");
        let nowhere = "019a2f64-5c00-7000-8000-00000000dead";
        self.refused(&app, &row.usual(&admin.in_org(nowhere)), 403, "not_a_member");
        let body = row.body.as_ref().map(|body| fill(body, &world.north));
        if row.operation.contains('}') {
            let theirs = fill(&row.path, &world.south);
            self.refused(&app, &row.ask(&admin, &theirs, body.as_deref()), 404, "not_found");
        }
        if let Some(foreign) = &row.foreign {
            let (path, foreign) = (fill(&row.path, &world.north), fill(foreign, &world.south));
            let ask = row.ask(&admin, &path, Some(&foreign));
            self.refused(&app, &ask, 422, "unknown_reference");
        }
        if let Some(hidden) = &row.hides {
            let reply = row.usual(&app.other_student()).expect(row.gives);
            let body = String::from_utf8_lossy(reply.bytes()).into_owned();
            assert!(!body.contains(&fill(hidden, &world.north)), "{hidden} is shown by\n{reply}");
            self.count(&reply);
        }
        if row.own {
            self.refused(&app, &row.usual(&app.other_student()), 404, "not_found");
        }
    }
}

#[test]
fn every_operation_has_its_row() {
    let document = document();
    let named: BTreeSet<String> = operations(&document).iter().map(Operation::name).collect();
    let rows: BTreeSet<String> = rows().into_iter().map(|row| row.operation).collect();
    let without: Vec<_> = named.difference(&rows).collect();
    let stray: Vec<_> = rows.difference(&named).collect();
    assert!(without.is_empty() && stray.is_empty(), "no row: {without:#?}\nstray: {stray:#?}");
}

/// Goes red with the seeded bug `list_without_organization`.
#[test]
fn everybody_may_what_the_matrix_says_and_nothing_else() {
    let document = document();
    let operations = operations(&document);
    let cells = AtomicUsize::new(0);
    let rows = rows();
    let mut failed = Vec::new();
    for row in &rows {
        let Some(operation) = operations.iter().find(|one| one.name() == row.operation) else {
            continue;
        };
        let run = Run { row, operation: operation.clone(), document: &document, cells: &cells };
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run.everybody()));
        if outcome.is_err() {
            failed.push(format!("{} {}", row.operation, row.case));
        }
    }
    say(&format!("{} rows, {} cells", rows.len(), cells.into_inner()));
    assert!(failed.is_empty(), "{failed:#?}");
}
