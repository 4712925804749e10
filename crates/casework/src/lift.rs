//! Tokens sealed for a later key rotation.
//!
//! The token itself is dropped at once; what is kept beside the tag only opens with a key that two custodians hold in
//! halves. HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, ChaCha20-Poly1305 0x0003.
//!
//! One HPKE context serves a process for ten minutes, since a key agreement for each token would cost more than
//! everything else about it. With integers big-endian:
//!
//! ```text
//! enc    in `lift_context`, once for each context; info = "trefpunt/v1/lift" || 0x00
//! key    = context.Export("trefpunt/v1/lift", 32)
//! sealed = u64 context || u64 sequence || ChaCha20-Poly1305(key, nonce = 0x00000000 || u64 sequence, aad, token)
//! aad    = "trefpunt/v1/lift" || 0x00 || u8 suite || u8 kind || u16 net epoch || u16 oprf epoch || u16 tag epoch
//! ```
//!
//! A sequence is never used twice under a key: it is one counter of one process, and both die together. HPKE's own
//! sequence is not used because its receiver opens in order only, and a table has none.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use hpke::aead::ChaCha20Poly1305 as HpkeAead;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem as KemTrait, OpModeR, OpModeS, Serializable};
use identifiers::Token;
use store::{Chance, Context, Role, StoreError, Submit, Tx, Work, WritesLiftContexts};
use subtle::ConstantTimeEq;
use tokio::sync::Mutex;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::Casework;

type Kem = X25519HkdfSha256;

const LABEL: &[u8] = b"trefpunt/v1/lift";

/// How long one context serves.
const LIFE: Duration = Duration::from_mins(10);

/// Bytes of a sealed token: context, sequence, token, tag of the cipher.
pub const SEALED_BYTES: usize = 8 + 8 + 32 + 16;

/// `pk_lift`.
#[derive(Clone)]
pub struct LiftKey(<Kem as KemTrait>::PublicKey);

/// `sk_lift`, which exists only in the memory of a ceremony. Debug shows nothing; wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct LiftSecret([u8; 32]);

/// What a sealed token is bound to: it opens as nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Binding {
    pub(crate) suite: u8,
    pub(crate) kind: u8,
    pub(crate) net_epoch: u16,
    /// Zero for suite 1, which has none.
    pub(crate) oprf_epoch: u16,
    pub(crate) tag_epoch: u16,
}

/// The key is not a usable X25519 public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lift key is not a usable X25519 public key")]
pub struct UnusableLiftKey;

/// A sealed token does not open: it is damaged, bound to something else, or sealed to another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed token does not open")]
pub struct Unopenable;

/// Seals tokens under one context. Shared by all threads of a process.
pub(crate) struct Sealer {
    context: u64,
    cipher: ChaCha20Poly1305,
    sequence: AtomicU64,
}

/// Opens the tokens of contexts that it was given. Only a ceremony has one.
#[derive(Clone)]
pub(crate) struct Opener {
    secret: LiftSecret,
    ciphers: HashMap<u64, ChaCha20Poly1305>,
}

/// The sealer that serves now.
#[derive(Default)]
pub(crate) struct CurrentSealer(Mutex<Option<Arc<Sealer>>>);

impl Casework {
    /// The sealer that serves now; makes one, and its row, when there is none or the last one is ten minutes old.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn sealer(&self) -> Result<Arc<Sealer>, StoreError> {
        let mut current = self.inner.sealer.0.lock().await;
        if let Some(sealer) = current.as_ref() {
            return Ok(Arc::clone(sealer));
        }
        let sealer = Arc::new(self.new_sealer::<Submit>().await?);
        *current = Some(Arc::clone(&sealer));
        let served = Arc::downgrade(&sealer);
        let casework = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            tokio::time::sleep(LIFE).await;
            if let (Some(inner), Some(served)) = (casework.upgrade(), served.upgrade()) {
                let mut current = inner.sealer.0.lock().await;
                if current
                    .as_ref()
                    .is_some_and(|sealer| Arc::ptr_eq(sealer, &served))
                {
                    *current = None;
                }
            }
        });
        Ok(sealer)
    }

    /// A context of one's own, as a ceremony makes it.
    pub(crate) async fn new_sealer<R: WritesLiftContexts>(&self) -> Result<Sealer, StoreError> {
        let (enc, key) = self
            .keys()
            .lift
            .encapsulate(self.store().chance())
            .map_err(|_| StoreError::Unsealable)?;
        let work = InsertLiftContext {
            enc,
            role: std::marker::PhantomData::<R>,
        };
        let context = self.store().run(Context::Service, work).await?;
        Ok(Sealer::new(context, &key))
    }
}

struct InsertLiftContext<R> {
    enc: [u8; 32],
    role: std::marker::PhantomData<R>,
}

impl<R: Role + WritesLiftContexts> Work for InsertLiftContext<R> {
    const NAME: &'static str = "insert_lift_context";
    type Role = R;
    type Output = u64;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, R>) -> Result<u64, StoreError> {
        tx.insert_lift_context(&self.enc).await
    }
}

