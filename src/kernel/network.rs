//! Addresses as they are counted, and lists of networks.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, de};

/// The address, or of IPv6 its network: one person has a whole /64 to send from.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Networks as settings list them: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Whether the address lies in one of them. An IPv4 address written as IPv6 is that address.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl<'de> Deserialize<'de> for Networks {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        let networks = texts.iter().map(|text| read(text).map_err(de::Error::custom));
        networks.collect::<Result<_, _>>().map(Self)
    }
}

fn read(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| address()).map_err(|_| {
        format!("`{text}` is no network such as 10.0.0.0/8 or 2001:db8::/32, and no address")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Networks {
        serde_json::from_value(serde_json::json!(texts)).unwrap()
    }

    #[test]
    fn a_list_contains_what_lies_in_one_of_its_networks() {
        let list = networks(&["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]);
        for (address, inside) in [
            ("10.255.0.1", true),
            ("11.0.0.1", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("2001:db8:1::1", true),
            ("2001:db9::1", false),
            ("::ffff:10.1.2.3", true),
        ] {
            assert_eq!(list.contain(address.parse().unwrap()), inside, "{address}");
        }
        assert!(!Networks::default().contain("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_is_named() {
        for text in ["10.0.0.0/33", "example.org", ""] {
            let refused = serde_json::from_value::<Networks>(serde_json::json!([text]));
            let detail = refused.unwrap_err().to_string();
            assert!(detail.contains(&format!("`{text}`")) && detail.contains("10.0.0.0/8"));
        }
    }
}
