//! Transactions. [`Tx`] and [`WriteTx`] belong to one organization and bind it into every
//! statement; [`GlobalTx`] and [`GlobalWriteTx`] see all of them and are used in few, listed places.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::{CachedStatement, Connection, Row, ToSql, types::FromSql};

use super::connection;
use crate::kernel::{Actor, Aftermath, Error, OrgId, Result, Timestamp, bug};

/// Named parameters of a statement. `:org` and `:now` are bound by the transaction itself.
pub type Params<'a> = &'a [(&'a str, &'a dyn ToSql)];

/// A snapshot over all organizations.
pub struct GlobalTx<'c> {
    connection: &'c Connection,
    now: Timestamp,
}

/// The write lock, over all organizations.
pub struct GlobalWriteTx<'c> {
    global: GlobalTx<'c>,
    left: Left,
}

/// What the work in a transaction has left to others.
#[derive(Default)]
struct Left {
    /// To be acted on before COMMIT.
    aftermath: RefCell<Vec<(OrgId, Aftermath)>>,
    /// The earliest instant at which something is due by itself because of this work.
    wake_at: Cell<Option<Timestamp>>,
}

/// A snapshot of one organization, read on behalf of an actor.
pub struct Tx<'c> {
    global: &'c GlobalTx<'c>,
    org: OrgId,
    actor: Actor,
    now: Timestamp,
}

/// The write lock, within one organization.
pub struct WriteTx<'c> {
    tx: Tx<'c>,
    left: &'c Left,
}

impl<'c> GlobalTx<'c> {
    pub(super) const fn new(connection: &'c Connection, now: Timestamp) -> Self {
        Self { connection, now }
    }

    /// The instant of this transaction.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The number of the newest migration that was applied.
    pub fn schema_version(&self) -> Result<i64> {
        self.value("SELECT max(version) FROM refinery_schema_history", &[])
    }

    /// What SQLite finds wrong with the file and with its foreign keys; nothing, unless it is
    /// damaged.
    pub fn faults(&self) -> Result<Vec<String>> {
        connection::faults(self.connection, connection::INTEGRITY)
    }

    /// The same without comparing each index with its table, which takes most of the time.
    pub fn quick_faults(&self) -> Result<Vec<String>> {
        connection::faults(self.connection, "PRAGMA quick_check")
    }

    /// The same snapshot within one organization.
    pub const fn within(&'c self, org: OrgId, actor: Actor) -> Tx<'c> {
        Tx { global: self, org, actor, now: self.now }
    }

    /// All rows.
    pub fn all<T>(
        &self,
        sql: &str,
        params: Params<'_>,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        collect(self.statement(sql, params, self.now, None)?, map)
    }

    /// The first row, if there is one.
    pub fn find<T>(
        &self,
        sql: &str,
        params: Params<'_>,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        first(self.statement(sql, params, self.now, None)?, map)
    }

    /// The first column of the one row that a statement always answers.
    pub fn value<T: FromSql>(&self, sql: &str, params: Params<'_>) -> Result<T> {
        self.find(sql, params, |row| row.get(0))?.ok_or_else(|| no_row(sql))
    }

    fn statement(
        &self,
        sql: &str,
        params: Params<'_>,
        now: Timestamp,
        org: Option<OrgId>,
    ) -> Result<CachedStatement<'c>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut unbound = statement.parameter_count();
        for (name, value) in params {
            let index = statement
                .parameter_index(name)?
                .ok_or_else(|| Error::internal(format!("{name} is no parameter of: {sql}")))?;
            statement.raw_bind_parameter(index, value)?;
            unbound -= 1;
        }
        if let Some(index) = statement.parameter_index(":now")? {
            statement.raw_bind_parameter(index, now)?;
            unbound -= 1;
        }
        if let Some(org) = org
            && (sql.contains(":org") || !bug::seeded("statement_without_organization"))
        {
            // A query that forgets its organization must never answer.
            let index = statement.parameter_index(":org")?.ok_or_else(|| {
                Error::internal(format!("statement without its organization: {sql}"))
            })?;
            statement.raw_bind_parameter(index, org)?;
            unbound -= 1;
        }
        if unbound != 0 {
            return Err(Error::internal(format!("{unbound} parameters not bound in: {sql}")));
        }
        Ok(statement)
    }
}

impl<'c> GlobalWriteTx<'c> {
    pub(super) fn new(connection: &'c Connection, now: Timestamp) -> Self {
        Self { global: GlobalTx::new(connection, now), left: Left::default() }
    }

