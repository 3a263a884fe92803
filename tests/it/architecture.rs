//! The plan of the house, held by numbers: sizes, rooms, the order of the slices, one writer for
//! each table.

use std::collections::BTreeMap;

use crate::support::{Source, none};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;

/// Each slice sees only those before it.
const SLICES: [&str; 9] = [
    "audit",
    "identity",
    "notification",
    "calendar",
    "inventory",
    "fines",
    "booking",
    "waitlist",
    "desk",
];

/// What the rooms may not mention.
const ROOMS: [(&str, &[&str]); 6] = [
    ("mod", &["axum", "rusqlite", "tokio", "fn", "struct", "enum"]),
    ("model", &["axum", "rusqlite"]),
    ("rules", &["axum", "rusqlite", "tokio", "Clock"]),
    ("store", &["axum"]),
    ("actions", &["axum", "rusqlite"]),
    ("api", &["rusqlite"]),
];

/// Below the slices: what each part of the ground floor may name of this crate.
const GROUND: [(&str, &[&str]); 4] = [
    ("kernel", &["kernel"]),
    // Below all that count, so that none of them needs to know who watches.
    ("metrics", &["kernel", "metrics"]),
    ("db", &["kernel", "metrics", "db"]),
    ("http", &["kernel", "metrics", "db", "keys", "http"]),
];

/// Who writes each table. `roles` and the schema's own history belong to the migrations.
const OWNERS: [(&str, &str); 28] = [
    ("organizations", "identity"),
    ("users", "identity"),
    ("roles", "migrations"),
    ("memberships", "identity"),
    ("user_roles", "identity"),
    ("invitations", "identity"),
    ("sessions", "identity"),
    ("refresh_tokens", "identity"),
    ("audit_events", "audit"),
    ("notifications", "notification"),
    ("resources", "inventory"),
    ("resource_search", "inventory"),
    ("tags", "inventory"),
    ("resource_tags", "inventory"),
    ("resource_units", "inventory"),
    ("unit_claims", "calendar"),
    ("unit_usage", "calendar"),
    ("unit_custody", "calendar"),
    ("unit_maintenance", "inventory"),
    ("bookings", "booking"),
    ("booking_items", "booking"),
    ("fines", "fines"),
    ("fine_payments", "fines"),
    ("waitlist_entries", "waitlist"),
    ("waitlist_items", "waitlist"),
    ("waitlist_queue", "waitlist"),
    ("waitlist_offers", "waitlist"),
    ("idempotency_keys", "app"),
];

/// The only places that look over the fence of an organization. This list only shrinks.
const OVER_THE_FENCE: &[&str] = &[
    "src/app/caller.rs",
    "src/app/mod.rs",
    "src/app/replies.rs",
    "src/db/inspect.rs",
    "src/db/mod.rs",
    "src/db/rows.rs",
    "src/db/tx.rs",
    "src/db/writer.rs",
    "src/doctor/database.rs",
    "src/health/figures.rs",
    "src/identity/actions/access.rs",
    "src/identity/actions/accounts.rs",
    "src/identity/actions/organizations.rs",
    "src/identity/actions/registration.rs",
    "src/identity/actions/secrets.rs",
    "src/identity/actions/sessions.rs",
    "src/identity/store/accounts.rs",
    "src/identity/store/invitations.rs",
    "src/identity/store/organizations.rs",
    "src/identity/store/sessions.rs",
    "src/seed/opening.rs",
    "src/seed/play.rs",
    "src/seed/run.rs",
    "src/transfer/import.rs",
    "src/transfer/survey.rs",
    "src/transfer/tables.rs",
];

/// The one place beside the slices that writes their tables: an organization that comes in from
/// another server is rows as they stood there, and no decision of a slice. It names two tables;
/// all others it reaches through `db::Rows`, by a list that a test compares with the schema. What
/// keeps them sound: constraints and triggers, and every slice's `verify` before COMMIT.
const MOVER: (&str, [&str; 2]) = ("src/transfer/import.rs", ["fines", "unit_claims"]);

/// Who may reach the whole app.
const USERS_OF_APP: [&str; 5] = ["app", "cli", "health", "seed", "serve"];

/// What is built, without the tests that stand in files of their own.
fn ours() -> Vec<Source> {
    let mut sources = Source::below("src", &["rs", "sql"]);
    sources.retain(|source| !source.path.ends_with("/tests.rs"));
    sources
}

fn with_tests() -> Vec<Source> {
    let folders = ["src", "tests", "benches"];
    folders.iter().flat_map(|folder| Source::below(folder, &["rs"])).collect()
}

#[test]
fn files_and_functions_stay_short() {
    let mut faults = Vec::new();
    let mut sizes = Vec::new();
    for source in with_tests() {
        let lines = source.text.lines().count();
        sizes.push(lines);
        if lines > FILE_LINES {
            faults.push(format!("{} has {lines} lines", source.path));
        }
        for (name, lines) in source.functions() {
            if lines > FUNCTION_LINES {
                faults.push(format!("{}: {name} has {lines} lines", source.path));
            }
        }
    }
    sizes.sort_unstable();
    println!("{} files, median {} lines", sizes.len(), sizes[sizes.len() / 2]);
    none(faults);
}

