//! The clock of a sandbox.

use domain::event::Event;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, Owner, RowExt, Tx};

statements! {
    Owner NETWORK_KIND = "
        SELECT kind FROM network WHERE id = $1 /* network */";
    // Submissions hold this row while they are in flight, so it is locked before the leaves they write.
    Matcher LOCK_CLOCK = "
        SELECT log_tag FROM network WHERE id = $1 /* network */ AND kind = 'sandbox' FOR NO KEY UPDATE";
    Matcher HOLD_LEAVES = "
        SELECT hold_leaves()";
    Matcher SANDBOX_NOW = "
        SELECT app_now($1 /* network */) AS now";
    // Counted from the time at this moment: what passed since the transaction began is not lost.
    Matcher MOVE_CLOCK = "
        UPDATE network
           SET clock_offset = clock_offset + greatest($2::timestamptz /* to */ - app_now(id), interval '0')
         WHERE id = $1 /* network */ AND kind = 'sandbox'";
}

/// The clock of a sandbox, held: nobody else moves it, and nobody writes a leaf.
pub struct HeldClock {
    /// The network's name in the log.
    pub network_tag: u128,
    /// The sandbox's time at the moment it was held.
    pub now: Timestamp,
}

impl Tx<'_, Owner> {
    /// As what the network was set up: `live`, `sandbox` or `test`; none when it is not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn network_kind(&self) -> Result<Option<String>, StoreError> {
        let row = self.optional(&NETWORK_KIND, &[&self.store().network().0]).await?;
        row.map(|row| row.value("kind")).transpose()
    }
}

impl Tx<'_, Matcher> {
    /// Holds the clock; none where the network is no sandbox.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold_clock(&self) -> Result<Option<HeldClock>, StoreError> {
        let network = self.store().network().0;
        let Some(row) = self.optional(&LOCK_CLOCK, &[&network]).await? else {
            return Ok(None);
        };
        self.one(&HOLD_LEAVES, &[]).await?;
        Ok(Some(HeldClock {
            network_tag: row.tag("log_tag")?,
            now: self.one(&SANDBOX_NOW, &[&network]).await?.value("now")?,
        }))
    }

    /// Moves the clock that is held, only forward. The leaf is written first: it is of the time before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn move_clock(&self, to: Timestamp, event: &Event) -> Result<(), StoreError> {
        self.record(std::slice::from_ref(event)).await?;
        self.change_exactly(&MOVE_CLOCK, 1, &[&self.store().network().0, &to])
            .await
    }
}
