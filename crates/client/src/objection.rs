//! Letters and advice of an organisation; objections at the municipality.

use protocol::family_file::FamilyFile;
use protocol::letter::{Letter, LetterDocumentSubmission, LetterSubmission};
use protocol::objection::{
    Objection, ObjectionAdvice, ObjectionAdviceSubmission, ObjectionDecisionSubmission, ObjectionSubmission,
};
use protocol::page::{Page, PageQuery};
use protocol::rights_request::LetterFileSubmission;
use protocol::{Id, IdempotencyKey};

use crate::error::Error;
use crate::municipality::Municipality;
use crate::partner::{Partner, page};

impl Partner {
    /// Makes a letter that opens a signal of the organisation to one person of the family. Its code is shown this once.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn issue_letter(
        &self,
        signal: Id,
        letter: &LetterSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Letter, Error> {
        let path = format!("/v1/signals/{signal}/letters");
        Ok(self.connection.post(&path, letter, key).await?.value)
    }

    /// An unused letter of the organisation as PDF: of a signal, or of a request for consent.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn letter_document(&self, letter: &LetterDocumentSubmission) -> Result<Vec<u8>, Error> {
        self.connection.ask_for_pdf("/v1/letter-documents", letter).await
    }

    /// The advices asked of the organisation, newest first, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn objection_advices(&self, query: &PageQuery) -> Result<Page<ObjectionAdvice>, Error> {
        self.connection.get(&page("/v1/objection-advices", query)).await
    }

    /// Advises on an objection to a signal of the organisation.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn advise_objection(
        &self,
        objection: Id,
        advice: &ObjectionAdviceSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<ObjectionAdvice, Error> {
        let path = format!("/v1/objections/{objection}/advices");
        Ok(self.connection.post(&path, advice, key).await?.value)
    }
}

impl Municipality {
    /// Reads what a letter opens, with whoever brought it.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn letter_file(&self, letter: &LetterFileSubmission) -> Result<FamilyFile, Error> {
        Ok(self
            .connection
            .post("/v1/letter-files", letter, None)
            .await?
            .value)
    }

    /// Makes an objection for whoever brought a letter, or gives the one that is open.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn make_objection(
        &self,
        objection: &ObjectionSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Objection, Error> {
        Ok(self
            .connection
            .post("/v1/objections", objection, key)
            .await?
            .value)
    }

    /// The objections that this municipality decides, newest first, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn objections(&self, query: &PageQuery) -> Result<Page<Objection>, Error> {
        self.connection.get(&page("/v1/objections", query)).await
    }

    /// One of them.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn objection(&self, id: Id) -> Result<Objection, Error> {
        self.connection.get(&format!("/v1/objections/{id}")).await
    }

    /// Decides on an objection.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn decide_objection(
        &self,
        id: Id,
        decision: &ObjectionDecisionSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Objection, Error> {
        let path = format!("/v1/objections/{id}/decisions");
        Ok(self.connection.post(&path, decision, key).await?.value)
    }
}
