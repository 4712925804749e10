//! Requests and consents whose time is over. Nothing ends here: every reader compares the end with the time itself. This
//! only writes down what has ended, each in a transaction of its own, so that one that fails keeps no other from it.

use domain::event::Event;
use domain::key::ConsentKey;
use uuid::Uuid;

use super::{ConsentAbout, about_columns};
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, RowExt, Tx};

statements! {
    // Two queries, so that each is answered from its index.
    Matcher DUE_CONSENTS = "
        (SELECT subject_id, id FROM consent
          WHERE state IN ('requested', 'partially_given') AND answer_by <= $1 /* now */
            AND subject_id <> ALL ($3::bigint[] /* set aside */)
          ORDER BY answer_by LIMIT $2)
        UNION ALL
        (SELECT subject_id, id FROM consent
          WHERE state = 'given' AND valid_until <= $1 AND subject_id <> ALL ($3)
          ORDER BY valid_until LIMIT $2 /* limit */)";
    Matcher DUE_REQUESTS = "
        SELECT subject_id, id FROM consent
         WHERE subject_id = $1 /* subject */ AND (match_id = $2 /* match */ OR signal_id = $3 /* signal */)
           AND state IN ('requested', 'partially_given') AND answer_by <= $4 /* now */";
    // For the replay after a restore, which looks through all of them once.
    Matcher CONSENTS_BY_TAGS = "
        SELECT subject_id, id FROM consent
         WHERE log_tag = ANY ($1::uuid[] /* names in the log */) AND state = 'given' ORDER BY subject_id, id";
    Matcher EXPIRE_CONSENT = "
        UPDATE consent SET state = 'expired', boundary_at = NULL
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */
           AND state IN ('requested', 'partially_given', 'given')";
}

impl Tx<'_, Matcher> {
    /// The consents of these names in the log that stand.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standing_by_tags(&self, tags: &[u128]) -> Result<Vec<ConsentKey>, StoreError> {
        let tags: Vec<Uuid> = tags.iter().map(|tag| Uuid::from_u128(*tag)).collect();
        let rows = self.rows(&CONSENTS_BY_TAGS, &[&tags]).await?;
        rows.iter().map(consent_key).collect()
    }

    /// Requests and consents whose end has come, not locked, but for those of children that are set aside.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due_consents(&self, limit: i64, set_aside: &[i64]) -> Result<Vec<ConsentKey>, StoreError> {
        let rows = self
            .rows(&DUE_CONSENTS, &[&self.now(), &limit, &set_aside])
            .await?;
        rows.iter().map(consent_key).collect()
    }

    /// The requests about a match or a signal whose time to answer is over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due_requests(&self, about: ConsentAbout) -> Result<Vec<ConsentKey>, StoreError> {
        let subject = match about {
            ConsentAbout::Match(key) => key.subject,
            ConsentAbout::Signal(key) => key.subject,
        };
        let (match_row, signal_row) = about_columns(about);
        let rows = self
            .rows(&DUE_REQUESTS, &[&subject, &match_row, &signal_row, &self.now()])
            .await?;
        rows.iter().map(consent_key).collect()
    }

    /// Writes down that one has ended, and forgets what was stated about the child.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn expire_consent(&self, key: ConsentKey, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(&EXPIRE_CONSENT, 1, &[&key.subject, &key.row])
            .await?;
        self.forget_later_of(key.subject, &[key.row]).await?;
        self.record_one(event).await.map(drop)
    }
}

fn consent_key(row: &tokio_postgres::Row) -> Result<ConsentKey, StoreError> {
    Ok(ConsentKey {
        subject: row.value("subject_id")?,
        row: row.value("id")?,
    })
}
