//! The state machine: every step from state to state, and who may take it. `docs/bookings.md` draws
//! it from here.

use crate::booking::model::Status;
use crate::kernel::{Code, Error, Result, bug};

/// What can be done to a booking, or happens to it by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Change period, purpose or items; of what is out, its end alone.
    Update,
    /// Ask for a draft.
    Submit,
    /// Grant.
    Approve,
    /// Refuse.
    Reject,
    /// Give up.
    Cancel,
    /// Hand out.
    CheckOut,
    /// Take back.
    Return,
    /// Its time is over: nobody decided, or nobody came.
    Expire,
    /// What its entry in the waitlist makes of it.
    Answer,
}

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// Whoever it is for, and staff.
    Requester,
    /// Staff alone.
    Staff,
    /// Nobody: the clock, or the waitlist.
    Itself,
}

impl Action {
    /// What people can ask for.
    const ASKED: [Self; 7] = [
        Self::Update,
        Self::Submit,
        Self::Approve,
        Self::Reject,
        Self::Cancel,
        Self::CheckOut,
        Self::Return,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Submit => "submit",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Cancel => "cancel",
            Self::CheckOut => "check-out",
            Self::Return => "return",
            Self::Expire => "expire",
            Self::Answer => "waitlist",
        }
    }
}

/// Every step there is: from where, by what, to where, and who takes it.
const STEPS: [(Status, Action, Status, By); 24] = {
    use Action::{Answer, Approve, Cancel, CheckOut, Expire, Reject, Return, Submit, Update};
    use By::{Itself, Requester, Staff};
    use Status::{
        Approved, Cancelled, CheckedOut, Draft, Expired, Pending, Rejected, Returned, Waitlisted,
    };
    [
        (Draft, Update, Draft, Requester),
        (Draft, Submit, Pending, Requester),
        (Draft, Submit, Approved, Requester),
        (Draft, Cancel, Cancelled, Requester),
        (Pending, Update, Pending, Requester),
        (Pending, Approve, Approved, Staff),
        (Pending, Reject, Rejected, Staff),
        (Pending, Cancel, Cancelled, Requester),
        (Pending, Expire, Expired, Itself),
        (Approved, Update, Approved, Staff),
        (Approved, Cancel, Cancelled, Requester),
        (Approved, CheckOut, CheckedOut, Staff),
        (Approved, Expire, Expired, Itself),
        (CheckedOut, Update, CheckedOut, Requester),
        (CheckedOut, CheckOut, CheckedOut, Staff),
        (CheckedOut, Return, CheckedOut, Staff),
        (CheckedOut, Return, Returned, Staff),
        (CheckedOut, Expire, CheckedOut, Itself),
        (CheckedOut, Expire, Returned, Itself),
        (Waitlisted, Answer, Pending, Itself),
        (Waitlisted, Answer, Approved, Itself),
        (Waitlisted, Answer, Cancelled, Itself),
        (Waitlisted, Answer, Rejected, Itself),
        (Waitlisted, Answer, Expired, Itself),
    ]
};

/// Whether the state allows the action to these people.
fn is_allowed(action: Action, status: Status, is_staff: bool) -> bool {
    STEPS.iter().any(|(from, by, _, who)| {
        let may = match who {
            By::Requester => true,
            By::Staff => is_staff,
            By::Itself => false,
        };
        *from == status && *by == action && may
    })
}

/// Demands that the state allows the action.
///
/// # Errors
/// `invalid_transition` with the state and what it does allow.
pub(crate) fn require_allowed(action: Action, status: Status, is_staff: bool) -> Result<()> {
    if is_allowed(action, status, is_staff) {
        return Ok(());
    }
    let detail = format!("A booking that is {} does not allow {}.", status.name(), action.name());
    Err(not_allowed(detail, status, is_staff, &[]))
}

