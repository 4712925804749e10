//! The audit log in the database: leaves written beside the act they record, ordered afterwards.
//!
//! The act's own transaction inserts its leaf into `audit.pending`, without order and so without a lock that every
//! writer would share. One sequencer moves leaves into the tree.

use audit_log::entry::Entry;
use audit_log::tree::{Frontier, leaf_hash};
use domain::event::Event;
use jiff::Timestamp;
use uuid::Uuid;

use crate::crypter::{Purpose, Sealed};
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Log, Parameters, Party, Role, RowExt, Tx};

/// At most so many times as many leaves come under one checkpoint.
const ROUNDS: usize = 50;

/// So many leaves are moved at a time.
const LEAVES_AT_ONCE: usize = 1000;

/// The advisory lock of the sequencer: one at a time, however many processes were started. Two numbers, since locks of
/// one number are those of idempotency keys, whose text partners choose.
const SEQUENCER_LOCK: (i32, i32) = (0x7472_6566, 0x7365_7100);

statements! {
    Party INSERT_PENDING = "
        INSERT INTO audit.pending (event_id, leaf)
        SELECT * FROM unnest($1::uuid[] /* events */, $2::bytea[] /* leaves */)
         WHERE (SELECT app_now($3 /* network */)) < transaction_time() + interval '2 seconds'";
    Party INSERT_OPENINGS = "
        INSERT INTO audit.opening (event_id, sealed)
        SELECT * FROM unnest($1::uuid[] /* events */, $2::bytea[] /* sealed */)";
    Party INSERT_EXPORT = "
        INSERT INTO audit_export (id, organisation_id, requested_at, event_id, log_tag)
        VALUES ($1 /* row */, current_organisation(), $2 /* now */, $3 /* event */, $4 /* log tag */)";
    Party NEXT_EXPORT_ID = "
        SELECT nextval('audit_export_id') AS id";
    Party EXPORT = "
        SELECT requested_at, event_id, log_tag FROM audit_export WHERE id = $1 /* export */";
    Log LOCK_SEQUENCER = "
        SELECT pg_try_advisory_xact_lock($1 /* class */, $2 /* lock */) AS got";
    Log HEAD = "
        SELECT size, frontier FROM audit.head FOR UPDATE";
    Log PENDING = "
        SELECT arrival, event_id, leaf FROM audit.pending ORDER BY arrival LIMIT $1 /* limit */";
    Log INSERT_LEAVES = "
        INSERT INTO audit.leaf (index, event_id, leaf)
        SELECT * FROM unnest($1::bigint[] /* indices */, $2::uuid[] /* events */, $3::bytea[] /* leaves */)";
    Log DELETE_PENDING = "
        DELETE FROM audit.pending WHERE arrival = ANY ($1::bigint[] /* arrivals */)";
    Log MOVE_HEAD = "
        UPDATE audit.head SET size = $1 /* size */, frontier = $2 /* frontier */";
    Log INSERT_CHECKPOINT = "
        INSERT INTO audit.checkpoint (size, note, signed_at)
        VALUES ($1 /* size */, $2 /* note */, $3 /* now */)";
    Log CHECKPOINT_COVERING = "
        SELECT c.size, c.note
          FROM audit.checkpoint c
         WHERE c.size > (SELECT l.index FROM audit.leaf l WHERE l.event_id = $1 /* event */)
         ORDER BY c.size LIMIT 1";
    Log LATEST_CHECKPOINT = "
        SELECT size, note FROM audit.checkpoint ORDER BY size DESC LIMIT 1";
    Log LEAVES = "
        SELECT l.index, l.event_id, l.leaf, o.sealed
          FROM audit.leaf l LEFT JOIN audit.opening o USING (event_id)
         WHERE l.index >= $1 /* from */ AND l.index < $2 /* to */
         ORDER BY l.index LIMIT $3 /* limit */";
}

/// An event that stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// Its id, the same everywhere: answer, inbox, leaf.
    pub event_id: u128,
}

/// How far the tree is built and published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedHead {
    /// Leaves moved by this step.
    pub moved: u64,
    /// Size of the tree afterwards.
    pub size: u64,
}

/// An export that a supervisor asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportRow {
    /// Its row.
    pub row: i64,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// Its own event.
    pub event: Recorded,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// How many leaves it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

/// One leaf with what stands behind its commitment, if that was not erased.
pub struct LeafRow {
    /// Position in the tree.
    pub index: u64,
    /// The event's id.
    pub event_id: u128,
    /// The leaf's bytes.
    pub leaf: Vec<u8>,
    /// Salt and data of the opening.
    pub opening: Option<([u8; 32], Vec<u8>)>,
}

