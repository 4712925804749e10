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
const YOUNG_PERSON: Signatory = Signatory::YOUNG_PERSON;
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
    Question::weigh(stated(band, guardians, boundary), &Terms::of(covenant), at(now)).unwrap()
}

pub(crate) fn stated(age_band: AgeBand, guardians: u8, next_boundary_on: Option<Date>) -> Stated {
    Stated {
        age_band,
        guardians,
        next_boundary_on,
        one_guardian_declares: false,
    }
}

fn asked(covenant: &Covenant, band: AgeBand, guardians: u8, boundary: Option<Date>, now: &str) -> Pending {
    Pending::ask(
        &question(covenant, band, guardians, boundary, now),
        [SCHOOL, CARE],
        None,
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
        Question::weigh(stated(band, guardians, boundary), &Terms::of(&covenant), now).map(|_| ())
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
            .sign(GUARDIAN_A, How::LETTER, &terms, at("2027-03-15T09:00:00Z"))
            .unwrap(),
    );
    assert_eq!(pending.state(), ConsentState::PartiallyGiven);
    assert!(!Standing::from(&pending).stands(at("2027-03-15T09:00:00Z")));
    let given = given(
        pending
            .sign(GUARDIAN_B, How::LETTER, &terms, at("2027-03-15T10:00:00Z"))
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
        pending.clone().sign(YOUNG_PERSON, How::LETTER, &terms, now),
        Err(NotPossible::NotASignatory)
    );
    assert_eq!(
        pending.clone().refuse(YOUNG_PERSON, now),
        Err(NotPossible::NotASignatory)
    );
    let once = partially(pending.sign(GUARDIAN_A, How::LETTER, &terms, now).unwrap());
    assert_eq!(
        once.sign(GUARDIAN_A, How::LETTER, &terms, now),
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
    let signed = partially(
        pending
            .sign(GUARDIAN_A, How::LETTER, &Terms::of(&covenant), now)
            .unwrap(),
    );
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
            .sign(GUARDIAN_A, How::LETTER, &terms, at("2027-06-08T10:00:00Z"))
            .unwrap(),
    );
    assert_eq!(
        pending.clone().expire(at("2027-06-09T21:59:59Z")),
        Err(NotPossible::NotOver)
    );
    assert_eq!(
        pending.clone().sign(GUARDIAN_B, How::LETTER, &terms, midnight),
        Err(NotPossible::Over)
    );
    assert_eq!(
        pending.clone().refuse(GUARDIAN_B, midnight),
        Err(NotPossible::Over)
    );
    assert_eq!(
        Standing::from(&pending).at(midnight),
        Standing::SupersededByAge { at: midnight }
    );
    assert_eq!(pending.clone().expire(midnight), Err(NotPossible::NotOver));
    // Given a second before, it stands for one second.
    let given = given(
        pending
            .sign(GUARDIAN_B, How::LETTER, &terms, at("2027-06-09T21:59:59Z"))
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
            .sign(
                GUARDIAN_A,
                How::LETTER,
                &Terms::of(&covenant),
                at("2027-03-27T10:00:00Z"),
            )
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
        pending.sign(
            YOUNG_PERSON,
            How::LETTER,
            &Terms::of(&covenant),
            at("2027-04-09T09:00:00Z")
        ),
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
            .sign(
                YOUNG_PERSON,
                How::LETTER,
                &Terms::of(&changed),
                at("2027-05-02T10:00:00Z"),
            )
            .unwrap(),
    );
    assert_eq!(given.valid_until, at("2027-06-01T10:00:00Z"));
}

fn young_persons(covenant: &Covenant, parties: &[OrganisationKey], now: &str) -> Given {
    let question = question(covenant, AgeBand::From16, 0, None, now);
    let terms = Terms::of(covenant);
    let pending = Pending::ask(&question, parties.iter().copied(), None, &terms, at(now));
    given(pending.sign(YOUNG_PERSON, How::LETTER, &terms, at(now)).unwrap())
}

