//! What a process knows of the log that another one orders and signs: it looks, and neither orders nor signs.
//!
//! Whoever answers acts must not promise what cannot be kept. A process that has no sequencer sees for itself, against the
//! anchor, that the database is the one that was signed, and by the published checkpoints that somebody does the work.

use audit_log::tree::Frontier;
use store::{Context, Log, StoreError, Tx, Work};

use crate::Casework;
use crate::anchor::Anchored;
use crate::log_keeping::{CannotSign, LogState};
use crate::sequence_log::checkpoint;

impl Casework {
    /// Looks at the log, whoever keeps it; what is found stands in [`Casework::log_state`]. Waits for no other process.
    ///
    /// # Errors
    /// [`StoreError`], also when the anchor cannot be read.
    pub async fn watch_log_once(&self) -> Result<(), StoreError> {
        let log = &self.inner.log;
        // Whatever keeps the rest from being read.
        self.watch_delay_once().await?;
        match self.compare_with_anchor().await? {
            Err(why) => log.set(LogState::Stopped(why)),
            // While the clock of a sandbox leaps, a leaf of a moment ago looks as old as the leap is long.
            Ok(()) if self.inner.sandbox_clock.moving_to().is_some() => {}
            Ok(()) if self.is_log_late().await? => log.set(LogState::Late),
            Ok(()) => log.set(LogState::Good),
        }
        log.set_faulty(self.scrub_state().await?.fault.is_some());
        if self.inner.processing_file.get().is_some() {
            self.watch_processing_log().await?;
        }
        Ok(())
    }

    /// Whether the database continues the anchor.
    async fn compare_with_anchor(&self) -> Result<Result<(), CannotSign>, StoreError> {
        let Some(keeping) = self.keeping() else {
            return Ok(Err(CannotSign::NoAnchor));
        };
        loop {
            let text = keeping.anchor.look()?;
            let compared = match text.as_deref().map(|text| self.anchored(text)).transpose() {
                Err(why) => Err(why),
                Ok(anchored) => {
                    let work = Compare {
                        origin: self.keys().log.origin().to_owned(),
                        anchored,
                    };
                    self.store().run(Context::Service, work).await?
                }
            };
            // The anchor is read before the database, and somebody may have gone on in between.
            if compared.is_ok() || keeping.anchor.look()? == text {
                return Ok(compared);
            }
        }
    }
}

struct Compare {
    origin: String,
    anchored: Option<Anchored>,
}

impl Work for Compare {
    const NAME: &'static str = "compare_log";
    type Role = Log;
    type Output = Result<(), CannotSign>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Self::Output, StoreError> {
        let mut tree = match &self.anchored {
            Some(anchored) => anchored.tree.clone(),
            None if tx.latest_origin().await?.is_some() => return Ok(Err(CannotSign::AnchorMissing)),
            None => Frontier::new(),
        };
        let anchored = tree.size();
        // The checkpoint before the head: it cannot be beyond it then.
        let newest = tx.latest_checkpoint(&self.origin).await?;
        let stored = tx.head().await?;
        if stored.size() < anchored {
            let stored = stored.size();
            return Ok(Err(CannotSign::Behind { anchored, stored }));
        }
        if let Some(newest) = newest.filter(|newest| newest.size >= anchored) {
            match tx.extend(&mut tree, newest.size).await {
                Err(StoreError::DamagedLog) => return Ok(Err(CannotSign::Forked { anchored })),
                extended => extended?,
            }
            if !newest.note.starts_with(&checkpoint(&self.origin, &tree)) {
                return Ok(Err(CannotSign::CheckpointDiffers { size: newest.size }));
            }
        }
        match tx.extend(&mut tree, stored.size()).await {
            Ok(()) if tree == stored => Ok(Ok(())),
            Ok(()) | Err(StoreError::DamagedLog) => Ok(Err(CannotSign::Forked { anchored })),
            Err(error) => Err(error),
        }
    }
}
