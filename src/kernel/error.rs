//! The one error type: a stable code, words for the person, and what a program needs to go on.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Code, Demand};

/// The result of everything that can be refused or fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One fault in a body (`pointer`, RFC 6901) or in a query or path (`parameter`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Which parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What is wrong and what is allowed.
    pub detail: String,
}

impl Fault {
    /// A fault at a place in the body.
    pub fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), parameter: None, detail: detail.into() }
    }

    /// A fault in a parameter of path or query.
    pub fn parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: None, parameter: Some(name.into()), detail: detail.into() }
    }
}

/// A refusal or a failure. Boxed, because it is rare and results are everywhere.
pub struct Error(Box<Inner>);

struct Inner {
    code: Code,
    detail: Cow<'static, str>,
    faults: Vec<Fault>,
    extras: Map<String, Value>,
    etag: Option<String>,
    retry_after: Option<u64>,
    constraint: Option<String>,
    demand: Option<Demand>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A refusal with its code and a sentence for the person.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            code,
            detail: detail.into(),
            faults: Vec::new(),
            extras: Map::new(),
            etag: None,
            retry_after: None,
            constraint: None,
            demand: None,
            source: None,
        }))
    }

    /// A fault of ours; the cause goes to the log and never to the caller.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut error =
            Self::new(Code::Internal, "The fault has been logged under the request id.");
        error.0.source = Some(source.into());
        error
    }

    /// The object is not there, or is not the caller's to see: the same words for both.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is no such object here.")
    }

    /// The body breaks rules that can be seen without clock or database.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        Self::new(Code::ValidationFailed, "Some fields are not valid; see errors.").faults(faults)
    }

    /// One field of the body is not valid.
    pub fn invalid_field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid(vec![Fault::at(pointer, detail)])
    }

    /// A field refers to what is not there, or not in this organization.
    pub fn unknown_reference(pointer: impl Into<String>) -> Self {
        Self::new(Code::UnknownReference, "A reference leads to nothing in this organization.")
            .faults(vec![Fault::at(pointer, "refers to nothing in this organization")])
    }

    /// A parameter of path or query is not valid.
    pub fn invalid_parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Code::InvalidParameter, "A parameter is not valid; see errors.")
            .faults(vec![Fault::parameter(name, detail)])
    }

    /// The same error with these faults listed.
    #[must_use]
    pub fn faults(mut self, faults: Vec<Fault>) -> Self {
        self.0.faults = faults;
        self
    }

    /// The same error with a further member for programs.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.0.extras.insert(name.to_owned(), value);
        self
    }

    /// The same error with the current `ETag` of the object.
    #[must_use]
    pub fn with_etag(mut self, etag: String) -> Self {
        self.0.etag = Some(etag);
        self
    }

    /// The same error, telling the caller to wait so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The same error, remembering which rule of the database was broken.
    #[must_use]
    pub fn broke_constraint(mut self, name: impl Into<String>) -> Self {
        self.0.constraint = Some(name.into());
        self
    }

    /// The same error, remembering what was asked for, so that alternatives can be searched.
    #[must_use]
    pub fn wanting(mut self, demand: Demand) -> Self {
        self.0.demand = Some(demand);
        self
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The sentence for the person.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The faults found.
    pub fn fault_list(&self) -> &[Fault] {
        &self.0.faults
    }

    /// Further members.
    pub fn extras(&self) -> &Map<String, Value> {
        &self.0.extras
    }

    /// The current `ETag`, for 412.
    pub fn etag(&self) -> Option<&str> {
        self.0.etag.as_deref()
    }

    /// Seconds to wait, for 429 and 503.
    pub fn wait_seconds(&self) -> Option<u64> {
        self.0.retry_after
    }

    /// The rule of the database that was broken, if that is what happened.
    pub fn constraint(&self) -> Option<&str> {
        self.0.constraint.as_deref()
    }

    /// Whether alternatives to what was asked for are to be searched.
    pub fn wants_alternatives(&self) -> bool {
        self.0.demand.is_some()
    }

    /// What was asked for, taken out.
    pub fn take_demand(&mut self) -> Option<Demand> {
        self.0.demand.take()
    }

    /// The hidden cause, for the log.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync)> {
        self.0.source.as_deref()
    }

    /// All of it in words for somebody who runs the server, who may know what a caller may not.
    pub fn told(&self) -> String {
        let mut text = match self.cause() {
            Some(cause) if self.code() == Code::Internal => cause.to_string(),
            _ => self.detail().to_owned(),
        };
        for fault in self.fault_list() {
            let place = fault.pointer.as_deref().or(fault.parameter.as_deref()).unwrap_or_default();
            text.push_str("\n  ");
            text.push_str(place.trim_start_matches('/'));
            text.push(' ');
            text.push_str(&fault.detail);
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.name(), self.0.detail)?;
        for fault in &self.0.faults {
            let place = fault.pointer.as_deref().or(fault.parameter.as_deref()).unwrap_or_default();
            write!(f, "; {place} {}", fault.detail)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match &self.0.source {
            Some(source) => write!(f, " (caused by: {source})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
