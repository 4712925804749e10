//! What somebody decided takes hold: a signature, a no, a yes taken back, with everything that follows in the same
//! transaction for the signal or the match it is about, for other consents, and for messages.
//!
//! Runs as the matcher. Whoever calls has found out, in the family's or the organisation's own transaction, that this
//! signatory may decide, or that this organisation may record it. The child and the consent are locked first; whoever reads
//! content relies on the same row, so a withdrawal that was answered is seen by every later read.

use domain::consent::{AttestedDecision, How, NotPossible, Pending, Signatory, Signed, opens_the_same_door};
use domain::event::{Decision, Event, RecordedBy};
use domain::key::{ConsentKey, OrganisationKey, SignalKey, SignatoryKey};
use domain::signal::{DestroyReason, Ending};
use jiff::civil::Date;
use protocol::OrganisationId;
use protocol::consent::Language;
use store::{ConsentAbout, Decided, Matcher, SignatoryRow, StoreError, Tx};

use crate::consent_case::ConsentCase;
use crate::give_consent::{Giving, standing_others};
use crate::signal_life::end_signals;
use crate::supersede::{bury, destroy_content, end_request};
use crate::{Casework, consent_facts};

/// What is to take hold.
#[derive(Debug, Clone)]
pub(crate) struct Deciding {
    pub(crate) signatory: SignatoryKey,
    /// What was read and decided: should another request have taken its place, it was another question. None where it is
    /// whatever the signatory signs now.
    pub(crate) consent: Option<ConsentKey>,
    pub(crate) decision: AttestedDecision,
    pub(crate) how: How,
    /// In which language the signatory read what they decide; none where they read no page here.
    pub(crate) language: Option<Language>,
    /// Whether it is this signatory's own doing; else it follows from what somebody else of the family asked.
    pub(crate) own: bool,
    /// Who recorded it, unless the signatory decides in the portal.
    pub(crate) recorded: Option<Recorded>,
}

/// A professional who recorded what a signatory said or wrote.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) organisation: OrganisationKey,
    pub(crate) organisation_id: OrganisationId,
    pub(crate) professional_reference: String,
    pub(crate) on: Date,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It took hold, or had before.
    Done,
    /// It agreed to or refused a signal that is gone now, and with it what was asked.
    SignalGone,
    /// The child came to another age: what was decided was another question. The one that is asked now has been written.
    AskedAnew,
}

/// Why it cannot take hold.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotDecide {
    /// There is no such signatory any more, or not yet.
    #[error("there is no such signatory")]
    Gone,
    /// It was decided otherwise, or its time is over.
    #[error("this can no longer be decided")]
    TooLate,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NotPossible> for CannotDecide {
    fn from(_: NotPossible) -> Self {
        Self::TooLate
    }
}

/// Lets a decision take hold. The same decision again changes nothing.
pub(crate) async fn decide(
    casework: &Casework,
    tx: &Tx<'_, Matcher>,
    deciding: &Deciding,
) -> Result<Outcome, CannotDecide> {
    let consent = tx
        .consent_of_signatory(deciding.signatory)
        .await?
        .ok_or(CannotDecide::Gone)?;
    if deciding.consent.is_some_and(|read| read != consent) {
        return Err(CannotDecide::TooLate);
    }
    let case = ConsentCase::lock(tx, consent).await?.ok_or(CannotDecide::Gone)?;
    // Read again under the lock: an age boundary may have moved the signatory on.
    let row = case
        .signatories
        .iter()
        .find(|row| row.row == deciding.signatory.row && row.begins_at.is_none())
        .ok_or(CannotDecide::Gone)?;
    if consent_facts::is_overtaken(&case.row, tx.now()) {
        end_request(tx, &case).await?;
        return Ok(Outcome::AskedAnew);
    }
    let act = Act {
        casework,
        tx,
        deciding,
        signatory: consent_facts::signatory(&row.role, row.number)?,
        case: &case,
    };
    match deciding.decision {
        AttestedDecision::Agreed => act.agree(row).await,
        AttestedDecision::Refused => act.refuse(row).await,
        AttestedDecision::Withdrawn => act.withdraw().await,
    }
}

struct Act<'a> {
    casework: &'a Casework,
    tx: &'a Tx<'a, Matcher>,
    deciding: &'a Deciding,
    signatory: Signatory,
    case: &'a ConsentCase,
}

