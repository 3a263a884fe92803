//! Where a unit is, whose it is, and what can be done with it now.

use crate::booking::Status;
use crate::desk::model::{CounterAction, Location, OfferedAction, Reserved};
use crate::kernel::{BookingId, Timestamp, bug};

/// What is known of a unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    /// Whether the unit itself is in service.
    pub(crate) in_service: bool,
    /// Whether its resource is.
    pub(crate) resource_in_service: bool,
    /// The booking it is out with.
    pub(crate) out_with: Option<BookingId>,
    /// The booking that reserves it first.
    pub(crate) reserved: Option<Reserved>,
    /// Whether nothing stands between now and that booking.
    pub(crate) is_free_until_then: bool,
}

/// Where the unit is.
pub(crate) fn location(facts: &Facts) -> Location {
    if facts.out_with.is_some() {
        Location::Out
    } else if facts.in_service && facts.resource_in_service {
        Location::Here
    } else {
        Location::OutOfService
    }
}

/// What would succeed now, and nothing else.
pub(crate) fn actions(facts: &Facts) -> Vec<OfferedAction> {
    let with = |action, booking: Option<BookingId>| {
        booking.map(|id| OfferedAction { action, booking_id: Some(id) })
    };
    let if_so =
        |action, possible: bool| possible.then_some(OfferedAction { action, booking_id: None });
    [
        with(CounterAction::Return, facts.out_with),
        with(CounterAction::CheckOut, to_check_out(facts)),
        if_so(CounterAction::Withdraw, facts.in_service),
        if_so(CounterAction::Maintenance, facts.in_service && facts.resource_in_service),
        if_so(CounterAction::RestoreService, !facts.in_service),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The booking with which the unit can be handed out: the first that reserves it, since whoever
/// comes later would have to wait for that one.
fn to_check_out(facts: &Facts) -> Option<BookingId> {
    let is_granted = |reserved: &Reserved| {
        matches!(reserved.status, Status::Approved | Status::CheckedOut) && !reserved.is_due
    };
    let is_free = facts.is_free_until_then || bug::seeded("scan_offers_impossible");
    let first = facts.reserved.filter(is_granted)?;
    (is_free && location(facts) == Location::Here).then_some(first.booking_id)
}

/// The booking that has the unit now, and the one that has it next, of those that reserve it in
/// their order.
pub(crate) fn holders(
    now: Timestamp,
    out_with: Option<BookingId>,
    reserved: &[Reserved],
) -> (Option<BookingId>, Option<BookingId>) {
    let mut waiting = reserved.iter().peekable();
    let begun = |one: &&Reserved| out_with.is_none() && one.start_at <= now;
    let begun = waiting.next_if(begun).map(|one| one.booking_id);
    (out_with.or(begun), waiting.next().map(|one| one.booking_id))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use CounterAction::{CheckOut, Maintenance, RestoreService, Return, Withdraw};

    fn booking(number: u128) -> BookingId {
        BookingId(Uuid::from_u128(number))
    }

    fn reserved(number: u128, status: Status, start: i64) -> Reserved {
        let (start_at, end_at) = (Timestamp::from_millis(start), Timestamp::from_millis(start + 9));
        Reserved { booking_id: booking(number), status, start_at, end_at, is_due: false }
    }

    fn offered(facts: Facts) -> (Location, Vec<(CounterAction, Option<BookingId>)>) {
        let offered = actions(&facts);
        (location(&facts), offered.iter().map(|one| (one.action, one.booking_id)).collect())
    }

    const IDLE: Facts = Facts {
        in_service: true,
        resource_in_service: true,
        out_with: None,
        reserved: None,
        is_free_until_then: false,
    };

    #[test]
    fn what_is_offered_follows_from_where_the_unit_is() {
        let (one, two) = (Some(booking(1)), Some(booking(2)));
        let in_service = [(Withdraw, None), (Maintenance, None)];
        let out = Facts { out_with: one, ..IDLE };
        let away = Facts { in_service: false, ..IDLE };
        let closed = Facts { resource_in_service: false, ..IDLE };
        let with = |first: &[(CounterAction, Option<BookingId>)]| [first, &in_service].concat();
        assert_eq!(offered(IDLE), (Location::Here, with(&[])));
        assert_eq!(offered(out), (Location::Out, with(&[(Return, one)])));
        assert_eq!(offered(away), (Location::OutOfService, vec![(RestoreService, None)]));
        assert_eq!(offered(closed), (Location::OutOfService, vec![(Withdraw, None)]));
        let lost = Facts { in_service: false, ..out };
        assert_eq!(offered(lost), (Location::Out, vec![(Return, one), (RestoreService, None)]));
        let next = Some(reserved(2, Status::Approved, 5));
        let ready = Facts { reserved: next, is_free_until_then: true, ..IDLE };
        assert_eq!(offered(ready), (Location::Here, with(&[(CheckOut, two)])));
    }

    #[test]
    fn nothing_is_handed_out_that_would_be_refused() {
        let ready = |status, is_due| Facts {
            reserved: Some(Reserved { is_due, ..reserved(2, status, 5) }),
            is_free_until_then: true,
            ..IDLE
        };
        let granted = ready(Status::Approved, false);
        for (facts, possible) in [
            (granted, true),
            (ready(Status::CheckedOut, false), true),
            (ready(Status::Pending, false), false),
            (ready(Status::Approved, true), false),
            (Facts { is_free_until_then: false, ..granted }, false),
            (Facts { in_service: false, ..granted }, false),
            (Facts { resource_in_service: false, ..granted }, false),
            (Facts { out_with: Some(booking(1)), ..granted }, false),
            (Facts { reserved: None, ..granted }, false),
        ] {
            let found = actions(&facts).iter().any(|one| one.action == CheckOut);
            assert_eq!(found, possible, "{facts:?}");
        }
    }

    #[test]
    fn whose_it_is_now_and_next() {
        let (now, out) = (Timestamp::from_millis(100), Some(booking(9)));
        let begun = reserved(1, Status::Approved, 100);
        let ahead = reserved(2, Status::Pending, 101);
        for (out_with, reserved, current, next) in [
            (None, &[][..], None, None),
            (None, &[ahead], None, Some(2)),
            (None, &[begun], Some(1), None),
            (None, &[begun, ahead], Some(1), Some(2)),
            // What is late is out with one booking while the next has begun.
            (out, &[begun, ahead], Some(9), Some(1)),
            (out, &[ahead], Some(9), Some(2)),
            (out, &[], Some(9), None),
        ] {
            let expected = (current.map(booking), next.map(booking));
            assert_eq!(holders(now, out_with, reserved), expected, "{reserved:?}");
        }
    }
}
