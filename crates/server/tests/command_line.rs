//! The commands as programs run them: what they print, and how they end.
#![allow(clippy::unwrap_used, reason = "what a test needs and has not got ends it")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn trefpunt(arguments: &[&str]) -> Output {
    with_input(arguments, "", &[])
}

fn with_input(arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_trefpunt"))
        .args(arguments)
        .env_remove("TREFPUNT_CONFIG")
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input may have ended.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

mod token {
    use super::*;

    /// The key and the first token of `identifiers/vectors.json`.
    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    const TOKEN: &str = "BGOvL2aGZOwObkJvai9-M-iJtV7aFvviTAFJeJ3F_H0";

    fn token(key: &str, epoch: &str, kind: &str, value: &str, input: &str) -> Output {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key");
        std::fs::write(&file, key).unwrap();
        let file = file.to_str().unwrap();
        let arguments = [
            "token",
            "--network-key-file",
            file,
            "--epoch",
            epoch,
            "--kind",
            kind,
            value,
        ];
        with_input(&arguments, input, &[])
    }

    #[test]
    fn a_token_is_printed_and_nothing_else() {
        for (value, input) in [
            ("123456782", ""),
            ("1234.56.782", ""),
            ("-", "123456782\n"),
            ("-", "123456782"),
        ] {
            for key in [KEY.to_owned(), format!("{KEY}\n")] {
                let output = token(&key, "1", "bsn", value, input);
                assert_eq!(stdout(&output), format!("{TOKEN}\n"));
                assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
            }
        }
    }

    #[test]
    fn a_wrong_value_ends_with_2_and_one_line_that_does_not_repeat_it() {
        for value in ["123456789", "12345678x", "-123456789", "1234567", "000000000", ""] {
            for (argument, input) in [(value, ""), ("-", value)] {
                let output = token(KEY, "1", "bsn", argument, input);
                assert_eq!(output.status.code(), Some(2), "{value}");
                assert_eq!(stdout(&output), "");
                let told = stderr(&output);
                assert_eq!(told.lines().count(), 1, "{told}");
                assert!(value.is_empty() || !told.contains(value), "{told}");
            }
        }
    }

    #[test]
    fn a_wrong_key_epoch_or_kind_ends_with_2() {
        assert_eq!(token("AAEC", "1", "bsn", "123456782", "").status.code(), Some(2));
        assert_eq!(
            token(&format!("{KEY}\n\n"), "1", "bsn", "123456782", "")
                .status
                .code(),
            Some(2)
        );
        assert_eq!(token(KEY, "0", "bsn", "123456782", "").status.code(), Some(2));
        let unknown = token(KEY, "1", "name", "123456782", "");
        assert_eq!(unknown.status.code(), Some(2));
        assert!(!stderr(&unknown).contains("123456782"));
    }
}

/// A new data directory for tests; its settings file.
fn init(dir: &Path) -> String {
    let output = trefpunt(&[
        "init",
        dir.to_str().unwrap(),
        "--kind",
        "test",
        "--name",
        "test",
        "--log-origin",
        "trefpunt.test/log",
        "--listen",
        "127.0.0.1:0",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    dir.join("trefpunt.toml").to_str().unwrap().to_owned()
}

#[test]
fn an_operator_sets_a_service_up() {
    let dir = tempfile::tempdir().unwrap();
    let config = init(dir.path());
    let again = trefpunt(&[
        "init",
        dir.path().to_str().unwrap(),
        "--name",
        "x",
        "--log-origin",
        "x",
    ]);
    assert_eq!(again.status.code(), Some(2), "what is there is not made again");

    let covenant = dir.path().join("covenant.toml");
    let apply = trefpunt(&[
        "covenant",
        "apply",
        "--config",
        &config,
        covenant.to_str().unwrap(),
    ]);
    assert_eq!(
        stdout(&apply),
        "Convenant Voorbeeldstad: version 1 is in force.\n",
        "{}",
        stderr(&apply)
    );
    let list = trefpunt(&["covenant", "list", "--config", &config, "--json"]);
    assert_eq!(
        stdout(&list),
        "[{\"name\":\"Convenant Voorbeeldstad\",\"version\":1}]\n"
    );
    let show = trefpunt(&["covenant", "show", "--config", &config, "Convenant Voorbeeldstad"]);
    assert!(stdout(&show).contains("notice_interval_minutes = 15"));

    assert!(stderr(&apply).contains("municipality: no municipality of the name \"gemeente Voorbeeldstad\""));
    let doctor = stdout(&trefpunt(&["doctor", "--config", &config]));
    assert!(
        doctor.contains("WRONG covenants: Convenant Voorbeeldstad: "),
        "{doctor}"
    );

    let keys = dir.path().join("school");
    let add = [
        "organisation",
        "add",
        "--config",
        &config,
        "--covenant",
        "Convenant Voorbeeldstad",
        "--name",
    ];
    let school = [
        &add[..],
        &[
            "Basisschool De Wilg",
            "--sector",
            "education",
            "--generate",
            keys.to_str().unwrap(),
            "--json",
        ],
    ]
    .concat();
    let added = trefpunt(&school);
    let added: serde_json::Value = serde_json::from_str(&stdout(&added)).unwrap();
    let client = added["clientId"].as_str().unwrap();
    assert_eq!(trefpunt(&school).status.code(), Some(2), "the name is taken");
    assert!(keys.join("private-key.pem").is_file());

    let disabled = trefpunt(&["organisation", "disable-client", "--config", &config, client]);
    assert!(disabled.status.success(), "{}", stderr(&disabled));
    let list = stdout(&trefpunt(&["organisation", "list", "--config", &config]));
    assert!(
        list.lines()
            .any(|line| line.contains("Basisschool De Wilg") && line.ends_with("disabled")),
        "{list}"
    );

    let keys = dir.path().join("municipality");
    let municipality = [
        "gemeente Voorbeeldstad",
        "--municipality",
        "--generate",
        keys.to_str().unwrap(),
    ];
    let added = trefpunt(&[&add[..], &municipality].concat());
    assert!(added.status.success(), "{}", stderr(&added));

    let doctor = trefpunt(&["doctor", "--config", &config]);
    let report = stdout(&doctor);
    assert!(doctor.status.success() && !report.contains("WRONG"), "{report}");
    for check in [
        "settings",
        "secrets",
        "disk",
        "database",
        "schema",
        "roles",
        "clock",
        "network key",
        "covenants",
        "audit log",
    ] {
        assert!(
            report.contains(&format!("ok    {check}: ")),
            "{check} in {report}"
        );
    }
}

#[test]
fn an_operator_sees_what_a_change_of_the_covenant_means_before_and_after() {
    let dir = tempfile::tempdir().unwrap();
    let config = init(dir.path());
    let file = dir.path().join("covenant.toml");
    let file = file.to_str().unwrap();
    let run = |arguments: &[&str]| trefpunt(&[&["covenant"], arguments, &["--config", &config]].concat());
    assert_eq!(
        run(&["diff", file]).status.code(),
        Some(2),
        "there is nothing to compare with"
    );
    assert!(run(&["apply", file]).status.success());
    assert_eq!(stdout(&run(&["diff", file])), "Nothing would change.\n");

    let first = std::fs::read_to_string(file).unwrap();
    let changed = first
        .replace("# reveal = \"on_match\"", "reveal = \"on_consent\"")
        .replace("# signals_per_hour = 100", "signals_per_hour = 500")
        .replace("# may_lead = [\"youth-help\"]", "may_lead = [\"youth-help\"]");
    std::fs::write(file, changed).unwrap();
    let diff = stdout(&run(&["diff", file]));
    let lines: Vec<Vec<&str>> = diff
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines.len(), 4, "{diff}");
    assert_eq!(
        lines[1][..4],
        ["reveal", "\"on_match\"", "\"on_consent\"", "stricter"]
    );
    assert_eq!(lines[2][0], "may_lead");
    assert_eq!(lines[3][..4], ["signals_per_hour", "100", "500", "milder"]);
    let json: serde_json::Value = serde_json::from_str(&stdout(&run(&["diff", file, "--json"]))).unwrap();
    assert_eq!(json[0]["direction"], "stricter");
    assert_eq!(json[0]["countsFor"], "at once, for what is on record too");

    let applied = stdout(&run(&["apply", file]));
    assert!(applied.starts_with(&diff), "{applied}");
    assert!(applied.ends_with("version 2 is in force.\n"), "{applied}");
    let name = "Convenant Voorbeeldstad";
    assert_eq!(stdout(&run(&["versions", name])).lines().count(), 3);
    let shown = |version: &str| stdout(&run(&["show", name, "--version", version]));
    assert!(shown("1").contains("signals_per_hour = 100"));
    assert!(shown("2").contains("signals_per_hour = 500"));
    assert_eq!(stdout(&run(&["show", name])), shown("2"));
    assert_eq!(run(&["show", name, "--version", "3"]).status.code(), Some(2));
    assert_eq!(run(&["versions", "Convenant Elders"]).status.code(), Some(2));

    // All faults at once, before any database is asked.
    std::fs::write(file, "name = 1\nlegal_mode = \"maybe\"\n").unwrap();
    let refused = run(&["diff", file]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(stderr(&refused).lines().count(), 4, "{}", stderr(&refused));
}

#[test]
fn an_operator_gives_roles_and_lets_one_signal_for_another() {
    let dir = tempfile::tempdir().unwrap();
    let config = init(dir.path());
    let file = dir.path().join("covenant.toml");
    let at = ["--config", &config];
    let run = |arguments: &[&str]| trefpunt(&[&["organisation"], arguments, &at].concat());
    assert!(
        trefpunt(&[&["covenant", "apply", file.to_str().unwrap()][..], &at].concat())
            .status
            .success()
    );
    let key = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let add = |name: &str, further: &[&str]| {
        let first = [
            "add",
            "--covenant",
            "Convenant Voorbeeldstad",
            "--name",
            name,
            "--client-key",
            key,
            "--json",
        ];
        run(&[&first, further].concat())
    };
    let id = |output: &Output| -> String {
        let added: serde_json::Value = serde_json::from_str(&stdout(output)).unwrap();
        added["organisation"].as_str().unwrap().to_owned()
    };
    let school = id(&add(
        "Basisschool De Wilg",
        &["--sector", "education", "--roles", "professional,lead"],
    ));
    let help = id(&add("Jeugdhulp Anker", &["--sector", "youth-help"]));
    let city = id(&add("gemeente Voorbeeldstad", &["--municipality"]));
    for wrong in [
        &["--municipality", "--supervisor"][..],
        &["--municipality", "--sector", "education"],
        &["--municipality", "--roles", "professional"],
        &["--sector", "education", "--roles", "boss"],
        &[],
    ] {
        assert_eq!(add("Iets anders", wrong).status.code(), Some(2), "{wrong:?}");
    }

    let further = run(&[
        "add-client",
        &city,
        "--client-key",
        key,
        "--roles",
        "follow_up_officer",
    ]);
    assert!(stdout(&further).starts_with("cl_"), "{}", stderr(&further));
    let refused = run(&["add-client", &city, "--client-key", key, "--roles", "supervisor"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("nobody at a municipality acts as supervisor"));
    let list: serde_json::Value = serde_json::from_str(&stdout(&run(&["list", "--json"]))).unwrap();
    let roles: Vec<Vec<&str>> = list
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row["clients"].as_array().unwrap())
        .map(|client| {
            client["roles"]
                .as_array()
                .unwrap()
                .iter()
                .map(|role| role.as_str().unwrap())
                .collect()
        })
        .collect();
    assert!(roles.contains(&vec!["professional", "lead"]), "{roles:?}");
    assert!(roles.contains(&vec!["follow_up_officer"]), "{roles:?}");
    assert!(
        roles.contains(&vec!["professional", "lead", "coordinator"]),
        "{roles:?}"
    );

    assert!(stdout(&run(&["delegate", &school, &help])).contains("may give signals for"));
    assert_eq!(
        stdout(&run(&["delegate", &school, &help])),
        "That was so already.\n"
    );
    assert!(stdout(&run(&["delegate", &school, &help, "--end"])).contains("may no longer"));
    assert_eq!(run(&["delegate", &school, &city]).status.code(), Some(2));
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let config = init(dir.path());
    assert!(trefpunt(&["migrate", "--config", &config]).status.success());

    // A secret that others can read, and another key-check value than the network has.
    let master = dir.path().join("keys/master");
    let text = std::fs::read(&master).unwrap();
    server::files::write(&master, &text, server::files::Readers::Everyone).unwrap();
    let variables = [("TREFPUNT_NETWORK__KEY_CHECK", "AwMDAwMDAwMDAwMDAwMDAw")];
    let doctor = with_input(&["doctor", "--config", &config, "--json"], "", &variables);
    assert_eq!(doctor.status.code(), Some(3));
    let findings: Vec<serde_json::Value> = serde_json::from_str(&stdout(&doctor)).unwrap();
    let wrong: Vec<&str> = findings
        .iter()
        .filter(|finding| finding["good"] == false)
        .map(|finding| finding["check"].as_str().unwrap())
        .collect();
    assert_eq!(wrong, ["secrets", "network key"]);

    // What the service shows to others, and how it reaches them.
    for name in ["certificate.pem", "key.pem", "authorities.pem"] {
        std::fs::write(dir.path().join(name), "nothing of the kind").unwrap();
    }
    let file = |name: &str| dir.path().join(name).display().to_string();
    let (certificate, key, authorities) = (file("certificate.pem"), file("key.pem"), file("authorities.pem"));
    let variables = [
        ("TREFPUNT_SERVER__TLS__CERTIFICATE_FILE", certificate.as_str()),
        ("TREFPUNT_SERVER__TLS__KEY_FILE", &key),
        ("TREFPUNT_MAIL__SERVER", "smtp.example.nl"),
        ("TREFPUNT_MAIL__FROM", "noreply@trefpunt.example"),
        ("TREFPUNT_MAIL__CERTIFICATE_AUTHORITIES", &authorities),
        ("TREFPUNT_WEBHOOKS__CERTIFICATE_AUTHORITIES", &authorities),
    ];
    let doctor = with_input(&["doctor", "--config", &config], "", &variables);
    let report = stdout(&doctor);
    for says in [
        "WRONG TLS: the certificate file holds no PEM certificate",
        "WRONG mail: certificate_authorities: ",
        "WRONG webhooks: are not delivered: ",
    ] {
        assert!(report.contains(says), "{says}: {report}");
    }
}

#[test]
fn the_environment_wins_and_what_it_does_not_know_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let config = init(dir.path());
    let doctor = |variables: &[(&str, &str)]| with_input(&["doctor", "--config", &config], "", variables);
    let refused = doctor(&[
        ("TREFPUNT_SERVER__LISTN", "127.0.0.1:1"),
        ("TREFPUNT_SERVER__WORKERS", "0"),
    ]);
    assert_eq!(refused.status.code(), Some(3));
    let report = stdout(&refused);
    assert!(
        report.contains("server.listn: not a setting") && report.contains("server.workers: must be"),
        "{report}"
    );

    let serve = with_input(
        &["serve", "--config", &config],
        "",
        &[("TREFPUNT_KEYS__MASTER", "short")],
    );
    assert_eq!(serve.status.code(), Some(2));
    assert!(!stderr(&serve).contains("short"), "{}", stderr(&serve));
}

#[test]
fn a_database_elsewhere_is_migrated_only_when_the_operator_says_so() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let config = init(here.path());
    // Somebody else's server with an empty database: the private PostgreSQL of another directory.
    let elsewhere = store::private_postgres::PrivatePostgres::start(there.path()).unwrap();
    let socket = elsewhere.socket_dir().display();
    let url = format!(
        "host={socket} user={} dbname={}",
        elsewhere.user(),
        elsewhere.database()
    );
    let run = |command: &str| {
        with_input(
            &[command, "--config", &config],
            "",
            &[("TREFPUNT_DATABASE__URL", &url)],
        )
    };

    let serve = run("serve");
    assert_eq!(serve.status.code(), Some(3));
    assert_eq!(
        stderr(&serve),
        "trefpunt: the database's schema is not the one of this program: run `trefpunt migrate`\n"
    );
    assert_eq!(run("doctor").status.code(), Some(3));
    let migrate = run("migrate");
    assert!(migrate.status.success(), "{}", stderr(&migrate));
    let doctor = run("doctor");
    assert!(doctor.status.success(), "{}", stdout(&doctor));
}

#[test]
fn wrong_usage_ends_with_2() {
    assert_eq!(trefpunt(&[]).status.code(), Some(2));
    assert_eq!(trefpunt(&["dance"]).status.code(), Some(2));
    assert_eq!(
        trefpunt(&["serve", "--config", "/nowhere.toml"]).status.code(),
        Some(2)
    );
    assert_eq!(
        trefpunt(&["demo", "--listen", "0.0.0.0:0"]).status.code(),
        Some(2)
    );
    assert_eq!(trefpunt(&["--help"]).status.code(), Some(0));
}
