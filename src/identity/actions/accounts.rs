//! Making accounts.

use super::{members, valid};
use crate::audit::{self, Change, EntityType};
use crate::db::WriteTx;
use crate::identity::model::{Member, NewAccount, User};
use crate::identity::store;
use crate::kernel::{Result, UserId, text};

/// Makes an account at home in the organization of the transaction, and a member of it.
///
/// # Errors
/// `already_exists` when the address belongs to an account, `validation_failed`.
pub fn create_account(tx: &WriteTx<'_>, new: &NewAccount) -> Result<Member> {
    valid(new)?;
    let user = User {
        id: UserId::new(),
        email: text::fold_email(&new.email),
        full_name: new.full_name.trim().to_owned(),
        is_active: true,
        password_changed_at: tx.now(),
        created_at: tx.now(),
    };
    store::insert_user(tx, &user, &new.password_hash)?;
    audit::record(tx, &Change::create(EntityType::User, user.id, &user)?)?;
    members::join(tx, user.id, &new.roles)
}
