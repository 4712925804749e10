//! The covenants of the network, read in one transaction, by key.

use std::collections::{BTreeMap, BTreeSet};

use domain::covenant::Covenant;
use domain::key::CovenantKey;
use store::{ReadsCovenants, StoreError, Tx};

/// Settings by covenant.
pub(crate) struct Covenants(BTreeMap<CovenantKey, Covenant>);

impl Covenants {
    /// Reads them all; what is stored was read by the same reader before.
    pub(crate) async fn read<R: ReadsCovenants>(tx: &Tx<'_, R>) -> Result<Self, StoreError> {
        let rows = tx.covenants().await?;
        let read = rows.iter().map(|row| {
            let settings = Covenant::parse(&row.settings);
            let settings = settings.map_err(|_| StoreError::Column { column: "settings" })?;
            Ok((row.key, settings))
        });
        Ok(Self(read.collect::<Result<_, StoreError>>()?))
    }

    /// One of them.
    pub(crate) fn of(&self, key: CovenantKey) -> Result<&Covenant, StoreError> {
        self.0.get(&key).ok_or(StoreError::Column {
            column: "covenant_id",
        })
    }

    /// All keys, in order.
    pub(crate) fn keys(&self) -> Vec<CovenantKey> {
        self.0.keys().copied().collect()
    }

    /// One of them, whichever.
    pub(crate) fn any(&self) -> Result<Vec<Covenant>, StoreError> {
        let one = self.0.keys().next().copied().ok_or(StoreError::Column {
            column: "covenant_id",
        })?;
        Ok(vec![self.of(one)?.clone()])
    }

    /// Those of these keys, each once.
    pub(crate) fn each_of(
        &self,
        keys: impl Iterator<Item = CovenantKey>,
    ) -> Result<Vec<Covenant>, StoreError> {
        let keys: BTreeSet<CovenantKey> = keys.collect();
        keys.into_iter().map(|key| self.of(key).cloned()).collect()
    }
}
