//! What parties seal for each other: messages, and attachments in parts. The service stores ciphertext it has no key for.
//!
//! Both are rows of one table. Whoever changes such a row, or relies on its content being there, holds it until the end of
//! the transaction, so that reading, acknowledging and destroying come one after the other.

pub(crate) mod attachment;
pub(crate) mod destroy;

use domain::event::Event;
use domain::exchange::Course;
use domain::key::{ConsentKey, MatchKey, MessageKey, OrganisationKey};
use jiff::civil::Date;
use uuid::Uuid;

use crate::error::StoreError;
use crate::statement::statements;
use crate::viewing::Seen;
use crate::work::{Party, RowExt, Tx};

pub use attachment::{AttachmentsKept, ContentPart, NewAttachment};
pub use destroy::GoneContent;

macro_rules! message_columns {
    () => {
        "subject_id, id, match_id, consent_id, message_id, kind, sender_id, recipient_id, sender_key, recipient_key, \
         sealed_bytes, arrive_by, sent_at, fetched_at, acknowledged_at, destroyed_at, enc, envelope, log_tag"
    };
}

statements! {
    Party INSERT_MESSAGE = "
        INSERT INTO message (subject_id, id, match_id, consent_id, message_id, kind, sender_id, recipient_id, sender_key,
                             recipient_key, sealed_bytes, sent_at, enc, envelope, ciphertext, log_tag)
        VALUES ($1 /* subject */, nextval('message_row_id'), $2 /* match */, $3 /* consent */, $4 /* message id */, 'message',
                current_organisation(), $5 /* recipient */, $6 /* sender's key */, $7 /* recipient's key */,
                octet_length($8::bytea /* ciphertext */), $9 /* now */, $10 /* enc */, $11 /* envelope */, $8, $12 /* log tag */)
            ON CONFLICT (subject_id, match_id, message_id) DO NOTHING";
    Party MESSAGES = concat!("
        SELECT ", message_columns!(), "
          FROM message WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ ORDER BY id");
    Party MESSAGE = concat!("
        SELECT ", message_columns!(), "
          FROM message
         WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ AND message_id = $3 /* message id */");
    // A row is there for whoever may change it: the recipient, and the sender of an attachment that arrives.
    Party HOLD_MESSAGE = concat!("
        SELECT ", message_columns!(), "
          FROM message
         WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ AND message_id = $3 /* message id */
           FOR NO KEY UPDATE");
    Party CIPHERTEXT = "
        SELECT ciphertext FROM message WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Party MARK_FETCHED = "
        UPDATE message SET fetched_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND fetched_at IS NULL";
    Party ACKNOWLEDGE_CONTENT = "
        UPDATE message SET acknowledged_at = $3 /* now */, ciphertext = NULL
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND acknowledged_at IS NULL AND destroyed_at IS NULL";
    Party DELETE_PARTS = "
        DELETE FROM message_part WHERE subject_id = $1 /* subject */ AND message_row = $2 /* row */";
}

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// A message.
    Message,
    /// An attachment.
    Attachment,
}

impl MessageKind {
    fn parse(slug: &str) -> Result<Self, StoreError> {
        match slug {
            "message" => Ok(Self::Message),
            "attachment" => Ok(Self::Attachment),
            _ => Err(StoreError::Column { column: "kind" }),
        }
    }
}

/// A message or an attachment, without its ciphertext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Its key.
    pub key: MessageKey,
    /// The match.
    pub match_case: MatchKey,
    /// The consent it was sealed under.
    pub consent: ConsentKey,
    /// The sender's id for it.
    pub message_id: [u8; 16],
    /// Which of the two it is.
    pub kind: MessageKind,
    /// From.
    pub sender: OrganisationKey,
    /// To.
    pub recipient: OrganisationKey,
    /// The sender's key that it is sealed with.
    pub sender_key: [u8; 32],
    /// The recipient's key that it is sealed to.
    pub recipient_key: [u8; 32],
    /// How many sealed bytes it has, or had.
    pub sealed_bytes: u64,
    /// What happened to it.
    pub course: Course,
    /// HPKE encapsulated key.
    pub enc: [u8; 32],
    /// Canonical envelope.
    pub envelope: String,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A message to be stored.
pub struct NewMessage {
    /// The match.
    pub match_case: MatchKey,
    /// The consent it was sealed under.
    pub consent: ConsentKey,
    /// The sender's id for it.
    pub message_id: [u8; 16],
    /// To.
    pub recipient: OrganisationKey,
    /// The sender's key that it is sealed with.
    pub sender_key: [u8; 32],
    /// The recipient's key that it is sealed to.
    pub recipient_key: [u8; 32],
    /// HPKE encapsulated key.
    pub enc: [u8; 32],
    /// Canonical envelope.
    pub envelope: String,
    /// What the sender sealed.
    pub ciphertext: Vec<u8>,
    /// Its name in the log.
    pub log_tag: u128,
}

impl Tx<'_, Party> {
    /// Stores a message of this organisation; false when its id was used before in this match.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_message(&self, new: &NewMessage, event: &Event) -> Result<bool, StoreError> {
        let inserted = self
            .change(
                &INSERT_MESSAGE,
                &[
                    &new.match_case.subject,
                    &new.match_case.row,
                    &new.consent.row,
                    &Uuid::from_bytes(new.message_id),
                    &new.recipient.0,
                    &new.sender_key.as_slice(),
                    &new.recipient_key.as_slice(),
                    &new.ciphertext,
                    &self.now(),
                    &new.enc.as_slice(),
                    &new.envelope,
                    &Uuid::from_u128(new.log_tag),
                ],
            )
            .await?;
        if inserted == 1 {
            self.record_one(event).await?;
        }
        Ok(inserted == 1)
    }

    /// What was sent in a match from or to this organisation, or is arriving from it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn messages(&self, key: MatchKey) -> Result<Vec<MessageRow>, StoreError> {
        self.rows(&MESSAGES, &[&key.subject, &key.row])
            .await?
            .iter()
            .map(message_row)
            .collect()
    }

    /// One of them, as it stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn message(
        &self,
        key: MatchKey,
        message_id: [u8; 16],
    ) -> Result<Option<MessageRow>, StoreError> {
        let row = self
            .optional(&MESSAGE, &[&key.subject, &key.row, &Uuid::from_bytes(message_id)])
            .await?;
        row.as_ref().map(message_row).transpose()
    }

    /// One that this organisation may change: it is the recipient, or sends an attachment that is arriving. It stays as it
    /// is until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold_message(
        &self,
        key: MatchKey,
        message_id: [u8; 16],
    ) -> Result<Option<MessageRow>, StoreError> {
        let row = self
            .optional(
                &HOLD_MESSAGE,
                &[&key.subject, &key.row, &Uuid::from_bytes(message_id)],
            )
            .await?;
        row.as_ref().map(message_row).transpose()
    }

    /// The ciphertext of a message; none of an attachment, and none when it is gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ciphertext(&self, key: MessageKey) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self.one(&CIPHERTEXT, &[&key.subject, &key.row]).await?;
        row.value("ciphertext")
    }

    /// Notes that the recipient reads a message on this day of its covenant; each reading is in the log and in the family's
    /// list, the first time is kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_fetched(
        &self,
        key: MessageKey,
        match_case: MatchKey,
        day: Date,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change(&MARK_FETCHED, &[&key.subject, &key.row, &self.now()])
            .await?;
        self.note_viewing(match_case, day, Seen::Message).await?;
        self.record_one(event).await.map(drop)
    }

    /// Notes that the recipient has it in its own file, and destroys its ciphertext here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn acknowledge_message(&self, key: MessageKey, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(&ACKNOWLEDGE_CONTENT, 1, &[&key.subject, &key.row, &self.now()])
            .await?;
        self.change(&DELETE_PARTS, &[&key.subject, &key.row]).await?;
        self.record_one(event).await.map(drop)
    }
}

