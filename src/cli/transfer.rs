//! `pret org export` and `pret org import`.

use std::io::{BufRead, BufWriter, ErrorKind, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use indicatif::ProgressBar;

use super::people::pick_organization;
use super::settings::Settings;
use super::{print, print_json};
use crate::bootstrap;
use crate::db::{Db, ServeLock, WholeFile};
use crate::kernel::{Code, Error, Result};
use crate::transfer::{self, Exported, Imported, Progress, Survey};

/// More rows hold the write lock for so long that a server beside would turn writers away.
const BESIDE_A_SERVER: u64 = 50_000;

/// Write everything of an organization into a file, for another server or to keep.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret org export 'School of Media' --out media.jsonl
  pret org export 'School of Media' --out media.jsonl --with-passwords
  pret org export 01930f2e-0000-7000-8000-000000000001 | gzip > media.jsonl.gz

The file holds personal data: whoever has it has everything. Sessions, keys and one-time tokens
stay behind, and so do passwords unless you ask for their hashes.")]
pub(super) struct Export {
    #[command(flatten)]
    settings: Settings,
    /// The organization, by id or name.
    org: String,
    /// Write into this file, which must not be there yet; to standard output unless said.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Take the hashes of passwords along, so that everybody can sign in on the other server.
    #[arg(long)]
    with_passwords: bool,
    /// Print what was written as one JSON object.
    #[arg(long, requires = "out")]
    json: bool,
}

/// Bring an organization in from a file of `pret org export`, all of it or nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret org import media.jsonl
  pret org import media.jsonl --yes --json

Nothing that is here is changed: an organization that is here already is refused, an account that is
here stays as it is, and so does everybody's address. Both servers must have the same version.
Nobody else can write while it goes on, so more than 50,000 rows want the server stopped.")]
pub(super) struct Import {
    #[command(flatten)]
    settings: Settings,
    /// The file, unpacked.
    file: PathBuf,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let db = self.settings.open()?;
        let bar = Bar::new("rows written");
        let wanted = transfer::Export {
            org: pick_organization(&db, Some(&self.org))?.id,
            with_passwords: self.with_passwords,
            progress: bar.progress(),
        };
        let Some(path) = &self.out else {
            transfer::export(&db, &wanted, BufWriter::new(std::io::stdout().lock()))?;
            return Ok(());
        };
        let failed = |error: std::io::Error| match error.kind() {
            ErrorKind::AlreadyExists => wrong(format!("{} is there already.", path.display())),
            _ => wrong(format!("{}: {error}.", path.display())),
        };
        if path.exists() {
            return Err(failed(ErrorKind::AlreadyExists.into()).into());
        }
        let mut file = WholeFile::begin(path).map_err(failed)?;
        let written = transfer::export(&db, &wanted, BufWriter::new(&mut file))?;
        file.appear().map_err(failed)?;
        bar.clear();
        if self.json {
            return print_json(&written);
        }
        let Exported { header, rows } = written;
        print(&format!("{}: {rows} rows in {}", header.org_name, path.display()));
        print(&format!(
            "audit head {}:{}:{}",
            header.org_id, header.audit_head.seq, header.audit_head.hash
        ));
        Ok(())
    }
}

impl Import {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let db = self.settings.open()?;
        let bar = Bar::new("rows read");
        let survey = transfer::survey(&db, &self.file, &bar.progress())?;
        bar.clear();
        require_quiet(&db, &survey)?;
        if !self.json {
            tell_survey(&survey);
        }
        if !self.yes && !agreed()? {
            return Err(wrong("Nothing was imported.".to_owned()).into());
        }
        let bar = Bar::new("rows imported");
        let imported = transfer::import(&db, survey, bar.progress())?;
        bar.clear();
        // The other way to make a first organization is closed now.
        bootstrap::consume(db.path())?;
        db.close();
        if self.json {
            return print_json(&imported);
        }
        tell_imported(&imported);
        Ok(())
    }
}

/// Refuses to keep the writers of a running server waiting for long.
fn require_quiet(db: &Db, survey: &Survey) -> Result<()> {
    if survey.rows <= BESIDE_A_SERVER || !ServeLock::is_held(db.path())? {
        return Ok(());
    }
    Err(wrong(format!(
        "{} rows would keep everybody from writing for too long: stop the server, import, and start \
         it again. Up to {BESIDE_A_SERVER} rows can come in while it runs.",
        survey.rows
    )))
}

fn tell_survey(survey: &Survey) {
    let Survey { header, rows, accounts, .. } = survey;
    print(&format!(
        "{} ({}), exported {} by Prêt {}: {rows} rows",
        header.org_name, header.org_id, header.exported_at, header.pret_version
    ));
    print(&format!(
        "{} new accounts; {} accounts are here already and stay as they are",
        accounts.new, accounts.known
    ));
    if !accounts.rehomed.is_empty() {
        print(&format!(
            "{} of the new ones were at home in another organization and will be at home in this \
             one: {}",
            accounts.rehomed.len(),
            accounts.rehomed.join(", ")
        ));
    }
}

fn tell_imported(imported: &Imported) {
    let header = &imported.survey.header;
    print(&format!("{} is here; its audit trail is the same, event by event.", header.org_name));
    if imported.without_password > 0 {
        print(&format!(
            "{} people can't sign in yet: the file has no passwords. Give each a one-time token: \
             pret user reset-password --email ADDRESS",
            imported.without_password
        ));
    }
}

/// Asks whoever watches; a script says --yes.
fn agreed() -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Err(wrong("Add --yes to import it.".to_owned()));
    }
    eprint!("Import it? [y/N] ");
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Error::internal)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

fn wrong(detail: String) -> Error {
    Error::new(Code::ValidationFailed, detail)
}

/// Shown on a terminal only.
struct Bar(ProgressBar, &'static str);

impl Bar {
    fn new(what: &'static str) -> Self {
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(std::time::Duration::from_millis(100));
        Self(bar, what)
    }

    fn progress(&self) -> Progress {
        let (bar, what) = (self.0.clone(), self.1);
        Arc::new(move |rows| {
            if rows % 1000 == 0 {
                bar.set_message(format!("{rows} {what}"));
            }
        })
    }

    fn clear(self) {
        self.0.finish_and_clear();
    }
}
