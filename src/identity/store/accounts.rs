//! `users`: accounts. They are read over all organizations, because an address is used once in
//! all of them, and written within their home organization alone.

use crate::db::{GlobalTx, GlobalWriteTx, Mapped, OnConstraint, Row, WriteTx};
use crate::identity::model::{Person, User};
use crate::kernel::{Code, Error, OrgId, Result, Timestamp, UserId, text};
use crate::passwords::PasswordHash;

/// An account with what only signing in may see.
pub(in crate::identity) struct Account {
    pub(in crate::identity) user: User,
    pub(in crate::identity) home: OrgId,
    pub(in crate::identity) password_hash: PasswordHash,
}

impl Account {
    /// As the person sees it.
    pub(in crate::identity) fn person(&self) -> Person {
        Person {
            id: self.user.id,
            email: self.user.email.clone(),
            full_name: self.user.full_name.clone(),
        }
    }
}

/// The account with this id.
pub(in crate::identity) fn account(global: &GlobalTx<'_>, user: UserId) -> Result<Option<Account>> {
    global.find(
        "SELECT id, org_id, email, password_hash, full_name, is_active, password_changed_at,
             reset_expires_at, created_at
         FROM users WHERE id = :user",
        &[(":user", &user)],
        from_row,
    )
}

/// The account with this folded address.
pub(in crate::identity) fn account_by_email(
    global: &GlobalTx<'_>,
    email: &str,
) -> Result<Option<Account>> {
    global.find(
        "SELECT id, org_id, email, password_hash, full_name, is_active, password_changed_at,
             reset_expires_at, created_at
         FROM users WHERE email = :email",
        &[(":email", &email)],
        from_row,
    )
}

/// All organizations to which the account is or was known.
pub(in crate::identity) fn organizations_that_know(
    global: &GlobalTx<'_>,
    user: UserId,
) -> Result<Vec<OrgId>> {
    global.all(
        "SELECT org_id FROM memberships WHERE user_id = :user ORDER BY org_id",
        &[(":user", &user)],
        |row| row.get("org_id"),
    )
}

/// A new account at home in the organization of the transaction.
pub(in crate::identity) fn insert_user(
    tx: &WriteTx<'_>,
    user: &User,
    password_hash: &PasswordHash,
    reset_token_hash: Option<&str>,
) -> Result<()> {
    tx.execute(
        "INSERT INTO users (id, org_id, email, password_hash, full_name, search_text, is_active,
             password_changed_at, reset_token_hash, reset_expires_at, created_at)
         VALUES (:id, :org, :email, :password_hash, :full_name, :search_text, :is_active, :now,
             :reset_token_hash, :reset_expires_at, :now)",
        &[
            (":id", &user.id),
            (":email", &user.email),
            (":password_hash", &password_hash.as_str()),
            (":full_name", &user.full_name),
            (":search_text", &search_text(user)),
            (":is_active", &user.is_active),
            (":reset_token_hash", &reset_token_hash),
            (":reset_expires_at", &user.reset_expires_at),
        ],
    )
    .on_constraint("users.email", || {
        Error::new(Code::AlreadyExists, "This address belongs to an account already.")
    })?;
    Ok(())
}

/// The account whose one-time token has this hash.
pub(in crate::identity) fn account_by_reset_token(
    global: &GlobalTx<'_>,
    token_hash: &str,
) -> Result<Option<Account>> {
    global.find(
        "SELECT id, org_id, email, password_hash, full_name, is_active, password_changed_at,
             reset_expires_at, created_at
         FROM users WHERE reset_token_hash = :token_hash",
        &[(":token_hash", &token_hash)],
        from_row,
    )
}

/// All accounts for which a one-time token is kept.
pub(in crate::identity) fn accounts_with_reset_token(
    global: &GlobalTx<'_>,
) -> Result<Vec<Account>> {
    global.all(
        "SELECT id, org_id, email, password_hash, full_name, is_active, password_changed_at,
             reset_expires_at, created_at
         FROM users WHERE reset_token_hash IS NOT NULL ORDER BY id",
        &[],
        from_row,
    )
}

/// Changes name and whether the account can sign in.
pub(in crate::identity) fn update_user(tx: &WriteTx<'_>, user: &User) -> Result<()> {
    tx.execute(
        "UPDATE users SET full_name = :full_name, search_text = :search_text,
             is_active = :is_active
         WHERE org_id = :org AND id = :id",
        &[
            (":id", &user.id),
            (":full_name", &user.full_name),
            (":search_text", &search_text(user)),
            (":is_active", &user.is_active),
        ],
    )?;
    Ok(())
}

/// Sets a new password; a one-time token for it is good no more.
pub(in crate::identity) fn update_password(
    tx: &WriteTx<'_>,
    user: UserId,
    password_hash: &PasswordHash,
) -> Result<()> {
    tx.execute(
        "UPDATE users SET password_hash = :password_hash, password_changed_at = :now,
             reset_token_hash = NULL, reset_expires_at = NULL
         WHERE org_id = :org AND id = :user",
        &[(":user", &user), (":password_hash", &password_hash.as_str())],
    )?;
    Ok(())
}

/// Keeps a one-time token by its hash, in the place of an earlier one.
pub(in crate::identity) fn set_reset_token(
    tx: &WriteTx<'_>,
    user: UserId,
    token_hash: &str,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE users SET reset_token_hash = :token_hash, reset_expires_at = :expires_at
         WHERE org_id = :org AND id = :user",
        &[(":user", &user), (":token_hash", &token_hash), (":expires_at", &expires_at)],
    )?;
    Ok(())
}

/// Forgets a one-time token, so that it is good no more.
pub(in crate::identity) fn clear_reset_token(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    tx.execute(
        "UPDATE users SET reset_token_hash = NULL, reset_expires_at = NULL
         WHERE org_id = :org AND id = :user",
        &[(":user", &user)],
    )?;
    Ok(())
}

pub(super) fn search_text(user: &User) -> String {
    text::fold(&format!("{} {}", user.full_name, user.email))
}

/// Forgets one-time tokens that ran out before this, at most so many; answers how many. That there
/// was one, and until when, stays.
pub(in crate::identity) fn prune_reset_tokens(
    global: &GlobalWriteTx<'_>,
    until: Timestamp,
    most: usize,
) -> Result<usize> {
    global.execute(
        "UPDATE users SET reset_token_hash = NULL WHERE id IN (
             SELECT id FROM users
             WHERE reset_token_hash IS NOT NULL AND reset_expires_at <= :until LIMIT :most)",
        &[(":until", &until), (":most", &i64::try_from(most).unwrap_or(i64::MAX))],
    )
}

fn from_row(row: &Row<'_>) -> Mapped<Account> {
    Ok(Account {
        user: User {
            id: row.get("id")?,
            email: row.get("email")?,
            full_name: row.get("full_name")?,
            is_active: row.get("is_active")?,
            password_changed_at: row.get("password_changed_at")?,
            reset_expires_at: row.get("reset_expires_at")?,
            created_at: row.get("created_at")?,
        },
        home: row.get("org_id")?,
        password_hash: PasswordHash::new(row.get("password_hash")?),
    })
}