/// `invalid_transition` with the state and what it does allow, but for what would be refused for the
/// same reason.
pub(crate) fn not_allowed(
    detail: impl Into<String>,
    status: Status,
    is_staff: bool,
    but: &[Action],
) -> Error {
    let but = if bug::seeded("allowed_and_refused") { &[] } else { but };
    let allowed: Vec<&str> = Action::ASKED
        .into_iter()
        .filter(|action| is_allowed(*action, status, is_staff) && !but.contains(action))
        .map(Action::name)
        .collect();
    Error::new(Code::InvalidTransition, detail.into())
        .with("current_status", status.name())
        .with("allowed", allowed)
}

/// Demands that there is such a step: whoever writes a state goes by the table.
///
/// # Errors
/// `internal`: a bug.
pub(crate) fn require_step(from: Status, to: Status) -> Result<()> {
    if STEPS.iter().any(|(before, _, after, _)| (*before, *after) == (from, to)) {
        return Ok(());
    }
    Err(Error::internal(format!("no step leads from {} to {}", from.name(), to.name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every state by every action that people ask for: who may, `s` staff alone, `r` the requester
    /// too.
    const TABLE: [(Status, &str); 9] = [
        //                    update submit approve reject cancel check-out return
        (Status::Draft, "r r - - r - -"),
        (Status::Waitlisted, "- - - - - - -"),
        (Status::Pending, "r - s s r - -"),
        (Status::Approved, "s - - - r s -"),
        (Status::CheckedOut, "r - - - - s s"),
        (Status::Returned, "- - - - - - -"),
        (Status::Rejected, "- - - - - - -"),
        (Status::Cancelled, "- - - - - - -"),
        (Status::Expired, "- - - - - - -"),
    ];

    #[test]
    fn every_state_by_every_action_by_every_role() {
        for (status, row) in TABLE {
            for (action, who) in Action::ASKED.into_iter().zip(row.split(' ')) {
                assert_eq!(is_allowed(action, status, true), who != "-", "{status:?} {action:?}");
                assert_eq!(is_allowed(action, status, false), who == "r", "{status:?} {action:?}");
            }
        }
    }

    #[test]
    fn a_refusal_says_what_is_allowed() {
        let error = require_allowed(Action::Submit, Status::Pending, false).unwrap_err();
        assert_eq!(error.code(), Code::InvalidTransition);
        assert_eq!(error.extras()["allowed"], serde_json::json!(["update", "cancel"]));
    }

    #[test]
    fn what_is_over_is_over() {
        use Status::{Cancelled, Expired, Pending, Rejected, Returned};
        for over in [Returned, Rejected, Cancelled, Expired] {
            for to in Status::ALL {
                assert!(require_step(over, to).is_err(), "{over:?} {to:?}");
            }
        }
        assert!(require_step(Status::Draft, Status::CheckedOut).is_err());
        assert!(require_step(Pending, Status::Approved).is_ok());
    }

    /// The steps as a diagram, one arrow for each pair of states.
    fn diagram() -> String {
        let mut arrows: Vec<(Status, Status, Vec<String>)> = Vec::new();
        for (from, action, to, by) in STEPS {
            let who = match by {
                By::Staff => " (staff)",
                By::Requester | By::Itself => "",
            };
            let label = format!("{}{who}", action.name());
            match arrows.iter_mut().find(|(start, end, _)| (*start, *end) == (from, to)) {
                Some((_, _, labels)) => labels.push(label),
                None => arrows.push((from, to, vec![label])),
            }
        }
        let mut lines = vec!["stateDiagram-v2".to_owned()];
        for start in [Status::Draft, Status::Waitlisted, Status::Pending, Status::Approved] {
            lines.push(format!("    [*] --> {}", start.name()));
        }
        for (from, to, labels) in arrows {
            lines.push(format!("    {} --> {}: {}", from.name(), to.name(), labels.join(", ")));
        }
        for end in Status::ALL.into_iter().filter(|end| !STEPS.iter().any(|step| step.0 == *end)) {
            lines.push(format!("    {} --> [*]", end.name()));
        }
        lines.join("\n")
    }

    #[test]
    fn the_document_draws_the_machine() {
        let drawn = format!("```mermaid\n{}\n```", diagram());
        let document = include_str!("../../../docs/bookings.md");
        assert!(document.contains(&drawn), "docs/bookings.md must contain:\n{drawn}");
    }
}
