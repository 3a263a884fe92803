//! The binary as a process of its own: commands that end, and a server that runs.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};

use tempfile::TempDir;

use super::Reply;
use super::client::client;

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it printed.
    pub out: String,
    /// What it complained about.
    pub err: String,
}

impl Ran {
    /// Runs `pret` in a folder to its end, within so many MiB of memory.
    pub fn within(megabytes: u32, folder: &Path, arguments: &[&str]) -> Self {
        let plain = command(folder, arguments, &[]);
        let limit = format!("ulimit -v {}; exec \"$0\" \"$@\"", u64::from(megabytes) * 1024);
        let mut bounded = Command::new("sh");
        // What is bounded is address space, of which glibc reserves 64 MiB for each thread.
        bounded.env("MALLOC_ARENA_MAX", "1");
        bounded.arg("-c").arg(limit).arg(plain.get_program()).args(plain.get_args());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => bounded.env(name, value),
                None => bounded.env_remove(name),
            };
        }
        Self::of(bounded.current_dir(folder).output().unwrap())
    }

    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { status: output.status, out: text(output.stdout), err: text(output.stderr) }
    }

    /// Insists on success; answers what was printed.
    #[track_caller]
    pub fn ok(self) -> String {
        assert!(self.status.success(), "{self:?}");
        self.out
    }

    /// Insists on failure; answers the complaint.
    #[track_caller]
    pub fn refused(self) -> String {
        assert!(!self.status.success() && !self.err.is_empty(), "{self:?}");
        self.err
    }

    /// Insists on success; answers the JSON that was printed.
    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.ok()).unwrap()
    }

    /// Starts `pret` in a folder and kills it at a moment, unless it ended before; answers whether
    /// it was killed.
    pub fn killed(folder: &Path, arguments: &[&str], mut moment: impl FnMut() -> bool) -> bool {
        let mut child = command(folder, arguments, &[])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !moment() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        // It may have ended already.
        drop(child.kill());
        child.wait().unwrap().code().is_none()
    }
}

/// The binary under test: the one of this build, unless `PRET_BINARY` names another.
fn binary() -> PathBuf {
    std::env::var_os("PRET_BINARY").map_or_else(|| env!("CARGO_BIN_EXE_pret").into(), PathBuf::from)
}

/// A command in this folder, which also holds its database, with these settings alone.
fn command(folder: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).current_dir(folder);
    for (name, _) in
        std::env::vars().filter(|(name, _)| name.starts_with("PRET_") && name != "PRET_SEEDED_BUG")
    {
        command.env_remove(name);
    }
    command.env("PRET_DATABASE", "pret.db").envs(settings.iter().copied());
    command
}

/// Runs `pret` in a folder to its end, with this on its standard input.
pub fn pret(folder: &Path, arguments: &[&str], input: &str) -> Ran {
    let mut child = command(folder, arguments, &[])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end without reading.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    Ran::of(child.wait_with_output().unwrap())
}

/// A running `pret serve` on a database of its own.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    log: Mutex<Receiver<String>>,
    folder: TempDir,
}

impl Server {
    /// With the default settings.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// With these settings in its environment.
    pub fn with(settings: &[(&str, &str)]) -> Self {
        Self::within(tempfile::tempdir().unwrap(), settings)
    }

    /// On what lies in this folder.
    pub fn within(folder: TempDir, settings: &[(&str, &str)]) -> Self {
        Self::spawn(folder, &["serve", "--listen", "127.0.0.1:0"], settings)
    }

    /// With the demo data.
    pub fn demo() -> Self {
        let arguments = ["serve", "--demo", "--listen", "127.0.0.1:0"];
        Self::spawn(tempfile::tempdir().unwrap(), &arguments, &[])
    }

    fn spawn(folder: TempDir, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut child = command(folder.path(), arguments, settings)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = follow(child.stderr.take().unwrap());
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let Some(address) = first.trim().strip_prefix("listening on http://") else {
            panic!("the server printed {first:?}: {:?}", log.iter().collect::<Vec<_>>());
        };
        Self { address: address.parse().unwrap(), child, log: Mutex::new(log), folder }
    }

    /// Another one on what this one leaves behind.
    pub fn again(mut self, settings: &[(&str, &str)]) -> Self {
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        Self::within(folder, settings)
    }

    /// The folder with its database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file beside the database, by what follows its name.
    pub fn beside(&self, ending: &str) -> PathBuf {
        self.folder().join(format!("pret.db{ending}"))
    }

    /// Runs a command on the same database.
    pub fn pret(&self, arguments: &[&str], input: &str) -> Ran {
        pret(self.folder(), arguments, input)
    }

    /// Reads the log up to a line that says this.
    #[track_caller]
    pub fn logged(&self, words: &str) -> String {
        let log = self.log.lock().unwrap();
        let found = log.iter().find(|line| line.contains(words));
        found.unwrap_or_else(|| panic!("the log never said {words:?}"))
    }

    /// Waits for its end; answers all of the log that was not read yet.
    pub fn whole_log(&mut self) -> Vec<String> {
        self.wait();
        self.log.lock().unwrap().iter().collect()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, by its name.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// A request in the making.
    pub fn ask(&self, method: &str, path: &str) -> reqwest::blocking::RequestBuilder {
        client().request(method.parse().unwrap(), format!("http://{}{path}", self.address))
    }

    /// Sends a request.
    #[track_caller]
    pub fn send(request: reqwest::blocking::RequestBuilder) -> Reply {
        Reply::read("a request to the process".to_owned(), request.send().unwrap())
    }

    /// GET.
    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        Self::send(self.ask("GET", path))
    }
}

/// Reads the log all the time, so that the server never waits for a reader.
fn follow(stream: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (lines, log) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            // The test may be over.
            drop(lines.send(line));
        }
    });
    log
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
