//! The whole life of a child's matches, by chance: people give, end and pause signals, confirm contact, propose leads, ask
//! the family, close matches and wait, in any order. Beside the rules runs a plain journal of what people did; whatever the
//! rules say is compared with what follows from the journal alone.
//!
//! The cases are the same in every run (`.cargo/config.toml`), and nothing here depends on how often chance met something:
//! that the story as it should go does open an exchange is an example of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests may fail by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::Sector;
use domain::consent::{
    AgeBand, Given, How, Pending, Question, Signatory, SignatoryRole, Signed, Standing, Stated,
};
use domain::covenant::{Covenant, Reveal, Terms};
use domain::exchange::{Coverage, Exchange};
use domain::key::{ConsentKey, OrganisationKey};
use domain::match_case::{
    Case, ClosedMeeting, Closing, EarlierDeadline, Joining, Lead, LeadAnswer, Left, Match, MatchState,
    Outcome, Party, Proposal, Proposed, Seat, SeenLead, View, Who, is_new,
};
use domain::signal::LeftBecause;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

const ORGANISATIONS: i32 = 4;
/// Of a sector that is sensitive and may not lead.
const POLICE: OrganisationKey = OrganisationKey(4);
const GUARDIAN: Signatory = Signatory {
    role: SignatoryRole::Guardian,
    number: 1,
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn organisation(number: i32) -> OrganisationKey {
    OrganisationKey(1 + number.rem_euclid(ORGANISATIONS))
}

fn everyone() -> impl Iterator<Item = OrganisationKey> {
    (0..ORGANISATIONS).map(organisation)
}

fn covenant(on_consent: bool) -> Covenant {
    let reveal = if on_consent { "on_consent" } else { "on_match" };
    Covenant::parse(&format!(
        "name = \"Convenant Testland\"\nmunicipality = \"gemeente Voorbeeldstad\"\nreveal = \"{reveal}\"\n\
         sensitive_sectors = [\"police-and-justice\"]\nmay_lead = [\"education\"]\nconsent_days = 40\n\
         [grounds]\nschool-absence = \"De jeugdige verzuimt van school\"\n"
    ))
    .unwrap()
}

/// What somebody does. Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Act {
    Give { by: i32, days: i32 },
    End { by: i32 },
    Pause { by: i32 },
    Resume { by: i32 },
    ConfirmContact { by: i32 },
    Propose { by: i32, to: i32 },
    Answer { by: i32, accepts: bool },
    Close { by: i32 },
    Ask { by: i32 },
    Decide { request: usize, yes: bool },
    Wait { minutes: i32 },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let who = 0..ORGANISATIONS;
    let act = prop_oneof![
        6 => (who.clone(), 1..60_i32).prop_map(|(by, days)| Act::Give { by, days }),
        2 => who.clone().prop_map(|by| Act::End { by }),
        1 => who.clone().prop_map(|by| Act::Pause { by }),
        1 => who.clone().prop_map(|by| Act::Resume { by }),
        5 => who.clone().prop_map(|by| Act::ConfirmContact { by }),
        3 => (who.clone(), who.clone()).prop_map(|(by, to)| Act::Propose { by, to }),
        3 => (who.clone(), any::<bool>()).prop_map(|(by, accepts)| Act::Answer { by, accepts }),
        1 => who.clone().prop_map(|by| Act::Close { by }),
        4 => who.prop_map(|by| Act::Ask { by }),
        5 => (0..6_usize, prop::bool::weighted(0.8)).prop_map(|(request, yes)| Act::Decide { request, yes }),
        // A few minutes, or days: what shows at the interval, and what ends by time.
        6 => (1..20_i32).prop_map(|minutes| Act::Wait { minutes }),
        2 => (1..20_i32).prop_map(|days| Act::Wait { minutes: days * 24 * 60 }),
    ];
    prop::collection::vec(act, 1..60)
}

/// A signal as it is on record.
#[derive(Clone, Copy)]
struct OnRecord {
    row: i64,
    ends_at: Timestamp,
    paused_from: Option<Timestamp>,
}

