//! Whom to ask about this service and whom to tell of a weakness in it: in the API's description, in security.txt.

/// Addresses of the people who run the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// What they answer for.
    pub name: String,
    /// For questions about the interface.
    pub email: String,
    /// For weaknesses (RFC 9116).
    pub security: String,
}

impl Contact {
    /// The mailboxes that a host has by custom (RFC 2142), of the host of this address.
    #[must_use]
    pub fn of(base: &str) -> Self {
        let authority = base.split_once("://").map_or(base, |(_, authority)| authority);
        let host = authority.split(':').next().unwrap_or_default();
        // An address of numbers has no mailboxes, nor has this machine; and readers of the description want a point in it.
        let named = host.contains(|c: char| c.is_ascii_alphabetic()) && host.contains('.');
        let host = if named { host } else { "trefpunt.invalid" };
        Self {
            name: "Trefpunt".to_owned(),
            email: format!("support@{host}"),
            security: format!("security@{host}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_mailboxes_by_custom() {
        for (base, host) in [
            ("https://trefpunt.example", "trefpunt.example"),
            ("https://trefpunt.example:8443", "trefpunt.example"),
            ("http://127.0.0.1:8480", "trefpunt.invalid"),
            ("http://[::1]:8480", "trefpunt.invalid"),
            ("http://localhost:1", "trefpunt.invalid"),
        ] {
            let contact = Contact::of(base);
            assert_eq!(contact.email, format!("support@{host}"), "{base}");
            assert_eq!(contact.security, format!("security@{host}"), "{base}");
        }
    }
}
