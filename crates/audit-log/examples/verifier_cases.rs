//! Writes bundles, good and broken, for every verifier there is: `verifier_cases DIRECTORY`. The file `cases.tsv` says of
//! each which arguments it is verified with, the exit code a whole verifier gives, and that of one which knows only
//! signatures and trees.
#![allow(clippy::unwrap_used, reason = "a program of the tests may fail by panicking")]
#![allow(clippy::print_stdout, reason = "a program of the tests")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use audit_log::bundle::{Opening, Scope, Selection};
use audit_log::checkpoint::LogSigner;
use audit_log::cosignature::{WitnessSigner, attach};
use audit_log::entry::Entry;
use audit_log::policy::Policy;
use audit_log::receipt::{Place, Receipt, lay_out};
use audit_log::tree::{Hash, leaf_hash};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::*;
use jiff::{Timestamp, ToSpan as _};

struct Desk {
    directory: PathBuf,
    table: String,
}

impl Desk {
    fn put(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.directory.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    /// A bundle that nobody may call good, whatever they call it.
    fn mutant(&mut self, name: &str, bundle: &[u8], arguments: &str) {
        self.put(&format!("{name}.tar"), bundle);
        writeln!(
            self.table,
            "{name}\tbad\tany\t{name}.tar --policy policy {arguments}"
        )
        .unwrap();
    }

    /// A bundle, what to verify it with, and what a whole verifier and one of trees must say.
    fn case(&mut self, name: &str, bundle: &[u8], arguments: &str, whole: u8, tree: u8) {
        self.put(&format!("{name}.tar"), bundle);
        let policy = if arguments.contains("--policy") {
            ""
        } else {
            "--policy policy"
        };
        let arguments = format!("{name}.tar {policy} {arguments}");
        let words: Vec<&str> = arguments.split_whitespace().collect();
        writeln!(self.table, "{name}\t{whole}\t{tree}\t{}", words.join(" ")).unwrap();
    }
}

fn edit(bundle: &[u8], name: &str, from: &str, to: &str) -> Vec<u8> {
    forged(bundle, name, |text| {
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(from), "{name} does not hold {from}");
        text.replacen(from, to, 1).into_bytes()
    })
}

fn main() {
    let directory = PathBuf::from(std::env::args_os().nth(1).unwrap());
    let mut desk = Desk {
        directory,
        table: String::new(),
    };
    desk.put("policy", Policy::text_for(signer().verifier()));
    whole(&mut desk);
    archives(&mut desk);
    signatures(&mut desk);
    periods(&mut desk);
    promises(&mut desk);
    mutants(&mut desk);
    desk.put("cases.tsv", &desk.table);
    println!("{} cases", desk.table.lines().count());
}

