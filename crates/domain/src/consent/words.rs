//! The words of consent: states, age bands, capacities.

use std::fmt;

use crate::actor::UnknownWord;

/// The name of the state a consent is in, as tables, the interface and the audit log write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConsentState {
    /// Asked; nobody has signed.
    Requested,
    /// Some signed, not all.
    PartiallyGiven,
    /// All required signatories signed.
    Given,
    /// A signatory said no.
    Refused,
    /// A signatory took it back.
    Withdrawn,
    /// Its time is over: not answered in time, or its end was reached.
    Expired,
    /// A later consent that names a larger set of parties took its place.
    Replaced,
}

impl ConsentState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::PartiallyGiven,
        Self::Given,
        Self::Refused,
        Self::Withdrawn,
        Self::Expired,
        Self::Replaced,
    ];

    /// The word for tables, the interface and the audit log.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::PartiallyGiven => "partially_given",
            Self::Given => "given",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
        }
    }

    /// # Errors
    /// `UnknownWord` when no state has this slug.
    pub fn from_slug(slug: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|state| state.slug() == slug)
            .ok_or(UnknownWord {
                list: "consent states",
            })
    }
}

impl fmt::Display for ConsentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// The age of the child as far as it decides who must sign. The service asks for no birth date.
///
/// The bands are those of the Burgerlijk Wetboek, articles 7:447 (16 and older decide themselves), 7:450(2) (12 to 15:
/// both) and 7:465 (the representative decides), which professionals in youth work already apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgeBand {
    /// Under 12: the guardians decide.
    Under12,
    /// 12 to 15: the guardians and the young person decide together.
    From12To15,
    /// 16 and older: the young person decides alone.
    From16,
}

impl AgeBand {
    /// Every band, youngest first.
    pub const ALL: [Self; 3] = [Self::Under12, Self::From12To15, Self::From16];

    /// The word for tables, the interface and the audit log.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Under12 => "under12",
            Self::From12To15 => "from12to15",
            Self::From16 => "from16",
        }
    }

    /// # Errors
    /// `UnknownWord` when no band has this slug.
    pub fn from_slug(slug: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|band| band.slug() == slug)
            .ok_or(UnknownWord { list: "age bands" })
    }
}

/// In which capacity someone signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatoryRole {
    /// A person with parental authority or the legal representative.
    Guardian,
    /// The child themself, from 12.
    YoungPerson,
}

impl SignatoryRole {
    /// Every role.
    pub const ALL: [Self; 2] = [Self::Guardian, Self::YoungPerson];

    /// The word for tables, the interface and the audit log.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Guardian => "guardian",
            Self::YoungPerson => "youngPerson",
        }
    }

    /// # Errors
    /// `UnknownWord` when no role has this slug.
    pub fn from_slug(slug: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|role| role.slug() == slug)
            .ok_or(UnknownWord {
                list: "signatory roles",
            })
    }
}

/// One required signatory of one request: no name, only a capacity and a number within it (1 for the first guardian).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signatory {
    /// In which capacity.
    pub role: SignatoryRole,
    /// Which one, counted from 1 within the capacity.
    pub number: u8,
}
