//! What the policy of an organization allows.

use crate::identity::Policy;
use crate::kernel::clock::{DAY, MINUTE};
use crate::kernel::{Code, Error, Result, Role, Timestamp, Window, bug};

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
    /// Whether the lead time counts: not when staff approve what was asked in time.
    pub(crate) lead_counts: bool,
    pub(crate) now: Timestamp,
}

/// A rule with a limit, and what was asked, in the unit of the limit.
struct Rule {
    name: &'static str,
    passed: bool,
    limit: i64,
    asked: i64,
}

/// Demands that the policy allows it.
///
/// # Errors
/// `policy_violation` with the first rule that is broken.
pub(crate) fn check_policy(facts: &PolicyFacts<'_>) -> Result<()> {
    match rules(facts).into_iter().find(|rule| !rule.passed) {
        None => Ok(()),
        Some(rule) => {
            let Rule { name, limit, asked, .. } = rule;
            let detail = format!("The policy sets {name} to {limit}; this would be {asked}.");
            Err(Error::new(Code::PolicyViolation, detail)
                .with("rule", name)
                .with("limit", limit)
                .with("asked", asked))
        }
    }
}

fn rules(facts: &PolicyFacts<'_>) -> Vec<Rule> {
    let PolicyFacts { policy, role, window, active, lead_counts, now } = *facts;
    let mut rules = Vec::new();
    let mut at_most = |name, limit: Option<u32>, asked: i64| {
        if let Some(limit) = limit.map(i64::from) {
            rules.push(Rule { name, passed: asked <= limit, limit, asked });
        }
    };
    at_most("max_booking_days", policy.max_booking_days, begun(window.millis(), DAY));
    at_most("max_advance_days", policy.max_advance_days, begun(window.start.since(now), DAY));
    let limit = policy.max_active_bookings.of(role).filter(|_| !bug::seeded("no_active_limit"));
    at_most("max_active_bookings", limit, i64::from(active) + 1);
    if lead_counts && policy.min_lead_minutes > 0 {
        let limit = i64::from(policy.min_lead_minutes);
        let asked = window.start.since(now).div_euclid(MINUTE);
        rules.push(Rule { name: "min_lead_minutes", passed: asked >= limit, limit, asked });
    }
    rules
}

/// How many units have begun; a booking of a day and a minute takes two days.
const fn begun(millis: i64, unit: i64) -> i64 {
    (millis + unit - 1).div_euclid(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000 * DAY);

    fn broken(policy: &Policy, start: i64, end: i64, active: u32) -> Option<String> {
        let window = Window::new(NOW.plus(start), NOW.plus(end)).unwrap();
        let role = Role::Student;
        let facts = PolicyFacts { policy, role, window, active, lead_counts: true, now: NOW };
        let error = check_policy(&facts).err()?;
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
            assert_eq!(broken(&policy, start, end, active).as_deref(), rule, "{start} {end}");
        }
        policy.max_booking_days = None;
        policy.max_advance_days = None;
        policy.max_active_bookings.student = None;
        assert_eq!(broken(&policy, 500 * DAY, 900 * DAY, 99), None);
    }
}
