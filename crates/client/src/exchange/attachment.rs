//! Attachments: sealed as they are read, sent part by part, opened part by part as they come.

use std::io::{self, Read, Seek, SeekFrom, Write};

use protocol::exchange::{Attachment, AttachmentSubmission, MessageState, part_bytes, parts};
use protocol::sealed_message::{
    AttachmentHeader, ContentKind, OpenError, Opening, SealError, SealedPart, Sealing,
};
use protocol::{Id, IdempotencyKey, OrganisationId};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use zeroize::Zeroizing;

use super::fetch::{Content, Fetched};
use super::lock::Told;
use crate::environment::Chance;
use crate::error::Error;
use crate::partner::Partner;

/// An attachment that was sealed into a file, and is sent from there. Kept beside that file it survives a crash. It holds
/// nothing secret, and neither does the file: not even who sealed them can open them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SealedAttachment {
    /// In which match.
    pub match_id: Id,
    /// The key under which announcing it takes hold once.
    pub key: IdempotencyKey,
    /// How it is announced.
    pub submission: AttachmentSubmission,
}

impl Partner {
    /// Where an attachment stands; for its sender also which parts have arrived.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn attachment(&self, match_id: Id, message_id: Id) -> Result<Attachment, Error> {
        self.connection.get(&place(match_id, message_id)).await
    }

    /// Seals a file of `bytes` bytes to another party and sends it, as it is read: in the memory of one part, a megabyte.
    ///
    /// # Errors
    /// [`Error`]. After [`Error::NotWhole`] its recipient sees nothing of it; the call can be made again from the file's
    /// beginning, and makes another attachment. Where the way is bad, seal it into a file with
    /// [`Partner::seal_attachment`] and send that: then only the parts that are missing are sent again.
    pub async fn send_attachment(
        &self,
        match_id: Id,
        recipient: OrganisationId,
        header: &AttachmentHeader,
        bytes: u64,
        content: &mut (impl AsyncRead + Unpin),
    ) -> Result<Attachment, Error> {
        let (sealed, mut sealing) = self.begin(match_id, recipient, header, bytes).await?;
        let message_id = sealed.submission.message_id;
        let not_whole = |error| Error::NotWhole {
            message_id,
            because: Box::new(error),
        };
        let mut attachment = self.announce(&sealed).await?;
        while let Some(part) = next_part(&mut sealing, content).await.map_err(not_whole)? {
            let put = self.put_part(match_id, message_id, part.number, part.bytes);
            attachment = put.await.map_err(not_whole)?;
        }
        arrived(attachment).map_err(not_whole)
    }

    /// Seals a file of `bytes` bytes to another party into `sealed`, without sending it.
    ///
    /// # Errors
    /// [`Error`]; what was written to `sealed` is of no use then.
    pub async fn seal_attachment(
        &self,
        match_id: Id,
        recipient: OrganisationId,
        header: &AttachmentHeader,
        bytes: u64,
        content: &mut (impl AsyncRead + Unpin),
        sealed: &mut impl Write,
    ) -> Result<SealedAttachment, Error> {
        let (announcement, mut sealing) = self.begin(match_id, recipient, header, bytes).await?;
        while let Some(part) = next_part(&mut sealing, content).await? {
            sealed.write_all(&part.bytes).map_err(Error::Write)?;
        }
        sealed.flush().map_err(Error::Write)?;
        Ok(announcement)
    }

    /// Sends a sealed attachment: announces it, asks which parts have arrived, and sends the others. It can be called any
    /// number of times, and goes on where it ended.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Lapsed`] when it was destroyed because a day had passed.
    pub async fn send_sealed_attachment(
        &self,
        attachment: &SealedAttachment,
        sealed: &mut (impl Read + Seek),
    ) -> Result<Attachment, Error> {
        let SealedAttachment {
            match_id, submission, ..
        } = attachment;
        let message_id = submission.message_id;
        let not_whole = |error| Error::NotWhole {
            message_id,
            because: Box::new(error),
        };
        self.announce(attachment).await?;
        // Announced again, the answer is that of the first time; what has arrived since is asked.
        let mut found = self.attachment(*match_id, message_id).await?;
        let received = found.received.take().unwrap_or_default();
        let mut at = 0;
        for number in 0..parts(submission.sealed_bytes) {
            let length = part_bytes(submission.sealed_bytes, number).unwrap_or_default();
            if found.state == MessageState::Arriving && !received.contains(&number) {
                let part = read_part(sealed, at, length).map_err(Error::Read)?;
                let put = self.put_part(*match_id, message_id, number, part);
                found = put.await.map_err(not_whole)?;
            }
            at += length;
        }
        arrived(found).map_err(not_whole)
    }

    async fn begin(
        &self,
        match_id: Id,
        recipient: OrganisationId,
        header: &AttachmentHeader,
        bytes: u64,
    ) -> Result<(SealedAttachment, Sealing), Error> {
        let to_seal = self.to_seal(match_id, recipient).await?;
        let mut chance = Chance(self.connection.environment());
        let sealing = Sealing::new(
            &to_seal.route,
            to_seal.share.gate(),
            self.keys.sealing.newest(),
            &to_seal.recipient_key,
            header,
            bytes,
            &mut chance,
        )
        .map_err(|error| match error {
            SealError::TooLarge => Error::TooLarge,
            error => Error::Seal(error),
        })?;
        let announcement = SealedAttachment {
            match_id,
            key: IdempotencyKey::from_random(chance.bytes()),
            submission: AttachmentSubmission {
                message_id: to_seal.route.message_id,
                recipient,
                consent_hash: to_seal.route.consent_hash,
                enc: sealing.enc(),
                envelope: sealing.envelope().to_owned(),
                sender_key: to_seal.sender_key.into(),
                recipient_key: to_seal.recipient_key.into(),
                sealed_bytes: sealing.sealed_bytes(),
            },
        };
        Ok((announcement, sealing))
    }

    async fn announce(&self, sealed: &SealedAttachment) -> Result<Attachment, Error> {
        let path = format!("/v1/matches/{}/attachments", sealed.match_id);
        let announced = self.connection.post(&path, &sealed.submission, Some(&sealed.key));
        Ok(announced.await?.value)
    }

    async fn put_part(
        &self,
        match_id: Id,
        message_id: Id,
        number: u32,
        bytes: Vec<u8>,
    ) -> Result<Attachment, Error> {
        let path = format!("{}/parts/{number}", place(match_id, message_id));
        self.connection.put_octets(&path, bytes).await
    }

    /// Fetches the parts of an attachment in their order and opens each as it comes.
    pub(super) async fn open_attachment<W: Write>(
        &self,
        match_id: Id,
        message_id: Id,
        attachment: &Attachment,
        sink: W,
    ) -> Result<Fetched<W>, Error> {
        if attachment.message_id != message_id {
            return Err(OpenError::Route.into());
        }
        let sent_at = attachment.sent_at.ok_or(Error::Answer { status: 200 })?;
        let told = Told {
            match_id,
            message_id,
            sender: attachment.sender,
            recipient: attachment.recipient,
            sender_key: attachment.sender_sealing_key.into(),
            recipient_key: attachment.recipient_sealing_key.into(),
            record: &attachment.record,
            envelope: &attachment.envelope,
        };
        let to_open = self.to_open(&told, ContentKind::Attachment).await?;
        let mut opening = Opening::new(
            &to_open.route,
            to_open.share.gate(),
            &to_open.sender_key,
            to_open.secret,
            &attachment.enc,
            &attachment.envelope,
            attachment.sealed_bytes,
            sink,
        )?;
        while let Some(number) = opening.next_part() {
            let path = format!("{}/parts/{number}", place(match_id, message_id));
            opening.part(&self.connection.get_octets(&path).await?)?;
        }
        let opened = opening.finish()?;
        Ok(Fetched {
            message_id,
            sender: attachment.sender,
            record: to_open.record,
            sent_at,
            content: Content::Attachment {
                header: opened.header,
                sink: opened.sink,
            },
        })
    }
}

