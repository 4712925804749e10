use super::*;

const KEYS: [&str; 5] = ["master", "storage", "token", "consent", "log"];

/// The shortest settings that are right.
fn settings() -> String {
    let mut text = String::from(
        "[network]\nname = \"voorbeeld\"\nkind = \"test\"\nkey_check = \"AwMDAwMDAwMDAwMDAwMDAw\"\n",
    );
    text.push_str("[log]\norigin = \"trefpunt.example/log\"\n[keys]\n");
    for (number, key) in (1..).zip(KEYS) {
        text.push_str(&format!("{key} = \"{}\"\n", protocol::text::encode([number; 32])));
    }
    text.push_str("id = \"BwcHBwcHBwcHBwcHBwcHBw\"\n");
    // The base point of Curve25519.
    text.push_str("lift = \"CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"\n");
    text
}

fn load(text: &str) -> Result<Config, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("trefpunt.toml");
    std::fs::write(&file, text).unwrap();
    Config::load_file(&file)
}

fn faults(text: &str) -> Vec<String> {
    load(text)
        .unwrap_err()
        .faults
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn the_shortest_settings_are_enough() {
    let config = load(&settings()).unwrap();
    assert_eq!(config.server.listen, "127.0.0.1:8480".parse().unwrap());
    assert_eq!(config.server.base(config.server.listen), "http://127.0.0.1:8480");
    assert!(
        config
            .server
            .hosts(config.server.listen)
            .contains(&"localhost:8480".to_owned())
    );
    assert_eq!(config.network.keys.net_epoch, 1);
    assert!(matches!(config.database, Database::Private { .. }));
    assert_eq!(config.warnings, Vec::<String>::new());
}

#[test]
fn every_fault_is_told_at_once_with_its_path() {
    let text = settings()
        .replace("kind = \"test\"", "kind = \"prod\"")
        .replace("id = \"B", "id = \"!")
        + "mastre = \"x\"\n[server]\nlisten = \"everywhere\"\nworkers = 0\n[logs]\n";
    let found = faults(&text);
    for path in [
        "network.kind",
        "keys.id",
        "keys.mastre",
        "server.listen",
        "server.workers",
        "logs",
    ] {
        assert!(
            found.iter().any(|fault| fault.starts_with(&format!("{path}: "))),
            "{path} in {found:?}"
        );
    }
    assert_eq!(found.len(), 6, "{found:?}");
}

#[test]
fn nothing_shows_a_secret() {
    let secret = protocol::text::encode([1; 32]);
    let shown = format!("{:?}", load(&settings()).unwrap());
    assert!(!shown.contains(&secret) && !shown.contains("[1, 1, 1"), "{shown}");
    // Faults on the very line of a secret.
    for broken in [
        settings().replace("master = \"", "master = \"x"),
        settings().replace("master = \"", "master = "),
    ] {
        let shown = format!("{:?}", faults(&broken));
        assert!(!shown.contains(&secret), "{shown}");
    }
    let url = settings() + "[database]\nurl = \"postgres//user:geheim@db\"\n";
    assert!(!format!("{:?}", faults(&url)).contains("geheim"));
}

#[test]
fn a_secret_comes_from_a_file_that_others_cannot_read() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("trefpunt.toml");
    let value = format!("master = \"{}\"", protocol::text::encode([1; 32]));
    std::fs::write(&file, settings().replace(&value, "master_file = \"m\"")).unwrap();
    let key = dir.path().join("m");
    files::write(
        &key,
        format!("{}\n", protocol::text::encode([9; 32])).as_bytes(),
        files::Readers::Owner,
    )
    .unwrap();
    let config = Config::load_file(&file).unwrap();
    assert_eq!(config.keys.master.expose(), &[9; 32]);
    assert_eq!(config.warnings, Vec::<String>::new());

    files::write(
        &key,
        protocol::text::encode([9; 32]).as_bytes(),
        files::Readers::Everyone,
    )
    .unwrap();
    let warnings = Config::load_file(&file).unwrap().warnings;
    assert!(
        warnings[0].contains("keys.master_file") && warnings[0].contains("chmod 600"),
        "{warnings:?}"
    );

    std::fs::remove_file(&key).unwrap();
    assert!(Config::load_file(&file).unwrap_err().faults[0].path == "keys.master_file");
    std::fs::write(&file, settings() + "master_file = \"m\"\n").unwrap();
    assert!(Config::load_file(&file).is_err(), "a value and a file");
}

