//! A professional records what a signatory said or wrote: yes, no, or that consent is taken back. Only where the covenants
//! of all who are named allow it; marked as attested for ever; shown to the signatory, who can take it back in the portal.

use domain::consent::{Attestation, AttestationRefusal, Form};
use domain::key::{ConsentKey, SignatoryKey};
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::consent::{self as wire, AttestationSubmission, AttestedDecision, AttestedForm};
use protocol::id::Id;
use protocol::problem::ProblemType;
use store::{ConsentAbout, Matcher, StoredAnswer, Tx};

use crate::act::{self, Answer, Failure, MatcherAct, Once, Refusable, plainly};
use crate::consent_case::ConsentCase;
use crate::decide_consent::{CannotDecide, Deciding, Outcome, Recorded, decide};
use crate::request_consent::AskedAbout;
use crate::signal_life::lock_signals;
use crate::{Caller, Casework, consent_facts, consent_words};

/// Why it cannot be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttestConsentRefusal {
    /// There is no such request for this organisation, or no such signatory of it.
    #[error("no such request")]
    NoSuchRequest,
    /// Not in these covenants, or a yes that is not recorded by who asked.
    #[error("not allowed here")]
    NotAllowed,
    /// The day does not fit.
    #[error(transparent)]
    Day(AttestationRefusal),
    /// It was decided otherwise, or its time is over.
    #[error("this can no longer be decided")]
    TooLate,
}

impl Refusable for AttestConsentRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NoSuchRequest => plainly(ProblemType::NotFound),
            Self::NotAllowed => plainly(ProblemType::AttestedNotAllowed),
            Self::TooLate => plainly(ProblemType::ConsentDecided),
            Self::Day(day) => Refused {
                problem: ProblemType::InvalidRequest,
                errors: vec![FieldError {
                    detail: day.to_string(),
                    ..FieldError::new("/on", FieldErrorCode::OutOfRange)
                }],
            },
        }
    }
}

impl Casework {
    /// Records what a signatory said or wrote. The same again changes nothing.
    ///
    /// # Errors
    /// [`AttestConsentRefusal`].
    pub async fn attest_consent(
        &self,
        caller: &Caller,
        once: Once,
        about: AskedAbout,
        request: Id,
        body: AttestationSubmission,
    ) -> Result<Answer, Failure<AttestConsentRefusal>> {
        let act = AttestConsent {
            casework: self.clone(),
            caller: caller.clone(),
            about,
            request,
            body,
        };
        let answer = self.matcher_act(caller, once, act).await?;
        self.inner.wake.matcher.notify_one();
        self.inner.wake.tombstones.notify_one();
        Ok(answer)
    }
}

struct AttestConsent {
    casework: Casework,
    caller: Caller,
    about: AskedAbout,
    request: Id,
    body: AttestationSubmission,
}

impl MatcherAct for AttestConsent {
    const NAME: &'static str = "attest_consent";
    type Refusal = AttestConsentRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<AttestConsentRefusal>> {
        let case = self.own_case(tx).await?;
        let terms = case.terms()?;
        let attested = Attestation::weigh(
            form(self.body.form),
            self.body.on,
            case.row.requested_at,
            &terms,
            tx.now(),
        )
        .map_err(|refusal| match refusal {
            AttestationRefusal::NotAllowed => AttestConsentRefusal::NotAllowed,
            day => AttestConsentRefusal::Day(day),
        })?;
        // Who asked answers for a yes: the record names it as issuer. A no, or a yes taken back, anyone may pass on.
        let is_issuer = case.row.requested_by == self.caller.organisation;
        if self.body.decision == AttestedDecision::Agreed && !is_issuer {
            return Err(AttestConsentRefusal::NotAllowed.into());
        }
        let deciding = Deciding {
            signatory: self.signatory(&case)?,
            consent: Some(case.row.key),
            decision: consent_words::decision(self.body.decision),
            how: attested.form.how(),
            language: None,
            own: true,
            recorded: Some(Recorded {
                organisation: self.caller.organisation,
                organisation_id: self.caller.organisation_id,
                professional_reference: self.body.by.to_string(),
                on: attested.on,
            }),
        };
        match decide(&self.casework, tx, &deciding).await {
            Ok(Outcome::Done | Outcome::SignalGone) => {}
            // The child came to another age: this was another question.
            Ok(Outcome::AskedAnew) | Err(CannotDecide::TooLate) => {
                return Err(AttestConsentRefusal::TooLate.into());
            }
            Err(CannotDecide::Gone) => return Err(AttestConsentRefusal::NoSuchRequest.into()),
            Err(CannotDecide::Store(error)) => return Err(error.into()),
        }
        let body = wire::Attestation {
            consent_request: self.request,
            signatory: self.body.signatory,
            number: self.body.number,
            form: self.body.form,
            on: self.body.on,
            decision: self.body.decision,
            recorded_at: tx.now(),
        };
        Ok(StoredAnswer {
            leaves: tx.recorded_about(case.row.log_tag),
            ..act::answer(201, None, &body)
        })
    }
}

impl AttestConsent {
    /// The request, if it is about what the address says and covers the caller's organisation.
    async fn own_case(&self, tx: &Tx<'_, Matcher>) -> Result<ConsentCase, Failure<AttestConsentRefusal>> {
        let ids = tx.ids();
        let asked = ids.parse_consent(self.request.0);
        let (key, about) = match self.about {
            AskedAbout::Match(id) => (asked, ConsentAbout::Match(ids.parse_match_case(id.0))),
            AskedAbout::Signal(id) => {
                let keys = lock_signals(tx, &[ids.parse_signal(id.0)]).await?;
                let signal = keys.first().copied().ok_or(AttestConsentRefusal::NoSuchRequest)?;
                // Two children may have turned out to be one: what was asked went along.
                let key = ConsentKey {
                    subject: signal.subject,
                    ..asked
                };
                (key, ConsentAbout::Signal(signal))
            }
        };
        let case = ConsentCase::lock(tx, key).await?;
        let own = |case: &ConsentCase| {
            case.row.about == about && case.remaining_parties().contains(&self.caller.organisation)
        };
        Ok(case.filter(own).ok_or(AttestConsentRefusal::NoSuchRequest)?)
    }

    fn signatory(&self, case: &ConsentCase) -> Result<SignatoryKey, Failure<AttestConsentRefusal>> {
        let role = consent_words::role(self.body.signatory);
        for row in consent_facts::must_sign(&case.signatories) {
            let signatory = consent_facts::signatory(&row.role, row.number)?;
            if signatory.role == role && signatory.number == self.body.number {
                return Ok(SignatoryKey {
                    subject: case.row.key.subject,
                    row: row.row,
                });
            }
        }
        Err(AttestConsentRefusal::NoSuchRequest.into())
    }
}

fn form(form: AttestedForm) -> Form {
    match form {
        AttestedForm::Oral => Form::Oral,
        AttestedForm::Written => Form::Written,
    }
}
