//! The demo as its people see it: over HTTP, on a server that does what is due meanwhile.

use pret::seed;
use serde_json::{Value, json};

use crate::support::{Reply, Server};

/// Somebody of the demo who has signed in.
struct Guest<'a> {
    server: &'a Server,
    token: String,
    org: String,
}

impl<'a> Guest<'a> {
    fn sign_in(server: &'a Server, email: &str) -> Self {
        let login = json!({"email": email, "password": seed::PASSWORD});
        let answer =
            Server::send(server.ask("POST", "/auth/login").json(&login)).expect(200).json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (token, org) = (&answer["access_token"], &answer["organizations"][0]["id"]);
        Self { server, token: text(token), org: text(org) }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::blocking::RequestBuilder {
        let request = self.server.ask(method, path);
        request.bearer_auth(&self.token).header("X-Org-Id", &self.org)
    }

    fn list(&self, path: &str) -> Vec<Value> {
        let page = Server::send(self.request("GET", path)).expect(200).json();
        page["data"].as_array().unwrap().clone()
    }

    fn post(&self, path: &str, body: &Value) -> Reply {
        Server::send(self.request("POST", path).json(body))
    }
}

#[test]
fn the_server_makes_the_demo_and_its_people_sign_in_and_see_their_things() {
    let mut server = Server::demo();
    let amara = Guest::sign_in(&server, "amara.nwosu-bell@halyard.example");
    assert_eq!(amara.org, "00000000-0000-7000-8000-000000000001");
    assert_eq!(amara.list("/resources?limit=200").len(), 110);
    assert!(!server.beside(".bootstrap-token").exists());
    let again = server.pret(&["seed"], "").ok();
    assert!(again.contains("unchanged") && again.contains(seed::PASSWORD), "{again}");
    server.signal("TERM");
    assert!(server.wait().success());
    let outside = server.pret(&["serve", "--listen", "0.0.0.0:0"], "").refused();
    assert!(outside.contains("everybody knows"), "{outside}");
}

/// An admin of each organization, and a student who owes too much to book.
const DESKS: [(&str, &str); 3] = [
    ("margaret.oyelaran@halyard.example", "yuki.hanabusa@halyard.example"),
    ("aroha.whitcombe@kowhai.example", "ana.vaipulou@kowhai.example"),
    ("helene.desrochers-vidal@mistral.example", "zoe.castelnerac@mistral.example"),
];

#[test]
fn each_desk_has_work_and_the_file_stays_whole_while_it_is_served() {
    let mut server = Server::demo();
    for (admin, debtor) in DESKS {
        let desk = Guest::sign_in(&server, admin);
        let late = desk.list("/bookings?overdue=true&limit=200");
        assert!(late.len() >= 2, "{admin}: {late:#?}");
        for booking in &late {
            assert_eq!(booking["status"], "CHECKED_OUT");
            let out =
                |item: &Value| item["checked_out_at"].is_string() && item["returned_at"].is_null();
            assert!(booking["items"].as_array().unwrap().iter().any(out), "{booking:#}");
        }
        assert!(!desk.list("/bookings?at_risk=true").is_empty(), "{admin}");
        for (state, least) in [("OPEN", 2), ("PAID", 1), ("WAIVED", 1)] {
            let fines = desk.list(&format!("/fines?status={state}"));
            assert!(fines.len() >= least, "{admin} {state}: {fines:#?}");
        }
        let student = Guest::sign_in(&server, debtor);
        let owed: i64 = student
            .list("/me/fines?status=OPEN")
            .iter()
            .map(|fine| {
                fine["amount_cents"].as_i64().unwrap() - fine["paid_cents"].as_i64().unwrap()
            })
            .sum();
        let thing = student.list("/resources?limit=1")[0]["id"].clone();
        let asked = json!({
            "start_at": "2100-01-01T09:00:00Z", "end_at": "2100-01-01T10:00:00Z",
            "purpose": "One more", "items": [{"resource_id": thing, "quantity": 1}],
        });
        let check = student.post("/bookings/check", &asked).expect(200).json();
        let rules = check["rules"].as_array().unwrap();
        let debts =
            rules.iter().find(|one| one["rule"] == "block_when_fines_exceed_cents").unwrap();
        assert_eq!((&debts["passed"], &debts["asked"]), (&json!(false), &json!(owed)));
    }
    assert!(server.pret(&["verify"], "").ok().contains("Everything agrees"));
    server.signal("TERM");
    assert!(server.wait().success());
}
