//! Use cases of the waitlist: what its people do, what the desk decides, and what happens by the
//! clock and by what others free.

mod anonymise;
mod answer;
mod change;
mod decide;
mod due;
mod hold;
mod join;
mod read;
mod refresh;
mod serve;
mod turn;
mod verify;

pub use anonymise::pass_on;
pub use answer::{accept, cancel, decline};
pub use decide::{approve, expire, offer, propose, reject};
pub use due::{expire_due, next_due};
pub use join::join;
pub use read::{get, list, list_own};
pub use turn::{take_full_turn, take_turn};
pub use verify::verify;
