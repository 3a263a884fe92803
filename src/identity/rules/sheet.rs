//! Spreadsheets as text (CSV): read so that each row bears the number that the person sees, and
//! written so that no spreadsheet runs what stands in a cell.

use std::borrow::Cow;

use csv::{QuoteStyle, ReaderBuilder, StringRecord, WriterBuilder};

use crate::kernel::{Error, Result, bug};

/// What may stand between two cells of the header.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];
/// What a header or cell in another encoding is answered.
pub(super) const NOT_UTF8: &str = "is no UTF-8: save the sheet as \"CSV UTF-8\"";
/// What a cell begins with that spreadsheets take for a formula, some in their wide forms too, or
/// cut off to see whether one follows.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A row below the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row<const N: usize> {
    /// As a spreadsheet numbers it: the header is 1.
    pub(super) number: usize,
    /// In the order of the wanted columns, as they stand there.
    pub(super) cells: [String; N],
}

/// What is wrong with a row or a cell, in words.
pub(super) fn fault(row: usize, column: Option<&str>, what: &str) -> String {
    match column {
        Some(column) => format!("row {row}, {column}: {what}"),
        None => format!("row {row}: {what}"),
    }
}

/// Whether a spreadsheet might run the cell.
pub(super) fn is_formula(cell: &str) -> bool {
    let begins = |text: &str| text.starts_with(FORMULA);
    (begins(cell) || begins(cell.trim())) && !bug::seeded("formula_passed_on")
}

/// Whether the cell was written in another encoding: whoever read it put a mark in the place of what
/// is no UTF-8, or left the zeros of UTF-16 in.
pub(super) fn is_foreign(cell: &str) -> bool {
    cell.contains([char::REPLACEMENT_CHARACTER, '\0']) && !bug::seeded("encoding_guessed")
}

/// Reads a sheet whose header names exactly these columns, in any order. Rows in which nothing
/// stands are left out.
///
/// # Errors
/// Everything that is wrong with the header, or all rows that have not as many cells as it has.
pub(super) fn read<const N: usize>(
    text: &str,
    columns: &[&str; N],
) -> Result<Vec<Row<N>>, Vec<String>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut records = records(&text, separator(&text)).into_iter();
    let Some((number, header)) = records.next() else {
        return Err(vec![fault(1, None, &format!("must name the columns {}", columns.join(", ")))]);
    };
    let places = places(number, &header, columns)?;
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for (number, record) in records.filter(|(_, record)| !is_empty(record)) {
        if record.len() == header.len() {
            let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
            rows.push(Row { number, cells: places.map(cell) });
        } else {
            let what = format!("has {} cells, the header has {}", record.len(), header.len());
            faults.push(fault(number, None, &what));
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// Writes a sheet. Every cell is quoted, and one that a spreadsheet might run gets an apostrophe in
/// front, behind which it is text.
///
/// # Errors
/// When memory is short.
pub fn write_sheet<const N: usize>(rows: impl IntoIterator<Item = [String; N]>) -> Result<String> {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Always).from_writer(Vec::new());
    for row in rows {
        writer
            .write_record(row.iter().map(|cell| defused(cell).into_owned()))
            .map_err(Error::internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::internal(error.to_string()))?;
    String::from_utf8(bytes).map_err(Error::internal)
}

fn defused(cell: &str) -> Cow<'_, str> {
    if is_formula(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// The separator that parts the first row into most cells.
fn separator(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.is_empty()).unwrap_or_default();
    let cells = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    let mut best = b',';
    for candidate in SEPARATORS {
        if cells(&candidate) > cells(&best) {
            best = candidate;
        }
    }
    best
}

/// All records with their numbers. A line in which nothing stands is a row of its own, a line break
/// inside quotes is none.
fn records(text: &str, separator: u8) -> Vec<(usize, StringRecord)> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let (mut found, mut number, mut record) = (Vec::new(), 0, StringRecord::new());
    loop {
        let begin = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        // The text is UTF-8 and rows may be of any length: nothing is left that could fail.
        if !reader.read_record(&mut record).unwrap_or(false) {
            return found;
        }
        let rest = text.get(begin..).unwrap_or_default();
        number += 1 + rest.bytes().take_while(|byte| *byte == b'\n').count();
        if bug::seeded("rows_counted_without_gaps") {
            number = found.len() + 1;
        }
        found.push((number, record.clone()));
    }
}

fn is_empty(record: &StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}

/// Where each column stands.
fn places<const N: usize>(
    number: usize,
    header: &StringRecord,
    columns: &[&str; N],
) -> Result<[usize; N], Vec<String>> {
    let names: Vec<&str> = header.iter().map(str::trim).collect();
    if names.iter().any(|name| is_foreign(name)) {
        return Err(vec![fault(number, None, NOT_UTF8)]);
    }
    let (allowed, mut faults) = (columns.join(", "), Vec::new());
    for (at, name) in names.iter().enumerate() {
        let shown: String = name.chars().take(40).collect();
        if !columns.contains(name) {
            faults.push(format!("\"{shown}\" is no column; allowed are {allowed}"));
        } else if names.iter().take(at).any(|earlier| earlier == name) {
            faults.push(format!("the column {shown} stands there twice"));
        }
    }
    for column in columns.iter().filter(|column| !names.contains(column)) {
        faults.push(format!(
            "the column {column} is missing; wanted are {allowed}, \
             with a comma, a semicolon or a tab between them"
        ));
    }
    if faults.is_empty() {
        let place = |column: &str| names.iter().position(|name| *name == column);
        return Ok(columns.map(|column| place(column).unwrap_or_default()));
    }
    Err(faults.iter().map(|what| fault(number, None, what)).collect())
}

#[cfg(test)]
mod tests;
