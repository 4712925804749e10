//! What a vendor does with `trefpunt conformance`, and what `bench evaluations` and `bench exchange` answer.
#![allow(clippy::unwrap_used, reason = "what a test needs and has not got ends it")]

use std::path::Path;
use std::process::{Command, Output};

use identifiers::{NetworkSecret, token};
use serde_json::Value;

/// The test key of `identifiers/vectors.json`, and as it stands in a file.
const SECRET: [u8; 32] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
    29, 30, 31,
];
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n";

fn trefpunt(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trefpunt"));
    command
        .args(arguments)
        .env_remove("TREFPUNT_CONFIG")
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Has a file judged under the test key in epoch 1.
fn judged(made: &str, more: &[&str]) -> Output {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, contents: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, contents).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (tokens, key) = (write("made", made), write("key", KEY));
    let arguments = [
        "conformance",
        "--tokens",
        &tokens,
        "--network-key-file",
        &key,
        "--epoch",
        "1",
    ];
    trefpunt(&[&arguments, more].concat())
}

/// The test set as a system fills it in that makes every token rightly in this epoch.
fn test_set(epoch: u16) -> String {
    let set = stdout(&trefpunt(&["conformance", "--test-set"]));
    assert!(set.lines().count() > 30);
    let secret = NetworkSecret::from_bytes(SECRET);
    let filled = set.lines().map(|line| {
        let mut test: Value = serde_json::from_str(line).unwrap();
        assert!(test["token"].is_null());
        let made = token::of_raw(
            &secret,
            epoch,
            test["kind"].as_str().unwrap(),
            test["identifier"].as_str().unwrap(),
        );
        if let Ok(made) = made {
            test["token"] = Value::from(made.to_base64url().as_str());
        }
        format!("{test}\n")
    });
    filled.collect()
}

#[test]
fn a_vendor_who_does_everything_right_is_told_so() {
    let output = judged(&test_set(1), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(
        stdout(&output).ends_with("31 lines: 31 right, 0 differ\n"),
        "{}",
        stdout(&output)
    );
    assert!(
        stdout(&output).contains("fmHYxfNCa8lsTMoMzH_zVw"),
        "the key-check value"
    );
    assert!(output.stderr.is_empty());
}

#[test]
fn a_vendor_with_another_epoch_is_told_it_of_each_line() {
    let output = judged(&test_set(2), &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let answer: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((&answer["lines"], &answer["differ"]), (&31.into(), &20.into()));
    assert_eq!(answer["reasons"], serde_json::json!({"wrong-epoch": 20}));
    assert_eq!(answer["verdicts"][0]["line"], 1);
    assert_eq!(answer["verdicts"][0]["differences"][0]["code"], "wrong-epoch");
}

#[test]
fn lines_are_told_by_their_number_and_nothing_of_them_is_printed() {
    let right = token::of_raw(&NetworkSecret::from_bytes(SECRET), 1, "bsn", "999990019").unwrap();
    let right = right.to_base64url();
    let made = format!(
        "kind,identifier,token\nbsn,999990019,{}=\nbsn,999990019,{}\nbsn,999990018,\nno,999990019,x\n",
        *right, *right
    );
    let output = judged(&made, &[]);
    assert_eq!(output.status.code(), Some(1));
    let told = format!("{}{}", stdout(&output), String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("line 2: padded-base64: "), "{told}");
    assert!(told.contains("line 5: unknown-kind: "), "{told}");
    assert!(!told.contains("line 3") && !told.contains("line 4"), "{told}");
    assert!(told.contains("4 lines: 2 right, 2 differ"), "{told}");
    assert!(!told.contains("99999") && !told.contains(&**right), "{told}");
}

#[test]
fn wrong_usage_ends_with_2() {
    let missing = Path::new("/nowhere/file").to_str().unwrap();
    for arguments in [
        &["conformance"][..],
        &["conformance", "--tokens", missing],
        &[
            "conformance",
            "--tokens",
            missing,
            "--network-key-file",
            missing,
            "--epoch",
            "1",
        ],
        &[
            "conformance",
            "--tokens",
            missing,
            "--network-key-file",
            missing,
            "--epoch",
            "0",
        ],
        &["conformance", "--test-set", "--brute-force"],
        &["conformance", "--test-set", "--json"],
        &["conformance", "--brute-force", "--space", "3"],
        &["conformance", "--brute-force", "--space", "90909091"],
        &["conformance", "--brute-force", "--quota", "0"],
        &["conformance", "--space", "10"],
        &["bench", "evaluations", "--rounds", "0"],
        &["bench", "exchange", "--rounds", "0"],
    ] {
        assert_eq!(trefpunt(arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(judged("", &[]).status.code(), Some(2));
    assert_eq!(judged("\n\n", &[]).status.code(), Some(2));
}

#[test]
fn each_level_falls_to_whom_it_should() {
    let small = ["conformance", "--brute-force", "--space", "400", "--quota", "200"];
    let output = trefpunt(&[&small[..], &["--json"]].concat());
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let attempts = report["attempts"].as_array().unwrap();
    let told: Vec<_> = attempts
        .iter()
        .map(|attempt| {
            let text = |member: &str| attempt[member].as_str().unwrap_or("nothing");
            (
                text("level"),
                text("lacks"),
                attempt["found"].as_bool().unwrap(),
                attempt["all"]["limit"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("A", "nothing", true, "computing"),
            ("A", "nothing", true, "computing"),
            ("A", "K_net", false, "never"),
            ("B", "nothing", true, "computing"),
            ("B", "k1", false, "quota"),
            ("B", "K_net", false, "never"),
        ]
    );
    let table = stdout(&trefpunt(&small));
    assert!(table.contains("1244.5 years, by the quota"), "{table}");
}

#[test]
fn evaluations_are_held_against_bare_multiplications() {
    let output = trefpunt(&["bench", "evaluations", "--rounds", "3", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(report["batch"], 100);
    let lines = report["lines"].as_array().unwrap();
    assert_eq!(lines[0]["ratio"]["median"], 1.0);
    let targets: Vec<_> = lines.iter().filter_map(|line| line["target"].as_f64()).collect();
    assert_eq!(targets, [0.8, 0.5]);
    assert!(
        lines
            .iter()
            .all(|line| line["perSecond"]["median"].as_f64().unwrap() > 0.0)
    );
    assert!(stdout(&trefpunt(&["bench", "evaluations", "--rounds", "3"])).contains("evaluated and proven"));
}

#[test]
fn attachments_are_held_against_a_plain_cipher() {
    let output = trefpunt(&["bench", "exchange", "--rounds", "3", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(report["fileBytes"], 1024 * 1024);
    let lines = report["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 4);
    for floor in [0, 2] {
        assert_eq!(lines[floor]["ratio"]["median"], 1.0);
        assert_eq!(lines[floor + 1]["target"], 0.6);
    }
    assert!(
        lines
            .iter()
            .all(|line| line["perSecond"]["median"].as_f64().unwrap() > 0.0)
    );
    assert!(stdout(&trefpunt(&["bench", "exchange", "--rounds", "3"])).contains("opened as an attachment"));
}
