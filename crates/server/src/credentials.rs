//! `credentials.json`: what partners, the municipality and the supervisor need to call a demonstration's service, and where it is.

use std::path::{Path, PathBuf};

use client::Settings;
use client::keyholder::{DEADLINE, KeyholderSettings};
use protocol::ClientId;
use protocol::key_epochs::KeyholderKey;
use protocol::match_case::Sector;
use serde::{Deserialize, Serialize};

use crate::files::{self, FileError, Readers};

/// All of it. The file holds no secret itself but names the files that do, so it is for its owner alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Credentials {
    /// Address of the API.
    pub api_url: String,
    /// Address of the portal.
    pub portal_url: String,
    /// Address of the token endpoint.
    pub token_url: String,
    /// The keyholder, in a network that has one: a partner's client and key are the same there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyholder: Option<Keyholder>,
    /// The partners.
    pub organisations: Vec<Organisation>,
    /// The municipality of the covenant.
    pub municipality: Municipality,
    /// The supervisor.
    pub supervisor: Supervisor,
    /// The network's secret, which all partners hold.
    pub network_key_file: PathBuf,
    /// Whom the verifier of exports believes.
    pub audit_policy_file: PathBuf,
}

/// The network's keyholder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Keyholder {
    /// Its address.
    pub url: String,
    /// Address of its token endpoint.
    pub token_url: String,
    /// The key that its epoch list is signed with, to be pinned.
    pub public_key: KeyholderKey,
}

/// A partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// Its sector, in the word of the API.
    pub sector: Sector,
    /// Its client.
    pub client_id: ClientId,
    /// The client's Ed25519 private key, PKCS#8 in PEM.
    pub private_key_file: PathBuf,
    /// The organisation's X25519 secret.
    pub sealing_key_file: PathBuf,
}

/// A municipality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Municipality {
    /// Its name, as the covenant has it.
    pub name: String,
    /// Its client.
    pub client_id: ClientId,
    /// The client's Ed25519 private key, PKCS#8 in PEM.
    pub private_key_file: PathBuf,
}

/// The supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Supervisor {
    /// Its client.
    pub client_id: ClientId,
    /// The client's Ed25519 private key, PKCS#8 in PEM.
    pub private_key_file: PathBuf,
}

/// Credentials cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is not one of credentials.
    #[error("{}: not a file of credentials: {source}", path.display())]
    Form {
        /// Which.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

impl Credentials {
    /// Reads the file.
    ///
    /// # Errors
    /// [`CredentialsError`].
    pub fn read(path: &Path) -> Result<Self, CredentialsError> {
        let text = files::read(path)?;
        serde_json::from_str(&text).map_err(|source| CredentialsError::Form {
            path: path.to_owned(),
            source,
        })
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`CredentialsError`].
    pub fn write(&self, path: &Path) -> Result<(), CredentialsError> {
        let form = |source| CredentialsError::Form {
            path: path.to_owned(),
            source,
        };
        let mut text = serde_json::to_string_pretty(self).map_err(form)?;
        text.push('\n');
        Ok(files::write(path, text.as_bytes(), Readers::Owner)?)
    }

    /// How a partner reaches the service, and the keyholder where there is one.
    ///
    /// # Errors
    /// [`FileError`] of the key file.
    pub fn settings_of(&self, organisation: &Organisation) -> Result<Settings, FileError> {
        let mut settings = self.settings(&organisation.client_id, &organisation.private_key_file)?;
        if let Some(keyholder) = &self.keyholder {
            settings.min_suite = 2;
            settings.keyholder = Some(KeyholderSettings {
                url: keyholder.url.clone(),
                token_url: keyholder.token_url.clone(),
                key: keyholder.public_key,
                known: None,
                deadline: DEADLINE,
            });
        }
        Ok(settings)
    }

    /// How the municipality reaches the service.
    ///
    /// # Errors
    /// [`FileError`] of the key file.
    pub fn settings_of_municipality(&self) -> Result<Settings, FileError> {
        self.settings(&self.municipality.client_id, &self.municipality.private_key_file)
    }

    /// How the supervisor reaches the service.
    ///
    /// # Errors
    /// [`FileError`] of the key file.
    pub fn settings_of_supervisor(&self) -> Result<Settings, FileError> {
        self.settings(&self.supervisor.client_id, &self.supervisor.private_key_file)
    }

    fn settings(&self, client_id: &ClientId, private_key_file: &Path) -> Result<Settings, FileError> {
        Ok(Settings {
            api_url: self.api_url.clone(),
            token_url: self.token_url.clone(),
            client_id: client_id.clone(),
            private_key_pem: files::read(private_key_file)?,
            consent_keys: None,
            keyholder: None,
            min_suite: 1,
        })
    }
}
