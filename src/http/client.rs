//! Where a request comes from. The only place that reads the address of a connection and what
//! proxies say of it: rates, throttles, metrics and the log all ask here.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName, header};

use super::params;
use crate::kernel::{Networks, bug};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who sent a request, as far as can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// What is counted and logged: the other end of the connection, or, where that is a proxy of
    /// ours, the nearest address that no proxy of ours has.
    pub address: IpAddr,
    /// Whether the request came from this machine and passed nobody else.
    pub is_local: bool,
    /// Whether the address is that of the client itself: nobody in between whom we do not trust or
    /// do not understand.
    pub is_certain: bool,
}

impl Client {
    /// Whoever sent this request, seen through proxies in these networks.
    pub fn of(request: &Request, proxies: &Networks) -> Self {
        let info = request.extensions().get::<ConnectInfo<SocketAddr>>();
        // A connection that has no address is one within this process.
        let peer = info.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip());
        Self::behind(peer.to_canonical(), request.headers(), proxies)
    }

    fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &Networks) -> Self {
        let told = [x_forwarded_for(headers), forwarded(headers)];
        let told: Vec<Vec<Option<IpAddr>>> = told.into_iter().flatten().collect();
        let peer_alone = |is_certain| Self {
            address: peer,
            is_local: is_certain && peer.is_loopback(),
            is_certain,
        };
        if told.is_empty() {
            return peer_alone(true);
        }
        if !proxies.contain(peer) && !bug::seeded("forwarded_header_believed") {
            return peer_alone(false);
        }
        let mut found = told.iter().map(|hops| nearest(peer, hops, proxies));
        let Some((address, is_certain)) = found.next() else { return peer_alone(true) };
        // A proxy writes one of the headers. The other one came through it, so who says something
        // else there has forged it, and which one that is can't be known.
        if found.any(|other| other != (address, is_certain)) {
            return peer_alone(false);
        }
        let mut named = told.iter().flatten();
        let all_local = named.all(|hop| hop.is_some_and(|address| address.is_loopback()));
        Self { address, is_local: is_certain && all_local && peer.is_loopback(), is_certain }
    }
}

/// The last address that is no proxy of ours. Each proxy adds the address that it was called from to
/// the end, so only what ours added can be believed. What is no address ends the search: then it
/// is the last proxy that is known, and not for certain.
fn nearest(peer: IpAddr, hops: &[Option<IpAddr>], proxies: &Networks) -> (IpAddr, bool) {
    let mut last = peer;
    for hop in hops.iter().rev() {
        let Some(address) = *hop else { return (last, false) };
        last = address;
        if !proxies.contain(address) {
            break;
        }
    }
    (last, true)
}

/// The addresses of `X-Forwarded-For`, the nearest one last; none where it was not sent.
fn x_forwarded_for(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    let line = params::list(headers, &X_FORWARDED_FOR)?;
    Some(line.split(',').map(address).collect())
}

/// The same of `Forwarded` (RFC 7239).
fn forwarded(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    let line = params::list(headers, &header::FORWARDED)?;
    let by_whom = |element: &str| {
        let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
        let (_, node) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
        let node = node.trim();
        address(node.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(node))
    };
    Some(line.split(',').map(by_whom).collect())
}

