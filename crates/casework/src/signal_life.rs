//! What becomes of signals: what follows when one ends, wakes or goes, for its matches, for those who were in them, and for
//! what hung on it.
//!
//! Everything here runs as the matcher, with the children locked, in the transaction of the act or driver that calls it.

use std::collections::BTreeSet;

use domain::event::Event;
use domain::key::{MatchKey, SignalKey};
use domain::match_case::{MatchState, Outcome, ran_out_at};
use domain::notice::NoticeKind;
use domain::signal::{DestroyReason, EndedBecause, Ending, LeftBecause, Life, Signal, SignalState};
use jiff::Timestamp;
use store::{
    LeavingSignal, LeftMatch, Matcher, NoticeAbout, PartyToTell, StoreError, StoredSignal, Tx, WrittenLife,
};

use crate::content::content_destroyed;
use crate::covenants::Covenants;
use crate::match_signals::match_locked;
use crate::match_view;
use crate::notices::{self, Told};

/// Ends these signals before their time, wherever they are now, and tells those who were in a match with one that should
/// not have been given. What counts no longer is destroyed if that is asked, and else left as it is; a signal of which
/// nothing is left is passed over.
///
/// Whatever the matcher had still to find out about their children is found first: nothing can be ended before it showed.
pub(crate) async fn end_signals(
    tx: &Tx<'_, Matcher>,
    what: &[(SignalKey, Ending)],
) -> Result<(), StoreError> {
    let keys: Vec<SignalKey> = what.iter().map(|(key, _)| *key).collect();
    let keys = lock_signals(tx, &keys).await?;
    let subjects = subjects_of(&keys);
    let covenants = Covenants::read(tx).await?;
    match_locked(tx, &covenants, &subjects).await?;
    let signals = tx.signals_of(&subjects).await?;
    let mut plan = Plan::default();
    for (key, (_, ending)) in keys.iter().zip(what) {
        if let Some(signal) = signals.iter().find(|signal| signal.key == *key) {
            plan.end(tx.now(), &covenants, signal, *ending)?;
        }
    }
    plan.write(tx, &covenants, &subjects).await
}

/// The family agreed to this signal: from now on it counts, and the matcher looks at its child. One that does not sleep is
/// left as it is.
pub(crate) async fn wake_signal(tx: &Tx<'_, Matcher>, key: SignalKey) -> Result<(), StoreError> {
    let keys = lock_signals(tx, &[key]).await?;
    let subjects = subjects_of(&keys);
    let signals = tx.signals_of(&subjects).await?;
    let Some(signal) = signals.iter().find(|signal| keys.contains(&signal.key)) else {
        return Ok(());
    };
    let Some(Signal::Sleeping { .. }) = signal.life.at(tx.now()) else {
        return Ok(());
    };
    let woken = WrittenLife {
        key: signal.key,
        state: SignalState::Active,
        facts: signal.life.facts.woken(tx.now()),
        ended_because: None,
        archive_notice: None,
    };
    let event = Event::SignalWoken {
        signal: signal.log_tag,
        organisation: signal.organisation_id,
    };
    tx.write_lives(&[woken], &[event]).await?;
    tx.insert_wake_tasks(&subjects).await
}

/// Writes down what time made of the signals of these children, which must be locked; gives of how many.
pub(crate) async fn settle(
    tx: &Tx<'_, Matcher>,
    covenants: &Covenants,
    subjects: &[i64],
) -> Result<usize, StoreError> {
    let signals = tx.signals_of(subjects).await?;
    let mut plan = Plan::default();
    for signal in &signals {
        plan.settle(tx.now(), signal);
    }
    let settled = plan.signals();
    if settled > 0 {
        plan.write(tx, covenants, subjects).await?;
    }
    Ok(settled)
}

/// Signals whose organisation goes on with another, since two children turned out to be one.
pub(crate) struct Twins(Vec<StoredSignal>);

