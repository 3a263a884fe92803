//! People in bulk: the sheet that comes in, and what became of whom.

use garde::{Path, Report, Validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ResetTicket;
use crate::identity::rules;
use crate::kernel::names::names;
use crate::kernel::{Role, Timestamp, UserId};

/// A sheet of people.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberImport {
    /// A spreadsheet as text (CSV), at most 2,000 rows. The first row names the columns `email`,
    /// `full_name` and `roles`, in any order, with a comma, a semicolon or a tab between them.
    /// `roles`: `student`, `staff`, `admin`, several with spaces between them; empty: `student`.
    #[schema(
        min_length = 1,
        max_length = 500_000,
        examples("email,full_name,roles\nada@example.edu,Ada Byron,student\n")
    )]
    pub csv: String,
    /// Only say what would happen; true unless said.
    #[serde(default = "yes")]
    #[schema(default = true, examples(true))]
    pub preview: bool,
}

fn yes() -> bool {
    true
}

impl Validate for MemberImport {
    type Context = ();

    /// One field with many faults: each row and cell has its own.
    fn validate_into(&self, (): &(), parent: &mut dyn FnMut() -> Path, report: &mut Report) {
        let Err(refused) = rules::read_people(&self.csv) else { return };
        for fault in refused.fault_list() {
            report.append(parent().join("csv"), garde::Error::new(&fault.detail));
        }
    }
}

/// Somebody in a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPerson {
    /// The row, as a spreadsheet numbers it: the header is 1.
    pub(in crate::identity) row: usize,
    /// The address, folded.
    pub(in crate::identity) email: String,
    /// What the person is called.
    pub(in crate::identity) full_name: String,
    /// Each once, the lowest first.
    pub(in crate::identity) roles: Vec<Role>,
}

names! {
    /// What became of somebody in a sheet.
    ImportOutcome {
        /// In a preview: would be created or invited; which, is told once it is done.
        Added = "added",
        /// Got an account and is a member.
        Created = "created",
        /// Has an account already and was invited.
        Invited = "invited",
        /// Is a member already and stays as is, roles and name included.
        Unchanged = "unchanged",
    }
}

/// What an import did or would do. Holds no secret, so it can be kept for replays.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Import {
    /// Whether nothing was done.
    pub(in crate::identity) preview: bool,
    /// Everybody in the sheet.
    pub(in crate::identity) people: Vec<ImportedPerson>,
}

/// What became of somebody, before links are made of tickets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::identity) struct ImportedPerson {
    /// As the sheet has it; roles as they are held or offered.
    pub person: NewPerson,
    /// What became of it.
    pub outcome: ImportOutcome,
    /// The account of a member.
    pub user_id: Option<UserId>,
    /// With which a new account sets its password.
    pub ticket: Option<ResetTicket>,
}

/// What an import did, or in a preview would do.
// It holds links, so there is no `Debug`.
#[derive(Clone, Serialize, ToSchema)]
pub struct ImportReport {
    /// Whether nothing was done.
    pub preview: bool,
    /// How many were or would be created or invited.
    pub added: usize,
    /// How many got an account; null in a preview, which does not tell who is known elsewhere.
    #[schema(required)]
    pub created: Option<usize>,
    /// How many have an account elsewhere and were invited; null in a preview.
    #[schema(required)]
    pub invited: Option<usize>,
    /// How many are members already and stay as they are.
    pub unchanged: usize,
    /// Everybody, in the order of the sheet.
    pub people: Vec<ImportRow>,
}

/// What became of somebody in a sheet.
#[derive(Clone, Serialize, ToSchema)]
pub struct ImportRow {
    /// The row, as a spreadsheet numbers it: the header is 1.
    #[schema(minimum = 2, examples(2))]
    pub row: usize,
    /// The address.
    #[schema(examples("ada@example.edu"))]
    pub email: String,
    /// What the sheet calls the person.
    #[schema(examples("Ada Byron"))]
    pub full_name: String,
    /// What became of the person.
    pub outcome: ImportOutcome,
    /// `unchanged`: the roles that are held; else those of the sheet.
    pub roles: Vec<Role>,
    /// The account of who is a member now.
    #[schema(required)]
    pub user_id: Option<UserId>,
    /// `created`: where the person sets a password, once. For nobody else.
    #[schema(required, examples("https://pret.example.edu/set-password#Zm9yIG9uZSB1c2Ugb25seQ"))]
    pub link: Option<String>,
    /// Until when the link is good.
    #[schema(required)]
    pub link_expires_at: Option<Timestamp>,
}
