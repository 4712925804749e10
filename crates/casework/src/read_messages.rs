//! A party reads what was sealed for it. The consent is locked and the leaf written before the ciphertext leaves.

use domain::exchange::ContentState;
use jiff::Timestamp;
use protocol::exchange::{Ciphertext, ContentKind, Message, MessageSummary};
use protocol::id::Id;
use protocol::page::Page;
use protocol::problem::ProblemType;
use protocol::text::Base64Url;
use protocol::{OrganisationId, Refused};
use store::{MessageKind, MessageRow, Party, StoreError, Tx};

use crate::act::{Failure, Look, Refusable, plainly};
use crate::attachment_view::wire_state;
use crate::content::Readable;
use crate::match_view::{Facts, Hold};
use crate::{Caller, Casework};

/// Why content cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadMessagesRefusal {
    /// No such match, or nothing of this id, for the caller.
    #[error("no such match or message")]
    NotFound,
    /// No consent stands that would allow it.
    #[error("no consent allows this at this moment")]
    ConsentMissing,
    /// The content was destroyed.
    #[error("the content is gone")]
    Gone,
}

impl Refusable for ReadMessagesRefusal {
    fn refused(&self) -> Refused {
        plainly(match self {
            Self::NotFound => ProblemType::NotFound,
            Self::ConsentMissing => ProblemType::ConsentMissing,
            Self::Gone => ProblemType::ContentGone,
        })
    }
}

impl Casework {
    /// The messages and attachments from and to the caller's organisation in a match, without content. Who wrote to whom
    /// when says something about the match, so it is recorded as looking at that. Once the exchange is closed they are
    /// listed still, with what closed it; who has nothing there learns nothing.
    ///
    /// # Errors
    /// [`ReadMessagesRefusal`].
    pub async fn list_messages(
        &self,
        caller: &Caller,
        match_id: Id,
    ) -> Result<Page<MessageSummary>, Failure<ReadMessagesRefusal>> {
        let look = ListMessages {
            caller: caller.clone(),
            match_id,
        };
        let items = self.look(caller, look).await?;
        Ok(Page { items, next: None })
    }

    /// One message with its sealed content.
    ///
    /// # Errors
    /// [`ReadMessagesRefusal`].
    pub async fn read_message(
        &self,
        caller: &Caller,
        match_id: Id,
        message_id: Id,
    ) -> Result<Message, Failure<ReadMessagesRefusal>> {
        let look = ReadMessage {
            caller: caller.clone(),
            match_id,
            message_id,
        };
        self.look(caller, look).await
    }

    /// Whether a message could be read at this moment, for a request that wants no content (HTTP's HEAD): it stays unread.
    ///
    /// # Errors
    /// [`ReadMessagesRefusal`], as reading it.
    pub async fn find_message(
        &self,
        caller: &Caller,
        match_id: Id,
        message_id: Id,
    ) -> Result<(), Failure<ReadMessagesRefusal>> {
        let reading = ReadMessage {
            caller: caller.clone(),
            match_id,
            message_id,
        };
        self.look(caller, FindMessage(reading)).await
    }
}

struct FindMessage(ReadMessage);

impl Look for FindMessage {
    const NAME: &'static str = "find_message";
    type Output = ();
    type Refusal = ReadMessagesRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<(), Failure<ReadMessagesRefusal>> {
        let facts = self.0.facts(tx).await?;
        self.0.find(tx, &facts).await?;
        Ok(facts.seen(tx, &self.0.caller).await?)
    }
}

struct ListMessages {
    caller: Caller,
    match_id: Id,
}

