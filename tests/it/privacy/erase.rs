//! Erasing a person: nothing of them is found any more, and nothing else has changed.

use serde_json::{Value, json};

use super::{Life, WORDS, erase, erased_payloads, everything, look, path};
use crate::support::{PASSWORD, Person, TestApp, at, none};

/// Goes red with the seeded bugs `erase_leaves_payload`, `erase_leaves_texts` and
/// `erase_keeps_address`.
#[test]
fn no_word_of_the_person_is_left_in_any_table_or_anywhere_in_the_file() {
    let Life { app, .. } = Life::lived();
    let before = everything(&app);
    none(WORDS.iter().filter(|word| !before.contains(**word)).map(|word| format!("{word}: never")));
    erase(&app, Person::Student);
    let after = everything(&app);
    none(WORDS.iter().filter(|word| after.contains(**word)).map(|word| format!("{word}: a table")));
    // Moving rows about leaves copies in unused space, which only writing the file anew is rid of.
    app.db().vacuum().unwrap();
    app.verify();
    let snapshot = app.into_snapshot();
    let stands = |word: &&&str| snapshot.windows(word.len()).any(|bytes| bytes == word.as_bytes());
    none(WORDS.iter().filter(stands).map(|word| format!("{word}: the bytes of the file")));
}

#[test]
fn the_database_agrees_and_heads_that_were_noted_are_still_found() {
    let Life { app, .. } = Life::lived();
    let head = |org: &str| {
        let org = org.parse().unwrap();
        app.db()
            .read(|global| pret::audit::head(&global.within(org, pret::kernel::Actor::system())))
            .unwrap()
    };
    let (north, south) = (head(app.north()), head(app.south()));
    erase(&app, Person::Student);
    app.verify();
    for (org, head) in [(app.north(), north), (app.south(), south)] {
        let org = org.parse().unwrap();
        let report = app.db().read(|global| {
            pret::audit::verify(&global.within(org, pret::kernel::Actor::system()), Some(&head))
        });
        let report = report.unwrap();
        assert_eq!(report.faults, Vec::<String>::new());
        assert!(report.erased > 0, "verify says how many are erased");
    }
}

#[test]
fn what_was_told_beforehand_is_what_goes() {
    let Life { app, .. } = Life::lived();
    let before = app.file().dump();
    let told = look(&app, Person::Student).unwrap();
    assert_eq!(before.difference(&app.file().dump()), "", "looking changed something");
    let erased = erase(&app, Person::Student);
    let json = |erasure: &pret::app::Erasure| serde_json::to_value(erasure).unwrap();
    assert_eq!(json(&told), json(&erased));
    for share in json(&told)["organizations"].as_array().unwrap() {
        let org = share["id"].as_str().unwrap();
        // The invitation that was open is withdrawn first, which is an event more.
        let withdrawn = u64::from(org == app.south());
        let payloads = share["audit_payloads"].as_u64().unwrap();
        assert_eq!(erased_payloads(&app, org), payloads + withdrawn, "{share}");
    }
    let north = &json(&told)["organizations"][0];
    assert_eq!((&north["bookings"], &north["fines"]), (&json!(7), &json!(2)), "{north}");
}

#[test]
fn the_account_stays_as_a_number_that_nobody_can_use() {
    let Life { app, .. } = Life::lived();
    let (old, id) = (app.token(Person::Student), app.student().user_id());
    erase(&app, Person::Student);
    app.anonymous().with_token(&old).in_org(app.north()).get("/me").refused(401, "unauthenticated");
    let login = |email: &str| {
        app.anonymous().post("/auth/login", &json!({ "email": email, "password": PASSWORD })).send()
    };
    login("student@north.example").refused(401, "invalid_credentials");
    let member = app.admin().get(&format!("/members/{id}")).expect(200).json();
    assert_eq!(member["full_name"], "Erased person");
    assert_eq!((&member["is_active"], &member["roles"]), (&json!(false), &json!([])));
    let email = member["email"].as_str().unwrap();
    assert!(email.ends_with("@erased.invalid") && !email.contains(id), "{email}");
    login(email).refused(401, "invalid_credentials");
    assert_eq!(app.admin().get("/members?q=cleo").expect(200).data().len(), 0);
    // The address is free for somebody else, who starts anew.
    let again =
        json!({ "email": "student@north.example", "full_name": "Cleo", "password": PASSWORD });
    app.admin().post("/auth/register", &again).expect(201);
    login("student@north.example").expect(200);
}

/// Goes red with the seeded bug `erased_comes_back`.
#[test]
fn who_was_erased_never_comes_back() {
    let Life { app, .. } = Life::lived();
    let id = app.student().user_id();
    erase(&app, Person::Student);
    let member = format!("/members/{id}");
    for patch in [
        json!({ "is_active": true }),
        json!({ "full_name": "Cleo Norden" }),
        json!({ "roles": ["student"] }),
    ] {
        let refused = app.admin().patch(&member, "*", &patch).refused(409, "invalid_transition");
        assert_eq!(refused.json()["current_status"], "ERASED");
    }
    app.admin().act(&format!("{member}/password-reset")).refused(409, "invalid_transition");
    let fine = json!({ "user_id": id, "kind": "OTHER", "amount_cents": 5 });
    app.staff().post("/fines", &fine).refused(422, "unknown_reference");
    assert!(look(&app, Person::Student).is_err(), "nobody is erased twice");
}

