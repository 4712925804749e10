//! The municipality decides on a request for access or erasure. What erasure erases goes in the same transaction.

use domain::consent::{AttestedDecision, How};
use domain::covenant::LegalMode;
use domain::event::Event;
use domain::key::SignalKey;
use domain::rights_request::{
    Basis, Decision, NotPossible, RefusalReason, Right, RightsRequest, RightsState,
};
use domain::signal::{DestroyReason, Ending};
use jiff::tz::TimeZone;
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::id::Id;
use protocol::problem::ProblemType;
use protocol::rights_request as wire;
use store::{Matcher, Person, RightsRequestRow, StoreError, StoredAnswer, Tx};

use super::facts::{self, request_of};
use crate::act::{self, Answer, Failure, MatcherAct, Once, Refusable, plainly};
use crate::covenants::Covenants;
use crate::decide_consent::{CannotDecide, Deciding, decide};
use crate::{Caller, Casework, signal_life};

/// Why a decision is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecideRightsRequestRefusal {
    /// There is no such request for this municipality.
    #[error("there is no such request for this municipality")]
    NotFound,
    /// It cannot be decided so.
    #[error(transparent)]
    NotPossible(#[from] NotPossible),
}

impl Refusable for DecideRightsRequestRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NotFound => plainly(ProblemType::NotFound),
            Self::NotPossible(NotPossible::ReasonDoesNotFit) => Refused {
                problem: ProblemType::InvalidRequest,
                errors: vec![FieldError::new("/reason", FieldErrorCode::NotAllowed)],
            },
            Self::NotPossible(NotPossible::NotExtendable) => Refused {
                problem: ProblemType::InvalidRequest,
                errors: vec![FieldError::new("/answer", FieldErrorCode::NotAllowed)],
            },
            Self::NotPossible(NotPossible::NotOpen | NotPossible::NoFile) => {
                plainly(ProblemType::RightsRequestClosed)
            }
        }
    }
}

impl Casework {
    /// Decides on a request, or says that it takes longer.
    ///
    /// # Errors
    /// [`DecideRightsRequestRefusal`].
    pub async fn decide_rights_request(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: wire::RightsDecisionSubmission,
    ) -> Result<Answer, Failure<DecideRightsRequestRefusal>> {
        let said = match (body.answer, body.reason) {
            (wire::RightsAnswer::Given, _) => Said::Given,
            (wire::RightsAnswer::Extended, _) => Said::Extended,
            (wire::RightsAnswer::Refused, Some(reason)) => Said::Refused(facts::reason_of(reason)),
            // The reader of the body takes no refusal without a reason.
            (wire::RightsAnswer::Refused, None) => {
                return Err(DecideRightsRequestRefusal::from(NotPossible::ReasonDoesNotFit).into());
            }
        };
        let act = Decide {
            casework: self.clone(),
            caller: caller.clone(),
            id,
            said,
        };
        self.matcher_act(caller, once, act).await
    }
}

#[derive(Clone, Copy)]
enum Said {
    Given,
    Refused(RefusalReason),
    Extended,
}

struct Decide {
    casework: Casework,
    caller: Caller,
    id: Id,
    said: Said,
}

impl MatcherAct for Decide {
    const NAME: &'static str = "decide_rights_request";
    type Refusal = DecideRightsRequestRefusal;

    async fn perform(
        &self,
        tx: &Tx<'_, Matcher>,
    ) -> Result<StoredAnswer, Failure<DecideRightsRequestRefusal>> {
        let key = tx.ids().parse_rights_request(self.id.0);
        tx.lock_subjects(&[key.subject]).await?;
        let row = tx
            .rights_request_to_decide(key)
            .await?
            .filter(|row| row.municipality == self.caller.organisation)
            .ok_or(DecideRightsRequestRefusal::NotFound)?;
        let covenants = Covenants::read(tx).await?;
        let zone = covenants.of(row.covenant)?.time_zone();
        let open = request_of(&row)?;
        let possible = |outcome: Result<RightsRequest, NotPossible>| {
            outcome.map_err(|why| Failure::from(DecideRightsRequestRefusal::from(why)))
        };
        let signals = tx.signals_by_basis(key.subject).await?;
        let decided = match self.said {
            Said::Extended => possible(open.extend(tx.now(), zone))?,
            Said::Refused(reason) => possible(open.decide(Decision::Refused(reason), tx.now()))?,
            Said::Given => {
                let something_stays = signals.iter().any(|(_, basis)| !basis_of(basis).is_erased());
                possible(open.decide(Decision::Given { something_stays }, tx.now()))?
            }
        };
        self.write(tx, &row, &decided, zone).await?;
        if let RightsRequest::Given { asked, .. } = decided
            && asked.right == Right::Erasure
        {
            self.erase(tx, &row, &signals).await?;
        }
        // What became of others' records is not promised to the municipality.
        Ok(StoredAnswer {
            leaves: tx.recorded_about(row.log_tag),
            ..self.answer(tx, &row, &decided).await?
        })
    }
}

