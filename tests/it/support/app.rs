//! The service itself, in this process, on a port of its own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use pret::app::{App, Parts};
use pret::config::Config;
use pret::db::{Db, DbOptions};
use pret::identity::Passwords;
use pret::kernel::{Actor, Clock, ManualClock};
use pret::keys::Keys;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::people::{self, Person, Token};
use super::template::Template;
use super::{Caller, File, start};

/// All servers of this process share it.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

/// Changes how the database is opened.
type OpenOtherwise = dyn FnOnce(&mut DbOptions);

/// How the app is made, where a test wants something else than usual.
#[derive(Default)]
pub struct Options {
    config: Option<Config>,
    snapshot: Option<Arc<Vec<u8>>>,
    database: Option<Box<OpenOtherwise>>,
}

impl Options {
    /// With these settings.
    pub fn config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// With a copy of the database of another app.
    pub fn snapshot(mut self, snapshot: &Arc<Vec<u8>>) -> Self {
        self.snapshot = Some(Arc::clone(snapshot));
        self
    }

    /// With the database opened in another way.
    pub fn database(mut self, change: impl FnOnce(&mut DbOptions) + 'static) -> Self {
        self.database = Some(Box::new(change));
        self
    }

    /// Starts the app.
    pub fn start(self) -> TestApp {
        TestApp::with(self)
    }
}

/// A running service with two organizations, `north` and `south`, and people in them.
pub struct TestApp {
    /// Stands still until it is moved.
    pub clock: Arc<ManualClock>,
    tokens: Mutex<HashMap<Person, Token>>,
    template: &'static Template,
    config: Config,
    running: Running,
    directory: TempDir,
}

struct Running {
    app: App,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl TestApp {
    /// Starts the service on a database of its own.
    pub fn new() -> Self {
        Options::default().start()
    }

    fn with(options: Options) -> Self {
        let template = Template::get();
        let directory = tempfile::tempdir().unwrap();
        template.copy_to(&database(directory.path()), options.snapshot.as_deref());
        let clock = Arc::new(ManualClock::new(start()));
        let config = options.config.unwrap_or_else(unlimited);
        let mut db_options = DbOptions::new(clock.clone());
        if let Some(change) = options.database {
            change(&mut db_options);
        }
        let running = run(&database(directory.path()), &config, clock.clone(), db_options);
        let tokens = Mutex::new(template.tokens.clone());
        Self { clock, tokens, template, config, running, directory }
    }

    /// Stops the service and starts it again on the same file.
    pub fn restart(&mut self) {
        self.stop();
        let options = DbOptions::new(self.clock.clone());
        self.running = run(&self.path(), &self.config, self.clock.clone(), options);
    }

    /// Stops the service; what it leaves can be copied by [`Options::snapshot`].
    pub fn into_snapshot(self) -> Arc<Vec<u8>> {
        self.stop();
        Arc::new(std::fs::read(self.path()).unwrap())
    }

    fn stop(&self) {
        self.running.server.abort();
        self.running.app.db.close();
    }

    /// What handlers reach.
    pub fn app(&self) -> &App {
        &self.running.app
    }

    /// The open database.
    pub fn db(&self) -> &Db {
        &self.running.app.db
    }

    /// The database file.
    pub fn path(&self) -> PathBuf {
        database(self.directory.path())
    }

    /// The same file through a connection of its own, as somebody with a shell would open it.
    pub fn file(&self) -> File {
        File::open(&self.path())
    }

    /// Runs a statement by hand.
    pub fn sql(&self, sql: &str) -> rusqlite::Result<()> {
        self.file().run(sql)
    }

    /// Where the service listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// The id of the organization in which nearly everything happens.
    pub fn north(&self) -> &str {
        &self.template.north
    }

    /// The id of the other organization.
    pub fn south(&self) -> &str {
        &self.template.south
    }

    /// The account of a person.
    pub fn user_id(&self, person: Person) -> &str {
        &self.template.users[&person]
    }

    /// The account of somebody of `north` with this role.
    pub fn user_id_of(&self, role: &str) -> &str {
        self.user_id(match role {
            "student" => Person::Student,
            "staff" => Person::Staff,
            _ => Person::Admin,
        })
    }

    /// Demands that nothing is wrong in `north`, as `pret verify` would.
    #[track_caller]
    pub fn verify(&self) {
        let org = self.north().parse().unwrap();
        let faults = self.db().read(|global| {
            let tx = global.within(org, Actor::system());
            let mut faults = pret::calendar::verify(&tx)?;
            faults.extend(pret::inventory::verify(&tx)?);
            faults.extend(pret::fines::verify(&tx)?);
            faults.extend(pret::booking::verify(&tx)?);
            faults.extend(pret::waitlist::verify(&tx)?);
            Ok(faults)
        });
        assert_eq!(faults.unwrap(), Vec::<String>::new());
    }

    /// Does what is due by now, as the timer of a served desk would.
    pub fn run_jobs(&self) {
        self.try_jobs().unwrap();
    }

    /// The same, where it may fail.
    pub fn try_jobs(&self) -> pret::kernel::Result<()> {
        RUNTIME.block_on(self.app().run_due()).map(drop)
    }

    /// Removes what has had its time by now, as a served desk does every hour.
    pub fn tidy(&self) {
        RUNTIME.block_on(self.app().tidy()).unwrap();
    }

    /// Moves the clock.
    pub fn advance_minutes(&self, minutes: i64) {
        self.clock.advance(minutes * 60_000);
    }

    /// A caller who is this person, in the home organization.
    pub fn caller(&self, person: Person) -> Caller<'_> {
        let org = if person.is_north() { self.north() } else { self.south() };
        Caller::new(self, Some(person), Some(org.to_owned()))
    }

