//! A broker at which families log in: over TLS, with keys of its own, that behaves as the test says. What the browser does there
//! is done by [`Broker::lets_in`]: nobody looks at its pages.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use casework::Outgoing;
use casework::oidc::{LoginKey, LoginSettings};
use domain::login::LeastLevel;
use domain::webhook::AddressPolicy;
use protocol::text::{decode_vec, encode};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::environment::{Clock, random};
use crate::region::stopwatch;
use crate::webhook::{acceptor, read_request};
use crate::{Authority, Flaw, Region, TakenDelivery};

/// Its name. Nobody but the portal of a test looks it up.
const NAME: &str = "broker.example";

/// As whom it knows the portal.
const CLIENT: &str = "portal";

/// How sure its log-ins are, unless bent.
const SUBSTANTIAL: &str = "http://eidas.europa.eu/LoA/substantial";

/// What it answers in place of what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Odd {
    /// These bytes, with status 200.
    Says(String),
    /// A redirection to this address.
    Sends(String),
    /// A body that never ends.
    GoesOn,
    /// Nothing.
    Hangs,
    /// This status and no more.
    Fails(u16),
}

/// Bends header and claims of a token before it is signed.
pub type Bend = Box<dyn Fn(&mut Value, &mut Value) + Send + Sync>;

/// A broker.
#[derive(Clone)]
pub struct Broker {
    /// Its name in tokens.
    pub issuer: String,
    shared: Arc<Shared>,
    authority: Arc<Authority>,
    portal_key: String,
}

struct Shared {
    issuer: String,
    clock: Clock,
    ours: Key,
    another: Key,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Who logged in, by the code that was given for it.
    codes: HashMap<String, LoggedIn>,
    odd: HashMap<String, Odd>,
    bend: Option<Bend>,
    /// Signs with a key that nobody is shown.
    with_another_key: bool,
    metadata: Vec<(String, Value)>,
    asked: Vec<String>,
    forms: Vec<BTreeMap<String, String>>,
}

struct LoggedIn {
    sub: String,
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

struct Key(EcdsaKeyPair);

impl Key {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn public(&self) -> Value {
        // SEC 1 section 2.3.3: 4, then both coordinates.
        let point = self.0.public_key().as_ref();
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": "broker-1",
               "x": encode(&point[1..33]), "y": encode(&point[33..])})
    }

    fn signs(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", encode(signature))
    }
}

impl Broker {
    /// One that is well, and at which the families of a region log in.
    pub async fn of(region: &Region) -> Self {
        let broker = Self::start(&region.clock).await;
        region
            .casework
            .log_in_with(broker.settings(region, &["127.0.0.1/32"]));
        broker
    }

