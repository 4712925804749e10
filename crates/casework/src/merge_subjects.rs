//! Two children turn out to be one: partners' tokens of two epochs of the network's key led to different ones.
//!
//! One organisation's word is not enough, since it would make other organisations meet: only when two sent tokens of both
//! independently, the children are joined. The matches of the one that goes close because everybody leaves them, and the
//! matcher looks at the other with all signals that are there now.

use std::collections::BTreeMap;

use domain::event::Event;
use domain::key::OrganisationKey;
use domain::signal::SignalState;
use store::{Context, Matcher, RotationPhase, StoreError, StoredSignal, SubjectPair, Tx, Work};

use crate::Casework;
use crate::content::content_destroyed;
use crate::covenants::Covenants;
use crate::signal_life::{close_lonely, end_twins, settle};

/// So many organisations must have sent tokens of both.
const ORGANISATIONS: i64 = 2;

/// At most so many signals are named in one leaf of the audit log.
const SIGNALS_IN_A_LEAF: usize = 40;

impl Casework {
    /// Joins one pair of children that is ready; gives whether there was one. While a rotation makes further tags nothing
    /// is joined. A pair that cannot be joined stays, is set aside for a while and keeps no other waiting.
    ///
    /// # Errors
    /// [`StoreError`] when the database can do no work at all.
    pub async fn merge_subjects_once(&self) -> Result<bool, StoreError> {
        let keys = self.read_keys().await?;
        let rotation = keys.state.rotation.as_ref();
        if rotation.is_some_and(|rotation| rotation.phase == RotationPhase::Fill) {
            return Ok(false);
        }
        let set_aside = self.inner.pairs_aside.now();
        // Looked for without the lock that keeps submissions out: there is hardly ever a pair.
        let look = ReadyPair {
            set_aside: set_aside.clone(),
        };
        let Some(pair) = self.store().run(Context::Service, look).await? else {
            return Ok(false);
        };
        let work = MergeSubjects {
            keys_version: keys.state.version,
            pair,
            set_aside,
        };
        match self.store().run(Context::Service, work).await {
            Err(error) if !error.is_temporary() => {
                tracing::error!(%error, "two children could not be joined; they are set aside");
                self.inner.pairs_aside.push(pair.survivor);
                Ok(true)
            }
            joined => joined,
        }
    }
}

struct ReadyPair {
    set_aside: Vec<i64>,
}

impl Work for ReadyPair {
    const NAME: &'static str = "ready_pair";
    type Role = Matcher;
    type Output = Option<SubjectPair>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Option<SubjectPair>, StoreError> {
        tx.ready_pair(ORGANISATIONS, &self.set_aside).await
    }
}

struct MergeSubjects {
    keys_version: i64,
    pair: SubjectPair,
    set_aside: Vec<i64>,
}

impl Work for MergeSubjects {
    const NAME: &'static str = "merge_subjects";
    type Role = Matcher;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<bool, StoreError> {
        let (keys_version, network) = tx.hold_network().await?;
        if keys_version != self.keys_version {
            return Ok(false);
        }
        let pair = self.pair;
        if tx.ready_pair(ORGANISATIONS, &self.set_aside).await? != Some(pair) {
            return Ok(true);
        }
        tx.lock_subjects(&[pair.survivor, pair.other]).await?;
        // What time made of them first, so that none is moved that counts for nothing or must not be left.
        let covenants = Covenants::read(tx).await?;
        settle(tx, &covenants, &[pair.survivor, pair.other]).await?;
        if tx.ready_pair(ORGANISATIONS, &self.set_aside).await? != Some(pair) {
            return Ok(true);
        }
        join(tx, &covenants, network, pair).await?;
        Ok(true)
    }
}

/// Makes two children one: what is of the other goes to the one that stays. Both must be locked, and the network held.
pub(crate) async fn join(
    tx: &Tx<'_, Matcher>,
    covenants: &Covenants,
    network: u128,
    pair: SubjectPair,
) -> Result<(), StoreError> {
    let ended = end_twins(tx, covenants, twins(tx, pair).await?).await?;
    let moving: Vec<StoredSignal> = tx.signals_of(&[pair.other]).await?;
    let merged = Event::SubjectMerged {
        network,
        signals: moving
            .iter()
            .take(SIGNALS_IN_A_LEAF)
            .map(|signal| signal.log_tag)
            .collect(),
        moved: u64::try_from(moving.len()).unwrap_or(u64::MAX),
    };
    tx.merge(pair, moving.len(), &[merged]).await?;
    ended.destroy(tx, pair.survivor).await?;
    close_lonely(tx, covenants, &[pair.other]).await?;
    // The matcher looks at the survivor alone from now on.
    tx.destroy_content_of_closed(&[pair.other], content_destroyed)
        .await
}

/// An organisation has one living signal about a child: of two one ends. That one goes on which counts, if only one does,
/// so that joining never puts a signal to sleep that the family agreed to; else the surviving child's.
async fn twins(tx: &Tx<'_, Matcher>, pair: SubjectPair) -> Result<Vec<StoredSignal>, StoreError> {
    let sleeps = |signal: &StoredSignal| signal.life.written == SignalState::Sleeping;
    let living = |signal: &StoredSignal| signal.life.written.is_living();
    let (staying, moving): (Vec<_>, Vec<_>) = tx
        .signals_of(&[pair.survivor, pair.other])
        .await?
        .into_iter()
        .filter(living)
        .partition(|signal| signal.key.subject == pair.survivor);
    let mut staying: BTreeMap<OrganisationKey, StoredSignal> = staying
        .into_iter()
        .map(|signal| (signal.organisation, signal))
        .collect();
    let mut twins = Vec::new();
    for moving in moving {
        match staying.remove(&moving.organisation) {
            Some(stays) if sleeps(&stays) && !sleeps(&moving) => twins.push(stays),
            Some(_) => twins.push(moving),
            None => {}
        }
    }
    Ok(twins)
}