impl Act<'_> {
    async fn agree(&self, row: &SignatoryRow) -> Result<Outcome, CannotDecide> {
        if row.decision.as_deref() == Some("agreed") {
            return Ok(Outcome::Done);
        }
        let (case, tx) = (self.case, self.tx);
        // Nobody can agree to what they are not shown.
        if tx.names_hidden(case.row.key).await? {
            return Err(CannotDecide::TooLate);
        }
        let terms = case.terms()?;
        let signed = self
            .waiting()?
            .sign(self.signatory, self.deciding.how, &terms, tx.now())?;
        match (signed, &self.casework.keys().consent) {
            (Signed::Given(given), Some(signer)) => {
                let giving = Giving {
                    casework: self.casework,
                    tx,
                    case,
                    signer,
                };
                let last = (self.decided(), self.decision());
                giving.give(&given, Some(last)).await?;
            }
            // The last yes is stored like those before it where the portal's key is not: the portal's own process signs.
            (Signed::Partially(_), _) | (Signed::Given(_), None) => {
                let event = Event::ConsentSigned {
                    consent: case.row.log_tag,
                    about: case.tag(),
                    from: consent_facts::state(&case.row)?,
                    decision: self.decision(),
                };
                tx.sign(self.decided(), case.row.key, &event).await?;
            }
        }
        Ok(Outcome::Done)
    }

    async fn refuse(&self, row: &SignatoryRow) -> Result<Outcome, CannotDecide> {
        if row.decision.as_deref() == Some("refused") {
            return Ok(Outcome::Done);
        }
        self.waiting()?.refuse(self.signatory, self.tx.now())?;
        let event = Event::ConsentRefused {
            consent: self.case.row.log_tag,
            about: self.case.tag(),
            from: consent_facts::state(&self.case.row)?,
            decision: self.decision(),
        };
        self.tx.refuse(self.decided(), self.case.row.key, &event).await?;
        self.end_signal().await
    }

    async fn withdraw(&self) -> Result<Outcome, CannotDecide> {
        match self.case.row.state.as_str() {
            "withdrawn" => return Ok(Outcome::Done),
            "given" => {}
            _ => return Err(CannotDecide::TooLate),
        }
        let given = self.case.given()?;
        given.clone().withdraw(self.signatory, self.tx.now())?;
        self.take_back(self.case, Some(self.decided())).await?;
        for other in standing_others(self.tx, self.case).await? {
            // What lets the same two exchange ends with it.
            let parties = other.parties.iter().copied().collect();
            if opens_the_same_door(&given.parties, &parties)
                && let Some(other) = ConsentCase::lock(self.tx, other.key).await?
            {
                self.take_back(&other, None).await?;
            }
        }
        bury(self.tx, self.case).await?;
        self.end_signal().await
    }

    async fn take_back(&self, case: &ConsentCase, decided: Option<Decided>) -> Result<(), StoreError> {
        let event = Event::ConsentWithdrawn {
            consent: case.row.log_tag,
            about: case.tag(),
            from: consent_facts::state(&case.row)?,
            decision: self.decision(),
        };
        self.tx.withdraw(decided, case.row.key, &event).await?;
        destroy_content(self.tx, case).await
    }

    /// The request, if it waits for answers and something can come of them.
    fn waiting(&self) -> Result<Pending, CannotDecide> {
        if !self.case.row.is_pending() || self.case.is_pointless() {
            return Err(CannotDecide::TooLate);
        }
        Ok(self.case.pending()?)
    }

    /// Without the family's agreement nothing of a signal is left that was given first in a covenant that asks first.
    async fn end_signal(&self) -> Result<Outcome, CannotDecide> {
        let ConsentAbout::Signal(signal) = self.case.row.about else {
            return Ok(Outcome::Done);
        };
        let ending: (SignalKey, Ending) = (signal, Ending::Destroyed(DestroyReason::Refused));
        end_signals(self.tx, &[ending]).await?;
        Ok(Outcome::SignalGone)
    }

    fn decision(&self) -> Decision {
        Decision {
            signatory: self.signatory,
            how: self.deciding.how,
            recorded_by: self.deciding.recorded.as_ref().map(|recorded| RecordedBy {
                organisation: recorded.organisation_id.0,
                professional_reference: recorded.professional_reference.clone(),
                on: recorded.on,
            }),
        }
    }

    fn decided(&self) -> Decided {
        let recorded = self.deciding.recorded.as_ref();
        Decided {
            signatory: self.deciding.signatory,
            assurance: self.deciding.how.assurance.slug(),
            method: self.deciding.how.method.slug(),
            recorded: recorded.map(|recorded| (recorded.organisation, recorded.on)),
            language: self.deciding.language.map(Language::code),
            own: self.deciding.own,
        }
    }
}
