//! To which addresses something may be sent: those of the public internet, and those that the operator allowed.
//!
//! An organisation chooses the name that the service connects to. Without this rule that name could lead to the service's
//! own network: its database, its neighbours, the cloud's description of the machine (OWASP: server-side request forgery).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Which addresses may be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressPolicy {
    allowed: Vec<AddressRange>,
}

/// A range of addresses, such as `10.1.0.0/16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    address: IpAddr,
    length: u8,
}

/// A text that is no range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a range of addresses such as 10.1.0.0/16, with nothing after the prefix")]
pub struct UnusableRange;

impl AddressPolicy {
    /// Public addresses, and these.
    pub fn with(allowed: Vec<AddressRange>) -> Self {
        Self { allowed }
    }

    /// Whether something may be sent there.
    pub fn allows(&self, address: IpAddr) -> bool {
        // An IPv4 address in the clothes of IPv6 leads to where the IPv4 address leads.
        let address = address.to_canonical();
        self.allowed.iter().any(|range| range.contains(address)) || is_public(address)
    }

    /// Whether something may be sent to a name that leads to these: one that is not allowed spoils them all, since whoever
    /// answers for the name could have put the others beside it.
    pub fn allows_all(&self, addresses: &[IpAddr]) -> bool {
        !addresses.is_empty() && addresses.iter().all(|address| self.allows(*address))
    }
}

impl AddressRange {
    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(range), IpAddr::V4(address)) => {
                same_prefix(range.to_bits().into(), address.to_bits().into(), 32, self.length)
            }
            (IpAddr::V6(range), IpAddr::V6(address)) => {
                same_prefix(range.to_bits(), address.to_bits(), 128, self.length)
            }
            _ => false,
        }
    }
}

fn same_prefix(one: u128, other: u128, bits: u8, length: u8) -> bool {
    length == 0 || (one ^ other) >> (bits - length) == 0
}

impl FromStr for AddressRange {
    type Err = UnusableRange;

    fn from_str(text: &str) -> Result<Self, UnusableRange> {
        let (address, length) = text.split_once('/').ok_or(UnusableRange)?;
        let address: IpAddr = address.parse().map_err(|_| UnusableRange)?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let plain = length.bytes().all(|byte| byte.is_ascii_digit());
        let length: u8 = length.parse().map_err(|_| UnusableRange)?;
        if !plain || length > bits {
            return Err(UnusableRange);
        }
        let number: u128 = match address {
            IpAddr::V4(address) => address.to_bits().into(),
            IpAddr::V6(address) => address.to_bits(),
        };
        let rest = bits - length;
        let behind = 1_u128.checked_shl(rest.into()).map_or(u128::MAX, |end| end - 1);
        if number & behind != 0 {
            return Err(UnusableRange);
        }
        Ok(Self { address, length })
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// What IANA's registry of special-purpose addresses does not set apart.
fn is_public_v4(address: Ipv4Addr) -> bool {
    const SET_APART: [(Ipv4Addr, u8); 15] = [
        (Ipv4Addr::new(0, 0, 0, 0), 8),       // this network (RFC 791)
        (Ipv4Addr::new(10, 0, 0, 0), 8),      // private (RFC 1918)
        (Ipv4Addr::new(100, 64, 0, 0), 10),   // between carrier and customer (RFC 6598)
        (Ipv4Addr::new(127, 0, 0, 0), 8),     // this machine
        (Ipv4Addr::new(169, 254, 0, 0), 16),  // this link, and what clouds tell of a machine (RFC 3927)
        (Ipv4Addr::new(172, 16, 0, 0), 12),   // private
        (Ipv4Addr::new(192, 0, 0, 0), 24),    // protocols (RFC 6890)
        (Ipv4Addr::new(192, 0, 2, 0), 24),    // examples (RFC 5737)
        (Ipv4Addr::new(192, 88, 99, 0), 24),  // 6to4 relays (RFC 7526)
        (Ipv4Addr::new(192, 168, 0, 0), 16),  // private
        (Ipv4Addr::new(198, 18, 0, 0), 15),   // measuring (RFC 2544)
        (Ipv4Addr::new(198, 51, 100, 0), 24), // examples
        (Ipv4Addr::new(203, 0, 113, 0), 24),  // examples
        (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast
        (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, and broadcast
    ];
    !SET_APART
        .iter()
        .any(|(range, length)| same_prefix(range.to_bits().into(), address.to_bits().into(), 32, *length))
}

/// Global unicast is `2000::/3`; of that, what is set apart and what carries an IPv4 address inside is left out. A network
/// behind NAT64 gives names addresses of `64:ff9b::/96`, which is outside of it: IPv4 could be reached so without being
/// looked at.
fn is_public_v6(address: Ipv6Addr) -> bool {
    const SET_APART: [(Ipv6Addr, u8); 5] = [
        (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocols, Teredo among them (RFC 2928)
        (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // examples (RFC 3849)
        (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4: IPv4 inside (RFC 3056)
        (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48), // AS112 (RFC 7534)
        (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // examples (RFC 9637)
    ];
    let within = |range: Ipv6Addr, length| same_prefix(range.to_bits(), address.to_bits(), 128, length);
    within(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3)
        && !SET_APART.iter().any(|(range, length)| within(*range, *length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(allowed: &[&str], address: &str) -> bool {
        let allowed = allowed.iter().map(|range| range.parse().unwrap()).collect();
        AddressPolicy::with(allowed).allows(address.parse().unwrap())
    }

    // rule: H2
    #[test]
    fn what_is_not_public_is_blocked() {
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "2606:4700::1111",
            "2a01:7c8::1",
            "::ffff:8.8.8.8",
        ] {
            assert!(allows(&[], public), "{public}");
        }
        for blocked in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!allows(&[], blocked), "{blocked}");
        }
    }

    // rule: H2
    #[test]
    fn one_address_that_is_blocked_spoils_the_others() {
        let policy = AddressPolicy::default();
        let [public, private] = ["8.8.8.8", "10.0.0.1"].map(|address| address.parse().unwrap());
        assert!(policy.allows_all(&[public]));
        assert!(!policy.allows_all(&[public, private]));
        assert!(!policy.allows_all(&[private, public]));
        assert!(!policy.allows_all(&[]), "a name that leads nowhere");
    }

    #[test]
    fn an_operator_may_allow_ranges() {
        assert!(allows(&["10.1.0.0/16"], "10.1.255.255"));
        assert!(!allows(&["10.1.0.0/16"], "10.2.0.0"));
        assert!(allows(&["10.1.2.3/32"], "::ffff:10.1.2.3"));
        assert!(allows(&["fd00::/8"], "fd12::1"));
        assert!(!allows(&["fd00::/8"], "10.0.0.1"));
        assert!(allows(&["0.0.0.0/0"], "127.0.0.1"));
        assert!(allows(&["::/0"], "::1"));
        assert!(!allows(&["0.0.0.0/0"], "::1"));
    }

    #[test]
    fn a_range_is_written_in_one_way() {
        for unusable in [
            "",
            "10.0.0.0",
            "10.0.0.1/8",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "10.0.0.0/-1",
            "10.0.0/8",
            "::1/64",
            "::/129",
            "1::/0",
            "localhost/8",
        ] {
            assert_eq!(unusable.parse::<AddressRange>(), Err(UnusableRange), "{unusable}");
        }
    }
}
