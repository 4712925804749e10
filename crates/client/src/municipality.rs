//! A municipality's way to the service: for its follow-up officer, and as who answers for families' rights.

use std::sync::Arc;

use crate::connection::Connection;
use crate::environment::Environment;
use crate::error::Error;
use crate::settings::Settings;

/// A municipality's way to the service.
pub struct Municipality {
    pub(crate) connection: Connection,
}

impl std::fmt::Debug for Municipality {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Municipality").finish_non_exhaustive()
    }
}

impl Municipality {
    /// Prepares the way; nothing is sent before the first call.
    ///
    /// # Errors
    /// [`Error::Settings`] when an address or the private key cannot be used.
    pub fn connect(settings: Settings, environment: impl Environment) -> Result<Self, Error> {
        Ok(Self {
            connection: Connection::new(&settings, Arc::new(environment))?,
        })
    }
}
