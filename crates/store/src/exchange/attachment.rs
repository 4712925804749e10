//! An attachment arrives part by part, and is read part by part.

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
    // Of announcements that are made at one time each counts those before it.
    Party LOCK_ANNOUNCING = "
        SELECT pg_advisory_xact_lock(hashtextextended('attachments ' || current_organisation(), 0))";
    Party ATTACHMENTS_KEPT = "
        SELECT count(*) FILTER (WHERE sent_at IS NULL AND arrive_by > $3 /* now */) AS arriving,
               count(*) FILTER (WHERE sent_at IS NOT NULL AND acknowledged_at IS NULL) AS whole
          FROM message
         WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ AND sender_id = current_organisation()
           AND kind = 'attachment' AND destroyed_at IS NULL";
    Party INSERT_ATTACHMENT = "
        INSERT INTO message (subject_id, id, match_id, consent_id, message_id, kind, sender_id, recipient_id, sender_key,
                             recipient_key, sealed_bytes, arrive_by, enc, envelope, log_tag)
        VALUES ($1 /* subject */, nextval('message_row_id'), $2 /* match */, $3 /* consent */, $4 /* message id */, 'attachment',
                current_organisation(), $5 /* recipient */, $6 /* sender's key */, $7 /* recipient's key */,
                $8 /* sealed bytes */, $9 /* arrive by */, $10 /* enc */, $11 /* envelope */, $12 /* log tag */)
            ON CONFLICT (subject_id, match_id, message_id) DO NOTHING";
    Party RECEIVED_PARTS = "
        SELECT part FROM message_part
         WHERE subject_id = $1 /* subject */ AND message_row = $2 /* row */ ORDER BY part";
    Party PART_IS = "
        SELECT ciphertext = $4 /* ciphertext */ AS same FROM message_part
         WHERE subject_id = $1 /* subject */ AND message_row = $2 /* row */ AND part = $3 /* part */";
    Party INSERT_PART = "
        INSERT INTO message_part (subject_id, message_row, part, ciphertext)
        VALUES ($1 /* subject */, $2 /* row */, $3 /* part */, $4 /* ciphertext */)";
    Party COMPLETE_ATTACHMENT = "
        UPDATE message SET sent_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND sent_at IS NULL AND destroyed_at IS NULL";
    Party PART = "
        SELECT ciphertext FROM message_part
         WHERE subject_id = $1 /* subject */ AND message_row = $2 /* row */ AND part = $3 /* part */";
    // Its first part read again, or whatever part is read first: who leaves out the first part reads too.
    Party IS_READING = "
        SELECT NOT bool_or(fetched_at IS NOT NULL)
               OR $3::smallint /* part */ = 0 AND bool_or(part = 0 AND fetched_at IS NOT NULL) AS reading
          FROM message_part WHERE subject_id = $1 /* subject */ AND message_row = $2 /* row */";
    Party MARK_PART_FETCHED = "
        UPDATE message_part SET fetched_at = $4 /* now */
         WHERE subject_id = $1 /* subject */ AND message_row = $2 /* row */ AND part = $3 /* part */ AND fetched_at IS NULL";
    Party MARK_ALL_FETCHED = "
        UPDATE message m SET fetched_at = $3 /* now */
         WHERE m.subject_id = $1 /* subject */ AND m.id = $2 /* row */ AND m.fetched_at IS NULL
           AND NOT EXISTS (SELECT FROM message_part p
                            WHERE p.subject_id = m.subject_id AND p.message_row = m.id AND p.fetched_at IS NULL)";
}

/// An attachment that is announced.
pub struct NewAttachment {
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
    /// How many sealed bytes will come.
    pub sealed_bytes: i32,
    /// When it is destroyed unless all of it is there.
    pub arrive_by: Timestamp,
    /// HPKE encapsulated key.
    pub enc: [u8; 32],
    /// Canonical envelope.
    pub envelope: String,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A part of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentPart {
    /// The attachment.
    pub message: MessageKey,
    /// The number of the part, from 0.
    pub number: i16,
}

/// How many attachments of one organisation are kept in a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttachmentsKept {
    /// Parts of them are still to come.
    pub arriving: i64,
    /// All of them is there, and they are not acknowledged.
    pub whole: i64,
}

