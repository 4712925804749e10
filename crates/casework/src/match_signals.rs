//! The matcher: finds that active signals of different organisations are about one child.
//!
//! Set by set: tasks are taken, the children's rows locked in a statement of their own, all their active signals read
//! again, and what follows is written in the same transaction. Whichever of two tasks runs last sees both signals, so no
//! pair is missed and none is found twice.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::Event;
use domain::follow_up::Course;
use domain::key::{MatchKey, OrganisationKey};
use domain::match_case::{ClosedMeeting, Joining, Match, MatchState, Seat, is_new};
use domain::notice::NoticeKind;
use jiff::Timestamp;
use store::{
    Context, JoinedMatch, MatchTask, MatchedParty, Matcher, NewFollowUp, NewMatch, NewMatchParty,
    NoticeAbout, OpenMatch, StoreError, StoredSignal, Tx, WaitingChild, Work,
};

use crate::archive_notice::tell_of_archive;
use crate::content::content_destroyed;
use crate::covenants::Covenants;
use crate::notices::{self, Told};
use crate::signal_life::settle;
use crate::{Casework, follow_up, match_view};

/// At most so many tasks share a transaction.
const TASKS: i64 = 500;

/// At most so many records are related in one leaf of the audit log.
const SIGNALS_IN_A_LEAF: usize = 40;

impl Casework {
    /// Works off one set of tasks; gives how many children were looked at. When a set cannot be worked off its children
    /// are taken one at a time, so that one that cannot be stops no other: its tasks are set aside for a while, longer each
    /// time.
    ///
    /// # Errors
    /// [`StoreError`] when the database can do no work at all; the tasks stay.
    pub async fn match_once(&self) -> Result<usize, StoreError> {
        let looked_at = match self.store().run(Context::Service, MatchSignals::Set).await {
            Err(error) if !error.is_outage() => {
                tracing::warn!(%error, "a set of children could not be matched at once; they are matched one by one");
                self.match_one_by_one().await?
            }
            looked_at => looked_at?,
        };
        if looked_at.pairs {
            // One at a time; what follows for the survivor is a task of its own.
            while self.merge_subjects_once().await? {}
        }
        Ok(looked_at.subjects + self.look_at_circles_once().await?)
    }

    async fn match_one_by_one(&self) -> Result<LookedAt, StoreError> {
        let mut all = LookedAt::default();
        for child in self.store().run(Context::Service, WaitingChildren).await? {
            match self
                .store()
                .run(Context::Service, MatchSignals::Of(child.clone()))
                .await
            {
                Ok(looked_at) => {
                    all.subjects += looked_at.subjects;
                    all.pairs |= looked_at.pairs;
                }
                Err(error) if error.is_outage() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "the tasks of a child are set aside");
                    self.store().run(Context::Service, SetAside { child }).await?;
                }
            }
        }
        Ok(all)
    }
}

/// The tasks of many children in one transaction, or those of one.
enum MatchSignals {
    Set,
    Of(WaitingChild),
}

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
        let tasks: Vec<MatchTask> = match self {
            Self::Set => tx.take_tasks(TASKS).await?,
            Self::Of(child) => tx.take_tasks_of(child).await?,
        };
        if tasks.is_empty() {
            return Ok(LookedAt::default());
        }
        let pairs = tx.insert_pairs(&tasks).await?;
        let mut subjects: Vec<i64> = tasks.iter().map(|task| task.subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        tx.lock_subjects(&subjects).await?;
        let covenants = Covenants::read(tx).await?;
        match_locked(tx, &covenants, &subjects).await?;
        Ok(LookedAt {
            subjects: subjects.len(),
            pairs,
        })
    }
}

struct WaitingChildren;

impl Work for WaitingChildren {
    const NAME: &'static str = "waiting_children";
    type Role = Matcher;
    type Output = Vec<WaitingChild>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Vec<WaitingChild>, StoreError> {
        tx.subjects_with_tasks(TASKS).await
    }
}

struct SetAside {
    child: WaitingChild,
}

impl Work for SetAside {
    const NAME: &'static str = "set_aside";
    type Role = Matcher;
    type Output = u64;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<u64, StoreError> {
        tx.set_aside(&self.child).await
    }
}

