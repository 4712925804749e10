//! The drills of docs/OPERATIONS.md, run as they stand, on services that run, with partners before and after.
#![allow(clippy::unwrap_used, reason = "what a test needs and has not got ends it")]

mod stage;

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use client::{NetworkKey, Partner, PartnerKeys};
use identifiers::{Bsn, NetworkSecret, key_check};
use protocol::Id;
use protocol::sealed_message::SealingSecret;
use serde_json::Value;
use server::credentials::Credentials;
use server::environment::Machine;
use stage::{Two, base, done, drill, eventually, number, program, read, start};

/// An operator's place: settings, the custodians' files, and this program on the path.
struct Place {
    dir: PathBuf,
    service: PathBuf,
    keyholder: PathBuf,
}

impl Place {
    fn new(dir: &Path, service: &Path, keyholder: &Path) -> Self {
        let bin = dir.join("bin");
        std::fs::create_dir_all(&bin).unwrap();
        // Fifteen minutes are too long for a test: this and nothing else is not as it stands in the document.
        let script = format!(
            "#!/bin/sh\ncase \"$1 $2\" in\n'keys rotate') exec {0} \"$@\" --grace-minutes 0 ;;\n*) exec {0} \"$@\" ;;\nesac\n",
            env!("CARGO_BIN_EXE_trefpunt")
        );
        let trefpunt = bin.join("trefpunt");
        std::fs::write(&trefpunt, script).unwrap();
        std::fs::set_permissions(&trefpunt, std::fs::Permissions::from_mode(0o755)).unwrap();
        for custodian in [1, 2] {
            let share = service.join(format!("hand-over/lift-share-{custodian}"));
            std::fs::rename(share, dir.join(format!("share-{custodian}"))).unwrap();
        }
        Self {
            dir: dir.to_owned(),
            service: service.join("trefpunt.toml"),
            keyholder: keyholder.join("keyholder.toml"),
        }
    }

    /// Runs a drill; gives what it printed.
    fn runs(&self, name: &str, variables: &[(&str, &str)]) -> String {
        let path = format!(
            "{}:{}",
            self.dir.join("bin").display(),
            std::env::var("PATH").unwrap()
        );
        let mut shell = Command::new("sh");
        shell
            .args(["-euc", drill(name)])
            .current_dir(&self.dir)
            .env("PATH", path)
            .env("TREFPUNT_CONFIG", &self.service)
            .env("KEYHOLDER_CONFIG", &self.keyholder)
            .envs(variables.iter().copied())
            .stdin(Stdio::null());
        done(&mut shell)
    }

    fn status(&self) -> Value {
        let config = self.service.to_str().unwrap();
        let told = done(&mut program(&["keys", "status", "--json", "--config", config]));
        serde_json::from_str(&told).unwrap()
    }
}

#[test]
fn the_keys_of_a_network_with_a_keyholder_are_rotated_by_the_book() {
    let dir = tempfile::tempdir().unwrap();
    let service = dir.path().join("demo");
    // PostgreSQL does not run as root, and its own user has to pass.
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut demo = program(&["demo", "--listen", "127.0.0.1:0", "--data-dir"]);
    demo.arg(&service).stdout(Stdio::piped()).stderr(Stdio::null());
    let (_demo, ()) = start(
        &mut demo,
        |child| child.stdout.take().unwrap(),
        |line| line.contains("verify-audit-log").then_some(()),
    );
    let place = Place::new(dir.path(), &service, &service.join("keyholder"));
    let credentials = Credentials::read(&service.join("credentials.json")).unwrap();
    let secrets = [
        NetworkSecret::parse_key_file(&read(&credentials.network_key_file)).unwrap(),
        NetworkSecret::from_bytes([2; 32]),
    ];
    let connect = |place: usize, epochs: &[u16]| {
        let organisation = &credentials.organisations[place];
        let keys = PartnerKeys {
            network: epochs
                .iter()
                .map(|epoch| NetworkKey {
                    epoch: *epoch,
                    secret: secrets[usize::from(*epoch) - 1].clone(),
                })
                .collect(),
            sealing: SealingSecret::parse_key_file(&read(&organisation.sealing_key_file))
                .unwrap()
                .into(),
        };
        Partner::connect(credentials.settings_of(organisation).unwrap(), keys, Machine).unwrap()
    };
    let mut two = Two {
        runtime: tokio::runtime::Runtime::new().unwrap(),
        first: connect(0, &[1]),
        other: connect(1, &[1]),
    };
    for child in 0..4 {
        two.signals(&two.first, child);
    }

    let told = place.runs("tag", &[]);
    assert!(told.contains("tag epoch 2"), "{told}");
    two.meet(0..2);

    let told = place.runs("keyholder", &[]);
    assert!(told.contains("keyholder's epoch 2"), "{told}");
    two.meet(2..4);
    let children = place.status()["children"].clone();

    // Partners hold both keys before the epoch is live.
    let waiting: Vec<(u32, Id)> = (4..6)
        .map(|child| (child, two.signals(&two.first, child)))
        .collect();
    let value = key_check(&secrets[1], 2).to_string();
    place.runs("network-epoch-add", &[("NEW_KEY_CHECK", &value)]);
    (two.first, two.other) = (connect(0, &[1, 2]), connect(1, &[1, 2]));
    let resubmitted: Vec<(Id, Bsn)> = waiting
        .into_iter()
        .map(|(child, id)| (id, number(child)))
        .collect();
    two.runtime
        .block_on(
            two.first
                .resubmit_signals(&"m.jansen".parse().unwrap(), &resubmitted),
        )
        .unwrap();
    place.runs("network-epoch-end", &[]);
    let ended = |status: &Value| status["netEpochs"][0]["state"] == "ended";
    eventually("the tags of the old epoch are destroyed", || {
        ended(&place.status())
    });
    (two.first, two.other) = (connect(0, &[2]), connect(1, &[2]));
    two.meet(4..6);
    let status = place.status();
    assert_eq!(
        status["children"].as_u64().unwrap(),
        children.as_u64().unwrap() + 2,
        "nobody is there twice: {status}"
    );
}

