//! Who looked: each time a leaf, and a line by day that the family's page shows.

use std::collections::BTreeMap;

use domain::event::Event;
use domain::key::{MatchKey, OrganisationKey};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::StoreError;
use crate::match_case::halves;
use crate::statement::statements;
use crate::trace::Trace;
use crate::work::{Parameters, Party, RowExt, Tx};

statements! {
    Party NOTE_VIEWING = "
        INSERT INTO viewing (subject_id, match_id, organisation_id, seen_on, what, times, last_at)
        VALUES ($1 /* subject */, $2 /* match */, current_organisation(), $3 /* day */, $4 /* what */, 1, $5 /* now */)
            ON CONFLICT (subject_id, match_id, organisation_id, seen_on, what)
            DO UPDATE SET times = viewing.times + $6::int /* more */, last_at = excluded.last_at";
    Party NOTE_VIEWINGS = "
        INSERT INTO viewing (subject_id, match_id, organisation_id, seen_on, what, times, last_at)
        SELECT v.subject_id, v.match_id, current_organisation(), v.seen_on, $5 /* what */, v.times, $6 /* now */
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* matches */, $3::date[] /* days */, $4::int[] /* times */)
               AS v (subject_id, match_id, seen_on, times)
            ON CONFLICT (subject_id, match_id, organisation_id, seen_on, what)
            DO UPDATE SET times = viewing.times + excluded.times, last_at = excluded.last_at";
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

/// A match that this organisation saw, on this day of its covenant, on behalf of this trace.
pub struct SeenMatch {
    /// Which.
    pub match_case: MatchKey,
    /// When.
    pub day: Date,
    /// What is written in the log.
    pub event: Event,
    /// Whose request it was.
    pub trace: Option<Trace>,
}

impl Tx<'_, Party> {
    /// Records that this organisation saw matches, each time it did. Reading is an act: the leaves are committed before any
    /// byte leaves.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_viewings(&self, seen: &[SeenMatch]) -> Result<(), StoreError> {
        if seen.is_empty() {
            return Ok(());
        }
        // In the order of their keys: of two readers one waits for the other, and never each for each.
        let mut times: BTreeMap<(MatchKey, Date), i32> = BTreeMap::new();
        for seen in seen {
            *times.entry((seen.match_case, seen.day)).or_default() += 1;
        }
        let (keys, days): (Vec<MatchKey>, Vec<Date>) = times.keys().copied().unzip();
        let (subjects, rows) = halves(&keys);
        let times: Vec<i32> = times.into_values().collect();
        let what = Seen::Match.slug();
        let parameters: Parameters<'_> = &[&subjects, &rows, &days, &times, &what, &self.now()];
        self.change_exactly(&NOTE_VIEWINGS, keys.len(), parameters)
            .await?;
        let events: Vec<Event> = seen.iter().map(|seen| seen.event.clone()).collect();
        let traces: Vec<Option<Trace>> = seen.iter().map(|seen| seen.trace).collect();
        self.record_for(&events, &traces).await.map(drop)
    }

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