/// An address, in brackets or with a port or bare.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bracketed = |text: &str| {
        let (inside, port) = text.strip_prefix('[')?.split_once(']')?;
        let fine = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        inside.parse().ok().filter(|_| fine)
    };
    let with_port = |text: &str| {
        let (host, port) = text.split_once(':')?;
        host.parse().ok().filter(|_| is_port(port))
    };
    let found = text.parse().ok().or_else(|| bracketed(text)).or_else(|| with_port(text));
    found.map(|address: IpAddr| address.to_canonical())
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn seen(peer: &str, lines: &[(&str, &str)], proxies: &[&str]) -> (String, bool, bool) {
        let proxies = serde_json::from_value(serde_json::json!(proxies)).unwrap();
        let peer: IpAddr = peer.parse().unwrap();
        let client = Client::behind(peer.to_canonical(), &headers(lines), &proxies);
        (client.address.to_string(), client.is_local, client.is_certain)
    }

    const XFF: &str = "x-forwarded-for";
    const LOCAL: &[&str] = &["127.0.0.1", "::1"];

    #[test]
    fn the_other_end_of_the_connection_is_the_client_where_nobody_says_otherwise() {
        for (peer, local) in [("127.0.0.1", true), ("::1", true), ("192.0.2.1", false)] {
            assert_eq!(seen(peer, &[], &[]), (peer.to_owned(), local, true));
            assert_eq!(seen(peer, &[], LOCAL), (peer.to_owned(), local, true));
        }
        assert_eq!(seen("::ffff:192.0.2.1", &[], &[]), ("192.0.2.1".to_owned(), false, true));
    }

    #[test]
    fn a_header_of_whoever_is_no_proxy_of_ours_is_not_believed() {
        for line in [(XFF, "198.51.100.1"), ("forwarded", "for=198.51.100.1"), (XFF, "127.0.0.1")] {
            for (peer, proxies) in [("127.0.0.1", &[][..]), ("192.0.2.1", LOCAL)] {
                assert_eq!(seen(peer, &[line], proxies), (peer.to_owned(), false, false));
            }
        }
    }

    #[test]
    fn the_last_address_that_is_no_proxy_of_ours_is_the_client() {
        for (line, client) in [
            ("198.51.100.1", "198.51.100.1"),
            ("203.0.113.9, 198.51.100.1", "198.51.100.1"),
            ("203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("198.51.100.1:4711", "198.51.100.1"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("nonsense, 2001:db8::7", "2001:db8::7"),
        ] {
            let found = seen("127.0.0.1", &[(XFF, line)], &["127.0.0.1", "10.0.0.0/8"]);
            assert_eq!(found, (client.to_owned(), false, true), "{line}");
        }
        let two_lines = [(XFF, "203.0.113.9"), (XFF, "198.51.100.1")];
        assert_eq!(seen("127.0.0.1", &two_lines, LOCAL).0, "198.51.100.1");
    }

    #[test]
    fn forwarded_says_it_in_its_own_way() {
        for (line, client) in [
            ("for=198.51.100.1", "198.51.100.1"),
            ("For=\"198.51.100.1:80\";proto=https;by=10.0.0.1", "198.51.100.1"),
            ("for=203.0.113.9, proto=http; for=\"[2001:db8::7]:4711\"", "2001:db8::7"),
        ] {
            let found = seen("::1", &[("forwarded", line)], LOCAL);
            assert_eq!(found, (client.to_owned(), false, true), "{line}");
        }
    }

    #[test]
    fn what_is_no_address_ends_the_search_at_the_last_proxy_that_is_known() {
        for line in ["", "unknown", "198.51.100.1, _hidden", "1.2.3", "a:b:c", "[::1", "1.2.3.4:x"]
        {
            let found = seen("127.0.0.1", &[(XFF, line)], LOCAL);
            assert_eq!(found, ("127.0.0.1".to_owned(), false, false), "{line}");
        }
        let found = seen("127.0.0.1", &[(XFF, "x, 10.0.0.2")], &["127.0.0.1", "10.0.0.0/8"]);
        assert_eq!(found, ("10.0.0.2".to_owned(), false, false));
        let found = seen("127.0.0.1", &[("forwarded", "proto=https")], LOCAL);
        assert_eq!(found, ("127.0.0.1".to_owned(), false, false));
    }

    #[test]
    fn of_two_headers_that_differ_neither_is_believed() {
        let forged = [(XFF, "198.51.100.1"), ("forwarded", "for=203.0.113.9")];
        assert_eq!(seen("127.0.0.1", &forged, LOCAL), ("127.0.0.1".to_owned(), false, false));
        let alike = [(XFF, "198.51.100.1"), ("forwarded", "for=198.51.100.1")];
        assert_eq!(seen("127.0.0.1", &alike, LOCAL), ("198.51.100.1".to_owned(), false, true));
    }

    #[test]
    fn local_is_only_who_passed_nobody_from_elsewhere() {
        assert!(seen("127.0.0.1", &[(XFF, "127.0.0.1")], LOCAL).1);
        assert!(!seen("127.0.0.1", &[(XFF, "198.51.100.1")], LOCAL).1);
        // Somebody within a network that is trusted as a whole says they are local.
        let wide = &["127.0.0.1", "10.0.0.0/8"];
        assert!(!seen("127.0.0.1", &[(XFF, "127.0.0.1, 10.0.0.9")], wide).1);
        assert!(!seen("10.0.0.1", &[(XFF, "127.0.0.1")], wide).1);
    }
}