#[test]
fn every_file_says_what_it_owns() {
    let silent = with_tests().into_iter().filter(|source| !source.text.starts_with("//! "));
    none(silent.map(|source| source.path));
}

#[test]
fn rooms_have_their_names_and_keep_to_what_they_may_mention() {
    let mut faults = Vec::new();
    for source in ours() {
        let (slice, room) = source.place();
        if !SLICES.contains(&slice) {
            continue;
        }
        let Some((_, banned)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            faults.push(format!("{}: a slice has no room `{room}`", source.path));
            continue;
        };
        for word in banned.iter().filter(|word| source.mentions(word)) {
            faults.push(format!("{} mentions {word}", source.path));
        }
        for edge in ["app", "http"].iter().filter(|_| room != "api") {
            if source.modules().iter().any(|module| module == edge) {
                faults.push(format!("{} uses crate::{edge}", source.path));
            }
        }
    }
    none(faults);
}

#[test]
fn a_slice_sees_only_those_before_it() {
    let mut faults = Vec::new();
    for source in ours() {
        let (slice, _) = source.place();
        let Some(position) = SLICES.iter().position(|name| *name == slice) else { continue };
        for module in source.modules() {
            if SLICES[position + 1..].contains(&module.as_str()) {
                faults.push(format!("{} uses crate::{module}", source.path));
            }
        }
    }
    none(faults);
}

#[test]
fn the_ground_floor_knows_no_slice() {
    let mut faults = Vec::new();
    for source in ours().iter().filter(|source| source.path != "src/http/router.rs") {
        let Some((_, allowed)) = GROUND.iter().find(|(part, _)| *part == source.place().0) else {
            continue;
        };
        for module in source.modules() {
            if !allowed.contains(&module.as_str()) {
                faults.push(format!("{} uses crate::{module}", source.path));
            }
        }
    }
    none(faults);
}

#[test]
fn only_the_edge_reaches_the_whole_app() {
    let mut faults = Vec::new();
    for source in ours() {
        let (part, room) = source.place();
        let part = if part.is_empty() { room } else { part };
        let may = USERS_OF_APP.contains(&part)
            || source.path == "src/http/router.rs"
            || (SLICES.contains(&part) && room == "api");
        if !may && source.modules().iter().any(|module| module == "app") {
            faults.push(source.path);
        }
    }
    none(faults);
}

#[test]
fn every_table_has_one_writer() {
    let mut faults = Vec::new();
    for table in tables() {
        if !OWNERS.iter().any(|(name, _)| *name == table) {
            faults.push(format!("{table} has no owner here"));
        }
    }
    for source in ours() {
        for table in written(&source.code) {
            let (part, room) = source.place();
            let owner = OWNERS.iter().find(|(name, _)| *name == table).map(|(_, owner)| *owner);
            let at_home = owner == Some(part) && (room == "store" || part == "app");
            let moves = source.path == MOVER.0 && MOVER.1.contains(&table.as_str());
            if !at_home && !moves {
                faults.push(format!("{} writes {table}", source.path));
            }
        }
    }
    none(faults);
}

#[test]
fn a_statement_whose_table_is_a_variable_stands_in_one_place() {
    let verbs = ["INSERT INTO {", "REPLACE INTO {", "UPDATE {", "DELETE FROM {"];
    let any = |source: &Source| verbs.iter().any(|verb| source.code.contains(verb));
    let found: Vec<String> = ours().into_iter().filter(any).map(|source| source.path).collect();
    assert_eq!(found, ["src/db/rows.rs"]);
}

#[test]
fn looking_over_the_fence_happens_only_where_it_is_listed() {
    let over = |source: &Source| source.mentions("GlobalTx") || source.mentions("GlobalWriteTx");
    let found: Vec<String> = ours().into_iter().filter(over).map(|source| source.path).collect();
    let mut faults: Vec<String> = found
        .iter()
        .filter(|path| !OVER_THE_FENCE.contains(&path.as_str()))
        .map(|path| format!("{path} sees all organizations and is not listed"))
        .collect();
    faults.extend(
        OVER_THE_FENCE
            .iter()
            .filter(|path| !found.iter().any(|one| one == *path))
            .map(|path| format!("{path} is listed without need")),
    );
    none(faults);
}

/// What proxies say of a client is weighed in one place.
#[test]
fn only_one_place_says_where_a_request_comes_from() {
    let homes = ["src/http/client.rs", "src/serve/connection.rs"];
    let strays = ours().into_iter().filter(|source| {
        !homes.contains(&source.path.as_str())
            && ["ConnectInfo", "FORWARDED"].iter().any(|word| source.mentions(word))
    });
    none(strays.map(|source| source.path));
}