/// A consent as the rules keep it.
#[derive(Clone)]
enum Kept {
    Pending(Pending),
    Given(Given),
    Ended(Standing),
}

/// A match as it is on record.
struct Record {
    match_case: Match,
    earlier_deadline: Option<EarlierDeadline>,
    lead: Option<Lead>,
    proposal: Option<Proposal>,
    parties: Vec<Party>,
    /// The signal with which each takes part.
    rows: BTreeMap<OrganisationKey, i64>,
    consents: Vec<(BTreeSet<OrganisationKey>, Timestamp, Kept)>,
}

/// A membership: who, and with which signal.
type Member = (OrganisationKey, i64);

/// What people did about one request, in words.
struct Asked {
    in_match: usize,
    named: BTreeSet<Member>,
    yes_at: Option<Timestamp>,
    no: bool,
    replaced: bool,
}

/// What people did, in words.
#[derive(Default)]
struct Journal {
    asked: Vec<Asked>,
    contact: BTreeSet<(usize, Member)>,
    accepted: BTreeSet<(usize, Member)>,
    closed_by_lead: BTreeMap<usize, Timestamp>,
    ended: BTreeMap<i64, Timestamp>,
}

struct World {
    covenant: Covenant,
    now: Timestamp,
    signals: BTreeMap<OrganisationKey, OnRecord>,
    given: i64,
    matches: Vec<Record>,
    journal: Journal,
    closings: BTreeMap<usize, (Timestamp, Outcome)>,
}

impl World {
    fn new(on_consent: bool) -> Self {
        Self {
            covenant: covenant(on_consent),
            // Never on a mark of the interval: waiting is in whole minutes.
            now: at("2027-03-01T09:02:07Z"),
            signals: BTreeMap::new(),
            given: 0,
            matches: Vec::new(),
            journal: Journal::default(),
            closings: BTreeMap::new(),
        }
    }

    fn case<T>(&self, place: usize, ask: impl FnOnce(Case<'_>) -> T) -> T {
        let record = &self.matches[place];
        let terms = Terms::of(&self.covenant);
        let coverage =
            |(row, (parties, requested_at, kept)): (usize, &(BTreeSet<_>, Timestamp, Kept))| Coverage {
                consent: ConsentKey {
                    subject: 1,
                    row: i64::try_from(row).unwrap(),
                },
                parties: parties.clone(),
                requested_at: *requested_at,
                standing: match kept {
                    Kept::Pending(pending) => Standing::from(pending),
                    Kept::Given(given) => Standing::from(given),
                    Kept::Ended(standing) => *standing,
                },
            };
        let consents: Vec<Coverage> = record.consents.iter().enumerate().map(coverage).collect();
        ask(Case {
            terms: &terms,
            match_case: record.match_case,
            earlier_deadline: record.earlier_deadline,
            lead: record.lead,
            proposal: record.proposal,
            parties: &record.parties,
            consents: &consents,
        })
    }

    fn view(&self, place: usize, viewer: OrganisationKey) -> Option<View> {
        self.case(place, |case| case.view(viewer, self.now))
    }

    /// The match that people act in: the last.
    fn latest(&self) -> Option<usize> {
        self.matches.len().checked_sub(1)
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Wait { minutes } => self.now += minutes.minutes(),
            Act::Give { by, days } => self.give(organisation(by), days),
            Act::End { by } => self.end(organisation(by)),
            Act::Pause { by } => self.pause(organisation(by), Some(self.now)),
            Act::Resume { by } => self.pause(organisation(by), None),
            Act::Decide { request, yes } => self.decide(request, yes),
            Act::ConfirmContact { by } => self.confirm(organisation(by)),
            Act::Propose { by, to } => self.propose(organisation(by), organisation(to)),
            Act::Answer { by, accepts } => self.answer(organisation(by), accepts),
            Act::Close { by } => self.close(organisation(by)),
            Act::Ask { by } => self.ask(organisation(by)),
        }
    }

    fn give(&mut self, by: OrganisationKey, days: i32) {
        if self
            .signals
            .get(&by)
            .is_some_and(|signal| self.now < signal.ends_at)
        {
            return;
        }
        self.given += 1;
        let signal = OnRecord {
            row: self.given,
            ends_at: self.now + (days * 24).hours(),
            paused_from: None,
        };
        self.signals.insert(by, signal);
        self.journal.ended.insert(signal.row, signal.ends_at);
        self.look();
    }

