//! A registered public key with the one algorithm it is used for.

use std::fmt;
use std::sync::OnceLock;

use ed25519_dalek::VerifyingKey;
use jsonwebtoken::DecodingKey;

/// The algorithm a key is registered with; a key is never used with another (RFC 8725 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// Ed25519, RFC 8032.
    Ed25519,
}

impl Algorithm {
    /// Whether a JOSE `alg` names this algorithm. Ed25519 has two names: `EdDSA` of RFC 8037, where the curve comes
    /// from the key, and `Ed25519` of RFC 9864, which newer client libraries send.
    pub fn is_named(self, alg: &str) -> bool {
        match self {
            Self::Ed25519 => matches!(alg, "EdDSA" | "Ed25519"),
        }
    }

    /// The names offered in server metadata (RFC 8414 `token_endpoint_auth_signing_alg_values_supported`).
    pub const NAMES: [&'static str; 2] = ["EdDSA", "Ed25519"];

    fn library_name(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Ed25519 => jsonwebtoken::Algorithm::EdDSA,
        }
    }
}

/// A public key that signatures are checked against.
#[derive(Clone)]
pub struct PublicKey {
    algorithm: Algorithm,
    key: DecodingKey,
    /// False for [`PublicKey::nobody`]: the work is done, the answer is no.
    accepts: bool,
}

/// Not a usable Ed25519 public key: not on the curve, not canonical, or of small order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a usable Ed25519 public key")]
pub struct InvalidPublicKey;

impl PublicKey {
    /// Reads a 32-byte Ed25519 public key.
    ///
    /// # Errors
    /// [`InvalidPublicKey`] for a point not on the curve, or a weak one under which one signature fits many messages.
    pub fn ed25519(bytes: &[u8; 32]) -> Result<Self, InvalidPublicKey> {
        let point = VerifyingKey::from_bytes(bytes).map_err(|_| InvalidPublicKey)?;
        // RFC 8032 section 5.1.3: a second spelling of a point is no point.
        let canonical = point.to_edwards().compress();
        if point.is_weak() || canonical.as_bytes() != bytes {
            return Err(InvalidPublicKey);
        }
        Ok(Self {
            algorithm: Algorithm::Ed25519,
            key: DecodingKey::from_ed_der(bytes),
            accepts: true,
        })
    }

    /// The key to check against when there is none: verification does the same work as for a registered key and
    /// always fails, so that an unknown client and a wrong key cost the same time.
    pub fn nobody() -> &'static Self {
        static NOBODY: OnceLock<PublicKey> = OnceLock::new();
        // The base point of RFC 8032 section 5.1: y = 4/5, a valid point of full order.
        const BASE_POINT: [u8; 32] = {
            let mut bytes = [0x66; 32];
            bytes[0] = 0x58;
            bytes
        };
        NOBODY.get_or_init(|| Self {
            algorithm: Algorithm::Ed25519,
            key: DecodingKey::from_ed_der(&BASE_POINT),
            accepts: false,
        })
    }

    /// The algorithm this key is registered with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether `signature` (unpadded base64url) over `message` was made with this key.
    pub(crate) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let checked =
            jsonwebtoken::crypto::verify(signature, message, &self.key, self.algorithm.library_name());
        matches!(checked, Ok(true)) && self.accepts
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

    #[test]
    fn refuses_points_that_are_weak_or_off_the_curve() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::ed25519(&identity).err(), Some(InvalidPublicKey));
        assert_eq!(
            PublicKey::ed25519(&[0; 32]).err(),
            Some(InvalidPublicKey),
            "order four"
        );
        assert_eq!(
            PublicKey::ed25519(&[0xff; 32]).err(),
            Some(InvalidPublicKey),
            "not canonical"
        );
        assert_eq!(
            PublicKey::ed25519(&[2; 32]).err(),
            Some(InvalidPublicKey),
            "not on the curve"
        );
    }

    #[test]
    fn nobody_is_a_valid_point() {
        let Some(bytes) = PublicKey::nobody().key.try_get_as_bytes().ok() else {
            panic!("no bytes")
        };
        let bytes: [u8; 32] = bytes.try_into().unwrap();
        assert!(PublicKey::ed25519(&bytes).is_ok());
    }
}
