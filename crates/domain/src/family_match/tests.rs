use super::*;
use crate::covenant::Covenant;
use crate::covenant::tests::covenant;

const A: OrganisationKey = OrganisationKey(1);
const B: OrganisationKey = OrganisationKey(2);
const C: OrganisationKey = OrganisationKey(3);

fn member(guardian: i64, child: i64, signal: i64, organisation: OrganisationKey) -> Member {
    Member {
        guardian,
        child,
        signal,
        organisation,
        is_active: true,
    }
}

/// What follows for all of them.
fn seek(members: &[Member], standing: &[Standing]) -> Findings {
    let guardians = members.iter().map(|member| member.guardian);
    let standing_of = standing.iter().map(|standing| standing.guardian);
    find(&guardians.chain(standing_of).collect(), members, standing)
}

fn present(child: i64, signal: i64, organisation: OrganisationKey) -> Present {
    Present {
        child,
        signal,
        organisation,
        counts: true,
    }
}

fn open(guardian: i64, signals: &[i64]) -> Findings {
    Findings {
        open: vec![(guardian, signals.to_vec())],
        ..Findings::default()
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn different_children_and_different_organisations_make_a_family_match() {
    let found = |members: &[Member]| seek(members, &[]);
    assert_eq!(
        found(&[member(1, 10, 100, A), member(1, 20, 200, B)]),
        open(1, &[100, 200])
    );
    // One child of two organisations is a match, and no family.
    assert_eq!(
        found(&[member(1, 10, 100, A), member(1, 10, 200, B)]),
        Findings::default()
    );
    // Two children of one organisation: it knows.
    assert_eq!(
        found(&[member(1, 10, 100, A), member(1, 20, 200, A)]),
        Findings::default()
    );
    // Two guardians.
    assert_eq!(
        found(&[member(1, 10, 100, A), member(2, 20, 200, B)]),
        Findings::default()
    );
}

#[test]
fn what_does_not_count_or_is_paused_opens_nothing() {
    let one = member(1, 10, 100, A);
    let other = Member {
        is_active: false,
        ..member(1, 20, 200, B)
    };
    assert_eq!(seek(&[one, other], &[]), Findings::default());
}

#[test]
fn two_guardians_of_the_same_children_are_one_family() {
    let members = [
        member(1, 10, 100, A),
        member(2, 10, 100, A),
        member(2, 20, 200, B),
        member(1, 20, 200, B),
    ];
    assert_eq!(seek(&members, &[]), open(1, &[100, 200]));
    // The second guardian has a child more: then that one says it all.
    let larger = [members.as_slice(), &[member(2, 30, 300, C)]].concat();
    assert_eq!(seek(&larger, &[]), open(2, &[100, 200, 300]));
}

#[test]
fn a_further_signal_joins_and_the_last_but_one_ends_it() {
    let standing = |present: &[Present]| {
        vec![Standing {
            family: 7,
            guardian: 1,
            present: present.to_vec(),
        }]
    };
    let two = [member(1, 10, 100, A), member(1, 20, 200, B)];
    let stands = standing(&[present(10, 100, A), present(20, 200, B)]);
    assert_eq!(seek(&two, &stands), Findings::default());
    let three = [two.as_slice(), &[member(1, 30, 300, C)]].concat();
    assert_eq!(
        seek(&three, &stands),
        Findings {
            join: vec![(7, vec![300])],
            ..Findings::default()
        }
    );
    let gone = Present {
        counts: false,
        ..present(20, 200, B)
    };
    let one_left = standing(&[present(10, 100, A), gone]);
    let over = Member {
        is_active: false,
        ..two[1]
    };
    assert_eq!(
        seek(&[two[0], over], &one_left),
        Findings {
            end: vec![7],
            ..Findings::default()
        }
    );
    // Paused, it opens nothing, and ends nothing either.
    let paused = Member {
        is_active: false,
        ..two[1]
    };
    assert_eq!(seek(&[two[0], paused], &stands), Findings::default());
    // Two children that turned out to be one.
    let one_child = standing(&[present(10, 100, A), present(10, 200, B)]);
    assert_eq!(seek(&[two[0], member(1, 10, 200, B)], &one_child).end, [7]);
}

#[test]
fn an_organisation_names_four_guardians_of_a_child_however_often_it_signals() {
    // Five signals, one after another; of the first four nothing counts any more.
    let ended = |guardian: i64| Member {
        is_active: false,
        ..member(guardian, 10, 100 + guardian, A)
    };
    let mut members: Vec<Member> = (1..=4).map(ended).collect();
    members.push(member(5, 10, 105, A));
    members.push(member(5, 20, 200, B));
    assert_eq!(seek(&members, &[]), Findings::default());
    // One that it named before it may name again.
    members.push(member(3, 10, 106, A));
    members.push(member(3, 20, 200, B));
    assert_eq!(seek(&members, &[]), open(3, &[106, 200]));
}

#[test]
fn a_guardian_has_so_many_children_and_no_more() {
    let mut members = vec![member(1, 1, 1, B)];
    members.extend((2..100).map(|number| member(1, number, number, A)));
    let found = seek(&members, &[]);
    let most = i64::try_from(CHILDREN_OF_A_GUARDIAN).unwrap();
    assert_eq!(found.open, [(1, (1..=most).collect::<Vec<i64>>())]);
    // Who is in stays in.
    let stands = Standing {
        family: 7,
        guardian: 1,
        present: (1..=most)
            .map(|number| present(number, number, if number == 1 { B } else { A }))
            .collect(),
    };
    assert_eq!(seek(&members, &[stands]), Findings::default());
}

fn party(place: usize, organisation: OrganisationKey, child: i64) -> Party {
    Party {
        place,
        organisation,
        sector: match organisation {
            C => Sector::PoliceAndJustice,
            _ => Sector::Education,
        },
        child,
        visible_at: at(100),
        ends_at: at(1000),
    }
}

fn seen(settings: &Covenant, parties: &[Party], viewer: OrganisationKey, now: i64) -> Option<View> {
    view(&Terms::of(settings), parties, viewer, at(now))
}

#[test]
fn each_sees_who_is_about_another_child_as_far_as_the_covenant_shows() {
    let open = covenant("sensitive_sectors = [\"police-and-justice\"]\n");
    // A and B are about one child: their match tells them of each other.
    let parties = [party(0, A, 10), party(1, B, 10), party(2, C, 20), party(3, A, 30)];
    let a = seen(&open, &parties, A, 500).unwrap();
    assert_eq!(a.own, [0, 3]);
    assert_eq!(a.others, [Some(1), None], "the police stay another organisation");
    let b = seen(&open, &parties, B, 500).unwrap();
    assert_eq!(b.others, [None, Some(3)]);
    let c = seen(&open, &parties, C, 500).unwrap();
    assert_eq!(c.others, [Some(0), Some(1), Some(3)]);
    assert_eq!(c.state, FamilyMatchState::Open);

    let closed = covenant("reveal = \"on_consent\"\n");
    assert_eq!(seen(&closed, &parties, C, 500).unwrap().others, [None; 3]);
}

#[test]
fn it_shows_at_its_time_and_ends_with_the_signals() {
    let settings = covenant("");
    let parties = [party(0, A, 10), party(1, B, 20)];
    assert_eq!(seen(&settings, &parties, A, 99), None);
    assert_eq!(seen(&settings, &parties, OrganisationKey(9), 500), None);
    assert_eq!(seen(&settings, &parties, A, 100).unwrap().others, [Some(1)]);
    let later = Party {
        visible_at: at(600),
        ..party(2, C, 30)
    };
    let three = [parties[0], parties[1], later];
    assert_eq!(seen(&settings, &three, A, 500).unwrap().others.len(), 1);
    assert_eq!(seen(&settings, &three, C, 500), None);
    assert_eq!(seen(&settings, &three, A, 600).unwrap().others.len(), 2);
    let over = seen(&settings, &parties, A, 1000).unwrap();
    assert_eq!((over.state, over.others), (FamilyMatchState::Ended, Vec::new()));
}

#[test]
fn what_another_guardian_told_already_is_not_told_again() {
    let members = [member(2, 10, 100, A), member(2, 20, 200, B)];
    let told = Standing {
        family: 7,
        guardian: 1,
        present: vec![present(10, 100, A), present(20, 200, B)],
    };
    let second = BTreeSet::from([2]);
    assert_eq!(
        find(&second, &members, std::slice::from_ref(&told)),
        Findings::default()
    );
    // The first is not looked at, so nothing is said of its end.
    let gone = Standing {
        present: Vec::new(),
        ..told
    };
    assert_eq!(find(&second, &members, &[gone]), open(2, &[100, 200]));
}
