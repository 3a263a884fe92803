//! Out, in, and out again: the same file, through the command line as somebody would use it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use tempfile::tempdir;

use super::file::Lines;
use super::{bring_in, empty, write_out};
use crate::support::{Options, PASSWORD, Server, TestApp, pret};

const ORGS: [&str; 3] = ["1", "2", "3"];

fn id(of: &str) -> String {
    format!("00000000-0000-7000-8000-00000000000{of}")
}

/// Who is at home elsewhere is at home in the organization that came in; nothing else differs.
fn require_same(first: &Path, second: &Path, rehomed: usize) {
    let (first, second) = (Lines::read(first).0, Lines::read(second).0);
    assert_eq!(first.len(), second.len());
    let mut moved = 0;
    for (mut one, other) in first.into_iter().zip(second) {
        if one != other && one["table"] == "users" {
            one["row"]["org_id"] = other["row"]["org_id"].clone();
            moved += 1;
        }
        assert_eq!(one, other);
    }
    assert_eq!(moved, rehomed);
}

#[test]
fn each_organization_of_the_demo_comes_out_as_it_went_in() {
    let demo = Options::default().snapshot(&crate::seed::snapshot()).start();
    let mut all_rehomed = 0;
    for org in ORGS.map(id) {
        for with_passwords in [true, false] {
            let (_first, out) = write_out(&demo, &org, with_passwords);
            let there = empty();
            let imported = bring_in(&there, &out).unwrap();
            let rehomed = imported.survey.accounts.rehomed.len();
            let (_second, again) = write_out(&there, &org, with_passwords);
            require_same(&out, &again, rehomed);
            all_rehomed += rehomed;
        }
    }
    assert!(all_rehomed > 0, "nobody of the demo is at home elsewhere");
}

#[test]
fn all_organizations_of_a_server_can_move_to_another_one() {
    let demo = Options::default().snapshot(&crate::seed::snapshot()).start();
    let there = empty();
    for org in ORGS.map(id) {
        let (_folder, out) = write_out(&demo, &org, true);
        bring_in(&there, &out).unwrap();
    }
    let count = "SELECT count(*) FROM users";
    assert_eq!(there.file().number(count), demo.file().number(count));
    let verify = pret(there.path().parent().unwrap(), &["verify"], "").ok();
    assert!(verify.contains("Everything agrees"), "{verify}");
}

/// Fines that are settled and maintenance that is over have a way of their own through triggers.
#[test]
fn the_demo_has_what_is_hard_to_move() {
    let demo = Options::default().snapshot(&crate::seed::snapshot()).start();
    let file = demo.file();
    for rare in [
        "fines WHERE status = 'PAID'",
        "fines WHERE status = 'WAIVED'",
        "fines WHERE status = 'OPEN' AND paid_cents > 0",
        "unit_custody",
        "waitlist_offers",
        "waitlist_queue",
        "notifications",
        "unit_maintenance WHERE is_over = 0",
    ] {
        assert!(file.number(&format!("SELECT count(*) FROM {rare}")) > 0, "no {rare}");
    }
}

#[test]
fn maintenance_that_is_over_and_a_waived_rest_come_along() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let plan = serde_json::json!({
        "start_at": crate::support::at(2), "end_at": crate::support::at(4), "note": "lens",
    });
    app.staff().post(&format!("/units/{}/maintenance", stock.unit()), &plan).expect(201);
    app.advance_minutes(5 * 60);
    app.run_jobs();
    let fine = serde_json::json!({
        "user_id": app.user_id_of("student"), "kind": "OTHER", "amount_cents": 900, "note": "x",
    });
    let fine = app.staff().post("/fines", &fine).expect(201).id();
    let pay = serde_json::json!({"fine_id": fine, "amount_cents": 400, "method": "CASH"});
    app.staff().post("/fines/payments", &pay).expect(201);
    let waive = serde_json::json!({"note": "enough"});
    app.staff().post(&format!("/fines/{fine}/waive"), &waive).expect(200);
    let facts = "SELECT count(*) FROM unit_maintenance WHERE is_over = 1";
    assert_eq!(app.file().number(facts), 1);
    let (_first, out) = write_out(&app, app.north(), true);
    let there = empty();
    there.advance_minutes(5 * 60);
    bring_in(&there, &out).unwrap();
    assert_eq!(there.file().number(facts), 1);
    assert_eq!(
        there.file().text("SELECT concat(status, paid_cents) FROM fines"),
        "WAIVED400".to_owned()
    );
    let (_second, again) = write_out(&there, app.north(), true);
    require_same(&out, &again, 0);
}

#[test]
fn by_the_command_line_beside_running_servers() {
    let (from, to) = (Server::start(), Server::start());
    let create = [
        "org",
        "create",
        "--name",
        "North",
        "--timezone",
        "Europe/Berlin",
        "--admin-email",
        "ada@north.example",
        "--admin-name",
        "Ada",
        "--password-stdin",
    ];
    from.pret(&create, &format!("{PASSWORD}\n")).ok();
    let folder = tempdir().unwrap();
    let file = folder.path().join("north.jsonl");
    let file = file.to_str().unwrap();
    let export = ["org", "export", "North", "--with-passwords", "--out", file];
    let told = from.pret(&export, "").ok();
    assert!(told.contains("audit head"), "{told}");
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(from.pret(&export, "").refused().contains("there already"));
    let unasked = to.pret(&["org", "import", file], "").refused();
    assert!(unasked.contains("--yes"), "{unasked}");
    let imported = to.pret(&["org", "import", file, "--yes", "--json"], "").json();
    assert_eq!(
        (&imported["accounts"]["new"], &imported["without_password"]),
        (&1.into(), &0.into())
    );
    assert!(!to.beside(".bootstrap-token").exists());
    let login = serde_json::json!({"email": "ada@north.example", "password": PASSWORD});
    let signed_in = Server::send(to.ask("POST", "/auth/login").json(&login)).expect(200).json();
    assert_eq!(signed_in["organizations"][0]["name"], "North");
    let streamed = to.pret(&["org", "export", "North", "--with-passwords"], "").ok();
    let without_time = |text: &str| -> Vec<Value> {
        let mut lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        lines[0]["header"]["exported_at"] = Value::Null;
        lines.pop();
        lines
    };
    assert_eq!(without_time(&streamed), without_time(&fs::read_to_string(file).unwrap()));
    assert!(to.pret(&["org", "import", file, "--yes"], "").refused().contains("already"));
}
