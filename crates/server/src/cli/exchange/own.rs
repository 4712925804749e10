//! Who asks: a directory with keys, and what was learned with them.

use std::path::{Path, PathBuf};

use clap::Args;
use client::{Partner, PartnerKeys, SealingSecrets, Settings};
use protocol::consent::ConsentKeys;
use protocol::match_case::{Match, Party};
use protocol::page::PageQuery;
use protocol::sealed_message::{KeyFingerprint, SealingSecret};
use protocol::{ClientId, Id, OrganisationId};

use super::failure;
use crate::cli::Failure;
use crate::credentials::Credentials;
use crate::environment::Machine;
use crate::exchange::{KnownKeysFile, PartnerFile};
use crate::files::{self, Readers};
use crate::key_files::SEALING_KEY;
use crate::out;

/// The portal's keys, kept when they were first seen.
const PORTAL_KEYS: &str = "portal-keys.json";

/// Which organisation asks.
#[derive(Debug, Args)]
pub(in crate::cli) struct WhoArguments {
    /// The directory with your keys and partner.json, such as `trefpunt organisation add --generate` makes.
    #[arg(
        long,
        value_name = "DIR",
        env = "TREFPUNT_PARTNER",
        required_unless_present = "credentials",
        conflicts_with = "credentials"
    )]
    dir: Option<PathBuf>,
    /// In its place a credentials.json, such as `trefpunt demo` writes.
    #[arg(long, value_name = "FILE", requires = "name")]
    credentials: Option<PathBuf>,
    /// Which organisation of the credentials.
    #[arg(long, requires = "credentials")]
    name: Option<String>,
}

/// Which organisation asks, and what it newly relies on.
#[derive(Debug, Args)]
pub(super) struct OwnArguments {
    #[command(flatten)]
    who: WhoArguments,
    /// The fingerprint that the other organisation read to you by telephone: its key is relied on from now on. Without it the
    /// first key of an organisation is, and another is refused.
    #[arg(long, value_name = "FINGERPRINT")]
    accept_key: Option<KeyFingerprint>,
    /// Relies on the portal's keys as the service tells them now, in the place of those that are known.
    #[arg(long)]
    accept_portal_keys: bool,
}

/// An organisation at work.
pub(super) struct Own {
    pub(super) partner: Partner,
    pub(super) dir: PathBuf,
    pub(super) known: KnownKeysFile,
    pub(super) sealing: SealingSecret,
    /// Where it is written down; else a match tells.
    pub(super) organisation: Option<OrganisationId>,
}

impl Own {
    pub(super) async fn open(arguments: &OwnArguments) -> Result<Self, Failure> {
        let (dir, settings, organisation) = arguments.who.place()?;
        let settings = with_portal_keys(settings, &dir, arguments.accept_portal_keys).await?;
        let known = KnownKeysFile::at(&dir, arguments.accept_key);
        let (sealing, earlier) = (secret(&dir.join(SEALING_KEY))?, earlier_secrets(&dir)?);
        let keys = keys(SealingSecrets::new(sealing.clone(), earlier));
        let partner = Partner::connect(settings, keys, Machine).map_err(failure)?;
        Ok(Self {
            partner: partner.with_known_keys(known.clone()),
            dir,
            known,
            sealing,
            organisation,
        })
    }

    /// Tells which keys were seen for the first time, or accepted.
    pub(super) fn tell_kept(&self) {
        for (organisation, fingerprint) in self.known.kept() {
            out::note(format_args!(
                "The key of {organisation} is kept from now on. Compare its fingerprint by telephone: {fingerprint}"
            ));
        }
    }

    pub(super) async fn match_case(&self, id: Id) -> Result<Match, Failure> {
        self.partner.match_case(id).await.map_err(failure)
    }

    /// All matches.
    pub(super) async fn matches(&self) -> Result<Vec<Match>, Failure> {
        let mut query = first_page();
        let mut found = Vec::new();
        loop {
            let page = self.partner.matches(&query).await.map_err(failure)?;
            found.extend(page.items);
            match page.next {
                None => return Ok(found),
                next => query.cursor = next,
            }
        }
    }
}

impl WhoArguments {
    /// A way to the service for what needs neither the portal's keys nor a secret of exchange.
    pub(in crate::cli) fn connect(&self) -> Result<Partner, Failure> {
        Ok(self.connect_as()?.0)
    }

