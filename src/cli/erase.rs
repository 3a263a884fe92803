//! `pret user erase`.

use clap::Args;
use indicatif::ProgressBar;
use serde_json::json;

use super::people::require_account;
use super::settings::Settings;
use super::{print, print_json};
use crate::app::{Erasure, Share};
use crate::db::Db;
use crate::identity;
use crate::kernel::{Actor, Code, Error, OrgId, Result, UserId};

/// Forget a person who asks for it, in all organizations, for good.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret user erase ada@example.edu
  pret user erase ada@example.edu --yes --vacuum
  pret user erase 019a2f64-5c00-7000-8000-000000000001 --yes --json >> erased.jsonl

Without --yes it says what would go, and changes nothing. Name, address, password, roles, sessions,
invitations and notifications go, and so does whatever was said about their bookings and fines, also
from the audit trail. Periods, units, amounts and the id of the account stay. It is refused while
something is booked, out, owed or waited for, and for the last admin of an organization.

With --vacuum the server, if it runs, can't write meanwhile, and the disk needs as much room again as
the database takes. Without it, fragments may stay in unused space of the file until that is used.

Backups that were made before still hold the person: note the id, and erase again after restoring
one. See docs/data-protection.md.")]
pub(super) struct Erase {
    #[command(flatten)]
    settings: Settings,
    /// The address or the id of the account.
    #[arg(value_name = "EMAIL|ID")]
    account: String,
    /// Do it.
    #[arg(long)]
    yes: bool,
    /// And write the file anew, so that its unused space holds nothing of the person either.
    #[arg(long, requires = "yes")]
    vacuum: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Erase {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let db = self.settings.open()?;
        let (user, home) = self.account(&db)?;
        // Shown on a terminal only.
        let progress = ProgressBar::new_spinner();
        progress.enable_steady_tick(std::time::Duration::from_millis(100));
        progress.set_message("reading the audit trails");
        let found = db.read(|global| Erasure::look(&global.within(home, Actor::system()), user));
        let found = found.map_err(erased_already)?;
        if self.yes {
            progress.set_message("erasing");
            found.require_possible()?;
            found.carry_out(&db)?;
            if self.vacuum {
                progress.set_message("writing the file anew");
                db.vacuum()?;
            }
            // Folds the log of the database into the file and empties it: old pages stood in it.
            db.close();
        }
        progress.finish_and_clear();
        if self.json {
            return print_json(&json!({ "erased": self.yes, "erasure": found }));
        }
        self.tell(&found);
        // What stands in the way is also the end of a preview.
        if !self.yes {
            found.require_possible()?;
            print("Nothing has changed. Do it with --yes; nothing brings it back.");
        }
        Ok(())
    }

    fn account(&self, db: &Db) -> Result<(UserId, OrgId)> {
        let Ok(user) = self.account.parse::<UserId>() else {
            return require_account(db, &self.account);
        };
        let home = db.read(|global| identity::find_home(global, user))?;
        let unknown = || Error::new(Code::ValidationFailed, "There is no account with that id.");
        Ok((user, home.ok_or_else(unknown)?))
    }

    fn tell(&self, found: &Erasure) {
        let tense = if self.yes { "was erased" } else { "would be erased" };
        print(&format!("{} {tense}, with", found.user_id));
        for share in &found.organizations {
            print(&format!("  in {}: {}", share.name, in_words(share)));
        }
        if !found.mentions.is_empty() {
            print("Others wrote the name or address into texts that stay; look at them:");
        }
        for mention in &found.mentions {
            print(&format!("  {} {} ({})", mention.table, mention.id, mention.column));
        }
    }
}

fn in_words(share: &Share) -> String {
    let payloads = i64::try_from(share.audit_payloads).unwrap_or(i64::MAX);
    let counts = [
        (share.bookings, "bookings (texts alone)"),
        (share.waitlist_entries, "waitlist entries (their history alone)"),
        (share.fines, "fines (texts alone)"),
        (share.notifications, "notifications"),
        (share.invitations, "invitations"),
        (share.sessions, "sessions"),
        (share.kept_answers, "kept answers"),
        (payloads, "audit payloads"),
    ];
    let told = counts.into_iter().filter(|(count, _)| *count > 0);
    told.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

fn erased_already(error: Error) -> Error {
    if error.code() == Code::InvalidTransition {
        return Error::new(Code::ValidationFailed, "This person has been erased already.");
    }
    error
}
