//! The machine and the process: user, disk, clock, limits, and how old the newest backup is.

use jiff::tz::TimeZone;
use rustix::process::{Resource, getrlimit};

use super::{Finding, unseen};
use crate::config::{Limits, Loaded, Origin};
use crate::db::{LastBackup, Space};
use crate::kernel::clock::{DAY, HOUR, MINUTE};
use crate::kernel::{Result, Timestamp};

/// Less than this is little, whatever the size of the database: 1 GiB.
const LITTLE_ROOM: u64 = 1 << 30;
/// The log is folded into the file long before: four times what SQLite keeps of it.
const LONG_LOG: u64 = 256 << 20;
/// A backup is to be made every day; this is one missed.
const OLD_BACKUP: i64 = 48 * HOUR;
/// Beside connections: the files of readers and writer, standard streams, the listener.
const OTHER_DESCRIPTORS: u64 = 64;
/// 2026-01-01: no machine that runs this shows an earlier time and means it.
const FIRST_DAY: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// Which settings are in force.
pub(super) fn settings(settings: &Loaded) -> Finding {
    let all = settings.settings();
    let file = all.iter().find_map(|(.., origin)| match origin {
        Origin::File(path) => Some(path.display().to_string()),
        _ => None,
    });
    let set = all.iter().filter(|(.., origin)| matches!(origin, Origin::Variable(_))).count();
    let file = file.unwrap_or_else(|| "no file".to_owned());
    Finding::ok("settings", format!("{file}, {set} from the environment; see `pret config show`"))
}

/// As whom it runs.
pub(super) fn user(is_root: bool) -> Finding {
    if is_root {
        return Finding::warning(
            "user",
            "this runs as root",
            "Serve as an account of its own that owns the database and nothing else.",
        );
    }
    Finding::ok("user", "not root")
}

/// Whether a copy of the database finds room.
pub(super) fn disk(space: &Space) -> Finding {
    let needed = (space.database + space.wal).saturating_mul(2).max(LITTLE_ROOM);
    let found = format!("{} free, database {}", size(space.free), size(space.database));
    if space.free < needed {
        let advice = format!(
            "Make room until {} are free, or point backups to another disk: a full disk stops \
             every booking.",
            size(needed)
        );
        return Finding::warning("disk", found, advice);
    }
    Finding::ok("disk", found)
}

/// Whether the write-ahead log is folded into the file.
pub(super) fn log(space: &Space) -> Finding {
    let found = format!("write-ahead log of {}", size(space.wal));
    if space.wal > LONG_LOG {
        let advice = "Something reads for too long, such as a copy or a shell on the file: end it. \
                      A restart of the server folds the log.";
        return Finding::warning("wal", found, advice);
    }
    Finding::ok("wal", found)
}

/// Whether the clock can be true. Time that ran backwards gives offers and tokens another end.
pub(super) fn clock(now: Timestamp, newest: Option<Timestamp>) -> Finding {
    let advice = "Set the clock and keep it by NTP (timedatectl set-ntp true), then start anew.";
    if now < FIRST_DAY {
        return Finding::fault("clock", format!("this machine says {now}"), advice);
    }
    match newest {
        Some(newest) if newest > now.plus(MINUTE) => {
            let found = format!("it is {now} here, but something happened at {newest}");
            Finding::fault("clock", found, advice)
        }
        _ => Finding::ok("clock", now.to_string()),
    }
}

/// Whether as many connections as the settings allow can be open.
pub(super) fn descriptors(limits: &Limits) -> Finding {
    descriptors_of(getrlimit(Resource::Nofile).current, limits)
}

fn descriptors_of(allowed: Option<u64>, limits: &Limits) -> Finding {
    let needed = u64::from(limits.connections) + 3 * u64::from(limits.readers) + OTHER_DESCRIPTORS;
    let Some(allowed) = allowed else { return Finding::ok("descriptors", "no limit here") };
    let found = format!("{allowed} files may be open here, {needed} may be needed");
    if allowed < needed {
        let advice = format!(
            "Raise it for the service (LimitNOFILE={needed}, `ulimit -n {needed}`), or lower \
             limits.connections."
        );
        return Finding::warning("descriptors", found, advice);
    }
    Finding::ok("descriptors", found)
}

/// Whether the time zones of the organizations are known to this binary.
pub(super) fn zones(zones: &[String]) -> Finding {
    let unknown: Vec<&str> = zones
        .iter()
        .map(String::as_str)
        .chain(["Europe/Berlin"])
        .filter(|zone| TimeZone::get(zone).is_err())
        .collect();
    if unknown.is_empty() {
        return Finding::ok("time zones", "the zones of all organizations are known");
    }
    Finding::fault(
        "time zones",
        format!("not known: {}", unknown.join(", ")),
        "Give the organization a zone that is known (PATCH /organization), or use a newer Prêt.",
    )
}

