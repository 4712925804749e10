//! An identifier of any kind, in the one form that is hashed.

use crate::{bsn::Bsn, kind::Kind, service_key::ServiceKey};

/// An identifier, parsed and canonical.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identifier {
    /// The child's BSN.
    Bsn(Bsn),
    /// The service key of a child without a BSN.
    ServiceKey(ServiceKey),
    /// A guardian's BSN.
    GuardianBsn(Bsn),
}

impl Identifier {
    /// Parses what a person or a system typed. A service key is `surname|birth date|sex`.
    ///
    /// # Errors
    /// Says which rule failed, never with what value.
    pub fn parse(kind: Kind, raw: &str) -> Result<Self, InvalidIdentifier> {
        match kind {
            Kind::Bsn => Bsn::parse(raw).map(Self::Bsn),
            Kind::ServiceKey => ServiceKey::parse(raw).map(Self::ServiceKey),
            Kind::GuardianBsn => Bsn::parse(raw).map(Self::GuardianBsn),
        }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Bsn(_) => Kind::Bsn,
            Self::ServiceKey(_) => Kind::ServiceKey,
            Self::GuardianBsn(_) => Kind::GuardianBsn,
        }
    }

    /// The bytes that are hashed; short enough that their length fits 16 bits.
    pub(crate) fn value(&self) -> &[u8] {
        match self {
            Self::Bsn(bsn) | Self::GuardianBsn(bsn) => bsn.as_digits(),
            Self::ServiceKey(key) => key.as_bytes(),
        }
    }
}

impl From<Bsn> for Identifier {
    fn from(bsn: Bsn) -> Self {
        Self::Bsn(bsn)
    }
}

impl From<ServiceKey> for Identifier {
    fn from(key: ServiceKey) -> Self {
        Self::ServiceKey(key)
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
    /// Not 8 or 9 digits, or a surname of more than 200 letters.
    #[error("a BSN has 8 or 9 digits, a surname at most 200 letters")]
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
    /// Not the three fields of a service key.
    #[error("a service key is surname|birth date|sex")]
    WrongFields,
    /// A letter that has no agreed form in `a`-`z`.
    #[error(
        "the surname has a character without an agreed form in a-z: transliterate it as it was registered"
    )]
    UnexpectedLetter,
    /// Not a date that exists.
    #[error("a birth date is YYYYMMDD or YYYY-MM-DD, from 1900 to 2199, and exists")]
    NotADate,
    /// Not one of the registered sexes.
    #[error("sex is m, v or o")]
    UnknownSex,
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
            Self::WrongFields => "wrong-fields",
            Self::UnexpectedLetter => "unexpected-letter",
            Self::NotADate => "not-a-date",
            Self::UnknownSex => "unknown-sex",
        }
    }
}
