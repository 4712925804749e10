//! A party announces an attachment for another: how large it is and what it is sealed under. Its parts come after.

use domain::event::Event;
use domain::exchange::{ARRIVES_WITHIN, MOST_ARRIVING, MOST_KEPT};
use protocol::exchange::{AttachmentSubmission, MAX_SEALED_BYTES};
use protocol::id::Id;
use protocol::problem::ProblemType;
use protocol::sealed_message::GateKind;
use store::{NewAttachment, Party, StoreError, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Once, plainly};
use crate::attachment_view;
use crate::content::{Offer, Offered, SendRefusal};
use crate::{Caller, Casework};

impl Casework {
    /// Notes that an attachment will come.
    ///
    /// # Errors
    /// [`SendRefusal`].
    pub async fn announce_attachment(
        &self,
        caller: &Caller,
        once: Once,
        match_id: Id,
        body: AttachmentSubmission,
    ) -> Result<Answer, Failure<SendRefusal>> {
        let act = AnnounceAttachment {
            gate: self.gate(),
            caller: caller.clone(),
            match_id,
            body,
        };
        self.act(caller, once, act).await
    }
}

struct AnnounceAttachment {
    gate: GateKind,
    caller: Caller,
    match_id: Id,
    body: AttachmentSubmission,
}

impl Act for AnnounceAttachment {
    const NAME: &'static str = "announce_attachment";
    type Refusal = SendRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<SendRefusal>> {
        let Self { caller, body, .. } = self;
        body.size().map_err(SendRefusal::Request)?;
        let sealed_bytes = i32::try_from(body.sealed_bytes.min(MAX_SEALED_BYTES))
            .map_err(|_| SendRefusal::Request(plainly(ProblemType::PayloadTooLarge)))?;
        let offer = Offer {
            match_id: self.match_id,
            recipient: body.recipient,
            consent_hash: &body.consent_hash,
            sender_key: &body.sender_key,
            recipient_key: &body.recipient_key,
            envelope: body.envelope(self.match_id, caller.organisation_id, self.gate),
        };
        let offered = Offered::judge(tx, caller, offer).await?;
        let match_case = offered.facts.row.key;
        let kept = tx.attachments_kept(match_case).await?;
        // Those that arrive will be whole: together they must have room.
        if kept.arriving >= MOST_ARRIVING || kept.arriving + kept.whole >= MOST_KEPT {
            return Err(SendRefusal::TooManyAttachments.into());
        }

        let log_tag = tx.store().random_tag();
        let new = NewAttachment {
            match_case,
            consent: offered.consent,
            message_id: body.message_id.0,
            recipient: offered.recipient,
            sender_key: body.sender_key.0,
            recipient_key: body.recipient_key.0,
            sealed_bytes,
            arrive_by: tx
                .now()
                .checked_add(ARRIVES_WITHIN)
                .map_err(|_| StoreError::Column { column: "arrive_by" })?,
            enc: body.enc.0,
            envelope: body.envelope.clone(),
            log_tag,
        };
        let event = Event::ContentBegun {
            message: log_tag,
            organisation: caller.organisation_id.0,
            match_case: offered.facts.row.log_tag,
            consent: offered.consent_tag,
        };
        if !tx.insert_attachment(&new, &event).await? {
            return Err(SendRefusal::MessageExists.into());
        }
        let row = tx
            .message(match_case, body.message_id.0)
            .await?
            .ok_or(SendRefusal::NotFound)?;
        let (_, record) = offered
            .facts
            .passes_under(tx, &row)
            .ok_or(SendRefusal::ConsentMissing)?;
        let attachment = attachment_view::to_sender(tx, &offered.facts, &row, record, Vec::new())?;
        let location = format!("/v1/matches/{}/attachments/{}", self.match_id, body.message_id);
        Ok(act::answer(201, Some(location), &attachment))
    }
}
