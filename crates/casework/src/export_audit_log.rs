//! A supervisor takes the audit log home. That is an event too, and the export reaches at least up to it.

use std::io::{Read, Seek, Write};
use std::time::Duration;

use audit_log::bundle::{BundleError, Opening, Scope, Writer};
use domain::event::{Event, LogTag, TagKind};
use protocol::audit::AuditExport;
use protocol::id::Id;
use store::{
    Context, ExportRow, LeafRow, Log, Party, RecordKind, StoreError, StoredAnswer, StoredCheckpoint, Tx, Work,
};

use crate::act::{self, Act, Answer, Failure, Look, NotFound, Once};
use crate::{Caller, Casework};

/// So many leaves are read at a time.
const LEAVES: i64 = 1000;

/// How often, and how long apart, one looks whether a checkpoint covers the export: 10 s in all. Checkpoints are
/// published within 2 s (99th percentile) and promised within 60 s.
const LOOKS: u32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Why a bundle cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum BundleFailure {
    /// No such export for the caller.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// No checkpoint covers the export yet.
    #[error("no checkpoint covers the export yet")]
    NotYetCovered,
    /// The output failed, or what is stored does not make up a log.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// An opening is not text.
    #[error("an opening is damaged")]
    DamagedOpening,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Casework {
    /// Asks for an export.
    ///
    /// # Errors
    /// Those of every act; it has none of its own.
    pub async fn request_export(&self, caller: &Caller, once: Once) -> Result<Answer, Failure<NotFound>> {
        let answer = self
            .act(
                caller,
                once,
                RequestExport {
                    caller: caller.clone(),
                },
            )
            .await?;
        self.inner.wake.sequencer.notify_one();
        Ok(answer)
    }

    /// An export the caller asked for, with the checkpoint up to which it reaches once there is one.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_export(&self, caller: &Caller, id: Id) -> Result<AuditExport, Failure<NotFound>> {
        let export = self.look(caller, FindExport { id }).await?;
        let checkpoint = self.store().run(Context::Service, Covering { export }).await?;
        Ok(resource(id, &export, checkpoint))
    }

    /// Writes the bundle of an export the caller asked for to `out`, which must be empty, and gives it back at its end.
    /// Waits until a checkpoint covers the export. Writing is blocking: give a local file.
    ///
    /// # Errors
    /// [`BundleFailure`].
    pub async fn write_bundle<W>(&self, caller: &Caller, id: Id, out: W) -> Result<W, BundleFailure>
    where
        W: Read + Write + Seek + Send,
    {
        let found = self.look(caller, FindExport { id }).await;
        let export = found.map_err(|failure| match failure {
            Failure::Store(error) => BundleFailure::Store(error),
            _ => BundleFailure::NotFound(NotFound),
        })?;
        for _ in 0..LOOKS {
            if let Some(checkpoint) = self.store().run(Context::Service, Covering { export }).await? {
                return self.write(&export, &checkpoint, out).await;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(BundleFailure::NotYetCovered)
    }

    async fn write<W>(
        &self,
        export: &ExportRow,
        checkpoint: &StoredCheckpoint,
        out: W,
    ) -> Result<W, BundleFailure>
    where
        W: Read + Write + Seek + Send,
    {
        let tag = LogTag::new(TagKind::Export, export.log_tag).to_string();
        let log = self.keys().log.verifier();
        let mut writer = Writer::new(out, log, &checkpoint.note, &tag, Scope::all())?;
        let mut from = 0;
        while from < checkpoint.size {
            let rows = self.leaves(from, checkpoint.size).await?;
            for row in &rows {
                writer.leaf(&row.leaf)?;
            }
            from += rows.len() as u64;
        }
        // A second pass: in the bundle all leaves come before the first opening, and memory stays small.
        let mut from = 0;
        while from < checkpoint.size {
            let rows = self.leaves(from, checkpoint.size).await?;
            from += rows.len() as u64;
            for row in rows {
                if let Some((salt, data)) = row.opening {
                    let data = String::from_utf8(data).map_err(|_| BundleFailure::DamagedOpening)?;
                    let id = row.event_id.to_be_bytes();
                    writer.opening(&Opening {
                        index: row.index,
                        id,
                        salt,
                        data,
                    })?;
                }
            }
        }
        Ok(writer.finish()?)
    }

    async fn leaves(&self, from: u64, to: u64) -> Result<Vec<LeafRow>, BundleFailure> {
        let rows = self
            .store()
            .run(Context::Service, ReadLeaves { from, to })
            .await?;
        if rows.is_empty() {
            Err(StoreError::DamagedLog.into())
        } else {
            Ok(rows)
        }
    }

    /// The policy file with which this log's exports are verified.
    pub fn log_policy(&self) -> String {
        audit_log::policy::Policy::text_for(self.keys().log.verifier())
    }
}

fn resource(id: Id, export: &ExportRow, checkpoint: Option<StoredCheckpoint>) -> AuditExport {
    AuditExport {
        id,
        requested_at: export.requested_at,
        checkpoint: checkpoint.map(|checkpoint| checkpoint.note),
        bundle: format!("/v1/audit/exports/{id}/bundle"),
    }
}

struct RequestExport {
    caller: Caller,
}

impl Act for RequestExport {
    const NAME: &'static str = "request_export";
    type Refusal = NotFound;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<NotFound>> {
        let log_tag = tx.store().random_tag();
        let event = Event::AuditExported {
            export: log_tag,
            organisation: self.caller.organisation_id.0,
            client: self.caller.client.as_str().to_owned(),
        };
        let export = tx.insert_export(log_tag, &event).await?;
        let id = Id(tx.ids().id(RecordKind::Export, 0, export.row));
        let location = format!("/v1/audit/exports/{id}");
        Ok(act::answer(201, Some(location), &resource(id, &export, None)))
    }
}

struct FindExport {
    id: Id,
}

impl Look for FindExport {
    const NAME: &'static str = "find_export";
    type Output = ExportRow;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<ExportRow, Failure<NotFound>> {
        let (zero, row) = tx.ids().parse(RecordKind::Export, self.id.0);
        if zero != 0 {
            return Err(NotFound.into());
        }
        Ok(tx.export(row).await?.ok_or(NotFound)?)
    }
}

struct Covering {
    export: ExportRow,
}

impl Work for Covering {
    const NAME: &'static str = "checkpoint_covering";
    type Role = Log;
    type Output = Option<StoredCheckpoint>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Option<StoredCheckpoint>, StoreError> {
        tx.checkpoint_covering(self.export.event).await
    }
}

struct ReadLeaves {
    from: u64,
    to: u64,
}

impl Work for ReadLeaves {
    const NAME: &'static str = "read_leaves";
    type Role = Log;
    type Output = Vec<LeafRow>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Vec<LeafRow>, StoreError> {
        tx.leaves(self.from, self.to, LEAVES).await
    }
}
