//! Puts the settings together; every refusal names the file or variable, the key, and what is
//! allowed.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use garde::Validate;
use serde_json::Value as Json;
use toml::{Table, Value};

use super::Config;
use crate::kernel::{Code, Error, Result};

/// Read when it is there and no other file is named.
const DEFAULT_FILE: &str = "config.toml";
const PREFIX: &str = "PRET_";

/// A setting given on the command line.
#[derive(Debug, Clone)]
pub struct Flag {
    /// As the person wrote it, such as `--listen`.
    pub name: &'static str,
    /// The key it sets.
    pub key: &'static str,
    /// The value.
    pub value: String,
}

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// This file.
    File(PathBuf),
    /// This environment variable.
    Variable(String),
    /// This flag.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// The settings, and where each came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    origins: BTreeMap<String, Origin>,
}

impl Loaded {
    /// Every setting by its dotted key: its value (secrets hidden) and origin.
    pub fn settings(&self) -> Vec<(String, Json, Origin)> {
        let mut settings = Vec::new();
        flatten("", &serde_json::to_value(&self.config).unwrap_or_default(), &mut settings);
        let origin = |key: &str| self.origins.get(key).cloned().unwrap_or(Origin::Default);
        settings.into_iter().map(|(key, value)| (key.clone(), value, origin(&key))).collect()
    }
}

/// Reads file, environment and flags.
///
/// # Errors
/// When a key is unknown or a value not allowed, or the named file can't be read.
pub fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[Flag],
) -> Result<Loaded> {
    let defaults = Value::try_from(Config::default()).map_err(Error::internal)?;
    let mut merged = Table::new();
    let mut origins = BTreeMap::new();
    let mut add = |layer: Table, origin: &Origin| {
        parse(layer.clone(), origin)?;
        merge(&mut merged, layer, "", origin, &mut origins);
        Ok::<(), Error>(())
    };
    if let Some((path, table)) = read_file(file)? {
        add(table, &Origin::File(path))?;
    }
    for (name, text) in environment {
        let Some(key) = key_of(&name) else { continue };
        add(layer(&key, &text, &defaults), &Origin::Variable(name))?;
    }
    for flag in flags {
        add(layer(flag.key, &flag.value, &defaults), &Origin::Flag(flag.name))?;
    }
    // Every part was accepted by itself and no rule spans two keys, so the whole is fine too.
    let config = parse(merged, &Origin::Default)?;
    Ok(Loaded { config, origins })
}

fn read_file(named: Option<&Path>) -> Result<Option<(PathBuf, Table)>> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    if named.is_none() && !path.exists() {
        return Ok(None);
    }
    let refused = |why: String| refuse(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    let table = text.parse::<Table>().map_err(|error| refused(error.to_string()))?;
    Ok(Some((path.to_owned(), table)))
}

/// The key that a variable sets: `PRET_AUTH__HASHES_AT_ONCE` is `auth.hashes_at_once`.
fn key_of(variable: &str) -> Option<String> {
    let name = variable.strip_prefix(PREFIX)?;
    match name {
        // Names the file itself; the command line reads it.
        "CONFIG" => None,
        "SEEDED_BUG" if cfg!(feature = "seeded-bugs") => None,
        "BOOTSTRAP_TOKEN" => Some("auth.bootstrap_token".to_owned()),
        name => Some(name.to_ascii_lowercase().replace("__", ".")),
    }
}

/// A table with this one key, its text read as the type that the default has.
fn layer(key: &str, text: &str, defaults: &Value) -> Table {
    let default = key.split('.').try_fold(defaults, |value, step| value.get(step));
    let as_text = || Value::String(text.to_owned());
    let value = match default {
        Some(Value::Integer(_)) => text.trim().parse().map_or_else(|_| as_text(), Value::Integer),
        Some(Value::Boolean(_)) => text.trim().parse().map_or_else(|_| as_text(), Value::Boolean),
        Some(Value::Array(_)) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Value::Array(parts.map(|part| Value::String(part.to_owned())).collect())
        }
        _ => as_text(),
    };
    let nested = key.rsplit('.').fold(value, |value, step| {
        Value::Table(std::iter::once((step.to_owned(), value)).collect())
    });
    match nested {
        Value::Table(table) => table,
        _ => Table::new(),
    }
}

