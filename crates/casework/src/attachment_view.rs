//! An attachment as its sender and its recipient see it.

use domain::exchange::ContentState;
use protocol::consent::SignedRecord;
use protocol::exchange::{self as wire, Attachment, ContentKind, MessageState};
use protocol::id::Id;
use protocol::text::Base64Url;
use store::{MessageRow, Party, StoreError, Tx};

use crate::match_view::Facts;

/// As its sender sees it: with the parts that arrived, while it arrives.
pub(crate) fn to_sender(
    tx: &Tx<'_, Party>,
    facts: &Facts,
    row: &MessageRow,
    record: SignedRecord,
    received: Vec<u32>,
) -> Result<Attachment, StoreError> {
    let attachment = to_recipient(tx, facts, row, record)?;
    Ok(match attachment.state {
        MessageState::Arriving => Attachment {
            received: Some(received),
            arrive_by: row.course.arrive_by,
            ..attachment
        },
        _ => attachment,
    })
}

/// As its recipient sees it.
pub(crate) fn to_recipient(
    tx: &Tx<'_, Party>,
    facts: &Facts,
    row: &MessageRow,
    record: SignedRecord,
) -> Result<Attachment, StoreError> {
    Ok(Attachment {
        message_id: Id(row.message_id),
        kind: ContentKind::Attachment,
        sender: facts.organisation_id(row.sender)?,
        sender_sealing_key: Base64Url(row.sender_key),
        recipient: facts.organisation_id(row.recipient)?,
        recipient_sealing_key: Base64Url(row.recipient_key),
        state: wire_state(row.course.state(tx.now())),
        sealed_bytes: row.sealed_bytes,
        parts: wire::parts(row.sealed_bytes),
        received: None,
        arrive_by: None,
        sent_at: row.course.sent_at,
        fetched_at: row.course.fetched_at,
        acknowledged_at: row.course.acknowledged_at,
        record,
        enc: Base64Url(row.enc),
        envelope: row.envelope.clone(),
    })
}

pub(crate) fn wire_state(state: ContentState) -> MessageState {
    match state {
        ContentState::Arriving => MessageState::Arriving,
        ContentState::Waiting => MessageState::Waiting,
        ContentState::Fetched => MessageState::Fetched,
        ContentState::Acknowledged => MessageState::Acknowledged,
        ContentState::Destroyed => MessageState::Destroyed,
    }
}