impl LiftKey {
    /// From 32 bytes.
    ///
    /// # Errors
    /// [`UnusableLiftKey`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, UnusableLiftKey> {
        <Kem as KemTrait>::PublicKey::from_bytes(bytes)
            .map(Self)
            .map_err(|_| UnusableLiftKey)
    }

    /// A new context: `enc` and its exported key.
    fn encapsulate(&self, chance: &Chance) -> Result<([u8; 32], Zeroizing<[u8; 32]>), UnusableLiftKey> {
        let (enc, context) = hpke::setup_sender_with_rng::<HpkeAead, HkdfSha256, Kem>(
            &OpModeS::Base,
            &self.0,
            &info(),
            &mut ChanceRng(chance),
        )
        .map_err(|_| UnusableLiftKey)?;
        let mut key = Zeroizing::new([0; 32]);
        context.export(LABEL, &mut *key).map_err(|_| UnusableLiftKey)?;
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&enc.to_bytes());
        Ok((bytes, key))
    }
}

impl LiftSecret {
    /// From the custodians' two shares, which are joined by exclusive or.
    pub fn join(one: &[u8; 32], other: &[u8; 32]) -> Self {
        let mut secret = Self([0; 32]);
        for (at, byte) in secret.0.iter_mut().enumerate() {
            *byte = one[at] ^ other[at];
        }
        secret
    }

    /// Whether it is the secret of this public key.
    pub fn is_of(&self, key: &LiftKey) -> bool {
        <Kem as KemTrait>::PrivateKey::from_bytes(&self.0).is_ok_and(|secret| {
            let own = Kem::sk_to_pk(&secret).to_bytes();
            own.as_slice().ct_eq(key.0.to_bytes().as_slice()).into()
        })
    }

    fn context_key(&self, enc: &[u8; 32]) -> Result<Zeroizing<[u8; 32]>, Unopenable> {
        let secret = <Kem as KemTrait>::PrivateKey::from_bytes(&self.0).map_err(|_| Unopenable)?;
        let enc = <Kem as KemTrait>::EncappedKey::from_bytes(enc).map_err(|_| Unopenable)?;
        let context =
            hpke::setup_receiver::<HpkeAead, HkdfSha256, Kem>(&OpModeR::Base, &secret, &enc, &info())
                .map_err(|_| Unopenable)?;
        let mut key = Zeroizing::new([0; 32]);
        context.export(LABEL, &mut *key).map_err(|_| Unopenable)?;
        Ok(key)
    }
}

impl std::fmt::Debug for LiftSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LiftSecret(..)")
    }
}

impl Sealer {
    fn new(context: u64, key: &[u8; 32]) -> Self {
        Self {
            context,
            cipher: ChaCha20Poly1305::new(&(*key).into()),
            sequence: AtomicU64::new(0),
        }
    }

    /// The token, sealed and bound.
    pub(crate) fn seal(&self, token: &Token, binding: Binding) -> [u8; SEALED_BYTES] {
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
        let ciphertext = self
            .cipher
            .encrypt(
                &nonce(sequence),
                Payload {
                    msg: token.as_bytes(),
                    aad: &binding.additional_data(),
                },
            )
            .expect("ChaCha20-Poly1305 encrypts anything below 256 GiB");
        let mut sealed = [0; SEALED_BYTES];
        sealed[..8].copy_from_slice(&self.context.to_be_bytes());
        sealed[8..16].copy_from_slice(&sequence.to_be_bytes());
        sealed[16..].copy_from_slice(&ciphertext);
        sealed
    }
}

impl Opener {
    pub(crate) fn new(secret: LiftSecret) -> Self {
        Self {
            secret,
            ciphers: HashMap::new(),
        }
    }

    /// Makes the tokens of a context openable. One key agreement.
    pub(crate) fn add(&mut self, context: u64, enc: &[u8; 32]) -> Result<(), Unopenable> {
        let key = self.secret.context_key(enc)?;
        self.ciphers
            .insert(context, ChaCha20Poly1305::new(&(*key).into()));
        Ok(())
    }

    /// Whether the context was added.
    pub(crate) fn knows(&self, context: u64) -> bool {
        self.ciphers.contains_key(&context)
    }

    /// The token, if it was sealed under a known context with this binding.
    pub(crate) fn open(&self, sealed: &[u8], binding: Binding) -> Result<Token, Unopenable> {
        let sealed: &[u8; SEALED_BYTES] = sealed.try_into().map_err(|_| Unopenable)?;
        let (sequence, ciphertext) = sealed[8..].split_first_chunk::<8>().ok_or(Unopenable)?;
        let cipher = self.ciphers.get(&context_of(sealed)?).ok_or(Unopenable)?;
        let payload = Payload {
            msg: ciphertext,
            aad: &binding.additional_data(),
        };
        let token = cipher
            .decrypt(&nonce(u64::from_be_bytes(*sequence)), payload)
            .map(Zeroizing::new)
            .map_err(|_| Unopenable)?;
        let token: &[u8; 32] = token.as_slice().try_into().map_err(|_| Unopenable)?;
        Ok(Token::from_bytes(*token))
    }
}

