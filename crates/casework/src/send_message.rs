//! A party leaves a sealed message for another. The service has no key to it; it only knows whether the door is open.

use domain::event::Event;
use protocol::exchange::{MessageReceipt, MessageSubmission};
use protocol::id::Id;
use protocol::sealed_message::GateKind;
use store::{NewMessage, Party, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Once};
use crate::content::{Offer, Offered, SendRefusal};
use crate::{Caller, Casework};

impl Casework {
    /// Takes a sealed message.
    ///
    /// # Errors
    /// [`SendRefusal`].
    pub async fn send_message(
        &self,
        caller: &Caller,
        once: Once,
        match_id: Id,
        body: MessageSubmission,
    ) -> Result<Answer, Failure<SendRefusal>> {
        let act = SendMessage {
            gate: self.gate(),
            caller: caller.clone(),
            match_id,
            body,
        };
        self.act(caller, once, act).await
    }
}

struct SendMessage {
    gate: GateKind,
    caller: Caller,
    match_id: Id,
    body: MessageSubmission,
}

impl Act for SendMessage {
    const NAME: &'static str = "send_message";
    type Refusal = SendRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<SendRefusal>> {
        let Self { caller, body, .. } = self;
        let offer = Offer {
            match_id: self.match_id,
            recipient: body.recipient,
            consent_hash: &body.consent_hash,
            sender_key: &body.sender_key,
            recipient_key: &body.recipient_key,
            envelope: body.envelope(self.match_id, caller.organisation_id, self.gate),
        };
        let offered = Offered::judge(tx, caller, offer).await?;

        let log_tag = tx.store().random_tag();
        let new = NewMessage {
            match_case: offered.facts.row.key,
            consent: offered.consent,
            message_id: body.message_id.0,
            recipient: offered.recipient,
            sender_key: body.sender_key.0,
            recipient_key: body.recipient_key.0,
            enc: body.enc.0,
            envelope: body.envelope.clone(),
            ciphertext: body.ciphertext.as_bytes().to_vec(),
            log_tag,
        };
        let event = Event::ContentSent {
            message: log_tag,
            organisation: caller.organisation_id.0,
            match_case: offered.facts.row.log_tag,
            consent: offered.consent_tag,
            announced: false,
        };
        if !tx.insert_message(&new, &event).await? {
            return Err(SendRefusal::MessageExists.into());
        }
        let leaves = tx.recorded();
        offered.facts.tell_of_content(tx, offered.recipient).await?;
        let receipt = MessageReceipt {
            message_id: body.message_id,
            sent_at: tx.now(),
        };
        let location = format!("/v1/matches/{}/messages/{}", self.match_id, body.message_id);
        let mut answer = act::answer(201, Some(location), &receipt);
        // What is promised is that the message was sent, not that another was told.
        answer.leaves = leaves;
        Ok(answer)
    }
}
