//! What a coordinator says of mail.

use protocol::mail::{MailSettings, MailSettingsChange};

use crate::Professional;

impl Professional {
    /// Where the coordinator is mailed, and what could not be.
    pub async fn mail_settings(&self) -> MailSettings {
        self.partner.mail_settings().await.unwrap()
    }

    /// Says where to mail the coordinator from now on.
    pub async fn mails_coordinator_at(&self, address: Option<&str>) -> MailSettings {
        let change = MailSettingsChange {
            address: address.map(|address| address.parse().unwrap()),
        };
        self.partner.change_mail_settings(&change, None).await.unwrap()
    }
}
