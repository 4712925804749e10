//! Sealing keys of an organisation, and proofs of them as they go over the wire.

use protocol::OrganisationId;
use protocol::sealed_message::{SealingKey, SealingSecret};
use protocol::sealing_key::SealingKeySubmission;

use crate::Professional;
use crate::ceremony::Entropy;

/// A sealing secret that nobody had before.
#[must_use]
pub fn sealing_secret() -> SealingSecret {
    SealingSecret::generate(&mut Entropy)
}

/// What adds the key of this secret to an organisation, proven towards a service.
#[must_use]
pub fn sealing_key_submission(
    organisation: OrganisationId,
    secret: &SealingSecret,
    verifier: &SealingKey,
) -> SealingKeySubmission {
    SealingKeySubmission {
        key: secret.public().unwrap().into(),
        proof: secret
            .prove_possession(organisation, verifier, &mut Entropy)
            .unwrap(),
    }
}

impl Professional {
    /// Lets others seal to a new key of the organisation; gives its secret, which the partner system does not have yet.
    pub async fn registers_sealing_key(&self) -> SealingSecret {
        let secret = sealing_secret();
        let added = self
            .partner
            .add_sealing_key(self.organisation, &secret, None)
            .await;
        assert_eq!(SealingKey::from(added.unwrap().key), secret.public().unwrap());
        secret
    }

    /// How many messages wait for each key of the organisation that counts, the newest first.
    pub async fn waiting_by_sealing_key(&self) -> Vec<(SealingKey, i64)> {
        let keys = self.partner.sealing_keys().await.unwrap().items;
        let counting = keys.into_iter().filter(|key| key.retired_at.is_none());
        counting.map(|key| (key.key.into(), key.waiting)).collect()
    }
}
