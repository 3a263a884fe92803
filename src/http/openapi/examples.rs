//! Examples of whole bodies, put together from the examples of their fields.

use serde_json::{Map, Value, json};
use utoipa::openapi::content::Content;
use utoipa::openapi::{Components, RefOr, Schema};

use super::resolve;

/// Deeper schemas end here.
const DEPTH: usize = 12;

/// Gives a request its example: the fields that must be there, and those with an example of
/// their own; all of them where none must be there.
pub(super) fn fill_request(content: &mut RefOr<Content>, components: &Components) {
    fill(content, components, true);
}

/// Gives an answer its example: all fields.
pub(super) fn fill_response(content: &mut RefOr<Content>, components: &Components) {
    fill(content, components, false);
}

/// A field of the object that the body is.
pub(super) fn field<'a>(
    content: &'a RefOr<Content>,
    name: &str,
    components: &'a Components,
) -> Option<&'a RefOr<Schema>> {
    let RefOr::T(Content { schema: Some(schema), .. }) = content else { return None };
    match resolve(schema, components)? {
        Schema::Object(object) => object.properties.get(name),
        _ => None,
    }
}

fn fill(content: &mut RefOr<Content>, components: &Components, request: bool) {
    let RefOr::T(content) = content else { return };
    if content.example.is_some() || !content.examples.is_empty() {
        return;
    }
    let Some(schema) = content.schema.as_ref().and_then(|schema| serde_json::to_value(schema).ok())
    else {
        return;
    };
    content.example = Some(Sampler { components, request }.sample(&schema, 0));
}

struct Sampler<'a> {
    components: &'a Components,
    request: bool,
}

impl Sampler<'_> {
    fn sample(&self, schema: &Value, depth: usize) -> Value {
        if depth > DEPTH {
            return Value::Null;
        }
        if let Some(given) = given(schema) {
            return given;
        }
        if let Some(target) = self.target(schema) {
            return self.sample(&target, depth + 1);
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(options) = schema.get(choice).and_then(Value::as_array) {
                let first = options.iter().find(|one| !is_null(one));
                return first.map_or(Value::Null, |first| self.sample(first, depth + 1));
            }
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let parts = parts.iter().map(|part| self.sample(part, depth + 1));
            let merged: Map<String, Value> =
                parts.filter_map(|part| part.as_object().cloned()).flatten().collect();
            return Value::Object(merged);
        }
        match kind(schema) {
            "object" => self.object(schema, depth),
            "array" => match schema.get("items") {
                Some(items) => json!([self.sample(items, depth + 1)]),
                None => json!([]),
            },
            "string" => json!(text(schema)),
            "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
            "boolean" => json!(false),
            _ => Value::Null,
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let wanted = |name: &str, property: &Value| {
            !self.request
                || required.is_empty()
                || required.contains(&name)
                || given(property).is_some()
        };
        let fields = properties
            .iter()
            .filter(|(name, property)| wanted(name, property))
            .map(|(name, property)| (name.clone(), self.sample(property, depth + 1)));
        Value::Object(fields.collect())
    }

    fn target(&self, schema: &Value) -> Option<Value> {
        let name = schema.get("$ref")?.as_str()?.rsplit('/').next()?;
        serde_json::to_value(self.components.schemas.get(name)?).ok()
    }
}

/// The example that the schema itself gives.
fn given(schema: &Value) -> Option<Value> {
    let first = |name: &str| schema.get(name)?.as_array()?.first().cloned();
    schema.get("example").cloned().or_else(|| first("examples")).or_else(|| first("enum"))
}

fn is_null(schema: &Value) -> bool {
    kind(schema) == "null"
}

/// The type; of several the first that is not null.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or("null")
        }
        _ => "",
    }
}

fn text(schema: &Value) -> &'static str {
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => "2026-10-05T08:00:00Z",
        Some("uuid") => "019a2f64-5c00-7000-8000-000000000001",
        _ => "text",
    }
}
