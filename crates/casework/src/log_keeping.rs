//! What the live log needs from the program beside its key, and how it is at the moment.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use audit_log::checkpoint::LogSigner;
use audit_log::policy::Policy;

use crate::anchor::{Anchor, AnchorError};
use crate::cosign_log::Witness;
use crate::{Casework, Failure};

/// What the live log needs from the program.
pub struct LogKeeping {
    /// Where the newest signed checkpoint is kept, outside the database.
    pub anchor: Arc<dyn Anchor>,
    /// The key before the one that signs, which signs too until every supervisor has the new policy.
    pub previous_key: Option<LogSigner>,
    /// Who is asked to sign that a checkpoint continues the one before.
    pub witnesses: Vec<Arc<dyn Witness>>,
}

/// How the log is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogState {
    /// What is acknowledged is published in time.
    Good,
    /// Something acknowledged more than 60 s ago is not published yet.
    Late,
    /// Nothing is signed until an operator has looked.
    Stopped(CannotSign),
}

/// Why the log must not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotSign {
    /// The program gave no anchor.
    #[error("the log has no anchor in this program")]
    NoAnchor,
    /// Checkpoints were published, but the anchor is gone.
    #[error("checkpoints of this log were published, but its anchor is not there")]
    AnchorMissing,
    /// The anchor is not one, or was not signed with this log's key.
    #[error("the anchor is damaged, or signed with another key")]
    AnchorDamaged,
    /// The anchor is another log's.
    #[error("the anchor is that of the log {anchored}")]
    OtherLog {
        /// Its name.
        anchored: String,
    },
    /// The database holds less than was signed: it was put back from a backup.
    #[error(
        "the database has {stored} entries, but {anchored} were signed: it is older than the published log"
    )]
    Behind {
        /// Entries signed.
        anchored: u64,
        /// Entries there.
        stored: u64,
    },
    /// The tree in the database is not the one that was signed.
    #[error("the entries in the database do not continue the {anchored} entries that were signed")]
    Forked {
        /// Entries signed.
        anchored: u64,
    },
    /// Another checkpoint stands where this log's must.
    #[error("another checkpoint of {size} entries was published by somebody else")]
    CheckpointDiffers {
        /// Its size.
        size: u64,
    },
}

/// The state, shared by everything that asks.
pub(crate) struct Kept {
    keeping: OnceLock<LogKeeping>,
    state: Mutex<LogState>,
    /// Size of the tree that is known to be published.
    published: Mutex<Option<u64>>,
    /// Whether the scrubber found a fault that nobody has dealt with.
    faulty: AtomicBool,
    /// Whether so many lines of the processing log wait that no act may leave another.
    crowded: AtomicBool,
}

impl Kept {
    pub(crate) fn new() -> Self {
        Self {
            keeping: OnceLock::new(),
            state: Mutex::new(LogState::Good),
            published: Mutex::new(None),
            faulty: AtomicBool::new(false),
            crowded: AtomicBool::new(false),
        }
    }

    pub(crate) fn published(&self) -> Option<u64> {
        *self.published.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_published(&self, size: Option<u64>) {
        *self.published.lock().unwrap_or_else(PoisonError::into_inner) = size;
    }

    pub(crate) fn set_faulty(&self, faulty: bool) {
        self.faulty.store(faulty, Ordering::Relaxed);
    }

    pub(crate) fn set_crowded(&self, crowded: bool) {
        if self.crowded.swap(crowded, Ordering::Relaxed) == crowded {
            return;
        }
        if crowded {
            tracing::error!("the processing log is not written: no act is taken until it is");
        } else {
            tracing::info!("the processing log is written again");
        }
    }

    fn is_crowded(&self) -> bool {
        self.crowded.load(Ordering::Relaxed)
    }

    /// Notes how the log is; tells it once, when it changes.
    pub(crate) fn set(&self, new: LogState) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == new {
            return;
        }
        match &new {
            LogState::Good => tracing::info!("the audit log is published in time again"),
            LogState::Late => {
                tracing::error!("the audit log is not published within 60 s: no act is taken until it is")
            }
            LogState::Stopped(why) => tracing::error!(
                %why,
                "the audit log is not signed and no act is taken: run `trefpunt doctor`"
            ),
        }
        *state = new;
    }

    /// Notes that something waits too long, unless an operator has to look anyway.
    pub(crate) fn set_late(&self) {
        if self.state() == LogState::Good {
            self.set(LogState::Late);
        }
    }

    pub(crate) fn state(&self) -> LogState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Casework {
    /// Gives the live log what it needs. Without it leaves are ordered and nothing is signed. Only the first call counts.
    pub fn keep_log(&self, keeping: LogKeeping) {
        // A second call would change the anchor under a signer.
        drop(self.inner.log.keeping.set(keeping));
    }

    /// How the log is.
    pub fn log_state(&self) -> LogState {
        self.inner.log.state()
    }

    /// Whether the log is as it should be: published in time, what is stored is what was signed, and the processing log, where
    /// one is kept, is written.
    pub fn log_is_sound(&self) -> bool {
        let log = &self.inner.log;
        log.state() == LogState::Good && !log.faulty.load(Ordering::Relaxed) && !log.is_crowded()
    }

    pub(crate) fn log_tag(&self) -> u128 {
        log_tag(self.keys().log.origin())
    }

    /// An act that would get a receipt is not taken while the receipt's promise could not be kept.
    pub(crate) fn may_promise<R>(&self) -> Result<(), Failure<R>> {
        match self.log_state() {
            LogState::Good if !self.inner.log.is_crowded() => Ok(()),
            LogState::Good | LogState::Late | LogState::Stopped(_) => Err(Failure::LogStopped),
        }
    }

    pub(crate) fn keeping(&self) -> Option<&LogKeeping> {
        self.inner.log.keeping.get()
    }

    /// The checkpoint of a tree, signed with every key the log has at the moment.
    pub(crate) fn sign_checkpoint(&self, size: u64, root: [u8; 32]) -> String {
        let mut note = self.keys().log.sign(size, root);
        if let Some(previous) = self.keeping().and_then(|keeping| keeping.previous_key.as_ref()) {
            let other = previous.sign(size, root);
            // Both notes have one text; the second's signature comes under the first's.
            if let Some((_, lines)) = other.split_once("\n\n") {
                note.push_str(lines);
            }
        }
        note
    }

    /// The policy file with which this log's checkpoints are verified: every key it has at the moment.
    pub fn log_policy(&self) -> String {
        let previous = self.keeping().and_then(|keeping| keeping.previous_key.as_ref());
        policy_text(&self.keys().log, previous)
    }

    pub(crate) fn own_policy(&self) -> Result<Policy, CannotSign> {
        Policy::parse(self.log_policy().as_bytes()).map_err(|_| CannotSign::AnchorDamaged)
    }
}

/// The name of a log in its own leaves: the first 16 bytes of BLAKE3 over its origin.
pub(crate) fn log_tag(origin: &str) -> u128 {
    let hash = blake3::hash(origin.as_bytes());
    u128::from_be_bytes(hash.as_bytes().first_chunk().copied().unwrap_or_default())
}

/// The policy file that trusts a log under its key, and under the one before while that signs too.
pub fn policy_text(key: &LogSigner, previous: Option<&LogSigner>) -> String {
    let mut logs = vec![key.verifier()];
    logs.extend(previous.map(LogSigner::verifier));
    Policy::text_with(&logs, &[], 0)
}

impl From<AnchorError> for crate::StoreError {
    fn from(_: AnchorError) -> Self {
        Self::Interrupted("anchor")
    }
}
