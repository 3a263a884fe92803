//! Best fit: the free unit whose gap around the period is tightest, so that long gaps stay whole.

use crate::calendar::model::Candidate;
use crate::kernel::{UnitId, bug};

/// Takes `wanted` units, or none when there are not enough. Preferred units come first, then the
/// tightest gaps; ties go to the least used unit, then to the oldest.
pub(crate) fn choose(
    mut candidates: Vec<Candidate>,
    wanted: usize,
    preferred: &[UnitId],
) -> Option<Vec<UnitId>> {
    candidates.retain(is_free);
    candidates.sort_by_key(|candidate| {
        let other = !preferred.contains(&candidate.unit_id);
        let open_ended = candidate.after.is_none() || bug::seeded("loosest_fit");
        let slack = candidate.before.saturating_add(candidate.after.unwrap_or(0));
        let slack = if bug::seeded("loosest_fit") { -slack } else { slack };
        (other, open_ended, slack, candidate.uses, candidate.unit_id)
    });
    let chosen: Vec<UnitId> =
        candidates.iter().take(wanted).map(|candidate| candidate.unit_id).collect();
    (chosen.len() == wanted).then_some(chosen)
}

/// How many of them are free.
pub(crate) fn count_free(candidates: &[Candidate]) -> usize {
    candidates.iter().filter(|candidate| is_free(candidate)).count()
}

/// How many units a line asks for, and how many are free for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count {
    pub(crate) line: usize,
    pub(crate) wanted: usize,
    pub(crate) free: usize,
}

/// How many units are free for a demand. Where a line lacks, what another one has to spare is of no
/// use, and does not count.
pub(crate) fn free_in_all(counts: &[Count]) -> usize {
    let lacks = counts.iter().any(|count| count.free < count.wanted);
    let of_use = |count: &Count| if lacks { count.free.min(count.wanted) } else { count.free };
    counts.iter().map(of_use).sum()
}

/// The first guard against double booking. Periods are half-open: neighbours may touch. What is
/// late is not free, however empty its calendar.
fn is_free(candidate: &Candidate) -> bool {
    if bug::seeded("check_gone") {
        return true;
    }
    if bug::seeded("closed_intervals") {
        return candidate.before > 0;
    }
    candidate.before >= 0 && (!candidate.late || bug::seeded("lateness_ignored"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn unit(number: u128) -> UnitId {
        UnitId(Uuid::from_u128(number))
    }

    fn candidate(number: u128, before: i64, after: Option<i64>, uses: i64) -> Candidate {
        Candidate { unit_id: unit(number), before, after, uses, late: false }
    }

    #[test]
    fn the_tightest_gap_is_taken_first() {
        let candidates = vec![
            candidate(1, 500, None, 0),
            candidate(2, 500, Some(10), 0),
            candidate(3, 0, Some(5), 9),
            candidate(4, 0, None, 0),
        ];
        assert_eq!(choose(candidates, 4, &[]), Some(vec![unit(3), unit(2), unit(4), unit(1)]));
    }

    #[test]
    fn ties_go_to_the_least_used_then_to_the_oldest() {
        let candidates =
            vec![candidate(1, 5, None, 2), candidate(3, 5, None, 1), candidate(2, 5, None, 1)];
        assert_eq!(choose(candidates, 3, &[]), Some(vec![unit(2), unit(3), unit(1)]));
    }

    #[test]
    fn what_the_holder_had_is_kept() {
        let candidates = vec![candidate(1, 0, Some(0), 0), candidate(2, 99, None, 9)];
        assert_eq!(choose(candidates, 1, &[unit(2)]), Some(vec![unit(2)]));
    }

    #[test]
    fn taken_units_are_no_candidates_and_neighbours_may_touch() {
        assert_eq!(choose(vec![candidate(1, -1, None, 0)], 1, &[]), None);
        assert_eq!(choose(vec![candidate(1, 0, Some(0), 0)], 1, &[]), Some(vec![unit(1)]));
    }

    #[test]
    fn what_is_late_is_no_candidate() {
        let late = Candidate { late: true, ..candidate(1, 0, None, 0) };
        assert_eq!(choose(vec![late], 1, &[]), None);
        assert_eq!(count_free(&[late, candidate(2, 0, None, 0)]), 1);
    }

    #[test]
    fn what_one_line_has_to_spare_does_not_hide_what_another_lacks() {
        for (lines, free) in [
            (&[(2, 5)][..], 5),
            (&[(2, 1)], 1),
            (&[(2, 5), (1, 1)], 6),
            (&[(2, 5), (2, 1)], 3),
            (&[(1, 1), (3, 0)], 1),
        ] {
            let count = |&(wanted, free)| Count { line: 0, wanted, free };
            let counts: Vec<Count> = lines.iter().map(count).collect();
            assert_eq!(free_in_all(&counts), free, "{lines:?}");
        }
    }

    #[test]
    fn all_or_nothing() {
        assert_eq!(choose(vec![candidate(1, 0, None, 0)], 2, &[]), None);
    }
}
