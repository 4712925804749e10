//! What actors do about objections: the organisation makes letters and advises, the municipality decides.

use client::Error;
use protocol::consent::{InvitationCode, Signatory};
use protocol::family_file::FamilyFile;
use protocol::id::Id;
use protocol::letter::{Letter, LetterSubmission};
use protocol::objection::{
    Advice, Objection, ObjectionAdvice, ObjectionAdviceSubmission, ObjectionDecisionSubmission,
    ObjectionOutcome, ObjectionReason, ObjectionSubmission,
};
use protocol::rights_request::{
    LetterFileSubmission, RefusalReason, Right, RightsAnswer, RightsDecisionSubmission, RightsRequest,
    RightsRequestSubmission,
};

use crate::professional::first_page;
use crate::{Municipality, Professional};

impl Professional {
    /// Makes a letter for the first guardian, to hand over when the family is told.
    pub async fn makes_letter(&self, signal: Id) -> Letter {
        self.tries_to_make_letter(signal, Signatory::Guardian, None)
            .await
            .unwrap()
    }

    /// Makes a letter, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn tries_to_make_letter(
        &self,
        signal: Id,
        signatory: Signatory,
        sixteen_on: Option<&str>,
    ) -> Result<Letter, Error> {
        let letter = LetterSubmission {
            signatory,
            number: 1,
            sixteen_on: sixteen_on.map(|day| protocol::text::date(day).unwrap()),
        };
        self.partner.issue_letter(signal, &letter, None).await
    }

    /// About which objections its advice is asked, newest first.
    pub async fn is_asked_for_advice(&self) -> Vec<ObjectionAdvice> {
        self.partner.objection_advices(&first_page()).await.unwrap().items
    }

    /// Advises, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn advises(&self, objection: Id, advice: Advice) -> Result<ObjectionAdvice, Error> {
        let advice = ObjectionAdviceSubmission { advice };
        self.partner.advise_objection(objection, &advice, None).await
    }
}

impl Municipality {
    /// Its program.
    #[must_use]
    pub fn program(&self) -> client::Municipality {
        client::Municipality::connect(self.settings.clone(), self.environment.clone()).unwrap()
    }

    /// Reads a letter with whoever brought it, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn reads_letter(&self, code: &str) -> Result<FamilyFile, Error> {
        let letter = LetterFileSubmission {
            code: InvitationCode::new(code.to_owned()),
        };
        self.program().letter_file(&letter).await
    }

    /// Objects for whoever brought a letter, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn objects_for(&self, code: &str, signal: Option<Id>) -> Result<Objection, Error> {
        let objection = ObjectionSubmission {
            code: InvitationCode::new(code.to_owned()),
            signal,
        };
        self.program().make_objection(&objection, None).await
    }

    /// The objections it decides, newest first.
    pub async fn objections(&self) -> Vec<Objection> {
        self.program().objections(&first_page()).await.unwrap().items
    }

    /// Decides, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn decides_objection(
        &self,
        objection: Id,
        outcome: ObjectionOutcome,
        reasons: &[ObjectionReason],
    ) -> Result<Objection, Error> {
        let decision = ObjectionDecisionSubmission {
            outcome,
            reasons: reasons.to_vec(),
        };
        self.program().decide_objection(objection, &decision, None).await
    }

    /// Asks for access or erasure for whoever brought a letter, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn asks_for(&self, code: &str, right: Right) -> Result<RightsRequest, Error> {
        let request = RightsRequestSubmission {
            code: InvitationCode::new(code.to_owned()),
            right,
        };
        self.program().make_rights_request(&request, None).await
    }

    /// The requests it decides, newest first.
    pub async fn rights_requests(&self) -> Vec<RightsRequest> {
        self.program().rights_requests(&first_page()).await.unwrap().items
    }

    /// Answers a request, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn answers(
        &self,
        request: Id,
        answer: RightsAnswer,
        reason: Option<RefusalReason>,
    ) -> Result<RightsRequest, Error> {
        let decision = RightsDecisionSubmission { answer, reason };
        self.program()
            .decide_rights_request(request, &decision, None)
            .await
    }

    /// Fetches the file that access gave, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn fetches_file(&self, request: Id) -> Result<FamilyFile, Error> {
        self.program().access_file(request).await
    }
}
