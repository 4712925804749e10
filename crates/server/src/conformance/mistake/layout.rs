//! The ways to get layout, key and MAC wrong.

use hmac::{Hmac, KeyInit, Mac};
use protocol::text::encode;
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

use super::*;

const LABEL: &[u8] = b"trefpunt/v1/ident";

/// The bytes before the value: label, zero, epoch, kind, length.
pub(super) const IDENT_PREFIX: usize = LABEL.len() + 6;

pub(super) fn keys(secret: &[u8; 32]) -> Vec<Way<Bytes>> {
    let text = Zeroizing::new(encode(secret));
    let line = Zeroizing::new(format!("{}\n", *text));
    let hex = Zeroizing::new(
        secret
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>(),
    );
    [
        (None, secret.as_slice()),
        (Some(&KEY_AS_TEXT), text.as_bytes()),
        (Some(&KEY_AS_TEXT_LINE), line.as_bytes()),
        (Some(&KEY_AS_HEX), hex.as_bytes()),
        (Some(&KEY_AS_HEX), Zeroizing::new(hex.to_uppercase()).as_bytes()),
    ]
    .map(|(mistake, key)| (mistake, Zeroizing::new(key.to_vec())))
    .into()
}

/// Lays out epoch, the bytes of the kind, and the value.
pub(super) type Layout = fn(u32, &[u8], &[u8]) -> Bytes;

fn joined(parts: &[&[u8]]) -> Bytes {
    Zeroizing::new(parts.concat())
}

/// An epoch or a length in two bytes; what does not fit is none that a vendor could have meant.
fn two(number: u32) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes()
}

fn two_little(number: u32) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

fn length(value: &[u8]) -> u32 {
    u32::try_from(value.len()).unwrap_or(u32::MAX)
}

pub(super) fn right_layout(epoch: u32, kind: &[u8], value: &[u8]) -> Bytes {
    joined(&[LABEL, &[0], &two(epoch), kind, &two(length(value)), value])
}

pub(super) static LAYOUTS: &[Way<Layout>] = &[
    (None, right_layout),
    (Some(&LITTLE_ENDIAN_EPOCH), |e, k, v| {
        joined(&[LABEL, &[0], &two_little(e), k, &two(length(v)), v])
    }),
    (Some(&LITTLE_ENDIAN_LENGTH), |e, k, v| {
        joined(&[LABEL, &[0], &two(e), k, &two_little(length(v)), v])
    }),
    (Some(&LITTLE_ENDIAN), |e, k, v| {
        joined(&[LABEL, &[0], &two_little(e), k, &two_little(length(v)), v])
    }),
    (Some(&MISSING_ZERO), |e, k, v| {
        joined(&[LABEL, &two(e), k, &two(length(v)), v])
    }),
    (Some(&ZERO_AS_TEXT), |e, k, v| {
        joined(&[LABEL, b"\\0", &two(e), k, &two(length(v)), v])
    }),
    (Some(&ZERO_AS_TEXT), |e, k, v| {
        joined(&[LABEL, b"\\x00", &two(e), k, &two(length(v)), v])
    }),
    (Some(&ZERO_AS_TEXT), |e, k, v| {
        joined(&[LABEL, b"0", &two(e), k, &two(length(v)), v])
    }),
    (Some(&MISSING_LENGTH), |e, k, v| {
        joined(&[LABEL, &[0], &two(e), k, v])
    }),
    (Some(&SHORT_LENGTH), |e, k, v| {
        joined(&[LABEL, &[0], &two(e), k, &two(length(v))[1..], v])
    }),
    (Some(&LONG_LENGTH), |e, k, v| {
        joined(&[LABEL, &[0], &two(e), k, &length(v).to_be_bytes(), v])
    }),
    (Some(&MISSING_KIND), |e, _, v| {
        joined(&[LABEL, &[0], &two(e), &two(length(v)), v])
    }),
    (Some(&MISSING_EPOCH), |_, k, v| {
        joined(&[LABEL, &[0], k, &two(length(v)), v])
    }),
    (Some(&LONG_EPOCH), |e, k, v| {
        joined(&[LABEL, &[0], &e.to_be_bytes(), k, &two(length(v)), v])
    }),
    (Some(&EPOCH_AS_TEXT), |e, k, v| {
        joined(&[LABEL, &[0], e.to_string().as_bytes(), k, &two(length(v)), v])
    }),
    (Some(&KIND_FIRST), |e, k, v| {
        joined(&[LABEL, &[0], k, &two(e), &two(length(v)), v])
    }),
    (Some(&MISSING_LABEL), |e, k, v| {
        joined(&[&two(e), k, &two(length(v)), v])
    }),
    (Some(&VALUE_ALONE), |_, _, v| joined(&[v])),
];

pub(super) type Authenticate = fn(&[u8], &[u8]) -> [u8; 32];

pub(super) static MACS: &[Way<Authenticate>] = &[
    (None, hmac_sha256),
    (Some(&SWAPPED), |key, message| hmac_sha256(message, key)),
    (Some(&PLAIN_HASH), |key, message| {
        Sha256::new()
            .chain_update(key)
            .chain_update(message)
            .finalize()
            .into()
    }),
    (Some(&PLAIN_HASH), |key, message| {
        Sha256::new()
            .chain_update(message)
            .chain_update(key)
            .finalize()
            .into()
    }),
    (Some(&NO_KEY), |_, message| Sha256::digest(message).into()),
    (Some(&OTHER_HASH), |key, message| {
        hmac::<Hmac<Sha512>>(key, message)
    }),
];

pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    hmac::<Hmac<Sha256>>(key, message)
}

/// The first 32 bytes of an HMAC, which takes keys of any length.
fn hmac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    if let Ok(mac) = <M as KeyInit>::new_from_slice(key) {
        digest.copy_from_slice(&mac.chain_update(message).finalize().into_bytes()[..32]);
    }
    digest
}
