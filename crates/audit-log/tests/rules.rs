//! Logs that are whole and well signed, and tell of acts that were not allowed: exit code 5.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

mod common;

use audit_log::entry::Entry;
use audit_log::verify::{Language, Verdict};
use common::*;
use jiff::ToSpan as _;

/// The checks that fail on the story after `edit`, each with its leaf.
fn broken(edit: impl FnOnce(&mut Story)) -> Vec<(&'static str, u64)> {
    let mut story = Story::whole();
    edit(&mut story);
    let report = check(&story.bundle());
    let findings: Vec<_> = report
        .findings()
        .iter()
        .map(|f| (f.check(), f.index().unwrap()))
        .collect();
    let expected = if findings.is_empty() {
        Verdict::Good
    } else {
        Verdict::RulesBroken
    };
    assert_eq!(
        report.verdict(),
        expected,
        "{}",
        report.to_text(Language::English)
    );
    findings
}

/// Moves one leaf to another place; times and ids stay with the places, so that only the order of acts changes.
fn move_leaf(story: &mut Story, from: usize, to: usize) {
    let frame: Vec<_> = story.entries.iter().map(|entry| (entry.id, entry.time)).collect();
    let mut data: Vec<_> = (0..story.entries.len())
        .map(|index| story.openings.remove(&index))
        .collect();
    let (entry, opening) = (story.entries.remove(from), data.remove(from));
    story.entries.insert(to, entry);
    data.insert(to, opening);
    for (index, opening) in data.into_iter().enumerate() {
        (story.entries[index].id, story.entries[index].time) = frame[index];
        opening.map(|opening| story.openings.insert(index, opening));
    }
    // The erasure names an event by its id, which stayed where it was.
    let erased = story
        .entries
        .iter()
        .position(|entry| entry.commitment.is_some())
        .unwrap();
    let id = story.entries[erased]
        .id
        .map(|byte| format!("{byte:02x}"))
        .concat();
    let erasure = story
        .entries
        .iter()
        .position(|entry| entry.event == "opening.erased")
        .unwrap();
    story.entries[erasure].sub = format!("e_{id}");
}

/// Turns a leaf into something of no consequence.
fn silence(story: &mut Story, index: usize) {
    let sub = tag('m', 1);
    let blank = Entry {
        event: "match.viewed".into(),
        sub,
        rel: vec![],
        ..story.entries[index].clone()
    };
    story.entries[index] = Entry {
        from: None,
        to: None,
        until: None,
        ..blank
    };
}

#[test]
fn the_story_itself_breaks_nothing() {
    assert_eq!(broken(|_| ()), []);
}

#[test]
fn content_before_consent() {
    assert_eq!(
        broken(|s| silence(s, at::GIVEN)),
        [
            ("content-before-consent", 15),
            ("content-before-consent", 16),
            ("content-before-consent", 17),
        ]
    );
    // Read first, consent after.
    assert_eq!(
        broken(|s| move_leaf(s, at::GIVEN, at::READ)),
        [("content-before-consent", 14), ("content-before-consent", 15),]
    );
    assert_eq!(
        broken(|s| s.entries[at::READ].rel[1] = tag('c', 9)),
        [("content-before-consent", 16), ("content-order", 16),]
    );
}

#[test]
fn content_after_withdrawal_or_end() {
    assert_eq!(
        broken(|s| move_leaf(s, at::READ, at::WITHDRAWN)),
        [("content-after-withdrawal", 18)]
    );
    assert_eq!(
        broken(|s| move_leaf(s, at::WITHDRAWN, at::READ)),
        [("content-after-withdrawal", 17), ("content-after-withdrawal", 18),]
    );
    // The consent was over by time, within and beyond the skew.
    let ending = |s: &mut Story, seconds: i64| {
        s.entries[at::GIVEN].until = Some(s.entries[at::READ].time - seconds.seconds());
    };
    assert_eq!(broken(|s| ending(s, 3)), []);
    assert_eq!(
        broken(|s| ending(s, 5)),
        [("content-after-end", 16), ("content-after-end", 17)]
    );
    // A withdrawal long after the read is no matter; one that expired first is.
    assert_eq!(
        broken(|s| {
            s.entries[13].event = "consent.given".into();
            s.entries[13].until = s.entries[at::GIVEN].until;
            s.entries[at::GIVEN].event = "consent.expired".into();
        }),
        [
            ("content-after-end", 15),
            ("content-after-end", 16),
            ("content-after-end", 17),
            ("consent-order", 18),
        ]
    );
}

