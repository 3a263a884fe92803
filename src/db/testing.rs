//! An empty database for tests that ask SQLite how it would read.

use std::sync::Arc;

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
