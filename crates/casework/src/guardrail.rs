//! How many signals an organisation may give in an hour of the clock: who sends its whole list of clients is stopped,
//! and the supervisor learns of it.
//!
//! Only the organisation's own history counts, so being stopped says nothing about any child. What it has on record
//! already is answered as ever and does not count, unless the hour is full.

use std::collections::BTreeMap;

use domain::event::{Event, OrganisationTag};
use domain::guardrail;
use domain::key::OrganisationKey;
use store::{StoreError, Submit, Tx};

/// The hours of the organisations in a batch of submissions.
pub(crate) struct Guardrail {
    hours: BTreeMap<OrganisationKey, Hour>,
}

#[derive(Default)]
struct Hour {
    given: u32,
    /// Weighed in this batch, and maybe new.
    taken: u32,
    /// New in this batch.
    new: u32,
    /// Who was stopped, at how many.
    exceeded: Option<(OrganisationTag, u32)>,
}

impl Guardrail {
    /// Holds the hours of these organisations: what another process takes for one of them waits.
    pub(crate) async fn hold(
        tx: &Tx<'_, Submit>,
        organisations: impl Iterator<Item = OrganisationKey>,
    ) -> Result<Self, StoreError> {
        let mut hours: BTreeMap<OrganisationKey, Hour> = organisations
            .map(|organisation| (organisation, Hour::default()))
            .collect();
        let keys: Vec<OrganisationKey> = hours.keys().copied().collect();
        for (organisation, given) in tx
            .hold_hours(&keys, guardrail::hour_of(tx.now()).begins_at)
            .await?
        {
            hours.entry(organisation).or_default().given = given;
        }
        Ok(Self { hours })
    }

    /// Whether one signal more is taken. Else the answer is how many seconds are left of the hour.
    pub(crate) fn takes(
        &mut self,
        tx: &Tx<'_, Submit>,
        (organisation, tag): (OrganisationKey, OrganisationTag),
        limit: u32,
    ) -> Result<(), u32> {
        let hour = self.hours.entry(organisation).or_default();
        if hour.given.saturating_add(hour.taken) < limit {
            hour.taken += 1;
            return Ok(());
        }
        hour.exceeded = Some((tag, limit));
        Err(guardrail::hour_of(tx.now()).seconds_left(tx.now()))
    }

    /// A signal of this organisation was new.
    pub(crate) fn count(&mut self, organisation: OrganisationKey) {
        self.hours.entry(organisation).or_default().new += 1;
    }

    /// Writes down what was given, and raises the alarm about who was stopped, once an hour.
    pub(crate) async fn settle(self, tx: &Tx<'_, Submit>) -> Result<(), StoreError> {
        let given: Vec<(OrganisationKey, u32)> = self
            .hours
            .iter()
            .map(|(organisation, hour)| (*organisation, hour.new))
            .collect();
        tx.count_given(&given).await?;
        let exceeded: Vec<OrganisationKey> = self
            .hours
            .iter()
            .filter(|(_, hour)| hour.exceeded.is_some())
            .map(|(organisation, _)| *organisation)
            .collect();
        if exceeded.is_empty() {
            return Ok(());
        }
        let hour = guardrail::hour_of(tx.now());
        tx.raise_alerts(&exceeded, hour.begins_at, |organisation| {
            let (tag, limit) = self.hours.get(&organisation)?.exceeded?;
            Some(Event::GuardrailExceeded {
                organisation: tag,
                limit,
                until: hour.ends_at,
            })
        })
        .await
    }
}