#[test]
fn a_replaced_consent_is_carried_by_its_successor() {
    let replace = |s: &mut Story| {
        let (m, c1, c2) = (tag('m', 1), tag('c', 1), tag('c', 2));
        let until = s.entries[at::GIVEN].until;
        let mut tail = s.entries.split_off(at::READ);
        tail.truncate(1);
        s.openings.retain(|index, _| *index < at::READ);
        s.add(
            "consent.requested",
            Some(&organisation('a')),
            c2.clone(),
            std::slice::from_ref(&m),
        );
        s.add("consent.given", None, c2.clone(), std::slice::from_ref(&m))
            .until = until;
        s.add("consent.replaced", None, c1.clone(), &[m.clone(), c2.clone()]);
        s.add(
            "content.read",
            Some(&organisation('b')),
            tag('d', 1),
            &[m.clone(), c1.clone()],
        );
        s.add("consent.withdrawn", None, c2, std::slice::from_ref(&m));
        s.add("content.read", Some(&organisation('b')), tag('d', 1), &[m, c1]);
        s.add(
            "opening.erased",
            None,
            format!("e_{}", "05".repeat(16)),
            &[tag('s', 1)],
        );
        s.add("audit.exported", None, tag('x', 1), &[]);
        s.openings.insert(s.entries.len() - 1, ALL.to_owned());
    };
    assert_eq!(broken(replace), [("content-after-withdrawal", 21)]);
}

#[test]
fn content_of_another_match_or_by_a_stranger() {
    assert_eq!(
        broken(|s| s.entries[at::READ].org = Some(organisation('c'))),
        [("content-stranger", 16)]
    );
    assert_eq!(
        broken(|s| s.entries[at::READ].rel[0] = tag('m', 9)),
        [("match-unknown", 16)]
    );
    assert_eq!(
        broken(|s| s.entries[at::READ].sub = tag('d', 9)),
        [("content-order", 16)]
    );
    assert_eq!(
        broken(|s| s.entries[at::READ].event = "content.sent".into()),
        [("content-order", 16)]
    );
    assert_eq!(
        broken(|s| s.entries[at::READ].org = None),
        [("event-incomplete", 16)]
    );
    // Destroyed, then read.
    assert_eq!(
        broken(|s| {
            let (read, destroyed) = (s.entries[at::READ].sub.clone(), "content.destroyed".to_owned());
            s.entries[13].event = "consent.given".into();
            s.entries[13].until = s.entries[at::GIVEN].until;
            move_leaf(s, at::SENT, at::GIVEN);
            s.entries[15].event = destroyed;
            s.entries[15].sub = read;
            s.entries[15].rel = s.entries[at::READ].rel.clone();
        }),
        [("content-order", 16)]
    );
}

#[test]
fn an_attachment_is_announced_and_whole_before_it_is_read_and_gone_once_acknowledged() {
    let begins = |s: &mut Story, at: usize| s.entries[at].event = "content.begun".into();
    let completes = |s: &mut Story, at: usize| {
        s.entries[at].event = "content.sent".into();
        s.entries[at].from = Some("begun".into());
    };
    // Announced and destroyed before it was whole; announced and whole; acknowledged.
    assert_eq!(broken(|s| begins(s, at::READ + 1)), []);
    assert_eq!(
        broken(|s| {
            begins(s, at::SENT);
            completes(s, at::READ);
        }),
        []
    );
    assert_eq!(
        broken(|s| s.entries[at::READ].event = "content.acknowledged".into()),
        []
    );
    // Read before it is whole; whole without having been announced; announced twice; acknowledged before it is whole.
    assert_eq!(broken(|s| begins(s, at::SENT)), [("content-order", 16)]);
    assert_eq!(
        broken(|s| completes(s, at::SENT)),
        [("content-order", 15), ("content-order", 16)]
    );
    assert_eq!(broken(|s| begins(s, at::READ)), [("content-order", 16)]);
    assert_eq!(
        broken(|s| {
            begins(s, at::SENT);
            s.entries[at::READ].event = "content.acknowledged".into();
        }),
        [("content-order", 16)]
    );
    assert_eq!(
        broken(|s| {
            s.entries[at::READ].event = "content.acknowledged".into();
            s.entries[at::READ].org = None;
        }),
        [("event-incomplete", 16)]
    );
    // Announced before consent.
    assert_eq!(
        broken(|s| {
            begins(s, at::SENT);
            completes(s, at::READ);
            silence(s, at::GIVEN);
        }),
        [
            ("content-before-consent", 15),
            ("content-before-consent", 16),
            ("content-before-consent", 17),
        ]
    );
}

