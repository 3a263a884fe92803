//! Writing an organization into a file: one snapshot, a row at a time.

use std::io::Write;

use serde::Serialize;

use super::file::{FORMAT, Header, Writer};
use super::{Progress, tables};
use crate::db::{Db, Tx};
use crate::kernel::{Actor, OrgId, Result};
use crate::{audit, identity};

/// What is to be written.
pub struct Export {
    /// Which organization.
    pub org: OrgId,
    /// Whether the hashes of passwords go with the accounts.
    pub with_passwords: bool,
    /// Told while it goes on.
    pub progress: Progress,
}

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub struct Exported {
    /// The first line.
    pub header: Header,
    /// How many rows.
    pub rows: u64,
}

/// Writes the organization, also while others write; holds one row in memory. Blocks.
///
/// # Errors
/// `not_found`, or what the disk says.
pub fn export(db: &Db, wanted: &Export, to: impl Write) -> Result<Exported> {
    db.read(|global| {
        let tx = global.within(wanted.org, Actor::system());
        let header = header(&tx, wanted.with_passwords)?;
        let mut writer = Writer::begin(to, header.clone())?;
        let mut done = 0;
        for rows in tables::in_schema(global, wanted.with_passwords)? {
            rows.each(&tx, |row| {
                done += 1;
                (wanted.progress)(done);
                writer.row(rows.of.table, row)
            })?;
        }
        Ok(Exported { header, rows: writer.end()? })
    })
}

fn header(tx: &Tx<'_>, with_passwords: bool) -> Result<Header> {
    let organization = identity::organization(tx)?;
    Ok(Header {
        format: FORMAT,
        schema_version: tx.schema_version()?,
        pret_version: env!("CARGO_PKG_VERSION").to_owned(),
        org_id: organization.id,
        org_name: organization.name,
        audit_head: audit::head(tx)?,
        with_passwords,
        exported_at: tx.now(),
    })
}
