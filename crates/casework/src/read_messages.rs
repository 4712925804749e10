//! A party reads what was sealed for it. The consent is locked and the leaf written before the ciphertext leaves.

use domain::event::Event;
use domain::exchange::is_readable;
use protocol::OrganisationId;
use protocol::Refused;
use protocol::consent::SignedRecord;
use protocol::exchange::{Ciphertext, Message, MessageState, MessageSummary};
use protocol::id::Id;
use protocol::page::Page;
use protocol::problem::ProblemType;
use protocol::text::Base64Url;
use store::{ConsentRow, MessageRow, Party, StoreError, Tx};

use crate::act::{Failure, Look, Refusable, plainly};
use crate::read_consent::wire_record;
use crate::match_view::{Facts, Hold};
use crate::{Caller, Casework};

/// Why messages cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadMessagesRefusal {
    /// No such match, or no such message, for the caller.
    #[error("no such match or message")]
    NotFound,
    /// No consent stands that would allow it.
    #[error("no consent allows this at this moment")]
    ConsentMissing,
}

impl Refusable for ReadMessagesRefusal {
    fn refused(&self) -> Refused {
        plainly(match self {
            Self::NotFound => ProblemType::NotFound,
            Self::ConsentMissing => ProblemType::ConsentMissing,
        })
    }
}

impl Casework {
    /// The messages from and to the caller's organisation in a match, without content, while exchange is open. Who wrote to
    /// whom when says something about the match, so it is recorded as looking at that.
    ///
    /// # Errors
    /// [`ReadMessagesRefusal`].
    pub async fn list_messages(
        &self,
        caller: &Caller,
        match_id: Id,
    ) -> Result<Page<MessageSummary>, Failure<ReadMessagesRefusal>> {
        let items = self
            .look(
                caller,
                ListMessages {
                    caller: caller.clone(),
                    match_id,
                },
            )
            .await?;
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
}

impl Casework {
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
        let facts = open_facts(tx, &self.0.caller, self.0.match_id).await?;
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
        let facts = open_facts(tx, &self.caller, self.match_id).await?;
        facts.seen(tx, &self.caller).await?;
        let rows = tx.messages(facts.row.key).await?;
        let viewer = self.caller.organisation;
        let named = facts.named(&facts.terms()?, viewer, tx.now());
        // Who is masked again, because the consent that named them ended, is masked here too.
        let shown = rows
            .iter()
            .filter(|row| named.contains(&row.sender) && named.contains(&row.recipient));
        Ok(shown.filter_map(|row| summary(&facts, row)).collect())
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
        let facts = open_facts(tx, &self.caller, self.match_id).await?;
        let row = self.find(tx, &facts).await?;
        let (consent, record) = self.readable_under(tx, &facts, &row)?;
        let sealed = row
            .ciphertext
            .as_deref()
            .ok_or(ReadMessagesRefusal::ConsentMissing)?;
        let message = to_wire(&facts, &row, record, sealed)?;
        let event = Event::ContentRead {
            message: row.log_tag,
            organisation: self.caller.organisation_id.0,
            match_case: facts.row.log_tag,
            consent: consent.log_tag,
        };
        tx.mark_fetched(row.key, facts.row.key, facts.today(tx.now())?, &event)
            .await?;
        Ok(message)
    }
}

impl ReadMessage {
    /// The message, when it is for the caller and can be read now.
    async fn find(
        &self,
        tx: &Tx<'_, Party>,
        facts: &Facts,
    ) -> Result<MessageRow, Failure<ReadMessagesRefusal>> {
        let row = tx
            .message(facts.row.key, self.message_id.0)
            .await?
            .ok_or(ReadMessagesRefusal::NotFound)?;
        // The sender keeps its own copy; what it sealed, it cannot open.
        if row.recipient != self.caller.organisation {
            return Err(ReadMessagesRefusal::NotFound.into());
        }
        self.readable_under(tx, facts, &row)?;
        if row.ciphertext.is_none() {
            return Err(ReadMessagesRefusal::ConsentMissing.into());
        }
        Ok(row)
    }

