//! At the desk of the municipality that answers for a case: another code for somebody who lost theirs, taking away what somebody
//! has, and writing down what somebody decides whose identity was established.

use domain::calendar::Month;
use domain::consent::{Assurance, How, Method, Signatory, SignatoryRole};
use domain::event::Event;
use domain::invitation::{self, InvitationCode};
use jiff::Timestamp;
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::consent as wire;
use protocol::desk::{
    AssistedDecision, AssistedDecisionSubmission, LetterAbout, LetterReference, LetterReplacement,
    LetterRevocation, NamedLetter,
};
use protocol::id::Id;
use protocol::problem::ProblemType;
use store::{Context, IssuedAbout, IssuedTo, Matcher, Party, Person, StoreError, StoredAnswer, Tx, Work};

use crate::act::{self, Answer, Failure, MatcherAct, Once, Refusable, plainly};
use crate::covenants::Covenants;
use crate::decide_consent::{CannotDecide, Deciding, Outcome, Recorded, decide};
use crate::family::{FamilyFailure, FamilyKey};
use crate::signal_life::lock_signals;
use crate::{Caller, Casework, consent_facts, consent_words};

/// Why nothing is done with a letter at a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeskRefusal {
    /// The code names no letter of a case that the caller answers for, or one with which nothing can be seen any more.
    #[error("the code opens nothing")]
    CodeOpensNothing,
    /// There is no such letter in a case that the caller answers for.
    #[error("no such letter")]
    NotFound,
    /// A letter is named in two ways, or in none.
    #[error("which letter is meant is not clear")]
    NotNamed,
    /// It was decided otherwise, or its time is over.
    #[error("this can no longer be decided")]
    TooLate,
}

impl Refusable for DeskRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::CodeOpensNothing => plainly(ProblemType::CodeOpensNothing),
            Self::NotFound => plainly(ProblemType::NotFound),
            Self::NotNamed => Refused {
                problem: ProblemType::InvalidRequest,
                errors: vec![FieldError::new("/code", FieldErrorCode::Required)],
            },
            Self::TooLate => plainly(ProblemType::ConsentDecided),
        }
    }
}

impl Casework {
    /// Gives somebody another code in the place of what they lost: code, return key and sessions of before end. The code is in
    /// this answer and nowhere else.
    ///
    /// # Errors
    /// [`DeskRefusal`].
    pub async fn replace_letter(
        &self,
        caller: &Caller,
        once: Once,
        body: &LetterReference,
    ) -> Result<Answer, Failure<DeskRefusal>> {
        let act = ReplaceLetter {
            casework: self.clone(),
            caller: caller.clone(),
            meant: self.meant(caller, &once, body).await?,
        };
        self.matcher_act(caller, once, act).await
    }

    /// Takes away what somebody has: code, return key and sessions.
    ///
    /// # Errors
    /// [`DeskRefusal`].
    pub async fn revoke_letter(
        &self,
        caller: &Caller,
        once: Once,
        body: &LetterReference,
    ) -> Result<Answer, Failure<DeskRefusal>> {
        let act = RevokeLetter {
            caller: caller.clone(),
            meant: self.meant(caller, &once, body).await?,
        };
        self.matcher_act(caller, once, act).await
    }

    /// Writes down what somebody decided at the desk.
    ///
    /// # Errors
    /// [`DeskRefusal`].
    pub async fn decide_at_desk(
        &self,
        caller: &Caller,
        once: Once,
        body: AssistedDecisionSubmission,
    ) -> Result<Answer, Failure<DeskRefusal>> {
        let deciding = match self.was_answered(caller, &once).await? {
            true => None,
            false => Some(self.assisted(caller, &body).await?),
        };
        let act = DecideAtDesk {
            casework: self.clone(),
            caller: caller.clone(),
            deciding,
            body,
        };
        let answer = self.matcher_act(caller, once, act).await?;
        self.inner.wake.matcher.notify_one();
        self.inner.wake.tombstones.notify_one();
        Ok(answer)
    }

