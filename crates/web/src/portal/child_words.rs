//! The words beside the codes of a family's file, in the reader's language. A code that has none stays the Dutch words that
//! came with it.

use std::borrow::Cow;

use domain::actor::Sector;
use protocol::family_file::{FamilyFile, FiledOrganisation, Said};
use texts::{Direction, Texts};

use super::words;

type Words = Cow<'static, str>;

/// Where a signal stands.
pub(super) fn signal(t: Texts, code: &str) -> Words {
    t.say(match code {
        "sleeping" => "child-signal-sleeping",
        "paused" => "child-signal-paused",
        "ended" => "child-signal-ended",
        "expired" => "child-signal-expired",
        "archived" => "child-signal-archived",
        _ => "child-signal-active",
    })
}

/// Where a match stands.
pub(super) fn match_case(t: Texts, code: &str) -> Words {
    t.say(match code {
        "contact_confirmed" => "child-match-contact-confirmed",
        "closed" => "child-match-closed",
        _ => "child-match-open",
    })
}

/// Where a request for consent stands.
pub(super) fn consent(t: Texts, code: &str) -> Words {
    t.say(match code {
        "given" => "child-consent-given",
        "refused" => "child-consent-refused",
        "withdrawn" => "child-consent-withdrawn",
        "expired" => "child-consent-expired",
        "replaced" => "child-consent-replaced",
        "superseded_by_age" => "child-consent-superseded",
        _ => "child-consent-requested",
    })
}

/// What consent is for.
pub(super) fn purpose(t: Texts, code: &str) -> Words {
    t.say(match code {
        "signal" => "child-purpose-signal",
        _ => "child-purpose-exchange",
    })
}

/// What the reader decided.
pub(super) fn answer(t: Texts, code: &str) -> Words {
    t.say(match code {
        "agreed" => "child-answer-agreed",
        "refused" => "child-answer-refused",
        _ => "child-answer-none",
    })
}

/// How the family was told.
pub(super) fn channel(t: Texts, code: &str) -> Words {
    t.say(match code {
        "conversation" => "child-channel-conversation",
        "telephone" => "child-channel-telephone",
        "video_call" => "child-channel-video-call",
        "letter" => "child-channel-letter",
        _ => "child-channel-message",
    })
}

/// The name of a language.
pub(super) fn language(t: Texts, code: &str) -> Words {
    t.with("child-language", &[("language", &code)])
}

/// Where an objection stands.
pub(super) fn objection(t: Texts, code: &str) -> Words {
    t.say(match code {
        "upheld" => "child-objection-upheld",
        "rejected" => "child-objection-rejected",
        "withdrawn" => "child-objection-withdrawn",
        "lapsed" => "child-objection-lapsed",
        _ => "child-objection-open",
    })
}

/// Where a request stands.
pub(super) fn request(t: Texts, code: &str) -> Words {
    t.say(match code {
        "given" => "child-request-given",
        "partly" => "child-request-partly",
        "refused" => "child-request-refused",
        "withdrawn" => "child-request-withdrawn",
        _ => "child-request-requested",
    })
}

/// What whoever reads did.
pub(super) fn act(t: Texts, code: &str) -> Words {
    t.say(match code {
        "agreed" => "history-agreed",
        "refused" => "history-refused",
        "withdrawn" => "history-withdrawn",
        "objected" => "history-objected",
        "objection-withdrawn" => "history-objection-withdrawn",
        "access-asked" => "history-access-asked",
        "erasure-asked" => "history-erasure-asked",
        "request-withdrawn" => "history-request-withdrawn",
        _ => "history-opened",
    })
}

/// How that came in; none where it was here.
pub(super) fn how(t: Texts, code: &str) -> Option<Words> {
    Some(t.say(match code {
        "oral" => "history-how-oral",
        "written" => "history-how-written",
        "assisted" => "history-how-assisted",
        _ => return None,
    }))
}

/// An organisation by its name and sector, or "another organisation".
pub(super) fn organisation(t: Texts, organisation: &FiledOrganisation) -> String {
    let name = isolated(t, &organisation.name);
    match (&organisation.sector, organisation.named) {
        (_, false) => t.say("common-another-organisation").into_owned(),
        (Some(sector), true) => format!("{name} ({})", self::sector(t, &sector.code)),
        (None, true) => name,
    }
}

/// A name among words that are written from right to left: the marks keep it from turning those around it.
fn isolated(t: Texts, name: &str) -> String {
    match t.language().direction() {
        Direction::LeftToRight => name.to_owned(),
        Direction::RightToLeft => format!("\u{2068}{name}\u{2069}"),
    }
}

/// What the law says must be told (GDPR article 15(1)).
pub(super) fn about(t: Texts, municipality: &str) -> Vec<String> {
    [
        t.say("child-about-what"),
        t.say("child-about-purpose"),
        t.say("child-about-source"),
        t.say("child-about-nameless"),
        t.say("child-about-receivers"),
        t.say("child-about-no-score"),
        t.with("child-about-complain", &[("municipality", &municipality)]),
    ]
    .map(Cow::into_owned)
    .into()
}

/// The same file with the reader's words beside its codes.
pub(super) fn in_words(mut file: FamilyFile, t: Texts) -> FamilyFile {
    let said =
        |said: &mut Said, words: fn(Texts, &str) -> Words| said.words = words(t, &said.code).into_owned();
    let named = |one: &mut FiledOrganisation| {
        if !one.named {
            one.name = t.say("common-another-organisation").into_owned();
        }
        if let Some(of) = &mut one.sector {
            said(of, sector);
        }
    };
    file.about = about(t, &file.municipality);
    for one in &mut file.signals {
        named(&mut one.organisation);
        one.given_by.iter_mut().for_each(named);
        said(&mut one.state, signal);
        if let Some(told) = &mut one.informed {
            said(&mut told.channel, channel);
            said(&mut told.language, language);
        }
    }
    for one in &mut file.matches {
        said(&mut one.state, match_case);
        if let Some(outcome) = &mut one.outcome {
            outcome.words = t.say("child-outcome-signals-ended").into_owned();
        }
        one.parties
            .iter_mut()
            .for_each(|party| named(&mut party.organisation));
        for message in &mut one.messages {
            named(&mut message.from);
            named(&mut message.to);
        }
        one.viewings
            .iter_mut()
            .for_each(|viewing| named(&mut viewing.organisation));
    }
    for one in &mut file.consents {
        said(&mut one.purpose, purpose);
        said(&mut one.state, consent);
        one.your_answer.iter_mut().for_each(|own| said(own, answer));
        named(&mut one.asked_by);
        one.parties.iter_mut().for_each(named);
    }
    file.objections
        .iter_mut()
        .for_each(|one| said(&mut one.state, objection));
    file.requests
        .iter_mut()
        .for_each(|one| said(&mut one.state, request));
    file.history.iter_mut().for_each(|one| said(&mut one.act, act));
    file
}

fn sector(t: Texts, code: &str) -> Words {
    // A file is made of our own codes: an unknown one names nobody.
    t.say(Sector::from_slug(code).map_or("common-another-organisation", words::sector))
}
