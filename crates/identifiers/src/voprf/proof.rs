//! One proof for a batch: that every answer is its question times the secret of a public key
//! (RFC 9497 section 2.2, a Chaum-Pedersen proof over a random combination of the batch).

use base64ct::{Base64UrlUnpadded, Encoding};
use curve25519_dalek::{
    RistrettoPoint, Scalar, ristretto::CompressedRistretto, traits::VartimeMultiscalarMul,
};
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use super::{
    VoprfError, check_batch,
    element::{BlindedElement, EvaluatedElement},
    hash::{CONTEXT, hash_to_scalar},
    key::{PublicKey, SecretKey, canonical_scalar},
};
use crate::key;

/// Every serialised element is 32 bytes, and its length goes before it.
const ELEMENT_LENGTH: [u8; 2] = 32_u16.to_be_bytes();

/// A proof over a batch: challenge and response.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    challenge: Scalar,
    response: Scalar,
}

impl Proof {
    /// Decodes challenge and response, 32 bytes each.
    ///
    /// # Errors
    /// A scalar that is not reduced modulo the group's order.
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, VoprfError> {
        let (mut challenge, mut response) = ([0; 32], [0; 32]);
        challenge.copy_from_slice(&bytes[..32]);
        response.copy_from_slice(&bytes[32..]);
        Ok(Self {
            challenge: *canonical_scalar(&challenge)?,
            response: *canonical_scalar(&response)?,
        })
    }

    /// Decodes a proof as it travels: 86 characters of canonical unpadded base64url.
    ///
    /// # Errors
    /// As [`Self::from_bytes`], and any other text.
    pub fn parse(text: &str) -> Result<Self, VoprfError> {
        Self::from_bytes(&*key::decode(text).ok_or(VoprfError::InvalidEncoding)?)
    }

    /// Challenge, then response.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(self.challenge.as_bytes());
        bytes[32..].copy_from_slice(self.response.as_bytes());
        bytes
    }

    /// The proof as it travels.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        Base64UrlUnpadded::encode_string(&self.to_bytes())
    }

    /// `GenerateProof`. The nonce must be fresh: used twice it gives the key away.
    pub(super) fn generate(
        key: &SecretKey,
        blinded: &[BlindedElement],
        evaluated: &[EvaluatedElement],
        nonce: &Zeroizing<Scalar>,
    ) -> Self {
        let weights = weights(&key.public_key().bytes, blinded, evaluated);
        let combined = combine(&weights, blinded.iter().map(|element| element.point));
        let combined_evaluated = combined * *key.scalar;
        let challenge = challenge([
            key.public_key().bytes,
            combined.compress(),
            combined_evaluated.compress(),
            RistrettoPoint::mul_base(nonce).compress(),
            (combined * **nonce).compress(),
        ]);
        let masked = Zeroizing::new(challenge * *key.scalar);
        Self {
            challenge,
            response: **nonce - *masked,
        }
    }

    /// `VerifyProof`: that these answers were made from these questions with the secret of this key.
    ///
    /// Everything here is known to the keyholder too, so the quick arithmetic may be used.
    ///
    /// # Errors
    /// An empty batch and one of more than 100; another number of answers than questions; a proof that does not hold.
    pub fn verify(
        &self,
        key: &PublicKey,
        blinded: &[BlindedElement],
        evaluated: &[EvaluatedElement],
    ) -> Result<(), VoprfError> {
        check_batch(blinded.len())?;
        if blinded.len() != evaluated.len() {
            return Err(VoprfError::CountMismatch);
        }
        let weights = weights(&key.bytes, blinded, evaluated);
        let combined = combine(&weights, blinded.iter().map(|element| element.point));
        let combined_evaluated = combine(&weights, evaluated.iter().map(|element| element.point));
        let commitment =
            RistrettoPoint::vartime_double_scalar_mul_basepoint(&self.challenge, &key.point, &self.response);
        let combined_commitment = combine(
            &[self.response, self.challenge],
            [combined, combined_evaluated].into_iter(),
        );
        let expected = challenge([
            key.bytes,
            combined.compress(),
            combined_evaluated.compress(),
            commitment.compress(),
            combined_commitment.compress(),
        ]);
        if expected == self.challenge {
            Ok(())
        } else {
            Err(VoprfError::InvalidProof)
        }
    }
}

impl core::fmt::Debug for Proof {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Proof(..)")
    }
}

/// The weights `d_i` of `ComputeComposites`: they depend on the key and on every pair, so that a keyholder cannot
/// choose answers whose errors cancel out.
fn weights(
    key: &CompressedRistretto,
    blinded: &[BlindedElement],
    evaluated: &[EvaluatedElement],
) -> Vec<Scalar> {
    const SEED_LABEL: &[u8] = b"Seed-";
    let label_length = u16::try_from(SEED_LABEL.len() + CONTEXT.len()).unwrap_or(u16::MAX);
    let seed = Sha512::new()
        .chain_update(ELEMENT_LENGTH)
        .chain_update(key.as_bytes())
        .chain_update(label_length.to_be_bytes())
        .chain_update(SEED_LABEL)
        .chain_update(CONTEXT)
        .finalize();
    (0_u16..)
        .zip(blinded.iter().zip(evaluated))
        .map(|(index, (question, answer))| {
            hash_to_scalar(
                CONTEXT,
                &[
                    &64_u16.to_be_bytes(),
                    &seed,
                    &index.to_be_bytes(),
                    &ELEMENT_LENGTH,
                    question.as_bytes(),
                    &ELEMENT_LENGTH,
                    answer.as_bytes(),
                    b"Composite",
                ],
            )
        })
        .collect()
}

/// Elements and weights are public, so their sum need not take constant time.
fn combine(weights: &[Scalar], points: impl Iterator<Item = RistrettoPoint>) -> RistrettoPoint {
    RistrettoPoint::vartime_multiscalar_mul(weights, points)
}

fn challenge(elements: [CompressedRistretto; 5]) -> Scalar {
    let [key, combined, combined_evaluated, commitment, combined_commitment] =
        elements.each_ref().map(CompressedRistretto::as_bytes);
    hash_to_scalar(
        CONTEXT,
        &[
            &ELEMENT_LENGTH,
            key,
            &ELEMENT_LENGTH,
            combined,
            &ELEMENT_LENGTH,
            combined_evaluated,
            &ELEMENT_LENGTH,
            commitment,
            &ELEMENT_LENGTH,
            combined_commitment,
            b"Challenge",
        ],
    )
}
