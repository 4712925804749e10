use jiff::civil::{Date, date};

use super::*;
use crate::covenant::Covenant;
use crate::covenant::tests::covenant;

const GUARDIAN_A: Signatory = Signatory {
    role: SignatoryRole::Guardian,
    number: 1,
};
const GUARDIAN_B: Signatory = Signatory {
    role: SignatoryRole::Guardian,
    number: 2,
};
const YOUNG_PERSON: Signatory = Signatory {
    role: SignatoryRole::YoungPerson,
    number: 1,
};
const SCHOOL: OrganisationKey = OrganisationKey(1);
const CARE: OrganisationKey = OrganisationKey(2);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn question(
    covenant: &Covenant,
    band: AgeBand,
    guardians: u8,
    boundary: Option<Date>,
    now: &str,
) -> Question {
    Question::weigh(band, guardians, boundary, &Terms::of(covenant), at(now)).unwrap()
}

fn asked(covenant: &Covenant, band: AgeBand, guardians: u8, boundary: Option<Date>, now: &str) -> Pending {
    Pending::ask(
        &question(covenant, band, guardians, boundary, now),
        [SCHOOL, CARE],
        &Terms::of(covenant),
        at(now),
    )
}

fn partially(signed: Signed) -> Pending {
    match signed {
        Signed::Partially(pending) => pending,
        Signed::Given(_) => panic!("given too early"),
    }
}

fn given(signed: Signed) -> Given {
    match signed {
        Signed::Given(given) => given,
        Signed::Partially(_) => panic!("not given"),
    }
}

#[test]
fn who_must_sign_follows_from_the_age_band() {
    let covenant = covenant("");
    let who =
        |band, guardians| question(&covenant, band, guardians, None, "2027-03-12T10:00:00Z").signatories();
    assert_eq!(who(AgeBand::Under12, 2), [GUARDIAN_A, GUARDIAN_B]);
    assert_eq!(
        who(AgeBand::From12To15, 2),
        [GUARDIAN_A, GUARDIAN_B, YOUNG_PERSON]
    );
    assert_eq!(who(AgeBand::From16, 0), [YOUNG_PERSON]);
}

#[test]
fn a_question_that_does_not_fit_the_age_band_is_refused_with_all_reasons() {
    let covenant = covenant("");
    let now = at("2027-06-10T10:00:00Z");
    let weigh = |band, guardians, boundary| {
        Question::weigh(band, guardians, boundary, &Terms::of(&covenant), now).map(|_| ())
    };
    use QuestionRefusal as No;
    assert_eq!(weigh(AgeBand::Under12, 0, None), Err(vec![No::Guardians]));
    assert_eq!(weigh(AgeBand::From12To15, 5, None), Err(vec![No::Guardians]));
    assert_eq!(
        weigh(AgeBand::From16, 1, Some(date(2028, 1, 1))),
        Err(vec![No::Guardians, No::BoundaryAfterLast])
    );
    assert_eq!(
        weigh(AgeBand::Under12, 1, Some(date(2027, 6, 10))),
        Err(vec![No::BoundaryNotInFuture])
    );
    assert_eq!(weigh(AgeBand::Under12, 1, Some(date(2027, 6, 11))), Ok(()));
    assert_eq!(
        weigh(AgeBand::From12To15, 1, Some(date(2032, 1, 1))),
        Err(vec![No::BoundaryTooFar])
    );
    assert_eq!(No::Guardians.pointer(), "/guardians");
}

#[test]
fn a_boundary_beyond_everything_that_could_come_of_it_is_not_kept() {
    let covenant = covenant("");
    let kept =
        |day| question(&covenant, AgeBand::Under12, 1, Some(day), "2027-03-01T10:00:00Z").boundary_on();
    assert_eq!(kept(date(2028, 3, 1)), Some(date(2028, 3, 1)));
    assert_eq!(kept(date(2029, 3, 1)), None);
}

#[test]
fn consent_is_given_when_the_second_guardian_signs_and_not_before() {
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    let pending = asked(&covenant, AgeBand::Under12, 2, None, "2027-03-12T10:00:00Z");
    assert_eq!(pending.state(), ConsentState::Requested);
    let pending = partially(
        pending
            .sign(GUARDIAN_A, &terms, at("2027-03-15T09:00:00Z"))
            .unwrap(),
    );
    assert_eq!(pending.state(), ConsentState::PartiallyGiven);
    assert!(!Standing::from(&pending).stands(at("2027-03-15T09:00:00Z")));
    let given = given(
        pending
            .sign(GUARDIAN_B, &terms, at("2027-03-15T10:00:00Z"))
            .unwrap(),
    );
    assert_eq!(given.valid_until, at("2028-03-14T10:00:00Z"));
    assert!(Standing::from(&given).stands(at("2027-03-15T10:00:00Z")));
    assert!(!Standing::from(&given).stands(at("2027-03-15T09:59:59Z")));
    assert!(!Standing::from(&given).stands(given.valid_until));
}

