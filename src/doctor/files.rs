//! The files: who owns them, who may read them, and what should not lie there.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::{Finding, unseen};
use crate::bootstrap;
use crate::db::beside;
use crate::kernel::clock::{DAY, HOUR};
use crate::kernel::{Code, Timestamp, bug};
use crate::keys;

/// What belongs to a database and must belong to the same account.
const COMPANIONS: [&str; 5] = ["-wal", "-shm", ".keys", ".lock", ".bootstrap-token"];
/// What is being written now is no leftover.
const LEFT_FOR: i64 = HOUR;

/// The database file itself.
pub(super) fn database(path: &Path, user: u32) -> Finding {
    let name = path.display();
    let Ok(found) = fs::metadata(path) else {
        return Finding::fault(
            "database",
            format!("there is no file {name} that can be seen"),
            "`pret serve` or `pret migrate` makes it; --database or `database` names another.",
        );
    };
    if !found.is_file() {
        let advice = "Name a file: --database, PRET_DATABASE, or `database` in config.toml.";
        return Finding::fault("database", format!("{name} is no file"), advice);
    }
    if found.mode() & 0o077 != 0 && !bug::seeded("doctor_blind_to_modes") {
        let found = format!("{name} may be read by others (mode {:o})", found.mode() & 0o777);
        return Finding::fault("database", found, format!("chmod 600 {name}"));
    }
    if user != 0 && found.uid() != user {
        let found = format!("{name} belongs to user {}, this is user {user}", found.uid());
        return Finding::fault("database", found, "Run it as the account that serves.");
    }
    Finding::ok("database", format!("{name}, for its owner alone"))
}

/// The folder: who may write there can put another file in the place of ours.
pub(super) fn folder(path: &Path) -> Finding {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let name = folder.display();
    let Ok(found) = fs::metadata(folder) else {
        return Finding::fault("folder", format!("{name} can't be seen"), "Run it as its owner.");
    };
    let mode = found.mode() & 0o7777;
    if mode & 0o022 != 0 {
        let found = format!("others may write in {name} (mode {mode:o})");
        return Finding::warning("folder", found, format!("chmod go-w {name}"));
    }
    Finding::ok("folder", format!("only its owner writes in {name}"))
}

/// Files beside it that a command run by another account has made stop the server.
pub(super) fn owners(path: &Path) -> Finding {
    let Ok(of) = fs::metadata(path) else { return Finding::ok("owners", "no database") };
    let differs = |found: &Metadata| (found.uid(), found.gid()) != (of.uid(), of.gid());
    let strange: Vec<String> = COMPANIONS
        .iter()
        .map(|suffix| beside(path, suffix))
        .filter(|file| fs::metadata(file).is_ok_and(|found| differs(&found)))
        .map(|file| file.display().to_string())
        .collect();
    if strange.is_empty() {
        return Finding::ok("owners", "the files beside the database belong to its owner");
    }
    let strange = strange.join(" ");
    let found = format!("not the database's owner: {strange}");
    Finding::fault("owners", found, format!("chown {}:{} {strange}", of.uid(), of.gid()))
}

/// The keys that sign access tokens.
pub(super) fn keys(path: &Path, now: Timestamp) -> Finding {
    match keys::notes(path) {
        Ok(notes) => {
            let age = notes.first().and_then(|key| key.created_at).map(|at| now.since(at) / DAY);
            let age = age
                .map_or_else(String::new, |days| format!(", the one that signs {days} days old"));
            Finding::ok("keys", format!("{} signing keys{age}", notes.len()))
        }
        Err(error) if error.code() == Code::ValidationFailed => Finding::warning(
            "keys",
            format!("there is no {}", keys::path(path).display()),
            "The next start makes new keys, and all access tokens end. Was it lost? See \
             docs/moving.md.",
        ),
        Err(error) => {
            let advice =
                "Only its owner may read it (chmod 600); if it is damaged, see docs/moving.md.";
            Finding { advice: Some(advice.to_owned()), ..unseen("keys", &error) }
        }
    }
}

/// The token that makes the first organization, when there is one already.
pub(super) fn bootstrap_token(path: &Path, is_new: bool) -> Finding {
    let file = bootstrap::path(path);
    if file.exists() && !is_new {
        return Finding::warning(
            "bootstrap token",
            format!("{} is still there although there is an organization", file.display()),
            "It is good for nothing any more: delete it; the next start does.",
        );
    }
    Finding::ok("bootstrap token", "none is left over")
}

