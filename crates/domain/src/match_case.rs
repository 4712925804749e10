//! The match: one case per child, shared by every organisation with an active signal on that child.
//!
//! A match says that organisations are involved with one child, and nothing about the child. What a party may see of it
//! and do in it is derived, each time one looks, from the facts on record (`Case`); nothing that could disagree with
//! the facts is stored.

mod asking;
mod case;
mod closing;
mod contact;
mod joining;
mod lead;
mod meeting;
mod relocation;
mod view;
mod words;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::covenant::Terms;

pub use asking::CannotRequestConsent;
pub use case::{Case, Left, Party, ran_out_at};
pub use closing::{CannotClose, Closing, Outcome};
pub use contact::{CannotConfirm, EarlierDeadline};
pub use joining::{Joined, Joining, Seat};
pub use lead::{CannotAnswer, CannotPropose, Lead, LeadAnswer, Proposal, Proposed};
pub use meeting::{ClosedMeeting, is_new};
pub use relocation::{CannotRelocate, Responsibility};
pub use view::{SeenClosing, SeenLead, SeenParty, View, Who};
pub use words::MatchState;

use case::NotActing;

/// A match with the facts of its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Someone who must has not confirmed contact.
    Open {
        /// When it was detected.
        opened_at: Timestamp,
        /// The last day on which contact is in time.
        contact_deadline: Date,
    },
    /// Everyone who must has confirmed contact.
    ContactConfirmed {
        /// When it was detected.
        opened_at: Timestamp,
        /// The last day on which contact was in time.
        contact_deadline: Date,
    },
    /// Over.
    Closed {
        /// When it was detected.
        opened_at: Timestamp,
        /// The last day on which contact was in time.
        contact_deadline: Date,
        /// Since when it is over.
        closed_at: Timestamp,
        /// What came of it.
        outcome: Outcome,
    },
}

/// What a new match brings with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entered {
    /// The match from now on.
    pub match_case: Match,
    /// From when every door shows the newcomers, and shows the match to them.
    pub visible_at: Timestamp,
    /// The instant at which the contact deadline of the match ends, for the record of the event.
    pub contact_deadline_ends_at: Timestamp,
}

impl Match {
    /// Opens a match that was detected now. The working days are counted from the day it becomes visible: before that
    /// nobody can act on it.
    pub fn open(terms: &Terms<'_>, detected_at: Timestamp) -> Entered {
        let visible_at = terms.visible_at(detected_at);
        let deadline = terms.contact_deadline(visible_at);
        Entered {
            match_case: Self::Open {
                opened_at: detected_at,
                contact_deadline: deadline.last_day,
            },
            visible_at,
            contact_deadline_ends_at: deadline.ends_at,
        }
    }

    /// Everyone who must has confirmed contact. Changes nothing in a match that is not open.
    #[must_use]
    pub fn confirm_contact(self) -> Self {
        match self {
            Self::Open {
                opened_at,
                contact_deadline,
            } => Self::ContactConfirmed {
                opened_at,
                contact_deadline,
            },
            unchanged => unchanged,
        }
    }

    /// Fewer than two signals are left. Changes nothing in a match that is closed.
    #[must_use]
    pub fn close(self, closed_at: Timestamp) -> Self {
        self.close_as(closed_at, Outcome::SignalsEnded)
    }

    /// It is over with this outcome. Changes nothing in a match that is closed.
    #[must_use]
    fn close_as(self, closed_at: Timestamp, outcome: Outcome) -> Self {
        match self {
            Self::Open {
                opened_at,
                contact_deadline,
            }
            | Self::ContactConfirmed {
                opened_at,
                contact_deadline,
            } => Self::Closed {
                opened_at,
                contact_deadline,
                closed_at,
                outcome,
            },
            closed @ Self::Closed { .. } => closed,
        }
    }

    /// The name of its state.
    pub fn state(self) -> MatchState {
        match self {
            Self::Open { .. } => MatchState::Open,
            Self::ContactConfirmed { .. } => MatchState::ContactConfirmed,
            Self::Closed { .. } => MatchState::Closed,
        }
    }

    /// When it was detected.
    pub fn opened_at(self) -> Timestamp {
        match self {
            Self::Open { opened_at, .. }
            | Self::ContactConfirmed { opened_at, .. }
            | Self::Closed { opened_at, .. } => opened_at,
        }
    }

    /// The last day on which contact is or was in time.
    pub fn contact_deadline(self) -> Date {
        match self {
            Self::Open { contact_deadline, .. }
            | Self::ContactConfirmed { contact_deadline, .. }
            | Self::Closed { contact_deadline, .. } => contact_deadline,
        }
    }

    /// Since when it is over, if it is.
    pub fn closed_at(self) -> Option<Timestamp> {
        self.closing().map(|(closed_at, _)| closed_at)
    }

    /// Since when it is over and what came of it, if it is.
    pub fn closing(self) -> Option<(Timestamp, Outcome)> {
        match self {
            Self::Closed {
                closed_at, outcome, ..
            } => Some((closed_at, outcome)),
            Self::Open { .. } | Self::ContactConfirmed { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;