    fn end(&mut self, by: OrganisationKey) {
        let now = self.now;
        let Some(signal) = self.signals.get_mut(&by).filter(|signal| now < signal.ends_at) else {
            return;
        };
        signal.ends_at = now;
        let row = signal.row;
        self.journal.ended.insert(row, now);
        for record in &mut self.matches {
            let takes_part = record.rows.get(&by) == Some(&row);
            let party = record.parties.iter_mut().find(|party| party.organisation == by);
            if let Some(party) = party.filter(|_| takes_part) {
                party.signal_ends_at = now;
                party.left = Some(Left {
                    at: now,
                    because: LeftBecause::Resolved,
                });
            }
        }
        self.look();
    }

    fn pause(&mut self, by: OrganisationKey, from: Option<Timestamp>) {
        let now = self.now;
        let Some(signal) = self.signals.get_mut(&by).filter(|signal| now < signal.ends_at) else {
            return;
        };
        signal.paused_from = from;
        let row = signal.row;
        for record in &mut self.matches {
            let takes_part = record.rows.get(&by) == Some(&row);
            let party = record.parties.iter_mut().find(|party| party.organisation == by);
            if let Some(party) = party.filter(|_| takes_part) {
                party.paused_from = from;
            }
        }
        self.look();
    }

    /// What the matcher does for this child: writes down what ended, lets newcomers in, opens what is new.
    fn look(&mut self) {
        let now = self.now;
        for place in 0..self.matches.len() {
            let stands = self.case(place, |case| case.now(now));
            if stands.closed_at().is_some() {
                self.matches[place].match_case = stands;
            }
        }
        let active: Vec<(OrganisationKey, OnRecord)> = self
            .signals
            .iter()
            .filter(|(_, signal)| now < signal.ends_at && signal.paused_from.is_none())
            .map(|(organisation, signal)| (*organisation, *signal))
            .collect();
        let open = self
            .matches
            .iter()
            .position(|record| record.match_case.closed_at().is_none());
        match open {
            Some(place) => self.join(place, &active),
            None => self.open(&active),
        }
    }

    fn join(&mut self, place: usize, active: &[(OrganisationKey, OnRecord)]) {
        let covenant = self.covenant.clone();
        let terms = Terms::of(&covenant);
        let now = self.now;
        let record = &self.matches[place];
        let seats: Vec<Seat> = record
            .parties
            .iter()
            .map(|party| Seat {
                organisation: party.organisation,
                visible_at: party.visible_at,
                left_at: (!party.counts(now)).then_some(party.signal_ends_at),
                is_done: party.contact_confirmed_at.is_some()
                    || party.is_paused(now)
                    || self.was_asked_about(place, party),
            })
            .collect();
        let joining = Joining {
            terms: &terms,
            contact_deadline: record.match_case.contact_deadline(),
            earlier_deadline: record.earlier_deadline,
            seats: &seats,
        };
        let newcomers: Vec<_> = active
            .iter()
            .filter(|(organisation, signal)| record.rows.get(organisation) != Some(&signal.row))
            .filter(|(organisation, _)| joining.waits_until(*organisation, now).is_none())
            .collect();
        if newcomers.is_empty() {
            return;
        }
        let joined = joining.join(now);
        let record = &mut self.matches[place];
        record.match_case = Match::Open {
            opened_at: record.match_case.opened_at(),
            contact_deadline: joined.contact_deadline,
        };
        record.earlier_deadline = joined.earlier_deadline;
        for (organisation, signal) in newcomers {
            record.seat(*organisation, signal, now, joined.visible_at);
        }
    }

