//! Fill: beside each live tag the next one, and the proof that none is missing.

use std::sync::Arc;

use identifiers::tag::Suite;
use identifiers::voprf::Delta;
use store::{
    Context, Cursor, FilledTag, Owner, Rotation, StoreError, TAGS_AT_ONCE, TagKeys, TagToFill, Tx, Work,
};

use super::machine::{Machine, Way};
use super::{Ceremony, RotateKeysError, Step};
use crate::lift::Opener;

/// One sealing context serves so many batches, a million tags: about as long as it serves the service.
const BATCHES_OF_A_CONTEXT: usize = 1_000_000 / TAGS_AT_ONCE;

/// Tags that were read and computed and only have to be written.
struct Batch {
    filled: Vec<FilledTag>,
    read: u64,
    last: Cursor,
}

impl Ceremony {
    /// Fills what is not filled yet, from where the database says it stands up to the child that was born last: those that
    /// are born meanwhile are written under both keys, and to run after them would never end.
    pub(super) async fn fill(
        &self,
        rotation: &Rotation,
        tell: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<(), RotateKeysError> {
        let machine = self.machine(rotation).await?;
        self.casework.store().weigh_tags().await?;
        let last_child = self.casework.store().run(Context::Service, LastChild).await?;
        let of = self.count_left(rotation.from, rotation.cursor).await?;
        let mut done = 0;
        tell(Step::Filling { done, of });
        let mut cursor = rotation.cursor;
        let mut batches = 0;
        let mut ahead = self.prepare(&machine, rotation, (cursor, last_child)).await?;
        while let Some(batch) = ahead {
            batches += 1;
            if batches % BATCHES_OF_A_CONTEXT == 0 {
                machine.seal_with(self.casework.new_sealer::<Owner>().await?);
            }
            let (last, read) = (batch.last, batch.read);
            // While this batch is written, the next one is read and computed.
            let (written, next) = tokio::join!(
                self.write(rotation, cursor, batch),
                self.prepare(&machine, rotation, (Some(last), last_child)),
            );
            written?;
            ahead = next?;
            cursor = Some(last);
            done += read;
            tell(Step::Filling {
                done,
                of: of.max(done),
            });
        }
        self.fill_shared(&machine, rotation).await
    }

    /// Fills what lacks of the shared tags, circle by circle.
    async fn fill_shared(&self, machine: &Arc<Machine>, rotation: &Rotation) -> Result<(), RotateKeysError> {
        let mut after = 0;
        loop {
            let work = ReadSharedTags {
                from: rotation.from,
                to: rotation.to,
                after,
            };
            let rows = self.casework.store().run(Context::Service, work).await?;
            let Some(last) = rows.last().map(|row| row.child) else {
                return Ok(());
            };
            let work = WriteSharedTags {
                log_tag: rotation.log_tag,
                keys: rotation.to,
                filled: self.compute(machine, rows).await?,
            };
            self.casework.store().run(Context::Service, work).await?;
            after = last;
        }
    }

    /// Looks whether every child has as many next tags as live ones, and every circle its next one; what lacks is filled.
    /// Gives the last child and the last circle that were looked at: what is made later is written under both keys.
    pub(super) async fn verify(&self, rotation: &Rotation) -> Result<LookedAt, RotateKeysError> {
        let machine = self.machine(rotation).await?;
        let circle = loop {
            self.fill_shared(&machine, rotation).await?;
            let circle = self.casework.store().run(Context::Service, LastCircle).await?;
            let lacking = ReadSharedTags {
                from: rotation.from,
                to: rotation.to,
                after: 0,
            };
            let lacking = self.casework.store().run(Context::Service, lacking).await?;
            let children = lacking.len() as u64;
            if children == 0 {
                break circle;
            }
            if self.compute(&machine, lacking).await?.is_empty() {
                return Err(RotateKeysError::Damaged { children });
            }
        };
        loop {
            let lacking = FindLacking {
                from: rotation.from,
                to: rotation.to,
            };
            let (last, children) = self.casework.store().run(Context::Service, lacking).await?;
            if children.is_empty() {
                return Ok(LookedAt { child: last, circle });
            }
            let found = children.len();
            let keys = rotation.from;
            let work = ReadTagsOf { keys, children };
            let rows = self.casework.store().run(Context::Service, work).await?;
            let filled = self.compute(&machine, rows).await?;
            let work = WriteTags {
                log_tag: rotation.log_tag,
                keys: rotation.to,
                filled,
                cursor: None,
            };
            if self.casework.store().run(Context::Service, work).await? == 0 {
                return Err(RotateKeysError::Damaged {
                    children: found as u64,
                });
            }
        }
    }

    /// How many tags of these keys there are after a place.
    pub(super) async fn count_left(
        &self,
        keys: TagKeys,
        after: Option<Cursor>,
    ) -> Result<u64, RotateKeysError> {
        let work = CountLeft { keys, after };
        Ok(self.casework.store().run(Context::Service, work).await?)
    }

    async fn machine(&self, rotation: &Rotation) -> Result<Arc<Machine>, RotateKeysError> {
        let suite =
            Suite::try_from(rotation.to.suite).map_err(|_| StoreError::Column { column: "to_suite" })?;
        let way = match (
            &rotation.delta,
            self.evaluating(rotation.from, rotation.to).await?,
        ) {
            (_, Some(evaluating)) => Way::Evaluation(evaluating),
            (Some(delta), None) => {
                Way::Delta(Delta::from_bytes(delta).map_err(|_| RotateKeysError::WrongDelta)?)
            }
            (None, None) => Way::Same,
        };
        Ok(Arc::new(Machine::new(
            (rotation.from, rotation.to),
            suite,
            &self.casework.keys().master,
            way,
            Opener::new(self.secret.clone()),
            self.casework.new_sealer::<Owner>().await?,
        )))
    }

    /// Reads the next batch after a place and computes it; none when there is no more.
    async fn prepare(
        &self,
        machine: &Arc<Machine>,
        rotation: &Rotation,
        (after, last_child): (Option<Cursor>, i64),
    ) -> Result<Option<Batch>, RotateKeysError> {
        let work = ReadTags {
            keys: rotation.from,
            after,
            last_child,
        };
        let rows = self.casework.store().run(Context::Service, work).await?;
        let Some(last) = rows.last().map(Cursor::at) else {
            return Ok(None);
        };
        let read = rows.len() as u64;
        Ok(Some(Batch {
            filled: self.compute(machine, rows).await?,
            read,
            last,
        }))
    }

    /// The next tags of these rows, computed by all workers.
    async fn compute(
        &self,
        machine: &Arc<Machine>,
        rows: Vec<TagToFill>,
    ) -> Result<Vec<FilledTag>, RotateKeysError> {
        let contexts = machine.unknown_contexts(&rows);
        if !contexts.is_empty() {
            let work = ReadContexts { contexts };
            let contexts = self.casework.store().run(Context::Service, work).await?;
            machine.add_contexts(&contexts);
        }
        if machine.evaluating().is_some() {
            return self.lift(machine, rows).await;
        }
        let rows = Arc::new(rows);
        let share = rows.len().div_ceil(self.settings.workers.max(1)).max(1);
        let computing: Vec<_> = (0..rows.len())
            .step_by(share)
            .map(|from| {
                let (machine, rows) = (Arc::clone(machine), Arc::clone(&rows));
                tokio::task::spawn_blocking(move || machine.turn(&rows[from..rows.len().min(from + share)]))
            })
            .collect();
        let mut filled = Vec::with_capacity(rows.len());
        for part in computing {
            filled.extend(part.await.map_err(|_| RotateKeysError::Interrupted)?);
        }
        Ok(filled)
    }

    async fn write(
        &self,
        rotation: &Rotation,
        from: Option<Cursor>,
        batch: Batch,
    ) -> Result<(), RotateKeysError> {
        let work = WriteTags {
            log_tag: rotation.log_tag,
            keys: rotation.to,
            filled: batch.filled,
            cursor: Some((from, batch.last)),
        };
        self.casework
            .store()
            .run(Context::Service, work)
            .await
            .map(drop)
            .map_err(|error| match error {
                // The cursor is no longer where this process left it.
                StoreError::RowCount {
                    statement: "MOVE_CURSOR",
                    ..
                } => RotateKeysError::OtherProcess,
                error => error.into(),
            })
    }
}

/// Up to where a ceremony has seen that nothing lacks.
#[derive(Debug, Clone, Copy)]
pub(super) struct LookedAt {
    pub(super) child: i64,
    pub(super) circle: i64,
}

struct ReadSharedTags {
    from: TagKeys,
    to: TagKeys,
    after: i64,
}

impl Work for ReadSharedTags {
    const NAME: &'static str = "read_shared_tags_to_fill";
    type Role = Owner;
    type Output = Vec<TagToFill>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Vec<TagToFill>, StoreError> {
        tx.shared_tags_to_fill(self.from, self.to, self.after).await
    }
}

struct WriteSharedTags {
    log_tag: u128,
    keys: TagKeys,
    filled: Vec<FilledTag>,
}

impl Work for WriteSharedTags {
    const NAME: &'static str = "fill_shared_tags";
    type Role = Owner;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<(), StoreError> {
        let written = tx.fill_shared_tags(self.keys, &self.filled).await?;
        tx.count_filled(self.log_tag, written).await
    }
}

struct LastCircle;

impl Work for LastCircle {
    const NAME: &'static str = "read_last_circle";
    type Role = Owner;
    type Output = i64;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<i64, StoreError> {
        tx.last_circle().await
    }
}

struct CountLeft {
    keys: TagKeys,
    after: Option<Cursor>,
}

impl Work for CountLeft {
    const NAME: &'static str = "count_tags_to_fill";
    type Role = Owner;
    type Output = u64;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<u64, StoreError> {
        tx.count_tags_after(self.keys, self.after).await
    }
}

struct LastChild;

impl Work for LastChild {
    const NAME: &'static str = "read_last_child";
    type Role = Owner;
    type Output = i64;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<i64, StoreError> {
        tx.last_child().await
    }
}

struct ReadTags {
    keys: TagKeys,
    after: Option<Cursor>,
    last_child: i64,
}

impl Work for ReadTags {
    const NAME: &'static str = "read_tags_to_fill";
    type Role = Owner;
    type Output = Vec<TagToFill>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Vec<TagToFill>, StoreError> {
        tx.tags_to_fill(self.keys, self.after, self.last_child).await
    }
}

struct ReadTagsOf {
    keys: TagKeys,
    children: Vec<i64>,
}

impl Work for ReadTagsOf {
    const NAME: &'static str = "read_tags_of_children";
    type Role = Owner;
    type Output = Vec<TagToFill>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Vec<TagToFill>, StoreError> {
        tx.tags_of_children(self.keys, &self.children).await
    }
}

struct ReadContexts {
    contexts: Vec<u64>,
}

impl Work for ReadContexts {
    const NAME: &'static str = "read_lift_contexts";
    type Role = Owner;
    type Output = Vec<(u64, [u8; 32])>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Self::Output, StoreError> {
        tx.lift_contexts(&self.contexts).await
    }
}

struct WriteTags {
    log_tag: u128,
    keys: TagKeys,
    filled: Vec<FilledTag>,
    /// From where to where the batch leads; none out of turn.
    cursor: Option<(Option<Cursor>, Cursor)>,
}

impl Work for WriteTags {
    const NAME: &'static str = "fill_tags";
    type Role = Owner;
    type Output = u64;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<u64, StoreError> {
        let written = tx.fill_tags(self.keys, &self.filled).await?;
        match self.cursor {
            Some((from, to)) => tx.move_cursor(self.log_tag, from, to, written).await?,
            None => tx.count_filled(self.log_tag, written).await?,
        }
        Ok(written)
    }
}

struct FindLacking {
    from: TagKeys,
    to: TagKeys,
}

impl Work for FindLacking {
    const NAME: &'static str = "find_lacking_children";
    type Role = Owner;
    type Output = (i64, Vec<i64>);
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<(i64, Vec<i64>), StoreError> {
        let last = tx.last_child().await?;
        Ok((last, tx.lacking_children(self.from, self.to, 0).await?))
    }
}
