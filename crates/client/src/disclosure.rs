//! Telling the family of a signal.

use protocol::disclosure::{
    Disclosure, DisclosureDue, DisclosureSubmission, Postponement, PostponementDecisionSubmission,
    PostponementSubmission,
};
use protocol::page::{Page, PageQuery};
use protocol::{Id, IdempotencyKey};

use crate::error::Error;
use crate::partner::{Partner, page};

impl Partner {
    /// Records that the family was told of one of the organisation's signals.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn record_disclosure(
        &self,
        signal: Id,
        disclosure: &DisclosureSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Disclosure, Error> {
        let path = format!("/v1/signals/{signal}/disclosures");
        Ok(self.connection.post(&path, disclosure, key).await?.value)
    }

    /// Proposes to tell the family later.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn propose_postponement(
        &self,
        signal: Id,
        postponement: &PostponementSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Postponement, Error> {
        let path = format!("/v1/signals/{signal}/postponements");
        Ok(self.connection.post(&path, postponement, key).await?.value)
    }

    /// As a second person, decides what was proposed.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn decide_postponement(
        &self,
        signal: Id,
        decision: &PostponementDecisionSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Postponement, Error> {
        let path = format!("/v1/signals/{signal}/postponement-decisions");
        Ok(self.connection.post(&path, decision, key).await?.value)
    }

    /// The organisation's signals of which the family is still to be told, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn disclosures_due(&self, query: &PageQuery) -> Result<Page<DisclosureDue>, Error> {
        self.connection.get(&page("/v1/disclosures-due", query)).await
    }
}
