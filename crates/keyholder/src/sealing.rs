//! What is sealed in the database: XChaCha20-Poly1305 under the keyholder's storage key.
//!
//! The nonce is 192 random bits, so no counter has to survive a crash. The purpose and what the value belongs to are
//! additional data: a key moved to another epoch does not open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::environment::Environment;
use crate::error::KeyholderError;

const NONCE: usize = 24;

/// What a sealed value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// `k1` of an epoch; belongs to epoch and public key.
    Key,
    /// Salt and data behind a leaf; belongs to an event.
    Opening,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Key => b"trefpunt/v1/keyholder-key",
            Self::Opening => b"trefpunt/v1/keyholder-opening",
        }
    }
}

/// The storage key, ready for use, and the key derived from it under which professionals are counted.
#[derive(Clone)]
pub(crate) struct Sealing {
    cipher: XChaCha20Poly1305,
    professionals: Zeroizing<[u8; 32]>,
}

impl Sealing {
    /// From the 32-byte storage key.
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        let derive = |context: &str| Zeroizing::new(blake3::derive_key(context, key));
        let sealing = derive("trefpunt 2026 keyholder storage sealing key v1");
        Self {
            cipher: XChaCha20Poly1305::new(&(*sealing).into()),
            professionals: derive("trefpunt 2026 keyholder professional key v1"),
        }
    }

    /// Seals a value for a purpose and an owner.
    pub(crate) fn seal(
        &self,
        purpose: Purpose,
        owner: &[u8],
        plaintext: &[u8],
        environment: &Environment,
    ) -> Result<Vec<u8>, KeyholderError> {
        let nonce: [u8; NONCE] = environment.random();
        let aad = additional_data(purpose, owner);
        let payload = Payload {
            msg: plaintext,
            aad: &aad,
        };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload);
        let ciphertext = sealed.map_err(|_| KeyholderError::Unsealable)?;
        Ok([nonce.as_slice(), &ciphertext].concat())
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`KeyholderError::Unsealable`] when key, purpose or owner is another.
    pub(crate) fn open(
        &self,
        purpose: Purpose,
        owner: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeyholderError> {
        let (nonce, ciphertext) = sealed
            .split_first_chunk::<NONCE>()
            .ok_or(KeyholderError::Unsealable)?;
        let aad = additional_data(purpose, owner);
        let payload = Payload {
            msg: ciphertext,
            aad: &aad,
        };
        self.cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| KeyholderError::Unsealable)
    }

    /// Under what a professional is counted on one day: the same for every request of that day, another on each day, and
    /// nothing that leads back to the pseudonym without the storage key.
    pub(crate) fn professional(
        &self,
        day: jiff::civil::Date,
        organisation: &[u8; 16],
        sent: &[u8; 16],
    ) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.professionals);
        hasher
            .update(day.to_string().as_bytes())
            .update(&[0])
            .update(organisation)
            .update(sent);
        *hasher.finalize().as_bytes()
    }
}

fn additional_data(purpose: Purpose, owner: &[u8]) -> Vec<u8> {
    [purpose.label(), &[0], owner].concat()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn environment() -> Environment {
        Environment {
            clock: Arc::new(|| jiff::Timestamp::UNIX_EPOCH),
            stopwatch: Arc::new(|| std::time::Duration::ZERO),
            chance: Arc::new(|bytes| bytes.fill(7)),
        }
    }

    #[test]
    fn a_value_opens_only_for_its_purpose_and_owner() {
        let sealing = Sealing::new(&[1; 32]);
        let sealed = sealing
            .seal(Purpose::Key, b"epoch 1", b"a secret", &environment())
            .unwrap();
        assert_eq!(
            sealing
                .open(Purpose::Key, b"epoch 1", &sealed)
                .unwrap()
                .as_slice(),
            b"a secret"
        );
        assert!(sealing.open(Purpose::Key, b"epoch 2", &sealed).is_err());
        assert!(sealing.open(Purpose::Opening, b"epoch 1", &sealed).is_err());
        assert!(sealing.open(Purpose::Key, b"epoch 1", &sealed[..5]).is_err());
        let other = Sealing::new(&[2; 32]);
        assert!(other.open(Purpose::Key, b"epoch 1", &sealed).is_err());
    }

    #[test]
    fn a_professional_is_another_on_another_day_and_in_another_organisation() {
        let sealing = Sealing::new(&[1; 32]);
        let day = jiff::civil::date(2026, 11, 22);
        let one = sealing.professional(day, &[1; 16], &[2; 16]);
        assert_eq!(one, sealing.professional(day, &[1; 16], &[2; 16]));
        assert_ne!(
            one,
            sealing.professional(day.tomorrow().unwrap(), &[1; 16], &[2; 16])
        );
        assert_ne!(one, sealing.professional(day, &[3; 16], &[2; 16]));
        assert_ne!(one, sealing.professional(day, &[1; 16], &[3; 16]));
        assert_ne!(one, Sealing::new(&[2; 32]).professional(day, &[1; 16], &[2; 16]));
    }
}
