//! A match as one of its parties sees it.

use domain::event::Event;
use domain::key::{MatchKey, OrganisationKey};
use domain::signal::LeftBecause;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    Party MATCH = "
        SELECT subject_id, id, state, opened_at, contact_deadline, closed_at, log_tag
          FROM match_case WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    // FOR UPDATE: two parties that confirm at once must see each other's confirmation.
    Party MATCH_FOR_UPDATE = "
        SELECT subject_id, id, state, opened_at, contact_deadline, closed_at, log_tag
          FROM match_case WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ FOR NO KEY UPDATE";
    Party OWN_MATCHES = "
        SELECT m.subject_id, m.id, m.state, m.opened_at, m.contact_deadline, m.closed_at, m.log_tag
          FROM match_party p JOIN match_case m ON m.subject_id = p.subject_id AND m.id = p.match_id
         WHERE p.organisation_id = current_organisation() AND p.match_id < $1 /* before */
         ORDER BY p.match_id DESC LIMIT $2 /* limit */";
    Party PARTIES = "
        SELECT organisation_id, joined_at, visible_at, expires_at, professional, contact_confirmed_at, left_at,
               left_because, paused_from, hidden_until
          FROM match_party WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */
         ORDER BY joined_at, organisation_id";
    Party CONFIRM_CONTACT = "
        UPDATE match_party SET contact_confirmed_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */
           AND organisation_id = current_organisation() AND contact_confirmed_at IS NULL AND left_at IS NULL";
    Party SET_MATCH_STATE = "
        UPDATE match_case SET state = $3 /* state */ WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
}

/// A match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchRow {
    /// Its key.
    pub key: MatchKey,
    /// `open`, `contact_confirmed` or `closed`.
    pub state: String,
    /// When two signals met.
    pub opened_at: Timestamp,
    /// Last day to confirm contact.
    pub contact_deadline: Date,
    /// When it closed.
    pub closed_at: Option<Timestamp>,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A party that the caller may already see.
#[derive(Clone, PartialEq, Eq)]
pub struct MatchPartyRow {
    /// Who.
    pub organisation: OrganisationKey,
    /// When it was found.
    pub joined_at: Timestamp,
    /// From when every door shows it.
    pub visible_at: Timestamp,
    /// When its signal no longer counts.
    pub expires_at: Timestamp,
    /// Reference and work contact, encrypted for that organisation.
    pub professional: Sealed,
    /// When it confirmed contact.
    pub contact_confirmed_at: Option<Timestamp>,
    /// When its signal ended, and why.
    pub left: Option<(Timestamp, LeftBecause)>,
    /// From when its signal is paused.
    pub paused_from: Option<Timestamp>,
    /// Until when the family is not shown it.
    pub hidden_until: Option<Timestamp>,
}

impl Tx<'_, Party> {
    /// A match this organisation is party to, or that the family's consent belongs to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn match_case(&self, key: MatchKey) -> Result<Option<MatchRow>, StoreError> {
        let row = self.optional(&MATCH, &[&key.subject, &key.row]).await?;
        row.as_ref().map(match_row).transpose()
    }

    /// The same, locked until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn match_case_for_update(&self, key: MatchKey) -> Result<Option<MatchRow>, StoreError> {
        let row = self
            .optional(&MATCH_FOR_UPDATE, &[&key.subject, &key.row])
            .await?;
        row.as_ref().map(match_row).transpose()
    }

    /// This organisation's matches before a row, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_matches(&self, before: i64, limit: i64) -> Result<Vec<MatchRow>, StoreError> {
        self.rows(&OWN_MATCHES, &[&before, &limit])
            .await?
            .iter()
            .map(match_row)
            .collect()
    }

    /// The parties of a match that are visible now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn match_parties(&self, key: MatchKey) -> Result<Vec<MatchPartyRow>, StoreError> {
        let rows = self.rows(&PARTIES, &[&key.subject, &key.row]).await?;
        rows.iter()
            .map(|row| {
                Ok(MatchPartyRow {
                    organisation: OrganisationKey(row.value("organisation_id")?),
                    joined_at: row.value("joined_at")?,
                    visible_at: row.value("visible_at")?,
                    expires_at: row.value("expires_at")?,
                    professional: Sealed(row.value("professional")?),
                    contact_confirmed_at: row.value("contact_confirmed_at")?,
                    left: left(row)?,
                    paused_from: row.value("paused_from")?,
                    hidden_until: row.value("hidden_until")?,
                })
            })
            .collect()
    }

    /// Notes that this organisation made contact, and the state of the match that follows.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it had confirmed before; the caller looks first, under the match's lock.
    pub async fn confirm_contact(&self, key: MatchKey, to: &str, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(&CONFIRM_CONTACT, 1, &[&key.subject, &key.row, &self.now()])
            .await?;
        self.change_exactly(&SET_MATCH_STATE, 1, &[&key.subject, &key.row, &to])
            .await?;
        self.record_one(event).await.map(drop)
    }
}

fn match_row(row: &tokio_postgres::Row) -> Result<MatchRow, StoreError> {
    Ok(MatchRow {
        key: MatchKey {
            subject: row.value("subject_id")?,
            row: row.value("id")?,
        },
        state: row.value("state")?,
        opened_at: row.value("opened_at")?,
        contact_deadline: row.value("contact_deadline")?,
        closed_at: row.value("closed_at")?,
        log_tag: row.tag("log_tag")?,
    })
}

/// When and why a party's signal stopped counting, as far as that is written down.
pub(crate) fn left(row: &tokio_postgres::Row) -> Result<Option<(Timestamp, LeftBecause)>, StoreError> {
    let because: Option<&str> = row.value("left_because")?;
    let because = because
        .map(LeftBecause::from_slug)
        .transpose()
        .map_err(|_| StoreError::Column {
            column: "left_because",
        })?;
    Ok(row.value::<Option<Timestamp>>("left_at")?.zip(because))
}
