//! The file: a header, one line for each row, and a trailer that shows whether it is whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::audit::Head;
use crate::kernel::text::line;
use crate::kernel::{Code, Error, OrgId, Result, Timestamp, bug};

/// The only format there is so far.
pub(super) const FORMAT: u32 = 1;
/// No line of ours comes near: longer ones are not read into memory.
const LONGEST_LINE: u64 = 16 << 20;

/// What the file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The form of this file.
    pub format: u32,
    /// The newest migration of the database it came from.
    pub schema_version: i64,
    /// The version of the program that wrote it.
    pub pret_version: String,
    /// Whose rows these are.
    pub org_id: OrgId,
    /// What the organization is called.
    pub org_name: String,
    /// The end of its audit trail.
    pub audit_head: Head,
    /// Whether the hashes of passwords are in it.
    pub with_passwords: bool,
    /// When it was written.
    pub exported_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderLine {
    header: Header,
}

/// A row of a table.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowLine {
    pub(super) table: String,
    pub(super) row: Map<String, Value>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrailerLine {
    trailer: Trailer,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trailer {
    /// How many rows of each table stand above.
    rows: BTreeMap<String, u64>,
    /// Over all lines above, with their ends.
    sha256: String,
}

/// What was counted and hashed on the way.
#[derive(Default)]
struct Tally {
    rows: BTreeMap<String, u64>,
    hash: Sha256,
}

impl Tally {
    fn count(&mut self, table: &str) {
        match self.rows.get_mut(table) {
            Some(rows) => *rows += 1,
            None => drop(self.rows.insert(table.to_owned(), 1)),
        }
    }

    fn trailer(self) -> Trailer {
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Trailer { rows: self.rows, sha256 }
    }
}

/// Writes such a file, line by line.
pub(super) struct Writer<W> {
    to: W,
    tally: Tally,
}

impl<W: Write> Writer<W> {
    pub(super) fn begin(to: W, header: Header) -> Result<Self> {
        let mut writer = Self { to, tally: Tally::default() };
        writer.line(&HeaderLine { header }).map(|()| writer)
    }

    pub(super) fn row(&mut self, table: &str, row: Map<String, Value>) -> Result<()> {
        self.tally.count(table);
        self.line(&RowLine { table: table.to_owned(), row })
    }

    /// Ends the file; answers how many rows stand in it.
    pub(super) fn end(mut self) -> Result<u64> {
        let trailer = std::mem::take(&mut self.tally).trailer();
        let rows = trailer.rows.values().sum();
        self.line(&TrailerLine { trailer })?;
        self.to.flush().map_err(Error::internal)?;
        Ok(rows)
    }

    fn line(&mut self, line: &impl Serialize) -> Result<()> {
        let mut text = serde_json::to_vec(line).map_err(Error::internal)?;
        text.push(b'\n');
        self.tally.hash.update(&text);
        self.to.write_all(&text).map_err(Error::internal)
    }
}

/// Reads such a file, line by line, and refuses it at the first one that does not belong there.
pub(super) struct Reader {
    path: PathBuf,
    lines: BufReader<File>,
    number: u64,
    tally: Tally,
    buffer: Vec<u8>,
    /// The first line.
    pub(super) header: Header,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let failed = |error: std::io::Error| refused(format!("{}: {error}.", path.display()));
        let mut lines = BufReader::new(File::open(path).map_err(failed)?);
        let mut buffer = Vec::new();
        let _ = lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut buffer).map_err(failed)?;
        let HeaderLine { header } = serde_json::from_slice(&buffer).map_err(|error| {
            refused(format!("{} is no file of `pret org export`: {error}.", path.display()))
        })?;
        // Both are shown to whoever imports, on a terminal.
        if [&header.org_name, &header.pret_version]
            .iter()
            .any(|text| line(1, 200)(text, &()).is_err())
        {
            return Err(refused(format!("{}: the header is none of ours.", path.display())));
        }
        let mut tally = Tally::default();
        tally.hash.update(&buffer);
        Ok(Self { path: path.to_owned(), lines, number: 1, tally, buffer, header })
    }

    /// The next row; none: the file has ended, and it was whole.
    pub(super) fn next_row(&mut self) -> Result<Option<RowLine>> {
        if !self.next_line()? {
            return Err(self.refuse("the file ends without its last line: it was cut off"));
        }
        if self.buffer.starts_with(b"{\"trailer\"") {
            return self.finish().map(|()| None);
        }
        self.tally.hash.update(&self.buffer);
        let line: RowLine = serde_json::from_slice(&self.buffer)
            .map_err(|error| self.refuse(&format!("this can't be read: {error}")))?;
        self.tally.count(&line.table);
        Ok(Some(line))
    }

    fn next_line(&mut self) -> Result<bool> {
        self.buffer.clear();
        self.number += 1;
        let mut line = self.lines.by_ref().take(LONGEST_LINE);
        let read = line.read_until(b'\n', &mut self.buffer);
        read.map(|bytes| bytes > 0).map_err(|error| self.refuse(&error.to_string()))
    }

    fn finish(&mut self) -> Result<()> {
        let TrailerLine { trailer } = serde_json::from_slice(&self.buffer)
            .map_err(|error| self.refuse(&format!("the last line can't be read: {error}")))?;
        let counted = std::mem::take(&mut self.tally).trailer();
        if bug::seeded("trailer_not_checked") {
            return Ok(());
        }
        if trailer.rows != counted.rows {
            return Err(self.refuse("rows are missing or were added: the file was altered"));
        }
        if trailer.sha256 != counted.sha256 {
            return Err(self.refuse("the file is not as it was written: its hash differs"));
        }
        if self.next_line()? {
            return Err(self.refuse("something stands behind the last line"));
        }
        Ok(())
    }

    /// A refusal that names file and line.
    pub(super) fn refuse(&self, why: &str) -> Error {
        refused(format!("{}, line {}: {why}.", self.path.display(), self.number))
    }
}

/// A refusal in words for the person. What it quotes of the file must not steer the terminal.
pub(super) fn refused(detail: impl AsRef<str>) -> Error {
    let plain: String =
        detail.as_ref().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    Error::new(Code::ValidationFailed, plain)
}
