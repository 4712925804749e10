//! An organisation asks the family: whether the parties of a match may exchange information, or, in a covenant that asks
//! first, whether it agrees to a signal.

use std::collections::BTreeSet;

use domain::consent::{
    AgeBand, MayNotAsk, Pending, Purpose, Question, QuestionRefusal, Signatory, Stated, may_ask,
};
use domain::covenant::Terms;
use domain::event::{Event, LogTag, TagKind};
use domain::invitation::InvitationCode;
use domain::key::{ConsentKey, OrganisationKey};
use domain::match_case::CannotRequestConsent;
use domain::signal::Signal;
use jiff::Timestamp;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::consent::{self as wire, ConsentRequestSubmission, Invitation};
use protocol::id::Id;
use protocol::problem::ProblemType;
use protocol::{OrganisationId, Refused};
use store::{ConsentAbout, NewConsent, NewSignatory, Party, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Once, Refusable, plainly};
use crate::covenants::Covenants;
use crate::match_view::{Facts, Hold};
use crate::{Caller, Casework, consent_facts, consent_words};

/// What the family is asked about, by its public id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedAbout {
    /// Exchange in this match.
    Match(Id),
    /// This signal.
    Signal(Id),
}

impl AskedAbout {
    fn purpose(self) -> Purpose {
        match self {
            Self::Match(_) => Purpose::Exchange,
            Self::Signal(_) => Purpose::Signal,
        }
    }

    /// Where its requests are found.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Match(id) => format!("/v1/matches/{id}/consent-requests"),
            Self::Signal(id) => format!("/v1/signals/{id}/consent-requests"),
        }
    }
}

/// Why consent cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum RequestConsentRefusal {
    /// Not in this match, or not now.
    #[error(transparent)]
    NotPossible(#[from] CannotRequestConsent),
    /// The organisation has no such signal.
    #[error("no such signal")]
    NoSuchSignal,
    /// There is nothing to agree to: the signal does not sleep.
    #[error("the signal does not sleep")]
    NotAsleep,
    /// What was stated about the child does not fit.
    #[error("what was stated does not fit")]
    Question(Vec<QuestionRefusal>),
}

impl From<MayNotAsk> for RequestConsentRefusal {
    fn from(may_not: MayNotAsk) -> Self {
        Self::NotPossible(may_not.into())
    }
}

impl Refusable for RequestConsentRefusal {
    fn refused(&self) -> Refused {
        use CannotRequestConsent as No;
        plainly(match self {
            Self::NotPossible(No::NoSuchMatch) | Self::NoSuchSignal => ProblemType::NotFound,
            Self::NotPossible(No::Closed) => ProblemType::MatchClosed,
            Self::NotPossible(No::OwnDisclosure) => ProblemType::DisclosurePostponed,
            Self::NotPossible(No::NotYet) => ProblemType::ConsentNotYet,
            Self::NotPossible(No::ContactNotConfirmed) => ProblemType::ContactNotConfirmed,
            Self::NotPossible(No::NotNow(MayNotAsk::Waiting)) => ProblemType::ConsentRequestPending,
            Self::NotPossible(No::NotNow(MayNotAsk::CoolingDown { .. })) => ProblemType::ConsentCoolingDown,
            Self::NotAsleep => ProblemType::SignalNotAsleep,
            Self::Question(refusals) => {
                return Refused {
                    problem: ProblemType::InvalidRequest,
                    errors: refusals
                        .iter()
                        .map(|refusal| FieldError {
                            detail: refusal.to_string(),
                            ..FieldError::new(refusal.pointer(), FieldErrorCode::OutOfRange)
                        })
                        .collect(),
                };
            }
        })
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
        about: AskedAbout,
        body: ConsentRequestSubmission,
    ) -> Result<Answer, Failure<RequestConsentRefusal>> {
        // A request that nobody can answer any more does not stand in the way.
        self.end_overdue(caller, about).await?;
        let act = RequestConsent {
            casework: self.clone(),
            caller: caller.clone(),
            about,
            body,
        };
        self.act(caller, once, act).await
    }
}

