//! The database that each test gets a copy of: migrated, with two organizations and their people.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use pret::db::{Db, DbOptions};
use pret::kernel::ManualClock;
use pret::keys::Keys;

use super::people::{self, Person, Token};
use super::start;

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

    fn make() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pret.db");
        pret::db::migrate(&path).unwrap();
        let db = Db::open(&path, DbOptions::new(Arc::new(ManualClock::new(start())))).unwrap();
        let keys = Keys::load_or_create(&path).unwrap();
        let (north, south) = (people::found(&db, "North"), people::found(&db, "South"));
        let hash = people::password_hash();
        let (mut users, mut tokens) = (HashMap::new(), HashMap::new());
        for person in Person::ALL {
            let home = if person.is_north() { north } else { south };
            let user = people::join(&db, person, home, &hash);
            tokens.insert(person, people::sign_in(&db, &keys, user, start()));
            users.insert(person, user.to_string());
        }
        db.close();
        Self {
            database: fs::read(&path).unwrap(),
            keys: fs::read(key_file(&path)).unwrap(),
            north: north.to_string(),
            south: south.to_string(),
            users,
            tokens,
        }
    }

    /// Writes database and keys; `snapshot` is a later state of this same database.
    pub fn copy_to(&self, database: &Path, snapshot: Option<&Vec<u8>>) {
        write(database, snapshot.unwrap_or(&self.database));
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
