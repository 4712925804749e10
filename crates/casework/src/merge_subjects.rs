//! Two children turn out to be one: partners' tokens of two epochs of the network's key led to different ones.
//!
//! One organisation's word is not enough, since it would make other organisations meet: only when two sent tokens of both
//! independently, the children are joined. The matches of the one that goes close because everybody leaves them, and the
//! matcher looks at the other with all signals that are there now.

use domain::event::Event;
use domain::match_case::MatchState;
use domain::signal::SignalState;
use store::{Context, Matcher, RotationPhase, StoreError, Tx, Work};

use crate::Casework;

/// So many organisations must have sent tokens of both.
const ORGANISATIONS: i64 = 2;

/// At most so many signals are named in one leaf of the audit log.
const SIGNALS_IN_A_LEAF: usize = 40;

impl Casework {
    /// Joins one pair of children that is ready; gives whether there was one. While a rotation makes further tags nothing
    /// is joined.
    ///
    /// # Errors
    /// [`StoreError`]; the pair stays.
    pub async fn merge_subjects_once(&self) -> Result<bool, StoreError> {
        let keys = self.read_keys().await?;
        let rotation = keys.state.rotation.as_ref();
        if rotation.is_some_and(|rotation| rotation.phase == RotationPhase::Fill) {
            return Ok(false);
        }
        let work = MergeSubjects {
            keys_version: keys.state.version,
        };
        self.store().run(Context::Service, work).await
    }
}

struct MergeSubjects {
    keys_version: i64,
}

impl Work for MergeSubjects {
    const NAME: &'static str = "merge_subjects";
    type Role = Matcher;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<bool, StoreError> {
        // Looked at first without the lock that keeps submissions out: there is hardly ever a pair.
        if tx.ready_pair(ORGANISATIONS).await?.is_none() {
            return Ok(false);
        }
        let (keys_version, network) = tx.hold_network().await?;
        if keys_version != self.keys_version {
            return Ok(false);
        }
        let Some(pair) = tx.ready_pair(ORGANISATIONS).await? else {
            return Ok(false);
        };
        tx.lock_subjects(&[pair.survivor, pair.other]).await?;
        let moving = tx.signals_to_move(pair).await?;
        let state = |_| StoreError::Column { column: "state" };
        // An organisation has one living signal for a child: of two the surviving child's stays.
        let mut events = moving
            .iter()
            .filter(|signal| signal.twin)
            .map(|signal| {
                Ok(Event::SignalExpired {
                    signal: signal.log_tag,
                    organisation: signal.organisation_id,
                    from: SignalState::from_slug(&signal.state).map_err(state)?,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        events.push(Event::SubjectMerged {
            network,
            signals: moving
                .iter()
                .take(SIGNALS_IN_A_LEAF)
                .map(|signal| signal.log_tag)
                .collect(),
            moved: u64::try_from(moving.len()).unwrap_or(u64::MAX),
        });
        tx.merge(pair, &moving, &events).await?;
        let lonely = tx.lonely_matches(&[pair.other]).await?;
        let closed = lonely
            .iter()
            .map(|lonely| {
                Ok(Event::MatchClosed {
                    match_case: lonely.log_tag,
                    from: MatchState::from_slug(&lonely.state).map_err(state)?,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        tx.close_matches(&lonely, &closed).await?;
        Ok(true)
    }
}
