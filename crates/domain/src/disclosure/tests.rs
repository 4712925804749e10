use std::sync::LazyLock;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

static AMSTERDAM: LazyLock<TimeZone> =
    LazyLock::new(|| calendar::time_zone("Europe/Amsterdam").expect("a time zone"));

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

/// PO and SB match on the evening of 11 May 2027; SB's signal is of that evening. Fourteen days: up to 25 May.
fn of_11_may() -> Duty {
    let submitted_at = at("2027-05-11T19:40:00Z");
    Duty {
        submitted_at,
        deadline: deadline(submitted_at, 14, &AMSTERDAM),
        told_at: None,
        postponement: None,
        proposal: None,
    }
}

fn proposal(review_on: Date) -> Proposal {
    Proposal {
        by: "sb-12".to_owned(),
        review_on,
    }
}

fn proposed(duty: &Duty, review_on: Date, now: &str) -> Duty {
    duty.propose(proposal(review_on), &AMSTERDAM, at(now))
        .expect("it can be proposed")
}

fn approved(duty: &Duty, now: &str) -> Duty {
    duty.decide(Decision::Approved, "sb-77", &AMSTERDAM, at(now))
        .expect("it can be approved")
}

fn state(duty: &Duty, now: &str) -> DisclosureState {
    duty.at(&AMSTERDAM, at(now)).state()
}

fn is_hidden(duty: &Duty, now: &str) -> bool {
    duty.hidden_until(&AMSTERDAM).is_some_and(|until| at(now) < until)
}

fn is_paused(duty: &Duty, now: &str) -> bool {
    duty.paused_from(&AMSTERDAM).is_some_and(|from| from <= at(now))
}

#[test]
fn fourteen_whole_days_follow_the_day_of_the_signal_across_a_change_of_the_clock() {
    assert_eq!(of_11_may().deadline, at("2027-05-25T22:00:00Z"));
    // Clocks go forward on 28 March 2027: the last day is 7 April in summer time.
    assert_eq!(
        deadline(at("2027-03-24T10:00:00Z"), 14, &AMSTERDAM),
        at("2027-04-07T22:00:00Z")
    );
    // 23:30 UTC on 1 March is 00:30 on 2 March in Amsterdam.
    assert_eq!(
        deadline(at("2027-03-01T23:30:00Z"), 14, &AMSTERDAM),
        at("2027-03-16T23:00:00Z")
    );
}

#[test]
fn with_nothing_recorded_the_signal_is_paused_to_the_second() {
    let duty = of_11_may();
    assert_eq!(state(&duty, "2027-05-25T21:59:59Z"), DisclosureState::Due);
    assert!(!is_paused(&duty, "2027-05-25T21:59:59Z"));
    assert_eq!(state(&duty, "2027-05-25T22:00:00Z"), DisclosureState::Overdue);
    assert!(is_paused(&duty, "2027-05-25T22:00:00Z"));
    assert_eq!(duty.hidden_until(&AMSTERDAM), None);
}

#[test]
fn a_recorded_disclosure_ends_the_duty_also_when_time_is_over() {
    for now in ["2027-05-11T20:00:00Z", "2027-06-20T10:00:00Z"] {
        let told = of_11_may()
            .record(date(2027, 5, 11), &AMSTERDAM, at(now))
            .expect("it can be recorded");
        assert_eq!(told.at(&AMSTERDAM, at(now)), Disclosure::Recorded { at: at(now) });
        assert_eq!(told.paused_from(&AMSTERDAM), None);
        assert_eq!(told.progress(&AMSTERDAM, LiberationDay::EveryYear), None);
        let again = told.record(date(2027, 5, 11), &AMSTERDAM, at(now));
        assert_eq!(again, Err(CannotRecord::AlreadyRecorded));
        let later = told.propose(proposal(date(2027, 6, 21)), &AMSTERDAM, at(now));
        assert_eq!(later, Err(CannotPropose::AlreadyRecorded));
    }
}

#[test]
fn the_day_of_telling_lies_between_the_signal_and_today_in_local_days() {
    let duty = of_11_may();
    let record = |on, now| duty.record(on, &AMSTERDAM, at(now)).map(drop);
    assert_eq!(
        record(date(2027, 5, 10), "2027-05-12T08:00:00Z"),
        Err(CannotRecord::BeforeTheSignal)
    );
    assert_eq!(
        record(date(2027, 5, 13), "2027-05-12T08:00:00Z"),
        Err(CannotRecord::InTheFuture)
    );
    // 22:30 UTC on the 12th is already the 13th where the family is.
    assert_eq!(record(date(2027, 5, 13), "2027-05-12T22:30:00Z"), Ok(()));
    assert_eq!(record(date(2027, 5, 11), "2027-05-12T08:00:00Z"), Ok(()));
}

