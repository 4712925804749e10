//! `trefpunt demo` as people and other programs run it: the built program, a directory of its own, real signals.
#![allow(clippy::unwrap_used, reason = "what a test needs and has not got ends it")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

fn demo(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trefpunt"));
    command
        .args(["demo", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(data_dir)
        .env_remove("RUST_LOG");
    command
}

fn finished(data_dir: &Path) -> Output {
    demo(data_dir).args(["--exit", "--json"]).output().unwrap()
}

/// The one object on standard output.
fn object(output: &Output) -> Value {
    let story = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{story}");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// The object, but for the number of entries, which grows with every story.
fn assert_as_it_should_be(object: &Value) {
    assert_ends_well(object, &json!({"suite": 2, "blindedByClient": true}));
}

/// With a keyholder a share is needed to open anything, and there is a gate that closes.
fn assert_ends_well(object: &Value, assurance: &Value) {
    let has_keyholder = assurance["suite"] == 2;
    let mut object = object.clone();
    assert!(object["auditEntries"].as_u64().unwrap() > 0);
    object["auditEntries"] = json!(1);
    assert_eq!(
        object,
        json!({
            "signals": 2, "assurance": assurance, "matches": 1, "noticesDelivered": 2, "refusedBeforeConsent": true, "consent": "withdrawn",
            "messagesRead": 2, "attachmentsRead": 1, "shareNeeded": has_keyholder, "gateClosed": has_keyholder,
            "refusedAfterWithdrawal": true, "auditEntries": 1, "auditVerified": true,
        })
    );
}

fn terminate(child: &Child) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
}

fn draw(below: u64) -> u64 {
    u64::from_le_bytes(server::environment::random()) % below
}

#[test]
fn the_story_is_played_twice_and_each_time_ends_as_it_should() {
    let dir = tempfile::tempdir().unwrap();
    let first = object(&finished(dir.path()));
    assert_as_it_should_be(&first);

    let text = std::fs::read_to_string(dir.path().join("credentials.json")).unwrap();
    let credentials: Value = serde_json::from_str(&text).unwrap();
    let members: Vec<&str> = credentials
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "apiUrl",
        "auditPolicyFile",
        "keyholder",
        "municipality",
        "networkKeyFile",
        "organisations",
        "portalUrl",
        "supervisor",
        "tokenUrl",
    ];
    assert_eq!(members, expected);
    let files = [
        &credentials["networkKeyFile"],
        &credentials["organisations"][0]["privateKeyFile"],
        &credentials["organisations"][1]["sealingKeyFile"],
        &credentials["municipality"]["privateKeyFile"],
        &credentials["supervisor"]["privateKeyFile"],
    ];
    for file in files {
        let file = Path::new(file.as_str().unwrap());
        assert!(file.is_absolute() && file.is_file(), "{}", file.display());
        assert_eq!(server::files::open_to_others(file), None);
    }

    let second = object(&finished(dir.path()));
    assert_as_it_should_be(&second);
    assert!(second["auditEntries"].as_u64() > first["auditEntries"].as_u64());
    for export in ["export-1.tar", "export-2.tar"] {
        let export = dir.path().join(export);
        assert!(export.is_file());
        assert_eq!(server::files::open_to_others(&export), None);
    }
}

#[test]
fn without_a_keyholder_the_story_is_the_same_at_level_a() {
    let dir = tempfile::tempdir().unwrap();
    let played = demo(dir.path())
        .args(["--exit", "--json", "--level", "a"])
        .output()
        .unwrap();
    assert_ends_well(&object(&played), &json!({"suite": 1, "blindedByClient": false}));
    assert!(!dir.path().join("keyholder").exists());
    let text = std::fs::read_to_string(dir.path().join("credentials.json")).unwrap();
    assert!(!text.contains("keyholder"), "{text}");

    let other = finished(dir.path());
    assert_eq!(other.status.code(), Some(1));
    let told = String::from_utf8(other.stderr).unwrap();
    assert!(
        told.contains("this demonstration is one of level a: give --level a, or choose another --data-dir"),
        "{told}"
    );
}

#[test]
fn a_demonstration_that_is_killed_leaves_no_process_behind() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = demo(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let told = BufReader::new(child.stdout.take().unwrap()).lines();
    let begun = told
        .map_while(Result::ok)
        .find(|line| line.starts_with("Story 1"));
    assert!(begun.is_some());
    let before = processes_of(dir.path());
    assert!(
        before.iter().any(|line| line.contains("keyholder serve")),
        "{before:?}"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    let until = server::environment::stopwatch() + Duration::from_secs(60);
    while !processes_of(dir.path()).is_empty() {
        assert!(
            server::environment::stopwatch() < until,
            "{:?}",
            processes_of(dir.path())
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The command lines of every process that names this directory.
fn processes_of(dir: &Path) -> Vec<String> {
    let name = dir.display().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(&name)).collect()
}

#[test]
fn a_story_that_is_killed_again_and_again_still_ends_as_it_should() {
    let dir = tempfile::tempdir().unwrap();
    let mut killed = 0;
    // The first story takes 5 to 9 s, most of it before the first scene; what is left of it less each time.
    for within_ms in [8_000, 3_500, 3_500] {
        let wait = Duration::from_millis(200 + draw(within_ms));
        let mut child = demo(dir.path())
            .args(["--exit", "--json"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(wait);
        killed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    eprintln!("killed {killed} times in the middle");
    assert_as_it_should_be(&object(&finished(dir.path())));
}

/// Every place where a story can be interrupted: after each sentence.
#[test]
fn a_story_that_is_killed_after_each_sentence_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut sentences = 0;
    for after in 1..=16 {
        let mut child = demo(dir.path())
            .args(["--exit", "--json"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let told = lines
            .filter(|line| line.trim_start().starts_with(&format!("{after}. ")))
            .take(1)
            .count();
        sentences += told;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_eq!(sentences, 16);
    assert_as_it_should_be(&object(&finished(dir.path())));
    assert!(
        !dir.path().join("export-3.tar").exists(),
        "it was one story, or after the last kill a second"
    );
}

#[test]
fn it_keeps_serving_its_commands_work_and_sigterm_ends_it_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = demo(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut commands = Vec::new();
    let mut partner = false;
    for line in BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
    {
        partner |= line.starts_with("Be a partner");
        match line.strip_prefix("  ") {
            Some(command) if partner => commands.push(command.to_owned()),
            _ => {}
        }
        if line.contains("--policy") {
            commands.pop();
            break;
        }
    }
    assert_eq!(commands.len(), 7, "{commands:?}");
    let ran = Command::new("sh")
        .args(["-euc", &commands.join("\necho\n")])
        .output()
        .unwrap();
    let (answers, complaints) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    assert!(ran.status.success(), "{answers} {complaints}");
    assert!(
        answers.contains("\"state\":\"active\"")
            && answers.contains("\"openapi\": \"3.1")
            && answers.contains("The gateway: "),
        "{answers}"
    );

    // Over a file that everyone may read, and one that a crash left behind.
    let (export, left) = (dir.path().join("mine.tar"), dir.path().join("mine.tar.new"));
    std::fs::write(&export, "before").unwrap();
    std::fs::write(&left, "half").unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_trefpunt"))
        .args(["audit", "export", "--out"])
        .arg(&export)
        .arg("--credentials")
        .arg(dir.path().join("credentials.json"))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(std::fs::metadata(&export).unwrap().len() > 1024 && !left.exists());
    assert_eq!(server::files::open_to_others(&export), None);

    terminate(&child);
    let mut complaints = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut complaints)
        .unwrap();
    assert!(child.wait().unwrap().success(), "{complaints}");
}

/// `tokio_postgres` would print every statement with its parameters: hashes of codes, tags, sealed tokens and content.
#[test]
fn rust_log_cannot_make_it_print_what_it_stores() {
    let dir = tempfile::tempdir().unwrap();
    let output = demo(dir.path())
        .args(["--exit", "--json"])
        .env("RUST_LOG", "trace,tokio_postgres::query=trace,log=trace")
        .output()
        .unwrap();
    assert_as_it_should_be(&object(&output));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains(" INFO "), "RUST_LOG was heard: {told}");
    for library in [
        "tokio_postgres",
        "refinery",
        "hyper",
        "reqwest",
        "rustls",
        "actix",
        "mio",
        "h2",
    ] {
        let below_info = |line: &&str| {
            [" TRACE ", " DEBUG "].iter().any(|level| line.contains(level)) && line.contains(library)
        };
        assert_eq!(told.lines().find(below_info), None);
    }
    for printed in ["parameters: [", "executing statement", "INSERT INTO", "SELECT "] {
        assert!(!told.contains(printed), "{printed}");
    }
}

#[test]
fn a_taken_address_is_told_before_anything_is_started() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_trefpunt"))
        .args([
            "demo",
            "--exit",
            "--listen",
            &taken.local_addr().unwrap().to_string(),
            "--data-dir",
        ])
        .arg(dir.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.starts_with("trefpunt: cannot listen on 127.0.0.1:"),
        "{told}"
    );
}
