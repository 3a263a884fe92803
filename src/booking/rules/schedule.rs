//! When something happens to a booking by itself.

use crate::booking::model::{Booking, BookingItem, Status};
use crate::kernel::clock::MINUTE;
use crate::kernel::{Timestamp, bug};

/// When a booking expires, or lets go of what nobody has fetched; none: never by itself. A request
/// is to be decided by its start. What is granted is kept for the grace after its start, and not
/// behind its end; without a grace until then. Nothing happens within a minute of what people at the
/// counter do, so that what is asked for from now on can still be decided and fetched; but whoever
/// asked keeps nothing for longer by changing it again and again.
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
    Some(due.max(last_step(booking).plus(MINUTE)))
}

/// When somebody last did what is to be given a minute. A start may lie a minute in the past when it
/// is asked for, so no request is younger than that; of what is out only a hand-out counts.
fn last_step(booking: &Booking) -> Timestamp {
    match booking.status {
        _ if bug::seeded("kept_by_changing") => booking.updated_at,
        Status::Pending => booking.updated_at.min(booking.start_at.plus(MINUTE)),
        Status::CheckedOut => {
            let handed_out = booking.items.iter().filter_map(|item| item.checked_out_at);
            handed_out.max().unwrap_or(booking.updated_at)
        }
        _ => booking.updated_at,
    }
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
    fn who_asked_keeps_nothing_by_changing_it_again_and_again() {
        let changed = |status, at: i64| {
            let mut booking = booking(status, 100, 900);
            booking.updated_at = Timestamp::from_millis(at * MINUTE);
            let mut out = booking.items[0].clone();
            out.checked_out_at = Some(Timestamp::from_millis(300 * MINUTE));
            booking.items.extend((status == Status::CheckedOut).then_some(out));
            due(&booking, Some(120))
        };
        assert_eq!(changed(Status::Pending, 101), Some(102));
        assert_eq!(changed(Status::Pending, 500), Some(102));
        assert_eq!(changed(Status::Approved, 500), Some(501));
        assert_eq!(changed(Status::CheckedOut, 500), Some(301));
    }

    #[test]
    fn what_has_been_fetched_as_a_whole_waits_for_nobody() {
        let mut out = booking(Status::CheckedOut, 100, 900);
        out.items[0].checked_out_at = Some(Timestamp::from_millis(1));
        assert_eq!(due(&out, Some(120)), None);
    }
}
