//! A keyholder's directory: settings and keys, made once.
//!
//! ```text
//! DIR/keyholder.toml    the settings        DIR/keyholder.public   what partners and the service pin
//! DIR/keys/             its secrets         DIR/audit-policy       whom the verifier of exports believes
//! ```

use std::path::{Path, PathBuf};

use audit_log::checkpoint::LogSigner;
use audit_log::policy::Policy;
use protocol::key_epochs::{KeyholderKey, KeyholderSigner};

use crate::data_directory::{MakeError, seed};
use crate::files::{self, FileError, Readers};

/// What a new keyholder is.
#[derive(Debug, Clone)]
pub struct KeyholderPlan {
    /// Its name in the epoch list.
    pub name: String,
    /// Where it will listen.
    pub listen: String,
    /// The published address, when it is not the one it listens on.
    pub public_url: Option<String>,
    /// The name of its audit log.
    pub log_origin: String,
}

/// Where things are in a keyholder's directory.
#[derive(Debug, Clone)]
pub struct KeyholderDirectory(PathBuf);

impl KeyholderDirectory {
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
        self.0.join("keyholder.toml")
    }

    /// The public key for everybody.
    pub fn public_key(&self) -> PathBuf {
        self.0.join("keyholder.public")
    }

    /// The policy for the verifier.
    pub fn audit_policy(&self) -> PathBuf {
        self.0.join("audit-policy")
    }

    fn key(&self, name: &str) -> PathBuf {
        self.0.join("keys").join(name)
    }

    /// Whether it is complete.
    pub fn is_made(&self) -> bool {
        self.settings().exists()
    }

    /// Makes it, or what is missing of it, the settings last. Gives the public key.
    ///
    /// # Errors
    /// [`MakeError`].
    pub fn make(&self, plan: &KeyholderPlan) -> Result<KeyholderKey, MakeError> {
        // Not 0700: when the program is root, the private PostgreSQL's own user passes through.
        files::make_dir(&self.0, Readers::Everyone)?;
        files::make_dir(&self.0.join("keys"), Readers::Owner)?;
        for name in ["storage", "token", "gate"] {
            seed(&self.key(name))?;
        }
        let log = LogSigner::from_seed(&plan.log_origin, &*seed(&self.key("log"))?)
            .map_err(|_| MakeError::LogOrigin(plan.log_origin.clone()))?;
        files::write(
            &self.audit_policy(),
            Policy::text_for(log.verifier()).as_bytes(),
            Readers::Everyone,
        )?;
        let key = KeyholderSigner::from_seed(&*seed(&self.key("list"))?).key();
        files::write(
            &self.public_key(),
            format!("{key}\n").as_bytes(),
            Readers::Everyone,
        )?;
        files::write(&self.settings(), settings(plan).as_bytes(), Readers::Owner)?;
        Ok(key)
    }
}

