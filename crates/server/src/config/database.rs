//! `[database]`: an own private PostgreSQL, or one that is run elsewhere.

use std::fmt;
use std::path::PathBuf;

use protocol::text::Confidential;
use store::private_postgres::Options;
use zeroize::Zeroizing;

use super::reader::Section;

/// Which database.
#[derive(Clone)]
pub enum Database {
    /// The program runs a PostgreSQL of its own.
    Private {
        /// In this directory.
        data_dir: PathBuf,
        /// Server settings that differ; none but in tests.
        options: Options,
    },
    /// One that is run elsewhere.
    Url {
        /// Address, with the owner's name and password.
        url: Zeroizing<String>,
        /// The secret from which each role's password is derived.
        role_secret: Option<Confidential<32>>,
    },
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Private { data_dir, .. } => f
                .debug_struct("Private")
                .field("data_dir", data_dir)
                .finish_non_exhaustive(),
            Self::Url { .. } => f.write_str("Url(..)"),
        }
    }
}

pub(crate) fn read(section: &mut Section<'_>) -> Option<Database> {
    let url = section.secret_text("url");
    let role_secret = section.secret("role_secret");
    let data_dir = section.path("data_dir");
    let Some(url) = url else {
        if role_secret.is_some() {
            section.refuse(
                "role_secret",
                "only for a database with a `url`: the private one needs no passwords",
            );
        }
        let data_dir = data_dir.unwrap_or_else(|| section.home().to_owned());
        return Some(Database::Private {
            data_dir,
            options: Options::default(),
        });
    };
    if data_dir.is_some() {
        section.refuse(
            "data_dir",
            "given beside `url`: the private PostgreSQL's directory, or another database",
        );
    }
    match store::ConnectionSettings::from_url(&url, None) {
        Ok(_) => {}
        Err(store::StoreError::NotLocal) => section.refuse(
            "url",
            "leads off this machine, and connections are not encrypted: use a unix socket, localhost, or a tunnel",
        ),
        Err(_) => section.refuse("url", "not an address of a PostgreSQL database"),
    }
    Some(Database::Url { url, role_secret })
}
