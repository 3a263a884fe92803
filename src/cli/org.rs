//! `pret org`.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::people::{in_words, read_password};
use super::settings::Settings;
use super::{print, print_json, table, transfer};
use crate::bootstrap;
use crate::db::Db;
use crate::identity::{self, Member, NewAccount, NewOrganization, Organization};
use crate::kernel::{Actor, Code, Error, Result, Role, UserId};

/// Make organizations, list them, and move them to another server; also while the server runs.
#[derive(Debug, Args)]
pub(super) struct Org {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(Create),
    List(List),
    Export(transfer::Export),
    Import(transfer::Import),
}

/// Make an organization and its admin.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret org create --name 'School of Media' --timezone Europe/Berlin \\
      --admin-email ada@example.edu --admin-name 'Ada Byron' --password-stdin < password.txt

The password is one line of 12 to 128 characters. Where the address has an account already, that
account becomes admin, and neither name nor password is read.")]
struct Create {
    #[command(flatten)]
    settings: Settings,
    /// What it is called.
    #[arg(long)]
    name: String,
    /// Its IANA time zone, such as Europe/Berlin.
    #[arg(long, value_name = "ZONE")]
    timezone: String,
    /// The currency of its amounts (ISO 4217); EUR unless said.
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// What the admin signs in with.
    #[arg(long, value_name = "EMAIL")]
    admin_email: String,
    /// What the admin is called.
    #[arg(long, value_name = "NAME")]
    admin_name: Option<String>,
    /// Read the admin's password from standard input.
    #[arg(long)]
    password_stdin: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// List all organizations.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret org list
  pret org list --json | jq -r '.[].id'")]
struct List {
    #[command(flatten)]
    settings: Settings,
    /// Print one JSON array.
    #[arg(long)]
    json: bool,
}

impl Org {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Create(command) => command.run()?,
            Command::List(command) => command.run()?,
            Command::Export(command) => command.run()?,
            Command::Import(command) => command.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Create {
    fn run(self) -> anyhow::Result<()> {
        let db = self.settings.open()?;
        let admin = self.admin(&db)?;
        let new =
            NewOrganization { name: self.name, timezone: self.timezone, currency: self.currency };
        let (organization, admin) = write(&db, new, admin)?;
        // The other way to make a first organization is closed now.
        bootstrap::consume(db.path())?;
        if self.json {
            return print_json(&json!({ "organization": organization, "admin": admin }));
        }
        print(&format!("{} {}", organization.id, organization.name));
        print(&in_words(&admin, &organization.name));
        Ok(())
    }

    fn admin(&self, db: &Db) -> Result<Admin> {
        let known = db.read(|global| identity::find_account(global, &self.admin_email))?;
        if let Some((user, _)) = known {
            return Ok(Admin::Known(user));
        }
        let Some(full_name) = self.admin_name.clone() else {
            let detail = "The address has no account yet: give --admin-name too.";
            return Err(Error::new(Code::ValidationFailed, detail));
        };
        Ok(Admin::New(NewAccount {
            email: self.admin_email.clone(),
            full_name,
            password_hash: read_password(self.password_stdin)?,
            roles: vec![Role::Admin],
        }))
    }
}

/// Who becomes admin of a new organization.
enum Admin {
    /// Somebody with an account elsewhere.
    Known(UserId),
    /// Somebody new.
    New(NewAccount),
}

fn write(db: &Db, new: NewOrganization, admin: Admin) -> Result<(Organization, Member)> {
    db.write_blocking(move |global| {
        let organization = identity::create_organization(global, &new)?;
        let tx = global.write_within(organization.id, Actor::system());
        let admin = match &admin {
            Admin::Known(user) => identity::grant_role(&tx, *user, Role::Admin)?,
            Admin::New(account) => identity::create_account(&tx, account)?,
        };
        Ok((organization, admin))
    })
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        let organizations = self.settings.open()?.read(identity::list_organizations)?;
        if self.json {
            return print_json(&organizations);
        }
        let mut table = table(["id", "name", "time zone", "since"]);
        for organization in organizations {
            table.add_row([
                organization.id.to_string(),
                organization.name,
                organization.timezone,
                organization.created_at.to_string(),
            ]);
        }
        print(&table.to_string());
        Ok(())
    }
}
