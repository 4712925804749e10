//! Sealed messages.

use jiff::Timestamp;
use protocol::consent::Record;
use protocol::exchange::{
    Ciphertext, MAX_CONTENT_BYTES, Message, MessageReceipt, MessageSubmission, MessageSummary,
};
use protocol::match_case::Match;
use protocol::page::{Page, PageQuery};
use protocol::sealed_message::{Gate, OpenError, Route, SealError, Sealed, SealingKey, open, seal};
use protocol::{Id, IdempotencyKey, OrganisationId};
use zeroize::Zeroizing;

use crate::environment::Chance;
use crate::error::Error;
use crate::partner::{Partner, page};

/// A message that was opened.
pub struct ReadMessage {
    /// Its id.
    pub message_id: Id,
    /// Who sealed it.
    pub sender: OrganisationId,
    /// When the service took it.
    pub sent_at: Timestamp,
    /// The consent it was sealed under.
    pub record: Record,
    /// What it says. Wiped from memory when dropped.
    pub content: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for ReadMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadMessage")
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}

impl Partner {
    /// Seals content to another party and sends it. The consent record is checked first: without one
    /// that covers both organisations nothing is sealed and nothing sent.
    ///
    /// # Errors
    /// [`Error`]. When [`Error::is_unknown`] this sealed message cannot be sent again, and another may
    /// arrive beside it; who must know uses [`Partner::seal_message`] and [`Partner::send_sealed`].
    pub async fn send_message(
        &self,
        match_id: Id,
        recipient: OrganisationId,
        content: &[u8],
    ) -> Result<MessageReceipt, Error> {
        let sealed = self.seal_message(match_id, recipient, content).await?;
        self.send_sealed(match_id, &sealed, None).await
    }

    /// Seals content to another party under the consent that stands, without sending it.
    ///
    /// # Errors
    /// [`Error`], among them [`Error::NoConsent`] and [`Error::NoRecipient`].
    pub async fn seal_message(
        &self,
        match_id: Id,
        recipient: OrganisationId,
        content: &[u8],
    ) -> Result<MessageSubmission, Error> {
        if content.len() > MAX_CONTENT_BYTES {
            return Err(Error::TooLarge);
        }
        let found = self.match_case(match_id).await?;
        let sender = own_id(&found)?;
        let recipient_key = sealing_key(&found, recipient)?;
        let record = self.standing_consent(match_id, [sender, recipient]).await?;

        let secret = self.keys.sealing.newest();
        let sender_key = secret.public().map_err(|_| SealError::Key)?;
        let mut chance = Chance(self.connection.environment());
        let route = Route {
            match_id,
            message_id: Id(chance.bytes()),
            sender,
            recipient,
            consent_hash: record.hash(),
        };
        let sealed = seal(
            &route,
            Gate::NoKeyholder,
            secret,
            &recipient_key,
            content,
            &mut chance,
        )?;
        Ok(MessageSubmission {
            message_id: route.message_id,
            recipient,
            consent_hash: route.consent_hash,
            sender_key: sender_key.into(),
            recipient_key: recipient_key.into(),
            enc: sealed.enc,
            envelope: sealed.envelope,
            ciphertext: Ciphertext::new(sealed.ciphertext)?,
        })
    }

    /// Sends a sealed message. The same message under the same key can be sent any number of times.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn send_sealed(
        &self,
        match_id: Id,
        sealed: &MessageSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<MessageReceipt, Error> {
        let path = format!("/v1/matches/{match_id}/messages");
        Ok(self.connection.post(&path, sealed, key).await?.value)
    }

    /// The messages of a match that the organisation sent or received, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn messages(&self, match_id: Id, query: &PageQuery) -> Result<Page<MessageSummary>, Error> {
        self.connection
            .get(&page(&format!("/v1/matches/{match_id}/messages"), query))
            .await
    }

    /// Fetches a message, checks the consent record it is sealed under, and opens it.
    ///
    /// # Errors
    /// [`Error`]; nothing of the content is available then.
    pub async fn read_message(&self, match_id: Id, message_id: Id) -> Result<ReadMessage, Error> {
        let own = own_id(&self.match_case(match_id).await?)?;
        let path = format!("/v1/matches/{match_id}/messages/{message_id}");
        let message: Message = self.connection.get(&path).await?;
        let record = self
            .rely_on(&message.record, match_id, [message.sender, own])
            .await?;

        let expected = Route {
            match_id,
            message_id,
            sender: message.sender,
            recipient: own,
            consent_hash: record.hash(),
        };
        if message.message_id != message_id || message.recipient != own {
            return Err(OpenError::Route.into());
        }
        let sealed = Sealed {
            enc: message.enc,
            envelope: message.envelope,
            ciphertext: message.ciphertext.as_bytes().to_vec(),
        };
        let sender_key = SealingKey::from(message.sender_sealing_key);
        let recipient_key = SealingKey::from(message.recipient_sealing_key);
        let secret = self.keys.sealing.of(&recipient_key).ok_or(Error::NoSecret)?;
        let content = open(&expected, Gate::NoKeyholder, &sender_key, secret, &sealed)?;
        Ok(ReadMessage {
            message_id,
            sender: message.sender,
            sent_at: message.sent_at,
            record,
            content,
        })
    }
}

fn own_id(found: &Match) -> Result<OrganisationId, Error> {
    let own = found
        .parties
        .iter()
        .find(|party| party.you)
        .and_then(|party| party.organisation.as_ref());
    Ok(own.ok_or(Error::Answer { status: 200 })?.id)
}

fn sealing_key(found: &Match, recipient: OrganisationId) -> Result<SealingKey, Error> {
    let is_recipient = |party: &&protocol::match_case::Party| {
        !party.you
            && party
                .organisation
                .as_ref()
                .is_some_and(|organisation| organisation.id == recipient)
    };
    let party = found
        .parties
        .iter()
        .find(is_recipient)
        .ok_or(Error::NoRecipient)?;
    Ok(party.sealing_key.ok_or(Error::NoRecipient)?.into())
}

#[cfg(test)]
mod tests;
