//! Accounts, members, organizations and what is sent and answered about them.

mod account;
mod member;
mod organization;
mod policy;
mod session;

pub use account::{Credentials, NewAccount, PasswordHash, User};
pub use member::Member;
pub use organization::{NewOrganization, Organization};
pub use policy::{Policy, RoleLimits, RoleSwitches};
pub use session::{MyOrganization, Person, SignIn};
