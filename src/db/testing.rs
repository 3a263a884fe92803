//! An empty database for tests that ask SQLite how it would read.

use std::sync::Arc;

use rusqlite::{Row, ToSql};

use super::{Db, DbOptions, Tx, migrate};
use crate::kernel::{Actor, ManualClock, OrgId, Timestamp};

/// Reads an empty database of its own, within an organization that has nothing.
pub(crate) fn with_empty<T>(ask: impl FnOnce(&Tx<'_>) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pret.db");
    migrate(&path).unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(0)));
    let db = Db::open(&path, DbOptions::new(clock)).unwrap();
    db.read(|global| Ok(ask(&global.within(OrgId::new(), Actor::system())))).unwrap()
}

/// The steps in which an empty database would run a statement, indented as they are nested. Its
/// parameters are bound to nothing. A statement without `:org` is one over all organizations.
pub(crate) fn plan(statement: &str) -> Vec<String> {
    let explain = format!("EXPLAIN QUERY PLAN {statement}");
    let names = parameters(statement);
    let params: Vec<(&str, &dyn ToSql)> =
        names.iter().map(|name| (name.as_str(), &None::<i64> as &dyn ToSql)).collect();
    let step = |row: &Row<'_>| {
        Ok((row.get::<_, i64>("id")?, row.get::<_, i64>("parent")?, row.get("detail")?))
    };
    let rows = with_empty(|tx| {
        if statement.contains(":org") {
            tx.all(&explain, &params, step)
        } else {
            tx.global().all(&explain, &params, step)
        }
    });
    let mut depths: Vec<(i64, usize)> = Vec::new();
    let mut steps = Vec::new();
    for (id, parent, detail) in rows.unwrap() {
        let depth = depths.iter().find(|(above, _)| *above == parent).map_or(0, |(_, d)| d + 1);
        depths.push((id, depth));
        let detail: String = detail;
        steps.push(format!("{}{detail}", "  ".repeat(depth)));
    }
    steps
}

/// The named parameters of a statement but those that the transaction binds.
fn parameters(statement: &str) -> Vec<String> {
    let is_name = |c: &char| c.is_ascii_lowercase() || *c == '_';
    let name = |text: &str| text.chars().take_while(is_name).collect::<String>();
    let mut names: Vec<String> = statement.split(':').skip(1).map(name).collect();
    names.retain(|name| !["", "org", "now"].contains(&name.as_str()));
    names.sort_unstable();
    names.dedup();
    names.iter().map(|name| format!(":{name}")).collect()
}