    fn open(&mut self, active: &[(OrganisationKey, OnRecord)]) {
        let rows: Vec<i64> = active.iter().map(|(_, signal)| signal.row).collect();
        let closed: Vec<ClosedMeeting> = self
            .matches
            .iter()
            .map(|record| ClosedMeeting {
                closed_at: record.match_case.closed_at().unwrap(),
                signals: record
                    .parties
                    .iter()
                    .map(|party| (record.rows[&party.organisation], party.visible_at))
                    .filter(|(row, _)| rows.contains(row))
                    .collect(),
            })
            .collect();
        if !is_new(&rows, &closed) {
            return;
        }
        let entered = Match::open(&Terms::of(&self.covenant), self.now);
        let mut record = Record {
            match_case: entered.match_case,
            earlier_deadline: None,
            lead: None,
            proposal: None,
            parties: Vec::new(),
            rows: BTreeMap::new(),
            consents: Vec::new(),
        };
        for (organisation, signal) in active {
            record.seat(*organisation, signal, self.now, entered.visible_at);
        }
        self.matches.push(record);
    }

    fn was_asked_about(&self, place: usize, party: &Party) -> bool {
        let consents = self.matches[place].consents.iter();
        let mut about = consents.filter(|(named, ..)| named.contains(&party.organisation));
        about.any(|(_, requested_at, _)| party.member_since <= *requested_at)
    }

    fn confirm(&mut self, by: OrganisationKey) {
        let Some(place) = self.latest() else { return };
        let now = self.now;
        if let Ok(changed) = self.case(place, |case| case.confirm_contact(by, now)) {
            let member = (by, self.matches[place].rows[&by]);
            self.journal.contact.insert((place, member));
            let record = &mut self.matches[place];
            record.match_case = changed;
            let party = record.parties.iter_mut().find(|party| party.organisation == by);
            party.unwrap().contact_confirmed_at.get_or_insert(now);
        }
    }

    fn propose(&mut self, by: OrganisationKey, to: OrganisationKey) {
        let Some(place) = self.latest() else { return };
        let now = self.now;
        let proposed = self.case(place, |case| case.propose_lead(by, Some(to), now));
        let Ok(Proposed::New(proposal)) = proposed else {
            return;
        };
        let seen = self.view(place, by).expect("who acts sees the match");
        let named = |who: &Who| matches!(who, Who::Named { organisation, .. } if *organisation == to);
        assert!(
            seen.parties.iter().any(|party| named(&party.who)),
            "a masked party was proposed"
        );
        self.matches[place].proposal = Some(proposal);
    }

    fn answer(&mut self, by: OrganisationKey, accepts: bool) {
        let Some(place) = self.latest() else { return };
        let answer = if accepts {
            LeadAnswer::Accepted
        } else {
            LeadAnswer::Declined
        };
        let now = self.now;
        let Ok((_, lead)) = self.case(place, |case| case.answer_lead(by, answer, now)) else {
            return;
        };
        if accepts {
            let member = (by, self.matches[place].rows[&by]);
            self.journal.accepted.insert((place, member));
        }
        let record = &mut self.matches[place];
        (record.lead, record.proposal) = (lead, None);
    }

    fn close(&mut self, by: OrganisationKey) {
        let Some(place) = self.latest() else { return };
        let closing = Closing {
            outcome: Outcome::TunedIn,
            by: Some("p-1"),
            approved_by: None,
        };
        let now = self.now;
        let Ok(closed) = self.case(place, |case| case.close(by, closing, now)) else {
            return;
        };
        let member = (by, self.matches[place].rows[&by]);
        assert!(
            self.journal.accepted.contains(&(place, member)),
            "closed by a party that never accepted"
        );
        self.journal.closed_by_lead.insert(place, now);
        self.matches[place].match_case = closed;
        self.look();
    }

    fn ask(&mut self, by: OrganisationKey) {
        let Some(place) = self.latest() else { return };
        let terms = Terms::of(&self.covenant);
        let stated = Stated {
            age_band: AgeBand::Under12,
            guardians: 1,
            next_boundary_on: None,
            one_guardian_declares: false,
        };
        let question = Question::weigh(stated, &terms, self.now).unwrap();
        let Ok(named) = self.case(place, |case| case.request_consent(by, self.now)) else {
            return;
        };
        let pending = Pending::ask(&question, named.iter().copied(), None, &terms, self.now);
        let rows = &self.matches[place].rows;
        self.journal.asked.push(Asked {
            in_match: place,
            named: named.iter().map(|party| (*party, rows[party])).collect(),
            yes_at: None,
            no: false,
            replaced: false,
        });
        let now = self.now;
        self.matches[place]
            .consents
            .push((named, now, Kept::Pending(pending)));
    }

