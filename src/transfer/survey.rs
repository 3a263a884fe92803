//! Looking at a file before anything is written: is it whole, does it fit here, who is in it.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Map, Value};

use super::file::{FORMAT, Header, Reader, refused};
use super::{Progress, rules, tables};
use crate::db::{Db, GlobalTx, Rows};
use crate::kernel::{OrgId, Result, bug};

/// A file that fits into this database. There is no other way to [`super::import`].
#[derive(Debug, Clone, Serialize)]
pub struct Survey {
    #[serde(skip)]
    pub(super) path: PathBuf,
    /// The first line.
    pub header: Header,
    /// How many rows.
    pub rows: u64,
    /// The people in it.
    pub accounts: Accounts,
}

/// The people in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Accounts {
    /// How many have no account here yet.
    pub new: u64,
    /// How many have one, which stays as it is.
    pub known: u64,
    /// The addresses of new ones that were at home in another organization and will be at home in
    /// this one.
    pub rehomed: Vec<String>,
}

/// How an account of the file stands in this database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    New,
    /// The same account is here.
    Known,
    /// Another account has its address.
    Taken,
}

/// Reads the whole file and compares it with the database; writes nothing. Blocks.
///
/// # Errors
/// Says what keeps the file out, and what to do.
pub fn survey(db: &Db, path: &Path, progress: &Progress) -> Result<Survey> {
    let mut reader = Reader::open(path)?;
    let header = reader.header.clone();
    db.read(|global| {
        require_fit(global, &header)?;
        let mut fitting = Fitting::new(global, &header)?;
        let (mut accounts, mut taken, mut rows) = (Accounts::default(), Vec::new(), 0);
        while let Some(line) = reader.next_row()? {
            rows += 1;
            progress(rows);
            let found = fitting.table(&line.table, &line.row).map_err(|why| reader.refuse(&why))?;
            if found.of.table == "users" {
                count(global, &header, &line.row, &mut accounts, &mut taken)?;
            }
        }
        require_free(&taken)?;
        Ok(Survey { path: path.to_owned(), header, rows, accounts })
    })
}

fn count(
    global: &GlobalTx<'_>,
    header: &Header,
    row: &Map<String, Value>,
    accounts: &mut Accounts,
    taken: &mut Vec<String>,
) -> Result<()> {
    let email = text(row, "email");
    match standing(global, row)? {
        Standing::Known => accounts.known += 1,
        Standing::Taken => taken.push(email.to_owned()),
        Standing::New => {
            accounts.new += 1;
            if text(row, "org_id") != header.org_id.to_string() {
                accounts.rehomed.push(email.to_owned());
            }
        }
    }
    Ok(())
}

/// Whether the account is here already.
pub(super) fn standing(global: &GlobalTx<'_>, row: &Map<String, Value>) -> Result<Standing> {
    let (id, email) = (text(row, "id"), text(row, "email"));
    let found: Option<String> = global.find(
        "SELECT id FROM users WHERE id = :id OR email = :email ORDER BY id = :id DESC LIMIT 1",
        &[(":id", &id), (":email", &email)],
        |row| row.get("id"),
    )?;
    Ok(match found {
        None => Standing::New,
        Some(found) if found == id && !bug::seeded("import_overwrites_account") => Standing::Known,
        Some(found) if found == id => Standing::New,
        Some(_) => Standing::Taken,
    })
}

pub(super) fn text<'a>(row: &'a Map<String, Value>, column: &str) -> &'a str {
    row.get(column).and_then(Value::as_str).unwrap_or_default()
}

/// Refuses a file that does not fit into this database as a whole.
pub(super) fn require_fit(global: &GlobalTx<'_>, header: &Header) -> Result<()> {
    if header.format != FORMAT {
        return Err(refused(format!(
            "The file has format {}, this version reads format {FORMAT}: use Prêt {}.",
            header.format, header.pret_version
        )));
    }
    let schema = global.schema_version()?;
    if header.schema_version != schema {
        return Err(refused(format!(
            "The file was written by Prêt {} with schema {}, this database has schema {schema}: \
             bring both servers to the same version and export again.",
            header.pret_version, header.schema_version
        )));
    }
    let there = global.value::<bool>(
        "SELECT EXISTS (SELECT 1 FROM organizations WHERE id = :id)",
        &[(":id", &header.org_id)],
    )?;
    if there {
        return Err(refused(format!(
            "{} ({}) is in this database already; nothing is ever merged.",
            header.org_name, header.org_id
        )));
    }
    Ok(())
}

fn require_free(taken: &[String]) -> Result<()> {
    if taken.is_empty() {
        return Ok(());
    }
    Err(refused(format!(
        "Other accounts of this server have these addresses: {}. An address belongs to one account: \
         let the people of one server have another address (a new account there, the old one \
         deactivated by `pret user deactivate` keeps its address), or import into a database of \
         its own.",
        taken.join(", ")
    )))
}

/// Finds the table of each line. Tables come in their order, so that a fault is named where it is.
pub(super) struct Fitting {
    tables: Vec<Rows>,
    at: usize,
    org: OrgId,
}

impl Fitting {
    pub(super) fn new(global: &GlobalTx<'_>, header: &Header) -> Result<Self> {
        let tables = tables::in_schema(global, header.with_passwords)?;
        Ok(Self { tables, at: 0, org: header.org_id })
    }

    /// The table of a row that may come in.
    pub(super) fn table(&mut self, name: &str, row: &Map<String, Value>) -> Result<&Rows, String> {
        let behind = self.tables.iter().skip(self.at).position(|rows| rows.of.table == name);
        let Some(behind) = behind else {
            return Err(format!("{name:?} is no table that is moved, or not at its place"));
        };
        self.at += behind;
        let found = self.tables.get(self.at).ok_or_else(|| "no such table".to_owned())?;
        let fault = found.misfit(row).or_else(|| rules::fault(found.of, self.org, row));
        fault.map_or(Ok(found), |fault| Err(format!("{name}: {fault}")))
    }
}