    /// The same transaction within one organization.
    pub const fn write_within(&'c self, org: OrgId, actor: Actor) -> WriteTx<'c> {
        WriteTx { tx: self.global.within(org, actor), left: &self.left }
    }

    /// As [`Self::write_within`], at another instant: seeds write the past.
    pub const fn write_at(&'c self, org: OrgId, actor: Actor, now: Timestamp) -> WriteTx<'c> {
        WriteTx { tx: Tx { global: &self.global, org, actor, now }, left: &self.left }
    }

    /// Runs a statement; answers how many rows it changed.
    pub fn execute(&self, sql: &str, params: Params<'_>) -> Result<usize> {
        Ok(self.global.statement(sql, params, self.global.now, None)?.raw_execute()?)
    }
}

impl<'c> Deref for GlobalWriteTx<'c> {
    type Target = GlobalTx<'c>;

    fn deref(&self) -> &Self::Target {
        &self.global
    }
}

impl<'c> Tx<'c> {
    /// The same snapshot over all organizations: for what belongs to a person, wherever that
    /// person is a member.
    pub const fn global(&self) -> &'c GlobalTx<'c> {
        self.global
    }
}

impl Tx<'_> {
    /// The organization of this transaction.
    pub const fn org(&self) -> OrgId {
        self.org
    }

    /// On whose behalf it runs.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Its instant, read once.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The number of the newest migration that was applied.
    pub fn schema_version(&self) -> Result<i64> {
        self.global.schema_version()
    }

    /// All rows.
    pub fn all<T>(
        &self,
        sql: &str,
        params: Params<'_>,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        collect(self.global.statement(sql, params, self.now, Some(self.org))?, map)
    }

    /// The first row, if there is one.
    pub fn find<T>(
        &self,
        sql: &str,
        params: Params<'_>,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        first(self.global.statement(sql, params, self.now, Some(self.org))?, map)
    }

    /// The first column of the one row that a statement always answers.
    pub fn value<T: FromSql>(&self, sql: &str, params: Params<'_>) -> Result<T> {
        self.find(sql, params, |row| row.get(0))?.ok_or_else(|| no_row(sql))
    }
}

impl<'c> WriteTx<'c> {
    /// The same transaction within another organization: an account is written in its home, an
    /// invitation where it came from.
    #[must_use]
    pub const fn elsewhere(&self, org: OrgId, actor: Actor) -> WriteTx<'c> {
        WriteTx { tx: Tx { global: self.tx.global, org, actor, now: self.tx.now }, left: self.left }
    }
}

impl WriteTx<'_> {
    /// Runs a statement; answers how many rows it changed.
    pub fn execute(&self, sql: &str, params: Params<'_>) -> Result<usize> {
        let mut statement = self.global.statement(sql, params, self.now, Some(self.org))?;
        Ok(statement.raw_execute()?)
    }

    /// Runs work that is undone as a whole when it is refused, with what it left to others; what it
    /// took of what was left is there again.
    pub fn attempt<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let left = self.left.aftermath.borrow().clone();
        let result = savepoint(self.global.connection, "attempt", work);
        if result.is_err() {
            *self.left.aftermath.borrow_mut() = left;
        }
        result
    }

    /// Runs work whose fault must not spoil what stands already: it is undone and answered inside.
    ///
    /// # Errors
    /// When the whole transaction was lost with it.
    pub fn contain<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<Result<T>> {
        let caught = || {
            catch_unwind(AssertUnwindSafe(work))
                .unwrap_or_else(|_| Err(Error::internal("contained work panicked")))
        };
        let result = self.attempt(caught);
        if !self.global.connection.is_autocommit() {
            return Ok(result);
        }
        Err(result.err().unwrap_or_else(|| Error::internal("the transaction was lost")))
    }

    /// Leaves something to be acted on before COMMIT, by slices that the caller can't see.
    pub fn leave(&self, aftermath: Aftermath) {
        self.left.aftermath.borrow_mut().push((self.org, aftermath));
    }

    /// Takes what was left in this organization.
    pub fn take_aftermath(&self) -> Vec<Aftermath> {
        let mut left = self.left.aftermath.borrow_mut();
        let (own, others): (Vec<_>, Vec<_>) = left.drain(..).partition(|(org, _)| *org == self.org);
        *left = others;
        own.into_iter().map(|(_, aftermath)| aftermath).collect()
    }

    /// An organization in which something is left to be acted on.
    pub fn touched(&self) -> Option<OrgId> {
        self.left.aftermath.borrow().first().map(|(org, _)| *org)
    }

    /// The earliest instant at which something is due by itself because of this transaction.
    pub fn wakes_at(&self) -> Option<Timestamp> {
        self.left.wake_at.get()
    }

    /// Says that something is due by itself at this instant, once this is committed.
    pub fn wake_at(&self, at: Timestamp) {
        let earliest = self.left.wake_at.get().map_or(at, |earlier| earlier.min(at));
        self.left.wake_at.set(Some(earliest));
    }
}

impl<'c> Deref for WriteTx<'c> {
    type Target = Tx<'c>;

    fn deref(&self) -> &Self::Target {
        &self.tx
    }
}

/// Runs work in a savepoint: kept when it succeeds, rolled back when not.
pub(super) fn savepoint<T>(
    connection: &Connection,
    name: &str,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    connection.prepare_cached(&format!("SAVEPOINT {name}"))?.raw_execute()?;
    let result = work();
    // FULL and its like may have ended the transaction; then no savepoint is left to end.
    if !connection.is_autocommit() {
        if result.is_err() {
            connection.prepare_cached(&format!("ROLLBACK TO {name}"))?.raw_execute()?;
        }
        connection.prepare_cached(&format!("RELEASE {name}"))?.raw_execute()?;
    }
    result
}

fn collect<T>(
    mut statement: CachedStatement<'_>,
    mut map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(map(row)?);
    }
    Ok(found)
}

fn first<T>(
    mut statement: CachedStatement<'_>,
    map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>> {
    let mut rows = statement.raw_query();
    rows.next()?.map(map).transpose().map_err(Error::from)
}

fn no_row(sql: &str) -> Error {
    Error::internal(format!("no row from: {sql}"))
}
