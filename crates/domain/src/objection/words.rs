//! The words of objections: states, routes, advices, reasons.

use crate::words::words;

words! {
    /// The name of the state an objection is in, as tables, the interface and the audit log write it.
    ObjectionState, "objection states" {
        /// Made; the municipality has yet to decide.
        Open = "open",
        /// Decided for the family: the signal is destroyed.
        Upheld = "upheld",
        /// Decided against the family: the signal stays.
        Rejected = "rejected",
        /// Taken back by whoever made it.
        Withdrawn = "withdrawn",
        /// The signal was destroyed for another reason first.
        Lapsed = "lapsed",
    }
}

impl ObjectionState {
    /// The words a family reads.
    pub const fn dutch(self) -> &'static str {
        match self {
            Self::Open => "in behandeling",
            Self::Upheld => "gegrond: het signaal is vernietigd",
            Self::Rejected => "ongegrond: het signaal blijft bestaan",
            Self::Withdrawn => "ingetrokken",
            Self::Lapsed => "vervallen: het signaal bestaat niet meer",
        }
    }
}

words! {
    /// How a request of the family came in.
    Route, "routes" {
        /// With the code of a letter, by the family itself.
        Portal = "portal",
        /// At the municipality's desk, with the code of a letter and a person's identity established there.
        Assisted = "assisted",
    }
}

impl Route {
    /// The words a family reads.
    pub const fn dutch(self) -> &'static str {
        match self {
            Self::Portal => "via het portaal",
            Self::Assisted => "via de gemeente",
        }
    }
}

words! {
    /// What the reporting organisation advises. Why, it does not say here: the service holds no content.
    Advice, "advices" {
        /// The signal should end.
        EndSignal = "end_signal",
        /// The signal should stay.
        KeepSignal = "keep_signal",
        /// It leaves the decision to the municipality.
        NoAdvice = "no_advice",
    }
}

impl Advice {
    /// The words a family reads.
    pub const fn dutch(self) -> &'static str {
        match self {
            Self::EndSignal => "het signaal kan worden beëindigd",
            Self::KeepSignal => "het signaal moet blijven bestaan",
            Self::NoAdvice => "geen advies",
        }
    }
}

words! {
    /// How an objection is decided.
    Outcome, "outcomes of objections" {
        /// For the family.
        Upheld = "upheld",
        /// Against the family.
        Rejected = "rejected",
    }
}

impl Outcome {
    /// The state an objection is in when it was decided so.
    pub const fn state(self) -> ObjectionState {
        match self {
            Self::Upheld => ObjectionState::Upheld,
            Self::Rejected => ObjectionState::Rejected,
        }
    }
}

words! {
    /// Why an objection was decided as it was: a closed list, so that no content slips in. The decision itself, with its
    /// full motivation (Algemene wet bestuursrecht, article 3:46), is a letter of the municipality.
    Reason, "reasons of decisions on objections" {
        /// There was no ground for the signal.
        NoGround = "no_ground",
        /// The ground there was is gone.
        GroundGone = "ground_gone",
        /// The family was not informed, or too late.
        NotInformed = "not_informed",
        /// The family's interests weigh more (GDPR article 21(1)).
        FamilyInterests = "family_interests",
        /// The ground for the signal stands.
        GroundStands = "ground_stands",
        /// The child's interest in being seen weighs more (GDPR article 21(1)).
        ChildInterests = "child_interests",
        /// Whoever objected may not do so for this child.
        NotEntitled = "not_entitled",
        /// The same objection was decided before and nothing has changed.
        Repeated = "repeated",
    }
}

impl Reason {
    /// For which outcome it is a reason.
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::NoGround | Self::GroundGone | Self::NotInformed | Self::FamilyInterests => Outcome::Upheld,
            Self::GroundStands | Self::ChildInterests | Self::NotEntitled | Self::Repeated => {
                Outcome::Rejected
            }
        }
    }

    /// The words a family reads.
    pub const fn dutch(self) -> &'static str {
        match self {
            Self::NoGround => "Er was geen grond voor het signaal.",
            Self::GroundGone => "De grond voor het signaal is er niet meer.",
            Self::NotInformed => "U bent niet of te laat over het signaal geïnformeerd.",
            Self::FamilyInterests => "Uw belangen wegen zwaarder dan het belang van het signaal.",
            Self::GroundStands => "De grond voor het signaal is er nog.",
            Self::ChildInterests => "Het belang van de jeugdige bij het signaal weegt zwaarder.",
            Self::NotEntitled => "U mag voor deze jeugdige geen bezwaar maken.",
            Self::Repeated => "Over hetzelfde bezwaar is al beslist en er is niets veranderd.",
        }
    }
}
