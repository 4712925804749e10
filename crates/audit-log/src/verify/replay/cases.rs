//! Objections, requests of the family, soft matches and family matches, step by step; and the letters that families read.
//! Which step a leaf takes is said in `case`.

use std::collections::HashMap;

use super::signals::{Signals, State};
use super::{Broken, Tag};
use crate::carry::{related, tag};
use crate::case::{Name, Step};
use crate::entry::Entry;
use crate::verify::message::{self as say, Message};

#[derive(Default)]
pub(super) struct Cases {
    all: HashMap<Name, Case>,
    /// Signals that a leaf names, and the leaf.
    named: Vec<(Tag, u32)>,
    /// The signals of objections that were upheld, and the leaf that says so.
    upheld: Vec<(Tag, u32)>,
    /// Signals for which a letter was made, or whose letter was read.
    letters: Vec<Letter>,
}

#[derive(Clone, Copy)]
struct Case {
    stage: Stage,
    /// The signal that an objection is about.
    signal: Option<Tag>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    Given,
    Over,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Letter {
    signal: Tag,
    place: u32,
    read: bool,
}

impl Cases {
    /// Takes a step of a case. `whole` is whether everything before it is known; else nothing is judged of a case of
    /// which nothing is known.
    pub(super) fn step(
        &mut self,
        name: Name,
        step: Step,
        (place, entry): (u32, &Entry),
        whole: bool,
    ) -> Result<(), &'static Message> {
        let known = self.all.get(&name).copied();
        let stage = match (known.map(|case| case.stage), step) {
            (None, Step::Begin | Step::BeginOrGoOn) | (Some(Stage::Open), Step::BeginOrGoOn | Step::GoOn) => {
                Stage::Open
            }
            (Some(Stage::Open), Step::Give) => Stage::Given,
            (Some(Stage::Open), Step::End) => Stage::Over,
            (Some(stage), Step::Look) => stage,
            (Some(Stage::Given), Step::LookAtGiven) => Stage::Given,
            (None, _) if !whole => return Ok(()),
            _ => return Err(&say::CASE_ORDER),
        };
        let signal = known
            .and_then(|case| case.signal)
            .or_else(|| related('s', entry).next());
        self.all.insert(name, Case { stage, signal });
        if let (Some("upheld"), Some(signal)) = (entry.to.as_deref(), signal) {
            self.upheld.push((signal, place));
        }
        Ok(())
    }

    /// Takes the signals that this leaf names.
    pub(super) fn names(&mut self, place: u32, entry: &Entry) {
        self.named
            .extend(related('s', entry).map(|signal| (signal, place)));
    }

    /// Takes `letter.issued`, `letter.read` or `file.read` about a signal.
    pub(super) fn letter(&mut self, place: u32, entry: &Entry) -> Option<()> {
        let signal = tag('s', &entry.sub)?;
        self.named.push((signal, place));
        self.letters.push(Letter {
            signal,
            place,
            read: entry.event != "letter.issued",
        });
        Some(())
    }

    /// Adds what breaks a rule to `broken`. The signals must have been judged. An act whose first leaf comes after the
    /// one at `export` may have its last in the next export.
    pub(super) fn judge(&mut self, signals: &Signals, export: u32, broken: &mut Broken) {
        let whole = broken.first == 0;
        for (signal, place) in &self.named {
            let gone = match signals.stands(*signal, *place) {
                Some((state, _)) => state == State::Destroyed,
                None => whole || signals.knows(*signal),
            };
            if gone {
                broken.push(*place, &say::CASE_SIGNAL);
            }
        }
        for (signal, place) in &self.upheld {
            if *place < export && !signals.is_destroyed_after(*signal, *place) {
                broken.push(*place, &say::OBJECTION_UPHELD);
            }
        }
        self.letters.sort_unstable();
        for letters in self.letters.chunk_by(|a, b| a.signal == b.signal) {
            let judged = whole || signals.knows(letters[0].signal);
            for letter in letters.iter().take_while(|letter| judged && letter.read) {
                broken.push(letter.place, &say::LETTER_ORDER);
            }
        }
    }
}
