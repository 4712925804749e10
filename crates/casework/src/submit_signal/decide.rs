//! What becomes of submissions in one transaction, however they came: weighed by keys, covenant and hour, then stored.
//!
//! A signal that was sent on its own and a line of a batch come here alike, so that a batch gives exactly what its lines
//! give one by one.

use std::collections::HashSet;

use domain::actor::Sector;
use domain::batch::Room;
use domain::calendar::Month;
use domain::covenant::Covenant;
use domain::event::Event;
use domain::key::{CovenantKey, OrganisationKey};
use domain::signal::{Life, NewSignal as Weighing, Refusal, SignalState as State};
use jiff::Timestamp;
use jiff::civil::Date;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::problem::ProblemType;
use protocol::signal::Contact;
use protocol::text::YearMonth;
use protocol::{ClientId, OrganisationId, Refused};
use store::{NewSignal, SignalLife, StoreError, Submit, SubmittedSignal, Trace, Tx, Whose, shared_tags};

use crate::act::{Failure, Refusable, plainly};
use crate::covenants::Covenants;
use crate::guardrail::Guardrail;
use crate::professional;
use crate::tags::{KeyRefusal, MadeTags, Tags};

/// Why a signal is not taken. None of it depends on whether the child is known.
#[derive(Debug, thiserror::Error)]
pub enum SubmitSignalRefusal {
    /// The tokens are not of the network's keys, or not of the suite that is asked of the organisation.
    #[error("the tokens are not of the keys or the suite that are taken")]
    Keys(ProblemType),
    /// The covenant's rules.
    #[error("the covenant does not allow this signal")]
    NotAllowed(Vec<Refusal>),
}

impl Refusable for SubmitSignalRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::Keys(problem) => plainly(*problem),
            Self::NotAllowed(refusals) => Refused {
                problem: ProblemType::InvalidRequest,
                errors: refusals
                    .iter()
                    .map(|refusal| FieldError {
                        detail: refusal.to_string(),
                        ..FieldError::new(refusal.pointer(), field_code(*refusal))
                    })
                    .collect(),
            },
        }
    }
}

fn field_code(refusal: Refusal) -> FieldErrorCode {
    match refusal {
        Refusal::SectorMayNotSignal
        | Refusal::NoFamilyMatch
        | Refusal::GroundNotListed
        | Refusal::NotDelegated => FieldErrorCode::NotAllowed,
        Refusal::PlannedEndNotInFuture
        | Refusal::PlannedEndTooFar { .. }
        | Refusal::PlannedEndAfterDestroyBy
        | Refusal::DestroyByBegun { .. }
        | Refusal::DestroyByTooFar { .. } => FieldErrorCode::OutOfRange,
    }
}

impl From<KeyRefusal> for SubmitSignalRefusal {
    fn from(refusal: KeyRefusal) -> Self {
        Self::Keys(refusal.problem())
    }
}

/// A submission as it waits. Of the tokens only tags and their sealed form are left.
#[derive(Clone)]
pub(crate) struct Submission {
    pub(crate) client: ClientId,
    pub(crate) organisation: OrganisationKey,
    pub(crate) organisation_id: OrganisationId,
    pub(crate) covenant: CovenantKey,
    pub(crate) sector: Sector,
    /// Who gives it on behalf of that organisation, if another does.
    pub(crate) delegate: Option<(OrganisationKey, OrganisationId)>,
    /// The child's tags, and then those of each guardian.
    pub(crate) made: Vec<MadeTags>,
    /// What stands for the organisation's own reference to a client without a BSN.
    pub(crate) reference: Option<[u8; 32]>,
    pub(crate) contact: Contact,
    pub(crate) planned_end: Date,
    pub(crate) destroy_by: YearMonth,
    /// The ground that was ticked; none when it was found on the covenant's list before, since it is not kept.
    pub(crate) ground: Option<String>,
    pub(crate) log_tag: u128,
    pub(crate) trace: Option<Trace>,
}

/// What becomes of one submission.
pub(crate) enum Decision {
    /// It is on record: new, or what the organisation had already.
    Stands(Box<SubmittedSignal>, State),
    /// The organisation's own signal about the child has reached its end, but stands as active still.
    IsBeingWrittenDown,
    /// It is not taken.
    Refused(Failure<SubmitSignalRefusal>),
    /// There is no room in the hour.
    HourFull {
        /// Seconds until the next.
        retry_after: u32,
    },
    /// There may be none: others that were weighed with it took what was left, if they were new.
    HourUncertain,
}

/// What is done with submissions over the number of signals an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OverTheHour {
    /// They are refused, and the supervisor is alerted at the first.
    Refused,
    /// They are left for the caller to hold.
    Held,
    /// A supervisor released them: they are taken and do not count.
    Taken,
}

