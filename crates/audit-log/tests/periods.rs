//! Exports by period: each continues the one before, and carries along what was still open.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

mod common;

use std::io::Cursor;

use audit_log::bundle::{BundleError, Opening, Previous, Scope, Writer};
use audit_log::carry::{Carried, Why};
use audit_log::checkpoint::LogSigner;
use audit_log::cosignature::{WitnessSigner, attach};
use audit_log::entry::Entry;
use audit_log::policy::Policy;
use audit_log::receipt::{Receipt, lay_out};
use audit_log::tree::{Frontier, leaf_hash};
use audit_log::verify::{Language, Report, Verdict, Verification, verify};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::*;
use jiff::{Timestamp, ToSpan as _};

fn exports() -> [Vec<u8>; 3] {
    let chain = Story::chain();
    [1, 2, 3].map(|number| chain.period(PERIODS[number - 1].clone(), u32::try_from(number).unwrap()))
}

fn file(bundle: &[u8], name: &str) -> String {
    let files = unpack(bundle);
    let file = files.iter().find(|file| file.0 == name).unwrap();
    String::from_utf8(file.1.clone()).unwrap()
}

#[test]
fn a_chain_of_exports_holds() {
    let exports = exports();
    for (bundle, again) in exports.iter().zip(self::exports()) {
        assert_eq!(*bundle, again, "the same log gives the same bytes");
        let report = check(bundle);
        assert_eq!(outcome(&report), GOOD, "{}", report.to_text(Language::English));
    }
    for number in [1, 2] {
        let report = check_after(&exports[number], &exports[number - 1]);
        assert_eq!(outcome(&report), GOOD, "{}", report.to_text(Language::Dutch));
        let json = report.to_json();
        assert_eq!(json["first"], PERIODS[number].start);
        assert_eq!(json["earlierSize"], PERIODS[number].start);
        assert!(json["carried"].as_u64().unwrap() > 5);
    }
    // The erased opening's leaf is carried because its signal is open; the first export is whole by itself.
    assert!(file(&exports[1], "erasures.jsonl").starts_with("{\"index\":16,\"id\":\"0404"));
    for name in ["checkpoint.prev", "consistency", "frontier", "carry.jsonl"] {
        assert_eq!(file(&exports[0], name), "", "{name}");
        assert_ne!(file(&exports[1], name), "", "{name}");
    }
    // A checkpoint kept from anywhere in the period or at its start will do.
    let chain = Story::chain();
    for size in 11..=18 {
        let kept = checkpoint(&chain.leaves()[..size]);
        assert_eq!(outcome(&check_against(&exports[1], &kept)), GOOD, "size {size}");
    }
}

#[test]
fn a_missing_export_and_a_rollback_are_found() {
    let exports = exports();
    let outcome = |bundle: usize, earlier: usize| outcome(&check_after(&exports[bundle], &exports[earlier]));
    assert_eq!(outcome(2, 0), (Verdict::Forked, "gap", None));
    assert_eq!(outcome(1, 2), (Verdict::Forked, "rollback", Some(18)));
    assert_eq!(
        outcome(1, 1),
        GOOD,
        "itself is no export before, and contradicts nothing"
    );
}

/// The same log, but for one leaf of the first period, signed with the real key.
fn rewritten() -> Story {
    let mut story = Story::chain();
    story.entries[10].org = Some(organisation('b'));
    story.entries[14].org = Some(organisation('b'));
    story.entries[15].org = Some(organisation('b'));
    story
}

#[test]
fn a_rewritten_log_is_found_at_the_seam() {
    let exports = exports();
    let second = rewritten().period(PERIODS[1].clone(), 2);
    // By itself it is a log that says something; against what was kept it is another one.
    assert_eq!(outcome(&check(&second)), GOOD);
    assert_eq!(
        outcome(&check_after(&second, &exports[0])),
        (Verdict::Forked, "fork", None)
    );
    // With the honest checkpoint.prev put in, the bundle convicts itself.
    let honest = file(&exports[1], "checkpoint.prev");
    let seamed = forged(&second, "checkpoint.prev", |_| honest.clone().into_bytes());
    let seamed = forged(&seamed, "carry.jsonl", |_| {
        file(&exports[1], "carry.jsonl").into_bytes()
    });
    assert_eq!(outcome(&check(&seamed)), (Verdict::Forked, "fork", None));
    // With the honest tree as well, its entries do not lead to the root it signed.
    let seamed = forged(&seamed, "frontier", |_| {
        file(&exports[1], "frontier").into_bytes()
    });
    assert_eq!(check(&seamed).verdict(), Verdict::Tampered);
}

