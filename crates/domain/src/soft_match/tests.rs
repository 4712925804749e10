use super::*;

const A: OrganisationKey = OrganisationKey(1);
const B: OrganisationKey = OrganisationKey(2);
const C: OrganisationKey = OrganisationKey(3);

fn lookalike(child: i64, organisation: OrganisationKey) -> Lookalike {
    Lookalike { child, organisation }
}

fn asked(child: i64, organisation: OrganisationKey, same_child: Option<bool>) -> Asked {
    Asked {
        child,
        organisation,
        counts: true,
        is_paused: false,
        same_child,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn each_pair_of_different_organisations_is_asked_about_once() {
    let all = [lookalike(5, A), lookalike(9, B), lookalike(7, C)];
    let pairs = to_ask(&all, &BTreeSet::new());
    assert_eq!(pairs, [(5, 7), (5, 9), (7, 9)]);
    let known = BTreeSet::from([(5, 9), (7, 9)]);
    assert_eq!(to_ask(&all, &known), [(5, 7)]);
    assert_eq!(to_ask(&[lookalike(5, A)], &BTreeSet::new()), []);
}

/// Twins: one organisation has both, so to it they are two.
#[test]
fn nobody_is_asked_about_children_that_one_organisation_tells_apart() {
    assert_eq!(to_ask(&[lookalike(1, A), lookalike(2, A)], &BTreeSet::new()), []);
    // The first twin is known to B as well, the second to A and C.
    let twins = [lookalike(1, A), lookalike(1, B), lookalike(2, A), lookalike(2, C)];
    assert_eq!(to_ask(&twins, &BTreeSet::new()), []);
    let with_another = [lookalike(1, A), lookalike(2, A), lookalike(3, B)];
    assert_eq!(to_ask(&with_another, &BTreeSet::new()), [(1, 3), (2, 3)]);
}

#[test]
fn who_sends_one_key_for_many_children_asks_little_of_others() {
    let mut all = vec![lookalike(1, B)];
    all.extend((10..1000).map(|child| lookalike(child, A)));
    let pairs = to_ask(&all, &BTreeSet::new());
    assert_eq!(pairs, [(1, 10), (1, 11), (1, 12)]);
    // Many organisations together are bounded too.
    let many: Vec<Lookalike> = (1..500)
        .map(|number| lookalike(number, OrganisationKey(i32::try_from(number).unwrap())))
        .collect();
    let pairs = to_ask(&many, &BTreeSet::new());
    assert_eq!(pairs.len(), CHILDREN_OF_A_KEY * (CHILDREN_OF_A_KEY - 1) / 2);
    assert!(pairs.iter().all(|(_, other)| *other <= 8), "the oldest signals");
}

#[test]
fn every_organisation_of_both_children_must_say_yes() {
    use SoftMatchState as S;
    let of = |answers: [Option<bool>; 3]| {
        outcome(&[
            asked(1, A, answers[0]),
            asked(1, B, answers[1]),
            asked(2, C, answers[2]),
        ])
    };
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(of([yes, yes, yes]), S::Confirmed);
    for waits in [[None, yes, yes], [yes, None, yes], [yes, yes, None], [None; 3]] {
        assert_eq!(of(waits), S::Asked);
    }
    for denies in [[no, yes, yes], [yes, no, None], [None, None, no], [no, no, no]] {
        assert_eq!(of(denies), S::Denied);
    }
}

#[test]
fn a_signal_that_ended_has_no_say_but_a_no_stays() {
    use SoftMatchState as S;
    let over = |asked: Asked| Asked {
        counts: false,
        ..asked
    };
    let (yes, no) = (Some(true), Some(false));
    // The silent one has left: the others' answers suffice.
    let left = [over(asked(1, A, None)), asked(1, B, yes), asked(2, C, yes)];
    assert_eq!(outcome(&left), S::Confirmed);
    assert_eq!(outcome(&[over(asked(1, A, yes)), asked(2, C, yes)]), S::Ended);
    assert_eq!(outcome(&[over(asked(1, A, no)), asked(2, C, yes)]), S::Denied);
    assert_eq!(outcome(&[]), S::Ended);
}

#[test]
fn a_paused_signal_joins_nothing_until_it_goes_on() {
    let paused = Asked {
        is_paused: true,
        ..asked(1, A, Some(true))
    };
    assert_eq!(outcome(&[paused, asked(2, B, Some(true))]), SoftMatchState::Asked);
}

#[test]
fn who_has_come_to_know_both_has_told_them_apart() {
    let yes = Some(true);
    let both = [asked(1, A, yes), asked(2, B, yes), asked(2, A, yes)];
    assert_eq!(outcome(&both), SoftMatchState::Denied);
}

fn question() -> Question {
    Question {
        visible_at: at(100),
        ends_at: at(1000),
        same_child: None,
        closed: None,
    }
}

#[test]
fn before_it_is_shown_there_is_no_question() {
    assert_eq!(question().seen(at(99)), None);
    assert_eq!(question().answer(true, at(99)), Err(CannotAnswer::NoSuchQuestion));
    assert_eq!(question().seen(at(100)).unwrap().state, SoftMatchState::Asked);
}

#[test]
fn a_yes_can_be_taken_back_and_a_no_cannot() {
    let answered = |same_child| Question {
        same_child: Some(same_child),
        ..question()
    };
    assert_eq!(question().answer(true, at(200)), Ok(Answered::Anew));
    assert_eq!(answered(true).answer(true, at(200)), Ok(Answered::Before));
    assert_eq!(answered(true).answer(false, at(200)), Ok(Answered::Anew));
    assert_eq!(answered(false).answer(false, at(200)), Ok(Answered::Before));
    assert_eq!(answered(false).answer(true, at(200)), Err(CannotAnswer::Closed));
}

#[test]
fn what_others_answered_shows_when_it_is_told_and_not_before() {
    let denied = Question {
        same_child: Some(true),
        closed: Some(Closed {
            state: SoftMatchState::Denied,
            told_at: at(300),
        }),
        ..question()
    };
    assert_eq!(denied.seen(at(299)).unwrap().state, SoftMatchState::Asked);
    assert_eq!(denied.answer(false, at(299)), Ok(Answered::Anew));
    assert_eq!(denied.seen(at(300)).unwrap().state, SoftMatchState::Denied);
    assert_eq!(denied.answer(false, at(300)), Err(CannotAnswer::Closed));
}

#[test]
fn two_that_were_made_one_stay_one() {
    let joined = Question {
        same_child: Some(true),
        closed: Some(Closed {
            state: SoftMatchState::Confirmed,
            told_at: at(300),
        }),
        ..question()
    };
    assert_eq!(joined.answer(false, at(299)), Err(CannotAnswer::Closed));
    assert_eq!(joined.answer(true, at(299)), Ok(Answered::Before));
    assert_eq!(joined.seen(at(5000)).unwrap().state, SoftMatchState::Confirmed);
}

#[test]
fn it_ends_with_the_signals() {
    assert_eq!(question().seen(at(1000)).unwrap().state, SoftMatchState::Ended);
    assert_eq!(question().answer(true, at(1000)), Err(CannotAnswer::Closed));
}
