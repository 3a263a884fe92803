//! `pret user import`: people in bulk, shown first and done on demand.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::people::pick_organization;
use super::settings::Settings;
use super::{print, print_json, table};
use crate::app::write_as_system;
use crate::identity::{self, Import as Imported, ImportOutcome, ImportReport, ImportRow};
use crate::kernel::{Actor, Code, Error, Result};
use crate::keys::Keys;

/// More bytes no sheet has that is taken at all.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Make accounts for the people in a spreadsheet, invite those who have one elsewhere.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret user import students.csv --org 'School of Media'
  pret user import students.csv --org 'School of Media' --yes --links links.csv

The first row of the file names the columns email, full_name and roles (student, staff, admin;
several with spaces between them; empty: student). Without --yes nothing is changed. Who has no
account gets a link that sets a password, once, within 7 days. Who is a member stays as is.")]
pub(super) struct Import {
    #[command(flatten)]
    settings: Settings,
    /// The spreadsheet, saved as CSV in UTF-8; at most 2,000 rows.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The organization, by id or name; the only one unless said.
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// Do it. Without this, only say what would happen.
    #[arg(long)]
    yes: bool,
    /// Write the links into this new file, which only you can read, instead of printing them.
    #[arg(long, value_name = "FILE", requires = "yes")]
    links: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let people = identity::read_people(&read(&self.file)?)?;
        let (db, config) = (self.settings.open()?, self.settings.load(None)?.config);
        let org = pick_organization(&db, self.org.as_deref())?.id;
        let keys = Keys::load_or_create(db.path())?;
        let show = |done: Imported| done.reveal(&keys, &config.base_url(config.listen));
        if !self.yes {
            let planned = db.read(|global| {
                identity::preview_import(&global.within(org, Actor::system()), &people)
            })?;
            return self.tell(&show(planned));
        }
        // Made first: when there is no place for the links, nobody gets one.
        let links = self.links.as_deref().map(LinksFile::create).transpose()?;
        let its_keys = keys.clone();
        let done =
            write_as_system(&db, org, move |tx| identity::import_people(tx, &its_keys, &people));
        match (done, links) {
            (Ok(done), None) => self.tell(&show(done)),
            (Ok(done), Some(links)) => {
                let report = show(done);
                links.write(&report)?;
                self.tell(&without_links(report))
            }
            (Err(error), links) => {
                if let Some(links) = links {
                    links.remove();
                }
                Err(error.into())
            }
        }
    }

    fn tell(&self, report: &ImportReport) -> anyhow::Result<()> {
        if self.json {
            return print_json(report);
        }
        let mut table = table(["row", "email", "name", ""]);
        for one in &report.people {
            table.add_row([
                one.row.to_string(),
                one.email.clone(),
                one.full_name.clone(),
                in_words(one),
            ]);
        }
        print(&table.to_string());
        let links = report.people.iter().filter(|one| one.link.is_some()).count();
        if links > 0 {
            print(&format!("\n{}", sheet(report)?.trim_end()));
        }
        eprintln!("{}", self.summary(report));
        Ok(())
    }

    fn summary(&self, report: &ImportReport) -> String {
        let ImportReport { added, unchanged, .. } = report;
        let (Some(created), Some(invited)) = (report.created, report.invited) else {
            return format!(
                "{added} would be added: with a new account, or invited where the address has one \
                 elsewhere. {unchanged} would stay as they are.\n\
                 Nothing was changed. Do it with --yes."
            );
        };
        let place = match &self.links {
            Some(path) => format!(" Their links are in {}.", path.display()),
            None => String::new(),
        };
        format!("{created} created, {invited} invited, {unchanged} unchanged.{place}")
    }
}

fn in_words(one: &ImportRow) -> String {
    let roles: Vec<&str> = one.roles.iter().map(|role| role.name()).collect();
    let roles = roles.join(", ");
    match one.outcome {
        ImportOutcome::Added => format!("would be added as {roles}"),
        ImportOutcome::Created => format!("created as {roles}"),
        ImportOutcome::Invited => format!("invited as {roles}"),
        ImportOutcome::Unchanged => format!("already a member, stays {roles}"),
    }
}

/// The text of a file; the rules name what is no UTF-8 in it by its row.
fn read(path: &Path) -> Result<String> {
    let refused = |why: String| {
        Error::new(Code::ValidationFailed, format!("{} can't be read: {why}.", path.display()))
    };
    let file = File::open(path).map_err(|error| refused(error.to_string()))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| refused(error.to_string()))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(refused(format!("it has more than {MAX_BYTES} bytes")));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn without_links(mut report: ImportReport) -> ImportReport {
    for one in &mut report.people {
        one.link = None;
    }
    report
}

/// The links as a sheet, for a mail merge.
fn sheet(report: &ImportReport) -> Result<String> {
    let head = ["email", "full_name", "link", "link_expires_at"].map(str::to_owned);
    let rows = report.people.iter().filter_map(|one| {
        let (link, until) = (one.link.clone()?, one.link_expires_at?);
        Some([one.email.clone(), one.full_name.clone(), link, until.to_string()])
    });
    identity::write_sheet(std::iter::once(head).chain(rows))
}

/// A new file that only its owner can read.
struct LinksFile<'a> {
    path: &'a Path,
    file: File,
}

impl<'a> LinksFile<'a> {
    fn create(path: &'a Path) -> Result<Self> {
        use std::os::unix::fs::OpenOptionsExt;
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = file.map_err(|error| {
            let detail = format!(
                "{} can't be made for the links: {error}. Nothing was changed.",
                path.display()
            );
            Error::new(Code::ValidationFailed, detail)
        })?;
        Ok(Self { path, file })
    }

    /// Should the disk be full now, the links are printed: they are shown at no other time.
    fn write(mut self, report: &ImportReport) -> anyhow::Result<()> {
        let sheet = sheet(report)?;
        let written = self.file.write_all(sheet.as_bytes()).and_then(|()| self.file.sync_all());
        written.map_err(|error| {
            print(sheet.trim_end());
            let path = self.path.display();
            anyhow::anyhow!("everybody was imported, but {path} can't be written: {error}; the links are printed")
        })
    }

    fn remove(&self) {
        // It is empty; that it stays is a nuisance at the most.
        drop(std::fs::remove_file(self.path));
    }
}
