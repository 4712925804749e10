//! The inbox.

use protocol::notice::{Acknowledgement, AcknowledgementSubmission, Notice, UnreadNotice};
use protocol::page::{Page, PageQuery};
use protocol::{Id, IdempotencyKey};

use crate::error::Error;
use crate::partner::{Partner, page};

impl Partner {
    /// The notices that were not acknowledged, oldest first, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn notices(&self, query: &PageQuery) -> Result<Page<Notice>, Error> {
        self.connection.get(&page("/v1/notices", query)).await
    }

    /// Waits up to `seconds`, at most 25, for what came behind the cursor, and answers as soon as something did. `next` is
    /// always there: ask with it again. Without a cursor it begins with all that was not acknowledged.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn wait_for_notices(&self, query: &PageQuery, seconds: u16) -> Result<Page<Notice>, Error> {
        let address = format!("{}&wait={seconds}", page("/v1/notices", query));
        self.connection.get(&address).await
    }

    /// One notice, acknowledged or not.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn notice(&self, id: Id) -> Result<Notice, Error> {
        self.connection.get(&format!("/v1/notices/{id}")).await
    }

    /// For a coordinator: notices that nobody acknowledged within two working days, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn unread_notices(&self, query: &PageQuery) -> Result<Page<UnreadNotice>, Error> {
        self.connection.get(&page("/v1/unread-notices", query)).await
    }

    /// Takes a notice out of the inbox, for good. Acknowledge after the notice was kept, not before.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again.
    pub async fn acknowledge_notice(
        &self,
        id: Id,
        key: Option<&IdempotencyKey>,
    ) -> Result<Acknowledgement, Error> {
        let path = format!("/v1/notices/{id}/acknowledgements");
        Ok(self
            .connection
            .post(&path, &AcknowledgementSubmission {}, key)
            .await?
            .value)
    }
}
