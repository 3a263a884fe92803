//! The database that each test gets a copy of: migrated, with two organizations and their people.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::people::{Person, Token};

/// Made once in each process, and kept in memory.
pub struct Template {
    database: Vec<u8>,
    keys: Vec<u8>,
    /// The id of the first organization.
    pub north: String,
    /// The id of the second organization.
    pub south: String,
    /// The id of each person's account.
    pub users: HashMap<Person, String>,
    /// An access token for each person, good at the beginning.
    pub tokens: HashMap<Person, Token>,
}

impl Template {
    /// The one of this process.
    pub fn get() -> &'static Self {
        static TEMPLATE: OnceLock<Template> = OnceLock::new();
        TEMPLATE.get_or_init(Self::make)
    }

    /// Writes database and keys.
    pub fn copy_to(&self, database: &Path) {
        write(database, &self.database);
        write(&key_file(database), &self.keys);
    }
}

fn write(path: &Path, bytes: &[u8]) {
    use std::io::Write;
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

fn key_file(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".keys");
    PathBuf::from(name)
}

impl Template {
    fn make() -> Self {
        todo!("people come with identity")
    }
}
