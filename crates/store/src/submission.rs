//! The batched submission: many signals of many organisations in one transaction.
//!
//! Text and number of the statements do not depend on what is already known: a caller cannot tell from timing whether
//! a child was signalled before.

use std::collections::HashMap;

use domain::event::Event;
use domain::key::{OrganisationKey, SignalKey};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{RowExt, Submit, Tx};

statements! {
    // Sorted, so that two batches lock common tags in one order. A known tag is updated to itself: that locks it, and
    // gives its child back by the same path on which a new child is born.
    Submit RESOLVE_SUBJECTS = "
        WITH resolved AS (
            INSERT INTO subject_tag (tag, subject_id, suite, kind, net_epoch, tag_epoch, sealed)
            SELECT t.tag, nextval('subject_id'), t.suite, t.kind, t.net_epoch, t.tag_epoch, t.sealed
              FROM unnest($1::bytea[] /* tags */, $2::smallint[] /* suites */, $3::smallint[] /* kinds */,
                          $4::smallint[] /* net epochs */, $5::smallint[] /* tag epochs */,
                          $6::bytea[] /* sealed tokens */)
                   AS t (tag, suite, kind, net_epoch, tag_epoch, sealed)
             ORDER BY t.tag
                ON CONFLICT (tag) DO UPDATE SET tag = excluded.tag
            RETURNING tag, subject_id),
        born AS (
            INSERT INTO subject (id, network_id)
            SELECT r.subject_id, $7 /* network */ FROM resolved r
                ON CONFLICT (id) DO NOTHING)
        SELECT tag, subject_id FROM resolved";
    Submit INSERT_SIGNALS = "
        INSERT INTO signal (subject_id, id, organisation_id, state, submitted_at, planned_end, expires_at, destroy_by,
                            suite, blinded_by_client, professional, log_tag)
        SELECT s.subject_id, nextval('signal_id'), s.organisation_id, 'active', $1 /* now */, s.planned_end,
               s.expires_at, s.destroy_by, s.suite, false, s.professional, s.log_tag
          FROM unnest($2::bigint[] /* subjects */, $3::int[] /* organisations */, $4::date[] /* planned ends */,
                      $5::timestamptz[] /* expiries */, $6::date[] /* destroy-by months */,
                      $7::smallint[] /* suites */, $8::bytea[] /* professionals */, $9::uuid[] /* log tags */)
               AS s (subject_id, organisation_id, planned_end, expires_at, destroy_by, suite, professional, log_tag)
         ORDER BY s.subject_id
            ON CONFLICT (subject_id, organisation_id) WHERE state IN ('sleeping', 'active', 'paused') DO NOTHING
        RETURNING subject_id, organisation_id";
    Submit LIVING_SIGNALS = "
        SELECT g.subject_id, g.id, g.organisation_id, g.state, g.submitted_at, g.planned_end, g.expires_at,
               g.destroy_by, g.suite, g.blinded_by_client
          FROM unnest($1::bigint[] /* subjects */, $2::int[] /* organisations */) AS w (subject_id, organisation_id)
          JOIN signal g USING (subject_id, organisation_id)
         WHERE g.state IN ('sleeping', 'active', 'paused')";
    Submit INSERT_TASKS = "
        INSERT INTO match_task (subject_id)
        SELECT * FROM unnest($1::bigint[] /* subjects */)";
}

/// A tag under which a child is known, with the token sealed for a later key rotation.
pub struct NewTag {
    /// Keyed hash of the token.
    pub tag: [u8; 32],
    /// Suite of the token.
    pub suite: u8,
    /// Kind of identifier.
    pub kind: u8,
    /// Epoch of `K_net`.
    pub net_epoch: u16,
    /// Epoch of `K_tag`.
    pub tag_epoch: u16,
    /// The token, sealed to the lift key.
    pub sealed: Vec<u8>,
}

/// A signal to be stored. Nothing about the child but its tag.
pub struct NewSignal {
    /// Whose child.
    pub tag: NewTag,
    /// Who gives it; from the verified access token.
    pub organisation: OrganisationKey,
    /// The day on which it ends.
    pub planned_end: Date,
    /// 00:00 of that day in the covenant's time zone.
    pub expires_at: Timestamp,
    /// First day of the month of the 23rd birthday.
    pub destroy_by: Date,
    /// Reference and work contact, encrypted.
    pub professional: Sealed,
    /// Its random name in the log.
    pub log_tag: u128,
}

/// A signal as it stands after submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubmittedSignal {
    /// Its key.
    pub key: SignalKey,
    /// Whether this submission made it; else the organisation already had one for this child.
    pub is_new: bool,
    /// When it was given.
    pub submitted_at: Timestamp,
    /// The day on which it ends.
    pub planned_end: Date,
    /// The instant from which it no longer counts.
    pub expires_at: Timestamp,
    /// First day of the month in which it is destroyed at the latest.
    pub destroy_by: Date,
    /// Suite of the token.
    pub suite: u8,
    /// Whether the client blinded it.
    pub blinded_by_client: bool,
}

