//! `pret user`.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::import::Import;
use super::people::{in_words, pick_organization, read_password, require_account, role};
use super::settings::Settings;
use super::{print, print_json};
use crate::app::write_as_system;
use crate::db::WriteTx;
use crate::identity::{self, Member, NewAccount};
use crate::kernel::{Actor, Result, Role, UserId};
use crate::keys::Keys;

/// Make accounts, give and take roles, close accounts; also while the server runs, and counting
/// at once.
#[derive(Debug, Args)]
pub(super) struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(Create),
    Import(Import),
    Grant(Grant),
    Revoke(Revoke),
    Deactivate(Deactivate),
    ResetPassword(ResetPassword),
    Erase(super::erase::Erase),
}

/// The address of an account, and how to answer.
#[derive(Debug, Args)]
struct Account {
    #[command(flatten)]
    settings: Settings,
    /// What the person signs in with.
    #[arg(long)]
    email: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// In which organization.
#[derive(Debug, Args)]
struct Place {
    /// The organization, by id or name; the only one unless said.
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
}

/// Make an account at home in an organization.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  pret user create --org 'School of Media' --email grace@example.edu --name 'Grace Murray' \\
      --role staff --password-stdin < password.txt

The password is one line of 12 to 128 characters.")]
struct Create {
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    place: Place,
    /// What the person is called.
    #[arg(long)]
    name: String,
    /// student, staff or admin; can be given several times.
    #[arg(long, value_parser = role, default_value = "student")]
    role: Vec<Role>,
    /// Read the password from standard input.
    #[arg(long)]
    password_stdin: bool,
}

/// Give a role in an organization, making the account a member where it was none.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  pret user grant --org 'School of Media' --email grace@example.edu --role admin")]
struct Grant {
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    place: Place,
    /// student, staff or admin.
    #[arg(long, value_parser = role)]
    role: Role,
}

/// Take a role in an organization away.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  pret user revoke --org 'School of Media' --email grace@example.edu --role admin

It counts at once, also for who is signed in. The last admin must stay.")]
struct Revoke {
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    place: Place,
    /// student, staff or admin.
    #[arg(long, value_parser = role)]
    role: Role,
}

/// Close an account and end its sessions.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  pret user deactivate --email grace@example.edu")]
struct Deactivate {
    #[command(flatten)]
    account: Account,
}

/// Set a new password, or print a one-time token and link with which the person sets one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret user reset-password --email grace@example.edu
  pret user reset-password --email grace@example.edu --password-stdin < password.txt

The token is good for 24 hours, at POST /auth/reset or by the link, which is printed beside it. A
new password ends all sessions.")]
struct ResetPassword {
    #[command(flatten)]
    account: Account,
    /// Read the new password from standard input.
    #[arg(long)]
    password_stdin: bool,
}

impl User {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Create(command) => command.run()?,
            Command::Import(command) => command.run()?,
            Command::Grant(Grant { account, place, role }) => {
                account
                    .change_member(&place, move |tx, user| identity::grant_role(tx, user, role))?;
            }
            Command::Revoke(Revoke { account, place, role }) => {
                account
                    .change_member(&place, move |tx, user| identity::revoke_role(tx, user, role))?;
            }
            Command::Deactivate(Deactivate { account }) => account.deactivate()?,
            Command::ResetPassword(command) => command.run()?,
            Command::Erase(command) => command.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Account {
    /// Changes what the account is in one organization.
    fn change_member(
        &self,
        place: &Place,
        change: impl Fn(&WriteTx<'_>, UserId) -> Result<Member> + Send + 'static,
    ) -> anyhow::Result<()> {
        let db = self.settings.open()?;
        let organization = pick_organization(&db, place.org.as_deref())?;
        let (user, _) = require_account(&db, &self.email)?;
        let org = organization.id;
        let member = write_as_system(&db, org, move |tx| change(tx, user))?;
        self.tell(&member, &organization.name)
    }

    fn deactivate(&self) -> anyhow::Result<()> {
        let db = self.settings.open()?;
        let (user, home) = require_account(&db, &self.email)?;
        let member = write_as_system(&db, home, move |tx| identity::set_active(tx, user, false))?;
        let organization = pick_organization(&db, Some(&home.to_string()))?;
        self.tell(&member, &organization.name)
    }

    fn tell(&self, member: &Member, organization: &str) -> anyhow::Result<()> {
        if self.json {
            return print_json(member);
        }
        print(&in_words(member, organization));
        Ok(())
    }
}

impl Create {
    fn run(self) -> anyhow::Result<()> {
        let db = self.account.settings.open()?;
        let organization = pick_organization(&db, self.place.org.as_deref())?;
        let new = NewAccount {
            email: self.account.email.clone(),
            full_name: self.name,
            password_hash: read_password(self.password_stdin)?,
            roles: self.role,
        };
        let org = organization.id;
        let member = write_as_system(&db, org, move |tx| identity::create_account(tx, &new))?;
        self.account.tell(&member, &organization.name)
    }
}

impl ResetPassword {
    fn run(self) -> anyhow::Result<()> {
        let db = self.account.settings.open()?;
        let (user, home) = require_account(&db, &self.account.email)?;
        if self.password_stdin {
            let password = read_password(true)?;
            db.write_blocking(move |global| {
                let tx = global.write_within(home, Actor::system());
                identity::set_password(&tx, user, &password)
            })?;
            print("The password is set; all sessions have ended.");
            return Ok(());
        }
        let keys = Keys::load_or_create(db.path())?;
        let its_keys = keys.clone();
        let ticket = db.write_blocking(move |global| {
            let tx = global.write_within(home, Actor::system());
            identity::start_password_reset(&tx, &its_keys, user)
        })?;
        let config = self.account.settings.load(None)?.config;
        let reset = ticket.reveal(&keys, &config.base_url(config.listen));
        if self.account.json {
            return print_json(&reset);
        }
        print(&reset.token);
        eprintln!("good once until {}, at POST /auth/reset or here:", reset.expires_at);
        eprintln!("{}", reset.link);
        Ok(())
    }
}
