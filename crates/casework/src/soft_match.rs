//! Soft matches: finds children that came with one service key, asks their organisations whether they are one, and does
//! what the answers come to.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::Event;
use domain::key::{OrganisationKey, SignalKey};
use domain::notice::NoticeKind;
use domain::signal::Signal;
use domain::soft_match::{self, Asked, Lookalike, SoftMatchState};
use jiff::Timestamp;
use store::{
    AskedParty, Context, Matcher, NewSoftMatch, NewSoftParty, NoticeAbout, RotationPhase, StoreError,
    StoredSignal, SubjectPair, Tx, Work,
};

use crate::circles::SIGNALS_OF_A_CIRCLE;
use crate::covenants::Covenants;
use crate::merge_subjects::join;
use crate::notices::{self, Told};
use crate::signal_life::settle;
use crate::{Casework, match_view};

/// So many soft matches are settled in one step.
const AT_ONCE: i64 = 100;

/// At most so many signals are named in one leaf of the audit log.
const SIGNALS_IN_A_LEAF: usize = 40;

/// Asks about children of these circles that were not asked about yet, and whoever was not asked yet about others. The
/// children must be locked.
pub(crate) async fn look(
    tx: &Tx<'_, Matcher>,
    covenants: &Covenants,
    circles: &[i64],
) -> Result<(), StoreError> {
    let found = tx.lookalikes(circles, SIGNALS_OF_A_CIRCLE).await?;
    let children: BTreeSet<i64> = found.iter().map(|(_, signal)| signal.key.subject).collect();
    let children: Vec<i64> = children.into_iter().collect();
    if children.len() > 1 {
        let mut questions = Questions::read(tx, &children, &found).await?;
        questions.find();
        questions.ask(tx, covenants).await?;
    }
    tx.refresh_soft_ends(circles).await
}

/// What stands between the children of some circles, and what is to be asked.
struct Questions<'f> {
    /// Active signals by circle, the oldest first.
    circles: BTreeMap<i64, Vec<&'f StoredSignal>>,
    /// Every pair that was ever asked about.
    known: BTreeSet<(i64, i64)>,
    /// Those that still are, with their names in the log.
    asked: Vec<(SubjectPair, u128)>,
    /// Who is asked already: the signal, and the other child.
    parties: BTreeSet<(SignalKey, i64)>,
    new: Vec<NewSoftMatch>,
}

impl<'f> Questions<'f> {
    async fn read(
        tx: &Tx<'_, Matcher>,
        children: &[i64],
        found: &'f [(i64, StoredSignal)],
    ) -> Result<Self, StoreError> {
        let mut circles: BTreeMap<i64, Vec<&StoredSignal>> = BTreeMap::new();
        for (circle, signal) in found {
            circles.entry(*circle).or_default().push(signal);
        }
        let on_record = tx.soft_matches_of(children).await?;
        let asked = on_record.iter().filter(|row| row.state == SoftMatchState::Asked);
        let parties = tx.asked_parties(children).await?;
        Ok(Self {
            circles,
            known: on_record
                .iter()
                .map(|row| (row.pair.survivor, row.pair.other))
                .collect(),
            asked: asked.map(|row| (row.pair, row.log_tag)).collect(),
            parties: parties
                .iter()
                .map(|party| (party.signal.key, party.other))
                .collect(),
            new: Vec::new(),
        })
    }

    fn find(&mut self) {
        for signals in self.circles.values() {
            let lookalikes: Vec<Lookalike> = signals
                .iter()
                .map(|signal| Lookalike {
                    child: signal.key.subject,
                    organisation: signal.organisation,
                })
                .collect();
            for (survivor, other) in soft_match::to_ask(&lookalikes, &self.known) {
                self.known.insert((survivor, other));
                self.new.push(NewSoftMatch {
                    pair: SubjectPair { survivor, other },
                    log_tag: 0,
                });
            }
        }
    }

    async fn ask(mut self, tx: &Tx<'_, Matcher>, covenants: &Covenants) -> Result<(), StoreError> {
        for new in &mut self.new {
            new.log_tag = tx.store().random_tag();
        }
        let signals: BTreeMap<SignalKey, &StoredSignal> = self
            .circles
            .values()
            .flatten()
            .map(|signal| (signal.key, *signal))
            .collect();
        let (mut parties, mut events, mut told) = (Vec::new(), Vec::new(), Vec::new());
        let new = self.new.iter().map(|new| (new.pair, new.log_tag));
        for (pair, log_tag) in self.asked.iter().copied().chain(new) {
            let of_pair: Vec<&StoredSignal> = signals
                .values()
                .copied()
                .filter(|signal| [pair.survivor, pair.other].contains(&signal.key.subject))
                .collect();
            let visible_at = visible_at(tx, covenants, &of_pair)?;
            let mut named = Vec::new();
            for signal in of_pair {
                let other = pair.survivor + pair.other - signal.key.subject;
                if !self.parties.insert((signal.key, other)) {
                    continue;
                }
                named.push(signal.log_tag);
                parties.push(NewSoftParty {
                    signal: signal.key,
                    other,
                    organisation: signal.organisation,
                    visible_at,
                    log_tag,
                });
                told.push(Told {
                    organisation: signal.organisation,
                    about: NoticeAbout::Signal(signal.key),
                    about_tag: signal.log_tag,
                    kind: NoticeKind::SoftMatch,
                    visible_at,
                });
            }
            events.extend(
                named
                    .chunks(SIGNALS_IN_A_LEAF)
                    .map(|signals| Event::SoftMatchFound {
                        soft_match: log_tag,
                        signals: signals.to_vec(),
                    }),
            );
        }
        tx.ask_whether_same_child(&self.new, &parties, &events).await?;
        notices::lay(tx, covenants, &told).await.map(drop)
    }
}

