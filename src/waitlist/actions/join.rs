//! Joining: a request that waits, and its place in the queues.

use super::read::get;
use super::refresh::rank;
use crate::audit::{self, Change, EntityType};
use crate::booking::{self, Booking, NewBooking};
use crate::calendar;
use crate::db::{Tx, WriteTx};
use crate::kernel::{Code, Demand, EntryId, Error, Result, bug};
use crate::waitlist::model::{Entry, EntryItem, EntryStatus, Score};
use crate::waitlist::store;

/// Puts a request into the queue of each resource it asks for: all of it or nothing.
///
/// # Errors
/// As for a booking, and `available_now` where it could be booked at once.
pub fn join(tx: &WriteTx<'_>, new: &NewBooking) -> Result<Entry> {
    let request = booking::request(tx, new)?;
    // The minute of grace that a booking has would end before it could be served.
    if request.start_at <= tx.now() {
        let detail = "must lie in the future: what waits expires when its period begins";
        return Err(Error::invalid_field("/start_at", detail));
    }
    let entry = entry(tx, new, &request)?;
    require_taken(tx, &entry)?;
    store::insert(tx, &entry)?;
    rank(tx, &[entry.id])?;
    store::enter_queue(tx, entry.id)?;
    tx.wake_at(entry.start_at);
    audit::record(tx, &Change::create(EntityType::WaitlistEntry, entry.id, &entry.recorded()?)?)?;
    get(tx, entry.id)
}

fn entry(tx: &Tx<'_>, new: &NewBooking, request: &Booking) -> Result<Entry> {
    let lines: Vec<_> = new.items.iter().filter_map(booking::ItemRequest::line).collect();
    let resolved = calendar::resolve(tx, &lines)?;
    let item = |(line, asked): (&calendar::ResolvedLine, &booking::ItemRequest)| EntryItem {
        resource_id: line.resource_id,
        resource_unit_id: asked.resource_unit_id,
        quantity: asked.quantity.unwrap_or(1),
        position: None,
    };
    Ok(Entry {
        id: EntryId::new(),
        booking_id: request.id,
        requester_user_id: request.requester_user_id,
        items: resolved.iter().zip(&new.items).map(item).collect(),
        start_at: request.start_at,
        end_at: request.end_at,
        status: EntryStatus::Waiting,
        priority_score: 0.0,
        score: Score::default(),
        last_skip: None,
        offer: None,
        version: 1,
        created_at: tx.now(),
        offer_ran_out: false,
    })
}

/// Nobody waits for what is free.
fn require_taken(tx: &Tx<'_>, entry: &Entry) -> Result<()> {
    let lines = calendar::resolve(tx, &entry.lines())?;
    let demand = Demand {
        window: entry.window(),
        lines: entry.lines(),
        holder: entry.id.0,
        preferred: Vec::new(),
        excluded: Vec::new(),
    };
    let is_free = calendar::lacks(tx, &demand, &lines)?.is_empty();
    if is_free && !bug::seeded("free_thing_waited_for") {
        let detail = "All of this is free: book it, there is nothing to wait for.";
        return Err(Error::new(Code::AvailableNow, detail));
    }
    Ok(())
}
