//! The operator takes the log out: a bundle that `verify-audit-log` reads. That is an event too, and the export reaches
//! at least up to it.

use std::io::{Read, Seek, Write};
use std::time::Duration;

use audit_log::bundle::{BundleError, Opening, Scope, Writer};
use uuid::Uuid;

use super::sequence::SequenceLog;
use crate::database::{Role, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::event::{EXPORT, Event, Tag};
use crate::frame::Frame;
use crate::sealing::{Purpose, Sealing};
use crate::statement::statements;

/// So many leaves are read at a time.
const LEAVES: i64 = 1000;

/// How often, and how long apart, one looks whether a checkpoint covers the export: 10 s in all.
const LOOKS: u32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

statements! {
    Service CHECKPOINT_COVERING = "
        SELECT c.size, c.note
          FROM keyholder.log_checkpoint c
         WHERE c.size > (SELECT l.index FROM keyholder.log_leaf l WHERE l.event_id = $1 /* event */)
         ORDER BY c.size LIMIT 1";
    Service LEAVES_BETWEEN = "
        SELECT l.index, l.event_id, l.leaf, o.sealed
          FROM keyholder.log_leaf l LEFT JOIN keyholder.log_opening o USING (event_id)
         WHERE l.index >= $1 /* from */ AND l.index < $2 /* to */
         ORDER BY l.index LIMIT $3 /* limit */";
}

/// Why the log cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No checkpoint covers the export yet.
    #[error("no checkpoint covers the export yet")]
    NotYetCovered,
    /// The output failed, or what is stored does not make up a log.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The database.
    #[error(transparent)]
    Keyholder(#[from] KeyholderError),
}

impl Frame {
    /// Writes the whole log to `out`, which must be empty, and gives it back at its end. Sequences what is pending, so
    /// that no running keyholder is needed. Writing is blocking: give a local file.
    pub(crate) async fn export_log<W>(&self, out: W) -> Result<W, ExportError>
    where
        W: Read + Write + Seek + Send,
    {
        let tag = self.environment().random_tag();
        let event = self
            .database()
            .run(RecordExport {
                tag,
                sealing: self.sealing().clone(),
            })
            .await?;
        for _ in 0..LOOKS {
            let signer = self.log_signer();
            self.database().run(SequenceLog { signer }).await?;
            if let Some((size, note)) = self.database().run(Covering { event }).await? {
                return self.write_bundle(tag, size, &note, out).await;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(ExportError::NotYetCovered)
    }

    async fn write_bundle<W>(&self, tag: u128, size: u64, note: &str, out: W) -> Result<W, ExportError>
    where
        W: Read + Write + Seek + Send,
    {
        let signer = self.log_signer();
        let export = Tag(EXPORT, tag).to_string();
        let mut writer = Writer::new(out, signer.verifier(), note, &export, Scope::all())?;
        let mut from = 0;
        while from < size {
            let rows = self.leaves(from, size).await?;
            for row in &rows {
                writer.leaf(&row.leaf)?;
            }
            from += rows.len() as u64;
        }
        // A second pass: in the bundle all leaves come before the first opening, and memory stays small.
        let mut from = 0;
        while from < size {
            let rows = self.leaves(from, size).await?;
            from += rows.len() as u64;
            for opening in rows.into_iter().filter_map(|row| row.opening) {
                writer.opening(&opening)?;
            }
        }
        Ok(writer.finish()?)
    }

    /// Leaves from a place on; at least one.
    async fn leaves(&self, from: u64, to: u64) -> Result<Vec<Leaf>, ExportError> {
        let sealing = self.sealing().clone();
        let rows = self.database().run(ReadLeaves { from, to, sealing }).await?;
        if rows.is_empty() {
            // A gap in the stored leaves would loop for ever.
            return Err(KeyholderError::DamagedLog.into());
        }
        Ok(rows)
    }
}

struct Leaf {
    leaf: Vec<u8>,
    opening: Option<Opening>,
}

struct RecordExport {
    tag: u128,
    sealing: Sealing,
}

impl Work for RecordExport {
    const NAME: &'static str = "record_export";
    const ROLE: Role = Role::Service;
    type Output = u128;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<u128, KeyholderError> {
        tx.record(&Event::AuditExported { tag: self.tag }, &self.sealing)
            .await
    }
}

struct Covering {
    event: u128,
}

impl Work for Covering {
    const NAME: &'static str = "checkpoint_covering";
    const ROLE: Role = Role::Service;
    type Output = Option<(u64, String)>;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<Self::Output, KeyholderError> {
        let event = Uuid::from_u128(self.event);
        let found = tx.optional(&CHECKPOINT_COVERING, &[&event]).await?;
        found
            .map(|row| Ok((row.count("size")?, row.value("note")?)))
            .transpose()
    }
}

struct ReadLeaves {
    from: u64,
    to: u64,
    sealing: Sealing,
}

impl Work for ReadLeaves {
    const NAME: &'static str = "read_leaves";
    const ROLE: Role = Role::Service;
    type Output = Vec<Leaf>;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<Vec<Leaf>, KeyholderError> {
        let bound = |place: u64| i64::try_from(place).map_err(|_| KeyholderError::DamagedLog);
        let (from, to) = (bound(self.from)?, bound(self.to)?);
        let rows = tx.rows(&LEAVES_BETWEEN, &[&from, &to, &LEAVES]).await?;
        rows.iter()
            .map(|row| {
                let (index, id) = (row.count("index")?, row.tag("event_id")?.to_be_bytes());
                let sealed: Option<&[u8]> = row.value("sealed")?;
                let opening = sealed.map(|sealed| self.opening(index, id, sealed)).transpose()?;
                Ok(Leaf {
                    leaf: row.value("leaf")?,
                    opening,
                })
            })
            .collect()
    }
}

impl ReadLeaves {
    fn opening(&self, index: u64, id: [u8; 16], sealed: &[u8]) -> Result<Opening, KeyholderError> {
        let plaintext = self.sealing.open(Purpose::Opening, &id, sealed)?;
        let (salt, data) = plaintext
            .split_first_chunk::<32>()
            .ok_or(KeyholderError::Unsealable)?;
        let data = String::from_utf8(data.to_vec()).map_err(|_| KeyholderError::DamagedLog)?;
        Ok(Opening {
            index,
            id,
            salt: *salt,
            data,
        })
    }
}