fn parse(table: Table, origin: &Origin) -> Result<Config> {
    let config: Config = serde_path_to_error::deserialize(table).map_err(|error| {
        let detail = error.inner().to_string();
        let mut key = error.path().to_string();
        if let Some(unknown) =
            detail.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next())
            && key.rsplit('.').next() != Some(unknown)
        {
            key = if key == "." { unknown.to_owned() } else { format!("{key}.{unknown}") };
        }
        refuse(format!("{origin}: {key}: {}", plain(detail.lines().next().unwrap_or_default())))
    })?;
    config.validate().map_err(|report| {
        let faults: Vec<String> = report.iter().map(|(key, why)| format!("{key}: {why}")).collect();
        refuse(format!("{origin}: {}", faults.join("; ")))
    })?;
    Ok(config)
}

/// The names of Rust's types in words.
fn plain(detail: &str) -> String {
    let numbers = ["u16", "u32", "u64", "usize"];
    let mut text = detail.replace("a boolean", "true or false");
    for number in numbers {
        text = text.replace(&format!("expected {number}"), "expected a whole number from 0");
    }
    text
}

fn refuse(detail: String) -> Error {
    Error::new(Code::ValidationFailed, detail)
}

fn merge(
    into: &mut Table,
    from: Table,
    above: &str,
    origin: &Origin,
    origins: &mut BTreeMap<String, Origin>,
) {
    for (name, value) in from {
        let key = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        match (into.get_mut(&name), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new, &key, origin, origins),
            (_, Value::Table(new)) => {
                let mut table = Table::new();
                merge(&mut table, new, &key, origin, origins);
                into.insert(name, Value::Table(table));
            }
            (_, value) => {
                origins.insert(key, origin.clone());
                into.insert(name, value);
            }
        }
    }
}

