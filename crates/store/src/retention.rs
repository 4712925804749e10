//! What ends by time beside signals and consents: matches left with one party, and the short-lived rows of the doors.
//!
//! Nothing becomes valid or invalid here: every reader compares the end with the time itself. This only tells the log
//! and tidies up.

use domain::event::Event;
use domain::key::MatchKey;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, RowExt, Tx};

statements! {
    // Locked: a lead may close one at the same time, and its word stays.
    Matcher LONELY_MATCHES = "
        SELECT m.subject_id, m.id, m.state, m.log_tag
          FROM match_case m
         WHERE m.subject_id = ANY ($1::bigint[] /* subjects */) AND m.state <> 'closed'
           AND (SELECT count(*) FROM match_party p
                 WHERE p.subject_id = m.subject_id AND p.match_id = m.id AND p.left_at IS NULL) < 2
         ORDER BY m.subject_id, m.id FOR NO KEY UPDATE";
    Matcher CLOSE_MATCHES = "
        UPDATE match_case m SET state = 'closed', closed_at = $1 /* now */, outcome = 'signals_ended'
          FROM unnest($2::bigint[] /* subjects */, $3::bigint[] /* rows */) AS d (subject_id, id)
         WHERE m.subject_id = d.subject_id AND m.id = d.id AND m.state <> 'closed'";
    // The time is a question of its own, asked once: else an index on it could not be used.
    Matcher FORGET_ANSWERS = "
        DELETE FROM idempotency WHERE stored_at < (SELECT clock_timestamp() - interval '25 hours')";
    Matcher FORGET_SESSIONS = "
        DELETE FROM portal_session WHERE expires_at < (SELECT clock_timestamp())";
    Matcher FORGET_GUESSES = "
        DELETE FROM guess_bucket WHERE hour < date_trunc('hour', clock_timestamp())";
    Matcher FORGET_ASSERTIONS = "
        DELETE FROM spent_assertion WHERE expires_at < (SELECT clock_timestamp() - interval '5 minutes')";
}

/// A match left with fewer than two signals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LonelyMatch {
    /// Its key.
    pub key: MatchKey,
    /// Its state until now.
    pub state: String,
    /// Its name in the log.
    pub log_tag: u128,
}

impl Tx<'_, Matcher> {
    /// Matches of these children that fewer than two parties are left in.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lonely_matches(&self, subjects: &[i64]) -> Result<Vec<LonelyMatch>, StoreError> {
        let rows = self.rows(&LONELY_MATCHES, &[&subjects]).await?;
        rows.iter()
            .map(|row| {
                Ok(LonelyMatch {
                    key: MatchKey {
                        subject: row.value("subject_id")?,
                        row: row.value("id")?,
                    },
                    state: row.value("state")?,
                    log_tag: row.tag("log_tag")?,
                })
            })
            .collect()
    }

    /// Closes them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn close_matches(&self, lonely: &[LonelyMatch], events: &[Event]) -> Result<(), StoreError> {
        let subjects: Vec<i64> = lonely.iter().map(|lonely| lonely.key.subject).collect();
        let rows: Vec<i64> = lonely.iter().map(|lonely| lonely.key.row).collect();
        self.change_exactly(&CLOSE_MATCHES, lonely.len(), &[&self.now(), &subjects, &rows])
            .await?;
        self.record(events).await.map(drop)
    }

    /// Forgets stored answers after 25 hours, sessions and used assertions once they are over, what was typed wrongly after its
    /// hour.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_short_lived(&self) -> Result<u64, StoreError> {
        Ok(self.change(&FORGET_ANSWERS, &[]).await?
            + self.change(&FORGET_SESSIONS, &[]).await?
            + self.change(&FORGET_GUESSES, &[]).await?
            + self.change(&FORGET_ASSERTIONS, &[]).await?)
    }
}