#[test]
fn consents_take_steps_in_order() {
    assert_eq!(
        broken(|s| s.entries[12].event = "consent.requested".into()),
        [("consent-twice", 12)]
    );
    assert_eq!(
        broken(|s| s.entries[13].event = "consent.replaced".into()),
        [("consent-order", 13)]
    );
    assert_eq!(
        broken(|s| s.entries[at::GIVEN].until = None)[0],
        ("event-incomplete", 14)
    );
    assert_eq!(
        broken(|s| s.entries[13].event = "consent.refused".into())[..2],
        [("consent-order", 14), ("content-after-end", 15)]
    );
    assert_eq!(broken(|s| silence(s, at::REQUESTED))[0], ("consent-order", 12));
    assert_eq!(
        broken(|s| s.entries[at::WITHDRAWN].rel.clear()),
        [("event-incomplete", 18)]
    );
}

#[test]
fn every_match_has_two_signals_of_different_organisations() {
    assert_eq!(
        broken(|s| drop(s.entries[at::MATCH].rel.pop())),
        [
            ("match-without-two", 6),
            ("notice-stranger", 8),
            ("content-stranger", 16),
            ("content-stranger", 17)
        ]
    );
    assert_eq!(
        broken(|s| s.entries[at::MATCH].rel.clear())[0],
        ("match-without-two", 6)
    );
    assert_eq!(
        broken(|s| s.entries[at::SIGNAL_B].org = Some(organisation('a')))[0],
        ("match-without-two", 6)
    );
    assert_eq!(
        broken(|s| s.entries[at::MATCH].rel[1] = tag('s', 9))[..2],
        [("match-signal-unknown", 6), ("match-without-two", 6)]
    );
    // Submitted only after the match was opened.
    assert_eq!(
        broken(|s| move_leaf(s, at::SIGNAL_B, at::MATCH))[..2],
        [("match-signal-unknown", 5), ("match-without-two", 5)]
    );
    assert_eq!(
        broken(|s| s.entries[9] = Entry {
            id: [10; 16],
            ..s.entries[at::MATCH].clone()
        })[0]
            .0,
        "match-twice"
    );
    assert_eq!(
        broken(|s| {
            let (id, time) = (s.entries[9].id, s.entries[9].time);
            s.entries[9] = Entry {
                id,
                time,
                ..s.entries[at::SIGNAL_B].clone()
            };
            s.entries[9].commitment = None;
        }),
        [("signal-twice", 9)]
    );
}

#[test]
fn a_third_party_joins_and_is_told() {
    let join = |s: &mut Story, told: bool| {
        let c = organisation('c');
        let put = |s: &mut Story, index: usize, event: &str, sub: String, rel: Vec<String>| {
            let frame = s.entries[index].clone();
            s.entries[index] = Entry {
                event: event.into(),
                org: Some(c.clone()),
                sub,
                rel,
                ..frame
            };
        };
        put(s, 3, "signal.submitted", tag('s', 3), vec![]);
        put(s, 9, "match.joined", tag('m', 1), vec![tag('s', 3)]);
        if told {
            put(s, 10, "notice.delivered", tag('n', 3), vec![tag('m', 1)]);
        }
    };
    assert_eq!(broken(|s| join(s, true)), []);
    assert_eq!(broken(|s| join(s, false)), [("notice-missing", 9)]);
    let other = |s: &mut Story| {
        join(s, true);
        s.entries[9].org = Some(organisation('d'));
    };
    assert_eq!(
        broken(other),
        [("match-signal-unknown", 9), ("notice-stranger", 10)]
    );
    let nowhere = |s: &mut Story| {
        join(s, true);
        s.entries[9].sub = tag('m', 9);
    };
    assert_eq!(broken(nowhere), [("match-unknown", 9), ("notice-stranger", 10)]);
}

#[test]
fn every_party_is_told() {
    assert_eq!(broken(|s| silence(s, at::NOTICE_A)), [("notice-missing", 6)]);
    assert_eq!(
        broken(|s| s.entries[at::NOTICE_A].org = Some(organisation('b'))),
        [("notice-missing", 6)]
    );
    assert_eq!(
        broken(|s| s.entries[9] = Entry {
            org: Some(organisation('c')),
            id: [99; 16],
            ..s.entries[at::NOTICE_A].clone()
        })
        .first(),
        Some(&("notice-stranger", 9))
    );
    assert_eq!(
        broken(|s| move_leaf(s, at::NOTICE_B, at::MATCH))[0].0,
        "match-unknown"
    );
}

