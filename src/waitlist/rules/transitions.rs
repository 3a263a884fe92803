//! The state machine: what may happen to an entry in which state, and what it becomes. The table
//! of section 7 of the contract stands in the test below.

use crate::booking::Status;
use crate::kernel::{Code, Error, Result, bug};
use crate::waitlist::model::{Entry, EntryStatus};

/// What can happen to an entry. Those with a name are asked for by somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// Units are held for it.
    Offer,
    /// Units are held for something else than what was asked for.
    Propose,
    /// Staff book it at once.
    Approve,
    /// Staff refuse it.
    Reject,
    /// Its requester takes what is offered.
    Accept,
    /// Its requester does not want what is offered.
    Decline,
    /// Its requester leaves.
    Cancel,
    /// An admin ends it.
    Expire,
    /// Its offer is over.
    RunOut,
    /// A unit of its offer is lent no more.
    Withdraw,
    /// Its period begins while it waits.
    Begin,
    /// Its requester is no member any more.
    Leave,
}

impl Event {
    /// What people can ask for, with the names of the actions.
    const ACTIONS: [(Self, &'static str); 8] = [
        (Self::Offer, "offer"),
        (Self::Propose, "propose"),
        (Self::Approve, "approve"),
        (Self::Reject, "reject"),
        (Self::Accept, "accept"),
        (Self::Decline, "decline"),
        (Self::Cancel, "cancel"),
        (Self::Expire, "expire"),
    ];

    fn name(self) -> &'static str {
        let action = Self::ACTIONS.iter().find(|(action, _)| *action == self);
        action.map_or("this", |(_, name)| name)
    }
}

/// What the entry becomes; none: the state does not allow it.
fn next(event: Event, status: EntryStatus, proposal: bool) -> Option<EntryStatus> {
    use EntryStatus::{Accepted, Cancelled, Expired, Offered, Rejected, Waiting};
    let keeps_place = proposal && !bug::seeded("proposal_loses_the_place");
    match (status, event) {
        (Waiting, Event::Offer | Event::Propose) => Some(Offered),
        (Waiting | Offered, Event::Approve) | (Offered, Event::Accept) => Some(Accepted),
        (Waiting | Offered, Event::Reject) => Some(Rejected),
        (Waiting | Offered, Event::Cancel | Event::Leave) => Some(Cancelled),
        (Waiting | Offered, Event::Expire) | (Waiting, Event::Begin) => Some(Expired),
        (Offered, Event::Withdraw) => Some(Waiting),
        (Offered, Event::Decline) => Some(if keeps_place { Waiting } else { Cancelled }),
        (Offered, Event::RunOut) => Some(if keeps_place { Waiting } else { Expired }),
        _ => None,
    }
}

/// What becomes of the request when its entry becomes this; none where a grant decides it.
pub(crate) const fn request_status(entry: EntryStatus) -> Option<Status> {
    match entry {
        EntryStatus::Waiting | EntryStatus::Offered => Some(Status::Waitlisted),
        EntryStatus::Accepted => None,
        EntryStatus::Expired => Some(Status::Expired),
        EntryStatus::Cancelled => Some(Status::Cancelled),
        EntryStatus::Rejected => Some(Status::Rejected),
    }
}

/// What the entry becomes.
///
/// # Errors
/// `offer_expired` for who answers an offer that ran out, else `invalid_transition` with the state
/// and what it does allow.
pub(crate) fn require_next(event: Event, entry: &Entry) -> Result<EntryStatus> {
    let proposal = entry.offer.as_ref().is_some_and(|offer| offer.proposal);
    if let Some(becomes) = next(event, entry.status, proposal) {
        return Ok(becomes);
    }
    if matches!(event, Event::Accept | Event::Decline) && entry.offer_ran_out {
        return Err(offer_expired());
    }
    let allowed: Vec<&str> = Event::ACTIONS
        .into_iter()
        .filter(|(action, _)| next(*action, entry.status, proposal).is_some())
        .map(|(_, name)| name)
        .collect();
    let status = entry.status.name();
    let detail = format!("An entry that is {status} does not allow {}.", event.name());
    Err(Error::new(Code::InvalidTransition, detail)
        .with("current_status", status)
        .with("allowed", allowed))
}

/// The offer is over: it holds nothing any more.
fn offer_expired() -> Error {
    Error::new(Code::OfferExpired, "This offer is over; its units have been passed on.")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every event by every state that is alive: WAITING, OFFERED, OFFERED with a proposal; what
    /// the entry becomes, and its request. From the table of section 7.
    const TABLE: [(Event, [&str; 3], &str); 12] = [
        (Event::Accept, ["-", "ACCEPTED", "ACCEPTED"], "granted"),
        (Event::Approve, ["ACCEPTED", "ACCEPTED", "ACCEPTED"], "granted"),
        (Event::Decline, ["-", "CANCELLED", "WAITING"], ""),
        (Event::Cancel, ["CANCELLED", "CANCELLED", "CANCELLED"], "CANCELLED"),
        (Event::Leave, ["CANCELLED", "CANCELLED", "CANCELLED"], "CANCELLED"),
        (Event::RunOut, ["-", "EXPIRED", "WAITING"], ""),
        (Event::Expire, ["EXPIRED", "EXPIRED", "EXPIRED"], "EXPIRED"),
        (Event::Begin, ["EXPIRED", "-", "-"], "EXPIRED"),
        (Event::Reject, ["REJECTED", "REJECTED", "REJECTED"], "REJECTED"),
        (Event::Offer, ["OFFERED", "-", "-"], "WAITLISTED"),
        (Event::Propose, ["OFFERED", "-", "-"], "WAITLISTED"),
        (Event::Withdraw, ["-", "WAITING", "WAITING"], "WAITLISTED"),
    ];

    #[test]
    fn every_event_in_every_state() {
        use EntryStatus::{Accepted, Cancelled, Expired, Offered, Rejected, Waiting};
        for (event, becomes, request) in TABLE {
            let states = [(Waiting, false), (Offered, false), (Offered, true)];
            for ((status, proposal), becomes) in states.into_iter().zip(becomes) {
                let found = next(event, status, proposal);
                let name = found.map_or("-", EntryStatus::name);
                assert_eq!(name, becomes, "{event:?} {status:?} {proposal}");
                let followed =
                    found.map(|next| request_status(next).map_or("granted", Status::name));
                // Of two outcomes the entry says which; its request goes the same way.
                let expected = match (request, becomes) {
                    ("", "WAITING") => "WAITLISTED",
                    ("", becomes) => becomes,
                    (request, _) => request,
                };
                assert!(followed.is_none_or(|followed| followed == expected), "{event:?}");
            }
            for status in [Accepted, Expired, Cancelled, Rejected] {
                assert_eq!(next(event, status, false), None, "{event:?} {status:?}");
            }
        }
    }
}
