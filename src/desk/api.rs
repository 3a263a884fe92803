//! The pages of the counter over HTTP.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::actions;
use super::model::{Barcode, LateItem, SORTS, ScannedUnit, Today};
use crate::app::{App, AsStaff, Caller};
use crate::http::listing::Page;
use crate::http::{Id, ListSpec, Listing, PageParams, Reply};
use crate::kernel::{Result, SortColumn};

/// The list has no filters: it is what is late.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overdue {}

impl ListSpec for Overdue {
    const SORTS: &'static [SortColumn] = SORTS;
    const DEFAULT_SORT: &'static str = "due_at";
}

/// What there is to do today
///
/// The day is that of the organization's time zone. Each list has at most 200 rows; `counts` say how
/// many there are in all, and `GET /desk/overdue` and `GET /bookings` have the rest.
#[utoipa::path(
    get, path = "/desk/today", tag = "desk",
    responses((status = 200, description = "The day at the counter", body = Today))
)]
pub(crate) async fn get_today(State(app): State<App>, caller: Caller<AsStaff>) -> Result<Reply> {
    app.read(&caller, |tx| Reply::json(200, &actions::today(tx)?)).await
}

/// List what is late
///
/// Each unit that is out behind the end of its booking, the longest first, with the bookings that
/// count on it within `late_horizon_hours` and could not move to another unit.
#[utoipa::path(
    get, path = "/desk/overdue", tag = "desk",
    params(
        PageParams,
        ("sort" = Option<String>, Query, example = "-due_at",
            description = "By `due_at`; with - in front: what was due last comes first."),
    ),
    responses((status = 200, description = "A page of what is late", body = Page<LateItem>))
)]
pub(crate) async fn list_overdue(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    list: Listing<Overdue>,
) -> Result<Response> {
    let page = list.page.clone();
    let listed = app.read(&caller, move |tx| actions::overdue(tx, &page)).await?;
    list.reply(listed)
}

/// What a barcode stands for
///
/// Where the unit is, whose it is now and next, and which actions would succeed at this moment.
#[utoipa::path(
    get, path = "/desk/scan/{barcode}", tag = "desk",
    params(
        ("barcode" = String, Path, min_length = 1, max_length = 100, example = "CAM-0001",
            description = "What the scanner reads, percent-encoded"),
    ),
    responses((status = 200, description = "The unit and its place", body = ScannedUnit))
)]
pub(crate) async fn scan_unit(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Id(barcode): Id<Barcode>,
) -> Result<Reply> {
    app.read(&caller, move |tx| Reply::json(200, &actions::scan(tx, &barcode)?)).await
}
