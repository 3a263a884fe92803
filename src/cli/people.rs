//! What the commands about organizations and people share.

use std::io::BufRead;

use secrecy::SecretString;

use crate::db::Db;
use crate::identity::{self, Member, Organization, PasswordHash, Passwords};
use crate::kernel::{Code, Error, OrgId, Result, Role, UserId};

/// Reads one line from standard input, checks and hashes it.
pub(super) fn read_password(on_stdin: bool) -> Result<PasswordHash> {
    if !on_stdin {
        let detail = "Give --password-stdin, and the password on standard input.";
        return Err(Error::new(Code::ValidationFailed, detail));
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Error::internal)?;
    let password = SecretString::from(line.trim_end_matches(['\n', '\r']).to_owned());
    identity::require_password(&password)?;
    Passwords::hash_blocking(&password)
}

/// The organization that was named by its id or its whole name; the only one, when none was named.
pub(super) fn pick_organization(db: &Db, named: Option<&str>) -> Result<Organization> {
    let mut all = db.read(identity::list_organizations)?;
    if let Some(named) = named {
        let id = named.parse::<OrgId>().ok();
        all.retain(|organization| id == Some(organization.id) || organization.name == named);
    }
    let several = all.len() > 1;
    match (all.pop(), named) {
        (Some(organization), _) if !several => Ok(organization),
        (Some(_), None) => Err(wrong("There are several organizations: name one with --org.")),
        (Some(_), Some(_)) => Err(wrong("Several organizations bear that name: give the id.")),
        (None, None) => Err(wrong("There is no organization yet: `pret org create` makes one.")),
        (None, Some(_)) => Err(wrong("There is no such organization; see `pret org list`.")),
    }
}

/// The account with this address and its home.
pub(super) fn require_account(db: &Db, email: &str) -> Result<(UserId, OrgId)> {
    db.read(|global| identity::find_account(global, email))?
        .ok_or_else(|| wrong("No account has that address; `pret user create` makes one."))
}

/// Reads a role by its name.
pub(super) fn role(name: &str) -> Result<Role, String> {
    Role::from_name(name).ok_or_else(|| "must be student, staff or admin".to_owned())
}

/// A member in one line.
pub(super) fn in_words(member: &Member, organization: &str) -> String {
    let roles: Vec<&str> = member.roles.iter().map(|role| role.name()).collect();
    let roles = if roles.is_empty() { "no role".to_owned() } else { roles.join(", ") };
    let closed = if member.is_active { "" } else { " (deactivated)" };
    format!("{} <{}>{closed} has {roles} in {organization}", member.full_name, member.email)
}

fn wrong(detail: &'static str) -> Error {
    Error::new(Code::ValidationFailed, detail)
}
