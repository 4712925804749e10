//! A keyholder with its clients, made anew for each test on a database of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ed25519_dalek::{Signer as _, SigningKey};
use identifiers::voprf::{EvaluatedElement, Proof, PublicKey, Request};
use identifiers::{Bsn, NetworkSecret, Token, token};
use jiff::Timestamp;
use keyholder::{
    Capacity, ClientRole, DatabaseSettings, Environment, Keyholder, KeyholderKeys, KeyholderSettings,
    NewClient, Operator,
};
use protocol::access::{ASSERTION_TYPE, GRANT_TYPE};
use protocol::evaluation::{EvaluationAnswer, EvaluationRequest};
use protocol::key_epochs::{KeyEpochs, SignedKeyEpochs};
use protocol::text::{Base64Url, Confidential, encode};
use protocol::{ClientId, Jwk, OrganisationId};
use serde_json::{Value, json};
use tokio_postgres::NoTls;
use zeroize::Zeroizing;

use crate::wire::{Answer, Wire};

/// Seed of the storage key; also what dumps are looked through for.
pub const STORAGE_KEY: [u8; 32] = [0x51; 32];

/// `K_gate`.
pub const GATE_KEY: [u8; 32] = [0x57; 32];

#[allow(clippy::disallowed_methods, reason = "tests have the machine's entropy")]
pub fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).unwrap();
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// A time that only the test moves on, so that nothing depends on how fast the machine is. Begins at the real time.
#[derive(Clone)]
pub struct Clock(Arc<AtomicI64>);

impl Default for Clock {
    #[allow(clippy::disallowed_methods, reason = "the time from which tests move on")]
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(Timestamp::now().as_second())))
    }
}

impl Clock {
    pub fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }

    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

pub fn environment(clock: &Clock) -> Environment {
    let (clock, watch) = (clock.clone(), clock.clone());
    Environment {
        clock: Arc::new(move || clock.now()),
        // Moves with the clock of the test, so that what is remembered for a second can be outlived.
        stopwatch: Arc::new(move || Duration::from_millis(watch.now().as_millisecond().unsigned_abs())),
        chance: Arc::new(fill),
    }
}

/// A generator for the client's side.
pub struct Machine;

impl rand_core::TryRng for Machine {
    type Error = std::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(u32::from_le_bytes(random()))
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(u64::from_le_bytes(random()))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        fill(bytes);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Machine {}

pub fn keys() -> KeyholderKeys {
    KeyholderKeys {
        name: "test".parse().unwrap(),
        list_seed: Zeroizing::new([0x11; 32]),
        log_origin: "keyholder.example/log".to_owned(),
        log_seed: Zeroizing::new([0x22; 32]),
        storage_key: Zeroizing::new(STORAGE_KEY),
        token_seed: Zeroizing::new([0x33; 32]),
        gate_key: Confidential::new(GATE_KEY),
    }
}

/// What every keyholder of these tests has, without a database that is there.
pub fn settings() -> KeyholderSettings {
    let free = "127.0.0.1:0".parse().unwrap();
    KeyholderSettings {
        database: DatabaseSettings::private(tokio_postgres::Config::new()),
        keys: keys(),
        listen: free,
        base: None,
        hosts: Vec::new(),
        metrics: Some(free),
        workers: 2,
        tls: None,
        capacity: Capacity::for_cores(2),
        shutdown_notice: Duration::ZERO,
        environment: environment(&Clock::default()),
    }
}

/// A keyholder and everything around it.
pub struct World {
    pub keyholder: Option<Keyholder>,
    pub operator: Operator,
    pub clock: Clock,
    pub wire: Wire,
    pub database: tokio_postgres::Config,
    pub capacity: Capacity,
}

/// A client with its key.
pub struct Caller {
    pub id: ClientId,
    pub key: SigningKey,
    pub role: ClientRole,
}

impl World {
    pub async fn new() -> Self {
        Self::with(Capacity::for_cores(2)).await
    }

