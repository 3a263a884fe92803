//! Parameters of path, query and headers, with faults named by parameter.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, Uri, header};
use serde::de::DeserializeOwned;

use crate::kernel::{Error, Precondition, Result};

/// The ids in the path, the first one first.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<S, T> FromRequestParts<S> for Id<T>
where
    S: Send + Sync,
    T: FromStr<Err = String>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        path_param(path_params(parts, state).await?.iter().next()).map(Self)
    }
}

/// The first two parameters of the path, of a type each.
#[derive(Debug, Clone, Copy)]
pub struct Ids<A, B>(pub A, pub B);

impl<S, A, B> FromRequestParts<S> for Ids<A, B>
where
    S: Send + Sync,
    A: FromStr<Err = String>,
    B: FromStr<Err = String>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let params = path_params(parts, state).await?;
        let mut params = params.iter();
        Ok(Self(path_param(params.next())?, path_param(params.next())?))
    }
}

async fn path_params<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<RawPathParams> {
    let read = RawPathParams::from_request_parts(parts, state).await;
    read.map_err(|_| {
        let template = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        Error::invalid_parameter(first_name(template), "must be UTF-8, percent-encoded")
    })
}

/// The name of the first parameter of a path.
fn first_name(template: &str) -> &str {
    template.split(['{', '}']).nth(1).unwrap_or("id")
}

fn path_param<T: FromStr<Err = String>>(param: Option<(&str, &str)>) -> Result<T> {
    let (name, value) = param.unwrap_or(("id", ""));
    value.parse().map_err(|detail| Error::invalid_parameter(name, detail))
}

/// `If-Match` where it is taken when sent: actions and DELETE.
#[derive(Debug, Clone)]
pub struct IfMatch(pub Precondition);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self(Precondition::optional(list(&parts.headers, &header::IF_MATCH))))
    }
}

/// All lines of a header as one list (RFC 9110, 5.3); none when it was not sent.
pub fn list(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines = headers.get_all(name).iter();
    let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// The parameters of a query that is no list.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parse_query(pairs(&parts.uri)?).map(Self)
    }
}

/// The decoded pairs of the query.
pub fn pairs(uri: &Uri) -> Result<Vec<(String, String)>> {
    let query = uri.query().unwrap_or_default();
    let unreadable = || Error::invalid_parameter("query", "must be UTF-8, percent-encoded");
    // The reader below would put replacement characters where bytes are no UTF-8.
    percent_encoding::percent_decode_str(query).decode_utf8().map_err(|_| unreadable())?;
    serde_urlencoded::from_str(query).map_err(|_| unreadable())
}

/// Reads pairs into the type that names what is allowed.
pub fn parse_query<T: DeserializeOwned>(pairs: Vec<(String, String)>) -> Result<T> {
    let text = serde_urlencoded::to_string(pairs).map_err(Error::internal)?;
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let detail = error.inner().to_string();
        let named = ["missing field `", "duplicate field `", "unknown field `"]
            .iter()
            .find_map(|prefix| detail.strip_prefix(prefix)?.split('`').next());
        let path = error.path().to_string();
        let name = named.unwrap_or(&path).to_owned();
        Error::invalid_parameter(name, detail)
    })
}

/// The query parameters of an operation, and how many characters each may have at the most.
pub type Documented = HashMap<String, Option<usize>>;

/// Which query parameters each operation documents; the document is the list of what is allowed.
#[derive(Debug, Clone, Default)]
pub struct QueryNames(Arc<HashMap<(Method, String), Documented>>);

impl QueryNames {
    /// From operations: method, path template, names.
    pub fn new(names: HashMap<(Method, String), Documented>) -> Self {
        Self(Arc::new(names))
    }

    /// Whether there is such an operation. HEAD is what GET offers.
    pub fn knows(&self, method: &Method, path: &str) -> bool {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.0.contains_key(&(method.clone(), path.to_owned()))
    }
}

/// Refuses query parameters that the operation does not document, repeated ones, and those that
/// are longer than documented.
pub fn only_documented(parts: &Parts) -> Result<()> {
    if parts.uri.query().is_none_or(str::is_empty) {
        return Ok(());
    }
    let path = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    let key = (parts.method.clone(), path.to_owned());
    let none = Documented::new();
    let allowed =
        parts.extensions.get::<QueryNames>().and_then(|names| names.0.get(&key)).unwrap_or(&none);
    let mut seen = HashSet::new();
    for (name, value) in pairs(&parts.uri)? {
        let Some(longest) = allowed.get(&name) else {
            let mut list: Vec<&str> = allowed.keys().map(String::as_str).collect();
            list.sort_unstable();
            let detail = format!("is not known here; allowed are: {}", list.join(", "));
            return Err(Error::invalid_parameter(name, detail));
        };
        if !seen.insert(name.clone()) {
            return Err(Error::invalid_parameter(name, "must not be repeated"));
        }
        // A cursor that is too long has an answer of its own.
        if let Some(longest) = longest.filter(|_| name != "cursor")
            && value.chars().count() > longest
        {
            let detail = format!("must have at most {longest} characters");
            return Err(Error::invalid_parameter(name, detail));
        }
    }
    Ok(())
}
