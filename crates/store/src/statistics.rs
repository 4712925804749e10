//! Statistics: the audit log is counted leaf by leaf, and a quarter that is over is published once.

use std::collections::HashMap;

use domain::event::Event;
use domain::key::CovenantKey;
use domain::statistics::{Measure, Quarter};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Log, Party, RowExt, Tx};

statements! {
    // One counts at a time.
    Log STATISTICS_PLACE = "SELECT next_leaf FROM statistics_place FOR UPDATE";
    Log LEAVES_TO_COUNT = "
        SELECT index, leaf FROM audit.leaf WHERE index >= $1 /* next */ ORDER BY index LIMIT $2 /* limit */";
    Log LEAVES_PENDING = "SELECT EXISTS (SELECT FROM audit.pending) AS pending";
    Log COVENANTS_OF_ORGANISATIONS = "
        SELECT public_id, covenant_id FROM organisation WHERE public_id = ANY ($1::uuid[] /* public ids */)";
    Log COVENANTS_OF_MATCHES = "
        SELECT log_tag, covenant_id FROM match_case WHERE log_tag = ANY ($1::uuid[] /* log tags */)";
    Log FOLLOWING = "
        SELECT log_tag, covenant_id, due_at FROM statistics_following
         WHERE log_tag = ANY ($1::uuid[] /* log tags */)";
    Log FOLLOW = "
        INSERT INTO statistics_following (log_tag, covenant_id, due_at)
        SELECT * FROM unnest($1::uuid[] /* log tags */, $2::int[] /* covenants */, $3::timestamptz[] /* due at */)
            ON CONFLICT (log_tag) DO UPDATE SET due_at = excluded.due_at";
    Log FOLLOW_NO_LONGER = "
        DELETE FROM statistics_following WHERE log_tag = ANY ($1::uuid[] /* log tags */)";
    // What belongs to a quarter that was published comes too late and is not counted.
    Log ADD_COUNTS = "
        INSERT INTO statistics_count (quarter, covenant_id, measure, count)
        SELECT n.* FROM unnest($1::text[] /* quarters */, $2::int[] /* covenants */, $3::text[] /* measures */,
                               $4::bigint[] /* counts */) AS n (quarter, covenant_id, measure, count)
         WHERE NOT EXISTS (SELECT FROM statistics_quarter q WHERE q.quarter = n.quarter)
            ON CONFLICT (quarter, covenant_id, measure)
            DO UPDATE SET count = statistics_count.count + excluded.count";
    Log MOVE_STATISTICS_PLACE = "UPDATE statistics_place SET next_leaf = $1 /* next */";
    Log LAST_PUBLISHED = "SELECT max(quarter) AS quarter FROM statistics_quarter";
    Log FIRST_COUNTED = "SELECT min(quarter) AS quarter FROM statistics_count";
    Log COUNTS_OF_QUARTER = "
        SELECT covenant_id, measure, count FROM statistics_count WHERE quarter = $1 /* quarter */";
    Log PUBLISH_QUARTER = "
        INSERT INTO statistics_quarter (quarter, counted_at) VALUES ($1 /* quarter */, $2 /* now */)";
    Log PUBLISH_COUNTS = "
        INSERT INTO statistics (quarter, covenant_id, measure, count)
        SELECT $1 /* quarter */, n.covenant_id, n.measure, n.count
          FROM unnest($2::int[] /* covenants */, $3::text[] /* measures */, $4::bigint[] /* counts */)
               AS n (covenant_id, measure, count)";
    // Of a record that was destroyed before its last leaf.
    Log FOLLOW_THE_LIVING = "
        DELETE FROM statistics_following f
         WHERE NOT EXISTS (SELECT FROM match_case m WHERE m.log_tag = f.log_tag)
           AND NOT EXISTS (SELECT FROM consent c WHERE c.log_tag = f.log_tag)";
    Log FORGET_COUNTS = "DELETE FROM statistics_count WHERE quarter = $1 /* quarter */";
    Party PUBLISHED_QUARTER = "
        SELECT quarter, counted_at FROM statistics_quarter
         WHERE quarter = coalesce($1 /* quarter */, (SELECT max(quarter) FROM statistics_quarter))";
    Party PUBLISHED_COUNTS = "
        SELECT s.covenant_id, c.name, s.measure, s.count
          FROM statistics s LEFT JOIN covenant c ON c.id = s.covenant_id
         WHERE s.quarter = $1 /* quarter */
         ORDER BY c.name, s.covenant_id";
}