impl Decide {
    async fn write(
        &self,
        tx: &Tx<'_, Matcher>,
        row: &RightsRequestRow,
        decided: &RightsRequest,
        zone: &TimeZone,
    ) -> Result<(), StoreError> {
        let (request, organisation) = (row.log_tag, self.caller.organisation_id.0);
        let (asked, to) = (*decided.asked(), decided.state());
        let reason = match decided {
            RightsRequest::Refused { reason, .. } => Some(*reason),
            _ => None,
        };
        let event = match (decided, asked.right, reason) {
            (RightsRequest::Requested(_), ..) => {
                let event = Event::RightsRequestExtended {
                    request,
                    organisation,
                    due: asked.due,
                };
                return tx.extend_rights_request(row.key, asked.due, &event).await;
            }
            (_, Right::Access, Some(reason)) => Event::AccessRefused {
                request,
                organisation,
                reason,
            },
            (_, Right::Access, None) => Event::AccessGiven {
                request,
                organisation,
                until: decided
                    .file_until(zone)
                    .ok_or(StoreError::Column { column: "decided_at" })?,
            },
            (_, Right::Erasure, reason) => Event::ErasureDecided {
                request,
                organisation,
                to,
                reason,
            },
        };
        let reason = reason.map(RefusalReason::slug);
        tx.decide_rights_request(row.key, to.slug(), reason, &event).await
    }

    /// What rests on consent goes: consents that whoever asks may withdraw, with what waits under them, and signals that
    /// the family was to agree to.
    async fn erase(
        &self,
        tx: &Tx<'_, Matcher>,
        row: &RightsRequestRow,
        signals: &[(SignalKey, String)],
    ) -> Result<(), StoreError> {
        let subject = row.key.subject;
        for signatory in tx.who_can_withdraw(subject, &row.made_by, row.person).await? {
            let deciding = Deciding {
                signatory,
                consent: None,
                decision: AttestedDecision::Withdrawn,
                how: How::LETTER,
                language: None,
                own: row.person == Person::Signatory(signatory),
                recorded: None,
            };
            match decide(&self.casework, tx, &deciding).await {
                // One that went with another before, or with its signal, is no fault.
                Ok(_) | Err(CannotDecide::Gone | CannotDecide::TooLate) => {}
                Err(CannotDecide::Store(error)) => return Err(error),
            }
        }
        let gone = Ending::Destroyed(DestroyReason::Refused);
        let erased: Vec<(SignalKey, Ending)> = signals
            .iter()
            .filter(|(_, basis)| basis_of(basis).is_erased())
            .map(|(key, _)| (*key, gone))
            .collect();
        if erased.is_empty() {
            return Ok(());
        }
        signal_life::end_signals(tx, &erased).await
    }

    /// The request as it was decided. The record itself may be gone: when nothing is left about the child.
    async fn answer(
        &self,
        tx: &Tx<'_, Matcher>,
        row: &RightsRequestRow,
        decided: &RightsRequest,
    ) -> Result<StoredAnswer, StoreError> {
        let asked = decided.asked();
        let is_open = decided.state() == RightsState::Requested;
        let decided = RightsRequestRow {
            state: decided.state().slug().to_owned(),
            due_at: asked.due,
            extended_at: asked.extended_at,
            decided_at: (!is_open).then(|| tx.now()),
            reason: match decided {
                RightsRequest::Refused { reason, .. } => Some(reason.slug().to_owned()),
                _ => None,
            },
            ..row.clone()
        };
        let body = facts::to_wire(tx, &decided).await?;
        Ok(act::answer(
            201,
            Some(format!("/v1/rights-requests/{}", self.id)),
            &body,
        ))
    }
}

fn basis_of(basis: &str) -> Basis {
    if basis == LegalMode::ConsentFirst.slug() {
        Basis::Consent
    } else {
        Basis::PublicTask
    }
}