impl<R: Role> Tx<'_, R> {
    /// Writes the leaves of these events, and their openings, into this transaction.
    pub(crate) async fn record(&self, events: &[Event]) -> Result<Vec<Recorded>, StoreError> {
        let mut ids = Vec::with_capacity(events.len());
        let mut leaves = Vec::with_capacity(events.len());
        let mut opened = Vec::new();
        let mut openings = Vec::new();
        for event in events {
            let event_id = self.store().random_tag();
            let (leaf, opening) = self.leaf(event_id, event)?;
            ids.push(Uuid::from_u128(event_id));
            leaves.push(leaf);
            if let Some(Sealed(sealed)) = opening {
                opened.push(Uuid::from_u128(event_id));
                openings.push(sealed);
            }
        }
        let written = self
            .change(&INSERT_PENDING, &[&ids, &leaves, &self.store().network().0])
            .await?;
        if written == 0 && !ids.is_empty() {
            return Err(self.stale());
        }
        if !opened.is_empty() {
            self.change_exactly(&INSERT_OPENINGS, opened.len(), &[&opened, &openings])
                .await?;
        }
        Ok(ids
            .into_iter()
            .map(|id| Recorded {
                event_id: id.as_u128(),
            })
            .collect())
    }

    /// A leaf and the sealed opening behind its commitment.
    fn leaf(&self, event_id: u128, event: &Event) -> Result<(Vec<u8>, Option<Sealed>), StoreError> {
        let record = event.record();
        let opening = record
            .opening
            .map(|data| (self.store().random::<32>(), data.to_string().into_bytes()));
        let entry = Entry {
            id: event_id.to_be_bytes(),
            time: self.now(),
            event: record.name.to_owned(),
            org: record.organisation.as_ref().map(organisation_text),
            sub: record.subject.to_string(),
            rel: record.related.iter().map(ToString::to_string).collect(),
            from: record.from.map(str::to_owned),
            to: record.to.map(str::to_owned),
            due: record.due,
            until: record.until,
            commitment: opening
                .as_ref()
                .map(|(salt, data)| audit_log::commitment::commit(salt, data)),
        };
        let leaf = entry.to_leaf().map_err(StoreError::Leaf)?;
        let sealed = opening.map(|(salt, data)| {
            let plaintext = [salt.as_slice(), &data].concat();
            let store = self.store();
            store.crypter().seal(
                Purpose::Opening,
                &event_id.to_be_bytes(),
                &plaintext,
                store.chance(),
            )
        });
        Ok((leaf, sealed))
    }
}

/// An organisation as leaves name it: `org_` and 22 characters of unpadded base64url.
fn organisation_text(id: &[u8; 16]) -> String {
    use base64::Engine;
    format!(
        "org_{}",
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(id)
    )
}

impl Tx<'_, Party> {
    /// Records that somebody looked. Reading is an act: the leaf is committed before any byte leaves.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_viewing(&self, event: &Event) -> Result<Recorded, StoreError> {
        self.record_one(event).await
    }

    /// Records one event.
    pub(crate) async fn record_one(&self, event: &Event) -> Result<Recorded, StoreError> {
        let recorded = self.record(std::slice::from_ref(event)).await?;
        recorded.first().copied().ok_or(StoreError::DamagedLog)
    }

    /// Notes that an export was asked: it will reach up to the first checkpoint that covers its own event.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_export(&self, log_tag: u128, event: &Event) -> Result<ExportRow, StoreError> {
        let event = self.record_one(event).await?;
        let row: i64 = self.one(&NEXT_EXPORT_ID, &[]).await?.value("id")?;
        let parameters: Parameters<'_> = &[
            &row,
            &self.now(),
            &Uuid::from_u128(event.event_id),
            &Uuid::from_u128(log_tag),
        ];
        self.change_exactly(&INSERT_EXPORT, 1, parameters).await?;
        Ok(ExportRow {
            row,
            requested_at: self.now(),
            event,
            log_tag,
        })
    }

    /// An export that this organisation asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn export(&self, row: i64) -> Result<Option<ExportRow>, StoreError> {
        let Some(found) = self.optional(&EXPORT, &[&row]).await? else {
            return Ok(None);
        };
        Ok(Some(ExportRow {
            row,
            requested_at: found.value("requested_at")?,
            event: Recorded {
                event_id: found.tag("event_id")?,
            },
            log_tag: found.tag("log_tag")?,
        }))
    }
}