    async fn assisted(
        &self,
        caller: &Caller,
        body: &AssistedDecisionSubmission,
    ) -> Result<Deciding, Failure<DeskRefusal>> {
        let decision = consent_words::decision(body.decision);
        let how = How {
            assurance: Assurance::Assisted,
            method: match body.form {
                wire::AttestedForm::Oral => Method::Oral,
                wire::AttestedForm::Written => Method::Written,
            },
        };
        self.deciding_at_desk(caller, body.code.expose(), decision, how, body.language)
            .await
            .map_err(|failure| match failure {
                FamilyFailure::Store(error) => error.into(),
                FamilyFailure::TooLate => DeskRefusal::TooLate.into(),
                FamilyFailure::Closed | FamilyFailure::NotIn(_) | FamilyFailure::NotEntitled => {
                    DeskRefusal::CodeOpensNothing.into()
                }
            })
    }

    /// Whose letter is meant; none where an answer was given before.
    async fn meant(
        &self,
        caller: &Caller,
        once: &Once,
        body: &LetterReference,
    ) -> Result<Option<Meant>, Failure<DeskRefusal>> {
        if self.was_answered(caller, once).await? {
            return Ok(None);
        }
        match body.named().ok_or(DeskRefusal::NotNamed)? {
            NamedLetter::Code(code) => {
                let credential = self.credential(&FamilyKey::Code(code.expose()));
                let context = Context::Assisted(caller.organisation, credential);
                let person = self.store().run(context, FindAtDesk).await?;
                let person = person.ok_or(DeskRefusal::CodeOpensNothing)?;
                Ok(Some(Meant::Known(person)))
            }
            NamedLetter::About {
                about,
                signatory,
                number,
            } => Ok(Some(Meant::Named {
                about,
                role: consent_words::role(signatory),
                number,
            })),
        }
    }
}

/// Whose letter is meant.
enum Meant {
    /// The one whose code or return key was typed.
    Known(Person),
    /// The one about this, for this person.
    Named {
        about: LetterAbout,
        role: SignatoryRole,
        number: u8,
    },
}

impl Meant {
    /// The letters, the newest first, with their children locked; none that the caller's municipality does not answer for.
    async fn find(
        &self,
        tx: &Tx<'_, Matcher>,
        caller: &Caller,
    ) -> Result<Vec<IssuedTo>, Failure<DeskRefusal>> {
        let persons = match self {
            Self::Known(person) => {
                tx.lock_subjects(&[person.subject()]).await?;
                vec![*person]
            }
            Self::Named { about, role, number } => named(tx, *about, role.slug(), i32::from(*number)).await?,
        };
        let mut found = Vec::with_capacity(persons.len());
        for person in persons {
            let issued = tx.issued_to(person).await?;
            found.extend(issued.filter(|issued| issued.municipality == Some(caller.organisation)));
        }
        match found.is_empty() {
            true => Err(self.nothing().into()),
            false => Ok(found),
        }
    }

    /// What is said when there is none.
    const fn nothing(&self) -> DeskRefusal {
        match self {
            Self::Known(_) => DeskRefusal::CodeOpensNothing,
            Self::Named { .. } => DeskRefusal::NotFound,
        }
    }
}

async fn named(
    tx: &Tx<'_, Matcher>,
    about: LetterAbout,
    role: &str,
    number: i32,
) -> Result<Vec<Person>, StoreError> {
    match about {
        LetterAbout::ConsentRequest(id) => {
            let key = tx.ids().parse_consent(id.0);
            tx.lock_subjects(&[key.subject]).await?;
            let signatory = tx.signatory_of_request(key, role, number).await?;
            Ok(signatory.map(Person::Signatory).into_iter().collect())
        }
        LetterAbout::Signal(id) => {
            let keys = lock_signals(tx, &[tx.ids().parse_signal(id.0)]).await?;
            let Some(key) = keys.first() else {
                return Ok(Vec::new());
            };
            let letters = tx.letters_of_signal(*key, role, number).await?;
            Ok(letters.into_iter().map(Person::Letter).collect())
        }
    }
}

