//! The key of one message: what sender and recipient agree on (HPKE, Auth mode), and the keyholder's share.

use hkdf::Hkdf;
use hpke::aead::ChaCha20Poly1305 as HpkeAead;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256 as Kem;
use hpke::{Deserializable as _, OpModeR, OpModeS, Serializable as _};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Gate, OpenError, Route, SealError, SealingKey, SealingSecret, Unusable};
use crate::text::{Base64Url, Confidential};

const LABEL: &[u8] = b"trefpunt/v1/e2e";
const CONTENT_LABEL: &[u8] = b"trefpunt/v1/content\0";

/// The encapsulated key, and the key of the content.
pub(super) fn to_recipient(
    route: &Route,
    gate: Gate<'_>,
    sender: &SealingSecret,
    recipient: &SealingKey,
    rng: &mut impl CryptoRng,
) -> Result<(Base64Url<32>, Confidential<32>), SealError> {
    let unusable = |_: Unusable| SealError::Key;
    let pair = (
        sender.hpke().map_err(unusable)?,
        sender.public().map_err(unusable)?.hpke().map_err(unusable)?,
    );
    let (enc, context) = hpke::setup_sender_with_rng::<HpkeAead, HkdfSha256, Kem>(
        &OpModeS::Auth(pair),
        &recipient.hpke().map_err(unusable)?,
        &parties(route),
        rng,
    )
    .map_err(|_| SealError::Key)?;
    let mut shared = Zeroizing::new([0; 32]);
    context
        .export(LABEL, &mut *shared)
        .map_err(|_| SealError::Failed)?;
    let mut enc_bytes = [0; 32];
    enc_bytes.copy_from_slice(&enc.to_bytes());
    let key = content_key(&shared, gate, route).ok_or(SealError::Failed)?;
    Ok((Base64Url(enc_bytes), key))
}

/// The key of the content.
pub(super) fn from_sender(
    expected: &Route,
    gate: Gate<'_>,
    sender: &SealingKey,
    recipient: &SealingSecret,
    enc: &Base64Url<32>,
) -> Result<Confidential<32>, OpenError> {
    let unusable = |_: Unusable| OpenError::Key;
    let enc = <Kem as hpke::Kem>::EncappedKey::from_bytes(&enc.0).map_err(|_| OpenError::Broken)?;
    let context = hpke::setup_receiver::<HpkeAead, HkdfSha256, Kem>(
        &OpModeR::Auth(sender.hpke().map_err(unusable)?),
        &recipient.hpke().map_err(unusable)?,
        &enc,
        &parties(expected),
    )
    .map_err(|_| OpenError::Broken)?;
    let mut shared = Zeroizing::new([0; 32]);
    context
        .export(LABEL, &mut *shared)
        .map_err(|_| OpenError::Broken)?;
    content_key(&shared, gate, expected).ok_or(OpenError::Broken)
}

fn parties(route: &Route) -> Vec<u8> {
    info(LABEL, &[&route.match_id.0, &route.sender.0, &route.recipient.0])
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
