//! Encrypted columns: XChaCha20-Poly1305 under the service's storage key.
//!
//! The nonce is 192 random bits, so no counter has to survive a crash. The purpose and what the value belongs to are
//! additional data: a value moved to another column or another organisation does not open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::{Zeroize, Zeroizing};

use crate::error::StoreError;
use crate::work::Chance;

const NONCE: usize = 24;

/// What an encrypted value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Reference and work contact of a professional; belongs to an organisation.
    Professional,
    /// Salt and data behind a leaf; belongs to an event.
    Opening,
    /// A stored idempotent answer; belongs to an organisation.
    Answer,
    /// A signal that waits in a batch; belongs to that batch and line.
    BatchLine,
    /// Address and secret of an endpoint of webhooks; belongs to that endpoint.
    Webhook,
    /// An address to which mail goes; belongs to an organisation.
    MailAddress,
    /// The quotient of the keyholder's two keys while a rotation lasts; belongs to a network.
    Delta,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Professional => b"trefpunt/v1/professional",
            Self::Opening => b"trefpunt/v1/opening",
            Self::Answer => b"trefpunt/v1/answer",
            Self::BatchLine => b"trefpunt/v1/batch-line",
            Self::Webhook => b"trefpunt/v1/webhook",
            Self::MailAddress => b"trefpunt/v1/mail-address",
            Self::Delta => b"trefpunt/v1/sealed-delta",
        }
    }
}

/// An encrypted value as it stands in a column: nonce and ciphertext.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

/// The storage key, ready for use.
#[derive(Clone)]
pub struct Crypter {
    cipher: XChaCha20Poly1305,
    pseudonyms: Zeroizing<[u8; 32]>,
    clients: Zeroizing<[u8; 32]>,
    addresses: Zeroizing<[u8; 32]>,
    possession: Zeroizing<[u8; 32]>,
}

impl Crypter {
    /// From the 32-byte storage key, which is wiped.
    pub fn new(mut key: [u8; 32]) -> Self {
        let cipher = XChaCha20Poly1305::new(&key.into());
        let pseudonyms = blake3::derive_key("trefpunt 2026 professional pseudonym v1", &key);
        let clients = blake3::derive_key("trefpunt 2026 client reference v1", &key);
        let addresses = blake3::derive_key("trefpunt 2026 mail address v1", &key);
        let possession = blake3::derive_key("trefpunt 2026 sealing key possession v1", &key);
        key.zeroize();
        Self {
            cipher,
            pseudonyms: Zeroizing::new(pseudonyms),
            clients: Zeroizing::new(clients),
            addresses: Zeroizing::new(addresses),
            possession: Zeroizing::new(possession),
        }
    }

    /// A name for a professional of an organisation towards who must count what they do and not know who they are: a
    /// keyed hash, the same each time, that nobody without the storage key can link to a reference.
    pub fn pseudonym(&self, organisation: &[u8; 16], reference: &[u8]) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.pseudonyms);
        hasher.update(organisation);
        hasher.update(reference);
        let mut pseudonym = [0; 16];
        hasher.finalize_xof().fill(&mut pseudonym);
        pseudonym
    }

    /// What stands for an organisation's own reference to a client of whom there is no BSN: a keyed hash, so that the
    /// reference itself is not kept, and another for each organisation.
    pub fn client_reference(&self, organisation: &[u8; 16], reference: &[u8]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.clients);
        hasher.update(organisation);
        hasher.update(reference);
        *hasher.finalize().as_bytes()
    }

    /// What stands for an address to which mail goes: a keyed hash, the same whoever has a message for it.
    pub fn address(&self, address: &[u8]) -> [u8; 32] {
        *blake3::keyed_hash(&self.addresses, address).as_bytes()
    }

    /// The secret towards which organisations prove that they have the secret of a sealing key.
    pub fn possession(&self) -> Zeroizing<[u8; 32]> {
        self.possession.clone()
    }

    /// Encrypts a value for a purpose and an owner.
    pub fn seal(&self, purpose: Purpose, owner: &[u8], plaintext: &[u8], chance: &Chance) -> Sealed {
        let mut nonce = [0; NONCE];
        chance(&mut nonce);
        let aad = additional_data(purpose, owner);
        let ciphertext = self
            .cipher
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: plaintext,
                    aad: &aad,
                },
            )
            .expect("XChaCha20-Poly1305 encrypts anything below 256 GiB");
        Sealed([nonce.as_slice(), &ciphertext].concat())
    }

    /// Decrypts it.
    ///
    /// # Errors
    /// [`StoreError::Unsealable`] when key, purpose or owner is another.
    pub fn open(
        &self,
        purpose: Purpose,
        owner: &[u8],
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let (nonce, ciphertext) = sealed
            .0
            .split_first_chunk::<NONCE>()
            .ok_or(StoreError::Unsealable)?;
        let aad = additional_data(purpose, owner);
        self.cipher
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: ciphertext,
                    aad: &aad,
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| StoreError::Unsealable)
    }
}

fn additional_data(purpose: Purpose, owner: &[u8]) -> Vec<u8> {
    [purpose.label(), &[0], owner].concat()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_value_opens_only_for_its_purpose_and_owner() {
        let chance: Chance = Arc::new(|bytes| bytes.fill(7));
        let crypter = Crypter::new([1; 32]);
        let sealed = crypter.seal(Purpose::Professional, b"org-1", b"juf Anja", &chance);
        assert_eq!(
            crypter
                .open(Purpose::Professional, b"org-1", &sealed)
                .unwrap()
                .as_slice(),
            b"juf Anja"
        );
        assert!(crypter.open(Purpose::Professional, b"org-2", &sealed).is_err());
        assert!(crypter.open(Purpose::Answer, b"org-1", &sealed).is_err());
        assert!(
            Crypter::new([2; 32])
                .open(Purpose::Professional, b"org-1", &sealed)
                .is_err()
        );
        assert!(
            crypter
                .open(Purpose::Professional, b"org-1", &Sealed(vec![0; 5]))
                .is_err()
        );
    }
}
