//! What became of what a family asked, in the reader's language: one list of sentences with dates, in the order in which
//! things happen.

use std::borrow::Cow;

use casework::{FamilyObjection, FamilyRequest, ObjectionableSignal};
use domain::calendar;
use domain::objection::{self, Advice, Made, Objection, ObjectionState, Outcome, Reason, Route};
use domain::rights_request::{self, RefusalReason, Right, RightsRequest, RightsState};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use texts::Texts;

/// A signal that can be objected to.
pub(super) struct SignalView {
    /// Its id.
    pub id: String,
    /// Whose, and of when.
    pub text: String,
}

/// An objection or a request, and how it stands.
pub(super) struct CaseView {
    /// Its id.
    pub id: String,
    /// What was asked.
    pub title: String,
    /// How it stands: the kind of a status badge, and two or three words.
    pub badge: (&'static str, Cow<'static, str>),
    /// What happened and what is to come, in order.
    pub steps: Vec<String>,
    /// Why it was decided so.
    pub reasons: Vec<Cow<'static, str>>,
    /// The file that came of it.
    pub file: FileView,
    /// How to go on against the decision.
    pub appeal: Option<AppealView>,
    /// Whether it waits for a decision, and so can be taken back.
    pub is_open: bool,
}

/// Whether there is a file to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileView {
    /// None.
    None,
    /// Here; the sentence says until when.
    Here(String),
    /// There is one, and it is not sure enough who reads; the sentences say until when and what to do.
    NotSure(String, String),
    /// Its time is over.
    Over(String),
}

/// How to go on against a decision.
pub(super) struct AppealView {
    /// At the municipality, until when.
    pub municipality: String,
}

impl SignalView {
    pub(super) fn new(signal: &ObjectionableSignal, t: Texts) -> Self {
        let who = organisation(signal.organisation.as_deref(), t);
        let date = t.day(signal.given_at, &signal.time_zone);
        let text = t.with(
            "rights-objection-signal",
            &[("organisation", &who), ("date", &date)],
        );
        Self {
            id: signal.id.to_string(),
            text: text.into_owned(),
        }
    }
}

impl CaseView {
    pub(super) fn of_objection(case: &FamilyObjection, now: Timestamp, t: Texts) -> Self {
        let who = organisation(case.organisation.as_deref(), t);
        let words = Words {
            t,
            zone: &case.time_zone,
            municipality: &case.municipality,
        };
        let reasons: &[Reason] = match &case.objection {
            Objection::Decided { reasons, .. } => reasons,
            _ => &[],
        };
        let appeal = match &case.objection {
            Objection::Decided {
                at,
                outcome: Outcome::Rejected,
                ..
            } => Some(words.appeal(*at)),
            _ => None,
        };
        Self {
            id: case.id.to_string(),
            title: t
                .with("rights-objection-of", &[("organisation", &who)])
                .into_owned(),
            badge: objection_badge(case.objection.state(), t),
            steps: words.of_objection(&case.objection, now),
            reasons: reasons.iter().map(|reason| t.say(reason_key(*reason))).collect(),
            file: FileView::None,
            appeal,
            is_open: matches!(case.objection, Objection::Open(_)),
        }
    }

    pub(super) fn of_request(case: &FamilyRequest, now: Timestamp, t: Texts) -> Self {
        let words = Words {
            t,
            zone: &case.time_zone,
            municipality: &case.municipality,
        };
        let (reason, appeal) = match &case.request {
            RightsRequest::Refused { reason, at, .. } => (Some(*reason), Some(words.appeal(*at))),
            // A part was refused.
            RightsRequest::Given { partly: true, at, .. } => (None, Some(words.appeal(*at))),
            _ => (None, None),
        };
        Self {
            id: case.id.to_string(),
            title: match case.request.asked().right {
                Right::Access => t.say("rights-request-access"),
                Right::Erasure => t.say("rights-request-erasure"),
            }
            .into_owned(),
            badge: request_badge(case.request.state(), t),
            steps: words.of_request(&case.request, now),
            reasons: reason
                .into_iter()
                .map(|reason| t.say(refusal_key(reason)))
                .collect(),
            file: words.file(&case.request, case.may_fetch, now),
            appeal,
            is_open: matches!(case.request, RightsRequest::Requested(_)),
        }
    }
}

