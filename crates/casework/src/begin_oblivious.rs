//! A network that has a keyholder before it has any child: its tags are of suite 2 from the first one on. One with
//! children is moved by a ceremony of the custodians (`rotate_keys`).

use domain::event::{Event, KeyEpochsOfTags};
use protocol::key_epochs::{KeyholderKey, SignedKeyEpochs};
use store::{Context, Owner, StoreError, Tx, Work};

use crate::{AcceptKeyEpochsError, Casework};

impl Casework {
    /// Accepts the keyholder's list and, in a network whose tags are keyed hashes and that has none yet, begins with the
    /// keyholder's live epoch. Whether it did; else nothing changed but the list.
    ///
    /// # Errors
    /// [`AcceptKeyEpochsError`].
    pub async fn begin_oblivious(
        &self,
        pinned: &KeyholderKey,
        signed: &SignedKeyEpochs,
    ) -> Result<bool, AcceptKeyEpochsError> {
        let list = self.accept_key_epochs(pinned, signed).await?;
        let begin = Begin {
            oprf_epoch: list.live().0,
            log_tag: self.store().random_tag(),
        };
        Ok(self.store().run(Context::Service, begin).await?)
    }
}

struct Begin {
    oprf_epoch: u16,
    log_tag: u128,
}

impl Work for Begin {
    const NAME: &'static str = "begin_oblivious";
    type Role = Owner;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<bool, StoreError> {
        tx.lock_network().await?;
        let Some(from) = tx.tags_before_any().await? else {
            return Ok(false);
        };
        tx.begin_oblivious(self.oprf_epoch, &self.events(from.tag_epoch, tx.now()))
            .await?;
        Ok(true)
    }
}

impl Begin {
    /// A rotation of nothing, which is over as soon as it begins.
    fn events(&self, tag_epoch: u16, now: jiff::Timestamp) -> [Event; 3] {
        let (rotation, children, tags) = (self.log_tag, 0, 0);
        let keys = |suite, oprf_epoch| KeyEpochsOfTags {
            suite,
            oprf_epoch,
            tag_epoch,
        };
        [
            Event::KeysRotationStarted {
                rotation,
                from: keys(1, None),
                to: keys(2, Some(self.oprf_epoch)),
                children,
                tags,
            },
            Event::KeysRotationFlipped {
                rotation,
                until: now,
                children,
                tags,
            },
            Event::KeysRotationFinished {
                rotation,
                children,
                tags,
            },
        ]
    }
}

impl Casework {
    /// Whether the network's tags are keyed hashes and there is none yet: it can begin with a keyholder, and must before
    /// its first signal if it is to have one without a ceremony.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn may_begin_oblivious(&self) -> Result<bool, StoreError> {
        self.store().run(Context::Service, LookBeforeAny).await
    }
}

struct LookBeforeAny;

impl Work for LookBeforeAny {
    const NAME: &'static str = "look_before_any";
    type Role = Owner;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<bool, StoreError> {
        Ok(tx.tags_before_any().await?.is_some())
    }
}
