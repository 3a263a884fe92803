//! Members: list, change, remove.

use pret::identity;
use pret::kernel::Actor;
use serde_json::json;

use super::{events, last_event, sign_in, with};
use crate::support::{Person, TestApp};

fn path(app: &TestApp, person: Person) -> String {
    format!("/members/{}", app.user_id(person))
}

/// Makes a person of `north` a student of `south`, by invitation.
pub fn join_south(app: &TestApp, person: Person) {
    let body = json!({ "email": person.email(), "roles": ["student"] });
    let invitation = app.south_admin().post("/members", &body).expect(202).id();
    app.caller(person).act(&format!("/me/invitations/{invitation}/accept")).expect(200);
}

/// Changes a member; whatever version it has.
fn change(app: &TestApp, person: Person, body: &serde_json::Value) -> crate::support::Ask {
    app.admin().patch(&path(app, person), "*", body)
}

#[test]
fn members_are_found_by_name_and_address_without_case_and_accents() {
    let app = TestApp::new();
    let etag = app.admin().get(&path(&app, Person::Student)).expect(200).etag();
    app.admin()
        .patch(&path(&app, Person::Student), &etag, &json!({ "full_name": "Chloé Éluard" }))
        .expect(200);
    let names = |query: &str| -> Vec<String> {
        let found = app.staff().get(&format!("/members?{query}")).expect(200).data();
        found.iter().map(|member| member["email"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("q=chloe%20ELU"), ["student@north.example"]);
    assert_eq!(names("q=STAFF%40north"), ["staff@north.example"]);
    assert_eq!(names("q=%25"), [""; 0]);
    assert_eq!(names("role=admin"), ["admin@north.example"]);
    assert_eq!(names("sort=email").len(), 4);
    assert_eq!(names("is_active=false"), [""; 0]);
    app.student().get("/members").refused(403, "forbidden");
    let long = format!("/members?q={}", "a".repeat(201));
    for bad in ["/members?role=owner", "/members?name=ada", "/members?q=a%00", &long] {
        app.staff().get(bad).refused(400, "invalid_parameter");
    }
}

#[test]
fn a_walk_sees_each_member_once() {
    let app = TestApp::new();
    let mut seen = Vec::new();
    let mut next = "/members?limit=1&sort=-created_at".to_owned();
    while !next.is_empty() {
        let page = app.staff().get(&next).expect(200);
        seen.extend(page.data().iter().map(|member| member["user_id"].clone()));
        let link = page.header("link").unwrap_or_default();
        next = link.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
    }
    seen.sort_by_key(ToString::to_string);
    seen.dedup();
    assert_eq!(seen.len(), 4);
}

#[test]
fn members_of_another_organization_are_not_there() {
    let app = TestApp::new();
    let foreign = path(&app, Person::SouthStudent);
    app.staff().get(&foreign).refused(404, "not_found");
    app.admin().patch(&foreign, "*", &json!({ "roles": ["staff"] })).refused(404, "not_found");
    app.admin().delete(&foreign).refused(404, "not_found");
}

#[test]
fn a_change_needs_the_version_and_leaves_its_events() {
    let app = TestApp::new();
    let path = path(&app, Person::Student);
    let member = app.admin().get(&path).expect(200);
    let roles = json!({ "roles": ["staff", "student"] });
    app.admin().ask("PATCH", &path).json(&roles).refused(428, "precondition_required");
    let before = events(&app, app.north());
    let changed = app.admin().patch(&path, &member.etag(), &roles).expect(200);
    assert_eq!(changed.json()["roles"], json!(["student", "staff"]));
    assert_eq!(changed.json()["version"], 2);
    assert_eq!(events(&app, app.north()), before + 1);
    assert_eq!(last_event(&app, app.north()), "UPDATE member");
    app.admin().patch(&path, &member.etag(), &roles).refused(412, "precondition_failed");
    let same = app.admin().patch(&path, &changed.etag(), &roles).expect(200);
    assert_eq!((same.etag(), events(&app, app.north())), (changed.etag(), before + 1));
    change(&app, Person::Student, &json!({ "full_name": "Ada" })).expect(200);
    assert_eq!(events(&app, app.north()), before + 3, "one for the account, one for the member");
}

#[test]
fn nonsense_is_refused_by_field() {
    let app = TestApp::new();
    for (body, place) in [
        (json!({ "roles": ["owner"] }), "/roles/0"),
        (json!({ "roles": ["staff", "staff"] }), "/roles"),
        (json!({ "roles": null }), "/roles"),
        (json!({ "full_name": "" }), "/full_name"),
        (json!({ "full_name": "a\u{7}b" }), "/full_name"),
        (json!({ "full_name": "x".repeat(201) }), "/full_name"),
        (json!({ "is_active": null }), "/is_active"),
        (json!({ "email": "new@north.example" }), ""),
    ] {
        let refused = change(&app, Person::Student, &body).refused(422, "validation_failed");
        let pointer = refused.json()["errors"][0]["pointer"].clone();
        assert!(pointer.as_str().unwrap().starts_with(place), "{pointer} for {body}");
    }
}

#[test]
fn the_last_admin_can_not_go() {
    let app = TestApp::new();
    for body in
        [json!({ "roles": ["staff"] }), json!({ "roles": [] }), json!({ "is_active": false })]
    {
        change(&app, Person::Admin, &body).refused(409, "last_admin");
    }
    app.admin().delete(&path(&app, Person::Admin)).refused(409, "last_admin");
    change(&app, Person::Staff, &json!({ "roles": ["admin"], "is_active": false })).expect(200);
    app.admin().delete(&path(&app, Person::Admin)).refused(409, "last_admin");
    change(&app, Person::Staff, &json!({ "is_active": true })).expect(200);
    app.admin().delete(&path(&app, Person::Admin)).expect(204);
    app.admin().get("/me").refused(403, "not_a_member");
}

#[test]
fn a_closed_account_is_out_at_once_and_stays_out_of_old_sessions() {
    let app = TestApp::new();
    let session = sign_in(&app, Person::Student);
    let student = with(&app.student(), &session);
    change(&app, Person::Student, &json!({ "is_active": false })).expect(200);
    student.get("/me").refused(401, "unauthenticated");
    let refresh = json!({ "refresh_token": session["refresh_token"] });
    app.anonymous().post("/auth/refresh", &refresh).refused(401, "unauthenticated");
    change(&app, Person::Student, &json!({ "is_active": true })).expect(200);
    student.get("/me").refused(401, "unauthenticated");
    sign_in(&app, Person::Student);
}

#[test]
fn whoever_loses_all_roles_is_no_member_and_stays_known() {
    let app = TestApp::new();
    join_south(&app, Person::Student);
    let student = with(&app.student(), &sign_in(&app, Person::Student));
    app.admin().delete(&path(&app, Person::Student)).expect(204);
    student.get("/me").refused(403, "not_a_member");
    student.in_org(app.south()).get("/me").expect(200);
    let former = app.staff().get(&path(&app, Person::Student)).expect(200).json();
    assert_eq!(former["roles"], json!([]));
    assert_eq!(app.staff().get("/members").expect(200).data().len(), 3);
    assert_eq!(app.staff().get("/members?include_former=true").expect(200).data().len(), 4);
    change(&app, Person::Student, &json!({ "roles": ["student"] })).expect(200);
    student.get("/me").expect(200);
}

#[test]
fn another_organization_may_give_roles_and_not_touch_the_account() {
    let app = TestApp::new();
    join_south(&app, Person::Student);
    let path = path(&app, Person::Student);
    let south = app.south_admin();
    let member = south.get(&path).expect(200);
    assert_eq!(member.json()["is_home"], false);
    for body in [json!({ "is_active": false }), json!({ "full_name": "Nobody" })] {
        south.patch(&path, &member.etag(), &body).refused(403, "forbidden");
    }
    south.patch(&path, &member.etag(), &json!({ "roles": ["staff"] })).expect(200);
    let me = app.student().in_org(app.south()).get("/me").expect(200).json();
    assert_eq!(me["organizations"].as_array().unwrap().len(), 2);
    app.student().get("/members").refused(403, "forbidden");
    app.student().in_org(app.south()).get("/members").expect(200);
}

#[test]
fn a_changed_account_is_a_changed_member_wherever_it_is_known() {
    let app = TestApp::new();
    join_south(&app, Person::Student);
    let (path, south) = (path(&app, Person::Student), app.south_admin());
    let (first, before) = (south.get(&path).expect(200), events(&app, app.south()));
    let north = events(&app, app.north());
    let last = || south.get("/audit?limit=1").expect(200).data()[0].clone();

    change(&app, Person::Student, &json!({ "full_name": "Ada" })).expect(200);
    let renamed = south.get(&path).expect(200);
    assert_eq!(
        (&renamed.json()["full_name"], &renamed.json()["version"]),
        (&json!("Ada"), &json!(2))
    );
    assert_eq!(events(&app, app.south()), before + 1);
    assert_eq!(events(&app, app.north()), north + 2, "account and member, once each");
    let event = last();
    assert_eq!((&event["entity_type"], &event["action"]), (&json!("member"), &json!("UPDATE")));
    assert_eq!((&event["before"], &event["after"]), (&first.json(), &renamed.json()));
    assert_eq!(event["actor_user_id"], json!(null), "south does not know the admin of north");
    assert_eq!(event["request_id"], json!(null));
    let roles = json!({ "roles": ["staff"] });
    south.patch(&path, &first.etag(), &roles).refused(412, "precondition_failed");

    join_south(&app, Person::Admin);
    change(&app, Person::Student, &json!({ "is_active": false })).expect(200);
    assert_eq!(last()["actor_user_id"], app.user_id(Person::Admin));
    assert_eq!(last()["after"], south.get(&path).expect(200).json());
    assert_eq!(
        (&last()["after"]["is_active"], &last()["after"]["version"]),
        (&json!(false), &json!(3))
    );

    let seen = events(&app, app.south());
    change(&app, Person::Student, &json!({ "roles": ["staff"] })).expect(200);
    assert_eq!(events(&app, app.south()), seen, "roles here are nothing to others");
}

#[test]
fn closing_an_account_from_the_command_line_reaches_all_its_members() {
    let app = TestApp::new();
    join_south(&app, Person::Student);
    let user = app.user_id(Person::Student).parse().unwrap();
    let north = app.north().parse().unwrap();
    app.db()
        .write_blocking(move |global| {
            identity::set_active(&global.write_within(north, Actor::system()), user, false)
        })
        .unwrap();
    let member = app.south_admin().get(&path(&app, Person::Student)).expect(200).json();
    assert_eq!((&member["is_active"], &member["version"]), (&json!(false), &json!(2)));
    assert_eq!(last_event(&app, app.south()), "UPDATE member");
}
