//! SQL over notifications.

use super::model::{News, Notification};
use crate::db::{List, Mapped, Row, Tx, WriteTx, word};
use crate::kernel::{
    BookingId, Error, Listed, NotificationId, PageRequest, Result, Timestamp, UserId, bug,
};

const COLUMNS: &str = "n.id, n.kind, n.booking_id, n.waitlist_entry_id, n.status, n.expires_at,
    n.note, n.created_at";

/// Writes a notification, unread.
pub(super) fn insert(tx: &WriteTx<'_>, user: UserId, news: &News) -> Result<()> {
    tx.execute(
        "INSERT INTO notifications (id, org_id, user_id, kind, booking_id, waitlist_entry_id,
             status, expires_at, note, created_at)
         VALUES (:id, :org, :user, :kind, :booking, :entry, :status, :expires_at, :note, :now)",
        &[
            (":id", &NotificationId::new()),
            (":user", &user),
            (":kind", &news.kind.name()),
            (":booking", &news.booking_id),
            (":entry", &news.waitlist_entry_id),
            (":status", &news.status),
            (":expires_at", &news.expires_at),
            (":note", &news.note),
        ],
    )?;
    Ok(())
}

/// A page of what a person has not read.
pub(super) fn list(tx: &Tx<'_>, user: UserId, page: &PageRequest) -> Result<Listed<Notification>> {
    unread(user).fetch(tx, page, from_row)
}

fn unread<'a>(user: UserId) -> List<'a> {
    let whose = (!bug::seeded("notification_of_others_shown")).then_some(user);
    let from = "notifications AS n WHERE n.org_id = :org AND n.read_at IS NULL";
    List::new(COLUMNS, from, "n.id").only("n.user_id = :user", ":user", whose)
}

fn from_row(row: &Row<'_>) -> Mapped<Notification> {
    Ok(Notification {
        id: row.get("id")?,
        kind: word(row, "kind")?,
        booking_id: row.get("booking_id")?,
        waitlist_entry_id: row.get("waitlist_entry_id")?,
        status: row.get("status")?,
        expires_at: row.get("expires_at")?,
        note: row.get("note")?,
        created_at: row.get("created_at")?,
    })
}

const STRANGERS: &str = "SELECT j.key FROM json_each(:ids) AS j
    WHERE NOT EXISTS (
        SELECT 1 FROM notifications AS n
        WHERE n.org_id = :org AND n.id = j.value AND n.user_id = :user)
    ORDER BY j.key";

/// The places, from 0, of ids that are no notifications of this person.
pub(super) fn places_of_strangers(
    tx: &Tx<'_>,
    user: UserId,
    ids: &[NotificationId],
) -> Result<Vec<i64>> {
    tx.all(STRANGERS, &[(":ids", &text(ids)?), (":user", &user)], |row| row.get("key"))
}

const MARK_READ: &str = "UPDATE notifications SET read_at = :now
    WHERE org_id = :org AND user_id = :user AND read_at IS NULL
        AND (:ids IS NULL OR id IN (SELECT value FROM json_each(:ids)))";

/// Marks these as read, or all; answers how many were unread.
pub(super) fn mark_read(
    tx: &WriteTx<'_>,
    user: UserId,
    ids: Option<&[NotificationId]>,
) -> Result<usize> {
    let ids = ids.map(text).transpose()?;
    tx.execute(MARK_READ, &[(":ids", &ids), (":user", &user)])
}

/// Removes all that somebody was told.
pub(super) fn delete_of_reader(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    tx.execute(
        "DELETE FROM notifications WHERE org_id = :org AND user_id = :user",
        &[(":user", &user)],
    )?;
    Ok(())
}

const OF_BOOKING: &str = "DELETE FROM notifications WHERE org_id = :org AND booking_id = :booking";

/// Removes all that was told about a booking.
pub(super) fn delete_of_booking(tx: &WriteTx<'_>, booking: BookingId) -> Result<()> {
    tx.execute(OF_BOOKING, &[(":booking", &booking)])?;
    Ok(())
}

const PRUNE: &str = "DELETE FROM notifications WHERE org_id = :org AND id IN (
    SELECT n.id FROM notifications AS n INDEXED BY notifications_read
    WHERE n.org_id = :org AND n.read_at IS NOT NULL AND n.read_at <= :until LIMIT :most)";

/// Removes what was read before this, at most so many; answers how many.
pub(super) fn prune(tx: &WriteTx<'_>, until: Timestamp, most: usize) -> Result<usize> {
    if bug::seeded("unread_pruned") {
        let unread = "DELETE FROM notifications WHERE org_id = :org AND created_at <= :until";
        return tx.execute(unread, &[(":until", &until)]);
    }
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    tx.execute(PRUNE, &[(":until", &until), (":most", &most)])
}

fn text(ids: &[NotificationId]) -> Result<String> {
    serde_json::to_string(ids).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::super::model::SORTS;
    use super::*;
    use crate::db::testing::with_empty;
    use crate::kernel::{SortKey, SortValue};

    const OWN: &str = "notifications_unread (org_id=? AND user_id=?";

    #[test]
    fn each_page_of_the_unread_is_one_step_into_their_index() {
        let behind = vec![SortValue::Integer(7), SortValue::Text("x".to_owned())];
        let page = |descending, after| PageRequest {
            limit: 50,
            sort: SORTS.iter().map(|column| SortKey { column: *column, descending }).collect(),
            after,
        };
        with_empty(|tx| {
            for descending in [true, false] {
                for after in [None, Some(behind.clone())] {
                    let page = page(descending, after.clone());
                    let plan = unread(UserId::new()).explain(tx, &page).unwrap();
                    let placed = |step: &String| step.contains("(created_at,id)");
                    let fits =
                        |step: &String| step.contains(OWN) && placed(step) == after.is_some();
                    assert!(plan.len() == 1 && plan.iter().all(fits), "{plan:#?}");
                }
            }
        });
    }

    #[test]
    fn what_is_removed_is_found_by_its_booking_and_by_when_it_was_read() {
        for (statement, index) in [
            (OF_BOOKING, "notifications_by_booking (org_id=? AND booking_id=?)"),
            (PRUNE, "notifications_read (org_id=? AND read_at>? AND read_at<?)"),
        ] {
            let plan = crate::db::testing::plan(statement);
            assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
        }
    }

    #[test]
    fn marking_looks_at_nothing_but_ones_own() {
        for (statement, index) in
            [(MARK_READ, OWN), (STRANGERS, "SEARCH n USING PRIMARY KEY (org_id=? AND id=?)")]
        {
            let explain = format!("EXPLAIN QUERY PLAN {statement}");
            let plan = with_empty(|tx| {
                let params: crate::db::Params<'_> = &[(":ids", &"[]"), (":user", &"")];
                tx.all(&explain, params, |row| row.get::<_, String>("detail")).unwrap()
            });
            assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
        }
    }
}
