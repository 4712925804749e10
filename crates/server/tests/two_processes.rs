//! The portal and everything else as two real processes on one database, each in a directory with its own secrets and no
//! others.
#![allow(clippy::unwrap_used, reason = "what a test needs and has not got ends it")]

mod stage;

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use client::{NetworkKey, Partner, PartnerKeys};
use identifiers::NetworkSecret;
use protocol::Id;
use protocol::consent::{
    AgeBand, AttestationSubmission, AttestedDecision, AttestedForm, ConsentKeys, ConsentRequest,
    ConsentRequestSubmission, ConsentSigner, ConsentState, ConsentVerifier, Language, Signatory,
    SignedRecord,
};
use protocol::gate::{ConsentStatus, SignedStatus, Standing};
use protocol::page::PageQuery;
use protocol::sealed_message::SealingSecret;
use serde_json::{Value, json};
use server::demo::portal::Browser;
use server::environment::{self, Machine};
use stage::{Running, base, done, drill, eventually, program, read, signal, start};
use store::private_postgres::PrivatePostgres;

/// What the portal has, and all it has.
const PORTAL_KEYS: [&str; 3] = ["storage", "id", "consent"];

/// Two directories, a database of somebody else, and what runs.
struct Place {
    dir: tempfile::TempDir,
    database: String,
    api_url: String,
    portal_url: String,
    runtime: tokio::runtime::Runtime,
    _elsewhere: PrivatePostgres,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        // PostgreSQL does not run as root, and its own user has to pass.
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let elsewhere = PrivatePostgres::start(&dir.path().join("postgres")).unwrap();
        let database = format!(
            "host={} user={} dbname={}",
            elsewhere.socket_dir().display(),
            elsewhere.user(),
            elsewhere.database()
        );
        let place = Self {
            database,
            api_url: format!("http://{}", free_address()),
            portal_url: format!("http://{}", free_address()),
            runtime: tokio::runtime::Runtime::new().unwrap(),
            dir,
            _elsewhere: elsewhere,
        };
        place.set_up();
        place
    }

    fn api(&self) -> PathBuf {
        self.dir.path().join("api")
    }

    fn portal(&self) -> PathBuf {
        self.dir.path().join("portal")
    }

    /// `init`, and then the secrets are shared out: nothing of the portal stays with the other.
    fn set_up(&self) {
        let listen = self.api_url.strip_prefix("http://").unwrap();
        let init = [
            "--kind",
            "test",
            "--name",
            "test",
            "--log-origin",
            "trefpunt.test/log",
        ];
        done(program(&["init", self.api().to_str().unwrap(), "--listen", listen]).args(init));
        let settings = self.api().join("trefpunt.toml");
        let apart = format!(
            "{}\n[portal]\nlisten = \"{}\"\npublic_url = \"{}\"\n",
            read(&settings),
            self.portal_url.strip_prefix("http://").unwrap(),
            self.portal_url
        );
        std::fs::write(&settings, &apart).unwrap();
        std::fs::create_dir_all(self.portal().join("keys")).unwrap();
        std::fs::write(self.portal().join("trefpunt.toml"), &apart).unwrap();
        for key in PORTAL_KEYS {
            let (from, to) = (
                self.api().join("keys").join(key),
                self.portal().join("keys").join(key),
            );
            std::fs::copy(&from, &to).unwrap();
        }
        std::fs::remove_file(self.api().join("keys/consent")).unwrap();
        let covenant = self.api().join("covenant.toml");
        let text = read(&covenant).replace(
            "# notice_interval_minutes = 15",
            "notice_interval_minutes = 0\nattested_consent = true",
        );
        assert!(text.contains("attested_consent = true"));
        std::fs::write(&covenant, text).unwrap();
        done(&mut self.command(&self.api(), &["migrate"]));
        done(&mut self.command(&self.api(), &["covenant", "apply", covenant.to_str().unwrap()]));
    }

    fn command(&self, dir: &Path, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command
            .env("TREFPUNT_CONFIG", dir.join("trefpunt.toml"))
            .env("TREFPUNT_DATABASE__URL", &self.database)
            .env("TREFPUNT_SERVER__SHUTDOWN_NOTICE_SECONDS", "0")
            .env("TREFPUNT_PORTAL__SHUTDOWN_NOTICE_SECONDS", "0");
        command
    }

    fn output(&self, dir: &Path, arguments: &[&str]) -> Output {
        self.command(dir, arguments).output().unwrap()
    }

    fn serve(&self, dir: &Path, only: &str) -> Running {
        let mut serve = self.command(dir, &["serve", "--only", only]);
        serve.stderr(Stdio::piped());
        let (running, base) = start(&mut serve, |child| child.stderr.take().unwrap(), base);
        assert_eq!(
            base,
            if only == "portal" {
                self.portal_url.clone()
            } else {
                self.api_url.clone()
            }
        );
        running
    }

    fn partner(&self, name: &str, sector: &str) -> Partner {
        let keys = self.dir.path().join(sector);
        let add = [
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
        ];
        let added: Value = serde_json::from_str(&done(&mut self.command(&self.api(), &add))).unwrap();
        let settings = client::Settings {
            api_url: self.api_url.clone(),
            token_url: format!("{}/oauth/token", self.api_url),
            client_id: added["clientId"].as_str().unwrap().parse().unwrap(),
            private_key_pem: read(keys.join("private-key.pem")).into(),
            consent_keys: None,
            keyholder: None,
            min_suite: 1,
        };
        let network =
            NetworkSecret::parse_key_file(&read(self.api().join("hand-over/network-key-1"))).unwrap();
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

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Two partners that signalled one child and were in contact.
    fn meet(&self, first: &Partner, other: &Partner, child: u32) -> Id {
        let query = PageQuery {
            limit: 100,
            cursor: None,
        };
        let before = self.wait(first.matches(&query)).unwrap().items.len();
        for partner in [first, other] {
            self.wait(partner.submit_signal(&signal(child), None)).unwrap();
        }
        let mut found = None;
        eventually("a match", || {
            let matches = self.wait(first.matches(&query)).unwrap().items;
            found = (matches.len() > before).then(|| matches[0].id);
            found.is_some()
        });
        let met = found.unwrap();
        for partner in [first, other] {
            self.wait(partner.confirm_contact(met, None)).unwrap();
        }
        met
    }

    fn ask(&self, partner: &Partner, met: Id) -> ConsentRequest {
        let asked = ConsentRequestSubmission {
            age_band: AgeBand::Under12,
            guardians: 1,
            next_boundary_on: None,
            language: Language::Nl,
            one_guardian_declares: false,
        };
        self.wait(partner.request_consent(met, &asked, None)).unwrap()
    }

    /// The family agrees at the portal.
    fn agrees(&self, request: &ConsentRequest) -> Browser {
        self.wait(async {
            let mut family = Browser::new(&self.portal_url).unwrap();
            let entered = family.enter(request.invitations[0].code.expose()).await.unwrap();
            family
                .send(&entered.unwrap().page, "/portal/besluit", &[("keuze", "ja")])
                .await
                .unwrap();
            family
        })
    }

    fn withdraws(&self, mut family: Browser) {
        self.wait(async {
            let sure = family.open("/portal/intrekken").await.unwrap();
            family.send(&sure, "/portal/intrekken", &[]).await.unwrap();
        });
    }

    fn keys(&self) -> ConsentKeys {
        self.wait(async {
            let url = format!("{}/v1/consent-keys", self.api_url);
            let text = http().get(url).send().await.unwrap().text().await.unwrap();
            serde_json::from_str(&text).unwrap()
        })
    }

    /// What the portal says of a record, checked.
    fn standing(&self, record: &SignedRecord) -> Standing {
        let keys = self.keys();
        let url = keys.status_url.clone().unwrap();
        assert!(url.starts_with(&self.portal_url), "{url}");
        let (status, text) = self.posts(&url, record);
        assert_eq!(status, 200, "{text}");
        let signed: SignedStatus = serde_json::from_str(&text).unwrap();
        let status = ConsentStatus::verify(&signed, &ConsentVerifier::new(&keys).unwrap()).unwrap();
        assert_eq!(status.consent, record.hash);
        status.state
    }

    fn posts(&self, url: &str, record: &SignedRecord) -> (u16, String) {
        self.wait(async {
            let asked = http()
                .post(url)
                .header("content-type", "application/json")
                .body(json!({ "consentHash": record.hash }).to_string())
                .send()
                .await
                .unwrap();
            (asked.status().as_u16(), asked.text().await.unwrap())
        })
    }

    /// Runs a drill where the portal runs.
    fn runs(&self, name: &str, variables: &[(&str, &str)]) -> String {
        let bin = Path::new(env!("CARGO_BIN_EXE_trefpunt")).parent().unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        shell
            .args(["-euc", drill(name)])
            .current_dir(self.portal())
            .env("PATH", path)
            .env("TREFPUNT_CONFIG", self.portal().join("trefpunt.toml"))
            .env("TREFPUNT_DATABASE__URL", &self.database)
            .envs(variables.iter().copied())
            .stdin(Stdio::null());
        done(&mut shell)
    }
}