fn load_for(text: &str, process: Process) -> Result<Config, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("trefpunt.toml");
    std::fs::write(&file, text).unwrap();
    Config::read(&file, Figment::new(), process)
}

/// Settings in which these secrets are in files that this process cannot open.
fn without(keys: &[&str]) -> String {
    let mut text = settings();
    for (number, key) in (1..).zip(KEYS) {
        if keys.contains(&key) {
            let value = format!("{key} = \"{}\"", protocol::text::encode([number; 32]));
            text = text.replace(&value, &format!("{key}_file = \"is/not/there\""));
        }
    }
    text + "[portal]\nlisten = \"127.0.0.1:1\"\n"
}

#[test]
fn each_process_opens_the_secrets_that_it_needs_and_no_other() {
    let no_consent = without(&["consent"]);
    assert!(load_for(&no_consent, Process::Whole).is_err());
    assert!(load_for(&no_consent, Process::Portal).is_err());
    for process in [Process::Api, Process::Command] {
        let config = load_for(&no_consent, process).unwrap();
        assert!(config.keys.consent.is_none());
        assert_eq!(config.warnings, Vec::<String>::new());
    }

    let only_portals = without(&["master", "token", "log"])
        + "[keyholder]\nurl = \"https://k.example\"\nprivate_key_file = \"is/not/there\"\n\
           [mail]\npassword_file = \"is/not/there\"\n";
    assert!(load_for(&only_portals, Process::Api).is_err());
    for process in [Process::Portal, Process::PortalCommand] {
        let (one, other) = (
            load_for(&only_portals, process).unwrap(),
            load_for(&only_portals, process).unwrap(),
        );
        assert_eq!(one.keys.consent.unwrap().expose(), &[4; 32]);
        assert!(one.keyholder.is_none() && one.mail.is_none());
        // Not the network's, nor anybody's: drawn anew each time.
        assert_ne!(one.keys.master.expose(), other.keys.master.expose());
    }
    // Who works lets nobody in and makes no tag; who leaves the work to others sends nothing out.
    let of_work = without(&["master", "token", "consent"]);
    assert!(load_for(&of_work, Process::ApiDoors).is_err());
    let work = load_for(&of_work, Process::Work).unwrap();
    assert_eq!(work.keys.log.expose(), &[5; 32]);
    assert_eq!(work.warnings, Vec::<String>::new());
    let of_doors = no_consent + "[mail]\npassword_file = \"is/not/there\"\n";
    assert!(load_for(&of_doors, Process::Work).is_err());
    assert!(load_for(&of_doors, Process::ApiDoors).unwrap().mail.is_none());
    // A secret that stands in the settings themselves is not used either, and that is told.
    let told = load_for(&without(&[]), Process::Api).unwrap().warnings;
    assert!(
        told.iter().any(|told| told.starts_with("keys.consent: ")),
        "{told:?}"
    );
}

#[test]
fn two_processes_say_where_the_portal_is() {
    for process in [Process::Portal, Process::Api] {
        let faults = load_for(&settings(), process).unwrap_err().faults;
        assert_eq!(faults[0].path, "portal");
    }
    let apart = settings() + "[portal]\nlisten = \"127.0.0.1:4\"\npublic_url = \"https://p.example\"\n";
    let portal = load_for(&apart, Process::Portal).unwrap().server;
    assert_eq!(portal.base(portal.listen), "https://p.example");
    let api = load_for(&apart, Process::Api).unwrap();
    assert_eq!(api.server.listen, "127.0.0.1:8480".parse().unwrap());
    assert_eq!(api.portal.unwrap().public_url.unwrap(), "https://p.example");
}

#[test]
fn one_secret_is_not_used_for_two_things() {
    let twice = settings().replace(&protocol::text::encode([2; 32]), &protocol::text::encode([1; 32]));
    assert_eq!(faults(&twice).len(), 1);
}

