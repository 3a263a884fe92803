//! Writing a surveyed file into the database: one transaction, all of it or nothing.

use serde::Serialize;
use serde_json::{Map, Value};

use super::file::{Header, Reader, refused};
use super::survey::{Fitting, Standing, Survey, require_fit, standing, text};
use super::{Progress, tables};
use crate::audit::{self, Head};
use crate::db::{Db, GlobalWriteTx, Rows, Tx, WriteTx};
use crate::identity::PasswordHash;
use crate::kernel::{Actor, Code, Error, Result, bug};
use crate::{booking, calendar, fines, identity, inventory, waitlist};

/// At most so many faults are told.
const TOLD: usize = 5;

/// What came in.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// What was surveyed and is now here.
    #[serde(flatten)]
    pub survey: Survey,
    /// How many new accounts can't sign in before their password is reset.
    pub without_password: u64,
}

/// Writes the rows of the file as they are, and verifies the organization before COMMIT. Nobody
/// else writes meanwhile. Blocks.
///
/// # Errors
/// When the file has changed since it was surveyed, the database refuses a row, or what came in is
/// not sound; nothing is kept then.
pub fn import(db: &Db, survey: Survey, progress: Progress) -> Result<Imported> {
    let its_survey = survey.clone();
    db.write_blocking(move |global| write(global, &its_survey, &progress))?;
    let without_password = if survey.header.with_passwords { 0 } else { survey.accounts.new };
    Ok(Imported { survey, without_password })
}

fn write(global: &GlobalWriteTx<'_>, survey: &Survey, progress: &Progress) -> Result<()> {
    let mut reader = Reader::open(&survey.path)?;
    if reader.header != survey.header {
        return Err(refused("The file has changed since it was looked at."));
    }
    require_fit(global, &survey.header)?;
    let tx = global.write_within(survey.header.org_id, Actor::system());
    let accounts = tables::accounts(global)?;
    let mut arrival = Arrival { tx: &tx, accounts, to_settle: Vec::new() };
    let mut fitting = Fitting::new(global, &survey.header)?;
    let mut done = 0;
    while let Some(line) = reader.next_row()? {
        let rows = fitting.table(&line.table, &line.row).map_err(|why| reader.refuse(&why))?;
        arrival.take(rows, line.row).map_err(|error| told(&reader, &line.table, error))?;
        done += 1;
        progress(done);
    }
    arrival.settle_fines()?;
    inventory::index_all(&tx)?;
    require_sound(&tx, &survey.header)
}

/// What the database refuses, at the line where it does.
fn told(reader: &Reader, table: &str, error: Error) -> Error {
    match error.constraint() {
        Some(rule) => reader.refuse(&format!("{table}: the database refuses this row ({rule})")),
        None => error,
    }
}

/// Rows on their way in.
struct Arrival<'a> {
    tx: &'a WriteTx<'a>,
    accounts: Rows,
    /// Fines that are more than open, and how they will stand once their payments are in.
    to_settle: Vec<Settled>,
}

/// What is set behind the payments of a fine.
struct Settled {
    id: String,
    paid_cents: i64,
    status: String,
}

impl Arrival<'_> {
    fn take(&mut self, rows: &Rows, row: Map<String, Value>) -> Result<()> {
        match rows.of.table {
            "users" => self.account(row),
            "fines" => self.fine(rows, row),
            "unit_maintenance" if row.get("is_over").is_some_and(|over| over == 1) => {
                self.past_maintenance(rows, &row)
            }
            _ => rows.insert(self.tx, &row),
        }
    }

    /// A new account, at home in the organization that comes in. One that is here stays as it is.
    fn account(&self, mut row: Map<String, Value>) -> Result<()> {
        if standing(self.tx.global(), &row)? == Standing::Known {
            return Ok(());
        }
        row.entry("password_hash").or_insert_with(|| PasswordHash::none().as_str().into());
        self.accounts.insert(self.tx, &row)
    }

    /// A fine comes in open: a payment is taken for nothing else, and what a fine says of its
    /// payments must be true at every moment.
    fn fine(&mut self, rows: &Rows, mut row: Map<String, Value>) -> Result<()> {
        let paid = row.insert("paid_cents".to_owned(), 0.into());
        let status = row.insert("status".to_owned(), "OPEN".into());
        rows.insert(self.tx, &row)?;
        let paid_cents = paid.as_ref().and_then(Value::as_i64).unwrap_or_default();
        let status = status.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        if (paid_cents, status.as_str()) != (0, "OPEN") {
            self.to_settle.push(Settled { id: text(&row, "id").to_owned(), paid_cents, status });
        }
        Ok(())
    }

    fn settle_fines(&self) -> Result<()> {
        for Settled { id, paid_cents, status } in &self.to_settle {
            let settled = self.tx.execute(
                "UPDATE fines SET paid_cents = :paid, status = :status
                 WHERE org_id = :org AND id = :id",
                &[(":id", id), (":paid", paid_cents), (":status", status)],
            );
            settled.map_err(|error| match error.constraint() {
                Some(_) => refused(format!("Fine {id} and its payments do not agree.")),
                None => error,
            })?;
        }
        Ok(())
    }

    /// Maintenance that is over came into being with a claim, and the database takes it in no other
    /// way. No other claim stands yet, so it is in nobody's way; it goes at once.
    fn past_maintenance(&self, rows: &Rows, row: &Map<String, Value>) -> Result<()> {
        let (id, unit) = (text(row, "id"), text(row, "resource_unit_id"));
        let at = |column: &str| row.get(column).and_then(Value::as_i64);
        self.tx.execute(
            "INSERT INTO unit_claims (org_id, id, resource_unit_id, start_at, end_at, kind, holder)
             VALUES (:org, :id, :unit, :start, :end, 'maintenance', :id)",
            &[(":id", &id), (":unit", &unit), (":start", &at("start_at")), (":end", &at("end_at"))],
        )?;
        rows.insert(self.tx, row)?;
        self.tx
            .execute("DELETE FROM unit_claims WHERE org_id = :org AND id = :id", &[(":id", &id)])?;
        Ok(())
    }
}

/// What `pret verify` would find, and that the trail ends where it ended.
fn require_sound(tx: &Tx<'_>, header: &Header) -> Result<()> {
    if bug::seeded("import_not_verified") {
        return Ok(());
    }
    let mut faults = identity::verify(tx)?;
    if faults.is_empty() {
        faults.extend(calendar::verify(tx)?);
        faults.extend(inventory::verify(tx)?);
        faults.extend(fines::verify(tx)?);
        faults.extend(booking::verify(tx)?);
        faults.extend(waitlist::verify(tx)?);
        faults.extend(trail(tx, &header.audit_head)?);
    }
    if faults.is_empty() {
        return Ok(());
    }
    let count = faults.len();
    faults.truncate(TOLD);
    let detail = format!(
        "What is in the file is not sound, so nothing was imported; {count} faults, such as: {}.",
        faults.join("; ")
    );
    Err(Error::new(Code::ValidationFailed, detail))
}

fn trail(tx: &Tx<'_>, head: &Head) -> Result<Vec<String>> {
    let mut report = audit::verify(tx, Some(head))?;
    if report.head != *head {
        report.faults.push("the trail does not end where the header says".to_owned());
    }
    Ok(report.faults)
}
