//! A connection that is kept, and what the other end of it answered.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

/// Who speaks on a line.
#[derive(Debug, Clone)]
pub struct Voice {
    /// The access token.
    pub token: String,
    /// The organization.
    pub org: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON of the body.
    pub body: Value,
}

/// A kept connection.
pub struct Line {
    voice: Voice,
    stream: BufReader<TcpStream>,
}

impl Line {
    /// Connects; none when nobody listens.
    pub fn open(address: SocketAddr, voice: &Voice) -> Option<Self> {
        let stream = TcpStream::connect(address).ok()?;
        stream.set_nodelay(true).ok()?;
        Some(Self { voice: voice.clone(), stream: BufReader::new(stream) })
    }

    /// Sends a request whole and reads its answer; none when the connection broke.
    pub fn call(&mut self, method: &str, path: &str, key: &str, body: &Value) -> Option<Answer> {
        let body = body.to_string();
        let head = self.head(method, path, key, body.len());
        self.send(format!("{head}\r\n{body}").as_bytes())?;
        self.answer()
    }

    /// Sends the head, waits until the server asks for the body, and sends half of it.
    pub fn begin(&mut self, path: &str, key: &str, body: &str) -> Option<()> {
        let head = self.head("POST", path, key, body.len());
        self.send(format!("{head}expect: 100-continue\r\n\r\n").as_bytes())?;
        assert_eq!(self.status_line()?, 100);
        assert_eq!(self.line()?, "", "nothing follows the interim answer");
        self.send(&body.as_bytes()[..body.len() / 2])
    }

    /// Sends the other half and reads the answer.
    pub fn finish(&mut self, body: &str) -> Option<Answer> {
        self.send(&body.as_bytes()[body.len() / 2..])?;
        self.answer()
    }

    fn head(&self, method: &str, path: &str, key: &str, length: usize) -> String {
        let Voice { token, org } = &self.voice;
        format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             x-org-id: {org}\r\nidempotency-key: {key}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n"
        )
    }

    fn send(&mut self, bytes: &[u8]) -> Option<()> {
        self.stream.get_mut().write_all(bytes).ok()
    }

    fn answer(&mut self) -> Option<Answer> {
        let status = self.status_line()?;
        let mut length = 0;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().ok()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        Some(Answer { status, body: serde_json::from_slice(&body).unwrap_or_default() })
    }

    fn status_line(&mut self) -> Option<u16> {
        self.line()?.split(' ').nth(1)?.parse().ok()
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(count) if count > 0 => Some(line.trim_end().to_ascii_lowercase()),
            _ => None,
        }
    }
}
