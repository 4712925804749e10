//! What an operator does to the log itself: adopt an anchor, begin under a new name, add a key, look at the whole.

use audit_log::checkpoint::{Checkpoint, LogSigner};
use audit_log::tree::Frontier;
use domain::event::Event;
use store::{Context, Log, StoreError, StoredCheckpoint, Tx, Work};

use crate::Casework;
use crate::anchor::{AnchorError, Anchored};
use crate::log_keeping::{CannotSign, LogState};

/// Why an operator's act on the log is not done.
#[derive(Debug, thiserror::Error)]
pub enum OperateLogError {
    /// The service signs at this moment.
    #[error("the anchor is held: stop the service first")]
    AnchorHeld,
    /// There is an anchor already.
    #[error("there is an anchor already")]
    AnchorThere,
    /// The checkpoint that was kept is not one of this log.
    #[error("the kept checkpoint was not signed by this log")]
    NotOurCheckpoint,
    /// The checkpoint that was kept says that there was more, or something else.
    #[error(
        "the database does not hold the {kept} entries of the kept checkpoint: it was put back from a backup, or rewritten"
    )]
    NotTheNewest {
        /// How many entries the kept checkpoint is about.
        kept: u64,
    },
    /// Nothing was published yet.
    #[error("nothing was published yet: the first start of the service makes the anchor")]
    NothingPublished,
    /// What was erased since the backup stands in the database again.
    #[error("erasures were not replayed into this database: `trefpunt audit replay-erasures` first")]
    ErasuresNotReplayed,
    /// The log itself.
    #[error(transparent)]
    CannotSign(#[from] CannotSign),
    /// The anchor's disk.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Casework {
    /// Makes the newest published checkpoint the anchor, where there is none. `kept` is the newest checkpoint that somebody
    /// outside kept (a supervisor's bundle, a witness, a backup of the anchor): this database must continue it, else it
    /// is not the newest there was. An older `kept` proves less, so it should be the newest that can be found.
    ///
    /// # Errors
    /// [`OperateLogError`]; [`CannotSign::Forked`] when the leaves are not those of the newest published checkpoint.
    pub async fn adopt_anchor(&self, kept: &str) -> Result<Anchored, OperateLogError> {
        let keeping = self.keeping().ok_or(CannotSign::NoAnchor)?;
        let mut held = keeping.anchor.hold()?.ok_or(OperateLogError::AnchorHeld)?;
        if held.read()?.is_some() {
            return Err(OperateLogError::AnchorThere);
        }
        let kept = Checkpoint::open_without_quorum(kept.as_bytes(), &self.own_policy()?)
            .map_err(|_| OperateLogError::NotOurCheckpoint)?;
        let newest = self
            .latest_checkpoint()
            .await?
            .ok_or(OperateLogError::NothingPublished)?;
        let stored = match newest.size.checked_sub(kept.size) {
            Some(_) => self.tree_of(kept.size).await,
            None => Err(StoreError::DamagedLog),
        };
        match stored {
            Ok(stored) if stored.root() == kept.root => {}
            Ok(_) | Err(StoreError::DamagedLog) => {
                return Err(OperateLogError::NotTheNewest { kept: kept.size });
            }
            Err(error) => return Err(error.into()),
        }
        let tree = self.tree_of(newest.size).await?;
        let anchored = Anchored {
            note: newest.note,
            tree,
        };
        let sound = Anchored::parse(&anchored.to_text()).is_ok() && anchored.is_signed(&self.own_policy()?);
        if !sound {
            return Err(CannotSign::Forked {
                anchored: newest.size,
            }
            .into());
        }
        held.swap(None, &anchored.to_text())?;
        Ok(anchored)
    }

    /// Ends this log and goes on under the name of `next`, with all leaves that are there. Where this log can still be
    /// signed its last leaf says so; the first leaf after those holds its last checkpoint. Gives the old anchor.
    ///
    /// # Errors
    /// [`OperateLogError`].
    pub async fn begin_origin(&self, next: &LogSigner) -> Result<Anchored, OperateLogError> {
        let keeping = self.keeping().ok_or(CannotSign::NoAnchor)?;
        self.sequence_once().await?;
        match self.log_state() {
            LogState::Good => {
                let event = Event::LogClosed {
                    log: self.log_tag(),
                    successor: next.origin().to_owned(),
                };
                self.record_about_log(event).await?;
                self.sequence_once().await?;
            }
            // One that was put back and used since is as long as what was signed, or longer.
            LogState::Stopped(CannotSign::Behind { anchored, .. } | CannotSign::Forked { anchored })
                if !self.erasures_are_replayed(anchored).await? =>
            {
                return Err(OperateLogError::ErasuresNotReplayed);
            }
            // The very reason for a new name: the database is not the one that was signed.
            LogState::Stopped(CannotSign::Behind { .. } | CannotSign::Forked { .. }) | LogState::Late => {}
            LogState::Stopped(why) => return Err(why.into()),
        }
        let mut held = keeping.anchor.hold()?.ok_or(OperateLogError::AnchorHeld)?;
        let text = held.read()?.ok_or(OperateLogError::NothingPublished)?;
        let old = Anchored::parse(&text).map_err(|_| CannotSign::AnchorDamaged)?;
        if !old.is_signed(&self.own_policy()?) {
            return Err(CannotSign::AnchorDamaged.into());
        }
        let event = Event::LogOpened {
            log: crate::log_keeping::log_tag(next.origin()),
            origin: next.origin().to_owned(),
            previous: old.note.clone(),
        };
        self.record_about_log(event).await?;
        let ordered = self.order_leaves().await?.ok_or(OperateLogError::AnchorHeld)?;
        let tree = self
            .store()
            .run(Context::Service, WholeTree { size: None })
            .await?;
        if tree != ordered.after {
            return Err(CannotSign::Forked {
                anchored: old.tree.size(),
            }
            .into());
        }
        let new = Anchored {
            note: next.sign(tree.size(), tree.root()),
            tree,
        };
        held.swap(Some(&text), &new.to_text())?;
        let checkpoint = StoredCheckpoint {
            size: new.tree.size(),
            note: new.note,
        };
        self.publish_checkpoint(next.origin(), checkpoint).await?;
        Ok(old)
    }

    /// Says in the log that checkpoints are signed with a further key from here on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_log_key(&self, key: &LogSigner) -> Result<(), StoreError> {
        let event = Event::LogKeyAdded {
            log: self.log_tag(),
            key: key.verifier().to_string(),
        };
        self.record_about_log(event).await
    }

    /// The newest published checkpoint with the signatures of witnesses under it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn latest_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        let origin = self.keys().log.origin().to_owned();
        self.store().run(Context::Service, Latest { origin }).await
    }

    /// The leaves `from..to`, byte for byte.
    ///
    /// # Errors
    /// [`StoreError::DamagedLog`] when one is missing.
    pub async fn log_leaves(&self, from: u64, to: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        self.store().run(Context::Service, ReadBytes { from, to }).await
    }

    /// The tree of the first leaves, computed from them again.
    async fn tree_of(&self, size: u64) -> Result<Frontier, StoreError> {
        let work = WholeTree { size: Some(size) };
        self.store().run(Context::Service, work).await
    }

    async fn record_about_log(&self, event: Event) -> Result<(), StoreError> {
        self.store().run(Context::Service, RecordAboutLog(event)).await
    }
}

