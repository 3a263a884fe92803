//! The names of people and things that a page speaks of.

use std::collections::HashMap;

use crate::db::Tx;
use crate::desk::model::UnitLabel;
use crate::identity::Person;
use crate::kernel::{Result, UnitId, UserId};

const PEOPLE: &str = "
    SELECT p.id, p.email, p.full_name FROM json_each(:ids) AS j
    CROSS JOIN memberships AS m ON m.org_id = :org AND m.user_id = j.value
    CROSS JOIN users AS p ON p.id = m.user_id";

/// People of the organization, also former ones.
pub(in crate::desk) fn people(tx: &Tx<'_>, ids: &[UserId]) -> Result<HashMap<UserId, Person>> {
    let ids = serde_json::to_string(ids).unwrap_or_default();
    let people = tx.all(PEOPLE, &[(":ids", &ids)], |row| {
        Ok(Person {
            id: row.get("id")?,
            email: row.get("email")?,
            full_name: row.get("full_name")?,
        })
    })?;
    Ok(people.into_iter().map(|person| (person.id, person)).collect())
}

const UNITS: &str = "
    SELECT u.id, u.barcode, u.resource_id, r.name FROM json_each(:ids) AS j
    CROSS JOIN resource_units AS u ON u.org_id = :org AND u.id = j.value
    CROSS JOIN resources AS r ON r.org_id = :org AND r.id = u.resource_id";

/// What units are called.
pub(in crate::desk) fn unit_labels(
    tx: &Tx<'_>,
    ids: &[UnitId],
) -> Result<HashMap<UnitId, UnitLabel>> {
    let ids = serde_json::to_string(ids).unwrap_or_default();
    let labels = tx.all(UNITS, &[(":ids", &ids)], |row| {
        Ok(UnitLabel {
            resource_unit_id: row.get("id")?,
            barcode: row.get("barcode")?,
            resource_id: row.get("resource_id")?,
            resource_name: row.get("name")?,
        })
    })?;
    Ok(labels.into_iter().map(|label| (label.resource_unit_id, label)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn names_are_one_step_each() {
        for (statement, steps) in [
            (
                PEOPLE,
                [
                    "SEARCH m USING COVERING INDEX memberships_by_user (user_id=? AND org_id=?)",
                    "SEARCH p USING INDEX sqlite_autoindex_users_1 (id=?)",
                ],
            ),
            (
                UNITS,
                [
                    "SEARCH u USING PRIMARY KEY (org_id=? AND id=?)",
                    "SEARCH r USING INDEX sqlite_autoindex_resources_2 (org_id=? AND id=?)",
                ],
            ),
        ] {
            let plan = plan(statement);
            assert!(plan.len() == 3 && plan[1..] == steps, "{plan:#?}");
        }
    }
}
