//! How a server ends when its storage fails.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pret::config::Config;
use pret::db::DbOptions;
use pret::kernel::ManualClock;
use pret::serve::{Ended, Server};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::support::{Person, TestApp, client, start};

#[test]
fn a_commit_that_failed_is_answered_and_ends_the_server() {
    let app = TestApp::new();
    let (token, org) = (app.token(Person::Staff), app.north().to_owned());
    let database = app.path();
    app.db().close();
    let broken = Arc::new(AtomicBool::new(false));
    let hook = Arc::clone(&broken);
    let options = DbOptions {
        commit_hook: Some(Arc::new(move || hook.load(Ordering::SeqCst))),
        ..DbOptions::new(Arc::new(ManualClock::new(start())))
    };
    let listen = "127.0.0.1:0".parse().unwrap();
    let config = Config { database, listen, ..Config::default() };
    let server = Server::open_with(config, options).unwrap();
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(server.listen()).unwrap();
    let address = listener.local_addr().unwrap();
    let running = runtime.spawn(async move { server.run(listener).await.unwrap() });
    let make = |name: &str| {
        let request = client()
            .post(format!("http://{address}/resources"))
            .bearer_auth(&token)
            .header("x-org-id", &org)
            .json(&json!({ "type": "camera", "name": name }));
        request.send().unwrap()
    };
    assert_eq!(make("kept").status(), 201);
    broken.store(true, Ordering::SeqCst);
    let answer = make("nobody knows");
    assert_eq!(answer.status(), 503);
    let problem: serde_json::Value = answer.json().unwrap();
    assert_eq!(problem["code"], "outcome_unknown");
    assert_eq!(runtime.block_on(running).unwrap(), Ended::Broken);
    assert!(TcpStream::connect(address).is_err());
}
