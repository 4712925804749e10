//! What a keyholder costs a submission: one service without and one with, on private databases written to the disk, and
//! a partner of each kind, over HTTP.
//!
//! Each submission is about another child and waits for its answer: this is a latency, not a throughput.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::path::Path;

use casework::NewParty;
use client::{NetworkKey, NewSignal, Partner, PartnerKeys, Settings};
use domain::actor::{OrganisationKind, Sector};
use identifiers::{Bsn, NetworkSecret};
use jiff::ToSpan as _;
use keyholder::{ClientRole, Defaults, NewClient, Quota};
use protocol::sealed_message::SealingSecret;
use protocol::signal::Contact;
use protocol::{ClientId, OrganisationId, YearMonth};
use serde::Serialize;

pub use super::failure::Failure;

use super::Spread;
use crate::application::Application;
use crate::config::Config;
use crate::data_directory::{
    DataDirectory, FIRST_EPOCH, KeyholderPlan, KeyholderUrl, MakeError, Plan, gateway_client,
};
use crate::environment::{self, Machine, stopwatch};
use crate::files;
use crate::key_files::{PRIVATE_KEY, PublicKeys, client_key, client_keys};
use crate::keyholder::{KeyholderConfig, KeyholderDirectory, KeyholderPlan as OwnPlan, Running};

const COVENANT: &str = "name = \"Meting\"\nmunicipality = \"gemeente Voorbeeldstad\"\n\
                        signals_per_hour = 1000000\n\
                        [grounds]\ndevelopment-at-risk = \"De ontwikkeling van de jeugdige wordt bedreigd\"\n";

/// More than any round asks.
const PLENTY: u32 = 1_000_000;

/// What was measured.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Submissions of each kind that count.
    pub rounds: u32,
    /// Each kind, the one without a keyholder first.
    pub lines: Vec<Line>,
}

/// One kind of submission.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Which.
    pub name: &'static str,
    /// From the call to the answer, in milliseconds.
    pub milliseconds: Spread,
    /// As many times the one without a keyholder, round by round.
    pub ratio: Spread,
}

/// Measures in this directory, which should be empty.
///
/// # Errors
/// [`Failure`].
pub async fn run(directory: &Path, rounds: u32) -> Result<Report, Failure> {
    let own = KeyholderDirectory::at(&directory.join("keyholder"))?;
    let key = own.make(&OwnPlan {
        name: "meting".to_owned(),
        listen: "127.0.0.1:0".to_owned(),
        public_url: None,
        log_origin: "keyholder.test/log".to_owned(),
    })?;
    let keyholder = Running::start(&KeyholderConfig::load_file(&own.settings())?).await?;
    let plan = KeyholderPlan {
        url: KeyholderUrl::Known(keyholder.base().to_owned()),
        key,
    };
    let measured = with_services(directory, &keyholder, plan, rounds).await;
    keyholder.stop(Some(std::time::Duration::ZERO)).await;
    measured
}

async fn with_services(
    directory: &Path,
    keyholder: &Running,
    plan: KeyholderPlan,
    rounds: u32,
) -> Result<Report, Failure> {
    let without = Service::start(&directory.join("without"), None).await?;
    let with = match Service::start(&directory.join("with"), Some(plan.clone())).await {
        Ok(with) => with,
        Err(error) => {
            without.stop().await;
            return Err(error);
        }
    };
    let measured = measure(&without, &with, keyholder, &plan, rounds).await;
    without.stop().await;
    with.stop().await;
    measured
}

async fn measure(
    without: &Service,
    with: &Service,
    keyholder: &Running,
    plan: &KeyholderPlan,
    rounds: u32,
) -> Result<Report, Failure> {
    let operator = keyholder.operator();
    let quota = Quota {
        organisation_daily: PLENTY,
        professional_daily: PLENTY,
    };
    operator
        .set_default_quotas(Defaults {
            quota,
            gateway_daily: PLENTY,
        })
        .await?;
    operator
        .register_client(NewClient {
            id: gateway_client("test").parse()?,
            role: ClientRole::Gateway,
            public_key: client_key(&with.directory.gateway_key())?,
        })
        .await?;
    let blinding = with.partner("blinding").await?;
    operator
        .register_client(NewClient {
            id: blinding.client.clone(),
            role: ClientRole::Partner(blinding.organisation),
            public_key: blinding.keys.client,
        })
        .await?;
    let contestants = [
        (
            "keyed hash, no keyholder in the network",
            without.partner("plain").await?.connect(None)?,
        ),
        (
            "keyed hash, lifted by the gateway",
            with.partner("lifted").await?.connect(None)?,
        ),
        (
            "blinded by the client",
            blinding.connect(Some((keyholder.base(), plan)))?,
        ),
    ];
    let mut times: [Vec<f64>; 3] = Default::default();
    let mut children = children();
    for round in 0..=rounds as usize {
        for turn in 0..contestants.len() {
            let at = (round + turn) % contestants.len();
            let Some(child) = children.next() else { continue };
            let signal = signal(child)?;
            let began = stopwatch();
            contestants[at].1.submit_signal(&signal, None).await?;
            let took = (stopwatch() - began).as_secs_f64() * 1_000.0;
            if round > 0 {
                times[at].push(took);
            }
        }
    }
    let lines = contestants.iter().zip(&times).map(|((name, _), own)| Line {
        name,
        milliseconds: Spread::of(own.clone()),
        ratio: Spread::of(
            own.iter()
                .zip(&times[0])
                .map(|(own, floor)| own / floor)
                .collect(),
        ),
    });
    Ok(Report {
        rounds,
        lines: lines.collect(),
    })
}

