//! The lifecycles, replayed from leaves alone. Consents and messages are followed event by event; who is party to a
//! match is worked out at the end from sorted lists of facts, because those take 12 to 24 bytes each where maps that
//! grow would take several times that (a million entries must be judged within 64 MiB).
//!
//! The events and the records they name are those of `domain::event`; an event this file does not know is counted and
//! reported, not judged.

mod content;
mod parties;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use self::content::{Consents, Messages};
use self::parties::Parties;
use super::message::{self as say, Message};
use super::report::Report;
use crate::entry::Entry;
use crate::text::parse_hex;

/// How far times may run back, and by how much a read may pass the end of a consent: clocks of several database
/// servers differ, and a transaction reads its time before it gets its place in the log.
const SKEW: SignedDuration = SignedDuration::from_secs(5);

/// The random part of a record's tag.
type Tag = [u8; 16];

/// What breaks a rule, and where; kept up to a number that no honest log comes near, counted beyond it.
#[derive(Default)]
struct Broken {
    kept: Vec<(u32, &'static Message)>,
    more: u64,
}

impl Broken {
    const MOST: usize = 100_000;

    fn push(&mut self, place: u32, message: &'static Message) {
        if self.kept.len() < Self::MOST {
            self.kept.push((place, message));
        } else {
            self.more += 1;
        }
    }
}

/// Everything the replay remembers.
#[derive(Default)]
pub(super) struct Replay {
    latest: Option<Timestamp>,
    ids: Vec<(Tag, u32)>,
    organisations: HashMap<Box<str>, u32>,
    matches: HashMap<Tag, u32>,
    parties: Parties,
    consents: Consents,
    messages: Messages,
    broken: Broken,
}

impl Replay {
    /// Takes the next leaf; `place` is its index.
    pub(super) fn push(&mut self, place: u32, entry: &Entry) {
        self.ids.push((entry.id, place));
        match self.latest {
            Some(latest) if entry.time < latest.saturating_sub(SKEW).unwrap_or(latest) => {
                self.breaks(place, &say::TIME_BACKWARDS)
            }
            Some(latest) if entry.time <= latest => {}
            _ => self.latest = Some(entry.time),
        }
        if self.event(place, entry).is_none() {
            self.breaks(place, &say::EVENT_INCOMPLETE);
        }
    }

    /// Applies the rules that reach over the whole log and reports everything found. Leaves after the export's own may
    /// belong to acts whose last leaves come with the next export, so a notice missing there is only counted.
    pub(super) fn report(mut self, export: Option<u64>, report: &mut Report) {
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
        let pending = self.parties.judge(export, &mut self.broken);
        report.pending_notices(pending);
        self.broken
            .kept
            .sort_by_key(|(place, message)| (*place, message.slug));
        report.more(self.broken.more);
        for (place, message) in self.broken.kept {
            report.find(message, Some(place.into()), "");
        }
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
                self.parties.signal(signal, organisation, place);
            }
            "match.opened" => {
                let match_case = tag('m', &entry.sub)?;
                let number = u32::try_from(self.matches.len()).ok()?;
                if self.matches.insert(match_case, number).is_some() {
                    self.breaks(place, &say::MATCH_TWICE);
                }
                self.parties.opened(number, related('s', entry), place);
            }
            "match.joined" => {
                let organisation = self.organisation(entry)?;
                let signal = related('s', entry).next()?;
                match self.matches.get(&tag('m', &entry.sub)?) {
                    Some(number) => self.parties.joined(*number, signal, organisation, place),
                    None => self.breaks(place, &say::MATCH_UNKNOWN),
                }
            }
            "notice.delivered" => {
                tag('n', &entry.sub)?;
                let organisation = self.organisation(entry)?;
                match self.matches.get(&related('m', entry).next()?) {
                    Some(number) => self.parties.notice(*number, organisation, place),
                    None => self.breaks(place, &say::MATCH_UNKNOWN),
                }
            }
            event if event.starts_with("consent.") => {
                let consent = tag('c', &entry.sub)?;
                let Some(number) = self.matches.get(&related('m', entry).next()?) else {
                    self.breaks(place, &say::MATCH_UNKNOWN);
                    return Some(());
                };
                let step = content::Step::of(entry)?;
                if let Err(message) = self.consents.step(consent, *number, step) {
                    self.breaks(place, message);
                }
            }
            "content.sent" | "content.read" => {
                let (message, consent) = (tag('d', &entry.sub)?, related('c', entry).next()?);
                let organisation = self.organisation(entry)?;
                let Some(number) = self.matches.get(&related('m', entry).next()?) else {
                    self.breaks(place, &say::MATCH_UNKNOWN);
                    return Some(());
                };
                self.parties.content(*number, organisation, place);
                let kept = if entry.event == "content.sent" {
                    self.messages.sent(message, consent)
                } else {
                    self.messages.read(message, consent)
                };
                let allowed = self.consents.allow(consent, *number, entry.time);
                for message in [kept, allowed].into_iter().filter_map(Result::err) {
                    self.breaks(place, message);
                }
            }
            "content.destroyed" => {
                if let Err(message) = self
                    .messages
                    .destroyed(tag('d', &entry.sub)?, related('c', entry).next()?)
                {
                    self.breaks(place, message);
                }
            }
            _ => {}
        }
        Some(())
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

/// The random part of a tag with this letter.
fn tag(letter: char, text: &str) -> Option<Tag> {
    parse_hex(text.strip_prefix(letter)?.strip_prefix('_')?)
}

/// The related records with this letter.
fn related(letter: char, entry: &Entry) -> impl Iterator<Item = Tag> {
    entry.rel.iter().filter_map(move |text| tag(letter, text))
}
