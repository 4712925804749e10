//! Children of nobody, in a test network, to measure rotations with.

use identifiers::tag::{self, Suite, TagKey};
use identifiers::{Kind, Token};
use store::{Context, LiveKeys, Owner, StoreError, TagKeys, Tx, Work};

use super::RotateKeysError;
use crate::Casework;
use crate::lift::Binding;

impl Casework {
    /// Stores a child with a tag for each token of the live keys, as a submission would, but for signals.
    ///
    /// # Errors
    /// [`RotateKeysError::NotATest`] in a network of another kind.
    pub async fn store_sample(&self, tokens: &[Token]) -> Result<(), RotateKeysError> {
        let live = self.store().run(Context::Service, ReadTestKeys).await?;
        let LiveKeys { keys, .. } = live.ok_or(RotateKeysError::NotATest)?;
        let suite = Suite::try_from(keys.suite).map_err(|_| StoreError::Column { column: "suite" })?;
        let key = TagKey::derive(&self.keys().master, keys.tag_epoch);
        let sealer = self.sealer().await?;
        let binding = Binding {
            suite: keys.suite,
            kind: Kind::Bsn.code(),
            net_epoch: 1,
            oprf_epoch: keys.oprf_epoch.unwrap_or(0),
            tag_epoch: keys.tag_epoch,
        };
        let sample = tokens.iter().map(|token| {
            let tag = *tag::tag(&key, suite, Kind::Bsn, token).as_bytes();
            (tag, sealer.seal(token, binding).to_vec())
        });
        let work = StoreSample {
            keys,
            sample: sample.collect(),
        };
        Ok(self.store().run(Context::Service, work).await?)
    }
}

struct ReadTestKeys;

impl Work for ReadTestKeys {
    const NAME: &'static str = "read_test_keys";
    type Role = Owner;
    type Output = Option<LiveKeys>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Option<LiveKeys>, StoreError> {
        Ok(tx.live_keys().await?.filter(|live| live.kind == "test"))
    }
}

struct StoreSample {
    keys: TagKeys,
    sample: Vec<([u8; 32], Vec<u8>)>,
}

impl Work for StoreSample {
    const NAME: &'static str = "store_sample";
    type Role = Owner;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<(), StoreError> {
        tx.insert_sample(self.keys, &self.sample).await
    }
}
