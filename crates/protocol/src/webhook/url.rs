//! To which addresses deliveries may be asked. Strict: what different programs read differently is refused.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::text::Invalid;

/// Longest address, in characters.
pub const MAX_URL_LENGTH: usize = 2_048;

/// Ports from 1024 on that speak something else than HTTP: what is sent there can be taken for commands.
const FORBIDDEN_PORTS: [u16; 38] = [
    1433, 1434, 1521, 1719, 1720, 1723, 1883, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045,
    4190, 5060, 5061, 5432, 5672, 5900, 5984, 6000, 6379, 6443, 6566, 6666, 6667, 6697, 9042, 9092, 9200,
    10080, 10250, 11211, 27017,
];

/// An address for deliveries. `Debug` shows the host alone: the rest may hold a key.
#[derive(Clone, PartialEq, Eq)]
pub struct EndpointUrl {
    text: String,
    host: Host,
}

/// Whom it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name, in lower case.
    Name(String),
    /// An address.
    Address(IpAddr),
}

impl EndpointUrl {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whom it names.
    pub fn host(&self) -> &Host {
        &self.host
    }
}

impl FromStr for EndpointUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        parse(text).ok_or(Invalid {
            what: "address for deliveries",
        })
    }
}

impl fmt::Debug for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndpointUrl({:?})", self.host)
    }
}

/// `https://host[:port][/path][?query]`, in characters that need no second thought.
fn parse(text: &str) -> Option<EndpointUrl> {
    let allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
    if text.len() > MAX_URL_LENGTH || !text.bytes().all(allowed) {
        return None;
    }
    let rest = text.strip_prefix("https://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    let (host, port) = match authority.strip_prefix('[') {
        Some(literal) => {
            let (literal, port) = literal.split_once(']')?;
            (Host::Address(literal.parse::<Ipv6Addr>().ok()?.into()), port)
        }
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            let (host, port) = authority.split_at(end);
            (host_of(host)?, port)
        }
    };
    let port = port_of(port)?;
    // One spelling of one address: `https://host` and `https://host:443/` are the same.
    let shown_port = port.map_or_else(String::new, |port| format!(":{port}"));
    let slash = if behind.starts_with('/') { "" } else { "/" };
    Some(EndpointUrl {
        text: format!("https://{host}{shown_port}{slash}{behind}"),
        host,
    })
}

/// A name of at least two labels in ASCII, or an IPv4 address in its one usual spelling.
fn host_of(text: &str) -> Option<Host> {
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Some(Host::Address(address.into()));
    }
    let label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
            // Names of other scripts can look like others in ASCII.
            && !label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
    };
    let labels: Vec<&str> = text.split('.').collect();
    // `127.1`, `2130706433` and `0x7f.1` are addresses to many programs: a name ends in a letter, as top-level names do.
    let last = labels.last()?;
    let is_name = text.len() <= 253
        && labels.len() >= 2
        && labels.iter().all(|text| label(text))
        && last.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_name.then(|| Host::Name(text.to_ascii_lowercase()))
}

/// The port behind the host; none for 443.
fn port_of(text: &str) -> Option<Option<u16>> {
    if text.is_empty() {
        return Some(None);
    }
    let digits = text.strip_prefix(':')?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let port: u16 = digits.parse().ok().filter(|_| plain)?;
    match port {
        443 => Some(None),
        1024.. if !FORBIDDEN_PORTS.contains(&port) => Some(Some(port)),
        _ => None,
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V4(address)) => write!(f, "{address}"),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // rule: H1
    #[test]
    fn an_address_is_https_with_a_plain_host() {
        for (text, read) in [
            ("https://hooks.school.example", "https://hooks.school.example/"),
            (
                "https://Hooks.School.example:443/a/b",
                "https://hooks.school.example/a/b",
            ),
            (
                "https://hooks.school.example?key=1",
                "https://hooks.school.example/?key=1",
            ),
            (
                "https://hooks.school.example:8443/x?y=%20",
                "https://hooks.school.example:8443/x?y=%20",
            ),
            ("https://8.8.8.8/", "https://8.8.8.8/"),
            (
                "https://[2606:4700::1111]:1024/",
                "https://[2606:4700::1111]:1024/",
            ),
        ] {
            assert_eq!(text.parse::<EndpointUrl>().unwrap().as_str(), read);
        }
        let long = format!("https://a.example/{}", "x".repeat(MAX_URL_LENGTH - 18));
        assert_eq!(long.len(), MAX_URL_LENGTH);
        assert!(long.parse::<EndpointUrl>().is_ok());
        let longer = format!("{long}x");
        for refused in [
            "",
            "https://",
            "https:///x",
            "http://hooks.school.example/",
            "HTTPS://hooks.school.example/",
            "ftp://hooks.school.example/",
            "file:///etc/passwd",
            "gopher://hooks.school.example/",
            "//hooks.school.example/",
            "hooks.school.example",
            "https://user@hooks.school.example/",
            "https://user:pass@hooks.school.example/",
            "https://@hooks.school.example/",
            "https://hooks.school.example\\@evil.example/",
            "https://hooks.school.example/#fragment",
            "https://hooks.school.example/#",
            "https://hooks.school.example:22/",
            "https://hooks.school.example:25/",
            "https://hooks.school.example:80/",
            "https://hooks.school.example:6379/",
            "https://hooks.school.example:5432/",
            "https://hooks.school.example:0/",
            "https://hooks.school.example:/",
            "https://hooks.school.example:08443/",
            "https://hooks.school.example:65536/",
            "https://hooks.school.example:+8443/",
            "https://localhost/",
            "https://intern/",
            "https://hooks.school.example./",
            "https://.example/",
            "https://a..example/",
            "https://-a.example/",
            "https://a-.example/",
            "https://a_b.example/",
            "https://h%6Foks.school.example/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.0.0.1/",
            "https://0177.0.0.1/",
            "https://127.0.0.01/",
            "https://1.2.3.4.5/",
            "https://256.1.1.1/",
            "https://[::1/",
            "https://::1/",
            "https://[fe80::1%25eth0]/",
            "https://[::1]x/",
            "https://xn--schol-5qa.example/",
            "https://a.XN--schol-5qa/",
            "https://schооl.example/",
            "https://school。example/",
            "https://hooks.school.example/ x",
            " https://hooks.school.example/",
            "https://hooks.school.example/\r\nHost: x",
            "https://hooks.school.example/\u{0}",
            &longer,
        ] {
            assert!(refused.parse::<EndpointUrl>().is_err(), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_read_again_the_same(text in "https://[a-zA-Z0-9.\\-:\\[\\]@/?#%\\\\]{0,40}") {
            if let Ok(url) = text.parse::<EndpointUrl>() {
                prop_assert_eq!(url.as_str().parse::<EndpointUrl>().unwrap(), url);
            }
        }
    }
}
