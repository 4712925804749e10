//! `trefpunt organisation ...`

mod sealing_key;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use casework::{NewParty, Registered};
use clap::{Args, Subcommand};
use domain::actor::{OrganisationKind, Role, Sector};
use domain::client::ClientState;
use jiff::Timestamp;
use protocol::body::Body as _;
use protocol::consent::ConsentKeys;
use protocol::text::Base64Url;
use protocol::{ClientId, Jwk, OrganisationId, Thumbprint};
use serde_json::json;
use service_http::public_key::PublicKey;

use super::{ConfigFile, Failure, with_casework, with_loaded};
use crate::config::Config;
use crate::credentials::{Credentials, Keyholder};
use crate::database::chain;
use crate::environment::Machine;
use crate::exchange::PartnerFile;
use crate::files::{self, Readers};
use crate::key_files::client_keys;
use crate::out;

/// Organisations and the clients that act for them.
#[derive(Debug, Subcommand)]
pub(super) enum Organisation {
    /// Registers an organisation and its client; prints their ids.
    Add(Add),
    /// Lists organisations and their clients.
    List {
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON array in place of a table.
        #[arg(long)]
        json: bool,
    },
    /// Registers a further client of an organisation; prints its id.
    AddClient(AddClient),
    /// Lets an organisation give signals for another, where their covenants allow it.
    Delegate {
        #[command(flatten)]
        config: ConfigFile,
        /// The organisation that the signals will be of, `org_...`.
        organisation: OrganisationId,
        /// The organisation that will give them, `org_...`.
        delegate: OrganisationId,
        /// Ends it: it may no longer.
        #[arg(long)]
        end: bool,
    },
    /// Gives a client a further key, so that it can go over to it without a gap.
    AddKey(AddKey),
    /// Retires a key of a client, for good: no assertion it signs is taken any more.
    RetireKey {
        #[command(flatten)]
        config: ConfigFile,
        /// The client's id, `cl_...`.
        client: ClientId,
        /// The key's name: its RFC 7638 thumbprint.
        kid: Thumbprint,
    },
    /// Adds, lists and retires the keys to which others seal for an organisation.
    #[command(subcommand)]
    SealingKey(sealing_key::SealingKeys),
    /// Disables an organisation with all its clients, at once. What it gave stays.
    Disable {
        #[command(flatten)]
        config: ConfigFile,
        /// The organisation's id, `org_...`.
        organisation: OrganisationId,
    },
    /// Enables it again.
    Enable {
        #[command(flatten)]
        config: ConfigFile,
        /// The organisation's id, `org_...`.
        organisation: OrganisationId,
    },
    /// Enables a client, whoever disabled it.
    EnableClient {
        #[command(flatten)]
        config: ConfigFile,
        /// The client's id, `cl_...`.
        client: ClientId,
    },
    /// Disables a client, at once. No coordinator enables it again.
    DisableClient {
        #[command(flatten)]
        config: ConfigFile,
        /// The client's id, `cl_...`.
        client: ClientId,
    },
    /// Sets the lowest suite that is taken from an organisation: with 2, only tokens that its own system blinded.
    MinSuite {
        #[command(flatten)]
        config: ConfigFile,
        /// The organisation's id, `org_...`.
        organisation: OrganisationId,
        /// 1 or 2.
        #[arg(value_parser = clap::value_parser!(u8).range(1..=2))]
        suite: u8,
    },
    /// Fetches an access token for a client and prints it, for calls with curl. It lasts ten minutes.
    AccessToken(Access),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    #[command(flatten)]
    config: ConfigFile,
    /// The covenant it signed.
    #[arg(long)]
    covenant: String,
    /// Its name, as others will see it.
    #[arg(long)]
    name: String,
    /// Its sector: youth-help, youth-health-care, health-care, education, childcare, social-support, work-and-income or
    /// police-and-justice.
    #[arg(long, value_parser = sector, required_unless_present_any = ["supervisor", "municipality"],
          conflicts_with_all = ["supervisor", "municipality"])]
    sector: Option<Sector>,
    /// The authority that inspects the service, in place of a partner.
    #[arg(long, conflicts_with = "municipality")]
    supervisor: bool,
    /// A municipality, in place of a partner. Covenants name it as it is called here.
    #[arg(long)]
    municipality: bool,
    /// In which roles its client may act, such as `professional,coordinator`; all of such an organisation if left out.
    #[arg(long, value_parser = role, value_delimiter = ',')]
    roles: Vec<Role>,
    /// The Ed25519 public key of its client, 43 characters of base64url.
    #[arg(long, value_name = "KEY", allow_hyphen_values = true, required_unless_present_any = ["generate", "client_jwk"])]
    client_key: Option<Base64Url<32>>,
    /// In its place a file with the public key as a JWK: Ed25519, P-256 or RSA.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["generate", "client_key"])]
    client_jwk: Option<PathBuf>,
    /// The X25519 public key that exchange is sealed to, 43 characters of base64url.
    #[arg(long, value_name = "KEY", allow_hyphen_values = true, conflicts_with_all = ["supervisor", "municipality"])]
    sealing_key: Option<Base64Url<32>>,
    /// Makes the keys here and writes the secret ones into this directory, with a partner.json that says where the service is.
    /// Better that the organisation makes them.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["client_key", "sealing_key"])]
    generate: Option<PathBuf>,
    /// One JSON object in place of text.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct AddClient {
    #[command(flatten)]
    config: ConfigFile,
    /// The organisation's id, `org_...`.
    organisation: OrganisationId,
    /// The Ed25519 public key of the client, 43 characters of base64url.
    #[arg(
        long,
        value_name = "KEY",
        allow_hyphen_values = true,
        required_unless_present = "client_jwk"
    )]
    client_key: Option<Base64Url<32>>,
    /// In its place a file with the public key as a JWK: Ed25519, P-256 or RSA.
    #[arg(long, value_name = "FILE", conflicts_with = "client_key")]
    client_jwk: Option<PathBuf>,
    /// In which roles it may act, such as `follow_up_officer`; all of such an organisation if left out.
    #[arg(long, value_parser = role, value_delimiter = ',')]
    roles: Vec<Role>,
}

