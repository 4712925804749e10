//! Exports that supervisors asked for.

use std::collections::BTreeSet;

use domain::event::{Event, OpeningScope};
use domain::key::OrganisationKey;
use uuid::Uuid;

use super::sequence::bigint;
use super::{ExportRow, Recorded, StoredCheckpoint};
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Log, Owner, Parameters, Party, RowExt, Tx};

statements! {
    Party LAST_EXPORT = "
        SELECT id FROM audit_export WHERE organisation_id = current_organisation() AND origin = $1 /* origin */
         ORDER BY id DESC LIMIT 1";
    Party INSERT_EXPORT = "
        INSERT INTO audit_export (id, organisation_id, requested_at, event_id, log_tag, previous_id, events, organisations,
                                  origin)
        VALUES ($1 /* row */, current_organisation(), $2 /* now */, $3 /* event */, $4 /* log tag */, $5 /* previous */,
                $6 /* events */, $7 /* organisations */, $8 /* origin */)";
    Party NEXT_EXPORT_ID = "
        SELECT nextval('audit_export_id') AS id";
    Party EXPORT = "
        SELECT e.requested_at, e.event_id, e.log_tag, e.events, e.organisations, e.previous_id,
               p.event_id AS previous_event
          FROM audit_export e LEFT JOIN audit_export p ON p.id = e.previous_id
         WHERE e.id = $1 /* export */";
    Party AUDIT_SCOPE = "
        SELECT events, organisations FROM audit_scope WHERE organisation_id = current_organisation()";
    Owner SCOPE_OF_SUPERVISOR = "
        SELECT o.id, s.log_tag
          FROM organisation o LEFT JOIN audit_scope s ON s.organisation_id = o.id
         WHERE o.public_id = $1 /* public id */ AND o.role = 'supervisor'";
    Owner PUT_AUDIT_SCOPE = "
        INSERT INTO audit_scope (organisation_id, events, organisations, decided_at, log_tag)
        VALUES ($1 /* organisation */, $2 /* events */, $3 /* organisations */, $4 /* now */, $5 /* log tag */)
            ON CONFLICT (organisation_id)
            DO UPDATE SET events = excluded.events, organisations = excluded.organisations,
                          decided_at = excluded.decided_at";
    Log ERASED_WITHIN = "
        SELECT count(*) FILTER (WHERE e.index IS NULL) AS waiting, max(e.index) AS last
          FROM audit.erasure x
          JOIN audit.leaf l ON l.event_id = x.event_id AND l.index >= $1 /* from */ AND l.index < $2 /* to */
          LEFT JOIN audit.leaf e ON e.event_id = x.erased_by";
    Log ERASED_BY_LEAVES = "
        SELECT x.event_id
          FROM audit.erasure x JOIN audit.leaf e ON e.event_id = x.erased_by
         WHERE e.index >= $1 /* from */ AND e.index < $2 /* to */";
    // The newest checkpoint that neither the export's own leaf nor the end of the export before it lies behind.
    Log PERIOD_BEGINNING = "
        SELECT b.size, b.note FROM audit.checkpoint b
         WHERE b.origin = $1 /* origin */
           AND b.size <= (SELECT l.index FROM audit.leaf l WHERE l.event_id = $2 /* event */)
           AND b.size <= (SELECT c.size FROM audit.checkpoint c
                           WHERE c.origin = $1 /* origin */
                             AND c.size > (SELECT l.index FROM audit.leaf l WHERE l.event_id = $3 /* previous */)
                           ORDER BY c.size LIMIT 1)
         ORDER BY b.size DESC LIMIT 1";
    Log CHECKPOINT_BEYOND = "
        SELECT c.size, c.note
          FROM (SELECT f.origin, f.size, f.note FROM audit.checkpoint f
                 WHERE f.origin = $1 /* origin */ AND f.size > $2 /* index */ ORDER BY f.size LIMIT 50) AS c
         ORDER BY (SELECT count(*) FROM audit.cosignature w WHERE w.origin = c.origin AND w.size = c.size) DESC, c.size
         LIMIT 1";
}

/// Whether openings within a checkpoint were erased, and how far the log must reach to say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasedWithin {
    /// None was.
    Nothing,
    /// Up to this leaf; it may lie within the checkpoint.
    UpTo(u64),
    /// A leaf that says so is not in the tree yet.
    Waiting,
}

