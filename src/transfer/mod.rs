//! An organization moves to another server: all of it goes into a file of JSON lines, and comes out
//! of it in another database as it was, with its ids, times, versions and audit trail.
//!
//! No slice, and the one place beside the slices that writes their tables. What moves are rows as
//! they stand, not decisions: nothing is made, changed or judged by a rule of the desk, so there is
//! no use case of a slice to call. What keeps a slice's tables sound holds all the same: constraints
//! and triggers stay on, what is derived is made by its slice, and before COMMIT every slice
//! verifies the organization that came in.
//!
//! Invariants: a file that was cut off or altered is refused; all of it comes in or nothing does;
//! no row of another organization and no account that is there already is touched.

mod export;
mod file;
mod import;
mod rules;
mod survey;
mod tables;

pub use export::{Export, Exported, export};
pub use file::Header;
pub use import::{Imported, import};
pub use survey::{Accounts, Survey, survey};
pub use tables::{LEFT_BEHIND, TABLES};

/// Told how many rows are done.
pub type Progress = std::sync::Arc<dyn Fn(u64) + Send + Sync>;