#[derive(Debug, Args)]
pub(super) struct AddKey {
    #[command(flatten)]
    config: ConfigFile,
    /// The client's id, `cl_...`.
    client: ClientId,
    /// Its further Ed25519 public key, 43 characters of base64url.
    #[arg(
        long,
        value_name = "KEY",
        allow_hyphen_values = true,
        required_unless_present = "client_jwk"
    )]
    client_key: Option<Base64Url<32>>,
    /// In its place a file with the public key as a JWK: Ed25519, P-256 or RSA.
    #[arg(long, value_name = "FILE", conflicts_with = "client_key")]
    client_jwk: Option<PathBuf>,
}

/// From where the client's key comes: a demonstration's credentials, or named one by one.
#[derive(Debug, Args)]
pub(super) struct Access {
    /// A credentials.json, such as `trefpunt demo` writes.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["token_url", "client_id", "private_key_file"])]
    credentials: Option<PathBuf>,
    /// Which organisation of the credentials; none means the supervisor.
    #[arg(long, requires = "credentials")]
    name: Option<String>,
    /// The token endpoint.
    #[arg(long, required_unless_present = "credentials")]
    token_url: Option<String>,
    /// The client.
    #[arg(long, required_unless_present = "credentials")]
    client_id: Option<ClientId>,
    /// Its Ed25519 private key, PKCS#8 in PEM.
    #[arg(long, value_name = "FILE", required_unless_present = "credentials")]
    private_key_file: Option<PathBuf>,
}

fn sector(text: &str) -> Result<Sector, String> {
    Sector::from_slug(text).map_err(|error| error.to_string())
}

fn role(text: &str) -> Result<Role, String> {
    let known = || Role::ALL.map(Role::slug).join(", ");
    Role::from_slug(text).map_err(|error| format!("{error}, which are {}", known()))
}