#[test]
fn a_network_gains_a_keyholder_by_the_book() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let (service, keyholder) = (dir.path().join("service"), dir.path().join("keyholder"));
    let paths = (service.to_str().unwrap(), keyholder.to_str().unwrap());
    done(&mut program(&[
        "init",
        paths.0,
        "--kind",
        "test",
        "--name",
        "test",
        "--log-origin",
        "trefpunt.test/log",
        "--listen",
        "127.0.0.1:0",
    ]));
    let place = Place::new(dir.path(), &service, &keyholder);
    let config = place.service.to_str().unwrap().to_owned();
    let covenant = service.join("covenant.toml");
    let at_once = read(&covenant).replace("# notice_interval_minutes = 15", "notice_interval_minutes = 0");
    std::fs::write(&covenant, at_once).unwrap();
    let operator = |arguments: &[&str]| done(program(arguments).args(["--config", &config]));
    let serve = || {
        let mut serve = program(&["serve", "--config", &config]);
        serve
            .env("TREFPUNT_SERVER__SHUTDOWN_NOTICE_SECONDS", "0")
            .stderr(Stdio::piped());
        start(&mut serve, |child| child.stderr.take().unwrap(), base)
    };

    let (serving, url) = serve();
    operator(&["covenant", "apply", covenant.to_str().unwrap()]);
    let add = |name: &str, sector: &str| {
        let keys = service.join(sector);
        let added = operator(&[
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
        (added["clientId"].as_str().unwrap().to_owned(), keys)
    };
    let (school, help) = (add("De Wilg", "education"), add("Anker", "youth-help"));
    let connect = |url: &str, (client_id, keys): &(String, PathBuf)| {
        let settings = client::Settings {
            api_url: url.to_owned(),
            token_url: format!("{url}/oauth/token"),
            client_id: client_id.parse().unwrap(),
            private_key_pem: read(keys.join("private-key.pem")).into(),
            consent_keys: None,
            keyholder: None,
            min_suite: 1,
        };
        let secret = NetworkSecret::parse_key_file(&read(service.join("hand-over/network-key-1"))).unwrap();
        let keys = PartnerKeys {
            network: vec![NetworkKey { epoch: 1, secret }],
            sealing: SealingSecret::parse_key_file(&read(keys.join("sealing-key")))
                .unwrap()
                .into(),
        };
        Partner::connect(settings, keys, Machine).unwrap()
    };
    let mut two = Two {
        runtime: tokio::runtime::Runtime::new().unwrap(),
        first: connect(&url, &school),
        other: connect(&url, &help),
    };
    for child in 0..3 {
        two.signals(&two.first, child);
    }
    drop(serving);

    // As KEYHOLDER.md and section 2 say: a keyholder, the gateway's client, the settings.
    done(&mut program(&[
        "keyholder",
        "init",
        paths.1,
        "--name",
        "sleutelhuis",
        "--log-origin",
        "keyholder.test/log",
        "--listen",
        "127.0.0.1:0",
    ]));
    let own = place.keyholder.to_str().unwrap();
    let mut keyholder_serve = program(&["keyholder", "serve", "--config", own]);
    keyholder_serve.stderr(Stdio::piped());
    let (_keyholder, keyholder_url) = start(&mut keyholder_serve, |child| child.stderr.take().unwrap(), base);
    let gateway = server::key_files::client_keys(&service.join("gateway"), false).unwrap();
    let key = protocol::text::encode(gateway.client);
    done(&mut program(&[
        "keyholder",
        "client",
        "add",
        "--config",
        own,
        "--client-id",
        "cl_gateway",
        "--client-key",
        &key,
        "--gateway",
    ]));
    let public = read(keyholder.join("keyholder.public"));
    let mut settings = read(&place.service);
    write!(
        settings,
        "\n[keyholder]\nurl = \"{keyholder_url}\"\nsigning_key = \"{}\"\nclient_id = \"cl_gateway\"\n\
         private_key_file = \"gateway/private-key.pem\"\n",
        public.trim()
    )
    .unwrap();
    std::fs::write(&place.service, settings).unwrap();
    let (_serving, url) = serve();
    (two.first, two.other) = (connect(&url, &school), connect(&url, &help));
    assert_eq!(place.status()["live"]["suite"], 1);

    let told = place.runs("suite-2", &[]);
    assert!(told.contains("suite 2, keyholder's epoch 1"), "{told}");
    two.meet(0..3);
    let status = place.status();
    assert_eq!(
        (&status["live"]["suite"], &status["children"]),
        (&2.into(), &3.into())
    );
}
