//! A coordinator rotates the keys of its organisation's programs, and shuts one out at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::actor::Role;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use protocol::client::{ClientState, DisabledBy};
use protocol::jwk::SigningAlgorithm;
use protocol::problem::ProblemType;
use protocol::{ClientId, Jwk};
use serde_json::json;
use tests::{Answer, Assertion, Http, KeyOfClient, Method, Professional, Region, Sector, ask_token, refusal};

/// A school whose partner system also coordinates.
struct School {
    region: Region,
    http: Http,
    school: Professional,
    /// Fetched at the start: good for ten minutes, whatever becomes of the key.
    bearer: String,
}

impl School {
    async fn start() -> Self {
        let region = Region::start().await;
        let school = region
            .professional("Basisschool Zonnewijzer", Sector::Education)
            .await;
        Self {
            http: Http::new(&region.url),
            bearer: school.bearer().await,
            region,
            school,
        }
    }

    /// Asks for a token with any kind of key.
    async fn signs_in(&self, client: &ClientId, key: &Arc<KeyOfClient>) -> Answer {
        let url = format!("{}/oauth/token", self.region.url);
        let assertion = Assertion::with_key(client.as_str(), &url, key, &self.region.clock);
        ask_token(&self.http, &assertion.sign(), &[]).await
    }

    async fn reads_signals(&self, bearer: &str) -> u16 {
        let headers = [("authorization", bearer)];
        self.http.get("/v1/signals", &headers).await.status
    }

    /// Offers a key of any kind for a client.
    async fn offers(&self, client: &ClientId, key: &Arc<KeyOfClient>, once: &str) -> Answer {
        let proof = Assertion::proof(client.as_str(), &self.region.url, key, &self.region.clock).sign();
        let body = json!({"key": key.public(), "proof": proof}).to_string();
        self.posts(&format!("/v1/clients/{client}/keys"), once, &body)
            .await
    }

    async fn posts(&self, path: &str, once: &str, body: &str) -> Answer {
        let headers = [
            ("authorization", self.bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", once),
        ];
        self.http
            .send(Method::POST, path, &headers, Some(body.as_bytes()))
            .await
    }
}

fn bearer(answer: &Answer) -> String {
    format!("Bearer {}", answer.json()["access_token"].as_str().unwrap())
}

fn pem(key: &SigningKey) -> String {
    let document = key.to_pkcs8_pem(ed25519_dalek::pkcs8::spki::der::pem::LineEnding::LF);
    document.unwrap().to_string()
}

// rule: D12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_goes_over_to_a_new_key_without_a_gap() {
    let here = School::start().await;
    let (school, client) = (&here.school, &here.school.client_id);
    let old = Arc::new(KeyOfClient::Ed25519(school.key.clone()));
    let old_kid = old.public().thumbprint();

    // The only key of the program that asks stays, for it could not come back.
    let refused = school.partner.retire_client_key(client, old_kid, None).await;
    assert_eq!(refusal(refused), ProblemType::LastKey);

    // A key of each kind, each good beside the others.
    let mut keys = vec![Arc::clone(&old)];
    for (number, algorithm) in SigningAlgorithm::ALL.into_iter().enumerate() {
        let new = Arc::new(KeyOfClient::new(algorithm));
        assert_eq!(here.signs_in(client, &new).await.slug(), "invalid-client");
        let once = format!("new-key-{number}");
        let added = here.offers(client, &new, &once).await;
        assert_eq!(added.status, 201, "{}", added.text());
        assert_eq!(
            added.header("location"),
            Some(format!("/v1/clients/{client}").as_str())
        );
        assert_eq!(added.json()["kid"], json!(new.public().thumbprint()));
        assert_eq!(added.json()["alg"], algorithm.as_str());
        keys.push(new);
        for key in &keys {
            assert_eq!(here.signs_in(client, key).await.status, 200);
        }
    }
    let seen = school.partner.client(client).await.unwrap();
    assert_eq!(seen.keys.len(), 4);
    assert!(seen.keys.iter().all(|key| key.retired_at.is_none()));