    /// The guardian says yes or no to a request, or takes a yes back.
    fn decide(&mut self, request: usize, yes: bool) {
        if self.journal.asked.is_empty() {
            return;
        }
        let request = request % self.journal.asked.len();
        let place = self.journal.asked[request].in_match;
        let before = &self.journal.asked[..request];
        let row = before.iter().filter(|asked| asked.in_match == place).count();
        let terms = Terms::of(&self.covenant);
        let kept = match (self.matches[place].consents[row].2.clone(), yes) {
            (Kept::Pending(pending), true) => match pending.sign(GUARDIAN, How::LETTER, &terms, self.now) {
                Ok(Signed::Given(given)) => {
                    self.replace_earlier(place, row, &given);
                    self.journal.asked[request].yes_at = Some(self.now);
                    Kept::Given(given)
                }
                _ => return,
            },
            (Kept::Pending(pending), false) => match pending.refuse(GUARDIAN, self.now) {
                Ok(standing) => Kept::Ended(standing),
                Err(_) => return,
            },
            (Kept::Given(given), false) => match given.withdraw(GUARDIAN, self.now) {
                Ok(standing) => Kept::Ended(standing),
                Err(_) => return,
            },
            _ => return,
        };
        self.journal.asked[request].no |= !yes;
        self.matches[place].consents[row].2 = kept;
    }

    fn replace_earlier(&mut self, place: usize, row: usize, given: &Given) {
        let now = self.now;
        let record = &mut self.matches[place];
        let counting: BTreeSet<OrganisationKey> = record
            .parties
            .iter()
            .filter(|party| party.counts(now))
            .map(|party| party.organisation)
            .collect();
        let mut of_match = self
            .journal
            .asked
            .iter_mut()
            .filter(|asked| asked.in_match == place);
        for (earlier, (named, _, kept)) in record.consents.iter_mut().enumerate() {
            let written = of_match.next().expect("each request stands in the journal");
            if earlier != row
                && given.takes_the_place_of(named, |party| counting.contains(&party))
                && let Kept::Given(earlier) = kept
                && let Ok(standing) = earlier.clone().replace(now)
            {
                *kept = Kept::Ended(standing);
                written.replaced = true;
            }
        }
    }
}

impl Record {
    /// Gives an organisation its seat; who was in it before is a new party.
    fn seat(
        &mut self,
        organisation: OrganisationKey,
        signal: &OnRecord,
        now: Timestamp,
        visible_at: Timestamp,
    ) {
        let last_asked = self
            .consents
            .iter()
            .map(|(_, requested_at, _)| *requested_at)
            .max();
        let returning = self.rows.contains_key(&organisation);
        let after = last_asked.filter(|_| returning).map(|at| at + 1.microsecond());
        self.parties.retain(|party| party.organisation != organisation);
        self.parties.push(Party {
            organisation,
            sector: if organisation == POLICE {
                Sector::PoliceAndJustice
            } else {
                Sector::Education
            },
            member_since: after.map_or(now, |after| after.max(now)),
            visible_at,
            signal_ends_at: signal.ends_at,
            paused_from: signal.paused_from,
            hidden_until: None,
            left: None,
            contact_confirmed_at: None,
        });
        self.rows.insert(organisation, signal.row);
    }
}

/// By the journal alone.
impl World {
    fn counts(&self, member: Member) -> bool {
        self.now < self.journal.ended[&member.1]
    }

    fn is_paused(&self, member: Member) -> bool {
        let signal = self
            .signals
            .get(&member.0)
            .filter(|signal| signal.row == member.1);
        signal.is_some_and(|signal| signal.paused_from.is_some())
    }

