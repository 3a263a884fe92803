//! `pret org` and `pret user`, beside a running server: what they do counts at once.

use std::fs;

use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};

use crate::support::{Ran, Reply, Server};

pub const PASSWORD: &str = "correct horse battery staple";
pub const ADMIN: &str = "ada@example.edu";
pub const STUDENT: &str = "grace@example.edu";

/// Runs `pret org create` with this admin.
fn found(server: &Server, name: &str, admin: &[&str], input: &str) -> Ran {
    let arguments = ["org", "create", "--name", name, "--timezone", "Europe/Berlin", "--json"];
    server.pret(&[&arguments, admin].concat(), input)
}

/// A server with one organization, its admin and a student.
pub fn school() -> (Server, String) {
    let server = Server::start();
    let admin = ["--admin-email", ADMIN, "--admin-name", "Ada Byron", "--password-stdin"];
    let made = found(&server, "School of Media", &admin, PASSWORD).json();
    let student = ["--email", STUDENT, "--name", "Grace Murray", "--password-stdin"];
    server.pret(&[&["user", "create"], &student[..]].concat(), PASSWORD).ok();
    let org = made["organization"]["id"].as_str().unwrap().to_owned();
    (server, org)
}

pub fn login(server: &Server, email: &str, password: &str) -> Reply {
    let body = json!({ "email": email, "password": password });
    Server::send(server.ask("POST", "/auth/login").json(&body))
}

/// Somebody who is signed in.
struct Caller<'a> {
    server: &'a Server,
    token: String,
    org: &'a str,
}

impl<'a> Caller<'a> {
    fn new(server: &'a Server, email: &str, org: &'a str) -> Self {
        let signed_in = login(server, email, PASSWORD).expect(200).json();
        Self { server, token: signed_in["access_token"].as_str().unwrap().to_owned(), org }
    }

    fn dressed(&self, request: RequestBuilder) -> Reply {
        Server::send(request.bearer_auth(&self.token).header("x-org-id", self.org))
    }

    fn get(&self, path: &str) -> Reply {
        self.dressed(self.server.ask("GET", path))
    }

    fn make_tag(&self, name: &str) -> Reply {
        self.dressed(self.server.ask("POST", "/tags").json(&json!({ "name": name })))
    }
}

fn user(server: &Server, arguments: &[&str]) -> Ran {
    server.pret(&[&["user"], arguments].concat(), "")
}

#[test]
fn an_organization_made_by_command_has_an_admin_who_can_sign_in() {
    let (server, org) = school();
    let admin = Caller::new(&server, ADMIN, &org);
    assert_eq!(admin.get("/health/details").expect(200).json()["status"], "ok");
    assert!(!server.beside(".bootstrap-token").exists(), "the other way in stayed open");
    let list = server.pret(&["org", "list", "--json"], "").json();
    assert_eq!(list[0]["id"], org.as_str());
    assert!(server.pret(&["org", "list"], "").ok().contains("School of Media"));
}

#[test]
fn an_account_that_exists_becomes_admin_and_no_password_is_read() {
    let (server, _) = school();
    let made = found(&server, "School of Music", &["--admin-email", "GRACE@example.edu"], "");
    let made = made.json();
    assert_eq!(made["admin"]["email"], STUDENT);
    assert_eq!(made["admin"]["roles"], json!(["admin"]));
    let org = made["organization"]["id"].as_str().unwrap();
    Caller::new(&server, STUDENT, org).get("/health/details").expect(200);
}

#[test]
fn roles_that_are_given_and_taken_count_at_once() {
    let (server, org) = school();
    // Somebody who is left without any role is signed out; this one has another.
    found(&server, "Second", &["--admin-email", STUDENT], "").ok();
    let student = Caller::new(&server, STUDENT, &org);
    let change = |what: &str, role: &str| {
        let place = ["--org", &org, "--email", STUDENT, "--role", role, "--json"];
        user(&server, &[&[what], &place[..]].concat()).json()["roles"].clone()
    };
    student.make_tag("one").refused(403, "forbidden");
    assert_eq!(change("grant", "staff"), json!(["student", "staff"]));
    student.make_tag("one").expect(201);
    assert_eq!(change("revoke", "staff"), json!(["student"]));
    student.make_tag("two").refused(403, "forbidden");
    assert_eq!(change("revoke", "student"), json!([]));
    student.get("/tags").refused(403, "not_a_member");
}

