//! An organisation makes a letter that opens its own signal to one person of the family: to see it, and to object.

use domain::calendar::Month;
use domain::consent::Signatory;
use domain::event::Event;
use domain::invitation::{self, InvitationCode};
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::consent::{self, InvitationCode as WireCode};
use protocol::id::Id;
use protocol::letter as wire;
use protocol::problem::ProblemType;
use store::{NewLetter, Party, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Once, Refusable, plainly};
use crate::covenants::Covenants;
use crate::{Caller, Casework, consent_words};

/// Why no letter is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssueLetterRefusal {
    /// There is no such signal of the caller.
    #[error("there is no such signal of this caller")]
    NotFound,
    /// Telling the family of this signal is postponed.
    #[error("telling the family is postponed")]
    Postponed,
    /// The 16th birthday is today or has been; or it is this month, on a day that nobody stated.
    #[error("must be a day after today")]
    BirthdayNotInFuture,
}

impl Refusable for IssueLetterRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NotFound => plainly(ProblemType::NotFound),
            Self::Postponed => plainly(ProblemType::DisclosurePostponed),
            Self::BirthdayNotInFuture => Refused {
                problem: ProblemType::InvalidRequest,
                errors: vec![FieldError::new("/sixteenOn", FieldErrorCode::OutOfRange)],
            },
        }
    }
}

impl Casework {
    /// Makes a letter. Its code is in this answer and nowhere else.
    ///
    /// # Errors
    /// [`IssueLetterRefusal`].
    pub async fn issue_letter(
        &self,
        caller: &Caller,
        once: Once,
        signal: Id,
        body: wire::LetterSubmission,
    ) -> Result<Answer, Failure<IssueLetterRefusal>> {
        let act = IssueLetter {
            casework: self.clone(),
            caller: caller.clone(),
            signal,
            body,
        };
        self.act(caller, once, act).await
    }
}

struct IssueLetter {
    casework: Casework,
    caller: Caller,
    signal: Id,
    body: wire::LetterSubmission,
}

impl Act for IssueLetter {
    const NAME: &'static str = "issue_letter";
    type Refusal = IssueLetterRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<IssueLetterRefusal>> {
        let asked = tx.ids().parse_signal(self.signal.0);
        let row = tx.own_signal(asked).await?.ok_or(IssueLetterRefusal::NotFound)?;
        if row.life.at(tx.now()).is_none() {
            return Err(IssueLetterRefusal::NotFound.into());
        }
        // Where it is now, which is not where it was when another child turned out to be this one.
        let (key, hidden_until) = tx
            .where_own_signal_is(asked)
            .await?
            .ok_or(IssueLetterRefusal::NotFound)?;
        if hidden_until.is_some_and(|until| tx.now() < until) {
            return Err(IssueLetterRefusal::Postponed.into());
        }
        let covenants = Covenants::read(tx).await?;
        let covenant = covenants.of(self.caller.covenant)?;
        let end = row.life.facts.destroy_at;
        let until = match self.body.signatory {
            consent::Signatory::Guardian => {
                let destroy_by = Month::of(row.life.destroy_by);
                covenant
                    .guardians_reach_until(self.body.sixteen_on, destroy_by)
                    .min(end)
            }
            consent::Signatory::YoungPerson => end,
        };
        if until <= tx.now() {
            return Err(IssueLetterRefusal::BirthdayNotInFuture.into());
        }
        let signatory = Signatory {
            role: consent_words::role(self.body.signatory),
            number: self.body.number,
        };
        let code = InvitationCode::from_random(&tx.store().random());
        let letter = NewLetter {
            signal: key,
            role: signatory.role.slug(),
            number: i32::from(signatory.number),
            code_hash: self.casework.keys().hash_code(&code.canonical()),
            code_until: invitation::valid_until(tx.now(), covenant.time_zone()).min(until),
            until,
        };
        let event = Event::LetterIssued {
            signal: row.log_tag,
            organisation: self.caller.organisation_id.0,
            client: self.caller.client.as_str().to_owned(),
            signatory,
        };
        tx.insert_letter(&letter, &event).await?;
        let body = wire::Letter {
            signal: self.signal,
            signatory: self.body.signatory,
            number: self.body.number,
            code: WireCode::new(code.grouped()),
        };
        Ok(act::answer(201, None, &body))
    }
}
