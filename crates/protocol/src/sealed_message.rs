//! Messages sealed by one organisation to another, under a consent record.
//!
//! The service stores what comes out of [`seal`] and cannot open it. In full, with integers big-endian,
//! `||` for joining, ids as their raw 16 bytes and `[x]` for `u16 len(x) || x`:
//!
//! ```text
//! HPKE (RFC 9180), Auth mode: DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, ChaCha20-Poly1305 0x0003
//! info = "trefpunt/v1/e2e" || [match] || [sender] || [recipient]
//! enc, ss = context from sender's secret key to recipient's public key; ss = Export("trefpunt/v1/e2e", 32)
//! CEK  = HKDF-SHA-256(ikm = ss || g, salt = SHA-256(consent record),
//!                     info = "trefpunt/v1/content" || 0x00 || [match] || [message], 32 bytes)
//! body = STREAM of ChaCha20-Poly1305(CEK): chunks of 64 KiB, nonce = 88-bit counter || u8 last,
//!        additional data of every chunk = the envelope's canonical JSON
//! ```
//!
//! `g` is the share that a keyholder releases only while consent stands. A network without a keyholder
//! has an empty `g`: then the lock is the service's check alone, and the envelope says so
//! (`"gate":"none"`). A key is used for one message, so nonces never repeat.
//!
//! What it does not do: forward secrecy for the recipient (who steals an organisation's secret key
//! opens the messages kept for it, and can pretend to *that* organisation to be another sender: Auth
//! mode, RFC 9180 section 9.1.1), or hiding the length.

mod envelope;
mod fingerprint;
mod key;
mod stream;

use hkdf::Hkdf;
use hpke::aead::ChaCha20Poly1305 as HpkeAead;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256 as Kem;
use hpke::{Deserializable as _, OpModeR, OpModeS, Serializable as _};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

pub use envelope::{ContentKind, Envelope, GateKind, Route};
pub use fingerprint::KeyFingerprint;
pub use key::{SealingKey, SealingSecret, Unusable};
pub use stream::{CHUNK_BYTES, TAG_BYTES};

use crate::text::{Base64Url, Confidential};

const LABEL: &[u8] = b"trefpunt/v1/e2e";
const CONTENT_LABEL: &[u8] = b"trefpunt/v1/content\0";

/// A sealed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The encapsulated key.
    pub enc: Base64Url<32>,
    /// The envelope as canonical JSON.
    pub envelope: String,
    /// The sealed content.
    pub ciphertext: Vec<u8>,
}

/// What the caller knows about a keyholder. Who knows one always brings its share: an empty share
/// cannot be asked for then, and a message that has one is refused.
#[derive(Debug, Clone, Copy)]
pub enum Gate<'a> {
    /// The network has no keyholder.
    NoKeyholder,
    /// The keyholder's share for this very message.
    Share(&'a Confidential<32>),
}

impl Gate<'_> {
    const fn kind(&self) -> GateKind {
        match self {
            Self::NoKeyholder => GateKind::None,
            Self::Share(_) => GateKind::Keyholder,
        }
    }

    const fn share(&self) -> &[u8] {
        match self {
            Self::NoKeyholder => &[],
            Self::Share(share) => share.expose(),
        }
    }
}

/// A message could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The recipient's key is not a usable point, or the sender's secret is not a key.
    #[error("a key cannot be used to seal")]
    Key,
    /// The cryptographic library refused.
    #[error("sealing failed")]
    Failed,
}

/// A message was not opened; nothing of its content is available.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The envelope is not one, or not in its one spelling.
    #[error("the envelope is malformed")]
    Envelope,
    /// The envelope is for another match, message, sender, recipient or consent than expected.
    #[error("the envelope belongs to another message")]
    Route,
    /// An attachment where a message is expected, or the reverse.
    #[error("the envelope is of another kind of content")]
    Kind,
    /// The sender left out the keyholder's share in a network that has a keyholder.
    #[error("the message is sealed without the keyholder's share")]
    EmptyShare,
    /// The message needs the keyholder's share and the caller brought none.
    #[error("the keyholder's share is needed")]
    ShareMissing,
    /// A key is not usable.
    #[error("a key cannot be used to open")]
    Key,
    /// Sealed to another key, by another key, under another share, or changed since.
    #[error("the message was not sealed by this sender to this recipient, or was changed")]
    Broken,
}