#[test]
fn what_came_before_must_be_in_its_form_and_signed() {
    let bundle = &exports()[1];
    let with =
        |name: &str, contents: String| outcome(&check(&forged(bundle, name, |_| contents.into_bytes())));
    let chain = Story::chain();
    let stale = checkpoint(&chain.leaves()[..8]);
    assert_eq!(
        with("checkpoint.prev", stale).0,
        Verdict::Tampered,
        "manifest and tree differ"
    );
    let later = checkpoint(&chain.leaves()[..20]);
    assert_eq!(
        with("checkpoint.prev", later),
        (Verdict::Forked, "rollback", Some(18))
    );
    let stranger = LogSigner::from_seed(ORIGIN, &[1; 32]).unwrap().sign(11, [0; 32]);
    assert_eq!(
        with("checkpoint.prev", stranger),
        (Verdict::Untrusted, "previous-untrusted", None)
    );
    assert_eq!(
        with("checkpoint.prev", "x".into()),
        (Verdict::Malformed, "previous-form", None)
    );
    let empty = signer().sign(0, audit_log::tree::empty_root());
    assert_eq!(
        with("checkpoint.prev", empty),
        (Verdict::Malformed, "previous-form", None)
    );
    assert_eq!(
        with("checkpoint.prev", String::new()).0,
        Verdict::Tampered,
        "another first leaf"
    );
    assert_eq!(
        with("frontier", String::new()),
        (Verdict::Malformed, "frontier-form", None)
    );
    let frontier = file(bundle, "frontier");
    assert_eq!(
        with("frontier", frontier.replace('\n', "\r\n")).0,
        Verdict::Malformed
    );
    let mut lines: Vec<&str> = frontier.split_inclusive('\n').collect();
    lines.reverse();
    assert_eq!(
        with("frontier", lines.concat()),
        (Verdict::Tampered, "frontier-wrong", None)
    );
    let consistency = file(bundle, "consistency");
    assert_eq!(
        with("consistency", "?".into()),
        (Verdict::Malformed, "consistency-form", None)
    );
    let short = consistency.split_inclusive('\n').skip(1).collect();
    assert_eq!(
        with("consistency", short),
        (Verdict::Tampered, "consistency-wrong", None)
    );
    // A first export has nothing to be consistent with.
    let first = &exports()[0];
    let report = check(&forged(first, "consistency", |_| consistency.into_bytes()));
    assert_eq!(outcome(&report), (Verdict::Malformed, "consistency-form", None));
    let report = check(&forged(first, "carry.jsonl", |_| {
        file(bundle, "carry.jsonl").into_bytes()
    }));
    assert_eq!(report.verdict(), Verdict::Tampered);
}

#[test]
fn carried_leaves_are_proven() {
    let exports = exports();
    let edited =
        |edit: fn(&mut Vec<String>)| outcome(&check(&forged(&exports[1], "carry.jsonl", lines(edit))));
    let at = |index| (Verdict::Tampered, "carry-wrong", Some(index));
    assert_eq!(
        edited(|lines| lines[0] = lines[0].replace("\"active\"", "\"asleep\"")),
        at(3)
    );
    assert_eq!(
        edited(|lines| lines[1] = lines[1].replace("\"index\":4", "\"index\":5")).0,
        Verdict::Tampered
    );
    assert_eq!(
        edited(|lines| {
            let from = lines[1].find("[\"").unwrap() + 2;
            lines[1].replace_range(from..from + 44, "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=");
        }),
        at(4),
    );
    let malformed = (Verdict::Malformed, "carry-form", None);
    assert_eq!(edited(|lines| lines.swap(0, 1)), malformed);
    assert_eq!(edited(|lines| lines.insert(1, lines[0].clone())), malformed);
    assert_eq!(
        edited(|lines| lines[0] = lines[0].replace('\n', "\r\n")),
        malformed
    );
    assert_eq!(
        edited(|lines| lines[0] = lines[0].replace("open", "shut")),
        malformed
    );
    assert_eq!(
        edited(|lines| lines[0] = "x".repeat(10_000_000) + "\n"),
        malformed
    );
    assert_eq!(
        edited(|lines| drop(lines.pop())),
        (Verdict::Tampered, "carry-incomplete", Some(10))
    );
    assert_eq!(
        edited(Vec::clear),
        (Verdict::Tampered, "carry-incomplete", Some(10))
    );
}

