//! An answer that says, when it is not the expected one, what was asked and all that came back.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// More of a body than this helps nobody.
const SHOWN: usize = 4000;

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Reply {
    request: String,
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    pub(super) fn read(request: String, response: reqwest::blocking::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.bytes().unwrap_or_else(|error| panic!("{request}: {error:?}"));
        Self { request, status, headers, body: body.to_vec() }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The tag, which must be there.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("no ETag in\n{self}")).to_owned()
    }

    /// The audit position, which must be there.
    #[track_caller]
    pub fn seq(&self) -> i64 {
        let seq = self.header("x-commit-seq").and_then(|seq| seq.parse().ok());
        seq.unwrap_or_else(|| panic!("no X-Commit-Seq in\n{self}"))
    }

    /// The bytes of the body.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON in\n{self}"))
    }

    /// The `id` of the object in the body.
    #[track_caller]
    pub fn id(&self) -> String {
        let id = self.json()["id"].as_str().map(str::to_owned);
        id.unwrap_or_else(|| panic!("no id in\n{self}"))
    }

    /// The `data` of a list.
    #[track_caller]
    pub fn data(&self) -> Vec<Value> {
        let data = self.json()["data"].as_array().cloned();
        data.unwrap_or_else(|| panic!("no data in\n{self}"))
    }

    /// The `code` of a problem; empty when there is none.
    pub fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Insists on the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "expected {status} for\n{self}");
        self
    }

    /// Insists on a problem with this status and code, and on what every problem bears.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let fits = self.status == status && self.code() == code;
        assert!(fits, "expected {status} {code} for\n{self}");
        let problem = self.json();
        let media = self.header("content-type").unwrap_or_default();
        assert_eq!(media, "application/problem+json", "{self}");
        for member in ["type", "title", "detail", "instance", "code"] {
            assert!(problem[member].is_string(), "no {member} in\n{self}");
        }
        assert_eq!(problem["status"], status, "{self}");
        self
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}\n{}", self.request, self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        let body = String::from_utf8_lossy(&self.body);
        let shown: String = body.chars().take(SHOWN).collect();
        writeln!(f, "{shown}{}", if shown.len() < body.len() { " …" } else { "" })
    }
}
