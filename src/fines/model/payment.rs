//! Payments of fines, and what can be asked of them.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::MOST;
use crate::kernel::money::between;
use crate::kernel::names::names;
use crate::kernel::text::{line, opt};
use crate::kernel::{Cents, FineId, PaymentId, SortColumn, Timestamp, UserId};

names! {
    /// How money came in.
    PaymentMethod {
        /// In cash.
        Cash = "CASH",
        /// By card.
        Card = "CARD",
        /// Through a bank.
        Transfer = "TRANSFER",
        /// In another way; the reference may say which.
        Other = "OTHER",
    }
}

/// Money that was taken for a fine. It neither changes nor goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The fine it was for.
    pub fine_id: FineId,
    /// How much it was, in cents.
    #[schema(value_type = i64, minimum = 1, examples(500))]
    pub amount_cents: Cents,
    /// How it came in.
    pub method: PaymentMethod,
    /// What the receipt or the bank calls it.
    #[schema(required, max_length = 200, examples("R-2026-0042"))]
    pub reference: Option<String>,
    /// Who took it.
    pub recorded_by: UserId,
    /// When it was recorded.
    pub created_at: Timestamp,
}

/// Money that is taken for a fine: all that is open of it, or a part.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// The fine it is for.
    #[garde(skip)]
    pub fine_id: FineId,
    /// How much it is, in cents; not more than is open.
    #[garde(custom(between(1, MOST)))]
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000, examples(500))]
    pub amount_cents: Cents,
    /// How it came in.
    #[garde(skip)]
    pub method: PaymentMethod,
    /// What the receipt or the bank calls it.
    #[garde(custom(opt(line(1, 200))))]
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, examples("R-2026-0042"))]
    pub reference: Option<String>,
}

/// Which payments are listed. Students see those of their own fines only.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct PaymentFilters {
    /// Of this fine.
    #[param(value_type = Option<String>, format = Uuid)]
    pub fine_id: Option<FineId>,
    /// Of the fines of this person; somebody else than oneself needs staff.
    #[param(value_type = Option<String>, format = Uuid)]
    pub user: Option<UserId>,
}

/// What payments may be sorted by.
pub(crate) const PAYMENT_SORTS: &[SortColumn] =
    &[SortColumn { name: "created_at", sql: "p.created_at" }];
