//! Use cases of the counter: each page from one snapshot.

mod labelled;
mod overdue;
mod scan;
mod today;

pub use overdue::overdue;
pub use scan::scan;
pub use today::today;