/// Computes the tree again from its leaves.
struct WholeTree {
    size: Option<u64>,
}

impl Work for WholeTree {
    const NAME: &'static str = "whole_tree";
    type Role = Log;
    type Output = Frontier;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Frontier, StoreError> {
        let size = match self.size {
            Some(size) => size,
            None => tx.head().await?.size(),
        };
        let mut tree = Frontier::new();
        tx.extend(&mut tree, size).await?;
        Ok(tree)
    }
}

struct Latest {
    origin: String,
}

impl Work for Latest {
    const NAME: &'static str = "latest_checkpoint";
    type Role = Log;
    type Output = Option<StoredCheckpoint>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Self::Output, StoreError> {
        match tx.latest_checkpoint(&self.origin).await? {
            Some(checkpoint) => tx.with_cosignatures(&self.origin, checkpoint).await.map(Some),
            None => Ok(None),
        }
    }
}

struct ReadBytes {
    from: u64,
    to: u64,
}

impl Work for ReadBytes {
    const NAME: &'static str = "read_leaf_bytes";
    type Role = Log;
    type Output = Vec<Vec<u8>>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Self::Output, StoreError> {
        tx.leaf_bytes(self.from, self.to).await
    }
}

struct RecordAboutLog(Event);

impl Work for RecordAboutLog {
    const NAME: &'static str = "record_about_log";
    type Role = Log;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<(), StoreError> {
        tx.record_about_log(&self.0).await
    }
}
