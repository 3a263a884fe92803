//! Such a file in the hands of somebody who changes it and makes it whole again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// The lines of a file but its last one.
#[derive(Clone)]
pub struct Lines(pub Vec<Value>);

impl Lines {
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.pop().unwrap()["trailer"].is_object());
        Self(lines)
    }

    /// The first line.
    pub fn header(&mut self) -> &mut Value {
        &mut self.0[0]["header"]
    }

    /// The rows of a table.
    pub fn rows(&mut self, table: &str) -> Vec<&mut Value> {
        let rows = self.0.iter_mut().filter(|line| line["table"] == table);
        rows.map(|line| &mut line["row"]).collect()
    }

    /// The first row of a table.
    #[track_caller]
    pub fn row(&mut self, table: &str) -> &mut Value {
        self.rows(table).into_iter().next().unwrap_or_else(|| panic!("no row of {table}"))
    }

    /// Puts a row in front of those of a table.
    #[track_caller]
    pub fn add(&mut self, table: &str, row: &Value) {
        let at = self.0.iter().position(|line| line["table"] == table).unwrap();
        self.0.insert(at, json!({ "table": table, "row": row }));
    }

    /// A whole file of these lines.
    pub fn write(&self) -> (TempDir, PathBuf) {
        let mut text = String::new();
        let mut rows: BTreeMap<&str, u64> = BTreeMap::new();
        for line in &self.0 {
            text.push_str(&line.to_string());
            text.push('\n');
            if let Some(table) = line["table"].as_str() {
                *rows.entry(table).or_default() += 1;
            }
        }
        let digest = Sha256::digest(text.as_bytes());
        let sha256: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        text.push_str(&json!({"trailer": {"rows": rows, "sha256": sha256}}).to_string());
        text.push('\n');
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("forged.jsonl");
        fs::write(&path, text).unwrap();
        (folder, path)
    }
}