    pub async fn with(capacity: Capacity) -> Self {
        let (clock, database) = (Clock::default(), store::test_util::empty_database().await);
        let settings = DatabaseSettings::private(database.clone());
        let operator = Operator::open(settings, &keys(), environment(&clock)).unwrap();
        operator.migrate().await.unwrap();
        operator.initialise().await.unwrap();
        let mut world = Self {
            keyholder: None,
            operator,
            clock,
            wire: Wire::new(String::new()),
            database,
            capacity,
        };
        world.sql("UPDATE keyholder.setting SET kind = 'test'").await;
        world.start().await;
        world
    }

    /// Starts the keyholder, again after it was stopped.
    pub async fn start(&mut self) {
        let keyholder = Keyholder::start(self.settings()).await.unwrap();
        let sent = self.wire.sent.clone();
        self.wire = Wire {
            sent,
            ..Wire::new(keyholder.address().to_string())
        };
        self.keyholder = Some(keyholder);
    }

    pub fn settings(&self) -> KeyholderSettings {
        KeyholderSettings {
            database: DatabaseSettings::private(self.database.clone()),
            capacity: self.capacity,
            environment: environment(&self.clock),
            ..settings()
        }
    }

    /// Starts again under the address it had, which is the audience of assertions made before.
    pub async fn start_at(&mut self, base: &str) {
        let mut settings = self.settings();
        settings.base = Some(base.to_owned());
        let keyholder = Keyholder::start(settings).await.unwrap();
        let host = base.strip_prefix("http://").unwrap().to_owned();
        self.wire = Wire {
            sent: self.wire.sent.clone(),
            ..Wire::at(keyholder.address().to_string(), host)
        };
        self.keyholder = Some(keyholder);
    }

    pub async fn stop(&mut self) {
        self.keyholder.take().unwrap().stop().await;
    }

    pub fn base(&self) -> &str {
        self.keyholder.as_ref().unwrap().base()
    }

    /// Moves the keyholder's days and graces, as seen by the database, and the program's own clock with it.
    pub async fn advance(&self, seconds: i64) {
        self.clock.advance(seconds);
        self.sql(&format!(
            "UPDATE keyholder.setting SET clock_offset = clock_offset + make_interval(secs => {seconds})"
        ))
        .await;
    }

