//! A party reads an attachment: what it is, then part by part. Each part is a reading of its own: the consent is locked and
//! a leaf written before its bytes leave.

use protocol::exchange::{Attachment, part_bytes};
use protocol::id::Id;
use store::{ContentPart, MessageKind, MessageRow, Party, Tx};

use crate::act::{Failure, Look};
use crate::attachment_view;
use crate::content::Readable;
use crate::match_view::Facts;
use crate::read_messages::ReadMessagesRefusal;
use crate::{Caller, Casework};

impl Casework {
    /// An attachment without its content, for its sender, and once it is whole for its recipient.
    ///
    /// # Errors
    /// [`ReadMessagesRefusal`].
    pub async fn read_attachment(
        &self,
        caller: &Caller,
        match_id: Id,
        message_id: Id,
    ) -> Result<Attachment, Failure<ReadMessagesRefusal>> {
        let look = ReadAttachment {
            caller: caller.clone(),
            match_id,
            message_id,
        };
        self.look(caller, look).await
    }

    /// A part of an attachment, as it was sealed.
    ///
    /// # Errors
    /// [`ReadMessagesRefusal`].
    pub async fn read_part(
        &self,
        caller: &Caller,
        match_id: Id,
        message_id: Id,
        part: u32,
    ) -> Result<Vec<u8>, Failure<ReadMessagesRefusal>> {
        let look = ReadPart {
            caller: caller.clone(),
            match_id,
            message_id,
            part,
        };
        self.look(caller, look).await
    }

    /// Whether a part could be read at this moment, for a request that wants no content (HTTP's HEAD): it stays unread.
    ///
    /// # Errors
    /// [`ReadMessagesRefusal`], as reading it.
    pub async fn find_part(
        &self,
        caller: &Caller,
        match_id: Id,
        message_id: Id,
        part: u32,
    ) -> Result<(), Failure<ReadMessagesRefusal>> {
        let reading = ReadPart {
            caller: caller.clone(),
            match_id,
            message_id,
            part,
        };
        self.look(caller, FindPart(reading)).await
    }
}

struct ReadAttachment {
    caller: Caller,
    match_id: Id,
    message_id: Id,
}

impl Look for ReadAttachment {
    const NAME: &'static str = "read_attachment";
    type Output = Attachment;
    type Refusal = ReadMessagesRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Attachment, Failure<ReadMessagesRefusal>> {
        let facts = facts(tx, &self.caller, self.match_id).await?;
        let viewer = self.caller.organisation;
        let row = tx.message(facts.row.key, self.message_id.0).await?;
        let row = row
            .filter(|row| row.kind == MessageKind::Attachment)
            .filter(|row| row.sender == viewer || row.course.sent_at.is_some())
            .ok_or(ReadMessagesRefusal::NotFound)?;
        let passes = facts.passes_under(tx, &row);
        let (_, record) = passes.ok_or(ReadMessagesRefusal::ConsentMissing)?;
        facts.seen(tx, &self.caller).await?;
        if row.recipient == viewer {
            return Ok(attachment_view::to_recipient(tx, &facts, &row, record)?);
        }
        let received = tx.received_parts(row.key).await?;
        Ok(attachment_view::to_sender(tx, &facts, &row, record, received)?)
    }
}

struct FindPart(ReadPart);

impl Look for FindPart {
    const NAME: &'static str = "find_part";
    type Output = ();
    type Refusal = ReadMessagesRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<(), Failure<ReadMessagesRefusal>> {
        let facts = facts(tx, &self.0.caller, self.0.match_id).await?;
        self.0.find(tx, &facts).await?;
        Ok(facts.seen(tx, &self.0.caller).await?)
    }
}

struct ReadPart {
    caller: Caller,
    match_id: Id,
    message_id: Id,
    part: u32,
}

impl Look for ReadPart {
    const NAME: &'static str = "read_part";
    type Output = Vec<u8>;
    type Refusal = ReadMessagesRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Vec<u8>, Failure<ReadMessagesRefusal>> {
        let facts = facts(tx, &self.caller, self.match_id).await?;
        let Readable { row, read, .. } = self.find(tx, &facts).await?;
        let part = ContentPart {
            message: row.key,
            number: i16::try_from(self.part).map_err(|_| ReadMessagesRefusal::NotFound)?,
        };
        let sealed = tx.part(part).await?.ok_or(ReadMessagesRefusal::Gone)?;
        tx.mark_part_fetched(part, facts.row.key, facts.today(tx.now())?, &read)
            .await?;
        Ok(sealed)
    }
}

impl ReadPart {
    /// The attachment, when it is for the caller, has this part, and can be read now.
    async fn find(
        &self,
        tx: &Tx<'_, Party>,
        facts: &Facts,
    ) -> Result<Readable, Failure<ReadMessagesRefusal>> {
        let has_part = |row: &MessageRow| {
            row.kind == MessageKind::Attachment && part_bytes(row.sealed_bytes, self.part).is_some()
        };
        facts.readable(tx, &self.caller, self.message_id, has_part).await
    }
}

async fn facts(
    tx: &Tx<'_, Party>,
    caller: &Caller,
    match_id: Id,
) -> Result<Facts, Failure<ReadMessagesRefusal>> {
    let facts = Facts::in_sight(tx, caller, match_id).await?;
    Ok(facts.ok_or(ReadMessagesRefusal::NotFound)?)
}