#[test]
fn a_service_that_others_reach_has_an_https_address() {
    let server = |lines: &str| load(&format!("{}[server]\n{lines}\n", settings()));
    assert!(server("listen = \"0.0.0.0:8480\"").is_err());
    assert!(server("listen = \"0.0.0.0:8480\"\npublic_url = \"https://trefpunt.example\"").is_ok());
    for url in [
        "http://trefpunt.example",
        "https://trefpunt.example/",
        "https://",
        "trefpunt.example",
        "https://u@t.example",
    ] {
        assert!(server(&format!("public_url = \"{url}\"")).is_err(), "{url}");
    }
    for url in [
        "http://localhost:1",
        "http://[::1]:8480",
        "https://trefpunt.example:8443",
    ] {
        assert!(server(&format!("public_url = \"{url}\"")).is_ok(), "{url}");
    }
}

#[test]
fn a_database_is_private_or_elsewhere() {
    let database = |lines: &str| load(&format!("{}[database]\n{lines}\n", settings()));
    let secret = protocol::text::encode([8; 32]);
    assert!(
        database(&format!(
            "url = \"postgres://o:p@localhost/trefpunt\"\nrole_secret = \"{secret}\""
        ))
        .is_ok()
    );
    assert!(database(&format!("role_secret = \"{secret}\"")).is_err());
    assert!(
        database("url = \"postgres://o:p@db/trefpunt\"").is_err(),
        "the way leads off the machine"
    );
    assert!(database("url = \"postgres://o:p@localhost/trefpunt\"\ndata_dir = \"d\"").is_err());
    assert!(
        matches!(database("data_dir = \"d\"").unwrap().database, Database::Private { data_dir, .. } if data_dir.ends_with("d"))
    );
}

#[test]
fn tls_has_its_files_or_a_proxy_ends_it() {
    let tls = |lines: &str| load(&format!("{}[server.tls]\n{lines}\n", settings()));
    assert!(load(&settings()).unwrap().server.tls.is_none());
    let config = tls("certificate_file = \"c.pem\"\nkey_file = \"k.pem\"").unwrap();
    let address = "127.0.0.1:8480".parse().unwrap();
    assert_eq!(config.server.base(address), "https://127.0.0.1:8480");
    let files = config.server.tls.unwrap();
    assert!(files.certificate.ends_with("c.pem") && files.certificate.is_absolute());
    assert_eq!(files.clients, None);

    let asking = "certificate_file = \"c\"\nkey_file = \"k\"\nclient_ca_file = \"a\"\nrequire_client_certificate = true";
    let clients = tls(asking).unwrap().server.tls.unwrap().clients.unwrap();
    assert!(clients.required && clients.revoked.is_none());
    for wrong in [
        "certificate_file = \"c\"",
        "key_file = \"k\"",
        "certificate_file = \"c\"\nkey_file = \"k\"\nrequire_client_certificate = true",
        "certificate_file = \"c\"\nkey_file = \"k\"\nclient_revoked_file = \"r\"",
        "certificate_file = \"c\"\nkey_file = \"k\"\nrequire_client_certificate = \"yes\"",
        "certificate_file = \"c\"\nkey_file = \"k\"\nversion = \"1.0\"",
    ] {
        assert_eq!(tls(wrong).unwrap_err().faults.len(), 1, "{wrong}");
    }
    let plain = format!(
        "{}[server]\npublic_url = \"http://localhost:1\"\n[server.tls]\ncertificate_file = \"c\"\nkey_file = \"k\"\n",
        settings()
    );
    assert_eq!(load(&plain).unwrap_err().faults[0].path, "server.public_url");
}

#[test]
fn limits_are_generous_unless_the_settings_say_otherwise() {
    let limits = |lines: &str| load(&format!("{}[limits]\n{lines}\n", settings()));
    assert_eq!(limits("").unwrap().limits, LimitSettings::default());
    let narrow = limits("requests_in_flight = 8\nrequests_per_minute = 60\nburst = 5")
        .unwrap()
        .limits;
    assert_eq!(
        (
            narrow.requests_in_flight,
            narrow.requests_per_minute.get(),
            narrow.burst.get()
        ),
        (8, 60, 5)
    );
    for wrong in [
        "burst = 0",
        "requests_per_minute = 65536",
        "requests_in_flight = 0",
        "per_hour = 3",
    ] {
        assert!(limits(wrong).is_err(), "{wrong}");
    }
}