impl Look for ListMessages {
    const NAME: &'static str = "list_messages";
    type Output = Vec<MessageSummary>;
    type Refusal = ReadMessagesRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Vec<MessageSummary>, Failure<ReadMessagesRefusal>> {
        let key = tx.ids().parse_match_case(self.match_id.0);
        let facts = Facts::read(tx, key, Hold::Consents)
            .await?
            .ok_or(ReadMessagesRefusal::NotFound)?;
        let viewer = self.caller.organisation;
        let terms = facts.terms()?;
        let view = facts.case(&terms).view(viewer, tx.now());
        let view = view.ok_or(ReadMessagesRefusal::NotFound)?;
        let mut rows = tx.messages(facts.row.key).await?;
        // What is arriving, or never arrived, only its sender knows of.
        rows.retain(|row| row.sender == viewer || row.course.sent_at.is_some());
        if rows.is_empty() && !view.exchange.is_open() {
            return Err(ReadMessagesRefusal::ConsentMissing.into());
        }
        facts.seen(tx, &self.caller).await?;
        // Who is masked again, because the consent that named them ended, is masked here too.
        let named = facts.named(&terms, viewer, tx.now());
        let shown = |organisation| match named.contains(&organisation) {
            true => Some(OrganisationId(facts.organisation(organisation)?.public_id)),
            false => None,
        };
        let closed_at = view.closing.map(|closing| closing.at);
        let summary = |row: &MessageRow| MessageSummary {
            sender: shown(row.sender),
            recipient: shown(row.recipient),
            ..summary(tx, &facts, row, closed_at)
        };
        Ok(rows.iter().map(summary).collect())
    }
}

struct ReadMessage {
    caller: Caller,
    match_id: Id,
    message_id: Id,
}

impl Look for ReadMessage {
    const NAME: &'static str = "read_message";
    type Output = Message;
    type Refusal = ReadMessagesRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Message, Failure<ReadMessagesRefusal>> {
        let facts = self.facts(tx).await?;
        let Readable { row, record, read } = self.find(tx, &facts).await?;
        let sealed = tx.ciphertext(row.key).await?.ok_or(ReadMessagesRefusal::Gone)?;
        let message = Message {
            message_id: self.message_id,
            sender: facts.organisation_id(row.sender)?,
            sender_sealing_key: Base64Url(row.sender_key),
            recipient: facts.organisation_id(row.recipient)?,
            recipient_sealing_key: Base64Url(row.recipient_key),
            sent_at: row
                .course
                .sent_at
                .ok_or(StoreError::Column { column: "sent_at" })?,
            record,
            enc: Base64Url(row.enc),
            envelope: row.envelope.clone(),
            ciphertext: Ciphertext::new(sealed).map_err(|_| StoreError::Column { column: "ciphertext" })?,
        };
        tx.mark_fetched(row.key, facts.row.key, facts.today(tx.now())?, &read)
            .await?;
        Ok(message)
    }
}

impl ReadMessage {
    async fn facts(&self, tx: &Tx<'_, Party>) -> Result<Facts, Failure<ReadMessagesRefusal>> {
        let facts = Facts::in_sight(tx, &self.caller, self.match_id).await?;
        Ok(facts.ok_or(ReadMessagesRefusal::NotFound)?)
    }

    async fn find(
        &self,
        tx: &Tx<'_, Party>,
        facts: &Facts,
    ) -> Result<Readable, Failure<ReadMessagesRefusal>> {
        let is_message = |row: &MessageRow| row.kind == MessageKind::Message;
        facts
            .readable(tx, &self.caller, self.message_id, is_message)
            .await
    }
}

/// Everything but who sent it to whom.
fn summary(
    tx: &Tx<'_, Party>,
    facts: &Facts,
    row: &MessageRow,
    match_closed_at: Option<Timestamp>,
) -> MessageSummary {
    let state = row.course.state(tx.now());
    MessageSummary {
        message_id: Id(row.message_id),
        kind: match row.kind {
            MessageKind::Message => ContentKind::Message,
            MessageKind::Attachment => ContentKind::Attachment,
        },
        sender: None,
        recipient: None,
        state: wire_state(state),
        sealed_bytes: row.sealed_bytes,
        sent_at: row.course.sent_at,
        fetched_at: row.course.fetched_at,
        acknowledged_at: row.course.acknowledged_at,
        consent_withdrawn_at: facts
            .in_its_place(row.consent)
            .and_then(|(consent, _)| consent.withdrawn_at),
        closed: match state {
            // What is in its own file is of no concern to this service any more.
            ContentState::Acknowledged => None,
            _ => facts.closed_for_good(tx, row, match_closed_at),
        },
    }
}
