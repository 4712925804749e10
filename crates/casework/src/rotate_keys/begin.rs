//! Prepare: what is asked is weighed and checked, then stands in the database.

use std::time::Duration;

use domain::event::{Event, KeyEpochsOfTags};
use identifiers::voprf::Delta;
use protocol::key_epochs::{EpochState, KeyEpochs, SignedKeyEpochs};
use protocol::rotation::{CeremonySecret, RotationRequest};
use store::{Context, LiveKeys, NewRotation, Owner, Rotation, StoreError, TagKeys, Tx, Work};
use zeroize::Zeroizing;

use super::keyholder::CeremonyKeyholder;
use super::{Ceremony, Change, PinnedKeyholder, RotateKeysError, Step};
use crate::lift::ChanceRng;

/// How often a keyholder is asked whether it prepared a key, and how long after another.
const LOOKS: usize = 7;
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

impl Ceremony {
    /// The rotation that is under way.
    pub(super) async fn rotation(&self) -> Result<Option<Rotation>, RotateKeysError> {
        Ok(self.casework.store().run(Context::Service, ReadRotation).await?)
    }

    pub(super) async fn live_keys(&self) -> Result<LiveKeys, RotateKeysError> {
        let keys = self.casework.store().run(Context::Service, ReadKeys).await?;
        keys.ok_or(RotateKeysError::NoNetwork)
    }

    /// Another time of grace is for networks that are not live.
    pub(super) async fn check_grace(&self) -> Result<(), RotateKeysError> {
        if self.settings.grace.is_some() && self.live_keys().await?.kind == "live" {
            return Err(RotateKeysError::GraceIsFixed);
        }
        Ok(())
    }

    /// Checks everything that can be checked, and only then begins.
    pub(super) async fn begin(
        &self,
        change: Change,
        tell: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<Rotation, RotateKeysError> {
        if change == Change::default() {
            return Err(RotateKeysError::NothingToDo);
        }
        self.check_grace().await?;
        let from = self.live_keys().await?.keys;
        let (to, delta) = self.plan(change, from).await?;
        tell(Step::Checked);

        // Counted before: it lasts longer than the moment for which everybody waits.
        let counts = self.casework.store().run(Context::Service, Count).await?;
        let work = Begin {
            rotation: NewRotation {
                from,
                to,
                delta,
                children: counts.children,
                log_tag: self.casework.store().random_tag(),
            },
            tags: counts.tags,
        };
        self.casework.store().run(Context::Service, work).await?;
        tell(Step::Begun);
        self.rotation().await?.ok_or(RotateKeysError::OtherProcess)
    }

    /// Of a rotation that goes on: that its quotient, from the database, still leads where the list says.
    pub(super) async fn check_delta(&self, rotation: &Rotation) -> Result<(), RotateKeysError> {
        let (Some(delta), Some(from), Some(to)) =
            (&rotation.delta, rotation.from.oprf_epoch, rotation.to.oprf_epoch)
        else {
            return Ok(());
        };
        if leads(&self.list().await?, from, to, delta) {
            Ok(())
        } else {
            Err(RotateKeysError::WrongDelta)
        }
    }

    /// Where it leads, and the quotient that leads there.
    async fn plan(
        &self,
        change: Change,
        from: TagKeys,
    ) -> Result<(TagKeys, Option<Zeroizing<[u8; 32]>>), RotateKeysError> {
        let mut to = from;
        if change.tag {
            let next = from.tag_epoch.checked_add(1);
            to.tag_epoch = next.ok_or(RotateKeysError::NoFurtherEpoch)?;
        }
        match (change.keyholder, change.to_suite_2, from.oprf_epoch) {
            (false, false, _) => Ok((to, None)),
            (true, true, _) => Err(RotateKeysError::BothAtOnce),
            (true, false, None) => Err(RotateKeysError::NotOblivious),
            (false, true, Some(_)) => Err(RotateKeysError::AlreadyOblivious),
            (false, true, None) => {
                let list = self.list().await?;
                to.suite = 2;
                to.oprf_epoch = Some(list.live().0);
                Ok((to, None))
            }
            (true, false, Some(live)) => {
                let (next, delta) = self.fetch_delta(live).await?;
                to.oprf_epoch = Some(next);
                Ok((to, Some(delta)))
            }
        }
    }

    pub(super) fn keyholder(&self) -> Result<&dyn CeremonyKeyholder, RotateKeysError> {
        Ok(&*self.pinned()?.connection)
    }

    pub(super) fn pinned(&self) -> Result<&PinnedKeyholder, RotateKeysError> {
        let keyholder = self.settings.keyholder.as_ref();
        keyholder.ok_or(RotateKeysError::NoKeyholder)
    }

    /// The keyholder's list of this moment, accepted.
    pub(super) async fn list(&self) -> Result<KeyEpochs, RotateKeysError> {
        let signed = self.keyholder()?.key_epochs().await?;
        self.accept(&signed).await
    }

    /// A list whose signature holds and that begins with the one accepted before; a leaf says so.
    pub(super) async fn accept(&self, signed: &SignedKeyEpochs) -> Result<KeyEpochs, RotateKeysError> {
        let pinned = &self.pinned()?.key;
        Ok(self.casework.accept_key_epochs(pinned, signed).await?)
    }

    /// The epoch that the keyholder's operator prepared. Its doors show a new list within seconds, so one that was
    /// prepared just now is waited for.
    async fn prepared_epoch(&self, live: u16) -> Result<u16, RotateKeysError> {
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
            let list = self.list().await?;
            if list.live().0 != live {
                return Err(RotateKeysError::OtherEpoch {
                    keyholder: list.live().0,
                    network: live,
                });
            }
            let mut epochs = list.entries().iter().map(|entry| entry.epoch);
            if let Some(prepared) = epochs.rfind(|epoch| list.state(*epoch) == Some(EpochState::Introduced)) {
                return Ok(prepared);
            }
        }
        Err(RotateKeysError::NotPrepared)
    }

