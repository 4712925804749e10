//! The supervisor: takes the log home and checks it without the service.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use audit_log::policy::Policy;
use audit_log::verify::{Report, Verdict, verify};
use casework::NewParty;
use ed25519_dalek::SigningKey;
use protocol::ClientId;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::environment::{TestEnvironment, random};
use crate::professional::settings;
use crate::region::{COVENANT, Region};

/// The authority that inspects the service.
pub struct Supervisor {
    /// Its client.
    pub client_id: ClientId,
    /// The key of that client's assertions.
    pub key: SigningKey,
    /// Its program.
    pub client: client::Supervisor,
    policy: String,
    settings: client::Settings,
    environment: TestEnvironment,
}

impl Supervisor {
    pub(crate) async fn register(region: &Region) -> Self {
        let key = SigningKey::from_bytes(&random());
        let party = NewParty {
            covenant: COVENANT.to_owned(),
            name: "Toezichthouder".to_owned(),
            sector: None,
            sealing_key: None,
            client_key: key.verifying_key().to_bytes(),
        };
        let registered = region.casework.register(party).await.unwrap();
        let settings = settings(&region.url, registered.client.clone(), &key);
        let environment = TestEnvironment(region.clock.clone());
        Self {
            client_id: registered.client,
            key,
            client: client::Supervisor::connect(settings.clone(), environment.clone()).unwrap(),
            policy: region.casework.log_policy(),
            settings,
            environment,
        }
    }

    /// An access token, for calls that no client makes.
    pub async fn access_token(&self) -> Zeroizing<String> {
        client::access_token(self.settings.clone(), self.environment.clone())
            .await
            .unwrap()
    }

    /// Takes an export home.
    pub async fn exports(&self) -> Export {
        let export = self.client.request_export(None).await.unwrap();
        let mut bundle = Vec::new();
        self.client.download_bundle(export.id, &mut bundle).await.unwrap();
        Export::read(bundle, &self.policy)
    }

    /// Takes an export home and insists that everything in it holds.
    pub async fn verifies(&self) -> Export {
        let export = self.exports().await;
        assert_eq!(
            export.report.verdict(),
            Verdict::Good,
            "{:#?}",
            export.report.findings()
        );
        export
    }
}

/// An export at the supervisor's.
pub struct Export {
    /// The tar file.
    pub bundle: Vec<u8>,
    /// What the verifier says.
    pub report: Report,
    /// The leaves in order.
    pub entries: Vec<Value>,
    /// The openings.
    pub openings: Vec<Value>,
}

impl Export {
    fn read(bundle: Vec<u8>, policy: &str) -> Self {
        let policy = Policy::parse(policy.as_bytes()).unwrap();
        let report = verify(&mut Cursor::new(&bundle), &policy, None).unwrap();
        Self {
            report,
            entries: lines(&bundle, "entries.jsonl"),
            openings: lines(&bundle, "openings.jsonl"),
            bundle,
        }
    }

    /// The names of the events in order.
    #[must_use]
    pub fn events(&self) -> Vec<&str> {
        self.entries
            .iter()
            .map(|entry| entry["e"].as_str().unwrap())
            .collect()
    }

    /// How often each event happened.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for event in self.events() {
            *counts.entry(event).or_default() += 1;
        }
        counts
    }

    /// The leaves of one event.
    pub fn of<'e>(&'e self, event: &'e str) -> impl Iterator<Item = &'e Value> {
        self.entries.iter().filter(move |entry| entry["e"] == event)
    }
}

fn lines(bundle: &[u8], name: &str) -> Vec<Value> {
    let mut archive = tar::Archive::new(bundle);
    let mut file = archive
        .entries()
        .unwrap()
        .map(Result::unwrap)
        .find(|entry| entry.path().unwrap().to_str() == Some(name))
        .unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
