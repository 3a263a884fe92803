//! The log's form and detail.

use serde::{Deserialize, Serialize};

/// What is written to the log.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// For people or for programs.
    pub format: LogFormat,
    /// The least that is written.
    pub level: Level,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object a line.
    Json,
}

/// How much is written to the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Faults.
    Error,
    /// And what should be looked at.
    Warn,
    /// And one line per request.
    #[default]
    Info,
    /// And how it came about.
    Debug,
    /// And everything else.
    Trace,
}
