//! The keyholder is told which consents ended before their time. Whoever ends one writes that down in the same transaction;
//! here it is handed over, again and again until the keyholder took it or the record's own time has come. Telling twice
//! changes nothing there.

use jiff::{SignedDuration, Timestamp};
use protocol::gate::{MAX_TOMBSTONES, Tombstone, Tombstones};
use protocol::text::Base64Url;
use store::{Context, Matcher, StoreError, TombstoneRow, Tx, Work};

use crate::Casework;

/// The longest time between two attempts; the first come after 1, 2, 4, ... seconds.
const LONGEST_REST: SignedDuration = SignedDuration::from_secs(60);

/// What waits longer is told to the operator.
const LATE: SignedDuration = SignedDuration::from_secs(60);

/// What the keyholder has yet to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TombstonesWaiting {
    /// How many.
    pub count: u64,
    /// Since when the oldest waits.
    pub since: Option<Timestamp>,
    /// Whether that is so long that an operator has to look.
    pub late: bool,
}

impl Casework {
    /// Hands a set of tombstones to the keyholder; gives how many it took. Without a keyholder there is nothing to do.
    ///
    /// # Errors
    /// [`StoreError`]. That the keyholder does not answer is none: it is told later.
    pub async fn tell_keyholder_once(&self) -> Result<usize, StoreError> {
        let Some(gateway) = &self.inner.gateway else {
            return Ok(0);
        };
        let due = self.store().run(Context::Service, ReadDue).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let told = gateway.push_tombstones(tombstones(&due)).await;
        let took = told.is_ok();
        if let Err(error) = told {
            let waiting = self.tombstones_waiting().await?;
            if waiting.late {
                tracing::error!(%error, waiting = waiting.count, "the keyholder does not take which consents ended; trying again");
            } else {
                tracing::warn!(%error, waiting = waiting.count, "the keyholder is told later which consents ended");
            }
        }
        let told = due.len();
        self.store().run(Context::Service, NoteTold { due, took }).await?;
        Ok(if took { told } else { 0 })
    }

    /// What the keyholder has yet to take.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tombstones_waiting(&self) -> Result<TombstonesWaiting, StoreError> {
        self.store().run(Context::Service, ReadWaiting).await
    }

    /// Lets the keyholder be told everything again: it was put back from a backup. Gives how many tombstones that is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tell_keyholder_again(&self) -> Result<u64, StoreError> {
        self.store().run(Context::Service, TellAgain).await
    }
}

fn tombstones(due: &[TombstoneRow]) -> Tombstones {
    let consents = due.iter().map(|row| Tombstone {
        hash: Base64Url(row.hash),
        ended_at: row.ended_at,
        until: row.until,
    });
    Tombstones {
        consents: consents.collect(),
    }
}

/// How long the keyholder is left alone after so many attempts in vain.
fn rest(attempts: i32) -> SignedDuration {
    let doubled = 1_i64 << attempts.clamp(0, 6);
    SignedDuration::from_secs(doubled).min(LONGEST_REST)
}

struct ReadDue;

impl Work for ReadDue {
    const NAME: &'static str = "due_tombstones";
    type Role = Matcher;
    type Output = Vec<TombstoneRow>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Vec<TombstoneRow>, StoreError> {
        tx.due_tombstones(i64::try_from(MAX_TOMBSTONES).unwrap_or(i64::MAX))
            .await
    }
}

struct NoteTold {
    due: Vec<TombstoneRow>,
    took: bool,
}

impl Work for NoteTold {
    const NAME: &'static str = "note_tombstones";
    type Role = Matcher;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<(), StoreError> {
        let hashes: Vec<[u8; 32]> = self.due.iter().map(|row| row.hash).collect();
        if self.took {
            return tx.tombstones_pushed(&hashes).await;
        }
        // One that comes new does not wait for those that were tried before.
        let attempts = self.due.iter().map(|row| row.attempts).min().unwrap_or(0);
        tx.postpone_tombstones(&hashes, tx.now() + rest(attempts)).await
    }
}

struct ReadWaiting;

impl Work for ReadWaiting {
    const NAME: &'static str = "tombstones_waiting";
    type Role = Matcher;
    type Output = TombstonesWaiting;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<TombstonesWaiting, StoreError> {
        let (count, since) = tx.tombstones_waiting().await?;
        Ok(TombstonesWaiting {
            count: u64::try_from(count).map_err(|_| StoreError::Column { column: "waiting" })?,
            since,
            late: since.is_some_and(|since| tx.now().duration_since(since) > LATE),
        })
    }
}

struct TellAgain;

impl Work for TellAgain {
    const NAME: &'static str = "tell_keyholder_again";
    type Role = Matcher;
    type Output = u64;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<u64, StoreError> {
        tx.push_tombstones_again().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyholder_is_left_alone_for_longer_and_longer_but_never_for_long() {
        let rests: Vec<i64> = (0..9).map(|attempts| rest(attempts).as_secs()).collect();
        assert_eq!(rests, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(rest(i32::MAX), LONGEST_REST);
    }
}
