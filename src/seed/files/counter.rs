//! `counter.toml`: loans that are told one by one, and which units are looked after.

use serde::Deserialize;

use crate::booking::ReturnCondition;
use crate::fines::{ImposedKind, PaymentMethod};

/// What happens at the counter. Days are counted from today.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::seed) struct CounterFile {
    pub(in crate::seed) loans: Vec<LoanFile>,
    pub(in crate::seed) maintenance: Vec<MaintenanceFile>,
}

/// A day and an hour.
pub(in crate::seed) type Hour = (i64, u32);

/// A booking and what happens to it at the counter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::seed) struct LoanFile {
    /// The full name.
    pub(in crate::seed) who: String,
    /// Their barcodes.
    pub(in crate::seed) units: Vec<String>,
    pub(in crate::seed) purpose: String,
    /// When it is asked for.
    pub(in crate::seed) made: Hour,
    /// Who approves it, an hour later, where that is needed.
    pub(in crate::seed) by: String,
    pub(in crate::seed) from: Hour,
    pub(in crate::seed) to: Hour,
    #[serde(default)]
    pub(in crate::seed) then: Vec<ServedFile>,
}

/// Something that is done at the counter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::seed) struct ServedFile {
    /// Day, hour and minute.
    pub(in crate::seed) at: (i64, u32, u32),
    pub(in crate::seed) by: String,
    pub(in crate::seed) does: Service,
}

/// What staff do for a booking at the counter.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::seed) enum Service {
    HandOut(Part),
    TakeBack(Back),
    Fine {
        kind: ImposedKind,
        cents: i64,
        note: String,
    },
    /// Take money for what is open because of the booking.
    Pay(Paid),
    /// Forgive what is open because of the booking.
    Waive(String),
}

/// Money that is taken.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::seed) struct Paid {
    /// At most so much, for the first fine; left out: all of them as a whole.
    pub(in crate::seed) cents: Option<i64>,
    pub(in crate::seed) method: PaymentMethod,
    pub(in crate::seed) reference: Option<String>,
}

/// How something comes back.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::seed) struct Back {
    #[serde(default)]
    pub(in crate::seed) part: Part,
    /// Of the first of the things; the others come back as they went out.
    pub(in crate::seed) condition: Option<ReturnCondition>,
    pub(in crate::seed) note: Option<String>,
}

/// How much of what a booking has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::seed) enum Part {
    #[default]
    All,
    First,
}

/// A period in which a unit is looked after.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::seed) struct MaintenanceFile {
    /// Its barcode.
    pub(in crate::seed) unit: String,
    /// Who plans it.
    pub(in crate::seed) by: String,
    pub(in crate::seed) note: String,
    pub(in crate::seed) planned: Hour,
    pub(in crate::seed) from: Hour,
    pub(in crate::seed) to: Hour,
    /// When it is taken away again.
    pub(in crate::seed) deleted: Option<Hour>,
}

/// A mishap that the desk charges for, in `notes.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::seed) struct Damage {
    pub(in crate::seed) note: String,
    pub(in crate::seed) cents: i64,
}
