//! Somebody without a token, known by address alone.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use super::App;
use crate::http::{Trail, params};
use crate::kernel::{Error, Result};

/// Whoever asks on the few routes that need no token.
#[derive(Debug, Clone)]
pub struct Stranger {
    /// Where the connection comes from.
    pub address: IpAddr,
    /// The request.
    pub trail: Trail,
}

impl FromRequestParts<App> for Stranger {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let trail = Trail::from_request_parts(parts, app).await?;
        // A connection that has no address is one within this process.
        let address = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip());
        params::only_documented(parts)?;
        Ok(Self { address, trail })
    }
}
