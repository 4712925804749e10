//! The lifecycles, replayed from leaves alone. Consents and messages are followed event by event; who is party to a
//! match is worked out at the end from sorted lists of facts, because those take 12 to 24 bytes each where maps that
//! grow would take several times that (a million entries must be judged within 64 MiB).
//!
//! The events and the records they name are those of `domain::event`; an event this file does not know is counted and
//! reported, not judged.

mod cases;
mod content;
mod deadlines;
mod disclosure;
mod facts;
mod follow_up;
mod parties;
mod signals;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use self::cases::Cases;
use self::content::{Consents, Messages, Passing};
use self::deadlines::Deadlines;
pub(crate) use self::disclosure::Why as WhyUndisclosed;
pub(crate) use self::facts::{AboutSignal, Facts};
use self::follow_up::FollowUps;
use self::parties::Parties;
use self::signals::Signals;
use super::message::{self as say, Message};
use crate::carry::{Why, related, tag};
use crate::case;
use crate::entry::Entry;

/// How far times may run back, and by how much a read may pass the end of a consent: clocks of several database
/// servers differ, and a transaction reads its time before it gets its place in the log.
const SKEW: SignedDuration = SignedDuration::from_secs(5);

/// The random part of a record's tag.
type Tag = [u8; 16];

/// What breaks a rule, and where; kept up to a number that no honest log comes near, counted beyond it.
#[derive(Default)]
pub(crate) struct Broken {
    /// The first leaf of the period. What was carried along was judged by the export it was in.
    first: u32,
    kept: Vec<(u32, &'static Message)>,
    more: u64,
}

impl Broken {
    const MOST: usize = 100_000;

    fn push(&mut self, place: u32, message: &'static Message) {
        // What was still to follow at the export before must have come by now.
        let late = [
            &say::NOTICE_MISSING,
            &say::CONSENT_SUCCESSOR,
            &say::OBJECTION_UPHELD,
        ];
        if place < self.first && !late.contains(&message) {
            return;
        }
        if self.kept.len() < Self::MOST {
            self.kept.push((place, message));
        } else {
            self.more += 1;
        }
    }
}

/// Everything the replay remembers.
#[derive(Default)]
pub(crate) struct Replay {
    from: Option<Timestamp>,
    latest: Option<Timestamp>,
    ids: Vec<(Tag, u32)>,
    organisations: HashMap<Box<str>, u32>,
    matches: HashMap<Tag, u32>,
    /// By the number of the match.
    closed: Vec<bool>,
    deadlines: Deadlines,
    follow_ups: FollowUps,
    cases: Cases,
    signals: Signals,
    parties: Parties,
    consents: Consents,
    messages: Messages,
    views: u64,
    broken: Broken,
}

impl Replay {
    /// For a period that begins with this leaf.
    pub(crate) fn new(first: u32) -> Self {
        Self {
            broken: Broken {
                first,
                ..Broken::default()
            },
            ..Self::default()
        }
    }

    /// Takes a leaf carried along, in order, before those of the period.
    pub(crate) fn carry(&mut self, place: u32, why: Why, entry: &Entry) {
        if why == Why::Open {
            self.push(place, entry);
        } else {
            self.ids.push((entry.id, place));
        }
        if place.checked_add(1) == Some(self.broken.first) {
            self.from = Some(entry.time);
        }
        self.latest = self.latest.max(Some(entry.time));
    }

    /// Takes the next leaf; `place` is its index.
    pub(crate) fn push(&mut self, place: u32, entry: &Entry) {
        self.ids.push((entry.id, place));
        match self.latest {
            Some(latest) if entry.time < latest.saturating_sub(SKEW).unwrap_or(latest) => {
                self.breaks(place, &say::TIME_BACKWARDS)
            }
            Some(latest) if entry.time <= latest => {}
            _ => self.latest = Some(entry.time),
        }
        if looked_at(entry).is_some() && place >= self.broken.first {
            self.views += 1;
        }
        if self.event(place, entry).is_none() {
            self.breaks(place, &say::EVENT_INCOMPLETE);
        }
    }

