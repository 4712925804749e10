//! `[webhooks]`: where deliveries may go, and whom they trust.

use std::path::PathBuf;

use domain::webhook::AddressRange;

use super::reader::Section;

/// Where deliveries of webhooks may go, and whom they trust. Without the section: to public addresses, with the
/// authorities that this machine trusts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Webhooks {
    /// Ranges that are reached beside public addresses: a region's inner network.
    pub allow_addresses: Vec<AddressRange>,
    /// A file in PEM with the authorities that certify receivers; then no others do.
    pub certificate_authorities: Option<PathBuf>,
    /// Who tells it, as events say in `source`; else the service's published address.
    pub source: Option<String>,
}

pub(super) fn read(section: &mut Section<'_>) -> Option<Webhooks> {
    let allow_addresses = section.list("allow_addresses", "a range of addresses such as 10.1.0.0/16");
    let certificate_authorities = section.path("certificate_authorities");
    let source = section.text("source");
    if let Some(source) = &source
        && !is_source(source)
    {
        section.refuse(
            "source",
            "must be an absolute URI such as urn:nld:oin:00000001234567890000:systeem:trefpunt",
        );
    }
    Some(Webhooks {
        allow_addresses,
        certificate_authorities,
        source,
    })
}

fn is_source(uri: &str) -> bool {
    let plain = uri
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\".contains(&byte));
    plain
        && ["https://", "urn:"]
            .iter()
            .any(|scheme| uri.len() > scheme.len() && uri.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_an_absolute_address() {
        for good in [
            "https://trefpunt.example",
            "urn:nld:oin:00000001234567890000:systeem:trefpunt",
        ] {
            assert!(is_source(good), "{good}");
        }
        for bad in [
            "",
            "urn:",
            "trefpunt.example",
            "http://trefpunt.example",
            "urn:a b",
            "urn:a\"b",
        ] {
            assert!(!is_source(bad), "{bad}");
        }
    }
}
