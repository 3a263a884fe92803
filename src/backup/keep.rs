//! Which backups of a folder are ours, when the next one is due, and which ones go.

use crate::kernel::clock::HOUR;
use crate::kernel::{Timestamp, bug};

const BEGIN: &str = "pret-";
const END: &str = ".db";
/// How much of `2026-10-05T0800.250Z` stands before the first colon that was left out.
const HOURS: usize = "2026-10-05T08".len();
const MINUTES: usize = "00".len();

/// The name of a backup that was made at this instant.
pub(super) fn file_name(at: Timestamp) -> String {
    format!("{BEGIN}{}{END}", at.to_string().replace(':', ""))
}

/// When the backup with this name was made; none, when it is no name of ours.
pub(super) fn made_at(name: &str) -> Option<Timestamp> {
    let time = name.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let (hours, rest) = time.split_at_checked(HOURS)?;
    let (minutes, rest) = rest.split_at_checked(MINUTES)?;
    let at = Timestamp::parse(&format!("{hours}:{minutes}:{rest}")).ok()?;
    (file_name(at) == name).then_some(at)
}

/// When the newest one was made. What claims to be from the future is not counted: a clock that was
/// wrong once must not put the next one off.
pub(super) fn newest(names: &[String], now: Timestamp) -> Option<Timestamp> {
    names.iter().filter_map(|name| made_at(name)).filter(|at| *at <= now).max()
}

/// Whether the next one is due.
pub(super) fn is_due(newest: Option<Timestamp>, now: Timestamp, every_hours: u32) -> bool {
    if bug::seeded("schedule_never_runs") {
        return false;
    }
    newest.is_none_or(|at| now.since(at) >= i64::from(every_hours) * HOUR)
}

/// Those that go once the one of this instant is there, so that `keep` remain with it. What claims
/// to be newer stays.
pub(super) fn surplus(names: &[String], made: Timestamp, keep: u32) -> Vec<String> {
    let others = |name: &&String| bug::seeded("rotation_removes_others") && name.ends_with(END);
    let mut older: Vec<(Timestamp, &String)> = names
        .iter()
        .filter_map(|name| Some((made_at(name)?, name)))
        .filter(|(at, _)| *at < made)
        .collect();
    older.sort_unstable();
    let remain = usize::try_from(keep).unwrap_or(usize::MAX).saturating_sub(1);
    let gone = older.len().saturating_sub(remain);
    let gone = older.into_iter().take(gone).map(|(_, name)| name);
    gone.chain(names.iter().filter(others)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn names(of: &[&str]) -> Vec<String> {
        of.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_name_says_when_it_was_made() {
        for time in ["2026-10-05T08:00:00Z", "2026-10-05T08:00:00.250Z"] {
            assert_eq!(made_at(&file_name(at(time))), Some(at(time)));
        }
        for name in [
            "pret.db",
            "pret-.db",
            "pret-2026-10-05.db",
            "pret-2026-10-05T080000Z.db.partial",
            "pret-2026-10-05T08:00:00Z.db",
            "pret-2026-10-05T080000+00:00.db",
            "pret-2026-10-05Tä80000Z.db",
            "pret-before-the-holidays.db",
        ] {
            assert_eq!(made_at(name), None, "{name}");
        }
    }

    #[test]
    fn the_oldest_go_and_nothing_else() {
        let mut folder = names(&[
            "pret-2026-10-04T080000Z.db",
            "pret-2026-10-02T080000Z.db",
            "pret-2026-10-03T080000Z.db",
            "pret-2026-10-05T080000Z.db",
            "pret-2027-01-01T000000Z.db",
            "pret-before-the-holidays.db",
            "other.db",
        ]);
        let made = at("2026-10-05T08:00:00Z");
        assert_eq!(surplus(&folder, made, 3), [folder[1].clone()]);
        assert_eq!(surplus(&folder, made, 4), Vec::<String>::new());
        assert_eq!(surplus(&folder, made, 1000), Vec::<String>::new());
        let all_but_the_new_one = [folder[1].clone(), folder[2].clone(), folder[0].clone()];
        assert_eq!(surplus(&folder, made, 1), all_but_the_new_one);
        folder.clear();
        assert_eq!(surplus(&folder, made, 1), Vec::<String>::new());
    }

    #[test]
    fn the_next_one_is_due_when_the_newest_is_old_enough() {
        let now = at("2026-10-05T08:00:00Z");
        assert!(is_due(None, now, 720));
        assert!(is_due(Some(now.plus(-HOUR)), now, 1));
        assert!(!is_due(Some(now.plus(-HOUR + 1)), now, 1));
        let folder = names(&[
            "pret-2026-10-04T080000Z.db",
            "pret-2026-10-03T080000Z.db",
            "pret-2027-01-01T000000Z.db",
        ]);
        assert_eq!(newest(&folder, now), Some(at("2026-10-04T08:00:00Z")));
        assert_eq!(newest(&folder[2..], now), None);
    }
}
