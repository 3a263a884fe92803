//! What decisions about bookings depend on and other slices keep.

use crate::db::Tx;
use crate::kernel::{BookingId, ResourceId, Result, Timestamp, UnitId, UserId, Window};

/// How many active bookings somebody has, without one of them.
pub(in crate::booking) fn count_active(
    tx: &Tx<'_>,
    user: UserId,
    without: BookingId,
) -> Result<u32> {
    tx.value(
        "SELECT count(*) FROM bookings
         WHERE org_id = :org AND requester_user_id = :user
             AND status IN ('PENDING', 'APPROVED', 'CHECKED_OUT') AND id <> :without",
        &[(":user", &user), (":without", &without)],
    )
}

/// What somebody owes in this organization: what is open of the open fines, in cents.
pub(in crate::booking) fn owed_cents(tx: &Tx<'_>, user: UserId) -> Result<i64> {
    tx.value(
        "SELECT coalesce(sum(amount_cents - paid_cents), 0) FROM fines
         WHERE org_id = :org AND user_id = :user AND status = 'OPEN'",
        &[(":user", &user)],
    )
}

/// A unit as the scanner finds it.
#[derive(Debug, Clone, Copy)]
pub(in crate::booking) struct Scanned {
    pub(in crate::booking) unit_id: UnitId,
    pub(in crate::booking) resource_id: ResourceId,
}

/// The unit with this barcode, among those that are not deleted.
pub(in crate::booking) fn scanned_unit(tx: &Tx<'_>, barcode: &str) -> Result<Option<Scanned>> {
    tx.find(
        "SELECT id, resource_id FROM resource_units
         WHERE org_id = :org AND barcode = :barcode AND deleted_at IS NULL",
        &[(":barcode", &barcode.trim())],
        |row| Ok(Scanned { unit_id: row.get("id")?, resource_id: row.get("resource_id")? }),
    )
}

/// When the first period begins that somebody else than this person waits for, of this unit or any
/// of its resource, and that shares an instant with the range.
pub(in crate::booking) fn earliest_waiting(
    tx: &Tx<'_>,
    resource: ResourceId,
    unit: UnitId,
    without: UserId,
    range: &Window,
) -> Result<Option<Timestamp>> {
    tx.value(
        "SELECT min(e.start_at) FROM waitlist_queue AS q
         CROSS JOIN waitlist_entries AS e ON e.org_id = q.org_id AND e.id = q.entry_id
         CROSS JOIN waitlist_items AS i ON i.org_id = q.org_id AND i.entry_id = q.entry_id
             AND i.resource_id = q.resource_id
         WHERE q.org_id = :org AND q.resource_id = :resource
             AND coalesce(i.resource_unit_id, :unit) = :unit
             AND e.requester_user_id <> :without AND e.start_at < :to AND e.end_at > :from",
        &[
            (":without", &without),
            (":resource", &resource),
            (":unit", &unit),
            (":from", &range.start),
            (":to", &range.end),
        ],
    )
}