/// What an interrupted command has left.
pub(super) fn leftovers(path: &Path, now: Timestamp) -> Finding {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let old = |found: &Metadata| now.millis() / 1000 - found.mtime() > LEFT_FOR / 1000;
    let is_left = |name: &str| {
        let ending = Path::new(name).extension();
        name.starts_with(".tmp") || ending.is_some_and(|found| found == "tmp" || found == "partial")
    };
    let mut left: Vec<String> = fs::read_dir(folder.unwrap_or(Path::new(".")))
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.metadata().is_ok_and(|found| found.is_file() && old(&found)))
        .map(|entry| entry.path())
        .filter(|file| file.file_name().is_some_and(|name| is_left(&name.to_string_lossy())))
        .map(|file| file.display().to_string())
        .collect();
    left.sort();
    if left.is_empty() {
        return Finding::ok("leftovers", "no temporary file is left");
    }
    let found = format!("left by something that was interrupted: {}", left.join(" "));
    Finding::warning("leftovers", found, "Delete them when nothing runs that may use them.")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use tempfile::{TempDir, tempdir};

    use super::super::State;
    use super::*;
    use crate::kernel::{Clock, SystemClock};
    use crate::keys::Keys;

    fn place() -> (TempDir, PathBuf, u32) {
        let dir = tempdir().unwrap();
        let path = dir.path().join("pret.db");
        fs::write(&path, "").unwrap();
        chmod(&path, 0o600);
        let user = fs::metadata(&path).unwrap().uid();
        (dir, path, user)
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_database_that_is_missing_open_to_others_or_of_another_account_is_a_fault() {
        let (dir, path, user) = place();
        assert_eq!(database(&path, user).state, State::Ok);
        let strange = database(&path, user + 1);
        assert_eq!(strange.state, State::Fault, "{strange:?}");
        chmod(&path, 0o640);
        let fault = database(&path, user);
        assert!(fault.advice.unwrap().starts_with("chmod 600"));
        assert_eq!(database(dir.path(), user).state, State::Fault);
        let missing = database(&dir.path().join("other.db"), user);
        assert!(missing.advice.unwrap().contains("pret migrate"));
        assert!(!dir.path().join("other.db").exists());
    }

    #[test]
    fn a_folder_in_which_others_write_is_seen() {
        let (dir, path, _) = place();
        chmod(dir.path(), 0o700);
        assert_eq!(folder(&path).state, State::Ok);
        chmod(dir.path(), 0o770);
        assert_eq!(folder(&path).state, State::Warning);
    }

    #[test]
    fn a_file_of_another_account_beside_it_is_a_fault() {
        let (_dir, path, user) = place();
        fs::write(beside(&path, "-wal"), "").unwrap();
        assert_eq!(owners(&path).state, State::Ok);
        // Only root can give a file away.
        if user == 0 {
            std::os::unix::fs::chown(beside(&path, "-wal"), Some(12_345), None).unwrap();
            let fault = owners(&path);
            assert!(
                fault.state == State::Fault && fault.found.contains("pret.db-wal"),
                "{fault:?}"
            );
        }
    }

    #[test]
    fn keys_that_are_missing_or_open_to_others_are_seen() {
        let (_dir, path, _) = place();
        let now = SystemClock.now();
        assert_eq!(keys(&path, now).state, State::Warning);
        Keys::load_or_create(&path).unwrap();
        let fine = keys(&path, now);
        assert!(fine.state == State::Ok && fine.found.contains("0 days old"), "{fine:?}");
        chmod(&keys::path(&path), 0o644);
        let fault = keys(&path, now);
        assert!(fault.state == State::Fault && fault.found.contains("chmod 600"), "{fault:?}");
    }

    #[test]
    fn a_token_that_outlived_its_use_is_seen() {
        let (_dir, path, _) = place();
        bootstrap::ensure(&path, None).unwrap();
        assert_eq!(bootstrap_token(&path, true).state, State::Ok);
        assert_eq!(bootstrap_token(&path, false).state, State::Warning);
    }

    #[test]
    fn what_was_interrupted_long_ago_is_seen() {
        let (dir, path, _) = place();
        fs::write(dir.path().join(".tmpAbCdEf"), "").unwrap();
        let now = SystemClock.now();
        assert_eq!(leftovers(&path, now).state, State::Ok);
        let warning = leftovers(&path, now.plus(2 * LEFT_FOR));
        assert!(warning.state == State::Warning && warning.found.contains(".tmpAbCdEf"));
    }
}
