//! What an organization has of a person, by count, and what stands in the way of forgetting it.

use std::fmt;

use serde::Serialize;

use crate::db::Tx;
use crate::identity;
use crate::kernel::{OrgId, Result, Traces, UserId};

/// What an organization has of a person.
#[derive(Debug, Clone, Serialize)]
pub struct Share {
    /// The organization.
    pub id: OrgId,
    /// What it is called.
    pub name: String,
    /// What must end first.
    pub obstacles: Obstacles,
    /// Bookings that lose what was said; they stay, with period and units.
    pub bookings: i64,
    /// Entries of the waitlist; they stay.
    pub waitlist_entries: i64,
    /// Fines that lose what was said; they stay, with amounts and payments.
    pub fines: i64,
    /// Notifications that go.
    pub notifications: i64,
    /// Invitations that go.
    pub invitations: i64,
    /// Sessions that go, with their tokens.
    pub sessions: i64,
    /// Answers of theirs, kept for replays, that go.
    pub kept_answers: i64,
    /// Payloads of the audit trail that are erased.
    pub audit_payloads: usize,
}

/// What is not over yet.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Obstacles {
    /// Requested, approved or out.
    pub active_bookings: i64,
    /// Units that are not back.
    pub units_out: i64,
    /// Fines of which something is left to pay.
    pub open_fines: i64,
    /// Entries that wait or hold an offer.
    pub waitlist_entries: i64,
    /// Whether nobody else is an admin.
    pub is_last_admin: bool,
}

impl Obstacles {
    pub(super) fn is_any(&self) -> bool {
        !self.to_string().is_empty()
    }
}

impl fmt::Display for Obstacles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.active_bookings, "active bookings (pending, approved or out)"),
            (self.units_out, "units that are not back"),
            (self.open_fines, "open fines"),
            (self.waitlist_entries, "entries of the waitlist (waiting or offered)"),
            (i64::from(self.is_last_admin), "admin, who is the last one: make somebody else admin"),
        ];
        let told = counts.into_iter().filter(|(count, _)| *count > 0);
        let told: Vec<String> = told.map(|(count, what)| format!("{count} {what}")).collect();
        f.write_str(&told.join(", "))
    }
}

impl Share {
    pub(super) fn is_something(&self) -> bool {
        let rows = [
            self.bookings,
            self.waitlist_entries,
            self.fines,
            self.notifications,
            self.invitations,
            self.sessions,
            self.kept_answers,
        ];
        rows.iter().sum::<i64>() > 0 || self.audit_payloads > 0
    }
}

/// What stands in the way in the organization.
pub(super) fn obstacles(tx: &Tx<'_>, user: UserId) -> Result<Obstacles> {
    let count = |sql: &str| tx.value::<i64>(sql, &[(":user", &user)]);
    Ok(Obstacles {
        active_bookings: count(
            "SELECT count(*) FROM bookings WHERE org_id = :org AND requester_user_id = :user
                 AND status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')",
        )?,
        units_out: count(
            "SELECT count(*) FROM unit_custody AS k
             CROSS JOIN bookings AS b ON b.org_id = k.org_id AND b.id = k.booking_id
             WHERE k.org_id = :org AND b.requester_user_id = :user",
        )?,
        open_fines: count(
            "SELECT count(*) FROM fines
             WHERE org_id = :org AND user_id = :user AND status = 'OPEN'",
        )?,
        waitlist_entries: count(
            "SELECT count(*) FROM waitlist_entries WHERE org_id = :org
                 AND requester_user_id = :user AND status IN ('WAITING', 'OFFERED')",
        )?,
        is_last_admin: identity::is_last_admin(tx, user)?,
    })
}

/// What the organization has of the person.
pub(super) fn share(
    tx: &Tx<'_>,
    traces: &Traces,
    name: String,
    audit_payloads: usize,
) -> Result<Share> {
    let user = traces.user_id;
    let count = |table: &str, column: &str| {
        let sql = format!("SELECT count(*) FROM {table} WHERE org_id = :org AND {column} = :user");
        tx.value::<i64>(&sql, &[(":user", &user)])
    };
    Ok(Share {
        id: tx.org(),
        name,
        obstacles: obstacles(tx, user)?,
        bookings: count("bookings", "requester_user_id")?,
        waitlist_entries: count("waitlist_entries", "requester_user_id")?,
        fines: count("fines", "user_id")?,
        notifications: count("notifications", "user_id")?,
        invitations: tx.value(
            "SELECT count(*) FROM invitations AS i JOIN users AS u ON u.id = :user
             WHERE i.org_id = :org AND i.email = u.email",
            &[(":user", &user)],
        )?,
        sessions: count("sessions", "user_id")?,
        kept_answers: count("idempotency_keys", "user_id")?,
        audit_payloads,
    })
}

const OBJECTS: &str = "SELECT :user AS id
    UNION ALL SELECT id FROM bookings WHERE org_id = :org AND requester_user_id = :user
    UNION ALL SELECT id FROM waitlist_entries WHERE org_id = :org AND requester_user_id = :user
    UNION ALL SELECT id FROM fines WHERE org_id = :org AND user_id = :user
    UNION ALL SELECT i.id FROM invitations AS i JOIN users AS u ON u.id = :user
        WHERE i.org_id = :org AND i.email = u.email";

/// The objects of the organization that are the person's, by their ids.
pub(super) fn objects(tx: &Tx<'_>, traces: &Traces) -> Result<Vec<String>> {
    tx.all(OBJECTS, &[(":user", &traces.user_id)], |row| row.get("id"))
}
