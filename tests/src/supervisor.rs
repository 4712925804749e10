//! The supervisor: takes the log home and checks it without the service.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use audit_log::policy::Policy;
use audit_log::verify::{Report, Verdict, Verification};
use casework::NewParty;
use domain::actor::OrganisationKind;
use ed25519_dalek::SigningKey;
use protocol::audit::{AuditExportSubmission, ExportFrom};
use protocol::id::Id;
use protocol::{ClientId, OrganisationId};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::environment::{TestEnvironment, random};
use crate::professional::settings;
use crate::region::{COVENANT, Region};

/// Asks for the whole log, with every opening that may be had.
pub const FROM_START: AuditExportSubmission = AuditExportSubmission {
    from: Some(ExportFrom::Start),
    scope: None,
};

/// Asks for what came since the last export.
pub const SINCE_LAST: AuditExportSubmission = AuditExportSubmission {
    from: Some(ExportFrom::Last),
    scope: None,
};

/// The authority that inspects the service.
pub struct Supervisor {
    /// Its client.
    pub client_id: ClientId,
    /// The key of that client's assertions.
    pub key: SigningKey,
    /// Its organisation.
    pub organisation: OrganisationId,
    /// Its program.
    pub client: client::Supervisor,
    /// The policy it got from the operator.
    pub policy: String,
    settings: client::Settings,
    environment: TestEnvironment,
}

impl Supervisor {
    pub(crate) async fn register(region: &Region, name: &str) -> Self {
        let key = SigningKey::from_bytes(&random());
        let party = NewParty {
            covenant: COVENANT.to_owned(),
            name: name.to_owned(),
            kind: OrganisationKind::Supervisor,
            sector: None,
            roles: BTreeSet::new(),
            sealing_key: None,
            client_key: key.verifying_key().to_bytes().into(),
        };
        let registered = region.casework.register(party).await.unwrap();
        let settings = settings(&region.url, registered.client.clone(), &key);
        let environment = TestEnvironment(region.clock.clone());
        Self {
            client_id: registered.client,
            organisation: registered.organisation,
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

    /// Takes an export of the whole log home.
    pub async fn exports(&self) -> Export {
        self.exports_as(&FROM_START).await
    }

    /// Takes such an export home.
    pub async fn exports_as(&self, wanted: &AuditExportSubmission) -> Export {
        let export = self.client.request_export(wanted, None).await.unwrap();
        self.fetches(export.id, None).await
    }

    /// Takes what came since the last export home, and insists that everything in it holds and continues that one.
    pub async fn verifies_since(&self, earlier: &Export) -> Export {
        let export = self.client.request_export(&SINCE_LAST, None).await.unwrap();
        let export = self.fetches(export.id, Some(&earlier.bundle)).await;
        export.insist();
        export
    }

    /// Fetches the bundle of an export, maybe again, and verifies it.
    pub async fn fetches(&self, id: Id, earlier: Option<&[u8]>) -> Export {
        let mut bundle = Vec::new();
        self.client.download_bundle(id, &mut bundle).await.unwrap();
        Export {
            id,
            ..Export::read(bundle, &self.policy, earlier)
        }
    }

    /// Takes an export home and insists that everything in it holds.
    pub async fn verifies(&self) -> Export {
        let export = self.exports().await;
        export.insist();
        export
    }
}

/// An export at the supervisor's.
pub struct Export {
    /// Its id.
    pub id: Id,
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
    /// Verifies a bundle.
    #[must_use]
    pub fn read(bundle: Vec<u8>, policy: &str, earlier: Option<&[u8]>) -> Self {
        let policy = Policy::parse(policy.as_bytes()).unwrap();
        let mut earlier = earlier.map(Cursor::new);
        let mut verification = Verification::new(&policy);
        if let Some(earlier) = &mut earlier {
            verification = verification.earlier_export(earlier);
        }
        let report = verification.run(&mut Cursor::new(&bundle)).unwrap();
        Self {
            id: Id([0; 16]),
            report,
            entries: lines(&bundle, "entries.jsonl"),
            openings: lines(&bundle, "openings.jsonl"),
            bundle,
        }
    }

    /// Insists that everything in it holds.
    pub fn insist(&self) {
        let findings = self.report.findings();
        assert_eq!(self.report.verdict(), Verdict::Good, "{findings:#?}");
    }

    /// One of its files, as text.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        text(&self.bundle, name)
    }

    /// The names of the events whose openings it has.
    #[must_use]
    pub fn opened(&self) -> BTreeSet<String> {
        let events: BTreeMap<&str, &str> = self
            .entries
            .iter()
            .map(|entry| (entry["id"].as_str().unwrap(), entry["e"].as_str().unwrap()))
            .collect();
        self.openings
            .iter()
            .map(|opening| events[opening["id"].as_str().unwrap()].to_owned())
            .collect()
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
    text(bundle, name)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn text(bundle: &[u8], name: &str) -> String {
    let mut archive = tar::Archive::new(bundle);
    let mut file = archive
        .entries()
        .unwrap()
        .map(Result::unwrap)
        .find(|entry| entry.path().unwrap().to_str() == Some(name))
        .unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    text
}
