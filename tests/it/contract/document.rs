//! The API document: complete, without ambiguity, and changed only on purpose.

use std::collections::BTreeMap;

use serde_json::Value;

use super::operations::{Operation, document, operations, resolve};
use crate::support::{none, say};

/// Headers that every answer bears.
const ALWAYS: [&str; 4] = ["X-Request-Id", "X-Content-Type-Options", "Cache-Control", "Vary"];

/// The only objects whose members are not listed: the states that audit events carry.
const FREE_FORM: [&str; 1] = ["ObjectState"];

/// Calls `check` for every answer of every operation.
fn each_answer(document: &Value, mut check: impl FnMut(&Operation, u16, &Value)) {
    for operation in operations(document) {
        for (status, response) in operation.value["responses"].as_object().unwrap() {
            let status =
                status.parse().unwrap_or_else(|_| panic!("{}: {status}", operation.name()));
            check(&operation, status, resolve(document, response));
        }
    }
}

#[test]
fn the_document_changes_only_on_purpose() {
    insta::assert_json_snapshot!(document(), { ".info.version" => "[version]" });
}

#[test]
fn names_are_unique() {
    let document = document();
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in operations(&document) {
        ids.entry(operation.id().to_owned()).or_default().push(operation.name());
    }
    say(&format!("{} operations", ids.len()));
    let twice = ids.into_iter().filter(|(id, names)| id.is_empty() || names.len() > 1);
    none(twice.map(|(id, names)| format!("{id}: {names:?}")));
}

/// Two types of one name merge into one schema silently: their descriptions give them away.
#[test]
fn no_two_schemas_share_a_name() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in crate::support::Source::below("src", &["rs"]) {
        for (at, _) in source.code.match_indices("ToSchema") {
            let rest = &source.code[at..];
            let Some(end) = rest.find(['{', ';']) else { continue };
            let words: Vec<&str> = rest[..end].split_whitespace().collect();
            let kind = words.iter().position(|word| *word == "struct" || *word == "enum");
            let Some(name) = kind.and_then(|kind| words.get(kind + 1)) else { continue };
            let name = name.split(['<', '(']).next().unwrap();
            places.entry(name.to_owned()).or_default().push(source.path.clone());
        }
    }
    let twice = places.into_iter().filter(|(name, files)| files.len() > 1 && !name.contains('$'));
    none(twice.map(|(name, files)| format!("{name}: {files:?}")));
}

#[test]
fn every_answer_has_its_headers_and_its_body() {
    let document = document();
    let mut faults = Vec::new();
    each_answer(&document, |operation, status, response| {
        let name = format!("{} {status}", operation.name());
        let mut wanted = ALWAYS.to_vec();
        wanted.extend(match status {
            201 if !response["headers"]["ETag"].is_null() => vec!["Location"],
            304 | 412 => vec!["ETag"],
            401 => vec!["WWW-Authenticate"],
            429 | 503 => vec!["Retry-After"],
            _ => vec![],
        });
        for header in wanted {
            if resolve(&document, &response["headers"][header])["schema"].is_null() {
                faults.push(format!("{name}: no {header}"));
            }
        }
        if response["description"].as_str().unwrap_or_default().is_empty() {
            faults.push(format!("{name}: no description"));
        }
        let content = response["content"].as_object();
        let media: Vec<&String> = content.into_iter().flat_map(|content| content.keys()).collect();
        let expected = match status {
            202 | 204 | 304 => media.is_empty() || status == 202,
            400.. => media == ["application/problem+json"] || operation.path == "/health",
            _ if operation.path == "/metrics" => media == ["text/plain"],
            _ => media == ["application/json"],
        };
        if !expected {
            faults.push(format!("{name}: answers {media:?}"));
        }
    });
    none(faults);
}

#[test]
fn every_operation_names_its_refusals() {
    let document = document();
    let mut faults = Vec::new();
    for operation in operations(&document) {
        let mut wanted = vec!["429", "431", "500", "503"];
        if !operation.is_open() {
            wanted.extend(["400", "401", "403"]);
        }
        if operation.path.contains('{') {
            wanted.extend(["400", "404"]);
        }
        if operation.method == "POST" || operation.method == "PATCH" {
            wanted.extend(["400", "408", "413", "415", "422"]);
        }
        if operation.method == "PATCH" {
            wanted.extend(["409", "412", "428"]);
        }
        let responses = operation.value["responses"].as_object().unwrap();
        for status in wanted.iter().filter(|status| !responses.contains_key(**status)) {
            faults.push(format!("{}: no {status}", operation.name()));
        }
        if !responses.keys().any(|status| status.starts_with('2')) {
            faults.push(format!("{}: never succeeds", operation.name()));
        }
        if responses.contains_key("default") {
            faults.push(format!("{}: answers anything", operation.name()));
        }
    }
    none(faults);
}