/// Plain http on this machine: no certificates are needed, and the system may have none.
fn http() -> reqwest::Client {
    reqwest::Client::builder().tls_certs_only([]).build().unwrap()
}

/// An address that nobody listens at, for a process that is told which before it starts.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string()
}

#[test]
fn a_family_decides_at_the_portal_and_partners_work_at_the_other_process() {
    let place = Place::new();
    let (api, portal) = (place.api(), place.portal());

    // The process with everything does not start where the key is not; nor the portal with a key of somebody else later.
    let whole = place.output(&api, &["serve"]);
    let told = String::from_utf8(whole.stderr).unwrap();
    assert_eq!(whole.status.code(), Some(2));
    assert!(told.contains("keys.consent_file"), "{told}");

    let _api = place.serve(&api, "api");
    let portal_process = place.serve(&portal, "portal");
    for (dir, only) in [(&api, "api"), (&portal, "portal")] {
        let doctor = place.output(dir, &["doctor", "--only", only]);
        let told = String::from_utf8(doctor.stdout).unwrap();
        assert!(told.contains("ok    portal key"), "{only}: {told}");
        assert!(!told.contains("WRONG settings"), "{only}: {told}");
    }

    let (school, help) = (
        place.partner("De Wilg", "education"),
        place.partner("Anker", "youth-help"),
    );
    let met = place.meet(&school, &help, 1);
    let request = place.ask(&school, met);
    let family = place.agrees(&request);
    // At once in the other process.
    let seen = place.wait(help.match_case(met)).unwrap();
    assert!(seen.exchange.open);
    let record = place
        .wait(help.consent_request(met, request.id))
        .unwrap()
        .record
        .unwrap();
    assert_eq!(place.standing(&record), Standing::Stands);
    // Whoever has the partners' door alone cannot have a status made.
    let url = format!("{}/v1/consent-status", place.api_url);
    assert_eq!(place.posts(&url, &record).0, 404);

    place.withdraws(family);
    assert!(!place.wait(help.match_case(met)).unwrap().exchange.open);
    assert_eq!(place.standing(&record), Standing::Ended);

    // What a professional records is signed where the key is: not while the portal is down, and then by itself.
    let met = place.meet(&school, &help, 2);
    let request = place.ask(&school, met);
    drop(portal_process);
    let said = AttestationSubmission {
        signatory: Signatory::Guardian,
        number: 1,
        form: AttestedForm::Oral,
        on: environment::now()
            .to_zoned(jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap())
            .date(),
        decision: AttestedDecision::Agreed,
        by: "m.jansen".parse().unwrap(),
    };
    place
        .wait(school.attest_consent(met, request.id, &said, None))
        .unwrap();
    let seen = || place.wait(help.consent_request(met, request.id)).unwrap();
    assert_eq!(seen().state, ConsentState::Requested);
    assert!(!place.wait(help.match_case(met)).unwrap().exchange.open);

    // The portal's key changes meanwhile, by the book.
    let published = place.runs("portal-key-add", &[]);
    assert!(published.contains("keyholder consent-keys add"), "{published}");
    let old = record.key_id.to_string();
    let settings = portal.join("trefpunt.toml");
    let switched = read(&settings).replace("\"keys/consent\"", "\"consent-2\"");
    std::fs::write(&settings, switched).unwrap();
    let portal_process = place.serve(&portal, "portal");
    eventually("the portal signs what was recorded", || {
        seen().state == ConsentState::Given
    });
    let attested = seen().record.unwrap();
    assert_ne!(attested.key_id, record.key_id);
    assert_eq!(place.standing(&attested), Standing::Stands);
    let listed = place.runs("portal-key-retire", &[("OLD_KEY_ID", &old)]);
    assert!(listed.contains("retired"), "{listed}");
    // Old records are still checked, and spoken for with the new key.
    ConsentVerifier::new(&place.keys())
        .unwrap()
        .verify(&record)
        .unwrap();
    assert_eq!(place.standing(&record), Standing::Ended);
    assert_eq!(place.standing(&attested), Standing::Stands);
    // Nobody starts with the key that was retired.
    drop(portal_process);
    let back = read(&settings).replace("\"consent-2\"", "\"keys/consent\"");
    std::fs::write(&settings, back).unwrap();
    let retired = place.output(&portal, &["serve", "--only", "portal"]);
    let told = String::from_utf8(retired.stderr).unwrap();
    assert!(!retired.status.success() && told.contains("retired"), "{told}");
}

