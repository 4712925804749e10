//! A witness as a program of its own, asked over HTTP by a service that runs.
#![allow(clippy::unwrap_used, reason = "what a test needs and has not got ends it")]

mod stage;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use audit_log::cosignature::WitnessKey;
use serde_json::Value;
use stage::{Running, base, done, eventually, program, read, start};

/// A service and its witness, each in a directory of its own.
struct Place {
    dir: tempfile::TempDir,
    key: WitnessKey,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        // PostgreSQL does not run as root, and its own user has to pass.
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let service = dir.path().join("service");
        let init = [
            "--kind",
            "test",
            "--name",
            "test",
            "--log-origin",
            "trefpunt.test/log",
        ];
        done(program(&["init", service.to_str().unwrap(), "--listen", "127.0.0.1:0"]).args(init));
        let witness = dir.path().join("witness");
        let told = done(&mut program(&[
            "witness",
            "init",
            witness.to_str().unwrap(),
            "--name",
            "witness.test/one",
        ]));
        std::fs::copy(service.join("audit-policy"), witness.join("policy")).unwrap();
        Self {
            dir,
            key: told.lines().last().unwrap().parse().unwrap(),
        }
    }

    fn service(&self) -> PathBuf {
        self.dir.path().join("service")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command
            .env("TREFPUNT_CONFIG", self.service().join("trefpunt.toml"))
            .env("TREFPUNT_SERVER__SHUTDOWN_NOTICE_SECONDS", "0");
        command
    }

    /// Starts the witness; gives where it listens.
    fn watch(&self, listen: &str) -> (Running, String) {
        let dir = self.dir.path().join("witness");
        let mut serve = program(&["witness", "serve", dir.to_str().unwrap(), "--listen", listen]);
        serve.stderr(Stdio::piped());
        start(
            &mut serve,
            |child| child.stderr.take().unwrap(),
            |line| {
                let line: Value = serde_json::from_str(line).ok()?;
                Some(line["fields"]["address"].as_str()?.to_owned())
            },
        )
    }

    fn ask_the_witness_at(&self, address: &str) {
        let settings = self.service().join("trefpunt.toml");
        let with = read(&settings).replace(
            "[log]\n",
            &format!("[log]\nwitnesses = [\"{} http://{address}\"]\n", self.key),
        );
        assert!(with.contains("witnesses"), "{with}");
        std::fs::write(settings, with).unwrap();
    }

    /// An act that leaves a leaf: the covenant with another deadline.
    fn change_the_covenant(&self, days: u8) {
        let covenant = self.service().join("covenant.toml");
        let text = read(&covenant);
        let lines = text
            .lines()
            .map(|line| match line.contains("contact_deadline_working_days") {
                true => format!("contact_deadline_working_days = {days}"),
                false => line.to_owned(),
            });
        let changed: Vec<String> = lines.collect();
        assert_ne!(changed.join("\n"), text.trim_end());
        std::fs::write(&covenant, changed.join("\n")).unwrap();
        done(&mut self.command(&["covenant", "apply", covenant.to_str().unwrap()]));
    }

    /// The newest checkpoint as it is published: its size, and whether the witness signed it.
    fn published(&self) -> (u64, bool) {
        let to = self.dir.path().join("tiles");
        done(&mut self.command(&["audit", "tiles", to.to_str().unwrap()]));
        let note = read(Path::new(&to).join("checkpoint"));
        let size = note.lines().nth(1).unwrap().parse().unwrap();
        (size, self.key.cosigned(note.as_bytes()).unwrap().is_some())
    }
}

#[test]
fn a_witness_signs_what_is_published_and_delays_nothing_when_it_is_down() {
    let place = Place::new();
    let (witness, address) = place.watch("127.0.0.1:0");
    place.ask_the_witness_at(&address);
    place.change_the_covenant(4);
    let mut serve = place.command(&["serve"]);
    serve.stderr(Stdio::piped());
    let (_service, _) = start(&mut serve, |child| child.stderr.take().unwrap(), base);

    eventually("the witness signed", || place.published().1);
    let (first, _) = place.published();

    drop(witness);
    place.change_the_covenant(3);
    eventually("it is published all the same", || place.published().0 > first);
    assert!(!place.published().1, "nobody was there to sign");

    let (_witness, again) = place.watch(&address);
    assert_eq!(again, address);
    place.change_the_covenant(2);
    eventually("the witness goes on", || {
        let (size, signed) = place.published();
        size > first && signed
    });
}
