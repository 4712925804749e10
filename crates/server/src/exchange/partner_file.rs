//! `partner.json`: where the service of an organisation is, and who calls it.

use std::path::{Path, PathBuf};

use client::Settings;
use client::keyholder::{DEADLINE, KeyholderSettings};
use protocol::consent::ConsentKeys;
use protocol::{ClientId, OrganisationId};
use serde::{Deserialize, Serialize};

use crate::credentials::{CredentialsError, Keyholder};
use crate::files::{self, FileError, Readers};
use crate::key_files::PRIVATE_KEY;

/// The name of the file, beside the keys.
pub const PARTNER_FILE: &str = "partner.json";

/// What an organisation is handed over beside its keys. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerFile {
    /// Address of the API.
    pub api_url: String,
    /// Address of the token endpoint.
    pub token_url: String,
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its client.
    pub client_id: ClientId,
    /// The keyholder, in a network that has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyholder: Option<Keyholder>,
    /// The portal's keys, where they were handed over; else those are kept that the service tells first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_keys: Option<ConsentKeys>,
}

impl PartnerFile {
    /// Reads the file of a directory.
    ///
    /// # Errors
    /// [`CredentialsError`].
    pub fn read(dir: &Path) -> Result<Self, CredentialsError> {
        let path = dir.join(PARTNER_FILE);
        let text = files::read(&path)?;
        serde_json::from_str(&text).map_err(|source| CredentialsError::Form { path, source })
    }

    /// Writes it into a directory; gives its path.
    ///
    /// # Errors
    /// [`CredentialsError`].
    pub fn write(&self, dir: &Path) -> Result<PathBuf, CredentialsError> {
        let path = dir.join(PARTNER_FILE);
        let mut text = serde_json::to_string_pretty(self).map_err(|source| CredentialsError::Form {
            path: path.clone(),
            source,
        })?;
        text.push('\n');
        files::write(&path, text.as_bytes(), Readers::Owner)?;
        Ok(path)
    }

    /// How it reaches the service, with the key of the directory.
    ///
    /// # Errors
    /// [`FileError`] of the key file.
    pub fn settings(&self, dir: &Path) -> Result<Settings, FileError> {
        Ok(Settings {
            api_url: self.api_url.clone(),
            token_url: self.token_url.clone(),
            client_id: self.client_id.clone(),
            private_key_pem: files::read(&dir.join(PRIVATE_KEY))?,
            consent_keys: self.consent_keys.clone(),
            keyholder: self.keyholder.as_ref().map(|keyholder| KeyholderSettings {
                url: keyholder.url.clone(),
                token_url: keyholder.token_url.clone(),
                key: keyholder.public_key,
                known: None,
                deadline: DEADLINE,
            }),
            min_suite: if self.keyholder.is_some() { 2 } else { 1 },
        })
    }
}