#[test]
fn nobody_signs_twice_or_for_another() {
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    let now = at("2027-03-15T09:00:00Z");
    let pending = asked(&covenant, AgeBand::Under12, 2, None, "2027-03-12T10:00:00Z");
    assert_eq!(
        pending.clone().sign(YOUNG_PERSON, &terms, now),
        Err(NotPossible::NotASignatory)
    );
    assert_eq!(
        pending.clone().refuse(YOUNG_PERSON, now),
        Err(NotPossible::NotASignatory)
    );
    let once = partially(pending.sign(GUARDIAN_A, &terms, now).unwrap());
    assert_eq!(
        once.sign(GUARDIAN_A, &terms, now),
        Err(NotPossible::AlreadySigned)
    );
}

#[test]
fn one_no_decides_also_after_a_yes() {
    let covenant = covenant("");
    let now = at("2027-03-15T09:00:00Z");
    let pending = asked(&covenant, AgeBand::Under12, 2, None, "2027-03-12T10:00:00Z");
    assert_eq!(
        pending.clone().refuse(GUARDIAN_B, now),
        Ok(Standing::Refused { at: now })
    );
    let signed = partially(pending.sign(GUARDIAN_A, &Terms::of(&covenant), now).unwrap());
    assert_eq!(signed.refuse(GUARDIAN_A, now), Ok(Standing::Refused { at: now }));
}

#[test]
fn on_the_twelfth_birthday_at_midnight_the_request_can_no_longer_be_given() {
    // Born 10 June 2015; asked 1 June 2027; one guardian signs on the 8th.
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    let pending = asked(
        &covenant,
        AgeBand::Under12,
        2,
        Some(date(2027, 6, 10)),
        "2027-06-01T10:00:00Z",
    );
    let midnight = at("2027-06-09T22:00:00Z");
    assert_eq!(pending.answer_by, midnight);
    let pending = partially(
        pending
            .sign(GUARDIAN_A, &terms, at("2027-06-08T10:00:00Z"))
            .unwrap(),
    );
    assert_eq!(
        pending.clone().expire(at("2027-06-09T21:59:59Z")),
        Err(NotPossible::NotOver)
    );
    assert_eq!(
        pending.clone().sign(GUARDIAN_B, &terms, midnight),
        Err(NotPossible::Over)
    );
    assert_eq!(
        pending.clone().refuse(GUARDIAN_B, midnight),
        Err(NotPossible::Over)
    );
    assert_eq!(
        pending.clone().expire(midnight),
        Ok(Standing::Unanswered { at: midnight })
    );
    // Given a second before, it stands for one second.
    let given = given(
        pending
            .sign(GUARDIAN_B, &terms, at("2027-06-09T21:59:59Z"))
            .unwrap(),
    );
    assert_eq!(given.valid_until, midnight);
}

#[test]
fn a_leap_day_birthday_is_a_boundary_like_any_other() {
    // Born 29 February 2016: 12 on 29 February 2028.
    let covenant = covenant("");
    let pending = asked(
        &covenant,
        AgeBand::Under12,
        1,
        Some(date(2028, 2, 29)),
        "2027-03-26T10:00:00Z",
    );
    assert_eq!(pending.boundary_at, Some(at("2028-02-28T23:00:00Z")));
    let given = given(
        pending
            .sign(GUARDIAN_A, &Terms::of(&covenant), at("2027-03-27T10:00:00Z"))
            .unwrap(),
    );
    assert_eq!(given.valid_until, at("2028-02-28T23:00:00Z"));
}

#[test]
fn invitations_end_after_28_days() {
    let covenant = covenant("");
    let pending = asked(&covenant, AgeBand::From16, 0, None, "2027-03-12T10:00:00Z");
    // The clock went forward on 28 March.
    assert_eq!(pending.answer_by, at("2027-04-09T09:00:00Z"));
    assert_eq!(
        pending.sign(YOUNG_PERSON, &Terms::of(&covenant), at("2027-04-09T09:00:00Z")),
        Err(NotPossible::Over)
    );
}

#[test]
fn the_life_of_a_consent_is_what_the_family_was_told() {
    let when_asked = covenant("consent_days = 30\n");
    let pending = asked(&when_asked, AgeBand::From16, 0, None, "2027-05-01T10:00:00Z");
    let changed = covenant("consent_days = 365\n");
    let given = given(
        pending
            .sign(YOUNG_PERSON, &Terms::of(&changed), at("2027-05-02T10:00:00Z"))
            .unwrap(),
    );
    assert_eq!(given.valid_until, at("2027-06-01T10:00:00Z"));
}