/// Reads and seals what comes next. A file that ends early, or goes on after its end, is noticed before its last part is
/// used: what was said of its length is part of what is sealed.
async fn next_part(
    sealing: &mut Sealing,
    content: &mut (impl AsyncRead + Unpin),
) -> Result<Option<SealedPart>, Error> {
    let Some(wants) = sealing.wants() else {
        return Ok(None);
    };
    let mut file = Zeroizing::new(vec![0; wants]);
    content.read_exact(&mut file).await.map_err(Error::Read)?;
    let part = sealing.part(&file)?;
    if sealing.next_part().is_none() {
        let more = content.read(&mut [0]).await.map_err(Error::Read)?;
        if more > 0 {
            let longer = "longer than was said";
            return Err(Error::Read(io::Error::new(io::ErrorKind::InvalidData, longer)));
        }
    }
    Ok(Some(part))
}

fn place(match_id: Id, message_id: Id) -> String {
    format!("/v1/matches/{match_id}/attachments/{message_id}")
}

/// Whether all of it has arrived, whatever became of it then.
fn arrived(attachment: Attachment) -> Result<Attachment, Error> {
    match attachment.state {
        MessageState::Waiting | MessageState::Fetched | MessageState::Acknowledged => Ok(attachment),
        MessageState::Destroyed => Err(Error::Lapsed),
        MessageState::Arriving => Err(Error::Answer { status: 200 }),
    }
}

fn read_part(sealed: &mut (impl Read + Seek), at: u64, length: u64) -> io::Result<Vec<u8>> {
    sealed.seek(SeekFrom::Start(at))?;
    let mut part = Vec::new();
    sealed.take(length).read_to_end(&mut part)?;
    match part.len() as u64 == length {
        true => Ok(part),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
