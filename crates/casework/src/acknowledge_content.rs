//! The recipient says that it has a message or an attachment in its own file: here its ciphertext is destroyed.

use domain::event::Event;
use protocol::Refused;
use protocol::exchange::ContentAcknowledgement;
use protocol::id::Id;
use protocol::problem::ProblemType;
use store::{Party, StoreError, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Once, Refusable, plainly};
use crate::match_view::Facts;
use crate::{Caller, Casework};

/// Why content is not acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AcknowledgeContentRefusal {
    /// No such match, or nothing of this id that is for the caller.
    #[error("no such match or message")]
    NotFound,
    /// It, or a part of it, was never read: it would be lost.
    #[error("not all of it was fetched")]
    NotFetched,
    /// It was destroyed for another reason.
    #[error("the content is gone")]
    Gone,
}

impl Refusable for AcknowledgeContentRefusal {
    fn refused(&self) -> Refused {
        plainly(match self {
            Self::NotFound => ProblemType::NotFound,
            Self::NotFetched => ProblemType::ContentNotFetched,
            Self::Gone => ProblemType::ContentGone,
        })
    }
}

impl Casework {
    /// Acknowledges content: 201 the first time, 200 when it was acknowledged before. Nothing is read by this, so it needs no
    /// consent that stands.
    ///
    /// # Errors
    /// [`AcknowledgeContentRefusal`].
    pub async fn acknowledge_content(
        &self,
        caller: &Caller,
        once: Once,
        match_id: Id,
        message_id: Id,
    ) -> Result<Answer, Failure<AcknowledgeContentRefusal>> {
        let act = AcknowledgeContent {
            caller: caller.clone(),
            match_id,
            message_id,
        };
        self.act(caller, once, act).await
    }
}

struct AcknowledgeContent {
    caller: Caller,
    match_id: Id,
    message_id: Id,
}

impl Act for AcknowledgeContent {
    const NAME: &'static str = "acknowledge_content";
    type Refusal = AcknowledgeContentRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<AcknowledgeContentRefusal>> {
        let not_found = AcknowledgeContentRefusal::NotFound;
        let facts = Facts::in_sight(tx, &self.caller, self.match_id).await?;
        let facts = facts.ok_or(not_found)?;
        let row = tx
            .hold_message(facts.row.key, self.message_id.0)
            .await?
            .filter(|row| row.recipient == self.caller.organisation && row.course.sent_at.is_some())
            .ok_or(not_found)?;
        let answer = |status, acknowledged_at| {
            let body = ContentAcknowledgement {
                message_id: self.message_id,
                acknowledged_at,
            };
            act::answer(status, None, &body)
        };
        if let Some(acknowledged_at) = row.course.acknowledged_at {
            return Ok(answer(200, acknowledged_at));
        }
        if row.course.is_gone(tx.now()) {
            return Err(AcknowledgeContentRefusal::Gone.into());
        }
        if row.course.fetched_at.is_none() {
            return Err(AcknowledgeContentRefusal::NotFetched.into());
        }
        let consent = facts.consents.iter().find(|consent| consent.key == row.consent);
        let consent = consent.ok_or(StoreError::Column { column: "consent_id" })?;
        let event = Event::ContentAcknowledged {
            message: row.log_tag,
            organisation: self.caller.organisation_id.0,
            match_case: facts.row.log_tag,
            consent: consent.log_tag,
        };
        tx.acknowledge_message(row.key, &event).await?;
        Ok(answer(201, tx.now()))
    }
}