/// An export that leaves the withdrawal out of what it carries along looks good by itself; the export before tells.
#[test]
fn what_is_left_out_of_carry_is_found_against_the_earlier_export() {
    let mut story = Story::chain();
    // Withdrawn in the second period, read in the third.
    story.entries[15].event = "consent.withdrawn".into();
    (story.entries[15].org, story.entries[15].sub) = (None, tag('c', 1));
    (story.entries[14].event, story.entries[14].rel) = ("match.viewed".into(), vec![]);
    story.entries[20].event = "consent.opened".into();
    let second = story.period(PERIODS[1].clone(), 2);
    assert_eq!(outcome(&check(&second)), GOOD);
    let honest = story.period(PERIODS[2].clone(), 3);
    assert_eq!(
        outcome(&check(&honest)),
        (Verdict::RulesBroken, "content-after-withdrawal", Some(18))
    );
    story.export = tag('x', 3);
    let note = checkpoint(&story.leaves());
    let openings: Vec<Opening> = [20, 22].map(|index| story.opening(index)).into();
    let sly = story.period_with(PERIODS[2].clone(), &note, &openings, |carried| {
        (carried.index != 15).then_some(carried)
    });
    assert_eq!(outcome(&check(&sly)), GOOD, "alone it cannot be told");
    assert_eq!(
        outcome(&check_after(&sly, &second)),
        (Verdict::Tampered, "carry-incomplete", Some(15))
    );
    // Called carried for another reason, it would not be replayed.
    let sly = story.period_with(PERIODS[2].clone(), &note, &openings, |carried| {
        let why = if carried.index == 15 {
            Why::Erased
        } else {
            carried.why
        };
        Some(Carried { why, ..carried })
    });
    assert_eq!(outcome(&check(&sly)), GOOD, "alone it cannot be told");
    assert_eq!(
        outcome(&check_after(&sly, &second)),
        (Verdict::Tampered, "carry-incomplete", Some(15))
    );
    // Nor does it help to begin before the earlier export ends, or before it begins.
    let from_17 = [17, 20, 22].map(|index| story.opening(index));
    let sly = story.period_with(17..PERIODS[2].end, &note, &from_17, |carried| {
        (carried.index != 15).then_some(carried)
    });
    assert_eq!(outcome(&check(&sly)), GOOD, "alone it cannot be told");
    assert_eq!(
        outcome(&check_after(&sly, &second)),
        (Verdict::Tampered, "carry-incomplete", Some(15))
    );
    let early = story.period_with(17..PERIODS[2].end, &note, &from_17, Some);
    assert_eq!(
        outcome(&check_after(&early, &second)),
        (Verdict::RulesBroken, "content-after-withdrawal", Some(18))
    );
    let (before, after) = (Story::chain().period(9..PERIODS[1].end, 2), exports());
    assert_eq!(
        outcome(&check_after(&before, &after[1])),
        (Verdict::Malformed, "earlier-begins-later", None)
    );
    // The earlier export must be the one it says it is.
    let emptied = forged(&second, "entries.jsonl", lines(|lines| drop(lines.remove(3))));
    assert_eq!(
        check_after(&honest, &emptied).verdict(),
        Verdict::RulesBroken,
        "it lies before, and says nothing"
    );
    let altered = forged(&second, "entries.jsonl", lines(|lines| lines.swap(2, 3)));
    assert_eq!(
        outcome(&check_after(&honest, &altered)),
        (Verdict::Tampered, "earlier-export-wrong", None)
    );
}