struct RequestConsent {
    casework: Casework,
    caller: Caller,
    about: AskedAbout,
    body: ConsentRequestSubmission,
}

/// What is asked about, and of whom: what the question needs.
struct Asking<'a> {
    about: ConsentAbout,
    tag: LogTag,
    parties: BTreeSet<OrganisationKey>,
    /// As the caller may see them.
    shown: Vec<OrganisationId>,
    latest_end: Option<Timestamp>,
    terms: &'a Terms<'a>,
}

impl Act for RequestConsent {
    const NAME: &'static str = "request_consent";
    type Refusal = RequestConsentRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<RequestConsentRefusal>> {
        match self.about {
            AskedAbout::Match(id) => self.about_match(tx, id).await,
            AskedAbout::Signal(id) => self.about_signal(tx, id).await,
        }
    }
}

impl RequestConsent {
    async fn about_match(
        &self,
        tx: &Tx<'_, Party>,
        id: Id,
    ) -> Result<StoredAnswer, Failure<RequestConsentRefusal>> {
        let key = tx.ids().parse_match_case(id.0);
        let no_such_match = || RequestConsentRefusal::from(CannotRequestConsent::NoSuchMatch);
        // The match is locked: of two that ask at once, one finds the other's request waiting.
        let facts = Facts::read(tx, key, Hold::Match)
            .await?
            .ok_or_else(no_such_match)?;
        let terms = facts.terms()?;
        let parties = facts
            .case(&terms)
            .request_consent(self.caller.organisation, tx.now())
            .map_err(RequestConsentRefusal::from)?;
        // Also questions that do not name the caller: the family is left in peace by everyone.
        let asked = tx.asked_in_match(key).await?;
        let asked = asked
            .iter()
            .map(consent_facts::asked)
            .collect::<Result<Vec<_>, _>>()?;
        may_ask(asked, &terms, tx.now()).map_err(RequestConsentRefusal::from)?;
        let asking = Asking {
            about: ConsentAbout::Match(key),
            tag: LogTag::new(TagKind::Match, facts.row.log_tag),
            shown: facts.shown_ids(&terms, self.caller.organisation, &parties, tx.now()),
            parties,
            latest_end: None,
            terms: &terms,
        };
        self.ask(tx, asking).await
    }

    /// Looks at nothing but the caller's own signal: what is answered says nothing about the child.
    async fn about_signal(
        &self,
        tx: &Tx<'_, Party>,
        id: Id,
    ) -> Result<StoredAnswer, Failure<RequestConsentRefusal>> {
        let signal = tx
            .own_signal(tx.ids().parse_signal(id.0))
            .await?
            .ok_or(RequestConsentRefusal::NoSuchSignal)?;
        let sleeps_until = match signal.life.at(tx.now()) {
            Some(Signal::Sleeping { until }) => until,
            Some(_) => return Err(RequestConsentRefusal::NotAsleep.into()),
            None => return Err(RequestConsentRefusal::NoSuchSignal.into()),
        };
        let covenants = Covenants::read(tx).await?;
        let terms = Terms::of(covenants.of(self.caller.covenant)?);
        let earlier = tx.consents_of_signal(signal.key).await?;
        let earlier = earlier
            .iter()
            .map(consent_facts::standing)
            .collect::<Result<Vec<_>, _>>()?;
        may_ask(earlier, &terms, tx.now()).map_err(RequestConsentRefusal::from)?;
        let asking = Asking {
            about: ConsentAbout::Signal(signal.key),
            tag: LogTag::new(TagKind::Signal, signal.log_tag),
            parties: [self.caller.organisation].into(),
            shown: vec![self.caller.organisation_id],
            latest_end: Some(sleeps_until),
            terms: &terms,
        };
        self.ask(tx, asking).await
    }

