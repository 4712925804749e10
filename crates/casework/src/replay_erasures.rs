//! After a restore from a backup: what exports say was erased, destroyed or taken back is so again, before anything is
//! answered.

use std::ops::Range;

use audit_log::bundle::EndedForGood;
use audit_log::entry::Entry;
use domain::event::{LogTag, TagKind};
use domain::key::{ConsentKey, SignalKey};
use domain::signal::{DestroyReason, Ending};
use store::{Context, Erase, Log, Matcher, StoreError, Tx, Work};

use crate::Casework;
use crate::content::content_destroyed;
use crate::erase_openings::{self, Erased};
use crate::log_keeping::{CannotSign, LogState};
use crate::signal_life::end_signals;
use crate::supersede::end_early;

/// So many erasures are replayed in a transaction.
const AT_ONCE: usize = 500;

/// How much that a backup brought back is gone again.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct EndedAgain {
    /// Signals destroyed.
    pub signals: usize,
    /// Consents ended, with what was sealed under them.
    pub consents: usize,
    /// Messages and attachments whose content was destroyed or acknowledged otherwise.
    pub contents: usize,
}

impl Casework {
    /// Destroys the signals again that exports say were destroyed, ends the consents that were taken back (here as `expired`,
    /// since who took them back is not known to this database) and destroys the content that was destroyed, or was left to
    /// its recipient alone. Doing it again does nothing.
    ///
    /// # Errors
    /// [`StoreError`]; what was ended before stays ended.
    pub async fn replay_endings(&self, ended: &EndedForGood) -> Result<EndedAgain, StoreError> {
        let mut again = EndedAgain::default();
        for tags in ended.withdrawn.chunks(AT_ONCE) {
            let tags = tags.iter().copied().map(u128::from_be_bytes).collect();
            for key in self.store().run(Context::Service, FindConsents(tags)).await? {
                self.store().run(Context::Service, EndEarly(key)).await?;
                again.consents += 1;
            }
        }
        for destroyed in ended.destroyed.chunks(AT_ONCE) {
            let destroyed = destroyed.iter().map(|(tag, reason)| {
                let reason = DestroyReason::from_slug(reason).map_err(|_| StoreError::DamagedLog)?;
                Ok((u128::from_be_bytes(*tag), reason))
            });
            let find = FindSignals(destroyed.collect::<Result<_, StoreError>>()?);
            for (key, reason) in self.store().run(Context::Service, find).await? {
                self.store()
                    .run(Context::Service, DestroyAgain(key, reason))
                    .await?;
                again.signals += 1;
            }
        }
        for tags in ended.contents.chunks(AT_ONCE) {
            let tags = tags.iter().copied().map(u128::from_be_bytes).collect();
            again.contents += self.store().run(Context::Service, DestroyContents(tags)).await?;
        }
        Ok(again)
    }

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
        self.sequence_once().await?;
        if let LogState::Stopped(CannotSign::Behind { anchored, .. } | CannotSign::Forked { anchored }) =
            self.log_state()
        {
            self.store().run(Context::Service, NoteReplay(anchored)).await?;
        }
        Ok(erased)
    }

    /// How many entries were signed that neither this database has nor exports of these entries tell of: what was erased,
    /// destroyed or taken back in them nobody can do again. Zero in a database that is not older than what was signed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn entries_untold(&self, told: &[Range<u64>]) -> Result<u64, StoreError> {
        // Tells the log's state; in an older database nothing is signed.
        self.sequence_once().await?;
        Ok(match self.log_state() {
            LogState::Stopped(CannotSign::Behind { anchored, stored }) => untold(stored..anchored, told),
            // Where the two part is not known: whoever has the first of these exports had all before it.
            LogState::Stopped(CannotSign::Forked { anchored }) => {
                let first = told.iter().map(|told| told.start).min().unwrap_or(0);
                untold(first..anchored, told)
            }
            _ => 0,
        })
    }

    /// Whether erasures were replayed into this database, which is not the one of the so many entries that were signed.
    pub(crate) async fn erasures_are_replayed(&self, anchored: u64) -> Result<bool, StoreError> {
        let replayed = self.store().run(Context::Service, ReadReplay).await?;
        Ok(replayed == Some(anchored))
    }
}

/// How many of these entries are in none of the others.
fn untold(entries: Range<u64>, told: &[Range<u64>]) -> u64 {
    let mut told = told.to_vec();
    told.sort_unstable_by_key(|told| told.start);
    let (mut untold, mut next) = (0, entries.start);
    for told in told {
        untold += told.start.min(entries.end).saturating_sub(next);
        next = next.max(told.end);
    }
    untold + entries.end.saturating_sub(next)
}

struct FindConsents(Vec<u128>);

impl Work for FindConsents {
    const NAME: &'static str = "find_consents_by_tags";
    type Role = Matcher;
    type Output = Vec<ConsentKey>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Vec<ConsentKey>, StoreError> {
        tx.standing_by_tags(&self.0).await
    }
}

struct EndEarly(ConsentKey);

impl Work for EndEarly {
    const NAME: &'static str = "end_consent_again";
    type Role = Matcher;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<(), StoreError> {
        end_early(tx, self.0).await
    }
}

struct FindSignals(Vec<(u128, DestroyReason)>);

impl Work for FindSignals {
    const NAME: &'static str = "find_signals_by_tags";
    type Role = Matcher;
    type Output = Vec<(SignalKey, DestroyReason)>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Self::Output, StoreError> {
        let tags: Vec<u128> = self.0.iter().map(|(tag, _)| *tag).collect();
        let found = tx.signals_by_tags(&tags).await?;
        let with_reason = found.into_iter().filter_map(|(key, tag)| {
            let (_, reason) = self.0.iter().find(|(destroyed, _)| *destroyed == tag)?;
            Some((key, *reason))
        });
        Ok(with_reason.collect())
    }
}

struct DestroyAgain(SignalKey, DestroyReason);

impl Work for DestroyAgain {
    const NAME: &'static str = "destroy_signal_again";
    type Role = Matcher;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<(), StoreError> {
        end_signals(tx, &[(self.0, Ending::Destroyed(self.1))]).await
    }
}

struct DestroyContents(Vec<u128>);

impl Work for DestroyContents {
    const NAME: &'static str = "destroy_contents_again";
    type Role = Matcher;
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<usize, StoreError> {
        tx.destroy_content_by_tag(&self.0, content_destroyed).await
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "one export is a list of one")]
    fn entries_are_told_of_by_any_export_or_by_none() {
        for (told, missing) in [
            (&[][..], 10),
            (&[0..30], 0),
            (&[0..18], 2),
            (&[0..8, 8..14], 6),
            (&[14..20, 10..12], 2),
            (&[15..17, 0..12, 11..13], 5),
            (&[25..30], 10),
        ] {
            assert_eq!(untold(10..20, told), missing, "{told:?}");
        }
        assert_eq!(untold(10..10, &[]), 0);
    }
}
