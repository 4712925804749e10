//! Consent: the record by which required signatories allow exchange between named parties in one match.
//!
//! Consent in the sense of GDPR article 4(11): specific (these parties, this match), informed (what was shown is on
//! record), and withdrawn as easily as given (article 7(3)). Nobody's silence counts as a yes. A state is a type here:
//! what is over has no way back, and what is not given cannot be withdrawn.

mod attested;
mod boundary;
mod question;
mod standing;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::covenant::Terms;
use crate::invitation;
use crate::key::OrganisationKey;

pub use attested::{Attestation, AttestationRefusal, AttestedDecision, Form};
pub use question::{Question, QuestionRefusal, Stated};
pub use standing::{COOL_DOWN_DAYS, MayNotAsk, Standing, may_ask};
pub use words::{AgeBand, Assurance, ConsentState, How, Method, Purpose, Signatory, SignatoryRole};

/// Asked and not yet decided by everyone who must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The parties the family was asked about. What is given covers exactly these.
    pub parties: BTreeSet<OrganisationKey>,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// From this instant it can no longer be given: the invitations have run out or an age boundary has been reached.
    pub answer_by: Timestamp,
    /// When the next age boundary begins, if that falls within the life of what was asked.
    pub boundary_at: Option<Timestamp>,
    /// How long it will stand, as the family was told.
    pub consent_days: u16,
    /// What it is about ends by itself at this instant, and with it the time to answer: the end of a signal's sleep.
    pub latest_end: Option<Timestamp>,
    /// Everyone who must sign, and their signature if they did.
    pub signatures: BTreeMap<Signatory, Option<Signature>>,
}

/// A signature of one signatory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// When.
    pub at: Timestamp,
    /// In which way.
    pub how: How,
}

/// Given by all who must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The parties it covers.
    pub parties: BTreeSet<OrganisationKey>,
    /// Who signed, and who may therefore withdraw.
    pub signatories: BTreeSet<Signatory>,
    /// When the last signature was set.
    pub given_at: Timestamp,
    /// The instant from which it no longer stands.
    pub valid_until: Timestamp,
    /// In which way it was given: as sure as the least sure of its signatures.
    pub how: How,
}

/// What follows from a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// Others still must sign. Nothing opens.
    Partially(Pending),
    /// That was the last: consent is given.
    Given(Given),
}

/// Why an act on a consent is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPossible {
    /// Who acts is not one of the required signatories.
    #[error("not a signatory of this request")]
    NotASignatory,
    /// This signatory has signed already.
    #[error("already signed by this signatory")]
    AlreadySigned,
    /// The time to answer, or the consent itself, is over.
    #[error("its time is over")]
    Over,
    /// It is not over yet, so it cannot expire.
    #[error("its time is not over")]
    NotOver,
}

impl Pending {
    /// Asks. The request can be answered as long as its invitations are valid, and never across an age boundary: on
    /// that day another rule holds about who must sign. Of what ends by itself at `latest_end`, no longer than it lasts.
    pub fn ask(
        question: &Question,
        parties: impl IntoIterator<Item = OrganisationKey>,
        latest_end: Option<Timestamp>,
        terms: &Terms<'_>,
        now: Timestamp,
    ) -> Self {
        let boundary_at = question.boundary_on().map(|day| terms.start_of_day(day));
        let invitations_end = terms.add_days(now, invitation::VALID_DAYS);
        let ends = [Some(invitations_end), latest_end, boundary_at];
        Self {
            parties: parties.into_iter().collect(),
            requested_at: now,
            answer_by: ends.into_iter().flatten().min().unwrap_or(invitations_end),
            boundary_at,
            consent_days: terms.consent_days(),
            latest_end,
            signatures: question
                .signatories()
                .into_iter()
                .map(|signatory| (signatory, None))
                .collect(),
        }
    }

    /// `requested` while nobody has signed, then `partially_given`.
    pub fn state(&self) -> ConsentState {
        if self.signatures.values().any(Option::is_some) {
            ConsentState::PartiallyGiven
        } else {
            ConsentState::Requested
        }
    }

    /// A signatory says yes. With the last signature the consent is given, until its days are over or the next age
    /// boundary begins at 00:00 local, whichever is earlier.
    ///
    /// # Errors
    /// `Over`, `NotASignatory`, `AlreadySigned`.
    pub fn sign(
        mut self,
        by: Signatory,
        how: How,
        terms: &Terms<'_>,
        now: Timestamp,
    ) -> Result<Signed, NotPossible> {
        self.in_time(now)?;
        let signature = self.signatures.get_mut(&by).ok_or(NotPossible::NotASignatory)?;
        if signature.is_some() {
            return Err(NotPossible::AlreadySigned);
        }
        *signature = Some(Signature { at: now, how });
        Ok(self.with_its_signatures(terms, now))
    }

    /// What the signatures that are there come to, when the portal could not sign the record in the act of the last one: given
    /// now, if it can still be given.
    ///
    /// # Errors
    /// `Over`.
    pub fn conclude(self, terms: &Terms<'_>, now: Timestamp) -> Result<Signed, NotPossible> {
        self.in_time(now)?;
        Ok(self.with_its_signatures(terms, now))
    }