/// A leaf to be counted.
pub struct LeafToCount {
    /// Its place in the log.
    pub index: u64,
    /// The leaf.
    pub leaf: Vec<u8>,
}

/// A match or consent whose end has yet to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    /// For which covenant it is counted.
    pub covenant: CovenantKey,
    /// Until when contact is in time, of a match.
    pub due_at: Option<Timestamp>,
}

/// What is published of a quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedQuarter {
    /// Which.
    pub quarter: Quarter,
    /// When it was counted.
    pub counted_at: Timestamp,
    /// The numbers.
    pub counts: Vec<PublishedCount>,
}

/// A published number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedCount {
    /// The covenant's name; none for the network.
    pub covenant: Option<String>,
    /// What was counted.
    pub measure: String,
    /// How many; none when it is withheld.
    pub count: Option<i64>,
}

impl Tx<'_, Log> {
    /// The next leaves to count; whoever else counts waits until this transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leaves_to_count(&self, limit: i64) -> Result<Vec<LeafToCount>, StoreError> {
        let next: i64 = self.one(&STATISTICS_PLACE, &[]).await?.value("next_leaf")?;
        let rows = self.rows(&LEAVES_TO_COUNT, &[&next, &limit]).await?;
        rows.iter()
            .map(|row| {
                let index: i64 = row.value("index")?;
                Ok(LeafToCount {
                    index: u64::try_from(index).map_err(|_| StoreError::Column { column: "index" })?,
                    leaf: row.value("leaf")?,
                })
            })
            .collect()
    }

    /// Whether leaves wait that are not in the log yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leaves_pending(&self) -> Result<bool, StoreError> {
        self.one(&LEAVES_PENDING, &[]).await?.value("pending")
    }

    /// The covenants that these organisations signed, by public id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn covenants_of_organisations(
        &self,
        public_ids: &[[u8; 16]],
    ) -> Result<HashMap<[u8; 16], CovenantKey>, StoreError> {
        let ids: Vec<Uuid> = public_ids.iter().map(|id| Uuid::from_bytes(*id)).collect();
        let rows = self.rows(&COVENANTS_OF_ORGANISATIONS, &[&ids]).await?;
        rows.iter()
            .map(|row| {
                let id = row.tag("public_id")?.to_be_bytes();
                Ok((id, CovenantKey(row.value("covenant_id")?)))
            })
            .collect()
    }

    /// The covenants for which these matches are counted, by their names in the log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn covenants_of_matches(
        &self,
        tags: &[u128],
    ) -> Result<HashMap<u128, CovenantKey>, StoreError> {
        let rows = self.rows(&COVENANTS_OF_MATCHES, &[&uuids(tags)]).await?;
        rows.iter()
            .map(|row| Ok((row.tag("log_tag")?, CovenantKey(row.value("covenant_id")?))))
            .collect()
    }

    /// Those of these records whose end has yet to be counted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn following(&self, tags: &[u128]) -> Result<HashMap<u128, Followed>, StoreError> {
        let rows = self.rows(&FOLLOWING, &[&uuids(tags)]).await?;
        rows.iter()
            .map(|row| {
                let followed = Followed {
                    covenant: CovenantKey(row.value("covenant_id")?),
                    due_at: row.value("due_at")?,
                };
                Ok((row.tag("log_tag")?, followed))
            })
            .collect()
    }

    /// Adds what was counted up to a leaf, and what has yet to be followed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add_counts(
        &self,
        next_leaf: u64,
        counts: &[(Quarter, CovenantKey, Measure, u64)],
        follow: &[(u128, Followed)],
        no_longer: &[u128],
    ) -> Result<(), StoreError> {
        let tags: Vec<u128> = follow.iter().map(|(tag, _)| *tag).collect();
        let covenants: Vec<i32> = follow.iter().map(|(_, followed)| followed.covenant.0).collect();
        let due: Vec<Option<Timestamp>> = follow.iter().map(|(_, followed)| followed.due_at).collect();
        self.change_exactly(&FOLLOW, follow.len(), &[&uuids(&tags), &covenants, &due])
            .await?;
        self.change(&FOLLOW_NO_LONGER, &[&uuids(no_longer)]).await?;

        let quarters: Vec<String> = counts.iter().map(|(quarter, ..)| quarter.to_string()).collect();
        let covenants: Vec<i32> = counts.iter().map(|(_, covenant, ..)| covenant.0).collect();
        let measures: Vec<&str> = counts.iter().map(|(.., measure, _)| measure.slug()).collect();
        let numbers: Vec<i64> = counts.iter().map(|(.., count)| signed(*count)).collect();
        self.change(&ADD_COUNTS, &[&quarters, &covenants, &measures, &numbers])
            .await?;
        self.change_exactly(&MOVE_STATISTICS_PLACE, 1, &[&signed(next_leaf)])
            .await
    }

    /// The last quarter that was published, and the first of those that were counted and not published.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn quarters_at_hand(&self) -> Result<(Option<Quarter>, Option<Quarter>), StoreError> {
        let read = |text: Option<String>| {
            text.map(|text| Quarter::parse(&text).map_err(|_| StoreError::Column { column: "quarter" }))
                .transpose()
        };
        let published = read(self.one(&LAST_PUBLISHED, &[]).await?.value("quarter")?)?;
        let counted = read(self.one(&FIRST_COUNTED, &[]).await?.value("quarter")?)?;
        Ok((published, counted))
    }

    /// What was counted in a quarter.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn counts_of_quarter(
        &self,
        quarter: Quarter,
    ) -> Result<HashMap<(CovenantKey, String), u64>, StoreError> {
        let rows = self.rows(&COUNTS_OF_QUARTER, &[&quarter.to_string()]).await?;
        rows.iter()
            .map(|row| {
                let count: i64 = row.value("count")?;
                let key = (CovenantKey(row.value("covenant_id")?), row.value("measure")?);
                Ok((key, count.unsigned_abs()))
            })
            .collect()
    }

    /// Publishes a quarter, once and for all, and forgets what it was made of. None for the network.
    ///
    /// # Errors
    /// [`StoreError`], also when it was published before.
    pub async fn publish_quarter(
        &self,
        quarter: Quarter,
        published: &[(Option<CovenantKey>, Measure, Option<u64>)],
    ) -> Result<(), StoreError> {
        let quarter = quarter.to_string();
        let covenants: Vec<Option<i32>> = published
            .iter()
            .map(|(covenant, ..)| covenant.map(|key| key.0))
            .collect();
        let measures: Vec<&str> = published.iter().map(|(_, measure, _)| measure.slug()).collect();
        let counts: Vec<Option<i64>> = published.iter().map(|(.., count)| count.map(signed)).collect();
        self.change_exactly(&PUBLISH_QUARTER, 1, &[&quarter, &self.now()])
            .await?;
        self.change_exactly(
            &PUBLISH_COUNTS,
            published.len(),
            &[&quarter, &covenants, &measures, &counts],
        )
        .await?;
        self.change(&FOLLOW_THE_LIVING, &[]).await?;
        self.change(&FORGET_COUNTS, &[&quarter]).await.map(drop)
    }
}

