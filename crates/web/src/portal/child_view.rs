//! What is kept about a child, in the reader's language: one list of parts, of which the pages and all downloads are made, so
//! that they cannot differ.
//!
//! What is not shown was left out before it came here. Nothing here counts what is hidden, and no sentence tells of it.

use std::borrow::Cow;

use casework::{ChildFile, PageState};
use domain::calendar::{self, UnknownTimeZone};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use protocol::family_file::{
    FamilyFile, FiledConsent, FiledMatch, FiledMessage, FiledObjection, FiledOrganisation, FiledParty,
    FiledRequest, FiledSignal, FiledViewing,
};
use texts::{Texts, Value};

use super::child_words as words;

/// Everything that a page about a child says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contents {
    /// Heading.
    pub title: String,
    /// The first lines below it.
    pub lead: Vec<String>,
    /// Its parts.
    pub sections: Vec<Section>,
}

/// A part with its heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// Its name in the page.
    pub id: &'static str,
    /// Heading.
    pub title: String,
    /// Sentences below it.
    pub paragraphs: Vec<String>,
    /// What it lists, each with facts.
    pub entries: Vec<Entry>,
    /// What it lists, each in one line.
    pub lines: Vec<String>,
}

/// A thing with its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Heading.
    pub title: String,
    /// Facts, in the order in which they are read.
    pub facts: Vec<Fact>,
}

/// A fact: its name, and one value or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    /// Its name.
    pub name: Cow<'static, str>,
    /// The values.
    pub values: Vec<String>,
}

/// What is asked of the reader, with where to go for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// What there is to do.
    pub text: Cow<'static, str>,
    /// The words of the button that leads to the question; none where there is none.
    pub button: Option<Cow<'static, str>>,
    /// Whether an answer is waited for.
    pub open: bool,
}

impl Asked {
    /// Nothing is asked by a letter about a signal.
    pub(super) fn nothing(t: Texts) -> Self {
        Self {
            text: t.say("child-asked-nothing"),
            button: None,
            open: false,
        }
    }

    /// What a request asks. `answer_by` is when the time to answer ends.
    pub(super) fn by_request(
        t: Texts,
        state: PageState,
        asked_by: Option<&str>,
        answer_by: Timestamp,
        zone: &TimeZone,
    ) -> Self {
        let (text, button) = match state {
            PageState::Open => {
                let until = t.until(answer_by, zone);
                let who = asked_by.map_or_else(
                    || t.say("request-hidden-asker"),
                    |name| Cow::Owned(name.to_owned()),
                );
                (
                    t.with("child-asked-open", &[("who", &who), ("until", &until)]),
                    t.say("child-to-question"),
                )
            }
            PageState::Agreed { .. } => (t.say("child-asked-agreed"), t.say("child-to-consent")),
            PageState::Given { until, .. } => (
                t.with("child-asked-given", &[("until", &t.until(until, zone))]),
                t.say("child-to-consent"),
            ),
            PageState::NotGiven { .. } | PageState::Withdrawn { .. } | PageState::Over => {
                (t.say("child-asked-nothing"), t.say("child-to-answer"))
            }
        };
        Self {
            text,
            button: Some(button),
            open: state == PageState::Open,
        }
    }
}

impl Contents {
    /// The contents of a file.
    ///
    /// # Errors
    /// Days mean nothing without the time zone.
    pub(super) fn of(child: &ChildFile, t: Texts) -> Result<Self, UnknownTimeZone> {
        let file = &child.file;
        let view = View {
            t,
            zone: calendar::time_zone(&file.time_zone)?,
        };
        let title = match (child.whole, child.is_young_person) {
            (false, false) => t.say("child-title-guardian"),
            (false, true) => t.say("child-title-young"),
            (true, false) => t.say("child-whole-title-guardian"),
            (true, true) => t.say("child-whole-title-young"),
        };
        let lead = match child.whole {
            false => t.say("child-lead"),
            true => t.say("child-whole-lead"),
        };
        let made_at = t.with("child-made-at", &[("moment", &view.moment(file.made_at))]);
        let mut sections = vec![
            view.signals(file),
            view.matches(file),
            view.consents(file),
            view.viewings(file),
        ];
        sections.extend(view.rights(file));
        sections.push(view.about(file));
        Ok(Self {
            title: title.into_owned(),
            lead: vec![lead.into_owned(), made_at.into_owned()],
            sections,
        })
    }
}