fn young_persons(covenant: &Covenant, parties: &[OrganisationKey], now: &str) -> Given {
    let question = question(covenant, AgeBand::From16, 0, None, now);
    let terms = Terms::of(covenant);
    let pending = Pending::ask(&question, parties.iter().copied(), &terms, at(now));
    given(pending.sign(YOUNG_PERSON, &terms, at(now)).unwrap())
}

#[test]
fn any_signatory_withdraws_alone_and_finally() {
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    let now = at("2027-03-15T09:00:00Z");
    let pending = asked(&covenant, AgeBand::From12To15, 1, None, "2027-03-12T10:00:00Z");
    let pending = partially(pending.sign(YOUNG_PERSON, &terms, now).unwrap());
    let given = given(pending.sign(GUARDIAN_A, &terms, now).unwrap());
    for signatory in [YOUNG_PERSON, GUARDIAN_A] {
        let withdrawn = given.clone().withdraw(signatory, now).unwrap();
        assert_eq!(withdrawn, Standing::Withdrawn { at: now });
        assert!(!withdrawn.stands(now));
        assert_eq!(withdrawn.at(at("2037-01-01T00:00:00Z")), withdrawn);
    }
    assert_eq!(
        given.clone().withdraw(GUARDIAN_B, now),
        Err(NotPossible::NotASignatory)
    );
    assert_eq!(
        given.clone().withdraw(GUARDIAN_A, given.valid_until),
        Err(NotPossible::Over)
    );
}

#[test]
fn a_consent_that_stands_is_replaced_and_one_that_is_over_is_not() {
    let covenant = covenant("");
    let given = young_persons(&covenant, &[SCHOOL, CARE], "2027-03-15T09:00:00Z");
    let now = at("2027-03-16T09:00:00Z");
    assert_eq!(given.clone().replace(now), Ok(Standing::Replaced { at: now }));
    let end = given.valid_until;
    assert_eq!(given.replace(end), Err(NotPossible::Over));
}

#[test]
fn consent_ends_by_itself_when_one_looks() {
    let covenant = covenant("");
    let given = young_persons(&covenant, &[SCHOOL, CARE], "2027-03-15T09:00:00Z");
    let end = given.valid_until;
    assert_eq!(Standing::from(&given).at(end), Standing::Expired { at: end });
    assert_eq!(given.clone().expire(end), Ok(Standing::Expired { at: end }));
    assert_eq!(
        given.expire(at("2027-03-15T09:00:01Z")),
        Err(NotPossible::NotOver)
    );
}

#[test]
fn after_a_refusal_the_family_is_left_in_peace_for_30_days() {
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    let refused = Standing::Refused {
        at: at("2027-03-15T09:00:00Z"),
    };
    // The clock went forward in between; peace lasts until the same time of day.
    let until = at("2027-04-14T08:00:00Z");
    assert_eq!(
        may_ask([refused], &terms, at("2027-04-14T07:59:59Z")),
        Err(MayNotAsk::CoolingDown { until })
    );
    assert_eq!(may_ask([refused], &terms, until), Ok(()));
}

#[test]
fn one_request_at_a_time_and_only_while_it_can_be_answered() {
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    let answer_by = at("2027-04-09T09:00:00Z");
    let asked = Standing::Asked { answer_by };
    assert_eq!(
        may_ask([asked], &terms, at("2027-04-09T08:59:59Z")),
        Err(MayNotAsk::Waiting)
    );
    assert_eq!(may_ask([asked], &terms, answer_by), Ok(()));
    let others = [
        Standing::Withdrawn { at: answer_by },
        Standing::Replaced { at: answer_by },
        Standing::Given {
            given_at: answer_by,
            valid_until: Timestamp::MAX,
        },
    ];
    assert_eq!(may_ask(others, &terms, answer_by), Ok(()));
}

#[test]
fn guardians_of_a_12_year_old_are_not_told_of_a_sensitive_organisation() {
    use SignatoryRole::{Guardian, YoungPerson};
    let (under_12, from_12) = ([Guardian, Guardian], [Guardian, YoungPerson]);
    assert!(!is_named_to(Guardian, from_12, true));
    assert!(is_named_to(Guardian, from_12, false));
    assert!(is_named_to(YoungPerson, from_12, true));
    assert!(is_named_to(YoungPerson, [YoungPerson], true));
    assert!(is_named_to(Guardian, under_12, true));
}

#[test]
fn every_word_names_one_thing() {
    for state in ConsentState::ALL {
        assert_eq!(ConsentState::from_slug(state.slug()), Ok(state));
    }
    for band in AgeBand::ALL {
        assert_eq!(AgeBand::from_slug(band.slug()), Ok(band));
    }
    for role in SignatoryRole::ALL {
        assert_eq!(SignatoryRole::from_slug(role.slug()), Ok(role));
    }
}
