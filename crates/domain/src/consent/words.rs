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
        /// The child became 12 or 16 before everyone had decided; a request by the rule of that age took its place.
        SupersededByAge = "superseded_by_age",
    }
}

words! {
    /// What consent is asked for.
    Purpose, "purposes of consent" {
        /// Exchange between named parties of one match.
        Exchange = "exchange",
        /// One signal, in a covenant that asks first.
        Signal = "signal",
    }
}

words! {
    /// How sure it is that who decided is who must, the least sure first.
    Assurance, "assurances" {
        /// Stated by a professional, who recorded what was said or written.
        Attested = "attested",
        /// By a code from a letter: who keeps the letter can use it.
        Letter = "letter",
        /// By a code, with help of an official who saw a document.
        Assisted = "assisted",
        /// By a code and an electronic identity.
        Oidc = "oidc",
    }
}

words! {
    /// In which form somebody decided, the one that leaves the least behind first.
    Method, "methods of deciding" {
        /// By word of mouth, recorded by a professional.
        Oral = "oral",
        /// On paper, recorded by a professional.
        Written = "written",
        /// By the signatory, in the portal.
        Portal = "portal",
    }
}

/// How a signatory decided. The order is that of certainty: a consent is as sure as the least sure of its signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct How {
    /// How sure it is that who decided is who must.
    pub assurance: Assurance,
    /// In which form.
    pub method: Method,
}

impl How {
    /// In the portal, with the code of a letter.
    pub const LETTER: Self = Self {
        assurance: Assurance::Letter,
        method: Method::Portal,
    };
    /// In the portal, by somebody who logged in there beside that.
    pub const LOGGED_IN: Self = Self {
        assurance: Assurance::Oidc,
        method: Method::Portal,
    };
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

impl Signatory {
    /// The child themself; there is one.
    pub const YOUNG_PERSON: Self = Self {
        role: SignatoryRole::YoungPerson,
        number: 1,
    };
}
