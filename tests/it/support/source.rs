//! The source files of the project, read as text.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file.
pub struct Source {
    /// From the root of the project, with slashes.
    pub path: String,
    /// All of it.
    pub text: String,
    /// Without comments and without the tests at its end.
    pub code: String,
}

impl Source {
    /// All files below a folder of the project with one of these extensions.
    pub fn below(folder: &str, extensions: &[&str]) -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut paths = Vec::new();
        walk(&root.join(folder), &mut paths);
        paths.sort();
        paths
            .into_iter()
            .filter(|path| {
                path.extension().is_some_and(|found| extensions.iter().any(|one| found == *one))
            })
            .map(|path| {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                Self { code: code(&text), path, text }
            })
            .collect()
    }

    /// The slice and the room this file belongs to: `src/booking/store/items.rs` is in `booking`,
    /// `store`. The slice of `src/main.rs` is empty.
    pub fn place(&self) -> (&str, &str) {
        let path = self.path.trim_start_matches("src/");
        let Some((slice, rest)) = path.split_once('/') else { return ("", path) };
        (slice, rest.split(['/', '.']).next().unwrap_or_default())
    }

    /// Whether the code contains this as a whole word.
    pub fn mentions(&self, word: &str) -> bool {
        self.code.match_indices(word).any(|(at, _)| {
            let before = self.code[..at].chars().next_back();
            let after = self.code[at + word.len()..].chars().next();
            !before.is_some_and(is_name) && !after.is_some_and(is_name)
        })
    }

    /// The modules of this crate that the code names behind `crate::`, also within braces.
    pub fn modules(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (at, marker) in self.code.match_indices("crate::") {
            let rest = &self.code[at + marker.len()..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(first_names(group)),
                None => found.push(rest.chars().take_while(|c| is_name(*c)).collect()),
            }
        }
        found
    }

    /// Each function with the number of its lines. Counts on rustfmt: a function ends where a
    /// brace stands below the first letter of its first line.
    pub fn functions(&self) -> Vec<(String, usize)> {
        let lines: Vec<&str> = self.text.lines().collect();
        let mut found = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let Some(name) = function_name(line) else { continue };
            let indent = &line[..line.len() - line.trim_start().len()];
            let ends = |line: &&str| {
                line.strip_prefix(indent).is_some_and(|rest| rest == "}" || rest.ends_with(';'))
                    && !line[indent.len()..].starts_with(' ')
            };
            let one_line = line.ends_with('}') || line.ends_with(';');
            let rest = if one_line { Some(0) } else { lines[at..].iter().position(ends) };
            found.push((name.to_owned(), rest.unwrap_or_default() + 1));
        }
        found
    }
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, paths);
        } else {
            paths.push(path);
        }
    }
}

fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| line.split(" // ").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// `audit, db::{Tx, WriteTx}}` names `audit` and `db`.
fn first_names(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut name) = (0, vec![], String::new());
    let mut complete = false;
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(std::mem::take(&mut name));
                complete = false;
            }
            c if depth == 0 && is_name(c) && !complete => name.push(c),
            _ => complete = !name.is_empty(),
        }
    }
    names.push(name);
    names.retain(|name| !name.is_empty());
    names
}

fn function_name(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    for word in ["pub(crate) ", "pub(super) ", "pub ", "const ", "async ", "extern \"C\" "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let rest = rest.strip_prefix("fn ")?;
    rest.split(['(', '<']).next()
}