    async fn ask(
        &self,
        tx: &Tx<'_, Party>,
        asking: Asking<'_>,
    ) -> Result<StoredAnswer, Failure<RequestConsentRefusal>> {
        let terms = asking.terms;
        let question =
            Question::weigh(stated(&self.body), terms, tx.now()).map_err(RequestConsentRefusal::Question)?;
        let parties = asking.parties.iter().copied();
        let pending = Pending::ask(&question, parties.clone(), asking.latest_end, terms, tx.now());
        let subject = match asking.about {
            ConsentAbout::Match(key) => key.subject,
            ConsentAbout::Signal(key) => key.subject,
        };
        let key = ConsentKey {
            subject,
            row: tx.next_consent_id().await?,
        };
        let log_tag = tx.store().random_tag();
        let (signatories, invitations) = self.invite(tx, &pending, terms);
        let new = NewConsent {
            key,
            about: asking.about,
            answer_by: pending.answer_by,
            boundary_at: pending.boundary_at,
            consent_days: i32::from(pending.consent_days),
            one_guardian: question.one_guardian_declares(),
            text_version: crate::family::text_version(self.about.purpose(), question.one_guardian_declares())
                .to_owned(),
            language: self.body.language.code().to_owned(),
            log_tag,
            parties: parties.collect(),
            signatories,
        };
        let event = Event::ConsentRequested {
            consent: log_tag,
            organisation: self.caller.organisation_id.0,
            about: asking.tag,
            to: pending.state(),
            one_guardian_declares: question.one_guardian_declares(),
        };
        tx.insert_consent(&new, &event).await?;

        let id = Id(tx.ids().consent(key));
        let body = wire::ConsentRequest {
            id,
            state: wire::ConsentState::Requested,
            purpose: match self.about.purpose() {
                Purpose::Exchange => wire::ConsentPurpose::Exchange,
                Purpose::Signal => wire::ConsentPurpose::Signal,
            },
            requested_at: tx.now(),
            given_at: None,
            valid_until: None,
            parties: asking.shown,
            superseded_by: None,
            record: None,
            invitations,
        };
        let location = format!("{}/{id}", self.about.path());
        Ok(act::answer(201, Some(location), &body))
    }

    /// A code for each who must sign, and for who must from a birthday on: the hash is stored, the code goes out once.
    fn invite(
        &self,
        tx: &Tx<'_, Party>,
        pending: &Pending,
        terms: &Terms<'_>,
    ) -> (Vec<NewSignatory>, Vec<Invitation>) {
        let now = pending
            .signatures
            .keys()
            .map(|signatory| (*signatory, None, pending.answer_by));
        let later = pending.signs_later().zip(pending.successor_answer_by(terms));
        let later = later.map(|(signatory, until)| (signatory, pending.overtaken_at(), until));
        now.chain(later)
            .map(|(signatory, from, until)| self.invite_one(tx, signatory, from, until))
            .unzip()
    }

    fn invite_one(
        &self,
        tx: &Tx<'_, Party>,
        signatory: Signatory,
        valid_from: Option<Timestamp>,
        valid_until: Timestamp,
    ) -> (NewSignatory, Invitation) {
        let code = InvitationCode::from_random(&tx.store().random());
        let stored = NewSignatory {
            role: signatory.role.slug(),
            number: i32::from(signatory.number),
            code_hash: self.casework.keys().hash_code(&code.canonical()),
            code_until: valid_until,
            begins_at: valid_from,
        };
        let invitation = Invitation {
            signatory: consent_words::wire_role(signatory.role),
            number: signatory.number,
            code: wire::InvitationCode::new(code.grouped()),
            valid_from,
            valid_until,
        };
        (stored, invitation)
    }
}

fn stated(body: &ConsentRequestSubmission) -> Stated {
    Stated {
        age_band: match body.age_band {
            wire::AgeBand::Under12 => AgeBand::Under12,
            wire::AgeBand::From12To15 => AgeBand::From12To15,
            wire::AgeBand::From16 => AgeBand::From16,
        },
        guardians: body.guardians,
        next_boundary_on: body.next_boundary_on,
        one_guardian_declares: body.one_guardian_declares,
    }
}
