//! The keys with which a broker signs (RFC 7517). Each is used with the algorithms of its own kind and no other
//! (RFC 8725 section 3.1); a secret that is shared is no key here, and so nothing can be signed with one.

use jsonwebtoken::crypto::verify;
use jsonwebtoken::{Algorithm, DecodingKey};
use protocol::json::Json;
use protocol::text::{decode, decode_vec};

use super::{member, text};

/// So many keys of a set are looked at.
const MAX_KEYS: usize = 64;

/// Lengths of RSA moduli that are used, in bytes: 2048 to 8192 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// A broker's keys, those that can be used.
pub(super) struct KeySet(Vec<Key>);

struct Key {
    id: Option<String>,
    algorithms: &'static [Algorithm],
    key: DecodingKey,
}

/// How a signature was not found good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotVerified {
    /// No key of this name signs with this algorithm.
    NoKey,
    /// It is not that key's.
    Wrong,
}

impl KeySet {
    /// Reads a set; none when nothing in it can be used.
    pub(super) fn read(answer: &[u8]) -> Option<Self> {
        let json = Json::parse(answer).ok()?;
        let Json::List(keys) = member(&json, "keys")? else {
            return None;
        };
        // RFC 7517 section 5: what is not understood is passed over.
        let keys: Vec<Key> = keys.iter().take(MAX_KEYS).filter_map(Key::read).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// Checks a signature. Without a name there must be one key alone that it can be of.
    pub(super) fn verify(
        &self,
        (id, algorithm): (Option<&str>, Algorithm),
        message: &[u8],
        signature: &str,
    ) -> Result<(), NotVerified> {
        let fits = |key: &&Key| {
            key.algorithms.contains(&algorithm) && id.is_none_or(|id| key.id.as_deref() == Some(id))
        };
        let mut fitting = self.0.iter().filter(fits);
        let (Some(key), None) = (fitting.next(), fitting.next()) else {
            return Err(NotVerified::NoKey);
        };
        match verify(signature, message, &key.key, algorithm) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(NotVerified::Wrong),
        }
    }
}

impl Key {
    fn read(json: &Json) -> Option<Self> {
        if member(json, "use").is_some() && text(json, "use") != Some("sig") {
            return None;
        }
        let (key, algorithms): (DecodingKey, &'static [Algorithm]) = match text(json, "kty")? {
            "RSA" => {
                let (n, e) = (text(json, "n")?, text(json, "e")?);
                let modulus = decode_vec(n, *RSA_BYTES.end(), "modulus").ok()?;
                if !RSA_BYTES.contains(&modulus.len()) {
                    return None;
                }
                let key = DecodingKey::from_rsa_components(n, e).ok()?;
                match text(json, "alg") {
                    None => (key, &[Algorithm::RS256, Algorithm::PS256]),
                    Some("RS256") => (key, &[Algorithm::RS256]),
                    Some("PS256") => (key, &[Algorithm::PS256]),
                    Some(_) => return None,
                }
            }
            "EC" if text(json, "crv") == Some("P-256") => {
                let (x, y) = (text(json, "x")?, text(json, "y")?);
                decode::<32>(x, "coordinate")
                    .ok()
                    .and(decode::<32>(y, "coordinate").ok())?;
                only(json, &["ES256"])?;
                (DecodingKey::from_ec_components(x, y).ok()?, &[Algorithm::ES256])
            }
            "OKP" if text(json, "crv") == Some("Ed25519") => {
                let x = text(json, "x")?;
                decode::<32>(x, "point").ok()?;
                only(json, &["EdDSA", "Ed25519"])?;
                (DecodingKey::from_ed_components(x).ok()?, &[Algorithm::EdDSA])
            }
            _ => return None,
        };
        Some(Self {
            id: text(json, "kid").map(str::to_owned),
            algorithms,
            key,
        })
    }
}

/// That `alg`, when it is there, is one of these.
fn only(json: &Json, algorithms: &[&str]) -> Option<()> {
    match member(json, "alg") {
        None => Some(()),
        Some(_) => text(json, "alg").filter(|alg| algorithms.contains(alg)).map(drop),
    }
}

/// The algorithm that a header names, when it is one that a broker may sign with: never `none`, never one with a shared secret.
pub(super) fn algorithm(name: &str) -> Option<Algorithm> {
    match name {
        "RS256" => Some(Algorithm::RS256),
        "PS256" => Some(Algorithm::PS256),
        "ES256" => Some(Algorithm::ES256),
        "EdDSA" | "Ed25519" => Some(Algorithm::EdDSA),
        _ => None,
    }
}
