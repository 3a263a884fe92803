//! Use cases of people and organizations.

mod access;
mod accounts;
mod erasure;
mod import;
mod invitations;
mod members;
mod organizations;
mod registration;
mod secrets;
mod sessions;
mod throttle;
mod verify;

pub use access::{policy, require_session, role_in, role_of};
pub use accounts::{create_account, find_account, find_home};
pub use erasure::{erase_account, forget_invitations, is_erased, is_last_admin, stand_in, traces};
pub use import::{import_people, preview_import, read_people};
pub use members::{change_member, find_member, grant_role, remove_member, revoke_role, set_active};
pub use organizations::{
    change_organization, create_organization, found_organization, has_organization,
    list_organizations, organization,
};
pub use secrets::{prune_reset_tokens, require_password, set_password, start_password_reset};
pub use sessions::{end_all_access, open_session, prune_sessions};
pub use throttle::Throttle;
pub use verify::verify;

pub(super) use invitations::{accept, decline, invite, me};
pub(super) use members::list_members;
pub(super) use registration::{record_refusal, register_first};
pub(super) use secrets::{change_password, password_hash, require_reset_token, reset_password};
pub(super) use sessions::{find_login, invalid_credentials, refresh, sign_in, sign_out};

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
