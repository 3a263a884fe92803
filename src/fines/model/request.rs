//! What can be asked of fines.

use garde::Validate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{ImposedKind, MOST};
use crate::kernel::money::between;
use crate::kernel::text::{opt, prose, words};
use crate::kernel::{BookingId, Cents, SortColumn, UserId};

/// A fine that staff impose.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "user_id": "019a2f64-5c00-7000-8000-000000000001",
    "kind": "DAMAGE", "amount_cents": 1500, "note": "The lens is scratched",
}))]
pub struct NewFine {
    /// Who is to pay it: a member, or somebody who was one.
    #[garde(skip)]
    pub user_id: UserId,
    /// The booking that is the reason: one of that person.
    #[garde(skip)]
    #[serde(default)]
    pub booking_id: Option<BookingId>,
    /// What it is for.
    #[garde(skip)]
    pub kind: ImposedKind,
    /// How much it is, in cents.
    #[garde(custom(between(1, MOST)))]
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000, examples(1500))]
    pub amount_cents: Cents,
    /// Why.
    #[garde(custom(opt(prose(2000))))]
    #[serde(default)]
    #[schema(max_length = 2000, examples("The lens is scratched"))]
    pub note: Option<String>,
}

/// Forgiving what is left of a fine.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Why; it takes the place of the fine's note.
    #[garde(custom(words(2000)))]
    #[schema(min_length = 1, max_length = 2000, examples("It was broken before"))]
    pub note: String,
}

/// Which fines are listed. Students see their own only.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct FineFilters {
    /// Of this person; somebody else than oneself needs staff.
    #[param(value_type = Option<String>, format = Uuid)]
    pub user: Option<UserId>,
    /// In one of these states, separated by commas.
    #[param(example = "OPEN,PAID")]
    pub status: Option<String>,
    /// For this booking.
    #[param(value_type = Option<String>, format = Uuid)]
    pub booking_id: Option<BookingId>,
}

/// Which of one's own fines are listed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct OwnFineFilters {
    /// In one of these states, separated by commas.
    #[param(example = "OPEN,PAID")]
    pub status: Option<String>,
}

/// What fines may be sorted by.
pub(crate) const SORTS: &[SortColumn] = &[
    SortColumn { name: "created_at", sql: "f.created_at" },
    SortColumn { name: "amount_cents", sql: "f.amount_cents" },
];
