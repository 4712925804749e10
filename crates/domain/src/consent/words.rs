//! The words of consent: states, age bands, capacities.

use crate::words::words;

words! {
    /// The name of the state a consent is in, as tables, the interface and the audit log write it.
    ConsentState, "consent states" {
        /// Asked; nobody has signed.
        Requested = "requested",
        /// Some signed, not all.
        PartiallyGiven = "partially_given",
        /// All required signatories signed.
        Given = "given",
        /// A signatory said no.
        Refused = "refused",
        /// A signatory took it back.
        Withdrawn = "withdrawn",
        /// Its time is over: not answered in time, or its end was reached.
        Expired = "expired",
        /// A later consent that names a larger set of parties took its place.
        Replaced = "replaced",
    }
}

words! {
    /// The age of the child as far as it decides who must sign. The service asks for no birth date.
    ///
    /// The bands are those of the Burgerlijk Wetboek, articles 7:447 (16 and older decide themselves), 7:450(2) (12 to 15:
    /// both) and 7:465 (the representative decides), which professionals in youth work already apply.
    AgeBand, "age bands" {
        /// Under 12: the guardians decide.
        Under12 = "under12",
        /// 12 to 15: the guardians and the young person decide together.
        From12To15 = "from12to15",
        /// 16 and older: the young person decides alone.
        From16 = "from16",
    }
}

words! {
    /// In which capacity someone signs.
    SignatoryRole, "signatory roles" {
        /// A person with parental authority or the legal representative.
        Guardian = "guardian",
        /// The child themself, from 12.
        YoungPerson = "youngPerson",
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
