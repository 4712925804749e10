//! The inbox: the authoritative place of every notice.

use domain::event::Event;
use domain::key::{MatchKey, NoticeKey};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    Party UNACKNOWLEDGED = "
        SELECT subject_id, id, match_id, kind, visible_at, acknowledged_at, log_tag
          FROM notice
         WHERE organisation_id = current_organisation() AND acknowledged_at IS NULL AND id > $1 /* after */
         ORDER BY id LIMIT $2 /* limit */";
    Party NOTICE_FOR_UPDATE = "
        SELECT subject_id, id, match_id, kind, visible_at, acknowledged_at, log_tag
          FROM notice WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ FOR NO KEY UPDATE";
    Party ACKNOWLEDGE = "
        UPDATE notice SET acknowledged_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND acknowledged_at IS NULL";
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its key.
    pub key: NoticeKey,
    /// The match it tells of.
    pub match_case: MatchKey,
    /// `match-opened` or `match-joined`.
    pub kind: String,
    /// Since when the inbox shows it.
    pub visible_at: Timestamp,
    /// When it was acknowledged.
    pub acknowledged_at: Option<Timestamp>,
    /// Its name in the log.
    pub log_tag: u128,
}

impl Tx<'_, Party> {
    /// What this organisation has not acknowledged, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unacknowledged_notices(&self, after: i64, limit: i64) -> Result<Vec<NoticeRow>, StoreError> {
        self.rows(&UNACKNOWLEDGED, &[&after, &limit])
            .await?
            .iter()
            .map(notice_row)
            .collect()
    }

    /// One notice, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notice_for_update(&self, key: NoticeKey) -> Result<Option<NoticeRow>, StoreError> {
        let row = self
            .optional(&NOTICE_FOR_UPDATE, &[&key.subject, &key.row])
            .await?;
        row.as_ref().map(notice_row).transpose()
    }

    /// Takes a notice out of the inbox for good.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it was acknowledged before; the caller looks first, under its lock.
    pub async fn acknowledge(&self, key: NoticeKey, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(&ACKNOWLEDGE, 1, &[&key.subject, &key.row, &self.now()])
            .await?;
        self.record_one(event).await.map(drop)
    }
}

fn notice_row(row: &tokio_postgres::Row) -> Result<NoticeRow, StoreError> {
    let subject = row.value("subject_id")?;
    Ok(NoticeRow {
        key: NoticeKey {
            subject,
            row: row.value("id")?,
        },
        match_case: MatchKey {
            subject,
            row: row.value("match_id")?,
        },
        kind: row.value("kind")?,
        visible_at: row.value("visible_at")?,
        acknowledged_at: row.value("acknowledged_at")?,
        log_tag: row.tag("log_tag")?,
    })
}
