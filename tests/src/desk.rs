//! A municipality's desk, and whoever comes to it.

use client::Error;
use protocol::Id;
use protocol::consent::{AttestedDecision, AttestedForm, InvitationCode, Language, Signatory};
use protocol::desk::{
    AssistedDecision, AssistedDecisionSubmission, LetterReference, LetterReplacement, LetterRevocation,
};

use crate::Municipality;

/// The letter with this code, or the return key it was exchanged for.
#[must_use]
pub fn letter_with(code: &str) -> LetterReference {
    LetterReference {
        code: Some(InvitationCode::new(code.to_owned())),
        consent_request: None,
        signal: None,
        signatory: None,
        number: None,
    }
}

/// The letter of this guardian about a request for consent.
#[must_use]
pub fn letter_about_request(request: Id, number: u8) -> LetterReference {
    LetterReference {
        code: None,
        consent_request: Some(request),
        signal: None,
        signatory: Some(Signatory::Guardian),
        number: Some(number),
    }
}

/// The letter of this guardian about a signal.
#[must_use]
pub fn letter_about_signal(signal: Id, number: u8) -> LetterReference {
    LetterReference {
        consent_request: None,
        signal: Some(signal),
        ..letter_about_request(signal, number)
    }
}

impl Municipality {
    /// Gives somebody another code, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn replaces(&self, letter: &LetterReference) -> Result<LetterReplacement, Error> {
        self.program().replace_letter(letter, None).await
    }

    /// Takes away what somebody can do with a letter, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn revokes(&self, letter: &LetterReference) -> Result<LetterRevocation, Error> {
        self.program().revoke_letter(letter, None).await
    }

    /// Writes down what somebody says at the desk, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn writes_down(
        &self,
        code: &str,
        decision: AttestedDecision,
    ) -> Result<AssistedDecision, Error> {
        let submission = AssistedDecisionSubmission {
            code: InvitationCode::new(code.to_owned()),
            decision,
            form: AttestedForm::Oral,
            language: Language::Nl,
            by: "balie-3".parse().unwrap(),
        };
        self.program().decide_at_desk(&submission, None).await
    }
}