    /// Fetches the quotient of the keyholder's next key and its live one, sealed to a key that is drawn for it.
    async fn fetch_delta(&self, live: u16) -> Result<(u16, Zeroizing<[u8; 32]>), RotateKeysError> {
        let to_epoch = self.prepared_epoch(live).await?;
        let secret = CeremonySecret::generate(&mut ChanceRng(self.casework.store().chance()));
        let request = RotationRequest {
            to_epoch,
            ceremony_key: secret.public().map_err(|_| RotateKeysError::WrongDelta)?,
        };
        let answer = self.keyholder()?.begin_rotation(request).await?;
        // What it says of itself is believed only as far as its signed list goes.
        let list = self.accept(&answer.key_epochs).await?;
        if (answer.from_epoch, answer.to_epoch) != (live, to_epoch) {
            return Err(RotateKeysError::WrongDelta);
        }
        let delta = secret.open(&answer).map_err(|_| RotateKeysError::WrongDelta)?;
        if !leads(&list, live, to_epoch, &delta) {
            return Err(RotateKeysError::WrongDelta);
        }
        Ok((to_epoch, delta))
    }
}

/// `delta * pk1 == pk1'`, by the keyholder's own signed list.
fn leads(list: &KeyEpochs, from: u16, to: u16, delta: &[u8; 32]) -> bool {
    let (Some(from), Some(to)) = (list.public_key(from), list.public_key(to)) else {
        return false;
    };
    Delta::from_bytes(delta).is_ok_and(|delta| delta.links(from, to))
}

struct ReadRotation;

impl Work for ReadRotation {
    const NAME: &'static str = "read_rotation";
    type Role = Owner;
    type Output = Option<Rotation>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Option<Rotation>, StoreError> {
        tx.rotation().await
    }
}

struct ReadKeys;

impl Work for ReadKeys {
    const NAME: &'static str = "read_live_keys";
    type Role = Owner;
    type Output = Option<LiveKeys>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Option<LiveKeys>, StoreError> {
        tx.live_keys().await
    }
}

/// How many children and tags there are.
pub(super) struct Counts {
    pub(super) children: u64,
    pub(super) tags: u64,
}

pub(super) struct Count;

impl Work for Count {
    const NAME: &'static str = "count_tags";
    type Role = Owner;
    type Output = Counts;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Counts, StoreError> {
        Ok(Counts {
            children: tx.count_children().await?,
            tags: tx.count_tags().await?.iter().map(|count| count.tags).sum(),
        })
    }
}

struct Begin {
    rotation: NewRotation,
    tags: u64,
}

impl Work for Begin {
    const NAME: &'static str = "begin_rotation";
    type Role = Owner;
    type Output = ();
    type Error = RotateKeysError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<(), RotateKeysError> {
        tx.lock_network().await?;
        // What was checked must be what is.
        let live = tx.live_keys().await?.ok_or(RotateKeysError::NoNetwork)?;
        if live.keys != self.rotation.from || tx.rotation().await?.is_some() {
            return Err(RotateKeysError::OtherProcess);
        }
        let event = Event::KeysRotationStarted {
            rotation: self.rotation.log_tag,
            from: told(self.rotation.from),
            to: told(self.rotation.to),
            children: self.rotation.children,
            tags: self.tags,
        };
        Ok(tx.begin_rotation(&self.rotation, &event).await?)
    }
}

fn told(keys: TagKeys) -> KeyEpochsOfTags {
    KeyEpochsOfTags {
        suite: keys.suite,
        oprf_epoch: keys.oprf_epoch,
        tag_epoch: keys.tag_epoch,
    }
}
