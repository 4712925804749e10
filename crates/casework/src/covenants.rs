//! The covenants of the network, read in one transaction, by key.

use std::collections::{BTreeMap, BTreeSet};

use domain::covenant::Covenant;
use domain::key::{CovenantKey, OrganisationKey};
use store::{Offices, ReadsCovenants, StoreError, Tx};

/// Settings by covenant, with the municipalities that they name.
pub(crate) struct Covenants(BTreeMap<CovenantKey, (Covenant, Offices)>);

impl Covenants {
    /// Reads them all; what is stored was read by the same reader before.
    pub(crate) async fn read<R: ReadsCovenants>(tx: &Tx<'_, R>) -> Result<Self, StoreError> {
        let rows = tx.covenants().await?;
        let read = rows.iter().map(|row| {
            let settings = Covenant::parse(&row.settings);
            let settings = settings.map_err(|_| StoreError::Column { column: "settings" })?;
            Ok((row.key, (settings, row.offices)))
        });
        Ok(Self(read.collect::<Result<_, StoreError>>()?))
    }

    /// One of them.
    pub(crate) fn of(&self, key: CovenantKey) -> Result<&Covenant, StoreError> {
        Ok(&self.both(key)?.0)
    }

    /// Who answers for the rights of families under this covenant. None only until the operator has registered the
    /// municipality that the settings name.
    pub(crate) fn municipality_of(&self, key: CovenantKey) -> Result<Option<OrganisationKey>, StoreError> {
        Ok(self.both(key)?.1.municipality)
    }

    /// Whose follow-up officer sees that parties under this covenant make contact; none as above.
    pub(crate) fn follow_up_officer_of(
        &self,
        key: CovenantKey,
    ) -> Result<Option<OrganisationKey>, StoreError> {
        Ok(self.both(key)?.1.follow_up_officer)
    }

    fn both(&self, key: CovenantKey) -> Result<&(Covenant, Offices), StoreError> {
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
