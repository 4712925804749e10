//! Who plays in a network that is not a real one, a demonstration's or a sandbox's: organisations with their keys in a
//! directory, registered when they are not yet.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use casework::{Casework, NewParty, RegisterError};
use domain::actor::{OrganisationKind, Sector};
use domain::client::ClientState;
use protocol::{ClientId, Jwk, OrganisationId, match_case};

use crate::credentials::{Municipality, Organisation, Supervisor};
use crate::data_directory::MakeError;
use crate::key_files::{PRIVATE_KEY, PublicKeys, SEALING_KEY, client_keys};

/// A partner before it is registered.
pub(crate) struct Part {
    /// Its name.
    pub(crate) name: &'static str,
    /// The directory of its keys, below the network's.
    pub(crate) directory: &'static str,
    /// Its sector.
    pub(crate) sector: Sector,
    /// The same in the word of the API.
    pub(crate) sector_in_api: match_case::Sector,
}

/// A partner, registered.
pub(crate) struct Partner {
    pub(crate) id: OrganisationId,
    pub(crate) keys: PublicKeys,
    pub(crate) organisation: Organisation,
}

/// Registers who plays under one covenant, with keys below one directory.
pub(crate) struct Casting<'a> {
    pub(crate) casework: &'a Casework,
    pub(crate) covenant: &'static str,
    pub(crate) directory: &'a Path,
}

/// Why somebody cannot play.
#[derive(Debug, thiserror::Error)]
pub enum CastError {
    /// Their keys.
    #[error(transparent)]
    Make(#[from] MakeError),
    /// Registering them.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// An organisation of this name is there with a client whose key we do not have.
    #[error("{0} is registered with another key: choose another directory")]
    OtherKey(String),
}

/// What somebody is.
#[derive(Clone, Copy)]
enum Kind {
    /// Gives signals.
    Partner(Sector),
    /// Answers for the family's rights.
    Municipality,
    /// Inspects the service.
    Supervisor,
}

impl Casting<'_> {
    pub(crate) async fn partner(&self, part: &Part) -> Result<Partner, CastError> {
        let (dir, keys) = self.keys(part.directory, true)?;
        let (id, client_id) = self
            .registered(part.name, Kind::Partner(part.sector), &keys)
            .await?;
        let organisation = Organisation {
            name: part.name.to_owned(),
            sector: part.sector_in_api,
            client_id,
            private_key_file: dir.join(PRIVATE_KEY),
            sealing_key_file: dir.join(SEALING_KEY),
        };
        Ok(Partner {
            id,
            keys,
            organisation,
        })
    }

    /// The municipality of this name, as the covenant has it.
    pub(crate) async fn municipality(&self, name: &str) -> Result<Municipality, CastError> {
        let (dir, keys) = self.keys("municipality", false)?;
        let (_, client_id) = self.registered(name, Kind::Municipality, &keys).await?;
        Ok(Municipality {
            name: name.to_owned(),
            client_id,
            private_key_file: dir.join(PRIVATE_KEY),
        })
    }

    pub(crate) async fn supervisor(&self, name: &str) -> Result<Supervisor, CastError> {
        let (dir, keys) = self.keys("supervisor", false)?;
        let (_, client_id) = self.registered(name, Kind::Supervisor, &keys).await?;
        Ok(Supervisor {
            client_id,
            private_key_file: dir.join(PRIVATE_KEY),
        })
    }

    fn keys(&self, directory: &str, with_sealing: bool) -> Result<(PathBuf, PublicKeys), CastError> {
        let dir = self.directory.join(directory);
        let keys = client_keys(&dir, with_sealing)?;
        Ok((dir, keys))
    }

    /// Registers an organisation, or finds it: a crash may have come between registering and writing down the ids.
    async fn registered(
        &self,
        name: &str,
        kind: Kind,
        keys: &PublicKeys,
    ) -> Result<(OrganisationId, ClientId), CastError> {
        let organisations = self.casework.organisations().await.map_err(RegisterError::from)?;
        let Some(organisation) = organisations.iter().find(|row| row.name == name) else {
            let (kind, sector) = match kind {
                Kind::Partner(sector) => (OrganisationKind::Partner, Some(sector)),
                Kind::Municipality => (OrganisationKind::Municipality, None),
                Kind::Supervisor => (OrganisationKind::Supervisor, None),
            };
            let party = NewParty {
                covenant: self.covenant.to_owned(),
                name: name.to_owned(),
                kind,
                sector,
                roles: BTreeSet::new(),
                sealing_key: keys.sealing,
                client_key: keys.client.into(),
            };
            let registered = self.casework.register(party).await?;
            return Ok((registered.organisation, registered.client));
        };
        let clients = self.casework.clients().await.map_err(RegisterError::from)?;
        let own = clients.iter().find(|client| {
            client.organisation == organisation.key
                && client.keys.contains(&Jwk::from(keys.client).thumbprint())
                && client.state == ClientState::Enabled
        });
        let client = own.and_then(|client| client.id.parse().ok());
        match client {
            Some(client) => Ok((OrganisationId(organisation.public_id), client)),
            None => Err(CastError::OtherKey(name.to_owned())),
        }
    }
}