#[test]
fn lifecycles_are_judged_across_periods() {
    let broken = |edit: fn(&mut Story)| {
        let mut story = Story::chain();
        edit(&mut story);
        let report = check(&story.period(PERIODS[2].clone(), 3));
        report
            .findings()
            .iter()
            .map(|f| (f.check(), f.index().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(broken(|_| ()), []);
    assert_eq!(
        broken(|s| s.entries[12].event = "consent.opened".into()),
        [("content-before-consent", 18)]
    );
    assert_eq!(
        broken(|s| s.entries[18].org = Some(organisation('d'))),
        [("content-stranger", 18)]
    );
    assert_eq!(
        broken(|s| s.entries[18].sub = tag('d', 9)),
        [("content-order", 18)]
    );
    assert_eq!(
        broken(|s| s.entries[18].time = s.entries[17].time - 6.seconds()),
        [("time-backwards", 18)]
    );
    // What was wrong before the period was judged then, but for a party that still has not been told.
    assert_eq!(
        broken(|s| {
            s.entries[15].event = "match.viewed".into();
            s.entries[15].sub = tag('m', 1);
        }),
        [("notice-missing", 14)]
    );
}

#[test]
fn an_erasure_names_a_leaf_that_is_here() {
    let mut story = Story::chain();
    // An opening of the first leaf, whose lifecycle is none: carried because it is erased.
    story.entries[16].sub = format!("e_{}", "01".repeat(16));
    let (first, second) = (
        story.period(PERIODS[0].clone(), 1),
        story.period(PERIODS[1].clone(), 2),
    );
    assert!(file(&second, "carry.jsonl").starts_with("{\"index\":0,\"why\":\"erased\""));
    assert_eq!(outcome(&check(&first)), GOOD);
    assert_eq!(outcome(&check_after(&second, &first)), GOOD);
    let without = forged(&second, "carry.jsonl", lines(|lines| drop(lines.remove(0))));
    assert_eq!(
        outcome(&check(&without)),
        (Verdict::RulesBroken, "erasure-unknown", Some(16))
    );
    let erasures =
        |edit: fn(&mut Vec<String>)| outcome(&check(&forged(&second, "erasures.jsonl", lines(edit))));
    let differ = (Verdict::Tampered, "erasures-differ", Some(16));
    assert_eq!(
        erasures(|lines| lines[0] = lines[0].replace("\"0101", "\"0201")),
        differ
    );
    assert_eq!(
        erasures(|lines| {
            let from = lines[0].find("[\"").unwrap() + 2;
            lines[0].replace_range(from..from + 4, "AAAA");
        }),
        differ
    );
}

#[test]
fn witnesses_are_asked_for_by_the_policy() {
    let witness = |seed: u8| WitnessSigner::from_seed(&format!("w{seed}.example"), &[seed; 32]).unwrap();
    let (log, noon) = (signer(), "2027-03-01T12:00:00Z".parse().unwrap());
    let keys: Vec<_> = [1, 2, 3].map(witness).into();
    let keys: Vec<_> = keys.iter().map(WitnessSigner::verifier).collect();
    let policy = Policy::parse(Policy::text_with(&[log.verifier()], &keys, 2).as_bytes()).unwrap();
    let bundle = Story::whole().bundle();
    let note = file(&bundle, "checkpoint");
    let with = |lines: &[String]| {
        let note = attach(&note, lines).unwrap();
        let bundle = forged(&bundle, "checkpoint", |_| note.into_bytes());
        verify(&mut Cursor::new(bundle), &policy, None).unwrap()
    };
    let line = |seed: u8| witness(seed).cosign(&note, noon).unwrap();
    assert_eq!(
        outcome(&with(&[])),
        (Verdict::Untrusted, "checkpoint-untrusted", None)
    );
    assert_eq!(outcome(&with(&[line(1)])).0, Verdict::Untrusted);
    let report = with(&[line(1), line(3)]);
    assert_eq!(outcome(&report), GOOD);
    assert_eq!(report.to_json()["witnesses"], 2);
    let stale = witness(2).cosign(&signer().sign(3, [0; 32]), noon).unwrap();
    assert_eq!(outcome(&with(&[line(1), line(3), stale])).0, Verdict::Untrusted);
}

/// The report on the second export, with these receipts and perhaps the export before.
fn with_receipts(receipts: &[(&str, String)], earlier: bool) -> Report {
    let (exports, policy) = (exports(), policy());
    let mut before = Cursor::new(&exports[0]);
    let receipts = receipts
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.clone()))
        .collect();
    let mut verification = Verification::new(&policy).receipts(receipts);
    if earlier {
        verification = verification.earlier_export(&mut before);
    }
    verification.run(&mut Cursor::new(&exports[1])).unwrap()
}

/// A receipt for the leaf at `index`, perhaps altered, promised within so many seconds.
fn receipt(index: usize, altered: bool, within: i64) -> String {
    let story = Story::chain();
    let mut entry = audit_log::entry::Entry::parse(&story.leaves()[index]).unwrap();
    if altered {
        entry.id = [0xee; 16];
    }
    let by = entry.time + within.seconds();
    Receipt::sign(&signer(), &entry.to_leaf().unwrap(), by)
        .unwrap()
        .to_text()
}

#[test]
fn receipts_are_kept_or_the_log_is_convicted() {
    let good = with_receipts(
        &[("a", receipt(12, false, 2)), ("b", receipt(4, false, 2))],
        false,
    );
    assert_eq!(outcome(&good), GOOD, "one of this period, one carried along");
    assert_eq!(good.to_json()["receipts"]["found"], 2);
    // Left out of the log.
    let missing = with_receipts(&[("a", receipt(16, true, 0))], false);
    assert_eq!(
        outcome(&missing),
        (Verdict::ReceiptMissing, "receipt-missing", None)
    );
    assert!(missing.to_text(Language::English).contains("(a)"));
    // Not due yet when the checkpoint was signed, and due long before.
    let pending = with_receipts(&[("a", receipt(16, true, 60)), ("b", receipt(2, true, 2))], false);
    assert_eq!(outcome(&pending), GOOD);
    assert_eq!(pending.to_json()["receipts"]["pending"], 1);
    assert_eq!(pending.to_json()["receipts"]["earlier"], 1);
    // On the seam: only with the export before can it be told.
    let seam = [("a", receipt(9, false, 6))];
    assert_eq!(
        outcome(&with_receipts(&seam, false)),
        (Verdict::ReceiptMissing, "receipt-undecided", None)
    );
    assert_eq!(outcome(&with_receipts(&seam, true)), GOOD);
    let gone = [("a", receipt(9, true, 6))];
    assert_eq!(with_receipts(&gone, true).verdict(), Verdict::ReceiptMissing);
}

#[test]
fn receipts_under_one_signature_are_as_good_and_no_byte_of_one_can_change() {
    let leaves = Story::chain().leaves();
    let promised = [&leaves[12], &leaves[4]];
    let by = Entry::parse(promised[0]).unwrap().time;
    let hashes = promised.map(|leaf| leaf_hash(leaf));
    let places = lay_out(&hashes, |bytes| bytes.fill(9));
    let texts: Vec<String> = promised
        .iter()
        .zip(&places)
        .map(|(leaf, place)| {
            let receipt = Receipt::sign_own(&signer(), leaf, Some(place), by).unwrap();
            receipt.to_text()
        })
        .collect();
    let both = with_receipts(&[("a", texts[0].clone()), ("b", texts[1].clone())], false);
    assert_eq!(outcome(&both), GOOD);
    assert_eq!(both.to_json()["receipts"]["found"], 2);

    let bytes = URL_SAFE_NO_PAD.decode(&texts[0]).unwrap();
    for at in (0..bytes.len()).step_by(3) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        let damaged = with_receipts(&[("a", URL_SAFE_NO_PAD.encode(damaged))], false);
        let (verdict, check, _) = outcome(&damaged);
        assert!(
            matches!(verdict, Verdict::Malformed | Verdict::Untrusted),
            "byte {at}: {check}"
        );
    }
}

