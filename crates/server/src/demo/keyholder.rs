//! The demonstration's keyholder: another process with a directory, a database and keys of its own.

use std::path::Path;

use casework::PortalKey;
use keyholder::{ClientRole, NewClient};
use protocol::{ClientId, OrganisationId};

use super::{DemoError, Level, Teller};
use crate::cast::CastError;
use crate::credentials;
use crate::data_directory::{DataDirectory, KeyholderPlan, KeyholderUrl, gateway_client};
use crate::files::{self, Readers};
use crate::key_files::client_key;
use crate::keyholder::{
    self as program, ChildKeyholder, KeyholderConfig, KeyholderDatabase, KeyholderDirectory,
    KeyholderPlan as OwnPlan,
};

/// Where the keyholder listens, which changes with every start: a file in the service's directory.
const URL_FILE: &str = "keyholder-url";

/// The keyholder of a stage.
pub(super) struct DemoKeyholder {
    directory: KeyholderDirectory,
    child: ChildKeyholder,
}

/// A partner as the keyholder knows it.
pub(super) struct PartnerClient {
    pub(super) organisation: OrganisationId,
    pub(super) client: ClientId,
    pub(super) key: [u8; 32],
}

/// Makes the keyholder's directory, when the demonstration is new and has one. Gives what the service is to know of it.
pub(super) fn plan(
    directory: &DataDirectory,
    level: Level,
    teller: &Teller,
) -> Result<Option<KeyholderPlan>, DemoError> {
    if level == Level::A {
        return Ok(None);
    }
    let own = of(directory.path())?;
    teller.note(format_args!(
        "Making the keyholder's own keys and settings in {}.",
        own.path().display()
    ));
    let key = own.make(&OwnPlan {
        name: super::NETWORK.to_owned(),
        listen: "127.0.0.1:0".to_owned(),
        public_url: None,
        log_origin: "keyholder.demo.trefpunt.example/log".to_owned(),
    })?;
    Ok(Some(KeyholderPlan {
        url: KeyholderUrl::InFile(URL_FILE),
        key,
    }))
}

impl DemoKeyholder {
    /// Starts the keyholder of a directory that has one, and writes down where it listens.
    pub(super) async fn start(
        directory: &DataDirectory,
        level: Level,
        teller: &Teller,
    ) -> Result<Option<Self>, DemoError> {
        let own = of(directory.path())?;
        match (own.is_made(), level) {
            (false, Level::A) => return Ok(None),
            (true, Level::B) => {}
            (made, _) => return Err(DemoError::OtherLevel(if made { Level::B } else { Level::A })),
        }
        let child = ChildKeyholder::start(&own.settings()).await?;
        let url = format!("{}\n", child.url());
        if let Err(error) = files::write(&directory.path().join(URL_FILE), url.as_bytes(), Readers::Owner) {
            child.stop().await;
            return Err(error.into());
        }
        teller.note(format_args!(
            "The keyholder is ready at {}: a process of its own, with its own database.",
            child.url()
        ));
        Ok(Some(Self {
            directory: own,
            child,
        }))
    }

    /// Registers the gateway and the partners, beside the running keyholder, as its operator does, and has it believe the
    /// portal's keys.
    pub(super) async fn let_in(
        &self,
        service: &DataDirectory,
        partners: &[PartnerClient],
        portal: &[PortalKey],
    ) -> Result<(), DemoError> {
        let config = KeyholderConfig::load_file(&self.directory.settings())?;
        let database = KeyholderDatabase::open_beside(&config).await?;
        let operator = program::operator(&config, &database);
        let outcome = match operator {
            Ok(operator) => {
                let gateway = NewClient {
                    id: gateway_client(super::NETWORK)
                        .parse()
                        .map_err(|_| DemoError::Unexpected("a gateway cannot be called so"))?,
                    role: ClientRole::Gateway,
                    public_key: client_key(&service.gateway_key())?,
                };
                let partners = partners.iter().map(|partner| NewClient {
                    id: partner.client.clone(),
                    role: ClientRole::Partner(partner.organisation),
                    public_key: partner.key,
                });
                let clients: Vec<NewClient> = std::iter::once(gateway).chain(partners).collect();
                let outcome = async {
                    register(&operator, clients).await?;
                    believe(&operator, portal).await
                }
                .await;
                operator.close();
                outcome
            }
            Err(error) => Err(error.into()),
        };
        database.close().await;
        outcome
    }

    /// What partners need to know of it.
    pub(super) fn credentials(&self) -> Result<credentials::Keyholder, DemoError> {
        let key = files::read(&self.directory.public_key())?;
        Ok(credentials::Keyholder {
            url: self.child.url().to_owned(),
            token_url: format!("{}/oauth/token", self.child.url()),
            public_key: key
                .trim_end()
                .parse()
                .map_err(|_| DemoError::Unexpected("the keyholder's public key is none"))?,
        })
    }

    /// Its settings, for the reader's commands.
    pub(super) fn settings(&self) -> std::path::PathBuf {
        self.directory.settings()
    }

    /// The process, to be stopped.
    pub(super) fn into_child(self) -> ChildKeyholder {
        self.child
    }
}

/// Registers who is not registered yet: a crash may have come in between.
async fn register(operator: &keyholder::Operator, clients: Vec<NewClient>) -> Result<(), DemoError> {
    let known = operator.clients().await?;
    for client in clients {
        match known.iter().find(|known| known.id == client.id.as_str()) {
            Some(known) if known.public_key == client.public_key && known.disabled_at.is_none() => {}
            Some(_) => return Err(CastError::OtherKey(client.id.to_string()).into()),
            None => operator.register_client(client).await?,
        }
    }
    Ok(())
}

/// Has the keyholder believe the portal's keys that it does not believe yet.
async fn believe(operator: &keyholder::Operator, portal: &[PortalKey]) -> Result<(), DemoError> {
    let believed = operator.consent_keys().await?;
    for PortalKey { key, .. } in portal {
        if !believed.iter().any(|known| known.key == *key) {
            let network = super::NETWORK.parse();
            let network = network.map_err(|_| DemoError::Unexpected("a network cannot be called so"))?;
            operator.add_consent_key(network, key.public_key).await?;
        }
    }
    Ok(())
}

fn of(data_dir: &Path) -> Result<KeyholderDirectory, DemoError> {
    Ok(KeyholderDirectory::at(&data_dir.join("keyholder"))?)
}
