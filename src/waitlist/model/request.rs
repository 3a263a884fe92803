//! What can be asked of the waitlist.

use garde::Validate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::booking::{ItemRequest, NewBooking};
use crate::kernel::text::{opt, prose};
use crate::kernel::{ResourceId, SortColumn, Timestamp, UnitId, UserId};

/// A request that waits: the body of `POST /bookings`, which can be no draft here.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct NewEntry(pub(crate) NewBooking);

impl Validate for NewEntry {
    type Context = ();

    fn validate_into(
        &self,
        context: &(),
        parent: &mut dyn FnMut() -> garde::Path,
        report: &mut garde::Report,
    ) {
        self.0.validate_into(context, parent, report);
        if self.0.draft == Some(true) {
            let fault = garde::Error::new("must not be true: a draft can't wait");
            report.append(parent().join("draft"), fault);
        }
    }
}

/// What is offered, when staff choose the units.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"note": "It came back early"}))]
pub struct NewOffer {
    /// Units to be among those offered; the others are chosen. Left out: all are chosen.
    #[garde(length(min = 1, max = 100), custom(each_once))]
    #[schema(min_items = 1, max_items = 100)]
    pub resource_unit_ids: Option<Vec<UnitId>>,
    /// What is said with it.
    #[garde(custom(opt(prose(2000))))]
    #[schema(max_length = 2000, examples("It came back early"))]
    pub note: Option<String>,
}

/// Something else than what was asked for; what is left out stays as it was asked.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({
    "start_at": "2026-10-07T08:00:00Z", "end_at": "2026-10-08T16:00:00Z", "note": "A day later?",
}))]
pub struct NewProposal {
    /// The whole list of what is proposed.
    #[garde(length(min = 1, max = 100), dive, custom(crate::booking::each_once_if))]
    #[schema(min_items = 1, max_items = 100)]
    pub items: Option<Vec<ItemRequest>>,
    /// The first instant of the period; not in the past.
    #[garde(custom(something(&self.items, &self.end_at)))]
    pub start_at: Option<Timestamp>,
    /// The first instant after the period.
    #[garde(custom(after(&self.start_at)))]
    pub end_at: Option<Timestamp>,
    /// What is said with it.
    #[garde(custom(opt(prose(2000))))]
    #[schema(max_length = 2000, examples("A day later?"))]
    pub note: Option<String>,
}

/// Which entries are listed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct EntryFilters {
    /// In one of these states, separated by commas.
    #[param(example = "WAITING,OFFERED")]
    pub status: Option<String>,
    /// That asked for this resource.
    #[param(value_type = Option<String>, format = Uuid)]
    pub resource_id: Option<ResourceId>,
    /// Of this person.
    #[param(value_type = Option<String>, format = Uuid)]
    pub requester: Option<UserId>,
}

/// Which of one's own entries are listed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct OwnEntryFilters {
    /// In one of these states, separated by commas.
    #[param(example = "WAITING,OFFERED")]
    pub status: Option<String>,
}

/// What entries may be sorted by.
pub(crate) const SORTS: &[SortColumn] = &[
    SortColumn { name: "rank", sql: "e.rank" },
    SortColumn { name: "created_at", sql: "e.created_at" },
];

fn each_once(units: &Option<Vec<UnitId>>, _: &()) -> garde::Result {
    let mut units = units.clone().unwrap_or_default();
    let asked = units.len();
    units.sort_unstable();
    units.dedup();
    if units.len() == asked { Ok(()) } else { Err(garde::Error::new("must not name a unit twice")) }
}

fn something<'a>(
    items: &'a Option<Vec<ItemRequest>>,
    end: &'a Option<Timestamp>,
) -> impl FnOnce(&Option<Timestamp>, &()) -> garde::Result + 'a {
    move |start, ()| {
        if items.is_some() || end.is_some() || start.is_some() {
            return Ok(());
        }
        Err(garde::Error::new("one of items, start_at and end_at must be given"))
    }
}

fn after(start: &Option<Timestamp>) -> impl FnOnce(&Option<Timestamp>, &()) -> garde::Result + '_ {
    move |end, ()| match (start, end) {
        (Some(start), Some(end)) if end <= start => {
            Err(garde::Error::new("must lie after start_at"))
        }
        _ => Ok(()),
    }
}