#[test]
fn what_cannot_be_kept_apart_does_not_start() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let live = dir.path().join("live");
    let keyholder = ConsentSigner::from_seed(&[7; 32]).key().public_key.to_string();
    let init = [
        "init",
        live.to_str().unwrap(),
        "--name",
        "test",
        "--log-origin",
        "trefpunt.test/log",
        "--keyholder-url",
        "https://keyholder.example",
        "--keyholder-key",
        &keyholder,
    ];
    let made = program(&init).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let config = live.join("trefpunt.toml");
    let serve = |arguments: &[&str]| {
        let mut serve = program(&["serve", "--config", config.to_str().unwrap()]);
        let output = serve.args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = serve(&[]);
    assert_eq!(code, Some(2));
    assert!(
        told.contains("--only portal") && told.contains("--only api"),
        "{told}"
    );
    // Two processes need to know where the portal is, and a database that is neither's.
    for only in ["portal", "api"] {
        let (code, told) = serve(&["--only", only]);
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains("portal: missing"), "{told}");
    }
    let with_portal = read(&config) + "\n[portal]\nlisten = \"127.0.0.1:0\"\n";
    std::fs::write(&config, with_portal).unwrap();
    for only in ["portal", "api"] {
        let (code, told) = serve(&["--only", only]);
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains("[database] url"), "{told}");
    }
}
