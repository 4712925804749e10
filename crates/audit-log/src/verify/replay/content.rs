//! Consents and the messages sent under them, step by step. The lock of product.md: closed unless, at this moment, a
//! given consent stands.

use std::collections::HashMap;

use jiff::Timestamp;

use super::facts::Given;
use super::{SKEW, Tag};
use crate::carry::related;
use crate::entry::Entry;
use crate::verify::message::{self as say, Message};

/// Stands for the match of a consent that is about a signal.
pub(super) const FOR_A_SIGNAL: u32 = u32::MAX;

/// What a leaf does to a consent.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Request,
    /// Read with a code, or signed there by one of several.
    Use,
    /// Anything else that ends nothing and gives nothing.
    Look,
    Give {
        until: Timestamp,
        sure: Sure,
    },
    Refuse,
    Withdraw,
    Expire,
    Replace {
        successor: Option<Tag>,
    },
}

/// How sure the least sure of the signatures is, as far as the report about letters asks.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Sure {
    /// A professional recorded what was said or written.
    Attested,
    /// By letter, or the leaf does not say.
    Letter,
    /// More than by a letter alone.
    More,
}

#[derive(Clone, Copy)]
struct Consent {
    match_case: u32,
    state: State,
    /// For the reports: who asked and when; when a code was first used; when, where and how surely it was given. Times
    /// in seconds since 1970.
    issuer: Option<u32>,
    asked: i64,
    used: Option<i64>,
    given: Option<(i64, u32, Sure)>,
}

#[derive(Clone, Copy)]
enum State {
    Asked,
    Given {
        until: i64,
    },
    Withdrawn,
    /// The successor's place in `Consents::all`, when there is one.
    Replaced {
        successor: Option<u32>,
    },
    /// Refused, expired, or overtaken by age.
    Ended,
}

#[derive(Default)]
pub(super) struct Consents {
    numbers: HashMap<Tag, u32>,
    all: Vec<Consent>,
    /// Requests that an age boundary ended: the leaf, the match, and what asks instead.
    superseded: Vec<(u32, u32, Tag)>,
}

impl Step {
    /// `None` when the leaf lacks what the step needs. An unknown step ends nothing and gives nothing.
    pub(super) fn of(entry: &Entry) -> Option<Self> {
        Some(match entry.event.as_str() {
            "consent.requested" => Self::Request,
            "consent.given" => Self::Give {
                until: entry.until?,
                sure: Sure::of(entry),
            },
            "consent.opened" => Self::Use,
            "consent.signed" if entry.org.is_none() => Self::Use,
            "consent.refused" => Self::Refuse,
            "consent.withdrawn" => Self::Withdraw,
            "consent.expired" | "consent.superseded_by_age" => Self::Expire,
            "consent.replaced" => Self::Replace {
                successor: related('c', entry).next(),
            },
            _ => Self::Look,
        })
    }
}

impl Sure {
    fn of(entry: &Entry) -> Self {
        match entry.to.as_deref() {
            Some("given(attested)") => Self::Attested,
            Some("given(assisted)" | "given(oidc)") => Self::More,
            _ => Self::Letter,
        }
    }
}

impl Consents {
    /// Whether it was requested in what is known.
    pub(super) fn knows(&self, consent: Tag) -> bool {
        self.numbers.contains_key(&consent)
    }

