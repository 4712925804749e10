//! An organisation says whether a child it knows without a BSN is the one that another organisation knows.
//!
//! The answer is kept and nothing else: what the answers come to is found out afterwards, so that this one tells nothing of
//! the others'.

use domain::event::Event;
use domain::soft_match::{Answered, CannotAnswer};
use protocol::Refused;
use protocol::id::Id;
use protocol::problem::ProblemType;
use protocol::soft_match::{SoftMatchAnswer, SoftMatchAnswerSubmission};
use store::{Party, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Once, Refusable, plainly};
use crate::read_soft_matches::question;
use crate::{Caller, Casework};

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct AnswerSoftMatchRefusal(#[from] CannotAnswer);

impl Refusable for AnswerSoftMatchRefusal {
    fn refused(&self) -> Refused {
        plainly(match self.0 {
            CannotAnswer::NoSuchQuestion => ProblemType::NotFound,
            CannotAnswer::Closed => ProblemType::SoftMatchClosed,
        })
    }
}

impl Casework {
    /// Keeps the answer: 201, or 200 when it was given before.
    ///
    /// # Errors
    /// [`AnswerSoftMatchRefusal`].
    pub async fn answer_soft_match(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: SoftMatchAnswerSubmission,
    ) -> Result<Answer, Failure<AnswerSoftMatchRefusal>> {
        let act = AnswerSoftMatch {
            caller: caller.clone(),
            id,
            same_child: body.same_child,
        };
        self.act(caller, once, act).await
    }
}

struct AnswerSoftMatch {
    caller: Caller,
    id: Id,
    same_child: bool,
}

impl Act for AnswerSoftMatch {
    const NAME: &'static str = "answer_soft_match";
    type Refusal = AnswerSoftMatchRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<AnswerSoftMatchRefusal>> {
        let key = tx.ids().parse_soft_match(self.id.0);
        let refused = |refusal: CannotAnswer| AnswerSoftMatchRefusal(refusal);
        let side = tx
            .own_soft_match_for_update(key)
            .await?
            .ok_or(refused(CannotAnswer::NoSuchQuestion))?;
        let answered = question(&side)
            .answer(self.same_child, tx.now())
            .map_err(refused)?;
        let (status, answered_at) = match (answered, side.answer) {
            (Answered::Before, Some((_, answered_at))) => (200, answered_at),
            _ => {
                tx.answer_soft_match(key, self.same_child, &self.event(side.log_tag))
                    .await?;
                (201, tx.now())
            }
        };
        let body = SoftMatchAnswer {
            soft_match: self.id,
            same_child: self.same_child,
            answered_at,
        };
        Ok(act::answer(status, None, &body))
    }
}

impl AnswerSoftMatch {
    fn event(&self, soft_match: u128) -> Event {
        let organisation = self.caller.organisation_id.0;
        match self.same_child {
            true => Event::SoftMatchConfirmed {
                soft_match,
                organisation,
            },
            false => Event::SoftMatchDenied {
                soft_match,
                organisation,
            },
        }
    }
}
