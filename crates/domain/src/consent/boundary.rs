//! The birthday on which another rule begins about who must sign, while a request still waits.
//!
//! At 00:00 local of the 12th or 16th birthday the request ends as it was asked, and a request by the new rule takes its
//! place. Which signatures go along is the covenant's choice at 12; at 16 the young person decides alone, and anew: what
//! they signed beside others before, they signed as one of several.

use jiff::Timestamp;

use super::{AgeBand, NotPossible, Pending, Signatory, SignatoryRole};
use crate::covenant::{OnAgeBoundary, Terms};
use crate::invitation;

impl Pending {
    /// The band by whose rule this is asked: who must sign says it.
    pub fn age_band(&self) -> AgeBand {
        let asks = |role| self.signatures.keys().any(|signatory| signatory.role == role);
        match (asks(SignatoryRole::Guardian), asks(SignatoryRole::YoungPerson)) {
            (_, false) => AgeBand::Under12,
            (true, true) => AgeBand::From12To15,
            (false, true) => AgeBand::From16,
        }
    }

    /// The instant at which another rule begins before the time to answer is over, if it does.
    pub fn overtaken_at(&self) -> Option<Timestamp> {
        self.boundary_at.filter(|boundary| *boundary <= self.answer_by)
    }

    /// Who must sign from that instant, and need not yet: whoever asks sends them a letter too, that opens nothing before.
    pub fn signs_later(&self) -> Option<Signatory> {
        let joins = self.overtaken_at().is_some() && self.age_band() == AgeBand::Under12;
        joins.then_some(Signatory::YOUNG_PERSON)
    }

    /// Until when what takes the place of this request can be answered: it is a new question, with the time of one.
    pub fn successor_answer_by(&self, terms: &Terms<'_>) -> Option<Timestamp> {
        let overtaken_at = self.overtaken_at()?;
        let invitations_end = terms.add_days(overtaken_at, invitation::VALID_DAYS);
        Some(
            self.latest_end
                .map_or(invitations_end, |latest| latest.min(invitations_end)),
        )
    }

    /// The request that takes the place of this one from the boundary on. Depends on nothing but what was asked: whoever
    /// writes it down, and however late, writes the same.
    ///
    /// # Errors
    /// `NotOver` before the boundary, or when none comes.
    pub fn supersede(self, terms: &Terms<'_>, now: Timestamp) -> Result<Self, NotPossible> {
        let (Some(began_at), Some(answer_by)) = (self.overtaken_at(), self.successor_answer_by(terms)) else {
            return Err(NotPossible::NotOver);
        };
        if now < began_at {
            return Err(NotPossible::NotOver);
        }
        let signatures = match self.age_band() {
            AgeBand::Under12 => {
                let mut signatures = self.signatures;
                signatures.insert(Signatory::YOUNG_PERSON, None);
                if terms.on_age_boundary() == OnAgeBoundary::AskAgain {
                    signatures.values_mut().for_each(|signature| *signature = None);
                }
                signatures
            }
            AgeBand::From12To15 | AgeBand::From16 => [(Signatory::YOUNG_PERSON, None)].into(),
        };
        Ok(Self {
            requested_at: began_at,
            answer_by,
            // The next one is four years away, or there is none; a consent stands for two years at most.
            boundary_at: None,
            signatures,
            ..self
        })
    }
}