    /// One that is well.
    pub async fn start(clock: &Clock) -> Self {
        let authority = Arc::new(Authority::new("Authority of brokers"));
        let acceptor = acceptor(&authority.server_named(NAME, Flaw::None));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("https://{NAME}:{}", listener.local_addr().unwrap().port());
        let shared = Arc::new(Shared {
            issuer: issuer.clone(),
            clock: clock.clone(),
            ours: Key::new(),
            another: Key::new(),
            state: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (shared, acceptor) = (Arc::clone(&serving), acceptor.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(&shared, stream).await;
                    }
                });
            }
        });
        let portal_key = rcgen::KeyPair::generate().unwrap().serialize_pem();
        Self {
            issuer,
            shared,
            authority,
            portal_key,
        }
    }

    /// How a region's portal reaches it.
    #[must_use]
    pub fn settings(&self, region: &Region, allowed: &[&str]) -> LoginSettings {
        let policy = AddressPolicy::with(allowed.iter().map(|range| range.parse().unwrap()).collect());
        let lookup: casework::Lookup = Arc::new(|name| {
            let here: Vec<IpAddr> = vec!["127.0.0.1".parse().unwrap()];
            Box::pin(async move {
                (name == NAME)
                    .then_some(here)
                    .ok_or_else(|| std::io::Error::other("no such name"))
            })
        });
        let clock = self.shared.clock.clone();
        LoginSettings {
            name: "DigiD".to_owned(),
            issuer: self.issuer.parse().unwrap(),
            client_id: CLIENT.to_owned(),
            key: LoginKey::from_pem(&self.portal_key).unwrap(),
            least: LeastLevel::substantial(),
            base: region.portal_url.clone(),
            // Shorter than in a service, so that who hangs keeps no test.
            outgoing: Outgoing::new(
                policy,
                Some(self.authority.pem().as_bytes()),
                lookup,
                Duration::from_secs(1),
            )
            .unwrap(),
            clock: Arc::new(move || clock.now()),
            stopwatch: stopwatch(),
        }
    }

    /// Somebody with this name logs in: from where the portal sent their browser to where the broker sends it back, a path with
    /// a query.
    #[must_use]
    pub fn lets_in(&self, way_there: &str, sub: &str) -> String {
        let asked = self.reads(way_there);
        let code = encode(random::<16>());
        let back = format!(
            "/portal/ingelogd?code={code}&state={}&iss={}",
            asked["state"],
            self.issuer.replace(':', "%3A").replace('/', "%2F")
        );
        let logged_in = LoggedIn {
            sub: sub.to_owned(),
            nonce: asked["nonce"].clone(),
            challenge: asked["code_challenge"].clone(),
            redirect_uri: asked["redirect_uri"].clone(),
        };
        self.shared.state.lock().unwrap().codes.insert(code, logged_in);
        back
    }

    /// What a browser was sent there with; it must be sent there.
    #[must_use]
    pub fn reads(&self, way_there: &str) -> BTreeMap<String, String> {
        let query = way_there
            .strip_prefix(&format!("{}/authorize?", self.issuer))
            .unwrap();
        parameters(query)
    }

    /// From now on it answers so at this path, until [`Broker::is_well`].
    pub fn answers(&self, path: &str, odd: Odd) {
        self.shared.state.lock().unwrap().odd.insert(path.to_owned(), odd);
    }

    /// From now on its tokens are bent so.
    pub fn bends(&self, bend: Bend) {
        self.shared.state.lock().unwrap().bend = Some(bend);
    }

    /// From now on it signs with a key that it shows nobody.
    pub fn signs_with_another_key(&self) {
        self.shared.state.lock().unwrap().with_another_key = true;
    }

    /// From now on it tells this of itself.
    pub fn tells(&self, member: &str, value: Value) {
        self.shared
            .state
            .lock()
            .unwrap()
            .metadata
            .push((member.to_owned(), value));
    }

    /// From now on it does what it should.
    pub fn is_well(&self) {
        let mut state = self.shared.state.lock().unwrap();
        state.odd.clear();
        state.metadata.clear();
        state.bend = None;
        state.with_another_key = false;
    }

    /// The paths at which it was asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.shared.state.lock().unwrap().asked.clone()
    }

    /// The forms that came with codes.
    #[must_use]
    pub fn forms(&self) -> Vec<BTreeMap<String, String>> {
        self.shared.state.lock().unwrap().forms.clone()
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(shared: &Shared, mut stream: S) {
    let Some(request) = read_request(&mut stream).await else {
        return;
    };
    let path = request.line.split(' ').nth(1).unwrap_or_default().to_owned();
    let odd = {
        let mut state = shared.state.lock().unwrap();
        state.asked.push(path.clone());
        state.odd.get(&path).cloned()
    };
    let (status, extra, body) = match odd {
        Some(Odd::Hangs) => std::future::pending().await,
        Some(Odd::GoesOn) => {
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n";
            let mut going = stream.write_all(head.as_bytes()).await;
            while going.is_ok() {
                going = stream.write_all(&[b' '; 1024]).await;
            }
            return;
        }
        Some(Odd::Says(text)) => (200, String::new(), text),
        Some(Odd::Sends(to)) => (302, format!("location: {to}\r\n"), String::new()),
        Some(Odd::Fails(status)) => (status, String::new(), String::new()),
        None => {
            let (status, body) = shared.answer(&path, &request);
            (status, String::new(), body.to_string())
        }
    };
    let answer = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{extra}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

impl Shared {
    fn answer(&self, path: &str, request: &TakenDelivery) -> (u16, Value) {
        match path {
            "/.well-known/openid-configuration" => (200, self.metadata()),
            "/jwks" => (200, json!({ "keys": [self.ours.public()] })),
            "/token" => self.token(&parameters(&request.body)),
            _ => (404, json!({})),
        }
    }

    fn metadata(&self) -> Value {
        let mut told = json!({
            "issuer": self.issuer,
            "authorization_endpoint": format!("{}/authorize", self.issuer),
            "token_endpoint": format!("{}/token", self.issuer),
            "jwks_uri": format!("{}/jwks", self.issuer),
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "code_challenge_methods_supported": ["S256"],
        });
        for (member, value) in &self.state.lock().unwrap().metadata {
            told[member] = value.clone();
        }
        told
    }

    /// A code is good once, for who has the verifier (RFC 7636 section 4.6).
    fn token(&self, form: &BTreeMap<String, String>) -> (u16, Value) {
        let given = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let mut state = self.state.lock().unwrap();
        state.forms.push(form.clone());
        let refused = (400, json!({"error": "invalid_grant"}));
        let Some(who) = state.codes.remove(given("code")) else {
            return refused;
        };
        let challenge = encode(digest(&SHA256, given("code_verifier").as_bytes()).as_ref());
        let fits = given("grant_type") == "authorization_code"
            && given("redirect_uri") == who.redirect_uri
            && given("client_id") == CLIENT
            && !given("client_assertion").is_empty()
            && challenge == who.challenge;
        if !fits {
            return refused;
        }
        let now = self.clock.now().as_second();
        let mut header = json!({"alg": "ES256", "typ": "JWT", "kid": "broker-1"});
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": who.sub, "nonce": who.nonce, "acr": SUBSTANTIAL,
            "iat": now, "exp": now + 300, "auth_time": now - 5,
            // What a careless broker tells beside it.
            "name": "Johanna Jansen", "bsn": "999990019",
        });
        if let Some(bend) = &state.bend {
            bend(&mut header, &mut claims);
        }
        let key = if state.with_another_key {
            &self.another
        } else {
            &self.ours
        };
        let token = key.signs(&header, &claims);
        (
            200,
            json!({"access_token": "a", "token_type": "Bearer", "id_token": token}),
        )
    }
}

fn parameters(query: &str) -> BTreeMap<String, String> {
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'%' => {
                    let digits: String = rest.by_ref().take(2).map(char::from).collect();
                    bytes.push(u8::from_str_radix(&digits, 16).unwrap());
                }
                byte => bytes.push(byte),
            }
        }
        String::from_utf8(bytes).unwrap()
    };
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), decoded(value)))
        .collect()
}

/// The claims of a signed assertion, as they stand there.
#[must_use]
pub fn claims_of(token: &str) -> Value {
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&decode_vec(claims, 4096, "claims").unwrap()).unwrap()
}
