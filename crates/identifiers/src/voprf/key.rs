//! The keyholder's key pair.

use base64ct::{Base64UrlUnpadded, Encoding};
use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use rand_core::CryptoRng;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{
    VoprfError, check_batch,
    element::{BlindedElement, EvaluatedElement, decompress},
    hash::{CONTEXT, hash_to_group},
    proof::Proof,
};
use crate::{key, token::Token};

/// The keyholder's secret `k1` of one epoch, with its public half. Prints nothing and is wiped when dropped.
#[derive(ZeroizeOnDrop)]
pub struct SecretKey {
    pub(super) scalar: Zeroizing<Scalar>,
    half: Zeroizing<Scalar>,
    #[zeroize(skip)]
    public: PublicKey,
}

impl SecretKey {
    /// A new key.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        Self::from_scalar(random_scalar(rng))
    }

    /// Takes 32 bytes, little-endian.
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

    /// The secret, for its file. What is copied out of here is no longer wiped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.scalar.to_bytes())
    }

    /// The half that partners and the matcher pin.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Evaluates a batch without a proof. Nobody should rely on the answer unless it is proven.
    ///
    /// # Errors
    /// An empty batch and one of more than 100 elements.
    pub fn evaluate(&self, blinded: &[BlindedElement]) -> Result<Vec<EvaluatedElement>, VoprfError> {
        check_batch(blinded.len())?;
        // Half the key gives half of each answer; doubling and compressing them together shares one inversion.
        let halves: Vec<RistrettoPoint> = blinded.iter().map(|element| element.point * *self.half).collect();
        let bytes = RistrettoPoint::double_and_compress_batch(&halves);
        Ok(halves
            .into_iter()
            .zip(bytes)
            .map(|(half, bytes)| EvaluatedElement::from_half(half, bytes))
            .collect())
    }

    /// Evaluates a batch and proves in one proof that each answer was made with this key
    /// (RFC 9497 `BlindEvaluate`).
    ///
    /// # Errors
    /// As [`SecretKey::evaluate`].
    pub fn evaluate_and_prove(
        &self,
        blinded: &[BlindedElement],
        rng: &mut impl CryptoRng,
    ) -> Result<(Vec<EvaluatedElement>, Proof), VoprfError> {
        let evaluated = self.evaluate(blinded)?;
        let proof = Proof::generate(self, blinded, &evaluated, &random_scalar(rng));
        Ok((evaluated, proof))
    }

    /// The tokens `N` of tokens `t`, without a blind. Nobody in a network holds both this key and a token `t`: it is for
    /// tests, and for showing what somebody could do who did.
    #[must_use]
    pub fn evaluate_directly(&self, tokens: &[Token]) -> Vec<Token> {
        let halves = tokens
            .iter()
            .map(|token| *hash_to_group(CONTEXT, token.as_bytes()) * *self.half);
        let halves: Zeroizing<Vec<RistrettoPoint>> = Zeroizing::new(halves.collect());
        let bytes = Zeroizing::new(RistrettoPoint::double_and_compress_batch(&*halves));
        bytes
            .iter()
            .map(|bytes| Token::from_bytes(*bytes.as_bytes()))
            .collect()
    }

    fn from_scalar(scalar: Zeroizing<Scalar>) -> Self {
        let public = PublicKey::from_point(RistrettoPoint::mul_base(&scalar));
        Self {
            half: Zeroizing::new(scalar.div_by_2()),
            scalar,
            public,
        }
    }
}

impl core::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// The keyholder's public key `pk1` of one epoch.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    pub(super) point: RistrettoPoint,
    pub(super) bytes: CompressedRistretto,
}

impl PublicKey {
    /// Decodes 32 bytes.
    ///
    /// # Errors
    /// The identity and every encoding but the canonical one.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, VoprfError> {
        let bytes = CompressedRistretto(*bytes);
        Ok(Self {
            point: decompress(&bytes)?,
            bytes,
        })
    }

    /// The canonical encoding.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.bytes.as_bytes()
    }

    fn from_point(point: RistrettoPoint) -> Self {
        Self {
            bytes: point.compress(),
            point,
        }
    }
}

impl core::str::FromStr for PublicKey {
    type Err = VoprfError;

    fn from_str(text: &str) -> Result<Self, VoprfError> {
        Self::from_bytes(&*key::decode(text).ok_or(VoprfError::InvalidEncoding)?)
    }
}

impl core::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&Base64UrlUnpadded::encode_string(self.as_bytes()))
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// A uniform scalar other than zero: 512 bits reduced, so that the bias is below 2^-256.
pub(super) fn random_scalar(rng: &mut impl CryptoRng) -> Zeroizing<Scalar> {
    let mut wide = Zeroizing::new([0_u8; 64]);
    loop {
        rng.fill_bytes(wide.as_mut());
        let scalar = wide_scalar(&wide);
        if *scalar != Scalar::ZERO {
            return scalar;
        }
    }
}

pub(super) fn wide_scalar(wide: &Zeroizing<[u8; 64]>) -> Zeroizing<Scalar> {
    Zeroizing::new(Scalar::from_bytes_mod_order_wide(wide))
}

pub(super) fn canonical_scalar(bytes: &[u8; 32]) -> Result<Zeroizing<Scalar>, VoprfError> {
    Option::<Scalar>::from(Scalar::from_canonical_bytes(*bytes))
        .map(Zeroizing::new)
        .ok_or(VoprfError::NonCanonicalScalar)
}
