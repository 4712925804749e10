//! The partner's side: blind, have evaluated, verify, unblind.

use curve25519_dalek::{RistrettoPoint, Scalar};
use rand_core::CryptoRng;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{
    VoprfError, check_batch,
    element::{BlindedElement, EvaluatedElement},
    hash::{CONTEXT, hash_to_group},
    key::{PublicKey, random_scalar, wide_scalar},
    proof::Proof,
};
use crate::token::Token;

/// A batch on its way: the blinds, which never leave this value, and the blinded elements, which are sent.
///
/// The blinds are wiped when the request is finished or dropped. There is no way to unblind without verifying.
#[derive(ZeroizeOnDrop)]
pub struct Request {
    blinds: Vec<Zeroizing<Scalar>>,
    #[zeroize(skip)]
    blinded: Vec<BlindedElement>,
}

impl Request {
    /// Blinds tokens `t` of level A's making, each with a blind of its own.
    ///
    /// # Errors
    /// An empty batch and one of more than 100 tokens; and, with a chance below 2^-250, a token whose hash is the
    /// identity.
    pub fn blind(tokens: &[Token], rng: &mut impl CryptoRng) -> Result<Self, VoprfError> {
        check_batch(tokens.len())?;
        let blinds = tokens.iter().map(|_| random_scalar(rng)).collect();
        Self::with_blinds(tokens.iter().map(|token| &token.as_bytes()[..]), blinds)
    }

    /// As [`Request::blind`], for a caller whose chance comes as bytes: 64 uniform ones for each blind, reduced, so that
    /// the bias is below 2^-256. Whoever knows them can unblind.
    ///
    /// # Errors
    /// As [`Request::blind`]; not as much chance as tokens; and 64 bytes that reduce to zero, as a generator that is
    /// broken gives them.
    pub fn blind_from(tokens: &[Token], chance: &[Zeroizing<[u8; 64]>]) -> Result<Self, VoprfError> {
        check_batch(tokens.len())?;
        if tokens.len() != chance.len() {
            return Err(VoprfError::CountMismatch);
        }
        let blinds: Vec<_> = chance.iter().map(wide_scalar).collect();
        if blinds.iter().any(|blind| **blind == Scalar::ZERO) {
            return Err(VoprfError::ZeroScalar);
        }
        Self::with_blinds(tokens.iter().map(|token| &token.as_bytes()[..]), blinds)
    }

    /// What is sent to the keyholder, in the order of the tokens.
    #[must_use]
    pub fn blinded(&self) -> &[BlindedElement] {
        &self.blinded
    }

    /// Verifies the keyholder's answer against the pinned key and unblinds it: the tokens `N`, in the order of the
    /// tokens that were blinded.
    ///
    /// # Errors
    /// Another number of answers, or a proof that does not hold; nothing is unblinded then.
    pub fn finish(
        self,
        key: &PublicKey,
        evaluated: &[EvaluatedElement],
        proof: &Proof,
    ) -> Result<Vec<Token>, VoprfError> {
        proof.verify(key, &self.blinded, evaluated)?;
        Ok(self
            .blinds
            .iter()
            .zip(evaluated)
            .map(|(blind, answer)| unblind(blind, answer))
            .collect())
    }

    pub(super) fn with_blinds<'i>(
        inputs: impl Iterator<Item = &'i [u8]>,
        blinds: Vec<Zeroizing<Scalar>>,
    ) -> Result<Self, VoprfError> {
        let blinded = inputs
            .zip(&blinds)
            .map(|(input, blind)| blind_one(CONTEXT, input, blind));
        Ok(Self {
            blinded: blinded.collect::<Result<_, _>>()?,
            blinds,
        })
    }
}

impl core::fmt::Debug for Request {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Request(..)")
    }
}

/// `Blind` of RFC 9497.
pub(super) fn blind_one(context: &[u8], input: &[u8], blind: &Scalar) -> Result<BlindedElement, VoprfError> {
    let element = hash_to_group(context, input);
    // Zeroizing derefs to a point; the identity is refused as the RFC asks, though no input is known to hash to it.
    if curve25519_dalek::traits::IsIdentity::is_identity(&*element) {
        return Err(VoprfError::IdentityElement);
    }
    Ok(BlindedElement::from_point(*element * blind))
}

/// The unblinding step of `Finalize`, without its hash.
pub(super) fn unblind(blind: &Scalar, evaluated: &EvaluatedElement) -> Token {
    let inverse = Zeroizing::new(blind.invert());
    let element: Zeroizing<RistrettoPoint> = Zeroizing::new(evaluated.point * *inverse);
    let bytes = Zeroizing::new(element.compress());
    Token::from_bytes(*bytes.as_bytes())
}
