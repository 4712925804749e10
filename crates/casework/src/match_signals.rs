//! The matcher: finds that active signals of different organisations are about one child.
//!
//! Set by set: tasks are taken, the children's rows locked in a statement of their own, all their active signals read
//! again, and what follows is written in the same transaction. Whichever of two tasks runs last sees both signals, so no
//! pair is missed and none is found twice.

use std::collections::{BTreeMap, HashMap};

use domain::event::Event;
use domain::key::{MatchKey, OrganisationKey};
use domain::match_case::{Match, MatchState};
use domain::notice::NoticeKind;
use jiff::Timestamp;
use jiff::civil::Date;
use store::{
    ActiveSignal, Context, Matcher, NewMatch, NewMatchParty, NewNotice, OpenMatch, StoreError, Tx, Work,
};

use crate::covenants::Covenants;
use crate::retire::end_due;
use crate::{Casework, match_view};

/// At most so many tasks share a transaction.
const TASKS: i64 = 500;

/// At most so many records are related in one leaf of the audit log.
const SIGNALS_IN_A_LEAF: usize = 40;

impl Casework {
    /// Works off one set of tasks; gives how many children were looked at.
    ///
    /// # Errors
    /// [`StoreError`]; the tasks stay.
    pub async fn match_once(&self) -> Result<usize, StoreError> {
        let looked_at = self.store().run(Context::Service, MatchSignals).await?;
        if looked_at.pairs {
            // One at a time; what follows for the survivor is a task of its own.
            while self.merge_subjects_once().await? {}
        }
        Ok(looked_at.subjects)
    }
}

struct MatchSignals;

/// What came of a set of tasks.
#[derive(Default)]
struct LookedAt {
    subjects: usize,
    /// Whether some told of two children that may be one.
    pairs: bool,
}

impl Work for MatchSignals {
    const NAME: &'static str = "match_signals";
    type Role = Matcher;
    type Output = LookedAt;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<LookedAt, StoreError> {
        let tasks = tx.take_tasks(TASKS).await?;
        if tasks.is_empty() {
            return Ok(LookedAt::default());
        }
        let pairs = tx.insert_pairs(&tasks).await?;
        let mut subjects: Vec<i64> = tasks.iter().map(|task| task.subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        tx.lock_subjects(&subjects).await?;
        end_due(tx, &subjects).await?;
        let mut signals: BTreeMap<i64, Vec<ActiveSignal>> = BTreeMap::new();
        for signal in tx.active_signals(&subjects).await? {
            signals.entry(signal.key.subject).or_default().push(signal);
        }
        let open = tx.open_matches(&subjects).await?;
        let covenants = Covenants::read(tx).await?;
        let mut findings = Findings::default();
        for (subject, signals) in &signals {
            match open.get(subject) {
                Some(open) => findings.join(tx, &covenants, open, signals)?,
                None => findings.open(tx, &covenants, *subject, signals)?,
            }
        }
        findings.write(tx).await?;
        Ok(LookedAt {
            subjects: subjects.len(),
            pairs,
        })
    }
}

/// What was found in a set and is to be written.
#[derive(Default)]
struct Findings<'s> {
    opened: Vec<NewMatch>,
    opened_events: Vec<Event>,
    /// The match that was opened has no number until all of them are counted: here is its place in `opened`.
    parties: Vec<(Place, &'s ActiveSignal, Timestamp)>,
    joined: Vec<(MatchKey, Date)>,
    joined_events: Vec<Event>,
    notices: Vec<Told>,
}

/// A match that is known, or one that is being opened.
#[derive(Clone, Copy)]
enum Place {
    Known(MatchKey),
    Opened(usize),
}

/// A notice to be laid in an inbox.
struct Told {
    place: Place,
    organisation: OrganisationKey,
    organisation_id: [u8; 16],
    kind: NoticeKind,
    visible_at: Timestamp,
    match_tag: u128,
    log_tag: u128,
}

impl<'s> Findings<'s> {
    /// No match yet: two organisations make one.
    fn open(
        &mut self,
        tx: &Tx<'_, Matcher>,
        covenants: &Covenants,
        subject: i64,
        signals: &'s [ActiveSignal],
    ) -> Result<(), StoreError> {
        // One living signal per organisation and child is a unique key, so two signals are two organisations.
        if signals.len() < 2 {
            return Ok(());
        }
        let settings = covenants.each_of(signals.iter().map(|signal| signal.covenant))?;
        let entered = Match::open(&match_view::terms(&settings)?, tx.now());
        let log_tag = tx.store().random_tag();
        let place = Place::Opened(self.opened.len());
        self.opened.push(NewMatch {
            key: MatchKey { subject, row: 0 },
            contact_deadline: entered.match_case.contact_deadline(),
            log_tag,
        });
        // A leaf names at most 40 records; who does not fit is recorded as joining.
        let (first, rest) = signals.split_at(signals.len().min(SIGNALS_IN_A_LEAF));
        self.opened_events.push(Event::MatchOpened {
            match_case: log_tag,
            signals: first.iter().map(|signal| signal.log_tag).collect(),
            contact_deadline: entered.contact_deadline_ends_at,
        });
        self.joined_events
            .extend(rest.iter().map(|signal| Event::MatchJoined {
                match_case: log_tag,
                signal: signal.log_tag,
                organisation: signal.organisation_id,
                from: MatchState::Open,
                contact_deadline: entered.contact_deadline_ends_at,
            }));
        self.enter(tx, place, log_tag, signals.iter(), &[], entered.visible_at);
        Ok(())
    }

