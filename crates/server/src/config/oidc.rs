//! `[oidc]`: the broker at which families can log in, such as one for DigiD. Without the section nobody can, and nothing in the
//! portal speaks of it.

use std::path::PathBuf;

use casework::oidc::{Issuer, LoginKey};
use domain::login::LeastLevel;
use domain::webhook::AddressRange;

use super::reader::Section;

/// Longest name of what families log in with, in characters: it stands on a button.
const MAX_NAME: usize = 40;

/// Longest client id, in characters.
const MAX_CLIENT_ID: usize = 255;

/// The broker, and as what the portal is known there.
#[derive(Debug, Clone)]
pub struct Oidc {
    /// What families call it.
    pub name: String,
    /// The broker.
    pub issuer: Issuer,
    /// As what it knows the portal.
    pub client_id: String,
    /// With what the portal shows that it is that.
    pub key: LoginKey,
    /// How sure a log-in must be.
    pub least: LeastLevel,
    /// Ranges in which the broker may be, beside public addresses.
    pub allow_addresses: Vec<AddressRange>,
    /// A file in PEM with the authorities that certify the broker; then no others do.
    pub certificate_authorities: Option<PathBuf>,
}

pub(super) fn read(section: &mut Section<'_>) -> Option<Oidc> {
    let issuer = section.required(
        "issuer",
        "the broker's https:// address, exactly as it stands in its tokens",
    );
    let client_id = section.text("client_id");
    let is_id = |id: &str| id.len() <= MAX_CLIENT_ID && id.bytes().all(|byte| byte.is_ascii_graphic());
    match client_id.as_deref() {
        None | Some("") => section.refuse(
            "client_id",
            "missing; it is the name under which the broker knows the portal",
        ),
        Some(id) if !is_id(id) => section.refuse(
            "client_id",
            "must be up to 255 visible characters without a space",
        ),
        Some(_) => {}
    }
    let key = section.secret_text("private_key").map(|pem| {
        LoginKey::from_pem(&pem)
            .map_err(|error| section.refuse("private_key", error.to_string()))
            .ok()
    });
    if key.is_none() {
        section.refuse("private_key", "missing; give `private_key_file`");
    }
    let name = section.text("name").unwrap_or_else(|| "DigiD".to_owned());
    if !(1..=MAX_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        section.refuse("name", "must be 1 to 40 characters");
    }
    let given = section.parsed(
        "acr",
        "a level of assurance such as http://eidas.europa.eu/LoA/substantial",
    );
    Some(Oidc {
        name,
        least: given.unwrap_or_else(LeastLevel::substantial),
        allow_addresses: section.list("allow_addresses", "a range of addresses such as 10.1.0.0/16"),
        certificate_authorities: section.path("certificate_authorities"),
        issuer: issuer?,
        client_id: client_id?,
        key: key??,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Reader;

    fn settings(lines: &str) -> Result<Oidc, Vec<String>> {
        let mut reader = Reader::new(format!("[oidc]\n{lines}").parse().unwrap(), Path::new("/"));
        let settings = reader.optional_section("oidc", read);
        let (faults, _) = reader.finish();
        let faults: Vec<String> = faults.into_iter().map(|fault| fault.path).collect();
        settings.filter(|_| faults.is_empty()).ok_or(faults)
    }

    fn usual() -> String {
        use ed25519_dalek::pkcs8::EncodePrivateKey as _;
        let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let pem = key.to_pkcs8_pem(Default::default()).unwrap();
        format!(
            "issuer = \"https://broker.example/oidc\"\nclient_id = \"portal\"\nprivate_key = \"\"\"{}\"\"\"\n",
            pem.as_str()
        )
    }

    #[test]
    fn three_settings_are_enough() {
        let read = settings(&usual()).unwrap();
        assert_eq!(
            (read.name.as_str(), read.least),
            ("DigiD", LeastLevel::substantial())
        );
        let more = "name = \"eHerkenning\"\nacr = \"urn:x\"\nallow_addresses = [\"10.0.0.0/8\"]\n";
        let read = settings(&format!("{}{more}", usual())).unwrap();
        assert_eq!(
            (read.name.as_str(), read.least.to_string()),
            ("eHerkenning", "urn:x".to_owned())
        );
        assert_eq!(read.allow_addresses.len(), 1);
        assert!(!format!("{read:?}").contains("PRIVATE"));
    }

    #[test]
    fn what_is_wrong_is_told_and_no_key_with_it() {
        assert_eq!(
            settings("").unwrap_err(),
            ["oidc.issuer", "oidc.client_id", "oidc.private_key"]
        );
        for (from, to, fault) in [
            ("https://broker", "http://broker", "oidc.issuer"),
            ("\"portal\"", "\"por tal\"", "oidc.client_id"),
            ("BEGIN PRIVATE", "BEGIN PUBLIC", "oidc.private_key"),
            ("client_id", "name = \"\"\nclient_id", "oidc.name"),
            ("client_id", "acr = \"a b\"\nclient_id", "oidc.acr"),
            ("client_id", "secret = \"x\"\nclient_id", "oidc.secret"),
        ] {
            assert_eq!(settings(&usual().replace(from, to)).unwrap_err(), [fault]);
        }
    }
}