#[test]
fn each_object_tells_its_erasure_in_one_event_without_the_person() {
    let Life { app, lent, fine, .. } = Life::lived();
    let audit = |kind: &str, id: &Value| format!("/audit/{kind}/{}", id.as_str().unwrap());
    let user = json!(app.student().user_id());
    let was = app.staff().get(&audit("booking", &lent["id"])).expect(200).json();
    assert_eq!(was["purpose"], "purpose-of-the-lent");
    erase(&app, Person::Student);
    for (kind, id) in [("booking", &lent["id"]), ("fine", &fine["id"]), ("user", &user)] {
        let events = format!("/audit?entity_type={kind}&entity_id={}", id.as_str().unwrap());
        let events = app.staff().get(&events).expect(200).data();
        let (last, earlier) = events.split_first().unwrap();
        assert_eq!((&last["action"], &last["before"]), (&json!("UPDATE"), &Value::Null), "{kind}");
        assert!(last["after"].is_object() && last["actor_user_id"].is_null(), "{last}");
        for event in earlier {
            assert_eq!((&event["before"], &event["after"]), (&Value::Null, &Value::Null), "{kind}");
        }
        let now = app.staff().get(&audit(kind, id)).expect(200).json();
        assert_eq!(now, last["after"]);
        let then = format!("{}?at={}", audit(kind, id), at(89));
        let gone = app.staff().get(&then).refused(404, "not_found").json();
        assert!(gone["detail"].as_str().unwrap().contains("erased"), "{gone}");
    }
    // Who did it stays known by the number.
    let mine = app.staff().get(&format!("/audit?actor={}", user.as_str().unwrap())).expect(200);
    assert!(mine.data().len() > 3);
}

#[test]
fn a_tag_that_was_seen_before_the_erasure_matches_no_more() {
    let Life { app, lent, .. } = Life::lived();
    let seen = app.staff().get(&path(&lent, "")).expect(200);
    erase(&app, Person::Student);
    let now = app.staff().get(&path(&lent, "")).expect(200);
    assert_ne!(seen.etag(), now.etag());
    let (seen, now) = (seen.json(), now.json());
    assert_eq!(now["version"], seen["version"].as_i64().unwrap() + 1);
    assert_eq!((&now["purpose"], &now["decision_note"]), (&json!(""), &Value::Null));
    assert_eq!(now["requester_user_id"], seen["requester_user_id"], "the pseudonym stays");
}

/// Goes red with the seeded bug `erase_leaves_mentions`.
#[test]
fn what_others_wrote_is_named_and_its_history_erased() {
    let Life { app, stock, .. } = Life::lived();
    let note = "dropped by CLEO NORDEN, see Student@North.example.";
    let unit = format!("/units/{}", stock.unit());
    app.staff()
        .post(&format!("{unit}/withdraw"), &json!({ "status": "MAINTENANCE", "note": note }))
        .key("named")
        .expect(200);
    let found = serde_json::to_value(erase(&app, Person::Student)).unwrap();
    let mention = json!([{ "org_id": app.north(), "table": "resource_units",
        "column": "status_note", "id": stock.unit() }]);
    assert_eq!(found["mentions"], mention);
    let payloads = app
        .file()
        .number("SELECT count(*) FROM audit_events WHERE after_json LIKE '%CLEO NORDEN%'");
    assert_eq!(payloads, 0);
}

#[test]
fn somebody_who_bears_the_same_name_is_left_alone() {
    let app = TestApp::new();
    let other = format!("/members/{}", app.user_id(Person::OtherStudent));
    app.admin().patch(&other, "*", &json!({ "full_name": "Cleo Norden" })).expect(200);
    erase(&app, Person::Student);
    let other = app.user_id(Person::OtherStudent);
    let history = app.staff().get(&format!("/audit?entity_id={other}")).expect(200).data();
    assert!(history.len() >= 3 && history.iter().all(|event| event["after"].is_object()));
    app.other_student().get("/me").expect(200);
}

#[test]
fn a_kept_answer_about_the_person_is_forgotten_and_its_key_still_counts() {
    let Life { app, stock, .. } = Life::lived();
    erase(&app, Person::Student);
    let count = || app.file().number("SELECT count(*) FROM bookings");
    let before = count();
    let mut body = super::booking_for(stock.unit(), 80, 82, "purpose-by-staff");
    body["requester_user_id"] = json!(app.student().user_id());
    let again = app.staff().post("/bookings", &body).key("by-staff").expect(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!((again.json(), count()), (json!({ "erased": true }), before));
}