#[test]
fn any_signatory_withdraws_alone_and_finally() {
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    let now = at("2027-03-15T09:00:00Z");
    let pending = asked(&covenant, AgeBand::From12To15, 1, None, "2027-03-12T10:00:00Z");
    let pending = partially(pending.sign(YOUNG_PERSON, How::LETTER, &terms, now).unwrap());
    let given = given(pending.sign(GUARDIAN_A, How::LETTER, &terms, now).unwrap());
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
    let asked = Standing::Asked {
        answer_by,
        until_boundary: false,
    };
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

fn signed(pending: Pending, by: Signatory, covenant: &Covenant, now: &str) -> Pending {
    partially(
        pending
            .sign(by, How::LETTER, &Terms::of(covenant), at(now))
            .unwrap(),
    )
}

/// Born 10 June 2015 and asked on 1 June 2027; the first guardian signs on the 8th.
fn turning_twelve(covenant: &Covenant) -> Pending {
    let birthday = Some(date(2027, 6, 10));
    let pending = asked(covenant, AgeBand::Under12, 2, birthday, "2027-06-01T10:00:00Z");
    signed(pending, GUARDIAN_A, covenant, "2027-06-08T10:00:00Z")
}

const TWELVE: &str = "2027-06-09T22:00:00Z";

#[test]
fn at_twelve_the_young_person_must_sign_too_and_what_was_signed_stays() {
    let covenant = covenant("on_age_boundary = \"keep\"\n");
    let terms = Terms::of(&covenant);
    let before = turning_twelve(&covenant);
    assert_eq!(before.signs_later(), Some(YOUNG_PERSON));
    let early = before.clone().supersede(&terms, at("2027-06-09T21:59:59Z"));
    assert_eq!(early, Err(NotPossible::NotOver));
    // Written down a day late, it is the same request.
    let successor = before.clone().supersede(&terms, at(TWELVE)).unwrap();
    assert_eq!(
        before.clone().supersede(&terms, at("2027-06-11T08:00:00Z")),
        Ok(successor.clone())
    );
    assert_eq!(successor.age_band(), AgeBand::From12To15);
    assert_eq!(successor.parties, before.parties);
    assert_eq!(successor.requested_at, at(TWELVE));
    assert_eq!(successor.answer_by, at("2027-07-07T22:00:00Z"));
    assert_eq!(successor.boundary_at, None, "the 16th birthday is beyond a year");
    assert_eq!(successor.state(), ConsentState::PartiallyGiven);
    assert_eq!(successor.signatures[&GUARDIAN_A], before.signatures[&GUARDIAN_A]);
    let pending = signed(successor, YOUNG_PERSON, &covenant, "2027-06-12T10:00:00Z");
    let again = pending
        .clone()
        .sign(GUARDIAN_A, How::LETTER, &terms, at("2027-06-12T10:00:00Z"));
    assert_eq!(again, Err(NotPossible::AlreadySigned));
    given(
        pending
            .sign(GUARDIAN_B, How::LETTER, &terms, at("2027-06-13T10:00:00Z"))
            .unwrap(),
    );
}

#[test]
fn at_twelve_everybody_is_asked_again_where_the_covenant_says_so() {
    let covenant = covenant("on_age_boundary = \"ask_again\"\n");
    let successor = turning_twelve(&covenant)
        .supersede(&Terms::of(&covenant), at(TWELVE))
        .unwrap();
    let who: Vec<Signatory> = successor.signatures.keys().copied().collect();
    assert_eq!(who, [GUARDIAN_A, GUARDIAN_B, YOUNG_PERSON]);
    assert_eq!(successor.state(), ConsentState::Requested);
}

#[test]
fn at_sixteen_the_young_person_alone_decides_and_anew() {
    let covenant = covenant("on_age_boundary = \"keep\"\n");
    let terms = Terms::of(&covenant);
    let birthday = Some(date(2027, 6, 10));
    let pending = asked(
        &covenant,
        AgeBand::From12To15,
        2,
        birthday,
        "2027-06-01T10:00:00Z",
    );
    assert_eq!(pending.signs_later(), None, "has a letter already");
    let pending = signed(pending, YOUNG_PERSON, &covenant, "2027-06-02T10:00:00Z");
    let pending = signed(pending, GUARDIAN_A, &covenant, "2027-06-02T10:00:00Z");
    let successor = pending.supersede(&terms, at(TWELVE)).unwrap();
    assert_eq!(successor.signatures, [(YOUNG_PERSON, None)].into());
    assert_eq!(successor.age_band(), AgeBand::From16);
    assert_eq!((successor.boundary_at, successor.overtaken_at()), (None, None));
}

#[test]
fn a_request_whose_letters_run_out_before_the_birthday_is_not_superseded() {
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    let pending = asked(
        &covenant,
        AgeBand::Under12,
        1,
        Some(date(2027, 8, 10)),
        "2027-06-01T10:00:00Z",
    );
    assert_eq!((pending.overtaken_at(), pending.signs_later()), (None, None));
    let over = at("2027-06-29T10:00:00Z");
    assert_eq!(pending.clone().supersede(&terms, over), Err(NotPossible::NotOver));
    assert_eq!(pending.expire(over), Ok(Standing::Unanswered { at: over }));
}

#[test]
fn a_question_about_a_signal_that_sleeps_ends_with_its_sleep() {
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    let asked_on = at("2027-06-01T10:00:00Z");
    let sleeps_until = Some(at("2027-06-15T10:00:00Z"));
    let question = question(
        &covenant,
        AgeBand::Under12,
        1,
        Some(date(2027, 6, 10)),
        "2027-06-01T10:00:00Z",
    );
    let pending = Pending::ask(&question, [SCHOOL], sleeps_until, &terms, asked_on);
    assert_eq!(pending.answer_by, at(TWELVE));
    let successor = pending.supersede(&terms, at(TWELVE)).unwrap();
    assert_eq!(Some(successor.answer_by), sleeps_until);
    let later = question_without_boundary(&covenant);
    let pending = Pending::ask(&later, [SCHOOL], sleeps_until, &terms, asked_on);
    assert_eq!(Some(pending.answer_by), sleeps_until);
}

fn question_without_boundary(covenant: &Covenant) -> Question {
    question(covenant, AgeBand::Under12, 1, None, "2027-06-01T10:00:00Z")
}

#[test]
fn one_guardian_declares_for_both_only_where_the_covenant_allows_it_and_there_are_two() {
    let now = at("2027-06-01T10:00:00Z");
    let declares = |band, guardians| Stated {
        one_guardian_declares: true,
        ..stated(band, guardians, None)
    };
    let (strict, lenient) = (covenant(""), covenant("one_guardian_may_declare = true\n"));
    let refused = Err(vec![QuestionRefusal::OneGuardian]);
    let weigh = |terms: &Terms<'_>, stated| Question::weigh(stated, terms, now).map(|it| it.signatories());
    let allowed = Terms::of(&lenient);
    assert_eq!(weigh(&Terms::of(&strict), declares(AgeBand::Under12, 2)), refused);
    assert_eq!(
        weigh(&allowed.clone().and(&strict), declares(AgeBand::Under12, 2)),
        refused
    );
    assert_eq!(weigh(&allowed, declares(AgeBand::Under12, 1)), refused);
    assert_eq!(weigh(&allowed, declares(AgeBand::From16, 0)), refused);
    assert_eq!(
        weigh(&allowed, declares(AgeBand::Under12, 2)),
        Ok(vec![GUARDIAN_A])
    );
    let young = vec![GUARDIAN_A, YOUNG_PERSON];
    assert_eq!(weigh(&allowed, declares(AgeBand::From12To15, 2)), Ok(young));
}

#[test]
fn a_consent_is_as_sure_as_the_least_sure_of_its_signatures() {
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    let now = at("2027-03-15T09:00:00Z");
    let ask = || asked(&covenant, AgeBand::Under12, 2, None, "2027-03-12T10:00:00Z");
    for (first, second, least) in [
        (How::LETTER, How::LETTER, How::LETTER),
        (How::LETTER, Form::Written.how(), Form::Written.how()),
        (Form::Oral.how(), Form::Written.how(), Form::Oral.how()),
        (Form::Written.how(), How::LETTER, Form::Written.how()),
    ] {
        let pending = partially(ask().sign(GUARDIAN_A, first, &terms, now).unwrap());
        assert_eq!(
            given(pending.sign(GUARDIAN_B, second, &terms, now).unwrap()).how,
            least
        );
    }
}

#[test]
fn what_waits_for_the_portal_was_recorded_where_that_is_allowed_and_nothing_else() {
    let (strict, lenient) = (covenant(""), covenant("attested_consent = true\n"));
    let now = at("2027-03-15T09:00:00Z");
    let oidc = How {
        assurance: Assurance::Oidc,
        method: Method::Portal,
    };
    for (how, is_recorded) in [
        (Form::Oral.how(), true),
        (Form::Written.how(), true),
        (How::LETTER, false),
        (oidc, false),
    ] {
        let pending = asked(&lenient, AgeBand::Under12, 1, None, "2027-03-12T10:00:00Z");
        let given = given(pending.sign(GUARDIAN_A, how, &Terms::of(&lenient), now).unwrap());
        assert_eq!(given.is_recorded(&Terms::of(&lenient)), is_recorded, "{how:?}");
        assert!(!given.is_recorded(&Terms::of(&strict)), "{how:?}");
    }
}

#[test]
fn what_was_said_is_recorded_only_where_allowed_and_of_a_day_that_can_be() {
    let (strict, lenient) = (covenant(""), covenant("attested_consent = true\n"));
    let (requested_at, now) = (at("2027-03-12T10:00:00Z"), at("2027-03-15T22:59:59Z"));
    let weigh = |terms: &Terms<'_>, day| {
        Attestation::weigh(Form::Oral, day, requested_at, terms, now).map(|attested| attested.on)
    };
    let allowed = Terms::of(&lenient);
    use AttestationRefusal as No;
    assert_eq!(weigh(&Terms::of(&strict), date(2027, 3, 15)), Err(No::NotAllowed));
    assert_eq!(
        weigh(&allowed.clone().and(&strict), date(2027, 3, 15)),
        Err(No::NotAllowed)
    );
    assert_eq!(weigh(&allowed, date(2027, 3, 16)), Err(No::InFuture));
    assert_eq!(weigh(&allowed, date(2027, 3, 11)), Err(No::BeforeRequest));
    for day in [date(2027, 3, 12), date(2027, 3, 15)] {
        assert_eq!(weigh(&allowed, day), Ok(day));
    }
}

