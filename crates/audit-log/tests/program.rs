//! `verify-audit-log` as a supervisor runs it: arguments, exit codes, output.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use audit_log::checkpoint::LogSigner;
use audit_log::entry::Entry;
use audit_log::policy::Policy;
use audit_log::receipt::Receipt;
use common::*;

/// A directory for one test, empty at the start.
struct Desk(PathBuf);

impl Desk {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        let desk = Self(path);
        desk.put("policy", Policy::text_for(signer().verifier()));
        desk.put("export.tar", Story::whole().bundle());
        desk
    }

    fn put(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), contents).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_verify-audit-log"));
        let Output {
            status,
            stdout,
            stderr,
        } = command.args(arguments).current_dir(&self.0).output().unwrap();
        (
            status.code().unwrap(),
            String::from_utf8(stdout).unwrap(),
            String::from_utf8(stderr).unwrap(),
        )
    }
}

#[test]
fn each_exit_code() {
    let desk = Desk::new("exit-codes");
    let story = Story::whole();
    let code = |arguments: &[&str]| desk.run(arguments).0;
    assert_eq!(code(&["export.tar", "--policy", "policy"]), 0);

    desk.put(
        "1.tar",
        forged(&story.bundle(), "entries.jsonl", lines(|lines| lines.swap(7, 8))),
    );
    assert_eq!(code(&["1.tar", "--policy", "policy"]), 1);
    desk.put("2.tar", &story.bundle()[..5000]);
    assert_eq!(code(&["2.tar", "--policy", "policy"]), 2);
    let stranger = LogSigner::from_seed(ORIGIN, &[1; 32]).unwrap();
    desk.put("other-policy", Policy::text_for(stranger.verifier()));
    assert_eq!(code(&["export.tar", "--policy", "other-policy"]), 3);
    let mut rewritten = story.clone();
    rewritten.entries[10].from = Some("rewritten".into());
    desk.put("4.tar", rewritten.bundle());
    assert_eq!(
        code(&["4.tar", "--policy", "policy"]),
        0,
        "a rewriting shows only against something kept"
    );
    desk.put("kept", checkpoint(&story.leaves()[..12]));
    assert_eq!(code(&["4.tar", "--policy", "policy", "--prev", "kept"]), 4);
    assert_eq!(code(&["4.tar", "--policy", "policy", "--prev", "export.tar"]), 4);
    assert_eq!(code(&["export.tar", "--policy", "policy", "--prev", "kept"]), 0);
    let mut promised = Entry::parse(&story.leaves()[3]).unwrap();
    promised.id = [0xee; 16];
    let receipt = Receipt::sign(&signer(), &promised.to_leaf().unwrap(), promised.time).unwrap();
    fs::create_dir_all(desk.0.join("receipts")).unwrap();
    desk.put("receipts/of-nothing", receipt.to_text());
    desk.put("receipts/.passed-over", "no receipt");
    let with_receipts = ["export.tar", "--policy", "policy", "--receipts", "receipts"];
    assert_eq!(code(&with_receipts), 6);
    desk.put("receipts/of-nothing", "no receipt");
    assert_eq!(code(&with_receipts), 2);
    fs::remove_file(desk.0.join("receipts/of-nothing")).unwrap();
    assert_eq!(code(&with_receipts), 0);
    let mut unlawful = story;
    unlawful.entries[at::GIVEN].event = "consent.opened".into();
    desk.put("5.tar", unlawful.bundle());
    assert_eq!(code(&["5.tar", "--policy", "policy"]), 5);
}

#[test]
fn reports_for_people_and_programs() {
    let desk = Desk::new("reports");
    let (_, text, _) = desk.run(&["export.tar", "--policy", "policy"]);
    assert!(text.starts_with("In order"), "{text}");
    let (_, text, _) = desk.run(&["--lang", "nl", "--policy", "policy", "export.tar"]);
    assert!(text.starts_with("In orde:"), "{text}");
    let (_, json, _) = desk.run(&["export.tar", "--policy", "policy", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["verdict"], &json["exitCode"], &json["size"]),
        (&"ok".into(), &0.into(), &22.into())
    );

    desk.put(
        "bad.tar",
        forged(
            &Story::whole().bundle(),
            "entries.jsonl",
            lines(|lines| lines.swap(7, 8)),
        ),
    );
    let (code, json, _) = desk.run(&["bad.tar", "--policy", "policy", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (code, &json["firstBadIndex"], &json["findings"][0]["check"]),
        (1, &7.into(), &"root".into())
    );
    let (_, text, _) = desk.run(&["bad.tar", "--policy", "policy", "--lang", "nl"]);
    assert!(
        text.starts_with("GEWIJZIGD") && text.contains("regel 7"),
        "{text}"
    );
}

/// On a computer without a network: where the system gives a process a network of its own, with nothing in it. Where it does
/// not, the same is run with what there is, and that the program cannot reach a network is what `graph.rs` shows.
#[test]
fn no_network_is_needed() {
    let desk = Desk::new("no-network");
    let verify = [
        env!("CARGO_BIN_EXE_verify-audit-log"),
        "export.tar",
        "--policy",
        "policy",
    ];
    let run = |before: &[&str]| {
        let words: Vec<&str> = before.iter().chain(&verify).copied().collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(&desk.0).output().unwrap()
    };
    let with = run(&[]);
    assert_eq!(with.status.code(), Some(0));

    let alone = ["unshare", "--user", "--map-root-user", "--net"];
    let devices = Command::new(alone[0])
        .args(&alone[1..])
        .args(["cat", "/proc/net/dev"])
        .output();
    let Ok(devices) = devices.map(|output| String::from_utf8(output.stdout).unwrap()) else {
        return;
    };
    if !devices.contains("lo:") {
        return;
    }
    // Two lines of headings, and a loopback that is down.
    assert_eq!(devices.lines().count(), 3, "{devices}");
    let without = run(&alone);
    assert_eq!(without.status.code(), Some(0));
    assert_eq!(without.stdout, with.stdout);
}

#[test]
fn wrong_use_is_explained() {
    let desk = Desk::new("wrong-use");
    for arguments in [
        &[][..],
        &["export.tar"],
        &["--policy", "policy"],
        &["export.tar", "--policy"],
        &["export.tar", "--policy", "policy", "--policy", "policy"],
        &["export.tar", "export.tar", "--policy", "policy"],
        &["export.tar", "--policy", "policy", "--lang", "fr"],
        &["export.tar", "--policy", "policy", "--receipts", "absent"],
        &["export.tar", "--policy", "policy", "--receipts"],
        &["absent.tar", "--policy", "policy"],
        &["export.tar", "--policy", "absent"],
        &["export.tar", "--policy", "export.tar"],
        &["export.tar", "--policy", "policy", "--prev", "absent"],
        &["export.tar", "--policy", "policy", "--prev", "policy"],
        &[".", "--policy", "policy"],
    ] {
        let (code, stdout, stderr) = desk.run(arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(stdout.is_empty() != stderr.is_empty(), "{arguments:?}");
    }
    assert_eq!(desk.run(&["--help"]).0, 0);
    assert!(desk.run(&["--version"]).1.starts_with("verify-audit-log "));
}
