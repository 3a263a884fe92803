//! Where the files that belong to a database stand.

use std::path::{Path, PathBuf};

/// The file beside the database whose name ends in this suffix, such as `pret.db.keys`.
pub fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
