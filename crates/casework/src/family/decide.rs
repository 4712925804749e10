//! A signatory gives, refuses or withdraws.
//!
//! Their own transaction finds out that they may; what they decide takes hold in the matcher's role, with everything that
//! follows.

use domain::consent::{AttestedDecision, How};
use protocol::consent::Language;
use protocol::id::Id;
use store::{Context, Matcher, Tx, Work};

use super::page::{AtDesk, Standing};
use super::{Choice, Decided, FamilyFailure, FamilyKey, PortalSecret};
use crate::decide_consent::{CannotDecide, Deciding, Outcome, decide};
use crate::{Caller, Casework};

impl Casework {
    /// Gives or refuses, in answer to this question, which was read in this language. Choosing the same again changes nothing.
    ///
    /// # Errors
    /// [`FamilyFailure::TooLate`] when it was decided otherwise, its time is over, or another question took its place.
    pub async fn decide(
        &self,
        secret: &PortalSecret,
        question: Id,
        choice: Choice,
        language: Language,
    ) -> Result<Decided, FamilyFailure> {
        let decision = match choice {
            Choice::Give => AttestedDecision::Agreed,
            Choice::Refuse => AttestedDecision::Refused,
        };
        self.take_hold(secret, Some(question), decision, language).await
    }

    /// Withdraws a consent that stands: for all parties, at once. Withdrawing again changes nothing.
    ///
    /// # Errors
    /// [`FamilyFailure::TooLate`] when there is no consent that stands.
    pub async fn withdraw(
        &self,
        secret: &PortalSecret,
        language: Language,
    ) -> Result<Decided, FamilyFailure> {
        self.take_hold(secret, None, AttestedDecision::Withdrawn, language)
            .await
    }

    async fn take_hold(
        &self,
        secret: &PortalSecret,
        question: Option<Id>,
        decision: AttestedDecision,
        language: Language,
    ) -> Result<Decided, FamilyFailure> {
        let deciding = self.deciding(secret, question, decision, language).await?;
        let work = TakeHold {
            casework: self.clone(),
            deciding,
        };
        let outcome = self.store().run(Context::Service, work).await?;
        self.inner.wake.matcher.notify_one();
        self.inner.wake.sequencer.notify_one();
        self.inner.wake.tombstones.notify_one();
        match outcome {
            Outcome::Done => Ok(Decided::Stands),
            Outcome::SignalGone => Ok(Decided::SignalGone),
            Outcome::AskedAnew => Err(FamilyFailure::TooLate),
        }
    }
}

impl Casework {
    /// What this decision is about, when the session still stands before the question that was read.
    pub(crate) async fn deciding(
        &self,
        secret: &PortalSecret,
        question: Option<Id>,
        decision: AttestedDecision,
        language: Language,
    ) -> Result<Deciding, FamilyFailure> {
        let stands = self.at_the_door(secret, || Standing).await?;
        if question.is_some_and(|question| question != stands.question) {
            return Err(FamilyFailure::TooLate);
        }
        Ok(Deciding {
            signatory: stands.signatory,
            consent: Some(stands.consent),
            decision,
            how: if stands.logged_in {
                How::LOGGED_IN
            } else {
                How::LETTER
            },
            language: Some(language),
            own: true,
            recorded: None,
        })
    }
}

impl Casework {
    /// What a decision is about that somebody takes at the caller's desk, with this code or return key.
    pub(crate) async fn deciding_at_desk(
        &self,
        caller: &Caller,
        code: &str,
        decision: AttestedDecision,
        how: How,
        language: Language,
    ) -> Result<Deciding, FamilyFailure> {
        let credential = self.credential(&FamilyKey::Code(code));
        let context = Context::Assisted(caller.organisation, credential);
        let stands = self.at_the_door_in(context, || AtDesk).await?;
        Ok(Deciding {
            signatory: stands.signatory,
            consent: Some(stands.consent),
            decision,
            how,
            language: Some(language),
            own: true,
            recorded: None,
        })
    }
}

impl From<CannotDecide> for FamilyFailure {
    fn from(cannot: CannotDecide) -> Self {
        match cannot {
            CannotDecide::Gone => Self::Closed,
            CannotDecide::TooLate => Self::TooLate,
            CannotDecide::Store(error) => Self::Store(error),
        }
    }
}

struct TakeHold {
    casework: Casework,
    deciding: Deciding,
}

impl Work for TakeHold {
    const NAME: &'static str = "decide_consent";
    type Role = Matcher;
    type Output = Outcome;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Outcome, FamilyFailure> {
        Ok(decide(&self.casework, tx, &self.deciding).await?)
    }
}