    /// Applies the rules that reach over the whole period and gives everything found. Leaves after the export's own may
    /// belong to acts whose last leaves come with the next export, so a notice missing there is only counted.
    pub(crate) fn finish(mut self, export: Option<u64>) -> Facts {
        self.ids.sort_unstable();
        let twice = self
            .ids
            .windows(2)
            .filter(|pair| pair[0].0 == pair[1].0)
            .map(|pair| pair[1].1);
        twice.for_each(|place| self.broken.push(place, &say::EVENT_TWICE));
        self.ids = Vec::new();
        let export = export
            .and_then(|export| u32::try_from(export).ok())
            .unwrap_or(u32::MAX);
        let mut facts = Facts {
            from: self.from,
            to: self.latest,
            organisations: by_number(self.organisations),
            matches: by_number(self.matches),
            late: self.deadlines.late(self.from, self.latest),
            consents: self.consents.given(self.broken.first),
            views: self.views,
            ..Facts::default()
        };
        self.signals.judge(&mut self.broken);
        facts.pending = self.parties.judge(&self.signals, export, &mut self.broken);
        self.cases.judge(&self.signals, export, &mut self.broken);
        for place in self.consents.without_successor().filter(|place| *place < export) {
            self.broken.push(place, &say::CONSENT_SUCCESSOR);
        }
        self.signals
            .facts(self.broken.first, self.from, self.latest, &mut facts);
        self.broken
            .kept
            .sort_by_key(|(place, message)| (*place, message.slug));
        facts.broken = self.broken;
        facts
    }

    fn breaks(&mut self, place: u32, message: &'static Message) {
        self.broken.push(place, message);
    }

    /// `None` when the event lacks a record it must name.
    fn event(&mut self, place: u32, entry: &Entry) -> Option<()> {
        match entry.event.as_str() {
            "signal.submitted" => {
                let signal = tag('s', &entry.sub)?;
                let organisation = self.organisation(entry)?;
                self.signals.submitted(signal, organisation, place, entry);
            }
            event if event.starts_with("signal.") => self.signals.step(tag('s', &entry.sub)?, place, entry),
            event if event.starts_with("disclosure.") => {
                let organisation = self.organisation(entry)?;
                self.signals.disclosures.push(organisation, place, entry)?;
            }
            "archive.noticed" | "archive.opened" => {
                let organisation = self.organisation(entry)?;
                self.signals.archive(organisation, place, entry)?;
            }
            "match.opened" => {
                let match_case = tag('m', &entry.sub)?;
                let number = u32::try_from(self.matches.len()).ok()?;
                if self.matches.insert(match_case, number).is_some() {
                    self.breaks(place, &say::MATCH_TWICE);
                }
                self.closed.push(false);
                self.deadlines.push(number, place, entry);
                self.follow_ups.begin(number, entry);
                self.parties.opened(number, related('s', entry), place);
            }
            "match.joined" => {
                let organisation = self.organisation(entry)?;
                let signal = related('s', entry).next()?;
                if let Some(number) = self.living_match(place, tag('m', &entry.sub)?) {
                    self.deadlines.push(number, place, entry);
                    self.follow_ups.begin(number, entry);
                    self.parties.joined(number, signal, organisation, place);
                }
            }
            "match.viewed" => {}
            event if event.starts_with("match.") => {
                if let Some(number) = self.living_match(place, tag('m', &entry.sub)?) {
                    self.deadlines.push(number, place, entry);
                    if event == "match.closed"
                        && let Some(closed) = self.closed.get_mut(number as usize)
                    {
                        *closed = true;
                    }
                }
            }
            event if event.starts_with("follow_up.") => match self.matches.get(&tag('m', &entry.sub)?) {
                Some(number) => {
                    if let Err(message) = self.follow_ups.step(*number, entry) {
                        self.breaks(place, message);
                    }
                }
                None => self.breaks(place, &say::MATCH_UNKNOWN),
            },
            "notice.delivered" => {
                tag('n', &entry.sub)?;
                let organisation = self.organisation(entry)?;
                let Some(match_case) = related('m', entry).next() else {
                    // About the reader's own signal, or its own endpoint of webhooks.
                    return related('s', entry).chain(related('h', entry)).next().map(drop);
                };
                match self.matches.get(&match_case) {
                    Some(number) => self.parties.notice(*number, organisation, place),
                    None => self.breaks(place, &say::MATCH_UNKNOWN),
                }
            }
            event if event.starts_with("consent.") => {
                let consent = tag('c', &entry.sub)?;
                let issuer = self.organisation(entry);
                let number = match related('m', entry).next() {
                    Some(match_case) => match self.matches.get(&match_case) {
                        Some(number) => *number,
                        None => {
                            self.breaks(place, &say::MATCH_UNKNOWN);
                            return Some(());
                        }
                    },
                    None => {
                        related('s', entry).next()?;
                        // What became of a consent for a signal that is not carried along cannot be judged.
                        if self.broken.first > 0
                            && !self.consents.knows(consent)
                            && event != "consent.requested"
                        {
                            return Some(());
                        }
                        content::FOR_A_SIGNAL
                    }
                };
                if event == "consent.superseded_by_age" {
                    let successor = related('c', entry).next()?;
                    self.consents.superseded(place, number, successor);
                }
                let step = content::Step::of(entry)?;
                match self.consents.step(consent, number, step) {
                    Ok(at) => self.consents.note(at, step, issuer, place, entry),
                    Err(message) => self.breaks(place, message),
                }
            }
            "content.begun" | "content.sent" | "content.read" => {
                let (message, consent) = (tag('d', &entry.sub)?, related('c', entry).next()?);
                let organisation = self.organisation(entry)?;
                let Some(number) = self.matches.get(&related('m', entry).next()?) else {
                    self.breaks(place, &say::MATCH_UNKNOWN);
                    return Some(());
                };
                self.parties
                    .content(*number, organisation, place, entry.time.as_second());
                let step = match entry.event.as_str() {
                    "content.begun" => Passing::Announce,
                    "content.sent" if entry.from.as_deref() == Some("begun") => Passing::Complete,
                    "content.sent" => Passing::Send,
                    _ => Passing::Read,
                };
                let kept = self.messages.step(message, consent, step);
                let allowed = self.consents.allow(consent, *number, entry.time);
                for message in [kept, allowed].into_iter().filter_map(Result::err) {
                    self.breaks(place, message);
                }
            }
            "content.acknowledged" | "content.destroyed" => {
                let (message, consent) = (tag('d', &entry.sub)?, related('c', entry).next()?);
                let step = match entry.event.as_str() {
                    "content.acknowledged" => {
                        self.organisation(entry)?;
                        Passing::Acknowledge
                    }
                    _ => Passing::Destroy,
                };
                if let Err(message) = self.messages.step(message, consent, step) {
                    self.breaks(place, message);
                }
            }
            "letter.read" | "file.read" if let Some(consent) = tag('c', &entry.sub) => {
                if self.broken.first == 0 && !self.consents.knows(consent) {
                    self.breaks(place, &say::LETTER_ORDER);
                }
            }
            "letter.issued" | "letter.read" | "file.read" => self.cases.letter(place, entry)?,
            "subject.merged" => self.cases.names(place, entry),
            _ => {
                if let Some((name, step)) = case::step(entry) {
                    self.case(name?, step, place, entry)?;
                }
            }
        }
        Some(())
    }

