//! `kill -9` while a database is migrated or replaced: the next start is whole.

use std::path::Path;
use std::time::{Duration, Instant};

use rand::RngExt;
use tempfile::{TempDir, tempdir};

use crate::backup::rounds;
use crate::support::{File, Ran, Server, old_database, pret};

/// So many kills; `PRET_PROOF_ROUNDS` says otherwise.
const KILLS: usize = 10;
const PEOPLE: i64 = 20_000;
/// The steps that the old database has seen.
const OLD: usize = 6;

/// A folder with an old database in which there is something to lose.
fn old(template: &Path) -> TempDir {
    let folder = tempdir().unwrap();
    std::fs::copy(template, folder.path().join("pret.db")).unwrap();
    folder
}

/// Runs a command to its end; answers how long it took, and since when a file ending so was there.
fn measure(folder: &Path, arguments: &[&str], ending: &str) -> (Duration, Duration) {
    let began = Instant::now();
    let mut seen = None;
    Ran::killed(folder, arguments, || {
        seen = seen.or_else(|| has(folder, ending).then(|| began.elapsed()));
        false
    });
    (began.elapsed(), seen.unwrap())
}

/// A moment to kill at: in every other round anywhere in the run, else once a file ending so is
/// there, until a bit beyond what the run takes.
fn moment(
    folder: &Path,
    round: usize,
    ending: &str,
    (whole, seen): (Duration, Duration),
) -> impl FnMut() -> bool {
    let part = rand::rng().random_range(0.0..1.2);
    let late = round % 2 == 1;
    let wait = if late { whole.saturating_sub(seen) } else { whole }.mul_f64(part);
    let mut since = (!late).then(Instant::now);
    move || {
        since = since.or_else(|| has(folder, ending).then(Instant::now));
        since.is_some_and(|since| since.elapsed() >= wait)
    }
}

fn has(folder: &Path, ending: &str) -> bool {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.into_iter().any(|entry| entry.unwrap().file_name().to_string_lossy().ends_with(ending))
}

fn version(database: &Path) -> i64 {
    File::open(database).number("SELECT max(version) FROM refinery_schema_history")
}

/// Names that somebody must clear away.
fn half_done(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(".partial") || name.ends_with("-journal")).collect()
}

#[test]
fn a_killed_migration_leaves_the_next_start_whole() {
    let templates = tempdir().unwrap();
    let template = templates.path().join("old.db");
    old_database(&template, OLD, usize::try_from(PEOPLE).unwrap());
    File::open(&template).run("PRAGMA journal_mode = DELETE").unwrap();
    let unhurt = old(&template);
    let times = measure(unhurt.path(), &["migrate"], ".backup");
    let newest = version(&unhurt.path().join("pret.db"));
    let (mut killed, mut before, mut left) = (0, 0, 0);
    let kills = rounds(KILLS);
    for round in 0..kills {
        let folder = old(&template);
        let commands: [&[&str]; 2] = [&["migrate"], &["serve", "--listen", "127.0.0.1:0"]];
        let moment = moment(folder.path(), round, ".backup", times);
        killed += usize::from(Ran::killed(folder.path(), commands[round / 2 % 2], moment));
        let found = version(&folder.path().join("pret.db"));
        assert!(found == 6 || found == newest, "half a schema: {found}");
        before += usize::from(found == 6);
        left += usize::from(!half_done(folder.path()).is_empty());
        let server = Server::within(folder, &[]);
        server.get("/health").expect(200);
        assert_eq!(version(&server.beside("")), newest);
        let people = File::open(&server.beside("")).number("SELECT count(*) FROM users");
        assert_eq!(people, PEOPLE);
        server.pret(&["verify"], "").ok();
        assert_eq!(half_done(server.folder()), Vec::<String>::new());
    }
    assert!(killed > 0, "every command ended before it was killed");
    println!(
        "{kills} kills within {} ms of a migration, {killed} of them before it ended by itself; \
         {before} found the old schema and {} the new one, {left} left something half done; each \
         next start was whole and left nothing",
        times.0.as_millis(),
        kills - before
    );
}

/// How many people the database has.
fn people(database: &Path) -> i64 {
    File::open(database).number("SELECT count(*) FROM users")
}

#[test]
fn a_killed_restore_leaves_the_old_database_or_the_new_one() {
    let templates = tempdir().unwrap();
    let at = |name: &str| templates.path().join(name);
    for (name, count) in [("old.db", PEOPLE), ("new.db", PEOPLE / 2)] {
        old_database(&at(name), OLD, usize::try_from(count).unwrap());
        pret(templates.path(), &["migrate", "--database", name], "").ok();
        File::open(&at(name)).run("PRAGMA journal_mode = DELETE").unwrap();
    }
    let backup = at("new.db").to_str().unwrap().to_owned();
    let restore = ["restore", &backup, "--yes"];
    let unhurt = old(&at("old.db"));
    let times = measure(unhurt.path(), &restore, ".replaced");
    let (mut killed, mut replaced) = (0, 0);
    let kills = rounds(KILLS);
    for round in 0..kills {
        let folder = old(&at("old.db"));
        let moment = moment(folder.path(), round, ".replaced", times);
        killed += usize::from(Ran::killed(folder.path(), &restore, moment));
        let server = Server::within(folder, &[]);
        server.get("/health").expect(200);
        server.pret(&["verify"], "").ok();
        assert_eq!(half_done(server.folder()), Vec::<String>::new());
        let kept = std::fs::read_dir(server.folder()).unwrap().map(|entry| entry.unwrap().path());
        let kept: Vec<_> =
            kept.filter(|path| path.to_string_lossy().ends_with(".replaced")).collect();
        match people(&server.beside("")) {
            PEOPLE => assert!(kept.is_empty(), "{kept:?}"),
            found => {
                assert_eq!(found, PEOPLE / 2);
                assert_eq!((kept.len(), people(&kept[0])), (1, PEOPLE));
                replaced += 1;
            }
        }
    }
    assert!(killed > 0, "every command ended before it was killed");
    println!(
        "{kills} kills within {} ms of a restore, {killed} of them before it ended by itself; \
         {replaced} found the new database and the old one kept, the others the old one",
        times.0.as_millis()
    );
}