    /// Somebody said yes to a request that names both as they take part now, nobody took it back, nothing took its place,
    /// and its days are not over.
    fn family_agreed(&self, place: usize, one: Member, other: Member) -> bool {
        let days = i32::from(self.covenant.consent_days());
        self.journal.asked.iter().any(|asked| {
            asked.in_match == place
                && asked.named.contains(&one)
                && asked.named.contains(&other)
                && !asked.no
                && !asked.replaced
                && asked.yes_at.is_some_and(|yes_at| {
                    self.now < self.covenant.add_days(yes_at, u16::try_from(days).unwrap())
                })
        })
    }

    fn is_closed(&self, place: usize) -> bool {
        let counting = self.matches[place]
            .rows
            .iter()
            .filter(|(organisation, row)| self.counts((**organisation, **row)));
        self.journal.closed_by_lead.contains_key(&place)
            || counting.count() < 2
            || self.closings.contains_key(&place)
    }

    fn check(&mut self) -> Result<(), TestCaseError> {
        let open = self
            .matches
            .iter()
            .filter(|record| record.match_case.closed_at().is_none());
        prop_assert!(open.count() <= 1, "one case per child");
        for place in 0..self.matches.len() {
            self.check_match(place)?;
            // What is over stays over, as it ended.
            if let Some(closing) = self.case(place, |case| case.now(self.now)).closing() {
                let before = *self.closings.entry(place).or_insert(closing);
                prop_assert_eq!(before, closing);
            }
        }
        Ok(())
    }

    fn check_match(&self, place: usize) -> Result<(), TestCaseError> {
        let members: Vec<Member> = self.matches[place]
            .rows
            .iter()
            .map(|(o, row)| (*o, *row))
            .collect();
        let visible = |member: &Member| {
            let parties = &self.matches[place].parties;
            parties
                .iter()
                .any(|party| party.organisation == member.0 && party.visible_at <= self.now)
        };
        for one in &members {
            for other in members.iter().filter(|other| *other != one) {
                let both = |say: &dyn Fn(Member) -> bool| say(*one) && say(*other);
                let should = self.family_agreed(place, *one, *other)
                    && both(&|member| self.counts(member) && !self.is_paused(member))
                    && both(&|member| visible(&member))
                    && !self.is_closed(place);
                let exchange = self.case(place, |case| case.exchange(one.0, other.0, self.now));
                prop_assert_eq!(exchange.is_open(), should, "{:?} {:?}", one, other);
            }
            self.check_view(place, *one)?;
        }
        if let Some(lead) = self.case(place, |case| case.lead(self.now)) {
            let member = (lead, self.matches[place].rows[&lead]);
            prop_assert!(self.journal.accepted.contains(&(place, member)));
            prop_assert_ne!(lead, POLICE, "a sector that may not lead leads");
        }
        let due = self.case(place, |case| case.contact_due(self.now));
        let to_act = members.iter().filter(|member| visible(member)).any(|member| {
            let asked = |asked: &Asked| asked.in_match == place && asked.named.contains(member);
            self.counts(*member)
                && !self.is_paused(*member)
                && !self.journal.contact.contains(&(place, *member))
                && !self.journal.asked.iter().any(asked)
        });
        prop_assert!(due.is_none() || to_act, "somebody is late who did what is asked");
        Ok(())
    }

    fn check_view(&self, place: usize, viewer: Member) -> Result<(), TestCaseError> {
        let Some(view) = self.view(place, viewer.0) else {
            return Ok(());
        };
        prop_assert!(view.visible_at <= self.now);
        prop_assert_eq!(view.closing.is_some(), view.state == MatchState::Closed);
        if let Some(closing) = view.closing {
            prop_assert!(view.visible_at <= closing.at && closing.at <= self.now);
        }
        let opens = |seen: &domain::match_case::SeenParty| seen.exchange.is_some_and(Exchange::is_open);
        prop_assert_eq!(view.exchange.is_open(), view.parties.iter().any(opens));
        let rows = &self.matches[place].rows;
        for seen in &view.parties {
            match seen.who {
                Who::You { .. } => {}
                Who::Masked => prop_assert!(seen.lead == SeenLead::No && !opens(seen)),
                Who::Named {
                    organisation,
                    contact_confirmed,
                } => {
                    let member = (organisation, rows[&organisation]);
                    let hidden = self.covenant.reveal() == Reveal::OnConsent || organisation == POLICE;
                    prop_assert!(
                        !hidden || self.family_agreed(place, viewer, member),
                        "shown without consent"
                    );
                    prop_assert_eq!(contact_confirmed, self.journal.contact.contains(&(place, member)));
                    let acts = self.counts(member) && !self.is_paused(member);
                    if view.state == MatchState::ContactConfirmed && acts {
                        prop_assert!(contact_confirmed);
                    }
                }
            }
        }
        Ok(())
    }

