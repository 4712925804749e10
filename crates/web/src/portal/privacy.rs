//! The privacy notice, made from what is so: the covenants in force, and the table of what is kept how long. Words that a
//! setting decides stand nowhere else, so that the page says nothing that the settings contradict.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use domain::actor::Sector;
use domain::covenant::{Covenant, LegalMode, OnAgeBoundary, Reveal};
use domain::retention::TABLE;
use domain::{rights_request, signal};
use texts::Texts;

use super::answer::{self, Stop};
use super::family::Family;
use super::frame::Frame;
use super::guest::Guest;
use super::session::{FormName, form_token};
use super::{Portal, words};

/// What is kept, of whom, why and how long.
#[derive(Template)]
#[template(path = "portal/privacy.html")]
pub(super) struct PrivacyPage {
    t: Frame,
    covenants: Vec<CovenantView>,
    /// How long each kind of thing is kept.
    kept: Vec<Cow<'static, str>>,
    /// Of whoever is in: then the covenants are those about their child.
    leave_token: Option<String>,
    young: bool,
}

/// What a region agreed, as far as it concerns a family.
pub(super) struct CovenantView {
    name: String,
    facts: Vec<Fact>,
    /// In Dutch, as the region wrote them.
    grounds: Vec<String>,
}

/// A thing agreed: its name and what was agreed.
struct Fact {
    name: Cow<'static, str>,
    values: Vec<Cow<'static, str>>,
}

/// `GET /portal/privacy`: for everybody all covenants, for whoever is in those that are about their child.
pub(super) async fn show<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let family = family.get_ref();
    // Who is not in, or not so far yet, reads it all the same.
    let guest = match Guest::of(&request, &portal, family).await {
        Ok(guest) => Some(guest),
        Err(Stop::Later) => return Err(Stop::Later),
        Err(_) => None,
    };
    let covenants = match &guest {
        Some(guest) => portal.within(family.own_covenants(&guest.secret)).await?.ok(),
        None => None,
    };
    let (covenants, guest) = match covenants {
        Some(own) => (own, guest),
        None => {
            let all = portal.act(family.covenants_in_force()).await?;
            (all, None)
        }
    };
    let page = PrivacyPage::new(Frame::of(&request), &covenants, guest.as_ref());
    Ok(answer::page(StatusCode::OK, &page))
}

impl PrivacyPage {
    pub(super) fn new(t: Frame, covenants: &[Covenant], guest: Option<&Guest>) -> Self {
        let texts = t.texts();
        Self {
            covenants: covenants
                .iter()
                .map(|covenant| CovenantView::new(covenant, texts))
                .collect(),
            kept: kept(texts),
            leave_token: guest.map(|guest| form_token(&guest.secret, FormName::Leave)),
            young: guest.is_some_and(|guest| guest.visit.is_young_person),
            t,
        }
    }
}

