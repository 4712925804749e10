//! The scrubber: computes the tree again from the leaves, in bounded steps, and raises an alarm when what is stored is
//! not what was signed. The signer looks at new leaves only; what is done to old ones is found here.

use audit_log::checkpoint::{Checkpoint, CheckpointError};
use audit_log::commitment::commit;
use audit_log::entry::Entry;
use audit_log::policy::Policy;
use audit_log::tree::{Frontier, Hash, leaf_hash};
use domain::event::Event;
use store::{Context, Log, ScrubState, StoreError, Tx, Work};

use crate::Casework;
use crate::anchor::Anchored;

/// So many leaves are looked at in one step; a multiple of a tile's 256.
const LEAVES_AT_ONCE: u64 = 2048;

/// The leaves of a tile.
const TILE: usize = 256;

/// What a step of the scrubber came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scrubbed {
    /// Another program is at it.
    Held,
    /// So far all is well; there is more.
    UpTo(u64),
    /// The end was reached and all is well.
    Sound(u64),
    /// What is stored is not what was signed.
    Fault {
        /// What differs.
        fault: String,
        /// From which leaf on.
        from_leaf: u64,
    },
}

impl Casework {
    /// Looks at the next leaves.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scrub_once(&self) -> Result<Scrubbed, StoreError> {
        let policy = self.own_policy().map_err(|_| StoreError::DamagedLog)?;
        let work = ScrubLog {
            casework: self.clone(),
            policy,
            // Read before the database: it cannot be ahead of what is found there.
            anchored: self.anchored_now(),
        };
        let scrubbed = self.store().run(Context::Service, work).await?;
        match &scrubbed {
            Scrubbed::Fault { fault, from_leaf } => {
                self.inner.log.set_faulty(true);
                tracing::error!(
                    fault,
                    from_leaf,
                    "the audit log in the database is not what was signed: run `trefpunt doctor`"
                );
            }
            Scrubbed::Held | Scrubbed::UpTo(_) | Scrubbed::Sound(_) => {}
        }
        Ok(scrubbed)
    }

    /// Looks at everything from the first leaf on; the answer is its last step's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scrub_all(&self) -> Result<Scrubbed, StoreError> {
        self.store()
            .run(Context::Service, Restart { accept: false })
            .await?;
        loop {
            match self.scrub_once().await? {
                Scrubbed::UpTo(_) => {}
                end => return Ok(end),
            }
        }
    }

    /// Ends the alarm about a fault that an operator has dealt with, and begins anew.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn accept_fault(&self) -> Result<(), StoreError> {
        self.store()
            .run(Context::Service, Restart { accept: true })
            .await?;
        self.inner.log.set_faulty(false);
        Ok(())
    }

    /// How far the scrubber is and what it found.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scrub_state(&self) -> Result<ScrubState, StoreError> {
        self.store().run(Context::Service, ReadScrubState).await
    }

    /// What the anchor says, if it can be read at this moment.
    fn anchored_now(&self) -> Option<Anchored> {
        let held = self.keeping()?.anchor.hold().ok()??;
        let text = held.read().ok()??;
        Anchored::parse(&text).ok()
    }
}

struct ScrubLog {
    casework: Casework,
    policy: Policy,
    anchored: Option<Anchored>,
}

/// What differs, from which leaf on.
struct Fault(String, u64);

impl Work for ScrubLog {
    const NAME: &'static str = "scrub_log";
    type Role = Log;
    type Output = Scrubbed;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Scrubbed, StoreError> {
        let Some(mut state) = tx.hold_scrub_state().await? else {
            return Ok(Scrubbed::Held);
        };
        let head = tx.head().await?;
        if state.tree.size() > head.size() || !state.tree.size().is_multiple_of(TILE as u64) {
            state.tree = Frontier::new();
        }
        let to = head.size().min(state.tree.size() + LEAVES_AT_ONCE);
        let looked = match self.look(tx, &mut state.tree, to).await? {
            Ok(()) if to == head.size() => self.look_at_end(tx, &state.tree, &head).await?,
            looked => looked,
        };
        let scrubbed = match looked {
            Err(Fault(fault, from_leaf)) => {
                self.raise(tx, &mut state, &fault, from_leaf).await?;
                Scrubbed::Fault { fault, from_leaf }
            }
            Ok(()) if to == head.size() => {
                state.passes += 1;
                state.passed = Some(tx.now());
                state.tree = Frontier::new();
                Scrubbed::Sound(to)
            }
            Ok(()) => Scrubbed::UpTo(to),
        };
        tx.put_scrub_state(&state).await?;
        Ok(scrubbed)
    }
}

