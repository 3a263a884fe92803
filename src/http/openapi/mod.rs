//! The API document: what utoipa collects from the handlers, and what holds for every operation:
//! who must sign in, which refusals there are, which headers every answer bears, examples.

mod examples;
mod headers;
mod operation;
mod parameters;
mod refusals;

use std::collections::HashMap;

use axum::http::Method;
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, RefOr,
    Schema, ServerBuilder, Tag,
};

use super::params::QueryNames;
use super::problem::Problem;

const ABOUT: &str = "The lending desk of a university: people ask for equipment, staff hand it \
    out and take it back, and nobody can ever book the same unit twice.\n\n\
    Sign in with `POST /auth/login`; then send the access token as `Authorization: Bearer …` and \
    the id of an organization as `X-Org-Id` (both are entered once under *Authorize*). Times are \
    RFC 3339 and come back in UTC, periods contain their start and not their end, money is in \
    cents. Every refusal is `application/problem+json` with a stable `code`.";

const TAGS: [(&str, &str); 10] = [
    ("health", "Whether the server works."),
    ("identity", "Signing in, people, roles, the organization and its policy."),
    ("inventory", "What is lent: resources, their units, tags."),
    ("calendar", "When what is free."),
    ("bookings", "Asking for units, deciding, cancelling."),
    ("waitlist", "Who waits for what is taken, who is served next, what is held for whom."),
    ("fines", "What people owe, what they paid, what was forgiven."),
    ("desk", "The pages of the counter: the day, what is late, what was scanned."),
    ("notifications", "What happened to me and is unread."),
    ("audit", "What happened, and how things were."),
];

/// The document before any operation.
pub fn base() -> OpenApi {
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Prêt")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(ABOUT))
                .license(Some(LicenseBuilder::new().name(env!("CARGO_PKG_LICENSE")).build()))
                .build(),
        )
        .servers(Some([ServerBuilder::new().url("/").description(Some("This server")).build()]))
        .tags(Some(TAGS.map(tag)))
        .build()
}

fn tag((name, description): (&str, &str)) -> Tag {
    TagBuilder::new().name(name).description(Some(description)).build()
}

/// A schema by name.
pub type NamedSchema = (String, RefOr<Schema>);

/// The schema of a type and of all that it refers to.
pub fn schemas_of<T: ToSchema>() -> Vec<NamedSchema> {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    schemas
}

/// Adds what holds for every operation. `further` are the schemas that problems refer to and
/// that belong to slices.
pub fn finish(mut document: OpenApi, further: impl IntoIterator<Item = NamedSchema>) -> OpenApi {
    let found = document.components.take().unwrap_or_default();
    let builder = ComponentsBuilder::from(found)
        .security_scheme("access_token", access_token())
        .security_scheme("organization", organization());
    let mut components = builder.build();
    components.schemas.extend(schemas_of::<Problem>().into_iter().chain(further));
    components.headers.extend(headers::all());
    components.responses.extend(refusals::all());
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations_of_mut(item) {
            operation::complete(&method, path, operation, &components);
        }
    }
    document.components = Some(components);
    document
}

fn access_token() -> SecurityScheme {
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.bearer_format = Some("JWT".to_owned());
    scheme.description = Some("`access_token` of `POST /auth/login`.".to_owned());
    SecurityScheme::Http(scheme)
}

fn organization() -> SecurityScheme {
    let about = "The id of the organization to act in: one of `organizations` at sign-in.";
    SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description("X-Org-Id", about)))
}

/// Which query parameters each operation documents.
pub fn query_names(document: &OpenApi) -> QueryNames {
    let mut names = HashMap::new();
    for (path, item) in &document.paths.paths {
        for (method, operation) in operations_of(item) {
            let query = operation
                .parameters
                .iter()
                .flatten()
                .filter_map(|parameter| match parameter {
                    RefOr::T(parameter) => Some(parameter),
                    RefOr::Ref(_) => None,
                })
                .filter(|parameter| parameter.parameter_in == ParameterIn::Query)
                .map(|parameter| (parameter.name.clone(), longest(parameter)))
                .collect();
            names.insert((method, path.clone()), query);
        }
    }
    QueryNames::new(names)
}

/// How many characters a parameter may have at the most.
fn longest(parameter: &Parameter) -> Option<usize> {
    match &parameter.schema {
        Some(RefOr::T(Schema::Object(object))) => object.max_length,
        _ => None,
    }
}

fn operations_of(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn operations_of_mut(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// The schema behind a reference.
fn resolve<'a>(schema: &'a RefOr<Schema>, components: &'a Components) -> Option<&'a Schema> {
    match schema {
        RefOr::T(schema) => Some(schema),
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next()?;
            match components.schemas.get(name)? {
                RefOr::T(schema) => Some(schema),
                RefOr::Ref(_) => None,
            }
        }
    }
}
