//! Somebody without a token, known by address alone.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::App;
use crate::http::{Client, Trail, params};
use crate::kernel::{Error, Result};

/// Whoever asks on the few routes that need no token.
#[derive(Debug, Clone)]
pub struct Stranger {
    /// Where the request comes from.
    pub client: Client,
    /// The request.
    pub trail: Trail,
}

impl FromRequestParts<App> for Stranger {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let trail = Trail::from_request_parts(parts, app).await?;
        let client = parts.extensions.get::<Client>().copied();
        let client = client.ok_or_else(|| Error::internal("a request came past the edge"))?;
        params::only_documented(parts)?;
        Ok(Self { client, trail })
    }
}

impl Stranger {
    /// What attempts are counted by.
    pub const fn address(&self) -> IpAddr {
        self.client.address
    }
}