impl ScrubLog {
    /// Appends the leaves up to `to` and compares with everything that is known of the tree on the way.
    async fn look(
        &self,
        tx: &Tx<'_, Log>,
        tree: &mut Frontier,
        to: u64,
    ) -> Result<Result<(), Fault>, StoreError> {
        let from = tree.size();
        let limit = i64::try_from(LEAVES_AT_ONCE).unwrap_or(i64::MAX);
        let rows = match tx.leaves(from, to, limit).await {
            Err(StoreError::Unsealable) => {
                return Ok(Err(Fault(
                    "an opening does not open with the storage key".to_owned(),
                    from,
                )));
            }
            rows => rows?,
        };
        let mut tiles = tx
            .tile_roots(from / TILE as u64, to / TILE as u64)
            .await?
            .into_iter();
        let mut checkpoints = tx.checkpoints_between(from, to).await?.into_iter().peekable();
        let mut tile: Vec<Hash> = Vec::with_capacity(TILE);
        let mut rows = rows.into_iter();
        for index in from..to {
            let fault = |what: &str| Ok(Err(Fault(what.to_owned(), index)));
            let Some(row) = rows.next().filter(|row| row.index == index) else {
                return fault("a leaf is missing");
            };
            let Ok(entry) = Entry::parse(&row.leaf) else {
                return fault("a leaf is not in its form");
            };
            if u128::from_be_bytes(entry.id) != row.event_id {
                return fault("a leaf stands under another event");
            }
            if let Some((salt, data)) = &row.opening
                && entry.commitment != Some(commit(salt, data))
            {
                return fault("an opening is not the one its leaf committed to");
            }
            let hash = leaf_hash(&row.leaf);
            tree.push(hash);
            tile.push(hash);
            if tile.len() == TILE {
                let mut complete = Frontier::new();
                tile.drain(..).for_each(|hash| complete.push(hash));
                let first = index + 1 - TILE as u64;
                if tiles.next() != Some((first / TILE as u64, complete.root())) {
                    return Ok(Err(Fault("the leaves of a tile differ".to_owned(), first)));
                }
            }
            while let Some(checkpoint) = checkpoints.next_if(|checkpoint| checkpoint.size == tree.size()) {
                if !self.agrees(&checkpoint.note, tree) {
                    return Ok(Err(Fault(
                        format!("the leaves differ from the checkpoint of {} entries", tree.size()),
                        from,
                    )));
                }
            }
            if let Some(anchored) = &self.anchored
                && anchored.tree.size() == tree.size()
                && anchored.tree.root() != tree.root()
            {
                return Ok(Err(Fault("the leaves differ from the anchor".to_owned(), from)));
            }
        }
        Ok(Ok(()))
    }

    /// Whether a published checkpoint is about this tree, and what this log's present keys signed is signed. Those of an
    /// earlier name of this log, or signed with an earlier key alone, are compared without: that key may be gone.
    fn agrees(&self, note: &str, tree: &Frontier) -> bool {
        let origin = note.split('\n').next().unwrap_or_default();
        let text = Checkpoint {
            origin: origin.to_owned(),
            size: tree.size(),
            root: tree.root(),
        }
        .text();
        let own = origin == self.casework.keys().log.origin();
        let signed = || match Checkpoint::open(note.as_bytes(), &self.policy) {
            Err(CheckpointError::Malformed(_)) => false,
            Err(error) => error == CheckpointError::NOT_SIGNED,
            Ok(_) => true,
        };
        note.starts_with(&text) && (!own || signed())
    }

    async fn look_at_end(
        &self,
        tx: &Tx<'_, Log>,
        tree: &Frontier,
        head: &Frontier,
    ) -> Result<Result<(), Fault>, StoreError> {
        let fault = |what: &str| Ok(Err(Fault(what.to_owned(), tree.size())));
        if tree != head {
            return fault("the head differs from the leaves");
        }
        if tx.leaves_beyond().await? != 0 {
            return fault("leaves stand outside the tree");
        }
        if let Some(anchored) = &self.anchored
            && anchored.tree.size() > head.size()
        {
            return fault("the tree is smaller than the anchor");
        }
        Ok(Ok(()))
    }

    /// Notes a fault, and says so in the log itself, once.
    async fn raise(
        &self,
        tx: &Tx<'_, Log>,
        state: &mut ScrubState,
        fault: &str,
        from_leaf: u64,
    ) -> Result<(), StoreError> {
        state.tree = Frontier::new();
        let known = state
            .fault
            .as_ref()
            .is_some_and(|(known, at, _)| known == fault && *at == from_leaf);
        if !known {
            state.fault = Some((fault.to_owned(), from_leaf, tx.now()));
            let event = Event::LogFaultFound {
                log: self.casework.log_tag(),
                fault: fault.to_owned(),
                from_leaf,
            };
            tx.record_about_log(&event).await?;
        }
        Ok(())
    }
}

struct Restart {
    accept: bool,
}

impl Work for Restart {
    const NAME: &'static str = "restart_scrubbing";
    type Role = Log;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<(), StoreError> {
        if let Some(mut state) = tx.hold_scrub_state().await? {
            state.tree = Frontier::new();
            if self.accept {
                state.fault = None;
            }
            tx.put_scrub_state(&state).await?;
        }
        Ok(())
    }
}

struct ReadScrubState;

impl Work for ReadScrubState {
    const NAME: &'static str = "read_scrub_state";
    type Role = Log;
    type Output = ScrubState;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<ScrubState, StoreError> {
        tx.scrub_state().await
    }
}
