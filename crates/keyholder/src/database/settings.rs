//! Where the database is and as whom to come.

use std::net::IpAddr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::Host;
use zeroize::Zeroizing;

use super::Role;
use crate::error::KeyholderError;

/// Where the database is and as whom to come. Prints nothing: an address can hold a password.
#[derive(Clone)]
pub struct DatabaseSettings {
    owner: Config,
    role_secret: Option<Zeroizing<[u8; 32]>>,
}

impl DatabaseSettings {
    /// From a PostgreSQL URL or key=value string, with the secret from which the service role's password is derived.
    ///
    /// Connections are not encrypted, so the way must not leave the machine: a unix socket or the loopback address. For
    /// a database elsewhere put an encrypted tunnel between.
    ///
    /// # Errors
    /// [`KeyholderError::Address`] when it cannot be read; [`KeyholderError::NotLocal`] when it leads off the machine.
    pub fn from_url(url: &str, role_secret: Option<[u8; 32]>) -> Result<Self, KeyholderError> {
        let owner: Config = url.parse().map_err(KeyholderError::Address)?;
        let local_name = |host: &Host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => {
                name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
            }
        };
        let local =
            owner.get_hosts().iter().all(local_name) && owner.get_hostaddrs().iter().all(IpAddr::is_loopback);
        if local {
            Ok(Self {
                owner,
                role_secret: role_secret.map(Zeroizing::new),
            })
        } else {
            Err(KeyholderError::NotLocal)
        }
    }

    /// Of a private PostgreSQL, whose socket directory only its own user can enter, so that no role has a password.
    #[must_use]
    pub fn private(owner: Config) -> Self {
        Self {
            owner,
            role_secret: None,
        }
    }

    /// The password of a role, as 64 hexadecimal digits: nothing to quote.
    pub(super) fn role_password(&self, role: Role) -> Option<String> {
        let secret = self.role_secret.as_ref()?;
        let mut hasher = blake3::Hasher::new_derive_key("trefpunt 2026 keyholder database role password v1");
        hasher.update(&**secret).update(role.name().as_bytes());
        Some(hasher.finalize().to_hex().to_string())
    }

    pub(super) fn for_role(&self, role: Role) -> Config {
        let mut config = self.owner.clone();
        if role != Role::Owner {
            config.user(role.name());
            if let Some(password) = self.role_password(role) {
                config.password(password);
            }
            // Nobody waits for ever.
            config.options("-c lock_timeout=3000 -c statement_timeout=20000 -c idle_in_transaction_session_timeout=60000");
        }
        config.application_name(format!("trefpunt keyholder {}", role.name()));
        config.connect_timeout(Duration::from_secs(5));
        config
    }
}

impl std::fmt::Debug for DatabaseSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseSettings(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_database_stays_on_the_machine() {
        let settings = |url: &str| DatabaseSettings::from_url(url, Some([7; 32]));
        for local in [
            "postgres://o:p@localhost/k",
            "postgres://o@127.0.0.1:5433/k",
            "host=/run/postgresql dbname=k",
            "host=::1",
        ] {
            assert!(settings(local).is_ok(), "{local}");
        }
        for other in [
            "postgres://o:p@db.example/k",
            "host=10.0.0.1",
            "host=localhost,db.example",
            "host=localhost hostaddr=10.0.0.1",
        ] {
            assert!(
                matches!(settings(other), Err(KeyholderError::NotLocal)),
                "{other}"
            );
        }
        assert!(matches!(
            settings("postgres://o:p@[/k"),
            Err(KeyholderError::Address(_))
        ));
        let kept = settings("postgres://o:secret@localhost/k").unwrap();
        assert_eq!(format!("{kept:?}"), "DatabaseSettings(..)");
        let password = kept.for_role(Role::Service);
        assert_eq!(password.get_user(), Some("kh_service"));
        assert_ne!(password.get_password(), Some(&b"secret"[..]));
    }
}