#[test]
fn scenario_of_a_child_that_is_not_safe() {
    // SB proposes at once and the signal is hidden from that moment; a second person approves on the 12th.
    let asked = proposed(&of_11_may(), date(2027, 6, 10), "2027-05-11T20:00:00Z");
    assert_eq!(state(&asked, "2027-05-11T20:00:00Z"), DisclosureState::Proposed);
    assert!(is_hidden(&asked, "2027-05-11T20:00:00Z"));
    let postponed = approved(&asked, "2027-05-12T07:00:00Z");
    // Past the first deadline it stays hidden and active, through the whole day of review.
    for now in [
        "2027-05-12T07:00:00Z",
        "2027-05-26T10:00:00Z",
        "2027-06-10T21:59:59Z",
    ] {
        assert_eq!(state(&postponed, now), DisclosureState::Postponed);
        assert!(is_hidden(&postponed, now) && !is_paused(&postponed, now));
    }
    // With nothing done on that day it is paused and hidden no longer.
    assert_eq!(
        state(&postponed, "2027-06-10T22:00:00Z"),
        DisclosureState::Overdue
    );
    assert!(is_paused(&postponed, "2027-06-10T22:00:00Z") && !is_hidden(&postponed, "2027-06-10T22:00:00Z"));
    // The guardians are informed on the 10th.
    let told = postponed
        .record(date(2027, 6, 10), &AMSTERDAM, at("2027-06-10T13:00:00Z"))
        .expect("it can be recorded");
    assert_eq!(told.hidden_until(&AMSTERDAM), None);
}

#[test]
fn a_proposal_alone_neither_hides_nor_keeps_from_pausing_beyond_the_time_there_was() {
    let asked = proposed(&of_11_may(), date(2027, 6, 10), "2027-05-11T20:00:00Z");
    assert!(is_hidden(&asked, "2027-05-25T21:59:59Z"));
    assert!(!is_hidden(&asked, "2027-05-25T22:00:00Z"));
    assert!(is_paused(&asked, "2027-05-25T22:00:00Z"));
    // One that is made when time is over hides nothing until it is approved.
    let late = proposed(&of_11_may(), date(2027, 6, 20), "2027-06-01T10:00:00Z");
    assert!(!is_hidden(&late, "2027-06-01T10:00:00Z"));
    let late = approved(&late, "2027-06-02T10:00:00Z");
    assert!(is_hidden(&late, "2027-06-02T10:00:00Z") && !is_paused(&late, "2027-06-02T10:00:00Z"));
}

#[test]
fn a_second_person_decides_and_whoever_proposed_is_not_one_in_any_spelling() {
    let asked = proposed(&of_11_may(), date(2027, 6, 10), "2027-05-11T20:00:00Z");
    for by in ["sb-12", "SB-12", " sb-12 "] {
        for decision in Decision::ALL {
            let decided = asked.decide(decision, by, &AMSTERDAM, at("2027-05-12T07:00:00Z"));
            assert_eq!(decided, Err(CannotDecide::SamePerson), "{by}");
        }
    }
    let rejected = asked
        .decide(
            Decision::Rejected,
            "sb-77",
            &AMSTERDAM,
            at("2027-05-12T07:00:00Z"),
        )
        .expect("it can be rejected");
    assert_eq!(rejected, of_11_may());
    let again = rejected.decide(
        Decision::Approved,
        "sb-77",
        &AMSTERDAM,
        at("2027-05-12T07:00:00Z"),
    );
    assert_eq!(again, Err(CannotDecide::NothingProposed));
}

#[test]
fn a_proposal_nobody_decided_by_its_day_of_review_is_void() {
    let asked = proposed(&of_11_may(), date(2027, 5, 14), "2027-05-11T20:00:00Z");
    assert!(is_hidden(&asked, "2027-05-14T21:59:59Z") && !is_hidden(&asked, "2027-05-14T22:00:00Z"));
    assert_eq!(state(&asked, "2027-05-14T22:00:00Z"), DisclosureState::Due);
    let decided = asked.decide(
        Decision::Approved,
        "sb-77",
        &AMSTERDAM,
        at("2027-05-14T22:00:00Z"),
    );
    assert_eq!(decided, Err(CannotDecide::NothingProposed));
    // And does not stand in the way of the next.
    proposed(&asked, date(2027, 5, 20), "2027-05-14T22:00:00Z");
}

