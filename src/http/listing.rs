//! Lists: filters, order, limit and cursor come in; a page with its `next` link goes out.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};

use super::{Reply, cursor, params};
use crate::kernel::{Error, Listed, PageRequest, Result, SortColumn, SortKey};
use crate::keys::CursorKey;

/// The most rows of a page.
const MOST: u32 = 200;
/// The rows of a page unless said.
const DEFAULT: u32 = 50;

/// What a list can be asked for; implemented by its filters.
pub trait ListSpec: DeserializeOwned {
    /// The columns it may be sorted by; empty: only its own order.
    const SORTS: &'static [SortColumn];
    /// Its order unless said, such as `-created_at`.
    const DEFAULT_SORT: &'static str;
}

/// Parameters that every list takes.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// How many objects, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1024)]
    pub cursor: Option<String>,
}

/// A list as it was asked for.
#[derive(Debug)]
pub struct Listing<F> {
    /// The filters.
    pub filters: F,
    /// Which page.
    pub page: PageRequest,
    seal: Seal,
}

/// What a cursor of this list is bound to.
#[derive(Debug)]
struct Seal {
    key: CursorKey,
    list: String,
    path: String,
    query: Vec<(String, String)>,
}

impl<S, F> FromRequestParts<S> for Listing<F>
where
    S: Send + Sync,
    CursorKey: FromRef<S>,
    F: ListSpec,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let mut pairs = params::pairs(&parts.uri)?;
        let limit = take(&mut pairs, "limit")?;
        let cursor = take(&mut pairs, "cursor")?;
        let mut query = pairs.clone();
        query.sort();
        let sort = take(&mut pairs, "sort")?;
        let org = parts.headers.get("x-org-id").map(HeaderValue::as_bytes).unwrap_or_default();
        let path = parts.uri.path().to_owned();
        let list = format!("{} {path} {query:?}", String::from_utf8_lossy(org));
        if let Some(limit) = &limit {
            query.push(("limit".to_owned(), limit.clone()));
        }
        let key = CursorKey::from_ref(state);
        let filters = params::parse_query(pairs)?;
        let sort = parse_sort(sort.as_deref().unwrap_or(F::DEFAULT_SORT), F::SORTS)?;
        let after = cursor.map(|cursor| cursor::decode(&key.0, &list, &cursor)).transpose()?;
        let page = PageRequest { limit: parse_limit(limit.as_deref())?, sort, after };
        Ok(Self { filters, page, seal: Seal { key, list, path, query } })
    }
}

impl<F> Listing<F> {
    /// The answer: `{data, next_cursor}`, and the link to the next page.
    pub fn reply<T: Serialize>(self, listed: Listed<T>) -> Result<Response> {
        let seal = self.seal;
        let next = listed.next.map(|position| cursor::encode(&seal.key.0, &seal.list, &position));
        let link = next.as_ref().map(|cursor| seal.link(cursor)).transpose()?;
        let page = Page { data: listed.rows, next_cursor: next };
        let mut response = Reply::json(200, &page)?.into_response();
        if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
            response.headers_mut().insert(header::LINK, link);
        }
        Ok(response)
    }
}

impl Seal {
    fn link(&self, cursor: &str) -> Result<String> {
        let mut query = self.query.clone();
        query.push(("cursor".to_owned(), cursor.to_owned()));
        let query = serde_urlencoded::to_string(query).map_err(Error::internal)?;
        Ok(format!("<{}?{query}>; rel=\"next\"", self.path))
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The objects.
    pub data: Vec<T>,
    /// Where the next page begins; null on the last one.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

fn take(pairs: &mut Vec<(String, String)>, name: &str) -> Result<Option<String>> {
    let Some(index) = pairs.iter().position(|(found, _)| found == name) else {
        return Ok(None);
    };
    let (_, value) = pairs.remove(index);
    if pairs.iter().any(|(found, _)| found == name) {
        return Err(Error::invalid_parameter(name, "must not be repeated"));
    }
    Ok(Some(value))
}

fn parse_limit(limit: Option<&str>) -> Result<u32> {
    let Some(limit) = limit else { return Ok(DEFAULT) };
    limit.parse().ok().filter(|limit| (1..=MOST).contains(limit)).ok_or_else(|| {
        Error::invalid_parameter("limit", format!("must be a whole number from 1 to {MOST}"))
    })
}

fn parse_sort(sort: &str, columns: &[SortColumn]) -> Result<Vec<SortKey>> {
    let mut keys: Vec<SortKey> = Vec::new();
    for name in sort.split(',') {
        let (descending, name) = match name.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, name),
        };
        let column = columns.iter().find(|column| column.name == name);
        let new = column.filter(|column| !keys.iter().any(|key| key.column == **column));
        let Some(column) = new else {
            let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
            let names = names.join(", ");
            let detail =
                format!("must name each of {names} at most once, with - in front for descending");
            return Err(Error::invalid_parameter("sort", detail));
        };
        keys.push(SortKey { column: *column, descending });
    }
    Ok(keys)
}

/// Reads a comma-separated filter, each value by `read`.
pub fn several<T>(
    name: &str,
    text: Option<&str>,
    read: impl Fn(&str) -> Option<T>,
    allowed: &str,
) -> Result<Vec<T>> {
    text.map(|text| text.split(','))
        .into_iter()
        .flatten()
        .map(|value| {
            read(value).ok_or_else(|| {
                let detail = format!("must be one or more of {allowed}, separated by commas");
                Error::invalid_parameter(name, detail)
            })
        })
        .collect()
}