impl Organisation {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List { config, json } => list(config, *json).await,
            Self::AddClient(add) => add.run().await,
            Self::Delegate {
                config,
                organisation,
                delegate,
                end,
            } => {
                let changed = with_casework(config, async |casework| {
                    Ok(casework.delegate(*organisation, *delegate, !end).await?)
                })
                .await?;
                out::line(match (changed, end) {
                    (true, false) => format!("{delegate} may give signals for {organisation}."),
                    (true, true) => format!("{delegate} may no longer give signals for {organisation}."),
                    (false, _) => "That was so already.".to_owned(),
                });
                Ok(())
            }
            Self::AddKey(add) => add.run().await,
            Self::RetireKey { config, client, kid } => {
                let changed = with_casework(config, async |casework| {
                    Ok(casework.operate_retire_key(client.clone(), *kid).await?)
                })
                .await?;
                told(
                    changed,
                    format_args!("No assertion that {kid} signs is taken any more."),
                )
            }
            Self::SealingKey(command) => command.run().await,
            Self::Disable { config, organisation } => {
                let changed = with_casework(config, async |casework| {
                    Ok(casework.disable_organisation(*organisation).await?)
                })
                .await?;
                told(changed, format_args!("{organisation} may do nothing any more."))
            }
            Self::Enable { config, organisation } => {
                let changed = with_casework(config, async |casework| {
                    Ok(casework.enable_organisation(*organisation).await?)
                })
                .await?;
                told(changed, format_args!("{organisation} may act again."))
            }
            Self::EnableClient { config, client } => {
                let changed = with_casework(config, async |casework| {
                    Ok(casework.enable_client(client.clone()).await?)
                })
                .await?;
                told(changed, format_args!("{client} may act again."))
            }
            Self::DisableClient { config, client } => {
                let changed = with_casework(config, async |casework| {
                    Ok(casework.disable_client(client.clone()).await?)
                })
                .await?;
                told(changed, format_args!("{client} may do nothing any more."))
            }
            Self::MinSuite {
                config,
                organisation,
                suite,
            } => {
                with_casework(config, async |casework| {
                    Ok(casework.set_min_suite(*organisation, *suite).await?)
                })
                .await?;
                out::line(format_args!(
                    "From {organisation} tokens of suite {suite} or higher are taken."
                ));
                Ok(())
            }
            Self::AccessToken(access) => {
                let token = client::access_token(access.settings()?, Machine).await;
                out::line(&*token.map_err(|error| Failure::failed(chain(&error)))?);
                Ok(())
            }
        }
    }
}

impl Add {
    fn kind(&self) -> OrganisationKind {
        match (self.municipality, self.supervisor) {
            (true, _) => OrganisationKind::Municipality,
            (false, true) => OrganisationKind::Supervisor,
            (false, false) => OrganisationKind::Partner,
        }
    }

    async fn run(&self) -> Result<(), Failure> {
        let (client_key, sealing_key) = match &self.generate {
            Some(dir) => {
                files::make_dir(dir, Readers::Owner)?;
                let keys = client_keys(dir, self.kind() == OrganisationKind::Partner)?;
                (keys.client.into(), keys.sealing)
            }
            None => {
                let key = public_key(self.client_key, self.client_jwk.as_deref())?;
                (key, self.sealing_key.map(|key| key.0))
            }
        };
        let party = NewParty {
            covenant: self.covenant.clone(),
            name: self.name.clone(),
            kind: self.kind(),
            sector: self.sector,
            roles: self.roles.iter().copied().collect(),
            sealing_key,
            client_key,
        };
        let config = self.config.load()?;
        let (Registered { organisation, client }, portal) = with_loaded(&config, async |casework| {
            let registered = casework.register(party).await?;
            Ok((registered, casework.consent_keys(String::new()).await?))
        })
        .await?;
        if let (Some(dir), OrganisationKind::Partner) = (&self.generate, self.kind()) {
            hand_over(dir, &config, organisation, &client, portal)?;
        }
        if self.json {
            out::json(&json!({"organisation": organisation, "clientId": client}));
        } else {
            out::line(format_args!("{organisation} {client}"));
        }
        Ok(())
    }
}

impl AddClient {
    async fn run(&self) -> Result<(), Failure> {
        let roles: BTreeSet<Role> = self.roles.iter().copied().collect();
        let key = public_key(self.client_key, self.client_jwk.as_deref())?;
        let client = with_casework(&self.config, async |casework| {
            let added = casework.register_client(self.organisation, key.clone(), roles);
            Ok(added.await?)
        })
        .await?;
        out::line(client);
        Ok(())
    }
}

impl AddKey {
    async fn run(&self) -> Result<(), Failure> {
        let key = public_key(self.client_key, self.client_jwk.as_deref())?;
        with_casework(&self.config, async |casework| {
            Ok(casework.operate_add_key(self.client.clone(), key.clone()).await?)
        })
        .await?;
        out::line(key.thumbprint());
        Ok(())
    }
}

/// Writes beside the keys what `trefpunt exchange` needs to know.
fn hand_over(
    dir: &Path,
    config: &Config,
    organisation: OrganisationId,
    client: &ClientId,
    portal: ConsentKeys,
) -> Result<(), Failure> {
    let api_url = config.server.base(config.server.listen);
    let file = PartnerFile {
        token_url: format!("{api_url}/oauth/token"),
        api_url,
        organisation,
        client_id: client.clone(),
        keyholder: config.keyholder.as_ref().map(|keyholder| Keyholder {
            url: keyholder.url.clone(),
            token_url: keyholder.token_url(),
            public_key: keyholder.signing_key,
        }),
        // Where the portal is asked may change; before it ran for the first time it has no key.
        consent_keys: (!portal.keys.is_empty()).then_some(ConsentKeys {
            status_url: None,
            ..portal
        }),
    };
    file.write(dir)?;
    Ok(())
}

