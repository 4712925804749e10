//! Messages that go out: short, whole in one body.

use protocol::exchange::{Ciphertext, MAX_CONTENT_BYTES, MessageReceipt, MessageSubmission};
use protocol::sealed_message::seal;
use protocol::{Id, IdempotencyKey, OrganisationId};

use crate::environment::Chance;
use crate::error::{Error, Unsettled};
use crate::partner::Partner;

impl Partner {
    /// Seals content to another party and sends it. Without a consent that stands and covers both organisations nothing is
    /// sealed and nothing sent.
    ///
    /// # Errors
    /// [`Error`]. Each but [`Error::Unsettled`] says that nothing was sent, and the call can be made again; that one holds
    /// the sealed message for [`Partner::settle`]. Who must go on after a crash uses [`Partner::seal_message`], keeps
    /// what it gives, and sends that with [`Partner::send_sealed`].
    pub async fn send(
        &self,
        match_id: Id,
        recipient: OrganisationId,
        content: &[u8],
    ) -> Result<MessageReceipt, Error> {
        let sealed = self.seal_message(match_id, recipient, content).await?;
        let key = IdempotencyKey::from_random(Chance(self.connection.environment()).bytes());
        match self.send_sealed(match_id, &sealed, Some(&key)).await {
            Err(because) if because.is_unknown() => Err(Error::Unsettled(Box::new(Unsettled {
                match_id,
                sealed,
                key,
                because,
            }))),
            outcome => outcome,
        }
    }

    /// Sends a message again of which it is unknown whether the service has it. It arrives once.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Unsettled`] as long as it stays unknown.
    pub async fn settle(&self, mut unsettled: Unsettled) -> Result<MessageReceipt, Error> {
        let again = self.send_sealed(unsettled.match_id, &unsettled.sealed, Some(&unsettled.key));
        match again.await {
            Err(because) if because.is_unknown() => {
                unsettled.because = because;
                Err(Error::Unsettled(Box::new(unsettled)))
            }
            outcome => outcome,
        }
    }

    /// Seals content to another party under the consent that stands, without sending it. What it gives holds nothing secret
    /// and may be kept; not even who sealed it can open it.
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
        let to_seal = self.to_seal(match_id, recipient).await?;
        let sealed = seal(
            &to_seal.route,
            to_seal.share.gate(),
            self.keys.sealing.newest(),
            &to_seal.recipient_key,
            content,
            &mut Chance(self.connection.environment()),
        )?;
        Ok(MessageSubmission {
            message_id: to_seal.route.message_id,
            recipient,
            consent_hash: to_seal.route.consent_hash,
            sender_key: to_seal.sender_key.into(),
            recipient_key: to_seal.recipient_key.into(),
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
}
