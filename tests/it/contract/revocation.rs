//! What is taken away counts at once, also for what is under way.

use axum::extract::FromRequestParts;
use axum::http::Request;
use pret::app::{App, AsStaff, Caller};
use pret::http::params::QueryNames;
use pret::http::{Reply, Trail};
use pret::kernel::{Code, Error};

use crate::support::{Person, TestApp};

/// A request of staff that has passed the checks at the door.
async fn past_the_door(app: &TestApp) -> Caller<AsStaff> {
    let request = Request::builder()
        .header("authorization", format!("Bearer {}", app.token(Person::Staff)))
        .header("x-org-id", app.north())
        .extension(Trail::new("r", "/tags"))
        .extension(QueryNames::default())
        .body(())
        .unwrap();
    let mut parts = request.into_parts().0;
    Caller::from_request_parts(&mut parts, app.app()).await.unwrap()
}

/// What becomes of a write and of a read when `taken` happens after the checks at the door.
fn after(taken: &str) -> (Option<Code>, Option<Code>) {
    let app = TestApp::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let caller = runtime.block_on(past_the_door(&app));
    app.sql(&taken.replace("$user", app.user_id(Person::Staff))).unwrap();
    let service: &App = app.app();
    let write = runtime.block_on(service.write(&caller, None, |_| Ok(Reply::no_content())));
    let read = runtime.block_on(service.read(&caller, |_| Ok(())));
    let code = |error: Error| error.code();
    (write.err().map(code), read.err().map(code))
}

/// Goes red with the seeded bug `role_read_before_job`.
#[test]
fn role_membership_and_session_are_read_again_inside_the_transaction() {
    for (taken, code) in [
        ("UPDATE user_roles SET role_id = 1 WHERE user_id = '$user'", Code::Forbidden),
        ("DELETE FROM user_roles WHERE user_id = '$user'", Code::NotAMember),
        ("UPDATE sessions SET ended_at = 1 WHERE user_id = '$user'", Code::Unauthenticated),
        ("UPDATE users SET is_active = 0 WHERE id = '$user'", Code::Unauthenticated),
    ] {
        assert_eq!(after(taken), (Some(code), Some(code)), "{taken}");
    }
    assert_eq!(after("SELECT 1"), (None, None));
}
