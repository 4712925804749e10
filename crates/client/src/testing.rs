//! A service for tests that answers as it is told and remembers what it was asked.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use protocol::consent::{Assurance, ConsentKeys, ConsentSigner, Method, Record, SignedRecord, Terms};
use protocol::problem::{Problem, ProblemType};
use protocol::sealed_message::SealingSecret;
use protocol::{Base64Url, Id, OrganisationId};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::{Environment, NetworkKey, Partner, PartnerKeys, Settings, Supervisor};

pub(crate) const NOW: &str = "2026-11-22T12:00:00Z";

/// A private key made for these tests: `openssl genpkey -algorithm ed25519`.
const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIAjddpKlWfrcfCxMIQB/2hiFeBlubG1nZFHZnbT9AZyI\n\
    -----END PRIVATE KEY-----\n";

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    /// As text, where it is text.
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What is answered.
pub(crate) enum Reply {
    Json(u16, Value),
    Problem(ProblemType),
    Bytes(u16, &'static str, Vec<u8>),
    Redirect(String),
    HangUp,
    /// Says nothing and keeps the line open.
    Silence,
}

pub(crate) mod exchange;
pub(crate) mod keyholder;

type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

pub(crate) struct Service {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Service {
    /// Answers by `script`; token requests are answered with a token unless it takes them.
    pub(crate) async fn start(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (script, kept): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&script), Arc::clone(&kept)));
            }
        });
        Self { url, asked }
    }

    /// Every request so far whose line begins so.
    pub(crate) fn asked(&self, start: &str) -> Vec<Asked> {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .filter(|asked| asked.line.starts_with(start))
            .cloned()
            .collect()
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            api_url: self.url.clone(),
            token_url: format!("{}/oauth/token", self.url),
            client_id: "cl_school".parse().unwrap(),
            private_key_pem: PEM.to_owned().into(),
            consent_keys: None,
            keyholder: None,
            min_suite: 1,
        }
    }

    pub(crate) fn partner(&self, sealing: SealingSecret) -> Partner {
        let secret = identifiers::NetworkSecret::from_bytes([7; 32]);
        let keys = PartnerKeys {
            network: vec![NetworkKey { epoch: 1, secret }],
            sealing: sealing.into(),
        };
        Partner::connect(self.settings(), keys, TestEnvironment::default()).unwrap()
    }

    pub(crate) fn supervisor(&self) -> Supervisor {
        Supervisor::connect(self.settings(), TestEnvironment::default()).unwrap()
    }
}

async fn serve(stream: TcpStream, script: Arc<Script>, kept: Arc<Mutex<Vec<Asked>>>) {
    let mut stream = BufReader::new(stream);
    while let Some(asked) = read(&mut stream).await {
        kept.lock().unwrap().push(asked.clone());
        let (status, kind, location, body) = match script(&asked) {
            Reply::Json(status, value) => (status, "application/json", None, value.to_string().into_bytes()),
            Reply::Problem(problem) => {
                let body = serde_json::to_vec(&Problem::new(problem, "https://t.example", "urn:x")).unwrap();
                (problem.status(), Problem::MEDIA_TYPE, None, body)
            }
            Reply::Bytes(status, kind, body) => (status, kind, None, body),
            Reply::Redirect(location) => (307, "text/plain", Some(location), Vec::new()),
            Reply::HangUp => return,
            Reply::Silence => std::future::pending().await,
        };
        let location = location
            .map(|to| format!("Location: {to}\r\n"))
            .unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nRetry-After: 0\r\n{location}Content-Length: {}\r\n\r\n",
            body.len()
        );
        stream
            .get_mut()
            .write_all(&[head.as_bytes(), &body].concat())
            .await
            .unwrap();
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let headers: Vec<(String, String)> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked {
        line: lines[0].clone(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
        bytes: body,
    })
}

/// A token, when a token is asked.
pub(crate) fn token(asked: &Asked) -> Option<Reply> {
    asked.line.starts_with("POST /oauth/token").then(|| {
        let body = json!({
            "access_token": "at_1", "token_type": "Bearer", "expires_in": 600, "scope": "signal exchange",
        });
        Reply::Json(200, body)
    })
}

/// A clock that stands still until it is moved, and bytes that count up.
#[derive(Clone, Default)]
pub(crate) struct TestEnvironment {
    pub(crate) seconds: Arc<Mutex<i64>>,
    drawn: Arc<Mutex<u8>>,
}

impl Environment for TestEnvironment {
    fn now(&self) -> Timestamp {
        let start: Timestamp = NOW.parse().unwrap();
        Timestamp::from_second(start.as_second() + *self.seconds.lock().unwrap()).unwrap()
    }

    fn fill(&self, bytes: &mut [u8]) {
        let mut drawn = self.drawn.lock().unwrap();
        *drawn = drawn.wrapping_add(1);
        bytes.fill(*drawn);
    }
}

pub(crate) const MATCH: Id = Id([1; 16]);
pub(crate) const SCHOOL: OrganisationId = OrganisationId([3; 16]);
pub(crate) const YOUTH_HELP: OrganisationId = OrganisationId([4; 16]);

pub(crate) fn sealing(organisation: OrganisationId) -> SealingSecret {
    SealingSecret::from_bytes([organisation.0[0] * 16; 32])
}

pub(crate) fn portal() -> ConsentSigner {
    ConsentSigner::from_seed(&[5; 32])
}

pub(crate) fn consent_keys() -> ConsentKeys {
    ConsentKeys {
        network: "demo".parse().unwrap(),
        keys: vec![portal().key()],
        status_url: None,
    }
}

pub(crate) fn terms() -> Terms {
    let time = |text: &str| text.parse().unwrap();
    Terms {
        network: "demo".parse().unwrap(),
        about: protocol::consent::About::Exchange(MATCH),
        parties: [SCHOOL, YOUTH_HELP].into(),
        text_version: "2026-11".parse().unwrap(),
        language: "nl".parse().unwrap(),
        method: Method::Portal,
        assurance: Assurance::Letter,
        issuer: SCHOOL,
        requested_at: time("2026-11-21T09:00:00Z"),
        given_at: time("2026-11-22T10:00:00Z"),
        valid_until: time("2027-11-22T10:00:00Z"),
    }
}

pub(crate) fn signed(terms: Terms) -> SignedRecord {
    portal().sign(&Record::new(terms).unwrap())
}

/// The match as `you` sees it.
pub(crate) fn match_for(you: OrganisationId) -> Value {
    let party = |id: OrganisationId| {
        json!({
            "organisation": {"id": id, "name": "De Wilg", "sector": "education"}, "you": id == you,
            "contact": null, "contactConfirmed": true, "lead": false, "leadProposed": false, "exchangeOpen": id != you,
            "sealingKey": Base64Url::from(sealing(id).public().unwrap()),
        })
    };
    json!({
        "id": MATCH, "state": "contact_confirmed", "openedAt": NOW, "contactDeadline": NOW,
        "parties": [party(SCHOOL), party(YOUTH_HELP)],
        "exchange": {"open": true, "closedBecause": null, "withdrawnAt": null, "consentRequest": null},
        "safeguarding": {"name": "Veilig Thuis", "phone": "0800-2000", "available": "24/7"},
    })
}

/// A page of one given consent request.
pub(crate) fn given(record: &SignedRecord) -> Value {
    let request = json!({
        "id": Id([8; 16]), "state": "given", "purpose": "exchange", "requestedAt": NOW, "givenAt": NOW,
        "validUntil": NOW, "parties": [SCHOOL, YOUTH_HELP], "record": record,
    });
    json!({"items": [request], "next": null})
}
