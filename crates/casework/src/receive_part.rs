//! A part of an attachment arrives. It can be sent again any number of times: a part that is there stays as it is.
//!
//! Laying down a part that is not the last leaves no leaf: it is of one piece with the announcement before and with
//! `content.sent` after it, as the packets of one body are; nobody but the sender sees that it is there.

use domain::event::Event;
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::exchange::{part_bytes, parts};
use protocol::id::Id;
use protocol::problem::ProblemType;
use store::{ContentPart, MessageKind, MessageRow, Party, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Refusable, plainly};
use crate::attachment_view;
use crate::match_view::Facts;
use crate::{Caller, Casework};

/// Why a part is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceivePartRefusal {
    /// No such match, attachment or part for the caller.
    #[error("no such match, attachment or part")]
    NotFound,
    /// The exchange is closed.
    #[error("no consent allows this at this moment")]
    ConsentMissing,
    /// The attachment is gone.
    #[error("the attachment is gone")]
    Gone,
    /// The part is there, with other bytes.
    #[error("the part is there with other bytes")]
    Differs,
    /// It has more or fewer bytes than this part has.
    #[error("the part has another size")]
    Size,
}

impl Refusable for ReceivePartRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NotFound => plainly(ProblemType::NotFound),
            Self::ConsentMissing => plainly(ProblemType::ConsentMissing),
            Self::Gone => plainly(ProblemType::ContentGone),
            Self::Differs => plainly(ProblemType::PartDiffers),
            Self::Size => Refused {
                problem: ProblemType::InvalidRequest,
                errors: vec![FieldError::new(
                    "header:Content-Length",
                    FieldErrorCode::OutOfRange,
                )],
            },
        }
    }
}

impl Casework {
    /// Takes a part of an attachment that was announced.
    ///
    /// # Errors
    /// [`ReceivePartRefusal`].
    pub async fn receive_part(
        &self,
        caller: &Caller,
        match_id: Id,
        message_id: Id,
        part: u32,
        ciphertext: Vec<u8>,
    ) -> Result<Answer, Failure<ReceivePartRefusal>> {
        let act = ReceivePart {
            caller: caller.clone(),
            match_id,
            message_id,
            part,
            ciphertext,
        };
        self.repeatable_act(caller, act).await
    }
}

struct ReceivePart {
    caller: Caller,
    match_id: Id,
    message_id: Id,
    part: u32,
    ciphertext: Vec<u8>,
}

impl Act for ReceivePart {
    const NAME: &'static str = "receive_part";
    type Refusal = ReceivePartRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<ReceivePartRefusal>> {
        let facts = Facts::in_sight(tx, &self.caller, self.match_id).await?;
        let facts = facts.ok_or(ReceivePartRefusal::NotFound)?;
        let row = self.attachment(tx, &facts).await?;
        let expected = part_bytes(row.sealed_bytes, self.part).ok_or(ReceivePartRefusal::NotFound)?;
        let number = i16::try_from(self.part).map_err(|_| ReceivePartRefusal::NotFound)?;
        if expected != self.ciphertext.len() as u64 {
            return Err(ReceivePartRefusal::Size.into());
        }
        let (consent, record) = facts
            .passes_under(tx, &row)
            .ok_or(ReceivePartRefusal::ConsentMissing)?;
        if row.course.is_gone(tx.now()) {
            return Err(ReceivePartRefusal::Gone.into());
        }
        let part = ContentPart {
            message: row.key,
            number,
        };
        let mut received = tx.received_parts(row.key).await?;
        if received.contains(&self.part) {
            if tx.part_is(part, &self.ciphertext).await? != Some(true) {
                return Err(ReceivePartRefusal::Differs.into());
            }
        } else {
            received.push(self.part);
            received.sort_unstable();
            let is_whole = received.len() == parts(row.sealed_bytes) as usize;
            let sent = is_whole.then_some(Event::ContentSent {
                message: row.log_tag,
                organisation: self.caller.organisation_id.0,
                match_case: facts.row.log_tag,
                consent: consent.log_tag,
                announced: true,
            });
            tx.insert_part(part, &self.ciphertext, sent.as_ref()).await?;
        }
        let leaves = tx.recorded();
        let row = if leaves.is_empty() {
            row
        } else {
            // It was the last part: what was arriving waits now.
            facts.tell_of_content(tx, row.recipient).await?;
            tx.message(facts.row.key, self.message_id.0)
                .await?
                .ok_or(ReceivePartRefusal::NotFound)?
        };
        let attachment = attachment_view::to_sender(tx, &facts, &row, record, received)?;
        let mut answer = act::answer(200, None, &attachment);
        answer.leaves = leaves;
        Ok(answer)
    }
}

impl ReceivePart {
    /// The attachment, which is the caller's to send. While it arrives it is held: of parts that come at one time each counts
    /// those before it, and what closes the exchange waits. Once it is whole nothing here changes it.
    async fn attachment(
        &self,
        tx: &Tx<'_, Party>,
        facts: &Facts,
    ) -> Result<MessageRow, Failure<ReceivePartRefusal>> {
        let key = facts.row.key;
        let row = match tx.hold_message(key, self.message_id.0).await? {
            Some(row) => Some(row),
            None => tx.message(key, self.message_id.0).await?,
        };
        row.filter(|row| row.kind == MessageKind::Attachment && row.sender == self.caller.organisation)
            .ok_or(ReceivePartRefusal::NotFound.into())
    }
}
