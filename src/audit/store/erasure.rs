//! Finding payloads that hold personal data, and erasing them.

use crate::db::{Tx, WriteTx};
use crate::kernel::{Error, Result, Traces};

const ABOUT: &str = "SELECT e.seq FROM json_each(:objects) AS j
    CROSS JOIN audit_events AS e INDEXED BY audit_events_by_entity
        ON e.org_id = :org AND e.entity_id = j.value
    WHERE e.salt IS NOT NULL";

/// The events about these objects whose payload is still there.
pub(in crate::audit) fn about(tx: &Tx<'_>, objects: &[String]) -> Result<Vec<i64>> {
    tx.all(ABOUT, &[(":objects", &json(objects)?)], |row| row.get("seq"))
}

const MENTIONS: &str =
    "SELECT e.seq, e.entity_type IN ('user', 'member') AS is_person, e.before_json, e.after_json
    FROM audit_events AS e
    WHERE e.org_id = :org AND e.seq > :behind AND e.salt IS NOT NULL AND EXISTS (
        SELECT 1 FROM json_each(:words) AS w
        WHERE instr(lower(e.before_json), w.value) OR instr(lower(e.after_json), w.value))
    ORDER BY e.seq";

/// The events behind a number whose payload names somebody.
pub(in crate::audit) fn mentions(tx: &Tx<'_>, traces: &Traces, behind: i64) -> Result<Vec<i64>> {
    let found =
        tx.all(MENTIONS, &[(":words", &json(traces.words())?), (":behind", &behind)], |row| {
            let payload: [Option<String>; 2] = [row.get("before_json")?, row.get("after_json")?];
            let is_person: bool = row.get("is_person")?;
            let mut texts = payload.iter().flatten();
            let named = texts.any(|text| {
                if is_person { traces.addressed_in(text) } else { traces.named_in(text) }
            });
            Ok(named.then_some(row.get("seq")?))
        })?;
    Ok(found.into_iter().flatten().collect())
}

const ERASE: &str = "UPDATE audit_events SET before_json = NULL, after_json = NULL, salt = NULL
    WHERE org_id = :org AND seq IN (SELECT value FROM json_each(:events))";

/// Erases the payloads of these events.
pub(in crate::audit) fn erase(tx: &WriteTx<'_>, events: &[i64]) -> Result<()> {
    let events = serde_json::to_string(events).map_err(Error::internal)?;
    tx.execute(ERASE, &[(":events", &events)]).map(drop)
}

const ERASE_OBJECT: &str =
    "UPDATE audit_events SET before_json = NULL, after_json = NULL, salt = NULL
    WHERE org_id = :org AND entity_id = :id AND entity_type = :type AND salt IS NOT NULL";

/// Erases the payloads of all events about an object.
pub(in crate::audit) fn erase_object(tx: &WriteTx<'_>, entity: &str, id: &str) -> Result<()> {
    tx.execute(ERASE_OBJECT, &[(":type", &entity), (":id", &id)]).map(drop)
}

fn json(words: &[String]) -> Result<String> {
    serde_json::to_string(words).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn what_speaks_of_an_object_is_found_by_the_object() {
        for statement in [ABOUT, ERASE_OBJECT] {
            let plan = plan(statement);
            let by_object = "audit_events_by_entity (org_id=? AND entity_id=?";
            assert!(plan.iter().any(|step| step.contains(by_object)), "{plan:#?}");
        }
    }

    #[test]
    fn events_are_erased_by_their_numbers_and_a_trail_is_read_on_from_a_number() {
        for (statement, step) in
            [(ERASE, "(org_id=? AND seq=?)"), (MENTIONS, "(org_id=? AND seq>?)")]
        {
            let plan = plan(statement);
            assert!(plan[0].contains("PRIMARY KEY") && plan[0].contains(step), "{plan:#?}");
        }
    }
}
