use std::collections::BTreeSet;

use jiff::civil::date;

use super::*;
use crate::actor::Sector;
use crate::consent::{MayNotAsk, Standing};
use crate::covenant::Covenant;
use crate::covenant::tests::covenant;
use crate::exchange::{Closed, Coverage, Exchange};
use crate::key::{ConsentKey, OrganisationKey};

const CARE: OrganisationKey = OrganisationKey(1);
const HEALTH: OrganisationKey = OrganisationKey(2);
const POLICE: OrganisationKey = OrganisationKey(3);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Wednesday 10 March 2027, 15:05 in Amsterdam; visible at 15:15.
fn detected() -> Timestamp {
    at("2027-03-10T14:05:00Z")
}

fn noon(day: &str) -> Timestamp {
    at(&format!("{day}T11:00:00Z"))
}

fn party(organisation: OrganisationKey, sector: Sector) -> Party {
    Party {
        organisation,
        sector,
        member_since: Timestamp::UNIX_EPOCH,
        visible_at: at("2027-03-10T14:15:00Z"),
        signal_ends_at: at("2027-08-31T22:00:00Z"),
        paused_from: None,
        hidden_until: None,
        left: None,
        contact_confirmed_at: None,
    }
}

fn care_and_health() -> Vec<Party> {
    let health = party(HEALTH, Sector::YouthHealthCare);
    vec![
        party(CARE, Sector::Childcare),
        Party {
            signal_ends_at: at("2028-03-09T23:00:00Z"),
            ..health
        },
    ]
}

fn coverage(parties: &[OrganisationKey], standing: Standing) -> Coverage {
    let consent = ConsentKey { subject: 1, row: 1 };
    Coverage {
        consent,
        parties: parties.iter().copied().collect(),
        requested_at: noon("2027-03-14"),
        standing,
    }
}

fn given(parties: &[OrganisationKey]) -> Coverage {
    let (given_at, valid_until) = (noon("2027-03-15"), noon("2028-03-14"));
    coverage(
        parties,
        Standing::Given {
            given_at,
            valid_until,
        },
    )
}

