//! Computing anew what is stored: scores, places, holds, and that nothing free is waited for.

use std::collections::HashMap;

use super::read::find;
use super::serve::could_be_served;
use crate::db::Tx;
use crate::identity;
use crate::kernel::{EntryId, Result};
use crate::waitlist::store::{self, Alive, Ranked};

/// Where the waitlist of the organization is not what it should be: nowhere. What is due by the
/// clock and not yet ended is no fault: the next write ends it.
///
/// # Errors
/// When the database can't be read.
pub fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let current: Vec<Alive> = store::alive(tx)?.into_iter().filter(|entry| !entry.is_due).collect();
    let mut faults = wrong_scores(tx, &current)?;
    let said = |what: &'static str| move |id: String| format!("entry {id} {what}");
    let place = store::out_of_place(tx)?.into_iter().map(|id| id.to_string());
    faults.extend(place.map(said("does not stand in the queues where its score puts it")));
    let holds = store::claims_without_offer(tx)?;
    faults.extend(holds.into_iter().map(said("and what is held for it do not agree")));
    let stray = store::stray_requests(tx)?;
    faults.extend(stray.into_iter().map(|id| format!("request {id} and its entry do not agree")));
    if identity::policy(tx)?.auto_offer {
        for entry in current.iter().filter(|entry| entry.waits) {
            if could_be_served(tx, &find(tx, entry.id)?)? {
                faults.push(format!("entry {} waits for what is free", entry.id));
            }
        }
    }
    Ok(faults)
}

fn wrong_scores(tx: &Tx<'_>, current: &[Alive]) -> Result<Vec<String>> {
    let ids: Vec<EntryId> = current.iter().map(|entry| entry.id).collect();
    let ranked = store::ranking(tx, &identity::policy(tx)?, &ids, false)?;
    let ranked: HashMap<EntryId, Ranked> =
        ranked.into_iter().map(|ranked| (ranked.entry_id, ranked)).collect();
    let differs = |entry: &&Alive| {
        ranked.get(&entry.id).is_none_or(|true_| {
            (true_.priority_score, true_.parts) != (entry.priority_score, entry.parts)
        })
    };
    let wrong = current.iter().filter(differs);
    Ok(wrong.map(|entry| format!("entry {} has not the score it should have", entry.id)).collect())
}
