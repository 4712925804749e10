//! Epochs of the partners' key: another is added, an old one ends, and what was made with it is destroyed.
//!
//! The service cannot make tokens of a new epoch; only partners can. So for as long as two epochs are live every signal
//! carries a token of each, and partners send those of the new one for the signals they have.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::event::Event;
use jiff::{SignedDuration, Timestamp};
use store::{Context, EndedEpoch, Matcher, NetEpoch, Owner, StoreError, Tx, Work};

use crate::Casework;

/// How long partners have to send tokens of the new epoch when the key of the old one fell into wrong hands.
const AFTER_COMPROMISE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Tags of so many children are destroyed in one transaction.
const CHILDREN_AT_ONCE: i64 = 2_000;

/// How far the destruction of an ended epoch's tags is; a program that starts anew begins from the first child.
#[derive(Default)]
pub(crate) struct Progress(AtomicI64);

/// Why an epoch cannot be added or ended.
#[derive(Debug, thiserror::Error)]
pub enum NetworkEpochError {
    /// There is or was an epoch of this number, or a later one.
    #[error("the number of a new epoch must be above all that were ever used")]
    NumberUsed,
    /// The same key as in another epoch.
    #[error("this key-check value is that of another epoch")]
    SameKey,
    /// There is no such epoch, or it has ended.
    #[error("there is no such epoch, or it has ended")]
    NoSuchEpoch,
    /// It would be the last.
    #[error("it is the only live epoch: add another first")]
    LastLive,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Casework {
    /// Adds a live epoch of the partners' key: from now on every signal carries a token of it too.
    ///
    /// # Errors
    /// [`NetworkEpochError`].
    pub async fn add_network_epoch(
        &self,
        net_epoch: u16,
        key_check: [u8; 16],
    ) -> Result<(), NetworkEpochError> {
        let work = AddEpoch { net_epoch, key_check };
        self.store().run(Context::Service, work).await?;
        self.keys_changed().await
    }

    /// Lets an epoch of the partners' key end at `until`, or, when its key fell into wrong hands, 30 days from now at the
    /// latest. From then on its tokens are refused and its tags destroyed. Gives when.
    ///
    /// # Errors
    /// [`NetworkEpochError`].
    pub async fn end_network_epoch(
        &self,
        net_epoch: u16,
        compromised: bool,
        until: Option<Timestamp>,
    ) -> Result<Timestamp, NetworkEpochError> {
        let work = EndEpoch {
            net_epoch,
            compromised,
            until,
        };
        let until = self.store().run(Context::Service, work).await?;
        self.keys_changed().await?;
        Ok(until)
    }

    async fn keys_changed(&self) -> Result<(), NetworkEpochError> {
        self.read_keys().await?;
        self.inner.wake.sequencer.notify_one();
        Ok(())
    }

    /// Destroys a batch of tags of an epoch whose time is over; gives whether there was something to do.
    ///
    /// # Errors
    /// [`StoreError`]; it goes on where it was.
    pub async fn destroy_ended_epoch_once(&self) -> Result<bool, StoreError> {
        let progress = &self.inner.ended_epochs.0;
        let work = DestroyTags {
            after: progress.load(Ordering::Relaxed),
        };
        match self.store().run(Context::Service, work).await? {
            Destroyed::Nothing => Ok(false),
            Destroyed::UpTo(child) => {
                progress.store(child, Ordering::Relaxed);
                Ok(true)
            }
            Destroyed::All => {
                progress.store(0, Ordering::Relaxed);
                self.read_keys().await?;
                Ok(true)
            }
        }
    }
}

struct AddEpoch {
    net_epoch: u16,
    key_check: [u8; 16],
}

impl Work for AddEpoch {
    const NAME: &'static str = "add_network_epoch";
    type Role = Owner;
    type Output = ();
    type Error = NetworkEpochError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<(), NetworkEpochError> {
        let network = tx.lock_network().await?;
        let epochs = tx.network_epochs().await?;
        if epochs.iter().any(|(epoch, _)| epoch.number >= self.net_epoch) {
            return Err(NetworkEpochError::NumberUsed);
        }
        if epochs.iter().any(|(epoch, _)| epoch.key_check == self.key_check) {
            return Err(NetworkEpochError::SameKey);
        }
        let event = Event::NetworkEpochAdded {
            network,
            net_epoch: self.net_epoch,
        };
        tx.insert_network_epoch(self.net_epoch, &self.key_check, &event)
            .await?;
        Ok(())
    }
}

struct EndEpoch {
    net_epoch: u16,
    compromised: bool,
    until: Option<Timestamp>,
}

impl Work for EndEpoch {
    const NAME: &'static str = "end_network_epoch";
    type Role = Owner;
    type Output = Timestamp;
    type Error = NetworkEpochError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Timestamp, NetworkEpochError> {
        let network = tx.lock_network().await?;
        let epochs: Vec<NetEpoch> = tx
            .network_epochs()
            .await?
            .into_iter()
            .filter(|(_, state)| state != "ended")
            .map(|(epoch, _)| epoch)
            .collect();
        if !epochs.iter().any(|epoch| epoch.number == self.net_epoch) {
            return Err(NetworkEpochError::NoSuchEpoch);
        }
        let other = |epoch: &&NetEpoch| epoch.number != self.net_epoch && epoch.until.is_none();
        if epochs.iter().find(other).is_none() {
            return Err(NetworkEpochError::LastLive);
        }
        let after_compromise = tx
            .now()
            .checked_add(AFTER_COMPROMISE)
            .map_err(|_| StoreError::Column { column: "until" })?;
        let until = match (self.compromised, self.until) {
            (false, None) => tx.now(),
            (false, Some(until)) => until,
            (true, None) => after_compromise,
            (true, Some(until)) => until.min(after_compromise),
        };
        let event = Event::NetworkEpochEnded {
            network,
            net_epoch: self.net_epoch,
            compromised: self.compromised,
            until,
        };
        tx.end_network_epoch(self.net_epoch, self.compromised, until, &event)
            .await?;
        Ok(until)
    }
}

enum Destroyed {
    Nothing,
    UpTo(i64),
    All,
}

struct DestroyTags {
    after: i64,
}

impl Work for DestroyTags {
    const NAME: &'static str = "destroy_ended_epoch";
    type Role = Matcher;
    type Output = Destroyed;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Destroyed, StoreError> {
        let Some(ended) = tx.epochs_to_end().await?.into_iter().next() else {
            return Ok(Destroyed::Nothing);
        };
        let destroy = async |after| tx.destroy_tags(ended.number, after, CHILDREN_AT_ONCE).await;
        if let Some((child, _)) = destroy(self.after).await? {
            return Ok(Destroyed::UpTo(child));
        }
        // From the first child once more, and with the keys held: a submission that was under way when its time came is
        // through then, and may have left one.
        tx.hold_network().await?;
        if let Some((child, _)) = destroy(0).await? {
            return Ok(Destroyed::UpTo(child));
        }
        // Shared tags have no place among the children: batch after batch, here where no submission is under way.
        if tx.destroy_shared_tags(ended.number, CHILDREN_AT_ONCE).await? > 0 {
            return Ok(Destroyed::UpTo(0));
        }
        tx.epoch_is_over(ended.number, &over(&ended)).await?;
        Ok(Destroyed::All)
    }
}

fn over(ended: &EndedEpoch) -> Event {
    Event::NetworkEpochDestroyed {
        network: ended.network_tag,
        net_epoch: ended.number,
        compromised: ended.compromised,
        tags: ended.destroyed,
    }
}
