//! `pret user import`, beside a running server.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::accounts::{STUDENT, login, school};
use crate::support::{Ran, Server};

const SHEET: &str = "email;full_name;roles\r\nnia@example.edu;\"Neu; Nia\";staff\r\n\
    grace@example.edu;Grace;admin\r\n";

fn import(server: &Server, sheet: impl AsRef<[u8]>, more: &[&str]) -> Ran {
    fs::write(server.folder().join("people.csv"), sheet).unwrap();
    server.pret(&[&["user", "import", "people.csv"], more].concat(), "")
}

fn set_password(server: &Server, link: &str) {
    let (page, token) = link.split_once('#').unwrap();
    assert_eq!(page, "http://127.0.0.1:8080/set-password");
    let body = json!({ "token": token, "new_password": "a password of their own" });
    let reply = Server::send(server.ask("POST", "/auth/reset").json(&body));
    assert_eq!(reply.status(), 204, "{reply}");
}

#[test]
fn without_yes_it_is_shown_and_not_done() {
    let (server, _) = school();
    let ran = import(&server, SHEET, &[]);
    assert!(
        ran.err.contains("1 would be added") && ran.err.contains("Do it with --yes"),
        "{ran:?}"
    );
    let shown = ran.ok();
    for words in ["would be added as staff", "already a member, stays student", "Neu; Nia"] {
        assert!(shown.contains(words), "{shown}");
    }
    let report = import(&server, SHEET, &["--json"]).json();
    assert_eq!((&report["preview"], &report["added"]), (&json!(true), &json!(1)));
    let refused = import(&server, SHEET, &["--links", "links.csv"]).refused();
    assert!(refused.contains("--yes"), "{refused}");
    let done = import(&server, SHEET, &["--yes", "--json"]).json();
    assert_eq!((&done["created"], &done["unchanged"]), (&json!(1), &json!(1)));
    set_password(&server, done["people"][0]["link"].as_str().unwrap());
    login(&server, "nia@example.edu", "a password of their own").expect(200);
}

#[test]
fn the_links_go_into_a_new_file_of_the_owner_alone() {
    let (server, _) = school();
    let links = server.folder().join("links.csv");
    fs::write(&links, "precious").unwrap();
    let refused = import(&server, SHEET, &["--yes", "--links", "links.csv"]).refused();
    assert!(refused.contains("links.csv") && refused.contains("Nothing was changed"), "{refused}");
    assert_eq!(fs::read_to_string(&links).unwrap(), "precious");
    fs::remove_file(&links).unwrap();
    let report = import(&server, SHEET, &["--yes", "--links", "links.csv", "--json"]).json();
    assert_eq!((&report["created"], &report["people"][0]["link"]), (&json!(1), &Value::Null));
    assert_eq!(fs::metadata(&links).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&links).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], r#""email","full_name","link","link_expires_at""#);
    assert_eq!(lines.len(), 2);
    let cells: Vec<&str> = lines[1].trim_matches('"').split("\",\"").collect();
    assert_eq!(cells[..2], ["nia@example.edu", "Neu; Nia"]);
    set_password(&server, cells[2]);
}

#[test]
fn links_are_printed_where_no_file_is_named() {
    let (server, _) = school();
    let printed = import(&server, SHEET, &["--yes"]).ok();
    let line = printed.lines().find(|line| line.contains("/set-password#")).unwrap();
    set_password(&server, line.split('"').nth(5).unwrap());
}

#[test]
fn bad_rows_are_named_and_nothing_is_done() {
    let (server, _) = school();
    let latin = b"email,full_name,roles\nnia@example.edu,Nia,\nnoe@example.edu,No\xe9,\n";
    let refused = import(&server, latin, &["--yes", "--links", "links.csv"]).refused();
    assert!(refused.contains("row 3, full_name: is no UTF-8"), "{refused}");
    let wide: Vec<u8> = SHEET.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(import(&server, wide, &["--yes"]).refused().contains("CSV UTF-8"));
    let bad = format!("{SHEET}=cmd@example.edu;X;\r\n{STUDENT};X;king\r\n");
    let refused = import(&server, bad, &["--yes"]).refused();
    for words in
        ["row 4, email: must not begin with =", "row 5, roles:", "row 5, email: stands in row 3"]
    {
        assert!(refused.contains(words), "{refused}");
    }
    let large = import(&server, vec![b'x'; 5 * 1024 * 1024], &[]).refused();
    assert!(large.contains("more than"), "{large}");
    assert!(server.pret(&["user", "import", "nothing.csv"], "").refused().contains("nothing.csv"));
    assert!(!server.folder().join("links.csv").exists());
    let shown = import(&server, SHEET, &["--json"]).json();
    assert_eq!(shown["added"], 1);
}