/// One export of a whole log, and what can be done to it.
fn whole(desk: &mut Desk) {
    let story = Story::whole();
    let bundle = story.bundle();
    desk.case("whole", &bundle, "", 0, 0);
    let surenesses = surenesses().bundle();
    desk.case("letters-and-what-is-surer", &surenesses, "", 0, 0);
    // Who counted consents that were logged in for would write another row.
    let one_more = forged(
        &surenesses,
        "reports.csv",
        lines(|lines| lines.push(lines[1].replace(&tag('c', 1), &tag('c', 2)))),
    );
    desk.case("letters-counted-too-many", &one_more, "", 1, 0);
    let mut told = Story::whole();
    let reader = organisation('a');
    told.add("notice.delivered", Some(&reader), tag('n', 8), &[tag('h', 1)]);
    desk.case("notice-of-an-endpoint", &told.bundle(), "", 0, 0);
    let mut told_nothing = Story::whole();
    told_nothing.add("notice.delivered", Some(&reader), tag('n', 8), &[tag('o', 1)]);
    desk.case("notice-of-nothing", &told_nothing.bundle(), "", 5, 0);
    let mut with_lines = |name: &str, file: &str, tree: u8, change: fn(&mut Vec<String>)| {
        desk.case(name, &forged(&bundle, file, lines(change)), "", 1, tree);
    };
    with_lines("entry-altered", "entries.jsonl", 1, |lines| {
        lines[6] = lines[6].replace("\"to\":\"open\"", "\"to\":\"closed\"");
    });
    with_lines("entries-swapped", "entries.jsonl", 1, |lines| lines.swap(7, 8));
    with_lines("entries-cut", "entries.jsonl", 1, |lines| drop(lines.pop()));
    with_lines("entry-added", "entries.jsonl", 1, |lines| {
        lines.push(lines[3].clone())
    });
    with_lines("csv-altered", "events.csv", 0, |lines| {
        lines[7] = lines[7].replace("open", "closed");
    });
    with_lines("opening-missing", "openings.jsonl", 0, |lines| {
        drop(lines.remove(2))
    });
    with_lines("opening-altered", "openings.jsonl", 0, |lines| {
        lines[1] = lines[1].replace("Vlinder", "Bij");
    });
    with_lines("erasures-emptied", "erasures.jsonl", 0, Vec::clear);
    with_lines("rows-of-a-report-altered", "reports.csv", 0, |lines| {
        lines[1] = lines[1].replace("org_bbb", "org_aaa");
    });
    let crlf = forged(
        &bundle,
        "entries.jsonl",
        lines(|lines| lines[5] = lines[5].replace('\n', "\r\n")),
    );
    desk.case("line-ends", &crlf, "", 2, 1);
    let respelled = edit(&bundle, "openings.jsonl", "{\"index\"", "{ \"index\"");
    desk.case("opening-respelled", &respelled, "", 2, 0);

    let mut swapped = [story.opening(1), story.opening(2)];
    swapped.reverse();
    (swapped[0].index, swapped[1].index) = (1, 2);
    let mut openings: Vec<Opening> = story.openings.keys().map(|index| story.opening(*index)).collect();
    openings.splice(1..3, swapped);
    desk.case("openings-swapped", &story.bundle_with(&openings), "", 1, 0);

    let mut narrow = story.clone();
    narrow.scope = Scope {
        events: Selection::Only(["consent.given".to_owned()].into()),
        organisations: Selection::All,
    };
    narrow.openings.insert(
        at::EXPORTED,
        r#"{"events":["consent.given"],"organisations":"all"}"#.into(),
    );
    let inside = [at::GIVEN, at::EXPORTED].map(|index| narrow.opening(index));
    desk.case("narrow-scope", &narrow.bundle_with(&inside), "", 0, 0);
    desk.case("opening-outside-scope", &narrow.bundle(), "", 1, 0);
    narrow.scope = Scope::all();
    desk.case("scope-not-signed", &narrow.bundle(), "", 1, 0);

    let mut broken = |name: &str, change: fn(&mut Story)| {
        let mut story = story.clone();
        change(&mut story);
        desk.case(name, &story.bundle(), "", 5, 0);
    };
    broken("content-before-consent", |story| {
        story.entries[at::GIVEN].event = "consent.opened".into();
    });
    broken("consent-given-twice", |story| {
        story.entries[13].event = "consent.given".into();
        story.entries[13].until = story.entries[at::GIVEN].until;
    });
    broken("match-of-one", |story| drop(story.entries[at::MATCH].rel.pop()));
    broken("party-not-told", |story| {
        story.entries[at::NOTICE_A].org = Some(organisation('b'))
    });
    broken("time-backwards", |story| {
        story.entries[17].time = story.entries[16].time - 6.seconds();
    });
    broken("event-twice", |story| story.entries[10].id = story.entries[9].id);
    broken("content-while-paused", |story| {
        becomes(story, 13, "signal.paused", 's');
        story.entries[13].from = Some("active".into());
        story.entries[13].to = Some("paused(no_disclosure)".into());
        for entry in &mut story.entries[at::SENT..] {
            entry.time += 10.seconds();
        }
    });
    broken("signal-resumed-unpaused", |story| {
        becomes(story, 9, "signal.resumed", 's');
        story.entries[9].from = Some("paused(no_disclosure)".into());
        story.entries[9].to = Some("active".into());
    });
    broken("postponed-without-proposal", |story| {
        becomes(story, 9, "disclosure.postponed", 's');
        story.entries[9].until = story.entries[at::GIVEN].until;
    });
    broken("told-twice", |story| {
        becomes(story, 9, "disclosure.recorded", 's');
        becomes(story, 10, "disclosure.recorded", 's');
    });
    broken("archived-while-active", |story| {
        becomes(story, 9, "archive.noticed", 's');
    });
    broken("match-goes-on-closed", |story| {
        becomes(story, 9, "match.closed", 'm');
        becomes(story, 10, "match.left", 'm');
    });
    broken("consent-for-a-signal-refused-unasked", |story| {
        becomes(story, 9, "consent.refused", 'c');
        story.entries[9].sub = tag('c', 9);
        story.entries[9].rel = vec![tag('s', 1)];
    });
    broken("erasure-of-nothing", |story| {
        story.entries[at::SIGNAL_A].commitment = None;
        story.entries[at::ERASED].sub = format!("e_{}", "07".repeat(16));
    });
    broken("erased-opening-present", |story| {
        story.openings.insert(at::SIGNAL_A, "{}".into());
    });
}