#[test]
fn an_account_that_is_deactivated_is_out_at_once() {
    let (server, org) = school();
    let student = Caller::new(&server, STUDENT, &org);
    let text = user(&server, &["deactivate", "--email", STUDENT]).ok();
    assert!(text.contains("(deactivated)"), "{text}");
    student.get("/tags").refused(401, "unauthenticated");
    login(&server, STUDENT, PASSWORD).refused(401, "invalid_credentials");
}

#[test]
fn a_password_is_set_anew_by_token_or_from_standard_input() {
    let (server, org) = school();
    let student = Caller::new(&server, STUDENT, &org);
    let arguments = ["user", "reset-password", "--email", STUDENT];
    let token = server.pret(&arguments, "").ok();
    let body = json!({ "token": token.trim(), "new_password": "a password of their own" });
    let reset = Server::send(server.ask("POST", "/auth/reset").json(&body));
    assert!((200..300).contains(&reset.status()), "{reset}");
    student.get("/tags").refused(401, "unauthenticated");
    login(&server, STUDENT, "a password of their own").expect(200);
    let second = "another password now\n";
    server.pret(&[&arguments[..], &["--password-stdin"]].concat(), second).ok();
    login(&server, STUDENT, "a password of their own").refused(401, "invalid_credentials");
    login(&server, STUDENT, second.trim()).expect(200);
}

#[test]
fn what_is_wrong_is_said_so_that_a_person_can_act() {
    let (server, _) = school();
    let new = ["--email", "x@example.edu", "--name", "X", "--password-stdin"];
    for (arguments, input, words) in [
        ([&["create"], &new[..]].concat(), "short", "12 to 128 characters"),
        (vec!["create", "--email", STUDENT, "--name", "X"], "", "--password-stdin"),
        ([&["create", "--org", "Nowhere"], &new[..]].concat(), PASSWORD, "pret org list"),
        (vec!["grant", "--email", "x@example.edu", "--role", "staff"], "", "pret user create"),
        (vec!["grant", "--email", STUDENT, "--role", "king"], "", "student, staff or admin"),
        (vec!["revoke", "--email", ADMIN, "--role", "admin"], "", "admin"),
    ] {
        let refusal = server.pret(&[&["user"], &arguments[..]].concat(), input).refused();
        assert!(refusal.contains(words), "{arguments:?}: {refusal}");
        assert!(input.is_empty() || !refusal.contains(input), "{refusal}");
    }
    let admin = ["--admin-email", "new@example.edu"];
    let unnamed = found(&server, "X", &admin, "").refused();
    assert!(unnamed.contains("--admin-name"), "{unnamed}");
    found(&server, "Second", &["--admin-email", ADMIN], "").ok();
    let refusal = user(&server, &["grant", "--email", STUDENT, "--role", "staff"]).refused();
    assert!(refusal.contains("--org"), "{refusal}");
    user(&server, &["grant", "--email", STUDENT, "--role", "staff", "--org", "Second"]).ok();
}

#[test]
fn without_a_database_the_commands_name_the_way_to_one() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = crate::support::pret(folder.path(), &["org", "list"], "").refused();
    assert!(refusal.contains("pret migrate"), "{refusal}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_is_changed_by_command_stands_in_the_trail_as_the_systems_doing() {
    let (server, org) = school();
    user(&server, &["grant", "--email", STUDENT, "--role", "staff"]).ok();
    let admin = Caller::new(&server, ADMIN, &org);
    let events = admin.get("/audit?entity_type=member&limit=1").expect(200).data();
    assert_eq!(events[0]["actor_user_id"], Value::Null);
    assert_eq!(events[0]["after"]["roles"], json!(["student", "staff"]));
    server.pret(&["verify"], "").ok();
}
