//! People: who is new, who is here already, and that nobody is changed by a file.

use serde_json::json;

use super::file::Lines;
use super::{bring_in, empty, write_out};
use crate::support::{PASSWORD, Person, TestApp};

/// An app with North moved to another one, in which the same person is somebody's account already.
fn with_known_account() -> (TestApp, TestApp, Lines) {
    let app = TestApp::new();
    let (_folder, out) = write_out(&app, app.north(), true);
    // South moves first, with the student of North as a member and so at home there.
    let user = app.user_id(Person::Student);
    app.sql(&format!(
        "INSERT INTO memberships (org_id, user_id, version, created_at)
         VALUES ('{}', '{user}', 1, 0)",
        app.south()
    ))
    .unwrap();
    let (_other, south) = write_out(&app, app.south(), true);
    let there = empty();
    let imported = bring_in(&there, &south).unwrap();
    assert_eq!(imported.survey.accounts.rehomed, [Person::Student.email()]);
    (app, there, Lines::read(&out))
}

#[test]
fn an_account_that_is_here_stays_as_it_is_and_becomes_a_member() {
    let (app, there, mut lines) = with_known_account();
    let user = app.user_id(Person::Student);
    let account = format!(
        "SELECT json_array(org_id, email, password_hash, full_name, search_text,
        is_active, created_at) FROM users WHERE id = '{user}'"
    );
    let before = there.file().text(&account);
    for row in lines.rows("users").into_iter().filter(|row| row["id"] == user) {
        row["full_name"] = json!("Somebody Else");
        row["email"] = json!("else@north.example");
        row["is_active"] = json!(0);
    }
    let (_folder, forged) = lines.write();
    let imported = bring_in(&there, &forged).unwrap();
    assert_eq!((imported.survey.accounts.known, imported.survey.accounts.new), (1, 3));
    assert_eq!(there.file().text(&account), before);
    let login = json!({"email": Person::Student.email(), "password": PASSWORD});
    let signed_in = there.anonymous().post("/auth/login", &login).expect(200).json();
    assert_eq!(signed_in["organizations"].as_array().unwrap().len(), 1, "{signed_in}");
    assert_eq!(signed_in["organizations"][0]["id"], app.north());
}

#[test]
fn every_address_that_somebody_else_has_is_named_at_once() {
    let app = TestApp::new();
    let (_folder, out) = write_out(&app, app.north(), false);
    let there = TestApp::new();
    // Other ids, another organization, the same addresses.
    let mut lines = Lines::read(&out);
    let (old, new) = (app.north().to_owned(), "00000000-0000-7000-8000-0000000000aa");
    lines = Lines(
        lines
            .0
            .drain(..)
            .map(|line| serde_json::from_str(&line.to_string().replace(&old, new)).unwrap())
            .collect(),
    );
    for (number, row) in lines.rows("users").into_iter().enumerate() {
        row["id"] = json!(format!("00000000-0000-7000-8000-0000000000b{number}"));
    }
    let before = there.file().dump();
    let (_forged, path) = lines.write();
    let refusal = bring_in(&there, &path).unwrap_err();
    for person in [Person::Admin, Person::Staff, Person::Student, Person::OtherStudent] {
        assert!(refusal.detail().contains(person.email()), "{refusal}");
    }
    assert_eq!(there.file().dump(), before);
}

#[test]
fn without_passwords_people_sign_in_after_a_reset() {
    let app = TestApp::new();
    let (_folder, out) = write_out(&app, app.north(), false);
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(!text.contains("argon2") && !text.contains("password_hash"));
    let there = empty();
    let imported = bring_in(&there, &out).unwrap();
    assert_eq!(imported.without_password, 4);
    let login = json!({"email": Person::Admin.email(), "password": PASSWORD});
    there.anonymous().post("/auth/login", &login).refused(401, "invalid_credentials");
    let path = there.path();
    let ask = ["user", "reset-password", "--email", Person::Admin.email(), "--database"];
    let ask = [&ask[..], &[path.to_str().unwrap()]].concat();
    let token = crate::support::pret(path.parent().unwrap(), &ask, "").ok();
    assert!(!token.trim().is_empty());
}

#[test]
fn no_secret_but_the_hashes_that_were_asked_for_is_in_the_file() {
    let app = TestApp::new();
    let reset = format!("/members/{}/password-reset", app.user_id(Person::Student));
    app.admin().act(&reset).key("reset").expect(200);
    for with_passwords in [true, false] {
        let (_folder, out) = write_out(&app, app.north(), with_passwords);
        let text = std::fs::read_to_string(&out).unwrap();
        assert_eq!(text.contains("$argon2id$"), with_passwords);
        for hash in [
            "SELECT reset_token_hash FROM users WHERE reset_token_hash IS NOT NULL",
            "SELECT token_hash FROM refresh_tokens LIMIT 1",
            "SELECT id FROM sessions LIMIT 1",
            "SELECT fingerprint FROM idempotency_keys LIMIT 1",
        ] {
            assert!(!text.contains(&app.file().text(hash)), "{hash}");
        }
        assert!(!text.contains(app.south()), "another organization is in the file");
    }
}