fn message_row(row: &tokio_postgres::Row) -> Result<MessageRow, StoreError> {
    let subject = row.value("subject_id")?;
    let sealed_bytes: i32 = row.value("sealed_bytes")?;
    Ok(MessageRow {
        key: MessageKey {
            subject,
            row: row.value("id")?,
        },
        match_case: MatchKey {
            subject,
            row: row.value("match_id")?,
        },
        consent: ConsentKey {
            subject,
            row: row.value("consent_id")?,
        },
        message_id: row.tag("message_id")?.to_be_bytes(),
        kind: MessageKind::parse(row.value("kind")?)?,
        sender: OrganisationKey(row.value("sender_id")?),
        recipient: OrganisationKey(row.value("recipient_id")?),
        sender_key: row.bytes("sender_key")?,
        recipient_key: row.bytes("recipient_key")?,
        sealed_bytes: sealed_bytes.try_into().map_err(|_| StoreError::Column {
            column: "sealed_bytes",
        })?,
        course: Course {
            arrive_by: row.value("arrive_by")?,
            sent_at: row.value("sent_at")?,
            fetched_at: row.value("fetched_at")?,
            acknowledged_at: row.value("acknowledged_at")?,
            destroyed_at: row.value("destroyed_at")?,
        },
        enc: row.bytes("enc")?,
        envelope: row.value("envelope")?,
        log_tag: row.tag("log_tag")?,
    })
}
