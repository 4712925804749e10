//! The municipality decides on an objection. What follows for the signal and for those who were in a match with it
//! happens in the same transaction.

use domain::event::Event;
use domain::key::ObjectionKey;
use domain::notice::NoticeKind;
use domain::objection::{Decision, NotPossible, Objection, Outcome, Reason, ReasonsRefusal};
use domain::signal::{DestroyReason, Ending};
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::id::Id;
use protocol::objection as wire;
use protocol::problem::ProblemType;
use store::{Matcher, NoticeAbout, ObjectionRow, StoreError, StoredAnswer, Tx};

use super::facts::{self, objection_of};
use crate::act::{self, Answer, Failure, MatcherAct, Once, Refusable, plainly};
use crate::covenants::Covenants;
use crate::notices::{self, Told};
use crate::{Caller, Casework, signal_life};

/// Why a decision is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecideObjectionRefusal {
    /// There is no such objection for this municipality.
    #[error("there is no such objection for this municipality")]
    NotFound,
    /// The reasons are none for this outcome.
    #[error(transparent)]
    Reasons(#[from] ReasonsRefusal),
    /// It cannot be decided, or not yet.
    #[error(transparent)]
    NotPossible(#[from] NotPossible),
}

impl Refusable for DecideObjectionRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NotFound => plainly(ProblemType::NotFound),
            Self::Reasons(_) => Refused {
                problem: ProblemType::InvalidRequest,
                errors: vec![FieldError::new("/reasons", FieldErrorCode::NotAllowed)],
            },
            Self::NotPossible(NotPossible::AdvicePending) => plainly(ProblemType::ObjectionAdvicePending),
            Self::NotPossible(NotPossible::NotOpen | NotPossible::Advised) => {
                plainly(ProblemType::ObjectionClosed)
            }
        }
    }
}

impl Casework {
    /// Decides on an objection.
    ///
    /// # Errors
    /// [`DecideObjectionRefusal`].
    pub async fn decide_objection(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: wire::ObjectionDecisionSubmission,
    ) -> Result<Answer, Failure<DecideObjectionRefusal>> {
        let outcome = match body.outcome {
            wire::ObjectionOutcome::Upheld => Outcome::Upheld,
            wire::ObjectionOutcome::Rejected => Outcome::Rejected,
        };
        let reasons = body.reasons.into_iter().map(facts::reason_of).collect();
        let act = Decide {
            caller: caller.clone(),
            id,
            outcome,
            reasons,
        };
        self.matcher_act(caller, once, act).await
    }
}

struct Decide {
    caller: Caller,
    id: Id,
    outcome: Outcome,
    reasons: Vec<Reason>,
}

impl MatcherAct for Decide {
    const NAME: &'static str = "decide_objection";
    type Refusal = DecideObjectionRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<DecideObjectionRefusal>> {
        let key = tx.ids().parse_objection(self.id.0);
        tx.lock_subjects(&[key.subject]).await?;
        let rows = tx.objections_to_decide(key).await?;
        let row = rows
            .iter()
            .find(|row| row.key == key && row.municipality == self.caller.organisation)
            .ok_or(DecideObjectionRefusal::NotFound)?;
        let decision =
            Decision::new(self.outcome, self.reasons.clone()).map_err(DecideObjectionRefusal::from)?;
        let decided = objection_of(row)?
            .decide(decision.clone(), tx.now())
            .map_err(DecideObjectionRefusal::from)?;
        let also = match self.outcome {
            Outcome::Upheld => rows.iter().filter(|other| other.key != key).collect(),
            Outcome::Rejected => Vec::new(),
        };
        self.write(tx, row, &also, &decision).await?;
        match self.outcome {
            Outcome::Upheld => uphold(tx, row).await?,
            Outcome::Rejected => tell_of_rejection(tx, row).await?,
        }
        // What became of others' records is not promised to the municipality.
        Ok(StoredAnswer {
            leaves: tx.recorded_about(row.log_tag),
            ..answer(tx, self.id, &decided, row).await?
        })
    }
}

impl Decide {
    async fn write(
        &self,
        tx: &Tx<'_, Matcher>,
        row: &ObjectionRow,
        also: &[&ObjectionRow],
        decision: &Decision,
    ) -> Result<(), StoreError> {
        let all = || std::iter::once(row).chain(also.iter().copied());
        let rows: Vec<i64> = all().map(|row| row.key.row).collect();
        let events: Vec<Event> = all()
            .map(|row| Event::ObjectionDecided {
                objection: row.log_tag,
                organisation: self.caller.organisation_id.0,
                outcome: self.outcome,
                reasons: decision.reasons().to_vec(),
            })
            .collect();
        let reasons: Vec<&str> = decision.reasons().iter().map(|reason| reason.slug()).collect();
        let ObjectionKey { subject, .. } = row.key;
        let state = self.outcome.state().slug();
        tx.decide_objections(subject, &rows, state, &reasons, &events)
            .await
    }
}

/// The signal is destroyed and not archived, and everybody who was in a match with it is told.
async fn uphold(tx: &Tx<'_, Matcher>, row: &ObjectionRow) -> Result<(), StoreError> {
    let signal = row.signal.ok_or(StoreError::Column { column: "signal_id" })?;
    let ending = Ending::Destroyed(DestroyReason::Objection);
    signal_life::end_signals(tx, &[(signal, ending)]).await
}

/// The signal stays; its organisation is told that.
async fn tell_of_rejection(tx: &Tx<'_, Matcher>, row: &ObjectionRow) -> Result<(), StoreError> {
    let key = row.signal.ok_or(StoreError::Column { column: "signal_id" })?;
    let found = tx.where_signals_are(&[key]).await?;
    let subjects: Vec<i64> = found.iter().map(|key| key.subject).collect();
    let signals = tx.signals_of(&subjects).await?;
    let signal = signals.iter().find(|signal| found.contains(&signal.key));
    let signal = signal.ok_or(StoreError::Column { column: "signal_id" })?;
    let covenants = Covenants::read(tx).await?;
    let told = Told {
        organisation: row.organisation,
        about: NoticeAbout::Signal(key),
        about_tag: signal.log_tag,
        kind: NoticeKind::ObjectionDecided,
        visible_at: domain::covenant::Terms::of(covenants.of(row.covenant)?).visible_at(tx.now()),
    };
    notices::lay(tx, &covenants, &[told]).await.map(drop)
}

/// The objection as it was decided. The record itself may be gone: when nothing is left about the child.
async fn answer(
    tx: &Tx<'_, Matcher>,
    id: Id,
    decided: &Objection,
    row: &ObjectionRow,
) -> Result<StoredAnswer, StoreError> {
    let reasons = match decided {
        Objection::Decided { reasons, .. } => reasons.iter().map(|reason| reason.slug().to_owned()).collect(),
        _ => Vec::new(),
    };
    let decided = ObjectionRow {
        state: decided.state().slug().to_owned(),
        decided_at: Some(tx.now()),
        reasons,
        ..row.clone()
    };
    let body = facts::to_wire(tx, &decided).await?;
    Ok(act::answer(201, Some(format!("/v1/objections/{id}")), &body))
}
