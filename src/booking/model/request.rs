//! What can be asked of bookings.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::kernel::merge::sent;
use crate::kernel::{
    DemandLine, ResourceId, SortColumn, Timestamp, UnitId, UserId,
    text::{nullable, opt, prose},
};

/// A new booking.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "start_at": "2026-10-05T08:00:00Z",
    "end_at": "2026-10-06T16:00:00Z",
    "purpose": "Short film, second shooting day",
    "items": [{"resource_id": "019a2f64-5c00-7000-8000-000000000001", "quantity": 2}],
}))]
pub struct NewBooking {
    /// The first instant of the period; not in the past.
    #[garde(skip)]
    pub start_at: Timestamp,
    /// The first instant after the period.
    #[garde(custom(after(&self.start_at)))]
    pub end_at: Timestamp,
    /// What the equipment is for.
    #[garde(custom(prose(2000)))]
    #[schema(max_length = 2000, examples("Short film, second shooting day"))]
    pub purpose: String,
    /// What is wanted: all of it or nothing.
    #[garde(length(min = 1, max = 100), dive, custom(each_once))]
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<ItemRequest>,
    /// Whether to keep it as a draft, which holds nothing.
    #[garde(skip)]
    #[serde(default)]
    pub draft: Option<bool>,
    /// For whom it is: staff may book for another member.
    #[garde(skip)]
    #[serde(default)]
    pub requester_user_id: Option<UserId>,
}

/// Either a unit by name, or so many units of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"resource_id": "019a2f64-5c00-7000-8000-000000000001", "quantity": 2}))]
pub struct ItemRequest {
    /// Exactly this unit.
    #[garde(custom(one_of(&self.resource_id)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_unit_id: Option<UnitId>,
    /// Any units of this resource.
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<ResourceId>,
    /// How many of the resource; a named unit is always 1.
    #[garde(range(min = 1, max = 100), custom(single(&self.resource_unit_id)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100, examples(2))]
    pub quantity: Option<u32>,
}

impl ItemRequest {
    /// A unit by name.
    pub const fn unit(id: UnitId) -> Self {
        Self { resource_unit_id: Some(id), resource_id: None, quantity: None }
    }

    /// So many units of a resource.
    pub const fn any(id: ResourceId, quantity: u32) -> Self {
        Self { resource_unit_id: None, resource_id: Some(id), quantity: Some(quantity) }
    }

    /// As the calendar takes it; none when it names neither unit nor resource.
    pub fn line(&self) -> Option<DemandLine> {
        let any = |id| DemandLine::Any(id, self.quantity.unwrap_or(1));
        self.resource_unit_id.map(DemandLine::Unit).or_else(|| self.resource_id.map(any))
    }
}

/// A change of a booking, as a JSON merge patch. While it is out, only `end_at` may change.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"end_at": "2026-10-06T18:00:00Z", "purpose": "Short film, last day"}))]
pub struct BookingPatch {
    /// The first instant of the period.
    #[garde(skip)]
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "sent", skip_serializing_if = "Option::is_none")]
    pub start_at: Option<Timestamp>,
    /// The first instant after the period.
    #[garde(skip)]
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "sent", skip_serializing_if = "Option::is_none")]
    pub end_at: Option<Timestamp>,
    /// What the equipment is for.
    #[garde(custom(opt(prose(2000))))]
    #[schema(nullable = false, max_length = 2000)]
    #[serde(default, deserialize_with = "sent", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The whole list anew.
    #[garde(length(min = 1, max = 100), dive, custom(each_once_if))]
    #[schema(nullable = false, min_items = 1, max_items = 100)]
    #[serde(default, deserialize_with = "sent", skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<ItemRequest>>,
}

/// A decision about a booking.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What is said to the requester.
    #[garde(custom(nullable(prose(2000))))]
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<String>, max_length = 2000, examples("Enjoy"))]
    pub note: Option<Option<String>>,
}

/// Which bookings are listed. Students see their own only.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct BookingFilters {
    /// In one of these states, separated by commas.
    #[param(example = "PENDING,APPROVED")]
    pub status: Option<String>,
    /// For this person; somebody else than oneself needs staff.
    #[param(value_type = Option<String>, format = Uuid)]
    pub requester: Option<UserId>,
    /// With an item of this resource.
    #[param(value_type = Option<String>, format = Uuid)]
    pub resource_id: Option<ResourceId>,
    /// With this unit.
    #[param(value_type = Option<String>, format = Uuid)]
    pub resource_unit_id: Option<UnitId>,
    /// Overlapping the range that begins here; needs `to`.
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Overlapping the range that ends here; needs `from`, at most 366 days later.
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// Out and past its end, or not.
    pub overdue: Option<bool>,
    /// A unit may not be there in time, or not.
    pub at_risk: Option<bool>,
}

/// What bookings may be sorted by.
pub(crate) const SORTS: &[SortColumn] = &[
    SortColumn { name: "start_at", sql: "b.start_at" },
    SortColumn { name: "created_at", sql: "b.created_at" },
];

fn after(start: &Timestamp) -> impl FnOnce(&Timestamp, &()) -> garde::Result + '_ {
    move |end, ()| {
        if end > start { Ok(()) } else { Err(garde::Error::new("must lie after start_at")) }
    }
}

fn one_of<T>(other: &Option<T>) -> impl FnOnce(&Option<UnitId>, &()) -> garde::Result + '_ {
    move |unit, ()| match (unit, other) {
        (Some(_), None) | (None, Some(_)) => Ok(()),
        _ => Err(garde::Error::new("either resource_unit_id or resource_id must be given")),
    }
}

fn single(unit: &Option<UnitId>) -> impl FnOnce(&Option<u32>, &()) -> garde::Result + '_ {
    move |quantity, ()| match quantity {
        Some(quantity) if unit.is_some() && *quantity != 1 => {
            Err(garde::Error::new("must be 1 for a named unit"))
        }
        _ => Ok(()),
    }
}

fn each_once(items: &[ItemRequest], _: &()) -> garde::Result {
    let mut named: Vec<UnitId> = items.iter().filter_map(|item| item.resource_unit_id).collect();
    let asked = named.len();
    named.sort_unstable();
    named.dedup();
    if named.len() == asked { Ok(()) } else { Err(garde::Error::new("must not name a unit twice")) }
}

/// A list of items, when it was sent, names no unit twice.
pub fn each_once_if(items: &Option<Vec<ItemRequest>>, context: &()) -> garde::Result {
    items.as_ref().map_or(Ok(()), |items| each_once(items, context))
}
