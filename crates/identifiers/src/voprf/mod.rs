//! The oblivious evaluation of level B: RFC 9497, mode VOPRF, ciphersuite ristretto255-SHA512.
//!
//! ```text
//! partner    a = r * HashToGroup(t)                    Request::blind
//! keyholder  b = k1 * a, one proof for the batch       SecretKey::evaluate_and_prove
//! partner    proof against the pinned pk1, N = b / r   Request::finish
//! ```
//!
//! The keyholder sees only `a`, which is uniform whatever `t` is. The partner learns `N = k1 * HashToGroup(t)` and
//! nothing of `k1`. We stop at the unblinded element `N`, before RFC 9497's `Finalize`, so that `k1` can be replaced
//! without partners: `k1'/k1 * N` is the element under the new key ([`Delta`]). Security then rests on the same assumption; what
//! `Finalize` adds (the output bound to the input by a hash) the matcher's keyed tag takes over.
//!
//! Not here: who may have how much evaluated, which key is current, transport. Blinds and proof nonces come from the
//! generator that the caller passes. Group arithmetic is `curve25519-dalek`; with secrets it takes constant time.

mod client;
mod delta;
mod element;
mod hash;
mod key;
mod proof;
#[cfg(test)]
mod tests;

pub use client::Request;
pub use delta::Delta;
pub use element::{BlindedElement, EvaluatedElement, unblinded_token};
pub use key::{PublicKey, SecretKey};
pub use proof::Proof;

/// The most elements in one batch.
pub const MAX_BATCH: usize = 100;

/// Why an evaluation is refused, on either side. Carries nothing of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VoprfError {
    /// A batch without elements.
    #[error("the batch is empty")]
    EmptyBatch,
    /// A batch of more than [`MAX_BATCH`].
    #[error("a batch has at most 100 elements")]
    TooManyElements,
    /// Not as many answers as questions.
    #[error("the number of evaluated elements is not that of the blinded elements")]
    CountMismatch,
    /// Not canonical unpadded base64url of the right length.
    #[error("not canonical unpadded base64url of the right length")]
    InvalidEncoding,
    /// The neutral element, whose evaluation says nothing.
    #[error("the identity element is refused")]
    IdentityElement,
    /// Not the one encoding of an element of ristretto255 (RFC 9496 section 4.3.1).
    #[error("not a canonical encoding of a ristretto255 element")]
    NonCanonicalElement,
    /// A key of zero.
    #[error("a scalar of zero is refused")]
    ZeroScalar,
    /// A scalar not reduced modulo the group's order.
    #[error("not a canonical encoding of a scalar")]
    NonCanonicalScalar,
    /// The keyholder did not use the key that is pinned, or somebody changed its answer.
    #[error("the proof does not hold for the pinned key")]
    InvalidProof,
}

impl VoprfError {
    /// The stable name of this error in `vectors.json` and in machine-readable output.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EmptyBatch => "empty-batch",
            Self::TooManyElements => "too-many-elements",
            Self::CountMismatch => "count-mismatch",
            Self::InvalidEncoding => "invalid-encoding",
            Self::IdentityElement => "identity-element",
            Self::NonCanonicalElement => "non-canonical-element",
            Self::ZeroScalar => "zero-scalar",
            Self::NonCanonicalScalar => "non-canonical-scalar",
            Self::InvalidProof => "invalid-proof",
        }
    }
}

const fn check_batch(length: usize) -> Result<(), VoprfError> {
    match length {
        0 => Err(VoprfError::EmptyBatch),
        1..=MAX_BATCH => Ok(()),
        _ => Err(VoprfError::TooManyElements),
    }
}
