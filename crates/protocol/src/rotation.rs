//! Rotation of the keyholder's key, as the service's ceremony asks for it.
//!
//! `POST /v1/rotations` introduces the next epoch and hands over `delta = k1'/k1`, sealed to a key that the ceremony
//! drew for this one answer. `POST /v1/rotations/{toEpoch}/flips` makes it live, and `.../destructions` destroys the
//! secret of the epoch before. Only the gateway's client may.

use std::fmt;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256 as Kem;
use hpke::{Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::body::{Body, Object, deserialize_as_body};
use crate::key_epochs::SignedKeyEpochs;
use crate::text::{Base64Url, Confidential};

/// Body of `POST /v1/rotations` at the keyholder. The same epoch may be asked again while it is not live: the answer is
/// sealed anew and means the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RotationRequest {
    /// The epoch to come.
    #[schema(minimum = 1, example = 2)]
    pub to_epoch: u16,
    /// X25519 public key of the ceremony.
    pub ceremony_key: Base64Url<32>,
}

deserialize_as_body!(RotationRequest, RotationStep);

impl Body for RotationRequest {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let to_epoch = object.whole("toEpoch", 1..=u64::from(u16::MAX));
        let ceremony_key = object.value("ceremonyKey");
        Some(Self {
            to_epoch: to_epoch?,
            ceremony_key: ceremony_key?,
        })
    }
}

/// Body of `POST /v1/rotations/{toEpoch}/flips` and `.../destructions`: an empty object. Both answer the epoch list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotationStep {}

impl Body for RotationStep {
    fn read(_: &mut Object<'_>) -> Option<Self> {
        Some(Self {})
    }
}

/// The keyholder's answer to a [`RotationRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RotationAnswer {
    /// The epoch that is live.
    #[schema(example = 1)]
    pub from_epoch: u16,
    /// The epoch that was introduced.
    #[schema(example = 2)]
    pub to_epoch: u16,
    /// `delta = k1'/k1`, sealed to the ceremony's key (HPKE, RFC 9180, base mode): encapsulated key (32 bytes), ciphertext
    /// (32), tag (16).
    pub sealed_delta: Base64Url<80>,
    /// The list in which the epoch is introduced.
    pub key_epochs: SignedKeyEpochs,
}

/// What a ceremony opens `delta` with: drawn for one answer, wiped when dropped.
pub struct CeremonySecret(Confidential<32>);

impl CeremonySecret {
    /// Draws a secret.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *bytes);
        Self(Confidential::new(*bytes))
    }

    /// What the keyholder seals to.
    ///
    /// # Errors
    /// [`DeltaError`] only when the library takes no 32 bytes for a secret.
    pub fn public(&self) -> Result<Base64Url<32>, DeltaError> {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&Kem::sk_to_pk(&self.hpke()?).to_bytes());
        Ok(Base64Url(bytes))
    }

    /// Opens the `delta` of an answer. That it leads from the one public key to the other, its user checks.
    ///
    /// # Errors
    /// [`DeltaError`] when it was sealed to another key, for other epochs, or changed.
    pub fn open(&self, answer: &RotationAnswer) -> Result<Zeroizing<[u8; 32]>, DeltaError> {
        let (enc, ciphertext) = answer.sealed_delta.0.split_at(32);
        let enc = <Kem as hpke::Kem>::EncappedKey::from_bytes(enc).map_err(|_| DeltaError)?;
        let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeR::Base,
            &self.hpke()?,
            &enc,
            &info(answer.from_epoch, answer.to_epoch),
            ciphertext,
            &[],
        );
        let opened = Zeroizing::new(opened.map_err(|_| DeltaError)?);
        let mut delta = Zeroizing::new([0; 32]);
        if opened.len() != delta.len() {
            return Err(DeltaError);
        }
        delta.copy_from_slice(&opened);
        Ok(delta)
    }

    fn hpke(&self) -> Result<<Kem as hpke::Kem>::PrivateKey, DeltaError> {
        <Kem as hpke::Kem>::PrivateKey::from_bytes(self.0.expose()).map_err(|_| DeltaError)
    }
}

