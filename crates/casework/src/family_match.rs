//! Family matches: finds signals about different children of one guardian, tells their organisations, and ends it when
//! they end.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::Event;
use domain::family_match::{self, FamilyMatchState, Member, Present, Standing};
use domain::key::{CovenantKey, FamilyMatchKey, SignalKey};
use domain::notice::NoticeKind;
use domain::signal::Signal;
use jiff::Timestamp;
use store::{
    Matcher, NewFamilyParty, NoticeAbout, StandingFamily, StandingFamilyParty, StoreError, StoredSignal, Tx,
};

use crate::covenants::Covenants;
use crate::match_view;
use crate::notices::{self, Told};

/// At most so many signals are named in one leaf of the audit log.
const SIGNALS_IN_A_LEAF: usize = 40;

/// Opens, extends and ends the family matches of these families. Their children must be locked.
pub(crate) async fn look(
    tx: &Tx<'_, Matcher>,
    covenants: &Covenants,
    circles: &[i64],
    children: &[i64],
) -> Result<(), StoreError> {
    tx.refresh_family_ends(circles).await?;
    let stored = tx.guardians_of(children).await?;
    let standing = tx.standing_families(circles, children).await?;
    let members = stored
        .iter()
        .map(|(guardian, signal)| member(covenants, *guardian, signal, tx.now()))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let guardians: BTreeSet<i64> = circles.iter().copied().collect();
    let stands: Vec<Standing> = standing.iter().map(|family| as_rule(family, tx.now())).collect();
    let found = family_match::find(&guardians, &members, &stands);

    let signals: BTreeMap<i64, &StoredSignal> = stored
        .iter()
        .map(|(_, signal)| (signal.key.row, signal))
        .collect();
    let families: BTreeMap<i64, &StandingFamily> =
        standing.iter().map(|family| (family.key.0, family)).collect();
    let mut writing = Writing {
        tx,
        covenants,
        signals,
        told: Vec::new(),
    };
    writing.open(&found.open).await?;
    for (family, newcomers) in &found.join {
        if let Some(family) = families.get(family) {
            writing.join(family, newcomers).await?;
        }
    }
    let Writing { told, .. } = writing;
    notices::lay(tx, covenants, &told).await?;

    let mut over: Vec<(FamilyMatchKey, u128)> = found
        .end
        .iter()
        .filter_map(|family| families.get(family))
        .map(|family| (family.key, family.log_tag))
        .collect();
    over.extend(tx.forsaken_families(circles).await?);
    let (keys, tags): (Vec<FamilyMatchKey>, Vec<u128>) = over.into_iter().unzip();
    let ended: Vec<Event> = tags
        .into_iter()
        .map(|family_match| Event::FamilyMatchEnded { family_match })
        .collect();
    tx.end_families(&keys, &ended).await
}

/// What the rules see of a signal. Where its covenant has no family matches any more, it opens and joins none.
fn member(
    covenants: &Covenants,
    guardian: i64,
    signal: &StoredSignal,
    now: Timestamp,
) -> Result<Member, StoreError> {
    let is_active = matches!(signal.life.at(now), Some(Signal::Active { .. }));
    Ok(Member {
        guardian,
        child: signal.key.subject,
        signal: signal.key.row,
        organisation: signal.organisation,
        is_active: is_active && covenants.of(signal.covenant)?.family_match(),
    })
}

fn as_rule(family: &StandingFamily, now: Timestamp) -> Standing {
    let present = family.parties.iter().map(|party| Present {
        child: party.signal.subject,
        signal: party.signal.row,
        organisation: party.organisation,
        counts: now < party.ends_at,
    });
    Standing {
        family: family.key.0,
        guardian: family.circle,
        present: present.collect(),
    }
}

/// What is written of a set of circles.
struct Writing<'w, 't> {
    tx: &'w Tx<'t, Matcher>,
    covenants: &'w Covenants,
    /// Stored signals by number.
    signals: BTreeMap<i64, &'w StoredSignal>,
    told: Vec<Told>,
}