/// A question put to a case of these facts.
fn case<T>(
    covenant: &Covenant,
    parties: &[Party],
    consents: &[Coverage],
    ask: impl FnOnce(Case<'_>) -> T,
) -> T {
    let terms = Terms::of(covenant);
    let match_case = Match::open(&terms, detected()).match_case;
    ask(Case::of(&terms, match_case, parties, consents))
}

fn seen_by(viewer: OrganisationKey, case: &Case<'_>, day: &str) -> Vec<Who> {
    case.view(viewer, noon(day))
        .unwrap()
        .parties
        .into_iter()
        .map(|party| party.who)
        .collect()
}

const fn named(organisation: OrganisationKey) -> Who {
    Who::Named {
        organisation,
        contact_confirmed: false,
    }
}

const YOU: Who = Who::You {
    contact_confirmed: false,
};

#[test]
fn a_match_is_visible_at_the_next_quarter_hour_and_due_after_five_working_days() {
    let covenant = covenant("");
    let entered = Match::open(&Terms::of(&covenant), detected());
    assert_eq!(entered.visible_at, at("2027-03-10T14:15:00Z"));
    assert_eq!(entered.match_case.contact_deadline(), date(2027, 3, 17));
    assert_eq!(entered.contact_deadline_ends_at, at("2027-03-17T23:00:00Z"));
}

#[test]
fn before_it_is_visible_there_is_no_match_for_anyone() {
    case(&covenant(""), &care_and_health(), &[], |case| {
        let early = at("2027-03-10T14:14:59Z");
        assert_eq!(case.view(CARE, early), None);
        assert_eq!(case.confirm_contact(CARE, early), Err(CannotConfirm::NoSuchMatch));
        assert_eq!(
            case.request_consent(CARE, early),
            Err(CannotRequestConsent::NoSuchMatch)
        );
        assert!(case.view(CARE, at("2027-03-10T14:15:00Z")).is_some());
        assert_eq!(case.view(POLICE, noon("2027-03-12")), None);
    });
}

#[test]
fn on_match_the_parties_see_each_other() {
    case(&covenant(""), &care_and_health(), &[], |case| {
        assert_eq!(seen_by(CARE, &case, "2027-03-12"), [YOU, named(HEALTH)]);
        assert_eq!(seen_by(HEALTH, &case, "2027-03-12"), [YOU, named(CARE)]);
    });
}

#[test]
fn on_consent_they_do_not_until_consent_stands_and_not_after_it() {
    let covenant = covenant("reveal = \"on_consent\"\n");
    let parties = care_and_health();
    case(&covenant, &parties, &[], |case| {
        assert_eq!(seen_by(CARE, &case, "2027-03-12"), [YOU, Who::Masked]);
    });
    case(&covenant, &parties, &[given(&[CARE, HEALTH])], |case| {
        assert_eq!(seen_by(CARE, &case, "2027-03-12"), [YOU, Who::Masked]);
        assert_eq!(seen_by(CARE, &case, "2027-03-16"), [YOU, named(HEALTH)]);
    });
    let withdrawn = coverage(
        &[CARE, HEALTH],
        Standing::Withdrawn {
            at: noon("2027-03-16"),
        },
    );
    case(&covenant, &parties, &[withdrawn], |case| {
        assert_eq!(seen_by(CARE, &case, "2027-03-17"), [YOU, Who::Masked]);
    });
}

#[test]
fn an_organisation_of_a_sensitive_sector_sees_the_others_and_is_masked_to_them() {
    let covenant = covenant("sensitive_sectors = [\"police-and-justice\"]\n");
    let mut parties = care_and_health();
    parties.push(party(POLICE, Sector::PoliceAndJustice));
    case(&covenant, &parties, &[], |case| {
        assert_eq!(
            seen_by(CARE, &case, "2027-03-12"),
            [YOU, named(HEALTH), Who::Masked]
        );
        assert_eq!(
            seen_by(POLICE, &case, "2027-03-12"),
            [YOU, named(CARE), named(HEALTH)]
        );
    });
    case(&covenant, &parties, &[given(&[CARE, POLICE])], |case| {
        assert_eq!(
            seen_by(CARE, &case, "2027-03-16"),
            [YOU, named(HEALTH), named(POLICE)]
        );
        assert_eq!(
            seen_by(HEALTH, &case, "2027-03-16"),
            [YOU, named(CARE), Who::Masked]
        );
    });
}

#[test]
fn contact_is_confirmed_when_every_party_confirmed_for_itself() {
    let covenant = covenant("");
    let mut parties = care_and_health();
    let friday = noon("2027-03-12");
    let confirm =
        |parties: &[Party], by| case(&covenant, parties, &[], |case| case.confirm_contact(by, friday));
    assert_eq!(confirm(&parties, CARE).unwrap().state(), MatchState::Open);
    parties[0].contact_confirmed_at = Some(friday);
    assert_eq!(confirm(&parties, CARE).unwrap().state(), MatchState::Open);
    assert_eq!(
        confirm(&parties, HEALTH).unwrap().state(),
        MatchState::ContactConfirmed
    );
}

#[test]
fn contact_is_confirmed_when_the_last_who_had_not_left() {
    let mut parties = care_and_health();
    parties.push(Party {
        signal_ends_at: at("2027-03-20T23:00:00Z"),
        ..party(POLICE, Sector::PoliceAndJustice)
    });
    for confirmed in &mut parties[..2] {
        confirmed.contact_confirmed_at = Some(noon("2027-03-12"));
    }
    case(&covenant(""), &parties, &[], |case| {
        assert_eq!(case.now(noon("2027-03-20")).state(), MatchState::Open);
        assert_eq!(case.now(noon("2027-03-21")).state(), MatchState::ContactConfirmed);
    });
}

#[test]
fn a_masked_party_need_not_confirm() {
    let covenant = covenant("sensitive_sectors = [\"police-and-justice\"]\n");
    let parties = [
        party(CARE, Sector::Childcare),
        party(POLICE, Sector::PoliceAndJustice),
    ];
    case(&covenant, &parties, &[], |case| {
        let friday = noon("2027-03-12");
        assert_eq!(
            case.confirm_contact(POLICE, friday).unwrap().state(),
            MatchState::Open
        );
        assert_eq!(
            case.confirm_contact(CARE, friday).unwrap().state(),
            MatchState::ContactConfirmed
        );
    });
}

#[test]
fn the_family_is_asked_after_contact_about_everyone_who_takes_part() {
    let covenant = covenant("");
    let mut parties = care_and_health();
    let monday = noon("2027-03-15");
    let request =
        |parties: &[Party]| case(&covenant, parties, &[], |case| case.request_consent(CARE, monday));
    assert_eq!(request(&parties), Err(CannotRequestConsent::ContactNotConfirmed));
    for party in &mut parties {
        party.contact_confirmed_at = Some(noon("2027-03-12"));
    }
    assert_eq!(request(&parties), Ok(BTreeSet::from([CARE, HEALTH])));
}

#[test]
fn with_a_masked_party_the_family_may_be_asked_without_contact() {
    let parties = [
        party(CARE, Sector::Childcare),
        party(POLICE, Sector::PoliceAndJustice),
    ];
    case(
        &covenant("sensitive_sectors = [\"police-and-justice\"]\n"),
        &parties,
        &[],
        |case| {
            assert_eq!(
                case.request_consent(CARE, noon("2027-03-12")),
                Ok(BTreeSet::from([CARE, POLICE]))
            );
        },
    );
    case(&covenant("reveal = \"on_consent\"\n"), &parties, &[], |case| {
        assert_eq!(
            case.request_consent(CARE, noon("2027-03-12")),
            Ok(BTreeSet::from([CARE, POLICE]))
        );
    });
}

#[test]
fn the_family_is_not_asked_twice_at_once_nor_soon_after_a_refusal() {
    let covenant = covenant("reveal = \"on_consent\"\n");
    let parties = care_and_health();
    let monday = noon("2027-03-15");
    let asked = coverage(
        &[CARE, HEALTH],
        Standing::Asked {
            answer_by: noon("2027-04-09"),
            until_boundary: false,
        },
    );
    let refused = coverage(
        &[CARE, HEALTH],
        Standing::Refused {
            at: noon("2027-03-14"),
        },
    );
    case(&covenant, &parties, &[asked], |case| {
        let waiting = CannotRequestConsent::NotNow(MayNotAsk::Waiting);
        assert_eq!(case.request_consent(HEALTH, monday), Err(waiting));
    });
    case(&covenant, &parties, &[refused], |case| {
        let refusal = case.request_consent(HEALTH, monday);
        assert!(matches!(
            refusal,
            Err(CannotRequestConsent::NotNow(MayNotAsk::CoolingDown { .. }))
        ));
    });
}

#[test]
fn a_match_closes_by_itself_when_one_signal_is_left() {
    let parties = care_and_health();
    case(&covenant(""), &parties, &[given(&[CARE, HEALTH])], |case| {
        let end = at("2027-08-31T22:00:00Z");
        let before = at("2027-08-31T21:59:59Z");
        assert_eq!(case.now(before).state(), MatchState::Open);
        assert!(case.view(CARE, before).unwrap().exchange.is_open());
        assert_eq!(case.now(end).closed_at(), Some(end));
        assert_eq!(case.confirm_contact(HEALTH, end), Err(CannotConfirm::Closed));
        assert_eq!(
            case.request_consent(HEALTH, end),
            Err(CannotRequestConsent::Closed)
        );
        for viewer in [CARE, HEALTH] {
            let view = case.view(viewer, end).unwrap();
            assert_eq!((view.state, view.contact_deadline), (MatchState::Closed, None));
            assert_eq!(view.exchange, Exchange::Closed(Closed::SignalEnded));
        }
    });
}

#[test]
fn a_closing_written_down_late_happened_in_time() {
    let terms_of = covenant("");
    let terms = Terms::of(&terms_of);
    let (end, late) = (at("2027-08-31T22:00:00Z"), at("2027-09-01T03:00:00Z"));
    let match_case = Match::open(&terms, detected()).match_case.close(late);
    let parties = care_and_health();
    let case = Case::of(&terms, match_case, &parties, &[]);
    assert_eq!(case.now(late).closed_at(), Some(end));
    assert!(case.view(CARE, late).is_some());
}

#[test]
fn whoever_leaves_a_match_that_goes_on_sees_it_no_longer_and_is_seen_no_longer() {
    let mut parties = care_and_health();
    parties.push(Party {
        signal_ends_at: at("2027-03-20T23:00:00Z"),
        ..party(POLICE, Sector::PoliceAndJustice)
    });
    case(&covenant(""), &parties, &[], |case| {
        assert_eq!(
            seen_by(CARE, &case, "2027-03-20"),
            [YOU, named(HEALTH), named(POLICE)]
        );
        assert_eq!(seen_by(CARE, &case, "2027-03-21"), [YOU, named(HEALTH)]);
        assert_eq!(case.view(POLICE, noon("2027-03-21")), None);
    });
}

#[test]
fn a_newcomer_does_not_show_before_its_quarter_hour() {
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    let detected_at = at("2027-03-15T14:01:00Z");
    let mut parties = care_and_health();
    for party in &mut parties {
        party.contact_confirmed_at = Some(noon("2027-03-12"));
    }
    let confirmed = Match::open(&terms, detected()).match_case.confirm_contact();
    let before = Case::of(&terms, confirmed, &parties, &[]);
    let seen_before = before.view(CARE, detected_at);

    let seats: Vec<Seat> = parties
        .iter()
        .map(|party| Seat {
            organisation: party.organisation,
            visible_at: party.visible_at,
            left_at: None,
            is_done: true,
        })
        .collect();
    let entered = Joining {
        terms: &terms,
        contact_deadline: confirmed.contact_deadline(),
        earlier_deadline: None,
        seats: &seats,
    }
    .join(detected_at);
    let mut joined = parties.clone();
    joined.push(Party {
        visible_at: entered.visible_at,
        ..party(POLICE, Sector::PoliceAndJustice)
    });
    let after = Case {
        match_case: Match::Open {
            opened_at: detected(),
            contact_deadline: entered.contact_deadline,
        },
        earlier_deadline: entered.earlier_deadline,
        parties: &joined,
        ..before
    };
    assert_eq!(after.view(CARE, detected_at), seen_before);
    assert_eq!(after.view(POLICE, detected_at), None);
    assert_eq!(
        after.request_consent(CARE, detected_at),
        Ok(BTreeSet::from([CARE, HEALTH]))
    );
    let view = after.view(CARE, entered.visible_at).unwrap();
    assert_eq!((view.state, view.parties.len()), (MatchState::Open, 3));
    assert_eq!(view.contact_deadline, Some(date(2027, 3, 22)));
}

#[test]
fn the_police_may_join_without_being_covered() {
    let mut parties = care_and_health();
    parties.push(party(POLICE, Sector::PoliceAndJustice));
    case(&covenant(""), &parties, &[given(&[CARE, HEALTH])], |case| {
        let later = noon("2027-03-16");
        assert!(case.exchange(CARE, HEALTH, later).is_open());
        for one in [CARE, HEALTH] {
            assert_eq!(
                case.exchange(one, POLICE, later),
                Exchange::Closed(Closed::ConsentMissing)
            );
        }
    });
}

#[test]
fn every_slug_names_its_own_state() {
    for state in MatchState::ALL {
        assert_eq!(MatchState::from_slug(state.slug()), Ok(state));
    }
}