#[test]
fn a_match_after_the_export_may_still_be_told() {
    let mut story = Story::whole();
    for number in [3, 4] {
        let org = organisation(if number == 3 { 'a' } else { 'b' });
        story.add("signal.submitted", Some(&org), tag('s', number), &[]);
    }
    story.add("match.opened", None, tag('m', 2), &[tag('s', 3), tag('s', 4)]);
    story.add(
        "notice.delivered",
        Some(&organisation('a')),
        tag('n', 3),
        &[tag('m', 2)],
    );
    let report = check(&story.bundle());
    assert_eq!(report.verdict(), Verdict::Good);
    assert_eq!(report.to_json()["pendingNotices"], 1);
}

#[test]
fn times_do_not_run_back() {
    let back = |seconds: i64| broken(move |s| s.entries[17].time = s.entries[16].time - seconds.seconds());
    assert_eq!(back(5), []);
    assert_eq!(back(6), [("time-backwards", 17)]);
}

#[test]
fn events_are_unique_and_erasures_erase_something() {
    assert_eq!(
        broken(|s| s.entries[10].id = s.entries[9].id),
        [("event-twice", 10)]
    );
    assert_eq!(
        broken(|s| {
            s.entries[at::SIGNAL_A].commitment = None;
            s.entries[at::ERASED].sub = format!("e_{}", "06".repeat(16));
        }),
        [("erased-opening-present", 5)]
    );
    assert_eq!(
        broken(|s| {
            s.entries[at::SIGNAL_A].commitment = None;
            s.entries[at::ERASED].sub = format!("e_{}", "07".repeat(16));
        }),
        [("erasure-unknown", 20)]
    );
    // Erased before it was there.
    assert_eq!(
        broken(|s| {
            s.entries[at::SIGNAL_A].commitment = None;
            s.entries[3].event = "opening.erased".into();
            s.entries[3].sub = format!("e_{}", "07".repeat(16));
            s.entries[at::ERASED].event = "match.viewed".into();
            s.entries[at::ERASED].sub = tag('m', 1);
        }),
        [("erasure-unknown", 3)]
    );
}

#[test]
fn an_event_of_a_later_version_is_reported_and_not_judged() {
    let mut story = Story::whole();
    story.entries[10].event = "lead.proposed".into();
    let report = check(&story.bundle());
    assert_eq!(report.verdict(), Verdict::Good);
    assert_eq!(report.to_json()["unknownEventNames"][0], "lead.proposed");
    assert!(report.to_text(Language::English).contains("lead.proposed"));
}

#[test]
fn a_log_full_of_offences_is_reported_within_bounds() {
    let mut story = Story::whole();
    for number in 0..120 {
        story.add("consent.withdrawn", None, tag('c', 1000 + number), &[tag('m', 1)]);
    }
    let report = check(&story.bundle());
    assert_eq!(report.verdict(), Verdict::RulesBroken);
    assert_eq!(report.findings().len(), 50);
    assert_eq!(report.to_json()["findingsTotal"], 120);
    assert!(report.to_text(Language::English).contains("70 more"));
}

/// The story with the life of signal `a` told after it was submitted, before the match; times and ids follow the places.
fn lives(leaves: &[(&str, Option<&str>, Option<&str>)]) -> Vec<(&'static str, u64)> {
    let mut story = Story::whole();
    let tail = story.entries.split_off(at::MATCH);
    let mut openings: Vec<_> = story.openings.split_off(&at::MATCH).into_iter().collect();
    for (event, from, to) in leaves {
        let a = organisation('a');
        let entry = story.add(event, Some(&a), tag('s', 1), &[]);
        (entry.from, entry.to) = (from.map(str::to_owned), to.map(str::to_owned));
    }
    let moved = leaves.len();
    for entry in tail {
        let place = story.add("x.y", None, tag('x', 9), &[]);
        (place.event, place.org, place.sub, place.rel) = (entry.event, entry.org, entry.sub, entry.rel);
        (place.from, place.to, place.due) = (entry.from, entry.to, entry.due);
        (place.until, place.commitment) = (entry.until, entry.commitment);
    }
    openings.iter_mut().for_each(|(place, _)| *place += moved);
    story.openings.extend(openings);
    let report = check(&story.bundle());
    report
        .findings()
        .iter()
        .map(|finding| (finding.check(), finding.index().unwrap()))
        .collect()
}

