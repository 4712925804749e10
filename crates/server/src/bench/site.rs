//! A whole service to be measured: the program with all its drivers and doors, its PostgreSQL with fsync, an anchor on the
//! disk, a keyholder beside it, and partners that are let in.
//!
//! Everything is as in operation, but for four settings: nobody has to wait for asking too often (`limits.burst`, the
//! covenant's signals per hour, the keyholder's quotas), PostgreSQL takes 200 connections instead of 80, since the floor
//! needs its own beside the service's, and it keeps the times of commits, by which it shows when a match was found.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Duration;

use casework::{Caller, Casework, NewParty};
use client::Settings;
use domain::actor::{OrganisationKind, Sector};
use identifiers::{NetworkSecret, key_check};
use keyholder::{ClientRole, Defaults, NewClient, Quota};
use protocol::{ClientId, OrganisationId};
use store::private_postgres::PrivatePostgres;
use store::{Store, bench as measuring};
use zeroize::Zeroizing;

use super::failure::Failure;
use super::processor::{ProcessorTime, processor_time};
use crate::application::Application;
use crate::config::{Config, Database};
use crate::data_directory::{
    DataDirectory, FIRST_EPOCH, KeyholderPlan, KeyholderUrl, Plan, gateway_client, seed,
};
use crate::environment::Machine;
use crate::files;
use crate::key_files::{PRIVATE_KEY, client_key, client_keys};
use crate::keyholder::{KeyholderConfig, KeyholderDirectory, KeyholderPlan as OwnPlan, Running};

/// What the partners agreed.
pub(super) const COVENANT: &str = "name = \"Meting\"\nmunicipality = \"gemeente Voorbeeldstad\"\n\
                                   signals_per_hour = 1000000\n[grounds]\n\
                                   school-absence = \"De jeugdige verzuimt van school\"\n";
/// The covenant's name.
pub(super) const COVENANT_NAME: &str = "Meting";
/// The one ground that its signals give.
pub(super) const GROUND: &str = "school-absence";

/// More than any round asks.
const PLENTY: u32 = 2_000_000_000;

/// How often is looked whether the drivers are through.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// A running service with its keyholder.
pub struct Site {
    directory: DataDirectory,
    config: Config,
    application: Application,
    keyholder: Running,
    address: SocketAddr,
    key_check: String,
}

/// A partner of it that was let in.
#[derive(Debug, Clone)]
pub struct SitePartner {
    /// Its name.
    pub name: String,
    /// The organisation's public id.
    pub organisation: OrganisationId,
    /// Its client.
    pub client: ClientId,
    /// As whom its calls are taken, for acts without HTTP.
    pub caller: Caller,
    /// An access token that was just given out: good for 15 minutes, [`Site::let_in`] gives another.
    pub access_token: Zeroizing<String>,
    key_file: PathBuf,
}

