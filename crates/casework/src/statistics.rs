//! Statistics: the audit log is counted as it grows, and a quarter is published once, when it is over.
//!
//! The log is what is counted, because it forgets nothing: a record that was destroyed meanwhile was there all the same,
//! and a supervisor who has the log can count again.

mod count;
mod publish;

use domain::event::Event;
use domain::statistics::{Measure, Quarter};
use protocol::Refused;
use protocol::problem::ProblemType;
use protocol::statistics as wire;
use store::{Party, PublishedCount, PublishedQuarter, StoreError, Tx};

use crate::act::{Failure, Look, Refusable, plainly};
use crate::{Caller, Casework};

/// Why statistics cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatisticsRefusal {
    /// The quarter is not over, or was never counted.
    #[error("that quarter has not been counted")]
    NotCounted,
}

impl Refusable for StatisticsRefusal {
    fn refused(&self) -> Refused {
        plainly(match self {
            Self::NotCounted => ProblemType::NotFound,
        })
    }
}

impl Casework {
    /// What is published of a quarter, or of the last one, as far as the caller answers for it: a municipality for its
    /// covenants, a supervisor for the network.
    ///
    /// # Errors
    /// [`StatisticsRefusal`].
    pub async fn read_statistics(
        &self,
        caller: &Caller,
        quarter: Option<wire::Quarter>,
    ) -> Result<wire::Statistics, Failure<StatisticsRefusal>> {
        let caller_of_statistics = caller.clone();
        self.look(
            caller,
            ReadStatistics {
                caller: caller_of_statistics,
                quarter,
            },
        )
        .await
    }
}

struct ReadStatistics {
    caller: Caller,
    quarter: Option<wire::Quarter>,
}

impl Look for ReadStatistics {
    const NAME: &'static str = "read_statistics";
    type Output = wire::Statistics;
    type Refusal = StatisticsRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<wire::Statistics, Failure<StatisticsRefusal>> {
        let asked = self
            .quarter
            .as_ref()
            .map(|quarter| Quarter::parse(quarter.as_str()));
        let asked = asked.transpose().map_err(|_| StatisticsRefusal::NotCounted)?;
        let PublishedQuarter {
            quarter,
            counted_at,
            counts: published,
        } = tx.published(asked).await?.ok_or(StatisticsRefusal::NotCounted)?;
        let event = Event::StatisticsViewed {
            organisation: self.caller.organisation_id.0,
            client: self.caller.client.as_str().to_owned(),
            quarter,
        };
        tx.record_reading_of_statistics(&event).await?;
        let mut covenants: Vec<wire::CovenantStatistics> = Vec::new();
        let mut network = None;
        for number in &published {
            let counts = match &number.covenant {
                None => network.get_or_insert_with(wire::Counts::default),
                Some(name) => {
                    if covenants.last().is_none_or(|last| last.covenant != *name) {
                        covenants.push(wire::CovenantStatistics {
                            covenant: name.clone(),
                            counts: wire::Counts::default(),
                        });
                    }
                    match covenants.last_mut() {
                        Some(last) => &mut last.counts,
                        None => continue,
                    }
                }
            };
            put(counts, number)?;
        }
        Ok(wire::Statistics {
            quarter: quarter
                .to_string()
                .parse()
                .map_err(|_| StoreError::Column { column: "quarter" })?,
            counted_at,
            covenants,
            network,
        })
    }
}

fn put(counts: &mut wire::Counts, number: &PublishedCount) -> Result<(), StoreError> {
    let unreadable = |column| StoreError::Column { column };
    let measure = Measure::from_slug(&number.measure).map_err(|_| unreadable("measure"))?;
    let count = number.count.map(u64::try_from).transpose();
    *place(counts, measure) = count.map_err(|_| unreadable("count"))?;
    Ok(())
}

fn place(counts: &mut wire::Counts, measure: Measure) -> &mut Option<u64> {
    match measure {
        Measure::Signals => &mut counts.signals,
        Measure::Matches => &mut counts.matches,
        Measure::ContactInTime => &mut counts.contact_in_time,
        Measure::ContactOverdue => &mut counts.contact_overdue,
        Measure::ConsentsAsked => &mut counts.consents_asked,
        Measure::ConsentsGiven => &mut counts.consents_given,
        Measure::ConsentsRefused => &mut counts.consents_refused,
        Measure::ConsentsUnanswered => &mut counts.consents_unanswered,
        Measure::ConsentsWithdrawn => &mut counts.consents_withdrawn,
    }
}
