//! Accounts, members, organizations and what is sent and answered about them.

mod account;
mod import;
mod invitation;
mod member;
mod organization;
mod patch;
mod policy;
mod registration;
mod session;
mod weights;

pub use account::{Credentials, NewAccount, User};
pub use import::{Import, ImportOutcome, ImportReport, ImportRow, NewPerson};
pub use invitation::{Invitation, InvitationStatus, InvitingOrganization};
pub use member::{Member, MemberPatch};
pub use organization::{NewOrganization, Organization};
pub use patch::{OrganizationPatch, PolicyPatch, RoleLimitsPatch, RoleSwitchesPatch};
pub use policy::{Policy, RoleLimits, RoleSwitches};
pub use session::{Me, MyOrganization, PasswordReset, Person, ResetTicket, SignIn};
pub use weights::{PriorityWeights, PriorityWeightsPatch, RoleWeights, RoleWeightsPatch};

pub(super) use import::{ImportedPerson, MemberImport};
pub(super) use invitation::NewInvitation;
pub(super) use member::MemberFilters;
pub(super) use registration::{
    FirstRegistered, FirstRegistration, MemberRegistration, RefusedRegistration, Registered,
    RegistrationRequest,
};
pub(super) use session::{LoginRequest, NewPassword, PasswordChange, RefreshRequest};
