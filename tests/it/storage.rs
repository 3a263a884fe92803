//! The writer: what a job may rely on when others fail beside it, and who is answered when.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use pret::db::{Db, DbOptions, GlobalWriteTx};
use pret::kernel::{Actor, Code, Error, ManualClock, OrgId, Result};
use tempfile::TempDir;

use crate::support::start;

/// A migrated database without anything in it.
struct Storage {
    db: Db,
    _directory: TempDir,
}

impl Storage {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut DbOptions)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pret.db");
        pret::db::migrate(&path).unwrap();
        let mut options = DbOptions::new(Arc::new(ManualClock::new(start())));
        change(&mut options);
        Self { db: Db::open(&path, options).unwrap(), _directory: directory }
    }

    /// Organizations by name, as a reader sees them.
    fn names(&self) -> Vec<String> {
        let sql = "SELECT name FROM organizations ORDER BY name";
        self.db.read(|global| global.all(sql, &[], |row| row.get(0))).unwrap()
    }

    fn insert(&self, name: &'static str) -> Result<()> {
        self.db.write_blocking(move |global| insert(global, name))
    }

    /// Keeps the writer busy until the sender is used or dropped.
    fn hold(&self) -> Sender<()> {
        let (release, held) = channel::<()>();
        let (running, begun) = channel();
        let held = Mutex::new(held);
        let db = self.db.clone();
        thread::spawn(move || {
            let wait = move |_: &GlobalWriteTx<'_>| {
                running.send(()).ok();
                held.lock().unwrap().recv().ok();
                Ok(())
            };
            drop(db.write_blocking(wait));
        });
        begun.recv().unwrap();
        release
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        self.db.close();
    }
}

fn insert(global: &GlobalWriteTx<'_>, name: &str) -> Result<()> {
    global.execute(
        "INSERT INTO organizations (id, name, timezone, currency, policy, version, created_at)
         VALUES (:id, :name, 'UTC', 'EUR', '{}', 1, :now)",
        &[(":id", &OrgId::new()), (":name", &name)],
    )?;
    Ok(())
}

