//! What the policy of an organization allows.

use crate::booking::model::{RuleCheck, RuleName};
use crate::identity::Policy;
use crate::kernel::clock::{DAY, MINUTE};
use crate::kernel::{Code, Error, Role, Timestamp, Window, bug};

/// What the policy is applied to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PolicyFacts<'a> {
    pub(crate) policy: &'a Policy,
    /// The highest role of the person the booking is for.
    pub(crate) role: Role,
    /// The period wanted.
    pub(crate) window: Window,
    /// Active bookings of that person, without this one.
    pub(crate) active: u32,
    /// What that person owes in open fines, in cents.
    pub(crate) owed: i64,
    /// Whether the lead time counts: not when staff approve what was asked in time.
    pub(crate) lead_counts: bool,
    pub(crate) now: Timestamp,
}

/// `policy_violation` by a rule that is broken. Debts are those of the person; the other rules look
/// at the booking.
pub(crate) fn violation(broken: &RuleCheck) -> Error {
    let RuleCheck { rule, limit, asked, .. } = *broken;
    let debts = rule == RuleName::BlockWhenFinesExceedCents;
    let fact = if debts { "open fines come to" } else { "this would be" };
    let (name, limit, asked) = (rule.name(), limit.unwrap_or_default(), asked.unwrap_or_default());
    let detail = format!("The policy sets {name} to {limit}; {fact} {asked}.");
    Error::new(Code::PolicyViolation, detail)
        .with("rule", name)
        .with("limit", limit)
        .with("asked", asked)
}

/// The rules of the policy, also those that it switches off. What was asked is in the unit of the
/// limit.
pub(super) fn policy_rules(facts: &PolicyFacts<'_>) -> Vec<RuleCheck> {
    let PolicyFacts { policy, role, window, active, owed, lead_counts, now } = *facts;
    let at_most = |rule, limit: Option<u32>, asked: i64| {
        let limit = limit.map(i64::from);
        let passed = limit.is_none_or(|limit| asked <= limit);
        RuleCheck { rule, passed, limit, asked: Some(asked) }
    };
    let active_limit = policy.max_active_bookings.of(role);
    let debt_limit = policy.block_when_fines_exceed_cents;
    let lead = window.start.since(now).div_euclid(MINUTE);
    let least_lead = Some(i64::from(policy.min_lead_minutes)).filter(|least| *least > 0);
    vec![
        at_most(RuleName::MaxBookingDays, policy.max_booking_days, begun(window.millis(), DAY)),
        at_most(
            RuleName::MaxAdvanceDays,
            policy.max_advance_days,
            begun(window.start.since(now), DAY),
        ),
        at_most(
            RuleName::MaxActiveBookings,
            active_limit.filter(|_| !bug::seeded("no_active_limit")),
            i64::from(active) + 1,
        ),
        at_most(
            RuleName::BlockWhenFinesExceedCents,
            debt_limit.filter(|_| !bug::seeded("debt_ignored")),
            owed,
        ),
        RuleCheck {
            rule: RuleName::MinLeadMinutes,
            passed: !lead_counts || least_lead.is_none_or(|least| lead >= least),
            limit: least_lead.filter(|_| lead_counts),
            asked: Some(lead),
        },
    ]
}

/// How many units have begun; a booking of a day and a minute takes two days.
const fn begun(millis: i64, unit: i64) -> i64 {
    (millis + unit - 1).div_euclid(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000 * DAY);

    fn facts(policy: &Policy, start: i64, end: i64, active: u32) -> PolicyFacts<'_> {
        let window = Window::new(NOW.plus(start), NOW.plus(end)).unwrap();
        let role = Role::Student;
        PolicyFacts { policy, role, window, active, owed: 0, lead_counts: true, now: NOW }
    }

    fn broken(facts: &PolicyFacts<'_>) -> Option<String> {
        let error = violation(policy_rules(facts).iter().find(|rule| !rule.passed)?);
        Some(format!("{} {}", error.extras()["rule"], error.extras()["asked"]))
    }

    #[test]
    fn each_limit_holds_at_its_edge() {
        let mut policy = Policy { min_lead_minutes: 30, ..Policy::default() };
        let lead = 30 * MINUTE;
        let table = [
            (lead, lead + 30 * DAY, 9, None),
            (lead, lead + 30 * DAY + 1, 9, Some("\"max_booking_days\" 31")),
            (365 * DAY, 366 * DAY, 0, None),
            (365 * DAY + 1, 366 * DAY, 0, Some("\"max_advance_days\" 366")),
            (lead, lead + DAY, 10, Some("\"max_active_bookings\" 11")),
            (lead - 1, DAY, 0, Some("\"min_lead_minutes\" 29")),
        ];
        for (start, end, active, rule) in table {
            assert_eq!(
                broken(&facts(&policy, start, end, active)).as_deref(),
                rule,
                "{start} {end}"
            );
        }
        policy.max_booking_days = None;
        policy.max_advance_days = None;
        policy.max_active_bookings.student = None;
        assert_eq!(broken(&facts(&policy, 500 * DAY, 900 * DAY, 99)), None);
    }

    #[test]
    fn who_owes_more_than_the_limit_can_not_book() {
        for (limit, owed, rule) in [
            (Some(2_000), 0, None),
            (Some(2_000), 2_000, None),
            (Some(2_000), 2_001, Some("\"block_when_fines_exceed_cents\" 2001")),
            (Some(0), 0, None),
            (Some(0), 1, Some("\"block_when_fines_exceed_cents\" 1")),
            (None, i64::MAX, None),
        ] {
            let policy = Policy { block_when_fines_exceed_cents: limit, ..Policy::default() };
            let facts = PolicyFacts { owed, ..facts(&policy, DAY, 2 * DAY, 0) };
            assert_eq!(broken(&facts).as_deref(), rule, "{limit:?} {owed}");
        }
    }

    #[test]
    fn debts_are_named_behind_active_bookings_and_before_the_lead() {
        let policy = Policy { min_lead_minutes: 30, ..Policy::default() };
        for (active, owed, rule) in [
            (10, 2_001, "\"max_active_bookings\" 11"),
            (0, 2_001, "\"block_when_fines_exceed_cents\" 2001"),
            (0, 2_000, "\"min_lead_minutes\" 0"),
        ] {
            let facts = PolicyFacts { owed, ..facts(&policy, 0, DAY, active) };
            assert_eq!(broken(&facts).as_deref(), Some(rule));
        }
    }
}
