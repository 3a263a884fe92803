//! Search: words and prefixes, without case, accents or syntax.

use serde_json::json;

use super::names;
use crate::support::TestApp;

fn stocked() -> TestApp {
    let app = TestApp::new();
    for (name, description, serial) in [
        ("Caméra Éclair NPR", "16 mm, synchrone", "NPR-1971"),
        ("Boom pole", "carbon, for the ÉCLAIR", "BP 12"),
        ("Zoom H6", "recorder", "ZH6"),
    ] {
        let body = json!({
            "type": "film", "name": name, "description": description, "serial_number": serial,
        });
        app.staff().post("/resources", &body).expect(201);
    }
    app
}

#[test]
fn words_are_found_by_their_beginning_without_case_and_accents() {
    let app = stocked();
    for (q, expected) in [
        ("camera", vec!["Caméra Éclair NPR"]),
        ("ECL", vec!["Boom pole", "Caméra Éclair NPR"]),
        ("e%CC%81clair+npr", vec!["Caméra Éclair NPR"]),
        ("npr-1971", vec!["Caméra Éclair NPR"]),
        ("bp+carb", vec!["Boom pole"]),
        ("oom", vec![]),
        ("film", vec![]),
    ] {
        let found = app.student().get(&format!("/resources?q={q}")).expect(200);
        assert_eq!(names(&found), expected, "{q}");
    }
}

#[test]
fn what_would_be_syntax_is_only_a_word() {
    let app = stocked();
    for q in [
        "zoom OR boom",
        "zoom NOT boom",
        "\"zoom",
        "zoom*\"",
        "name:zoom",
        "org:o",
        "(zoom",
        "*",
        "\"\"",
        "NEAR(zoom recorder)",
        "^zoom",
        "-zoom",
        "zoom\" OR \"boom",
        "{name}:x",
        "'; --",
        "+",
        "%00x",
        "ö\u{301}",
        "\u{200b}",
        "中文",
        "½",
    ] {
        let query = url(q);
        let found = app.student().get(&format!("/resources?q={query}")).send();
        assert!([200, 400].contains(&found.status()), "{found}");
        let both = found.status() == 200 && found.data().len() > 1;
        assert!(!both, "{found}");
    }
    assert_eq!(names(&app.student().get("/resources?q=zoom*").expect(200)), ["Zoom H6"]);
}

#[test]
fn a_search_follows_changes() {
    let app = stocked();
    let zoom = app.student().get("/resources?q=zoom").expect(200).data()[0]["id"].clone();
    let path = format!("/resources/{}", zoom.as_str().unwrap());
    let found = |q: &str| app.staff().get(&format!("/resources?q={q}")).expect(200).data().len();
    app.staff().patch(&path, "*", &json!({ "name": "Tascam", "serial_number": null })).expect(200);
    assert_eq!((found("zoom"), found("zh6"), found("tascam")), (0, 0, 1));
    app.staff().delete(&path).expect(204);
    assert_eq!((found("tascam"), found("tascam&include_deleted=true")), (0, 1));
    app.staff().act(&format!("{path}/restore")).expect(200);
    assert_eq!(found("tascam"), 1);
}

#[test]
fn a_search_stays_in_its_organization() {
    let app = stocked();
    assert!(app.south_student().get("/resources?q=zoom").expect(200).data().is_empty());
    let org = app.north().replace('-', "");
    assert!(app.student().get(&format!("/resources?q=o{org}")).expect(200).data().is_empty());
}

fn url(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