    /// The same, with the address of the service and the client that calls.
    pub(in crate::cli) fn connect_as(&self) -> Result<(Partner, String, ClientId), Failure> {
        let (_, settings, _) = self.place()?;
        let (api_url, client) = (settings.api_url.clone(), settings.client_id.clone());
        let nothing = keys(SealingSecret::from_bytes([0; 32]).into());
        let partner = Partner::connect(settings, nothing, Machine).map_err(failure)?;
        Ok((partner, api_url, client))
    }

    /// The directory of the keys, how the service is reached, and who it is if that is known.
    fn place(&self) -> Result<(PathBuf, Settings, Option<OrganisationId>), Failure> {
        if let Some(dir) = &self.dir {
            let file = PartnerFile::read(dir)?;
            return Ok((dir.clone(), file.settings(dir)?, Some(file.organisation)));
        }
        let (Some(file), Some(name)) = (&self.credentials, &self.name) else {
            return Err(Failure::usage("give --dir, or --credentials and --name"));
        };
        let credentials = Credentials::read(file)?;
        let mut organisations = credentials.organisations.iter();
        let organisation = organisations
            .find(|organisation| organisation.name == *name)
            .ok_or_else(|| Failure::usage("the credentials name no such organisation"))?;
        let dir = organisation.sealing_key_file.parent().unwrap_or(Path::new("."));
        let settings = credentials.settings_of(organisation)?;
        Ok((dir.to_owned(), settings, None))
    }
}

/// With the portal's keys pinned: those that are kept, else those that were handed over, else those that the service tells.
async fn with_portal_keys(mut settings: Settings, dir: &Path, accept: bool) -> Result<Settings, Failure> {
    let path = dir.join(PORTAL_KEYS);
    if path.exists() && !accept {
        let kept: ConsentKeys = serde_json::from_str(&files::read(&path)?)
            .map_err(|error| Failure::usage(format_args!("{}: {error}", path.display())))?;
        settings.consent_keys = Some(kept);
        return Ok(settings);
    }
    if settings.consent_keys.is_some() && !accept {
        return Ok(settings);
    }
    settings.consent_keys = None;
    let nothing = keys(SealingSecret::from_bytes([0; 32]).into());
    let asking = Partner::connect(settings.clone(), nothing, Machine).map_err(failure)?;
    // Only the keys: where the portal is asked may change, and what is said there has to be signed.
    let told = ConsentKeys {
        status_url: None,
        ..asking.consent_keys().await.map_err(failure)?
    };
    let mut text = serde_json::to_string_pretty(&told).map_err(Failure::failed)?;
    text.push('\n');
    files::write(&path, text.as_bytes(), Readers::Owner)?;
    for key in &told.keys {
        out::note(format_args!(
            "The portal's key {} of network {} is kept from now on.",
            key.key_id, told.network
        ));
    }
    settings.consent_keys = Some(told);
    Ok(settings)
}

/// What exchange needs: no secret of the network, since no signal is given.
fn keys(sealing: SealingSecrets) -> PartnerKeys {
    PartnerKeys {
        network: Vec::new(),
        sealing,
    }
}

fn secret(path: &Path) -> Result<SealingSecret, Failure> {
    SealingSecret::parse_key_file(&files::read(path)?)
        .map_err(|error| Failure::usage(format_args!("{}: {error}", path.display())))
}

/// `sealing-key.1` and so on: secrets of keys that were retired, or are about to be.
fn earlier_secrets(dir: &Path) -> Result<Vec<SealingSecret>, Failure> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(Failure::usage)? {
        let entry = entry.map_err(Failure::usage)?;
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("sealing-key."));
        if number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) {
            paths.push(entry.path());
        }
    }
    paths.sort();
    paths.iter().map(|path| secret(path)).collect()
}

pub(super) const fn first_page() -> PageQuery {
    PageQuery {
        limit: PageQuery::MAX_LIMIT,
        cursor: None,
    }
}

/// The name of a party, as far as it is shown.
pub(super) fn name(party: &Party) -> String {
    let organisation = party.organisation.as_ref();
    organisation.map_or_else(
        || "another organisation".to_owned(),
        |organisation| organisation.name.clone(),
    )
}

/// The name of an organisation in a match.
pub(super) fn name_in(found: &Match, id: Option<OrganisationId>) -> String {
    let party = found.parties.iter().find(|party| {
        let organisation = party.organisation.as_ref();
        organisation.is_some() && organisation.map(|organisation| organisation.id) == id
    });
    party.map_or_else(|| "another organisation".to_owned(), name)
}
