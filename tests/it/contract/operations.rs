//! The operations, read from the document.

use serde_json::Value;

/// An operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Upper case.
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    /// What the document says.
    pub value: Value,
}

impl Operation {
    /// `GET /bookings/{id}`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The `operationId`.
    pub fn id(&self) -> &str {
        self.value["operationId"].as_str().unwrap_or_default()
    }

    /// Whether token and organization are needed.
    pub fn is_open(&self) -> bool {
        self.value["security"].as_array().unwrap().iter().any(|one| one == &serde_json::json!({}))
    }

    /// The parameters at this place: `path`, `query`, `header`.
    pub fn parameters(&self, place: &str) -> Vec<&Value> {
        let all = self.value["parameters"].as_array().into_iter().flatten();
        all.filter(|parameter| parameter["in"] == place).collect()
    }

    /// Whether it has this parameter.
    pub fn takes(&self, place: &str, name: &str) -> bool {
        self.parameters(place).iter().any(|parameter| parameter["name"] == name)
    }

    /// The schema of its JSON body, where it takes one.
    pub fn body(&self) -> Option<&Value> {
        self.value["requestBody"].get("content")?.get("application/json")
    }
}

/// The document as it is served.
pub fn document() -> Value {
    serde_json::to_value(pret::http::router::document()).unwrap()
}

/// All operations of the document.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "patch", "delete"] {
            if let Some(value) = item.get(method) {
                let method = method.to_uppercase();
                found.push(Operation { method, path: path.clone(), value: value.clone() });
            }
        }
    }
    found
}

/// What a `$ref` leads to, or the value itself.
pub fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => value,
    }
}
