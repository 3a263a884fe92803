//! Addresses as they are counted.

use std::net::{IpAddr, Ipv6Addr};

/// The address, or of IPv6 its network: one person has a whole /64 to send from.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}
