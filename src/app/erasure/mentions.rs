//! Where others wrote the name or address of a person into texts of their own.

use serde::Serialize;

use crate::db::Tx;
use crate::kernel::{Error, OrgId, Result, Traces};

/// A text that somebody else wrote, and that names the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// Where it stands.
    pub org_id: OrgId,
    /// In which table of the database,
    pub table: &'static str,
    /// in which column,
    pub column: &'static str,
    /// and in which row.
    pub id: String,
}

/// Every text that people write. What is the person's own is taken out by `whose`, where it is
/// blanked or goes.
const TEXTS: [(&str, &str, &str, &str); 15] = [
    ("bookings", "purpose", "id", "requester_user_id <> :user"),
    ("bookings", "decision_note", "id", "requester_user_id <> :user"),
    (
        "booking_items",
        "return_note",
        "id",
        "booking_id NOT IN (
        SELECT b.id FROM bookings AS b WHERE b.org_id = :org AND b.requester_user_id = :user)",
    ),
    ("fines", "note", "id", "user_id <> :user"),
    ("fine_payments", "reference", "id", ":user = :user"),
    ("notifications", "note", "id", "user_id <> :user"),
    ("waitlist_offers", "note", "entry_id", ":user = :user"),
    ("unit_maintenance", "note", "id", ":user = :user"),
    ("resource_units", "status_note", "id", ":user = :user"),
    ("resource_units", "barcode", "id", ":user = :user"),
    ("resources", "name", "id", ":user = :user"),
    ("resources", "description", "id", ":user = :user"),
    ("resources", "serial_number", "id", ":user = :user"),
    ("resources", "type", "id", ":user = :user"),
    ("tags", "name", "id", ":user = :user"),
];

/// Looks through all texts of the organization.
pub(super) fn find(tx: &Tx<'_>, traces: &Traces) -> Result<Vec<Mention>> {
    let words = serde_json::to_string(traces.words()).map_err(Error::internal)?;
    let mut found = Vec::new();
    for (table, column, id, whose) in TEXTS {
        let sql = format!(
            "SELECT {id} AS id, {column} AS text FROM {table}
             WHERE org_id = :org AND {column} IS NOT NULL AND {whose} AND EXISTS (
                 SELECT 1 FROM json_each(:words) AS w WHERE instr(lower({column}), w.value))"
        );
        let rows = tx.all(&sql, &[(":words", &words), (":user", &traces.user_id)], |row| {
            Ok((row.get::<_, String>("id")?, row.get::<_, String>("text")?))
        })?;
        let named = rows.into_iter().filter(|(_, text)| traces.named_in(text));
        found.extend(named.map(|(id, _)| Mention { org_id: tx.org(), table, column, id }));
    }
    Ok(found)
}
