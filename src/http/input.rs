//! Bodies as handlers receive them: checked for type, shape and key, in that order.

use std::marker::PhantomData;

use axum::extract::{FromRef, FromRequest, Request};
use axum::http::header;
use garde::Validate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::fingerprint::{self, IdempotencyKey};
use super::json::{self, BodyLimits};
use super::params;
use crate::kernel::{Error, Precondition, Result};
use crate::keys::FingerprintKey;

/// What kind of POST a body belongs to.
pub trait Kind: Send {
    /// Whether an `Idempotency-Key` is read: never, when sent, or always.
    const KEY: KeyRule;
    /// Whether no body at all means `{}`.
    const EMPTY_IS_OBJECT: bool;
}

/// When an `Idempotency-Key` is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRule {
    /// The header means nothing here.
    Ignored,
    /// Taken when sent.
    Optional,
    /// Refused without.
    Required,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident: $key:ident, $empty:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Kind for $name {
            const KEY: KeyRule = KeyRule::$key;
            const EMPTY_IS_OBJECT: bool = $empty;
        }
    )*};
}

kinds! {
    /// Makes an object; a key is taken when sent.
    Create: Optional, false;
    /// Makes an object; a key is required.
    KeyedCreate: Required, false;
    /// Does something to an object; the body may be left out.
    Act: Optional, true;
    /// Below `/auth`, where keys mean nothing.
    Auth: Ignored, true;
}

/// The body of a POST.
#[derive(Debug)]
pub struct Input<T, K = Create> {
    /// The body.
    pub value: T,
    /// The key, where one was sent.
    pub key: Option<IdempotencyKey>,
    kind: PhantomData<K>,
}

impl<S, T, K> FromRequest<S> for Input<T, K>
where
    S: Send + Sync,
    BodyLimits: FromRef<S>,
    FingerprintKey: FromRef<S>,
    T: DeserializeOwned + Validate<Context = ()>,
    K: Kind,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let bodiless = K::EMPTY_IS_OBJECT && parts.headers.get(header::CONTENT_TYPE).is_none();
        if !bodiless {
            json::require_json(&parts.headers)?;
        }
        let mut bytes = json::read(body, &BodyLimits::from_ref(state)).await?;
        if bodiless && !bytes.is_empty() {
            json::require_json(&parts.headers)?;
        }
        if bytes.is_empty() && K::EMPTY_IS_OBJECT {
            bytes = b"{}".to_vec();
        }
        let value = json::parse(&bytes)?;
        let key = match K::KEY {
            KeyRule::Ignored => None,
            rule => fingerprint::read_key(&parts.headers, rule == KeyRule::Required)?,
        };
        let key = key.map(|key| {
            let json: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let FingerprintKey(mac) = FingerprintKey::from_ref(state);
            let method = parts.method.as_str();
            let fingerprint = fingerprint::fingerprint(&mac, method, &parts.uri, &json);
            IdempotencyKey { key, fingerprint }
        });
        Ok(Self { value, key, kind: PhantomData })
    }
}

/// An action that needs nothing further.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoFields {}

/// The body of a PATCH: a JSON merge patch (RFC 7396), and the version it was made for.
#[derive(Debug)]
pub struct Patch<T> {
    /// The fields to change.
    pub value: T,
    /// `If-Match`, which is required.
    pub precondition: Precondition,
}

impl<S, T> FromRequest<S> for Patch<T>
where
    S: Send + Sync,
    BodyLimits: FromRef<S>,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let (parts, body) = request.into_parts();
        json::require_json(&parts.headers)?;
        let bytes = json::read(body, &BodyLimits::from_ref(state)).await?;
        let value = json::parse(&bytes)?;
        Ok(Self {
            value,
            precondition: Precondition::required(params::list(&parts.headers, &header::IF_MATCH)),
        })
    }
}
