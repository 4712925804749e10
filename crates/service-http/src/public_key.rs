//! A public key with the one algorithm it is used for, ready to check signatures.

use std::fmt;
use std::sync::LazyLock;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use protocol::jwk::{Jwk, SigningAlgorithm};
use protocol::text::{decode, encode};

/// 65537, the one exponent of RSA keys that are taken.
const EXPONENT: [u8; 3] = [1, 0, 1];

/// A public key that signatures are checked against, with its own algorithm and no other (RFC 8725 section 3.1).
#[derive(Clone)]
pub struct PublicKey {
    algorithm: SigningAlgorithm,
    key: Option<ParsedPublicKey>,
    /// False for [`PublicKey::nobody`]: the work is done, the answer is no.
    accepts: bool,
}

/// Not a usable public key: not on its curve, not canonical, of small order, or no modulus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a usable public key")]
pub struct InvalidPublicKey;

impl PublicKey {
    /// Reads a key.
    ///
    /// # Errors
    /// [`InvalidPublicKey`] for a point not on its curve, or a weak one under which one signature fits many messages.
    pub fn of(jwk: &Jwk) -> Result<Self, InvalidPublicKey> {
        Ok(Self {
            algorithm: jwk.algorithm(),
            key: Some(parsed(jwk)?),
            accepts: true,
        })
    }

    /// The key to check against when there is none: verification does the same work as for a registered key of this
    /// algorithm and always fails, so that an unknown client and a wrong key cost the same time.
    pub fn nobody(algorithm: SigningAlgorithm) -> &'static Self {
        static NOBODY: LazyLock<[PublicKey; 3]> = LazyLock::new(|| {
            SigningAlgorithm::ALL.map(|algorithm| PublicKey {
                algorithm,
                key: nobodys(algorithm).and_then(|jwk| parsed(&jwk).ok()),
                accepts: false,
            })
        });
        let [ed25519, p256, rsa] = &*NOBODY;
        match algorithm {
            SigningAlgorithm::EdDsa => ed25519,
            SigningAlgorithm::Es256 => p256,
            SigningAlgorithm::Ps256 => rsa,
        }
    }

    /// The algorithm this key is used with.
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// Whether `signature` (unpadded base64url) over `message` was made with this key.
    pub(crate) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        // What cannot be read is checked too, as no bytes.
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        let checked = self.key.as_ref().map(|key| key.verify_sig(message, &signature));
        matches!(checked, Some(Ok(()))) && self.accepts
    }
}

fn parsed(jwk: &Jwk) -> Result<ParsedPublicKey, InvalidPublicKey> {
    let parsed = match jwk {
        Jwk::Ed25519(bytes) => {
            let point = VerifyingKey::from_bytes(bytes).map_err(|_| InvalidPublicKey)?;
            // RFC 8032 section 5.1.3: a second spelling of a point is no point.
            let canonical = point.to_edwards().compress();
            if point.is_weak() || canonical.as_bytes() != bytes {
                return Err(InvalidPublicKey);
            }
            ParsedPublicKey::new(&ED25519, bytes)
        }
        // SEC 1 section 2.3.3: 4 for a point that is not compressed. The library checks that it lies on the curve.
        Jwk::P256 { x, y } => {
            let point: Vec<u8> = [4].iter().chain(x).chain(y).copied().collect();
            ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        }
        Jwk::Rsa(n) => RsaPublicKeyComponents {
            n: n.as_bytes(),
            e: &EXPONENT[..],
        }
        .to_parsed_public_key(&RSA_PSS_2048_8192_SHA256),
    };
    parsed.map_err(|_| InvalidPublicKey)
}

/// Keys that exist and that nobody registers: the base points of the curves (RFC 8032 section 5.1, SEC 2 section 2.4.2),
/// and an odd number.
fn nobodys(algorithm: SigningAlgorithm) -> Option<Jwk> {
    const ED25519_Y: [u8; 32] = {
        let mut bytes = [0x66; 32];
        bytes[0] = 0x58;
        bytes
    };
    const P256: [&str; 2] = [
        "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
        "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
    ];
    match algorithm {
        SigningAlgorithm::EdDsa => Some(Jwk::Ed25519(ED25519_Y)),
        SigningAlgorithm::Es256 => {
            let [x, y] = P256.map(|text| decode(text, "coordinate").ok());
            x.zip(y).map(|(x, y)| Jwk::P256 { x, y })
        }
        SigningAlgorithm::Ps256 => encode([0xff; 256]).parse().ok().map(Jwk::Rsa),
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PublicKey")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ed25519(bytes: [u8; 32]) -> Option<InvalidPublicKey> {
        PublicKey::of(&Jwk::Ed25519(bytes)).err()
    }

    // rule: D3
    #[test]
    fn refuses_points_that_are_weak_or_off_the_curve() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(ed25519(identity), Some(InvalidPublicKey));
        assert_eq!(ed25519([0; 32]), Some(InvalidPublicKey), "order four");
        assert_eq!(ed25519([0xff; 32]), Some(InvalidPublicKey), "not canonical");
        assert_eq!(ed25519([2; 32]), Some(InvalidPublicKey), "not on the curve");
        for (x, y) in [([0; 32], [0; 32]), ([1; 32], [1; 32]), ([0xff; 32], [0xff; 32])] {
            let key = PublicKey::of(&Jwk::P256 { x, y });
            assert_eq!(key.err(), Some(InvalidPublicKey), "P-256");
        }
    }

    #[test]
    fn nobody_has_a_key_of_each_algorithm_and_accepts_nothing() {
        for algorithm in SigningAlgorithm::ALL {
            let nobody = PublicKey::nobody(algorithm);
            assert_eq!(nobody.algorithm(), algorithm);
            assert!(nobody.key.is_some() && !nobody.accepts, "{algorithm}");
            assert!(PublicKey::of(&nobodys(algorithm).unwrap()).is_ok(), "{algorithm}");
        }
    }
}