/// Matches the signals of these children, which must be locked: first writes down what time made of them, so that nobody
/// joins a match that is over.
pub(crate) async fn match_locked(
    tx: &Tx<'_, Matcher>,
    covenants: &Covenants,
    subjects: &[i64],
) -> Result<(), StoreError> {
    settle(tx, covenants, subjects).await?;
    let mut signals: BTreeMap<i64, Vec<StoredSignal>> = BTreeMap::new();
    for signal in tx.active_signals(subjects).await? {
        signals.entry(signal.key.subject).or_default().push(signal);
    }
    tx.watch_disclosures(subjects).await?;
    tx.destroy_content_of_closed(subjects, content_destroyed).await?;
    let open = tx.open_matches(subjects).await?;
    let closed = tx.closed_meetings(subjects).await?;
    let closed_of = |subject| closed.get(subject).map_or(&[][..], Vec::as_slice);
    tell_of_archive(tx, covenants, &signals).await?;
    let mut findings = Findings {
        escalated: follow_up::escalated(tx, subjects).await?,
        ..Findings::default()
    };
    for (subject, signals) in &signals {
        match open.get(subject) {
            Some(open) => findings.join(tx, covenants, open, signals)?,
            None => findings.open(tx, covenants, *subject, signals, closed_of(subject))?,
        }
    }
    findings.write(tx, covenants).await
}

/// What was found in a set and is to be written.
#[derive(Default)]
struct Findings<'s> {
    opened: Vec<NewMatch>,
    opened_events: Vec<Event>,
    /// The match that was opened has no number until all of them are counted: here is its place in `opened`.
    parties: Vec<(Place, &'s StoredSignal, Timestamp)>,
    joined: Vec<JoinedMatch>,
    /// Children to look at again later, each with the time.
    later: Vec<(i64, Timestamp)>,
    joined_events: Vec<Event>,
    notices: Vec<Notice>,
    /// Courses of contact deadlines that begin.
    courses: Vec<(Place, Course)>,
    /// Matches in which a follow-up officer has a task. Who joins takes it from nobody's list.
    escalated: BTreeSet<MatchKey>,
}

/// A match that is known, or one that is being opened.
#[derive(Clone, Copy)]
enum Place {
    Known(MatchKey),
    Opened(usize),
}

/// A notice to be laid in an inbox.
struct Notice {
    place: Place,
    organisation: OrganisationKey,
    kind: NoticeKind,
    visible_at: Timestamp,
    match_tag: u128,
}

