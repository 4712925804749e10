//! After a restore from a backup: what an export says was erased is erased again, before anything is answered.

use audit_log::entry::Entry;
use domain::event::{LogTag, TagKind};
use store::{Context, Erase, Log, StoreError, Tx, Work};

use crate::Casework;
use crate::erase_openings::{self, Erased};
use crate::log_keeping::{CannotSign, LogState};

/// So many erasures are replayed in a transaction.
const AT_ONCE: usize = 500;

impl Casework {
    /// Erases the openings of these events again, as far as they are there, and the contacts of signals whose opening
    /// was erased and that have ended. Doing it again does nothing. In a database that is older than what was signed, or
    /// was and was used since, it is noted that this was done: the log does not go on there under another name before.
    ///
    /// # Errors
    /// [`StoreError`]; what was erased before stays erased.
    pub async fn replay_erasures(&self, events: &[u128]) -> Result<Erased, StoreError> {
        let mut erased = Erased::default();
        for events in events.chunks(AT_ONCE) {
            let work = ReplayErasures(events.to_vec());
            let replayed = self.store().run(Context::Service, work).await?;
            erased.openings += replayed.openings;
            erased.contacts += replayed.contacts;
            erased.kept += replayed.kept;
        }
        // Tells the log's state; in an older database nothing is signed.
        self.sequence_once().await?;
        if let LogState::Stopped(CannotSign::Behind { anchored, .. } | CannotSign::Forked { anchored }) =
            self.log_state()
        {
            self.store().run(Context::Service, NoteReplay(anchored)).await?;
        }
        Ok(erased)
    }

    /// Whether erasures were replayed into this database, which is not the one of the so many entries that were signed.
    pub(crate) async fn erasures_are_replayed(&self, anchored: u64) -> Result<bool, StoreError> {
        let replayed = self.store().run(Context::Service, ReadReplay).await?;
        Ok(replayed == Some(anchored))
    }
}

struct NoteReplay(u64);

impl Work for NoteReplay {
    const NAME: &'static str = "note_replay";
    type Role = Erase;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Erase>) -> Result<(), StoreError> {
        tx.note_replay(self.0).await
    }
}

struct ReadReplay;

impl Work for ReadReplay {
    const NAME: &'static str = "read_replay";
    type Role = Log;
    type Output = Option<u64>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Option<u64>, StoreError> {
        tx.replayed().await
    }
}

struct ReplayErasures(Vec<u128>);

impl Work for ReplayErasures {
    const NAME: &'static str = "replay_erasures";
    type Role = Erase;
    type Output = Erased;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Erase>) -> Result<Erased, StoreError> {
        // Before the openings go: an erasure that the backup already has must still reach a contact that it has not.
        let mut signals = Vec::new();
        for leaf in tx.leaves_of(&self.0).await? {
            let entry = Entry::parse(&leaf).map_err(StoreError::Leaf)?;
            let tag: LogTag = entry
                .sub
                .parse()
                .map_err(|_| StoreError::Column { column: "leaf" })?;
            if tag.kind == TagKind::Signal {
                signals.push(tag.value);
            }
        }
        let openings = tx.openings_of(&self.0).await?;
        let openings = tx.erase_openings(&openings, erase_openings::erasure).await?;
        let contacts = tx.contacts_of(&signals).await?;
        let (contacts, kept) = erase_openings::wipe(tx, contacts).await?;
        Ok(Erased {
            openings,
            contacts,
            kept,
        })
    }
}