    fn case(&mut self, name: case::Name, step: case::Step, place: u32, entry: &Entry) -> Option<()> {
        if entry.event == "objection.made" {
            related('s', entry).next()?;
        }
        self.cases.names(place, entry);
        let whole = self.broken.first == 0;
        if let Err(message) = self.cases.step(name, step, (place, entry), whole) {
            self.breaks(place, message);
        }
        Some(())
    }

    /// The number of a match that was opened and not closed; else it is said what is wrong.
    fn living_match(&mut self, place: u32, match_case: Tag) -> Option<u32> {
        let number = self.matches.get(&match_case).copied();
        match number {
            None => self.breaks(place, &say::MATCH_UNKNOWN),
            Some(number) if self.closed.get(number as usize) == Some(&true) => {
                self.breaks(place, &say::MATCH_ORDER);
            }
            Some(_) => return number,
        }
        None
    }

    /// A small number for the organisation of this entry.
    fn organisation(&mut self, entry: &Entry) -> Option<u32> {
        let organisation = entry.org.as_deref()?;
        if let Some(number) = self.organisations.get(organisation) {
            return Some(*number);
        }
        let number = u32::try_from(self.organisations.len()).ok()?;
        self.organisations.insert(organisation.into(), number);
        Some(number)
    }
}

/// The match that somebody looked at in this leaf, when that is what it tells.
pub(crate) fn looked_at(entry: &Entry) -> Option<Tag> {
    match entry.event.as_str() {
        "match.viewed" => tag('m', &entry.sub),
        "content.read" => related('m', entry).next(),
        _ => None,
    }
}

/// The keys of a map to small numbers, in the order of the numbers.
fn by_number<K>(map: HashMap<K, u32>) -> Vec<K> {
    let mut pairs: Vec<(K, u32)> = map.into_iter().collect();
    pairs.sort_unstable_by_key(|(_, number)| *number);
    pairs.into_iter().map(|(key, _)| key).collect()
}
