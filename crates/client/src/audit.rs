//! A supervisor's way to the log.

use std::sync::Arc;

use protocol::alert::Alert;
use protocol::audit::{AuditExport, AuditExportSubmission};
use protocol::page::{Page, PageQuery};
use protocol::{Id, IdempotencyKey};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::connection::{Call, Connection};
use crate::environment::Environment;
use crate::error::Error;
use crate::partner::page;
use crate::settings::Settings;

/// A supervisor's way to the service.
pub struct Supervisor {
    pub(crate) connection: Connection,
}

impl std::fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Supervisor").finish_non_exhaustive()
    }
}

impl Supervisor {
    /// Prepares the way; nothing is sent before the first call.
    ///
    /// # Errors
    /// [`Error::Settings`] when an address or the private key cannot be used.
    pub fn connect(settings: Settings, environment: impl Environment) -> Result<Self, Error> {
        Ok(Self {
            connection: Connection::new(&settings, Arc::new(environment))?,
        })
    }

    /// Asks for an export of the log: since the last one, or from its start. The asking is itself in the log.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn request_export(
        &self,
        export: &AuditExportSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<AuditExport, Error> {
        Ok(self
            .connection
            .post("/v1/audit/exports", export, key)
            .await?
            .value)
    }

    /// What a supervisor is to know at once, newest first.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn alerts(&self, query: &PageQuery) -> Result<Page<Alert>, Error> {
        self.connection.get(&page("/v1/alerts", query)).await
    }

    /// An export that was asked for.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn export(&self, id: Id) -> Result<AuditExport, Error> {
        self.connection.get(&format!("/v1/audit/exports/{id}")).await
    }

    /// Writes an export's bundle, a tar file, and tells its length in bytes. Verify it before relying on
    /// it: `verify-audit-log` needs neither the service nor this program.
    ///
    /// # Errors
    /// [`Error`]; a bundle that broke off is useless and has to be fetched again from its beginning.
    pub async fn download_bundle(
        &self,
        id: Id,
        writer: &mut (impl AsyncWrite + Unpin),
    ) -> Result<u64, Error> {
        let path = format!("/v1/audit/exports/{id}/bundle");
        let mut response = self.connection.send(&Call::get_bundle(&path)).await?;
        let mut length = 0;
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| Error::Unreachable(error.without_url()))?
        {
            writer.write_all(&chunk).await.map_err(Error::Write)?;
            length += chunk.len() as u64;
        }
        writer.flush().await.map_err(Error::Write)?;
        Ok(length)
    }
}

#[cfg(test)]
mod tests;