/// The key of an option or a file, if signatures can be checked with it.
fn public_key(key: Option<Base64Url<32>>, file: Option<&Path>) -> Result<Jwk, Failure> {
    let key = match (key, file) {
        (Some(key), _) => Jwk::from(key.0),
        (None, Some(file)) => Jwk::parse(files::read(file)?.trim().as_bytes()).map_err(|_| {
            Failure::usage("the file is no public JWK: Ed25519, P-256, or RSA of 2048 to 4096 bits")
        })?,
        (None, None) => return Err(Failure::usage("give --client-key or --client-jwk")),
    };
    match PublicKey::of(&key) {
        Ok(_) => Ok(key),
        Err(error) => Err(Failure::usage(error.to_string())),
    }
}

fn told(changed: bool, what: std::fmt::Arguments<'_>) -> Result<(), Failure> {
    match changed {
        true => out::line(what),
        false => out::line("That was so already."),
    }
    Ok(())
}

async fn list(config: &ConfigFile, json: bool) -> Result<(), Failure> {
    let (covenants, organisations, clients) = with_casework(config, async |casework| {
        Ok((
            casework.covenants().await?,
            casework.organisations().await?,
            casework.clients().await?,
        ))
    })
    .await?;
    let mut rows = vec![["NAME", "COVENANT", "SECTOR", "ORGANISATION", "CLIENT", "STATE"].map(str::to_owned)];
    let mut list = Vec::new();
    for row in &organisations {
        let covenant = covenants.iter().find(|covenant| covenant.key == row.covenant);
        let covenant = covenant.map_or("", |covenant| covenant.name.as_str());
        let id = OrganisationId(row.public_id);
        let own: Vec<_> = clients
            .iter()
            .filter(|client| client.organisation == row.key)
            .collect();
        list.push(json!({
            "name": row.name, "covenant": covenant, "role": row.role, "sector": row.sector, "organisation": id,
            "clients": own.iter().map(|client| json!({
                "clientId": client.id, "roles": client.roles, "keys": client.keys,
                "disabledAt": disabled_at(client.state),
            })).collect::<Vec<_>>(),
        }));
        for client in own {
            let state = match client.state {
                ClientState::Enabled => "enabled",
                ClientState::Disabled { .. } => "disabled",
            };
            rows.push([
                row.name.clone(),
                covenant.to_owned(),
                row.sector.clone().unwrap_or_else(|| row.role.clone()),
                id.to_string(),
                client.id.clone(),
                state.to_owned(),
            ]);
        }
    }
    if json {
        out::json(&list);
    } else {
        out::table(&rows);
    }
    Ok(())
}

fn disabled_at(state: ClientState) -> Option<Timestamp> {
    match state {
        ClientState::Enabled => None,
        ClientState::Disabled { at, .. } => Some(at),
    }
}

impl Access {
    /// How the client reaches the service.
    fn settings(&self) -> Result<client::Settings, Failure> {
        if let Some(file) = &self.credentials {
            let credentials = Credentials::read(file)?;
            let Some(name) = &self.name else {
                return Ok(credentials.settings_of_supervisor()?);
            };
            if *name == credentials.municipality.name {
                return Ok(credentials.settings_of_municipality()?);
            }
            let found = credentials
                .organisations
                .iter()
                .find(|organisation| organisation.name == *name);
            let organisation =
                found.ok_or_else(|| Failure::usage("the credentials name no such organisation"))?;
            return Ok(credentials.settings_of(organisation)?);
        }
        let (Some(token_url), Some(client_id), Some(key)) =
            (&self.token_url, &self.client_id, &self.private_key_file)
        else {
            return Err(Failure::usage(
                "give --credentials, or --token-url, --client-id and --private-key-file",
            ));
        };
        // Only the token endpoint is called; the API stands beside it.
        let api_url = token_url.split('/').take(3).collect::<Vec<_>>().join("/");
        Ok(client::Settings {
            api_url,
            token_url: token_url.clone(),
            client_id: client_id.clone(),
            private_key_pem: files::read(key)?,
            consent_keys: None,
            keyholder: None,
            min_suite: 1,
        })
    }
}
