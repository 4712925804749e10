//! What the log can say about records that were destroyed is erased after them: destroying leaves their names in the log
//! behind, since the role that destroys may not touch openings.

use store::{Context, Erase, StoreError, Tx, Work};

use crate::Casework;
use crate::erase_openings::erasure;

/// At most so many records, and so many openings at a time, share a transaction.
const AT_ONCE: i64 = 200;

impl Casework {
    /// Erases what the log's openings say about records that were destroyed; gives how many records it looked at.
    ///
    /// # Errors
    /// [`StoreError`]; what was not erased stays to be.
    pub(crate) async fn erase_destroyed_once(&self) -> Result<usize, StoreError> {
        self.store().run(Context::Service, EraseDestroyed).await
    }
}

struct EraseDestroyed;

impl Work for EraseDestroyed {
    const NAME: &'static str = "erase_destroyed";
    type Role = Erase;
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Erase>) -> Result<usize, StoreError> {
        let records = tx.take_erasures(AT_ONCE).await?;
        loop {
            let openings = tx.openings_about(&records, AT_ONCE).await?;
            if openings.is_empty() || tx.erase_openings(&openings, erasure).await? == 0 {
                return Ok(records.len());
            }
        }
    }
}