impl Tx<'_, Submit> {
    /// Stores these signals, at most one per organisation and tag, and gives them back in the order given. `events`
    /// are their leaves, used for those that are new.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn submit(
        &self,
        signals: &[NewSignal],
        events: &[Event],
    ) -> Result<Vec<SubmittedSignal>, StoreError> {
        let subjects = self.resolve_subjects(signals).await?;
        let organisations: Vec<i32> = signals.iter().map(|signal| signal.organisation.0).collect();
        let new = self.insert_signals(signals, &subjects, &organisations).await?;
        let living = self.living_signals(&subjects, &organisations).await?;

        let mut submitted = Vec::with_capacity(signals.len());
        let mut fresh_events = Vec::new();
        let mut tasks = Vec::new();
        for ((subject, organisation), event) in subjects.iter().zip(&organisations).zip(events) {
            let pair = (*subject, *organisation);
            let mut signal = *living
                .get(&pair)
                .ok_or(StoreError::Column { column: "subject_id" })?;
            signal.is_new = new.contains(&pair);
            if signal.is_new {
                fresh_events.push(event.clone());
                tasks.push(*subject);
            }
            submitted.push(signal);
        }
        self.change_exactly(&INSERT_TASKS, tasks.len(), &[&tasks]).await?;
        self.record(&fresh_events).await?;
        Ok(submitted)
    }

    async fn resolve_subjects(&self, signals: &[NewSignal]) -> Result<Vec<i64>, StoreError> {
        // Distinct: ON CONFLICT DO UPDATE refuses to touch one row twice in a statement.
        let mut distinct: Vec<&NewTag> = signals.iter().map(|signal| &signal.tag).collect();
        distinct.sort_by_key(|tag| tag.tag);
        distinct.dedup_by_key(|tag| tag.tag);
        let tags: Vec<&[u8]> = distinct.iter().map(|tag| tag.tag.as_slice()).collect();
        let suites: Vec<i16> = distinct.iter().map(|tag| i16::from(tag.suite)).collect();
        let kinds: Vec<i16> = distinct.iter().map(|tag| i16::from(tag.kind)).collect();
        let net_epochs: Vec<i16> = distinct.iter().map(|tag| tag.net_epoch.cast_signed()).collect();
        let tag_epochs: Vec<i16> = distinct.iter().map(|tag| tag.tag_epoch.cast_signed()).collect();
        let sealed: Vec<&[u8]> = distinct.iter().map(|tag| tag.sealed.as_slice()).collect();
        let network = self.store().network().0;
        let rows = self
            .rows(
                &RESOLVE_SUBJECTS,
                &[
                    &tags,
                    &suites,
                    &kinds,
                    &net_epochs,
                    &tag_epochs,
                    &sealed,
                    &network,
                ],
            )
            .await?;
        let mut subject_of: HashMap<[u8; 32], i64> = HashMap::with_capacity(rows.len());
        for row in &rows {
            subject_of.insert(row.bytes("tag")?, row.value("subject_id")?);
        }
        signals
            .iter()
            .map(|signal| {
                subject_of
                    .get(&signal.tag.tag)
                    .copied()
                    .ok_or(StoreError::Column { column: "tag" })
            })
            .collect()
    }

    async fn insert_signals(
        &self,
        signals: &[NewSignal],
        subjects: &[i64],
        organisations: &[i32],
    ) -> Result<Vec<(i64, i32)>, StoreError> {
        let planned_ends: Vec<Date> = signals.iter().map(|signal| signal.planned_end).collect();
        let expiries: Vec<Timestamp> = signals.iter().map(|signal| signal.expires_at).collect();
        let months: Vec<Date> = signals.iter().map(|signal| signal.destroy_by).collect();
        let suites: Vec<i16> = signals.iter().map(|signal| i16::from(signal.tag.suite)).collect();
        let professionals: Vec<&[u8]> = signals
            .iter()
            .map(|signal| signal.professional.0.as_slice())
            .collect();
        let log_tags: Vec<Uuid> = signals
            .iter()
            .map(|signal| Uuid::from_u128(signal.log_tag))
            .collect();
        let rows = self
            .rows(
                &INSERT_SIGNALS,
                &[
                    &self.now(),
                    &subjects,
                    &organisations,
                    &planned_ends,
                    &expiries,
                    &months,
                    &suites,
                    &professionals,
                    &log_tags,
                ],
            )
            .await?;
        rows.iter()
            .map(|row| Ok((row.value("subject_id")?, row.value("organisation_id")?)))
            .collect()
    }

    async fn living_signals(
        &self,
        subjects: &[i64],
        organisations: &[i32],
    ) -> Result<HashMap<(i64, i32), SubmittedSignal>, StoreError> {
        let rows = self.rows(&LIVING_SIGNALS, &[&subjects, &organisations]).await?;
        let mut living = HashMap::with_capacity(rows.len());
        for row in &rows {
            let subject = row.value("subject_id")?;
            let signal = SubmittedSignal {
                key: SignalKey {
                    subject,
                    row: row.value("id")?,
                },
                is_new: false,
                submitted_at: row.value("submitted_at")?,
                planned_end: row.value("planned_end")?,
                expires_at: row.value("expires_at")?,
                destroy_by: row.value("destroy_by")?,
                suite: u8::try_from(row.value::<i16>("suite")?)
                    .map_err(|_| StoreError::Column { column: "suite" })?,
                blinded_by_client: row.value("blinded_by_client")?,
            };
            living.insert((subject, row.value("organisation_id")?), signal);
        }
        Ok(living)
    }
}