impl Tx<'_, Log> {
    /// Moves what is pending into the tree and publishes a checkpoint, signed by `sign` over (size, root).
    /// Does nothing when another sequencer is at it, or nothing is pending.
    ///
    /// # Errors
    /// [`StoreError::DamagedLog`] when the stored head is not a tree's.
    pub async fn sequence(
        &self,
        sign: impl Fn(u64, [u8; 32]) -> String + Send + Sync,
    ) -> Result<Option<PublishedHead>, StoreError> {
        // Its own statement: what follows must be read after the lock is held, not in the same snapshot.
        if !self
            .one(&LOCK_SEQUENCER, &[&SEQUENCER_LOCK.0, &SEQUENCER_LOCK.1])
            .await?
            .value::<bool>("got")?
        {
            return Ok(None);
        }
        let head = self.one(&HEAD, &[]).await?;
        let size = u64::try_from(head.value::<i64>("size")?).map_err(|_| StoreError::DamagedLog)?;
        let mut frontier = match size {
            0 => Frontier::new(),
            _ => Frontier::from_bytes(head.value("frontier")?).map_err(|_| StoreError::DamagedLog)?,
        };
        if frontier.size() != size {
            return Err(StoreError::DamagedLog);
        }
        // Until nothing is left, so that what one transaction has written comes under one checkpoint; but never for ever.
        let before = frontier.size();
        for _ in 0..ROUNDS {
            if self.move_leaves(&mut frontier).await? < LEAVES_AT_ONCE {
                break;
            }
        }
        if frontier.size() == before {
            return Ok(None);
        }
        let size = i64::try_from(frontier.size()).map_err(|_| StoreError::DamagedLog)?;
        self.change_exactly(&MOVE_HEAD, 1, &[&size, &frontier.to_bytes()])
            .await?;
        let note = sign(frontier.size(), frontier.root());
        self.change_exactly(&INSERT_CHECKPOINT, 1, &[&size, &note, &self.now()])
            .await?;
        let moved = frontier.size() - before;
        Ok(Some(PublishedHead {
            moved,
            size: frontier.size(),
        }))
    }

    /// Moves the oldest pending leaves behind the others; gives how many.
    async fn move_leaves(&self, frontier: &mut Frontier) -> Result<usize, StoreError> {
        let limit = i64::try_from(LEAVES_AT_ONCE).unwrap_or(i64::MAX);
        let pending = self.rows(&PENDING, &[&limit]).await?;
        let mut arrivals: Vec<i64> = Vec::with_capacity(pending.len());
        let mut indices: Vec<i64> = Vec::with_capacity(pending.len());
        let mut events: Vec<Uuid> = Vec::with_capacity(pending.len());
        let mut leaves: Vec<&[u8]> = Vec::with_capacity(pending.len());
        for row in &pending {
            let leaf: &[u8] = row.value("leaf")?;
            arrivals.push(row.value("arrival")?);
            indices.push(i64::try_from(frontier.size()).map_err(|_| StoreError::DamagedLog)?);
            events.push(row.value("event_id")?);
            leaves.push(leaf);
            frontier.push(leaf_hash(leaf));
        }
        self.change_exactly(&INSERT_LEAVES, leaves.len(), &[&indices, &events, &leaves])
            .await?;
        self.change_exactly(&DELETE_PENDING, arrivals.len(), &[&arrivals])
            .await?;
        Ok(pending.len())
    }

    /// The first checkpoint that covers an event, once there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn checkpoint_covering(&self, event: Recorded) -> Result<Option<StoredCheckpoint>, StoreError> {
        let row = self
            .optional(&CHECKPOINT_COVERING, &[&Uuid::from_u128(event.event_id)])
            .await?;
        row.as_ref().map(stored_checkpoint).transpose()
    }

    /// The newest checkpoint.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn latest_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        let row = self.optional(&LATEST_CHECKPOINT, &[]).await?;
        row.as_ref().map(stored_checkpoint).transpose()
    }

    /// Leaves `from..to` with their openings, at most `limit` of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leaves(&self, from: u64, to: u64, limit: i64) -> Result<Vec<LeafRow>, StoreError> {
        let bound = |n: u64| i64::try_from(n).map_err(|_| StoreError::DamagedLog);
        let rows = self.rows(&LEAVES, &[&bound(from)?, &bound(to)?, &limit]).await?;
        rows.iter()
            .map(|row| {
                let event_id = row.tag("event_id")?;
                let sealed: Option<Vec<u8>> = row.value("sealed")?;
                let opening = match sealed {
                    Some(sealed) => Some(self.open_opening(event_id, Sealed(sealed))?),
                    None => None,
                };
                let index = u64::try_from(row.value::<i64>("index")?).map_err(|_| StoreError::DamagedLog)?;
                Ok(LeafRow {
                    index,
                    event_id,
                    leaf: row.value("leaf")?,
                    opening,
                })
            })
            .collect()
    }

    fn open_opening(&self, event_id: u128, sealed: Sealed) -> Result<([u8; 32], Vec<u8>), StoreError> {
        let plaintext = self
            .store()
            .crypter()
            .open(Purpose::Opening, &event_id.to_be_bytes(), &sealed)?;
        let (salt, data) = plaintext
            .split_first_chunk::<32>()
            .ok_or(StoreError::Unsealable)?;
        Ok((*salt, data.to_vec()))
    }
}

fn stored_checkpoint(row: &tokio_postgres::Row) -> Result<StoredCheckpoint, StoreError> {
    let size = u64::try_from(row.value::<i64>("size")?).map_err(|_| StoreError::DamagedLog)?;
    Ok(StoredCheckpoint {
        size,
        note: row.value("note")?,
    })
}
