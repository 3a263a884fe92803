//! What the command line calls: the same actions, on behalf of the system.

use pret::db::WriteTx;
use pret::identity::{self, Member};
use pret::kernel::{Actor, Code, OrgId, Result, Role, UserId};
use serde_json::json;

use super::{login, sign_in, with};
use crate::support::{PASSWORD, Person, TestApp};

/// Runs work as the system in an organization.
fn system<T: Send + 'static>(
    app: &TestApp,
    org: &str,
    work: impl Fn(&WriteTx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let org: OrgId = org.parse().unwrap();
    app.db().write_blocking(move |global| work(&global.write_within(org, Actor::system())))
}

fn user(app: &TestApp, person: Person) -> UserId {
    app.user_id(person).parse().unwrap()
}

#[test]
fn a_role_can_be_granted_to_an_account_of_another_organization_and_revoked() {
    let app = TestApp::new();
    let student = user(&app, Person::Student);
    let grant = |role| system(&app, app.south(), move |tx| identity::grant_role(tx, student, role));
    let granted: Member = grant(Role::Student).unwrap();
    assert!(!granted.is_home);
    assert_eq!(grant(Role::Staff).unwrap().roles, [Role::Student, Role::Staff]);
    assert_eq!(grant(Role::Staff).unwrap().version, 2, "nothing changed the second time");
    app.student().in_org(app.south()).get("/members").expect(200);
    system(&app, app.south(), move |tx| identity::revoke_role(tx, student, Role::Staff)).unwrap();
    app.student().in_org(app.south()).get("/members").refused(403, "forbidden");
}

#[test]
fn closing_an_account_counts_at_once_and_spares_the_last_admin() {
    let app = TestApp::new();
    let student = with(&app.student(), &sign_in(&app, Person::Student));
    let (id, admin) = (user(&app, Person::Student), user(&app, Person::Admin));
    system(&app, app.north(), move |tx| identity::set_active(tx, id, false)).unwrap();
    student.get("/me").refused(401, "unauthenticated");
    let refused = system(&app, app.north(), move |tx| identity::set_active(tx, admin, false));
    assert_eq!(refused.unwrap_err().code(), Code::LastAdmin);
    let refused =
        system(&app, app.north(), move |tx| identity::revoke_role(tx, admin, Role::Admin));
    assert_eq!(refused.unwrap_err().code(), Code::LastAdmin);
}

#[test]
fn a_password_is_set_in_the_home_organization_alone() {
    let app = TestApp::new();
    let found = app.db().read(|global| identity::find_account(global, "Student@North.Example"));
    let (student, home) = found.unwrap().unwrap();
    assert_eq!(home.to_string(), app.north());
    let hash = identity::Passwords::hash_blocking(&"set by the operator".into()).unwrap();
    let set = move |tx: &WriteTx<'_>| identity::set_password(tx, student, &hash);
    assert_eq!(system(&app, app.south(), set.clone()).unwrap_err().code(), Code::Forbidden);
    system(&app, app.north(), set).unwrap();
    login(&app, "student@north.example", PASSWORD).refused(401, "invalid_credentials");
    login(&app, "student@north.example", "set by the operator").expect(200);
}

#[test]
fn a_reset_by_the_operator_gives_a_token_for_the_api() {
    let app = TestApp::new();
    let (student, keys) = (user(&app, Person::Student), app.app().keys.clone());
    let reset = system(&app, app.north(), move |tx| {
        Ok(identity::start_password_reset(tx, &keys, student)?
            .reveal(&keys, "https://pret.example"))
    });
    let body = json!({ "token": reset.unwrap().token, "new_password": "paper boat on a river" });
    app.anonymous().post("/auth/reset", &body).expect(204);
    login(&app, "student@north.example", "paper boat on a river").expect(200);
}

#[test]
fn every_fault_of_a_new_organization_is_named() {
    let app = TestApp::new();
    let new = identity::NewOrganization {
        name: String::new(),
        timezone: "Berlin".into(),
        currency: Some("euro".into()),
    };
    let refused =
        app.db().write_blocking(move |global| identity::create_organization(global, &new));
    let refused = refused.unwrap_err();
    let places: Vec<_> = refused.fault_list().iter().filter_map(|f| f.pointer.clone()).collect();
    assert_eq!(places, ["/currency", "/name", "/timezone"]);
}