    /// A match stands: whoever is not in it joins.
    fn join(
        &mut self,
        tx: &Tx<'_, Matcher>,
        covenants: &Covenants,
        open: &OpenMatch,
        signals: &'s [ActiveSignal],
    ) -> Result<(), StoreError> {
        let is_in = |signal: &ActiveSignal| {
            open.parties
                .iter()
                .any(|party| party.present && party.signal_row == signal.key.row)
        };
        let newcomers: Vec<&ActiveSignal> = signals.iter().filter(|signal| !is_in(signal)).collect();
        if newcomers.is_empty() {
            return Ok(());
        }
        let present: Vec<(OrganisationKey, [u8; 16])> = open
            .parties
            .iter()
            .filter(|party| party.present)
            .map(|party| (party.organisation, party.organisation_id))
            .collect();
        let settings = covenants.each_of(
            open.parties
                .iter()
                .map(|party| party.covenant)
                .chain(newcomers.iter().map(|newcomer| newcomer.covenant)),
        )?;
        let from = MatchState::from_slug(&open.state).map_err(|_| StoreError::Column { column: "state" })?;
        // By the parties and not by the row: whoever had to confirm contact may have left since. A deadline that has
        // passed is no deadline for who comes in now.
        let terms = match_view::terms(&settings)?;
        let confirmed = open
            .parties
            .iter()
            .filter(|party| party.present)
            .all(|party| party.contact_confirmed);
        let (opened_at, contact_deadline) = (tx.now(), open.contact_deadline);
        let stands = if confirmed || terms.end_of_day(contact_deadline) <= tx.now() {
            Match::ContactConfirmed {
                opened_at,
                contact_deadline,
            }
        } else {
            Match::Open {
                opened_at,
                contact_deadline,
            }
        };
        let entered = stands
            .join(&terms, tx.now())
            .map_err(|_| StoreError::Column { column: "state" })?;
        self.joined
            .push((open.key, entered.match_case.contact_deadline()));
        for newcomer in &newcomers {
            self.joined_events.push(Event::MatchJoined {
                match_case: open.log_tag,
                signal: newcomer.log_tag,
                organisation: newcomer.organisation_id,
                from,
                contact_deadline: entered.contact_deadline_ends_at,
            });
        }
        let place = Place::Known(open.key);
        // This transaction may have begun before the one that let the others in, and had the lock after it. Nobody is
        // told who joined, and nobody joins, before the match itself is shown.
        let shown_at = open.parties.iter().filter(|party| party.present);
        let shown_at = shown_at.map(|party| party.visible_at).max();
        self.enter(
            tx,
            place,
            open.log_tag,
            newcomers.into_iter(),
            &present,
            shown_at.map_or(entered.visible_at, |shown_at| shown_at.max(entered.visible_at)),
        );
        Ok(())
    }

    fn enter(
        &mut self,
        tx: &Tx<'_, Matcher>,
        place: Place,
        match_tag: u128,
        newcomers: impl Iterator<Item = &'s ActiveSignal>,
        present: &[(OrganisationKey, [u8; 16])],
        visible_at: Timestamp,
    ) {
        let newcomers: Vec<&'s ActiveSignal> = newcomers.collect();
        let ids: HashMap<OrganisationKey, [u8; 16]> = newcomers
            .iter()
            .map(|signal| (signal.organisation, signal.organisation_id))
            .chain(present.iter().copied())
            .collect();
        let new_keys: Vec<OrganisationKey> = newcomers.iter().map(|signal| signal.organisation).collect();
        // Who left and came back is a newcomer, not somebody who was there.
        let present_keys: Vec<OrganisationKey> = present
            .iter()
            .map(|(key, _)| *key)
            .filter(|key| !new_keys.contains(key))
            .collect();
        for (organisation, kind) in NoticeKind::on_entering(&new_keys, &present_keys) {
            self.notices.push(Told {
                place,
                organisation,
                organisation_id: ids.get(&organisation).copied().unwrap_or_default(),
                kind,
                visible_at,
                match_tag,
                log_tag: tx.store().random_tag(),
            });
        }
        self.parties
            .extend(newcomers.into_iter().map(|signal| (place, signal, visible_at)));
    }

    async fn write(mut self, tx: &Tx<'_, Matcher>) -> Result<(), StoreError> {
        if self.parties.is_empty() {
            return Ok(());
        }
        for (new, row) in self
            .opened
            .iter_mut()
            .zip(tx.next_match_ids(self.opened_events.len()).await?)
        {
            new.key.row = row;
        }
        let key_of = |place: Place| match place {
            Place::Known(key) => key,
            Place::Opened(index) => self.opened[index].key,
        };
        let parties: Vec<NewMatchParty<'_>> = self
            .parties
            .iter()
            .map(|(place, signal, visible_at)| NewMatchParty {
                match_case: key_of(*place),
                signal,
                visible_at: *visible_at,
            })
            .collect();
        let notices: Vec<NewNotice> = self
            .notices
            .iter()
            .map(|told| NewNotice {
                match_case: key_of(told.place),
                organisation: told.organisation,
                kind: told.kind.slug(),
                visible_at: told.visible_at,
                log_tag: told.log_tag,
            })
            .collect();
        let delivered: Vec<Event> = self
            .notices
            .iter()
            .map(|told| Event::NoticeDelivered {
                notice: told.log_tag,
                organisation: told.organisation_id,
                match_case: told.match_tag,
            })
            .collect();
        tx.insert_matches(&self.opened, &self.opened_events).await?;
        tx.reopen_matches(&self.joined, &self.joined_events).await?;
        tx.insert_parties(&parties).await?;
        tx.insert_notices(&notices, &delivered).await
    }
}
