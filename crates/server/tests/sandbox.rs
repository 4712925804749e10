//! `trefpunt sandbox` as a vendor uses it: the built program, and nothing of it but its doors and its credentials.
#![allow(clippy::unwrap_used, reason = "what a test needs and has not got ends it")]

mod stage;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use client::{NetworkKey, NewSignal, Partner, PartnerKeys, Submitted};
use identifiers::{Bsn, NetworkSecret};
use protocol::Id;
use protocol::consent::{AgeBand, ConsentRequestSubmission, ConsentState, Language};
use protocol::match_case::{Match, MatchState};
use protocol::notice::NoticeKind;
use protocol::page::PageQuery;
use protocol::sandbox::{Behaviour, ClockSubmission};
use protocol::sealed_message::SealingSecret;
use server::credentials::Credentials;
use server::environment::Machine;
use stage::{Running, base, done, program, read, start};

const ALL: PageQuery = PageQuery {
    limit: 100,
    cursor: None,
};

/// A sandbox in a directory, and a vendor with its first credentials.
struct Vendor {
    sandbox: Running,
    partner: Partner,
    credentials: Credentials,
}

impl Vendor {
    fn start(dir: &Path) -> Self {
        let mut command = program(&["sandbox", dir.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
        let (sandbox, ()) = start(
            command.stdout(Stdio::piped()),
            |child| child.stdout.take().unwrap(),
            |line| line.contains("docs/SANDBOX.md").then_some(()),
        );
        let credentials = Credentials::read(&dir.join("credentials.json")).unwrap();
        let own = &credentials.organisations[0];
        let keys = PartnerKeys {
            network: vec![NetworkKey {
                epoch: 1,
                secret: NetworkSecret::parse_key_file(&read(&credentials.network_key_file)).unwrap(),
            }],
            sealing: SealingSecret::parse_key_file(&read(&own.sealing_key_file))
                .unwrap()
                .into(),
        };
        let settings = credentials.settings_of(own).unwrap();
        Self {
            partner: Partner::connect(settings, keys, Machine).unwrap(),
            sandbox,
            credentials,
        }
    }

    async fn signals(&self, number: &str) -> Submitted {
        let today = self.partner.sandbox_clock().await.unwrap().now;
        let planned_end = today + jiff::SignedDuration::from_hours(90 * 24);
        let signal = NewSignal {
            child: Bsn::parse(number).unwrap().into(),
            guardians: Vec::new(),
            professional: serde_json::from_value(serde_json::json!({
                "reference": "j.proef", "email": "j.proef@school.example",
            }))
            .unwrap(),
            planned_end: planned_end.to_zoned(jiff::tz::TimeZone::UTC).date(),
            destroy_by: "2043-05".parse().unwrap(),
            ground: "development-at-risk".parse().unwrap(),
            on_behalf_of: None,
        };
        self.partner.submit_signal(&signal, None).await.unwrap()
    }

    /// Gives a signal about a child, and finds the match that comes of it.
    async fn meets(&self, behaviour: Behaviour) -> Id {
        let known: Vec<Id> = self.matches().await;
        self.signals(behaviour.numbers()[0]).await;
        eventually(behaviour.as_str(), async || {
            self.matches().await.into_iter().find(|id| !known.contains(id))
        })
        .await
    }

    async fn matches(&self) -> Vec<Id> {
        let matches = self.partner.matches(&ALL).await.unwrap().items;
        matches.into_iter().map(|found| found.id).collect()
    }

    async fn sees(&self, match_id: Id) -> Match {
        self.partner.match_case(match_id).await.unwrap()
    }

    async fn asks(&self, match_id: Id) -> Id {
        let question = ConsentRequestSubmission {
            age_band: AgeBand::Under12,
            guardians: 2,
            next_boundary_on: None,
            language: Language::Nl,
            one_guardian_declares: false,
        };
        let asked = self.partner.request_consent(match_id, &question, None).await;
        asked.unwrap().id
    }

    async fn becomes(&self, match_id: Id, asked: Id, state: ConsentState) {
        eventually(&format!("{state:?}"), async || {
            let seen = self.partner.consent_request(match_id, asked).await.unwrap();
            (seen.state == state).then_some(())
        })
        .await;
    }

    async fn advances(&self, by: &str) {
        let by = ClockSubmission {
            advance: Some(by.parse().unwrap()),
            to: None,
        };
        self.partner.advance_sandbox_clock(&by, None).await.unwrap();
    }
}

/// Looks until there is something.
async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("in vain: {what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_child_of_the_sandbox_behaves_as_announced() {
    let dir = tempfile::tempdir().unwrap();
    let vendor = Vendor::start(dir.path());
    let told = vendor.partner.sandbox().await.unwrap();
    assert_eq!(told.children, Behaviour::children());
    let key = read(&vendor.credentials.network_key_file);
    assert_eq!(told.network_key.key.to_string(), key.trim_end());

    // The vendor confirms too; where the other is masked there is nobody to call.
    vendor.signals(Behaviour::NeverMatches.numbers()[0]).await;
    let mut met = Vec::new();
    for behaviour in [
        Behaviour::AlwaysMatches,
        Behaviour::FamilyAgrees,
        Behaviour::FamilyWithdraws,
        Behaviour::FamilyRefuses,
    ] {
        let match_id = vendor.meets(behaviour).await;
        vendor.partner.confirm_contact(match_id, None).await.unwrap();
        eventually("the robot confirms contact", async || {
            (vendor.sees(match_id).await.state == MatchState::ContactConfirmed).then_some(())
        })
        .await;
        met.push(match_id);
    }
    let masked = vendor.meets(Behaviour::Masked).await;
    let other = |found: &Match| {
        let other = found.parties.iter().find(|party| !party.you).unwrap();
        other
            .organisation
            .as_ref()
            .map(|organisation| organisation.name.clone())
    };
    assert_eq!(other(&vendor.sees(masked).await), None);

    let [always, agrees, withdraws, refuses] = met[..] else {
        unreachable!()
    };
    let mut asked = Vec::new();
    for match_id in [always, agrees, withdraws, refuses, masked] {
        asked.push(vendor.asks(match_id).await);
    }
    vendor.becomes(refuses, asked[3], ConsentState::Refused).await;
    for (match_id, place) in [(agrees, 1), (withdraws, 2), (masked, 4)] {
        vendor.becomes(match_id, asked[place], ConsentState::Given).await;
        assert!(vendor.sees(match_id).await.exchange.open);
    }
    assert_eq!(
        other(&vendor.sees(masked).await).as_deref(),
        Some("Verslavingszorg De Robot")
    );

    // A day later one family has taken it back; the first has decided nothing, since it is the vendor's to play.
    vendor.advances("P1D").await;
    vendor.becomes(withdraws, asked[2], ConsentState::Withdrawn).await;
    vendor.becomes(always, asked[0], ConsentState::Requested).await;
    vendor.becomes(agrees, asked[1], ConsentState::Given).await;

    // Two days after the robot ended its signal that lies in the archive.
    vendor.advances("P1D").await;
    vendor.signals(Behaviour::InArchive.numbers()[0]).await;
    eventually("a notice from the archive", async || {
        let inbox = vendor.partner.notices(&ALL).await.unwrap().items;
        let archived = |notice: &protocol::notice::Notice| notice.kind == NoticeKind::ArchivedSignal;
        inbox.iter().any(archived).then_some(())
    })
    .await;
    // Of the one that never matches there is nothing.
    assert_eq!(vendor.matches().await.len(), 5);

    // Two years on the robot's signals have ended, and it gave others: the child matches again.
    vendor.advances("P2Y").await;
    vendor.signals(Behaviour::AlwaysMatches.numbers()[0]).await;
    eventually("a match two years later", async || {
        let matches = vendor.partner.matches(&ALL).await.unwrap().items;
        let open = |found: &Match| found.state != MatchState::Closed;
        matches.iter().any(open).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sandbox_goes_on_where_it_was_and_its_families_keep_their_letters() {
    let dir = tempfile::tempdir().unwrap();
    let vendor = Vendor::start(dir.path());
    let match_id = vendor.meets(Behaviour::FamilyWithdraws).await;
    vendor.partner.confirm_contact(match_id, None).await.unwrap();
    eventually("the robot confirms contact", async || {
        (vendor.sees(match_id).await.state == MatchState::ContactConfirmed).then_some(())
    })
    .await;
    let asked = vendor.asks(match_id).await;
    vendor.becomes(match_id, asked, ConsentState::Given).await;
    vendor.advances("PT12H").await;
    let before = vendor.partner.sandbox_clock().await.unwrap().now;
    let organisation = vendor.credentials.organisations[0].client_id.clone();
    drop(vendor.sandbox);

    let vendor = Vendor::start(dir.path());
    assert_eq!(vendor.credentials.organisations[0].client_id, organisation);
    assert!(vendor.partner.sandbox_clock().await.unwrap().now >= before);
    vendor.advances("PT13H").await;
    vendor.becomes(match_id, asked, ConsentState::Withdrawn).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sandbox_and_a_live_network_are_of_no_use_to_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let (sandboxed, live) = (dir.path().join("sandbox"), dir.path().join("live"));
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    done(&mut program(&[
        "init",
        &path(&live),
        "--kind",
        "live",
        "--name",
        "voorbeeld",
        "--log-origin",
        "trefpunt.example/log",
        "--listen",
        "127.0.0.1:0",
    ]));
    let settings = path(&live.join("trefpunt.toml"));
    let mut serve = program(&["serve", "--config", &settings]);
    let (served, url) = start(
        serve.stderr(Stdio::piped()),
        |child| child.stderr.take().unwrap(),
        base,
    );
    let vendor = Vendor::start(&sandboxed);
    let http = reqwest::Client::builder().tls_certs_only([]).build().unwrap();

    // No address of a sandbox, whoever asks.
    let own = &vendor.credentials.organisations[0];
    let token = client::access_token(vendor.credentials.settings_of(own).unwrap(), Machine)
        .await
        .unwrap();
    for path in ["/v1/sandbox", "/v1/sandbox/clock"] {
        let answer = http.get(format!("{url}{path}")).bearer_auth(&*token).send().await;
        assert_eq!(answer.unwrap().status(), 404, "{path}");
    }
    let moved = http
        .post(format!("{url}/v1/sandbox/clock"))
        .bearer_auth(&*token)
        .header("content-type", "application/json")
        .header("idempotency-key", "move-a-live-clock")
        .body(r#"{"advance":"P1D"}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(moved.status(), 404);
    // The token is good where it was given, and nowhere else; nor is the client known there.
    let here = format!("{}/v1/signals", vendor.credentials.api_url);
    assert_eq!(
        http.get(&here)
            .bearer_auth(&*token)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let there = http
        .get(format!("{url}/v1/signals"))
        .bearer_auth(&*token)
        .send()
        .await;
    assert_eq!(there.unwrap().status(), 401);
    let mut elsewhere = vendor.credentials.settings_of(own).unwrap();
    elsewhere.token_url = format!("{url}/oauth/token");
    elsewhere.api_url.clone_from(&url);
    assert!(client::access_token(elsewhere, Machine).await.is_err());
    drop(vendor);

    // A live directory is not taken for a sandbox, and cannot be told to publish its key.
    let refused = |arguments: &[&str]| {
        let output = program(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let told = refused(&["sandbox", &path(&live), "--listen", "127.0.0.1:0"]);
    assert!(told.contains("no sandbox"), "{told}");
    let key = "\n[sandbox]\nnetwork_key_file = \"hand-over/network-key-1\"\n";
    std::fs::write(&settings, read(&settings) + key).unwrap();
    let told = refused(&["serve", "--config", &settings]);
    assert!(told.contains("sandbox.network_key"), "{told}");
    assert!(
        !told.contains(read(live.join("hand-over/network-key-1")).trim_end()),
        "{told}"
    );
    // Nor can a network that exists become one: its database remembers what it is.
    let as_sandbox = read(&settings).replace("kind = \"live\"", "kind = \"sandbox\"");
    std::fs::write(&settings, as_sandbox).unwrap();
    drop(served);
    let output = program(&["serve", "--config", &settings]).output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(3),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
