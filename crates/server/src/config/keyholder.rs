//! `[keyholder]`: the network's keyholder, when it has one.

use std::fmt;

use client::keyholder::KeyholderSettings;
use protocol::ClientId;
use protocol::key_epochs::KeyholderKey;
use zeroize::Zeroizing;

use super::reader::Section;

/// How the service reaches the network's keyholder: as its gateway, on behalf of partners that send suite 1.
#[derive(Clone)]
pub struct Keyholder {
    /// Its address without a trailing slash.
    pub url: String,
    /// Its token endpoint, when that is not below its address.
    pub token_url: Option<String>,
    /// The Ed25519 key that its epoch list is signed with, obtained from its operator.
    pub signing_key: KeyholderKey,
    /// The gateway's client there.
    pub client_id: ClientId,
    /// The Ed25519 private key of that client, PKCS#8 in PEM.
    pub private_key_pem: Zeroizing<String>,
}

impl Keyholder {
    /// As the client takes it, with a deadline for each call.
    pub fn settings(&self, deadline: std::time::Duration) -> KeyholderSettings {
        KeyholderSettings {
            url: self.url.clone(),
            token_url: self.token_url(),
            key: self.signing_key,
            known: None,
            deadline,
        }
    }

    /// Where its tokens are fetched.
    pub fn token_url(&self) -> String {
        self.token_url
            .clone()
            .unwrap_or_else(|| format!("{}/oauth/token", self.url))
    }
}

impl fmt::Debug for Keyholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyholder")
            .field("url", &self.url)
            .field("signing_key", &self.signing_key)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

pub(super) fn read(section: &mut Section<'_>) -> Option<Keyholder> {
    let url = section.secret_text("url").map(|url| url.to_string());
    match url.as_deref().map(super::server::fault_of_url) {
        None => section.refuse(
            "url",
            "missing; the keyholder's address, or `url_file` for a file that holds it",
        ),
        Some(Some(problem)) => section.refuse("url", problem),
        Some(None) => {}
    }
    let token_url = section.text("token_url");
    let signing_key = section.required(
        "signing_key",
        "the keyholder's public key, 43 characters of base64url",
    );
    let client_id = section.required(
        "client_id",
        "the name of the gateway's client, as the keyholder knows it",
    );
    let private_key = section.secret_text("private_key");
    if private_key.is_none() {
        section.refuse("private_key", "missing; give `private_key_file`");
    }
    Some(Keyholder {
        url: url?,
        token_url,
        signing_key: signing_key?,
        client_id: client_id?,
        private_key_pem: private_key?,
    })
}
