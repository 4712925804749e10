//! Matches, and confirming that parties were in contact.

use protocol::match_case::{ContactConfirmation, ContactConfirmationSubmission, Match};
use protocol::page::{Page, PageQuery};
use protocol::{Id, IdempotencyKey};

use crate::error::Error;
use crate::partner::{Partner, page};

impl Partner {
    /// A match the organisation is party to.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn match_case(&self, id: Id) -> Result<Match, Error> {
        self.connection.get(&format!("/v1/matches/{id}")).await
    }

    /// The matches the organisation is party to, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn matches(&self, query: &PageQuery) -> Result<Page<Match>, Error> {
        self.connection.get(&page("/v1/matches", query)).await
    }

    /// States that this party was in contact with the others.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn confirm_contact(
        &self,
        id: Id,
        key: Option<&IdempotencyKey>,
    ) -> Result<ContactConfirmation, Error> {
        let path = format!("/v1/matches/{id}/contact-confirmations");
        Ok(self
            .connection
            .post(&path, &ContactConfirmationSubmission {}, key)
            .await?
            .value)
    }
}
