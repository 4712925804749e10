//! The words of requests for access and erasure.

use crate::words::words;

words! {
    /// Which right is used.
    Right, "rights" {
        /// To see everything that is kept (GDPR article 15).
        Access = "access",
        /// To have it erased (GDPR article 17).
        Erasure = "erasure",
    }
}

impl Right {
    /// The words a family reads.
    pub const fn dutch(self) -> &'static str {
        match self {
            Self::Access => "inzage",
            Self::Erasure => "verwijdering",
        }
    }
}

words! {
    /// The name of the state a request is in, as tables, the interface and the audit log write it.
    RightsState, "states of rights requests" {
        /// Made; the municipality has yet to decide.
        Requested = "requested",
        /// Access: the file can be fetched. Erasure: what could be erased is.
        Given = "given",
        /// Erasure: what rests on consent is erased; signals that serve a public task stay.
        Partly = "partly",
        /// Refused.
        Refused = "refused",
        /// Taken back by whoever made it.
        Withdrawn = "withdrawn",
    }
}

impl RightsState {
    /// The words a family reads.
    pub const fn dutch(self) -> &'static str {
        match self {
            Self::Requested => "in behandeling",
            Self::Given => "toegewezen",
            Self::Partly => "gedeeltelijk toegewezen",
            Self::Refused => "afgewezen",
            Self::Withdrawn => "ingetrokken",
        }
    }
}

words! {
    /// What the municipality says to a request. What comes of a `given` erasure, the facts say.
    Answer, "answers to rights requests" {
        /// Yes.
        Given = "given",
        /// No.
        Refused = "refused",
    }
}

words! {
    /// Why a request is refused: a closed list, so that no content slips in. The decision itself is a letter of the
    /// municipality (GDPR article 12(4)).
    RefusalReason, "reasons to refuse rights requests" {
        /// Whoever asked may not do so for this child, or did not show who they are (GDPR articles 11(2) and 12(6)).
        NotEntitled = "not_entitled",
        /// The request is manifestly unfounded or excessive (GDPR article 12(5)).
        Unfounded = "unfounded",
        /// It would harm the child, or the rights of others (GDPR articles 15(4) and 23(1)(i); UAVG article 41(1)(i)).
        RightsOfOthers = "rights_of_others",
        /// Everything that is kept serves a public task (GDPR article 17(3)(b)).
        PublicTask = "public_task",
        /// It is needed for a legal claim (GDPR article 17(3)(e)).
        LegalClaim = "legal_claim",
    }
}

impl RefusalReason {
    /// Whether it is a reason to refuse this right.
    pub const fn fits(self, right: Right) -> bool {
        match self {
            Self::NotEntitled | Self::Unfounded | Self::RightsOfOthers => true,
            Self::PublicTask | Self::LegalClaim => matches!(right, Right::Erasure),
        }
    }

    /// The words a family reads.
    pub const fn dutch(self) -> &'static str {
        match self {
            Self::NotEntitled => {
                "U mag dit voor deze jeugdige niet vragen, of wij weten niet zeker wie u bent."
            }
            Self::Unfounded => "Het verzoek heeft duidelijk geen grond, of u vraagt te vaak hetzelfde.",
            Self::RightsOfOthers => "Het zou de jeugdige of anderen schaden.",
            Self::PublicTask => {
                "Alles wat er staat is nodig voor een wettelijke taak. U kunt wel bezwaar maken tegen een signaal."
            }
            Self::LegalClaim => "De gegevens zijn nodig voor een rechtszaak.",
        }
    }
}
