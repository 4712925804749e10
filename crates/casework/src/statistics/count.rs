//! Counting the log, some leaves at a time. Matches and consents are followed from their first leaf to their last by their
//! random names, so that what is counted at the end goes to the covenant that it began in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use audit_log::entry::Entry;
use domain::event::{LogTag, TagKind};
use domain::key::CovenantKey;
use domain::statistics::{Measure, Quarter};
use jiff::Timestamp;
use protocol::OrganisationId;
use store::{Context, Followed, Log, StoreError, Tx, Work};

use crate::Casework;
use crate::covenants::Covenants;

/// At most so many leaves share a transaction.
const LEAVES: i64 = 5_000;

impl Casework {
    /// Counts the next leaves; gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_once(&self) -> Result<usize, StoreError> {
        self.store().run(Context::Service, CountLeaves).await
    }
}

struct CountLeaves;

impl Work for CountLeaves {
    const NAME: &'static str = "count_leaves";
    type Role = Log;
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<usize, StoreError> {
        let leaves = tx.leaves_to_count(LEAVES).await?;
        let Some(last) = leaves.last() else {
            return Ok(0);
        };
        let entries: Vec<Entry> = leaves
            .iter()
            .map(|leaf| Entry::parse(&leaf.leaf).map_err(|_| StoreError::DamagedLog))
            .collect::<Result<_, _>>()?;
        let covenants = Covenants::read(tx).await?;
        let mut counting = Counting::read(tx, &covenants, &entries).await?;
        for entry in &entries {
            counting.count(entry)?;
        }
        counting.write(tx, last.index + 1).await?;
        Ok(leaves.len())
    }
}

/// What is known while leaves are counted.
struct Counting<'c> {
    covenants: &'c Covenants,
    of_organisation: HashMap<[u8; 16], CovenantKey>,
    of_match: HashMap<u128, CovenantKey>,
    following: HashMap<u128, Followed>,
    touched: BTreeSet<u128>,
    counts: BTreeMap<(Quarter, CovenantKey, Measure), u64>,
}

impl<'c> Counting<'c> {
    async fn read(tx: &Tx<'_, Log>, covenants: &'c Covenants, entries: &[Entry]) -> Result<Self, StoreError> {
        let organisations: BTreeSet<[u8; 16]> = entries.iter().filter_map(organisation).collect();
        let opened: Vec<u128> = entries
            .iter()
            .filter(|entry| entry.event == "match.opened")
            .filter_map(subject)
            .collect();
        let followed: BTreeSet<u128> = entries
            .iter()
            .filter(|entry| is_followed(&entry.event))
            .filter_map(subject)
            .collect();
        Ok(Self {
            covenants,
            of_organisation: tx
                .covenants_of_organisations(&organisations.into_iter().collect::<Vec<_>>())
                .await?,
            of_match: tx.covenants_of_matches(&opened).await?,
            following: tx.following(&followed.into_iter().collect::<Vec<_>>()).await?,
            touched: BTreeSet::new(),
            counts: BTreeMap::new(),
        })
    }

    fn count(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let Some(tag) = subject(entry) else { return Ok(()) };
        let by = organisation(entry).and_then(|id| self.of_organisation.get(&id).copied());
        let followed = self.following.get(&tag).copied();
        let its = followed.map(|followed| followed.covenant);
        match entry.event.as_str() {
            "signal.submitted" => self.add(entry.time, by, Measure::Signals)?,
            "match.opened" => {
                let covenant = self.of_match.get(&tag).copied();
                self.follow(tag, covenant, entry.due);
                self.add(entry.time, covenant, Measure::Matches)?;
            }
            "match.joined" => self.follow(tag, its, entry.due),
            "match.contact_confirmed" if entry.to.as_deref() == Some("contact_confirmed") => {
                let due_at = followed.and_then(|followed| followed.due_at);
                if due_at.is_some_and(|due_at| entry.time < due_at) {
                    self.add(entry.time, its, Measure::ContactInTime)?;
                }
            }
            "match.closed" => self.forget(tag),
            "follow_up.escalated" => self.add(entry.time, its, Measure::ContactOverdue)?,
            // A request that takes the place of another at a birthday is the same question.
            "consent.requested" if its.is_none() => {
                self.follow(tag, by, None);
                self.add(entry.time, by, Measure::ConsentsAsked)?;
            }
            "consent.superseded_by_age" => {
                let successor = entry.rel.iter().filter_map(|tag| tag.parse::<LogTag>().ok());
                for successor in successor.filter(|tag| tag.kind == TagKind::Consent) {
                    self.follow(successor.value, its, None);
                }
                self.forget(tag);
            }
            "consent.given" => self.add(entry.time, its, Measure::ConsentsGiven)?,
            "consent.refused" => {
                self.add(entry.time, its, Measure::ConsentsRefused)?;
                self.forget(tag);
            }
            "consent.expired" => {
                if entry.from.as_deref() != Some("given") {
                    self.add(entry.time, its, Measure::ConsentsUnanswered)?;
                }
                self.forget(tag);
            }
            "consent.withdrawn" => {
                self.add(entry.time, its, Measure::ConsentsWithdrawn)?;
                self.forget(tag);
            }
            "consent.replaced" => self.forget(tag),
            _ => {}
        }
        Ok(())
    }

    /// Counts one for a covenant. What can be assigned to none, because its record was destroyed before anybody counted, is
    /// not counted.
    fn add(
        &mut self,
        at: Timestamp,
        covenant: Option<CovenantKey>,
        measure: Measure,
    ) -> Result<(), StoreError> {
        if let Some(key) = covenant {
            let quarter = Quarter::at(self.covenants.of(key)?, at);
            *self.counts.entry((quarter, key, measure)).or_default() += 1;
        }
        Ok(())
    }

    fn follow(&mut self, tag: u128, covenant: Option<CovenantKey>, due_at: Option<Timestamp>) {
        if let Some(covenant) = covenant {
            self.following.insert(tag, Followed { covenant, due_at });
            self.touched.insert(tag);
        }
    }

    fn forget(&mut self, tag: u128) {
        self.following.remove(&tag);
        self.touched.insert(tag);
    }

    async fn write(self, tx: &Tx<'_, Log>, next_leaf: u64) -> Result<(), StoreError> {
        let (mut follow, mut no_longer) = (Vec::new(), Vec::new());
        for tag in self.touched {
            match self.following.get(&tag) {
                Some(followed) => follow.push((tag, *followed)),
                None => no_longer.push(tag),
            }
        }
        let counts: Vec<_> = self
            .counts
            .into_iter()
            .map(|((quarter, covenant, measure), count)| (quarter, covenant, measure, count))
            .collect();
        tx.add_counts(next_leaf, &counts, &follow, &no_longer).await
    }
}

/// Whether the leaf is about a record that is followed.
fn is_followed(event: &str) -> bool {
    event.starts_with("match.") || event.starts_with("consent.") || event == "follow_up.escalated"
}

fn subject(entry: &Entry) -> Option<u128> {
    entry.sub.parse::<LogTag>().ok().map(|tag| tag.value)
}

fn organisation(entry: &Entry) -> Option<[u8; 16]> {
    let id: OrganisationId = entry.org.as_deref()?.parse().ok()?;
    Some(id.0)
}