    // The old one is retired: what it signs is refused from then on, what was given lives on.
    let before = bearer(&here.signs_in(client, &old).await);
    let retired = school
        .partner
        .retire_client_key(client, old_kid, None)
        .await
        .unwrap();
    assert_eq!(retired.keys.last().unwrap().kid, old_kid);
    assert!(retired.keys.last().unwrap().retired_at.is_some());
    let unknown = here.signs_in(&"cl_nobody".parse().unwrap(), &old).await.json();
    let refused = here.signs_in(client, &old).await.json();
    assert_eq!(
        (&refused["type"], &refused["detail"]),
        (&unknown["type"], &unknown["detail"])
    );
    assert_eq!(here.reads_signals(&before).await, 200);
    // Retiring it again changes nothing; it never comes back.
    school
        .partner
        .retire_client_key(client, old_kid, None)
        .await
        .unwrap();
    assert_eq!(
        here.offers(client, &old, "old-key-again").await.slug(),
        "key-known"
    );
    here.region.at("2027-03-01T09:20:00+01:00").await;
    assert_eq!(here.reads_signals(&before).await, 401, "ten minutes are over");
    let supervisor = here.region.supervisor().await;
    let export = supervisor.verifies().await;
    let count = |name: &str| export.of(name).count();
    assert_eq!((count("client.key_added"), count("client.key_retired")), (3, 1));
}

