//! What staff do at the counter.

use super::super::files::counter::{Back, Paid, Part, Service};
use crate::booking::{
    self, Booking, BookingItem, HandOut, HandOutItem, ReturnCondition, Status, TakeBack,
    TakeBackItem,
};
use crate::db::{Tx, WriteTx};
use crate::fines::{self, Fine, FineFilters, FineStatus, NewFine, NewPayment, Waiver};
use crate::kernel::{BookingId, Cents, PageRequest, Precondition, Result};

/// Serves a booking. What it is not in the state for does not happen: what was not granted is not
/// handed out, what is not out does not come back, and nobody pays what is not owed.
pub(super) fn serve(tx: &WriteTx<'_>, id: BookingId, service: &Service) -> Result<()> {
    let booking = booking::get(tx, id)?;
    let was_out = booking.items.iter().any(|item| item.checked_out_at.is_some());
    match service {
        Service::HandOut(part) if booking.status == Status::Approved => {
            hand_out(tx, &booking, *part)
        }
        Service::TakeBack(back) if booking.status == Status::CheckedOut => {
            take_back(tx, &booking, back)
        }
        Service::Fine { kind, cents, note } if was_out => {
            let new = NewFine {
                user_id: booking.requester_user_id,
                booking_id: Some(id),
                kind: *kind,
                amount_cents: Cents::new(*cents),
                note: Some(note.clone()),
            };
            fines::create(tx, &new).map(drop)
        }
        Service::Pay(paid) => pay(tx, id, paid),
        Service::Waive(note) => {
            for fine in owed(tx, id)? {
                let waiver = Waiver { note: note.clone() };
                fines::waive(tx, fine.id, &waiver, &Precondition::none())?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn hand_out(tx: &WriteTx<'_>, booking: &Booking, part: Part) -> Result<()> {
    let first = booking.items.iter().filter(|item| item.is_reserved()).take(1);
    let first = first.map(|item| HandOutItem { item_id: Some(item.id), barcode: None });
    let items = (part == Part::First).then(|| first.collect());
    booking::check_out(tx, booking.id, &HandOut { items }, &Precondition::none()).map(drop)
}

/// What is said is said of the first thing; the others come back as they went out. What is damaged
/// leaves service.
fn take_back(tx: &WriteTx<'_>, booking: &Booking, back: &Back) -> Result<()> {
    let out = booking.items.iter().filter(|item| item.is_out());
    let out = out.take(if back.part == Part::First { 1 } else { usize::MAX });
    let said = |(place, item): (usize, &BookingItem)| {
        let condition = back.condition.filter(|_| place == 0);
        TakeBackItem {
            item_id: Some(item.id),
            barcode: None,
            condition,
            note: back.note.clone().filter(|_| place == 0),
            withdraw: (condition == Some(ReturnCondition::Damaged)).then_some(true),
        }
    };
    let items = Some(out.enumerate().map(said).collect());
    booking::take_back(tx, booking.id, &TakeBack { items }, &Precondition::none()).map(drop)
}

/// Takes money for all that is owed, or a part for the first of it.
fn pay(tx: &WriteTx<'_>, id: BookingId, paid: &Paid) -> Result<()> {
    let most = paid.cents.map(Cents::new);
    let fines = owed(tx, id)?.into_iter().take(if most.is_some() { 1 } else { usize::MAX });
    for fine in fines {
        let open = fine.amount_cents.minus(fine.paid_cents)?;
        let payment = NewPayment {
            fine_id: fine.id,
            amount_cents: most.map_or(open, |most| most.min(open)),
            method: paid.method,
            reference: paid.reference.clone(),
        };
        fines::pay(tx, &payment)?;
    }
    Ok(())
}

/// The open fines because of a booking, the oldest first.
fn owed(tx: &Tx<'_>, id: BookingId) -> Result<Vec<Fine>> {
    let filters = FineFilters { booking_id: Some(id), ..FineFilters::default() };
    let page = PageRequest { limit: 200, sort: Vec::new(), after: None };
    Ok(fines::list(tx, &filters, &[FineStatus::Open], &page)?.rows)
}
