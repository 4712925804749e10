//! The sequencer and the signer: order the leaves that acts have left, then sign a checkpoint over them.
//!
//! In three steps, each safe to stop after: the order is committed; the checkpoint is signed and anchored outside the
//! database; it is published. A checkpoint that was anchored and not published is published by the next step. Whatever
//! two signers do, they sign one tree: both continue the same anchor with the same committed leaves.

use audit_log::checkpoint::Checkpoint;
use audit_log::entry::Entry;
use audit_log::tree::Frontier;
use jiff::{SignedDuration, Timestamp};
use store::{Context, Log, Ordered, StoreError, StoredCheckpoint, Tx, Work};

use crate::Casework;
use crate::anchor::{AnchorError, Anchored, HeldAnchor};
use crate::log_keeping::{CannotSign, LogState};

/// Within this time of an act its leaf stands under a published checkpoint: what every receipt promises.
pub const PROMISED_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// How far the tree is built and published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedHead {
    /// Leaves moved by this step.
    pub moved: u64,
    /// Size of the published tree afterwards.
    pub size: u64,
}

/// Why a step published nothing.
enum NotPublished {
    /// Another signer is at it.
    Held,
    /// An operator has to look.
    Refused(CannotSign),
    /// The disk.
    Anchor(AnchorError),
    /// The database.
    Store(StoreError),
}

impl From<CannotSign> for NotPublished {
    fn from(why: CannotSign) -> Self {
        Self::Refused(why)
    }
}

impl From<AnchorError> for NotPublished {
    fn from(error: AnchorError) -> Self {
        Self::Anchor(error)
    }
}

impl From<StoreError> for NotPublished {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Casework {
    /// Moves what waits into the tree and publishes it; none when there is nothing to do, another sequencer is at it,
    /// or nothing may be signed ([`Casework::log_state`] says why).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sequence_once(&self) -> Result<Option<PublishedHead>, StoreError> {
        let Some(ordered) = self.order_leaves().await? else {
            return Ok(None);
        };
        let log = &self.inner.log;
        if log.published() == Some(ordered.after.size()) && log.state() == LogState::Good {
            return Ok(None);
        }
        let moved = ordered.after.size() - ordered.before.size();
        match self.publish(&ordered).await {
            Ok(size) => {
                log.set_published(Some(size));
                log.set(LogState::Good);
                Ok(Some(PublishedHead { moved, size }).filter(|_| moved > 0))
            }
            Err(NotPublished::Held) => Ok(None),
            Err(NotPublished::Refused(why)) => {
                log.set_published(None);
                log.set(LogState::Stopped(why));
                Ok(None)
            }
            Err(NotPublished::Anchor(error)) => {
                tracing::error!(%error, "a checkpoint could not be anchored, so it was not published; trying again");
                Err(error.into())
            }
            Err(NotPublished::Store(error)) => Err(error),
        }
    }

    /// Signs what continues the anchor, and publishes it.
    async fn publish(&self, ordered: &Ordered) -> Result<u64, NotPublished> {
        let keeping = self.keeping().ok_or(CannotSign::NoAnchor)?;
        let mut held = keeping.anchor.hold()?.ok_or(NotPublished::Held)?;
        let old = held.read()?;
        let work = ReadState {
            origin: self.keys().log.origin().to_owned(),
            anchored: old.as_deref().map(|text| self.anchored(text)).transpose()?,
            ordered: ordered.clone(),
        };
        let anchored = work.anchored.clone();
        let size = anchored.as_ref().map_or(0, |anchored| anchored.tree.size());
        let State { tree, newest } = match self.store().run(Context::Service, work).await {
            // A leaf behind the anchored ones is missing: it is not there again the next time.
            Err(StoreError::DamagedLog) => return Err(CannotSign::Forked { anchored: size }.into()),
            state => state??,
        };
        if let Some(anchored) = anchored
            && newest.as_ref().is_none_or(|newest| newest.size < size)
        {
            // Anchored by a step that ended before it could publish.
            self.publish_note(size, anchored.note).await?;
        }
        if tree.size() > size {
            let new = Anchored {
                note: self.sign_checkpoint(tree.size(), tree.root()),
                tree: tree.clone(),
            };
            let note = new.note.clone();
            held = swap(held, old, new).await?;
            self.publish_note(tree.size(), note).await?;
        }
        drop(held);
        Ok(tree.size())
    }

    /// What the anchor says, if it is this log's.
    pub(crate) fn anchored(&self, text: &str) -> Result<Anchored, CannotSign> {
        let anchored = Anchored::parse(text).map_err(|_| CannotSign::AnchorDamaged)?;
        if anchored.origin() != self.keys().log.origin() {
            return Err(CannotSign::OtherLog {
                anchored: anchored.origin().to_owned(),
            });
        }
        if !anchored.is_signed(&self.own_policy()?) {
            return Err(CannotSign::AnchorDamaged);
        }
        Ok(anchored)
    }

    async fn publish_note(&self, size: u64, note: String) -> Result<(), NotPublished> {
        let checkpoint = StoredCheckpoint { size, note };
        if self
            .publish_checkpoint(self.keys().log.origin(), checkpoint)
            .await?
        {
            self.inner.wake.cosigners.notify_waiters();
            Ok(())
        } else {
            Err(CannotSign::CheckpointDiffers { size }.into())
        }
    }

