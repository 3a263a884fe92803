//! People in a sheet: which columns it has, what may stand in them, and what becomes of whom.

use std::collections::HashMap;

use super::fields;
use super::sheet::{self, NOT_UTF8, Row};
use crate::identity::model::{ImportOutcome, NewPerson};
use crate::kernel::{Error, Fault, Result, Role, bug, text};

/// The columns, named as the fields of a member.
const COLUMNS: [&str; 3] = ["email", "full_name", "roles"];
/// So many people are taken at once, so that the one transaction stays short.
const MAX_ROWS: usize = 2_000;
/// So many characters a sheet may have: more than that many people with long names need.
const MAX_CHARS: usize = 500_000;
/// So many faults are named, and the others counted.
const SHOWN: usize = 100;

/// Reads the people of a sheet (CSV).
///
/// # Errors
/// `validation_failed` with every fault there is, or the first hundred and the number of the others.
pub(in crate::identity) fn read_people(csv: &str) -> Result<Vec<NewPerson>> {
    let (people, faults) = match bounded(csv).and_then(|()| sheet::read(csv, &COLUMNS)) {
        Ok(rows) => people(&rows),
        Err(faults) => (Vec::new(), faults),
    };
    if faults.is_empty() || (bug::seeded("import_half_done") && !people.is_empty()) {
        return Ok(people);
    }
    let rest = faults.len().saturating_sub(SHOWN);
    let mut faults: Vec<Fault> =
        faults.into_iter().take(SHOWN).map(|fault| Fault::at("/csv", fault)).collect();
    if rest > 0 {
        faults.push(Fault::at("/csv", format!("and {rest} faults more")));
    }
    Err(Error::invalid(faults))
}

/// What becomes of somebody, by the roles that the address holds here: none when it has no account.
pub(in crate::identity) fn outcome(roles_here: Option<&[Role]>) -> ImportOutcome {
    match roles_here {
        None => ImportOutcome::Created,
        Some([]) => ImportOutcome::Invited,
        Some(_) => ImportOutcome::Unchanged,
    }
}

fn bounded(csv: &str) -> Result<(), Vec<String>> {
    let length = csv.chars().count();
    if length <= MAX_CHARS {
        return Ok(());
    }
    Err(vec![format!("must have at most {MAX_CHARS} characters, has {length}: split the sheet")])
}

fn people(rows: &[Row<3>]) -> (Vec<NewPerson>, Vec<String>) {
    if rows.is_empty() {
        return (Vec::new(), vec!["has no row below its header".to_owned()]);
    }
    if rows.len() > MAX_ROWS && !bug::seeded("import_unbounded") {
        let count = rows.len();
        let what = format!("must have at most {MAX_ROWS} rows, has {count}: split the sheet");
        return (Vec::new(), vec![what]);
    }
    let (mut people, mut faults, mut seen) = (Vec::new(), Vec::new(), HashMap::new());
    for row in rows {
        let before = faults.len();
        let person = person(row, &mut faults);
        match seen.insert(person.email.clone(), row.number) {
            Some(earlier) if !person.email.is_empty() && !bug::seeded("duplicate_imported") => {
                let what = format!("stands in row {earlier} already");
                faults.push(sheet::fault(row.number, Some("email"), &what));
            }
            _ => {}
        }
        if faults.len() == before {
            people.push(person);
        }
    }
    (people, faults)
}

fn person(row: &Row<3>, faults: &mut Vec<String>) -> NewPerson {
    let [email, full_name, roles] = &row.cells;
    let mut check = |column, checked: Result<(), String>| {
        if let Err(what) = checked {
            faults.push(sheet::fault(row.number, Some(column), &what));
        }
    };
    let named: Vec<&str> = roles.split_whitespace().collect();
    check("email", plain(email).and_then(|()| in_words(text::email(email.trim(), &()))));
    let name = text::line(1, 200);
    check("full_name", plain(full_name).and_then(|()| in_words(name(full_name.trim(), &()))));
    check("roles", plain(roles).and_then(|()| known_roles(&named)));
    let mut roles: Vec<Role> = named.iter().filter_map(|name| Role::from_name(name)).collect();
    if roles.is_empty() {
        roles.push(Role::Student);
    }
    roles.sort_unstable();
    NewPerson {
        row: row.number,
        email: text::fold_email(email),
        full_name: full_name.trim().to_owned(),
        roles,
    }
}

/// What holds for every cell.
fn plain(cell: &str) -> Result<(), String> {
    if sheet::is_foreign(cell) {
        return Err(NOT_UTF8.to_owned());
    }
    if sheet::is_formula(cell) {
        return Err("must not begin with = + - @, a tab or a line break, \
             which a spreadsheet takes for a formula"
            .to_owned());
    }
    Ok(())
}

fn known_roles(named: &[&str]) -> Result<(), String> {
    let unknown = named.iter().find(|name| Role::from_name(name).is_none());
    if let Some(unknown) = unknown {
        let shown: String = unknown.chars().take(40).collect();
        return Err(format!(
            "\"{shown}\" is no role; allowed are student, staff and admin, with spaces between \
             them, or nothing for a student"
        ));
    }
    let roles: Vec<Role> = named.iter().filter_map(|name| Role::from_name(name)).collect();
    in_words(fields::roles(&roles, &()))
}

