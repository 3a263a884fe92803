//! The demo data: three organizations with people, things and two months of bookings around today
//! and people who wait, made through the same actions as the API, with a clock in the past.
//!
//! What is in it stands in `seeds/` as readable files, which are part of the binary. On the same
//! day it is always the same. It is made whole or not at all, and never beside organizations of
//! somebody's own.

mod bookings;
mod days;
mod entries;
mod files;
mod fortune;
mod opening;
mod passwords;
mod plan;
mod play;
mod queues;
mod run;
mod summary;

pub use passwords::PASSWORD;
pub use run::{Progress, SeedOptions, public_accounts, run};
pub use summary::{DemoOrganization, SignIn, Summary};
