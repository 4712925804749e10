//! Choices that a covenant makes, the milder word first.

use crate::words::words;

words! {
    /// On what a signal rests.
    LegalMode, "legal modes" {
        /// The law allows it; the family is told (Jeugdwet, paragraph 7.1).
        Notify = "notify",
        /// The family agrees first: until then the signal sleeps and counts for nothing. The stricter.
        ConsentFirst = "consent_first",
    }
}

words! {
    /// When a party sees which organisation the other party is.
    Reveal, "reveal policies" {
        /// As soon as the match is visible.
        OnMatch = "on_match",
        /// Only while consent covers both. The stricter.
        OnConsent = "on_consent",
    }
}

words! {
    /// What becomes of signatures when a birthday changes who must sign a request that is still open.
    OnAgeBoundary, "ways to pass an age boundary" {
        /// Those given before are carried over.
        Keep = "keep",
        /// Everybody is asked again. The stricter.
        AskAgain = "ask_again",
    }
}

words! {
    /// Which tokens are taken.
    PseudonymScheme, "pseudonym schemes" {
        /// Keyed hashes and oblivious ones.
        KeyedHash = "keyed_hash",
        /// Only those that the partner's own system blinded. The stricter.
        Oblivious = "oblivious",
    }
}

impl PseudonymScheme {
    /// The lowest suite that is taken.
    pub const fn min_suite(self) -> u8 {
        match self {
            Self::KeyedHash => 1,
            Self::Oblivious => 2,
        }
    }
}