    /// Everything everyone is shown of others at this moment, but for whether messages can pass.
    fn shown(&self) -> Vec<(usize, OrganisationKey, Option<View>)> {
        let without_exchange = |mut view: View| {
            view.exchange = Exchange::Closed(domain::exchange::Closed::SignalEnded);
            view.parties.iter_mut().for_each(|party| party.exchange = None);
            view
        };
        let places = 0..self.matches.len();
        places
            .flat_map(|place| everyone().map(move |viewer| (place, viewer)))
            .map(|(place, viewer)| (place, viewer, self.view(place, viewer).map(without_exchange)))
            .filter(|(.., view)| view.as_ref().is_some_and(|view| view.parties.len() > 1))
            .collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_do_the_rules_say_what_follows_from_the_journal(acts in acts(), on_consent: bool) {
        let mut world = World::new(on_consent);
        for act in &acts {
            // Who comes and who goes shows at the next interval: at the moment itself nobody is shown anything of it.
            let unseen = matches!(act, Act::Give { .. } | Act::End { .. });
            let before = unseen.then(|| world.shown());
            world.act(act);
            let after = unseen.then(|| world.shown());
            prop_assert_eq!(after, before, "{:?}", act);
            world.check()?;
        }
    }
}

/// The property is worth something only if these things do happen in its world.
#[test]
fn the_story_as_it_should_go() {
    let mut world = World::new(false);
    let mut does = |act: Act| {
        world.act(&act);
        world.check().unwrap();
        let latest = world.latest()?;
        Some(world.case(latest, |case| {
            let exchange = case.exchange(organisation(0), organisation(1), world.now);
            (
                case.now(world.now).state(),
                exchange.is_open(),
                case.lead(world.now),
            )
        }))
    };
    let quarter = || Act::Wait { minutes: 15 };
    assert_eq!(does(Act::Give { by: 0, days: 50 }), None);
    let open = (MatchState::Open, false, None);
    assert_eq!(does(Act::Give { by: 1, days: 40 }), Some(open));
    does(quarter());
    does(Act::ConfirmContact { by: 0 });
    let met = (MatchState::ContactConfirmed, false, None);
    assert_eq!(does(Act::ConfirmContact { by: 1 }), Some(met));
    does(Act::Propose { by: 0, to: 1 });
    let led = (MatchState::ContactConfirmed, false, Some(organisation(1)));
    assert_eq!(does(Act::Answer { by: 1, accepts: true }), Some(led));
    does(Act::Ask { by: 0 });
    let exchanging = (MatchState::ContactConfirmed, true, Some(organisation(1)));
    assert_eq!(
        does(Act::Decide {
            request: 0,
            yes: true
        }),
        Some(exchanging)
    );
    // A third comes in: contact is to be made anew, and the others still exchange.
    let reopened = (MatchState::Open, true, Some(organisation(1)));
    assert_eq!(does(Act::Give { by: 2, days: 30 }), Some(reopened));
    does(quarter());
    assert_eq!(does(Act::End { by: 2 }), Some(exchanging));
    does(quarter());
    let over = (MatchState::Closed, false, Some(organisation(1)));
    assert_eq!(does(Act::Close { by: 1 }), Some(over));
    // What a lead closed opens again when somebody new comes in, and not before.
    assert_eq!(does(Act::Pause { by: 0 }), Some(over));
    assert_eq!(does(Act::Resume { by: 0 }), Some(over));
    assert_eq!(does(Act::Give { by: 3, days: 30 }), Some(open));
    assert_eq!(world.matches.len(), 2);
}
