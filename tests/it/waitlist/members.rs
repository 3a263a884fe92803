//! Who is gone waits no more: whatever takes a person away passes on what was held for that one,
//! in the same transaction.

use pret::kernel::{Clock, SystemClock, Timestamp};
use serde_json::{Value, json};

use super::{booking_path, path, verify};
use crate::support::{PASSWORD, Person, Reply, Server, TestApp, unique};

const HOUR: i64 = 3_600_000;
const ADMIN: &str = "ada@example.edu";

#[test]
fn a_removed_member_leaves_and_an_open_offer_goes_to_the_next() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let taken: Vec<Value> = stock.units.iter().map(|unit| app.staff().book(unit, 24, 48)).collect();
    let offered = app.student().wait(&stock.units[0], 24, 48);
    let waiting = app.student().wait(&stock.units[1], 24, 48);
    let next = app.other_student().wait(&stock.units[0], 24, 48);
    app.staff().act(&booking_path(&taken[0], "/cancel")).expect(200);
    assert_eq!(app.staff().entry(&offered)["status"], "OFFERED");
    let commits = app.db().writer_stats().commits;
    app.admin().delete(&format!("/members/{}", app.student().user_id())).expect(204);
    assert_eq!(app.db().writer_stats().commits, commits + 1);
    for entry in [&offered, &waiting] {
        let entry = app.staff().entry(entry);
        assert_eq!((&entry["status"], &entry["offer"]), (&json!("CANCELLED"), &json!(null)));
        let request = json!({ "id": entry["booking_id"] });
        let request = app.staff().get(&booking_path(&request, "")).expect(200).json();
        assert_eq!(request["status"], "CANCELLED");
    }
    assert_eq!(app.staff().entry(&next)["status"], "OFFERED");
    verify(&app);
}

/// What is due elsewhere is ended before what came free there is handed on, so that nobody is
/// served out of turn.
#[test]
fn who_is_closed_at_home_frees_elsewhere_for_the_best_who_waits_there() {
    let app = TestApp::new();
    let (camera, light) =
        (app.south_staff().resource_with_units(1), app.south_staff().resource_with_units(1));
    let guest = app.student().in_org(app.south());
    let invited = json!({ "email": Person::Student.email(), "roles": ["student"] });
    app.south_admin().post("/members", &invited).expect(202);
    let invitation = app.student().get("/me").expect(200).json()["invitations"][0]["id"].clone();
    let accept = format!("/me/invitations/{}/accept", invitation.as_str().unwrap());
    app.student().act(&accept).expect(200);
    let taken = app.south_staff().book(camera.unit(), 24, 48);
    let best = app.south_admin().wait(camera.unit(), 24, 48);
    let offered = guest.wait(camera.unit(), 24, 48);
    let worse = app.south_student().wait(camera.unit(), 24, 48);
    let another = json!({ "items": [{ "resource_id": light.resource, "quantity": 1 }] });
    app.south_staff().post(&path(&best, "/propose"), &another).expect(200);
    app.advance_minutes(5);
    app.south_staff().act(&booking_path(&taken, "/cancel")).expect(200);
    assert_eq!(app.south_staff().entry(&offered)["status"], "OFFERED");
    app.advance_minutes(5);
    let member = format!("/members/{}", app.student().user_id());
    app.admin().patch(&member, "*", &json!({ "is_active": false })).expect(200);
    let status = |entry| app.south_staff().entry(entry)["status"].clone();
    assert_eq!(
        [&best, &offered, &worse].map(status),
        ["OFFERED", "CANCELLED", "WAITING"].map(|status| json!(status))
    );
    assert_eq!(app.south_staff().entry(&best)["offer"]["proposal"], false);
}

/// A running server, its admin, and two students.
struct School {
    server: Server,
    org: String,
    token: String,
    students: [String; 2],
}

impl School {
    fn open() -> Self {
        let server = Server::start();
        let founded = "org create --name School --timezone Europe/Berlin --admin-name Ada --json";
        let admin = ["--admin-email", ADMIN, "--password-stdin"];
        let founded: Vec<&str> = founded.split(' ').chain(admin).collect();
        let org = server.pret(&founded, PASSWORD).json()["organization"]["id"].clone();
        let students = [0, 1].map(|number| {
            let create = ["user", "create", "--name", "Student", "--password-stdin", "--json"];
            let email = email(number);
            let create = [&create[..], &["--email", &email]].concat();
            let made = server.pret(&create, PASSWORD).json();
            made["user_id"].as_str().unwrap().to_owned()
        });
        let login = json!({ "email": ADMIN, "password": PASSWORD });
        let signed_in = Server::send(server.ask("POST", "/auth/login").json(&login)).expect(200);
        let token = signed_in.json()["access_token"].as_str().unwrap().to_owned();
        Self { server, org: org.as_str().unwrap().to_owned(), token, students }
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        let request = self.server.ask(method, path).bearer_auth(&self.token).json(body);
        let request = request.header("x-org-id", &self.org);
        Server::send(request.header("idempotency-key", unique("key")))
    }

    /// Asks for tomorrow, for the admin or for one of the students.
    fn ask(&self, path: &str, unit: &Value, student: Option<usize>) -> Value {
        let start = SystemClock.now().millis() / HOUR * HOUR + 24 * HOUR;
        let at = |hours| Timestamp::from_millis(start + hours * HOUR).to_string();
        let mut body = json!({
            "start_at": at(0), "end_at": at(4), "purpose": "a film about the harbour",
            "items": [{ "resource_unit_id": unit }],
        });
        if let Some(student) = student {
            body["requester_user_id"] = json!(self.students[student]);
        }
        self.send("POST", path, &body).expect(201).json()
    }

    fn status(&self, entry: &Value) -> Value {
        self.send("GET", &path(entry, ""), &json!({})).expect(200).json()["status"].clone()
    }
}

fn email(student: usize) -> String {
    format!("student-{student}@example.edu")
}

#[test]
fn an_account_closed_by_command_beside_the_server_leaves_at_once() {
    let school = School::open();
    let units = json!([{ "barcode": "one" }, { "barcode": "two" }]);
    let stock = json!({ "type": "camera", "name": "Camera", "units": units });
    let resource = school.send("POST", "/resources", &stock).expect(201).id();
    let units = school.send("GET", &format!("/resources/{resource}/units"), &json!({})).data();
    let taken = [0, 1].map(|at| school.ask("/bookings", &units[at]["id"], None));
    let offered = school.ask("/waitlist", &units[0]["id"], Some(0));
    let waiting = school.ask("/waitlist", &units[1]["id"], Some(0));
    let next = school.ask("/waitlist", &units[0]["id"], Some(1));
    school.send("POST", &booking_path(&taken[0], "/cancel"), &json!({})).expect(200);
    assert_eq!(school.status(&offered), "OFFERED");
    school.server.pret(&["user", "deactivate", "--email", &email(0)], "").ok();
    assert_eq!([&offered, &waiting].map(|entry| school.status(entry)), ["CANCELLED", "CANCELLED"]);
    assert_eq!(school.status(&next), "OFFERED");
    school.server.pret(&["verify"], "").ok();
}
