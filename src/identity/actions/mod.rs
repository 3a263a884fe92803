//! Use cases of people and organizations.

mod access;
mod accounts;
mod members;
mod organizations;
mod passwords;
mod sessions;
#[cfg(test)]
mod tests;

pub use access::{policy, require_session, role_in, role_of};
pub use accounts::create_account;
pub use members::find_member;
pub use organizations::{
    create_organization, found_organization, has_organization, list_organizations, organization,
};
pub use passwords::Passwords;
pub use sessions::open_session;

use garde::Validate;

use crate::kernel::{Error, Fault, Result};

/// Applies the rules of a value that did not come through the API, where they were applied before.
fn valid(value: &impl Validate<Context = ()>) -> Result<()> {
    value.validate().map_err(|report| {
        let fault = |(path, error): &(garde::Path, garde::Error)| {
            Fault::at(format!("/{path}").replace('.', "/"), error.to_string())
        };
        Error::invalid(report.iter().map(fault).collect())
    })
}