/// Hands a job to the writer, and polls it once so that it is in the queue.
fn submit<T, F>(db: &Db, job: F) -> impl FnOnce() -> Result<T>
where
    T: Send + 'static,
    F: Fn(&GlobalWriteTx<'_>) -> Result<T> + Send + 'static,
{
    let db = db.clone();
    let mut write = Box::pin(async move { db.write(job).await });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let ready = match write.as_mut().poll(&mut context) {
        std::task::Poll::Ready(result) => Some(result),
        std::task::Poll::Pending => None,
    };
    move || ready.unwrap_or_else(|| block_on(write))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn a_panic_in_one_job_of_a_batch_hurts_nobody_else() {
    let storage = Storage::new();
    let release = storage.hold();
    let before = submit(&storage.db, |global| insert(global, "before"));
    let panics = submit(&storage.db, |global| {
        insert(global, "never")?;
        assert!(global.now() != start(), "a bug in one job");
        Ok(())
    });
    let behind = submit(&storage.db, |global| insert(global, "behind"));
    drop(release);
    before().unwrap();
    assert_eq!(panics().unwrap_err().code(), Code::Internal);
    behind().unwrap();
    assert_eq!(storage.names(), ["before", "behind"]);
    storage.insert("next").unwrap();
}

#[test]
fn one_commit_serves_many_jobs() {
    let storage = Storage::new();
    storage.insert("warm").unwrap();
    let commits = storage.db.writer_stats().commits;
    let release = storage.hold();
    let names: Vec<String> = (0..64).map(|number| format!("org {number:02}")).collect();
    let waiting: Vec<_> = names
        .iter()
        .cloned()
        .map(|name| submit(&storage.db, move |global| insert(global, &name)))
        .collect();
    drop(release);
    for answer in waiting {
        answer().unwrap();
    }
    let commits = storage.db.writer_stats().commits - commits;
    assert!(commits <= 12, "64 jobs took {commits} commits");
    assert_eq!(storage.names().len(), 65);
}

/// A COMMIT that waits until it is let go, and says that it waits.
fn held_commit() -> (pret::db::CommitHook, Receiver<()>, Sender<bool>) {
    let (arrived, at_commit) = channel();
    let (let_go, verdict) = channel::<bool>();
    let verdict = Mutex::new(verdict);
    let hook = Arc::new(move || {
        arrived.send(()).ok();
        verdict.lock().unwrap().recv().unwrap_or(false)
    });
    (hook, at_commit, let_go)
}

/// Goes red with the seeded bug `answer_before_commit`.
#[test]
fn nobody_is_answered_before_the_commit() {
    let (hook, at_commit, let_go) = held_commit();
    let storage = Storage::with(|options| options.commit_hook = Some(hook));
    // Dropped before the storage, whose writer would wait for it.
    let let_go = let_go;
    let answered = Arc::new(AtomicBool::new(false));
    let (db, seen) = (storage.db.clone(), Arc::clone(&answered));
    let caller = thread::spawn(move || {
        let result = db.write_blocking(|global| insert(global, "held"));
        seen.store(true, Ordering::SeqCst);
        result
    });
    at_commit.recv().unwrap();
    assert!(storage.names().is_empty(), "readers see only what is committed");
    // An answer sent too early needs a moment to be seen; a late one never comes.
    for _ in 0..200 {
        thread::yield_now();
        thread::park_timeout(Duration::from_millis(1));
        assert!(!answered.load(Ordering::SeqCst), "answered while COMMIT was held back");
    }
    let_go.send(false).unwrap();
    caller.join().unwrap().unwrap();
    assert_eq!(storage.names(), ["held"]);
}

#[test]
fn a_failed_commit_leaves_everybody_in_the_dark_and_ends_the_process() {
    let (hook, at_commit, verdict) = held_commit();
    let deaths = Arc::new(AtomicUsize::new(0));
    let fatal = Arc::clone(&deaths);
    let storage = Storage::with(move |options| {
        options.commit_hook = Some(hook);
        options.on_fatal = Arc::new(move || {
            fatal.fetch_add(1, Ordering::SeqCst);
        });
    });
    // Dropped before the storage, whose writer would wait for it.
    let verdict = verdict;
    let good = submit(&storage.db, |global| insert(global, "good"));
    at_commit.recv().unwrap();
    // While that COMMIT is held back these two gather for the next one, which fails.
    let first = submit(&storage.db, |global| insert(global, "first"));
    let second = submit(&storage.db, |global| insert(global, "second"));
    verdict.send(false).unwrap();
    verdict.send(true).unwrap();
    good().unwrap();
    for answer in [first(), second()] {
        assert_eq!(answer.unwrap_err().code(), Code::OutcomeUnknown);
    }
    assert_eq!(storage.insert("later").unwrap_err().code(), Code::ShuttingDown);
    assert_eq!(deaths.load(Ordering::SeqCst), 1);
    assert_eq!(storage.names(), ["good"]);
}

#[test]
fn a_full_queue_refuses_at_once() {
    let storage = Storage::with(|options| options.queue = 2);
    let release = storage.hold();
    let first = submit(&storage.db, |global| insert(global, "first"));
    let second = submit(&storage.db, |global| insert(global, "second"));
    let third = submit(&storage.db, |global| insert(global, "third"));
    let refused = third().unwrap_err();
    assert_eq!(refused.code(), Code::Overloaded);
    assert!(refused.wait_seconds().is_some(), "the caller hears how long to wait");
    drop(release);
    first().unwrap();
    second().unwrap();
    assert_eq!(storage.names(), ["first", "second"]);
}

#[test]
fn a_caller_who_has_gone_is_skipped() {
    let storage = Storage::new();
    let release = storage.hold();
    drop(submit(&storage.db, |global| insert(global, "abandoned")));
    let stays = submit(&storage.db, |global| insert(global, "stays"));
    drop(release);
    stays().unwrap();
    assert_eq!(storage.names(), ["stays"]);
}

#[test]
fn a_refused_attempt_is_undone_and_the_rest_of_the_job_stays() {
    let storage = Storage::new();
    let refused = storage.db.write_blocking(|global| {
        insert(global, "kept")?;
        let tx = global.write_within(OrgId::new(), Actor::system());
        let attempt: Result<()> = tx.attempt(|| {
            insert(global, "undone")?;
            Err(Error::not_found())
        });
        Ok(attempt.unwrap_err().code())
    });
    assert_eq!(refused.unwrap(), Code::NotFound);
    assert_eq!(storage.names(), ["kept"]);
}

#[test]
fn a_failed_job_leaves_nothing() {
    let storage = Storage::new();
    let failed: Result<()> = storage.db.write_blocking(|global| {
        insert(global, "gone")?;
        Err(Error::not_found())
    });
    assert_eq!(failed.unwrap_err().code(), Code::NotFound);
    assert!(storage.names().is_empty());
}

/// Goes red with the seeded bug `statement_without_organization`.
#[test]
fn a_statement_without_its_organization_fails_loudly() {
    let storage = Storage::new();
    let forgot = storage.db.read(|global| {
        let tx = global.within(OrgId::new(), Actor::system());
        tx.all("SELECT name FROM resources", &[], |row| row.get::<_, String>(0))
    });
    let error = forgot.unwrap_err();
    assert_eq!(error.code(), Code::Internal);
    assert!(error.cause().unwrap().to_string().contains("without its organization"));
    let unbound = storage.db.read(|global| {
        let tx = global.within(OrgId::new(), Actor::system());
        let sql = "SELECT name FROM resources WHERE org_id = :org AND id = :id";
        tx.find(sql, &[], |row| row.get::<_, String>(0))
    });
    assert_eq!(unbound.unwrap_err().code(), Code::Internal);
}

#[test]
fn pragmas_are_what_durability_needs() {
    let storage = Storage::new();
    let found = storage.db.pragmas().unwrap();
    let value = |name| found.iter().find(|pragma| pragma.name == name).unwrap().value.clone();
    for (name, expected) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("trusted_schema", "0"),
        ("busy_timeout", "10000"),
    ] {
        assert_eq!(value(name), expected, "{name}");
    }
}

#[test]
fn readers_can_not_write() {
    let storage = Storage::new();
    let written = storage.db.read(|global| {
        let sql = "INSERT INTO roles (id, name) VALUES (9, 'x') RETURNING id";
        global.all(sql, &[], |row| row.get::<_, i64>(0))
    });
    assert!(written.is_err());
}

#[test]
fn a_job_that_waits_sees_what_the_job_before_it_wrote() {
    let storage = Storage::new();
    let barrier = Arc::new(Barrier::new(8));
    let counts: Vec<_> = (0..8)
        .map(|number| {
            let (db, barrier) = (storage.db.clone(), Arc::clone(&barrier));
            thread::spawn(move || {
                barrier.wait();
                db.write_blocking(move |global| {
                    insert(global, &format!("org {number}"))?;
                    global.value::<i64>("SELECT count(*) FROM organizations", &[])
                })
                .unwrap()
            })
        })
        .collect();
    let mut counts: Vec<i64> = counts.into_iter().map(|one| one.join().unwrap()).collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=8).collect::<Vec<i64>>());
}
