//! A data directory: settings, keys and a covenant, made once.
//!
//! ```text
//! DIR/trefpunt.toml        the settings           DIR/covenant.toml    what the region agreed
//! DIR/keys/                the service's secrets  DIR/audit-policy     whom the verifier of exports believes
//! DIR/hand-over/           what others keep: the network's secret for the partners, and the two custodians' shares
//! ```
//!
//! Each file appears whole, the settings last: a directory with settings is complete, and making one that a crash left
//! half done goes on where it stopped.

use std::path::{Path, PathBuf};

use audit_log::checkpoint::LogSigner;
use audit_log::policy::Policy;
use identifiers::key::{self, KeyCheck, NetworkSecret, key_check};
use protocol::consent::ConsentSigner;
use protocol::key_epochs::KeyholderKey;
use protocol::sealed_message::SealingSecret;
use protocol::text;
use zeroize::Zeroizing;

use crate::environment;
use crate::files::{self, FileError, Readers};
use crate::key_files;

/// The epoch of a new network's secret.
pub const FIRST_EPOCH: u16 = 1;

/// What a new data directory is for.
#[derive(Debug, Clone)]
pub struct Plan {
    /// `live`, `sandbox` or `test`.
    pub kind: String,
    /// Where the service will listen.
    pub listen: String,
    /// The published address, when it is not the one it listens on.
    pub public_url: Option<String>,
    /// The name of the network in consent records.
    pub network_name: String,
    /// The name of the audit log.
    pub log_origin: String,
    /// The covenant's settings, TOML.
    pub covenant: String,
    /// The key-check value of a network secret that was made elsewhere; none makes one.
    pub key_check: Option<KeyCheck>,
    /// The network's keyholder, if it has one.
    pub keyholder: Option<KeyholderPlan>,
}

/// What a new service knows of its keyholder.
#[derive(Debug, Clone)]
pub struct KeyholderPlan {
    /// Its address.
    pub url: KeyholderUrl,
    /// The key that its epoch list is signed with.
    pub key: KeyholderKey,
}

/// Where the keyholder's address stands.
#[derive(Debug, Clone)]
pub enum KeyholderUrl {
    /// In the settings.
    Known(String),
    /// In a file of the data directory, since it changes with every start.
    InFile(&'static str),
}

impl Plan {
    /// A network of kind `test` on any free port of this machine, with an empty covenant file.
    pub fn for_tests() -> Self {
        Self {
            kind: "test".to_owned(),
            listen: "127.0.0.1:0".to_owned(),
            public_url: None,
            network_name: "test".to_owned(),
            log_origin: "trefpunt.test/log".to_owned(),
            covenant: String::new(),
            key_check: None,
            keyholder: None,
        }
    }
}

/// Where things are in a data directory.
#[derive(Debug, Clone)]
pub struct DataDirectory(PathBuf);

/// A data directory cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A key file that is there does not hold a key.
    #[error("{}: not a key file; it was there before", .0.display())]
    NotAKey(PathBuf),
    /// The audit log cannot have this name.
    #[error("the audit log cannot be called {0:?}: no spaces and no plus sign")]
    LogOrigin(String),
}

