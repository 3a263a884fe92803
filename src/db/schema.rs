//! How far the schema of a file is, compared with the steps that this version knows.

use std::path::Path;

use refinery::Migration;
use rusqlite::{Connection, ErrorCode};

use super::connection::{self, APPLICATION_ID};
use super::leftovers;
use crate::kernel::{Code, Error, Result, bug};

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schema {
    /// There is nothing in it yet.
    Empty,
    /// Steps are still to come; the newest that was applied is this one, 0 for none.
    Older(i64),
    /// All steps that this version knows, and no others.
    Current,
}

/// A step, in the file or in this version.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    version: i64,
    name: String,
    checksum: u64,
}

/// Looks at a database without changing anything about it.
///
/// # Errors
/// When it belongs to another program or to another version of Prêt, or is damaged.
pub(super) fn look(path: &Path, known: &[Migration]) -> Result<Schema> {
    if !std::fs::exists(path).map_err(Error::internal)? {
        return Ok(Schema::Empty);
    }
    seen(connection::open_to_look(path), path, known)
}

/// The same with a copy that nobody writes, in which there must be something.
///
/// # Errors
/// As [`look`].
pub(super) fn look_at_copy(path: &Path, known: &[Migration]) -> Result<Schema> {
    match seen(connection::open_read_only(path), path, known)? {
        Schema::Empty => Err(foreign(path)),
        schema => Ok(schema),
    }
}

fn seen(opened: rusqlite::Result<Connection>, path: &Path, known: &[Migration]) -> Result<Schema> {
    of(&opened.map_err(|error| unreadable(path, error))?, path, known)
}

fn of(connection: &Connection, path: &Path, known: &[Migration]) -> Result<Schema> {
    let (id, tables) = header(connection).map_err(|error| unreadable(path, error))?;
    match id {
        0 | APPLICATION_ID if tables == 0 => return Ok(Schema::Empty),
        APPLICATION_ID => {}
        _ => return Err(foreign(path)),
    }
    let known: Vec<Step> = known.iter().map(Step::of).collect();
    let applied = applied(connection).map_err(|error| unreadable(path, error))?;
    compare(&known, &applied).map_err(|why| refused(path, &why))
}

fn header(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let id = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok((id, tables))
}

/// The steps that the file has seen, in their order.
fn applied(connection: &Connection) -> rusqlite::Result<Vec<Step>> {
    let mut steps = connection
        .prepare("SELECT version, name, checksum FROM refinery_schema_history ORDER BY version")?;
    let rows = steps.query_map([], |row| {
        let checksum: String = row.get("checksum")?;
        Ok(Step {
            version: row.get("version")?,
            name: row.get("name")?,
            checksum: checksum.parse().unwrap_or_default(),
        })
    })?;
    rows.collect()
}

fn compare(known: &[Step], applied: &[Step]) -> Result<Schema, String> {
    let newest = |steps: &[Step]| steps.last().map_or(0, |step| step.version);
    let (ours, theirs) = (newest(known), newest(applied));
    if theirs > ours && !bug::seeded("newer_schema_accepted") {
        return Err(format!(
            "has the schema {theirs}, and this version of Prêt ({}) knows those up to {ours}. Use \
             the newer version that wrote it, or restore a backup that was made before",
            env!("CARGO_PKG_VERSION")
        ));
    }
    for step in applied.iter().filter(|step| step.version <= ours) {
        if !known.contains(step) {
            let Step { version, name, .. } = step;
            return Err(format!(
                "was brought to its schema by another program than a released Prêt: its step \
                 {version} ({name}) is not the one of this version. Restore a backup that was \
                 made before"
            ));
        }
    }
    let lacking: Vec<i64> = known
        .iter()
        .map(|step| step.version)
        .filter(|version| !applied.iter().any(|step| step.version == *version))
        .collect();
    match lacking.first() {
        None => Ok(Schema::Current),
        Some(first) if *first < theirs => Err(format!(
            "lacks the step {first} of its schema although it has the step {theirs}. Restore a \
             backup that was made before"
        )),
        Some(_) => Ok(Schema::Older(theirs)),
    }
}

impl Step {
    fn of(migration: &Migration) -> Self {
        Self {
            version: i64::from(migration.version()),
            name: migration.name().to_owned(),
            checksum: migration.checksum(),
        }
    }
}

fn refused(path: &Path, why: &str) -> Error {
    let backups = leftovers::beside_it(path);
    let newest = backups.iter().rfind(|path| path.to_string_lossy().ends_with(".backup"));
    let such_as = newest.map(|path| format!(", such as {}", path.display())).unwrap_or_default();
    Error::new(Code::Internal, format!("{} {why}{such_as}.", path.display()))
}

fn unreadable(path: &Path, error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => foreign(path),
        Some(ErrorCode::DatabaseCorrupt) => {
            let detail = format!("{} is damaged: restore a backup.", path.display());
            Error::new(Code::Internal, detail)
        }
        _ => error.into(),
    }
}

pub(super) fn foreign(path: &Path) -> Error {
    let detail = format!("{} is not a database of Prêt.", path.display());
    Error::new(Code::Internal, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(versions: &[i64]) -> Vec<Step> {
        let step = |version: &i64| Step { version: *version, name: "step".to_owned(), checksum: 7 };
        versions.iter().map(step).collect()
    }

    #[test]
    fn what_is_older_is_brought_on_and_what_is_current_is_left() {
        assert_eq!(compare(&steps(&[1, 2, 3]), &steps(&[])), Ok(Schema::Older(0)));
        assert_eq!(compare(&steps(&[1, 2, 3]), &steps(&[1, 2])), Ok(Schema::Older(2)));
        assert_eq!(compare(&steps(&[1, 2, 3]), &steps(&[1, 2, 3])), Ok(Schema::Current));
    }

    #[test]
    fn what_is_newer_is_refused_with_both_numbers() {
        let refusal = compare(&steps(&[1, 2]), &steps(&[1, 2, 3, 4])).unwrap_err();
        assert!(refusal.contains("schema 4") && refusal.contains("up to 2"), "{refusal}");
    }

    #[test]
    fn a_step_of_somebody_else_or_a_missing_one_is_named() {
        let mut other = steps(&[1, 2]);
        other[1].checksum = 8;
        let refusal = compare(&steps(&[1, 2, 3]), &other).unwrap_err();
        assert!(refusal.contains("step 2 (step)"), "{refusal}");
        let refusal = compare(&steps(&[1, 2, 3]), &steps(&[1, 3])).unwrap_err();
        assert!(refusal.contains("lacks the step 2"), "{refusal}");
    }
}
