//! Invitations.

use serde_json::{Value, json};

use super::{events, last_event};
use crate::support::{Person, TestApp};

fn invite(app: &TestApp, email: &str, roles: &Value) -> Value {
    let body = json!({ "email": email, "roles": roles });
    app.south_admin().post("/members", &body).expect(202).json()
}

fn invitations(app: &TestApp, person: Person) -> Vec<Value> {
    app.caller(person).get("/me").expect(200).json()["invitations"].as_array().unwrap().clone()
}

#[test]
fn whether_an_address_has_an_account_is_not_told() {
    let app = TestApp::new();
    let shape = |mut invitation: Value| {
        invitation["id"] = Value::Null;
        invitation["email"] = Value::Null;
        invitation
    };
    let known = shape(invite(&app, "student@north.example", &json!(["student"])));
    let unknown = shape(invite(&app, "nobody@north.example", &json!(["student"])));
    let member = shape(invite(&app, "staff@south.example", &json!(["student"])));
    assert_eq!(known, unknown);
    assert_eq!(known, member);
}

#[test]
fn accepting_gives_the_roles_in_the_organization_that_invited() {
    let app = TestApp::new();
    let invitation = invite(&app, "Student@North.example", &json!(["staff"]));
    assert_eq!(invitations(&app, Person::Student), std::slice::from_ref(&invitation));
    assert_eq!(invitations(&app, Person::Staff).len(), 0);
    let accept = format!("/me/invitations/{}/accept", invitation["id"].as_str().unwrap());
    app.staff().act(&accept).refused(404, "not_found");
    let before = (events(&app, app.north()), events(&app, app.south()));
    let accepted = app.student().act(&accept).key("k").expect(200);
    assert_eq!(accepted.json()["status"], "ACCEPTED");
    assert_eq!((events(&app, app.north()), events(&app, app.south())), (before.0, before.1 + 2));
    app.student().act(&accept).key("k").expect(200);
    let refused = app.student().act(&accept).refused(409, "invalid_transition").json();
    assert_eq!(refused["current_status"], "ACCEPTED");
    app.student().in_org(app.south()).get("/members").expect(200);
    assert_eq!(invitations(&app, Person::Student).len(), 0);
}

#[test]
fn an_invitation_adds_to_the_roles_that_are_held() {
    let app = TestApp::new();
    let invitation = invite(&app, "staff@south.example", &json!(["student"]));
    let path = format!("/me/invitations/{}/accept", invitation["id"].as_str().unwrap());
    app.south_staff().act(&path).expect(200);
    let me = app.south_staff().get("/me").expect(200).json();
    assert_eq!(me["organizations"][0]["roles"], json!(["student", "staff"]));
}

#[test]
fn declining_gives_nothing() {
    let app = TestApp::new();
    let invitation = invite(&app, "student@north.example", &json!(["admin"]));
    let id = invitation["id"].as_str().unwrap();
    let declined = app.student().act(&format!("/me/invitations/{id}/decline")).expect(200);
    assert_eq!(declined.json()["status"], "DECLINED");
    assert_eq!(last_event(&app, app.south()), "STATUS_CHANGE invitation");
    app.student().act(&format!("/me/invitations/{id}/accept")).refused(409, "invalid_transition");
    app.student().in_org(app.south()).get("/me").refused(403, "not_a_member");
}

#[test]
fn a_newer_invitation_replaces_the_older() {
    let app = TestApp::new();
    let old = invite(&app, "student@north.example", &json!(["admin"]));
    let new = invite(&app, "student@north.example", &json!(["student"]));
    assert_eq!(invitations(&app, Person::Student), [new]);
    let path = format!("/me/invitations/{}/accept", old["id"].as_str().unwrap());
    let refused = app.student().act(&path).refused(409, "invalid_transition").json();
    assert_eq!(refused["current_status"], "WITHDRAWN");
}

#[test]
fn removing_a_member_withdraws_the_way_back_in() {
    let app = TestApp::new();
    super::members::join_south(&app, Person::Student);
    invite(&app, "student@north.example", &json!(["admin"]));
    app.south_admin().delete(&format!("/members/{}", app.user_id(Person::Student))).expect(204);
    assert_eq!(invitations(&app, Person::Student).len(), 0);
}

#[test]
fn who_registers_an_invited_address_afterwards_does_not_inherit_the_invitation() {
    let app = TestApp::new();
    let invitation = invite(&app, "dean@north.example", &json!(["admin"]));
    app.advance_minutes(1);
    let body = json!({
        "email": "dean@north.example", "password": "a password of mine", "full_name": "Not the dean",
    });
    app.admin().post("/auth/register", &body).expect(201);
    let signed_in = super::login(&app, "dean@north.example", "a password of mine").expect(200);
    let dean = super::with(&app.admin(), &signed_in.json());
    assert_eq!(dean.get("/me").expect(200).json()["invitations"], json!([]));
    let path = format!("/me/invitations/{}/accept", invitation["id"].as_str().unwrap());
    dean.act(&path).refused(404, "not_found");
}

#[test]
fn only_admins_invite_and_only_to_real_roles() {
    let app = TestApp::new();
    let body = json!({ "email": "a@b.org", "roles": ["student"] });
    app.staff().post("/members", &body).refused(403, "forbidden");
    app.anonymous().post("/members", &body).refused(401, "unauthenticated");
    for bad in [
        json!({ "email": "a@b.org", "roles": [] }),
        json!({ "email": "a@b.org" }),
        json!({ "email": "nonsense", "roles": ["student"] }),
        json!({ "email": "a@b.org", "roles": ["student", "student"] }),
    ] {
        app.admin().post("/members", &bad).refused(422, "validation_failed");
    }
}
