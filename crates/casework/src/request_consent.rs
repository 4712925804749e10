//! A party asks the family whether the parties of a match may exchange information.

use domain::consent::{AgeBand, MayNotAsk, Pending, Question, QuestionRefusal, SignatoryRole};
use domain::event::Event;
use domain::invitation::InvitationCode;
use domain::key::ConsentKey;
use domain::match_case::CannotRequestConsent;
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::consent::{self as wire, ConsentRequestSubmission, Invitation, Language};
use protocol::id::Id;
use protocol::problem::ProblemType;
use store::{NewConsent, NewSignatory, Party, StoreError, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Once, Refusable, plainly};
use crate::match_view::{Facts, Hold};
use crate::{Caller, Casework};

/// Why consent cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum RequestConsentRefusal {
    /// Not in this match, or not now.
    #[error(transparent)]
    NotPossible(#[from] CannotRequestConsent),
    /// What was stated about the child does not fit.
    #[error("what was stated does not fit")]
    Question(Vec<QuestionRefusal>),
}

impl Refusable for RequestConsentRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NotPossible(CannotRequestConsent::NoSuchMatch) => plainly(ProblemType::NotFound),
            Self::NotPossible(CannotRequestConsent::Closed) => plainly(ProblemType::MatchClosed),
            Self::NotPossible(CannotRequestConsent::ContactNotConfirmed) => {
                plainly(ProblemType::ContactNotConfirmed)
            }
            Self::NotPossible(CannotRequestConsent::NotNow(MayNotAsk::Waiting)) => {
                plainly(ProblemType::ConsentRequestPending)
            }
            Self::NotPossible(CannotRequestConsent::NotNow(MayNotAsk::CoolingDown { .. })) => {
                plainly(ProblemType::ConsentCoolingDown)
            }
            Self::Question(refusals) => Refused {
                problem: ProblemType::InvalidRequest,
                errors: refusals
                    .iter()
                    .map(|refusal| FieldError {
                        detail: refusal.to_string(),
                        ..FieldError::new(refusal.pointer(), FieldErrorCode::OutOfRange)
                    })
                    .collect(),
            },
        }
    }
}

impl Casework {
    /// Asks; the answer holds one invitation code for each who must sign, shown this once.
    ///
    /// # Errors
    /// [`RequestConsentRefusal`].
    pub async fn request_consent(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: ConsentRequestSubmission,
    ) -> Result<Answer, Failure<RequestConsentRefusal>> {
        let act = RequestConsent {
            casework: self.clone(),
            caller: caller.clone(),
            id,
            body,
        };
        self.act(caller, once, act).await
    }
}

struct RequestConsent {
    casework: Casework,
    caller: Caller,
    id: Id,
    body: ConsentRequestSubmission,
}

impl Act for RequestConsent {
    const NAME: &'static str = "request_consent";
    type Refusal = RequestConsentRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<RequestConsentRefusal>> {
        let match_key = tx.ids().parse_match_case(self.id.0);
        let no_such_match = || RequestConsentRefusal::from(CannotRequestConsent::NoSuchMatch);
        // The match is locked: of two that ask at once, one finds the other's request waiting.
        let facts = Facts::read(tx, match_key, Hold::Match)
            .await?
            .ok_or_else(no_such_match)?;
        let terms = facts.terms()?;
        let parties = facts
            .case(&terms)
            .request_consent(self.caller.organisation, tx.now())
            .map_err(RequestConsentRefusal::from)?;
        let question = Question::weigh(
            age_band(self.body.age_band),
            self.body.guardians,
            self.body.next_boundary_on,
            &terms,
            tx.now(),
        )
        .map_err(RequestConsentRefusal::Question)?;
        let pending = Pending::ask(&question, parties.iter().copied(), &terms, tx.now());
        self.end_unanswered(tx, &facts).await?;

        let key = ConsentKey {
            subject: match_key.subject,
            row: tx.next_consent_id().await?,
        };
        let log_tag = tx.store().random_tag();
        let (signatories, invitations) = self.invite(tx, &pending);
        let new = NewConsent {
            key,
            match_case: match_key,
            answer_by: pending.answer_by,
            boundary_at: pending.boundary_at,
            consent_days: i32::from(pending.consent_days),
            text_version: crate::family::TEXT_VERSION.to_owned(),
            language: language(self.body.language).to_owned(),
            log_tag,
            parties: parties.iter().copied().collect(),
            signatories,
        };
        let event = Event::ConsentRequested {
            consent: log_tag,
            organisation: self.caller.organisation_id.0,
            match_case: facts.row.log_tag,
        };
        tx.insert_consent(&new, &event).await?;

        let id = Id(tx.ids().consent(key));
        let body = wire::ConsentRequest {
            id,
            state: wire::ConsentState::Requested,
            purpose: wire::ConsentPurpose::Exchange,
            requested_at: tx.now(),
            given_at: None,
            valid_until: None,
            parties: facts.shown_ids(&terms, self.caller.organisation, &parties, tx.now()),
            record: None,
            invitations,
        };
        let location = format!("/v1/matches/{}/consent-requests/{id}", self.id);
        Ok(act::answer(201, Some(location), &body))
    }
}

impl RequestConsent {
    /// A request that nobody can answer any more ends now, so that it does not stand in the way.
    async fn end_unanswered(&self, tx: &Tx<'_, Party>, facts: &Facts) -> Result<(), StoreError> {
        for consent in &facts.consents {
            let waiting = matches!(consent.state.as_str(), "requested" | "partially_given");
            if waiting && consent.answer_by <= tx.now() {
                let event = Event::ConsentExpired {
                    consent: consent.log_tag,
                    match_case: facts.row.log_tag,
                    from: crate::consent_facts::state(consent)?,
                };
                tx.end_unanswered(consent.key, &event).await?;
            }
        }
        Ok(())
    }

    /// A code for each who must sign: the hash is stored, the code goes out once.
    fn invite(&self, tx: &Tx<'_, Party>, pending: &Pending) -> (Vec<NewSignatory>, Vec<Invitation>) {
        pending
            .signatures
            .keys()
            .map(|signatory| {
                let code = InvitationCode::from_random(&tx.store().random());
                let stored = NewSignatory {
                    role: signatory.role.slug(),
                    number: i32::from(signatory.number),
                    code_hash: self.casework.keys().hash_code(&code.canonical()),
                };
                let invitation = Invitation {
                    signatory: match signatory.role {
                        SignatoryRole::Guardian => wire::Signatory::Guardian,
                        SignatoryRole::YoungPerson => wire::Signatory::YoungPerson,
                    },
                    number: signatory.number,
                    code: wire::InvitationCode::new(code.grouped()),
                    valid_until: pending.answer_by,
                };
                (stored, invitation)
            })
            .unzip()
    }
}

fn age_band(band: wire::AgeBand) -> AgeBand {
    match band {
        wire::AgeBand::Under12 => AgeBand::Under12,
        wire::AgeBand::From12To15 => AgeBand::From12To15,
        wire::AgeBand::From16 => AgeBand::From16,
    }
}

fn language(language: Language) -> &'static str {
    match language {
        Language::Nl => "nl",
    }
}
