//! The quotient of two keys of the keyholder, with which the matcher takes its tokens to a new key without partners.
//!
//! ```text
//! delta = k1' / k1          N = k1 * H(t)          N' = delta * N = k1' * H(t)          delta * pk1 == pk1'
//! ```
//!
//! A quotient tells nothing of either key to who has neither; with one of them it gives the other. So it travels sealed
//! and goes with the old key (docs/THREAT-MODEL.md section 2).

use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{
    VoprfError,
    element::decompress,
    key::{PublicKey, SecretKey, canonical_scalar},
};
use crate::token::Token;

/// The quotient `k1' / k1` of the keyholder's keys of two epochs. Prints nothing and is wiped when dropped.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Delta {
    scalar: Zeroizing<Scalar>,
    half: Zeroizing<Scalar>,
}

impl Delta {
    /// The quotient that leads from one key to another; made where the keys are, by the keyholder.
    #[must_use]
    pub fn between(from: &SecretKey, to: &SecretKey) -> Self {
        let inverse = Zeroizing::new(from.scalar.invert());
        Self::from_scalar(Zeroizing::new(*to.scalar * *inverse))
    }

    /// Takes 32 bytes, little-endian, as a scalar of RFC 9496 is written.
    ///
    /// # Errors
    /// Zero, and a number not below the group's order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, VoprfError> {
        let scalar = canonical_scalar(bytes)?;
        if *scalar == Scalar::ZERO {
            Err(VoprfError::ZeroScalar)
        } else {
            Ok(Self::from_scalar(scalar))
        }
    }

    /// The quotient, to be sealed. What is copied out of here is no longer wiped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.scalar.to_bytes())
    }

    /// The quotient of the way back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self::from_scalar(Zeroizing::new(self.scalar.invert()))
    }

    /// Whether it leads from one public key to the other: `delta * pk1 == pk1'`. Checked before anything is changed,
    /// because a wrong quotient would turn every token into one that nobody can make again.
    #[must_use]
    pub fn links(&self, from: &PublicKey, to: &PublicKey) -> bool {
        (from.point * *self.scalar).ct_eq(&to.point).into()
    }

    /// The token under the new key, of a token `N` under the old one.
    ///
    /// # Errors
    /// The identity and every encoding but the canonical one.
    pub fn apply(&self, token: &Token) -> Result<Token, VoprfError> {
        let point = Zeroizing::new(decompress(&CompressedRistretto(*token.as_bytes()))?);
        let moved = Zeroizing::new(*point * *self.scalar);
        let bytes = Zeroizing::new(moved.compress());
        Ok(Token::from_bytes(*bytes.as_bytes()))
    }

    /// As [`Delta::apply`] on each, in order; quicker per token, because the encodings share one inversion.
    ///
    /// A row that is damaged must not stop the others, so each has its own result. There is no upper bound; some
    /// hundred at a time gain all that is to be gained.
    #[must_use]
    pub fn apply_batch(&self, tokens: &[Token]) -> Vec<Result<Token, VoprfError>> {
        let mut halves = Zeroizing::new(Vec::<RistrettoPoint>::with_capacity(tokens.len()));
        let mut refused = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            match decompress(&CompressedRistretto(*token.as_bytes())) {
                Ok(mut point) => {
                    halves.push(point * *self.half);
                    point.zeroize();
                }
                Err(error) => refused.push((at, error)),
            }
        }
        // Half the quotient gives half of each element; they are doubled and encoded together.
        let bytes = Zeroizing::new(RistrettoPoint::double_and_compress_batch(&*halves));
        let mut moved: Vec<_> = bytes
            .iter()
            .map(|bytes| Ok(Token::from_bytes(*bytes.as_bytes())))
            .collect();
        for (at, error) in refused {
            moved.insert(at, Err(error));
        }
        moved
    }

    fn from_scalar(scalar: Zeroizing<Scalar>) -> Self {
        Self {
            half: Zeroizing::new(scalar.div_by_2()),
            scalar,
        }
    }
}

impl core::fmt::Debug for Delta {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Delta(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voprf::unblinded_token;

    fn key(seed: u8) -> SecretKey {
        let mut bytes = [seed; 32];
        bytes[31] = 0;
        SecretKey::from_bytes(&bytes).unwrap()
    }

    fn token(key: &SecretKey, seed: u8) -> Token {
        let point = super::super::hash::hash_to_group(super::super::hash::CONTEXT, &[seed]);
        Token::from_bytes(*(*point * *key.scalar).compress().as_bytes())
    }

    #[test]
    fn a_token_moves_to_the_new_key_and_back() {
        let (old, new) = (key(1), key(2));
        let delta = Delta::between(&old, &new);
        assert!(delta.apply(&token(&old, 7)) == Ok(token(&new, 7)));
        assert!(delta.inverse().apply(&token(&new, 7)) == Ok(token(&old, 7)));
        let carried = Delta::from_bytes(&delta.to_bytes()).unwrap();
        assert!(carried.apply(&token(&old, 8)) == Ok(token(&new, 8)));
    }

    #[test]
    fn it_links_its_own_two_public_keys_and_no_others() {
        let (old, new, other) = (key(1), key(2), key(3));
        let delta = Delta::between(&old, &new);
        assert!(delta.links(old.public_key(), new.public_key()));
        assert!(delta.inverse().links(new.public_key(), old.public_key()));
        assert!(!delta.links(new.public_key(), old.public_key()));
        assert!(!delta.links(old.public_key(), other.public_key()));
        assert!(!delta.links(other.public_key(), new.public_key()));
        assert!(Delta::between(&old, &old).links(old.public_key(), old.public_key()));
    }

    #[test]
    fn a_batch_is_what_one_by_one_gives_and_damage_stays_where_it_is() {
        let (old, new) = (key(4), key(5));
        let delta = Delta::between(&old, &new);
        let mut tokens: Vec<Token> = (0..40).map(|seed| token(&old, seed)).collect();
        for (at, damaged) in [(0, [0; 32]), (7, [0xff; 32]), (8, [1; 32]), (39, [0; 32])] {
            tokens[at] = Token::from_bytes(damaged);
        }
        let one_by_one: Vec<_> = tokens.iter().map(|token| delta.apply(token)).collect();
        assert!(delta.apply_batch(&tokens) == one_by_one);
        assert_eq!(one_by_one.iter().filter(|moved| moved.is_err()).count(), 4);
        assert!(
            one_by_one
                .iter()
                .flatten()
                .all(|moved| unblinded_token(*moved.as_bytes()).is_ok())
        );
        assert!(delta.apply_batch(&[]).is_empty());
        assert!(delta.apply_batch(&[Token::from_bytes([0; 32])]) == [Err(VoprfError::IdentityElement)]);
    }

    #[test]
    fn zero_and_what_is_not_reduced_are_refused() {
        assert_eq!(Delta::from_bytes(&[0; 32]).err(), Some(VoprfError::ZeroScalar));
        assert_eq!(
            Delta::from_bytes(&[0xff; 32]).err(),
            Some(VoprfError::NonCanonicalScalar)
        );
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Delta::between(&key(1), &key(2))), "Delta(..)");
    }
}
