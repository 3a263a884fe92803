//! The token that makes the first organization: from the settings, else in a file of mode 0600
//! beside the database, which goes away on use.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::db::beside;
use crate::kernel::{Error, Result};
use crate::keys;

/// Where the token is kept when the settings name none.
pub fn path(database: &Path) -> PathBuf {
    beside(database, ".bootstrap-token")
}

/// Makes the file when the settings name no token and it is not there yet; answers where it is.
///
/// # Errors
/// When the file can't be written.
pub fn ensure(database: &Path, configured: Option<&SecretString>) -> Result<Option<PathBuf>> {
    use std::os::unix::fs::OpenOptionsExt;
    if configured.is_some() {
        return Ok(None);
    }
    let path = path(database);
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => {
            let line = format!("{}\n", keys::random_text(24));
            file.write_all(line.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|error| failed(&path, &error))?;
            Ok(Some(path))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Some(path)),
        Err(error) => Err(failed(&path, &error)),
    }
}

/// Whether this is the token, compared in the same time whatever was given.
///
/// # Errors
/// When the file can't be read.
pub fn matches(database: &Path, configured: Option<&SecretString>, given: &str) -> Result<bool> {
    let expected = match configured {
        Some(token) => token.expose_secret().to_owned(),
        None => match fs::read_to_string(path(database)) {
            Ok(text) => text.trim().to_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(failed(&path(database), &error)),
        },
    };
    // An empty file must not be a token that anybody knows.
    Ok(!expected.is_empty() && bool::from(expected.as_bytes().ct_eq(given.as_bytes())))
}

/// Takes the file away, once there is an organization.
///
/// # Errors
/// When it is there and can't be removed.
pub fn consume(database: &Path) -> Result<()> {
    match fs::remove_file(path(database)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(&path(database), &error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::internal(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_file_is_private_stays_the_same_and_goes_on_use() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("pret.db");
        assert!(!matches(&database, None, "").unwrap());
        let path = ensure(&database, None).unwrap().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let token = fs::read_to_string(&path).unwrap().trim().to_owned();
        assert_eq!(ensure(&database, None).unwrap().unwrap(), path);
        assert!(matches(&database, None, &token).unwrap());
        assert!(!matches(&database, None, "something else").unwrap());
        consume(&database).unwrap();
        assert!(!matches(&database, None, &token).unwrap());
        consume(&database).unwrap();
    }

    #[test]
    fn a_configured_token_needs_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("pret.db");
        let configured = SecretString::from("a configured token");
        assert_eq!(ensure(&database, Some(&configured)).unwrap(), None);
        assert!(!path(&database).exists());
        assert!(matches(&database, Some(&configured), "a configured token").unwrap());
        assert!(!matches(&database, Some(&configured), "another token").unwrap());
    }
}
