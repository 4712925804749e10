//! Sealed messages. The service stores ciphertext it has no key for.

use domain::event::Event;
use domain::key::{ConsentKey, MatchKey, MessageKey, OrganisationKey};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::error::StoreError;
use crate::statement::statements;
use crate::viewing::Seen;
use crate::work::{Party, RowExt, Tx};

statements! {
    Party INSERT_MESSAGE = "
        INSERT INTO message (subject_id, id, match_id, consent_id, message_id, sender_id, recipient_id, sender_key,
                             recipient_key, sent_at, enc, envelope, ciphertext, log_tag)
        VALUES ($1 /* subject */, nextval('message_row_id'), $2 /* match */, $3 /* consent */, $4 /* message id */,
                current_organisation(), $5 /* recipient */, $6 /* sender's key */, $7 /* recipient's key */,
                $8 /* now */, $9 /* enc */, $10 /* envelope */, $11 /* ciphertext */, $12 /* log tag */)
            ON CONFLICT (subject_id, match_id, message_id) DO NOTHING";
    Party MESSAGES = "
        SELECT subject_id, id, match_id, consent_id, message_id, sender_id, recipient_id, sender_key, recipient_key,
               sent_at, enc, envelope, NULL::bytea AS ciphertext, destroyed_at IS NOT NULL AS destroyed, fetched_at, log_tag
          FROM message WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ ORDER BY id";
    Party MESSAGE = "
        SELECT subject_id, id, match_id, consent_id, message_id, sender_id, recipient_id, sender_key, recipient_key,
               sent_at, enc, envelope, ciphertext, destroyed_at IS NOT NULL AS destroyed, fetched_at, log_tag
          FROM message
         WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ AND message_id = $3 /* message id */";
    Party MARK_FETCHED = "
        UPDATE message SET fetched_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND fetched_at IS NULL";
}

/// A message, with or without its ciphertext.
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
    /// From.
    pub sender: OrganisationKey,
    /// To.
    pub recipient: OrganisationKey,
    /// The sender's sealing key.
    pub sender_key: [u8; 32],
    /// The recipient's sealing key.
    pub recipient_key: [u8; 32],
    /// When.
    pub sent_at: Timestamp,
    /// HPKE encapsulated key.
    pub enc: Vec<u8>,
    /// Canonical envelope.
    pub envelope: String,
    /// What the sender sealed; not in lists.
    pub ciphertext: Option<Vec<u8>>,
    /// Whether the ciphertext is gone.
    pub destroyed: bool,
    /// When the recipient first read it.
    pub fetched_at: Option<Timestamp>,
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
    /// The sender's sealing key.
    pub sender_key: [u8; 32],
    /// The recipient's sealing key.
    pub recipient_key: [u8; 32],
    /// HPKE encapsulated key.
    pub enc: Vec<u8>,
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
                    &self.now(),
                    &new.enc,
                    &new.envelope,
                    &new.ciphertext,
                    &Uuid::from_u128(new.log_tag),
                ],
            )
            .await?;
        if inserted == 1 {
            self.record_one(event).await?;
        }
        Ok(inserted == 1)
    }

    /// The messages of a match from or to this organisation, without ciphertext.
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

    /// One message with its ciphertext.
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
}

fn message_row(row: &tokio_postgres::Row) -> Result<MessageRow, StoreError> {
    let subject = row.value("subject_id")?;
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
        sender: OrganisationKey(row.value("sender_id")?),
        recipient: OrganisationKey(row.value("recipient_id")?),
        sender_key: row.bytes("sender_key")?,
        recipient_key: row.bytes("recipient_key")?,
        sent_at: row.value("sent_at")?,
        enc: row.value("enc")?,
        envelope: row.value("envelope")?,
        ciphertext: row.value("ciphertext")?,
        destroyed: row.value("destroyed")?,
        fetched_at: row.value("fetched_at")?,
        log_tag: row.tag("log_tag")?,
    })
}
