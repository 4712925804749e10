//! Ceremonies as custodians do them: the built program beside a service that runs, killed at every step.
#![allow(clippy::unwrap_used, reason = "what a test needs and has not got ends it")]

mod stage;

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use client::{NetworkKey, Partner, PartnerKeys, Submitted};
use identifiers::NetworkSecret;
use protocol::page::PageQuery;
use protocol::sealed_message::SealingSecret;
use serde_json::Value;
use server::environment::Machine;
use stage::{program, signal};

/// Every step after which a ceremony of `K_tag` can be killed; a count says which time it is told.
const STEPS: [&str; 10] = [
    "checked",
    "begun",
    "filling:1",
    "filling:2",
    "verified",
    "flipped",
    "grace-over",
    "destroying:1",
    "destroying:2",
    "finished",
];

fn done(arguments: &[&str]) -> String {
    let output = program(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A service of level A with two organisations. Ends with the test.
struct Service {
    // Before the directory: it ends first.
    _serving: stage::Running,
    dir: tempfile::TempDir,
    config: String,
    school: Partner,
    help: Partner,
    runtime: tokio::runtime::Runtime,
}

impl Service {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_str().unwrap();
        let names = ["--name", "test", "--log-origin", "trefpunt.test/log"];
        let init = ["init", path, "--kind", "test", "--listen", "127.0.0.1:0"];
        done(&[&init[..], &names].concat());
        let config = dir.path().join("trefpunt.toml").to_str().unwrap().to_owned();
        let covenant = dir.path().join("covenant.toml");
        let text = std::fs::read_to_string(&covenant).unwrap();
        let at_once = text.replace("# notice_interval_minutes = 15", "notice_interval_minutes = 0");
        assert_ne!(at_once, text);
        std::fs::write(&covenant, at_once).unwrap();

        let (serving, base) = serve(&config);
        let with_config = |arguments: &[&str]| done(&[arguments, &["--config", &config]].concat());
        with_config(&["covenant", "apply", covenant.to_str().unwrap()]);
        let partner = |name: &str, sector: &str| {
            let keys = dir.path().join(sector);
            let added = with_config(&[
                "organisation",
                "add",
                "--covenant",
                "Convenant Voorbeeldstad",
                "--name",
                name,
                "--sector",
                sector,
                "--generate",
                keys.to_str().unwrap(),
                "--json",
            ]);
            let added: Value = serde_json::from_str(&added).unwrap();
            connect(&base, added["clientId"].as_str().unwrap(), &keys, dir.path())
        };
        let (school, help) = (partner("De Wilg", "education"), partner("Anker", "youth-help"));
        Self {
            school,
            help,
            config,
            _serving: serving,
            dir,
            runtime: tokio::runtime::Runtime::new().unwrap(),
        }
    }

    /// A ceremony with both custodians.
    fn rotate(&self, arguments: &[&str]) -> Command {
        let share = |custodian: u8| self.share(custodian).to_str().unwrap().to_owned();
        let mut command = program(&["keys", "rotate", "--config", &self.config, "--json"]);
        command.args(arguments);
        command.args(["--share", &share(1), "--share", &share(2)]);
        command
    }

    fn share(&self, custodian: u8) -> PathBuf {
        self.dir
            .path()
            .join("hand-over")
            .join(format!("lift-share-{custodian}"))
    }

    fn status(&self) -> Value {
        serde_json::from_str(&done(&["keys", "status", "--config", &self.config, "--json"])).unwrap()
    }

    fn signals(&self, partner: &Partner, child: u32) {
        let signal = signal(child);
        let submitted = self.runtime.block_on(partner.submit_signal(&signal, None));
        assert!(matches!(submitted.unwrap(), Submitted::New(_)), "child {child}");
    }

    /// How many matches a partner is told of, once it is so many.
    fn is_told_of(&self, partner: &Partner, matches: usize) {
        let query = PageQuery {
            limit: 100,
            cursor: None,
        };
        let told = self.runtime.block_on(async {
            let mut told = 0;
            for _ in 0..600 {
                told = partner.notices(&query).await.unwrap().items.len();
                if told >= matches {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            told
        });
        assert_eq!(told, matches);
    }
}

/// Starts a service and waits until it says where it listens.
fn serve(config: &str) -> (stage::Running, String) {
    let mut serve = program(&["serve", "--config", config]);
    serve
        .env("TREFPUNT_SERVER__SHUTDOWN_NOTICE_SECONDS", "0")
        .stderr(Stdio::piped());
    stage::start(&mut serve, |child| child.stderr.take().unwrap(), stage::base)
}

fn connect(base: &str, client_id: &str, keys: &Path, dir: &Path) -> Partner {
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
    let settings = client::Settings {
        api_url: base.to_owned(),
        token_url: format!("{base}/oauth/token"),
        client_id: client_id.parse().unwrap(),
        private_key_pem: read(keys.join("private-key.pem")).into(),
        consent_keys: None,
        keyholder: None,
        min_suite: 1,
    };
    let network = NetworkSecret::parse_key_file(&read(dir.join("hand-over/network-key-1"))).unwrap();
    let keys = PartnerKeys {
        network: vec![NetworkKey {
            epoch: 1,
            secret: network,
        }],
        sealing: SealingSecret::parse_key_file(&read(keys.join("sealing-key")))
            .unwrap()
            .into(),
    };
    Partner::connect(settings, keys, Machine).unwrap()
}

#[test]
fn a_ceremony_that_is_killed_anywhere_goes_on_and_loses_no_match() {
    let service = Service::start();
    let mut tag_epoch = 1;
    for (child, step) in (0..).zip(STEPS) {
        // Known to one of the two before; the other comes while the ceremony lies dead, or after it.
        service.signals(&service.school, 2 * child);
        service.signals(&service.school, 2 * child + 1);
        let killed = service
            .rotate(&["--tag"])
            .env("TEST_KILL_AT", step)
            .output()
            .unwrap();
        assert_eq!(killed.status.signal(), Some(9), "{step}: {}", stderr(&killed));
        service.signals(&service.help, 2 * child);

        let before = service.status();
        let begun = !matches!(step, "checked" | "finished");
        assert_eq!(before["rotation"].is_object(), begun, "{step}: {before}");
        if step != "finished" {
            let output = service.rotate(&["--tag"]).output().unwrap();
            assert!(output.status.success(), "{step}: {}", stderr(&output));
            assert_eq!(stderr(&output).contains("goes on where it stopped"), begun);
        }
        tag_epoch += 1;
        service.signals(&service.help, 2 * child + 1);
        let after = service.status();
        assert_eq!(after["live"]["tagEpoch"], tag_epoch, "{step}");
        assert_eq!(after["rotation"], Value::Null, "{step}");
        assert_eq!(after["children"], 2 * (child + 1), "{step}: no child twice");
        assert_eq!(after["tags"].as_array().unwrap().len(), 1, "{step}: {after}");
    }
    let children = 2 * STEPS.len();
    service.is_told_of(&service.school, children);
    service.is_told_of(&service.help, children);
}

#[test]
fn wrong_shares_are_noticed_before_anything_changes() {
    let service = Service::start();
    service.signals(&service.school, 0);
    let before = service.status();
    let (one, other) = (service.share(1), service.share(2));
    let network_key = service.dir.path().join("hand-over/network-key-1");
    let refusals: [(&[&Path], &str); 5] = [
        (&[&one, &network_key], "not the secret of the network's lift key"),
        (&[&one, &one], "not the secret of the network's lift key"),
        (&[&one], "give both shares"),
        (&[], "give both shares"),
        (&[&one, &other, &one], "there are two shares"),
    ];
    for (shares, told) in refusals {
        let mut command = program(&["keys", "rotate", "--tag", "--config", &service.config]);
        for share in shares {
            command.arg("--share").arg(share);
        }
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
    }
    let not_a_key = service.dir.path().join("not-a-key");
    std::fs::File::create(&not_a_key)
        .unwrap()
        .write_all(b"0000\n")
        .unwrap();
    let mut command = program(&["keys", "rotate", "--tag", "--config", &service.config]);
    let output = command.arg("--share").arg(&not_a_key).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!stderr(&output).contains("0000"), "{}", stderr(&output));
    assert_eq!(service.status(), before);
}

#[test]
fn what_cannot_be_rotated_is_told() {
    let service = Service::start();
    for (wish, told) in [
        (&[][..], "say what to rotate"),
        (&["--keyholder"], "move to suite 2 first"),
        (&["--to-suite", "2"], "no keyholder in its settings"),
        (&["--to-suite", "2", "--keyholder"], "cannot be used with"),
        (&["--to-suite", "1"], "1"),
    ] {
        let output = service.rotate(wish).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wish:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
    }
    // Nobody is there, and it is rotated all the same.
    let output = service.rotate(&["--tag"]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let rotated: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&rotated["childrenBefore"], &rotated["tagsAfter"]),
        (&0.into(), &0.into())
    );
}

/// One ceremony of the keyholder's key, killed at each of these steps in turn, the keyholder's own among them.
const STEPS_WITH_KEYHOLDER: [&str; 10] = [
    "checked",
    "begun",
    "filling:1",
    "verified",
    "keyholder-flipped",
    "flipped",
    "grace-over",
    "destroying:1",
    "keyholder-destroyed",
    "finished",
];

#[test]
fn one_ceremony_with_the_keyholder_is_killed_ten_times_and_ends_well() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let home = dir.path().join("demo");
    let mut demo = program(&["demo", "--listen", "127.0.0.1:0", "--data-dir"]);
    demo.arg(&home).stdout(Stdio::piped()).stderr(Stdio::null());
    let (_demo, ()) = stage::start(
        &mut demo,
        |child| child.stdout.take().unwrap(),
        |line| line.contains("verify-audit-log").then_some(()),
    );
    let credentials = server::credentials::Credentials::read(&home.join("credentials.json")).unwrap();
    let connect = |place: usize| {
        let organisation = &credentials.organisations[place];
        let secret = NetworkSecret::parse_key_file(&stage::read(&credentials.network_key_file)).unwrap();
        let keys = PartnerKeys {
            network: vec![NetworkKey { epoch: 1, secret }],
            sealing: SealingSecret::parse_key_file(&stage::read(&organisation.sealing_key_file))
                .unwrap()
                .into(),
        };
        Partner::connect(credentials.settings_of(organisation).unwrap(), keys, Machine).unwrap()
    };
    let two = stage::Two {
        runtime: tokio::runtime::Runtime::new().unwrap(),
        first: connect(0),
        other: connect(1),
    };
    let config = home.join("trefpunt.toml").to_str().unwrap().to_owned();
    let keyholder = home.join("keyholder/keyholder.toml").to_str().unwrap().to_owned();
    done(&["keyholder", "keys", "prepare", "--config", &keyholder]);
    let share = |custodian: u8| home.join(format!("hand-over/lift-share-{custodian}"));
    let rotate = |step: &str| {
        let mut command = program(&["keys", "rotate", "--keyholder", "--tag", "--config", &config]);
        command.args(["--grace-minutes", "0"]);
        command.arg("--share").arg(share(1)).arg("--share").arg(share(2));
        command.env("TEST_KILL_AT", step).output().unwrap()
    };
    for child in 0..2 {
        two.signals(&two.first, child);
    }
    for (child, step) in (2..).zip(STEPS_WITH_KEYHOLDER) {
        let killed = rotate(step);
        assert_eq!(killed.status.signal(), Some(9), "{step}: {}", stderr(&killed));
        // The other partner meets who was signalled two kills before.
        two.signals(&two.first, child);
        two.meet(child - 2..child - 1);
    }
    let last = 2 + u32::try_from(STEPS_WITH_KEYHOLDER.len()).unwrap();
    two.meet(last - 2..last);
    let status = done(&["keys", "status", "--json", "--config", &config]);
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["live"]["oprfEpoch"], 2, "{status}");
    assert_eq!(status["live"]["tagEpoch"], 2, "{status}");
    assert_eq!(status["rotation"], Value::Null, "{status}");
    assert_eq!(status["tags"].as_array().unwrap().len(), 1, "{status}");
    assert_eq!(status["tags"][0]["tags"], status["children"], "{status}");
}
