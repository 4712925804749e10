use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn zone() -> TimeZone {
    calendar::time_zone("Europe/Amsterdam").unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn asked(right: Right, now: &str) -> Asked {
    Asked::now(right, at(now), SignatoryRole::Guardian, Route::Assisted, &zone())
}

fn access() -> RightsRequest {
    RightsRequest::Requested(asked(Right::Access, "2027-03-01T10:00:00+01:00"))
}

fn erasure() -> RightsRequest {
    RightsRequest::Requested(asked(Right::Erasure, "2027-03-01T10:00:00+01:00"))
}

const LATER: &str = "2027-03-20T12:00:00+01:00";

#[test]
fn a_month_ends_with_the_day_of_the_same_number_or_the_last_or_the_next_working_day() {
    for (now, by) in [
        ("2027-03-01T10:00:00+01:00", date(2027, 4, 1)),
        // 23:30 UTC is the next day in Amsterdam.
        ("2027-03-01T23:30:00Z", date(2027, 4, 2)),
        // There is no 31 April.
        ("2027-03-31T10:00:00+02:00", date(2027, 4, 30)),
        // 28 February 2027 is a Sunday.
        ("2027-01-30T10:00:00+01:00", date(2027, 3, 1)),
        // 26 March 2027 is Good Friday, and Easter Monday follows.
        ("2027-02-26T10:00:00+01:00", date(2027, 3, 30)),
    ] {
        assert_eq!(asked(Right::Access, now).answer_by(&zone()), by, "{now}");
    }
    let asked = asked(Right::Access, "2027-03-01T10:00:00+01:00");
    assert_eq!(asked.due, at("2027-04-02T00:00:00+02:00"));
}

#[test]
fn the_term_is_extended_once_and_in_time() {
    let extended = access().extend(at("2027-04-01T23:59:59+02:00"), &zone()).unwrap();
    assert_eq!(extended.asked().answer_by(&zone()), date(2027, 6, 1));
    assert_eq!(
        extended.extend(at("2027-04-02T10:00:00+02:00"), &zone()),
        Err(NotPossible::NotExtendable)
    );
    assert_eq!(
        access().extend(at("2027-04-02T00:00:00+02:00"), &zone()),
        Err(NotPossible::NotExtendable)
    );
}

#[test]
fn what_is_late_is_flagged_and_never_decided_by_itself() {
    assert!(!access().is_late(at("2027-04-01T23:59:59+02:00")));
    assert!(access().is_late(at("2027-04-02T00:00:00+02:00")));
    assert_eq!(access().state(), RightsState::Requested);
    let given = access()
        .decide(
            Decision::Given {
                something_stays: true,
            },
            at("2028-01-01T10:00:00Z"),
        )
        .unwrap();
    assert!(!given.is_late(at("2029-01-01T10:00:00Z")));
}

#[test]
fn access_is_given_whole_and_its_file_can_be_fetched_for_thirty_days() {
    let given = access()
        .decide(
            Decision::Given {
                something_stays: true,
            },
            at(LATER),
        )
        .unwrap();
    assert_eq!(given.state(), RightsState::Given);
    assert!(given.gives_file(at(LATER), &zone()).is_ok());
    assert!(given.gives_file(at("2027-04-19T23:59:59+02:00"), &zone()).is_ok());
    assert_eq!(
        given.gives_file(at("2027-04-20T00:00:00+02:00"), &zone()),
        Err(NotPossible::NoFile)
    );
    assert_eq!(access().gives_file(at(LATER), &zone()), Err(NotPossible::NoFile));
    let erased = erasure()
        .decide(
            Decision::Given {
                something_stays: false,
            },
            at(LATER),
        )
        .unwrap();
    assert_eq!(erased.gives_file(at(LATER), &zone()), Err(NotPossible::NoFile));
}

#[test]
fn erasure_is_partly_given_where_signals_serve_a_public_task() {
    let decide = |something_stays| {
        erasure()
            .decide(Decision::Given { something_stays }, at(LATER))
            .unwrap()
            .state()
    };
    assert_eq!(decide(true), RightsState::Partly);
    assert_eq!(decide(false), RightsState::Given);
    assert!(Basis::Consent.is_erased() && !Basis::PublicTask.is_erased());
}

#[test]
fn a_refusal_has_a_reason_of_that_right() {
    for reason in RefusalReason::ALL {
        for (request, right) in [(access(), Right::Access), (erasure(), Right::Erasure)] {
            let outcome = request.decide(Decision::Refused(reason), at(LATER));
            assert_eq!(outcome.is_ok(), reason.fits(right), "{reason} {right}");
        }
    }
    assert_eq!(
        access().decide(Decision::Refused(RefusalReason::PublicTask), at(LATER)),
        Err(NotPossible::ReasonDoesNotFit)
    );
}

#[test]
fn what_was_decided_or_taken_back_stays_so() {
    let yes = Decision::Given {
        something_stays: false,
    };
    for closed in [
        access().withdraw(at(LATER)).unwrap(),
        access().decide(yes, at(LATER)).unwrap(),
        access()
            .decide(Decision::Refused(RefusalReason::NotEntitled), at(LATER))
            .unwrap(),
    ] {
        assert_eq!(closed.clone().decide(yes, at(LATER)), Err(NotPossible::NotOpen));
        assert_eq!(
            closed.clone().extend(at(LATER), &zone()),
            Err(NotPossible::NotOpen)
        );
        assert_eq!(closed.withdraw(at(LATER)), Err(NotPossible::NotOpen));
    }
}

proptest! {
    #[test]
    fn a_term_is_never_shorter_than_its_month_and_ends_on_a_working_day(seconds in 0_i64..40 * 365 * 86_400) {
        let now = Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let asked = Asked::now(Right::Access, now, SignatoryRole::YoungPerson, Route::Portal, &zone());
        let (begun, by) = (calendar::local_date(now, &zone()), asked.answer_by(&zone()));
        prop_assert!(by >= begun.checked_add(1.months()).unwrap());
        prop_assert!(calendar::days_between(begun, by) <= 31 + 6);
        prop_assert!(calendar::is_working_day(by, LiberationDay::EveryYear));
    }
}
