//! Pure decisions of the waitlist: what may happen in which state, and what an entry is served.

mod fitting;
mod scoring;
mod transitions;

pub(super) use fitting::{chosen_lines, skip_reason};
pub(super) use scoring::{Parts, YEAR, score};
pub(super) use transitions::{Event, request_status, require_next};