#[test]
fn receipts_must_be_receipts_of_this_log() {
    assert_eq!(
        outcome(&with_receipts(&[("a", "AQ".into())], false)),
        (Verdict::Malformed, "receipt-form", None)
    );
    let stranger = LogSigner::from_seed(ORIGIN, &[1; 32]).unwrap();
    let leaf = &Story::chain().leaves()[12];
    let foreign = Receipt::sign(&stranger, leaf, Timestamp::UNIX_EPOCH)
        .unwrap()
        .to_text();
    assert_eq!(
        outcome(&with_receipts(&[("a", foreign)], false)),
        (Verdict::Untrusted, "receipt-untrusted", None)
    );
}

#[test]
fn the_reports_say_what_the_log_says() {
    let exports = exports();
    let second = file(&exports[1], "reports.csv");
    let day = "2027-03-01T09:00";
    assert_eq!(
        second,
        format!(
            "report,index,time,record,organisation,value\r\n\
             matches-without-contact,5,{day}:11Z,{},,joined {day}:14Z\r\n\
             letter-consents,12,{day}:12Z,{},{},0\r\n",
            tag('m', 1),
            tag('c', 1),
            organisation('a')
        )
    );
    let third = file(&exports[2], "reports.csv");
    assert_eq!(
        third,
        format!(
            "report,index,time,record,organisation,value\r\n\
             views,18,{day}:18.000000Z,{m},{b},content.read\r\n\
             views,21,{day}:21.000000Z,{m},{a},match.viewed\r\n",
            m = tag('m', 1),
            a = organisation('a'),
            b = organisation('b')
        )
    );
    let json: serde_json::Value = serde_json::from_str(&file(&exports[2], "reports.json")).unwrap();
    assert_eq!(json["after"], format!("{day}:17Z"));
    assert_eq!(json["reports"][2]["count"], 0);
    assert_eq!(check(&exports[2]).to_json()["reports"]["views"], 2);
    assert!(file(&exports[0], "reports.txt").starts_with("RAPPORTEN\nPeriode: het begin van het log"));
    for (name, from, to) in [
        ("reports.json", "\"count\": 0", "\"count\": 1"),
        ("reports.csv", "views,18", "views,19"),
        ("reports.csv", "match.viewed\r\n", "match.viewed\r\nx"),
        ("reports.txt", "REPORTS", "REPORT"),
    ] {
        assert!(file(&exports[2], name).contains(from));
        let altered = forged(&exports[2], name, |text| {
            String::from_utf8(text)
                .unwrap()
                .replacen(from, to, 1)
                .into_bytes()
        });
        assert_eq!(
            outcome(&check(&altered)),
            (Verdict::Tampered, "reports-differ", None),
            "{name}"
        );
    }
}

