//! The coordinator says where to mail it, and sees which addresses could not be mailed.

use domain::event::Event;
use protocol::mail::{MailSettings, MailSettingsChange, RefusedMail};
use store::{Party, StoreError, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Look, NotFound, Once};
use crate::{Caller, Casework};

/// How many addresses that could not be mailed are shown.
const REFUSED_SHOWN: i64 = 100;

impl Casework {
    /// Where the coordinator of the caller's organisation is mailed, and which addresses could not be.
    ///
    /// # Errors
    /// The database.
    pub async fn read_mail_settings(&self, caller: &Caller) -> Result<MailSettings, Failure<NotFound>> {
        let look = ReadMailSettings {
            caller: caller.clone(),
        };
        self.look(caller, look).await
    }

    /// Says where the coordinator is mailed from now on, or that it is not.
    ///
    /// # Errors
    /// The database.
    pub async fn change_mail_settings(
        &self,
        caller: &Caller,
        once: Once,
        change: MailSettingsChange,
    ) -> Result<Answer, Failure<NotFound>> {
        let act = ChangeMailSettings {
            caller: caller.clone(),
            change,
        };
        self.act(caller, once, act).await
    }
}

async fn read(tx: &Tx<'_, Party>, caller: &Caller) -> Result<MailSettings, StoreError> {
    let organisation = caller.organisation;
    let row = tx.mail_address().await?;
    let address = match &row {
        Some(row) => super::open(tx.store(), organisation, &row.address)?,
        None => None,
    };
    let mut refused = Vec::new();
    for row in tx.refused_mail(REFUSED_SHOWN).await? {
        if let Some(address) = super::open(tx.store(), organisation, &row.address)? {
            refused.push(RefusedMail {
                address,
                refused_at: row.refused_at,
            });
        }
    }
    Ok(MailSettings {
        address,
        set_at: row.map(|row| row.set_at),
        refused,
    })
}

struct ReadMailSettings {
    caller: Caller,
}

impl Look for ReadMailSettings {
    const NAME: &'static str = "read_mail_settings";
    type Output = MailSettings;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<MailSettings, Failure<Self::Refusal>> {
        Ok(read(tx, &self.caller).await?)
    }
}

struct ChangeMailSettings {
    caller: Caller,
    change: MailSettingsChange,
}

impl Act for ChangeMailSettings {
    const NAME: &'static str = "change_mail_settings";
    type Refusal = NotFound;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<Self::Refusal>> {
        let before = read(tx, &self.caller).await?;
        if before.address == self.change.address {
            return Ok(act::answer(200, None, &before));
        }
        let organisation = self.caller.organisation;
        let address = self.change.address.as_ref();
        let sealed = address.map(|address| super::seal(tx.store(), organisation, address));
        let event = Event::MailAddressSet {
            organisation: self.caller.organisation_id.0,
            client: self.caller.client.to_string(),
            present: sealed.is_some(),
        };
        tx.set_mail_address(sealed.as_ref(), &event).await?;
        Ok(act::answer(201, None, &read(tx, &self.caller).await?))
    }
}
