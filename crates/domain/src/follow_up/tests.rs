use jiff::civil::date;

use super::*;
use crate::actor::Sector;
use crate::consent::Standing;
use crate::covenant::Covenant;
use crate::covenant::tests::covenant;
use crate::exchange::Coverage;
use crate::key::ConsentKey;
use crate::match_case::{Match, Party};

const SCHOOL: OrganisationKey = OrganisationKey(1);
const HELP: OrganisationKey = OrganisationKey(2);
const POLICE: OrganisationKey = OrganisationKey(3);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Friday 26 March 2027, 10:00 in Amsterdam: Good Friday.
const FOUND: &str = "2027-03-26T09:00:00Z";
/// Tuesday 6 April 2027, 00:00 in Amsterdam.
const ESCALATES: &str = "2027-04-05T22:00:00Z";

fn party(organisation: OrganisationKey, sector: Sector) -> Party {
    Party {
        organisation,
        sector,
        visible_at: at(FOUND),
        member_since: at(FOUND),
        signal_ends_at: at("2027-08-31T22:00:00Z"),
        paused_from: None,
        hidden_until: None,
        left: None,
        contact_confirmed_at: None,
    }
}

fn school_and_help() -> Vec<Party> {
    vec![party(SCHOOL, Sector::Education), party(HELP, Sector::YouthHelp)]
}

fn asked(parties: &[OrganisationKey], standing: Standing) -> Coverage {
    Coverage {
        consent: ConsentKey { subject: 1, row: 1 },
        parties: parties.iter().copied().collect(),
        requested_at: at("2027-03-30T09:00:00Z"),
        standing,
    }
}

fn refused() -> Standing {
    Standing::Refused {
        at: at("2027-03-30T09:00:00Z"),
    }
}

fn missing_in(covenant: &Covenant, parties: &[Party], consents: &[Coverage], now: &str) -> Option<Missing> {
    let terms = Terms::of(covenant);
    let match_case = Match::open(&terms, at(FOUND)).match_case;
    let case = Case::of(&terms, match_case, parties, consents);
    missing(&case, at(now))
}

fn named(organisation: OrganisationKey) -> Followed {
    Followed::Named {
        organisation,
        contact_confirmed: false,
    }
}

#[test]
fn five_working_days_over_easter_then_a_reminder_and_a_task() {
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    let entered = Match::open(&terms, at(FOUND));
    let course = Course::of(&terms, entered.match_case.contact_deadline());
    // Good Friday itself, the weekend and Easter Monday do not count: 30 and 31 March, 1, 2 and 5 April.
    assert_eq!(entered.match_case.contact_deadline(), date(2027, 4, 5));
    assert_eq!(course.remind_at, at("2027-04-05T07:00:00Z"));
    assert_eq!(course.escalates_at, at(ESCALATES));
}

#[test]
fn a_deadline_on_a_friday_becomes_a_task_on_the_next_working_day() {
    let covenant = covenant("");
    let course = Course::of(&Terms::of(&covenant), date(2027, 5, 14));
    // Whit Monday is 17 May 2027.
    assert_eq!(course.remind_at, at("2027-05-14T07:00:00Z"));
    assert_eq!(course.escalates_at, at("2027-05-17T22:00:00Z"));
    // King's Day is a Tuesday.
    let before_kings_day = Course::of(&Terms::of(&covenant), date(2027, 4, 26));
    assert_eq!(before_kings_day.escalates_at, at("2027-04-27T22:00:00Z"));
}

#[test]
fn the_fifth_of_may_is_a_holiday_as_the_covenant_says() {
    let (yearly, lustrum) = (covenant(""), covenant("liberation_day = \"lustrum\""));
    let of = |covenant| Course::of(&Terms::of(covenant), date(2027, 5, 4)).escalates_at;
    // 6 May 2027 is Ascension Day, so the next working day is Friday 7 May.
    assert_eq!(of(&yearly), at("2027-05-06T22:00:00Z"));
    assert_eq!(of(&lustrum), at("2027-05-04T22:00:00Z"));
    // Between two covenants whatever comes first.
    let both = Terms::of(&yearly).and(&lustrum);
    assert_eq!(Course::of(&both, date(2027, 5, 4)).escalates_at, of(&lustrum));
}

#[test]
fn contact_is_missing_until_everyone_who_must_confirmed() {
    let covenant = covenant("");
    let mut parties = school_and_help();
    let seen = missing_in(&covenant, &parties, &[], ESCALATES).unwrap();
    assert_eq!(seen.parties, [named(SCHOOL), named(HELP)]);
    assert_eq!(seen.visible_at, at(FOUND));
    parties[0].contact_confirmed_at = Some(at(FOUND));
    let seen = missing_in(&covenant, &parties, &[], ESCALATES).unwrap();
    let school = Followed::Named {
        organisation: SCHOOL,
        contact_confirmed: true,
    };
    assert_eq!(seen.parties, [school, named(HELP)]);
    parties[1].contact_confirmed_at = Some(at(FOUND));
    assert_eq!(missing_in(&covenant, &parties, &[], ESCALATES), None);
}

