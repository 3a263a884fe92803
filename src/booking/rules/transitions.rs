//! The state machine: which action is allowed in which state, and to whom.

use crate::booking::model::Status;
use crate::kernel::{Code, Error, Result};

/// What can be done to a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Change period, purpose or items.
    Update,
    /// Ask for a draft.
    Submit,
    /// Grant.
    Approve,
    /// Refuse.
    Reject,
    /// Give up.
    Cancel,
}

impl Action {
    const ALL: [Self; 5] = [Self::Update, Self::Submit, Self::Approve, Self::Reject, Self::Cancel];

    const fn name(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Submit => "submit",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Cancel => "cancel",
        }
    }
}

/// Whether the state allows the action. That only staff decide is settled before.
const fn is_allowed(action: Action, status: Status, is_staff: bool) -> bool {
    use Status::{Approved, Draft, Pending};
    match action {
        Action::Update => {
            matches!(status, Draft | Pending) || (is_staff && matches!(status, Approved))
        }
        Action::Submit => matches!(status, Draft),
        Action::Approve | Action::Reject => is_staff && matches!(status, Pending),
        Action::Cancel => matches!(status, Draft | Pending | Approved),
    }
}

/// Demands that the state allows the action.
///
/// # Errors
/// `invalid_transition` with the state and what it does allow.
pub(crate) fn require_allowed(action: Action, status: Status, is_staff: bool) -> Result<()> {
    if is_allowed(action, status, is_staff) {
        return Ok(());
    }
    let allowed: Vec<&str> = Action::ALL
        .into_iter()
        .filter(|other| is_allowed(*other, status, is_staff))
        .map(Action::name)
        .collect();
    let detail = format!("A booking that is {} does not allow {}.", status.name(), action.name());
    Err(Error::new(Code::InvalidTransition, detail)
        .with("current_status", status.name())
        .with("allowed", allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every state by every action: who may, `s` staff alone, `r` the requester too.
    const TABLE: [(Status, [char; 5]); 9] = [
        (Status::Draft, ['r', 'r', '-', '-', 'r']),
        (Status::Waitlisted, ['-', '-', '-', '-', '-']),
        (Status::Pending, ['r', '-', 's', 's', 'r']),
        (Status::Approved, ['s', '-', '-', '-', 'r']),
        (Status::CheckedOut, ['-', '-', '-', '-', '-']),
        (Status::Returned, ['-', '-', '-', '-', '-']),
        (Status::Rejected, ['-', '-', '-', '-', '-']),
        (Status::Cancelled, ['-', '-', '-', '-', '-']),
        (Status::Expired, ['-', '-', '-', '-', '-']),
    ];

    #[test]
    fn every_state_by_every_action_by_every_role() {
        for (status, row) in TABLE {
            for (action, who) in Action::ALL.into_iter().zip(row) {
                assert_eq!(is_allowed(action, status, true), who != '-', "{status:?} {action:?}");
                assert_eq!(is_allowed(action, status, false), who == 'r', "{status:?} {action:?}");
            }
        }
    }

    #[test]
    fn a_refusal_says_what_is_allowed() {
        let error = require_allowed(Action::Submit, Status::Pending, false).unwrap_err();
        assert_eq!(error.code(), Code::InvalidTransition);
        assert_eq!(error.extras()["allowed"], serde_json::json!(["update", "cancel"]));
    }
}
