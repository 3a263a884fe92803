//! The long proofs, against the binary as a process: `cargo test --release --test proofs`.
//! They are no part of `cargo test`, which stays short. `PRET_BINARY` names a binary that is there.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a proof that can't go on fails, and says where"
)]
#![allow(dead_code, unused_imports, reason = "support serves the shorter tests too")]
#![allow(missing_docs, unreachable_pub, reason = "nobody but these proofs calls them")]

mod backup;
mod bookers;
mod counter;
mod desk;
mod expiry;
mod fsync;
mod handover;
mod kill;
mod line;
mod members;
mod migration;
mod moving;
mod queue;
mod race;
mod siege;
#[path = "../it/support/mod.rs"]
mod support;
mod term;
mod tidy;
mod waiting;
