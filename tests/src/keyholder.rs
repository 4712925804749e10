//! The region's keyholder: a real one, in this process, on a database of its own.

use std::net::{SocketAddr, TcpListener};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use casework::{KeyholderFailure, KeyholderFuture};
use client::keyholder::{DEADLINE, Evaluations, KeyholderSettings};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use identifiers::Token;
use identifiers::voprf::Request;
use keyholder::{
    Capacity, ClientRole, DatabaseSettings, Environment, Keyholder, KeyholderKeys, NewClient, Operator,
};
use protocol::Base64Url;
use protocol::evaluation::{EvaluationAnswer, EvaluationRequest};
use protocol::gate::Tombstones;
use protocol::key_epochs::{KeyholderKey, SignedKeyEpochs};
use protocol::problem::ProblemType;
use protocol::{ClientId, OrganisationId};
use store::ConnectionSettings;
use zeroize::Zeroizing;

use crate::ceremony::Entropy;
use crate::environment::{self, Clock, TestEnvironment, random};
use crate::{Answer, Http, Method, Professional, child};

/// A running or stopped keyholder with everything of it that a test may touch.
pub struct RegionKeyholder {
    /// The address of its doors, the same after every start.
    pub url: String,
    /// Its operator.
    pub operator: Operator,
    /// Whether the gateway's connection changes a byte of every proof: a keyholder, or somebody on the way, that lies.
    pub lies: Arc<AtomicBool>,
    address: SocketAddr,
    settings: keyholder::KeyholderSettings,
    running: Option<Keyholder>,
    gateway: SigningKey,
    clock: Clock,
    superuser: ConnectionSettings,
}

impl RegionKeyholder {
    pub(crate) async fn start(clock: &Clock) -> Self {
        let database = store::test_util::empty_database().await;
        let superuser = ConnectionSettings {
            owner: database.clone(),
            role_secret: None,
        };
        let environment = environment_of(clock);
        let keys = keys();
        let database = DatabaseSettings::private(database);
        let operator = Operator::open(database.clone(), &keys, environment.clone()).unwrap();
        operator.migrate().await.unwrap();
        operator.initialise().await.unwrap();
        let mut settings = keyholder::KeyholderSettings {
            database,
            keys,
            listen: "127.0.0.1:0".parse().unwrap(),
            base: None,
            hosts: Vec::new(),
            metrics: Some("127.0.0.1:0".parse().unwrap()),
            workers: 1,
            tls: None,
            capacity: Capacity::for_cores(2),
            shutdown_notice: Duration::ZERO,
            environment,
        };
        let running = Keyholder::start(settings.clone()).await.unwrap();
        let (address, url) = (running.address(), running.base().to_owned());
        settings.listen = address;
        let gateway = SigningKey::from_bytes(&random());
        let started = Self {
            url,
            operator,
            lies: Arc::default(),
            address,
            settings,
            running: Some(running),
            gateway,
            clock: clock.clone(),
            superuser,
        };
        started.follow_clock().await;
        started
            .let_in(gateway_client(), ClientRole::Gateway, &started.gateway)
            .await;
        started
    }

    /// Lets a partner's client in, with the id and key it has at the service.
    pub(crate) async fn let_partner_in(
        &self,
        client: ClientId,
        organisation: OrganisationId,
        key: &SigningKey,
    ) {
        self.let_in(client, ClientRole::Partner(organisation), key).await;
    }

    /// What partners know of it.
    #[must_use]
    pub fn settings(&self) -> KeyholderSettings {
        KeyholderSettings {
            url: self.url.clone(),
            token_url: format!("{}/oauth/token", self.url),
            key: self.key(),
            known: None,
            deadline: DEADLINE,
        }
    }

    /// The key that everybody pins.
    #[must_use]
    pub fn key(&self) -> KeyholderKey {
        self.operator.list_key()
    }

    /// The service's connection to it.
    pub(crate) fn gateway(&self) -> Gateway {
        Gateway {
            evaluations: self.evaluations(),
            lies: Arc::clone(&self.lies),
        }
    }

    /// A connection of the gateway's client.
    pub(crate) fn evaluations(&self) -> Evaluations {
        let evaluations = Evaluations::connect(
            &self.settings(),
            &gateway_client(),
            &self.gateway.to_pkcs8_pem(Default::default()).unwrap(),
            Arc::new(TestEnvironment(self.clock.clone())),
        );
        evaluations.unwrap()
    }

    /// Puts its days to where the region's clock stands.
    pub(crate) async fn follow_clock(&self) {
        let sql = format!(
            "UPDATE keyholder.setting SET kind = 'test', clock_offset = make_interval(secs => {})",
            self.clock.offset()
        );
        let superuser = store::test_util::superuser(&self.superuser).await;
        superuser.batch_execute(&sql).await.unwrap();
    }

