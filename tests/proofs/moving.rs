//! A large organization moves in little memory, and one of the demo beside a server that is written
//! to meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{File, PASSWORD, Ran, Server, pret, say};

/// Rows of a large organization: a file of some 200 MiB.
const ROWS: u32 = 200_000;
/// In which it goes out and comes in; less than the file, and most of it is the program itself.
const MEMORY_MIB: u32 = 160;

fn create(name: &str) -> [String; 11] {
    [
        "org",
        "create",
        "--name",
        name,
        "--timezone",
        "Europe/Berlin",
        "--admin-email",
        "ada@north.example",
        "--admin-name",
        "Ada",
        "--password-stdin",
    ]
    .map(str::to_owned)
}

#[test]
fn a_large_organization_moves_in_little_memory() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for folder in [&from, &to] {
        pret(folder.path(), &["migrate"], "").ok();
    }
    let arguments = create("North");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    pret(from.path(), &arguments, &format!("{PASSWORD}\n")).ok();
    File::open(&from.path().join("pret.db"))
        .run(&format!(
            "INSERT INTO notifications (id, org_id, user_id, kind, note, created_at)
             WITH RECURSIVE n (value) AS (
                 SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {ROWS})
             SELECT format('00000000-0000-7000-8000-%012x', n.value), m.org_id, m.user_id,
                 'DECIDED', format('%.800c', 'x'), 1
             FROM n, memberships AS m"
        ))
        .unwrap();
    let file = from.path().join("north.jsonl");
    let file = file.to_str().unwrap();
    let began = Instant::now();
    Ran::within(MEMORY_MIB, from.path(), &["org", "export", "North", "--out", file]).ok();
    let exported = began.elapsed();
    let mib = std::fs::metadata(file).unwrap().len() >> 20;
    assert!(mib > u64::from(MEMORY_MIB), "the file has {mib} MiB, too few to prove anything");
    let began = Instant::now();
    Ran::within(MEMORY_MIB, to.path(), &["org", "import", file, "--yes"]).ok();
    say(&format!(
        "{ROWS} rows, {mib} MiB, within {MEMORY_MIB} MiB of memory: out in {:.1} s, in in {:.1} s",
        exported.as_secs_f64(),
        began.elapsed().as_secs_f64()
    ));
}

#[test]
fn an_organization_comes_in_while_the_server_is_written_to() {
    let demo = Server::demo();
    let listed = demo.pret(&["org", "list", "--json"], "").json();
    let to = Server::start();
    let arguments = create("Here");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    to.pret(&arguments, &format!("{PASSWORD}\n")).ok();
    let login = json!({"email": "ada@north.example", "password": PASSWORD});
    let here = Server::send(to.ask("POST", "/auth/login").json(&login)).expect(200).json();
    let (token, org) = (here["access_token"].as_str().unwrap(), &here["organizations"][0]["id"]);
    let over = AtomicBool::new(false);
    let slowest = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut slowest = Duration::ZERO;
            for number in 0.. {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let began = Instant::now();
                let request = to.ask("POST", "/tags").bearer_auth(token);
                let request = request.header("X-Org-Id", org.as_str().unwrap());
                Server::send(request.json(&json!({"name": format!("tag {number}")}))).expect(201);
                slowest = slowest.max(began.elapsed());
            }
            slowest
        });
        for organization in listed.as_array().unwrap() {
            let id = organization["id"].as_str().unwrap();
            let file = demo.folder().join(format!("{id}.jsonl"));
            let file = file.to_str().unwrap();
            demo.pret(&["org", "export", id, "--with-passwords", "--out", file], "").ok();
            let imported = to.pret(&["org", "import", file, "--yes", "--json"], "").json();
            assert!(imported["rows"].as_u64().unwrap() > 4_000, "{imported}");
        }
        over.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    assert!(to.pret(&["verify"], "").ok().contains("Everything agrees"));
    say(&format!(
        "three organizations of some 5,000 rows came in beside a busy server: the slowest write \
         took {:.2} s, none was refused",
        slowest.as_secs_f64()
    ));
}
