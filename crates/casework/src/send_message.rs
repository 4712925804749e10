//! A party leaves a sealed message for another. The service has no key to it; it only knows whether the door is open.

use domain::event::Event;
use domain::exchange::{Closed, Exchange};
use domain::match_case::MatchState;
use protocol::Refused;
use protocol::exchange::{MessageReceipt, MessageSubmission};
use protocol::id::Id;
use protocol::problem::ProblemType;
use protocol::sealed_message::GateKind;
use store::{ConsentRow, NewMessage, Party, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Once, Refusable, plainly};
use crate::match_view::{Facts, Hold};
use crate::{Caller, Casework, sealing_keys};

/// Why a message is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendMessageRefusal {
    /// No such match for the caller, or no such other party as far as the caller may know.
    #[error("no such match or party")]
    NotFound,
    /// The match is over.
    #[error("the match is closed")]
    MatchClosed,
    /// No consent covers both at this moment, or the message is sealed under another than the one that stands.
    #[error("no consent covers both parties at this moment")]
    ConsentMissing,
    /// A key that it is sealed with is not one of the sender's, or of the recipient's, that counts.
    #[error("a sealing key does not count")]
    SealingKeyRetired,
    /// The sender's id for it was used before in this match.
    #[error("a message with this id exists")]
    MessageExists,
    /// The envelope says something else than the request.
    #[error("the envelope does not fit the request")]
    Envelope(Refused),
}

impl Refusable for SendMessageRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NotFound => plainly(ProblemType::NotFound),
            Self::MatchClosed => plainly(ProblemType::MatchClosed),
            Self::ConsentMissing => plainly(ProblemType::ConsentMissing),
            Self::SealingKeyRetired => plainly(ProblemType::SealingKeyRetired),
            Self::MessageExists => plainly(ProblemType::MessageExists),
            Self::Envelope(refused) => refused.clone(),
        }
    }
}

impl Casework {
    /// What gate this network has: who knows a keyholder takes nothing that was sealed without its share.
    pub(crate) fn gate(&self) -> GateKind {
        match self.inner.gateway {
            Some(_) => GateKind::Keyholder,
            None => GateKind::None,
        }
    }

    /// Takes a sealed message.
    ///
    /// # Errors
    /// [`SendMessageRefusal`].
    pub async fn send_message(
        &self,
        caller: &Caller,
        once: Once,
        match_id: Id,
        body: MessageSubmission,
    ) -> Result<Answer, Failure<SendMessageRefusal>> {
        self.act(
            caller,
            once,
            SendMessage {
                gate: self.gate(),
                caller: caller.clone(),
                match_id,
                body,
            },
        )
        .await
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
    type Refusal = SendMessageRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<SendMessageRefusal>> {
        let key = tx.ids().parse_match_case(self.match_id.0);
        let sender = self.caller.organisation;
        // The consents are locked: a withdrawal either came before, or waits until this is stored and then destroys it.
        let facts = Facts::read(tx, key, Hold::Consents)
            .await?
            .ok_or(SendMessageRefusal::NotFound)?;
        let terms = facts.terms()?;
        let case = facts.case(&terms);
        let view = case.view(sender, tx.now()).ok_or(SendMessageRefusal::NotFound)?;
        if view.state == MatchState::Closed {
            return Err(SendMessageRefusal::MatchClosed.into());
        }
        self.body
            .envelope(self.match_id, self.caller.organisation_id, self.gate)
            .map_err(SendMessageRefusal::Envelope)?;
        // Whether another organisation is in the match is told only to who may exchange with it: a recipient that is
        // not there looks like one without consent.
        let recipient = facts
            .organisation_by_id(self.body.recipient)
            .ok_or(SendMessageRefusal::ConsentMissing)?
            .key;
        let consent = match case.exchange(sender, recipient, tx.now()) {
            Exchange::Open { consent, .. } => consent,
            Exchange::Closed(
                Closed::ConsentMissing
                | Closed::ConsentWithdrawn { .. }
                | Closed::ConsentExpired { .. }
                | Closed::Paused
                | Closed::MatchClosed
                | Closed::SignalEnded,
            ) => return Err(SendMessageRefusal::ConsentMissing.into()),
        };
        let standing = facts.consents.iter().find(|row| row.key == consent);
        let standing = standing.filter(|row| has_hash(row, &self.body.consent_hash.0));
        let standing = standing.ok_or(SendMessageRefusal::ConsentMissing)?;

        let (sender_key, recipient_key) = (self.body.sender_key, self.body.recipient_key);
        if !sealing_keys::both_count(tx, (sender, sender_key), (recipient, recipient_key)).await? {
            return Err(SendMessageRefusal::SealingKeyRetired.into());
        }

        let log_tag = tx.store().random_tag();
        let new = NewMessage {
            match_case: key,
            consent,
            message_id: self.body.message_id.0,
            recipient,
            sender_key: sender_key.0,
            recipient_key: recipient_key.0,
            enc: self.body.enc.0.to_vec(),
            envelope: self.body.envelope.clone(),
            ciphertext: self.body.ciphertext.as_bytes().to_vec(),
            log_tag,
        };
        let event = Event::ContentSent {
            message: log_tag,
            organisation: self.caller.organisation_id.0,
            match_case: facts.row.log_tag,
            consent: standing.log_tag,
        };
        if !tx.insert_message(&new, &event).await? {
            return Err(SendMessageRefusal::MessageExists.into());
        }
        let body = MessageReceipt {
            message_id: self.body.message_id,
            sent_at: tx.now(),
        };
        let location = format!("/v1/matches/{}/messages/{}", self.match_id, self.body.message_id);
        Ok(act::answer(201, Some(location), &body))
    }
}

fn has_hash(consent: &ConsentRow, hash: &[u8; 32]) -> bool {
    consent.record.as_ref().is_some_and(|record| record.hash == *hash)
}