/// The words of one case.
struct Words<'a> {
    t: Texts,
    zone: &'a TimeZone,
    municipality: &'a str,
}

impl Words<'_> {
    fn on(&self, key: &str, at: Timestamp) -> String {
        self.dated(key, calendar::local_date(at, self.zone))
    }

    fn dated(&self, key: &str, date: Date) -> String {
        let date = self.t.date(date);
        let municipality = self.municipality;
        let values: [(&str, &dyn texts::Value); 2] = [("date", &date), ("municipality", &municipality)];
        self.t.with(key, &values).into_owned()
    }

    fn of_objection(&self, objection: &Objection, now: Timestamp) -> Vec<String> {
        let made = objection.made();
        let key = match made.route {
            Route::Portal => "rights-made",
            Route::Assisted => "rights-made-at-desk",
        };
        let mut steps = vec![self.on(key, made.at)];
        steps.extend(self.advice(objection, made, now));
        steps.push(match objection {
            Objection::Open(_) if made.decision_due <= now => {
                self.dated("rights-decision-late", made.decide_by(self.zone))
            }
            Objection::Open(_) => self.dated("rights-decision-due", made.decide_by(self.zone)),
            Objection::Lapsed(_) => self.t.say("rights-lapsed").into_owned(),
            Objection::Withdrawn { at, .. } => self.on("rights-withdrawn", *at),
            Objection::Decided {
                at,
                outcome: Outcome::Upheld,
                ..
            } => self.on("rights-upheld", *at),
            Objection::Decided {
                at,
                outcome: Outcome::Rejected,
                ..
            } => self.on("rights-rejected", *at),
        });
        steps
    }

    /// Who gave advice did so, whatever came of it; that somebody did not matters only as long as it is open.
    fn advice(&self, objection: &Objection, made: &Made, now: Timestamp) -> Option<String> {
        match (made.advice, objection) {
            (Some((at, advice)), _) => {
                let key = match advice {
                    Advice::EndSignal => "rights-advice-end",
                    Advice::KeepSignal => "rights-advice-keep",
                    Advice::NoAdvice => "rights-advice-none",
                };
                Some(self.on(key, at))
            }
            (None, Objection::Open(_)) if made.advice_due <= now => {
                Some(self.dated("rights-advice-late", made.advice_by(self.zone)))
            }
            (None, Objection::Open(_)) => Some(self.dated("rights-advice-due", made.advice_by(self.zone))),
            (None, _) => None,
        }
    }

    fn of_request(&self, request: &RightsRequest, now: Timestamp) -> Vec<String> {
        let asked = request.asked();
        let key = match asked.route {
            Route::Portal => "rights-asked",
            Route::Assisted => "rights-asked-at-desk",
        };
        let mut steps = vec![self.on(key, asked.at)];
        steps.extend(asked.extended_at.map(|at| self.on("rights-extended", at)));
        steps.push(match request {
            RightsRequest::Requested(_) if request.is_late(now) => {
                self.dated("rights-answer-late", asked.answer_by(self.zone))
            }
            RightsRequest::Requested(_) => self.dated("rights-answer-due", asked.answer_by(self.zone)),
            RightsRequest::Withdrawn { at, .. } => self.on("rights-request-withdrawn", *at),
            RightsRequest::Refused { at, .. } => self.on("rights-refused", *at),
            RightsRequest::Given { at, partly, .. } => match (asked.right, partly) {
                (Right::Access, _) => self.on("rights-access-given", *at),
                (Right::Erasure, false) => self.on("rights-erasure-given", *at),
                (Right::Erasure, true) => self.on("rights-erasure-partly", *at),
            },
        });
        steps
    }

    fn file(&self, request: &RightsRequest, may_fetch: bool, now: Timestamp) -> FileView {
        let Some(until) = request.file_until(self.zone) else {
            return FileView::None;
        };
        let after = calendar::local_date(until, self.zone);
        let last_day = after.yesterday().unwrap_or(after);
        match (now < until, may_fetch) {
            (false, _) => FileView::Over(self.dated("rights-file-over", last_day)),
            (true, true) => FileView::Here(self.dated("rights-file-until", last_day)),
            (true, false) => FileView::NotSure(
                self.dated("rights-file-until", last_day),
                self.t.say("rights-file-not-sure").into_owned(),
            ),
        }
    }

    fn appeal(&self, decided_at: Timestamp) -> AppealView {
        AppealView {
            municipality: self.dated(
                "rights-appeal-municipality",
                objection::appeal_by(decided_at, self.zone),
            ),
        }
    }
}