#[test]
fn every_operation_is_described_and_shown() {
    let document = document();
    let tags: Vec<&Value> = document["tags"].as_array().unwrap().iter().collect();
    let mut faults = Vec::new();
    for operation in operations(&document) {
        let value = &operation.value;
        if value["summary"].as_str().unwrap_or_default().is_empty() {
            faults.push(format!("{}: no summary", operation.name()));
        }
        let known = |tag: &Value| tags.iter().any(|known| known["name"] == *tag);
        if !value["tags"].as_array().is_some_and(|tags| tags.iter().all(known)) {
            faults.push(format!("{}: tags {}", operation.name(), value["tags"]));
        }
        for parameter in value["parameters"].as_array().into_iter().flatten() {
            if parameter["description"].as_str().unwrap_or_default().is_empty() {
                let name = &parameter["name"];
                faults.push(format!("{}: {name} is not described", operation.name()));
            }
        }
        if let Some(body) = operation.body() {
            let example = &body["example"];
            if example.is_null() || example.to_string().contains("\"text\"") {
                faults.push(format!("{}: the body's example is {example}", operation.name()));
            }
        }
    }
    each_answer(&document, |operation, status, response| {
        for content in response["content"].as_object().into_iter().flat_map(|map| map.values()) {
            if content["example"].is_null() && content["examples"].is_null() {
                faults.push(format!("{} {status}: no example", operation.name()));
            }
        }
    });
    none(faults);
}

#[test]
fn who_must_sign_in_is_said_for_every_operation() {
    let open = [
        "GET /health",
        "GET /metrics",
        "POST /auth/login",
        "POST /auth/refresh",
        "POST /auth/reset",
    ];
    let sometimes = "POST /auth/register";
    for operation in operations(&document()) {
        let name = operation.name();
        let expected = open.contains(&name.as_str()) || name == sometimes;
        assert_eq!(operation.is_open(), expected, "{name}");
    }
}

#[test]
fn objects_list_their_members() {
    let document = document();
    let mut faults = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if !FREE_FORM.contains(&name.as_str()) {
            free_forms(schema, name, &mut faults);
        }
    }
    for operation in operations(&document) {
        free_forms(&operation.value, &operation.name(), &mut faults);
    }
    none(faults);
}

/// Finds schemas that allow anything: objects without members, and schemas without a type.
fn free_forms(value: &Value, place: &str, faults: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let is_object = value["type"] == "object"
                || value["type"].as_array().is_some_and(|kinds| kinds.contains(&"object".into()));
            if is_object && value["properties"].is_null() && value["additionalProperties"].is_null()
            {
                faults.push(format!("{place} is free-form"));
            }
            for (name, member) in members {
                if name == "schema" && member.as_object().is_some_and(serde_json::Map::is_empty) {
                    faults.push(format!("{place}/{name} allows anything"));
                }
                if name == "properties" {
                    for (field, schema) in member.as_object().into_iter().flatten() {
                        let says = ["type", "$ref", "oneOf", "anyOf", "allOf", "enum", "const"];
                        if !says.iter().any(|key| !schema[*key].is_null()) {
                            faults.push(format!("{place}/{field} allows anything"));
                        }
                    }
                }
                if !["example", "examples", "default"].contains(&name.as_str()) {
                    free_forms(member, &format!("{place}/{name}"), faults);
                }
            }
        }
        Value::Array(members) => {
            for (at, member) in members.iter().enumerate() {
                free_forms(member, &format!("{place}/{at}"), faults);
            }
        }
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(document: &Value, value: &Value) {
        if value["$ref"].is_string() {
            resolve(document, value);
        }
        match value {
            Value::Object(members) => members.values().for_each(|member| walk(document, member)),
            Value::Array(members) => members.iter().for_each(|member| walk(document, member)),
            _ => {}
        }
    }
    let document = document();
    walk(&document, &document);
}

#[test]
fn every_code_stands_in_the_document() {
    let text = document()["components"]["responses"].to_string();
    let missing = pret::kernel::Code::ALL
        .iter()
        .filter(|code| code.status() != 405 && !text.contains(&format!("`{}`", code.name())));
    none(missing.map(|code| code.name().to_owned()));
}
