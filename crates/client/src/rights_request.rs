//! Requests for access and erasure, at the municipality.

use protocol::family_file::FamilyFile;
use protocol::page::{Page, PageQuery};
use protocol::rights_request::{RightsDecisionSubmission, RightsRequest, RightsRequestSubmission};
use protocol::{Id, IdempotencyKey};

use crate::error::Error;
use crate::municipality::Municipality;
use crate::partner::page;

impl Municipality {
    /// Asks for access or erasure for whoever brought a letter, or gives the request that is open.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn make_rights_request(
        &self,
        request: &RightsRequestSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<RightsRequest, Error> {
        Ok(self
            .connection
            .post("/v1/rights-requests", request, key)
            .await?
            .value)
    }

    /// The requests that this municipality decides, newest first, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn rights_requests(&self, query: &PageQuery) -> Result<Page<RightsRequest>, Error> {
        self.connection.get(&page("/v1/rights-requests", query)).await
    }

    /// One of them.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn rights_request(&self, id: Id) -> Result<RightsRequest, Error> {
        self.connection.get(&format!("/v1/rights-requests/{id}")).await
    }

    /// Decides on a request, or says that it takes longer.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn decide_rights_request(
        &self,
        id: Id,
        decision: &RightsDecisionSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<RightsRequest, Error> {
        let path = format!("/v1/rights-requests/{id}/decisions");
        Ok(self.connection.post(&path, decision, key).await?.value)
    }

    /// The file that access gave, for whoever asked for it.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn access_file(&self, id: Id) -> Result<FamilyFile, Error> {
        self.connection
            .get(&format!("/v1/rights-requests/{id}/file"))
            .await
    }
}
