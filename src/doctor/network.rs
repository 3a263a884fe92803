//! The address: who answers there, and who can reach it.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::{Finding, unseen};
use crate::config::Loaded;
use crate::kernel::Result;

/// An answer of this machine comes sooner.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who answers at the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nobody listens.
    Nobody,
    /// A Prêt that is well.
    Well,
    /// Something else, in its own words.
    Else(String),
}

/// Asks for the health of whoever listens.
pub(super) fn ask(listen: SocketAddr) -> Answer {
    let there = SocketAddr::new(reachable(listen.ip()), listen.port());
    let Ok(mut stream) = TcpStream::connect_timeout(&there, PATIENCE) else {
        return Answer::Nobody;
    };
    let request = format!("GET /health HTTP/1.1\r\nHost: {there}\r\nConnection: close\r\n\r\n");
    let mut answer = Vec::new();
    let asked = stream
        .set_read_timeout(Some(PATIENCE))
        .and_then(|()| stream.write_all(request.as_bytes()))
        .and_then(|()| stream.take(64 << 10).read_to_end(&mut answer));
    let answer = String::from_utf8_lossy(&answer);
    let line = answer.lines().next().unwrap_or_default();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let health: Value = serde_json::from_str(body).unwrap_or_default();
    if line.starts_with("HTTP/1.1 200") && health.get("status").is_some_and(|word| word == "ok") {
        return Answer::Well;
    }
    let words = match asked {
        Err(error) if line.is_empty() => error.to_string(),
        _ => line.chars().take(100).collect(),
    };
    Answer::Else(words)
}

/// An address that stands for all is reached through this machine's own.
const fn reachable(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        other => other,
    }
}

/// Whether the address is free, or it is our server that has it.
pub(super) fn port(listen: SocketAddr, answer: Answer, serving: &Result<bool>) -> Finding {
    let serving = match serving {
        Ok(serving) => *serving,
        Err(error) => return unseen("address", error),
    };
    if listen.port() == 0 {
        return Finding::ok("address", "any free port is taken");
    }
    match (serving, answer) {
        (true, Answer::Well) => Finding::ok("address", format!("served at {listen}, and well")),
        (true, Answer::Nobody) => Finding::warning(
            "address",
            format!("a server runs on this database, but not at {listen}"),
            "Was it started with --listen or other settings? Look at its log.",
        ),
        (true, Answer::Else(words)) => Finding::fault(
            "address",
            format!("{listen} answers: {words}"),
            "Look at the server's log: its database can't be read, or it can't keep up.",
        ),
        (false, Answer::Nobody) => Finding::ok("address", format!("{listen} is free")),
        (false, _) => Finding::fault(
            "address",
            format!("{listen} is taken by something else"),
            "End it (ss -ltnp names it), or choose another address: --listen, PRET_LISTEN.",
        ),
    }
}

/// Whether passwords could pass the network in the clear.
pub(super) fn public(settings: &Loaded) -> Finding {
    let listen = settings.config.listen;
    if listen.ip().is_loopback() {
        return Finding::ok("network", "only this machine reaches it");
    }
    // The setting comes with what reads it; its name is all that matters here.
    let trusts = settings.settings().iter().any(|(key, value, _)| {
        key.ends_with("trusted_proxies") && value.as_array().is_some_and(|list| !list.is_empty())
    });
    if trusts {
        return Finding::ok("network", format!("{listen}, behind the proxies of the settings"));
    }
    Finding::warning(
        "network",
        format!("{listen} can be reached from outside, without encryption"),
        "Listen on 127.0.0.1 behind a proxy that speaks TLS; or, when the proxy is another machine, \
         name it in trusted_proxies and let nobody else through.",
    )
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::super::State;
    use super::*;
    use crate::config;
    use crate::kernel::Error;

    #[test]
    fn who_has_the_address_decides() {
        let listen: SocketAddr = "127.0.0.1:8080".parse().unwrap();
        let words = || Answer::Else("HTTP/1.1 503".to_owned());
        for (serving, answer, state) in [
            (true, Answer::Well, State::Ok),
            (true, Answer::Nobody, State::Warning),
            (true, words(), State::Fault),
            (false, Answer::Nobody, State::Ok),
            (false, Answer::Well, State::Fault),
            (false, words(), State::Fault),
        ] {
            assert_eq!(port(listen, answer.clone(), &Ok(serving)).state, state, "{answer:?}");
        }
        assert_eq!(port(listen, Answer::Well, &Err(Error::internal("x"))).state, State::Fault);
        let any = "127.0.0.1:0".parse().unwrap();
        assert_eq!(port(any, Answer::Nobody, &Ok(false)).state, State::Ok);
    }

    #[test]
    fn a_stranger_is_told_from_nobody() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stranger = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"220 mail\r\n").unwrap();
        });
        assert!(matches!(ask(address), Answer::Else(_)));
        stranger.join().unwrap();
        assert_eq!(ask(address), Answer::Nobody);
    }

    #[test]
    fn an_address_that_others_reach_is_warned_about() {
        let with = |listen: &str| {
            let variable = [("PRET_LISTEN".to_owned(), listen.to_owned())];
            public(&config::load(Some(std::path::Path::new("/dev/null")), variable, &[]).unwrap())
        };
        assert_eq!(with("127.0.0.1:1").state, State::Ok);
        assert_eq!(with("[::1]:1").state, State::Ok);
        assert_eq!(with("0.0.0.0:1").state, State::Warning);
    }
}
