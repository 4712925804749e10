//! The portal's word about a consent record: whether it stands at this moment.

use protocol::gate::{ConsentStatus, ConsentStatusRequest, SignedStatus, Standing};
use protocol::id::KeyId;
use store::{Context, Matcher, StoreError, Tx, Work};

use crate::Casework;
use crate::act::{Failure, NotFound};
use crate::portal_keys::demand_signing_key;

impl Casework {
    /// Says whether the consent of this record stands, signed by the portal. Only the process that holds the portal's key can.
    ///
    /// # Errors
    /// [`NotFound`] when there is no such record; a failure of the store also where the key is not, or was retired.
    pub async fn consent_status(
        &self,
        asked: ConsentStatusRequest,
    ) -> Result<SignedStatus, Failure<NotFound>> {
        let Some(signer) = &self.keys().consent else {
            return Err(StoreError::Interrupted("consent status without the portal's key").into());
        };
        let work = ReadStanding {
            asked,
            key: signer.key().key_id,
        };
        let (stands, as_of) = self.store().run(Context::Service, work).await?;
        let status = ConsentStatus {
            as_of,
            consent: asked.consent_hash,
            network: self.keys().network_name.clone(),
            state: match stands {
                true => Standing::Stands,
                false => Standing::Ended,
            },
        };
        let unwritable = |_| StoreError::Interrupted("consent status");
        Ok(status.sign(signer).map_err(unwritable)?)
    }
}

/// Reads under the lock that whoever ends a consent takes: what was answered to a family is what is said here.
struct ReadStanding {
    asked: ConsentStatusRequest,
    key: KeyId,
}

impl Work for ReadStanding {
    const NAME: &'static str = "consent_status";
    type Role = Matcher;
    type Output = (bool, jiff::Timestamp);
    type Error = Failure<NotFound>;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Self::Output, Self::Error> {
        let stands = tx.record_stands(self.asked.consent_hash.0).await?;
        let stands = stands.ok_or(NotFound)?;
        demand_signing_key(tx, self.key).await?;
        Ok((stands, tx.now()))
    }
}