    /// Nobody: no token, no organization.
    pub fn anonymous(&self) -> Caller<'_> {
        Caller::new(self, None, None)
    }

    /// The admin of `north`.
    pub fn admin(&self) -> Caller<'_> {
        self.caller(Person::Admin)
    }

    /// Staff of `north`.
    pub fn staff(&self) -> Caller<'_> {
        self.caller(Person::Staff)
    }

    /// A student of `north`.
    pub fn student(&self) -> Caller<'_> {
        self.caller(Person::Student)
    }

    /// Another student of `north`.
    pub fn other_student(&self) -> Caller<'_> {
        self.caller(Person::OtherStudent)
    }

    /// The admin of `south`.
    pub fn south_admin(&self) -> Caller<'_> {
        self.caller(Person::SouthAdmin)
    }

    /// Staff of `south`.
    pub fn south_staff(&self) -> Caller<'_> {
        self.caller(Person::SouthStaff)
    }

    /// A student of `south`.
    pub fn south_student(&self) -> Caller<'_> {
        self.caller(Person::SouthStudent)
    }

    /// An access token of this person that holds now.
    pub fn token(&self, person: Person) -> String {
        let now = self.clock.now();
        let mut tokens = self.tokens.lock().unwrap();
        let token = tokens.get(&person).filter(|token| token.holds_at(now)).cloned();
        let token = token.unwrap_or_else(|| {
            let user = self.user_id(person).parse().unwrap();
            people::sign_in(self.db(), &self.app().keys, user, now)
        });
        tokens.insert(person, token.clone());
        token.text
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop();
    }
}

fn database(directory: &Path) -> PathBuf {
    directory.join("pret.db")
}

/// The defaults, without limits on how often somebody may ask.
pub fn unlimited() -> Config {
    let mut config = Config::default();
    config.limits.enabled = false;
    config
}

fn run(path: &Path, config: &Config, clock: Arc<ManualClock>, options: DbOptions) -> Running {
    let db = Db::open(path, options).unwrap();
    let keys = Keys::load_or_create(path).unwrap();
    let app = App::new(Parts {
        db,
        clock,
        config: config.clone(),
        keys,
        passwords: Passwords::default(),
    });
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let service =
        pret::http::router::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let server = RUNTIME.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        axum::serve(listener, service).await.unwrap();
    });
    Running { app, address, server }
}
