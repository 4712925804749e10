//! A municipality's desk: another code for somebody who lost theirs, taking one away, and what somebody decided there.

use protocol::IdempotencyKey;
use protocol::desk::{
    AssistedDecision, AssistedDecisionSubmission, LetterReference, LetterReplacement, LetterRevocation,
};

use crate::error::Error;
use crate::municipality::Municipality;

impl Municipality {
    /// Gives somebody another code. It is shown this once.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn replace_letter(
        &self,
        letter: &LetterReference,
        key: Option<&IdempotencyKey>,
    ) -> Result<LetterReplacement, Error> {
        let answer = self
            .connection
            .post("/v1/letter-replacements", letter, key)
            .await?;
        Ok(answer.value)
    }

    /// Takes away what somebody can do with a letter.
    ///
    /// # Errors
    /// As [`Municipality::replace_letter`].
    pub async fn revoke_letter(
        &self,
        letter: &LetterReference,
        key: Option<&IdempotencyKey>,
    ) -> Result<LetterRevocation, Error> {
        let answer = self
            .connection
            .post("/v1/letter-revocations", letter, key)
            .await?;
        Ok(answer.value)
    }

    /// Writes down what somebody decided whose identity was established.
    ///
    /// # Errors
    /// As [`Municipality::replace_letter`].
    pub async fn decide_at_desk(
        &self,
        decision: &AssistedDecisionSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<AssistedDecision, Error> {
        let answer = self
            .connection
            .post("/v1/assisted-decisions", decision, key)
            .await?;
        Ok(answer.value)
    }
}
