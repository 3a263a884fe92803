//! The integration tests: one binary, a module for each noun, over real HTTP and a real file.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on fails, and says where"
)]
#![allow(dead_code, reason = "support serves every module, also those that are still to come")]
#![allow(missing_docs, unreachable_pub, reason = "nobody but these tests calls them")]

mod accounts;
mod architecture;
mod audit;
mod backup;
mod booking;
mod calendar;
mod cli;
mod contract;
mod counter;
mod desk;
mod doctor;
mod edge;
mod fines;
mod health;
mod identity;
mod import;
mod inventory;
mod keys;
mod limits;
mod log;
mod metrics;
mod notification;
mod privacy;
mod seed;
mod serve;
mod shells;
mod storage;
mod support;
mod transfer;
mod verify;
mod waitlist;
mod week;