struct FindAtDesk;

impl Work for FindAtDesk {
    const NAME: &'static str = "find_at_desk";
    type Role = Party;
    type Output = Option<Person>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Option<Person>, StoreError> {
        tx.holder_at_desk().await
    }
}

struct ReplaceLetter {
    casework: Casework,
    caller: Caller,
    meant: Option<Meant>,
}

impl MatcherAct for ReplaceLetter {
    const NAME: &'static str = "replace_letter";
    type Refusal = DeskRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<DeskRefusal>> {
        let Some(meant) = &self.meant else {
            return Err(Failure::KeyInProgress);
        };
        let found = meant.find(tx, &self.caller).await?;
        let (issued, others) = found.split_first().ok_or(meant.nothing())?;
        let signatory = consent_facts::signatory(&issued.role, issued.number)?;
        let until = self.code_until(tx, issued, signatory).await?;
        let until = until.filter(|until| tx.now() < *until).ok_or(meant.nothing())?;
        let code = InvitationCode::from_random(&tx.store().random());
        let event = Event::LetterReplaced {
            about: issued.tag,
            organisation: self.caller.organisation_id.0,
            client: self.caller.client.as_str().to_owned(),
            signatory,
        };
        let hash = self.casework.keys().hash_code(&code.canonical());
        tx.replace_code(issued.person, &hash, until, &event).await?;
        revoke(tx, &self.caller, others).await?;
        let (consent_request, signal) = about(tx, issued);
        let body = LetterReplacement {
            consent_request,
            signal,
            signatory: consent_words::wire_role(signatory.role),
            number: signatory.number,
            code: wire::InvitationCode::new(code.grouped()),
            valid_until: until,
        };
        Ok(StoredAnswer {
            leaves: tx.recorded_about(issued.tag.value),
            ..act::answer(201, None, &body)
        })
    }
}

impl ReplaceLetter {
    /// Until when the new code can be exchanged: 28 days, and not longer than there is something to see. None when there is
    /// nothing any more.
    async fn code_until(
        &self,
        tx: &Tx<'_, Matcher>,
        issued: &IssuedTo,
        signatory: Signatory,
    ) -> Result<Option<Timestamp>, StoreError> {
        let covenants = Covenants::read(tx).await?;
        let zone = covenants.of(issued.covenant)?.time_zone();
        let month = invitation::valid_until(tx.now(), zone);
        let (state, answer_by, valid_until, begins_at) = match &issued.about {
            IssuedAbout::Signal { until, .. } => return Ok(Some(month.min(*until))),
            IssuedAbout::Request {
                state,
                answer_by,
                valid_until,
                begins_at,
                ..
            } => (state.as_str(), *answer_by, *valid_until, *begins_at),
        };
        // Its code opens from the boundary on, as long as that of who signs now.
        if begins_at.is_some() {
            return Ok(Some(issued.code_until));
        }
        match (state, valid_until) {
            ("superseded_by_age", _) => return Ok(None),
            ("requested" | "partially_given", _) if tx.now() < answer_by => return Ok(Some(answer_by)),
            ("given", Some(valid_until)) if tx.now() < valid_until => {
                return Ok(Some(month.min(valid_until)));
            }
            _ => {}
        }
        if signatory.role == SignatoryRole::YoungPerson {
            return Ok(Some(month));
        }
        // What was stated about the age is forgotten; what every signal says of when it is destroyed is left.
        let mut until = None;
        for (destroy_by, covenant) in tx.birth_months_said(issued.person.subject()).await? {
            let covenant = covenants.of(covenant)?;
            let end = covenant.guardians_reach_until(None, Month::of(destroy_by));
            until = Some(until.map_or(end.min(month), |least: Timestamp| least.min(end)));
        }
        Ok(until)
    }
}

