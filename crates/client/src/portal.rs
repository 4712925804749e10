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
        let checked = self.check(service, RecordError::UnknownKey, |keys| keys.verify(signed));
        Ok(checked.await?.map_err(NoConsent::Record)?)
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

        let checked = self.check(service, StatusError::UnknownKey, |keys| {
            ConsentStatus::verify(&signed, keys)
        });
        checked
            .await?
            .map_err(NoConsent::Status)?
            .stands(&record.hash(), service.environment().now())
            .map_err(NoConsent::NotStanding)?;
        Ok(signed)
    }

    /// Checks something that the portal signed with the keys that are known. Where its key is not among them, once more with
    /// those that the service tells now, unless they are pinned.
    async fn check<T, E: PartialEq>(
        &self,
        service: &Connection,
        unknown_key: E,
        check: impl Fn(&ConsentVerifier) -> Result<T, E>,
    ) -> Result<Result<T, E>, Error> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref() {
            let outcome = check(&known.verifier);
            let may_learn = self.pinned.is_none() && outcome.as_ref().err() == Some(&unknown_key);
            if !may_learn {
                return Ok(outcome);
            }
        }
        let learned = known.insert(self.learn(service).await?);
        Ok(check(&learned.verifier))
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
