//! The attacks.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::json;

use super::people::Pause;
use crate::desk::Desk;

/// What attackers heard, and how often.
pub type Heard = HashMap<String, usize>;

/// An attack that runs.
pub struct Attack {
    over: Arc<AtomicBool>,
    attackers: Vec<JoinHandle<Heard>>,
}

impl Attack {
    fn by(
        attackers: usize,
        each: impl Fn(usize, &AtomicBool) -> Heard + Send + Sync + 'static,
    ) -> Self {
        let (over, each) = (Arc::new(AtomicBool::new(false)), Arc::new(each));
        let attackers = (0..attackers)
            .map(|number| {
                let (over, each) = (Arc::clone(&over), Arc::clone(&each));
                std::thread::spawn(move || each(number, &over))
            })
            .collect();
        Self { over, attackers }
    }

    /// Ends it; answers what the attackers heard.
    pub fn end(self) -> Heard {
        self.over.store(true, Ordering::Relaxed);
        let mut all = Heard::new();
        for attacker in self.attackers {
            for (what, times) in attacker.join().unwrap() {
                *all.entry(what).or_default() += times;
            }
        }
        all
    }
}

/// Lets this process open as many files as it may.
pub fn allow_many_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
}

/// So many connections, each begun with these bytes; now and then each sends `more`, and those that
/// were closed are opened again.
fn crowd(address: SocketAddr, size: usize, head: Vec<u8>, more: &'static [u8]) -> Attack {
    Attack::by(1, move |_, over| {
        let open = || {
            let mut stream = TcpStream::connect(address).ok()?;
            stream.set_nonblocking(true).ok()?;
            // What does not fit at once is a slow client too.
            drop(stream.write(&head));
            Some(stream)
        };
        let mut heard = Heard::new();
        let mut streams: Vec<Option<TcpStream>> = (0..size).map(|_| open()).collect();
        let pause = Pause::new();
        while !over.load(Ordering::Relaxed) {
            for stream in &mut streams {
                let is_gone = stream.as_mut().is_none_or(|stream| is_gone(stream, more));
                if is_gone {
                    *heard.entry("closed".to_owned()).or_default() += 1;
                    *stream = open();
                }
            }
            pause.wait(Duration::from_millis(200));
        }
        heard
    })
}

fn is_gone(stream: &mut TcpStream, more: &[u8]) -> bool {
    let would_block = |error: &std::io::Error| error.kind() == std::io::ErrorKind::WouldBlock;
    let broken = stream.write(more).is_err_and(|error| !would_block(&error));
    broken || matches!(stream.read(&mut [0; 512]), Ok(0))
}

/// Connections that say nothing.
pub fn idle(desk: &Desk, size: usize) -> Attack {
    crowd(desk.address(), size, Vec::new(), b"")
}

/// Heads that arrive byte by byte and never end.
pub fn slow_heads(desk: &Desk, size: usize) -> Attack {
    crowd(desk.address(), size, b"GET /health HTTP/1.1\r\nhost: x\r\nx-slow: ".to_vec(), b"x")
}

/// Bodies that begin with as much as fits and never end.
pub fn endless_bodies(desk: &Desk, size: usize) -> Attack {
    let head = "POST /auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 1048576\r\n\r\n";
    let bytes = [head.as_bytes(), &vec![b' '; 900_000]].concat();
    crowd(desk.address(), size, bytes, b"    ")
}

/// Wrong passwords for many accounts, without a pause.
pub fn sign_ins(desk: &Desk, attackers: usize) -> Attack {
    let address = desk.address();
    Attack::by(attackers, move |number, over| {
        let mut heard = Heard::new();
        let mut attempt = 0;
        while !over.load(Ordering::Relaxed) {
            attempt += 1;
            let email = match attempt % 2 {
                0 => "admin@proof.example".to_owned(),
                _ => format!("nobody-{number}-{attempt}@proof.example"),
            };
            let status = wrong(address, &email).unwrap_or_else(|| "no answer".to_owned());
            *heard.entry(status).or_default() += 1;
        }
        heard
    })
}

/// The status of one attempt.
fn wrong(address: SocketAddr, email: &str) -> Option<String> {
    let body = json!({ "email": email, "password": "an entirely wrong password" }).to_string();
    let mut stream = TcpStream::connect(address).ok()?;
    let request = format!(
        "POST /auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1).map(str::to_owned)
}
