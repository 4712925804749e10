//! What ends by time beside signals: consents, matches left with one party, and the short-lived rows of the doors.
//!
//! Nothing becomes valid or invalid here: every reader compares the end with the time itself. This only tells the log
//! and tidies up.

use domain::event::Event;
use domain::key::{ConsentKey, MatchKey};

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, Parameters, RowExt, Tx};

statements! {
    Matcher LONELY_MATCHES = "
        SELECT m.subject_id, m.id, m.state, m.log_tag
          FROM match_case m
         WHERE m.subject_id = ANY ($1::bigint[] /* subjects */) AND m.state <> 'closed'
           AND (SELECT count(*) FROM match_party p
                 WHERE p.subject_id = m.subject_id AND p.match_id = m.id AND p.left_at IS NULL) < 2";
    Matcher CLOSE_MATCHES = "
        UPDATE match_case m SET state = 'closed', closed_at = $1 /* now */
          FROM unnest($2::bigint[] /* subjects */, $3::bigint[] /* rows */) AS d (subject_id, id)
         WHERE m.subject_id = d.subject_id AND m.id = d.id AND m.state <> 'closed'";
    // Skipping what is locked: whoever holds it compares the end with the time itself.
    Matcher DUE_CONSENTS = "
        SELECT c.subject_id, c.id, c.match_id, c.state, c.log_tag, m.log_tag AS match_tag
          FROM consent c JOIN match_case m ON m.subject_id = c.subject_id AND m.id = c.match_id
         WHERE (c.state IN ('requested', 'partially_given') AND c.answer_by <= $1 /* now */)
            OR (c.state = 'given' AND c.valid_until <= $1 /* now */)
         ORDER BY c.subject_id, c.id LIMIT $2 /* limit */ FOR UPDATE OF c SKIP LOCKED";
    Matcher EXPIRE_CONSENTS = "
        UPDATE consent c SET state = 'expired', boundary_at = NULL
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* rows */) AS d (subject_id, id)
         WHERE c.subject_id = d.subject_id AND c.id = d.id";
    // Under this consent or an earlier one of the match, whose place it has taken or which ended before it.
    Matcher DESTROY_UNFETCHED_UNDER = "
        UPDATE message m SET ciphertext = NULL, destroyed_at = $4 /* now */
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* matches */, $3::bigint[] /* consents */)
               WITH ORDINALITY AS d (subject_id, match_id, consent_id, place)
         WHERE m.subject_id = d.subject_id AND m.match_id = d.match_id AND m.consent_id <= d.consent_id
           AND m.fetched_at IS NULL AND m.destroyed_at IS NULL
        RETURNING m.log_tag, d.place,
                  (SELECT c.log_tag FROM consent c
                    WHERE c.subject_id = m.subject_id AND c.id = m.consent_id) AS consent_tag";
    Matcher FORGET_ANSWERS = "
        DELETE FROM idempotency WHERE stored_at < clock_timestamp() - interval '25 hours'";
    Matcher FORGET_SESSIONS = "
        DELETE FROM portal_session WHERE expires_at < clock_timestamp()";
    Matcher FORGET_ASSERTIONS = "
        DELETE FROM spent_assertion WHERE expires_at < clock_timestamp() - interval '5 minutes'";
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

/// A request that nobody answered in time, or a consent that reached its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueConsent {
    /// Its key.
    pub key: ConsentKey,
    /// The match.
    pub match_case: MatchKey,
    /// Its state until now.
    pub state: String,
    /// Its name in the log.
    pub log_tag: u128,
    /// The match's name in the log.
    pub match_tag: u128,
}

impl Tx<'_, Matcher> {
    /// Requests and consents whose end has come, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due_consents(&self, limit: i64) -> Result<Vec<DueConsent>, StoreError> {
        let rows = self.rows(&DUE_CONSENTS, &[&self.now(), &limit]).await?;
        rows.iter()
            .map(|row| {
                let subject = row.value("subject_id")?;
                Ok(DueConsent {
                    key: ConsentKey {
                        subject,
                        row: row.value("id")?,
                    },
                    match_case: MatchKey {
                        subject,
                        row: row.value("match_id")?,
                    },
                    state: row.value("state")?,
                    log_tag: row.tag("log_tag")?,
                    match_tag: row.tag("match_tag")?,
                })
            })
            .collect()
    }

    /// Ends them, wipes what was stated about the child, and destroys what was sealed under them and not fetched.
    /// `destroyed` makes the leaf of each such message from what ended, its log tag and that of its own consent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn expire_consents(
        &self,
        due: &[DueConsent],
        events: &[Event],
        destroyed: impl Fn(&DueConsent, u128, u128) -> Event,
    ) -> Result<(), StoreError> {
        let subjects: Vec<i64> = due.iter().map(|consent| consent.key.subject).collect();
        let rows: Vec<i64> = due.iter().map(|consent| consent.key.row).collect();
        self.change_exactly(&EXPIRE_CONSENTS, due.len(), &[&subjects, &rows])
            .await?;
        self.record(events).await?;
        let matches: Vec<i64> = due.iter().map(|consent| consent.match_case.row).collect();
        let parameters: Parameters<'_> = &[&subjects, &matches, &rows, &self.now()];
        let messages = self.rows(&DESTROY_UNFETCHED_UNDER, parameters).await?;
        let leaves = messages
            .iter()
            .map(|row| {
                let place = usize::try_from(row.value::<i64>("place")? - 1).unwrap_or(usize::MAX);
                let consent = due.get(place).ok_or(StoreError::Column { column: "place" })?;
                Ok(destroyed(consent, row.tag("log_tag")?, row.tag("consent_tag")?))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        self.record(&leaves).await.map(drop)
    }

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

    /// Forgets stored answers after 25 hours, sessions and used assertions once they are over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_short_lived(&self) -> Result<u64, StoreError> {
        Ok(self.change(&FORGET_ANSWERS, &[]).await?
            + self.change(&FORGET_SESSIONS, &[]).await?
            + self.change(&FORGET_ASSERTIONS, &[]).await?)
    }
}
