//! Paging by key: a page is the rows behind a position, never an offset.

use serde::{Deserialize, Serialize};

/// A column that a list may be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortColumn {
    /// Its name in the API.
    pub name: &'static str,
    /// The expression in SQL; never null.
    pub sql: &'static str,
}

/// A column and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey {
    /// What to sort by.
    pub column: SortColumn,
    /// Largest first.
    pub descending: bool,
}

/// A value of a sort column, as a cursor carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SortValue {
    /// A number or an instant.
    Integer(i64),
    /// A text or an id.
    Text(String),
}

/// Which page of a list is wanted.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// How many rows, 1 to 200.
    pub limit: u32,
    /// The order; ties are settled by id, in the direction of the last key.
    pub sort: Vec<SortKey>,
    /// The position behind which the page begins: a value for each key and the id.
    pub after: Option<Vec<SortValue>>,
}

/// The rows of a page, and the position of its last one when more follow.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins.
    pub next: Option<Vec<SortValue>>,
}

impl<T> Listed<T> {
    /// The same page with each row turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Listed<U> {
        Listed { rows: self.rows.into_iter().map(turn).collect(), next: self.next }
    }
}