/// Turns a leaf into one of organisation `a` about its signal, or about the match, that says nothing more.
fn becomes(story: &mut Story, place: usize, event: &str, letter: char) {
    let entry = &mut story.entries[place];
    (entry.event, entry.org, entry.sub) = (event.into(), Some(organisation('a')), tag(letter, 1));
    (entry.rel, entry.from, entry.to, entry.due, entry.until) = (vec![], None, None, None, None);
    story.openings.remove(&place);
}

/// Archives of another shape.
fn archives(desk: &mut Desk) {
    let bundle = Story::whole().bundle();
    desk.case("archive-cut", &bundle[..5000], "", 2, 2);
    let renamed = |name: &str| {
        let mut files = unpack(&bundle);
        name.clone_into(&mut files[6].0);
        pack(&files)
    };
    desk.case("path-upwards", &renamed("../entries.jsonl"), "", 2, 2);
    let mut files = unpack(&bundle);
    files.push(("extra".into(), b"extra".to_vec()));
    desk.case("file-too-many", &pack(&files), "", 2, 2);
    // The first header says that it is a symbolic link.
    let mut link = bundle.clone();
    link[156] = b'2';
    link[148..156].fill(b' ');
    let sum: u32 = link[..512].iter().copied().map(u32::from).sum();
    link[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    desk.case("link", &link, "", 2, 2);
    // Eight gigabytes in a file of a few kilobytes.
    let mut bomb = bundle;
    bomb[124..135].copy_from_slice(b"77777777777");
    bomb[148..156].fill(b' ');
    let sum: u32 = bomb[..512].iter().copied().map(u32::from).sum();
    bomb[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    desk.case("size-bomb", &bomb, "", 2, 2);
}

/// Who signed.
fn signatures(desk: &mut Desk) {
    let bundle = Story::whole().bundle();
    let note = String::from_utf8(unpack(&bundle)[2].1.clone()).unwrap();
    let with = |note: String| forged(&bundle, "checkpoint", |_| note.into_bytes());
    let line = note.lines().last().unwrap();
    let many: String = (0..16)
        .map(|n| line.replace("log.example", &format!("w{n}")) + "\n")
        .collect();
    desk.case("seventeen-signatures", &with(note.clone() + &many), "", 2, 0);
    let garbage = "\u{2014} x AAAAAA==\n".repeat(1_000_000);
    desk.case("a-million-signatures", &with(note.clone() + &garbage), "", 2, 2);
    let stranger = LogSigner::from_seed(ORIGIN, &[1; 32]).unwrap();
    desk.case("other-key", &with(stranger.sign(22, [0; 32])), "", 3, 3);
    desk.put("other-policy", Policy::text_for(stranger.verifier()));
    desk.case("other-policy", &bundle, "--policy other-policy", 3, 3);

    let witness = |seed: u8| WitnessSigner::from_seed(&format!("w{seed}.example"), &[seed; 32]).unwrap();
    let (one, two, three) = (witness(1), witness(2), witness(3));
    let keys = [one.verifier(), two.verifier(), three.verifier()];
    desk.put(
        "quorum-policy",
        Policy::text_with(&[signer().verifier()], &keys, 2),
    );
    let noon = "2027-03-01T12:00:00Z".parse().unwrap();
    let cosigned = |witnesses: &[&WitnessSigner]| {
        let lines: Vec<String> = witnesses.iter().map(|w| w.cosign(&note, noon).unwrap()).collect();
        with(attach(&note, &lines).unwrap())
    };
    desk.case(
        "quorum",
        &cosigned(&[&one, &three]),
        "--policy quorum-policy",
        0,
        0,
    );
    desk.case(
        "quorum-not-met",
        &cosigned(&[&two]),
        "--policy quorum-policy",
        3,
        0,
    );
    let stale = two.cosign(&signer().sign(3, [0; 32]), noon).unwrap();
    let first = one.cosign(&note, noon).unwrap();
    let spoiled = with(attach(&note, &[first, stale]).unwrap());
    desk.case(
        "witness-of-something-else",
        &spoiled,
        "--policy quorum-policy",
        3,
        0,
    );
}

/// Exports that continue each other.
fn periods(desk: &mut Desk) {
    let story = Story::chain();
    let [first, second, third] = [1, 2, 3_u32].map(|n| story.period(PERIODS[n as usize - 1].clone(), n));
    desk.case("chain-1", &first, "", 0, 0);
    desk.case("chain-2", &second, "--prev chain-1.tar", 0, 0);
    desk.case("chain-3", &third, "--prev chain-2.tar", 0, 0);
    desk.case("chain-3-alone", &third, "", 0, 0);
    desk.put("kept", checkpoint(&story.leaves()[..15]));
    desk.case("chain-2-kept-checkpoint", &second, "--prev kept", 0, 0);
    desk.case("gap", &third, "--prev chain-1.tar", 4, 4);
    desk.case("rollback", &second, "--prev chain-3.tar", 4, 4);
    let mut rewritten = story.clone();
    for at in [10, 14, 15] {
        rewritten.entries[at].org = Some(organisation('b'));
    }
    let rewritten = rewritten.period(PERIODS[1].clone(), 2);
    desk.case("rewritten-alone", &rewritten, "", 0, 0);
    desk.case("rewritten", &rewritten, "--prev chain-1.tar", 4, 4);
    let file = |bundle: &[u8], name: &str| unpack(bundle).into_iter().find(|f| f.0 == name).unwrap().1;
    let seamed = forged(&rewritten, "checkpoint.prev", |_| {
        file(&second, "checkpoint.prev")
    });
    let seamed = forged(&seamed, "carry.jsonl", |_| file(&second, "carry.jsonl"));
    desk.case("rewritten-at-the-seam", &seamed, "", 4, 4);
    let mut altered = |name: &str, file: &str, change: fn(&mut Vec<String>)| {
        desk.case(name, &forged(&second, file, lines(change)), "", 1, 1);
    };
    altered("frontier-altered", "frontier", |lines| lines.reverse());
    altered("consistency-cut", "consistency", |lines| drop(lines.pop()));
    altered("carry-altered", "carry.jsonl", |lines| {
        lines[0] = lines[0].replace("active", "asleep")
    });
    altered("carry-without-last", "carry.jsonl", |lines| drop(lines.pop()));

    // A family is told late, and what was said of that goes along into the next period.
    let mut story = told(&[
        ("disclosure.reminded", None, 10),
        ("signal.paused", None, 14),
        ("disclosure.postponement_proposed", None, 15),
        ("disclosure.postponed", Some("30"), 16),
        ("signal.resumed", None, 16),
    ]);
    let c = organisation('c');
    for (event, to, day) in [
        ("signal.paused", "paused(no_disclosure)", 30),
        ("disclosure.recorded", "recorded", 31),
        ("signal.resumed", "active", 31),
        ("signal.ended", "ended(resolved)", 40),
        ("signal.archived", "archived", 41),
        ("archive.noticed", "", 42),
        ("archive.opened", "", 42),
        ("signal.destroyed", "destroyed(archive_noticed)", 72),
        ("audit.exported", "", 72),
    ] {
        let before = story
            .entries
            .iter()
            .rev()
            .find(|entry| entry.event.starts_with("signal."))
            .and_then(|entry| entry.to.clone());
        let export = event == "audit.exported";
        let sub = if export { tag('x', 2) } else { tag('s', 1) };
        let entry = story.add(event, (!export).then_some(c.as_str()), sub, &[]);
        entry.time = START.parse::<jiff::Timestamp>().unwrap() + (24 * day).hours();
        entry.to = (!to.is_empty()).then(|| to.to_owned());
        entry.from = before.filter(|_| event.starts_with("signal."));
    }
    story.openings.insert(story.entries.len() - 1, ALL.into());
    let (first, second) = (story.period(0..7, 1), story.period(7..16, 2));
    desk.case("told-late-1", &first, "", 0, 0);
    desk.case("told-late-2", &second, "--prev told-late-1.tar", 0, 0);
    story.export = tag('x', 2);
    story.entries[14].from = Some("active".into());
    let wrong = story.period(7..16, 2);
    desk.case(
        "destroyed-from-another-state",
        &wrong,
        "--prev told-late-1.tar",
        5,
        0,
    );

    courses_in_order_and_not(desk);

    let mut story = Story::chain();
    story.entries[15].event = "consent.withdrawn".into();
    (story.entries[15].org, story.entries[15].sub) = (None, tag('c', 1));
    (story.entries[14].event, story.entries[14].rel) = ("match.viewed".into(), vec![]);
    story.entries[20].event = "consent.opened".into();
    desk.case("withdrawn-2", &story.period(PERIODS[1].clone(), 2), "", 0, 0);
    let honest = story.period(PERIODS[2].clone(), 3);
    desk.case("read-after-withdrawal", &honest, "--prev withdrawn-2.tar", 5, 0);
    story.export = tag('x', 3);
    let openings = [20, 22].map(|index| story.opening(index));
    let note = checkpoint(&story.leaves());
    let sly = story.period_with(PERIODS[2].clone(), &note, &openings, |carried| {
        (carried.index != 15).then_some(carried)
    });
    desk.case("withdrawal-left-out", &sly, "--prev withdrawn-2.tar", 1, 0);
    let openings = [17, 20, 22].map(|index| story.opening(index));
    let sly = story.period_with(17..PERIODS[2].end, &note, &openings, |carried| {
        (carried.index != 15).then_some(carried)
    });
    desk.case("left-out-a-leaf-early", &sly, "--prev withdrawn-2.tar", 1, 0);
    let early = Story::chain().period(9..PERIODS[1].end, 2);
    desk.case("begins-before-earlier", &early, "--prev chain-2.tar", 2, 0);
}

/// What has a course of its own, through two exports; and a wrong order of each.
fn courses_in_order_and_not(desk: &mut Desk) {
    let story = courses();
    let [end, later] = COURSES;
    desk.case("courses-1", &story.period(0..end, 1), "", 0, 0);
    desk.case(
        "courses-2",
        &story.period(end..later, 2),
        "--prev courses-1.tar",
        0,
        0,
    );
    desk.case("courses-whole", &story.period(0..later, 2), "", 0, 0);
    for Wrong {
        name,
        change,
        exports,
        ..
    } in wrong_courses()
    {
        let mut story = courses();
        change(&mut story);
        let first = story.period(0..end, 1);
        desk.case(
            &format!("{name}-1"),
            &first,
            "",
            if exports == 1 { 5 } else { 0 },
            0,
        );
        if exports == 2 {
            let second = story.period(end..later, 2);
            desk.case(
                &format!("{name}-2"),
                &second,
                &format!("--prev {name}-1.tar"),
                5,
                0,
            );
        }
    }
}

/// Receipts, kept and not.
fn promises(desk: &mut Desk) {
    let story = Story::chain();
    let second = story.period(PERIODS[1].clone(), 2);
    let promised = |index: usize, altered: bool, within: i64| {
        let mut entry = Entry::parse(&story.leaves()[index]).unwrap();
        if altered {
            entry.id = [0xee; 16];
        }
        (entry.to_leaf().unwrap(), entry.time + within.seconds())
    };
    let receipt = |index: usize, altered: bool, within: i64| {
        let (leaf, by) = promised(index, altered, within);
        Receipt::sign(&signer(), &leaf, by).unwrap().to_text() + "\n"
    };
    desk.put("receipts/of-this-export", receipt(12, false, 2));
    desk.put("receipts/carried", receipt(4, false, 2));
    desk.put("receipts/not-due", receipt(16, true, 60));
    desk.put("receipts/long-due", receipt(2, true, 2));
    desk.put("receipts/on-the-seam", receipt(9, false, 6));
    desk.case(
        "receipts",
        &second,
        "--prev chain-1.tar --receipts receipts",
        0,
        0,
    );
    desk.case("receipt-undecided", &second, "--receipts receipts", 6, 6);
    desk.put("receipts-missing/one", receipt(16, true, 0));
    desk.case("receipt-missing", &second, "--receipts receipts-missing", 6, 6);
    desk.put("receipts-garbage/one", "AQ");
    desk.case("receipt-garbage", &second, "--receipts receipts-garbage", 2, 2);
    let stranger = LogSigner::from_seed(ORIGIN, &[1; 32]).unwrap();
    let noon = "2027-03-01T12:00:00Z".parse().unwrap();
    let foreign = Receipt::sign(&stranger, &story.leaves()[12], noon).unwrap();
    desk.put("receipts-foreign/one", foreign.to_text());
    desk.case("receipt-foreign", &second, "--receipts receipts-foreign", 3, 3);

    // Under one signature: two that are kept, and then one that is not.
    let together = |each: &[(Vec<u8>, Timestamp)]| -> Vec<String> {
        let hashes: Vec<Hash> = each.iter().map(|(leaf, _)| leaf_hash(leaf)).collect();
        let sign = |(leaf, place): (&Vec<u8>, &Place)| {
            Receipt::sign_own(&signer(), leaf, Some(place), each[0].1)
                .unwrap()
                .to_text()
        };
        let places = lay_out(&hashes, |bytes| bytes.fill(0x5a));
        each.iter().map(|(leaf, _)| leaf).zip(&places).map(sign).collect()
    };
    let kept = together(&[
        promised(12, false, 2),
        promised(4, false, 2),
        promised(16, true, 0),
    ]);
    desk.put("receipts-together/a", &kept[0]);
    desk.put("receipts-together/b", &kept[1]);
    desk.case("receipts-together", &second, "--receipts receipts-together", 0, 0);
    let lost = together(&[promised(16, true, 0), promised(12, false, 2)]);
    desk.put("receipts-one-lost/a", &lost[0]);
    desk.put("receipts-one-lost/b", &lost[1]);
    desk.case("receipts-one-lost", &second, "--receipts receipts-one-lost", 6, 6);
    for number in 0..RECEIPT_MUTANTS {
        let mut bytes = URL_SAFE_NO_PAD.decode(&kept[0]).unwrap();
        // Each field once, then the path and the leaf.
        let place = [0, 1, 5, 13, 77, 78, 79].get(number).copied();
        let place = place.unwrap_or(80 + number * 97 % (bytes.len() - 80));
        bytes[place] ^= 1 << (number % 8);
        let name = format!("receipt-mutant-{number}");
        desk.put(&format!("{name}/one"), URL_SAFE_NO_PAD.encode(bytes));
        desk.put(&format!("{name}.tar"), &second);
        let arguments = format!("{name}.tar --policy policy --receipts {name}");
        writeln!(desk.table, "{name}\tbad\tbad\t{arguments}").unwrap();
    }
}

/// A bit flipped here and there, in the contents of files: what two whole verifiers must both find.
fn mutants(desk: &mut Desk) {
    let story = Story::chain();
    let bundle = story.period(PERIODS[1].clone(), 2);
    let files = unpack(&bundle);
    for number in 0..MUTANTS {
        let mut files = files.clone();
        // The reports to read are made anew by one verifier only.
        let at = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15][number % 14];
        let contents = &mut files[at].1;
        let place = number * 7919 % contents.len();
        contents[place] ^= 1 << (number / 14 % 7);
        desk.mutant(&format!("mutant-{number}"), &pack(&files), "--prev chain-1.tar");
    }
}

/// How many mutants there are.
const MUTANTS: usize = 140;

/// How many of a receipt.
const RECEIPT_MUTANTS: usize = 30;
