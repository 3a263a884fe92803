//! Header parameters that come with the kind of an operation, not with its handler.

use serde_json::json;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Object, ObjectBuilder, RefOr, Required, Type};

/// The version that was seen; required for PATCH.
pub(super) fn if_match(required: bool) -> Parameter {
    let about = "The `ETag` of the version you have seen, a list of them, or `*`.";
    header("If-Match", about, required, Object::with_type(Type::String), "\"3\"")
}

/// The version that the caller has already.
pub(super) fn if_none_match() -> Parameter {
    let about = "The `ETag` of what you have: 304 when nothing has changed.";
    header("If-None-Match", about, false, Object::with_type(Type::String), "\"3\"")
}

/// The key under which the answer is kept.
pub(super) fn idempotency_key(required: bool) -> Parameter {
    let about = "A value of your choice, new for each new request. The same request with the same \
        key is done once and answered the same, for at least 24 hours.";
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255))
        .pattern(Some("^[ -~]+$"))
        .build();
    header("Idempotency-Key", about, required, schema, "5f0c-camera-monday")
}

fn header(name: &str, about: &str, required: bool, schema: Object, example: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .description(Some(about))
        .required(if required { Required::True } else { Required::False })
        .schema(Some(schema))
        .example(Some(json!(example)))
        .build()
}

/// Adds a parameter that the handler has not described itself.
pub(super) fn add(operation: &mut Operation, parameter: Parameter) {
    if !names(operation, &parameter.parameter_in).contains(&parameter.name) {
        operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
    }
}

/// The names of its parameters in this place.
pub(super) fn names(operation: &Operation, place: &ParameterIn) -> Vec<String> {
    let parameters =
        operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        });
    let there = parameters.filter(|parameter| parameter.parameter_in == *place);
    there.map(|parameter| parameter.name.clone()).collect()
}
