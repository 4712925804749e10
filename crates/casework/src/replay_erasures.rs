//! After a restore from a backup: what an export says was erased is erased again, before anything is answered.

use audit_log::entry::Entry;
use domain::event::{LogTag, TagKind};
use store::{Context, Erase, StoreError, Tx, Work};

use crate::erase_openings::{self, Erased};
use crate::Casework;

/// So many erasures are replayed in a transaction.
const AT_ONCE: usize = 500;

impl Casework {
    /// Erases the openings of these events again, as far as they are there, and the contacts of signals whose opening
    /// was erased and that have ended. Doing it again does nothing.
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
        self.inner.wake.sequencer.notify_one();
        Ok(erased)
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
