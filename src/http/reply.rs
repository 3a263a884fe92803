//! Answers as values: made inside a transaction, stored for replays, sent afterwards.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::problem::{self, PROBLEM_JSON};
use crate::kernel::{Error, Result, Versioned};

/// Says that the answer was given before and nothing was done now.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// An answer: what a replay must give again, to the byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The strong tag of the object in the body.
    pub etag: Option<String>,
    /// Where the new object is.
    pub location: Option<String>,
    /// JSON, or nothing with 204.
    pub body: Vec<u8>,
    /// Whether this is a replay.
    pub replayed: bool,
}

impl Reply {
    /// 200 with an object and its tag.
    pub fn ok<T: Serialize + Versioned>(value: &T) -> Result<Self> {
        Self::tagged(200, value)
    }

    /// 201 with a new object, its tag and its place.
    pub fn created<T: Serialize + Versioned>(location: String, value: &T) -> Result<Self> {
        Ok(Self { location: Some(location), ..Self::tagged(201, value)? })
    }

    /// Any status with a body that has no version.
    pub fn json<T: Serialize>(status: u16, value: &T) -> Result<Self> {
        let body = serde_json::to_vec(value).map_err(Error::internal)?;
        Ok(Self { status, etag: None, location: None, body, replayed: false })
    }

    /// 204.
    pub const fn no_content() -> Self {
        Self { status: 204, etag: None, location: None, body: Vec::new(), replayed: false }
    }

    /// A refusal as it is stored for replays.
    pub fn refusal(error: &Error, instance: &str) -> Self {
        Self {
            status: error.code().status(),
            etag: error.etag().map(str::to_owned),
            location: None,
            body: problem::render(error, instance),
            replayed: false,
        }
    }

    fn tagged<T: Serialize + Versioned>(status: u16, value: &T) -> Result<Self> {
        let mut reply = Self::json(status, value)?;
        let version = value.version();
        reply.etag = Some(if T::COMPUTED {
            format!("\"{version}.{}\"", digest(&reply.body))
        } else {
            format!("\"{version}\"")
        });
        Ok(reply)
    }
}

/// 16 hexadecimal digits that change with the body.
fn digest(body: &[u8]) -> String {
    Sha256::digest(body).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if self.status != 204 {
            let media = if self.status >= 400 { PROBLEM_JSON } else { "application/json" };
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        }
        for (name, value) in [(header::ETAG, self.etag), (header::LOCATION, self.location)] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                headers.insert(name, value);
            }
        }
        if self.replayed {
            headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}