    /// Publishes a signed and anchored checkpoint; false when another stands in its place.
    pub(crate) async fn publish_checkpoint(
        &self,
        origin: &str,
        checkpoint: StoredCheckpoint,
    ) -> Result<bool, StoreError> {
        let work = PublishCheckpoint {
            origin: origin.to_owned(),
            checkpoint,
        };
        self.store().run(Context::Service, work).await
    }

    /// Commits an order of what waits; none while another sequencer is at it.
    pub(crate) async fn order_leaves(&self) -> Result<Option<Ordered>, StoreError> {
        self.store().run(Context::Service, OrderLeaves).await
    }

    /// Looks whether a leaf has waited longer than was promised, whatever keeps the sequencer from publishing it: a step
    /// that fails, a disk that hangs, another program that holds the sequencer's lock and does nothing with it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn watch_delay_once(&self) -> Result<(), StoreError> {
        // While the clock of a sandbox leaps, a leaf of a moment ago looks as old as the leap is long.
        if self.inner.sandbox_clock.moving_to().is_none() && self.is_log_late().await? {
            self.inner.log.set_late();
        }
        Ok(())
    }

    /// Whether a leaf has waited longer than was promised.
    pub(crate) async fn is_log_late(&self) -> Result<bool, StoreError> {
        let work = OldestUnpublished {
            origin: self.keys().log.origin().to_owned(),
        };
        let oldest = self.store().run(Context::Service, work).await?;
        Ok(oldest.is_some_and(|age| age > PROMISED_WITHIN))
    }
}

/// Writes the anchor in a thread that may wait for the disk.
async fn swap(
    mut held: Box<dyn HeldAnchor>,
    old: Option<String>,
    new: Anchored,
) -> Result<Box<dyn HeldAnchor>, NotPublished> {
    let writing = tokio::task::spawn_blocking(move || {
        held.swap(old.as_deref(), &new.to_text())?;
        Ok(held)
    });
    writing
        .await
        .unwrap_or_else(|_| Err(AnchorError::Io("interrupted".to_owned())))
        .map_err(NotPublished::Anchor)
}

struct OrderLeaves;

impl Work for OrderLeaves {
    const NAME: &'static str = "order_leaves";
    type Role = Log;
    type Output = Option<Ordered>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Option<Ordered>, StoreError> {
        tx.order().await
    }
}

/// Reads the tree that may be signed: the anchored one and the leaves behind it.
struct ReadState {
    origin: String,
    anchored: Option<Anchored>,
    ordered: Ordered,
}

struct State {
    tree: Frontier,
    newest: Option<StoredCheckpoint>,
}

impl Work for ReadState {
    const NAME: &'static str = "read_log_state";
    type Role = Log;
    type Output = Result<State, CannotSign>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Self::Output, StoreError> {
        let stored = &self.ordered.after;
        let mut tree = match &self.anchored {
            Some(anchored) => anchored.tree.clone(),
            None if tx.latest_origin().await?.is_some() => return Ok(Err(CannotSign::AnchorMissing)),
            None => Frontier::new(),
        };
        let anchored = tree.size();
        if stored.size() < anchored {
            return Ok(Err(CannotSign::Behind {
                anchored,
                stored: stored.size(),
            }));
        }
        let newest = tx.latest_checkpoint(&self.origin).await?;
        let beyond = newest.as_ref().filter(|newest| newest.size > anchored);
        if tree == self.ordered.before && beyond.is_none() {
            // The usual case: these very leaves came behind the anchored tree in the step before.
            tree = stored.clone();
        } else {
            if let Some(newest) = beyond {
                // Another signer with an anchor of its own went on; it must have signed this same tree.
                tx.extend(&mut tree, newest.size).await?;
                if !newest.note.starts_with(&checkpoint(&self.origin, &tree)) {
                    return Ok(Err(CannotSign::CheckpointDiffers { size: newest.size }));
                }
            }
            tx.extend(&mut tree, stored.size()).await?;
        }
        if tree != *stored {
            return Ok(Err(CannotSign::Forked { anchored }));
        }
        Ok(Ok(State { tree, newest }))
    }
}

pub(crate) fn checkpoint(origin: &str, tree: &Frontier) -> String {
    let checkpoint = Checkpoint {
        origin: origin.to_owned(),
        size: tree.size(),
        root: tree.root(),
    };
    checkpoint.text()
}

struct PublishCheckpoint {
    origin: String,
    checkpoint: StoredCheckpoint,
}

impl Work for PublishCheckpoint {
    const NAME: &'static str = "publish_checkpoint";
    type Role = Log;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<bool, StoreError> {
        tx.insert_checkpoint(&self.origin, &self.checkpoint).await
    }
}

/// How long the oldest leaf waits that no checkpoint covers, in the tree or before it.
struct OldestUnpublished {
    origin: String,
}

impl Work for OldestUnpublished {
    const NAME: &'static str = "oldest_unpublished";
    type Role = Log;
    type Output = Option<SignedDuration>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Option<SignedDuration>, StoreError> {
        let published = tx
            .latest_checkpoint(&self.origin)
            .await?
            .map_or(0, |newest| newest.size);
        let leaf = match tx.leaf_bytes(published, published + 1).await {
            Ok(leaves) => leaves.into_iter().next(),
            // Not in the tree, so what waits longest still waits for its place.
            Err(StoreError::DamagedLog) => tx.oldest_pending().await?,
            Err(error) => return Err(error),
        };
        let time = leaf.and_then(|leaf| Entry::parse(&leaf).ok());
        Ok(time.map(|entry: Entry| age(tx.now(), entry.time)))
    }
}

fn age(now: Timestamp, then: Timestamp) -> SignedDuration {
    now.duration_since(then)
}
