//! A party that was proposed as lead answers.

use domain::event::Event;
use domain::match_case::{CannotAnswer, LeadAnswer};
use domain::notice::NoticeKind;
use protocol::Refused;
use protocol::id::Id;
use protocol::match_case::{self as wire, LeadAnswerSubmission, LeadAnswered};
use protocol::problem::ProblemType;
use store::{Party, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Once, Refusable, plainly};
use crate::match_view::{Facts, Hold};
use crate::{Caller, Casework};

/// Why there is nothing to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct AnswerLeadRefusal(#[from] CannotAnswer);

impl Refusable for AnswerLeadRefusal {
    fn refused(&self) -> Refused {
        plainly(match self.0 {
            CannotAnswer::NoSuchMatch => ProblemType::NotFound,
            CannotAnswer::Closed => ProblemType::MatchClosed,
            CannotAnswer::NotProposed | CannotAnswer::SectorMayNot => ProblemType::LeadNotProposed,
        })
    }
}

impl Casework {
    /// Notes whether the caller's organisation coordinates from now on.
    ///
    /// # Errors
    /// [`AnswerLeadRefusal`].
    pub async fn answer_lead(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: LeadAnswerSubmission,
    ) -> Result<Answer, Failure<AnswerLeadRefusal>> {
        let act = AnswerLead {
            caller: caller.clone(),
            id,
            answer: body.answer,
        };
        self.act(caller, once, act).await
    }
}

struct AnswerLead {
    caller: Caller,
    id: Id,
    answer: wire::LeadAnswer,
}

impl Act for AnswerLead {
    const NAME: &'static str = "answer_lead";
    type Refusal = AnswerLeadRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<AnswerLeadRefusal>> {
        let refuse = |refusal| Failure::Refused(AnswerLeadRefusal(refusal));
        let key = tx.ids().parse_match_case(self.id.0);
        let facts = Facts::read(tx, key, Hold::Match)
            .await?
            .ok_or(refuse(CannotAnswer::NoSuchMatch))?;
        let terms = facts.terms()?;
        let by = self.caller.organisation;
        let answer = match self.answer {
            wire::LeadAnswer::Accepted => LeadAnswer::Accepted,
            wire::LeadAnswer::Declined => LeadAnswer::Declined,
        };
        let (proposal, lead) = facts
            .case(&terms)
            .answer_lead(by, answer, tx.now())
            .map_err(refuse)?;
        let (match_case, organisation) = (facts.row.log_tag, self.caller.organisation_id.0);
        let (event, told, kind) = match answer {
            // Whoever coordinates concerns everyone; that somebody does not, the one who asked.
            LeadAnswer::Accepted => (
                Event::MatchLeadAccepted {
                    match_case,
                    organisation,
                },
                facts.everyone_but(by, tx.now()),
                NoticeKind::LeadAccepted,
            ),
            LeadAnswer::Declined => (
                Event::MatchLeadDeclined {
                    match_case,
                    organisation,
                },
                vec![proposal.by],
                NoticeKind::LeadDeclined,
            ),
        };
        tx.answer_lead(key, lead, &event).await?;
        facts.tell(tx, told, kind).await?;
        let body = LeadAnswered {
            answer: self.answer,
            answered_at: tx.now(),
        };
        let mut answer = act::answer(201, None, &body);
        // Not those of the notices: whom they go to may be masked.
        answer.leaves = tx.recorded_about(facts.row.log_tag);
        Ok(answer)
    }
}