const PAUSED: Option<&str> = Some("paused(no_disclosure)");
const ACTIVE: Option<&str> = Some("active");

#[test]
fn signals_take_their_steps_in_order() {
    let pause = ("signal.paused", ACTIVE, PAUSED);
    let resume = ("signal.resumed", PAUSED, ACTIVE);
    assert_eq!(lives(&[]), []);
    assert_eq!(lives(&[pause, resume]), []);
    assert_eq!(lives(&[resume, pause, resume]), [("signal-order", 6)]);
    assert_eq!(lives(&[pause, pause, resume]), [("signal-order", 7)]);
    assert_eq!(
        lives(&[("signal.woken", Some("sleeping"), ACTIVE)]),
        [("signal-order", 6)]
    );
    // Whoever counts no longer does not come back, and an archived signal was one that ended.
    let ended = ("signal.ended", ACTIVE, Some("ended(resolved)"));
    let found = lives(&[ended, ("signal.resumed", Some("ended(resolved)"), ACTIVE)]);
    assert_eq!(found, [("signal-order", 7)]);
    let found = lives(&[("signal.archived", ACTIVE, Some("archived"))]);
    assert_eq!(found.first(), Some(&("signal-order", 6)));
    // Destroyed once, and then nothing.
    let destroyed = |from| ("signal.destroyed", from, Some("destroyed(unjustified)"));
    let found = lives(&[destroyed(ACTIVE), destroyed(Some("destroyed(unjustified)"))]);
    assert_eq!(found.first(), Some(&("signal-order", 7)));
}

#[test]
fn a_signal_that_does_not_count_opens_no_match_and_passes_no_content() {
    let pause = ("signal.paused", ACTIVE, PAUSED);
    // Paused, and everything after it happens all the same.
    assert_eq!(
        lives(&[pause]),
        [("match-signal-inactive", 7), ("content-signal-inactive", 16),]
    );
    // Paused in the middle: what stands within five seconds may have begun before.
    let broken_at = |place: usize| {
        broken(|story| {
            let a = organisation('a');
            story.entries[13].event = "signal.paused".into();
            story.entries[13].org = Some(a);
            story.entries[13].sub = tag('s', 1);
            story.entries[13].rel = vec![];
            (story.entries[13].from, story.entries[13].to) =
                (ACTIVE.map(str::to_owned), PAUSED.map(str::to_owned));
            story.openings.remove(&13);
            for entry in &mut story.entries[place..] {
                entry.time += 10.seconds();
            }
        })
    };
    assert_eq!(broken_at(at::SENT), [("content-signal-inactive", 15)]);
    assert_eq!(broken_at(at::READ), []);
}

#[test]
fn telling_is_postponed_by_two_and_over_once_told() {
    let proposed = ("disclosure.postponement_proposed", Some("due"), Some("proposed"));
    let rejected = ("disclosure.postponement_rejected", Some("proposed"), Some("due"));
    let recorded = ("disclosure.recorded", Some("due"), Some("recorded"));
    let reminded = ("disclosure.reminded", None, None);
    assert_eq!(lives(&[proposed, rejected, proposed, recorded, reminded]), []);
    assert_eq!(lives(&[rejected]), [("disclosure-order", 6)]);
    assert_eq!(lives(&[proposed, rejected, rejected]), [("disclosure-order", 8)]);
    assert_eq!(lives(&[recorded, proposed]), [("disclosure-order", 7)]);
    assert_eq!(lives(&[recorded, recorded]), [("disclosure-order", 7)]);
}

#[test]
fn an_archived_signal_is_told_of_once() {
    let noticed = ("archive.noticed", None, None);
    let opened = ("archive.opened", None, None);
    assert_eq!(
        lives(&[noticed]).first(),
        Some(&("archive-order", 6)),
        "while it counts"
    );
    let over = [
        ("signal.expired", ACTIVE, Some("expired")),
        ("signal.archived", Some("expired"), Some("archived")),
    ];
    // Whatever follows in the story is done with a signal that counts no longer.
    let found = |leaves: &[(&'static str, Option<&str>, Option<&str>)]| {
        let mut all = over.to_vec();
        all.extend(leaves);
        let found = lives(&all);
        found
            .into_iter()
            .filter(|(check, _)| *check == "archive-order")
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&[noticed, opened, opened]), []);
    assert_eq!(found(&[noticed, noticed]), [("archive-order", 9)]);
    assert_eq!(found(&[opened, noticed]), [("archive-order", 8)]);
}

