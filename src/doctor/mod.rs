//! Whether a desk can be served as it is installed here: each check looks at one thing and says what
//! to do about it. Nothing is ever changed, and no file is made.
//!
//! No slice: it owns no table and speaks about the machine, the files and the process.

mod database;
mod files;
mod machine;
mod network;

use serde::Serialize;

use crate::config::Loaded;
use crate::db::{LastBackup, ServeLock, Space};
use crate::kernel::{Result, Timestamp};

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, and should be looked at.
    Warning,
    /// It does not work, or is not safe.
    Fault,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its name, for scripts.
    pub check: &'static str,
    /// How it stands.
    pub state: State,
    /// What was seen.
    pub found: String,
    /// What to do about it; null when nothing is.
    pub advice: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, state: State::Ok, found: found.into(), advice: None }
    }

    fn warning(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        let advice = Some(advice.into());
        Self { check, state: State::Warning, found: found.into(), advice }
    }

    fn fault(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        let advice = Some(advice.into());
        Self { check, state: State::Fault, found: found.into(), advice }
    }
}

/// When the settings can't be read, nothing else can be looked at.
pub fn unreadable_settings(why: &str) -> Vec<Finding> {
    vec![Finding::fault("settings", why, "Correct what is named; `pret config check` tries again.")]
}

/// Looks at everything; in the order in which it is best repaired.
pub fn examine(settings: &Loaded, now: Timestamp) -> Vec<Finding> {
    let config = &settings.config;
    let path = &config.database;
    let user = rustix::process::geteuid();
    let mut findings = vec![
        machine::settings(settings),
        machine::user(user.is_root()),
        files::database(path, user.as_raw()),
    ];
    let is_there = path.is_file();
    let inside = is_there.then(|| database::look(path, now));
    if is_there {
        findings.extend([files::folder(path), files::owners(path), files::keys(path, now)]);
        findings.extend(room(path));
    }
    findings.extend([files::leftovers(path, now), machine::descriptors(&config.limits)]);
    let facts = inside.unwrap_or_default();
    findings.push(machine::clock(now, facts.newest(LastBackup::of(path).ok().flatten())));
    findings.push(machine::zones(&facts.zones));
    findings.push(files::bootstrap_token(path, facts.zones.is_empty()));
    findings.extend(facts.findings);
    findings.push(network::public(settings));
    findings.push(network::port(config.listen, network::ask(config.listen), &serving(path)));
    findings.push(machine::backup(&LastBackup::of(path), now));
    findings
}

fn room(path: &std::path::Path) -> Vec<Finding> {
    match Space::of(path) {
        Ok(space) => vec![machine::disk(&space), machine::log(&space)],
        Err(error) => vec![unseen("disk", &error)],
    }
}

fn serving(path: &std::path::Path) -> Result<bool> {
    ServeLock::is_held(path)
}

/// What could not be looked at.
fn unseen(check: &'static str, error: &crate::kernel::Error) -> Finding {
    let why = error.cause().map_or_else(|| error.detail().to_owned(), ToString::to_string);
    Finding::fault(check, why, "Run it as the account that serves, or as root.")
}
