//! Turns what SQLite says into our errors, and named constraints into the refusal they stand for.

use rusqlite::ErrorCode;

use crate::kernel::{Code, Error, Result};

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let (code, message) = match &error {
            rusqlite::Error::SqliteFailure(failure, message) => {
                (Some(failure.code), message.clone().unwrap_or_default())
            }
            _ => (None, String::new()),
        };
        match code {
            Some(ErrorCode::ConstraintViolation) => {
                Self::internal(error).broke_constraint(constraint_name(&message))
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::new(Code::Overloaded, "The database is busy.").retry_after(1)
            }
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => {
                tracing::error!(%error, "the storage refuses");
                Self::new(Code::Overloaded, "The storage refuses to write.").retry_after(30)
            }
            _ => Self::internal(error),
        }
    }
}

/// `CHECK constraint failed: booking_period` names the constraint behind its colon, as
/// `UNIQUE constraint failed: tags.org_id, tags.name` does the columns; a trigger says its name alone.
fn constraint_name(message: &str) -> &str {
    message.split_once("constraint failed: ").map_or(message, |(_, name)| name)
}

/// Gives a broken constraint its meaning, where the statement stands.
pub trait OnConstraint<T> {
    /// When the named constraint (or list of unique columns) was broken, answers `refusal` instead.
    ///
    /// # Errors
    /// The refusal, or whatever else went wrong.
    fn on_constraint(self, name: &str, refusal: impl FnOnce() -> Error) -> Result<T>;
}

impl<T> OnConstraint<T> for Result<T> {
    fn on_constraint(self, name: &str, refusal: impl FnOnce() -> Error) -> Self {
        self.map_err(|error| if error.constraint() == Some(name) { refusal() } else { error })
    }
}

#[cfg(test)]
mod tests {
    use super::constraint_name;

    #[test]
    fn the_name_is_found_in_each_kind_of_message() {
        assert_eq!(constraint_name("CHECK constraint failed: booking_period"), "booking_period");
        assert_eq!(
            constraint_name("UNIQUE constraint failed: tags.org_id, tags.name"),
            "tags.org_id, tags.name"
        );
        assert_eq!(constraint_name("unit_claims_overlap"), "unit_claims_overlap");
    }
}
