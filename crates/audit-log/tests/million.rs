//! A million entries within 10 s and 64 MiB. Run with
//! `cargo test --release -p audit-log --test million -- --ignored --nocapture`; a debug build is not what is measured.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

mod common;

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

use audit_log::bundle::{Opening, Scope, Writer};
use audit_log::commitment::commit;
use audit_log::entry::Entry;
use audit_log::policy::Policy;
use audit_log::tree::{Frontier, leaf_hash};
use common::{ALL, ORIGIN, START, organisation, policy, signer};
use jiff::{SignedDuration, Timestamp};

/// What the verifier may take, in KiB of address space: 64 MiB of memory, and 16 MiB for code that is mapped.
const LIMIT_KIB: u32 = (64 + 16) * 1024;
const ENTRIES: u64 = 1_000_000;

/// Entry `index` of a log of pairs: two signals, a match, two notices, a request, consent given, a message sent, read,
/// and the match viewed; `pairs` of ten leaves, or signals only as in a region's first load.
fn entry(index: u64, signals_only: bool) -> (Entry, Option<String>) {
    let (story, step) = (index / 10, if signals_only { index % 2 } else { index % 10 });
    let spread = |letter: char, number: u64| {
        format!(
            "{letter}_{:032x}",
            u128::from(number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
        )
    };
    let (a, b) = (Some(organisation('a')), Some(organisation('b')));
    let (m, c, d) = (spread('m', story), spread('c', story), spread('d', story));
    let signal = |n| spread('s', if signals_only { index } else { story * 2 + n });
    let (event, org, sub, rel, opened) = match step {
        _ if index == ENTRIES - 1 => ("audit.exported", None, common::tag('x', 1), vec![], true),
        0 => ("signal.submitted", a, signal(0), vec![], true),
        1 => ("signal.submitted", b, signal(1), vec![], true),
        2 => ("match.opened", None, m, vec![signal(0), signal(1)], false),
        3 => ("notice.delivered", a, spread('n', story * 2), vec![m], false),
        4 => ("notice.delivered", b, spread('n', story * 2 + 1), vec![m], false),
        5 => ("consent.requested", a, c, vec![m], true),
        6 => ("consent.given", None, c, vec![m], true),
        7 => ("content.sent", a, d, vec![m, c], false),
        8 => ("content.read", b, d, vec![m, c], false),
        _ => ("match.viewed", b, m, vec![], false),
    };
    let start: Timestamp = START.parse().unwrap();
    let time = start + SignedDuration::from_millis(i64::try_from(index).unwrap());
    let data = opened.then(|| {
        if index == ENTRIES - 1 {
            ALL.to_owned()
        } else {
            format!(r#"{{"number":{index}}}"#)
        }
    });
    let until = (event == "consent.given").then(|| start + SignedDuration::from_hours(24 * 365));
    let id = u128::from(index + 1)
        .wrapping_mul(0xd134_2543_de82_ef95_9e37_79b9_7f4a_7c15)
        .to_be_bytes();
    let commitment = data.as_ref().map(|data| commit(&[7; 32], data.as_bytes()));
    let (event, from, to, due) = (event.to_owned(), None, None, None);
    (
        Entry {
            id,
            time,
            event,
            org,
            sub,
            rel,
            from,
            to,
            due,
            until,
            commitment,
        },
        data,
    )
}

fn write(path: &PathBuf, signals_only: bool) {
    let mut frontier = Frontier::new();
    let leaves = || (0..ENTRIES).map(|index| entry(index, signals_only));
    leaves().for_each(|(entry, _)| frontier.push(leaf_hash(&entry.to_leaf().unwrap())));
    let note = signer().sign(frontier.size(), frontier.root());
    let out = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)
        .unwrap();
    let mut writer = Writer::new(
        out,
        signer().verifier(),
        &note,
        &common::tag('x', 1),
        Scope::all(),
    )
    .unwrap();
    leaves().for_each(|(entry, _)| writer.leaf(&entry.to_leaf().unwrap()).unwrap());
    for (index, (entry, data)) in (0..).zip(leaves()) {
        if let Some(data) = data {
            writer
                .opening(&Opening {
                    index,
                    id: entry.id,
                    salt: [7; 32],
                    data,
                })
                .unwrap();
        }
    }
    writer.finish().unwrap();
}

#[test]
#[ignore = "takes a minute and is about a release build"]
fn a_million_entries_within_64_mib() {
    let desk = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let policy_file = desk.join("million.policy");
    std::fs::write(&policy_file, Policy::text_for(&policy().logs()[0])).unwrap();
    for (name, signals_only) in [("pairs", false), ("signals", true)] {
        let bundle = desk.join(format!("million-{name}.tar"));
        write(&bundle, signals_only);
        let program = env!("CARGO_BIN_EXE_verify-audit-log");
        let limited = format!("ulimit -v {LIMIT_KIB}; time \"$0\" \"$@\"");
        let mut command = Command::new("bash");
        let output = command
            .args(["-c", &limited, program])
            .arg(&bundle)
            .arg("--policy")
            .arg(&policy_file)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        println!("{name}: {text}{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{name}");
        assert!(text.contains(ORIGIN));
        std::fs::remove_file(&bundle).unwrap();
    }
}
