//! Which sort of identifier a token stands for.

use core::{fmt, str::FromStr};

/// The sort of identifier. The number is part of what is hashed and never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// The child's citizen service number.
    Bsn = 0x01,
    /// Surname, birth date and sex, for a child without a BSN. Two children can share one: a match on it is soft.
    ServiceKey = 0x10,
    /// A guardian's BSN: finds families, never a child.
    GuardianBsn = 0x20,
}

impl Kind {
    /// Every kind, in the order of its number.
    pub const ALL: [Self; 3] = [Self::Bsn, Self::ServiceKey, Self::GuardianBsn];

    /// The byte that is hashed.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The name in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bsn => "bsn",
            Self::ServiceKey => "service-key",
            Self::GuardianBsn => "guardian-bsn",
        }
    }

    /// Whether a token of this kind says which child is meant. A guardian's never does.
    #[must_use]
    pub const fn means_a_child(self) -> bool {
        match self {
            Self::Bsn | Self::ServiceKey => true,
            Self::GuardianBsn => false,
        }
    }
}

/// No kind has this name or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of identifier; known are bsn, service-key and guardian-bsn")]
pub struct UnknownKind;

impl TryFrom<u8> for Kind {
    type Error = UnknownKind;

    fn try_from(code: u8) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.code() == code)
            .ok_or(UnknownKind)
    }
}

impl From<Kind> for u8 {
    fn from(kind: Kind) -> Self {
        kind.code()
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or(UnknownKind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_number_lead_back_to_the_kind() {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(Kind::try_from(kind.code()), Ok(kind));
        }
        assert_eq!("BSN".parse::<Kind>(), Err(UnknownKind));
        assert_eq!(Kind::try_from(0), Err(UnknownKind));
    }
}
