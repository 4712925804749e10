//! Bundles, good and bad, and what the verifier says of each.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

mod common;

use std::collections::BTreeSet;

use audit_log::bundle::{BundleError, FILES, Scope, Selection, Writer};
use audit_log::checkpoint::LogSigner;
use audit_log::verify::{Language, Verdict};
use common::*;

#[test]
fn a_good_bundle_is_good_and_always_the_same_bytes() {
    let story = Story::whole();
    let bundle = story.bundle();
    assert_eq!(bundle, story.bundle());
    let report = check(&bundle);
    assert_eq!(outcome(&report), GOOD, "{}", report.to_text(Language::English));
    assert_eq!(pack(&unpack(&bundle)), bundle);
    assert_eq!(report.to_json()["openings"], 11);
    assert_eq!(report.to_json()["erasures"], 1);
    assert_eq!(report.to_json()["events"]["signal.submitted"], 2);
    assert!(report.to_text(Language::Dutch).starts_with("In orde"));
}

#[test]
fn a_continuation_is_told_from_a_rewriting_and_a_cut() {
    let story = Story::whole();
    let bundle = story.bundle();
    for size in [0, 1, 5, 21, 22] {
        let report = check_against(&bundle, &checkpoint(&story.leaves()[..size]));
        assert_eq!(outcome(&report), GOOD, "size {size}");
        assert_eq!(report.to_json()["earlierSize"], size);
    }
    // Everything rewritten and signed again with the real key.
    let mut rewritten = story.clone();
    rewritten.entries[at::SIGNAL_B].org = Some(organisation('c'));
    rewritten.entries[at::NOTICE_B].org = Some(organisation('c'));
    let earlier = checkpoint(&story.leaves()[..10]);
    assert_eq!(
        outcome(&check_against(&rewritten.bundle(), &earlier)),
        (Verdict::Forked, "fork", None)
    );
    // Cut back to before the earlier checkpoint.
    let longer = [story.leaves(), vec![story.leaves()[0].clone()]].concat();
    let report = check_against(&bundle, &checkpoint(&longer));
    assert_eq!(outcome(&report), (Verdict::Forked, "rollback", Some(22)));
    // Earlier checkpoints that are none.
    assert_eq!(check_against(&bundle, "").verdict(), Verdict::Malformed);
    let stranger = LogSigner::from_seed(ORIGIN, &[1; 32]).unwrap().sign(1, [0; 32]);
    assert_eq!(check_against(&bundle, &stranger).verdict(), Verdict::Untrusted);
}

#[test]
fn a_foreign_or_stale_checkpoint_is_found() {
    let story = Story::whole();
    let bundle = story.bundle();
    let stale = checkpoint(&story.leaves()[..10]);
    let with = |note: String| forged(&bundle, "checkpoint", |_| note.into_bytes());
    assert_eq!(outcome(&check(&with(stale))).0, Verdict::Tampered);
    let stranger = LogSigner::from_seed(ORIGIN, &[1; 32]).unwrap();
    let other_key = stranger.sign(22, [0; 32]);
    assert_eq!(
        outcome(&check(&with(other_key))),
        (Verdict::Untrusted, "checkpoint-untrusted", None)
    );
    let own = String::from_utf8(unpack(&bundle)[2].1.clone()).unwrap();
    let line = own.lines().last().unwrap().to_owned();
    let many = |count: usize| {
        own.clone()
            + &(0..count)
                .map(|n| line.replace("log.example", &format!("w{n}")) + "\n")
                .collect::<String>()
    };
    assert_eq!(
        outcome(&check(&with(many(15)))),
        GOOD,
        "16 signatures are allowed"
    );
    assert_eq!(
        outcome(&check(&with(many(16)))),
        (Verdict::Malformed, "checkpoint-form", None)
    );
    let garbage = "\u{2014} x AAAAAA==\n".repeat(1_000_000);
    assert_eq!(
        outcome(&check(&with(own.clone() + &garbage))).0,
        Verdict::Malformed
    );
    assert_eq!(outcome(&check(&with(String::new()))).0, Verdict::Malformed);
}

