//! What somebody decided takes hold: a signature, a no, a yes taken back, with everything that follows in the same
//! transaction for the signal or the match it is about, for other consents, and for messages.
//!
//! Runs as the matcher. Whoever calls has found out, in the family's or the organisation's own transaction, that this
//! signatory may decide, or that this organisation may record it. The child and the consent are locked first; whoever reads
//! content relies on the same row, so a withdrawal that was answered is seen by every later read.

use domain::calendar;
use domain::consent::{
    AttestedDecision, Given, How, NotPossible, Pending, Signatory, Signed, opens_the_same_door,
};
use domain::event::{Decision, Event, RecordedBy};
use domain::key::{ConsentKey, OrganisationKey, SignalKey, SignatoryKey};
use domain::signal::{Archive, DestroyReason, Ending};
use jiff::civil::Date;
use protocol::OrganisationId;
use protocol::consent::record::{About, Assurance, Method, Record, Terms};
use protocol::id::Id;
use store::{ConsentAbout, Decided, Matcher, SignatoryRow, SignedRecord, StandingRow, StoreError, Tx};

use crate::consent_case::ConsentCase;
use crate::covenants::Covenants;
use crate::signal_life::{end_signals, wake_signal};
use crate::supersede::{destroy_unfetched, end_request};
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
        let (consent, about) = (case.row.log_tag, case.tag());
        let from = consent_facts::state(&case.row)?;
        let decision = self.decision();
        match signed {
            Signed::Partially(_) => {
                let event = Event::ConsentSigned {
                    consent,
                    about,
                    from,
                    decision,
                };
                tx.sign(self.decided(), case.row.key, &event).await?;
            }
            Signed::Given(given) => {
                self.replace_others(&given).await?;
                let event = Event::ConsentGiven {
                    consent,
                    about,
                    from,
                    valid_until: given.valid_until,
                    decision,
                    how: given.how,
                };
                let record = self.record(&given)?;
                tx.give(self.decided(), case.row.key, given.valid_until, &record, &event)
                    .await?;
                self.wake(&given).await?;
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
        self.take_back(self.case).await?;
        for other in self.others().await? {
            // What lets the same two exchange ends with it.
            let parties = other.parties.iter().copied().collect();
            if opens_the_same_door(&given.parties, &parties)
                && let Some(other) = ConsentCase::lock(self.tx, other.key).await?
            {
                self.take_back(&other).await?;
            }
        }
        self.end_signal().await
    }

    async fn take_back(&self, case: &ConsentCase) -> Result<(), StoreError> {
        let event = Event::ConsentWithdrawn {
            consent: case.row.log_tag,
            about: case.tag(),
            from: consent_facts::state(&case.row)?,
            decision: self.decision(),
        };
        self.tx.withdraw(case.row.key, &event).await?;
        destroy_unfetched(self.tx, case).await
    }

    /// The request, if it waits for answers and something can come of them.
    fn waiting(&self) -> Result<Pending, CannotDecide> {
        if !self.case.row.is_pending() || self.case.is_pointless() {
            return Err(CannotDecide::TooLate);
        }
        Ok(self.case.pending()?)
    }

    /// The other consents that stand in the same match.
    async fn others(&self) -> Result<Vec<StandingRow>, StoreError> {
        match self.case.row.about {
            ConsentAbout::Match(match_case) => self.tx.standing_others(match_case, self.case.row.key).await,
            ConsentAbout::Signal(_) => Ok(Vec::new()),
        }
    }

    /// What the family agrees to last takes the place of what stood before, unless somebody would lose cover by that.
    async fn replace_others(&self, given: &Given) -> Result<(), StoreError> {
        let takes_part =
            |party: OrganisationKey| self.case.about.members.iter().any(|(member, _)| *member == party);
        let others = self.others().await?;
        let replaced: Vec<&StandingRow> = others
            .iter()
            .filter(|other| {
                let parties = other.parties.iter().copied().collect();
                given.takes_the_place_of(&parties, takes_part)
            })
            .collect();
        let rows: Vec<i64> = replaced.iter().map(|other| other.key.row).collect();
        let events: Vec<Event> = replaced
            .iter()
            .map(|other| Event::ConsentReplaced {
                consent: other.log_tag,
                match_case: self.case.about.log_tag,
                successor: self.case.row.log_tag,
            })
            .collect();
        self.tx.replace(&rows, self.case.row.key, &events).await
    }

    /// A signal that the family agreed to counts from now on, and no longer than the consent: it ends when the day begins
    /// on which that does.
    async fn wake(&self, given: &Given) -> Result<(), StoreError> {
        let ConsentAbout::Signal(signal) = self.case.row.about else {
            return Ok(());
        };
        let covenants = Covenants::read(self.tx).await?;
        let covenant = covenants.of(self.case.issuer()?.covenant)?;
        let zone = covenant.time_zone();
        let day = calendar::local_date(given.valid_until, zone);
        let ends_at = calendar::start_of_day(day, zone);
        let archive = Archive::after(ends_at, covenant.archive_years(), zone);
        self.tx.end_with_consent(signal, day, ends_at, archive).await?;
        wake_signal(self.tx, signal).await
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
        }
    }

    /// What was agreed, in the form that anyone can check. It names organisations and no person.
    fn record(&self, given: &Given) -> Result<SignedRecord, StoreError> {
        let row = &self.case.row;
        let name = |text: &str| {
            text.parse().map_err(|_| StoreError::Column {
                column: "text_version",
            })
        };
        let ids = self.tx.ids();
        let parties = self
            .case
            .named
            .iter()
            .map(|named| OrganisationId(named.organisation_id));
        let terms = Terms {
            network: self.casework.keys().network_name.clone(),
            about: match row.about {
                ConsentAbout::Match(key) => About::Exchange(Id(ids.match_case(key))),
                ConsentAbout::Signal(key) => About::Signal(Id(ids.signal(key))),
            },
            parties: parties.collect(),
            text_version: name(&row.text_version)?,
            language: name(&row.language)?,
            method: method(given.how),
            assurance: assurance(given.how),
            issuer: OrganisationId(self.case.issuer()?.organisation_id),
            requested_at: row.requested_at,
            given_at: given.given_at,
            valid_until: given.valid_until,
        };
        let record = Record::new(terms).map_err(|_| StoreError::Column { column: "record" })?;
        let signed = self.casework.keys().consent.sign(&record);
        Ok(SignedRecord {
            document: signed.document,
            hash: signed.hash.0,
            signature: signed.signature.0,
        })
    }
}

fn method(how: How) -> Method {
    match how.method {
        domain::consent::Method::Portal => Method::Portal,
        domain::consent::Method::Oral => Method::Oral,
        domain::consent::Method::Written => Method::Written,
    }
}

fn assurance(how: How) -> Assurance {
    match how.assurance {
        domain::consent::Assurance::Attested => Assurance::Attested,
        domain::consent::Assurance::Letter => Assurance::Letter,
        domain::consent::Assurance::Assisted => Assurance::Assisted,
        domain::consent::Assurance::Oidc => Assurance::Oidc,
    }
}