impl Tx<'_, Party> {
    /// What is kept of this organisation's attachments in a match. No other is announced by it before this transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attachments_kept(&self, key: MatchKey) -> Result<AttachmentsKept, StoreError> {
        self.one(&LOCK_ANNOUNCING, &[]).await?;
        let row = self
            .one(&ATTACHMENTS_KEPT, &[&key.subject, &key.row, &self.now()])
            .await?;
        Ok(AttachmentsKept {
            arriving: row.value("arriving")?,
            whole: row.value("whole")?,
        })
    }

    /// Stores that an attachment of this organisation will come; false when its id was used before in this match.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_attachment(&self, new: &NewAttachment, event: &Event) -> Result<bool, StoreError> {
        let inserted = self
            .change(
                &INSERT_ATTACHMENT,
                &[
                    &new.match_case.subject,
                    &new.match_case.row,
                    &new.consent.row,
                    &Uuid::from_bytes(new.message_id),
                    &new.recipient.0,
                    &new.sender_key.as_slice(),
                    &new.recipient_key.as_slice(),
                    &new.sealed_bytes,
                    &new.arrive_by,
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

    /// The numbers of the parts that are there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn received_parts(&self, attachment: MessageKey) -> Result<Vec<u32>, StoreError> {
        let rows = self
            .rows(&RECEIVED_PARTS, &[&attachment.subject, &attachment.row])
            .await?;
        rows.iter()
            .map(|row| {
                let part: i16 = row.value("part")?;
                u32::try_from(part).map_err(|_| StoreError::Column { column: "part" })
            })
            .collect()
    }

    /// Whether a part that is there has these bytes; none when it is not there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn part_is(&self, part: ContentPart, ciphertext: &[u8]) -> Result<Option<bool>, StoreError> {
        let ContentPart { message, number } = part;
        let row = self
            .optional(&PART_IS, &[&message.subject, &message.row, &number, &ciphertext])
            .await?;
        row.map(|row| row.value("same")).transpose()
    }

    /// Lays down a part that is not there. With the event of the whole when it is the last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_part(
        &self,
        part: ContentPart,
        ciphertext: &[u8],
        whole: Option<&Event>,
    ) -> Result<(), StoreError> {
        let ContentPart { message, number } = part;
        self.change_exactly(
            &INSERT_PART,
            1,
            &[&message.subject, &message.row, &number, &ciphertext],
        )
        .await?;
        if let Some(event) = whole {
            self.change_exactly(
                &COMPLETE_ATTACHMENT,
                1,
                &[&message.subject, &message.row, &self.now()],
            )
            .await?;
            self.record_one(event).await?;
        }
        Ok(())
    }

    /// A part with its bytes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn part(&self, part: ContentPart) -> Result<Option<Vec<u8>>, StoreError> {
        let ContentPart { message, number } = part;
        let row = self
            .optional(&PART, &[&message.subject, &message.row, &number])
            .await?;
        row.map(|row| row.value("ciphertext")).transpose()
    }

    /// Notes that the recipient reads a part on this day of its covenant; each reading is in the log, the first time of the
    /// whole is kept. The family's list counts an attachment, not its parts: once when its reading begins, whichever part that
    /// is with, and again with the first part.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_part_fetched(
        &self,
        part: ContentPart,
        match_case: MatchKey,
        day: Date,
        event: &Event,
    ) -> Result<(), StoreError> {
        let ContentPart { message, number } = part;
        let reading: bool = self
            .one(&IS_READING, &[&message.subject, &message.row, &number])
            .await?
            .value("reading")?;
        self.change(
            &MARK_PART_FETCHED,
            &[&message.subject, &message.row, &number, &self.now()],
        )
        .await?;
        self.change(&MARK_ALL_FETCHED, &[&message.subject, &message.row, &self.now()])
            .await?;
        self.note_viewings(match_case, day, Seen::Message, i32::from(reading))
            .await?;
        self.record_one(event).await.map(drop)
    }
}