/// Words and days of one reader.
struct View {
    t: Texts,
    zone: TimeZone,
}

impl View {
    fn signals(&self, file: &FamilyFile) -> Section {
        let t = self.t;
        let entries: Vec<Entry> = file.signals.iter().map(|signal| self.signal(signal)).collect();
        let mut paragraphs = vec![t.say("child-signals-intro").into_owned()];
        if entries.is_empty() {
            paragraphs.push(t.say("child-signals-none").into_owned());
        }
        if file.signals.iter().any(|signal| !signal.organisation.named) {
            paragraphs.push(t.say("common-name-hidden").into_owned());
        }
        section("signalen", t.say("child-signals-title"), paragraphs, entries)
    }

    fn signal(&self, signal: &FiledSignal) -> Entry {
        let t = self.t;
        let informed = match &signal.informed {
            Some(told) => {
                let (date, how) = (t.date(told.on), words::channel(t, &told.channel.code));
                let language = words::language(t, &told.language.code);
                let values: [(&str, &dyn Value); 3] =
                    [("date", &date), ("how", &how), ("language", &language)];
                t.with("child-informed", &values)
            }
            None => t.say("child-informed-not"),
        };
        Entry {
            title: self.organisation(&signal.organisation),
            facts: facts([
                (
                    "child-fact-state",
                    Some(words::signal(t, &signal.state.code).into_owned()),
                ),
                ("child-fact-given-on", Some(self.day(signal.given_at))),
                (
                    "child-fact-given-by",
                    signal.given_by.as_ref().map(|by| self.organisation(by)),
                ),
                ("child-fact-informed", Some(informed.into_owned())),
                ("child-fact-ends-on", Some(self.date(signal.planned_end))),
                ("child-fact-ended-on", signal.ended_at.map(|at| self.day(at))),
                (
                    "child-fact-archived-until",
                    signal.archived_until.map(|at| self.day(at)),
                ),
                (
                    "child-fact-archive-noticed",
                    signal.archive_noticed_at.map(|at| self.day(at)),
                ),
                (
                    "child-fact-gone-in",
                    Some(self.month(signal.destroy_by.first_day())),
                ),
            ])
            .in_words(t),
        }
    }

    fn matches(&self, file: &FamilyFile) -> Section {
        let t = self.t;
        let entries: Vec<Entry> = file.matches.iter().map(|one| self.match_case(one)).collect();
        let mut paragraphs = vec![t.say("child-matches-intro").into_owned()];
        if entries.is_empty() {
            paragraphs.push(t.say("child-matches-none").into_owned());
        }
        section("matches", t.say("child-matches-title"), paragraphs, entries)
    }

    fn match_case(&self, one: &FiledMatch) -> Entry {
        let t = self.t;
        let opened = self.day(one.opened_at);
        let mut list = facts([
            (
                "child-fact-state",
                Some(words::match_case(t, &one.state.code).into_owned()),
            ),
            ("child-fact-contact-by", Some(self.date(one.contact_deadline))),
            ("child-fact-closed-on", one.closed_at.map(|at| self.day(at))),
            (
                "child-fact-outcome",
                one.outcome
                    .as_ref()
                    .map(|_| t.say("child-outcome-signals-ended").into_owned()),
            ),
        ]);
        list.insert(
            1,
            "child-fact-parties",
            one.parties.iter().map(|party| self.party(party)),
        );
        list.push(
            "child-fact-messages",
            one.messages.iter().map(|message| self.message(message)),
        );
        Entry {
            title: t.with("child-match", &[("date", &opened)]).into_owned(),
            facts: list.in_words(t),
        }
    }

    fn party(&self, party: &FiledParty) -> String {
        let t = self.t;
        let (who, since) = (self.organisation(&party.organisation), self.day(party.since));
        match (party.left_at, party.contact_confirmed_at) {
            (Some(left), _) => {
                let left = self.day(left);
                let values: [(&str, &dyn Value); 3] = [("who", &who), ("since", &since), ("left", &left)];
                t.with("child-party-left", &values)
            }
            (None, Some(contact)) => {
                let contact = self.day(contact);
                let values: [(&str, &dyn Value); 3] =
                    [("who", &who), ("since", &since), ("contact", &contact)];
                t.with("child-party-contact", &values)
            }
            (None, None) => t.with("child-party", &[("who", &who), ("since", &since)]),
        }
        .into_owned()
    }

