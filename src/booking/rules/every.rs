//! Every rule that a request is held to, in one list: whoever asks, checks or decides.

use super::policy::{PolicyFacts, policy_rules};
use crate::booking::model::{RuleCheck, RuleName};
use crate::calendar::{ResolvedLine, Supply};
use crate::kernel::bug;

/// Every rule, in the order in which the first one that is broken is told. Without a supply the
/// units are not asked for: they are held already, or may lack.
pub(crate) fn every_rule(
    lines: &[ResolvedLine],
    facts: &PolicyFacts<'_>,
    supply: Option<&Supply>,
) -> Vec<RuleCheck> {
    let in_service = RuleCheck {
        rule: RuleName::InService,
        passed: lines.iter().all(|line| line.obstacle.is_none()),
        limit: None,
        asked: None,
    };
    let units_free = supply.map(|supply| RuleCheck {
        rule: RuleName::UnitsFree,
        passed: supply.lacks.is_empty(),
        limit: i64::try_from(supply.free).ok(),
        asked: i64::try_from(supply.wanted).ok(),
    });
    let mut rules = vec![in_service];
    rules.extend(policy_rules(facts));
    rules.extend(units_free);
    if bug::seeded("units_before_policy") {
        rules.rotate_right(1);
    }
    rules
}
