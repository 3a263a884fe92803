//! `pret user erase`, run as a process beside the server.

use serde_json::json;

use super::{Life, WORDS, everything};
use crate::support::{Ran, TestApp, none, pret};

fn run(app: &TestApp, arguments: &[&str]) -> Ran {
    let path = app.path();
    let all = ["user", "erase", "--database", path.to_str().unwrap()];
    let all: Vec<&str> = all.into_iter().chain(arguments.iter().copied()).collect();
    pret(path.parent().unwrap(), &all, "")
}

#[test]
fn a_preview_changes_nothing_and_yes_does_it() {
    let Life { app, .. } = Life::lived();
    let before = app.file().dump();
    let preview = run(&app, &["Student@north.example"]).ok();
    for part in ["would be erased", "in North: 7 bookings", "in South:", "--yes", "sessions"] {
        assert!(preview.contains(part), "{preview} lacks {part}");
    }
    assert_eq!(before.difference(&app.file().dump()), "");
    let done = run(&app, &["student@north.example", "--yes", "--vacuum"]).ok();
    assert!(done.contains("was erased"), "{done}");
    let log = app.path().with_file_name("pret.db-wal");
    assert_eq!(std::fs::metadata(log).map_or(0, |log| log.len()), 0, "the log was not emptied");
    let after = everything(&app);
    none(WORDS.iter().filter(|word| after.contains(**word)).map(|word| (*word).to_owned()));
    let path = app.path();
    let verify = ["verify", "--database", path.to_str().unwrap()];
    let verified = pret(path.parent().unwrap(), &verify, "").ok();
    assert!(verified.contains("erased)") && verified.contains("Everything agrees."), "{verified}");
}

#[test]
fn an_id_does_as_well_and_scripts_read_json() {
    let Life { app, .. } = Life::lived();
    let id = app.student().user_id();
    let preview = run(&app, &[id, "--json"]).json();
    assert_eq!((&preview["erased"], &preview["erasure"]["user_id"]), (&json!(false), &json!(id)));
    let done = run(&app, &[id, "--yes", "--json"]).json();
    assert_eq!((&done["erased"], &done["erasure"]["user_id"]), (&json!(true), &json!(id)));
    let again = run(&app, &[id, "--yes"]).refused();
    assert!(again.contains("erased already"), "{again}");
}

#[test]
fn what_is_refused_is_said_in_words() {
    let app = TestApp::new();
    app.staff().fine(app.student().user_id(), 500);
    for arguments in [&["student@north.example"][..], &["student@north.example", "--yes"]] {
        let refusal = run(&app, arguments).refused();
        assert!(refusal.contains("in North: 1 open fines"), "{refusal}");
    }
    for nobody in ["nobody@north.example", "019a2f64-5c00-7000-8000-00000000dead"] {
        assert!(run(&app, &[nobody]).refused().contains("account"));
    }
}
