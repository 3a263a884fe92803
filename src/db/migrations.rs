//! The schema, embedded in the binary and brought up to date as a whole or not at all.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::backup;
use super::connection::{self, APPLICATION_ID};
use super::schema::{self, Schema};
use crate::kernel::{Clock, Code, Error, Result, SystemClock, bug};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// What a migration did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The names of the steps that were applied now.
    pub applied: Vec<String>,
    /// The copy made before, when there was something to lose.
    pub backup: Option<PathBuf>,
}

/// Makes the folder of the file, for its owner alone.
///
/// # Errors
/// When it can't be made.
pub fn make_folder(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Error::internal(format!("{}: {error}", folder.display())))
}

/// Brings the file to the schema of this version, making it when it is not there. One that has data
/// is copied before.
///
/// # Errors
/// When the file belongs to another program or a newer version, there is no room for the copy, or
/// a step fails; then it is as it was.
pub fn migrate(path: &Path) -> Result<Migrated> {
    bring_up(path, |connection| {
        backup::beside_its_own(connection, path, SystemClock.now()).map(Some)
    })
}

/// The same with a copy that was made to be changed.
///
/// # Errors
/// As there.
pub fn migrate_copy(path: &Path) -> Result<Migrated> {
    bring_up(path, |_| Ok(None))
}

fn bring_up(
    path: &Path,
    copy: impl FnOnce(&Connection) -> Result<Option<PathBuf>>,
) -> Result<Migrated> {
    connection::require_sqlite()?;
    // Before anything is written: the file may belong to somebody else.
    let schema = schema::look(path, runner().get_migrations())?;
    let mut connection = connection::open(path)?;
    only_owner(path)?;
    let backup = match schema {
        Schema::Empty => {
            connection.pragma_update(None, "application_id", APPLICATION_ID)?;
            None
        }
        Schema::Older(1..) if !bug::seeded("migrated_without_copy") => copy(&connection)?,
        Schema::Older(_) | Schema::Current => None,
    };
    let report = runner().run(&mut connection).map_err(|error| {
        let detail = format!("The database can't be brought to this version: {error}.");
        Error::new(Code::Internal, detail)
    })?;
    let applied = report.applied_migrations().iter().map(ToString::to_string).collect();
    Ok(Migrated { applied, backup })
}

/// All steps and their entries in the history are one transaction. Step by step, the entry would
/// have one of its own: who is killed in between would do the step twice.
fn runner() -> refinery::Runner {
    embedded::migrations::runner().set_grouped(!bug::seeded("step_apart_from_its_entry"))
}

/// Whether the file lacks steps that this version knows.
///
/// # Errors
/// When the file is missing, belongs to another program, or can't be read.
pub fn pending(path: &Path) -> Result<bool> {
    if !path.exists() {
        let detail = format!("There is no database at {}.", path.display());
        return Err(Error::new(Code::Internal, detail));
    }
    Ok(schema::look(path, runner().get_migrations())? != Schema::Current)
}

/// The same of a copy that nobody writes.
///
/// # Errors
/// As there.
pub fn copy_pending(path: &Path) -> Result<bool> {
    Ok(schema::look_at_copy(path, runner().get_migrations())? != Schema::Current)
}

/// Whether a copy is a database of Prêt, of whatever version.
pub fn is_ours(path: &Path) -> bool {
    let id = connection::open_read_only(path).and_then(|connection| {
        connection.pragma_query_value(None, "application_id", |row| row.get::<_, i64>(0))
    });
    matches!(id, Ok(APPLICATION_ID))
}

/// The number of the newest step that this version knows.
pub fn newest_step() -> i64 {
    let steps = runner();
    steps.get_migrations().iter().map(|step| i64::from(step.version())).max().unwrap_or_default()
}

/// The file holds personal data: nobody but its owner reads it.
fn only_owner(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(Error::internal)
}