/// When organisations of these covenants are told: at the next interval, the latest of them.
fn visible_at(
    tx: &Tx<'_, Matcher>,
    covenants: &Covenants,
    signals: &[&StoredSignal],
) -> Result<Timestamp, StoreError> {
    let settings = covenants.each_of(signals.iter().map(|signal| signal.covenant))?;
    if settings.is_empty() {
        return Ok(tx.now());
    }
    Ok(match_view::terms(&settings)?.visible_at(tx.now()))
}

impl Casework {
    /// Does what answers have come to: joins children that all say are one, and closes what one denied. Gives how many.
    /// While a rotation makes further tags nothing is joined.
    ///
    /// # Errors
    /// [`StoreError`]; what was not done waits.
    pub async fn settle_soft_matches_once(&self) -> Result<usize, StoreError> {
        let answered = self.store().run(Context::Service, FindAnswered).await?;
        if answered.is_empty() {
            return Ok(0);
        }
        let keys = self.read_keys().await?;
        let rotation = keys.state.rotation.as_ref();
        let may_join = rotation.is_none_or(|rotation| rotation.phase != RotationPhase::Fill);
        let mut settled = 0;
        for pair in answered {
            let work = SettleSoftMatch { pair, may_join };
            match self.store().run(Context::Service, work).await {
                Ok(done) => settled += usize::from(done),
                Err(error) if error.is_outage() => return Err(error),
                // One that cannot be settled must not hold up the others.
                Err(error) => tracing::error!(%error, "a soft match could not be settled"),
            }
        }
        Ok(settled)
    }
}

struct FindAnswered;

impl Work for FindAnswered {
    const NAME: &'static str = "find_answered_soft_matches";
    type Role = Matcher;
    type Output = Vec<SubjectPair>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Vec<SubjectPair>, StoreError> {
        tx.answered_soft_matches(AT_ONCE).await
    }
}

struct SettleSoftMatch {
    pair: SubjectPair,
    may_join: bool,
}

impl Work for SettleSoftMatch {
    const NAME: &'static str = "settle_soft_match";
    type Role = Matcher;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<bool, StoreError> {
        let pair = self.pair;
        let children = [pair.survivor, pair.other];
        // In the order in which everybody locks who joins children: no submission is in between.
        let (_, network) = tx.hold_network().await?;
        tx.lock_subjects(&children).await?;
        let covenants = Covenants::read(tx).await?;
        settle(tx, &covenants, &children).await?;
        let asks = tx.soft_matches_of(&children).await?;
        let stands = asks
            .iter()
            .any(|row| row.pair == pair && row.state == SoftMatchState::Asked);
        if !stands {
            return Ok(false);
        }
        let parties: Vec<AskedParty> = tx
            .asked_parties(&children)
            .await?
            .into_iter()
            .filter(|party| children.contains(&party.other))
            .collect();
        let asked: Vec<Asked> = parties.iter().map(|party| asked(party, tx.now())).collect();
        match soft_match::outcome(&asked) {
            SoftMatchState::Denied => {
                let signals: Vec<&StoredSignal> = parties.iter().map(|party| &party.signal).collect();
                let told_at = visible_at(tx, &covenants, &signals)?;
                let events = by_knowing_both(&parties, &asked);
                tx.close_soft_match(pair, SoftMatchState::Denied, told_at, &events)
                    .await?;
                Ok(true)
            }
            SoftMatchState::Confirmed if self.may_join => {
                tx.close_soft_match(pair, SoftMatchState::Confirmed, tx.now(), &[])
                    .await?;
                join(tx, &covenants, network, pair).await?;
                tx.queue_circles(&[pair.survivor]).await?;
                Ok(true)
            }
            SoftMatchState::Confirmed | SoftMatchState::Asked | SoftMatchState::Ended => Ok(false),
        }
    }
}

/// Who denied it without saying so, by signals about both; whoever said no has said so in the log.
fn by_knowing_both(parties: &[AskedParty], asked: &[Asked]) -> Vec<Event> {
    if asked.iter().any(|asked| asked.same_child == Some(false)) {
        return Vec::new();
    }
    let mut seen: BTreeSet<OrganisationKey> = BTreeSet::new();
    let counting = parties.iter().zip(asked).filter(|(_, asked)| asked.counts);
    let twice = counting.filter(|(party, _)| !seen.insert(party.signal.organisation));
    twice
        .take(1)
        .map(|(party, _)| Event::SoftMatchDenied {
            soft_match: party.log_tag,
            organisation: party.signal.organisation_id,
        })
        .collect()
}

fn asked(party: &AskedParty, now: Timestamp) -> Asked {
    let stands = party.signal.life.at(now);
    let is_paused = matches!(stands, Some(Signal::Paused { .. }));
    Asked {
        child: party.signal.key.subject,
        organisation: party.signal.organisation,
        counts: is_paused || matches!(stands, Some(Signal::Active { .. })),
        is_paused,
        same_child: party.same_child,
    }
}