fn in_words(checked: garde::Result) -> Result<(), String> {
    checked.map_err(|fault| fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "email,full_name,roles\n";

    fn read(rows: &str) -> Result<Vec<NewPerson>> {
        read_people(&format!("{HEADER}{rows}"))
    }

    fn faults(rows: &str) -> Vec<String> {
        let refused = read(rows).unwrap_err();
        assert!(refused.fault_list().iter().all(|fault| fault.pointer.as_deref() == Some("/csv")));
        refused.fault_list().iter().map(|fault| fault.detail.clone()).collect()
    }

    #[test]
    fn cells_become_people() {
        let people = read("Ada@B.org , Ada Byron ,admin staff\nc@d.org,Cleo,\n").unwrap();
        let person = |row, email: &str, name: &str, roles: &[Role]| NewPerson {
            row,
            email: email.to_owned(),
            full_name: name.to_owned(),
            roles: roles.to_vec(),
        };
        assert_eq!(
            people,
            [
                person(2, "ada@b.org", "Ada Byron", &[Role::Staff, Role::Admin]),
                person(3, "c@d.org", "Cleo", &[Role::Student]),
            ]
        );
    }

    #[test]
    fn every_fault_is_named_with_row_column_and_what_is_allowed() {
        let long = "x".repeat(201);
        let text = format!(
            "nonsense,,king\n\na@b.org,{long},staff staff\nA@B.org,\"a\u{7}b\",student;staff\n"
        );
        let named = faults(&text);
        for (fault, (begin, words)) in named.iter().zip([
            ("row 2, email: ", "a@b.org"),
            ("row 2, full_name: ", "1 to 200"),
            ("row 2, roles: ", "\"king\" is no role; allowed are student, staff and admin"),
            ("row 4, full_name: ", "has 201"),
            ("row 4, roles: ", "each role once"),
            ("row 5, full_name: ", "control characters"),
            ("row 5, roles: ", "\"student;staff\" is no role"),
            ("row 5, email: ", "stands in row 4 already"),
        ]) {
            assert!(fault.starts_with(begin) && fault.contains(words), "{fault}");
        }
        assert_eq!(named.len(), 8);
    }

    #[test]
    fn one_bad_row_and_nobody_is_read() {
        assert_eq!(faults("a@b.org,Ada,\nnonsense,Bo,\n").len(), 1);
    }

    #[test]
    fn an_address_stands_there_once_in_whatever_case() {
        assert_eq!(
            faults("a@b.org,Ada,\nA@B.ORG,Ada,\n"),
            ["row 3, email: stands in row 2 already"]
        );
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_refused() {
        for cell in ["=1+1", "+49 30", "-", "@you", "\"\t=1\"", "\"\n=1\"", "＝1"] {
            let named = faults(&format!("a@b.org,{cell},\n"));
            assert!(named[0].contains("row 2, full_name: must not begin with ="), "{named:?}");
        }
        for email in ["=1+1@b.org", "+a@b.org", "-a@b.org"] {
            assert!(faults(&format!("{email},Ada,\n"))[0].starts_with("row 2, email: must not"));
        }
        assert_eq!(faults("a@b.org,Ada,=staff\n").len(), 1);
        read("a+b@c.org,Anne-Marie O'Neill = x,\n").unwrap();
    }

    #[test]
    fn another_encoding_is_called_so_where_it_stands() {
        let named = faults("a@b.org,Ada,\nc@d.org,Cl\u{fffd}o,\n");
        assert_eq!(named, [format!("row 3, full_name: {NOT_UTF8}")]);
    }

    #[test]
    fn there_is_an_end_to_rows_characters_and_faults() {
        let rows = |count: usize| -> String {
            (0..count).map(|number| format!("{number}@b.org,Ada,\n")).collect()
        };
        assert_eq!(read(&rows(MAX_ROWS)).unwrap().len(), MAX_ROWS);
        assert_eq!(
            faults(&rows(MAX_ROWS + 1)),
            ["must have at most 2000 rows, has 2001: split the sheet"]
        );
        let long = faults(&format!("a@b.org,{},\n", "é".repeat(MAX_CHARS)));
        assert!(long[0].contains("at most 500000 characters"), "{long:?}");
        assert_eq!(faults(""), ["has no row below its header"]);
        let bad = faults(&"x,y,\n".repeat(150));
        assert_eq!((bad.len(), bad[100].as_str()), (101, "and 199 faults more"));
    }

    #[test]
    fn who_is_known_here_stays_and_who_is_known_elsewhere_is_invited() {
        assert_eq!(outcome(None), ImportOutcome::Created);
        assert_eq!(outcome(Some(&[])), ImportOutcome::Invited);
        assert_eq!(outcome(Some(&[Role::Staff])), ImportOutcome::Unchanged);
    }
}