/// Seals content for one message.
///
/// `route.message_id` must be new and random: the service refuses one it has seen in this match. The
/// caller has checked the consent record behind `route.consent_hash`.
///
/// # Errors
/// [`SealError`].
pub fn seal(
    route: &Route,
    gate: Gate<'_>,
    sender: &SealingSecret,
    recipient: &SealingKey,
    content: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Sealed, SealError> {
    let unusable = |_: Unusable| SealError::Key;
    let pair = (
        sender.hpke().map_err(unusable)?,
        sender.public().map_err(unusable)?.hpke().map_err(unusable)?,
    );
    let (enc, context) = hpke::setup_sender_with_rng::<HpkeAead, HkdfSha256, Kem>(
        &OpModeS::Auth(pair),
        &recipient.hpke().map_err(unusable)?,
        &info(LABEL, &[&route.match_id.0, &route.sender.0, &route.recipient.0]),
        rng,
    )
    .map_err(|_| SealError::Key)?;
    let mut shared = Zeroizing::new([0; 32]);
    context
        .export(LABEL, &mut *shared)
        .map_err(|_| SealError::Failed)?;

    let envelope = Envelope::new(route, ContentKind::Message, gate.kind())
        .to_text()
        .map_err(|_| SealError::Failed)?;
    let key = content_key(&shared, gate, route).ok_or(SealError::Failed)?;
    let ciphertext = stream::seal(&key, envelope.as_bytes(), content).map_err(|_| SealError::Failed)?;
    let mut enc_bytes = [0; 32];
    enc_bytes.copy_from_slice(&enc.to_bytes());
    Ok(Sealed {
        enc: Base64Url(enc_bytes),
        envelope,
        ciphertext,
    })
}

/// Opens a message that must be the one `expected`: all of it, or nothing.
///
/// The caller has checked the consent record behind `expected.consent_hash`, and knows `sender`'s key
/// from elsewhere than the message.
///
/// # Errors
/// [`OpenError`].
pub fn open(
    expected: &Route,
    gate: Gate<'_>,
    sender: &SealingKey,
    recipient: &SealingSecret,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let envelope = Envelope::parse(&sealed.envelope).map_err(|_| OpenError::Envelope)?;
    if envelope.route() != *expected {
        return Err(OpenError::Route);
    }
    if envelope.kind != ContentKind::Message {
        return Err(OpenError::Kind);
    }
    match (envelope.gate, gate) {
        (GateKind::None, Gate::Share(_)) => return Err(OpenError::EmptyShare),
        (GateKind::Keyholder, Gate::NoKeyholder) => return Err(OpenError::ShareMissing),
        (GateKind::None, Gate::NoKeyholder) | (GateKind::Keyholder, Gate::Share(_)) => {}
    }

    let unusable = |_: Unusable| OpenError::Key;
    let enc = <Kem as hpke::Kem>::EncappedKey::from_bytes(&sealed.enc.0).map_err(|_| OpenError::Broken)?;
    let context = hpke::setup_receiver::<HpkeAead, HkdfSha256, Kem>(
        &OpModeR::Auth(sender.hpke().map_err(unusable)?),
        &recipient.hpke().map_err(unusable)?,
        &enc,
        &info(
            LABEL,
            &[&expected.match_id.0, &expected.sender.0, &expected.recipient.0],
        ),
    )
    .map_err(|_| OpenError::Broken)?;
    let mut shared = Zeroizing::new([0; 32]);
    context
        .export(LABEL, &mut *shared)
        .map_err(|_| OpenError::Broken)?;
    let key = content_key(&shared, gate, expected).ok_or(OpenError::Broken)?;
    stream::open(&key, sealed.envelope.as_bytes(), &sealed.ciphertext).map_err(|_| OpenError::Broken)
}

fn content_key(shared: &[u8; 32], gate: Gate<'_>, route: &Route) -> Option<Confidential<32>> {
    let mut secret = Zeroizing::new(Vec::with_capacity(64));
    secret.extend_from_slice(shared);
    secret.extend_from_slice(gate.share());
    let info = info(CONTENT_LABEL, &[&route.match_id.0, &route.message_id.0]);
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(&route.consent_hash.0), &secret)
        .expand(&info, &mut *key)
        .ok()?;
    Some(Confidential::new(*key))
}

/// A label and ids, each with its length before it.
fn info(label: &[u8], ids: &[&[u8; 16]]) -> Vec<u8> {
    let mut info = label.to_vec();
    for id in ids {
        info.extend_from_slice(&16_u16.to_be_bytes());
        info.extend_from_slice(*id);
    }
    info
}

#[cfg(test)]
pub(crate) mod tests;
