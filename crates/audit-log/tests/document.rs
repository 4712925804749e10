//! docs/AUDIT-LOG.md states examples and lists; here they are held against the code.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

mod common;

use audit_log::bundle::FILES;
use audit_log::entry::{Entry, MAX_LEAF_BYTES, MAX_RELATED};
use audit_log::policy::Policy;
use audit_log::tree::leaf_hash;
use audit_log::verify::KNOWN_EVENTS;
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
}

/// Exports are kept for years; the files that are compared whole must not change under them within one format.
#[test]
fn the_fixed_files_of_format_1_stay_as_they_are() {
    let files = unpack(&Story::whole().bundle());
    let readme = Sha256::digest(&files[15].1);
    assert_eq!(
        hex(&readme),
        "a853ae20eb04cd315ce55c7feb9e62333671800140bb0519a5f810fc46929e6d"
    );
}

#[test]
fn the_lists_are_complete() {
    FILES.iter().for_each(|file| stated(&format!("`{file}`")));
    KNOWN_EVENTS
        .iter()
        .for_each(|event| stated(&format!("`{event}`")));
    stated(&format!("at most {MAX_LEAF_BYTES} bytes"));
    stated(&format!("at most {MAX_RELATED} "));
}
