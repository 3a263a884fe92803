//! Putting a backup in the place of a database: everything is done to a copy, which takes the place
//! in one step at the end.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::make::Watching;
use super::target::refuse;
use crate::audit;
use crate::db::{self, Db, DbOptions, Partial, ServeLock};
use crate::identity;
use crate::kernel::{Actor, Clock, Code, Error, Result, bug};
use crate::verify::{Finding, Report, Verified, verify};

/// What is to be restored, and where.
pub struct Order<'a> {
    /// The backup.
    pub file: &'a Path,
    /// The database.
    pub database: &'a Path,
    /// Whether a database that is there may be replaced.
    pub replace: bool,
    /// Whether a backup will do in which something is wrong that is no damage of the file.
    pub despite_findings: bool,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// What was restored.
#[derive(Debug, Serialize)]
pub struct Restored {
    /// The database that is in place now.
    pub database: PathBuf,
    /// Where the one before is kept, when there was one.
    pub replaced: Option<PathBuf>,
    /// The steps that brought an older schema to the one of this version.
    pub migrated: Vec<String>,
    /// How many sessions were ended.
    pub sessions_ended: usize,
    /// How many one-time tokens for a new password were made worthless.
    pub reset_tokens_ended: usize,
    /// The end of each organization's audit trail, as ORG:SEQ:HASH.
    pub heads: Vec<String>,
    /// Each organization.
    pub organizations: Vec<Verified>,
    /// What is wrong in it.
    pub findings: Vec<Finding>,
}

/// Puts a backup in the place of a database. Killed at any moment, the old or the new one is there.
///
/// # Errors
/// When the file is no sound backup, a server runs on the database, a database is there that may
/// not be replaced, or there is no room; then nothing has changed.
pub fn restore(order: &Order<'_>, watching: Watching<'_>) -> Result<Restored> {
    let Order { file, database, .. } = *order;
    require_file(file, database)?;
    // Whose file it is, and of which version, before anything is touched.
    db::copy_pending(file)?;
    if database.exists() && !order.replace {
        let detail = format!(
            "There is a database at {}: --yes replaces it. It is kept beside the new one.",
            database.display()
        );
        return Err(refuse(detail));
    }
    db::make_folder(database)?;
    let _lock = (!bug::seeded("restore_over_running_server"))
        .then(|| ServeLock::acquire(database))
        .transpose()?;
    let partial = Partial::begin(database)?;
    let copy = partial.path();
    db::copy_file(file, copy, watching.copying).map_err(|error| damaged(file, &error.told()))?;
    let migrated = bring_up(copy, file, watching)?;
    let report = check(order, copy, watching)?;
    let (sessions_ended, reset_tokens_ended, organizations) = end_access(order, copy, &report)?;
    let replaced = db::put_in_place(partial, database, order.clock.now())?;
    Ok(Restored {
        database: database.to_owned(),
        replaced,
        migrated,
        sessions_ended,
        reset_tokens_ended,
        heads: organizations.iter().map(Verified::noted).collect(),
        organizations,
        findings: report.findings,
    })
}

fn require_file(file: &Path, database: &Path) -> Result<()> {
    let there =
        fs::metadata(file).map_err(|error| refuse(format!("{}: {error}.", file.display())))?;
    if !there.is_file() {
        return Err(refuse(format!("{} is not a file.", file.display())));
    }
    if there.len() == 0 {
        return Err(damaged(file, "it is empty"));
    }
    let own = fs::metadata(database).map(|own| (own.dev(), own.ino()));
    if own.is_ok_and(|own| own == (there.dev(), there.ino())) {
        return Err(refuse(format!("{} is the database itself.", file.display())));
    }
    Ok(())
}

/// Brings an older schema to the one of this version; a damaged file would only be damaged more.
fn bring_up(copy: &Path, file: &Path, watching: Watching<'_>) -> Result<Vec<String>> {
    if !db::copy_pending(copy)? {
        return Ok(Vec::new());
    }
    (watching.checking)("the file");
    if let Some(fault) = db::faults(copy)?.into_iter().next() {
        return Err(damaged(file, &fault));
    }
    let migrated = db::migrate_copy(copy)?;
    db::make_plain(copy)?;
    Ok(migrated.applied)
}

fn check(order: &Order<'_>, copy: &Path, watching: Watching<'_>) -> Result<Report> {
    if bug::seeded("restored_unchecked") {
        return Ok(Report::default());
    }
    let db = Db::open_copy(copy, Arc::clone(&order.clock))?;
    let report =
        verify(&db, &[], watching.checking).map_err(|error| damaged(order.file, &error.told()))?;
    if let Some(finding) = report.damage() {
        return Err(damaged(order.file, &finding.detail));
    }
    match report.findings.first() {
        Some(finding) if !order.despite_findings => Err(refuse(format!(
            "{} findings in {}, the first: {finding}. --despite-findings restores it all the same.",
            report.findings.len(),
            order.file.display()
        ))),
        _ => Ok(report),
    }
}

/// Ends what would give access that was taken away since; answers how much there was, and the
/// organizations with the ends of their trails behind it.
fn end_access(
    order: &Order<'_>,
    copy: &Path,
    report: &Report,
) -> Result<(usize, usize, Vec<Verified>)> {
    let options = DbOptions { readers: 1, ..DbOptions::new(Arc::clone(&order.clock)) };
    let db = Db::open(copy, options)?;
    let (sessions, tokens) = db.write_blocking(identity::end_all_access)?;
    let organizations = db.read(|global| {
        let now = |organization: &Verified| {
            let head = audit::head(&global.within(organization.id, Actor::system()))?;
            Ok(Verified { head, ..organization.clone() })
        };
        report.organizations.iter().map(now).collect()
    })?;
    db.close();
    drop(db);
    db::make_plain(copy)?;
    Ok((sessions, tokens, organizations))
}

fn damaged(file: &Path, why: &str) -> Error {
    let detail = format!("{} can't be restored: {why}. Nothing was changed.", file.display());
    Error::new(Code::Internal, detail)
}