pub(super) struct Service {
    directory: DataDirectory,
    application: Application,
}

/// A partner that is registered.
pub(super) struct Registered {
    organisation: OrganisationId,
    client: ClientId,
    keys: PublicKeys,
    base: String,
    key_file: std::path::PathBuf,
    network_key: std::path::PathBuf,
}

impl Service {
    pub(super) async fn start(directory: &Path, keyholder: Option<KeyholderPlan>) -> Result<Self, Failure> {
        let directory = DataDirectory::at(directory)?;
        directory.make(&Plan {
            keyholder,
            ..Plan::for_tests()
        })?;
        let mut config = Config::load_file(&directory.settings())?;
        // What is measured is not how long a partner has to wait that asks too often.
        config.limits.burst = NonZero::<u32>::MAX;
        let application = Application::build(&config).await?;
        let started = Self {
            directory,
            application,
        };
        match started.application.casework().apply_covenant(COVENANT).await {
            Ok(_) => Ok(started),
            Err(error) => {
                started.stop().await;
                Err(error.into())
            }
        }
    }

    pub(super) async fn partner(&self, name: &str) -> Result<Registered, Failure> {
        let dir = self.directory.path().join(name);
        let keys = client_keys(&dir, true)?;
        let party = NewParty {
            covenant: "Meting".to_owned(),
            name: name.to_owned(),
            kind: OrganisationKind::Partner,
            sector: Some(Sector::Education),
            roles: BTreeSet::new(),
            sealing_key: keys.sealing,
            client_key: keys.client.into(),
        };
        let registered = self.application.casework().register(party).await?;
        Ok(Registered {
            organisation: registered.organisation,
            client: registered.client,
            keys,
            base: self.application.base().to_owned(),
            key_file: dir.join(PRIVATE_KEY),
            network_key: self.directory.network_key(),
        })
    }

    /// Where it answers.
    pub(super) fn base(&self) -> &str {
        self.application.base()
    }

    /// Waits until the drivers have worked off what there is.
    pub(super) async fn settle(&self) -> Result<(), Failure> {
        while self.application.casework().match_once().await? > 0 {}
        Ok(())
    }

    pub(super) async fn stop(self) {
        self.application.stop_after(std::time::Duration::ZERO).await;
    }
}

impl Registered {
    pub(super) fn connect(&self, keyholder: Option<(&str, &KeyholderPlan)>) -> Result<Partner, Failure> {
        let secret = NetworkSecret::parse_key_file(&files::read(&self.network_key)?)
            .map_err(|_| MakeError::NotAKey(self.network_key.clone()))?;
        let settings = Settings {
            api_url: self.base.clone(),
            token_url: format!("{}/oauth/token", self.base),
            client_id: self.client.clone(),
            private_key_pem: files::read(&self.key_file)?,
            consent_keys: None,
            min_suite: if keyholder.is_some() { 2 } else { 1 },
            keyholder: keyholder.map(|(url, plan)| client::keyholder::KeyholderSettings {
                url: url.to_owned(),
                token_url: format!("{url}/oauth/token"),
                key: plan.key,
                known: None,
                deadline: client::keyholder::DEADLINE,
            }),
        };
        let keys = PartnerKeys {
            network: vec![NetworkKey {
                epoch: FIRST_EPOCH,
                secret,
            }],
            sealing: SealingSecret::from_bytes(environment::random()).into(),
        };
        Ok(Partner::connect(settings, keys, Machine)?)
    }
}

pub(super) fn signal(bsn: Bsn) -> Result<NewSignal, Failure> {
    let today = environment::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    Ok(NewSignal {
        child: bsn.into(),
        guardians: Vec::new(),
        professional: Contact {
            reference: "m.meting".parse()?,
            email: None,
            phone: None,
        },
        planned_end: today.saturating_add(6.months()),
        destroy_by: YearMonth::of(today.saturating_add(15.years())),
        ground: "development-at-risk".parse()?,
        on_behalf_of: None,
    })
}

/// Numbers that pass the 11-test, each once.
pub(super) fn children() -> impl Iterator<Item = Bsn> {
    (90_000_000_u32..100_000_000)
        .flat_map(|number| (0..10).map(move |last| format!("{number}{last}")))
        .filter_map(|digits| Bsn::parse(&digits).ok())
}
