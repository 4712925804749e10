//! Content is destroyed: what closes the exchange for good, or an attachment's time, takes it.
//!
//! First the rows, then their parts in a statement of its own: who waited for a row while a part was laid down sees that part
//! only then. Before either, the consents that content rests on: who sends holds them until what it sends is stored, so that
//! whoever closes the exchange beside it finds it.

use domain::event::Event;
use uuid::Uuid;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, Parameters, RowExt, Tx};

statements! {
    // In the order in which a party holds them.
    Matcher HOLD_GIVEN_CONSENTS = "
        SELECT c.id
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* matches */) AS d (subject_id, match_id)
          JOIN consent c ON c.subject_id = d.subject_id AND c.match_id = d.match_id AND c.state = 'given'
         ORDER BY c.subject_id, c.id DESC FOR NO KEY UPDATE OF c";
    Matcher HOLD_GIVEN_CONSENTS_OF_CLOSED = "
        SELECT c.id
          FROM match_case x JOIN consent c ON c.subject_id = x.subject_id AND c.match_id = x.id AND c.state = 'given'
         WHERE x.subject_id = ANY ($1::bigint[] /* subjects */) AND x.state = 'closed'
         ORDER BY c.subject_id, c.id DESC FOR NO KEY UPDATE OF c";
    Matcher DELETE_PARTS_OF = "
        DELETE FROM message_part p
         USING unnest($1::bigint[] /* subjects */, $2::bigint[] /* rows */) AS d (subject_id, id)
         WHERE p.subject_id = d.subject_id AND p.message_row = d.id";
    Matcher SUBJECTS_WITH_LAPSED_ATTACHMENTS = "
        SELECT DISTINCT subject_id FROM (
            SELECT subject_id FROM message
             WHERE sent_at IS NULL AND destroyed_at IS NULL AND arrive_by <= $1 /* now */
             ORDER BY arrive_by LIMIT $2 /* limit */) AS lapsed";
    Matcher DESTROY_LAPSED = "
        UPDATE message m SET destroyed_at = $2 /* now */
         WHERE m.subject_id = ANY ($1::bigint[] /* subjects */) AND m.sent_at IS NULL AND m.destroyed_at IS NULL
           AND m.arrive_by <= $2
        RETURNING m.subject_id, m.id, m.log_tag, true AS arriving,
                  (SELECT x.log_tag FROM match_case x
                    WHERE x.subject_id = m.subject_id AND x.id = m.match_id) AS match_tag,
                  (SELECT c.log_tag FROM consent c
                    WHERE c.subject_id = m.subject_id AND c.id = m.consent_id) AS consent_tag";
    Matcher DESTROY_CONTENT_BY_TAG = "
        UPDATE message m SET ciphertext = NULL, destroyed_at = $2 /* now */
         WHERE m.log_tag = ANY ($1::uuid[] /* log tags */) AND m.destroyed_at IS NULL AND m.acknowledged_at IS NULL
        RETURNING m.subject_id, m.id, m.log_tag, m.sent_at IS NULL AS arriving,
                  (SELECT x.log_tag FROM match_case x
                    WHERE x.subject_id = m.subject_id AND x.id = m.match_id) AS match_tag,
                  (SELECT c.log_tag FROM consent c
                    WHERE c.subject_id = m.subject_id AND c.id = m.consent_id) AS consent_tag";
}

/// Content that was destroyed, by names in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoneContent {
    /// The message or attachment.
    pub message: u128,
    /// Its match.
    pub match_case: u128,
    /// The consent it was sealed under.
    pub consent: u128,
    /// Whether parts of it were still to come.
    pub arriving: bool,
}

impl Tx<'_, Matcher> {
    /// Children about whom attachments are arriving whose time is over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn subjects_with_lapsed_attachments(&self, limit: i64) -> Result<Vec<i64>, StoreError> {
        let rows = self
            .rows(&SUBJECTS_WITH_LAPSED_ATTACHMENTS, &[&self.now(), &limit])
            .await?;
        rows.iter().map(|row| row.value("subject_id")).collect()
    }

    /// Destroys the attachments about these children that did not arrive in time; gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn destroy_lapsed_attachments(
        &self,
        subjects: &[i64],
        event: impl Fn(&GoneContent) -> Event,
    ) -> Result<usize, StoreError> {
        let rows = self.rows(&DESTROY_LAPSED, &[&subjects, &self.now()]).await?;
        let gone = self.parts_gone(&rows).await?;
        let events: Vec<Event> = gone.iter().map(event).collect();
        Ok(self.record(&events).await?.len())
    }

    /// Destroys content that a backup brought back: exports say that it was destroyed or acknowledged. Gives how many there
    /// were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn destroy_content_by_tag(
        &self,
        log_tags: &[u128],
        event: impl Fn(&GoneContent) -> Event,
    ) -> Result<usize, StoreError> {
        let tags: Vec<Uuid> = log_tags.iter().copied().map(Uuid::from_u128).collect();
        let rows = self.rows(&DESTROY_CONTENT_BY_TAG, &[&tags, &self.now()]).await?;
        let gone = self.parts_gone(&rows).await?;
        let events: Vec<Event> = gone.iter().map(event).collect();
        Ok(self.record(&events).await?.len())
    }

    /// Waits until what is being sent in these matches under a consent is stored. Who comes to send after that sees what was
    /// done here.
    pub(crate) async fn await_senders(&self, subjects: &[i64], matches: &[i64]) -> Result<(), StoreError> {
        let parameters: Parameters<'_> = &[&subjects, &matches];
        self.rows(&HOLD_GIVEN_CONSENTS, parameters).await.map(drop)
    }

    /// The same for all closed matches of these children.
    pub(crate) async fn await_senders_in_closed(&self, subjects: &[i64]) -> Result<(), StoreError> {
        self.rows(&HOLD_GIVEN_CONSENTS_OF_CLOSED, &[&subjects])
            .await
            .map(drop)
    }

    /// Deletes the parts of rows whose content was just destroyed, and says what these were.
    pub(crate) async fn parts_gone(
        &self,
        rows: &[tokio_postgres::Row],
    ) -> Result<Vec<GoneContent>, StoreError> {
        self.delete_parts(rows).await?;
        rows.iter()
            .map(|row| {
                Ok(GoneContent {
                    message: row.tag("log_tag")?,
                    match_case: row.tag("match_tag")?,
                    consent: row.tag("consent_tag")?,
                    arriving: row.value("arriving")?,
                })
            })
            .collect()
    }

    async fn delete_parts(&self, rows: &[tokio_postgres::Row]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut subjects: Vec<i64> = Vec::with_capacity(rows.len());
        let mut messages: Vec<i64> = Vec::with_capacity(rows.len());
        for row in rows {
            subjects.push(row.value("subject_id")?);
            messages.push(row.value("id")?);
        }
        self.change(&DELETE_PARTS_OF, &[&subjects, &messages])
            .await
            .map(drop)
    }
}
