//! One operation: what its method, path, parameters and body bring with them.

use axum::http::Method;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Components, Content, RefOr, Required, Response, Schema, Type};

use super::{examples, headers, parameters, refusals, resolve};

/// The routes that need neither token nor organization.
const OPEN: [(&str, &str); 5] = [
    ("GET", "/health"),
    ("GET", "/metrics"),
    ("POST", "/auth/login"),
    ("POST", "/auth/refresh"),
    ("POST", "/auth/reset"),
];

/// Needs both, unless no organization exists yet.
const BOOTSTRAP: &str = "/auth/register";

/// Objects with a version stand below these.
const VERSIONED: [&str; 7] =
    ["/resources/", "/units/", "/bookings/", "/waitlist/", "/fines/", "/members/", "/organization"];

/// What must not be done twice: a key is required.
const KEYED: [&str; 2] = ["/bookings", "/fines/payments"];

/// What is known of an operation.
struct Facts {
    method: Method,
    open: bool,
    has_path_id: bool,
    has_query: bool,
    /// The headers it reads.
    reads: Vec<String>,
}

impl Facts {
    fn writes(&self) -> bool {
        self.method != Method::GET
    }

    fn has_body(&self) -> bool {
        self.method == Method::POST || self.method == Method::PATCH
    }

    fn reads(&self, header: &str) -> bool {
        self.reads.iter().any(|name| name == header)
    }
}

/// Adds everything that is the same for operations of its kind.
pub(super) fn complete(
    method: &Method,
    path: &str,
    operation: &mut Operation,
    components: &Components,
) {
    let open = OPEN.contains(&(method.as_str(), path));
    operation.security = Some(security(open, path));
    add_parameters(method, path, operation, components);
    let facts = Facts {
        method: method.clone(),
        open,
        has_path_id: path.contains('{'),
        has_query: !parameters::names(operation, &ParameterIn::Query).is_empty(),
        reads: parameters::names(operation, &ParameterIn::Header),
    };
    add_refusals(&facts, operation);
    for (status, response) in &mut operation.responses.responses {
        if let (Ok(status), RefOr::T(response)) = (status.parse(), response) {
            complete_response(&facts, status, response, components);
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        if facts.method == Method::POST
            && !body.content.values().any(|content| demands(content, components))
        {
            // No body at all is taken as `{}`.
            body.required = Some(Required::False);
        }
        for content in body.content.values_mut() {
            examples::fill_request(content, components);
        }
    }
}

/// Whether a body must have a field.
fn demands(content: &RefOr<Content>, components: &Components) -> bool {
    let RefOr::T(Content { schema: Some(schema), .. }) = content else { return false };
    !matches!(resolve(schema, components), Some(Schema::Object(object)) if object.required.is_empty())
}

fn security(open: bool, path: &str) -> Vec<SecurityRequirement> {
    let nothing = SecurityRequirement::default();
    let both = SecurityRequirement::default()
        .add("access_token", [] as [&str; 0])
        .add("organization", [] as [&str; 0]);
    match (open, path == BOOTSTRAP) {
        (true, _) => vec![nothing],
        (false, true) => vec![both, nothing],
        (false, false) => vec![both],
    }
}

fn add_parameters(method: &Method, path: &str, operation: &mut Operation, components: &Components) {
    let versioned = VERSIONED.iter().any(|prefix| path.starts_with(prefix));
    // What hangs below such an object has no version of its own.
    let itself = path.matches('{').count() < 2;
    // An action answers the object that it changed.
    let acts = *method == Method::POST && answers_version(operation, components);
    if *method == Method::PATCH {
        parameters::add(operation, parameters::if_match(true));
    } else if versioned && itself && (acts || *method == Method::DELETE) {
        parameters::add(operation, parameters::if_match(false));
    }
    if *method == Method::POST && !path.starts_with("/auth/") {
        parameters::add(operation, parameters::idempotency_key(KEYED.contains(&path)));
    }
    if *method == Method::GET
        && !OPEN.contains(&("GET", path))
        && answers_version(operation, components)
    {
        parameters::add(operation, parameters::if_none_match());
        let unchanged = Response::new("You have it already.");
        operation.responses.responses.entry("304".to_owned()).or_insert(RefOr::T(unchanged));
    }
}

/// Whether it answers an object with a version, and so an `ETag`.
fn answers_version(operation: &Operation, components: &Components) -> bool {
    let ok = operation.responses.responses.get("200");
    matches!(ok, Some(RefOr::T(response)) if has_version(response, components))
}

fn has_version(response: &Response, components: &Components) -> bool {
    response.content.values().any(|content| {
        matches!(examples::field(content, "version", components), Some(RefOr::T(Schema::Object(version)))
            if version.schema_type == SchemaType::Type(Type::Integer))
    })
}

fn add_refusals(facts: &Facts, operation: &mut Operation) {
    let signs_in = facts.open && facts.writes();
    let read_at_all = !facts.open || facts.writes();
    let refusals = [
        (400, read_at_all || facts.has_query),
        (401, !facts.open || signs_in),
        (403, !facts.open),
        (404, facts.has_path_id),
        (408, facts.has_body()),
        (409, facts.writes() && !facts.open),
        (412, facts.reads("If-Match")),
        (413, facts.has_body()),
        (415, facts.has_body()),
        (422, facts.has_body() || facts.reads("Idempotency-Key")),
        (428, facts.method == Method::PATCH),
        (429, true),
        (431, true),
        (500, true),
        (503, true),
    ];
    for (status, _) in refusals.into_iter().filter(|(_, applies)| *applies) {
        if let Some(refusal) = refusals::reference(status) {
            operation.responses.responses.entry(status.to_string()).or_insert(refusal);
        }
    }
}

fn complete_response(facts: &Facts, status: u16, response: &mut Response, components: &Components) {
    if status >= 400 && !response.content.contains_key("application/json") {
        refusals::complete(status, response);
        return;
    }
    let mut names = headers::ALWAYS.to_vec();
    if !facts.open {
        names.push("X-Commit-Seq");
    }
    if facts.reads("Idempotency-Key") {
        names.push("Idempotency-Replayed");
    }
    if status == 304 || has_version(response, components) {
        names.push("ETag");
    }
    if status == 201 && has_version(response, components) {
        names.push("Location");
    }
    for content in response.content.values_mut() {
        if examples::field(content, "next_cursor", components).is_some() {
            names.push("Link");
        }
        examples::fill_response(content, components);
    }
    for name in response.headers.keys().cloned().collect::<Vec<_>>() {
        response.headers.insert(name.clone(), headers::reference(&name));
    }
    response
        .headers
        .extend(names.into_iter().map(|name| (name.to_owned(), headers::reference(name))));
}
