//! A child's file as the pages meet it: made up, with one of everything.

use casework::ChildFile;
use jiff::civil::date;
use protocol::family_file::{
    FamilyFile, FiledAct, FiledConsent, FiledDisclosure, FiledMatch, FiledMessage, FiledObjection,
    FiledOrganisation, FiledParty, FiledRequest, FiledSignal, FiledViewing, Said,
};
use protocol::id::Id;

use super::double::at;

/// What a guardian's letter opens.
pub fn child_file() -> ChildFile {
    ChildFile {
        file: file(),
        is_young_person: false,
        whole: false,
    }
}

/// The same for whoever logged in.
pub fn whole_file() -> ChildFile {
    ChildFile {
        whole: true,
        ..child_file()
    }
}

/// A child of whom nothing is shown.
pub fn empty_file() -> ChildFile {
    let nothing = FamilyFile {
        signals: Vec::new(),
        matches: Vec::new(),
        consents: Vec::new(),
        objections: Vec::new(),
        requests: Vec::new(),
        history: Vec::new(),
        ..file()
    };
    ChildFile {
        file: nothing,
        ..child_file()
    }
}

fn said(code: &str) -> Said {
    Said::new(code, code)
}

fn organisation(name: &str, sector: &str) -> FiledOrganisation {
    FiledOrganisation {
        name: name.to_owned(),
        sector: Some(said(sector)),
        named: true,
    }
}

fn school() -> FiledOrganisation {
    organisation("Basisschool De Regenboog", "education")
}

fn another() -> FiledOrganisation {
    FiledOrganisation {
        name: "een andere instantie".to_owned(),
        sector: None,
        named: false,
    }
}

fn signal(by: FiledOrganisation, state: &str) -> FiledSignal {
    FiledSignal {
        id: Id([1; 16]),
        organisation: by,
        given_by: None,
        state: said(state),
        given_at: at("2027-03-01T09:00:00Z"),
        planned_end: date(2027, 9, 1),
        ended_at: None,
        destroy_by: "2034-12".parse().unwrap(),
        archived_until: None,
        archive_noticed_at: None,
        informed: None,
    }
}

fn act(on: &str, act: &str, how: &str, text: Option<(&str, &str)>) -> FiledAct {
    FiledAct {
        at: at(on),
        act: said(act),
        how: said(how),
        text_version: text.map(|(version, _)| version.to_owned()),
        language: text.map(|(_, language)| language.to_owned()),
    }
}

fn file() -> FamilyFile {
    FamilyFile {
        made_at: at("2027-03-20T10:00:00Z"),
        scope: said("letter"),
        municipality: "gemeente Voorbeeldstad".to_owned(),
        time_zone: "Europe/Amsterdam".to_owned(),
        about: Vec::new(),
        signals: vec![
            FiledSignal {
                informed: Some(FiledDisclosure {
                    on: date(2027, 3, 3),
                    channel: said("conversation"),
                    language: said("ar"),
                    recorded_at: at("2027-03-03T10:00:00Z"),
                }),
                ..signal(school(), "active")
            },
            signal(another(), "paused"),
        ],
        matches: vec![FiledMatch {
            id: Id([2; 16]),
            state: said("contact_confirmed"),
            opened_at: at("2027-03-02T09:00:00Z"),
            contact_deadline: date(2027, 3, 9),
            closed_at: None,
            outcome: None,
            parties: vec![
                FiledParty {
                    organisation: school(),
                    since: at("2027-03-02T09:00:00Z"),
                    contact_confirmed_at: Some(at("2027-03-04T09:00:00Z")),
                    left_at: None,
                },
                FiledParty {
                    organisation: another(),
                    since: at("2027-03-02T09:00:00Z"),
                    contact_confirmed_at: None,
                    left_at: Some(at("2027-03-05T09:00:00Z")),
                },
            ],
            messages: vec![FiledMessage {
                from: school(),
                to: another(),
                sent_at: at("2027-03-15T09:00:00Z"),
                read_at: Some(at("2027-03-16T09:00:00Z")),
                destroyed_at: None,
            }],
            viewings: vec![
                FiledViewing {
                    organisation: school(),
                    on: date(2027, 3, 5),
                    what: said("match"),
                    times: 3,
                    last_at: at("2027-03-05T13:04:00Z"),
                },
                FiledViewing {
                    organisation: another(),
                    on: date(2027, 3, 16),
                    what: said("message"),
                    times: 1,
                    last_at: at("2027-03-16T09:00:00Z"),
                },
            ],
        }],
        consents: vec![FiledConsent {
            id: Id([9; 16]),
            purpose: said("exchange"),
            state: said("given"),
            asked_by: school(),
            asked_at: at("2027-03-12T10:00:00Z"),
            answer_by: at("2027-04-09T09:00:00Z"),
            parties: vec![school(), another()],
            language: "ar".to_owned(),
            text_version: "nl-2026-11-22".to_owned(),
            given_at: Some(at("2027-03-14T10:00:00Z")),
            valid_until: Some(at("2028-03-12T23:00:00Z")),
            withdrawn_at: None,
            your_answer: Some(said("agreed")),
        }],
        objections: vec![FiledObjection {
            id: Id([3; 16]),
            signal: Some(Id([1; 16])),
            state: said("open"),
            made_at: at("2027-03-18T10:00:00Z"),
            route: said("portal"),
            advice: None,
            decision_due: at("2027-04-29T22:00:00Z"),
            decided_at: None,
            reasons: Vec::new(),
            way_to_appeal: None,
        }],
        requests: vec![FiledRequest {
            id: Id([4; 16]),
            right: said("access"),
            state: said("requested"),
            made_at: at("2027-03-19T10:00:00Z"),
            route: said("assisted"),
            due: at("2027-04-18T22:00:00Z"),
            decided_at: None,
            reason: None,
        }],
        history: vec![
            act("2027-03-12T11:00:00Z", "opened", "portal", None),
            act(
                "2027-03-14T10:00:00Z",
                "agreed",
                "portal",
                Some(("nl-2026-11-22", "ar")),
            ),
            act("2027-03-18T10:00:00Z", "objected", "portal", None),
            act("2027-03-19T10:00:00Z", "access-asked", "assisted", None),
        ],
    }
}