/// Ends the twins among these that count. Of those that sleep nothing may be left, since nobody may learn of them; but a
/// child without a signal is destroyed with its tags, so these go when the children have been joined.
pub(crate) async fn end_twins(
    tx: &Tx<'_, Matcher>,
    covenants: &Covenants,
    twins: Vec<StoredSignal>,
) -> Result<Twins, StoreError> {
    let (asleep, counting): (Vec<_>, Vec<_>) = twins
        .into_iter()
        .partition(|signal| signal.life.written == SignalState::Sleeping);
    let subjects = subjects_of(&counting.iter().map(|signal| signal.key).collect::<Vec<_>>());
    let mut plan = Plan::default();
    for signal in &counting {
        plan.end_early(tx.now(), covenants, signal, EndedBecause::Joined)?;
    }
    plan.write(tx, covenants, &subjects).await?;
    // Out of the way of the one that goes on, until the end of this transaction.
    let aside: Vec<WrittenLife> = asleep
        .iter()
        .map(|signal| WrittenLife {
            key: signal.key,
            state: SignalState::Ended,
            facts: Life {
                sleeps_until: None,
                ended_at: Some(tx.now()),
                ..signal.life.facts
            },
            ended_because: Some(EndedBecause::Joined),
            archive_notice: None,
        })
        .collect();
    tx.write_lives(&aside, &[]).await?;
    Ok(Twins(asleep))
}

impl Twins {
    /// Destroys those that slept, now that the children have been joined.
    pub(crate) async fn destroy(self, tx: &Tx<'_, Matcher>, survivor: i64) -> Result<(), StoreError> {
        let mut plan = Plan::default();
        for mut signal in self.0 {
            signal.key.subject = survivor;
            plan.destroy(&signal, DestroyReason::EndedAsleep, tx.now(), LeftBecause::Joined);
        }
        tx.destroy_signals(&plan.destroyed, &plan.destroyed_events).await
    }
}

/// Where these signals are, with their children locked: two children may have turned out to be one since a key was given
/// out, and again while the lock was waited for.
pub(crate) async fn lock_signals(
    tx: &Tx<'_, Matcher>,
    keys: &[SignalKey],
) -> Result<Vec<SignalKey>, StoreError> {
    let mut found = tx.where_signals_are(keys).await?;
    loop {
        tx.lock_subjects(&subjects_of(&found)).await?;
        let again = tx.where_signals_are(keys).await?;
        if again == found {
            return Ok(found);
        }
        found = again;
    }
}

/// What is to be written.
#[derive(Default)]
struct Plan {
    written: Vec<WrittenLife>,
    events: Vec<Event>,
    leaving: Vec<LeavingSignal>,
    destroyed: Vec<SignalKey>,
    destroyed_events: Vec<Event>,
}

impl Plan {
    fn signals(&self) -> usize {
        self.written.len() + self.destroyed.len()
    }

    /// What time made of it.
    fn settle(&mut self, now: Timestamp, signal: &StoredSignal) {
        let (written, facts) = (signal.life.written, signal.life.facts);
        if let Some(reason) = facts.destroy_due(now) {
            self.destroy(signal, reason, facts.counts_until(), facts.left_because());
            return;
        }
        let Some(state) = facts.at(now).map(Signal::state) else {
            return;
        };
        // Pauses are told by whoever sees to disclosures.
        if state == written || state.is_living() {
            return;
        }
        let (signal_tag, organisation) = (signal.log_tag, signal.organisation_id);
        let mut from = written;
        if from.is_living() {
            self.leave(signal, facts.counts_until(), facts.left_because());
            self.events.push(Event::SignalExpired {
                signal: signal_tag,
                organisation,
                from,
            });
            from = SignalState::Expired;
        }
        if state == SignalState::Archived {
            self.events.push(Event::SignalArchived {
                signal: signal_tag,
                organisation,
                from,
            });
        }
        self.written.push(WrittenLife {
            key: signal.key,
            state,
            facts,
            ended_because: None,
            archive_notice: None,
        });
    }