    fn message(&self, message: &FiledMessage) -> String {
        let t = self.t;
        let sent = self.day(message.sent_at);
        let (from, to) = (self.organisation(&message.from), self.organisation(&message.to));
        match (message.read_at, message.destroyed_at) {
            (Some(read), _) => {
                let read = self.day(read);
                let values: [(&str, &dyn Value); 4] =
                    [("sent", &sent), ("from", &from), ("to", &to), ("read", &read)];
                t.with("child-message-read", &values)
            }
            (None, Some(gone)) => {
                let gone = self.day(gone);
                let values: [(&str, &dyn Value); 4] =
                    [("sent", &sent), ("from", &from), ("to", &to), ("gone", &gone)];
                t.with("child-message-gone", &values)
            }
            (None, None) => {
                let values: [(&str, &dyn Value); 3] = [("sent", &sent), ("from", &from), ("to", &to)];
                t.with("child-message-unread", &values)
            }
        }
        .into_owned()
    }

    fn consents(&self, file: &FamilyFile) -> Section {
        let t = self.t;
        let entries: Vec<Entry> = file
            .consents
            .iter()
            .map(|consent| self.consent(consent))
            .collect();
        let none = entries
            .is_empty()
            .then(|| t.say("child-consents-none").into_owned());
        section(
            "toestemming",
            t.say("child-consents-title"),
            none.into_iter().collect(),
            entries,
        )
    }

    fn consent(&self, consent: &FiledConsent) -> Entry {
        let t = self.t;
        let mut list = facts([
            (
                "child-fact-state",
                Some(words::consent(t, &consent.state.code).into_owned()),
            ),
            (
                "child-fact-my-answer",
                consent
                    .your_answer
                    .as_ref()
                    .map(|answer| words::answer(t, &answer.code).into_owned()),
            ),
            ("child-fact-asked-by", Some(self.organisation(&consent.asked_by))),
            (
                "child-fact-purpose",
                Some(words::purpose(t, &consent.purpose.code).into_owned()),
            ),
            (
                "child-fact-answer-by",
                (consent.state.code == "requested").then(|| self.until(consent.answer_by)),
            ),
            ("child-fact-given-on", consent.given_at.map(|at| self.day(at))),
            (
                "child-fact-valid",
                consent
                    .valid_until
                    .filter(|_| consent.state.code == "given")
                    .map(|at| self.until(at)),
            ),
            (
                "child-fact-withdrawn-on",
                consent.withdrawn_at.map(|at| self.day(at)),
            ),
            (
                "child-fact-text",
                Some(format!(
                    "{} ({})",
                    consent.text_version,
                    words::language(t, &consent.language)
                )),
            ),
        ]);
        let between = consent.parties.iter().map(|party| self.organisation(party));
        list.insert(4, "child-fact-between", between);
        Entry {
            title: t
                .with("child-consent", &[("date", &self.day(consent.asked_at))])
                .into_owned(),
            facts: list.in_words(t),
        }
    }

    /// Newest first, of all matches together.
    fn viewings(&self, file: &FamilyFile) -> Section {
        let t = self.t;
        let mut viewings: Vec<&FiledViewing> = file.matches.iter().flat_map(|one| &one.viewings).collect();
        viewings.sort_by_key(|viewing| std::cmp::Reverse(viewing.last_at));
        let lines: Vec<String> = viewings
            .into_iter()
            .map(|viewing| self.viewing(viewing))
            .collect();
        let mut paragraphs = vec![t.say("child-viewings-intro").into_owned()];
        if lines.is_empty() {
            paragraphs.push(t.say("child-viewings-none").into_owned());
        }
        Section {
            lines,
            ..section("gekeken", t.say("child-viewings-title"), paragraphs, Vec::new())
        }
    }

    fn viewing(&self, viewing: &FiledViewing) -> String {
        let t = self.t;
        let (day, who) = (self.date(viewing.on), self.organisation(&viewing.organisation));
        let last = viewing.last_at.to_zoned(self.zone.clone());
        let time = format!("{:02}:{:02}", last.hour(), last.minute());
        let values: [(&str, &dyn Value); 4] = [
            ("day", &day),
            ("who", &who),
            ("times", &viewing.times),
            ("time", &time),
        ];
        match viewing.what.code.as_str() {
            "message" => t.with("child-viewing-message", &values),
            _ => t.with("child-viewing-match", &values),
        }
        .into_owned()
    }

