//! What a row must be like, whoever wrote the file: seen without a database.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::RowsOf;
use crate::kernel::{OrgId, Timestamp, bug, text};
use crate::passwords::PasswordHash;

/// Columns with an id whose names do not say so.
const IDS: [&str; 6] = ["id", "holder", "decided_by", "offered_by", "recorded_by", "created_by"];
/// Columns that end in `_id` and hold none: a number, and whatever the caller sent.
const NO_IDS: [&str; 2] = ["role_id", "request_id"];
/// Columns with an instant whose names do not say so.
const INSTANTS: [&str; 3] = ["at", "since", "score_until"];

/// What keeps a row out.
pub(super) fn fault(of: RowsOf, org: OrgId, row: &Map<String, Value>) -> Option<String> {
    let column = |name: &str| row.get(name).and_then(Value::as_str);
    // Where an account is at home does not matter: here it will be at home in this organization.
    let is_foreign = of.table != "users" && column(of.org) != Some(org.to_string().as_str());
    if is_foreign && !bug::seeded("import_takes_other_org") {
        return Some(format!("{} is not that of the header", of.org));
    }
    let shape = row.iter().find_map(|(name, value)| fault_of_value(name, value));
    shape.or_else(|| if of.table == "users" { fault_of_account(&column) } else { None })
}

fn fault_of_value(name: &str, value: &Value) -> Option<String> {
    let holds_id = IDS.contains(&name) || (name.ends_with("_id") && !NO_IDS.contains(&name));
    if holds_id && !value.is_null() && !value.as_str().is_some_and(is_id) {
        return Some(format!("{name} must be a UUID in lower case"));
    }
    let holds_instant = INSTANTS.contains(&name) || name.ends_with("_at");
    if holds_instant && value.as_i64().is_some_and(|at| Timestamp::from_millis(at).millis() != at) {
        return Some(format!("{name} must lie between the years 1970 and 9999"));
    }
    None
}

/// Ids are compared as text, so they have one form.
fn is_id(text: &str) -> bool {
    Uuid::try_parse(text).is_ok_and(|id| id.hyphenated().to_string() == text)
}

fn fault_of_account<'a>(column: &impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let email = column("email").unwrap_or_default();
    if text::email(email, &()).is_err() || text::fold_email(email) != email {
        return Some("email must be an address in lower case".to_owned());
    }
    if text::line(1, 200)(column("full_name").unwrap_or_default(), &()).is_err() {
        return Some("full_name must have 1 to 200 characters on one line".to_owned());
    }
    // Who signs in pays what the hash asks for in memory and time.
    let hash = column("password_hash").map(|hash| PasswordHash::new(hash.to_owned()));
    if hash.is_some_and(|hash| hash != PasswordHash::none() && !hash.is_ours()) {
        return Some("password_hash is none that Prêt makes".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::transfer::TABLES;

    const ORG: &str = "00000000-0000-7000-8000-000000000001";

    fn of(table: &str, row: &Value) -> Option<String> {
        let of = TABLES.into_iter().find(|of| of.table == table).unwrap();
        fault(of, ORG.parse().unwrap(), row.as_object().unwrap())
    }

    #[test]
    fn a_row_of_another_organization_stays_out() {
        let row = |org: &str| json!({"org_id": org, "id": ORG});
        assert_eq!(of("tags", &row(ORG)), None);
        let other = ORG.replace("01", "02");
        assert!(of("tags", &row(&other)).unwrap().contains("org_id"));
        assert!(of("tags", &json!({"id": ORG})).is_some());
        assert!(of("organizations", &json!({"id": other})).is_some());
    }

    #[test]
    fn ids_and_instants_have_their_form() {
        let id = ORG.replace("0001", "000a");
        for (column, good, bad) in [
            ("id", json!(id), json!(id.to_uppercase())),
            ("holder", json!(id), json!("")),
            ("decided_by", json!(null), json!("x'; DROP TABLE users; --")),
            ("booking_id", json!(id), json!(id.replace('-', ""))),
            ("request_id", json!("abc"), json!(null)),
            ("created_at", json!(0), json!(-1)),
            ("since", json!(253_402_300_799_999_i64), json!(253_402_300_800_000_i64)),
        ] {
            assert_eq!(fault_of_value(column, &good), None, "{column}");
            let taken = fault_of_value(column, &bad).is_none();
            assert_eq!(taken, column == "request_id", "{column}");
        }
    }

    #[test]
    fn an_account_has_a_folded_address_a_name_and_a_hash_of_ours() {
        let hash = crate::passwords::Passwords::hash_blocking(&"a long password".into()).unwrap();
        let account = |email: &str, name: &str, hash: &str| {
            of("users", &json!({"email": email, "full_name": name, "password_hash": hash}))
        };
        assert_eq!(account("a@b.org", "Ada", hash.as_str()), None);
        assert!(account("A@b.org", "Ada", hash.as_str()).is_some());
        assert!(account("nobody", "Ada", hash.as_str()).is_some());
        assert!(account("a@b.org", "A\nB", hash.as_str()).is_some());
        let greedy = hash.as_str().replace("m=19456", "m=4194304");
        assert!(account("a@b.org", "Ada", &greedy).is_some());
    }
}
