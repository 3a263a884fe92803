//! What may be paid of a fine or forgiven, and by whom.

use crate::fines::model::{Fine, FineStatus};
use crate::kernel::{Actor, Cents, Code, Error, Result, UserId, bug};

/// Demands that the money is somebody else's matter: nobody imposes, records or forgives their own.
///
/// # Errors
/// `forbidden`.
pub(crate) fn require_other(actor: &Actor, debtor: UserId) -> Result<()> {
    if actor.is(debtor) && !bug::seeded("own_fine_paid") {
        let detail = "Fines of one's own are a matter for other staff.";
        return Err(Error::new(Code::Forbidden, detail));
    }
    Ok(())
}

/// The fine once so much more of it has been paid.
///
/// # Errors
/// `invalid_transition` when it was waived; `exceeds_open_amount`, also when it is paid.
pub(crate) fn paid(before: &Fine, amount: Cents) -> Result<Fine> {
    if before.status == FineStatus::Waived && !bug::seeded("waived_fine_paid") {
        return Err(settled(before, "paying"));
    }
    let open = before.amount_cents.minus(before.paid_cents)?;
    if amount > open && !bug::seeded("payment_above_open") {
        return Err(exceeds_open(open, amount));
    }
    let paid_cents = before.paid_cents.plus(amount)?;
    let whole = paid_cents >= before.amount_cents;
    let status = if whole { FineStatus::Paid } else { FineStatus::Open };
    Ok(Fine { paid_cents, status, version: before.version + 1, ..before.clone() })
}

/// The refusal of a payment that is more than what is open.
pub(crate) fn exceeds_open(open: Cents, asked: Cents) -> Error {
    let (open, asked) = (open.get(), asked.get());
    let detail = format!("Of this fine {open} cents are open; a payment of {asked} is more.");
    Error::new(Code::ExceedsOpenAmount, detail).with("open_cents", open).with("asked", asked)
}

/// The fine once the rest of it is forgiven.
///
/// # Errors
/// `invalid_transition` when nothing of it is open.
pub(crate) fn waived(before: &Fine, note: &str) -> Result<Fine> {
    if before.status != FineStatus::Open && !bug::seeded("settled_fine_waived") {
        return Err(settled(before, "waiving"));
    }
    Ok(Fine {
        status: FineStatus::Waived,
        note: Some(note.to_owned()),
        version: before.version + 1,
        ..before.clone()
    })
}

/// Nothing is left to do about a fine that is not open.
fn settled(fine: &Fine, action: &str) -> Error {
    let status = fine.status.name();
    Error::new(Code::InvalidTransition, format!("A fine that is {status} does not allow {action}."))
        .with("current_status", status)
        .with("allowed", Vec::<&str>::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fines::model::FineKind;
    use crate::kernel::{FineId, Role, Timestamp};
    use FineStatus::{Open, Paid, Waived};

    fn fine(amount: i64, paid: i64, status: FineStatus) -> Fine {
        Fine {
            id: FineId::new(),
            user_id: UserId::new(),
            booking_id: None,
            kind: FineKind::Damage,
            amount_cents: Cents::new(amount),
            paid_cents: Cents::new(paid),
            status,
            note: Some("why".to_owned()),
            version: 3,
            created_at: Timestamp::from_millis(0),
        }
    }

    fn code(result: &Result<Fine>) -> Option<&'static str> {
        result.as_ref().err().map(|error| error.code().name())
    }

    #[test]
    fn a_payment_is_part_of_what_is_open_or_all_of_it() {
        for (before, amount, after) in [
            (fine(10, 0, Open), 1, (1, Open)),
            (fine(10, 1, Open), 8, (9, Open)),
            (fine(10, 9, Open), 1, (10, Paid)),
            (fine(10, 0, Open), 10, (10, Paid)),
        ] {
            let paid = paid(&before, Cents::new(amount)).unwrap();
            assert_eq!((paid.paid_cents.get(), paid.status), after);
            assert_eq!((paid.amount_cents, paid.version), (before.amount_cents, 4));
            assert_eq!(paid.note, before.note);
        }
    }

    #[test]
    fn more_than_is_open_is_refused_with_both_amounts() {
        for (before, amount, open) in [
            (fine(10, 0, Open), 11, 10),
            (fine(10, 9, Open), 2, 1),
            (fine(10, 10, Paid), 1, 0),
            (fine(10, 9, Open), i64::MAX, 1),
        ] {
            let refused = paid(&before, Cents::new(amount));
            assert_eq!(code(&refused), Some("exceeds_open_amount"));
            let refused = refused.unwrap_err();
            assert_eq!(
                (&refused.extras()["open_cents"], &refused.extras()["asked"]),
                (&open.into(), &amount.into())
            );
        }
    }

    #[test]
    fn what_was_waived_is_not_paid_and_only_what_is_open_is_waived() {
        let refused = paid(&fine(10, 2, Waived), Cents::new(1));
        assert_eq!(code(&refused), Some("invalid_transition"));
        assert_eq!(refused.unwrap_err().extras()["current_status"], "WAIVED");
        for (before, refusal) in [
            (fine(10, 0, Open), None),
            (fine(10, 4, Open), None),
            (fine(10, 10, Paid), Some("invalid_transition")),
            (fine(10, 4, Waived), Some("invalid_transition")),
        ] {
            let waived = waived(&before, "it was broken before");
            assert_eq!(code(&waived), refusal);
            if let Ok(after) = waived {
                assert_eq!((after.status, after.paid_cents), (Waived, before.paid_cents));
                assert_eq!(
                    (after.note.as_deref(), after.version),
                    (Some("it was broken before"), 4)
                );
            }
        }
    }

    #[test]
    fn nobody_decides_about_their_own_but_the_system_may_about_all() {
        let debtor = UserId::new();
        assert!(require_other(&Actor::person(UserId::new(), Role::Staff), debtor).is_ok());
        assert!(require_other(&Actor::system(), debtor).is_ok());
        let own = require_other(&Actor::person(debtor, Role::Admin), debtor);
        assert_eq!(own.unwrap_err().code(), Code::Forbidden);
    }
}