struct RevokeLetter {
    caller: Caller,
    meant: Option<Meant>,
}

impl MatcherAct for RevokeLetter {
    const NAME: &'static str = "revoke_letter";
    type Refusal = DeskRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<DeskRefusal>> {
        let Some(meant) = &self.meant else {
            return Err(Failure::KeyInProgress);
        };
        let found = meant.find(tx, &self.caller).await?;
        let issued = found.first().ok_or(meant.nothing())?;
        revoke(tx, &self.caller, &found).await?;
        let signatory = consent_facts::signatory(&issued.role, issued.number)?;
        let (consent_request, signal) = about(tx, issued);
        let body = LetterRevocation {
            consent_request,
            signal,
            signatory: consent_words::wire_role(signatory.role),
            number: signatory.number,
            revoked_at: tx.now(),
        };
        Ok(StoredAnswer {
            leaves: tx.recorded_about(issued.tag.value),
            ..act::answer(201, None, &body)
        })
    }
}

/// The ids of what a letter is about, of which one is none.
fn about(tx: &Tx<'_, Matcher>, issued: &IssuedTo) -> (Option<Id>, Option<Id>) {
    match &issued.about {
        IssuedAbout::Request { key, .. } => (Some(Id(tx.ids().consent(*key))), None),
        IssuedAbout::Signal { key, .. } => (None, Some(Id(tx.ids().signal(*key)))),
    }
}

async fn revoke(tx: &Tx<'_, Matcher>, caller: &Caller, letters: &[IssuedTo]) -> Result<(), StoreError> {
    let persons: Vec<_> = letters
        .iter()
        .map(|issued| (issued.person, tx.store().random()))
        .collect();
    let events = letters
        .iter()
        .map(|issued| {
            Ok(Event::FamilyAccessRevoked {
                about: issued.tag,
                organisation: caller.organisation_id.0,
                client: caller.client.as_str().to_owned(),
                signatory: consent_facts::signatory(&issued.role, issued.number)?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    tx.revoke_codes(&persons, &events).await
}

struct DecideAtDesk {
    casework: Casework,
    caller: Caller,
    /// None where an answer was found.
    deciding: Option<Deciding>,
    body: AssistedDecisionSubmission,
}

impl MatcherAct for DecideAtDesk {
    const NAME: &'static str = "decide_at_desk";
    type Refusal = DeskRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<DeskRefusal>> {
        let Some(deciding) = &self.deciding else {
            return Err(Failure::KeyInProgress);
        };
        let issued = tx.issued_to(Person::Signatory(deciding.signatory)).await?;
        let issued = issued
            .filter(|issued| issued.municipality == Some(self.caller.organisation))
            .ok_or(DeskRefusal::CodeOpensNothing)?;
        let covenants = Covenants::read(tx).await?;
        let zone = covenants.of(issued.covenant)?.time_zone();
        let deciding = Deciding {
            recorded: Some(Recorded {
                organisation: self.caller.organisation,
                organisation_id: self.caller.organisation_id,
                professional_reference: self.body.by.to_string(),
                on: tx.now().to_zoned(zone.clone()).date(),
            }),
            ..deciding.clone()
        };
        match decide(&self.casework, tx, &deciding).await {
            Ok(Outcome::Done | Outcome::SignalGone) => {}
            Ok(Outcome::AskedAnew) | Err(CannotDecide::TooLate) => return Err(DeskRefusal::TooLate.into()),
            Err(CannotDecide::Gone) => return Err(DeskRefusal::CodeOpensNothing.into()),
            Err(CannotDecide::Store(error)) => return Err(error.into()),
        }
        let body = AssistedDecision {
            decision: self.body.decision,
            form: self.body.form,
            decided_at: tx.now(),
        };
        Ok(StoredAnswer {
            leaves: tx.recorded_about(issued.tag.value),
            ..act::answer(201, None, &body)
        })
    }
}
