//! The log: one line a request, every line for programs to read, and never a secret.

use serde_json::{Value, json};

use crate::support::{File, Server};

const PASSWORD: &str = "an unguessable first passphrase";
const SECOND: &str = "an unguessable second passphrase";
const THIRD: &str = "an unguessable third passphrase";
const WRONG: &str = "an entirely wrong passphrase";
const TOKEN: &str = "a bootstrap token of this test";
const EMAIL: &str = "ada.byron@secret.example";
const OTHER_EMAIL: &str = "grace.hopper@secret.example";

/// Somebody who asks a served desk, and remembers every secret.
struct Desk {
    server: Server,
    access: String,
    org: String,
    secrets: Vec<String>,
}

impl Desk {
    fn open() -> Self {
        let server = Server::with(&[
            ("PRET_LOG__FORMAT", "json"),
            ("PRET_LOG__LEVEL", "trace"),
            ("PRET_BOOTSTRAP_TOKEN", TOKEN),
        ]);
        let fixed = [PASSWORD, SECOND, THIRD, WRONG, TOKEN, EMAIL, OTHER_EMAIL, "Ada Byron"];
        let secrets = fixed.map(str::to_owned).to_vec();
        Self { server, access: String::new(), org: String::new(), secrets }
    }

    fn ask(&mut self, method: &str, path: &str, id: &str, body: &Value) -> (u16, Value) {
        self.send(method, path, id, &body.to_string())
    }

    fn send(&mut self, method: &str, path: &str, id: &str, body: &str) -> (u16, Value) {
        let mut request = self.server.ask(method, path).header("x-request-id", id);
        if !self.access.is_empty() {
            request = request.bearer_auth(&self.access).header("x-org-id", &self.org);
        }
        if method != "GET" {
            request = request.header("content-type", "application/json").body(body.to_owned());
        }
        let reply = Server::send(request);
        let body: Value = serde_json::from_slice(reply.bytes()).unwrap_or_default();
        for name in ["access_token", "refresh_token", "token"] {
            self.secrets.extend(body[name].as_str().map(str::to_owned));
        }
        (reply.status(), body)
    }

    fn sign_in(&mut self, password: &str) -> (u16, Value) {
        self.access.clear();
        let answer = self.ask(
            "POST",
            "/auth/login",
            "login",
            &json!({ "email": EMAIL, "password": password }),
        );
        if answer.0 == 200 {
            answer.1["access_token"].as_str().unwrap().clone_into(&mut self.access);
            answer.1["organizations"][0]["id"].as_str().unwrap().clone_into(&mut self.org);
        }
        answer
    }
}

/// Everything in which a secret is sent or answered.
fn use_secrets(desk: &mut Desk) {
    let found = json!({
        "bootstrap_token": TOKEN, "email": EMAIL, "password": PASSWORD, "full_name": "Ada Byron",
        "organization": { "name": "Secrets", "timezone": "Europe/Berlin" },
    });
    assert_eq!(desk.ask("POST", "/auth/register", "found", &found).0, 201);
    assert_eq!(desk.sign_in(WRONG).0, 401);
    let (_, session) = desk.sign_in(PASSWORD);
    let refresh = json!({ "refresh_token": session["refresh_token"] });
    assert_eq!(desk.ask("POST", "/auth/refresh", "refresh", &refresh).0, 200);
    assert_eq!(desk.ask("POST", "/auth/refresh", "again", &refresh).0, 401);
    desk.sign_in(PASSWORD);
    let member = json!({ "email": OTHER_EMAIL, "password": SECOND, "full_name": "Ada Byron" });
    let (status, made) = desk.ask("POST", "/auth/register", "member", &member);
    assert_eq!(status, 201, "{made}");
    let id = made["user_id"].as_str().or(made["id"].as_str()).unwrap().to_owned();
    let path = format!("/members/{id}/password-reset");
    let (status, ticket) = desk.ask("POST", &path, "ticket", &json!({}));
    assert!(status < 300, "{ticket}");
    let reset = json!({ "token": ticket["token"], "new_password": THIRD });
    assert_eq!(desk.ask("POST", "/auth/reset", "reset", &reset).0, 204);
    assert_eq!(desk.ask("POST", "/auth/reset", "twice", &reset).0, 401);
    let query = format!("/members?q={}", OTHER_EMAIL.replace('@', "%40"));
    assert_eq!(desk.ask("GET", &query, "query", &json!({})).0, 200);
    for (number, body) in [
        format!("{{\"email\": \"{EMAIL}\", \"password\": \"{PASSWORD}\""),
        format!("{{\"email\": \"{EMAIL}\", \"password\": [\"{PASSWORD}\"]}}"),
        format!("{{\"{PASSWORD}\": \"{EMAIL}\"}}"),
        format!("\"{PASSWORD}\""),
    ]
    .iter()
    .enumerate()
    {
        let (status, _) = desk.send("POST", "/auth/login", &format!("bad-{number}"), body);
        assert!(status == 400 || status == 422);
    }
    let change = json!({ "current_password": PASSWORD, "new_password": THIRD });
    let (status, answer) = desk.ask("POST", "/auth/password", "change", &change);
    assert!(status < 300 || status == 422, "{answer}");
}

#[test]
fn no_secret_stands_in_the_log_and_every_line_can_be_read() {
    let mut desk = Desk::open();
    use_secrets(&mut desk);
    assert!(desk.secrets.len() > 14, "{}", desk.secrets.len());
    desk.server.signal("TERM");
    let log = desk.server.whole_log();
    let lines: Vec<Value> = log
        .iter()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    for secret in &desk.secrets {
        let told = log.iter().find(|line| line.contains(secret.as_str()));
        assert!(told.is_none(), "{secret} in {told:?}");
    }
    for (id, route, status) in [
        ("found", "/auth/register", 201),
        ("again", "/auth/refresh", 401),
        ("query", "/members", 200),
        ("bad-0", "/auth/login", 400),
    ] {
        let line = lines.iter().find(|line| line["request_id"] == id).unwrap();
        assert_eq!((&line["route"], &line["status"]), (&json!(route), &json!(status)), "{line}");
        assert_eq!((&line["level"], &line["client"]), (&json!("INFO"), &json!("127.0.0.1")));
        assert!(line["timestamp"].is_string() && line["ms"].is_u64(), "{line}");
    }
    let asked = lines.iter().find(|line| line["request_id"] == "query").unwrap();
    assert_eq!(asked["org_id"], desk.org.as_str());
    assert!(asked["user_id"].is_string(), "{asked}");
    let mut heads = lines.iter().filter(|line| line["message"] == "audit head");
    let last = heads.next_back().unwrap();
    assert!(
        last["seq"].as_i64().unwrap() > 1 && last["hash"].as_str().unwrap().len() >= 64,
        "{last}"
    );
    assert_eq!(last["org_id"], desk.org.as_str());
}

#[test]
fn a_fault_of_ours_is_told_with_its_cause() {
    let server = Server::with(&[("PRET_LOG__FORMAT", "json")]);
    let file = File::open(&server.beside(""));
    file.run("PRAGMA writable_schema = ON; DROP TABLE refinery_schema_history").unwrap();
    let ask = server.ask("GET", "/health").header("x-request-id", "broken");
    Server::send(ask).refused(503, "overloaded");
    let line: Value = serde_json::from_str(&server.logged("\"broken\"")).unwrap();
    assert_eq!((&line["level"], &line["code"]), (&json!("ERROR"), &json!("overloaded")), "{line}");
    assert!(line["cause"].as_str().unwrap().contains("can't be read"), "{line}");
}