#[test]
fn nothing_happens_in_a_match_that_is_closed() {
    let found = |event: &str| {
        broken(|story| {
            for (place, event) in [(9, "match.closed"), (10, event)] {
                story.entries[place].event = event.into();
                story.entries[place].sub = tag('m', 1);
                story.entries[place].rel = vec![];
            }
        })
    };
    assert_eq!(found("match.viewed"), []);
    for event in [
        "match.contact_confirmed",
        "match.closed",
        "match.left",
        "match.relocated",
    ] {
        assert_eq!(found(event), [("match-order", 10)], "{event}");
    }
}

#[test]
fn a_consent_for_a_signal_and_a_notice_of_one_name_no_match() {
    let about = |story: &mut Story, place: usize, event: &str, sub: String| {
        story.entries[place].event = event.into();
        story.entries[place].sub = sub;
        story.entries[place].rel = vec![tag('s', 1)];
        (story.entries[place].from, story.entries[place].to) = (None, None);
    };
    assert_eq!(
        broken(|story| {
            about(story, 9, "notice.delivered", tag('n', 9));
            about(story, 10, "consent.requested", tag('c', 9));
        }),
        []
    );
    assert_eq!(
        broken(|story| about(story, 10, "consent.refused", tag('c', 9))),
        [("consent-order", 10)]
    );
    assert_eq!(
        broken(|story| {
            about(story, 9, "notice.delivered", tag('n', 9));
            story.entries[9].rel = vec![];
        }),
        [("event-incomplete", 9)]
    );
    // What was agreed to about a signal opens no exchange.
    assert_eq!(
        broken(|story| {
            about(story, 9, "consent.requested", tag('c', 9));
            about(story, 10, "consent.given", tag('c', 9));
            story.entries[10].until = story.entries[at::GIVEN].until;
            story.entries[at::SENT].rel[1] = tag('c', 9);
            story.entries[at::READ].rel[1] = tag('c', 9);
        }),
        [("content-other-match", 15), ("content-other-match", 16)]
    );
}

#[test]
fn courses_in_order_break_nothing_and_a_wrong_order_is_found_where_it_is() {
    let story = courses();
    let [end, later] = COURSES;
    let first = story.period(0..end, 1);
    assert_eq!(outcome(&check(&first)), GOOD);
    assert_eq!(outcome(&check_after(&story.period(end..later, 2), &first)), GOOD);
    for wrong in wrong_courses() {
        let mut story = courses();
        (wrong.change)(&mut story);
        let first = story.period(0..end, 1);
        let report = match wrong.exports {
            1 => check(&first),
            _ => check_after(&story.period(end..later, 2), &first),
        };
        let (check, index) = wrong.finding;
        let expected = (Verdict::RulesBroken, check, Some(index));
        assert_eq!(outcome(&report), expected, "{}", wrong.name);
        assert_eq!(report.findings().len(), 1, "{}", wrong.name);
    }
}

/// An upheld objection, and a request that an age boundary ended, may be at the end of an export with what follows in the
/// next; what does not follow there is found.
#[test]
fn what_is_still_to_follow_at_the_end_of_an_export_is_found_in_the_next() {
    let mut story = courses();
    let mut made = story.entries.remove(22);
    let mut asked = story.entries.remove(18);
    for entry in [&mut made, &mut asked] {
        entry.event = "signal.viewed".into();
        (entry.sub, entry.rel, entry.from, entry.to) = (tag('s', 2), vec![], None, None);
    }
    // Before the export stand the decision and the end of the request, behind its own leaf.
    let decided = story.entries.remove(20);
    let advised = story.entries.remove(19);
    let superseded = story.entries.remove(17);
    story
        .entries
        .splice(17..17, [superseded, advised, decided, asked, made]);
    let times: Vec<_> = courses().entries.iter().map(|entry| entry.time).collect();
    for (entry, time) in story.entries.iter_mut().zip(times) {
        entry.time = time;
    }
    let first = story.period(0..20, 1);
    assert_eq!(outcome(&check(&first)), GOOD);
    let report = check_after(&story.period(20..33, 2), &first);
    let found: Vec<_> = report.findings().iter().map(|f| (f.check(), f.index())).collect();
    assert_eq!(
        found,
        [
            ("consent-without-successor", Some(17)),
            ("objection-without-end", Some(19))
        ]
    );
}
