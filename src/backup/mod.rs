//! Backups: made while a server runs, by a command or by the server itself, and put back in the
//! place of a database.
//!
//! Invariants: a backup is one plain file that was verified before it got its name; none is written
//! over unless that is asked for; of those in a folder the oldest go, and nothing else does. A
//! database that is replaced is kept. Whoever was signed in when a backup was made is not, once it
//! is restored. No secret of the server is in a backup.

mod keep;
mod make;
mod restore;
mod schedule;
mod target;

pub use make::{Made, Watching, make};
pub use restore::{Order, Restored, restore};
pub use schedule::{Running, Schedule};
pub use target::Target;