    fn with_its_signatures(self, terms: &Terms<'_>, now: Timestamp) -> Signed {
        let signatures = self.signatures.values().copied().collect::<Option<Vec<_>>>();
        let least_sure = signatures.and_then(|all| all.into_iter().map(|signature| signature.how).min());
        let Some(how) = least_sure else {
            return Signed::Partially(self);
        };
        let days_over = terms.add_days(now, self.consent_days);
        Signed::Given(Given {
            parties: self.parties,
            signatories: self.signatures.into_keys().collect(),
            given_at: now,
            valid_until: self
                .boundary_at
                .map_or(days_over, |boundary| boundary.min(days_over)),
            how,
        })
    }

    /// A signatory says no, or takes back a yes before the others have decided. One no decides for the whole request.
    ///
    /// # Errors
    /// `Over`, `NotASignatory`.
    pub fn refuse(self, by: Signatory, now: Timestamp) -> Result<Standing, NotPossible> {
        self.in_time(now)?;
        if self.signatures.contains_key(&by) {
            Ok(Standing::Refused { at: now })
        } else {
            Err(NotPossible::NotASignatory)
        }
    }

    /// Nobody can answer any more.
    ///
    /// # Errors
    /// `NotOver` before `answer_by`, or when an age boundary is what ends it: then it is superseded.
    pub fn expire(self, now: Timestamp) -> Result<Standing, NotPossible> {
        if self.in_time(now).is_err() && self.overtaken_at().is_none() {
            Ok(Standing::Unanswered { at: self.answer_by })
        } else {
            Err(NotPossible::NotOver)
        }
    }

    fn in_time(&self, now: Timestamp) -> Result<(), NotPossible> {
        if now < self.answer_by {
            Ok(())
        } else {
            Err(NotPossible::Over)
        }
    }
}

impl Given {
    /// A signatory takes consent back: for all parties, at once, finally. Each of those who had to agree can do so
    /// alone, without a reason (GDPR article 7(3)).
    ///
    /// # Errors
    /// `Over`, `NotASignatory`.
    pub fn withdraw(self, by: Signatory, now: Timestamp) -> Result<Standing, NotPossible> {
        if now >= self.valid_until {
            return Err(NotPossible::Over);
        }
        if self.signatories.contains(&by) {
            Ok(Standing::Withdrawn { at: now })
        } else {
            Err(NotPossible::NotASignatory)
        }
    }

    /// Whether this one, given now, takes the place of an earlier one of the match: when it names everyone whom that one
    /// covers and who still takes part, so that nobody loses cover without the family having been asked.
    pub fn takes_the_place_of(
        &self,
        earlier: &BTreeSet<OrganisationKey>,
        takes_part: impl Fn(OrganisationKey) -> bool,
    ) -> bool {
        earlier
            .iter()
            .all(|party| self.parties.contains(party) || !takes_part(*party))
    }

    /// A later consent takes the place of this one: what the family agreed to last is what stands.
    ///
    /// # Errors
    /// `Over`.
    pub fn replace(self, now: Timestamp) -> Result<Standing, NotPossible> {
        if now >= self.valid_until {
            return Err(NotPossible::Over);
        }
        Ok(Standing::Replaced { at: now })
    }

    /// Its end has come.
    ///
    /// # Errors
    /// `NotOver` before `valid_until`.
    pub fn expire(self, now: Timestamp) -> Result<Standing, NotPossible> {
        if now >= self.valid_until {
            Ok(Standing::Expired { at: self.valid_until })
        } else {
            Err(NotPossible::NotOver)
        }
    }
}

/// Whether withdrawing the one must end the other too: both let the same two organisations exchange, and a lock that is
/// closed must not stand open by another door.
pub fn opens_the_same_door(one: &BTreeSet<OrganisationKey>, other: &BTreeSet<OrganisationKey>) -> bool {
    one.intersection(other).count() > 1
}

/// The instant after which nothing that could come of a question asked now still stands.
fn longest_end(now: Timestamp, consent_days: u16, terms: &Terms<'_>) -> Timestamp {
    terms.add_days(now, consent_days.saturating_add(invitation::VALID_DAYS))
}

/// Whether a signatory is shown the name of an organisation the request names, or "another organisation". Guardians who
/// are asked together with a young person (12 to 15) do not learn from the request that the young person is known to an
/// organisation of a sensitive sector: the young person may have gone there in confidence (compare Burgerlijk Wetboek,
/// article 7:457(3)). Who must sign says enough; the age band need not be kept for it.
pub fn is_named_to(
    reader: SignatoryRole,
    must_sign: impl IntoIterator<Item = SignatoryRole>,
    sensitive: bool,
) -> bool {
    let with_young_person = || {
        must_sign
            .into_iter()
            .any(|role| role == SignatoryRole::YoungPerson)
    };
    !(sensitive && reader == SignatoryRole::Guardian && with_young_person())
}

#[cfg(test)]
pub(crate) mod tests;