impl<'s> Findings<'s> {
    /// No match yet: two organisations make one.
    fn open(
        &mut self,
        tx: &Tx<'_, Matcher>,
        covenants: &Covenants,
        subject: i64,
        signals: &'s [StoredSignal],
        closed: &[ClosedMeeting],
    ) -> Result<(), StoreError> {
        // One living signal per organisation and child is a unique key, so two signals are two organisations.
        let rows: Vec<i64> = signals.iter().map(|signal| signal.key.row).collect();
        let [oldest, ..] = signals else { return Ok(()) };
        if !is_new(&rows, closed) {
            return Ok(());
        }
        let settings = covenants.each_of(signals.iter().map(|signal| signal.covenant))?;
        let terms = match_view::terms(&settings)?;
        let entered = Match::open(&terms, tx.now());
        let log_tag = tx.store().random_tag();
        let place = Place::Opened(self.opened.len());
        let course = Course::of(&terms, entered.match_case.contact_deadline());
        self.courses.push((place, course));
        self.opened.push(NewMatch {
            key: MatchKey { subject, row: 0 },
            contact_deadline: entered.match_case.contact_deadline(),
            covenant: oldest.covenant,
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
        self.enter(place, log_tag, signals.iter(), &[], entered.visible_at);
        Ok(())
    }

    /// A match stands: whoever is not in it joins.
    fn join(
        &mut self,
        tx: &Tx<'_, Matcher>,
        covenants: &Covenants,
        open: &OpenMatch,
        signals: &'s [StoredSignal],
    ) -> Result<(), StoreError> {
        let present = |party: &&MatchedParty| party.left_at.is_none();
        let is_in = |signal: &StoredSignal| {
            let mut present = open.parties.iter().filter(present);
            present.any(|party| party.signal_row == Some(signal.key.row))
        };
        let newcomers: Vec<&StoredSignal> = signals.iter().filter(|signal| !is_in(signal)).collect();
        let settings = covenants.each_of(
            open.parties
                .iter()
                .map(|party| party.covenant)
                .chain(newcomers.iter().map(|newcomer| newcomer.covenant)),
        )?;
        let terms = match_view::terms(&settings)?;
        let seats: Vec<Seat> = open
            .parties
            .iter()
            .map(|party| Seat {
                organisation: party.organisation,
                visible_at: party.visible_at,
                left_at: party.left_at,
                is_done: party.is_done,
            })
            .collect();
        let joining = Joining {
            terms: &terms,
            contact_deadline: open.contact_deadline,
            earlier_deadline: open.earlier_deadline,
            seats: &seats,
        };
        let waits_until = |newcomer: &StoredSignal| joining.waits_until(newcomer.organisation, tx.now());
        let waiting = newcomers.iter().filter_map(|newcomer| waits_until(newcomer));
        self.later.extend(waiting.map(|until| (open.key.subject, until)));
        let newcomers: Vec<&StoredSignal> = newcomers
            .into_iter()
            .filter(|newcomer| waits_until(newcomer).is_none())
            .collect();
        if newcomers.is_empty() {
            return Ok(());
        }
        let from = MatchState::from_slug(&open.state).map_err(|_| StoreError::Column { column: "state" })?;
        let joined = joining.join(tx.now());
        let last_day = joined.contact_deadline;
        if last_day != open.contact_deadline && !self.escalated.contains(&open.key) {
            self.courses
                .push((Place::Known(open.key), Course::of(&terms, last_day)));
        }
        self.joined.push(JoinedMatch {
            key: open.key,
            contact_deadline: joined.contact_deadline,
            earlier_deadline: joined.earlier_deadline,
        });
        for newcomer in &newcomers {
            self.joined_events.push(Event::MatchJoined {
                match_case: open.log_tag,
                signal: newcomer.log_tag,
                organisation: newcomer.organisation_id,
                from,
                contact_deadline: joined.contact_deadline_ends_at,
            });
        }
        let place = Place::Known(open.key);
        let present: Vec<OrganisationKey> = open
            .parties
            .iter()
            .filter(present)
            .map(|party| party.organisation)
            .collect();
        self.enter(
            place,
            open.log_tag,
            newcomers.into_iter(),
            &present,
            joined.visible_at,
        );
        Ok(())
    }

    fn enter(
        &mut self,
        place: Place,
        match_tag: u128,
        newcomers: impl Iterator<Item = &'s StoredSignal>,
        present: &[OrganisationKey],
        visible_at: Timestamp,
    ) {
        let newcomers: Vec<&'s StoredSignal> = newcomers.collect();
        let new_keys: Vec<OrganisationKey> = newcomers.iter().map(|signal| signal.organisation).collect();
        // Who left and came back is a newcomer, not somebody who was there.
        let present_keys: Vec<OrganisationKey> = present
            .iter()
            .copied()
            .filter(|key| !new_keys.contains(key))
            .collect();
        for (organisation, kind) in NoticeKind::on_entering(&new_keys, &present_keys) {
            self.notices.push(Notice {
                place,
                organisation,
                kind,
                visible_at,
                match_tag,
            });
        }
        self.parties
            .extend(newcomers.into_iter().map(|signal| (place, signal, visible_at)));
    }

    async fn write(mut self, tx: &Tx<'_, Matcher>, covenants: &Covenants) -> Result<(), StoreError> {
        tx.insert_later_tasks(&self.later).await?;
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
        let told: Vec<Told> = self
            .notices
            .iter()
            .map(|notice| Told {
                organisation: notice.organisation,
                about: NoticeAbout::Match(key_of(notice.place)),
                about_tag: notice.match_tag,
                kind: notice.kind,
                visible_at: notice.visible_at,
            })
            .collect();
        tx.insert_matches(&self.opened, &self.opened_events).await?;
        tx.reopen_matches(&self.joined, &self.joined_events).await?;
        tx.insert_parties(&parties).await?;
        let courses: Vec<NewFollowUp> = self
            .courses
            .iter()
            .map(|(place, course)| NewFollowUp {
                match_case: key_of(*place),
                course: *course,
            })
            .collect();
        tx.start_follow_ups(&courses).await?;
        notices::lay(tx, covenants, &told).await.map(drop)
    }
}
