//! docs/AUDIT-LOG.md states examples and lists; here they are held against the code.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

mod common;

use audit_log::bundle::FILES;
use audit_log::entry::{Entry, MAX_LEAF_BYTES, MAX_RELATED};
use audit_log::policy::Policy;
use audit_log::receipt::{Receipt, lay_out};
use audit_log::tree::leaf_hash;
use audit_log::verify::{KNOWN_EVENTS, Language, REPORTS, Verdict};
use common::*;
use sha2::{Digest as _, Sha256};

const DOCUMENT: &str = include_str!("../../../docs/AUDIT-LOG.md");

fn stated(text: &str) {
    assert!(
        DOCUMENT.contains(text),
        "docs/AUDIT-LOG.md does not state:\n{text}"
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_examples_are_what_the_code_makes() {
    let story = Story::whole();
    let leaves = story.leaves();
    let given = String::from_utf8(leaves[at::GIVEN].clone()).unwrap();
    stated(&given);
    assert_eq!(
        Entry::parse(given.as_bytes()).unwrap().to_leaf().unwrap(),
        given.as_bytes()
    );
    stated(&hex(&leaf_hash(given.as_bytes())));
    let places = lay_out(&[leaf_hash(given.as_bytes())], |bytes| bytes.fill(7));
    for place in [None, places.first()] {
        let by = Entry::parse(given.as_bytes()).unwrap().time + jiff::SignedDuration::from_secs(60);
        let receipt = Receipt::sign_own(&signer(), given.as_bytes(), place, by).unwrap();
        stated(&receipt.to_text());
    }
    let files = unpack(&story.bundle());
    let line = |name: &str, number: usize| {
        let file = files.iter().find(|file| file.0 == name).unwrap();
        String::from_utf8(file.1.clone())
            .unwrap()
            .lines()
            .nth(number)
            .unwrap()
            .to_owned()
    };
    // The opening of the consent is the ninth.
    stated(&line("openings.jsonl", 8));
    stated(&line("erasures.jsonl", 0));
    stated(&line("events.csv", 0));
    stated(&String::from_utf8(files[0].1.clone()).unwrap());
    stated(&story.checkpoint());
    stated(&Policy::text_for(signer().verifier()));
    stated(&hex(&[42; 32]));
    let carry = unpack(&Story::chain().period(PERIODS[1].clone(), 2));
    let carry = carry.iter().find(|file| file.0 == "carry.jsonl").unwrap();
    stated(std::str::from_utf8(&carry.1).unwrap().lines().last().unwrap());
}

/// Exports are kept for years; the files that are compared whole must not change under them within one format.
#[test]
fn the_fixed_files_of_format_2_stay_as_they_are() {
    let files = unpack(&Story::whole().bundle());
    for (name, hash) in [
        (
            "columns.csv",
            "7eb84498d29d6ab992a07248a74dd6955efff5ae1794125b473a0216a2f5cccf",
        ),
        (
            "README.txt",
            "da3dc04b213369ae1992eba7184a624e4d083d3a7098872da65afe76c45f572e",
        ),
    ] {
        let file = files.iter().find(|file| file.0 == name).unwrap();
        assert_eq!(hex(&Sha256::digest(&file.1)), hash, "{name}");
        stated(hash);
    }
}

#[test]
fn the_lists_are_complete() {
    FILES.iter().for_each(|file| stated(&format!("`{file}`")));
    REPORTS
        .iter()
        .for_each(|report| stated(&format!("| `{report}` |")));
    stated(&format!("at most {MAX_LEAF_BYTES} bytes"));
    stated(&format!("at most {MAX_RELATED} "));
}

/// The paragraph with the events. `TREFPUNT_WRITE_DOCS=1` writes it.
#[test]
fn the_events_known_are_stated() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/AUDIT-LOG.md");
    let document = std::fs::read_to_string(path).unwrap();
    let mut lines = vec!["**Events known.**".to_owned()];
    for event in KNOWN_EVENTS {
        let word = format!(" `{event}`,");
        if lines.last().unwrap().len() + word.len() > 120 {
            lines.push(String::new());
        }
        lines.last_mut().unwrap().push_str(&word);
    }
    let expected = lines.join("\n").replace("\n ", "\n");
    let (before, after) = document.split_once("**Events known.**").unwrap();
    let (_, after) = after.split_once("\n\n").unwrap();
    let note = "The last ones, from `quota.changed` on, are of a keyholder's own log. Another event is counted\nand named in \
                the report, not judged.";
    let expected = format!("{before}{}.\n{note}\n\n{after}", expected.trim_end_matches(','));
    if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
        std::fs::write(path, &expected).unwrap();
    } else {
        assert!(
            document == expected,
            "docs/AUDIT-LOG.md does not state the events known"
        );
    }
}

/// The commands of docs/TOEZICHT.md, as they stand there, on exports of the story; the one in Python is run by
/// tests/verifiers.
#[test]
fn the_supervisors_manual_can_be_followed() {
    let manual = include_str!("../../../docs/TOEZICHT.md");
    let desk = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("toezicht");
    let _ = std::fs::remove_dir_all(&desk);
    std::fs::create_dir_all(desk.join("ontvangstbewijzen")).unwrap();
    let put = |name: &str, contents: &[u8]| std::fs::write(desk.join(name), contents).unwrap();
    let story = Story::chain();
    put("policy", Policy::text_for(signer().verifier()).as_bytes());
    put("export.tar", &story.period(PERIODS[0].clone(), 1));
    // What is looked up in the manual stands in the last period; its export continues the first two.
    put("export-2.tar", &story.period(PERIODS[0].end..PERIODS[2].end, 3));
    let leaf = &story.leaves()[12];
    let by = Entry::parse(leaf).unwrap().time;
    let receipt = Receipt::sign(&signer(), leaf, by).unwrap();
    put("ontvangstbewijzen/een", receipt.to_text().as_bytes());

    let program = std::path::Path::new(env!("CARGO_BIN_EXE_verify-audit-log"));
    let programs = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let commands = manual
        .split("```sh\n")
        .skip(1)
        .map(|block| block.split_once("```").unwrap().0);
    let mut said = Vec::new();
    for command in commands.filter(|command| !command.starts_with("python3")) {
        let shell = std::process::Command::new("sh")
            .args(["-ec", command])
            .env("PATH", &programs)
            .current_dir(&desk)
            .output()
            .unwrap();
        let text = String::from_utf8(shell.stdout).unwrap();
        assert!(shell.status.success(), "{command}\n{text}");
        said.push(text);
    }
    assert!(said[0].starts_with("In orde"), "{}", said[0]);
    assert!(said[1].contains("Vervolg"), "{}", said[1]);
    assert!(said[2].contains("1 nagekomen"), "{}", said[2]);
    assert!(said[3].starts_with("RAPPORTEN"), "{}", said[3]);
    assert_eq!(said[4].lines().count(), 2, "who looked at the match");
    let first = hex(&leaf_hash(&story.leaves()[0]));
    assert!(said[5].starts_with(&first), "{}", said[5]);

    // Every verdict is in its table, with its first word.
    for (verdict, code) in [
        (Verdict::Good, 0),
        (Verdict::Tampered, 1),
        (Verdict::Malformed, 2),
        (Verdict::Untrusted, 3),
        (Verdict::Forked, 4),
        (Verdict::RulesBroken, 5),
        (Verdict::ReceiptMissing, 6),
    ] {
        let sentence = verdict.sentence(Language::Dutch);
        let word = sentence.split_once(':').unwrap().0;
        assert!(manual.contains(&format!("| {code} | {word} |")), "{word}");
    }
}
