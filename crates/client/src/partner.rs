//! A partner organisation's way to the service.

use std::sync::Arc;

use identifiers::NetworkSecret;
use protocol::consent::ConsentKeys;
use protocol::page::PageQuery;
use protocol::sealed_message::{SealingKey, SealingSecret};
use tokio::sync::Mutex;

use crate::connection::Connection;
use crate::environment::Environment;
use crate::error::Error;
use crate::known_keys::{AsTheServiceTells, KnownKeys};
use crate::oblivious::Oblivious;
use crate::portal::{self, Portal};
use crate::settings::Settings;

/// A partner organisation's way to the service. Cheap to share by reference; keeps its access token.
pub struct Partner {
    pub(crate) connection: Connection,
    pub(crate) keys: PartnerKeys,
    /// With a keyholder, the way there.
    pub(crate) oblivious: Option<Oblivious>,
    /// The network epochs that tokens are made for.
    pub(crate) net_epochs: Mutex<Vec<u16>>,
    pub(crate) portal: Portal,
    pub(crate) known_keys: Box<dyn KnownKeys>,
}

/// What a partner keeps to itself. The service never sees any of it.
pub struct PartnerKeys {
    /// The network's secret of every live epoch; none for a program that gives no signals.
    pub network: Vec<NetworkKey>,
    /// The organisation's sealing secrets.
    pub sealing: SealingSecrets,
}

/// The sealing secrets of an organisation, the newest first. It seals with the newest; the earlier ones, retired or about
/// to be, open what was sealed to them.
pub struct SealingSecrets {
    newest: SealingSecret,
    earlier: Vec<SealingSecret>,
}

impl SealingSecrets {
    /// The newest, and the earlier ones as long as messages wait that are sealed to them.
    pub const fn new(newest: SealingSecret, earlier: Vec<SealingSecret>) -> Self {
        Self { newest, earlier }
    }

    pub(crate) const fn newest(&self) -> &SealingSecret {
        &self.newest
    }

    /// The secret of a public key.
    pub(crate) fn of(&self, key: &SealingKey) -> Option<&SealingSecret> {
        std::iter::once(&self.newest)
            .chain(&self.earlier)
            .find(|secret| secret.public().as_ref() == Ok(key))
    }
}

impl From<SealingSecret> for SealingSecrets {
    fn from(secret: SealingSecret) -> Self {
        Self::new(secret, Vec::new())
    }
}

/// The network's secret of one epoch.
pub struct NetworkKey {
    /// Which epoch.
    pub epoch: u16,
    /// Its secret.
    pub secret: NetworkSecret,
}

impl std::fmt::Debug for PartnerKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[not shown]")
    }
}

impl std::fmt::Debug for SealingSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[not shown]")
    }
}

impl std::fmt::Debug for NetworkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NetworkKey")
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Partner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Partner").finish_non_exhaustive()
    }
}

impl Partner {
    /// Prepares the way; nothing is sent before the first call.
    ///
    /// # Errors
    /// [`Error::Settings`] when an address or the private key cannot be used.
    pub fn connect(
        mut settings: Settings,
        keys: PartnerKeys,
        environment: impl Environment,
    ) -> Result<Self, Error> {
        if settings.min_suite > 1 && settings.keyholder.is_none() {
            return Err(Error::Settings("suite 2 needs a keyholder"));
        }
        let environment: Arc<dyn Environment> = Arc::new(environment);
        let portal = Portal::new(settings.consent_keys.take());
        let oblivious = settings.keyholder.take().map(|keyholder| {
            Oblivious::new(
                keyholder,
                &settings.client_id,
                &settings.private_key_pem,
                Arc::clone(&environment),
            )
        });
        let connection = Connection::new(&settings, environment)?;
        Ok(Self {
            connection,
            oblivious: oblivious.transpose()?,
            net_epochs: Mutex::new(keys.network.iter().map(|network| network.epoch).collect()),
            keys,
            portal,
            known_keys: Box::new(AsTheServiceTells),
        })
    }

    /// The portal's keys as the service tells them, to be pinned in [`Settings::consent_keys`] once they were compared.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn consent_keys(&self) -> Result<ConsentKeys, Error> {
        portal::told(&self.connection).await
    }

    /// The same way, on which other organisations' sealing keys are those that the program keeps and not those that the
    /// service tells.
    #[must_use]
    pub fn with_known_keys(self, known_keys: impl KnownKeys) -> Self {
        Self {
            known_keys: Box::new(known_keys),
            ..self
        }
    }
}

/// The address of a page. Cursors are base64url, which an address holds as it is.
pub(crate) fn page(path: &str, query: &PageQuery) -> String {
    let limit = query.limit;
    match &query.cursor {
        None => format!("{path}?limit={limit}"),
        Some(cursor) => format!("{path}?limit={limit}&cursor={cursor}"),
    }
}

/// The first page, of the usual size.
pub(crate) fn first_page() -> PageQuery {
    PageQuery {
        limit: PageQuery::MAX_LIMIT,
        cursor: None,
    }
}
