//! TLS from its files, and from these again when they were renewed.

use std::time::Duration;

use service_http::tls::{ClientMaterial, Tls, TlsError, TlsMaterial};
use tokio::task::AbortHandle;
use zeroize::Zeroizing;

use crate::config::TlsFiles;
use crate::files::{self, FileError};

/// How often the files are looked at.
const BETWEEN_LOOKS: Duration = Duration::from_secs(60);

/// TLS cannot be set up from its files.
#[derive(Debug, thiserror::Error)]
pub enum TlsFileError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// What is in them.
    #[error(transparent)]
    Material(#[from] TlsError),
}

/// TLS that follows its files.
pub struct WatchedTls {
    files: TlsFiles,
    seen: Contents,
    tls: Tls,
}

/// What a look found.
#[derive(Debug)]
pub enum Look {
    /// The same as before.
    Same,
    /// Other files, used from the next connection on.
    Renewed,
    /// Other files, which cannot be used: those before stay.
    Refused(TlsFileError),
}

/// What the files hold.
#[derive(PartialEq, Eq)]
struct Contents {
    certificate: Zeroizing<String>,
    key: Zeroizing<String>,
    authorities: Option<Zeroizing<String>>,
    revoked: Option<Zeroizing<String>>,
}

impl WatchedTls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsFileError`].
    pub fn open(files: TlsFiles) -> Result<Self, TlsFileError> {
        let seen = Contents::read(&files)?;
        let tls = Tls::new(seen.material(&files))?;
        Ok(Self { files, seen, tls })
    }

    /// TLS, as the files are from now on.
    pub fn tls(&self) -> Tls {
        self.tls.clone()
    }

    /// Looks at the files again. A certificate and its key are written one after the other: what does not fit yet is
    /// looked at anew the next time.
    pub fn look(&mut self) -> Look {
        let renewed = Contents::read(&self.files).and_then(|contents| {
            let other = contents != self.seen;
            if other {
                self.tls.renew(contents.material(&self.files))?;
                self.seen = contents;
            }
            Ok(other)
        });
        match renewed {
            Ok(true) => Look::Renewed,
            Ok(false) => Look::Same,
            Err(error) => Look::Refused(error),
        }
    }

    /// Looks once a minute, until told to stop.
    pub fn watch(mut self) -> AbortHandle {
        let looking = tokio::spawn(async move {
            loop {
                tokio::time::sleep(BETWEEN_LOOKS).await;
                match self.look() {
                    Look::Same => {}
                    Look::Renewed => tracing::info!("TLS files renewed"),
                    Look::Refused(error) => {
                        tracing::warn!(%error, "renewed TLS files cannot be used, those before stay");
                    }
                }
            }
        });
        looking.abort_handle()
    }
}

impl Contents {
    fn read(files: &TlsFiles) -> Result<Self, TlsFileError> {
        let clients = files.clients.as_ref();
        Ok(Self {
            certificate: files::read(&files.certificate)?,
            key: files::read(&files.key)?,
            authorities: clients
                .map(|clients| files::read(&clients.authorities))
                .transpose()?,
            revoked: clients
                .and_then(|clients| clients.revoked.as_deref())
                .map(files::read)
                .transpose()?,
        })
    }

    fn material(&self, files: &TlsFiles) -> TlsMaterial<'_> {
        let clients = files.clients.as_ref();
        TlsMaterial {
            certificate: self.certificate.as_bytes(),
            key: self.key.as_bytes(),
            clients: clients
                .zip(self.authorities.as_ref())
                .map(|(clients, authorities)| ClientMaterial {
                    authorities: authorities.as_bytes(),
                    revoked: self.revoked.as_deref().map(String::as_bytes),
                    required: clients.required,
                }),
        }
    }
}

#[cfg(test)]
mod tests;
