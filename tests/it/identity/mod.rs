//! People, organizations and sessions.

mod actions;
mod import;
mod invitations;
mod members;
mod organization;
mod password_page;
mod passwords;
mod registration;
mod sessions;

use serde_json::{Value, json};

use crate::support::{Caller, PASSWORD, Person, Reply, TestApp};

/// Signs in with a password.
fn login(app: &TestApp, email: &str, password: &str) -> Reply {
    app.anonymous().post("/auth/login", &json!({ "email": email, "password": password })).send()
}

/// Signs in as a person of the template; answers the whole sign-in.
#[track_caller]
fn sign_in(app: &TestApp, person: Person) -> Value {
    login(app, person.email(), PASSWORD).expect(200).json()
}

/// The person with the access token of this sign-in.
fn with<'a>(caller: &Caller<'a>, sign_in: &Value) -> Caller<'a> {
    caller.with_token(sign_in["access_token"].as_str().unwrap())
}

/// How many events the organization has.
fn events(app: &TestApp, org: &str) -> i64 {
    app.file().number(&format!("SELECT count(*) FROM audit_events WHERE org_id = '{org}'"))
}

/// The last event of the organization: what was done to what.
fn last_event(app: &TestApp, org: &str) -> String {
    app.file().text(&format!(
        "SELECT action || ' ' || entity_type FROM audit_events WHERE org_id = '{org}'
         ORDER BY seq DESC LIMIT 1"
    ))
}