impl Site {
    /// Starts one in `DIR/NAME`, which must be empty or not there.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn start(dir: &Path, name: &str) -> Result<Self, Failure> {
        let dir = dir.join(name);
        let keyholder = start_keyholder(&dir.join("keyholder")).await?;
        let directory = DataDirectory::at(&dir.join("service"))?;
        match Self::beside(&keyholder.0, keyholder.1, &directory).await {
            Ok((config, application)) => {
                let address = application.address();
                let key_check = key_check(
                    &NetworkSecret::from_bytes(*seed(&directory.network_key())?),
                    FIRST_EPOCH,
                );
                let site = Self {
                    directory,
                    config,
                    application,
                    keyholder: keyholder.0,
                    address,
                    key_check: protocol::text::encode(key_check.as_bytes()),
                };
                match site.set_up().await {
                    Ok(()) => Ok(site),
                    Err(error) => {
                        site.stop().await;
                        Err(error)
                    }
                }
            }
            Err(error) => {
                keyholder.0.stop(Some(Duration::ZERO)).await;
                Err(error)
            }
        }
    }

    async fn beside(
        keyholder: &Running,
        plan: KeyholderPlan,
        directory: &DataDirectory,
    ) -> Result<(Config, Application), Failure> {
        directory.make(&Plan {
            covenant: COVENANT.to_owned(),
            keyholder: Some(plan),
            ..Plan::for_tests()
        })?;
        keyholder
            .operator()
            .register_client(NewClient {
                id: gateway_client("test").parse()?,
                role: ClientRole::Gateway,
                public_key: client_key(&directory.gateway_key())?,
            })
            .await?;
        let mut config = Config::load_file(&directory.settings())?;
        config.limits.burst = NonZero::<u32>::MAX;
        if let Database::Private { options, .. } = &mut config.database {
            *options = std::mem::take(options)
                .set("max_connections", "200")
                .set("track_commit_timestamp", "on");
        }
        let application = Application::build(&config).await?;
        Ok((config, application))
    }

    async fn set_up(&self) -> Result<(), Failure> {
        let quota = Quota {
            organisation_daily: PLENTY,
            professional_daily: PLENTY,
        };
        let operator = self.keyholder.operator();
        operator
            .set_default_quotas(Defaults {
                quota,
                gateway_daily: PLENTY,
            })
            .await?;
        self.casework().apply_covenant(COVENANT).await?;
        Ok(())
    }

    /// A new partner, let in.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn partner(&self, name: &str) -> Result<SitePartner, Failure> {
        let dir = self.directory.path().join("partners").join(name);
        files::make_dir(&self.directory.path().join("partners"), files::Readers::Owner)?;
        let keys = client_keys(&dir, true)?;
        let registered = self
            .casework()
            .register(NewParty {
                sealing_key: keys.sealing,
                ..party(name, keys.client.into())
            })
            .await?;
        let caller = self.casework().client(&registered.client).await?;
        let mut partner = SitePartner {
            name: name.to_owned(),
            organisation: registered.organisation,
            client: registered.client,
            caller: caller.ok_or(Failure::Unexpected("the partner is not known"))?,
            access_token: Zeroizing::new(String::new()),
            key_file: dir.join(PRIVATE_KEY),
        };
        self.let_in(&mut partner).await?;
        Ok(partner)
    }

    /// So many partners, of which the floor has as many (see [`super::floor::Floor`]).
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn partners(&self, prefix: &str, count: u32) -> Result<Vec<SitePartner>, Failure> {
        let mut partners = Vec::new();
        for number in 1..=count {
            partners.push(self.partner(&format!("{prefix}-{number}")).await?);
        }
        Ok(partners)
    }

    /// Another access token for a partner.
    ///
    /// # Errors
    /// [`Failure::Call`].
    pub async fn let_in(&self, partner: &mut SitePartner) -> Result<(), Failure> {
        let settings = Settings {
            api_url: self.base().to_owned(),
            token_url: format!("{}/oauth/token", self.base()),
            client_id: partner.client.clone(),
            private_key_pem: files::read(&partner.key_file)?,
            consent_keys: None,
            min_suite: 1,
            keyholder: None,
        };
        partner.access_token = client::access_token(settings, Machine).await?;
        Ok(())
    }

    /// Its published address, without a trailing slash.
    pub fn base(&self) -> &str {
        self.application.base()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its acts, without HTTP.
    pub fn casework(&self) -> &Casework {
        self.application.casework()
    }

    /// Its database.
    pub fn store(&self) -> &Store {
        self.application.store()
    }

    /// Its settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its directory: settings, keys, covenant.
    pub fn directory(&self) -> &DataDirectory {
        &self.directory
    }

    /// What tokens of its network carry beside themselves, base64url.
    pub fn key_check(&self) -> &str {
        &self.key_check
    }

    /// Its PostgreSQL: `socket_dir`, `port`, `user`, `database`, `program("pgbench")`.
    ///
    /// # Errors
    /// Never for a site that was started here.
    pub fn postgres(&self) -> Result<&PrivatePostgres, Failure> {
        let postgres = self.application.private_postgres();
        postgres.ok_or(Failure::Unexpected("the site has no PostgreSQL of its own"))
    }

    /// The first process of its PostgreSQL.
    ///
    /// # Errors
    /// [`Failure`] when it does not run.
    pub fn postmaster_pid(&self) -> Result<u32, Failure> {
        let file = self.postgres()?.cluster_dir().join("data/postmaster.pid");
        let text = fs::read_to_string(file).map_err(Failure::machine("the process of PostgreSQL"))?;
        let pid = text.lines().next().and_then(|line| line.trim().parse().ok());
        pid.ok_or(Failure::Unexpected("PostgreSQL does not run"))
    }

    /// What processors have spent so far on this program and its database.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn processor_time(&self) -> Result<ProcessorTime, Failure> {
        processor_time(self.postmaster_pid()?)
    }

    /// Waits until the drivers have worked off what there is: no match task that is due, no leaf that is not published.
    ///
    /// # Errors
    /// [`Failure`], also when there is still something left after `patience`.
    pub async fn settle(&self, patience: Duration) -> Result<(), Failure> {
        let began = crate::environment::stopwatch();
        loop {
            let left = measuring::work_left(self.store()).await?;
            if left == 0 {
                return Ok(());
            }
            if crate::environment::stopwatch() - began > patience {
                return Err(Failure::Seen(format!(
                    "{left} match tasks and leaves are still waiting"
                )));
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// How long after its database the service was ready.
    pub fn ready_after(&self) -> Duration {
        self.application.ready_after()
    }

    /// Stops the service, with its PostgreSQL, and starts it again; the keyholder goes on.
    ///
    /// # Errors
    /// [`Failure::Service`]; then the keyholder is stopped too.
    pub async fn again(self) -> Result<Self, Failure> {
        self.application.stop_after(Duration::ZERO).await;
        match Application::build(&self.config).await {
            Ok(application) => Ok(Self {
                address: application.address(),
                application,
                ..self
            }),
            Err(error) => {
                self.keyholder.stop(Some(Duration::ZERO)).await;
                Err(error.into())
            }
        }
    }

    /// Stops everything.
    pub async fn stop(self) {
        self.application.stop_after(Duration::ZERO).await;
        self.keyholder.stop(Some(Duration::ZERO)).await;
    }
}

/// A school that signs the covenant.
pub(super) fn party(name: &str, client_key: protocol::Jwk) -> NewParty {
    NewParty {
        covenant: COVENANT_NAME.to_owned(),
        name: name.to_owned(),
        kind: OrganisationKind::Partner,
        sector: Some(Sector::Education),
        roles: BTreeSet::new(),
        sealing_key: None,
        client_key,
    }
}

async fn start_keyholder(dir: &Path) -> Result<(Running, KeyholderPlan), Failure> {
    let own = KeyholderDirectory::at(dir)?;
    let key = own.make(&OwnPlan {
        name: "meting".to_owned(),
        listen: "127.0.0.1:0".to_owned(),
        public_url: None,
        log_origin: "keyholder.test/log".to_owned(),
    })?;
    let keyholder = Running::start(&KeyholderConfig::load_file(&own.settings())?).await?;
    let url = KeyholderUrl::Known(keyholder.base().to_owned());
    Ok((keyholder, KeyholderPlan { url, key }))
}