#[test]
fn altered_entries_are_found_with_their_index() {
    let bundle = Story::whole().bundle();
    let edited = |edit: fn(&mut Vec<String>)| check(&forged(&bundle, "entries.jsonl", lines(edit)));
    let report = edited(|lines| lines[6] = lines[6].replace("\"to\":\"open\"", "\"to\":\"closed\""));
    assert_eq!(outcome(&report), (Verdict::Tampered, "root", Some(6)));
    assert_eq!(
        outcome(&edited(|lines| lines.swap(7, 8))),
        (Verdict::Tampered, "root", Some(7))
    );
    assert_eq!(
        outcome(&edited(|lines| drop(lines.remove(9)))),
        (Verdict::Tampered, "root", Some(9))
    );
    assert_eq!(
        outcome(&edited(|lines| drop(lines.pop()))),
        (Verdict::Tampered, "entries-missing", Some(21))
    );
    assert_eq!(
        outcome(&edited(Vec::clear)),
        (Verdict::Tampered, "entries-missing", Some(0))
    );
    let report = edited(|lines| lines.push(lines[3].clone()));
    assert_eq!(outcome(&report), (Verdict::Tampered, "entries-extra", Some(22)));
    let report = edited(|lines| lines.insert(3, lines[3].clone()));
    assert_eq!(outcome(&report), (Verdict::Tampered, "root", Some(4)));
    let report = edited(|lines| lines[5] = lines[5].replace('\n', "\r\n"));
    assert_eq!(outcome(&report), (Verdict::Malformed, "leaf-form", Some(5)));
    let report = edited(|lines| lines[5] = lines[5].replace(",\"e\"", ", \"e\""));
    assert_eq!(outcome(&report), (Verdict::Malformed, "leaf-form", Some(5)));
    let report = edited(|lines| lines.insert(2, "\n".to_owned()));
    assert_eq!(outcome(&report), (Verdict::Malformed, "leaf-form", Some(2)));
    let report = edited(|lines| lines[2] = "x".repeat(10_000_000) + "\n");
    assert_eq!(outcome(&report), (Verdict::Malformed, "line-form", Some(2)));
}

/// Someone who alters an entry and derives the other files again leaves only the root and the openings to contradict.
#[test]
fn a_careful_forger_is_found_too() {
    let story = Story::whole();
    let honest = unpack(&story.bundle());
    let forge = |edit: fn(&mut Story)| {
        let mut forged = story.clone();
        edit(&mut forged);
        let mut files = unpack(&forged.bundle());
        // MANIFEST.json and checkpoint must be those that were signed.
        for at in [0, 2] {
            files[at] = honest[at].clone();
        }
        pack(&files)
    };
    let with_opening = forge(|story| story.entries[at::SIGNAL_B].id = [0xee; 16]);
    let report = check(&with_opening);
    assert_eq!(outcome(&report), (Verdict::Tampered, "root-range", None));
    assert!(
        report.to_text(Language::English).contains("entries 0 to 21"),
        "{}",
        report.to_text(Language::English)
    );

    let without = forge(|story| story.entries[at::NOTICE_A].org = Some(organisation('b')));
    let earlier = checkpoint(&story.leaves()[..10]);
    let report = check_against(&without, &earlier);
    assert!(
        report.to_text(Language::Dutch).contains("regels 0 tot en met 9"),
        "{}",
        report.to_text(Language::Dutch)
    );
    let earlier = checkpoint(&story.leaves()[..5]);
    let report = check_against(&without, &earlier);
    assert!(
        report.to_text(Language::English).contains("entries 5 to 21"),
        "{}",
        report.to_text(Language::English)
    );

    // The database was edited but the openings table was forgotten.
    let mut files = unpack(&forge(|story| story.entries[at::REQUESTED].id = [0xee; 16]));
    let openings = FILES.iter().position(|file| *file == "openings.jsonl").unwrap();
    files[openings] = honest[openings].clone();
    assert_eq!(
        outcome(&check(&pack(&files))),
        (Verdict::Tampered, "root", Some(at::REQUESTED as u64))
    );
}

