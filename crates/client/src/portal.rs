//! The portal: whose signatures are relied on, and where it says whether a consent stands.

use protocol::consent::{ConsentKeys, ConsentVerifier, Record, RecordError, SignedRecord};
use protocol::gate::{ConsentStatus, ConsentStatusRequest, SignedStatus, StatusError};
use reqwest::Url;
use tokio::sync::Mutex;

use crate::connection::Connection;
use crate::error::{Error, NoConsent};
use crate::settings::address;

/// What is known of the portal: pinned, or as the service tells it, kept until something is signed with a key that is not
/// among its keys.
pub(crate) struct Portal {
    pinned: Option<ConsentKeys>,
    known: Mutex<Option<Known>>,
}

struct Known {
    verifier: ConsentVerifier,
    status: Option<String>,
}

impl Portal {
    pub(crate) const fn new(pinned: Option<ConsentKeys>) -> Self {
        Self {
            pinned,
            known: Mutex::const_new(None),
        }
    }

    /// Checks a record's signature.
    pub(crate) async fn verify(&self, service: &Connection, signed: &SignedRecord) -> Result<Record, Error> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref() {
            match known.verifier.verify(signed) {
                Err(RecordError::UnknownKey) if self.pinned.is_none() => {}
                result => return Ok(result.map_err(NoConsent::Record)?),
            }
        }
        let learned = known.insert(self.learn(service).await?);
        Ok(learned.verifier.verify(signed).map_err(NoConsent::Record)?)
    }

    /// Has the portal say that a consent stands, at this moment. What it says is checked here, though the keyholder checks
    /// it again: a status that cannot be relied on is never carried further.
    pub(crate) async fn status(&self, service: &Connection, record: &Record) -> Result<SignedStatus, Error> {
        let address = self.status_address(service).await?;
        let question = ConsentStatusRequest {
            consent_hash: record.hash(),
        };
        let asked = service.ask_publicly(&address, &question).await;
        let signed: SignedStatus = asked.map_err(|error| Error::Portal(Box::new(error)))?;

        let mut known = self.known.lock().await;
        let status = match known.as_ref() {
            Some(known) => match ConsentStatus::verify(&signed, &known.verifier) {
                Err(StatusError::UnknownKey) if self.pinned.is_none() => None,
                outcome => Some(outcome),
            },
            None => None,
        };
        let status = match status {
            Some(status) => status,
            None => ConsentStatus::verify(&signed, &known.insert(self.learn(service).await?).verifier),
        };
        status
            .map_err(NoConsent::Status)?
            .stands(&record.hash(), service.environment().now())
            .map_err(NoConsent::NotStanding)?;
        Ok(signed)
    }

    /// Where the portal says it. Whoever tells another address gains nothing: what is said there has to be signed.
    async fn status_address(&self, service: &Connection) -> Result<Url, Error> {
        let mut known = self.known.lock().await;
        let known = match known.as_mut() {
            Some(known) => known,
            None => known.insert(self.learn(service).await?),
        };
        if known.status.is_none() && self.pinned.is_some() {
            // Only the keys were pinned.
            known.status = told(service).await?.status_url;
        }
        let untold = Error::Settings("where the portal says whether a consent stands is not known");
        address(known.status.as_ref().ok_or(untold)?)
    }

    async fn learn(&self, service: &Connection) -> Result<Known, Error> {
        let keys = match &self.pinned {
            Some(keys) => keys.clone(),
            None => told(service).await?,
        };
        Ok(Known {
            verifier: ConsentVerifier::new(&keys).map_err(NoConsent::Record)?,
            status: keys.status_url,
        })
    }
}

/// The portal's keys as the service tells them.
pub(crate) async fn told(service: &Connection) -> Result<ConsentKeys, Error> {
    service.get("/v1/consent-keys").await
}
