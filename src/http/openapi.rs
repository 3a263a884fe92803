//! The API document: what utoipa collects from the handlers, and what holds for every operation.

use std::collections::{HashMap, HashSet};

use axum::http::Method;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, RefOr};

use super::params::QueryNames;

/// The document before any operation.
pub fn base() -> OpenApi {
    OpenApiBuilder::new()
        .info(InfoBuilder::new().title("Prêt").version(env!("CARGO_PKG_VERSION")).build())
        .build()
}

/// Adds what holds for every operation.
pub fn finish(document: OpenApi) -> OpenApi {
    document
}

/// Which query parameters each operation documents.
pub fn query_names(document: &OpenApi) -> QueryNames {
    let mut names = HashMap::new();
    for (path, item) in &document.paths.paths {
        for (method, operation) in operations_of(item) {
            let query: HashSet<String> = operation
                .parameters
                .iter()
                .flatten()
                .filter_map(|parameter| match parameter {
                    RefOr::T(parameter) => Some(parameter),
                    RefOr::Ref(_) => None,
                })
                .filter(|parameter| parameter.parameter_in == ParameterIn::Query)
                .map(|parameter| parameter.name.clone())
                .collect();
            names.insert((method, path.clone()), query);
        }
    }
    QueryNames::new(names)
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
