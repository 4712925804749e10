//! Showing that one has the secret of a sealing key, without telling it.
//!
//! ```text
//! HPKE (RFC 9180) of the same suite as messages, Auth mode, from the new key's secret to the verifier's public key
//! info  = "trefpunt/v1/sealing-key-proof" || [organisation]
//! proof = enc (32 bytes) || the tag of an empty plaintext with empty additional data (16 bytes)
//! ```
//!
//! Only who has the new secret (or the verifier's own) can make that tag. The proof names organisation and key, so somebody
//! else gains nothing with it; the organisation can show it again and only shows the same.

use hpke::aead::ChaCha20Poly1305 as HpkeAead;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256 as Kem;
use hpke::{Deserializable as _, OpModeR, OpModeS, Serializable as _};
use rand_core::CryptoRng;

use super::{SealError, SealingKey, SealingSecret, Unusable};
use crate::id::OrganisationId;
use crate::text::Base64Url;

const LABEL: &[u8] = b"trefpunt/v1/sealing-key-proof";
const ENC_BYTES: usize = 32;

/// That who made it has the secret of a key.
pub type PossessionProof = Base64Url<48>;

impl SealingSecret {
    /// Shows to the holder of `verifier`'s secret that this one is there, for an organisation.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn prove_possession(
        &self,
        organisation: OrganisationId,
        verifier: &SealingKey,
        rng: &mut impl CryptoRng,
    ) -> Result<PossessionProof, SealError> {
        let unusable = |_: Unusable| SealError::Key;
        let pair = (
            self.hpke().map_err(unusable)?,
            self.public().map_err(unusable)?.hpke().map_err(unusable)?,
        );
        let (enc, mut context) = hpke::setup_sender_with_rng::<HpkeAead, HkdfSha256, Kem>(
            &OpModeS::Auth(pair),
            &verifier.hpke().map_err(unusable)?,
            &info(organisation),
            rng,
        )
        .map_err(|_| SealError::Failed)?;
        let tag = context.seal(&[], &[]).map_err(|_| SealError::Failed)?;
        let bytes = [enc.to_bytes().as_slice(), &tag].concat();
        Ok(Base64Url(bytes.try_into().map_err(|_| SealError::Failed)?))
    }

    /// Whether a proof shows to this verifier that an organisation has the secret of a key.
    pub fn sees_possession(
        &self,
        proof: &PossessionProof,
        organisation: OrganisationId,
        key: &SealingKey,
    ) -> bool {
        self.opened(proof, organisation, key).is_some()
    }

    fn opened(&self, proof: &PossessionProof, organisation: OrganisationId, key: &SealingKey) -> Option<()> {
        let (enc, tag) = proof.0.split_at(ENC_BYTES);
        let mut context = hpke::setup_receiver::<HpkeAead, HkdfSha256, Kem>(
            &OpModeR::Auth(key.hpke().ok()?),
            &self.hpke().ok()?,
            &<Kem as hpke::Kem>::EncappedKey::from_bytes(enc).ok()?,
            &info(organisation),
        )
        .ok()?;
        // The library compares the tag in constant time.
        context.open(tag, &[]).ok().map(drop)
    }
}

fn info(organisation: OrganisationId) -> Vec<u8> {
    [LABEL, &16_u16.to_be_bytes(), &organisation.0].concat()
}

#[cfg(test)]
mod tests {
    use rand_core::{TryCryptoRng, TryRng};

    use super::*;

    /// Draws what the seed says, and is no chance at all.
    struct Fixed(u8);

    impl TryRng for Fixed {
        type Error = std::convert::Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Ok(u32::from_be_bytes([self.0; 4]))
        }

        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Ok(u64::from_be_bytes([self.0; 8]))
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    impl TryCryptoRng for Fixed {}

    const ORGANISATION: OrganisationId = OrganisationId([7; 16]);

    fn secret(byte: u8) -> SealingSecret {
        SealingSecret::from_bytes([byte; 32])
    }

    #[test]
    fn who_has_the_secret_shows_it_to_one_verifier_for_one_organisation() {
        let (own, verifier) = (secret(1), secret(2));
        let key = own.public().unwrap();
        let proof = own
            .prove_possession(ORGANISATION, &verifier.public().unwrap(), &mut Fixed(9))
            .unwrap();
        assert!(verifier.sees_possession(&proof, ORGANISATION, &key));
        assert!(!verifier.sees_possession(&proof, OrganisationId([8; 16]), &key));
        assert!(!verifier.sees_possession(&proof, ORGANISATION, &secret(3).public().unwrap()));
        assert!(!secret(3).sees_possession(&proof, ORGANISATION, &key));
        // Who has the public key only, and whatever else: no proof.
        let forged = secret(3)
            .prove_possession(ORGANISATION, &verifier.public().unwrap(), &mut Fixed(9))
            .unwrap();
        assert!(!verifier.sees_possession(&forged, ORGANISATION, &key));
        for at in 0..proof.0.len() {
            let mut changed = proof;
            changed.0[at] ^= 1;
            assert!(
                !verifier.sees_possession(&changed, ORGANISATION, &key),
                "byte {at}"
            );
        }
    }

    /// A point of small order is the key of nobody, and a shared secret of zeros is refused (RFC 9180 section 7.1.4).
    #[test]
    fn a_key_of_small_order_is_nobodys() {
        let verifier = secret(2);
        let proof = secret(1)
            .prove_possession(ORGANISATION, &verifier.public().unwrap(), &mut Fixed(9))
            .unwrap();
        for byte in [0, 1] {
            let mut key = [0; 32];
            key[0] = byte;
            assert!(!verifier.sees_possession(&proof, ORGANISATION, &SealingKey::from_bytes(key)));
        }
    }
}
