//! How many signals an organisation may give in an hour of the clock: who sends its whole list of clients is stopped,
//! and the supervisor learns of it.
//!
//! Only the organisation's own history counts, so being stopped says nothing about any child. What it has on record
//! already is answered as ever and does not count, unless the hour is full.

use std::collections::BTreeMap;

use domain::batch::{self, Room};
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
    /// Weighed in this transaction, and maybe new.
    weighed: u32,
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

    /// Whether there is room for one signal more, which is weighed then.
    pub(crate) fn room(&mut self, organisation: OrganisationKey, limit: u32) -> Room {
        let hour = self.hours.entry(organisation).or_default();
        let room = batch::room(hour.given, hour.weighed, limit);
        hour.weighed += u32::from(room == Room::Free);
        room
    }

    /// A signal of this organisation was stopped at so many.
    pub(crate) fn exceed(&mut self, (organisation, tag): (OrganisationKey, OrganisationTag), limit: u32) {
        self.hours.entry(organisation).or_default().exceeded = Some((tag, limit));
    }

    /// How many seconds are left of the hour.
    pub(crate) fn seconds_left(tx: &Tx<'_, Submit>) -> u32 {
        guardrail::hour_of(tx.now()).seconds_left(tx.now())
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
