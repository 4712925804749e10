//! Mail that says that there are messages.

use protocol::IdempotencyKey;
use protocol::mail::{MailSettings, MailSettingsChange};

use crate::error::Error;
use crate::partner::Partner;

impl Partner {
    /// For a coordinator: where it is mailed, and which addresses could not be.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn mail_settings(&self) -> Result<MailSettings, Error> {
        self.connection.get("/v1/mail-settings").await
    }

    /// For a coordinator: says where to mail it from now on, or that it is not to be mailed.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again under the same key.
    pub async fn change_mail_settings(
        &self,
        change: &MailSettingsChange,
        key: Option<&IdempotencyKey>,
    ) -> Result<MailSettings, Error> {
        Ok(self
            .connection
            .post("/v1/mail-settings/changes", change, key)
            .await?
            .value)
    }
}