    /// As superuser.
    pub async fn superuser(&self) -> tokio_postgres::Client {
        let (client, connection) = self.database.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    pub async fn sql(&self, sql: &str) {
        self.superuser().await.batch_execute(sql).await.unwrap();
    }

    pub async fn number(&self, sql: &str) -> i64 {
        self.superuser().await.query_one(sql, &[]).await.unwrap().get(0)
    }

    /// How often an event stands in the log, sequenced or not.
    pub async fn events(&self, name: &str) -> i64 {
        let leaves =
            "(SELECT leaf FROM keyholder.log_pending UNION ALL SELECT leaf FROM keyholder.log_leaf) AS l";
        self.number(&format!(
            r#"SELECT count(*) FROM {leaves} WHERE convert_from(leaf, 'UTF8') LIKE '%"e":"{name}"%'"#
        ))
        .await
    }

    /// Registers a client.
    pub async fn caller(&self, role: ClientRole) -> Caller {
        let caller = Caller {
            id: format!("cl_{}", encode(random::<12>())).parse().unwrap(),
            key: SigningKey::from_bytes(&random()),
            role,
        };
        let client = NewClient {
            id: caller.id.clone(),
            role,
            public_key: *caller.key.verifying_key().as_bytes(),
        };
        self.operator.register_client(client).await.unwrap();
        caller
    }

    pub async fn partner(&self) -> Caller {
        self.caller(ClientRole::Partner(OrganisationId(random()))).await
    }

    pub async fn gateway(&self) -> Caller {
        self.caller(ClientRole::Gateway).await
    }

    /// A token for everything the caller may.
    pub async fn token(&self, caller: &Caller) -> String {
        let answer = self.ask_token(&self.assertion(caller).sign(), &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub fn assertion(&self, caller: &Caller) -> Assertion {
        let now = self.clock.now().as_second();
        let kid = Jwk::from(caller.key.verifying_key().to_bytes())
            .thumbprint()
            .to_string();
        Assertion {
            header: json!({"alg": "EdDSA", "typ": "JWT", "kid": kid}),
            claims: json!({
                "iss": caller.id, "sub": caller.id, "aud": format!("{}/oauth/token", self.base()),
                "jti": encode(random::<16>()), "iat": now, "exp": now + 50,
            }),
            key: caller.key.clone(),
        }
    }

    pub async fn ask_token(&self, assertion: &str, further: &[(&str, &str)]) -> Answer {
        let escaped = |text: &str| text.replace(':', "%3A").replace(' ', "+");
        let mut form = format!(
            "grant_type={GRANT_TYPE}&client_assertion_type={}&client_assertion={assertion}",
            escaped(ASSERTION_TYPE)
        );
        for (name, value) in further {
            form.push_str(&format!("&{name}={}", escaped(value)));
        }
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.wire
            .send("POST", "/oauth/token", &headers, Some(form.as_bytes()))
            .await
    }

    /// Posts JSON with a token.
    pub async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let body = serde_json::to_vec(body).unwrap();
        self.wire.send("POST", path, &headers, Some(&body)).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.wire.send("GET", path, &[], None).await
    }

    /// The list in force, verified.
    pub async fn list(&self) -> KeyEpochs {
        let signed: SignedKeyEpochs =
            serde_json::from_value(self.get("/v1/key-epochs").await.json()).unwrap();
        KeyEpochs::verify(&signed, &self.operator.list_key()).unwrap()
    }
}

/// An assertion (RFC 7523) before it is signed.
pub struct Assertion {
    pub header: Value,
    pub claims: Value,
    key: SigningKey,
}

impl Assertion {
    pub fn sign(&self) -> String {
        let signed = format!(
            "{}.{}",
            encode(self.header.to_string()),
            encode(self.claims.to_string())
        );
        let signature = encode(self.key.sign(signed.as_bytes()).to_bytes());
        format!("{signed}.{signature}")
    }
}

/// The network's secret: partners have it, the keyholder not.
pub fn network_secret() -> NetworkSecret {
    NetworkSecret::from_bytes([0x77; 32])
}

/// The token `t` of a child.
pub fn t(bsn: &str) -> Token {
    token::of_bsn(&network_secret(), 1, &Bsn::parse(bsn).unwrap())
}

/// Children of no one: BSNs that pass the 11-test.
pub const CHILDREN: [&str; 2] = ["123456782", "111222333"];

/// A batch blinded by a partner.
pub fn blind(tokens: &[Token]) -> Request {
    Request::blind(tokens, &mut Machine).unwrap()
}

/// Blinded elements of some child.
pub fn elements(count: usize) -> Request {
    blind(&vec![t(CHILDREN[0]); count])
}

pub fn request(epoch: u16, batch: &Request) -> EvaluationRequest {
    EvaluationRequest {
        oprf_epoch: epoch,
        professional: Base64Url([9; 16]),
        on_behalf_of: None,
        elements: batch
            .blinded()
            .iter()
            .map(|element| Base64Url(*element.as_bytes()))
            .collect(),
    }
}

/// A request's body.
pub fn body(request: &EvaluationRequest) -> Value {
    serde_json::to_value(request).unwrap()
}

/// Verifies the answer to a batch with a public key and unblinds it.
pub fn finish(batch: Request, key: &PublicKey, answer: &Answer) -> Vec<Token> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer: EvaluationAnswer = serde_json::from_value(answer.json()).unwrap();
    let evaluated: Vec<EvaluatedElement> = answer
        .elements
        .iter()
        .map(|element| EvaluatedElement::from_bytes(&element.0).unwrap())
        .collect();
    let proof = Proof::from_bytes(&answer.proof.0).unwrap();
    batch.finish(key, &evaluated, &proof).unwrap()
}
