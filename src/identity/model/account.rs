//! Accounts.

use garde::Validate;
use serde::Serialize;

use crate::identity::rules;
use crate::kernel::{Role, SessionId, Timestamp, UserId, text};
use crate::passwords::PasswordHash;

/// Whom an access token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The account.
    pub user_id: UserId,
    /// The sign-in it was made from.
    pub session_id: SessionId,
}

/// An account, as the audit trail of its home organization shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// What it signs in with, folded.
    pub email: String,
    /// What the person is called.
    pub full_name: String,
    /// Whether it can sign in.
    pub is_active: bool,
    /// When the password was last set; while it has none, when the account was made.
    pub password_changed_at: Timestamp,
    /// Until when a one-time token sets a new password; null: there is none.
    pub reset_expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An account to be made, with its roles in the home organization.
#[derive(Debug, Clone, Validate)]
pub struct NewAccount {
    /// What it signs in with; free in the whole installation.
    #[garde(custom(text::email))]
    pub email: String,
    /// What the person is called.
    #[garde(custom(text::line(1, 200)))]
    pub full_name: String,
    /// Made beforehand, because hashing is slow.
    #[garde(skip)]
    pub password_hash: PasswordHash,
    /// At least one, each once.
    #[garde(length(min = 1), custom(rules::roles))]
    pub roles: Vec<Role>,
}
