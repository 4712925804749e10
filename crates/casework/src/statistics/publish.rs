//! Publishing a quarter: once it is over for every covenant and all of its leaves were counted.

use domain::key::CovenantKey;
use domain::statistics::{self, Measure, Quarter};
use jiff::{SignedDuration, Timestamp};
use store::{Context, Log, StoreError, Tx, Work};

use crate::Casework;
use crate::covenants::Covenants;

/// How long after its end a quarter is published. Whatever happened in it is in the log by then: a transaction lasts
/// seconds.
const AFTER_ITS_END: SignedDuration = SignedDuration::from_hours(1);

impl Casework {
    /// Publishes the next quarter that is over, if there is one; gives whether there was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn publish_once(&self) -> Result<bool, StoreError> {
        self.store().run(Context::Service, PublishQuarter).await
    }
}

struct PublishQuarter;

impl Work for PublishQuarter {
    const NAME: &'static str = "publish_quarter";
    type Role = Log;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<bool, StoreError> {
        // Also keeps others from counting meanwhile.
        let left = tx.leaves_to_count(1).await?;
        if !left.is_empty() || tx.leaves_pending().await? {
            return Ok(false);
        }
        let covenants = Covenants::read(tx).await?;
        let keys = covenants.keys();
        let over = tx.now().checked_sub(AFTER_ITS_END).unwrap_or(Timestamp::MIN);
        let last = keys
            .iter()
            .map(|key| Ok(Quarter::at(covenants.of(*key)?, over).previous()))
            .collect::<Result<Vec<_>, StoreError>>()?
            .into_iter()
            .min();
        let Some(last) = last else { return Ok(false) };
        let (published, counted) = tx.quarters_at_hand().await?;
        // Without a gap from the first that was counted on; before that there was nothing.
        let first = counted.map_or(last, |counted| counted.min(last));
        let next = published.map_or(first, Quarter::next);
        if next > last {
            return Ok(false);
        }
        publish(tx, next, &keys).await?;
        Ok(true)
    }
}

async fn publish(tx: &Tx<'_, Log>, quarter: Quarter, covenants: &[CovenantKey]) -> Result<(), StoreError> {
    let counted = tx.counts_of_quarter(quarter).await?;
    let mut numbers = Vec::new();
    for measure in Measure::ALL {
        let count = |key: &CovenantKey| counted.get(&(*key, measure.slug().to_owned())).copied();
        let counts: Vec<u64> = covenants
            .iter()
            .map(|key| count(key).unwrap_or_default())
            .collect();
        let published = statistics::publish(&counts);
        let of_covenants = covenants.iter().zip(published.covenants);
        numbers.extend(of_covenants.map(|(key, count)| (Some(*key), measure, count)));
        numbers.push((None, measure, published.network));
    }
    tx.publish_quarter(quarter, &numbers).await
}