#[test]
fn a_later_consent_takes_the_place_of_what_it_names_whole_and_of_nothing_else() {
    let third = OrganisationKey(3);
    let covenant = covenant("");
    let later = |parties: &[OrganisationKey]| young_persons(&covenant, parties, "2027-03-15T09:00:00Z");
    let earlier = [SCHOOL, CARE].into();
    let everyone = |_| true;
    assert!(later(&[SCHOOL, CARE, third]).takes_the_place_of(&earlier, everyone));
    assert!(!later(&[SCHOOL, third]).takes_the_place_of(&earlier, everyone));
    assert!(later(&[SCHOOL, third]).takes_the_place_of(&earlier, |party| party != CARE));
    // What lets the same two exchange is taken back with it.
    assert!(opens_the_same_door(&[SCHOOL, CARE, third].into(), &earlier));
    assert!(!opens_the_same_door(&[SCHOOL, third].into(), &earlier));
}

proptest::proptest! {
    /// However a request runs into a birthday: who must sign is what the age says, nobody's yes appears from nowhere, no
    /// guardian is asked from 16, and no time to answer crosses the next birthday.
    #[test]
    fn a_birthday_changes_who_must_sign_and_invents_no_signature(
        guardians in 1..=4_u8,
        young in proptest::bool::ANY,
        keeps in proptest::bool::ANY,
        wait_days in 1..28_u8,
        signed_by in proptest::collection::vec(0..5_usize, 0..3),
    ) {
        use jiff::ToSpan as _;
        let covenant = covenant(if keeps { "on_age_boundary = \"keep\"\n" } else { "on_age_boundary = \"ask_again\"\n" });
        let terms = Terms::of(&covenant);
        let now = at("2027-03-12T10:00:00Z");
        let band = if young { AgeBand::From12To15 } else { AgeBand::Under12 };
        let birthday = date(2027, 3, 12).checked_add(i64::from(wait_days).days()).unwrap();
        let question = Question::weigh(stated(band, guardians, Some(birthday)), &terms, now).unwrap();
        let mut pending = Pending::ask(&question, [SCHOOL, CARE], None, &terms, now);
        for place in signed_by {
            let who = question.signatories()[place % question.signatories().len()];
            if let Ok(Signed::Partially(further)) = pending.clone().sign(who, How::LETTER, &terms, now) {
                pending = further;
            }
        }
        let midnight = terms.start_of_day(birthday);
        proptest::prop_assert_eq!(pending.answer_by, midnight);
        let successor = pending.clone().supersede(&terms, midnight).unwrap();
        let expected = if young {
            vec![YOUNG_PERSON]
        } else {
            Question::weigh(stated(AgeBand::From12To15, guardians, None), &terms, midnight)
                .unwrap()
                .signatories()
        };
        let who: Vec<Signatory> = successor.signatures.keys().copied().collect();
        proptest::prop_assert_eq!(who, expected);
        for (who, signature) in &successor.signatures {
            if let Some(signature) = signature {
                proptest::prop_assert!(keeps && !young);
                proptest::prop_assert_eq!(pending.signatures.get(who), Some(&Some(*signature)));
            }
        }
        proptest::prop_assert!(successor.answer_by > midnight);
    }
}
