//! What is inside the database file: looked at in one snapshot that changes nothing.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{Finding, unseen};
use crate::db::{self, GlobalTx, LastBackup};
use crate::identity;
use crate::kernel::{Error, Result, Timestamp, bug};

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The time zones of the organizations; none: there is no organization.
    pub(super) zones: Vec<String>,
    /// When the newest event happened.
    last_event: Option<Timestamp>,
    /// What the checks found.
    pub(super) findings: Vec<Finding>,
}

impl Facts {
    /// The newest instant that is known.
    pub(super) fn newest(&self, backup: Option<LastBackup>) -> Option<Timestamp> {
        self.last_event.max(backup.map(|backup| backup.at))
    }
}

/// Looks into the file; once more when somebody has opened it meanwhile, since what was read as
/// something that stands still did not.
pub(super) fn look(path: &Path, now: Timestamp) -> Facts {
    let is_open = || db::beside(path, "-wal").exists();
    let was_open = is_open();
    let facts = look_once(path, now);
    if is_open() && !was_open { look_once(path, now) } else { facts }
}

fn look_once(path: &Path, now: Timestamp) -> Facts {
    let mut facts = Facts { findings: vec![journal(path)], ..Facts::default() };
    let seen = db::inspect(path, now, |global| {
        let schema = schema(global.schema_version(), db::newest_step());
        let is_ours = schema.state == super::State::Ok;
        facts.findings.push(schema);
        facts.findings.push(whole(&global.quick_faults()?));
        if is_ours {
            facts.zones =
                identity::list_organizations(global)?.into_iter().map(|one| one.timezone).collect();
            facts.last_event = last_event(global)?;
            facts.findings.push(trails(&gaps(global)?));
        }
        Ok(())
    });
    if let Err(error) = seen {
        facts.findings.push(unreadable(&error));
    }
    facts
}

fn unreadable(error: &Error) -> Finding {
    let advice = "If it belongs to another program, name another file; if it is damaged, restore a \
                  backup (`pret restore`).";
    Finding { advice: Some(advice.to_owned()), ..unseen("file", error) }
}

/// The file's own header says whether it is in the mode that lets readers and the writer work side
/// by side.
fn journal(path: &Path) -> Finding {
    let mut head = [0; 20];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    match (read, head) {
        (Ok(()), [.., 2, 2]) => Finding::ok("pragmas", "journal_mode WAL, the others as needed"),
        (Ok(()), _) if head.starts_with(b"SQLite format 3\0") => Finding::warning(
            "pragmas",
            "the file is not in WAL mode",
            "The next start sets it; who has changed it by hand?",
        ),
        _ => Finding::fault(
            "pragmas",
            "the file has not the header of SQLite",
            "Name another file, or restore a backup (`pret restore`).",
        ),
    }
}

/// Whether the schema is the one of this binary.
fn schema(found: Result<i64>, known: i64) -> Finding {
    match found {
        Ok(found) if found == known => Finding::ok("schema", format!("version {found}")),
        Ok(found) if found > known => Finding::fault(
            "schema",
            format!("version {found}, this binary knows {known}"),
            "The database was used by a newer Prêt: install that version.",
        ),
        found => Finding::fault(
            "schema",
            format!("version {}, this binary needs {known}", found.unwrap_or_default()),
            "`pret migrate` or the next `pret serve` brings it up to date, after a copy.",
        ),
    }
}

/// Whether SQLite finds the file and its references whole.
fn whole(faults: &[String]) -> Finding {
    match faults {
        [] => Finding::ok("file", "whole; every reference leads somewhere"),
        [first, ..] => Finding::fault(
            "file",
            format!("{} faults, such as: {first}", faults.len()),
            "Stop the server, keep a copy of the files, and restore the newest backup \
             (`pret restore`). Then look at the disk.",
        ),
    }
}

/// Whether each trail has as many events as its last one is numbered.
fn trails(gaps: &[String]) -> Finding {
    if gaps.is_empty() || bug::seeded("doctor_blind_to_gaps") {
        return Finding::ok("trails", "no event is missing; `pret verify` computes the hashes too");
    }
    Finding::fault(
        "trails",
        format!("events are missing in the trail of {}", gaps.join(", ")),
        "Somebody changed the file by hand: run `pret verify`, and compare with a backup.",
    )
}

fn gaps(global: &GlobalTx<'_>) -> Result<Vec<String>> {
    global.all(
        "SELECT org_id FROM audit_events GROUP BY org_id HAVING count(*) <> max(seq) ORDER BY 1",
        &[],
        |row| row.get(0),
    )
}

fn last_event(global: &GlobalTx<'_>) -> Result<Option<Timestamp>> {
    global.value(
        "SELECT max((
             SELECT e.at FROM audit_events AS e WHERE e.org_id = o.id ORDER BY e.seq DESC LIMIT 1))
         FROM organizations AS o",
        &[],
    )
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn each_way_in_which_a_schema_can_differ_has_its_advice() {
        assert_eq!(schema(Ok(13), 13).state, State::Ok);
        assert!(schema(Ok(14), 13).advice.unwrap().contains("newer"));
        assert!(schema(Ok(12), 13).advice.unwrap().contains("migrate"));
        assert!(schema(Err(Error::internal("x")), 13).advice.unwrap().contains("migrate"));
    }

    #[test]
    fn faults_of_the_file_and_gaps_are_told() {
        assert_eq!((whole(&[]).state, trails(&[]).state), (State::Ok, State::Ok));
        let fault = whole(&["a page is lost".to_owned()]);
        assert!(fault.state == State::Fault && fault.found.contains("a page is lost"));
        assert_eq!(trails(&["x".to_owned()]).state, State::Fault);
    }

    #[test]
    fn a_file_of_no_database_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pret.db");
        std::fs::write(&path, "no database, just some text of more than twenty bytes").unwrap();
        let facts = look(&path, Timestamp::from_millis(0));
        assert!(facts.findings.iter().all(|finding| finding.state == State::Fault), "{facts:?}");
    }
}