fn organisation(name: Option<&str>, t: Texts) -> Cow<'static, str> {
    match name {
        Some(name) => Cow::Owned(name.to_owned()),
        None => t.say("common-another-organisation"),
    }
}

fn objection_badge(state: ObjectionState, t: Texts) -> (&'static str, Cow<'static, str>) {
    match state {
        ObjectionState::Open => ("warning", t.say("rights-state-open")),
        ObjectionState::Upheld => ("safe", t.say("rights-state-upheld")),
        ObjectionState::Rejected => ("danger", t.say("rights-state-rejected")),
        ObjectionState::Withdrawn => ("neutral", t.say("rights-state-withdrawn")),
        ObjectionState::Lapsed => ("neutral", t.say("rights-state-lapsed")),
    }
}

fn request_badge(state: RightsState, t: Texts) -> (&'static str, Cow<'static, str>) {
    match state {
        RightsState::Requested => ("warning", t.say("rights-state-open")),
        RightsState::Given => ("safe", t.say("rights-state-given")),
        RightsState::Partly => ("safe", t.say("rights-state-partly")),
        RightsState::Refused => ("danger", t.say("rights-state-refused")),
        RightsState::Withdrawn => ("neutral", t.say("rights-state-withdrawn")),
    }
}

const fn reason_key(reason: Reason) -> &'static str {
    match reason {
        Reason::NoGround => "rights-reason-no-ground",
        Reason::GroundGone => "rights-reason-ground-gone",
        Reason::NotInformed => "rights-reason-not-informed",
        Reason::FamilyInterests => "rights-reason-family-interests",
        Reason::GroundStands => "rights-reason-ground-stands",
        Reason::ChildInterests => "rights-reason-child-interests",
        Reason::NotEntitled => "rights-reason-not-entitled",
        Reason::Repeated => "rights-reason-repeated",
    }
}

const fn refusal_key(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::NotEntitled => "rights-refusal-not-entitled",
        RefusalReason::Unfounded => "rights-refusal-unfounded",
        RefusalReason::RightsOfOthers => "rights-refusal-rights-of-others",
        RefusalReason::PublicTask => "rights-refusal-public-task",
        RefusalReason::LegalClaim => "rights-refusal-legal-claim",
    }
}

/// In how much time a request is answered.
pub(super) fn term(municipality: &str, t: Texts) -> String {
    let (months, more) = (rights_request::MONTHS, rights_request::EXTENSION_MONTHS);
    let values: [(&str, &dyn texts::Value); 3] = [
        ("municipality", &municipality),
        ("months", &months),
        ("more", &more),
    ];
    t.with("rights-term", &values).into_owned()
}

/// What follows an objection.
pub(super) fn steps(municipality: &str, t: Texts) -> Vec<String> {
    let weeks = |days: u16| days / 7;
    let (advice, decision) = (weeks(objection::ADVICE_DAYS), weeks(objection::DECISION_DAYS));
    [
        t.with(
            "rights-objection-step-municipality",
            &[("municipality", &municipality)],
        ),
        t.with("rights-objection-step-advice", &[("weeks", &advice)]),
        t.with("rights-objection-step-decision", &[("weeks", &decision)]),
        t.say("rights-objection-step-meanwhile"),
        t.say("rights-objection-step-upheld"),
    ]
    .map(Cow::into_owned)
    .to_vec()
}