#[test]
fn the_day_of_review_is_one_of_the_thirty_days_after_today() {
    let propose = |review_on| {
        of_11_may()
            .propose(proposal(review_on), &AMSTERDAM, at("2027-05-11T20:00:00Z"))
            .map(drop)
    };
    assert_eq!(propose(date(2027, 5, 11)), Err(CannotPropose::ReviewOutOfRange));
    assert_eq!(propose(date(2027, 5, 12)), Ok(()));
    assert_eq!(propose(date(2027, 6, 10)), Ok(()));
    assert_eq!(propose(date(2027, 6, 11)), Err(CannotPropose::ReviewOutOfRange));
}

#[test]
fn a_postponement_is_prolonged_only_by_a_further_proposal_and_a_further_second_person() {
    let first = approved(
        &proposed(&of_11_may(), date(2027, 6, 10), "2027-05-11T20:00:00Z"),
        "2027-05-12T07:00:00Z",
    );
    let asked = proposed(&first, date(2027, 7, 5), "2027-06-08T10:00:00Z");
    assert_eq!(
        asked.propose(proposal(date(2027, 7, 5)), &AMSTERDAM, at("2027-06-08T10:00:00Z")),
        Err(CannotPropose::Undecided)
    );
    // The proposal itself prolongs nothing.
    assert!(!is_hidden(&asked, "2027-06-10T22:00:00Z") && is_paused(&asked, "2027-06-10T22:00:00Z"));
    let second = approved(&asked, "2027-06-09T10:00:00Z");
    assert!(is_hidden(&second, "2027-07-05T21:59:59Z") && !is_paused(&second, "2027-07-05T21:59:59Z"));
    assert!(is_paused(&second, "2027-07-05T22:00:00Z"));
}

#[test]
fn a_postponement_never_shortens_the_first_time() {
    let short = approved(
        &proposed(&of_11_may(), date(2027, 5, 14), "2027-05-11T20:00:00Z"),
        "2027-05-12T07:00:00Z",
    );
    assert!(!is_hidden(&short, "2027-05-14T22:00:00Z"));
    assert_eq!(state(&short, "2027-05-15T10:00:00Z"), DisclosureState::Due);
    assert_eq!(short.paused_from(&AMSTERDAM), Some(of_11_may().deadline));
}

#[test]
fn the_organisation_is_reminded_three_working_days_ahead_and_on_the_day_and_then_time_is_over() {
    // The last day is Tuesday 25 May 2027; 17 May is Whit Monday and lies before. Three working days ahead: Thursday the
    // 20th.
    let progress = of_11_may()
        .progress(&AMSTERDAM, LiberationDay::EveryYear)
        .expect("time runs");
    assert_eq!(
        progress.steps,
        [
            at("2027-05-20T07:00:00Z"),
            at("2027-05-25T07:00:00Z"),
            at("2027-05-25T22:00:00Z"),
        ]
    );
    assert_eq!(progress.due(0, at("2027-05-20T06:59:59Z")), None);
    assert_eq!(progress.due(0, at("2027-05-20T07:00:00Z")), Some(Step::Remind));
    assert_eq!(progress.due(1, at("2027-05-25T06:59:59Z")), None);
    assert_eq!(progress.due(1, at("2027-05-25T07:00:00Z")), Some(Step::Remind));
    assert_eq!(progress.due(2, at("2027-05-25T22:00:00Z")), Some(Step::Pause));
    assert_eq!(progress.due(3, at("2027-05-26T22:00:00Z")), None);
    // Who looks late does the last thing only.
    assert_eq!(progress.due(0, at("2027-05-25T12:00:00Z")), Some(Step::Remind));
    assert_eq!(progress.due(0, at("2027-05-26T12:00:00Z")), Some(Step::Pause));
    assert_eq!(
        progress.next(at("2027-05-20T07:00:00Z")),
        Some(at("2027-05-25T07:00:00Z"))
    );
    assert_eq!(progress.next(at("2027-05-25T22:00:00Z")), None);
}

#[test]
fn a_reminder_from_before_the_time_began_is_none() {
    // Two days to review: three working days ahead of it nobody had proposed anything.
    let postponed = approved(
        &proposed(&of_11_may(), date(2027, 5, 27), "2027-05-25T07:00:00Z"),
        "2027-05-25T08:00:00Z",
    );
    let progress = postponed
        .progress(&AMSTERDAM, LiberationDay::EveryYear)
        .expect("time runs");
    assert_eq!(progress.due(0, at("2027-05-25T08:00:00Z")), None);
    assert_eq!(progress.reached(at("2027-05-25T08:00:00Z")), 1);
    assert_eq!(progress.due(1, at("2027-05-27T07:00:00Z")), Some(Step::Remind));
}

#[test]
fn reminders_come_at_nine_by_the_clock_on_the_wall() {
    // Given on Thursday 14 October 2027: the last day is Thursday the 28th, the clock goes back on Sunday the 31st.
    assert_eq!(
        morning(date(2027, 10, 28), &AMSTERDAM),
        at("2027-10-28T07:00:00Z")
    );
    assert_eq!(morning(date(2027, 11, 1), &AMSTERDAM), at("2027-11-01T08:00:00Z"));
}

