//! How a match ends: by its lead, who says what came of it, or by itself when fewer than two signals are left.

use jiff::Timestamp;

use super::{Case, Match, NotActing};
use crate::key::OrganisationKey;
use crate::words::words;

words! {
    /// What came of a match.
    Outcome, "outcomes of a match" {
        /// The parties agreed who does what.
        TunedIn = "tuned_in",
        /// The parties knew of each other before.
        AlreadyKnown = "already_known",
        /// They did not reach each other.
        NoContact = "no_contact",
        /// The family did not allow exchange.
        ConsentRefused = "consent_refused",
        /// The route for safeguarding was taken, outside of the service. Only that it was, and who approved it, is recorded.
        HandedToSafeguarding = "handed_to_safeguarding",
        /// Fewer than two signals were left. Not for a lead to say.
        SignalsEnded = "signals_ended",
    }
}

/// A lead's closing.
#[derive(Debug, Clone, Copy)]
pub struct Closing<'a> {
    /// What came of it.
    pub outcome: Outcome,
    /// Who closes, by the reference of the professional through whom the lead takes part; none when it was erased.
    pub by: Option<&'a str>,
    /// Who approved it, by the reference the lead's organisation knows them under.
    pub approved_by: Option<&'a str>,
}

/// Why a match cannot be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotClose {
    /// The match does not exist for this organisation.
    #[error("no such match")]
    NoSuchMatch,
    /// The match is over.
    #[error("the match is closed")]
    Closed,
    /// Only the lead closes a match.
    #[error("only the lead closes a match")]
    NotTheLead,
    /// A match ends by itself when its signals do; nobody says so.
    #[error("a match closes as `signals_ended` by itself only")]
    NotForALead,
    /// Handing over to safeguarding needs a second person.
    #[error("a second person has to approve it")]
    NotApproved,
    /// The second person is the first.
    #[error("the person who approves is the one who closes")]
    ApprovedByThemself,
    /// Nothing else is approved: a reference that nobody needs is not taken.
    #[error("this outcome is approved by nobody")]
    NothingToApprove,
}

impl Closing<'_> {
    /// Whether it can be made at all, whoever makes it.
    ///
    /// # Errors
    /// `NotForALead`, `NotApproved`, `ApprovedByThemself`, `NothingToApprove`.
    pub fn weigh(&self) -> Result<(), CannotClose> {
        match (self.outcome, self.approved_by) {
            (Outcome::SignalsEnded, _) => Err(CannotClose::NotForALead),
            (Outcome::HandedToSafeguarding, None) => Err(CannotClose::NotApproved),
            (Outcome::HandedToSafeguarding, Some(second)) => match self.by {
                Some(first) if is_same_person(first, second) => Err(CannotClose::ApprovedByThemself),
                _ => Ok(()),
            },
            (_, Some(_)) => Err(CannotClose::NothingToApprove),
            (_, None) => Ok(()),
        }
    }
}

/// References are chosen by people and systems: neither letter case nor blanks make two of one.
fn is_same_person(first: &str, second: &str) -> bool {
    let plain = |reference: &str| reference.trim().to_lowercase();
    plain(first) == plain(second)
}

impl From<NotActing> for CannotClose {
    fn from(not_acting: NotActing) -> Self {
        match not_acting {
            NotActing::NoSuchMatch => Self::NoSuchMatch,
            NotActing::Closed => Self::Closed,
        }
    }
}

impl Case<'_> {
    /// The lead closes the match: for everyone, at once.
    ///
    /// # Errors
    /// See [`CannotClose`].
    pub fn close(
        &self,
        by: OrganisationKey,
        closing: Closing<'_>,
        now: Timestamp,
    ) -> Result<Match, CannotClose> {
        self.as_known(now, |case| {
            case.acting(by, now)?;
            if case.lead(now) != Some(by) {
                return Err(CannotClose::NotTheLead);
            }
            closing.weigh()?;
            Ok(case.now(now).close_as(now, closing.outcome))
        })
    }
}
