//! The figures that are looked up for each answer. Whatever they cost, they cost at each scrape: a
//! few steps into an index for each organization, and counting what is alive, never what is over.

use super::process;
use crate::app::{self, App};
use crate::audit;
use crate::db::{GlobalTx, LastBackup, Space, Tx};
use crate::identity;
use crate::kernel::{Actor, Result};
use crate::metrics::{Backup, Figures, OfOrganization, Sizes, Stored};

/// More than so many of a kind are not counted.
const MOST: i64 = 10_000;

/// Entries of one status: an index holds them.
const ENTRIES: &str = "SELECT count(*) FROM (SELECT 1 FROM waitlist_entries
    WHERE org_id = :org AND status = :status LIMIT :most)";
const BOOKINGS: &str = "SELECT count(*) FROM (SELECT 1 FROM bookings
    WHERE org_id = :org AND status IN ('PENDING', 'APPROVED', 'CHECKED_OUT') LIMIT :most)";
const OUT: &str = "SELECT count(*) FROM (SELECT 1 FROM unit_custody
    WHERE org_id = :org LIMIT :most)";
const LATE: &str = "SELECT count(*) FROM (SELECT 1 FROM unit_custody
    WHERE org_id = :org AND due_at < :now LIMIT :most)";

/// What the database says of all organizations.
pub(super) fn stored(global: &GlobalTx<'_>) -> Result<Stored> {
    let all = identity::list_organizations(global)?;
    let each = all.iter().map(|org| of_organization(&global.within(org.id, Actor::system())));
    Ok((global.schema_version()?, each.collect::<Result<_>>()?))
}

fn of_organization(tx: &Tx<'_>) -> Result<OfOrganization> {
    let head = audit::head(tx)?;
    let due = app::next_due(tx)?;
    let entries = |status: &str| tx.value(ENTRIES, &[(":status", &status), (":most", &MOST)]);
    let count = |statement: &str| tx.value(statement, &[(":most", &MOST)]);
    Ok(OfOrganization {
        id: tx.org(),
        audit_seq: head.seq,
        audit_hash: head.hash,
        lag: due.map_or(0, |due| tx.now().since(due).max(0)),
        offers: entries("OFFERED")?,
        waiting: entries("WAITING")?,
        bookings: count(BOOKINGS)?,
        units_out: count(OUT)?,
        units_late: count(LATE)?,
    })
}

/// Everything, with what the database said, if it did.
pub(super) fn now(app: &App, stored: Option<Stored>) -> Figures {
    let path = app.db.path();
    // A disk or a word that can't be read is one figure less, never no figures at all.
    let space = Space::of(path).ok();
    let backup = LastBackup::of(path).ok().flatten();
    Figures {
        version: env!("CARGO_PKG_VERSION"),
        process: process::look(app.started_at()),
        sizes: space.map(|Space { database, wal, free }| Sizes { database, wal, free }),
        backup: backup.map(|backup| Backup { at: backup.at, bytes: backup.bytes }),
        writer_silence: app.db.writer_silence().as_secs_f64(),
        jobs_last_run: app.jobs().last_run(),
        stored,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn what_is_counted_stands_in_an_index_of_what_is_alive() {
        for (statement, index) in [
            (ENTRIES, "USING COVERING INDEX waitlist_by_status"),
            (BOOKINGS, "bookings_active"),
            (OUT, "USING COVERING INDEX unit_custody_by"),
            (LATE, "USING COVERING INDEX unit_custody_by_due"),
        ] {
            let plan = plan(statement).concat();
            assert!(plan.contains(index), "{plan}");
        }
    }
}
