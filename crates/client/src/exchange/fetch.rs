//! What comes in: fetched, checked and opened.

use std::io::Write;

use jiff::Timestamp;
use protocol::consent::Record;
use protocol::exchange::Message;
use protocol::problem::ProblemType;
use protocol::sealed_message::{AttachmentHeader, ContentKind, OpenError, Sealed, open};
use protocol::{Id, OrganisationId};
use zeroize::Zeroizing;

use super::lock::Told;
use crate::error::Error;
use crate::partner::Partner;

/// A message or an attachment that was opened.
#[derive(Debug)]
pub struct Fetched<W> {
    /// Its id.
    pub message_id: Id,
    /// Who sealed it.
    pub sender: OrganisationId,
    /// The consent it was sealed under.
    pub record: Record,
    /// When the service had all of it.
    pub sent_at: Timestamp,
    /// What it is.
    pub content: Content<W>,
}

/// What was sealed.
pub enum Content<W> {
    /// A message. Wiped from memory when dropped.
    Message(Zeroizing<Vec<u8>>),
    /// An attachment.
    Attachment {
        /// Its name and type, as the sender gave them: never the name of a file to write to as it stands.
        header: AttachmentHeader,
        /// The sink, with the whole of it.
        sink: W,
    },
}

impl<W> std::fmt::Debug for Content<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Message(_) => "[message not shown]",
            Self::Attachment { .. } => "[attachment not shown]",
        })
    }
}

impl Partner {
    /// Fetches a message or an attachment, checks the consent record it is sealed under, and opens it. An attachment goes
    /// into `sink` as it comes, in the memory of one part, and the sink comes back when it is whole: give it a file that has
    /// no name yet, or a buffer. A message does not touch it.
    ///
    /// # Errors
    /// [`Error`]. Then nothing of it is available, and the sink is dropped. The call can be made again.
    pub async fn fetch<W: Write>(&self, match_id: Id, message_id: Id, sink: W) -> Result<Fetched<W>, Error> {
        let path = format!("/v1/matches/{match_id}/messages/{message_id}");
        let unknown = match self.connection.get::<Message>(&path).await {
            Ok(message) => return self.open_message(match_id, message_id, &message).await,
            Err(error) if error.problem_type() == Some(ProblemType::NotFound) => error,
            Err(error) => return Err(error),
        };
        // Messages and attachments have their ids in common, which do not say what they are of.
        match self.attachment(match_id, message_id).await {
            Ok(attachment) => {
                self.open_attachment(match_id, message_id, &attachment, sink)
                    .await
            }
            Err(error) if error.problem_type() == Some(ProblemType::NotFound) => Err(unknown),
            Err(error) => Err(error),
        }
    }

    async fn open_message<W>(
        &self,
        match_id: Id,
        message_id: Id,
        message: &Message,
    ) -> Result<Fetched<W>, Error> {
        if message.message_id != message_id {
            return Err(OpenError::Route.into());
        }
        let told = Told {
            match_id,
            message_id,
            sender: message.sender,
            recipient: message.recipient,
            sender_key: message.sender_sealing_key.into(),
            recipient_key: message.recipient_sealing_key.into(),
            record: &message.record,
            envelope: &message.envelope,
        };
        let to_open = self.to_open(&told, ContentKind::Message).await?;
        let sealed = Sealed {
            enc: message.enc,
            envelope: message.envelope.clone(),
            ciphertext: message.ciphertext.as_bytes().to_vec(),
        };
        let (gate, secret) = (to_open.share.gate(), to_open.secret);
        let content = open(&to_open.route, gate, &to_open.sender_key, secret, &sealed)?;
        Ok(Fetched {
            message_id,
            sender: message.sender,
            record: to_open.record,
            sent_at: message.sent_at,
            content: Content::Message(content),
        })
    }
}
