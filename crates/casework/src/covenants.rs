//! The covenants of the network, read in one transaction, by key.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use domain::covenant::Covenant;
use domain::key::CovenantKey;
use store::{ReadsCovenants, StoreError, Tx};

/// Settings by covenant.
pub(crate) struct Covenants(BTreeMap<CovenantKey, Arc<Covenant>>);

/// What texts say, so that each is read once as long as it is not changed: a text never says anything else.
static READ: LazyLock<Mutex<HashMap<String, Arc<Covenant>>>> = LazyLock::new(Mutex::default);

/// So many texts are remembered; a region has few covenants.
const REMEMBERED: usize = 256;

/// What settings say that were stored, and read by the same reader before.
fn settings(text: &str) -> Result<Arc<Covenant>, StoreError> {
    let known = || READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(covenant) = known().get(text) {
        return Ok(Arc::clone(covenant));
    }
    let covenant = Covenant::parse(text).map_err(|_| StoreError::Column { column: "settings" })?;
    let covenant = Arc::new(covenant);
    let mut known = known();
    if known.len() >= REMEMBERED {
        known.clear();
    }
    known.insert(text.to_owned(), Arc::clone(&covenant));
    Ok(covenant)
}

impl Covenants {
    /// Reads them all; what is stored was read by the same reader before.
    pub(crate) async fn read<R: ReadsCovenants>(tx: &Tx<'_, R>) -> Result<Self, StoreError> {
        let rows = tx.covenants().await?;
        let read = rows.iter().map(|row| Ok((row.key, settings(&row.settings)?)));
        Ok(Self(read.collect::<Result<_, StoreError>>()?))
    }

    /// One of them.
    pub(crate) fn of(&self, key: CovenantKey) -> Result<&Covenant, StoreError> {
        self.0.get(&key).map(Arc::as_ref).ok_or(StoreError::Column {
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