fn flatten(above: &str, value: &Json, into: &mut Vec<(String, Json)>) {
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                let key = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
                flatten(&key, value, into);
            }
        }
        value => into.push((above.to_owned(), value.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn refusal(pairs: &[(&str, &str)]) -> String {
        load(Some(Path::new("/dev/null")), env(pairs), &[]).unwrap_err().detail().to_owned()
    }

    #[test]
    fn the_shipped_file_says_the_defaults_and_names_every_key() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.toml");
        let loaded = load(Some(&path), [], &[]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            serde_json::to_value(&loaded.config).unwrap(),
            serde_json::to_value(Config::default()).unwrap()
        );
        for (key, ..) in loaded.settings() {
            let name = key.rsplit('.').next().unwrap();
            assert!(text.contains(&format!("{name} = ")), "{key} is missing");
        }
    }

    #[test]
    fn the_page_for_operators_names_every_key_and_no_other() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
        let text = std::fs::read_to_string(path).unwrap();
        let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
        let mut named: Vec<String> = rows
            .flat_map(|keys| keys.split(", "))
            .map(|key| key.trim_matches('`').to_owned())
            .collect();
        let loaded = load(Some(Path::new("/dev/null")), [], &[]).unwrap();
        let mut known: Vec<String> = loaded.settings().into_iter().map(|(key, ..)| key).collect();
        named.sort();
        known.sort();
        assert_eq!(named, known);
    }

    #[test]
    fn every_key_is_taken_from_the_environment() {
        let loaded = load(Some(Path::new("/dev/null")), [], &[]).unwrap();
        for (key, value, _) in loaded.settings() {
            let name = format!("PRET_{}", key.to_uppercase().replace('.', "__"));
            let other = match (key.as_str(), &value) {
                ("listen", _) => "127.0.0.1:9".to_owned(),
                ("public_url", _) => "https://pret.example.edu".to_owned(),
                ("log.format", _) => "json".to_owned(),
                ("log.level", _) => "debug".to_owned(),
                ("cors.origins", _) => "https://desk.example.edu".to_owned(),
                ("limits.trusted_proxies" | "metrics.allow_from", _) => "10.0.0.0/8".to_owned(),
                ("auth.bootstrap_token" | "backup.folder" | "database", _) => {
                    "0123456789abcdef".to_owned()
                }
                (_, Json::Bool(value)) => (!value).to_string(),
                (_, Json::Number(value)) => (value.as_u64().unwrap() + 1).to_string(),
                (key, value) => panic!("{key} = {value}: say what else it may be"),
            };
            let changed = load(Some(Path::new("/dev/null")), env(&[(&name, &other)]), &[]).unwrap();
            let (_, found, origin) =
                changed.settings().into_iter().find(|(found, ..)| *found == key).unwrap();
            assert_ne!(found, value, "{key}");
            assert_eq!(origin, Origin::Variable(name));
        }
    }

    #[test]
    fn flags_win_over_variables_and_these_over_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.toml");
        std::fs::write(&path, "database = \"a\"\n[auth]\nhashes_at_once = 2\n[limits]\nburst = 7")
            .unwrap();
        let variables = env(&[
            ("PRET_AUTH__HASHES_AT_ONCE", "3"),
            ("PRET_DATABASE", "b"),
            ("PRET_LIMITS__ENABLED", "false"),
            ("PRET_CORS__ORIGINS", "https://a.example, https://b.example"),
            ("HOME", "/"),
        ]);
        let flag = Flag { name: "--database", key: "database", value: "c".to_owned() };
        let loaded = load(Some(&path), variables, &[flag]).unwrap();
        assert_eq!(loaded.config.database, Path::new("c"));
        assert_eq!(loaded.config.auth.hashes_at_once, 3);
        assert_eq!(loaded.config.limits.burst, 7);
        assert_eq!(loaded.config.cors.origins, ["https://a.example", "https://b.example"]);
        assert!(!loaded.config.limits.enabled);
        let origins: BTreeMap<String, String> = loaded
            .settings()
            .into_iter()
            .map(|(key, _, origin)| (key, origin.to_string()))
            .collect();
        assert_eq!(origins["database"], "--database");
        assert_eq!(origins["auth.hashes_at_once"], "PRET_AUTH__HASHES_AT_ONCE");
        assert_eq!(origins["limits.burst"], path.display().to_string());
        assert_eq!(origins["listen"], "default");
    }

    #[test]
    fn a_refusal_names_the_variable_the_key_and_what_is_allowed() {
        for (name, value, expected) in [
            ("PRET_LIMITS__BRUST", "1", ["limits.brust", "unknown", "`burst`"]),
            ("PRET_NONSENSE", "1", ["nonsense", "unknown", "`database`"]),
            ("PRET_LIMITS__BURST", "many", ["limits.burst", "many", "a whole number"]),
            ("PRET_LIMITS__BURST", "0", ["limits.burst", "lower than 1", ""]),
            ("PRET_LIMITS__ENABLED", "maybe", ["limits.enabled", "maybe", "true or false"]),
            ("PRET_LOG__FORMAT", "xml", ["log.format", "xml", "`json`"]),
            ("PRET_LISTEN", "here", ["listen", "ADDRESS:PORT", "127.0.0.1:8080"]),
            ("PRET_BOOTSTRAP_TOKEN", "short", ["auth.bootstrap_token", "16 to 256", ""]),
            ("PRET_CORS__ORIGINS", "*", ["cors.origins", "scheme", ""]),
            ("PRET_PUBLIC_URL", "pret.example.edu", ["public_url", "scheme", "host"]),
            ("PRET_PUBLIC_URL", "https://pret.example.edu/", ["public_url", "scheme", "host"]),
            ("PRET_PUBLIC_URL", "https://a.example/desk?x", ["public_url", "scheme", "host"]),
        ] {
            let refusal = refusal(&[(name, value)]);
            assert!(refusal.starts_with(name), "{refusal}");
            for part in expected {
                assert!(refusal.contains(part), "{refusal} lacks {part}");
            }
        }
    }

    #[test]
    fn a_refusal_names_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.toml");
        std::fs::write(&path, "[auth]\nhashes = 2").unwrap();
        let refusal = load(Some(&path), [], &[]).unwrap_err().detail().to_owned();
        assert!(refusal.contains("c.toml") && refusal.contains("auth.hashes"), "{refusal}");
        let missing = load(Some(Path::new("/nowhere/c.toml")), [], &[]).unwrap_err();
        assert!(missing.detail().contains("/nowhere/c.toml"), "{missing}");
    }

    #[test]
    fn secrets_never_show() {
        let secret = "0123456789-0123456789";
        let loaded =
            load(Some(Path::new("/dev/null")), env(&[("PRET_BOOTSTRAP_TOKEN", secret)]), &[])
                .unwrap();
        assert!(!format!("{loaded:?}").contains(secret));
        assert!(!format!("{:?}", loaded.settings()).contains(secret));
    }
}
