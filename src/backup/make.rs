//! Making a backup: copied, verified, and only then given its name.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;

use super::keep;
use super::target::{Target, names_in};
use crate::db::{self, BackupLock, Db, LastBackup, Partial, Watch};
use crate::kernel::{Code, Error, ManualClock, Result, Timestamp, bug};
use crate::verify::{Finding, Report, Verified, verify};

/// How much the thread gives way; 0 is what others have, 19 the most.
const NICE: i32 = 10;

/// Who watches, and may end it.
#[derive(Clone, Copy)]
pub struct Watching<'a> {
    /// Hears how many bytes of how many are copied; answers whether to go on.
    pub copying: Watch<'a>,
    /// Hears what is looked at next in the copy.
    pub checking: &'a dyn Fn(&str),
}

/// A backup that was made.
#[derive(Debug, Serialize)]
pub struct Made {
    /// The file.
    pub file: PathBuf,
    /// When it was begun; it has what was committed by then, and may have a little more.
    pub at: Timestamp,
    /// Its size, in bytes.
    pub bytes: u64,
    /// How long copying took, in milliseconds.
    pub copied_ms: u64,
    /// How long looking at the copy took, in milliseconds.
    pub verified_ms: u64,
    /// The end of each organization's audit trail, as ORG:SEQ:HASH.
    pub heads: Vec<String>,
    /// Each organization.
    pub organizations: Vec<Verified>,
    /// What is wrong in the database, and therefore in its copy too.
    pub findings: Vec<Finding>,
    /// Older backups that were removed.
    pub removed: Vec<PathBuf>,
}

/// Makes a backup of an open database. A copy that is damaged as a file does not stay. One in which
/// something else is wrong does, because it is what there is; but no older one goes for it, and it
/// is not counted as the last good one.
///
/// # Errors
/// When the place is refused, another backup of this database runs, there is no room, the copy is
/// damaged, or whoever watches ends it.
pub fn make(db: &Db, target: &Target, at: Timestamp, watching: Watching<'_>) -> Result<Made> {
    let file = target.file(db.path(), at)?;
    let _lock = BackupLock::acquire(db.path())?;
    give_way();
    if let Target::Folder { path, .. } = target {
        clear_partials(path)?;
    }
    target.require_backup(&file)?;
    let partial = Partial::begin(&file)?;
    let began = Instant::now();
    db.copy_to(partial.path(), watching.copying)?;
    let copied_ms = millis(began);
    let began = Instant::now();
    let report = check(partial.path(), at, watching.checking)?;
    let verified_ms = millis(began);
    partial.place(target.replaces())?;
    let failed = |error| Error::internal(format!("{}: {error}", file.display()));
    let file = fs::canonicalize(&file).map_err(failed)?;
    let bytes = fs::metadata(&file).map_err(failed)?.len();
    let mut removed = Vec::new();
    if report.findings.is_empty() {
        LastBackup { at, file: file.clone(), bytes }.leave(db.path())?;
        if let Target::Folder { path, keep: Some(keep) } = target {
            removed = remove_surplus(path, at, *keep)?;
        }
    }
    let Report { organizations, findings } = report;
    let heads = organizations.iter().map(Verified::noted).collect();
    Ok(Made { file, at, bytes, copied_ms, verified_ms, heads, organizations, findings, removed })
}

/// From here on this thread works when those who serve leave it time.
fn give_way() {
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "the backup does not give way");
    }
}

/// Looks at the whole copy, as it stood at its instant.
fn check(copy: &Path, at: Timestamp, tell: &dyn Fn(&str)) -> Result<Report> {
    if bug::seeded("backup_not_verified") {
        return Ok(Report::default());
    }
    let damaged = |why: &str| {
        let detail = format!(
            "The copy is damaged and was removed: {why}. The database may be so too: `pret verify` \
             looks at it."
        );
        Error::new(Code::Internal, detail)
    };
    if db::copy_pending(copy)? {
        return Err(damaged("its schema is not the one of this version"));
    }
    let clock = Arc::new(ManualClock::new(at));
    let report =
        verify(&Db::open_copy(copy, clock)?, &[], tell).map_err(|error| damaged(&error.told()))?;
    match report.damage() {
        Some(finding) => Err(damaged(&finding.detail)),
        None => Ok(report),
    }
}

/// Removes what others were killed over in a folder that this database alone is backed up to.
fn clear_partials(folder: &Path) -> Result<()> {
    for name in names_in(folder)? {
        let whole = name.split_once(".partial").map(|(whole, _)| whole);
        if whole.is_some_and(|whole| keep::made_at(whole).is_some()) {
            remove(&folder.join(name))?;
        }
    }
    Ok(())
}

fn remove_surplus(folder: &Path, made: Timestamp, keep: u32) -> Result<Vec<PathBuf>> {
    let surplus = keep::surplus(&names_in(folder)?, made, keep).into_iter();
    surplus
        .map(|name| {
            let path = folder.join(name);
            remove(&path)?;
            Ok(path)
        })
        .collect()
}

fn remove(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(|error| Error::internal(format!("{}: {error}", path.display())))
}

fn millis(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}