    /// The consent a message was sealed under, when it may be read now, and that consent's signed record. The log names
    /// this consent too, though another may have taken its place: the message stays bound to it.
    fn readable_under<'f>(
        &self,
        tx: &Tx<'_, Party>,
        facts: &'f Facts,
        row: &MessageRow,
    ) -> Result<(&'f ConsentRow, SignedRecord), ReadMessagesRefusal> {
        let closed = ReadMessagesRefusal::ConsentMissing;
        let terms = facts.terms().map_err(|_| closed)?;
        let exchange = facts.case(&terms).exchange(row.sender, row.recipient, tx.now());
        let (_, standing) = facts.in_its_place(row.consent).ok_or(closed)?;
        if !is_readable(standing, exchange, tx.now()) {
            return Err(closed);
        }
        let sealed_under = facts.consents.iter().find(|consent| consent.key == row.consent);
        let sealed_under = sealed_under.ok_or(closed)?;
        let record = wire_record(sealed_under).ok_or(closed)?;
        Ok((sealed_under, record))
    }
}

/// The facts of a match in which the caller may exchange with somebody now, its consents locked.
async fn open_facts(
    tx: &Tx<'_, Party>,
    caller: &Caller,
    match_id: Id,
) -> Result<Facts, Failure<ReadMessagesRefusal>> {
    let key = tx.ids().parse_match_case(match_id.0);
    let facts = Facts::read(tx, key, Hold::Consents)
        .await?
        .ok_or(ReadMessagesRefusal::NotFound)?;
    let terms = facts.terms()?;
    let view = facts
        .case(&terms)
        .view(caller.organisation, tx.now())
        .ok_or(ReadMessagesRefusal::NotFound)?;
    if !view.exchange.is_open() {
        return Err(ReadMessagesRefusal::ConsentMissing.into());
    }
    Ok(facts)
}

fn summary(facts: &Facts, row: &MessageRow) -> Option<MessageSummary> {
    let (consent, _) = facts.in_its_place(row.consent)?;
    Some(MessageSummary {
        message_id: Id(row.message_id),
        sender: OrganisationId(facts.organisation(row.sender)?.public_id),
        recipient: OrganisationId(facts.organisation(row.recipient)?.public_id),
        state: match (row.destroyed, row.fetched_at) {
            (true, _) => MessageState::Destroyed,
            (false, Some(_)) => MessageState::Fetched,
            (false, None) => MessageState::Waiting,
        },
        sent_at: row.sent_at,
        fetched_at: row.fetched_at,
        consent_withdrawn_at: consent.withdrawn_at,
    })
}

fn to_wire(
    facts: &Facts,
    row: &MessageRow,
    record: SignedRecord,
    sealed: &[u8],
) -> Result<Message, StoreError> {
    let organisation = |key| {
        facts.organisation(key).ok_or(StoreError::Column {
            column: "organisation_id",
        })
    };
    let sender = organisation(row.sender)?;
    let enc: [u8; 32] = row
        .enc
        .as_slice()
        .try_into()
        .map_err(|_| StoreError::Column { column: "enc" })?;
    Ok(Message {
        message_id: Id(row.message_id),
        sender: OrganisationId(sender.public_id),
        sender_sealing_key: Base64Url(row.sender_key),
        recipient: OrganisationId(organisation(row.recipient)?.public_id),
        recipient_sealing_key: Base64Url(row.recipient_key),
        sent_at: row.sent_at,
        record,
        enc: Base64Url(enc),
        envelope: row.envelope.clone(),
        ciphertext: Ciphertext::new(sealed.to_vec())
            .map_err(|_| StoreError::Column { column: "ciphertext" })?,
    })
}
