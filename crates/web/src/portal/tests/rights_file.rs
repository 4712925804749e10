//! What a family asked of the municipality, as the pages meet it: made up, with everything that can become of it.

use casework::{FamilyObjection, FamilyRequest, FamilyRights, ObjectionableSignal};
use domain::calendar;
use domain::consent::SignatoryRole;
use domain::objection::{Advice, Made, Objection, Outcome, Reason, Route};
use domain::rights_request::{Asked, RefusalReason, Right, RightsRequest};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use protocol::id::Id;

use super::double::at;

fn zone() -> TimeZone {
    calendar::time_zone("Europe/Amsterdam").unwrap()
}

/// Two signals, and nothing asked yet.
pub fn family_rights() -> FamilyRights {
    FamilyRights {
        municipality: Some("gemeente Voorbeeldstad".to_owned()),
        is_young_person: false,
        now: at("2027-03-16T10:00:00Z"),
        signals: vec![signal(1, Some("Basisschool De Regenboog")), signal(2, None)],
        objections: Vec::new(),
        requests: Vec::new(),
    }
}

/// One signal and nothing else.
pub fn one_signal() -> FamilyRights {
    FamilyRights {
        signals: vec![signal(1, Some("Basisschool De Regenboog"))],
        ..family_rights()
    }
}

/// A letter that opens nothing that could be asked about.
pub fn nothing_to_ask() -> FamilyRights {
    FamilyRights {
        municipality: None,
        signals: Vec::new(),
        ..family_rights()
    }
}

pub fn signal(number: u8, organisation: Option<&str>) -> ObjectionableSignal {
    ObjectionableSignal {
        id: Id([number; 16]),
        organisation: organisation.map(str::to_owned),
        given_at: at("2027-02-01T10:00:00Z"),
        time_zone: zone(),
        is_objected_to: false,
    }
}

/// An objection of 16 March at 11:00.
pub fn made(advice: Option<Advice>) -> Made {
    let now = at("2027-03-16T10:00:00Z");
    Made {
        advice: advice.map(|advice| (at("2027-03-20T10:00:00Z"), advice)),
        ..Made::now(now, SignatoryRole::Guardian, Route::Portal, &zone())
    }
}

pub fn objection(objection: Objection) -> FamilyObjection {
    FamilyObjection {
        id: Id([5; 16]),
        organisation: Some("Basisschool De Regenboog".to_owned()),
        municipality: "gemeente Voorbeeldstad".to_owned(),
        objection,
        time_zone: zone(),
    }
}

/// Every objection there can be.
pub fn objections() -> Vec<Objection> {
    let decided_at = at("2027-04-01T10:00:00Z");
    let decided = |outcome, reasons: &[Reason]| Objection::Decided {
        made: made(Some(Advice::KeepSignal)),
        at: decided_at,
        outcome,
        reasons: reasons.to_vec(),
    };
    vec![
        Objection::Open(made(None)),
        Objection::Open(made(Some(Advice::EndSignal))),
        Objection::Open(made(Some(Advice::NoAdvice))),
        Objection::Lapsed(made(None)),
        Objection::Withdrawn {
            made: made(None),
            at: decided_at,
        },
        decided(
            Outcome::Upheld,
            &[
                Reason::NoGround,
                Reason::GroundGone,
                Reason::NotInformed,
                Reason::FamilyInterests,
            ],
        ),
        decided(
            Outcome::Rejected,
            &[
                Reason::GroundStands,
                Reason::ChildInterests,
                Reason::NotEntitled,
                Reason::Repeated,
            ],
        ),
    ]
}

fn asked(right: Right, route: Route) -> Asked {
    Asked::now(
        right,
        at("2027-03-16T10:00:00Z"),
        SignatoryRole::Guardian,
        route,
        &zone(),
    )
}

pub fn request(request: RightsRequest, may_fetch: bool) -> FamilyRequest {
    FamilyRequest {
        id: Id([6; 16]),
        municipality: "gemeente Voorbeeldstad".to_owned(),
        request,
        time_zone: zone(),
        may_fetch,
    }
}

/// Access that was given on 1 April.
pub fn access_given() -> RightsRequest {
    RightsRequest::Given {
        asked: asked(Right::Access, Route::Portal),
        at: at("2027-04-01T10:00:00Z"),
        partly: false,
    }
}

/// Every request there can be.
pub fn requests() -> Vec<RightsRequest> {
    let decided_at = at("2027-04-01T10:00:00Z");
    let mut all = vec![
        RightsRequest::Requested(asked(Right::Access, Route::Portal)),
        RightsRequest::Requested(asked(Right::Erasure, Route::Assisted)),
        RightsRequest::Requested(Asked {
            extended_at: Some(at("2027-04-02T10:00:00Z")),
            due: at("2027-06-16T22:00:00Z"),
            ..asked(Right::Access, Route::Portal)
        }),
        access_given(),
        RightsRequest::Withdrawn {
            asked: asked(Right::Access, Route::Portal),
            at: decided_at,
        },
    ];
    for partly in [false, true] {
        all.push(RightsRequest::Given {
            asked: asked(Right::Erasure, Route::Portal),
            at: decided_at,
            partly,
        });
    }
    for reason in RefusalReason::ALL {
        all.push(RightsRequest::Refused {
            asked: asked(Right::Erasure, Route::Portal),
            at: decided_at,
            reason,
        });
    }
    all
}

/// Everything that was ever asked, seen at a moment.
pub fn everything(now: Timestamp, may_fetch: bool) -> FamilyRights {
    FamilyRights {
        now,
        objections: objections().into_iter().map(objection).collect(),
        requests: requests()
            .into_iter()
            .map(|one| request(one, may_fetch))
            .collect(),
        ..family_rights()
    }
}
