//! Soft matches, and saying whether it is the same child.

use protocol::page::{Page, PageQuery};
use protocol::soft_match::{SoftMatch, SoftMatchAnswer, SoftMatchAnswerSubmission};
use protocol::{Id, IdempotencyKey};

use crate::error::Error;
use crate::partner::{Partner, page};

impl Partner {
    /// A soft match in which the organisation is asked.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn soft_match(&self, id: Id) -> Result<SoftMatch, Error> {
        self.connection.get(&format!("/v1/soft-matches/{id}")).await
    }

    /// The soft matches in which the organisation is or was asked, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn soft_matches(&self, query: &PageQuery) -> Result<Page<SoftMatch>, Error> {
        self.connection.get(&page("/v1/soft-matches", query)).await
    }

    /// Says whether it is the same child. Let a person decide that who knows the file, never a program.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn answer_soft_match(
        &self,
        id: Id,
        same_child: bool,
        key: Option<&IdempotencyKey>,
    ) -> Result<SoftMatchAnswer, Error> {
        let path = format!("/v1/soft-matches/{id}/answers");
        let answer = SoftMatchAnswerSubmission { same_child };
        Ok(self.connection.post(&path, &answer, key).await?.value)
    }
}
