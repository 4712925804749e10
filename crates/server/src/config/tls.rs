//! `[server.tls]`: files with which the service ends TLS itself. Without this section a proxy does.

use std::path::PathBuf;

use super::reader::Section;
use crate::files;

/// The files of TLS, each PEM. They may be renewed while the service runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The service's certificate, and those between it and its authority.
    pub certificate: PathBuf,
    /// The private key of the certificate.
    pub key: PathBuf,
    /// Whose certificates clients may show; without, none is asked for.
    pub clients: Option<ClientFiles>,
}

/// Which certificates of clients are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFiles {
    /// The authorities.
    pub authorities: PathBuf,
    /// Their lists of certificates that are no longer good.
    pub revoked: Option<PathBuf>,
    /// Whether a client without a certificate is turned away.
    pub required: bool,
}

pub(super) fn read(section: &mut Section<'_>) -> Option<TlsFiles> {
    let mut needed = |key| {
        let path = section.path(key);
        if path.is_none() {
            section.refuse(key, "missing; it is the path of a PEM file");
        }
        path
    };
    let (certificate, key) = (needed("certificate_file"), needed("key_file"));
    if let Some((key, mode)) = key
        .as_deref()
        .and_then(|key| Some((key, files::open_to_others(key)?)))
    {
        section.warn(
            "key_file",
            format!(
                "{} can be used by others (mode {mode}): chmod 600 it",
                key.display()
            ),
        );
    }
    let authorities = section.path("client_ca_file");
    let revoked = section.path("client_revoked_file");
    let required = section.flag("require_client_certificate");
    if authorities.is_none() && (revoked.is_some() || required == Some(true)) {
        section.refuse(
            "client_ca_file",
            "missing; it says whose certificates clients may show",
        );
    }
    Some(TlsFiles {
        certificate: certificate?,
        key: key?,
        clients: authorities.map(|authorities| ClientFiles {
            authorities,
            revoked,
            required: required.unwrap_or(false),
        }),
    })
}