#[test]
fn offences_stand_in_the_reports_too() {
    let mut story = Story::chain();
    story.entries[12].event = "consent.opened".into();
    story.entries[10].until = Some(story.entries[10].time + 1.hour());
    silence(&mut story.entries[11]);
    for entry in &mut story.entries[18..] {
        entry.time += (24 * 20).hours();
    }
    let third = story.period(PERIODS[2].clone(), 3);
    let report = check(&third);
    assert_eq!(
        outcome(&report),
        (Verdict::RulesBroken, "content-before-consent", Some(18))
    );
    let counts = &report.to_json()["reports"];
    assert_eq!(counts["exchanges-without-consent"], 1);
    assert_eq!(counts["signals-past-retention"], 1);
    let csv = file(&third, "reports.csv");
    assert!(
        csv.contains("exchanges-without-consent,18,,,,content-before-consent\r\n"),
        "{csv}"
    );
    assert!(
        csv.contains("signals-past-retention,10,2027-03-01T10:00Z")
            || csv.contains("signals-past-retention,10,2027-03-01T10:00:00Z"),
        "{csv}"
    );
}

/// Turns a leaf into something of no consequence.
fn silence(entry: &mut Entry) {
    entry.event = "signal.viewed".into();
    entry.sub = tag('s', 1);
    (entry.rel, entry.from, entry.to, entry.due, entry.until) = (vec![], None, None, None, None);
}

/// The rows about telling the family that one export of this log has: leaf, time, value.
fn undisclosed(story: &Story) -> Vec<String> {
    let report = check(&story.bundle());
    assert_eq!(outcome(&report), GOOD, "{}", report.to_text(Language::English));
    let csv = file(&story.bundle(), "reports.csv");
    let rows = csv
        .lines()
        .filter_map(|row| row.strip_prefix("signals-without-disclosure,"));
    rows.map(|row| row.replace(&format!(",{},{}", tag('s', 1), organisation('c')), ""))
        .collect()
}

