//! An identifier of any kind, in the one form that is hashed.

use crate::{bsn::Bsn, kind::Kind};

/// An identifier, parsed and canonical.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identifier {
    /// The child's BSN.
    Bsn(Bsn),
    /// A guardian's BSN.
    GuardianBsn(Bsn),
}

impl Identifier {
    /// Parses what a person or a system typed.
    ///
    /// # Errors
    /// Says which rule failed, never with what value.
    pub fn parse(kind: Kind, raw: &str) -> Result<Self, InvalidIdentifier> {
        match kind {
            Kind::Bsn => Bsn::parse(raw).map(Self::Bsn),
            Kind::GuardianBsn => Bsn::parse(raw).map(Self::GuardianBsn),
            Kind::ServiceKey => Err(InvalidIdentifier::KindNotOffered),
        }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Bsn(_) => Kind::Bsn,
            Self::GuardianBsn(_) => Kind::GuardianBsn,
        }
    }

    /// The bytes that are hashed; short enough that their length fits 16 bits.
    pub(crate) fn value(&self) -> &[u8] {
        match self {
            Self::Bsn(bsn) | Self::GuardianBsn(bsn) => bsn.as_digits(),
        }
    }
}

/// Why a value is no identifier. Carries nothing of the value, so it may be logged and answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdentifier {
    /// Nothing but separators, or nothing at all.
    #[error("the identifier is empty")]
    Empty,
    /// A character other than a digit, space, dot or dash.
    #[error("a BSN has digits, and spaces, dots and dashes between them, and nothing else")]
    UnexpectedCharacter,
    /// Not 8 or 9 digits.
    #[error("a BSN has 8 or 9 digits")]
    WrongLength,
    /// Only zeroes, which pass the 11-test and are no BSN.
    #[error("a BSN is not all zeroes")]
    AllZero,
    /// A typing error, most likely.
    #[error("the digits do not pass the 11-test: check for a typing error")]
    FailsElevenTest,
    /// There is no kind of this name.
    #[error(transparent)]
    UnknownKind(#[from] crate::kind::UnknownKind),
    /// The kind exists and cannot be derived from one raw value.
    #[error("this kind of identifier is not accepted here")]
    KindNotOffered,
}

impl InvalidIdentifier {
    /// The stable name of this error in `vectors.json` and in machine-readable output.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::UnexpectedCharacter => "unexpected-character",
            Self::WrongLength => "wrong-length",
            Self::AllZero => "all-zero",
            Self::FailsElevenTest => "fails-eleven-test",
            Self::UnknownKind(_) => "unknown-kind",
            Self::KindNotOffered => "kind-not-offered",
        }
    }
}
