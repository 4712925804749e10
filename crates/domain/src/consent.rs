//! Consent: the record by which required signatories allow exchange between named parties in one match.
//!
//! Consent in the sense of GDPR article 4(11): specific (these parties, this match), informed (what was shown is on
//! record), and withdrawn as easily as given (article 7(3)). Nobody's silence counts as a yes. A state is a type here:
//! what is over has no way back, and what is not given cannot be withdrawn.

mod question;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::covenant::Terms;
use crate::invitation;
use crate::key::OrganisationKey;

pub use question::{Question, QuestionRefusal};
pub use words::{AgeBand, ConsentState, Signatory, SignatoryRole};

/// After a refusal nobody may ask again for this many days: a family is not worn down until it says yes.
pub const COOL_DOWN_DAYS: u16 = 30;

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
    /// Everyone who must sign, and when they did.
    pub signatures: BTreeMap<Signatory, Option<Timestamp>>,
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
    /// that day another rule holds about who must sign.
    pub fn ask(
        question: &Question,
        parties: impl IntoIterator<Item = OrganisationKey>,
        terms: &Terms<'_>,
        now: Timestamp,
    ) -> Self {
        let boundary_at = question.boundary_on().map(|day| terms.start_of_day(day));
        let invitations_end = terms.add_days(now, invitation::VALID_DAYS);
        Self {
            parties: parties.into_iter().collect(),
            requested_at: now,
            answer_by: boundary_at.map_or(invitations_end, |boundary| boundary.min(invitations_end)),
            boundary_at,
            consent_days: terms.consent_days(),
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
    pub fn sign(mut self, by: Signatory, terms: &Terms<'_>, now: Timestamp) -> Result<Signed, NotPossible> {
        self.in_time(now)?;
        let signature = self.signatures.get_mut(&by).ok_or(NotPossible::NotASignatory)?;
        if signature.is_some() {
            return Err(NotPossible::AlreadySigned);
        }
        *signature = Some(now);
        if self.signatures.values().any(Option::is_none) {
            return Ok(Signed::Partially(self));
        }
        let days_over = terms.add_days(now, self.consent_days);
        Ok(Signed::Given(Given {
            parties: self.parties,
            signatories: self.signatures.into_keys().collect(),
            given_at: now,
            valid_until: self
                .boundary_at
                .map_or(days_over, |boundary| boundary.min(days_over)),
        }))
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
    /// `NotOver` before `answer_by`.
    pub fn expire(self, now: Timestamp) -> Result<Standing, NotPossible> {
        if self.in_time(now).is_err() {
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

    /// A later consent takes the place of this one: what the family agreed to last is what stands. It names everyone who
    /// takes part by then, so nobody who still does loses cover.
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

/// Where a consent stands, as far as parties may know: never who signed, refused or withdrew. The last five are ends;
/// none of them leads anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Asked; someone still must decide. Whether others have is not told.
    Asked {
        /// From this instant it can no longer be given.
        answer_by: Timestamp,
    },
    /// Given by all who must.
    Given {
        /// Since when.
        given_at: Timestamp,
        /// The instant from which it no longer stands.
        valid_until: Timestamp,
    },
    /// Somebody said no.
    Refused {
        /// When.
        at: Timestamp,
    },
    /// Not decided by everyone in time; it never was given.
    Unanswered {
        /// Since when.
        at: Timestamp,
    },
    /// It was given, and somebody took it back.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// It was given, and its end came.
    Expired {
        /// When.
        at: Timestamp,
    },
    /// It was given, and a later consent took its place.
    Replaced {
        /// When.
        at: Timestamp,
    },
}

impl Standing {
    /// The standing at this moment. Ends act when one looks, also when no housekeeping has run.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Asked { answer_by } if answer_by <= now => Self::Unanswered { at: answer_by },
            Self::Given { valid_until, .. } if valid_until <= now => Self::Expired { at: valid_until },
            unchanged => unchanged,
        }
    }

    /// The name of the state. What was not answered in time is `expired` like what reached its end. Parties are shown
    /// `requested` as long as not everyone has decided.
    pub fn state(self) -> ConsentState {
        match self {
            Self::Asked { .. } => ConsentState::Requested,
            Self::Given { .. } => ConsentState::Given,
            Self::Refused { .. } => ConsentState::Refused,
            Self::Withdrawn { .. } => ConsentState::Withdrawn,
            Self::Unanswered { .. } | Self::Expired { .. } => ConsentState::Expired,
            Self::Replaced { .. } => ConsentState::Replaced,
        }
    }

    /// Whether consent stands at this moment.
    pub fn stands(self, now: Timestamp) -> bool {
        matches!(self, Self::Given { given_at, valid_until } if given_at <= now && now < valid_until)
    }
}

impl From<&Pending> for Standing {
    fn from(pending: &Pending) -> Self {
        Self::Asked {
            answer_by: pending.answer_by,
        }
    }
}

impl From<&Given> for Standing {
    fn from(given: &Given) -> Self {
        Self::Given {
            given_at: given.given_at,
            valid_until: given.valid_until,
        }
    }
}

/// Why consent may not be asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MayNotAsk {
    /// An earlier request still waits for an answer.
    #[error("a request is waiting for an answer")]
    Waiting,
    /// Someone refused; the family is left in peace until this instant.
    #[error("the family said no; ask again after {until}")]
    CoolingDown {
        /// From this instant it may be asked again.
        until: Timestamp,
    },
}

/// Whether a new request may be made in a match with these earlier ones.
///
/// # Errors
/// `Waiting` while a request can still be answered, `CoolingDown` for 30 days after a refusal.
pub fn may_ask(
    earlier: impl IntoIterator<Item = Standing>,
    terms: &Terms<'_>,
    now: Timestamp,
) -> Result<(), MayNotAsk> {
    let mut cooling_until = None;
    for standing in earlier {
        match standing.at(now) {
            Standing::Asked { .. } => return Err(MayNotAsk::Waiting),
            Standing::Refused { at } => {
                cooling_until = cooling_until.max(Some(terms.add_days(at, COOL_DOWN_DAYS)))
            }
            _ => {}
        }
    }
    match cooling_until {
        Some(until) if now < until => Err(MayNotAsk::CoolingDown { until }),
        _ => Ok(()),
    }
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
mod tests;