fn settings(plan: &KeyholderPlan) -> String {
    let text = |value: &str| toml::Value::String(value.to_owned());
    let public_url = match &plan.public_url {
        Some(url) => format!("public_url = {}\n", text(url)),
        None => String::new(),
    };
    format!(
        "# Settings of one keyholder. Paths count from this file's directory. A variable of the environment wins:\n\
         # KEYHOLDER_SERVER__LISTEN is `listen` in [server].\n\
         \n\
         [server]\n\
         listen = {listen}\n\
         {public_url}\
         \n\
         # Without `url` the program runs a private PostgreSQL in this directory.\n\
         [database]\n\
         \n\
         [keyholder]\n\
         name = {name}\n\
         \n\
         [log]\n\
         origin = {origin}\n\
         \n\
         [keys]\n\
         list_file = \"keys/list\"\n\
         storage_file = \"keys/storage\"\n\
         token_file = \"keys/token\"\n\
         log_file = \"keys/log\"\n\
         gate_file = \"keys/gate\"\n",
        listen = text(&plan.listen),
        name = text(&plan.name),
        origin = text(&plan.log_origin),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyholder::KeyholderConfig;

    fn plan() -> KeyholderPlan {
        KeyholderPlan {
            name: "test".to_owned(),
            listen: "127.0.0.1:0".to_owned(),
            public_url: None,
            log_origin: "keyholder.test/log".to_owned(),
        }
    }

    #[test]
    fn what_is_made_can_be_used_and_is_not_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let directory = KeyholderDirectory::at(dir.path()).unwrap();
        let key = directory.make(&plan()).unwrap();
        let config = KeyholderConfig::load_file(&directory.settings()).unwrap();
        assert_eq!(config.warnings, Vec::<String>::new());
        assert_eq!(config.name.as_str(), "test");
        assert_eq!(KeyholderSigner::from_seed(config.keys.list.expose()).key(), key);
        assert_eq!(
            files::read(&directory.public_key()).unwrap().trim_end(),
            key.to_string()
        );

        // A crash before the settings were written.
        std::fs::remove_file(directory.settings()).unwrap();
        assert_eq!(directory.make(&plan()).unwrap(), key);
    }

    /// A directory of before there was a gate.
    #[test]
    fn the_gates_key_is_made_where_settings_name_none() {
        let dir = tempfile::tempdir().unwrap();
        let directory = KeyholderDirectory::at(dir.path()).unwrap();
        directory.make(&plan()).unwrap();
        let file = directory.key("gate");
        std::fs::remove_file(&file).unwrap();
        let gate = || KeyholderConfig::load_file(&directory.settings()).map(|config| config.keys.gate);
        let faults = gate().unwrap_err().faults;
        assert_eq!(faults.len(), 1, "a file that is named is not made: {faults:?}");
        assert_eq!(faults[0].path, "keys.gate_file");

        let settings = files::read(&directory.settings()).unwrap();
        let before = settings.replacen("gate_file = \"keys/gate\"\n", "", 1);
        std::fs::write(directory.settings(), &before).unwrap();
        let made = gate().unwrap();
        assert_eq!(
            *files::read(&file).unwrap(),
            *identifiers::key::to_key_file(made.expose())
        );
        assert_eq!(gate().unwrap(), made, "once");
        assert_eq!(files::open_to_others(&file), None);
        std::fs::write(&file, "none").unwrap();
        assert_eq!(gate().unwrap_err().faults[0].path, "keys.gate");

        // Keys that stand in no file: nobody would keep one that is made.
        let values = before.replacen("storage_file = \"keys/storage\"", "storage = \"x\"", 1);
        std::fs::write(directory.settings(), values).unwrap();
        let faults = gate().unwrap_err().faults;
        assert!(faults.iter().any(|fault| fault.path == "keys.gate"), "{faults:?}");
    }

    #[test]
    fn faults_are_told_and_secrets_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let directory = KeyholderDirectory::at(dir.path()).unwrap();
        directory.make(&plan()).unwrap();
        let good = files::read(&directory.settings()).unwrap();
        for (from, to, path) in [
            ("name = \"test\"", "name = \"a name\"", "keyholder.name"),
            (
                "[keyholder]",
                "metrics_listen = \"x\"\n[keyholder]",
                "database.metrics_listen",
            ),
            (
                "listen = ",
                "metrics_listen = \"everywhere\"\nlisten = ",
                "server.metrics_listen",
            ),
            ("keys/token", "keys/list", "keys.list"),
            ("keys/gate", "keys/storage", "keys.list"),
            ("[keys]", "[keys]\nmaster = \"x\"", "keys.master"),
            ("[log]", "[network]\nname = \"x\"\n[log]", "network"),
        ] {
            std::fs::write(directory.settings(), good.replacen(from, to, 1)).unwrap();
            let error = KeyholderConfig::load_file(&directory.settings()).unwrap_err();
            assert!(
                error.faults.iter().any(|fault| fault.path == path),
                "{path}: {error}"
            );
        }
        std::fs::write(directory.settings(), &*good).unwrap();
        let config = KeyholderConfig::load_file(&directory.settings()).unwrap();
        for secret in [&config.keys.storage, &config.keys.gate] {
            assert!(!format!("{config:?}").contains(&protocol::text::encode(secret.expose())));
        }
    }
}