#[test]
fn derived_files_must_say_the_same() {
    let bundle = Story::whole().bundle();
    let edited = |name: &str, edit: fn(&mut Vec<String>)| check(&forged(&bundle, name, lines(edit)));
    let csv = |edit| outcome(&edited("events.csv", edit));
    assert_eq!(
        csv(|lines| lines[3] = lines[3].replace("childcare", "x")),
        GOOD,
        "nothing to replace there"
    );
    let differs = |index| (Verdict::Tampered, "csv-differs", Some(index));
    assert_eq!(
        csv(|lines| lines[7] = lines[7].replace("open", "closed")),
        differs(6)
    );
    assert_eq!(csv(|lines| lines[7] = lines[7].replace("\r\n", "\n")), differs(6));
    assert_eq!(csv(|lines| drop(lines.remove(0))), differs(0));
    assert_eq!(csv(|lines| drop(lines.pop())), differs(21));
    assert_eq!(csv(|lines| lines.push("22,extra\r\n".into())), differs(22));
    let erasures = |edit| outcome(&edited("erasures.jsonl", edit));
    assert_eq!(
        erasures(Vec::clear),
        (Verdict::Tampered, "erasures-differ", Some(20))
    );
    assert_eq!(
        erasures(|lines| lines.push(lines[0].clone())),
        (Verdict::Tampered, "erasures-differ", Some(22))
    );
    assert_eq!(
        outcome(&edited("README.txt", |lines| drop(lines.pop()))).1,
        "readme-differs"
    );
    assert_eq!(
        outcome(&edited("policy", |lines| drop(lines.remove(0)))).1,
        "policy-differs"
    );
    let manifest = |edit| outcome(&edited("MANIFEST.json", edit));
    assert_eq!(
        manifest(|lines| lines[4] = lines[4].replace("22", "21")).1,
        "manifest-differs"
    );
    assert_eq!(
        manifest(|lines| lines[6] = lines[6].replace("_00", "_10")).1,
        "export-missing"
    );
    assert_eq!(
        manifest(|lines| lines[7] = lines[7].replace(r#""events":"all""#, r#""events":[]"#)).0,
        Verdict::Tampered
    );
    assert_eq!(manifest(Vec::clear), (Verdict::Malformed, "manifest-form", None));
}

#[test]
fn openings_match_commitments_and_scope() {
    let story = Story::whole();
    let bundle = story.bundle();
    let edited =
        |edit: fn(&mut Vec<String>)| outcome(&check(&forged(&bundle, "openings.jsonl", lines(edit))));
    let tampered = |check, index| (Verdict::Tampered, check, Some(index));
    assert_eq!(
        edited(|lines| lines[1] = lines[1].replace("Vlinder", "Bij")),
        tampered("opening-wrong", 1)
    );
    assert_eq!(
        edited(|lines| drop(lines.remove(2))),
        tampered("opening-missing", 2)
    );
    assert_eq!(edited(|lines| drop(lines.pop())), tampered("opening-missing", 21));
    assert_eq!(edited(|lines| lines.swap(1, 2)).0, Verdict::Malformed);
    assert_eq!(
        edited(|lines| lines.insert(1, lines[1].clone())).0,
        Verdict::Malformed
    );
    let spaced = |lines: &mut Vec<String>| lines[0] = lines[0].replace("{\"index\"", "{ \"index\"");
    assert_eq!(edited(spaced), (Verdict::Malformed, "opening-form", None));
    // Data and salt swapped between two openings.
    let mut swapped = [story.opening(1), story.opening(2)];
    swapped.reverse();
    (swapped[0].index, swapped[1].index) = (1, 2);
    let mut openings: Vec<_> = story.openings.keys().map(|index| story.opening(*index)).collect();
    openings.splice(1..3, swapped);
    assert_eq!(
        outcome(&check(&story.bundle_with(&openings))),
        tampered("opening-wrong", 1)
    );
    // The erased opening, kept all the same.
    let mut kept = story.clone();
    kept.openings.insert(
        at::SIGNAL_A,
        r#"{"client":"cl_a","professionalReference":"p-1"}"#.into(),
    );
    let report = check(&kept.bundle());
    assert_eq!(
        outcome(&report),
        (
            Verdict::RulesBroken,
            "erased-opening-present",
            Some(at::SIGNAL_A as u64)
        )
    );
}

#[test]
fn a_narrow_scope_carries_what_it_says_and_no_more() {
    let mut story = Story::whole();
    let only = |names: &[&str]| {
        Selection::Only(
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<BTreeSet<_>>(),
        )
    };
    story.scope = Scope {
        events: only(&["consent.given", "consent.withdrawn"]),
        organisations: Selection::All,
    };
    story.openings.insert(
        at::EXPORTED,
        r#"{"client":"cl_s","events":["consent.withdrawn","consent.given"],"organisations":"all"}"#.into(),
    );
    let inside: Vec<_> = [at::GIVEN, at::WITHDRAWN, at::EXPORTED]
        .into_iter()
        .map(|index| story.opening(index))
        .collect();
    assert_eq!(outcome(&check(&story.bundle_with(&inside))), GOOD);
    let report = check(&story.bundle());
    assert_eq!(outcome(&report), (Verdict::Tampered, "opening-outside", Some(0)));
    let report = check(&story.bundle_with(&inside[..1]));
    assert_eq!(
        outcome(&report),
        (Verdict::Tampered, "opening-missing", Some(at::WITHDRAWN as u64))
    );
    // MANIFEST.json claims more than the log allows.
    story.scope = Scope::all();
    assert_eq!(
        outcome(&check(&story.bundle())),
        (Verdict::Tampered, "scope-differs", Some(at::EXPORTED as u64))
    );
    // Only one organisation's openings.
    let mut story = Story::whole();
    story.scope = Scope {
        events: Selection::All,
        organisations: only(&[&organisation('b')]),
    };
    let stated = format!(r#"{{"events":"all","organisations":["{}"]}}"#, organisation('b'));
    story.openings.insert(at::EXPORTED, stated);
    let inside: Vec<_> = [2, at::SIGNAL_B, at::EXPORTED]
        .into_iter()
        .map(|index| story.opening(index))
        .collect();
    assert_eq!(outcome(&check(&story.bundle_with(&inside))), GOOD);
}

#[test]
fn archives_of_another_shape_are_malformed() {
    let bundle = Story::whole().bundle();
    let files = unpack(&bundle);
    let repacked = |edit: fn(&mut Vec<(String, Vec<u8>)>)| {
        let mut files = files.clone();
        edit(&mut files);
        check(&pack(&files)).verdict()
    };
    assert_eq!(repacked(|files| files.swap(3, 4)), Verdict::Malformed);
    assert_eq!(repacked(|files| drop(files.remove(5))), Verdict::Malformed);
    assert_eq!(
        repacked(|files| files.push(("extra".into(), vec![]))),
        Verdict::Malformed
    );
    assert_eq!(repacked(|files| files.push(files[3].clone())), Verdict::Malformed);
    assert_eq!(
        repacked(|files| files[3].0 = "../entries.jsonl".into()),
        Verdict::Malformed
    );
    assert_eq!(
        repacked(|files| files[3].0 = "./entries.jsonl".into()),
        Verdict::Malformed
    );
    assert_eq!(check(&[]).verdict(), Verdict::Malformed);
    assert_eq!(check(&[0; 10_240]).verdict(), Verdict::Malformed);
    assert_eq!(
        check(&[bundle.clone(), vec![0; 512]].concat()).verdict(),
        Verdict::Malformed
    );
    for length in (0..bundle.len()).step_by(97) {
        assert_eq!(
            check(&bundle[..length]).verdict(),
            Verdict::Malformed,
            "cut at {length}"
        );
    }
}

#[test]
fn the_writer_refuses_what_the_verifier_would() {
    let story = Story::whole();
    let (signer, leaves) = (signer(), story.leaves());
    let writer = |checkpoint: &str, export: &str| {
        Writer::new(
            std::io::Cursor::new(vec![]),
            signer.verifier(),
            checkpoint,
            export,
            Scope::all(),
        )
    };
    let stranger = LogSigner::from_seed(ORIGIN, &[1; 32]).unwrap().sign(1, [0; 32]);
    assert!(matches!(
        writer(&stranger, &tag('x', 1)),
        Err(BundleError::Checkpoint(_))
    ));
    assert!(matches!(
        writer(&story.checkpoint(), "export"),
        Err(BundleError::Export)
    ));
    let mut short = writer(&story.checkpoint(), &tag('x', 1)).unwrap();
    short.leaf(&leaves[0]).unwrap();
    assert!(matches!(
        short.leaf(b"{}"),
        Err(BundleError::Leaf { index: 1, .. })
    ));
    assert!(matches!(short.finish(), Err(BundleError::Root)));
    let mut whole = writer(&story.checkpoint(), &tag('x', 1)).unwrap();
    leaves.iter().for_each(|leaf| whole.leaf(leaf).unwrap());
    whole.opening(&story.opening(5)).unwrap();
    assert!(matches!(
        whole.opening(&story.opening(5)),
        Err(BundleError::Order)
    ));
    assert!(matches!(whole.leaf(&leaves[0]), Err(BundleError::Order)));
    let mut no_object = story.opening(14);
    no_object.data = "[]".into();
    assert!(matches!(
        whole.opening(&no_object),
        Err(BundleError::Opening { index: 14 })
    ));
}