    /// Takes a step of `consent` in `match_case` and gives its number; `Err` says which rule it breaks.
    pub(super) fn step(
        &mut self,
        consent: Tag,
        match_case: u32,
        step: Step,
    ) -> Result<u32, &'static Message> {
        let successor = match step {
            Step::Replace { successor } => successor.and_then(|tag| self.numbers.get(&tag).copied()),
            _ => None,
        };
        let Some(number) = self.numbers.get(&consent).copied() else {
            if !matches!(step, Step::Request) {
                return Err(&say::CONSENT_ORDER);
            }
            let number = u32::try_from(self.all.len()).map_err(|_| &say::CONSENT_ORDER)?;
            self.numbers.insert(consent, number);
            self.all.push(Consent {
                match_case,
                state: State::Asked,
                issuer: None,
                asked: 0,
                used: None,
                given: None,
            });
            return Ok(number);
        };
        let Some(known) = self.all.get_mut(number as usize) else {
            return Err(&say::CONSENT_ORDER);
        };
        if matches!(step, Step::Request) {
            return Err(&say::CONSENT_TWICE);
        }
        if known.match_case != match_case {
            return Err(&say::CONSENT_ORDER);
        }
        known.state = match (known.state, step) {
            (state, Step::Look | Step::Use) => state,
            (State::Asked, Step::Give { until, .. }) => State::Given {
                until: until.as_second(),
            },
            (State::Asked, Step::Refuse) => State::Ended,
            (State::Asked | State::Given { .. }, Step::Withdraw) => State::Withdrawn,
            (State::Asked | State::Given { .. }, Step::Expire) => State::Ended,
            (State::Given { .. }, Step::Replace { .. }) => State::Replaced { successor },
            _ => return Err(&say::CONSENT_ORDER),
        };
        Ok(number)
    }

    /// Notes of a step that was taken what the reports need.
    pub(super) fn note(&mut self, number: u32, step: Step, issuer: Option<u32>, place: u32, entry: &Entry) {
        let Some(known) = self.all.get_mut(number as usize) else {
            return;
        };
        let now = entry.time.as_second();
        match step {
            Step::Request => (known.issuer, known.asked) = (issuer, now),
            Step::Use => known.used = known.used.or(Some(now)),
            Step::Give { sure, .. } => known.given = Some((now, place, sure)),
            _ => {}
        }
    }

    /// Notes that an age boundary ended a request and another takes its place.
    pub(super) fn superseded(&mut self, place: u32, match_case: u32, successor: Tag) {
        self.superseded.push((place, match_case, successor));
    }

    /// Where a request ended at an age boundary and what it names does not ask about the same.
    pub(super) fn without_successor(&self) -> impl Iterator<Item = u32> {
        let asks = |match_case: &u32, successor: &Tag| {
            let number = self.numbers.get(successor);
            let known = number.and_then(|number| self.all.get(*number as usize));
            known.is_some_and(|known| known.match_case == *match_case)
        };
        let missing = self
            .superseded
            .iter()
            .filter(move |(_, match_case, successor)| !asks(match_case, successor));
        missing.map(|(place, ..)| *place)
    }

    /// The consents given by letter from the leaf `first` on, in order of place. One that a professional recorded in part
    /// is among them when a code was used for it too: the word of that professional makes the letter no surer.
    pub(super) fn given(&self, first: u32) -> Vec<Given> {
        let tags = self.numbers.iter();
        let mut all: Vec<Given> = tags
            .filter_map(|(tag, number)| {
                let known = self.all.get(*number as usize)?;
                let (at, place, sure) = known.given.filter(|(_, place, _)| *place >= first)?;
                let by_letter = match sure {
                    Sure::Letter => true,
                    Sure::Attested => known.used.is_some(),
                    Sure::More => false,
                };
                if !by_letter {
                    return None;
                }
                Some(Given {
                    place,
                    tag: *tag,
                    issuer: known.issuer.unwrap_or(u32::MAX),
                    at,
                    minutes: known
                        .used
                        .unwrap_or(at)
                        .saturating_sub(known.asked)
                        .div_euclid(60),
                })
            })
            .collect();
        all.sort_unstable_by_key(|given| given.place);
        all
    }

    /// Whether content may pass in `match_case` under `consent` at `time`. A message sealed under a consent that was
    /// replaced is covered by what replaced it.
    pub(super) fn allow(
        &self,
        consent: Tag,
        match_case: u32,
        time: Timestamp,
    ) -> Result<(), &'static Message> {
        let mut number = self.numbers.get(&consent).copied();
        // Each successor was requested before it replaced, so a chain has an end; the bound is against a hostile log.
        for _ in 0..=self.all.len().min(64) {
            let Some(known) = number.and_then(|number| self.all.get(number as usize)) else {
                return Err(&say::CONTENT_BEFORE);
            };
            if known.match_case != match_case {
                return Err(&say::CONTENT_OTHER_MATCH);
            }
            match known.state {
                State::Given { until } if time.as_second() < until.saturating_add(SKEW.as_secs()) => {
                    return Ok(());
                }
                State::Given { .. } | State::Ended => return Err(&say::CONTENT_ENDED),
                State::Asked => return Err(&say::CONTENT_BEFORE),
                State::Withdrawn => return Err(&say::CONTENT_WITHDRAWN),
                State::Replaced { successor } => number = successor,
            }
        }
        Err(&say::CONTENT_ENDED)
    }
}

/// What a leaf does to a message or an attachment.
#[derive(Clone, Copy)]
pub(super) enum Passing {
    /// An attachment will come.
    Announce,
    /// All of an attachment that was announced has come.
    Complete,
    /// A message was left.
    Send,
    /// It was fetched, or a part of it.
    Read,
    /// Its recipient has it; here it is gone.
    Acknowledge,
    /// It is gone.
    Destroy,
}

/// Where a message or an attachment stands.
#[derive(Clone, Copy, PartialEq)]
enum Standing {
    Arriving,
    There,
    Gone,
}

/// Messages and attachments by tag: the consent they were sealed under, and where they stand.
#[derive(Default)]
pub(super) struct Messages(HashMap<Tag, (Tag, Standing)>);

impl Messages {
    pub(super) fn step(&mut self, message: Tag, consent: Tag, step: Passing) -> Result<(), &'static Message> {
        let known = self.0.get(&message).copied();
        let there = known.filter(|(sealed_under, _)| *sealed_under == consent);
        let after = match (known, there.map(|(_, standing)| standing), step) {
            (None, _, Passing::Announce) => Standing::Arriving,
            (None, _, Passing::Send) | (_, Some(Standing::Arriving), Passing::Complete) => Standing::There,
            (_, Some(Standing::There), Passing::Read) => Standing::There,
            (_, Some(Standing::There), Passing::Acknowledge)
            | (_, Some(Standing::Arriving | Standing::There), Passing::Destroy) => Standing::Gone,
            _ => return Err(&say::CONTENT_ORDER),
        };
        self.0.insert(message, (consent, after));
        Ok(())
    }
}
