//! People, organizations and sessions: who somebody is and what role they hold where.
//!
//! Owns `organizations`, `users`, `roles`, `memberships`, `user_roles`, `invitations`, `sessions`,
//! `refresh_tokens`, `password_resets`. Invariants: one account per email; a role, membership or
//! session that ends counts at once; an organization never loses its last admin.

mod actions;
mod model;
mod rules;
mod store;

pub use actions::{
    Passwords, create_account, create_organization, find_member, found_organization,
    has_organization, list_organizations, open_session, organization, policy, require_session,
    role_in, role_of,
};
pub use model::{
    Credentials, Member, MyOrganization, NewAccount, NewOrganization, Organization, PasswordHash,
    Person, Policy, RoleLimits, RoleSwitches, SignIn, User,
};
pub use rules::read_token;
