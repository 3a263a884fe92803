//! What is said at the counter: what goes out, what comes back.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::ReturnCondition;
use crate::kernel::ItemId;
use crate::kernel::text::{line, opt, prose};

/// What is handed out.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{"barcode": "CAM-0001"}]}))]
pub struct HandOut {
    /// These items; left out: all that have not been fetched.
    #[garde(length(min = 1, max = 100), dive)]
    #[serde(default)]
    #[schema(min_items = 1, max_items = 100)]
    pub items: Option<Vec<HandOutItem>>,
}

/// Something that goes out, by its item or as it is scanned.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"barcode": "CAM-0001"}))]
pub struct HandOutItem {
    /// The item, with the unit that is reserved for it.
    #[garde(custom(one_of(&self.barcode)))]
    #[serde(default)]
    pub item_id: Option<ItemId>,
    /// The unit in hand: the reserved one, or another free one of the same resource, which then
    /// takes its place.
    #[garde(custom(opt(line(1, 100))))]
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, examples("CAM-0001"))]
    pub barcode: Option<String>,
}

/// What comes back.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{"barcode": "CAM-0001", "condition": "GOOD"}]}))]
pub struct TakeBack {
    /// These items; left out: all that are out, in the condition they went out in.
    #[garde(length(min = 1, max = 100), dive)]
    #[serde(default)]
    #[schema(min_items = 1, max_items = 100)]
    pub items: Option<Vec<TakeBackItem>>,
}

/// Something that comes back, by its item or as it is scanned.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"barcode": "CAM-0001", "condition": "DAMAGED", "withdraw": true}))]
pub struct TakeBackItem {
    /// The item.
    #[garde(custom(one_of(&self.barcode)))]
    #[serde(default)]
    pub item_id: Option<ItemId>,
    /// The unit in hand.
    #[garde(custom(opt(line(1, 100))))]
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, examples("CAM-0001"))]
    pub barcode: Option<String>,
    /// In which condition; left out: as it went out.
    #[garde(skip)]
    #[serde(default)]
    pub condition: Option<ReturnCondition>,
    /// What is said about it.
    #[garde(custom(opt(prose(2000))))]
    #[serde(default)]
    #[schema(max_length = 2000, examples("The lens cap is missing"))]
    pub note: Option<String>,
    /// Whether it leaves service at once: DAMAGED into maintenance. What is LOST always does.
    #[garde(custom(only_broken(self.condition)))]
    #[serde(default)]
    pub withdraw: Option<bool>,
}

fn one_of(barcode: &Option<String>) -> impl FnOnce(&Option<ItemId>, &()) -> garde::Result + '_ {
    move |item, ()| match (item, barcode) {
        (Some(_), None) | (None, Some(_)) => Ok(()),
        _ => Err(garde::Error::new("either item_id or barcode must be given")),
    }
}

fn only_broken(
    condition: Option<ReturnCondition>,
) -> impl FnOnce(&Option<bool>, &()) -> garde::Result {
    move |withdraw, ()| match (withdraw, condition) {
        (Some(true), Some(ReturnCondition::Damaged | ReturnCondition::Lost)) => Ok(()),
        (Some(true), _) => Err(garde::Error::new("needs the condition DAMAGED or LOST")),
        (Some(false), Some(ReturnCondition::Lost)) => {
            Err(garde::Error::new("must not be false: what is LOST leaves service"))
        }
        _ => Ok(()),
    }
}
