//! What people do in the waitlist.

use super::super::plan::Act;
use super::bookings::decision;
use super::{Made, no_such};
use crate::booking::NewBooking;
use crate::db::WriteTx;
use crate::kernel::{EntryId, Precondition, Result};
use crate::waitlist::{self, NewProposal};

/// Begins to wait.
pub(super) fn join(tx: &WriteTx<'_>, new: &NewBooking) -> Result<Made> {
    Ok(Made::Entry(waitlist::join(tx, new)?.id))
}

/// Does something to an entry.
pub(super) fn act(tx: &WriteTx<'_>, id: EntryId, act: &Act) -> Result<()> {
    let any = Precondition::none();
    match act {
        Act::Propose(window, note) => {
            let proposal = NewProposal {
                items: None,
                start_at: Some(window.start),
                end_at: Some(window.end),
                note: Some(note.clone()),
            };
            waitlist::propose(tx, id, &proposal, &any)?
        }
        Act::Accept => waitlist::accept(tx, id, &any)?,
        Act::Decline => waitlist::decline(tx, id, &any)?,
        Act::Approve(note) => waitlist::approve(tx, id, &decision(note), &any)?,
        Act::Reject(note) => waitlist::reject(tx, id, &decision(note), &any)?,
        Act::Cancel(note) => waitlist::cancel(tx, id, &decision(note), &any)?,
        _ => return Err(no_such()),
    };
    Ok(())
}
