//! Messages and attachments sealed by one organisation to another, under a consent record.
//!
//! The service stores what comes out of [`seal`] and [`Sealing`] and cannot open it. In full, with integers big-endian,
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
//! An attachment is sealed likewise, from a content of `[header] || file`, where the header is canonical JSON with the file's
//! name and type; it travels in parts of 15 sealed chunks. `kind` in the envelope tells the two apart.
//!
//! `g` is the share that a keyholder releases only while consent stands. A network without a keyholder
//! has an empty `g`: then the lock is the service's check alone, and the envelope says so
//! (`"gate":"none"`). A key is used for one message, so nonces never repeat.
//!
//! What it does not do: forward secrecy for the recipient (who steals an organisation's secret key
//! opens the messages kept for it, and can pretend to *that* organisation to be another sender: Auth
//! mode, RFC 9180 section 9.1.1), or hiding the length.

mod agreement;
mod attachment;
mod envelope;
mod fingerprint;
mod header;
mod key;
mod possession;
mod stream;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

pub use attachment::{
    MAX_ATTACHMENT_BYTES, Opened, Opening, OpeningError, PART_BYTES, PART_CHUNKS, SealedPart, Sealing,
};
pub use envelope::{ContentKind, Envelope, GateKind, Route};
pub use fingerprint::KeyFingerprint;
pub use header::AttachmentHeader;
pub use key::{SealingKey, SealingSecret, Unusable};
pub use possession::PossessionProof;
pub use stream::{CHUNK_BYTES, SEALED_CHUNK_BYTES, TAG_BYTES};

use crate::text::{Base64Url, Confidential};

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

/// A message or attachment could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The recipient's key is not a usable point, or the sender's secret is not a key.
    #[error("a key cannot be used to seal")]
    Key,
    /// More than 25 MiB, the header among them.
    #[error("an attachment has at most 25 MiB")]
    TooLarge,
    /// Another number of bytes than was announced: the file changed meanwhile.
    #[error("the content has another length than was announced")]
    Length,
    /// The cryptographic library refused.
    #[error("sealing failed")]
    Failed,
}

/// A message or attachment was not opened; nothing of its content is available.
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
    /// No attachment has so many sealed bytes.
    #[error("an attachment cannot have this number of sealed bytes")]
    Size,
    /// The sender sealed no proper name and type with the file.
    #[error("the header of the attachment is malformed")]
    Header,
    /// Parts are missing.
    #[error("the attachment is not whole")]
    Unfinished,
    /// Sealed to another key, by another key, under another share, or changed since.
    #[error("the message was not sealed by this sender to this recipient, or was changed")]
    Broken,
}

impl SealError {
    /// Its stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::TooLarge => "too-large",
            Self::Length => "length",
            Self::Failed => "failed",
        }
    }
}

impl OpenError {
    /// Its stable name; the same names stand in the vectors.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Envelope => "envelope",
            Self::Route => "route",
            Self::Kind => "kind",
            Self::EmptyShare => "empty-share",
            Self::ShareMissing => "share-missing",
            Self::Key => "key",
            Self::Size => "size",
            Self::Header => "header",
            Self::Unfinished => "unfinished",
            Self::Broken => "broken",
        }
    }
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
    let (enc, key) = agreement::to_recipient(route, gate, sender, recipient, rng)?;
    let envelope = Envelope::new(route, ContentKind::Message, gate.kind())
        .to_text()
        .map_err(|_| SealError::Failed)?;
    let ciphertext = stream::seal(&key, envelope.as_bytes(), content).map_err(|_| SealError::Failed)?;
    Ok(Sealed {
        enc,
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
    check_envelope(&sealed.envelope, expected, ContentKind::Message, gate)?;
    let key = agreement::from_sender(expected, gate, sender, recipient, &sealed.enc)?;
    stream::open(&key, sealed.envelope.as_bytes(), &sealed.ciphertext).map_err(|_| OpenError::Broken)
}

/// Whether the envelope is of what is expected, behind the gate that is known.
fn check_envelope(text: &str, expected: &Route, kind: ContentKind, gate: Gate<'_>) -> Result<(), OpenError> {
    let envelope = Envelope::parse(text).map_err(|_| OpenError::Envelope)?;
    if envelope.route() != *expected {
        return Err(OpenError::Route);
    }
    if envelope.kind != kind {
        return Err(OpenError::Kind);
    }
    match (envelope.gate, gate) {
        (GateKind::None, Gate::Share(_)) => Err(OpenError::EmptyShare),
        (GateKind::Keyholder, Gate::NoKeyholder) => Err(OpenError::ShareMissing),
        (GateKind::None, Gate::NoKeyholder) | (GateKind::Keyholder, Gate::Share(_)) => Ok(()),
    }
}

#[cfg(test)]
pub(crate) mod tests;