#[test]
fn a_paused_party_is_not_waited_for_until_it_is_back() {
    let covenant = covenant("");
    let mut parties = school_and_help();
    parties[0].contact_confirmed_at = Some(at(FOUND));
    parties[1].paused_from = Some(at("2027-04-02T22:00:00Z"));
    assert!(missing_in(&covenant, &parties, &[], "2027-04-02T21:59:59Z").is_some());
    assert_eq!(missing_in(&covenant, &parties, &[], ESCALATES), None);
    parties[1].paused_from = None;
    let seen = missing_in(&covenant, &parties, &[], ESCALATES).unwrap();
    assert_eq!(seen.parties.len(), 2);
}

#[test]
fn nothing_is_missing_in_a_match_that_is_over_or_that_nobody_sees() {
    let covenant = covenant("");
    let mut parties = school_and_help();
    parties[0].signal_ends_at = at("2027-04-01T22:00:00Z");
    assert_eq!(missing_in(&covenant, &parties, &[], ESCALATES), None);
    assert!(missing_in(&covenant, &parties, &[], "2027-04-01T21:59:59Z").is_some());
    assert_eq!(
        missing_in(&covenant, &school_and_help(), &[], "2027-03-26T08:59:59Z"),
        None
    );
}

#[test]
fn the_officer_sees_no_organisation_that_one_of_the_others_does_not_see() {
    let sensitive = covenant("sensitive_sectors = [\"police-and-justice\"]");
    let mut parties = school_and_help();
    parties.push(party(POLICE, Sector::PoliceAndJustice));
    let seen = missing_in(&sensitive, &parties, &[], ESCALATES).unwrap();
    assert_eq!(seen.parties, [named(SCHOOL), named(HELP), Followed::Masked]);
    let shy = covenant("reveal = \"on_consent\"");
    let seen = missing_in(&shy, &school_and_help(), &[], ESCALATES).unwrap();
    assert_eq!(seen.parties, [Followed::Masked, Followed::Masked]);
}

#[test]
fn consent_that_two_gave_each_other_does_not_name_them_to_the_officer_when_a_third_does_not_see_them() {
    let shy = covenant("reveal = \"on_consent\"");
    let mut parties = school_and_help();
    parties.push(party(POLICE, Sector::PoliceAndJustice));
    let given = Standing::Given {
        given_at: at("2027-03-30T09:00:00Z"),
        valid_until: at("2028-03-30T09:00:00Z"),
    };
    let consents = [asked(&[SCHOOL, HELP], given)];
    let seen = missing_in(&shy, &parties, &consents, ESCALATES).unwrap();
    assert_eq!(seen.parties, [Followed::Masked; 3]);
}

#[test]
fn with_a_masked_party_the_deadline_measures_the_request() {
    let shy = covenant("reveal = \"on_consent\"");
    let parties = school_and_help();
    assert!(missing_in(&shy, &parties, &[], ESCALATES).is_some());
    // Whatever came of it: the family was asked, and what it said is no business of the officer.
    let consents = [asked(&[SCHOOL, HELP], refused())];
    assert_eq!(missing_in(&shy, &parties, &consents, ESCALATES), None);
    // Somebody who came in after the request is not in it.
    let mut three = parties.clone();
    three.push(party(POLICE, Sector::PoliceAndJustice));
    assert!(missing_in(&shy, &three, &consents, ESCALATES).is_some());
    // Nor is who left and came back.
    let mut returned = parties;
    returned[0].member_since = at("2027-03-31T09:00:00Z");
    assert!(missing_in(&shy, &returned, &consents, ESCALATES).is_some());
}

#[test]
fn the_driver_reminds_once_escalates_once_and_settles_when_nothing_is_to_come() {
    let covenant = covenant("");
    let course = Course::of(&Terms::of(&covenant), date(2027, 4, 5));
    let step = |missing, may_yet_be, reminded, now: &str| course.step(missing, may_yet_be, reminded, at(now));
    let (early, nine, midnight) = ("2027-04-05T06:59:59Z", "2027-04-05T07:00:00Z", ESCALATES);
    let wait = |look_at| Step::Wait { look_at };
    assert_eq!(step(true, false, false, early), wait(course.remind_at));
    let look_at = course.escalates_at;
    assert_eq!(step(true, false, false, nine), Step::Remind { look_at });
    assert_eq!(step(true, false, true, nine), wait(look_at));
    assert_eq!(step(false, false, false, nine), wait(look_at));
    for reminded in [false, true] {
        assert_eq!(step(true, false, reminded, midnight), Step::Escalate);
        assert_eq!(step(false, false, reminded, midnight), Step::Settle);
        let tomorrow = wait(at("2027-04-06T22:00:00Z"));
        assert_eq!(step(false, true, reminded, midnight), tomorrow);
    }
}

#[test]
fn a_newcomer_who_does_not_show_yet_does_not_show_to_the_officer() {
    let covenant = covenant("");
    let mut parties = school_and_help();
    for party in &mut parties {
        party.contact_confirmed_at = Some(at(FOUND));
    }
    parties.push(Party {
        visible_at: at("2027-04-06T09:15:00Z"),
        ..party(POLICE, Sector::PoliceAndJustice)
    });
    assert_eq!(missing_in(&covenant, &parties, &[], "2027-04-06T09:14:59Z"), None);
    let seen = missing_in(&covenant, &parties, &[], "2027-04-06T09:15:00Z").unwrap();
    assert_eq!(seen.parties.len(), 3);
}
