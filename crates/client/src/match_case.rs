//! Matches, and confirming that parties were in contact.

use protocol::match_case::{
    Closing, ClosingSubmission, ContactConfirmation, ContactConfirmationSubmission, LeadAnswer,
    LeadAnswerSubmission, LeadAnswered, LeadProposal, LeadProposalSubmission, Match, Relocation,
    RelocationSubmission,
};
use protocol::page::{Page, PageQuery};
use protocol::{Id, IdempotencyKey, OrganisationId};

use crate::error::Error;
use crate::municipality::Municipality;
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

    /// Asks another party to coordinate the match.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn propose_lead(
        &self,
        id: Id,
        organisation: OrganisationId,
        key: Option<&IdempotencyKey>,
    ) -> Result<LeadProposal, Error> {
        let path = format!("/v1/matches/{id}/lead-proposals");
        let body = LeadProposalSubmission { organisation };
        Ok(self.connection.post(&path, &body, key).await?.value)
    }

    /// Answers that this organisation coordinates the match, or that it does not.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn answer_lead(
        &self,
        id: Id,
        answer: LeadAnswer,
        key: Option<&IdempotencyKey>,
    ) -> Result<LeadAnswered, Error> {
        let path = format!("/v1/matches/{id}/lead-answers");
        let body = LeadAnswerSubmission { answer };
        Ok(self.connection.post(&path, &body, key).await?.value)
    }

    /// Closes a match that this organisation coordinates.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn close_match(
        &self,
        id: Id,
        closing: &ClosingSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Closing, Error> {
        let path = format!("/v1/matches/{id}/closings");
        Ok(self.connection.post(&path, closing, key).await?.value)
    }
}

impl Municipality {
    /// Hands a match that this municipality answers for over to another, with its follow-up.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn relocate_match(
        &self,
        id: Id,
        municipality: OrganisationId,
        key: Option<&IdempotencyKey>,
    ) -> Result<Relocation, Error> {
        let path = format!("/v1/matches/{id}/relocations");
        let body = RelocationSubmission { municipality };
        Ok(self.connection.post(&path, &body, key).await?.value)
    }
}