    /// Takes it down: nobody listens at its address.
    pub async fn goes_down(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Takes it down and leaves a listener in its place that never answers.
    pub async fn falls_silent(&mut self) -> TcpListener {
        self.goes_down().await;
        TcpListener::bind(self.address).unwrap()
    }

    /// Brings it up again at the same address.
    pub async fn comes_up(&mut self) {
        self.running = Some(Keyholder::start(self.settings.clone()).await.unwrap());
    }

    /// What it tells its operator's monitoring. It must be running.
    pub async fn metrics(&self) -> String {
        let address = self
            .running
            .as_ref()
            .and_then(Keyholder::metrics_address)
            .unwrap();
        let answer = Http::new(&format!("http://{address}")).get("/metrics", &[]).await;
        assert_eq!(answer.status, 200);
        answer.text()
    }

    /// How many elements of an organisation were evaluated today.
    pub async fn used_by(&self, organisation: OrganisationId) -> u32 {
        let quotas = self.operator.quotas().await.unwrap();
        let used = quotas.used.iter().find(|used| used.organisation == organisation);
        used.map_or(0, |used| used.elements)
    }

    async fn let_in(&self, id: ClientId, role: ClientRole, key: &SigningKey) {
        let client = NewClient {
            id,
            role,
            public_key: key.verifying_key().to_bytes(),
        };
        self.operator.register_client(client).await.unwrap();
    }
}

impl Professional {
    /// Has the numbers of these children evaluated under its own client and gives no signal about any: what a program
    /// does that wants to know whom others signalled. `professional` is made up, too.
    pub async fn probes(
        &self,
        keyholder: &RegionKeyholder,
        professional: u8,
        children: Range<u32>,
    ) -> Answer {
        let tokens: Vec<Token> = children
            .map(|number| Token::from_bytes(child(number).token()))
            .collect();
        let blinded = Request::blind(&tokens, &mut Entropy).unwrap();
        let question = EvaluationRequest {
            oprf_epoch: 1,
            professional: Base64Url([professional; 16]),
            on_behalf_of: None,
            elements: blinded
                .blinded()
                .iter()
                .map(|element| Base64Url(*element.as_bytes()))
                .collect(),
        };
        let settings = client::Settings {
            token_url: format!("{}/oauth/token", keyholder.url),
            ..crate::professional::settings(&keyholder.url, self.client_id.clone(), &self.key)
        };
        let environment = TestEnvironment(keyholder.clock.clone());
        let token = client::access_token(settings, environment).await.unwrap();
        let headers = [
            ("authorization", &*format!("Bearer {}", *token)),
            ("content-type", "application/json"),
        ];
        let body = serde_json::to_vec(&question).unwrap();
        Http::new(&keyholder.url)
            .send(Method::POST, "/v1/evaluations", &headers, Some(&body))
            .await
    }
}

impl Drop for RegionKeyholder {
    fn drop(&mut self) {
        self.operator.close();
    }
}

/// The gateway's connection, as the program has one.
pub(crate) struct Gateway {
    evaluations: Evaluations,
    lies: Arc<AtomicBool>,
}

impl casework::Keyholder for Gateway {
    fn evaluate(&self, request: EvaluationRequest) -> KeyholderFuture<'_, EvaluationAnswer> {
        Box::pin(async move {
            let answer = self.evaluations.evaluate(&request).await;
            let mut answer = answer.map_err(|error| failure(&error))?;
            if self.lies.load(Ordering::SeqCst) {
                answer.proof.0[0] ^= 1;
            }
            Ok(answer)
        })
    }

    fn key_epochs(&self) -> KeyholderFuture<'_, SignedKeyEpochs> {
        Box::pin(async {
            let list = self.evaluations.key_epochs().await;
            list.map_err(|error| failure(&error))
        })
    }

    fn push_tombstones(&self, ended: Tombstones) -> KeyholderFuture<'_, ()> {
        Box::pin(async move {
            let told = self.evaluations.gate_tombstones(&ended).await;
            told.map_err(|error| failure(&error))
        })
    }
}

fn failure(error: &client::Error) -> KeyholderFailure {
    match error.problem_type() {
        Some(ProblemType::UnknownKeyEpoch) => KeyholderFailure::UnknownEpoch,
        Some(ProblemType::QuotaExhausted) => KeyholderFailure::QuotaExhausted { retry_after: 60 },
        _ => KeyholderFailure::Unavailable,
    }
}

fn gateway_client() -> ClientId {
    "gateway-testland".parse().unwrap()
}

/// Keys that are no secret.
fn keys() -> KeyholderKeys {
    KeyholderKeys {
        name: "testland".parse().unwrap(),
        list_seed: Zeroizing::new([0x11; 32]),
        log_origin: "keyholder.example/test".to_owned(),
        log_seed: Zeroizing::new([0x22; 32]),
        storage_key: Zeroizing::new([0x33; 32]),
        token_seed: Zeroizing::new([0x44; 32]),
        gate_key: protocol::text::Confidential::new([0x55; 32]),
    }
}

/// Tokens and assertions live by the region's time.
fn environment_of(clock: &Clock) -> Environment {
    let clock = clock.clone();
    Environment {
        clock: Arc::new(move || clock.now()),
        stopwatch: crate::region::stopwatch(),
        chance: Arc::new(environment::fill),
    }
}