#[test]
fn telling_the_family_late_or_later_stands_in_the_report() {
    // Fourteen days after 1 March is the 15th.
    let due = "2027-03-15T09:00:00Z";
    assert_eq!(
        undisclosed(&told(&[("disclosure.recorded", None, 14)])),
        [format!("0,{due},recorded {due}")]
    );
    assert!(
        undisclosed(&told(&[
            ("disclosure.recorded", None, 13),
            ("signal.viewed", None, 40)
        ]))
        .is_empty()
    );
    assert_eq!(
        undisclosed(&told(&[("signal.paused", None, 14), ("signal.viewed", None, 20)])),
        [format!("0,{due},none")]
    );
    // Reminding is not telling.
    assert_eq!(
        undisclosed(&told(&[
            ("disclosure.reminded", None, 10),
            ("signal.viewed", None, 20)
        ])),
        [format!("0,{due},none")]
    );
    // One that counts no longer nobody waits for.
    assert!(undisclosed(&told(&[("signal.ended", None, 10), ("signal.viewed", None, 40)])).is_empty());
    // Postponed in time, until day 30, and told on day 29.
    let postponed = [
        ("disclosure.postponement_proposed", None, 1),
        ("disclosure.postponed", Some("30"), 2),
        ("disclosure.recorded", None, 29),
        ("signal.viewed", None, 50),
    ];
    assert_eq!(
        undisclosed(&told(&postponed)),
        ["2,2027-03-03T09:00:00Z,until 2027-03-31T09:00:00Z"]
    );
    // Postponed when time was over, and not told by its day.
    let late = [
        ("signal.paused", None, 14),
        ("disclosure.postponement_proposed", None, 15),
        ("disclosure.postponed", Some("30"), 16),
        ("signal.resumed", None, 16),
        ("signal.paused", None, 30),
        ("signal.viewed", None, 50),
    ];
    assert_eq!(
        undisclosed(&told(&late)),
        [
            format!("0,{due},postponed 2027-03-17T09:00:00Z"),
            "3,2027-03-17T09:00:00Z,until 2027-03-31T09:00:00Z".to_owned(),
            "3,2027-03-31T09:00:00Z,none".to_owned(),
        ]
    );
}

/// A deadline that was moved or met before the period is not late in it.
#[test]
fn what_was_said_about_telling_goes_along_into_the_next_period() {
    let mut story = told(&[("disclosure.recorded", None, 3)]);
    let exported = story.add("audit.exported", None, tag('x', 2), &[]);
    exported.time = START.parse::<Timestamp>().unwrap() + (40 * 24).hours();
    story.openings.insert(3, ALL.into());
    let (first, second) = (story.period(0..3, 1), story.period(3..4, 2));
    assert_eq!(outcome(&check(&first)), GOOD);
    assert_eq!(outcome(&check_after(&second, &first)), GOOD);
    assert!(!file(&second, "reports.csv").contains("signals-without-disclosure"));
    let unsaid = story.period_with(
        3..4,
        &checkpoint(&story.leaves()),
        &[story.opening(3)],
        |carried| (carried.index != 1).then_some(carried),
    );
    assert!(outcome(&check_after(&unsaid, &first)).0 != Verdict::Good);
}

#[test]
fn the_writer_refuses_a_period_that_does_not_fit() {
    let (story, log) = (Story::chain(), signer());
    let leaves = story.leaves();
    let frontier = |size: usize| {
        let mut frontier = Frontier::new();
        leaves[..size]
            .iter()
            .for_each(|leaf| frontier.push(leaf_hash(leaf)));
        frontier
    };
    let since = |note: &str, tree: usize, checkpoint: &str| {
        let previous = Previous {
            checkpoint: note,
            frontier: frontier(tree),
        };
        let out = Cursor::new(vec![]);
        Writer::since(
            out,
            log.verifier(),
            checkpoint,
            previous,
            &tag('x', 2),
            Scope::all(),
        )
    };
    let note = |size: usize| checkpoint(&leaves[..size]);
    for (before, tree, now) in [(11, 10, 18), (0, 0, 18), (18, 18, 11)] {
        let refused = since(&note(before), tree, &note(now));
        assert!(
            matches!(refused, Err(BundleError::Previous)),
            "{before} {tree} {now}"
        );
    }
    assert!(matches!(since("x", 11, &note(18)), Err(BundleError::Previous)));
    let mut writer = since(&note(11), 11, &note(18)).unwrap();
    leaves[11..18].iter().for_each(|leaf| writer.leaf(leaf).unwrap());
    let last = Carried {
        index: 10,
        why: Why::Last,
    };
    assert!(matches!(
        writer.carry(last, &leaves[10], &[]),
        Err(BundleError::Carry { index: 10 })
    ));
    assert!(matches!(writer.leaf(&leaves[11]), Err(BundleError::Order)));
    assert!(
        matches!(writer.opening(&story.opening(4)), Err(BundleError::Order)),
        "not of this period"
    );
    let mut writer = since(&note(11), 11, &note(18)).unwrap();
    leaves[11..18].iter().for_each(|leaf| writer.leaf(leaf).unwrap());
    assert!(matches!(writer.finish(), Err(BundleError::Carry { index: 10 })));
}