    /// The reader's own objections and requests, if there are any.
    fn rights(&self, file: &FamilyFile) -> Option<Section> {
        let objections = file.objections.iter().map(|one| self.objection(one));
        let requests = file.requests.iter().map(|one| self.request(one));
        let entries: Vec<Entry> = objections.chain(requests).collect();
        let title = self.t.say("child-rights-title");
        (!entries.is_empty()).then(|| section("rechten", title, Vec::new(), entries))
    }

    fn objection(&self, one: &FiledObjection) -> Entry {
        let t = self.t;
        let due = one.decided_at.is_none().then(|| self.last_day(one.decision_due));
        Entry {
            title: t
                .with("child-objection", &[("date", &self.day(one.made_at))])
                .into_owned(),
            facts: facts([
                (
                    "child-fact-state",
                    Some(words::objection(t, &one.state.code).into_owned()),
                ),
                ("child-fact-decision-by", due),
                ("child-fact-decided-on", one.decided_at.map(|at| self.day(at))),
            ])
            .in_words(t),
        }
    }

    fn request(&self, one: &FiledRequest) -> Entry {
        let t = self.t;
        let made = self.day(one.made_at);
        let title = match one.right.code.as_str() {
            "erasure" => t.with("child-request-erasure", &[("date", &made)]),
            _ => t.with("child-request-access", &[("date", &made)]),
        };
        let due = one.decided_at.is_none().then(|| self.last_day(one.due));
        Entry {
            title: title.into_owned(),
            facts: facts([
                (
                    "child-fact-state",
                    Some(words::request(t, &one.state.code).into_owned()),
                ),
                ("child-fact-decision-by", due),
                ("child-fact-decided-on", one.decided_at.map(|at| self.day(at))),
            ])
            .in_words(t),
        }
    }

    fn about(&self, file: &FamilyFile) -> Section {
        let t = self.t;
        let paragraphs = words::about(t, &file.municipality);
        Section {
            lines: paragraphs,
            ..section(
                "goed-om-te-weten",
                t.say("child-about-title"),
                Vec::new(),
                Vec::new(),
            )
        }
    }

    fn organisation(&self, organisation: &FiledOrganisation) -> String {
        words::organisation(self.t, organisation)
    }

    fn day(&self, at: Timestamp) -> String {
        self.t.day(at, &self.zone).into_owned()
    }

    /// The last whole day before an instant at which something is late.
    fn last_day(&self, end: Timestamp) -> String {
        let day = end.to_zoned(self.zone.clone()).date();
        self.date(day.yesterday().unwrap_or(day))
    }

    fn date(&self, date: Date) -> String {
        self.t.date(date).into_owned()
    }

    fn month(&self, of: Date) -> String {
        let values: [(&str, &dyn Value); 2] = [("month", &of.month()), ("year", &of.year())];
        self.t.with("common-month", &values).into_owned()
    }

    fn until(&self, at: Timestamp) -> String {
        self.t.until(at, &self.zone).into_owned()
    }

    fn moment(&self, at: Timestamp) -> String {
        self.t.moment(at, &self.zone).into_owned()
    }
}

fn section(
    id: &'static str,
    title: Cow<'static, str>,
    paragraphs: Vec<String>,
    entries: Vec<Entry>,
) -> Section {
    Section {
        id,
        title: title.into_owned(),
        paragraphs,
        entries,
        lines: Vec::new(),
    }
}

/// Facts by the keys of their names. One without a value is not there.
struct Facts(Vec<(&'static str, Vec<String>)>);

fn facts<const N: usize>(of: [(&'static str, Option<String>); N]) -> Facts {
    let there = of
        .into_iter()
        .map(|(key, value)| (key, value.into_iter().collect()));
    Facts(there.collect())
}

impl Facts {
    fn insert(&mut self, at: usize, key: &'static str, values: impl Iterator<Item = String>) {
        self.0.insert(at.min(self.0.len()), (key, values.collect()));
    }

    fn push(&mut self, key: &'static str, values: impl Iterator<Item = String>) {
        self.0.push((key, values.collect()));
    }

    fn in_words(self, t: Texts) -> Vec<Fact> {
        let there = self.0.into_iter().filter(|(_, values)| !values.is_empty());
        there
            .map(|(key, values)| Fact {
                name: t.say(key),
                values,
            })
            .collect()
    }
}
