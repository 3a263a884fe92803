//! The nouns of fines, and what can be asked about them.

mod fine;
mod payment;
mod request;

pub use fine::{Fine, FineKind, FineStatus, ImposedKind, LateReturn};
pub use payment::{NewPayment, Payment, PaymentFilters, PaymentMethod};
pub use request::{FineFilters, NewFine, OwnFineFilters, Waiver};

pub(crate) use payment::PAYMENT_SORTS;
pub(crate) use request::SORTS;

/// The most that is imposed or paid at once, in cents.
pub(crate) const MOST: i64 = 1_000_000_000;