// rule: D3, F2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_counts_when_its_holder_proved_it_and_a_repeated_request_has_its_first_answer() {
    let here = School::start().await;
    let client = &here.school.client_id;
    let key = Arc::new(KeyOfClient::new(SigningAlgorithm::Es256));
    let path = format!("/v1/clients/{client}/keys");
    let own = Assertion::proof(client.as_str(), &here.region.url, &key, &here.region.clock);
    let other = Arc::new(KeyOfClient::new(SigningAlgorithm::Es256));
    let bent = [
        (
            "another's",
            Assertion::proof(client.as_str(), &here.region.url, &other, &here.region.clock).sign(),
        ),
        (
            "an assertion",
            Assertion::with_key(client.as_str(), &here.region.url, &key, &here.region.clock).sign(),
        ),
        (
            "for another client",
            Assertion::proof("cl_other", &here.region.url, &key, &here.region.clock).sign(),
        ),
        (
            "for another service",
            Assertion::proof(client.as_str(), "https://other.example", &key, &here.region.clock).sign(),
        ),
        ("no token", "a.b.c".to_owned()),
    ];
    let before = here.region.rows().await;
    for (number, (what, proof)) in bent.into_iter().enumerate() {
        let body = json!({"key": key.public(), "proof": proof}).to_string();
        let answer = here.posts(&path, &format!("bent-key-{number}"), &body).await;
        assert_eq!(
            (answer.status, answer.slug().as_str()),
            (400, "key-not-proven"),
            "{what}"
        );
    }
    assert_eq!(here.region.rows().await.len(), before.len());
    assert_eq!(
        here.region.count("SELECT count(*) FROM client_key").await,
        2,
        "the municipality's and the school's"
    );

    let body = json!({"key": key.public(), "proof": own.sign()}).to_string();
    let first = here.posts(&path, "a-key-of-mine", &body).await;
    assert_eq!(first.status, 201);
    // The proof is old by now; the request is the first one's and so is the answer.
    here.region.at("2027-03-01T09:05:00+01:00").await;
    let again = here.posts(&path, "a-key-of-mine", &body).await;
    assert_eq!(
        (again.status, again.header("idempotent-replayed")),
        (201, Some("true"))
    );
    assert_eq!(again.body, first.body);
    assert_eq!(
        here.posts(&path, "a-key-of-mine-2", &body).await.slug(),
        "key-not-proven"
    );

    for number in 0..3 {
        let key = Arc::new(KeyOfClient::new(SigningAlgorithm::Es256));
        assert_eq!(
            here.offers(client, &key, &format!("more-keys-{number}"))
                .await
                .status,
            201
        );
    }
    let sixth = Arc::new(KeyOfClient::new(SigningAlgorithm::Es256));
    assert_eq!(
        here.offers(client, &sixth, "sixth-key").await.slug(),
        "too-many-keys"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_library_rotates_a_key() {
    let here = School::start().await;
    let (school, client) = (&here.school, &here.school.client_id);
    let new = SigningKey::from_bytes(&[42; 32]);
    let added = school
        .partner
        .add_client_key(client, &pem(&new), None)
        .await
        .unwrap();
    assert_eq!(added.key, Jwk::from(new.verifying_key().to_bytes()));
    let new = Arc::new(KeyOfClient::Ed25519(new));
    assert_eq!(here.signs_in(client, &new).await.status, 200);
}

// rule: D11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_disabled_may_do_nothing_at_once_through_every_instance() {
    let here = School::start().await;
    let (region, school) = (&here.region, &here.school);
    let second = Arc::new(KeyOfClient::new(SigningAlgorithm::EdDsa));
    let other = region
        .casework
        .register_client(
            school.organisation,
            second.public(),
            BTreeSet::from([Role::Professional]),
        )
        .await
        .unwrap();
    let instance = region.second_instance();
    let there = Http::new(&instance.url);
    let token = bearer(&here.signs_in(&other, &second).await);
    let headers = [("authorization", token.as_str())];
    assert_eq!(here.reads_signals(&token).await, 200);
    assert_eq!(there.get("/v1/signals", &headers).await.status, 200);

    let disabled = school.partner.disable_client(&other, None).await.unwrap();
    assert_eq!(disabled.state, ClientState::Disabled);
    assert_eq!(disabled.disabled_by, Some(DisabledBy::Organisation));
    assert_eq!(here.reads_signals(&token).await, 401);
    assert_eq!(there.get("/v1/signals", &headers).await.slug(), "invalid-token");
    assert_eq!(here.signs_in(&other, &second).await.slug(), "invalid-client");
    // Once more changes nothing, enabling brings it back with the token it had.
    school.partner.disable_client(&other, None).await.unwrap();
    let enabled = school.partner.enable_client(&other, None).await.unwrap();
    assert_eq!((enabled.state, enabled.disabled_at), (ClientState::Enabled, None));
    assert_eq!(here.reads_signals(&token).await, 200);

    // What the operator disabled no coordinator enables.
    assert!(region.casework.disable_client(other.clone()).await.unwrap());
    assert_eq!(here.reads_signals(&token).await, 401);
    let refused = school.partner.enable_client(&other, None).await;
    assert_eq!(refusal(refused), ProblemType::DisabledByOperator);
    assert!(region.casework.enable_client(other.clone()).await.unwrap());
    assert!(!region.casework.enable_client(other.clone()).await.unwrap());
    assert_eq!(here.reads_signals(&token).await, 200);

    // A whole organisation, with all its programs.
    let of_school = school.bearer().await;
    assert!(
        region
            .casework
            .disable_organisation(school.organisation)
            .await
            .unwrap()
    );
    assert!(
        !region
            .casework
            .disable_organisation(school.organisation)
            .await
            .unwrap()
    );
    for held in [&token, &of_school] {
        assert_eq!(here.reads_signals(held).await, 401);
    }
    assert_eq!(here.signs_in(&other, &second).await.slug(), "invalid-client");
    assert!(
        region
            .casework
            .enable_organisation(school.organisation)
            .await
            .unwrap()
    );
    assert_eq!(here.reads_signals(&of_school).await, 200);

    let export = region.supervisor().await.verifies().await;
    let count = |name: &str| export.of(name).count();
    assert_eq!((count("client.disabled"), count("client.enabled")), (2, 2));
    assert_eq!(
        (count("organisation.disabled"), count("organisation.enabled")),
        (1, 1)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_sees_its_own_programs_and_nobody_elses() {
    let here = School::start().await;
    let help = here
        .region
        .professional("Jeugdhulp Anker", Sector::YouthHelp)
        .await;
    let own = here.school.partner.clients().await.unwrap();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].id, here.school.client_id);
    assert_eq!(own[0].roles.len(), 3);
    let foreign = &help.client_id;
    let kid = Jwk::from(help.key.verifying_key().to_bytes()).thumbprint();
    assert_eq!(
        refusal(here.school.partner.client(foreign).await),
        ProblemType::NotFound
    );
    let retired = here.school.partner.retire_client_key(foreign, kid, None).await;
    assert_eq!(refusal(retired), ProblemType::NotFound);
    let disabled = here.school.partner.disable_client(foreign, None).await;
    assert_eq!(refusal(disabled), ProblemType::NotFound);
    let added = here
        .school
        .partner
        .add_client_key(foreign, &pem(&SigningKey::from_bytes(&[4; 32])), None)
        .await;
    assert_eq!(refusal(added), ProblemType::NotFound);
    help.bearer().await;
}

/// Two coordinators retire the two keys of one program at the same moment: it keeps one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_key_stays_whoever_is_faster() {
    let here = School::start().await;
    let (school, client) = (&here.school, &here.school.client_id);
    let old = Jwk::from(school.key.verifying_key().to_bytes()).thumbprint();
    let new = Arc::new(KeyOfClient::new(SigningAlgorithm::Es256));
    assert_eq!(here.offers(client, &new, "second-key").await.status, 201);
    let partner = &school.partner;
    let (first, second) = futures::future::join(
        partner.retire_client_key(client, old, None),
        partner.retire_client_key(client, new.public().thumbprint(), None),
    )
    .await;
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
    let refused = [first, second].into_iter().find_map(Result::err).unwrap();
    assert_eq!(refusal::<()>(Err(refused)), ProblemType::LastKey);
}
