//! JSON bodies: read whole and bounded, told apart from nonsense, every fault named by pointer.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use garde::Validate;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::{DeserializeOwned, IgnoredAny};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::objects::Objects;
use crate::kernel::{Code, Error, Fault, Result, bug};

/// Deeper bodies are refused.
const NESTING: usize = 32;

/// So much of each body is taken whatever else arrives: more than people send.
const SMALL: usize = 16 * 1024;
/// What the rest is counted in.
const UNIT: usize = 1024;

/// How much of a body is taken, and for how long it may trickle in.
#[derive(Debug, Clone)]
pub struct BodyLimits {
    bytes: usize,
    time: Duration,
    /// Room for the large ones that arrive at the same time, in units.
    room: Arc<Semaphore>,
}

impl BodyLimits {
    /// So many bytes within this time, and so many bytes for all that are not small together.
    pub fn new(bytes: usize, time: Duration, together: usize) -> Self {
        let units = (together.max(bytes) / UNIT).min(Semaphore::MAX_PERMITS);
        Self { bytes, time, room: Arc::new(Semaphore::new(units)) }
    }

    /// Makes room for a body of which so much has arrived; without it, bodies that never end would
    /// fill the memory.
    fn hold<'a>(&'a self, held: &mut Option<SemaphorePermit<'a>>, arrived: usize) -> Result<()> {
        let wanted = arrived.saturating_sub(SMALL).div_ceil(UNIT);
        let has = held.as_ref().map_or(0, SemaphorePermit::num_permits);
        if wanted <= has || bug::seeded("bodies_of_any_number") {
            return Ok(());
        }
        let more = u32::try_from(wanted - has).unwrap_or(u32::MAX);
        let more = self.room.try_acquire_many(more).map_err(|_| {
            Error::new(Code::Overloaded, "Too many large bodies are arriving.").retry_after(5)
        })?;
        match held {
            Some(held) => held.merge(more),
            None => *held = Some(more),
        }
        Ok(())
    }
}

/// What a body that is too large is answered with.
pub fn too_large(limit: usize) -> Error {
    Error::new(Code::PayloadTooLarge, format!("The body may have {limit} bytes at the most."))
}

/// The media type must be JSON, of whatever flavour.
pub fn require_json(headers: &HeaderMap) -> Result<()> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = media.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    let is_json = essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    if is_json {
        return Ok(());
    }
    Err(Error::new(Code::UnsupportedMediaType, "Send Content-Type: application/json."))
}

/// Takes the whole body.
pub async fn read(body: Body, limits: &BodyLimits) -> Result<Vec<u8>> {
    tokio::time::timeout(limits.time, collect(body, limits)).await.map_err(|_| {
        Error::new(Code::RequestTimeout, "The body took too long to arrive; send it again.")
    })?
}

async fn collect(body: Body, limits: &BodyLimits) -> Result<Vec<u8>> {
    let mut body = Limited::new(body, limits.bytes);
    let (mut bytes, mut held) = (Vec::new(), None);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            if error.is::<LengthLimitError>() {
                return too_large(limits.bytes);
            }
            Error::new(Code::MalformedJson, "The body ended before it was whole.")
        })?;
        if let Ok(data) = frame.into_data() {
            limits.hold(&mut held, bytes.len() + data.len())?;
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}

/// Reads JSON into a type and checks its rules.
pub fn parse<T: DeserializeOwned + Validate<Context = ()>>(bytes: &[u8]) -> Result<T> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("The body is not UTF-8."))?;
    if nesting(text) > NESTING {
        return Err(Error::invalid_field("", format!("must not be nested deeper than {NESTING}")));
    }
    serde_json::from_str::<IgnoredAny>(text)
        .map_err(|error| malformed(format!("The body is not JSON: {error}.")))?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let reader = Objects(&mut reader);
    let value: T = serde_path_to_error::deserialize(reader).map_err(|error| wrong(&error))?;
    value.validate().map_err(|report| Error::invalid(faults(&report)))?;
    Ok(value)
}

fn malformed(detail: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(Code::MalformedJson, detail)
}

/// A body of JSON that is not of the type wanted. That it is JSON was seen before: what the reader
/// still calls bad syntax is null or a number where one of several words is wanted.
fn wrong(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    if !error.inner().is_data() {
        let place = pointer(&error.path().to_string());
        return Error::invalid_field(place, "has a value of the wrong type");
    }
    let text = error.inner().to_string();
    let detail = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let mut place = pointer(&error.path().to_string());
    if let Some(field) = field_of_its_object(detail) {
        place.push('/');
        place.push_str(field);
    }
    Error::invalid_field(place, in_words(detail))
}

/// What was expected, for readers who do not know our types.
fn in_words(detail: &str) -> String {
    let Some((found, expected)) = detail.split_once(", expected ") else {
        return detail.to_owned();
    };
    let expected = match expected.split(' ').next().unwrap_or_default() {
        "struct" => "an object",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not negative",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "bool" | "boolean" => "true or false",
        _ => expected,
    };
    format!("{found}, expected {expected}")
}

/// The field that is meant where the path leads to its object only.
fn field_of_its_object(detail: &str) -> Option<&str> {
    ["missing field `", "duplicate field `"]
        .iter()
        .find_map(|prefix| detail.strip_prefix(prefix)?.strip_suffix('`'))
}

fn faults(report: &garde::Report) -> Vec<Fault> {
    report
        .iter()
        .map(|(path, error)| Fault::at(pointer(&path.to_string()), error.to_string()))
        .collect()
}

/// `items[0].quantity` as a JSON pointer.
fn pointer(path: &str) -> String {
    let steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']'));
    steps
        .map(|step| step.trim_start_matches("r#"))
        .filter(|step| !step.is_empty() && *step != "?")
        .map(|step| format!("/{step}"))
        .collect()
}

/// How deep arrays and objects stand in each other; brackets inside strings do not count.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_follow_the_path() {
        assert_eq!(pointer("items[0].quantity"), "/items/0/quantity");
        assert_eq!(pointer("r#type"), "/type");
        assert_eq!(pointer("."), "");
    }

    #[test]
    fn nobody_is_told_the_names_of_our_types() {
        for (detail, words) in [
            (
                "invalid type: null, expected struct NewTag",
                "invalid type: null, expected an object",
            ),
            (
                "invalid value: integer `-1`, expected u32",
                "invalid value: integer `-1`, expected a whole number, not negative",
            ),
            ("missing field `name`", "missing field `name`"),
        ] {
            assert_eq!(in_words(detail), words);
        }
    }

    #[test]
    fn brackets_in_strings_are_no_nesting() {
        assert_eq!(nesting(r#"{"a": "[[[\"[[", "b": [1]}"#), 2);
        assert_eq!(nesting(&"[".repeat(40)), 40);
    }
}