impl fmt::Debug for CeremonySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CeremonySecret(..)")
    }
}

/// Seals `delta` to a ceremony's key, at the keyholder.
///
/// # Errors
/// [`DeltaError`] when the key is not a usable X25519 public key.
pub fn seal_delta(
    ceremony_key: &Base64Url<32>,
    from_epoch: u16,
    to_epoch: u16,
    delta: &[u8; 32],
    rng: &mut impl CryptoRng,
) -> Result<Base64Url<80>, DeltaError> {
    let key = <Kem as hpke::Kem>::PublicKey::from_bytes(&ceremony_key.0).map_err(|_| DeltaError)?;
    let (enc, ciphertext) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeS::Base,
        &key,
        &info(from_epoch, to_epoch),
        delta,
        &[],
        rng,
    )
    .map_err(|_| DeltaError)?;
    let sealed = [enc.to_bytes().as_slice(), &ciphertext].concat();
    sealed.try_into().map(Base64Url).map_err(|_| DeltaError)
}

/// A `delta` could not be sealed or does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed delta does not open, or the ceremony's key is not usable")]
pub struct DeltaError;

fn info(from_epoch: u16, to_epoch: u16) -> Vec<u8> {
    let mut info = b"trefpunt/v1/delta\0".to_vec();
    info.extend(from_epoch.to_be_bytes());
    info.extend(to_epoch.to_be_bytes());
    info
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::FieldErrorCode;
    use crate::sealed_message::tests::Same;

    fn answer(to: &CeremonySecret) -> RotationAnswer {
        let sealed = seal_delta(&to.public().unwrap(), 1, 2, &[5; 32], &mut Same(9));
        RotationAnswer {
            from_epoch: 1,
            to_epoch: 2,
            sealed_delta: sealed.unwrap(),
            key_epochs: SignedKeyEpochs {
                document: String::new(),
                signature: Base64Url([0; 64]),
            },
        }
    }

    #[test]
    fn delta_opens_for_its_ceremony_and_its_epochs_only() {
        let ceremony = CeremonySecret::generate(&mut Same(1));
        let answer = answer(&ceremony);
        assert_eq!(*ceremony.open(&answer).unwrap(), [5; 32]);

        let other = CeremonySecret::generate(&mut Same(2));
        assert_eq!(other.open(&answer), Err(DeltaError));
        for (from_epoch, to_epoch) in [(1, 3), (2, 2), (2, 1)] {
            let moved = RotationAnswer {
                from_epoch,
                to_epoch,
                ..answer.clone()
            };
            assert_eq!(ceremony.open(&moved), Err(DeltaError));
        }
        for at in [0, 32, 79] {
            let mut bent = answer.clone();
            bent.sealed_delta.0[at] ^= 1;
            assert_eq!(ceremony.open(&bent), Err(DeltaError), "byte {at}");
        }
        assert_eq!(
            seal_delta(&Base64Url([0; 32]), 1, 2, &[5; 32], &mut Same(9)),
            Err(DeltaError),
            "a key of small order"
        );
        assert_eq!(format!("{ceremony:?}"), "CeremonySecret(..)");
    }

    #[test]
    fn bodies_are_read_strictly() {
        let good = RotationRequest {
            to_epoch: 2,
            ceremony_key: Base64Url([7; 32]),
        };
        let written = serde_json::to_vec(&good).unwrap();
        assert_eq!(RotationRequest::parse(&written), Ok(good));
        let refused =
            RotationRequest::parse(br#"{"toEpoch":65536,"ceremonyKey":"AQ","delta":""}"#).unwrap_err();
        let codes: Vec<_> = refused.errors.iter().map(|error| error.code).collect();
        assert_eq!(
            codes,
            [
                FieldErrorCode::OutOfRange,
                FieldErrorCode::InvalidFormat,
                FieldErrorCode::UnknownMember
            ]
        );
        assert!(RotationStep::parse(b"{}").is_ok());
        assert!(RotationStep::parse(br#"{"force":true}"#).is_err());
    }
}
