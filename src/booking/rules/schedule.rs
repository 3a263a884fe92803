//! When something happens to a booking by itself.

use crate::booking::model::{Booking, BookingItem, Status};
use crate::kernel::clock::MINUTE;
use crate::kernel::{Timestamp, bug};

/// When a booking expires, or lets go of what nobody has fetched; none: never by itself. A request
/// is to be decided by its start. What is granted is kept for the grace after its start, and not
/// behind its end; without a grace until then. Nothing happens within a minute of its last change,
/// so that what is asked for from now on can still be decided and fetched.
pub(crate) fn due_at(booking: &Booking, grace_minutes: Option<u32>) -> Option<Timestamp> {
    let due = match booking.status {
        Status::Pending if bug::seeded("undecided_for_ever") => return None,
        Status::Pending => booking.start_at,
        Status::Approved | Status::CheckedOut
            if booking.items.iter().any(BookingItem::is_reserved) =>
        {
            let grace_minutes = grace_minutes.filter(|_| !bug::seeded("no_show_kept"));
            let kept = |minutes| booking.start_at.plus(i64::from(minutes) * MINUTE);
            grace_minutes.map_or(booking.end_at, |minutes| kept(minutes).min(booking.end_at))
        }
        _ => return None,
    };
    Some(due.max(booking.updated_at.plus(MINUTE)))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::{BookingId, ItemId, ResourceId, UserId};

    fn booking(status: Status, start: i64, end: i64) -> Booking {
        let at = |minutes: i64| Timestamp::from_millis(minutes * MINUTE);
        let item = BookingItem {
            id: ItemId(Uuid::nil()),
            resource_id: ResourceId(Uuid::nil()),
            resource_unit_id: None,
            quantity: 1,
            checked_out_at: None,
            returned_at: None,
            return_condition: None,
            return_note: None,
            named: false,
            endangered: false,
        };
        Booking {
            id: BookingId(Uuid::nil()),
            requester_user_id: UserId(Uuid::nil()),
            status,
            start_at: at(start),
            end_at: at(end),
            purpose: String::new(),
            items: vec![item],
            at_risk: false,
            decided_by: None,
            decision_note: None,
            version: 1,
            created_at: at(0),
            updated_at: at(0),
            cancelled_at: None,
        }
    }

    fn due(booking: &Booking, grace: Option<u32>) -> Option<i64> {
        due_at(booking, grace).map(|due| due.millis() / MINUTE)
    }

    #[test]
    fn each_state_has_its_instant() {
        for (status, start, end, grace, expected) in [
            (Status::Pending, 100, 900, Some(120), Some(100)),
            (Status::Approved, 100, 900, Some(120), Some(220)),
            (Status::Approved, 100, 900, Some(0), Some(100)),
            (Status::Approved, 100, 150, Some(120), Some(150)),
            (Status::Approved, 100, 900, None, Some(900)),
            (Status::CheckedOut, 100, 900, Some(120), Some(220)),
            (Status::Pending, 0, 900, Some(120), Some(1)),
            (Status::Draft, 100, 900, Some(120), None),
            (Status::Waitlisted, 100, 900, Some(120), None),
            (Status::Returned, 100, 900, Some(120), None),
        ] {
            assert_eq!(due(&booking(status, start, end), grace), expected, "{status:?} {grace:?}");
        }
    }

    #[test]
    fn what_has_been_fetched_as_a_whole_waits_for_nobody() {
        let mut out = booking(Status::CheckedOut, 100, 900);
        out.items[0].checked_out_at = Some(Timestamp::from_millis(1));
        assert_eq!(due(&out, Some(120)), None);
    }
}