/// The context a sealed token belongs to.
pub(crate) fn context_of(sealed: &[u8]) -> Result<u64, Unopenable> {
    let (context, _) = sealed.split_first_chunk::<8>().ok_or(Unopenable)?;
    Ok(u64::from_be_bytes(*context))
}

impl Binding {
    fn additional_data(self) -> Vec<u8> {
        let mut data = info();
        data.extend([self.suite, self.kind]);
        data.extend(self.net_epoch.to_be_bytes());
        data.extend(self.oprf_epoch.to_be_bytes());
        data.extend(self.tag_epoch.to_be_bytes());
        data
    }
}

fn info() -> Vec<u8> {
    [LABEL, &[0]].concat()
}

fn nonce(sequence: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&sequence.to_be_bytes());
    Nonce::from(nonce)
}

/// The program's entropy in the form that cryptographic crates take.
pub(crate) struct ChanceRng<'c>(pub(crate) &'c Chance);

impl rand_core::TryRng for ChanceRng<'_> {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        (self.0)(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        (self.0)(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        (self.0)(bytes);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for ChanceRng<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    const BINDING: Binding = Binding {
        suite: 2,
        kind: 1,
        net_epoch: 1,
        oprf_epoch: 3,
        tag_epoch: 1,
    };

    fn secret() -> LiftSecret {
        LiftSecret::join(&[7; 32], &[1; 32])
    }

    fn key_of(secret: &LiftSecret) -> LiftKey {
        let secret = <Kem as KemTrait>::PrivateKey::from_bytes(&secret.0).unwrap();
        LiftKey(Kem::sk_to_pk(&secret))
    }

    fn sealer_and_opener() -> (Sealer, Opener) {
        let chance: Chance = Arc::new(|bytes| bytes.fill(5));
        let (enc, key) = key_of(&secret()).encapsulate(&chance).unwrap();
        let mut opener = Opener::new(secret());
        opener.add(42, &enc).unwrap();
        (Sealer::new(42, &key), opener)
    }

    #[test]
    fn a_sealed_token_opens_with_the_joined_secret() {
        let (sealer, opener) = sealer_and_opener();
        for byte in 0..3 {
            let token = Token::from_bytes([byte; 32]);
            let sealed = sealer.seal(&token, BINDING);
            assert_eq!(context_of(&sealed), Ok(42));
            assert_eq!(sealed[8..16], u64::from(byte).to_be_bytes());
            assert_eq!(opener.open(&sealed, BINDING), Ok(token));
        }
    }

    #[test]
    fn every_fact_it_is_bound_to_must_be_the_same() {
        let (sealer, opener) = sealer_and_opener();
        let sealed = sealer.seal(&Token::from_bytes([9; 32]), BINDING);
        let others = [
            Binding { suite: 1, ..BINDING },
            Binding {
                kind: 0x10,
                ..BINDING
            },
            Binding {
                net_epoch: 2,
                ..BINDING
            },
            Binding {
                oprf_epoch: 0,
                ..BINDING
            },
            Binding {
                tag_epoch: 2,
                ..BINDING
            },
        ];
        for other in others {
            assert_eq!(opener.open(&sealed, other), Err(Unopenable), "{other:?}");
        }
    }

    #[test]
    fn no_other_bytes_open_and_no_other_context() {
        let (sealer, mut opener) = sealer_and_opener();
        let sealed = sealer.seal(&Token::from_bytes([9; 32]), BINDING);
        for at in 0..sealed.len() {
            let mut changed = sealed;
            changed[at] ^= 1;
            assert_eq!(opener.open(&changed, BINDING), Err(Unopenable), "byte {at}");
        }
        assert_eq!(opener.open(&sealed[..63], BINDING), Err(Unopenable));
        assert_eq!(opener.open(&[], BINDING), Err(Unopenable));
        assert!(!opener.knows(43));
        // Another `enc` under the same number gives another key.
        opener.add(42, &[9; 32]).unwrap();
        assert_eq!(opener.open(&sealed, BINDING), Err(Unopenable));
    }

    #[test]
    fn a_wrong_share_is_noticed_by_the_public_key() {
        let key = key_of(&secret());
        assert!(secret().is_of(&key));
        assert!(LiftSecret::join(&[1; 32], &[7; 32]).is_of(&key));
        assert!(!LiftSecret::join(&[7; 32], &[2; 32]).is_of(&key));
        assert!(!LiftSecret::join(&[7; 32], &[7; 32]).is_of(&key));
        assert_eq!(format!("{:?}", secret()), "LiftSecret(..)");
    }

    /// A change of these bytes would leave every stored token shut.
    #[test]
    fn the_form_of_a_sealed_token_stands() {
        let (sealer, _) = sealer_and_opener();
        let sealed = sealer.seal(&Token::from_bytes([9; 32]), BINDING);
        let text: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            text,
            "000000000000002a0000000000000000def5191401f8d6787812278d341be482\
             ec7ce2350310bcffa06e35dab84f5ce84d4551dee4851f930f8be6f36bbd33c5"
        );
        assert_eq!(
            BINDING.additional_data(),
            b"trefpunt/v1/lift\0\x02\x01\0\x01\0\x03\0\x01"
        );
    }
}
