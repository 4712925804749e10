//! The lead closes a match and says what came of it.

use domain::event::Event;
use domain::match_case::{CannotClose, Closing, Outcome};
use domain::notice::NoticeKind;
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::id::Id;
use protocol::match_case::{self as wire, ClosingSubmission};
use protocol::problem::ProblemType;
use store::{Party, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Once, Refusable, plainly};
use crate::match_view::{Facts, Hold};
use crate::{Caller, Casework};

/// Why a match cannot be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct CloseMatchRefusal(#[from] CannotClose);

impl Refusable for CloseMatchRefusal {
    fn refused(&self) -> Refused {
        let fault = |pointer: &str, code| Refused {
            problem: ProblemType::InvalidRequest,
            errors: vec![FieldError::new(pointer, code)],
        };
        match self.0 {
            CannotClose::NoSuchMatch => plainly(ProblemType::NotFound),
            CannotClose::Closed => plainly(ProblemType::MatchClosed),
            CannotClose::NotTheLead => plainly(ProblemType::NotTheLead),
            CannotClose::NotForALead => fault("/outcome", FieldErrorCode::NotAllowed),
            CannotClose::NotApproved => fault("/approvedBy", FieldErrorCode::Required),
            CannotClose::ApprovedByThemself | CannotClose::NothingToApprove => {
                fault("/approvedBy", FieldErrorCode::NotAllowed)
            }
        }
    }
}

impl Casework {
    /// Closes a match that the caller's organisation leads, for everyone at once.
    ///
    /// # Errors
    /// [`CloseMatchRefusal`].
    pub async fn close_match(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: ClosingSubmission,
    ) -> Result<Answer, Failure<CloseMatchRefusal>> {
        let act = CloseMatch {
            caller: caller.clone(),
            id,
            body,
        };
        self.act(caller, once, act).await
    }
}

struct CloseMatch {
    caller: Caller,
    id: Id,
    body: ClosingSubmission,
}

impl Act for CloseMatch {
    const NAME: &'static str = "close_match";
    type Refusal = CloseMatchRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<CloseMatchRefusal>> {
        let refuse = |refusal| Failure::Refused(CloseMatchRefusal(refusal));
        let key = tx.ids().parse_match_case(self.id.0);
        let facts = Facts::read(tx, key, Hold::Match)
            .await?
            .ok_or(refuse(CannotClose::NoSuchMatch))?;
        let terms = facts.terms()?;
        let by = self.caller.organisation;
        let professional = facts.reference_of(tx, by)?;
        let outcome = outcome(self.body.outcome);
        let closing = Closing {
            outcome,
            by: professional.as_ref().map(|reference| reference.as_str()),
            approved_by: self.body.approved_by.as_ref().map(|reference| reference.as_str()),
        };
        let case = facts.case(&terms);
        let before = case.now(tx.now());
        case.close(by, closing, tx.now()).map_err(refuse)?;
        let event = Event::MatchClosed {
            match_case: facts.row.log_tag,
            organisation: Some(self.caller.organisation_id.0),
            from: before.state(),
            outcome,
            approved_by: self
                .body
                .approved_by
                .as_ref()
                .map(|reference| reference.as_str().to_owned()),
        };
        // Told while the match is still one in which a party can tell.
        facts
            .tell(tx, facts.everyone_but(by, tx.now()), NoticeKind::MatchClosed)
            .await?;
        tx.close_as_lead(key, outcome, &event).await?;
        let body = wire::Closing {
            closed_at: tx.now(),
            outcome: Some(self.body.outcome),
        };
        let mut answer = act::answer(201, None, &body);
        // Not those of the notices: whom they go to may be masked.
        answer.leaves = tx.recorded_about(facts.row.log_tag);
        Ok(answer)
    }
}

fn outcome(outcome: wire::Outcome) -> Outcome {
    match outcome {
        wire::Outcome::TunedIn => Outcome::TunedIn,
        wire::Outcome::AlreadyKnown => Outcome::AlreadyKnown,
        wire::Outcome::NoContact => Outcome::NoContact,
        wire::Outcome::ConsentRefused => Outcome::ConsentRefused,
        wire::Outcome::HandedToSafeguarding => Outcome::HandedToSafeguarding,
        wire::Outcome::SignalsEnded => Outcome::SignalsEnded,
    }
}