impl Tx<'_, Party> {
    /// The row of the newest export of the log of this name that the organisation asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_export(&self, origin: &str) -> Result<Option<i64>, StoreError> {
        let row = self.optional(&LAST_EXPORT, &[&origin]).await?;
        row.map(|row| row.value("id")).transpose()
    }

    /// The openings this organisation may have; all when nothing else was decided.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_scope(&self) -> Result<OpeningScope, StoreError> {
        let row = self.optional(&AUDIT_SCOPE, &[]).await?;
        row.as_ref().map(scope).transpose().map(Option::unwrap_or_default)
    }

    /// Notes that an export was asked: it will reach up to the first checkpoint that covers its own event, and begin where
    /// the previous one ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_export(
        &self,
        log_tag: u128,
        origin: &str,
        previous: Option<i64>,
        scope: &OpeningScope,
        event: &Event,
    ) -> Result<i64, StoreError> {
        let event = self.record_one(event).await?;
        let row: i64 = self.one(&NEXT_EXPORT_ID, &[]).await?.value("id")?;
        let parameters: Parameters<'_> = &[
            &row,
            &self.now(),
            &Uuid::from_u128(event.event_id),
            &Uuid::from_u128(log_tag),
            &previous,
            &names(scope.events.as_ref()),
            &names(scope.organisations.as_ref()),
            &origin,
        ];
        self.change_exactly(&INSERT_EXPORT, 1, parameters).await?;
        Ok(row)
    }

    /// An export that this organisation asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn export(&self, row: i64) -> Result<Option<ExportRow>, StoreError> {
        let Some(found) = self.optional(&EXPORT, &[&row]).await? else {
            return Ok(None);
        };
        let previous_event: Option<Uuid> = found.value("previous_event")?;
        Ok(Some(ExportRow {
            row,
            requested_at: found.value("requested_at")?,
            event: Recorded {
                event_id: found.tag("event_id")?,
            },
            log_tag: found.tag("log_tag")?,
            previous: found.value("previous_id")?,
            previous_event: previous_event.map(|event| Recorded {
                event_id: event.as_u128(),
            }),
            scope: scope(&found)?,
        }))
    }
}

impl Tx<'_, Owner> {
    /// A supervisor's key and the name of its scope in the log, when one was decided.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn supervisor(
        &self,
        public_id: [u8; 16],
    ) -> Result<Option<(OrganisationKey, Option<u128>)>, StoreError> {
        let row = self
            .optional(&SCOPE_OF_SUPERVISOR, &[&Uuid::from_bytes(public_id)])
            .await?;
        row.map(|row| {
            let tag: Option<Uuid> = row.value("log_tag")?;
            Ok((OrganisationKey(row.value("id")?), tag.map(|tag| tag.as_u128())))
        })
        .transpose()
    }

    /// Decides which openings a supervisor may have.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_audit_scope(
        &self,
        organisation: OrganisationKey,
        scope: &OpeningScope,
        log_tag: u128,
        event: &Event,
    ) -> Result<(), StoreError> {
        let parameters: Parameters<'_> = &[
            &organisation.0,
            &names(scope.events.as_ref()),
            &names(scope.organisations.as_ref()),
            &self.now(),
            &Uuid::from_u128(log_tag),
        ];
        self.change_exactly(&PUT_AUDIT_SCOPE, 1, parameters).await?;
        self.record_one(event).await.map(drop)
    }
}

impl Tx<'_, Log> {
    /// The checkpoint behind which an export begins, when the one before it is in the log; none before the first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn period_beginning(
        &self,
        origin: &str,
        event: Recorded,
        previous: Recorded,
    ) -> Result<Option<StoredCheckpoint>, StoreError> {
        let (event, previous) = (
            Uuid::from_u128(event.event_id),
            Uuid::from_u128(previous.event_id),
        );
        let row = self
            .optional(&PERIOD_BEGINNING, &[&origin, &event, &previous])
            .await?;
        row.as_ref().map(super::read::stored_checkpoint).transpose()
    }

    /// The events whose openings these leaves say were erased.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erased_by_leaves(&self, from: u64, to: u64) -> Result<Vec<u128>, StoreError> {
        let rows = self
            .rows(&ERASED_BY_LEAVES, &[&bigint(from)?, &bigint(to)?])
            .await?;
        rows.iter().map(|row| row.tag("event_id")).collect()
    }

    /// What was erased of the openings of these leaves.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erased_within(&self, from: u64, to: u64) -> Result<ErasedWithin, StoreError> {
        let row = self.one(&ERASED_WITHIN, &[&bigint(from)?, &bigint(to)?]).await?;
        if row.value::<i64>("waiting")? > 0 {
            return Ok(ErasedWithin::Waiting);
        }
        match row.value::<Option<i64>>("last")? {
            None => Ok(ErasedWithin::Nothing),
            Some(last) => Ok(ErasedWithin::UpTo(
                u64::try_from(last).map_err(|_| StoreError::DamagedLog)?,
            )),
        }
    }

    /// The first checkpoint of the log of this name that covers the leaf of this place, with the signatures of witnesses
    /// it has; or one of the 49 after it that more of them signed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn checkpoint_beyond(
        &self,
        origin: &str,
        index: u64,
    ) -> Result<Option<StoredCheckpoint>, StoreError> {
        let row = self
            .optional(&CHECKPOINT_BEYOND, &[&origin, &bigint(index)?])
            .await?;
        match row {
            Some(row) => {
                let checkpoint = super::read::stored_checkpoint(&row)?;
                self.with_cosignatures(origin, checkpoint).await.map(Some)
            }
            None => Ok(None),
        }
    }
}

fn names(names: Option<&BTreeSet<String>>) -> Option<Vec<&str>> {
    names.map(|names| names.iter().map(String::as_str).collect())
}

fn scope(row: &tokio_postgres::Row) -> Result<OpeningScope, StoreError> {
    let names = |column| row.value::<Option<Vec<String>>>(column);
    Ok(OpeningScope {
        events: names("events")?.map(BTreeSet::from_iter),
        organisations: names("organisations")?.map(BTreeSet::from_iter),
    })
}
