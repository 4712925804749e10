//! Who looked: each time a leaf, and a line by day that the family's page shows.

use domain::event::Event;
use domain::key::{MatchKey, OrganisationKey};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Parameters, Party, RowExt, Tx};

statements! {
    Party NOTE_VIEWING = "
        INSERT INTO viewing (subject_id, match_id, organisation_id, seen_on, what, times, last_at)
        VALUES ($1 /* subject */, $2 /* match */, current_organisation(), $3 /* day */, $4 /* what */, 1, $5 /* now */)
            ON CONFLICT (subject_id, match_id, organisation_id, seen_on, what)
            DO UPDATE SET times = viewing.times + $6::int /* more */, last_at = excluded.last_at";
    Party VIEWINGS = "
        SELECT organisation_id, seen_on, what, times, last_at FROM viewing
         WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */
         ORDER BY seen_on DESC, organisation_id, what LIMIT $3 /* limit */";
}

/// What was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The match: its parties, their contact, where things stand.
    Match,
    /// A message in it.
    Message,
}

impl Seen {
    fn slug(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Message => "message",
        }
    }
}

/// An organisation looked on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewingRow {
    /// Who.
    pub organisation: OrganisationKey,
    /// The day, in the covenant's time zone.
    pub day: Date,
    /// What.
    pub what: Seen,
    /// How often on that day.
    pub times: i32,
    /// When last.
    pub last_at: Timestamp,
}

impl Tx<'_, Party> {
    /// Records that this organisation saw a match, on this day of its covenant. Reading is an act: the leaf is committed
    /// before any byte leaves.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_viewing(
        &self,
        match_case: MatchKey,
        day: Date,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.note_viewing(match_case, day, Seen::Match).await?;
        self.record_one(event).await.map(drop)
    }

    /// Records that this organisation saw its own signal.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_viewing_of_signal(&self, event: &Event) -> Result<(), StoreError> {
        self.record_one(event).await.map(drop)
    }

    pub(crate) async fn note_viewing(
        &self,
        match_case: MatchKey,
        day: Date,
        what: Seen,
    ) -> Result<(), StoreError> {
        self.note_viewings(match_case, day, what, 1).await
    }

    /// Notes so many more times, at least one a day.
    pub(crate) async fn note_viewings(
        &self,
        match_case: MatchKey,
        day: Date,
        what: Seen,
        more: i32,
    ) -> Result<(), StoreError> {
        let parameters: Parameters<'_> = &[
            &match_case.subject,
            &match_case.row,
            &day,
            &what.slug(),
            &self.now(),
            &more,
        ];
        self.change_exactly(&NOTE_VIEWING, 1, parameters).await
    }

    /// Who looked at a match and read in it, as far as the family's letter shows them, newest day first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn viewings(&self, match_case: MatchKey, limit: i64) -> Result<Vec<ViewingRow>, StoreError> {
        let rows = self
            .rows(&VIEWINGS, &[&match_case.subject, &match_case.row, &limit])
            .await?;
        rows.iter()
            .map(|row| {
                Ok(ViewingRow {
                    organisation: OrganisationKey(row.value("organisation_id")?),
                    day: row.value("seen_on")?,
                    what: match row.value("what")? {
                        "message" => Seen::Message,
                        _ => Seen::Match,
                    },
                    times: row.value("times")?,
                    last_at: row.value("last_at")?,
                })
            })
            .collect()
    }
}
