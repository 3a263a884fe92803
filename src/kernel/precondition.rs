//! `If-Match` (RFC 9110, 13.1.1): which version of an object the caller has seen.

use super::{Code, Error, Result};

/// What the caller demands of the object's version before it is changed.
#[derive(Debug, Clone, Default)]
pub struct Precondition {
    header: Option<String>,
    required: bool,
}

impl Precondition {
    /// From the header, which must be there: PATCH.
    pub const fn required(header: Option<String>) -> Self {
        Self { header, required: true }
    }

    /// From the header, taken when sent: actions and DELETE.
    pub const fn optional(header: Option<String>) -> Self {
        Self { header, required: false }
    }

    /// No demand: the command line, seeds and tests.
    pub const fn none() -> Self {
        Self { header: None, required: false }
    }

    /// Compares with the version the object has now. The part of a tag behind its dot is ignored.
    ///
    /// # Errors
    /// `precondition_required`, `invalid_if_match`, or `precondition_failed` with the current tag.
    pub fn check(&self, version: i64) -> Result<()> {
        let Some(header) = self.header.as_deref() else {
            if self.required {
                return Err(Error::new(
                    Code::PreconditionRequired,
                    "Send If-Match with the ETag of the version you have seen.",
                ));
            }
            return Ok(());
        };
        let seen = parse(header).ok_or_else(|| {
            Error::new(
                Code::InvalidIfMatch,
                "If-Match must be *, a tag in double quotes, or a list of them.",
            )
        })?;
        if seen.matches(version) || super::bug::seeded("lost_update") {
            return Ok(());
        }
        Err(Error::new(Code::PreconditionFailed, "The object has changed since you read it.")
            .with_etag(format!("\"{version}\"")))
    }
}

enum Seen {
    Any,
    /// The versions named; a weak tag and one that we never made match nothing.
    Versions(Vec<String>),
}

impl Seen {
    fn matches(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version.to_string()),
        }
    }
}

/// Reads the header. Empty elements of the list are passed over (RFC 9110, 5.6.1.2).
fn parse(header: &str) -> Option<Seen> {
    let mut rest = header.trim();
    if rest == "*" {
        return Some(Seen::Any);
    }
    let (mut versions, mut found) = (Vec::new(), false);
    loop {
        rest = rest.trim_start_matches([',', ' ', '\t']);
        if rest.is_empty() {
            return found.then_some(Seen::Versions(versions));
        }
        let weak = rest.starts_with("W/");
        let (tag, after) = rest.trim_start_matches("W/").strip_prefix('"')?.split_once('"')?;
        if !weak {
            versions.push(tag.split('.').next().unwrap_or_default().to_owned());
        }
        found = true;
        rest = after.trim_start();
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(header: &str) -> Option<Code> {
        let result = Precondition::required(Some(header.to_owned())).check(7);
        result.err().map(|error| error.code())
    }

    #[test]
    fn both_forms_a_list_and_the_star_match() {
        for header in ["*", "\"7\"", "\"7.ab12\"", "\"6\", \"7\"", "\"7\",\"8\"", ",\"7\", ,"] {
            assert_eq!(code(header), None, "{header}");
        }
    }

    #[test]
    fn another_version_and_weak_tags_do_not_match() {
        for header in ["\"8\"", "W/\"7\"", "\"77\"", "\"07\"", "\"x\""] {
            assert_eq!(code(header), Some(Code::PreconditionFailed), "{header}");
        }
    }

    #[test]
    fn nonsense_is_told_apart_from_a_mismatch() {
        for header in ["7", "\"7", "", ",", "\"7\" \"8\"", "w/\"7\""] {
            assert_eq!(code(header), Some(Code::InvalidIfMatch), "{header}");
        }
        let missing = Precondition::required(None).check(7).unwrap_err();
        assert_eq!(missing.code(), Code::PreconditionRequired);
        assert!(Precondition::optional(None).check(7).is_ok());
    }
}
