//! Whether a booking may be: the one place that decides it, for every path that books.

use super::hold::{Wish, wish};
use crate::booking::model::{Booking, RuleCheck, RuleName};
use crate::booking::rules::{Action, PolicyFacts, every_rule, not_allowed, violation};
use crate::booking::store;
use crate::calendar::{self, ResolvedLine, Supply};
use crate::db::Tx;
use crate::identity;
use crate::kernel::{Error, Result};

/// What a booking is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It asks for units, and must do so in time.
    Ask,
    /// It asks for units; the start was asked for in time before.
    Take,
    /// It waits, having asked in time: units may lack.
    Join,
    /// It holds its units already.
    Confirm,
}

impl Step {
    const fn lead_counts(self) -> bool {
        matches!(self, Self::Ask | Self::Join)
    }

    const fn takes_units(self) -> bool {
        matches!(self, Self::Ask | Self::Take)
    }
}

/// Every rule as it stands for a booking, and the units where they are asked for.
pub(super) struct Judgement {
    pub(super) rules: Vec<RuleCheck>,
    pub(super) units: Option<(Wish, Supply)>,
}

/// Measures a booking by every rule. `lines` are what it asks for, as it was asked.
///
/// # Errors
/// `invalid_transition` when its requester has left.
pub(super) fn judge(
    tx: &Tx<'_>,
    booking: &Booking,
    lines: &[ResolvedLine],
    step: Step,
) -> Result<Judgement> {
    let requester = booking.requester_user_id;
    let Some(role) = identity::role_of(tx, requester)? else {
        calendar::require_bookable(lines)?;
        return Err(requester_gone(tx, booking));
    };
    let facts = PolicyFacts {
        policy: &identity::policy(tx)?,
        role,
        window: booking.window(),
        active: store::count_active(tx, requester, booking.id)?,
        owed: store::owed_cents(tx, requester)?,
        lead_counts: step.lead_counts(),
        now: tx.now(),
    };
    let units = if step.takes_units() { Some(surveyed(tx, booking)?) } else { None };
    let supply = units.as_ref().map(|(_, supply)| supply);
    Ok(Judgement { rules: every_rule(lines, &facts, supply), units })
}

fn surveyed(tx: &Tx<'_>, booking: &Booking) -> Result<(Wish, Supply)> {
    let wish = wish(tx, booking)?;
    let supply = calendar::survey(tx, &wish.demand, &wish.lines)?;
    Ok((wish, supply))
}

/// Nothing more is asked for or granted; what there is can end, and be handed out and taken back.
fn requester_gone(tx: &Tx<'_>, booking: &Booking) -> Error {
    let detail = "Its requester has left the organization.";
    let asking = [Action::Update, Action::Submit, Action::Approve];
    not_allowed(detail, booking.status, tx.actor().is_staff(), &asking)
}

/// Demands that every rule allows the booking.
///
/// # Errors
/// By the first rule that does not: `not_bookable`, `policy_violation`, `unit_unavailable`.
pub(super) fn require(
    tx: &Tx<'_>,
    booking: &Booking,
    lines: &[ResolvedLine],
    step: Step,
) -> Result<()> {
    let Judgement { rules, units } = judge(tx, booking, lines, step)?;
    let Some(broken) = rules.iter().find(|rule| !rule.passed) else { return Ok(()) };
    match (broken.rule, &units) {
        (RuleName::InService, _) => calendar::require_bookable(lines),
        (RuleName::UnitsFree, Some((wish, supply))) => {
            calendar::require_free(tx, &wish.demand, &wish.lines, supply)
        }
        _ => Err(violation(broken)),
    }
}