impl CovenantView {
    fn new(covenant: &Covenant, t: Texts) -> Self {
        let one = |name: &str, value: Cow<'static, str>| Fact {
            name: t.say(name),
            values: vec![value],
        };
        let days = |name: &str, count: u16| one(name, t.days(count));
        let yes_or_no =
            |name: &str, yes: bool| one(name, t.say(if yes { "privacy-yes" } else { "privacy-no" }));
        let sectors = |name: &str, of: &dyn Fn(Sector) -> bool| {
            let listed = Sector::ALL.into_iter().filter(|sector| of(*sector));
            let mut values: Vec<_> = listed.map(|sector| t.say(words::sector(sector))).collect();
            if values.is_empty() {
                values.push(t.say("privacy-none"));
            }
            Fact {
                name: t.say(name),
                values,
            }
        };
        let facts = vec![
            one(
                "privacy-municipality",
                Cow::Owned(covenant.municipality().to_owned()),
            ),
            one(
                "privacy-basis",
                t.say(match covenant.legal_mode() {
                    LegalMode::Notify => "privacy-basis-notify",
                    LegalMode::ConsentFirst => "privacy-basis-consent",
                }),
            ),
            sectors("privacy-may-signal", &|sector| covenant.may_signal(sector)),
            days("privacy-told-within", covenant.disclosure_deadline_days().into()),
            days("privacy-signal-days", covenant.signal_max_days()),
            one(
                "privacy-archive-years",
                t.with("privacy-years", &[("count", &covenant.archive_years())]),
            ),
            one(
                "privacy-age-limit",
                t.with("privacy-years", &[("count", &covenant.age_limit())]),
            ),
            one(
                "privacy-contact-days",
                t.with(
                    "privacy-working-days",
                    &[("count", &covenant.contact_deadline_working_days())],
                ),
            ),
            one(
                "privacy-officer",
                Cow::Owned(covenant.follow_up_officer().to_owned()),
            ),
            one(
                "privacy-reveal",
                t.say(match covenant.reveal() {
                    Reveal::OnMatch => "privacy-reveal-match",
                    Reveal::OnConsent => "privacy-reveal-consent",
                }),
            ),
            sectors("privacy-sensitive", &|sector| covenant.is_sensitive(sector)),
            days("privacy-consent-days", covenant.consent_days()),
            one(
                "privacy-birthday",
                t.say(match covenant.on_age_boundary() {
                    OnAgeBoundary::Keep => "privacy-birthday-keep",
                    OnAgeBoundary::AskAgain => "privacy-birthday-again",
                }),
            ),
            yes_or_no("privacy-one-guardian", covenant.one_guardian_may_declare()),
            yes_or_no("privacy-attested", covenant.attested_consent()),
            yes_or_no("privacy-siblings", covenant.family_match()),
            yes_or_no("privacy-delegation", covenant.delegation()),
            one(
                "privacy-limit",
                Cow::Owned(covenant.signals_per_hour().to_string()),
            ),
        ];
        Self {
            name: covenant.name().to_owned(),
            facts,
            grounds: covenant.grounds().values().cloned().collect(),
        }
    }
}

/// One sentence for each kind of thing in the table, in its order.
fn kept(t: Texts) -> Vec<Cow<'static, str>> {
    let mut told: Vec<&str> = TABLE.iter().filter_map(|rule| rule.told).collect();
    let mut seen = Vec::with_capacity(told.len());
    told.retain(|kind| {
        let is_new = !seen.contains(kind);
        seen.push(*kind);
        is_new
    });
    told.into_iter().map(|kind| line(kind, t)).collect()
}

fn line(kind: &str, t: Texts) -> Cow<'static, str> {
    let key = key(kind);
    match kind {
        "sleeping" => t.with(key, &[("days", &t.days(signal::SLEEP_DAYS))]),
        "archive" => t.with(key, &[("days", &t.days(signal::DAYS_AFTER_ARCHIVE_NOTICE))]),
        "file" => t.with(key, &[("days", &t.days(rights_request::FILE_DAYS))]),
        _ => t.say(key),
    }
}

/// The message about a kind of thing. The test of this page holds that every kind of the table has one.
fn key(kind: &str) -> &'static str {
    match kind {
        "number" => "privacy-keep-number",
        "pseudonym" => "privacy-keep-pseudonym",
        "same-child" => "privacy-keep-same-child",
        "family-match" => "privacy-keep-family-match",
        "signal" => "privacy-keep-signal",
        "sleeping" => "privacy-keep-sleeping",
        "archive" => "privacy-keep-archive",
        "at-once" => "privacy-keep-at-once",
        "birth-month" => "privacy-keep-birth-month",
        "ground" => "privacy-keep-ground",
        "match" => "privacy-keep-match",
        "told" => "privacy-keep-told",
        "waiting" => "privacy-keep-waiting",
        "birthday" => "privacy-keep-birthday",
        "code" => "privacy-keep-code",
        "key" => "privacy-keep-key",
        "objection" => "privacy-keep-objection",
        "request" => "privacy-keep-request",
        "file" => "privacy-keep-file",
        "consent" => "privacy-keep-consent",
        "looked" => "privacy-keep-looked",
        "ended" => "privacy-keep-ended",
        "decision" => "privacy-keep-decision",
        "message" => "privacy-keep-message",
        "sent" => "privacy-keep-sent",
        "colleague" => "privacy-keep-colleague",
        "mail" => "privacy-keep-mail",
        "answers" => "privacy-keep-answers",
        "session" => "privacy-keep-session",
        "log" => "privacy-keep-log",
        "log-details" => "privacy-keep-log-details",
        "statistics" => "privacy-keep-statistics",
        _ => "",
    }
}