    /// What somebody makes of it.
    fn end(
        &mut self,
        now: Timestamp,
        covenants: &Covenants,
        signal: &StoredSignal,
        ending: Ending,
    ) -> Result<(), StoreError> {
        match (ending, signal.life.at(now).map(Signal::state)) {
            (Ending::Resolved, Some(SignalState::Active | SignalState::Paused)) => {
                self.end_early(now, covenants, signal, EndedBecause::Resolved)?;
            }
            (Ending::Resolved, Some(SignalState::Sleeping)) => {
                self.destroy(signal, DestroyReason::EndedAsleep, now, LeftBecause::Resolved);
            }
            (Ending::Destroyed(reason), Some(_)) => self.destroy(signal, reason, now, ending.into()),
            (Ending::Resolved, _) | (_, None) => {}
        }
        Ok(())
    }

    fn end_early(
        &mut self,
        now: Timestamp,
        covenants: &Covenants,
        signal: &StoredSignal,
        because: EndedBecause,
    ) -> Result<(), StoreError> {
        let covenant = covenants.of(signal.covenant)?;
        let life = signal.life.facts;
        let left = match because {
            EndedBecause::Resolved => LeftBecause::Resolved,
            EndedBecause::Joined => LeftBecause::Joined,
        };
        self.leave(signal, now, left);
        self.events.push(Event::SignalEnded {
            signal: signal.log_tag,
            organisation: signal.organisation_id,
            // As the log knows it: a pause that nobody has written down is none there.
            from: signal.life.written,
            because,
        });
        self.written.push(WrittenLife {
            key: signal.key,
            state: SignalState::Ended,
            facts: life.ended(now, covenant.archive_years(), covenant.time_zone()),
            ended_because: Some(because),
            archive_notice: None,
        });
        Ok(())
    }

    fn destroy(&mut self, signal: &StoredSignal, reason: DestroyReason, at: Timestamp, because: LeftBecause) {
        self.leave(signal, at, because);
        self.destroyed.push(signal.key);
        self.destroyed_events.push(Event::SignalDestroyed {
            signal: signal.log_tag,
            organisation: signal.organisation_id,
            from: signal.life.written,
            reason,
        });
    }

    fn leave(&mut self, signal: &StoredSignal, at: Timestamp, because: LeftBecause) {
        self.leaving.push(LeavingSignal {
            key: signal.key,
            at,
            because,
        });
    }

    async fn write(
        self,
        tx: &Tx<'_, Matcher>,
        covenants: &Covenants,
        subjects: &[i64],
    ) -> Result<(), StoreError> {
        tx.write_lives(&self.written, &self.events).await?;
        let leaves = |left: &LeftMatch| Event::MatchLeft {
            match_case: left.match_tag,
            organisation: left.organisation_id,
            because: left.because,
        };
        let corrections: Vec<LeavingSignal> = self
            .leaving
            .iter()
            .filter(|leaving| leaving.because.is_correction())
            .copied()
            .collect();
        let before = tx.correct_left(&corrections).await?;
        let left = tx.leave_matches(&self.leaving, leaves, content_destroyed).await?;
        if !left.is_empty() {
            close_lonely(tx, covenants, subjects).await?;
            let matches: BTreeSet<MatchKey> = left.iter().map(|left| left.match_case).collect();
            tx.bury_consents(&Vec::from_iter(matches)).await?;
        }
        correct(tx, covenants, &[left, before].concat()).await?;
        tx.destroy_signals(&self.destroyed, &self.destroyed_events).await
    }
}

