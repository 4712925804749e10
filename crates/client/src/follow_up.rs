//! What a follow-up officer has to see to.

use protocol::follow_up::{FollowUpTask, Mark, MarkSubmission, Marked};
use protocol::page::{Page, PageQuery};
use protocol::{Id, IdempotencyKey};

use crate::error::Error;
use crate::municipality::Municipality;
use crate::partner::page;

impl Municipality {
    /// Matches whose deadline passed without contact, a page at a time. A page may hold fewer than asked and have a next.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn follow_up_tasks(&self, query: &PageQuery) -> Result<Page<FollowUpTask>, Error> {
        self.connection.get(&page("/v1/follow-up-tasks", query)).await
    }

    /// One of them.
    ///
    /// # Errors
    /// [`Error`], also once contact was made: then there is no task any more.
    pub async fn follow_up_task(&self, id: Id) -> Result<FollowUpTask, Error> {
        self.connection.get(&format!("/v1/follow-up-tasks/{id}")).await
    }

    /// Notes what the officer did about it.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn mark_follow_up_task(
        &self,
        id: Id,
        mark: Mark,
        key: Option<&IdempotencyKey>,
    ) -> Result<Marked, Error> {
        let path = format!("/v1/follow-up-tasks/{id}/marks");
        Ok(self
            .connection
            .post(&path, &MarkSubmission { mark }, key)
            .await?
            .value)
    }
}
