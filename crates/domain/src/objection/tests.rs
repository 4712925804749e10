use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn zone() -> TimeZone {
    calendar::time_zone("Europe/Amsterdam").unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The father's objection of 19 February 2027, half past three in the afternoon.
fn made() -> Made {
    Made::now(
        at("2027-02-19T15:30:00+01:00"),
        SignatoryRole::Guardian,
        Route::Portal,
        &zone(),
    )
}

fn upheld() -> Decision {
    Decision::new(Outcome::Upheld, vec![Reason::GroundGone]).unwrap()
}

fn rejected() -> Decision {
    Decision::new(
        Outcome::Rejected,
        vec![Reason::GroundStands, Reason::ChildInterests],
    )
    .unwrap()
}

#[test]
fn advice_is_due_in_two_weeks_and_a_decision_in_six_and_the_last_day_counts_whole() {
    let made = made();
    assert_eq!(made.advice_by(&zone()), date(2027, 3, 5));
    assert_eq!(made.advice_due, at("2027-03-06T00:00:00+01:00"));
    // Across the change to summer time.
    assert_eq!(made.decide_by(&zone()), date(2027, 4, 2));
    assert_eq!(made.decision_due, at("2027-04-03T00:00:00+02:00"));
}

#[test]
fn an_objection_of_late_evening_counts_from_its_local_day() {
    let late = Made::now(
        at("2027-02-19T23:30:00Z"),
        SignatoryRole::Guardian,
        Route::Portal,
        &zone(),
    );
    assert_eq!(late.advice_by(&zone()), date(2027, 3, 6));
}

#[test]
fn the_reporting_organisation_is_heard_before_anything_is_decided() {
    let open = Objection::Open(made());
    for decision in [upheld(), rejected()] {
        assert_eq!(
            open.clone().decide(decision, at("2027-03-05T23:59:59+01:00")),
            Err(NotPossible::AdvicePending)
        );
    }
    // Its advice, or the end of its term, opens the way.
    let advised = open
        .clone()
        .advise(Advice::EndSignal, at("2027-02-22T10:00:00+01:00"))
        .unwrap();
    assert!(advised.decide(upheld(), at("2027-02-22T10:00:01+01:00")).is_ok());
    assert!(open.decide(upheld(), at("2027-03-06T00:00:00+01:00")).is_ok());
}

#[test]
fn advice_is_given_once_and_late_advice_is_still_advice() {
    let late = at("2027-03-20T10:00:00+01:00");
    let advised = Objection::Open(made()).advise(Advice::KeepSignal, late).unwrap();
    assert_eq!(advised.made().advice, Some((late, Advice::KeepSignal)));
    assert_eq!(
        advised.clone().advise(Advice::EndSignal, late),
        Err(NotPossible::Advised)
    );
    let decided = advised.decide(rejected(), late).unwrap();
    assert_eq!(decided.advise(Advice::EndSignal, late), Err(NotPossible::NotOpen));
}

#[test]
fn what_is_late_is_flagged_and_never_decided_by_itself() {
    let open = Objection::Open(made());
    let flags = |time: &str| {
        let flags = open.attention(at(time), &zone());
        (flags.advice_late, flags.decide_soon, flags.decision_late)
    };
    assert_eq!(flags("2027-03-05T23:59:59+01:00"), (false, false, false));
    assert_eq!(flags("2027-03-06T00:00:00+01:00"), (true, false, false));
    assert_eq!(flags("2027-03-26T23:59:59+01:00"), (true, false, false));
    assert_eq!(flags("2027-03-27T00:00:00+01:00"), (true, true, false));
    assert_eq!(flags("2027-04-02T23:59:59+02:00"), (true, true, false));
    assert_eq!(flags("2027-04-03T00:00:00+02:00"), (true, true, true));
    assert_eq!(flags("2030-01-01T00:00:00+01:00"), (true, true, true));
    assert_eq!(open.state(), ObjectionState::Open);
    let decided = open
        .clone()
        .decide(rejected(), at("2030-01-01T00:00:00+01:00"))
        .unwrap();
    assert_eq!(
        decided.attention(at("2031-01-01T00:00:00+01:00"), &zone()),
        Attention::default()
    );
}

#[test]
fn a_decision_has_reasons_that_fit_it() {
    use ReasonsRefusal as No;
    let new = Decision::new;
    assert_eq!(new(Outcome::Rejected, vec![]), Err(No::None));
    assert_eq!(
        new(Outcome::Upheld, vec![Reason::GroundStands]),
        Err(No::DoesNotFit)
    );
    assert_eq!(
        new(Outcome::Upheld, vec![Reason::NoGround, Reason::NoGround]),
        Err(No::Twice)
    );
    for reason in Reason::ALL {
        assert!(new(reason.outcome(), vec![reason]).is_ok(), "{reason}");
    }
    assert_eq!(rejected().reasons().len(), 2);
}

#[test]
fn what_was_decided_or_taken_back_stays_so() {
    let later = at("2027-03-12T10:00:00+01:00");
    let closed = [
        Objection::Open(made()).withdraw(later).unwrap(),
        Objection::Open(made()).decide(upheld(), later).unwrap(),
        Objection::Open(made()).decide(rejected(), later).unwrap(),
        Objection::Lapsed(made()),
    ];
    let states: Vec<_> = closed.iter().map(Objection::state).collect();
    assert_eq!(
        states,
        [
            ObjectionState::Withdrawn,
            ObjectionState::Upheld,
            ObjectionState::Rejected,
            ObjectionState::Lapsed,
        ]
    );
    for objection in closed {
        assert_eq!(objection.clone().withdraw(later), Err(NotPossible::NotOpen));
        assert_eq!(objection.attention(later, &zone()), Attention::default());
        assert_eq!(
            objection.clone().decide(upheld(), later),
            Err(NotPossible::NotOpen)
        );
        assert_eq!(objection.uphold_with(upheld(), later), Err(NotPossible::NotOpen));
    }
}

#[test]
fn when_one_is_upheld_the_others_on_the_same_signal_are_too_and_a_rejection_is_of_one() {
    let now = at("2027-02-20T10:00:00+01:00");
    let other = Objection::Open(made());
    assert_eq!(
        other.clone().uphold_with(upheld(), now).unwrap().state(),
        ObjectionState::Upheld
    );
    assert_eq!(other.uphold_with(rejected(), now), Err(NotPossible::NotOpen));
}

#[test]
fn the_way_to_appeal_says_where_and_until_when() {
    let by = appeal_by(at("2027-03-12T10:00:00+01:00"), &zone());
    assert_eq!(by, date(2027, 4, 23));
    let text = way_to_appeal("gemeente Voorbeeldstad", by);
    assert!(text.contains("tot en met 23 april 2027 bezwaar maken bij gemeente Voorbeeldstad"));
    assert!(text.contains("Autoriteit Persoonsgegevens"));
}

proptest! {
    #[test]
    fn terms_end_at_midnight_so_many_days_later(seconds in 0_i64..40 * 365 * 86_400) {
        let now = Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let made = Made::now(now, SignatoryRole::YoungPerson, Route::Assisted, &zone());
        let day = calendar::local_date(now, &zone());
        for (due, by, days) in [
            (made.advice_due, made.advice_by(&zone()), ADVICE_DAYS),
            (made.decision_due, made.decide_by(&zone()), DECISION_DAYS),
        ] {
            prop_assert_eq!(day.until(by).unwrap().get_days(), i32::from(days));
            prop_assert_eq!(due, calendar::start_of_day(calendar::next_day(by), &zone()));
        }
        prop_assert!(made.advice_due < made.decision_due);
    }
}