impl DataDirectory {
    /// The directory at `path`, made or not.
    ///
    /// # Errors
    /// [`FileError`] when the current directory cannot be found.
    pub fn at(path: &Path) -> Result<Self, FileError> {
        files::absolute(path).map(Self)
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The settings.
    pub fn settings(&self) -> PathBuf {
        self.0.join("trefpunt.toml")
    }

    /// The covenant.
    pub fn covenant(&self) -> PathBuf {
        self.0.join("covenant.toml")
    }

    /// The policy for the verifier.
    pub fn audit_policy(&self) -> PathBuf {
        self.0.join("audit-policy")
    }

    /// The network's secret.
    pub fn network_key(&self) -> PathBuf {
        self.0
            .join("hand-over")
            .join(format!("network-key-{FIRST_EPOCH}"))
    }

    /// The public half of the portal's key, for the keyholder and for partners that pin it.
    pub fn portal_public_key(&self) -> PathBuf {
        self.key("consent.public")
    }

    /// The private key of the gateway's client at the keyholder.
    pub fn gateway_key(&self) -> PathBuf {
        self.key("gateway.pem")
    }

    /// A custodian's share of `sk_lift`.
    pub fn lift_share(&self, custodian: u8) -> PathBuf {
        self.0.join("hand-over").join(format!("lift-share-{custodian}"))
    }

    fn key(&self, name: &str) -> PathBuf {
        self.0.join("keys").join(name)
    }

    /// Whether it is complete.
    pub fn is_made(&self) -> bool {
        self.settings().exists()
    }

    /// Makes it, or what is missing of it.
    ///
    /// # Errors
    /// [`MakeError`].
    pub fn make(&self, plan: &Plan) -> Result<(), MakeError> {
        // Not 0700: when the program is root, the private PostgreSQL's own user passes through. Every secret in it is
        // mode 0600, and so are the directories of secrets 0700.
        files::make_dir(&self.0, Readers::Everyone)?;
        for secrets in ["keys", "hand-over"] {
            files::make_dir(&self.0.join(secrets), Readers::Owner)?;
        }
        for name in ["master", "storage", "token", "consent"] {
            self.seed(name)?;
        }
        files::read_or_make(&self.key("id"), || {
            Zeroizing::new(format!("{}\n", text::encode(environment::random::<16>())))
        })?;
        write_portal_public(&self.key("consent"))?;
        let log = LogSigner::from_seed(&plan.log_origin, &*self.seed("log")?)
            .map_err(|_| MakeError::LogOrigin(plan.log_origin.clone()))?;
        files::write(
            &self.audit_policy(),
            Policy::text_for(log.verifier()).as_bytes(),
            Readers::Everyone,
        )?;
        let lift = self.lift()?;
        if plan.keyholder.is_some() {
            key_files::client_key(&self.gateway_key())?;
        }
        let check = match plan.key_check {
            Some(check) => check,
            None => self.network_check()?,
        };
        if !self.covenant().exists() {
            files::write(&self.covenant(), plan.covenant.as_bytes(), Readers::Everyone)?;
        }
        let settings = settings(plan, &lift, check);
        Ok(files::write(
            &self.settings(),
            settings.as_bytes(),
            Readers::Owner,
        )?)
    }

    /// A secret of 32 bytes, made when it is not there.
    fn seed(&self, name: &str) -> Result<Zeroizing<[u8; 32]>, MakeError> {
        seed(&self.key(name))
    }

    /// Two shares that give `sk_lift` only together, and the public key. The public key is written last: without it
    /// both shares are made anew.
    fn lift(&self) -> Result<String, MakeError> {
        let public = self.key("lift.public");
        if !public.exists() {
            let secret = Zeroizing::new(environment::random::<32>());
            let first = Zeroizing::new(environment::random::<32>());
            let mut second = Zeroizing::new([0; 32]);
            for (at, byte) in second.iter_mut().enumerate() {
                *byte = secret[at] ^ first[at];
            }
            files::write(
                &self.lift_share(1),
                key::to_key_file(&first).as_bytes(),
                Readers::Owner,
            )?;
            files::write(
                &self.lift_share(2),
                key::to_key_file(&second).as_bytes(),
                Readers::Owner,
            )?;
            let lift = SealingSecret::from_bytes(*secret).public();
            let lift = lift.map_err(|_| MakeError::NotAKey(self.lift_share(1)))?;
            files::write(&public, format!("{lift}\n").as_bytes(), Readers::Everyone)?;
        }
        Ok(files::read(&public)?.trim_end().to_owned())
    }

    fn network_check(&self) -> Result<KeyCheck, MakeError> {
        let secret = seed(&self.network_key())?;
        Ok(key_check(&NetworkSecret::from_bytes(*secret), FIRST_EPOCH))
    }
}

/// A key file of 32 bytes, made when it is not there.
///
/// # Errors
/// [`MakeError`].
pub fn seed(path: &Path) -> Result<Zeroizing<[u8; 32]>, MakeError> {
    let text = files::read_or_make(path, || key::to_key_file(&Zeroizing::new(environment::random())))?;
    key::parse_key_file(&text).map_err(|_| MakeError::NotAKey(path.to_owned()))
}

/// Writes the public half of a portal's key beside it, as `FILE.public`; gives that path.
///
/// # Errors
/// [`MakeError`] when there is no such key.
pub fn write_portal_public(path: &Path) -> Result<PathBuf, MakeError> {
    let public = ConsentSigner::from_seed(&*seed(path)?).key().public_key;
    let mut name = path.to_owned().into_os_string();
    name.push(".public");
    let file = PathBuf::from(name);
    files::write(&file, format!("{public}\n").as_bytes(), Readers::Everyone)?;
    Ok(file)
}

/// The name of a network's gateway at its keyholder.
pub fn gateway_client(network_name: &str) -> String {
    // A client's name has no dot (RFC 6749 leaves it to the server).
    let plain = |char: char| if char == '.' { '-' } else { char };
    let network: String = network_name.chars().map(plain).take(56).collect();
    format!("gateway-{network}")
}

fn settings(plan: &Plan, lift: &str, check: KeyCheck) -> String {
    let text = |value: &str| toml::Value::String(value.to_owned());
    let keyholder = plan.keyholder.as_ref().map_or(String::new(), |keyholder| {
        let url = match &keyholder.url {
            KeyholderUrl::Known(url) => format!("url = {}", text(url)),
            KeyholderUrl::InFile(file) => format!("url_file = {}", text(file)),
        };
        format!(
            "\n# The keyholder, and this service's client there: its gateway, for partners that send keyed hashes.\n\
             [keyholder]\n\
             {url}\n\
             signing_key = \"{}\"\n\
             client_id = \"{}\"\n\
             private_key_file = \"keys/gateway.pem\"\n",
            keyholder.key,
            gateway_client(&plan.network_name),
        )
    });
    let sandbox = match (plan.kind.as_str(), plan.key_check) {
        ("sandbox", None) => format!(
            "\n# What a sandbox publishes: its key is no secret. A network of another kind cannot have this section.\n\
             [sandbox]\n\
             network_key_file = \"hand-over/network-key-{FIRST_EPOCH}\"\n\
             \n\
             # Receivers of webhooks on this machine can be tried, with a certificate of an authority that it trusts.\n\
             [webhooks]\n\
             allow_addresses = [\"127.0.0.0/8\", \"::1/128\"]\n"
        ),
        _ => String::new(),
    };
    let public_url = match &plan.public_url {
        Some(url) => format!("public_url = {}\n", text(url)),
        None => String::new(),
    };
    format!(
        "# Settings of one Trefpunt service. Paths count from this file's directory. A variable of the environment wins:\n\
         # TREFPUNT_SERVER__LISTEN is `listen` in [server].\n\
         \n\
         [server]\n\
         listen = {listen}\n\
         {public_url}\
         \n\
         # Without `url` the program runs a private PostgreSQL in this directory.\n\
         [database]\n\
         \n\
         [network]\n\
         name = {name}\n\
         kind = {kind}\n\
         net_epoch = {FIRST_EPOCH}\n\
         tag_epoch = 1\n\
         key_check = \"{check}\"\n\
         \n\
         [log]\n\
         origin = {origin}\n\
         \n\
         [keys]\n\
         master_file = \"keys/master\"\n\
         storage_file = \"keys/storage\"\n\
         id_file = \"keys/id\"\n\
         token_file = \"keys/token\"\n\
         consent_file = \"keys/consent\"\n\
         log_file = \"keys/log\"\n\
         lift = \"{lift}\"\n\
         {keyholder}{sandbox}",
        listen = text(&plan.listen),
        name = text(&plan.network_name),
        kind = text(&plan.kind),
        origin = text(&plan.log_origin),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn what_is_made_can_be_used_and_is_not_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let directory = DataDirectory::at(dir.path()).unwrap();
        directory.make(&Plan::for_tests()).unwrap();
        let config = Config::load_file(&directory.settings()).unwrap();
        assert_eq!(config.warnings, Vec::<String>::new());

        // A crash before the settings were written.
        std::fs::remove_file(directory.settings()).unwrap();
        directory.make(&Plan::for_tests()).unwrap();
        let again = Config::load_file(&directory.settings()).unwrap();
        assert_eq!(again.keys.master.expose(), config.keys.master.expose());
        assert_eq!(again.network.keys, config.network.keys);
    }

    #[test]
    fn the_two_shares_together_are_the_secret_of_the_public_key() {
        let dir = tempfile::tempdir().unwrap();
        let directory = DataDirectory::at(dir.path()).unwrap();
        directory.make(&Plan::for_tests()).unwrap();
        let share = |custodian| seed(&directory.lift_share(custodian)).unwrap();
        let (first, second) = (share(1), share(2));
        let mut secret = [0; 32];
        for (at, byte) in secret.iter_mut().enumerate() {
            *byte = first[at] ^ second[at];
        }
        let public = files::read(&directory.key("lift.public")).unwrap();
        assert_eq!(
            SealingSecret::from_bytes(secret).public().unwrap().to_string(),
            public.trim_end()
        );
    }
}
