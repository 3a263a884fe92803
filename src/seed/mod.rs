//! The demo data: three organizations with people, things, two months of bookings around today, a
//! desk that has handed out and taken back, and people who wait; made through the same actions as
//! the API, with a clock in the past that does what is due on time.
//!
//! What is in it stands in `seeds/` as readable files, which are part of the binary. On the same
//! day it is always the same. It is made whole or not at all, and never beside organizations of
//! somebody's own.

mod days;
mod files;
mod fortune;
mod opening;
mod passwords;
mod plan;
mod play;
mod run;
mod summary;

pub use passwords::PASSWORD;
pub use run::{Progress, SeedOptions, public_accounts, run};
pub use summary::{DemoOrganization, SignIn, Summary};
