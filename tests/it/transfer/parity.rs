//! Nobody can tell the two servers apart: every GET there is answers the same bytes on both.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{bring_in, empty, write_out};
use crate::support::{Caller, File, Options, Reply, TestApp, none, say};

/// What speaks of the server and not of the organization.
const OF_THE_SERVER: [&str; 3] = ["/health", "/health/details", "/metrics"];

/// So many objects of each kind are asked for by their id.
const SAMPLE: usize = 12;

const ORG: &str = "00000000-0000-7000-8000-000000000001";

/// Where the values in a path come from.
const NAMED: [(&str, &str); 9] = [
    ("/resources/", "SELECT id FROM resources"),
    ("/units/", "SELECT id FROM resource_units"),
    ("/bookings/", "SELECT id FROM bookings"),
    ("/waitlist/", "SELECT id FROM waitlist_entries"),
    ("/fines/", "SELECT id FROM fines"),
    ("/members/", "SELECT user_id AS id FROM memberships"),
    ("/desk/scan/", "SELECT barcode AS id FROM resource_units"),
    ("/audit/", "SELECT DISTINCT concat(entity_type, '/', entity_id) AS id FROM audit_events"),
    ("/tags/", "SELECT id FROM tags"),
];

/// What is asked for besides the bare lists.
const FURTHER: [&str; 16] = [
    "/resources?q=camera",
    "/resources?q=tripod+manfrotto",
    "/resources?include_deleted=true&sort=-created_at,name",
    "/resources?available_from=2026-03-05T09:00:00Z&available_to=2026-03-06T09:00:00Z",
    "/bookings?status=PENDING,APPROVED&sort=-created_at",
    "/bookings?overdue=true",
    "/bookings?at_risk=true",
    "/bookings?from=2026-03-01T00:00:00Z&to=2026-03-15T00:00:00Z",
    "/waitlist?status=WAITING,OFFERED",
    "/waitlist?sort=created_at",
    "/fines?status=OPEN&sort=-amount_cents",
    "/fines?status=WAIVED",
    "/audit?entity_type=booking&action=STATUS_CHANGE",
    "/members?q=a",
    "/units?include_deleted=true",
    "/me/notifications?limit=1",
];

/// The values that stand in a path of this form, spread over all there are.
fn values(file: &File, path: &str) -> Vec<String> {
    let (_, query) =
        NAMED.iter().find(|(prefix, _)| path.starts_with(prefix)).unwrap_or_else(|| {
            panic!("say in NAMED what stands in {path}, or list it as OF_THE_SERVER")
        });
    let all = file.rows(&format!("SELECT id FROM ({query} WHERE org_id = '{ORG}') ORDER BY id"));
    let step = all.len().div_ceil(SAMPLE).max(1);
    let text = |row: Vec<rusqlite::types::Value>| match row.into_iter().next() {
        Some(rusqlite::types::Value::Text(text)) => text,
        other => panic!("{other:?}"),
    };
    all.into_iter().step_by(step).map(text).collect()
}

/// What an operation can't be asked without.
fn query(file: &File, path: &str) -> Vec<String> {
    let period = "from=2026-03-01T00:00:00Z&to=2026-03-20T00:00:00Z";
    match path {
        "/availability" => {
            let types =
                format!("SELECT group_concat(DISTINCT type) FROM resources WHERE org_id = '{ORG}'");
            let encode = |text: &str| text.replace('&', "%26").replace(' ', "%20");
            let types = file.text(&types);
            types.split(',').map(|kind| format!("?type={}&{period}", encode(kind))).collect()
        }
        "/resources/{id}/availability" => vec![format!("?{period}")],
        _ => vec![String::new()],
    }
}

/// Every address of every GET in the API document.
fn addresses(file: &File) -> BTreeSet<String> {
    let document = serde_json::to_value(pret::http::router::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let mut found: BTreeSet<String> = FURTHER.iter().map(|path| (*path).to_owned()).collect();
    for (path, operations) in paths {
        if operations["get"].is_null() || OF_THE_SERVER.contains(&path.as_str()) {
            continue;
        }
        let mut whole = vec![path.clone()];
        if let (Some(from), Some(to)) = (path.find('{'), path.rfind('}')) {
            let fill = |value| format!("{}{value}{}", &path[..from], &path[to + 1..]);
            whole = values(file, path).into_iter().map(fill).collect();
        }
        for query in query(file, path) {
            found.extend(whole.iter().map(|path| format!("{path}{query}")));
        }
    }
    found
}

/// What a caller can see of an answer.
fn seen(reply: &Reply) -> (u16, Vec<u8>, [Option<String>; 3]) {
    let header = |name: &str| reply.header(name).map(str::to_owned);
    (reply.status(), reply.bytes().to_vec(), ["etag", "x-commit-seq", "link"].map(header))
}

fn sign_in<'a>(app: &'a TestApp, email: &str) -> Caller<'a> {
    let login = serde_json::json!({"email": email, "password": pret::seed::PASSWORD});
    let tokens = app.anonymous().post("/auth/login", &login).expect(200).json();
    app.anonymous().with_token(tokens["access_token"].as_str().unwrap()).in_org(ORG)
}

/// Asks both, page after page; answers how many answers were the same, or what differs.
fn compare(path: &str, here: &Caller<'_>, there: &Caller<'_>) -> Result<usize, String> {
    let (mut path, mut pages) = (path.to_owned(), 0);
    loop {
        let (one, other) = (here.get(&path).send(), there.get(&path).send());
        if seen(&one) != seen(&other) {
            return Err(format!("{path}\n{one}\n{other}"));
        }
        pages += 1;
        let body: Value = serde_json::from_slice(one.bytes()).unwrap_or_default();
        let Some(cursor) = body["next_cursor"].as_str() else { return Ok(pages) };
        let bare = path.split("cursor=").next().unwrap().trim_end_matches(['?', '&']).to_owned();
        path = format!("{bare}{}cursor={cursor}", if bare.contains('?') { '&' } else { '?' });
    }
}

/// People who belong to this organization alone: `GET /me` shows the others too.
fn person(file: &File, role: u8) -> String {
    file.text(&format!(
        "SELECT min(u.email) FROM users AS u JOIN user_roles AS r ON r.user_id = u.id
         WHERE r.org_id = '{ORG}' AND u.is_active = 1
             AND (SELECT count(*) FROM memberships AS m WHERE m.user_id = u.id) = 1
             AND (SELECT max(o.role_id) FROM user_roles AS o WHERE o.user_id = u.id) = {role}"
    ))
}

#[test]
fn every_answer_of_the_second_server_is_that_of_the_first() {
    let here = Options::default().snapshot(&crate::seed::snapshot()).start();
    let (_folder, out) = write_out(&here, ORG, true);
    let there = empty();
    bring_in(&there, &out).unwrap();
    let file = here.file();
    let addresses = addresses(&file);
    let (mut same, mut faults) = (0, Vec::new());
    for role in [1, 2, 3] {
        let email = person(&file, role);
        let (one, other) = (sign_in(&here, &email), sign_in(&there, &email));
        for path in &addresses {
            match compare(path, &one, &other) {
                Ok(pages) => same += pages,
                Err(fault) => faults.push(fault),
            }
        }
    }
    faults.truncate(3);
    none(faults);
    say(&format!("{same} answers of {} addresses are the same on both servers", addresses.len()));
}