#[test]
fn no_test_waits_by_the_clock() {
    let wait = concat!("sle", "ep(");
    let sleepers =
        Source::below("tests", &["rs"]).into_iter().filter(|source| source.code.contains(wait));
    none(sleepers.map(|source| source.path));
}

#[test]
fn seeded_bugs_are_named_once() {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in ours() {
        for (at, marker) in source.code.match_indices("seeded(\"") {
            let name = source.code[at + marker.len()..].split('"').next().unwrap_or_default();
            let places = found.entry(name.to_owned()).or_default();
            if !places.contains(&source.path) {
                places.push(source.path.clone());
            }
        }
    }
    println!("{} seeded bugs: {:?}", found.len(), found.keys().collect::<Vec<_>>());
    let twice = found.into_iter().filter(|(_, places)| places.len() > 1);
    none(twice.map(|(name, places)| format!("{name} stands in {places:?}")));
}

/// The tables that the migrations make and keep.
fn tables() -> Vec<String> {
    let mut found = Vec::new();
    for source in Source::below("migrations", &["sql"]) {
        found.extend(names_behind(&source.text, "CREATE TABLE "));
        found.extend(names_behind(&source.text, "CREATE VIRTUAL TABLE "));
    }
    found
}

/// The tables that statements in this code write.
fn written(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for verb in ["INSERT INTO ", "REPLACE INTO ", "IGNORE INTO ", "UPDATE ", "DELETE FROM "] {
        found.extend(names_behind(code, verb));
    }
    found
}

/// `UPDATE SET` behind ON CONFLICT names no table, and neither does prose.
fn names_behind(text: &str, words: &str) -> Vec<String> {
    text.match_indices(words)
        .map(|(at, words)| {
            let rest = text[at + words.len()..].trim_start();
            rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>()
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn the_reader_of_sources_counts_right() {
    let text = "fn a() {}\n\nimpl X {\n    pub(super) fn b(\n        c: u8,\n    ) -> u8 {\n        \
                c\n    }\n\n    fn d(&self) -> bool;\n}\n";
    let source = Source { path: "src/x.rs".into(), text: text.into(), code: String::new() };
    let expected = [("a", 1), ("b", 5), ("d", 1)];
    assert_eq!(source.functions(), expected.map(|(name, lines)| (name.to_owned(), lines)));
    let code = "use crate::{app, db::{Tx, x}, http};\nuse crate::kernel::Id;".to_owned();
    let source = Source { path: String::new(), text: String::new(), code };
    assert_eq!(source.modules(), ["app", "db", "http", "kernel"]);
    assert_eq!(written("INSERT INTO tags (a) ON CONFLICT DO UPDATE SET a"), ["tags"]);
}

/// Who takes units, and how: each through the one function, or through what goes through it. A
/// path that is new stands here before it is built.
const TAKERS: [(&str, &str, &str); 7] = [
    ("src/booking/actions/hold.rs", "calendar::claim(", "book, submit, change, grant"),
    ("src/booking/actions/check_out.rs", "calendar::claim(", "swap at the counter"),
    ("src/booking/actions/check_out.rs", "calendar::widen(", "hand out before the start"),
    ("src/booking/actions/extend.rs", "calendar::widen(", "extend"),
    ("src/booking/actions/rescue.rs", "calendar::claim(", "move away from what is late or gone"),
    ("src/inventory/actions/maintenance.rs", "calendar::claim(", "plan maintenance"),
    ("src/waitlist/actions/hold.rs", "calendar::claim(", "offer"),
];

#[test]
fn every_path_that_takes_a_unit_goes_through_the_one_claim() {
    let mut faults = Vec::new();
    let mut found = Vec::new();
    for source in ours() {
        for way in ["calendar::claim(", "calendar::widen("] {
            if source.code.contains(way) {
                found.push((source.path.clone(), way));
            }
        }
        // Claims come into being and move in one place, which one function calls.
        for (statement, home) in [
            ("INSERT INTO unit_claims", "src/calendar/store/claims.rs"),
            ("UPDATE unit_claims", "src/calendar/store/claims.rs"),
            ("store::take(", "src/calendar/actions/claim.rs"),
        ] {
            let times = source.code.matches(statement).count();
            let moves = statement.starts_with("INSERT") && source.path == MOVER.0;
            if times > 0 && source.path != home && !moves {
                faults.push(format!("{} has {statement}", source.path));
            }
        }
    }
    faults.extend(
        found
            .iter()
            .filter(|(path, way)| !TAKERS.iter().any(|(at, by, _)| at == path && by == way))
            .map(|(path, way)| format!("{path} calls {way} and is not listed")),
    );
    faults.extend(
        TAKERS
            .iter()
            .filter(|(at, by, _)| !found.iter().any(|(path, way)| path == at && way == by))
            .map(|(at, _, what)| format!("{at} is listed for `{what}` and takes nothing")),
    );
    none(faults);
}
