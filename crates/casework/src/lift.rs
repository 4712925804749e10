//! Tokens sealed for a later key rotation.
//!
//! The token itself is dropped at once; what is kept beside the tag only opens with a key that two custodians hold in
//! halves. HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305; the info binds suite,
//! kind and epochs, so a sealed token cannot be passed off as one of another kind.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem as KemTrait, OpModeS, Serializable};
use identifiers::Token;
use store::Chance;

type Kem = X25519HkdfSha256;

/// `pk_lift`.
#[derive(Clone)]
pub struct LiftKey(<Kem as KemTrait>::PublicKey);

/// What a sealed token is bound to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Binding {
    pub(crate) suite: u8,
    pub(crate) kind: u8,
    pub(crate) net_epoch: u16,
    pub(crate) tag_epoch: u16,
}

impl Binding {
    fn info(self) -> Vec<u8> {
        let mut info = b"trefpunt/v1/lift\0".to_vec();
        info.extend([self.suite, self.kind]);
        info.extend(self.net_epoch.to_be_bytes());
        info.extend(self.tag_epoch.to_be_bytes());
        info
    }
}

/// The key is not a usable X25519 public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lift key is not a usable X25519 public key")]
pub struct UnusableLiftKey;

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

    /// `enc` and ciphertext of a token: 80 bytes.
    pub(crate) fn seal(
        &self,
        token: &Token,
        binding: Binding,
        chance: &Chance,
    ) -> Result<Vec<u8>, UnusableLiftKey> {
        let (enc, ciphertext) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeS::Base,
            &self.0,
            &binding.info(),
            token.as_bytes(),
            &[],
            &mut ChanceRng(chance),
        )
        .map_err(|_| UnusableLiftKey)?;
        Ok([enc.to_bytes().as_slice(), &ciphertext].concat())
    }
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
    use std::sync::Arc;

    use hpke::OpModeR;

    use super::*;

    #[test]
    fn a_sealed_token_opens_with_the_secret_half_and_its_own_binding_only() {
        let chance: Chance = Arc::new(|bytes| bytes.fill(5));
        let (secret, public) = Kem::derive_keypair(&[7; 32]);
        let key = LiftKey(public);
        let token = Token::from_bytes([9; 32]);
        let binding = Binding {
            suite: 1,
            kind: 1,
            net_epoch: 1,
            tag_epoch: 1,
        };
        let sealed = key.seal(&token, binding, &chance).unwrap();
        assert_eq!(sealed.len(), 80);
        let open = |binding: Binding| {
            let enc = <Kem as KemTrait>::EncappedKey::from_bytes(&sealed[..32]).unwrap();
            hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(
                &OpModeR::Base,
                &secret,
                &enc,
                &binding.info(),
                &sealed[32..],
                &[],
            )
        };
        assert_eq!(open(binding).unwrap(), token.as_bytes());
        assert!(
            open(Binding {
                net_epoch: 2,
                ..binding
            })
            .is_err()
        );
        assert!(
            open(Binding {
                kind: 0x10,
                ..binding
            })
            .is_err()
        );
    }
}