/// How old the newest verified backup is.
pub(super) fn backup(last: &Result<Option<LastBackup>>, now: Timestamp) -> Finding {
    let advice = "Make one every day: `pret backup`, by a timer or a setting of the server.";
    let last = match last {
        Err(error) => return unseen("backup", error),
        Ok(None) => return Finding::warning("backup", "none was ever made here", advice),
        Ok(Some(last)) => last,
    };
    let hours = now.since(last.at) / HOUR;
    let found = format!("the newest is of {}: {}", last.at, last.file.display());
    if now.since(last.at) > OLD_BACKUP {
        return Finding::warning("backup", format!("{found}; {hours} hours old"), advice);
    }
    if now.since(last.at) < DAY && !last.file.exists() {
        let advice = "Look whether it was moved to a safe place; if not, make another one.";
        return Finding::warning("backup", format!("{found}, which is not there"), advice);
    }
    Finding::ok("backup", found)
}

/// Bytes in words.
fn size(bytes: u64) -> String {
    const UNITS: [(&str, u32); 3] = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let unit = UNITS.iter().find(|(_, power)| bytes >> power > 0);
    unit.map_or_else(|| format!("{bytes} B"), |(name, power)| format!("{} {name}", bytes >> power))
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;
    use crate::config;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn space(database: u64, wal: u64, free: u64) -> Space {
        Space { database, wal, free }
    }

    #[test]
    fn the_file_in_force_is_named() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config.toml");
        let variable = [("PRET_LIMITS__BURST".to_owned(), "7".to_owned())];
        let found = settings(&config::load(Some(&path), variable, &[]).unwrap()).found;
        assert!(found.contains("config.toml, 1 from the environment"), "{found}");
    }

    #[test]
    fn root_is_warned_about() {
        assert_eq!(user(true).state, State::Warning);
        assert_eq!(user(false).state, State::Ok);
    }

    #[test]
    fn a_disk_needs_room_for_a_copy_and_a_gibibyte_at_least() {
        assert_eq!(disk(&space(0, 0, LITTLE_ROOM)).state, State::Ok);
        assert_eq!(disk(&space(0, 0, LITTLE_ROOM - 1)).state, State::Warning);
        let large = 3 << 30;
        assert_eq!(disk(&space(large, 0, 2 * large - 1)).state, State::Warning);
        assert_eq!(disk(&space(large, 0, 2 * large)).state, State::Ok);
    }

    #[test]
    fn a_log_that_is_never_folded_is_seen() {
        assert_eq!(log(&space(0, LONG_LOG, 0)).state, State::Ok);
        assert_eq!(log(&space(0, LONG_LOG + 1, 0)).state, State::Warning);
    }

    #[test]
    fn a_clock_before_what_happened_is_a_fault() {
        assert_eq!(clock(NOW, None).state, State::Ok);
        assert_eq!(clock(NOW, Some(NOW.plus(MINUTE))).state, State::Ok);
        assert_eq!(clock(NOW, Some(NOW.plus(MINUTE + 1))).state, State::Fault);
        assert_eq!(clock(Timestamp::from_millis(0), None).state, State::Fault);
    }

    #[test]
    fn too_few_descriptors_are_seen() {
        let limits = Limits { connections: 100, readers: 8, ..Limits::default() };
        assert_eq!(descriptors_of(Some(188), &limits).state, State::Ok);
        assert_eq!(descriptors_of(Some(187), &limits).state, State::Warning);
        assert_eq!(descriptors_of(None, &limits).state, State::Ok);
    }

    #[test]
    fn a_zone_that_nobody_knows_is_named() {
        assert_eq!(zones(&["Pacific/Auckland".to_owned()]).state, State::Ok);
        let fault = zones(&["Moon/Crater".to_owned()]);
        assert!(fault.state == State::Fault && fault.found.contains("Moon/Crater"), "{fault:?}");
    }

    #[test]
    fn an_old_backup_or_none_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let at = |at| LastBackup { at, file: dir.path().to_owned(), bytes: 1 };
        assert_eq!(backup(&Ok(None), NOW).state, State::Warning);
        assert_eq!(backup(&Ok(Some(at(NOW.plus(-48 * HOUR)))), NOW).state, State::Ok);
        assert_eq!(backup(&Ok(Some(at(NOW.plus(-48 * HOUR - 1)))), NOW).state, State::Warning);
        let gone = LastBackup { file: dir.path().join("gone"), ..at(NOW) };
        assert_eq!(backup(&Ok(Some(gone)), NOW).state, State::Warning);
        assert_eq!(backup(&Err(crate::kernel::Error::internal("x")), NOW).state, State::Fault);
    }

    #[test]
    fn sizes_are_in_words() {
        assert_eq!([size(3), size(4096), size(5 << 30)], ["3 B", "4 KiB", "5 GiB"]);
    }
}
