//! `trefpunt load` as organisations use it: the built program against a demonstration, by docs/LOADING.md as it stands, and killed
//! in the middle, over and over.
#![allow(clippy::unwrap_used, reason = "what a test needs and has not got ends it")]

mod stage;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use client::{NetworkKey, Partner, PartnerKeys};
use identifiers::NetworkSecret;
use protocol::page::PageQuery;
use protocol::sealed_message::SealingSecret;
use serde_json::Value;
use server::credentials::Credentials;
use server::environment::Machine;
use server::exchange::PartnerFile;
use stage::{Running, done, eventually, program, read, signal, start};

const DOCUMENT: &str = include_str!("../../../docs/LOADING.md");

/// Children whom no story is about.
const CHILDREN: std::ops::Range<u32> = 3_000..3_600;

/// A demonstration without a keyholder.
struct World {
    _demo: Running,
    dir: tempfile::TempDir,
}

impl World {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("demo");
        let mut command = program(&["demo", "--level", "a", "--listen", "127.0.0.1:0", "--data-dir"]);
        let (demo, ()) = start(
            command.arg(&data).stdout(Stdio::piped()),
            |child| child.stdout.take().unwrap(),
            |line| line.contains("verify-audit-log").then_some(()),
        );
        Self { _demo: demo, dir }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("demo")
    }

    fn own(&self) -> PathBuf {
        self.data().join("partners/de-vlinder")
    }

    fn partner(&self) -> Partner {
        let dir = self.own();
        let settings = PartnerFile::read(&dir).unwrap().settings(&dir).unwrap();
        let credentials = Credentials::read(&self.data().join("credentials.json")).unwrap();
        let secret = NetworkSecret::parse_key_file(&read(credentials.network_key_file)).unwrap();
        let keys = PartnerKeys {
            network: vec![NetworkKey { epoch: 1, secret }],
            sealing: SealingSecret::from_bytes([7; 32]).into(),
        };
        Partner::connect(settings, keys, Machine).unwrap()
    }

    /// More signals an hour, as a region agrees on for a first load.
    fn raise_the_number(&self) {
        let covenant = self.dir.path().join("covenant.toml");
        let text = include_str!("../src/demo/covenant.toml");
        let raised = text.replace("\n[grounds]", "signals_per_hour = 1000000\n\n[grounds]");
        assert_ne!(raised, text);
        std::fs::write(&covenant, raised).unwrap();
        let mut apply = program(&["covenant", "apply"]);
        done(
            apply
                .arg(covenant)
                .arg("--config")
                .arg(self.data().join("trefpunt.toml")),
        );
    }

    fn load(&self, file: &Path) -> Command {
        let mut load = program(&["load"]);
        load.arg(file).arg("--dir").arg(self.own());
        load.args(["--lines-per-batch", "25"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        load
    }

    fn loaded(&self, file: &Path) -> Output {
        self.load(file).arg("--json").output().unwrap()
    }
}

fn beside(file: &Path, end: &str) -> PathBuf {
    file.with_file_name(format!("{}{end}", file.file_name().unwrap().to_str().unwrap()))
}

fn outcomes(file: &Path) -> Vec<Value> {
    let text = read(beside(file, ".outcomes.ndjson"));
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn told(output: &Output) -> (Option<i32>, String) {
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// How many of the organisation's signals there are, each by its id.
async fn signals(partner: &Partner) -> BTreeMap<String, usize> {
    let mut query = PageQuery {
        limit: 100,
        cursor: None,
    };
    let mut found = BTreeMap::new();
    loop {
        let page = partner.signals(&query).await.unwrap();
        for signal in page.items {
            *found.entry(signal.id.to_string()).or_default() += 1;
        }
        match page.next {
            None => return found,
            next => query.cursor = next,
        }
    }
}

/// Kills it the moment another part is recorded, so that each run ends somewhere else.
fn kill_when_recorded(mut load: Child, record: &Path, parts: usize) -> bool {
    let sent = || {
        let text = std::fs::read_to_string(record).unwrap_or_default();
        let record: Value = serde_json::from_str(&text).unwrap_or_default();
        record["parts"].as_array().map_or(0, Vec::len)
    };
    let mut ended = false;
    eventually("a part", || {
        ended = load.try_wait().unwrap().is_some();
        ended || sent() >= parts
    });
    // SIGKILL.
    let _ = load.kill();
    load.wait().unwrap();
    !ended
}

#[test]
fn a_load_that_is_killed_over_and_over_gives_each_signal_once() {
    let world = World::start();
    world.raise_the_number();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let partner = world.partner();
    let before = runtime.block_on(signals(&partner)).len();
    let given: Vec<_> = CHILDREN.map(signal).collect();
    let batch = runtime.block_on(partner.prepare_batch(&given)).unwrap();
    let file = world.dir.path().join("all.ndjson");
    let mut bytes = batch.as_bytes().to_vec();
    // One line about a child again, one at fault, one that is none.
    let first_end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    let again = bytes[..=first_end].to_vec();
    bytes.extend(&again);
    bytes.extend(
        String::from_utf8(again)
            .unwrap()
            .replace("development-at-risk", "curiosity")
            .bytes(),
    );
    bytes.extend(b"{");
    std::fs::write(&file, &bytes).unwrap();
    let lines = CHILDREN.len() + 3;

    let record = beside(&file, ".load.json");
    let mut kills = 0;
    for parts in [1, 3, 4, 9, 15, 20] {
        kills += usize::from(kill_when_recorded(
            world.load(&file).spawn().unwrap(),
            &record,
            parts,
        ));
    }
    assert!(kills >= 3, "it is killed in the middle: {kills}");

    let output = world.loaded(&file);
    assert!(output.status.success(), "{:?}", told(&output));
    let sum: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&sum["lines"], &sum["batches"]),
        (&lines.into(), &lines.div_ceil(25).into())
    );
    let expected = serde_json::json!({
        "created": CHILDREN.len(), "known": 1, "refused": 2, "withdrawn": 0, "lapsed": 0,
    });
    assert_eq!(sum["outcomes"], expected);

    // Each line has one outcome; each new one is a signal of its own, and there are no others.
    let outcomes = outcomes(&file);
    let mut numbers: Vec<u64> = outcomes
        .iter()
        .map(|line| line["line"].as_u64().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=lines as u64).collect::<Vec<_>>());
    let on_record = runtime.block_on(signals(&partner));
    assert_eq!(on_record.len(), before + CHILDREN.len());
    let of = |line: usize| outcomes.iter().find(|outcome| outcome["line"] == line).unwrap();
    for line in 1..=CHILDREN.len() {
        assert_eq!(of(line)["status"], 201);
        assert_eq!(on_record[of(line)["signal"].as_str().unwrap()], 1);
    }
    assert_eq!(of(lines - 2)["signal"], of(1)["signal"]);
    assert_eq!(of(lines - 1)["problem"]["errors"][0]["pointer"], "/ground");
    assert!(
        of(lines)["problem"]["type"]
            .as_str()
            .unwrap()
            .ends_with("/malformed-json")
    );

    // Once more: nothing is sent, and the sum is the same. When the record is lost the keys are the same all the same.
    let again = world.loaded(&file);
    assert_eq!(again.stdout, output.stdout);
    std::fs::remove_file(&record).unwrap();
    let (code, said) = told(&world.loaded(&file));
    assert_eq!(code, Some(2), "{said}");
    std::fs::remove_file(beside(&file, ".outcomes.ndjson")).unwrap();
    assert_eq!(world.loaded(&file).stdout, output.stdout);
    assert_eq!(runtime.block_on(signals(&partner)), on_record);

    // Another file under the same record is refused before anything is sent.
    bytes.extend(b"\n{}\n");
    std::fs::write(&file, &bytes).unwrap();
    let (code, said) = told(&world.loaded(&file));
    assert_eq!(code, Some(2));
    assert!(said.contains("before it was changed"), "{said}");
}

#[test]
fn an_organisation_loads_a_file_by_the_document() {
    let world = World::start();
    let mut script = String::new();
    let mut inside = false;
    for line in DOCUMENT.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            line if inside => script.extend([line, "\n"]),
            _ => {}
        }
    }
    assert!(script.matches("trefpunt load").count() >= 3, "{script}");
    let programs = Path::new(env!("CARGO_BIN_EXE_trefpunt")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let output = Command::new("bash")
        .args(["-eux", "-o", "pipefail", "-c", &script])
        .current_dir(world.dir.path())
        .env("PATH", path)
        .env("DEMO", world.data())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("held: ask the supervisor"), "{said}");
    let first = outcomes(&world.dir.path().join("first.csv"));
    let told: Vec<_> = first
        .iter()
        .map(|line| (line["line"].clone(), line["status"].clone()))
        .collect();
    assert_eq!(told, [(1.into(), 201.into()), (2.into(), 400.into())]);
}
