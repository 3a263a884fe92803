//! What moves, in an order in which constraints and triggers take it, and what stays behind.

use crate::db::{GlobalTx, Rows, RowsOf};
use crate::kernel::{Result, bug};

/// Rows of a table with an `org_id`.
const fn rows(table: &'static str, order: &'static str) -> RowsOf {
    RowsOf { table, org: "org_id", those: "org_id = :org", order, without: &[] }
}

/// Planned maintenance whose time has passed holds its unit no longer, so it stands before the
/// claims, and what is still planned behind them.
const fn maintenance(those: &'static str) -> RowsOf {
    RowsOf { those, ..rows("unit_maintenance", "id") }
}

/// The accounts that are or were members, or are at home here. A one-time token is good for the
/// server that made it.
const ACCOUNTS: RowsOf = RowsOf {
    those: "org_id = :org OR id IN (SELECT user_id FROM memberships WHERE org_id = :org)",
    without: &["reset_token_hash", "reset_expires_at"],
    ..rows("users", "id")
};

/// What moves. The order: what is referred to comes first; claims before what they are held for;
/// fines before their payments.
pub const TABLES: [RowsOf; 24] = [
    RowsOf { org: "id", those: "id = :org", ..rows("organizations", "id") },
    ACCOUNTS,
    rows("memberships", "user_id"),
    rows("user_roles", "user_id, role_id"),
    rows("invitations", "id"),
    rows("audit_events", "seq"),
    // A number of the search index of one file.
    RowsOf { without: &["search_key"], ..rows("resources", "id") },
    rows("tags", "id"),
    rows("resource_tags", "resource_id, tag_id"),
    rows("resource_units", "id"),
    maintenance("org_id = :org AND is_over = 1"),
    rows("unit_claims", "id"),
    maintenance("org_id = :org AND is_over = 0"),
    rows("unit_usage", "resource_unit_id"),
    rows("bookings", "id"),
    rows("booking_items", "id"),
    rows("unit_custody", "booking_item_id"),
    rows("fines", "id"),
    rows("fine_payments", "id"),
    rows("notifications", "id"),
    rows("waitlist_entries", "id"),
    rows("waitlist_items", "entry_id, line"),
    rows("waitlist_queue", "resource_id, rank, entry_id"),
    rows("waitlist_offers", "entry_id"),
];

/// What stays, and why.
pub const LEFT_BEHIND: [(&str, &str); 6] = [
    ("roles", "the same in every database"),
    ("sessions", "people sign in anew on the other server"),
    ("refresh_tokens", "as their sessions"),
    ("idempotency_keys", "sealed by the keys of one server, and old after a day"),
    ("resource_search", "made of the resources, anew"),
    ("refinery_schema_history", "of the file, not of an organization"),
];

/// Accounts as they are written: with a hash, whether or not one moves.
pub(super) fn accounts(global: &GlobalTx<'_>) -> Result<Rows> {
    Rows::in_schema(global, ACCOUNTS)
}

/// The tables as this file has them.
pub(super) fn in_schema(global: &GlobalTx<'_>, with_passwords: bool) -> Result<Vec<Rows>> {
    const BARE: &[&str] = &["reset_token_hash", "reset_expires_at", "password_hash"];
    let tables =
        TABLES.into_iter().filter(|of| of.table != "tags" || !bug::seeded("export_forgets_table"));
    let without = |of: RowsOf| match of.table {
        "users" if !with_passwords => RowsOf { without: BARE, ..of },
        _ => of,
    };
    tables.map(|of| Rows::in_schema(global, without(of))).collect()
}
