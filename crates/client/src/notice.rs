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
    pub async fn acknowledge(&self, id: Id, key: Option<&IdempotencyKey>) -> Result<Acknowledgement, Error> {
        let path = format!("/v1/notices/{id}/acknowledgements");
        Ok(self
            .connection
            .post(&path, &AcknowledgementSubmission {}, key)
            .await?
            .value)
    }
}
