//! The words of a signal.

use crate::words::words;

words! {
    /// The name of the state a signal is in, as tables, the interface and the audit log write it. A destroyed signal has
    /// none: nothing of it is left.
    SignalState, "signal states" {
        /// In a consent-first covenant: nobody but its own organisation knows of it until the family agreed to it.
        Sleeping = "sleeping",
        /// It counts: it can open a match, join one and keep one open.
        Active = "active",
        /// The family was not told in time: it opens and joins nothing; where it is party it stays so, without exchange.
        Paused = "paused",
        /// Its organisation ended it before its planned end.
        Ended = "ended",
        /// Its planned end came. There is no renewal: a new signal is a new weighing.
        Expired = "expired",
        /// Over since a day at least. Kept to tell one later new party, once, that there was a signal.
        Archived = "archived",
    }
}

impl SignalState {
    /// Whether an organisation that has such a signal is answered with it when it gives one again.
    pub const fn is_living(self) -> bool {
        matches!(self, Self::Sleeping | Self::Active | Self::Paused)
    }
}

words! {
    /// Why an organisation ends its signal.
    EndReason, "reasons to end a signal" {
        /// The involvement is over.
        Resolved = "resolved",
        /// It should not have been given.
        Unjustified = "unjustified",
        /// The child has died.
        Deceased = "deceased",
    }
}

impl EndReason {
    /// What follows for the signal.
    pub const fn ending(self) -> Ending {
        match self {
            Self::Resolved => Ending::Resolved,
            Self::Unjustified => Ending::Destroyed(DestroyReason::Unjustified),
            Self::Deceased => Ending::Destroyed(DestroyReason::Deceased),
        }
    }
}

words! {
    /// Why a signal that is still kept ended before its planned end.
    EndedBecause, "reasons for which a signal ended" {
        /// The involvement is over.
        Resolved = "resolved",
        /// Two children turned out to be one, and its organisation has another signal about them.
        Joined = "joined",
    }
}

words! {
    /// Why nothing of a signal is left.
    DestroyReason, "reasons to destroy a signal" {
        /// Its organisation said that it should not have been given.
        Unjustified = "unjustified",
        /// The family objected and was right.
        Objection = "objection",
        /// The month of the birthday at the age limit began.
        AgeLimit = "age_limit",
        /// The child has died.
        Deceased = "deceased",
        /// The family did not agree to it while it slept.
        Refused = "refused",
        /// It slept, and nobody answered in time.
        Unanswered = "unanswered",
        /// It slept, and its organisation ended it.
        EndedAsleep = "ended_asleep",
        /// Its years in the archive are over.
        ArchiveOver = "archive_over",
        /// Its one notice from the archive was given thirty days ago.
        ArchiveNoticed = "archive_noticed",
    }
}

impl DestroyReason {
    /// Whether everybody who was in a match with it is told that it should not have been there.
    pub const fn is_correction(self) -> bool {
        matches!(self, Self::Unjustified | Self::Objection)
    }
}

/// What becomes of a signal that is ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// It ends, and goes to the archive. Of one that sleeps nothing is left.
    Resolved,
    /// Nothing of it is left, archive included.
    Destroyed(DestroyReason),
}

words! {
    /// Why a signal no longer makes its organisation party to a match.
    LeftBecause, "reasons to leave a match" {
        /// Its planned end came.
        Expired = "expired",
        /// Its organisation's involvement is over.
        Resolved = "resolved",
        /// It should not have been given.
        Unjustified = "unjustified",
        /// The family objected and was right.
        Objection = "objection",
        /// The child reached the age limit.
        AgeLimit = "age_limit",
        /// The child has died.
        Deceased = "deceased",
        /// Two children turned out to be one: its organisation goes on with another signal, or in another match.
        Joined = "joined",
    }
}

impl LeftBecause {
    /// Whether everybody is told that it should not have been there.
    pub const fn is_correction(self) -> bool {
        matches!(self, Self::Unjustified | Self::Objection)
    }
}

impl From<Ending> for LeftBecause {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Resolved => Self::Resolved,
            Ending::Destroyed(reason) => match reason {
                DestroyReason::Unjustified => Self::Unjustified,
                DestroyReason::Objection => Self::Objection,
                DestroyReason::AgeLimit => Self::AgeLimit,
                DestroyReason::Deceased => Self::Deceased,
                // Who sleeps is in no match, and who is archived has left it: what is said of these reaches nobody.
                DestroyReason::Refused
                | DestroyReason::Unanswered
                | DestroyReason::EndedAsleep
                | DestroyReason::ArchiveOver
                | DestroyReason::ArchiveNoticed => Self::Expired,
            },
        }
    }
}