/// What an organisation may try, and after how many hours.
#[derive(Debug, Clone, Copy)]
enum Try {
    Record,
    Propose { days_ahead: i32, by: u8 },
    Decide { decision: Decision, by: u8 },
}

fn tries() -> impl Strategy<Value = Vec<(u16, Try)>> {
    let one = prop_oneof![
        1 => Just(Try::Record),
        4 => (-1..33_i32, 0..3_u8).prop_map(|(days_ahead, by)| Try::Propose { days_ahead, by }),
        4 => (any::<bool>(), 0..3_u8).prop_map(|(yes, by)| Try::Decide {
            decision: if yes { Decision::Approved } else { Decision::Rejected },
            by,
        }),
    ];
    proptest::collection::vec((0..200_u16, one), 0..14)
}

/// Every day of forty years, in the weeks of Christmas and Easter too.
#[test]
fn no_reminder_is_due_before_a_signal_is_looked_at() {
    for kept in [LiberationDay::EveryYear, LiberationDay::Lustrum] {
        let mut last_day = date(2025, 1, 1);
        while last_day < date(2065, 1, 1) {
            let duty = Duty {
                deadline: calendar::end_of_day(last_day, &AMSTERDAM),
                ..of_11_may()
            };
            let progress = duty.progress(&AMSTERDAM, kept).expect("nobody was told");
            let looked_at =
                progress.over() - jiff::SignedDuration::from_hours(24 * i64::from(LOOKED_AT_DAYS_BEFORE));
            assert!(looked_at < progress.steps[0], "{last_day} {kept:?}");
            last_day = last_day.saturating_add(1.day());
        }
    }
}

proptest! {
    /// A journal kept beside the rules by counting days says the same: hidden only for a reason that two persons stand
    /// for, or within the first time; and at no moment is a signal neither told of, nor in time, nor postponed, nor paused.
    #[test]
    fn nobody_alone_hides_and_nothing_stays_untold_unpaused(tries in tries()) {
        let mut duty = of_11_may();
        let mut now = duty.submitted_at;
        let mut told = false;
        // (proposer, day of review) that waits; last day two persons agreed to.
        let mut waiting: Option<(u8, Date)> = None;
        let mut agreed: Option<Date> = None;
        let first_last_day = date(2027, 5, 25);
        for (hours, tried) in tries {
            now += jiff::SignedDuration::from_hours(i64::from(hours));
            let today = calendar::local_date(now, &AMSTERDAM);
            waiting = waiting.filter(|(_, review_on)| today <= *review_on);
            match tried {
                Try::Record => {
                    let done = duty.record(today, &AMSTERDAM, now);
                    prop_assert_eq!(done.is_ok(), !told);
                    duty = done.unwrap_or(duty);
                    told = true;
                    waiting = None;
                }
                Try::Propose { days_ahead, by } => {
                    let review_on = today.saturating_add(days_ahead.days());
                    let proposal = Proposal { by: by.to_string(), review_on };
                    let done = duty.propose(proposal, &AMSTERDAM, now);
                    let may = !told && waiting.is_none() && (1..=30).contains(&days_ahead);
                    prop_assert_eq!(done.is_ok(), may);
                    if may {
                        waiting = Some((by, review_on));
                    }
                    duty = done.unwrap_or(duty);
                }
                Try::Decide { decision, by } => {
                    let done = duty.decide(decision, &by.to_string(), &AMSTERDAM, now);
                    let may = waiting.is_some_and(|(proposer, _)| proposer != by);
                    prop_assert_eq!(done.is_ok(), may);
                    if let Some((_, review_on)) = waiting.take_if(|_| may)
                        && decision == Decision::Approved
                    {
                        agreed = Some(review_on);
                    }
                    duty = done.unwrap_or(duty);
                }
            }
            let hidden = duty.hidden_until(&AMSTERDAM).is_some_and(|until| now < until);
            let paused = duty.paused_from(&AMSTERDAM).is_some_and(|from| from <= now);
            let postponed = agreed.is_some_and(|review_on| today <= review_on);
            prop_assert_eq!(hidden, !told && (postponed || (waiting.is_some() && today <= first_last_day)));
            prop_assert_eq!(paused, !told && !postponed && today > first_last_day);
            let state = duty.at(&AMSTERDAM, now).state();
            prop_assert_eq!(state == DisclosureState::Recorded, told);
            prop_assert_eq!(state == DisclosureState::Overdue, paused);
            prop_assert_eq!(state == DisclosureState::Postponed, postponed && !told);
        }
    }
}