impl<'w> Writing<'w, '_> {
    async fn open(&mut self, found: &[(i64, Vec<i64>)]) -> Result<(), StoreError> {
        let (mut new, mut events, mut further) = (Vec::new(), Vec::new(), Vec::new());
        for (guardian, rows) in found {
            let log_tag = self.tx.store().random_tag();
            new.push((*guardian, log_tag));
            let mut leaves = leaves(log_tag, &self.of(rows), None).into_iter();
            events.extend(leaves.next());
            further.extend(leaves);
        }
        let keys = self.tx.open_families(&new, &events).await?;
        let mut parties = Vec::new();
        for (family_match, (_, rows)) in keys.into_iter().zip(found) {
            let signals = self.of(rows);
            let visible_at = self.visible_at(signals.iter().map(|signal| signal.covenant))?;
            for signal in signals {
                self.tell(signal.organisation, signal.key, signal.log_tag, visible_at);
                parties.push(NewFamilyParty {
                    family_match,
                    signal,
                    visible_at,
                });
            }
        }
        self.tx.insert_family_parties(&parties, &further).await
    }

    async fn join(&mut self, family: &StandingFamily, newcomers: &[i64]) -> Result<(), StoreError> {
        let present = || {
            let now = self.tx.now();
            family.parties.iter().filter(move |party| now < party.ends_at)
        };
        let present: Vec<StandingFamilyParty> = present().copied().collect();
        let signals = self.of(newcomers);
        let covenants = signals
            .iter()
            .map(|signal| signal.covenant)
            .chain(present.iter().map(|party| party.covenant));
        // Nobody is told who joined, and nobody joins, before the family match itself is shown.
        let shown_at = present.iter().map(|party| party.visible_at).max();
        let visible_at = self.visible_at(covenants)?;
        let visible_at = shown_at.map_or(visible_at, |shown_at| shown_at.max(visible_at));
        for party in &present {
            self.tell(party.organisation, party.signal, party.signal_tag, visible_at);
        }
        for signal in &signals {
            self.tell(signal.organisation, signal.key, signal.log_tag, visible_at);
        }
        let events = leaves(family.log_tag, &signals, Some(FamilyMatchState::Open));
        let parties: Vec<NewFamilyParty<'_>> = signals
            .into_iter()
            .map(|signal| NewFamilyParty {
                family_match: family.key,
                signal,
                visible_at,
            })
            .collect();
        self.tx.insert_family_parties(&parties, &events).await
    }

    fn of(&self, rows: &[i64]) -> Vec<&'w StoredSignal> {
        rows.iter()
            .filter_map(|row| self.signals.get(row).copied())
            .collect()
    }

    fn visible_at(&self, covenants: impl Iterator<Item = CovenantKey>) -> Result<Timestamp, StoreError> {
        let settings = self.covenants.each_of(covenants)?;
        Ok(match_view::terms(&settings)?.visible_at(self.tx.now()))
    }

    fn tell(
        &mut self,
        organisation: domain::key::OrganisationKey,
        signal: SignalKey,
        signal_tag: u128,
        visible_at: Timestamp,
    ) {
        self.told.push(Told {
            organisation,
            about: NoticeAbout::Signal(signal),
            about_tag: signal_tag,
            kind: NoticeKind::FamilyMatch,
            visible_at,
        });
    }
}

/// The leaves that say which signals came in; a leaf names at most 40.
fn leaves(family_match: u128, signals: &[&StoredSignal], from: Option<FamilyMatchState>) -> Vec<Event> {
    let tags: Vec<u128> = signals.iter().map(|signal| signal.log_tag).collect();
    tags.chunks(SIGNALS_IN_A_LEAF)
        .enumerate()
        .map(|(place, signals)| Event::FamilyMatchFound {
            family_match,
            signals: signals.to_vec(),
            from: from.or((place > 0).then_some(FamilyMatchState::Open)),
        })
        .collect()
}
