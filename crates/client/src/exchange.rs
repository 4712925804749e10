//! Exchange: what parties of a match seal for each other, messages and attachments.
//!
//! Each call does all of it: checks the consent record, has the portal say that it stands, gets the keyholder's share, seals
//! or opens. With a keyholder in the settings nothing is ever sealed without its share, and what was sealed without is
//! refused: who could talk a sender out of the share would have the content without consent.

mod attachment;
mod fetch;
mod lock;
mod send;

use protocol::exchange::{ContentAcknowledgement, MessageSummary};
use protocol::notice::AcknowledgementSubmission;
use protocol::page::{Page, PageQuery};
use protocol::{Id, IdempotencyKey};

use crate::error::Error;
use crate::partner::{Partner, page};

pub use attachment::SealedAttachment;
pub use fetch::{Content, Fetched};

impl Partner {
    /// The messages and attachments of a match that the organisation sent or received, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn messages(&self, match_id: Id, query: &PageQuery) -> Result<Page<MessageSummary>, Error> {
        self.connection
            .get(&page(&format!("/v1/matches/{match_id}/messages"), query))
            .await
    }

    /// Says that a message or an attachment is in the organisation's own file: the service destroys what it has of it.
    /// Acknowledge after it was kept, not before.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again.
    pub async fn acknowledge(
        &self,
        match_id: Id,
        message_id: Id,
        key: Option<&IdempotencyKey>,
    ) -> Result<ContentAcknowledgement, Error> {
        let path = format!("/v1/matches/{match_id}/messages/{message_id}/acknowledgements");
        Ok(self
            .connection
            .post(&path, &AcknowledgementSubmission {}, key)
            .await?
            .value)
    }
}

#[cfg(test)]
mod tests;