/// Closes the matches of these children in which fewer than two signals are left, and tells whoever was in them until then.
pub(crate) async fn close_lonely(
    tx: &Tx<'_, Matcher>,
    covenants: &Covenants,
    subjects: &[i64],
) -> Result<(), StoreError> {
    let lonely = tx.lonely_matches(subjects).await?;
    let closed = lonely
        .iter()
        .map(|lonely| {
            Ok(Event::MatchClosed {
                match_case: lonely.log_tag,
                organisation: None,
                outcome: Outcome::SignalsEnded,
                approved_by: None,
                from: MatchState::from_slug(&lonely.state)
                    .map_err(|_| StoreError::Column { column: "state" })?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    tx.close_matches(&lonely, &closed).await?;
    let over: Vec<MatchKey> = lonely.iter().map(|lonely| lonely.key).collect();
    tx.bury_consents(&over).await?;
    tell_of_closing(tx, covenants, &over).await
}

/// A match is over when the last but one signal ends: whose signal counted until then is told, at the interval at which the
/// end shows.
async fn tell_of_closing(
    tx: &Tx<'_, Matcher>,
    covenants: &Covenants,
    over: &[MatchKey],
) -> Result<(), StoreError> {
    if over.is_empty() {
        return Ok(());
    }
    let parties = tx.parties_to_tell(over).await?;
    let mut told = Vec::new();
    for key in over {
        let those: Vec<&PartyToTell> = parties.iter().filter(|party| party.match_case == *key).collect();
        let ends_at = |party: &PartyToTell| party.left_at.unwrap_or(party.expires_at).min(party.expires_at);
        let Some(closed_at) = ran_out_at(those.iter().map(|party| ends_at(party))) else {
            continue;
        };
        let settings = covenants.each_of(those.iter().map(|party| party.covenant))?;
        let visible_at = match_view::terms(&settings)?.visible_at(closed_at.min(tx.now()));
        let until_the_end = those.into_iter().filter(|party| ends_at(party) >= closed_at);
        told.extend(until_the_end.map(|party| Told {
            organisation: party.organisation,
            about: NoticeAbout::Match(party.match_case),
            about_tag: party.match_tag,
            kind: NoticeKind::MatchClosed,
            visible_at,
        }));
    }
    notices::lay(tx, covenants, &told).await.map(drop)
}

/// Tells everybody who was in a match with a signal that should not have been given, also when that had ended before. Its
/// own organisation is told too, when
/// somebody else said so. Nobody is told before the match shows.
async fn correct(tx: &Tx<'_, Matcher>, covenants: &Covenants, left: &[LeftMatch]) -> Result<(), StoreError> {
    let corrected: Vec<&LeftMatch> = left.iter().filter(|left| left.because.is_correction()).collect();
    if corrected.is_empty() {
        return Ok(());
    }
    let matches: BTreeSet<MatchKey> = corrected.iter().map(|left| left.match_case).collect();
    let matches: Vec<MatchKey> = matches.into_iter().collect();
    let parties = tx.parties_to_tell(&matches).await?;
    let mut told = Vec::new();
    for gone in corrected {
        let those: Vec<&PartyToTell> = parties
            .iter()
            .filter(|party| party.match_case == gone.match_case)
            .collect();
        let settings = covenants.each_of(those.iter().map(|party| party.covenant))?;
        let visible_at = match_view::terms(&settings)?.visible_at(tx.now());
        for party in those {
            let itself = party.organisation == gone.organisation;
            let leaves_too = left
                .iter()
                .any(|left| left.match_case == party.match_case && left.organisation == party.organisation);
            let kind = match (itself, gone.because) {
                (true, LeftBecause::Objection) => NoticeKind::SignalDestroyed,
                (false, _) if party.left_at.is_none() || leaves_too => NoticeKind::MatchCorrected,
                _ => continue,
            };
            told.push(Told {
                organisation: party.organisation,
                about: NoticeAbout::Match(party.match_case),
                about_tag: party.match_tag,
                kind,
                visible_at,
            });
        }
    }
    notices::lay(tx, covenants, &told).await.map(drop)
}

fn subjects_of(keys: &[SignalKey]) -> Vec<i64> {
    let subjects: BTreeSet<i64> = keys.iter().map(|key| key.subject).collect();
    subjects.into_iter().collect()
}
