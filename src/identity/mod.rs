//! People, organizations and sessions: who somebody is and what role they hold where.
//!
//! Endpoints: `/auth/…`, `/me`, `/me/invitations/{id}/…`, `/members…`, `/organization`. Owns
//! `organizations`, `users`, `roles`, `memberships`, `user_roles`, `invitations`, `sessions`,
//! `refresh_tokens`.
//!
//! Invariants: one account per email; an account is written in its home organization alone; a
//! role, membership or session that ends counts at once; an organization does not lose its last
//! admin by what is done in it (the home organization of an account may close it all the same);
//! a refresh token works once, and so does a token for a new password; of tokens only hashes are
//! stored; who was erased never comes back; an import changes nobody who is a member.

mod actions;
pub(crate) mod api;
mod model;
mod rules;
mod store;

pub use actions::{
    Throttle, change_member, change_organization, create_account, create_organization,
    end_all_access, erase_account, find_account, find_home, find_member, forget_invitations,
    found_organization, grant_role, has_organization, import_people, is_erased, is_last_admin,
    list_organizations, open_session, organization, policy, preview_import, prune_reset_tokens,
    prune_sessions, read_people, remove_member, require_password, require_session, revoke_role,
    role_in, role_of, set_active, set_password, stand_in, start_password_reset, traces, verify,
};
pub use model::{
    Credentials, Import, ImportOutcome, ImportReport, ImportRow, Invitation, InvitationStatus,
    InvitingOrganization, Me, Member, MemberPatch, MyOrganization, NewAccount, NewOrganization,
    NewPerson, Organization, OrganizationPatch, PasswordReset, Person, Policy, PolicyPatch,
    PriorityWeights, PriorityWeightsPatch, ResetTicket, RoleLimits, RoleLimitsPatch, RoleSwitches,
    RoleSwitchesPatch, RoleWeights, RoleWeightsPatch, SignIn, User,
};
pub use rules::{read_token, write_sheet};

pub use crate::passwords::{PasswordHash, Passwords};