/// Decides on submissions of which no two of one organisation are about one child, and stores those that are taken. All
/// were made under the keys that are held.
pub(crate) async fn decide(
    tx: &Tx<'_, Submit>,
    submissions: &[&Submission],
    covenants: &Covenants,
    over: OverTheHour,
) -> Result<Vec<Decision>, StoreError> {
    let mut decisions: Vec<Option<Decision>> = Vec::with_capacity(submissions.len());
    let mut weighed = Vec::new();
    for (place, submission) in submissions.iter().enumerate() {
        decisions.push(match submission.weigh(covenants.of(submission.covenant)?, tx) {
            Ok((signal, event)) => {
                weighed.push((place, signal, event));
                None
            }
            Err(failure) => Some(Decision::Refused(failure)),
        });
    }

    let mut accepted = Vec::new();
    let mut signals = Vec::new();
    let mut events = Vec::new();
    let organisations = weighed.iter().map(|(_, signal, _)| signal.organisation);
    let mut guardrail = Guardrail::hold(tx, organisations).await?;
    for (place, signal, event) in weighed {
        let submission = submissions[place];
        let limit = covenants.of(submission.covenant)?.signals_per_hour();
        let room = match over {
            OverTheHour::Taken => Room::Free,
            _ => guardrail.room(submission.organisation, limit),
        };
        let retry_after = Guardrail::seconds_left(tx);
        decisions[place] = match room {
            Room::Free => {
                accepted.push(place);
                signals.push(signal);
                events.push(event);
                continue;
            }
            Room::None => Some(Decision::HourFull { retry_after }),
            Room::Uncertain => Some(Decision::HourUncertain),
        };
        if over == OverTheHour::Refused && room == Room::None {
            guardrail.exceed((submission.organisation, submission.organisation_id.0), limit);
        }
    }

    let submitted = tx.submit(&signals, &events).await?;
    for (signal, submitted) in signals.iter().zip(&submitted) {
        if submitted.is_new && over != OverTheHour::Taken {
            guardrail.count(signal.organisation);
        }
    }
    guardrail.settle(tx).await?;
    for (place, signal) in accepted.into_iter().zip(submitted) {
        // Expiry acts when one looks: a signal past its end is no answer to a new one.
        let stands = signal
            .life
            .at(tx.now())
            .filter(|stands| stands.state().is_living());
        decisions[place] = Some(match stands {
            Some(stands) => Decision::Stands(Box::new(signal), stands.state()),
            None => Decision::IsBeingWrittenDown,
        });
    }
    decisions
        .into_iter()
        .collect::<Option<_>>()
        .ok_or(StoreError::Column { column: "subject_id" })
}

/// The children that some submissions are about, as far as that shows in what was sent.
#[derive(Default)]
pub(crate) struct Children(HashSet<(OrganisationKey, [u8; 32])>);

impl Children {
    /// Whether a submission is about none of them; they are its from here on.
    pub(crate) fn are_new(&mut self, submission: &Submission) -> bool {
        let organisation = submission.organisation;
        let mut new_child = true;
        match (submission.reference, submission.made.first()) {
            (Some(reference), _) => new_child &= self.0.insert((organisation, reference)),
            // Of a refused one there are no tags. Every tag counts: two may have but one of them in common.
            (
                None,
                Some(MadeTags {
                    outcome: Ok(made), ..
                }),
            ) => {
                for tag in &made.tags {
                    new_child &= self.0.insert((organisation, tag.tag));
                }
            }
            (None, _) => {}
        }
        new_child
    }
}

impl Submission {
    /// Whether its tags were made under the keys of this number.
    pub(crate) fn is_made_under(&self, keys_version: i64) -> bool {
        self.made.iter().all(|made| made.keys_version == keys_version)
    }

    /// By the network's keys and the covenant's rules, whether it is taken.
    fn weigh(
        &self,
        covenant: &Covenant,
        tx: &Tx<'_, Submit>,
    ) -> Result<(NewSignal, Event), Failure<SubmitSignalRefusal>> {
        let made = self
            .made
            .iter()
            .map(|made| made.outcome.as_ref().map_err(|refusal| *refusal))
            .collect::<Result<Vec<&Tags>, KeyRefusal>>()
            .map_err(SubmitSignalRefusal::from)?;
        for made in &made {
            made.taken.at(tx.now()).map_err(SubmitSignalRefusal::from)?;
        }
        let accepted = self.weigh_by(covenant, tx.now())?;
        let (child, guardians) = made.split_first().ok_or(StoreError::Column { column: "tag" })?;
        let written = match accepted.sleeps_until {
            Some(_) => State::Sleeping,
            None => State::Active,
        };
        let guardians = guardians.iter().flat_map(|guardian| shared_tags(&guardian.tags));
        let (whose, shared) = match self.reference {
            None => (Whose::Tags(child.tags.clone()), guardians.collect()),
            Some(reference) => (
                Whose::Reference(reference),
                shared_tags(&child.tags).into_iter().chain(guardians).collect(),
            ),
        };
        let signal = NewSignal {
            whose,
            shared,
            suite: child.suite,
            blinded_by_client: child.blinded_by_client,
            organisation: self.organisation,
            delegate: self.delegate.map(|(key, _)| key),
            life: SignalLife {
                written,
                planned_end: self.planned_end,
                destroy_by: self.destroy_by.first_day(),
                facts: accepted,
            },
            professional_key: professional::key(tx.store(), self.organisation_id, &self.contact.reference),
            professional: professional::seal(tx.store(), self.organisation, &self.contact),
            log_tag: self.log_tag,
            trace: self.trace,
        };
        let event = Event::SignalSubmitted {
            signal: self.log_tag,
            organisation: self.organisation_id.0,
            to: written,
            delegate: self.delegate.map(|(_, id)| id.0),
            expires_at: accepted.expires_at,
            tell_before: accepted.paused_from,
            client: self.client.as_str().to_owned(),
            professional_reference: self.contact.reference.as_str().to_owned(),
        };
        Ok((signal, event))
    }

    /// By the covenant's rules alone.
    pub(crate) fn weigh_by(&self, covenant: &Covenant, now: Timestamp) -> Result<Life, SubmitSignalRefusal> {
        let weighing = Weighing {
            planned_end: self.planned_end,
            destroy_by: Month::of(self.destroy_by.first_day()),
            ground: self.ground.as_deref(),
            delegated: self.delegate.is_some(),
            guardians: self.made.len() > 1,
        };
        weighing
            .weigh(covenant, self.sector, now)
            .map_err(SubmitSignalRefusal::NotAllowed)
    }
}