impl Tx<'_, Party> {
    /// What is published of a quarter, or of the last one, as far as the caller answers for it, by covenant; none when it
    /// has not been counted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn published(&self, quarter: Option<Quarter>) -> Result<Option<PublishedQuarter>, StoreError> {
        let asked = quarter.map(|quarter| quarter.to_string());
        let Some(row) = self.optional(&PUBLISHED_QUARTER, &[&asked]).await? else {
            return Ok(None);
        };
        let quarter: String = row.value("quarter")?;
        let rows = self.rows(&PUBLISHED_COUNTS, &[&quarter]).await?;
        let counts = rows.iter().map(|row| {
            Ok(PublishedCount {
                covenant: row.value("name")?,
                measure: row.value("measure")?,
                count: row.value("count")?,
            })
        });
        Ok(Some(PublishedQuarter {
            quarter: Quarter::parse(&quarter).map_err(|_| StoreError::Column { column: "quarter" })?,
            counted_at: row.value("counted_at")?,
            counts: counts.collect::<Result<_, StoreError>>()?,
        }))
    }

    /// Records that somebody read it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_reading_of_statistics(&self, event: &Event) -> Result<(), StoreError> {
        self.record_one(event).await.map(drop)
    }
}

fn uuids(tags: &[u128]) -> Vec<Uuid> {
    tags.iter().map(|tag| Uuid::from_u128(*tag)).collect()
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
