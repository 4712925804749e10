//! Telling the family of a signal: where it stands, from what is on record to the rules and to the wire.

mod steps;

use domain::disclosure::{
    CannotDecide, CannotPropose, CannotRecord, Disclosure, Duty, Postponement, Proposal, REVIEW_WITHIN_DAYS,
};
use domain::key::OrganisationKey;
use domain::signal::{Life, Signal, SignalState};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::disclosure as wire;
use protocol::id::Id;
use protocol::problem::ProblemType;
use protocol::signal::{Contact, ProfessionalReference};
use store::{DisclosureTimes, DutyRow, Matcher, PostponementRow, Sealed, SignalDuty, Store, StoreError, Tx};

use crate::act::{Refusable, plainly};
use crate::covenants::Covenants;
use crate::signal_life::lock_signals;
use crate::{Caller, professional};

/// Why nothing can be recorded about telling the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureRefusal {
    /// The signal does not exist, or not for this organisation.
    #[error("no such signal")]
    NoSuchSignal,
    /// It sleeps: the family is asked, not told.
    #[error("the signal sleeps")]
    Asleep,
    /// Telling cannot be recorded.
    #[error(transparent)]
    Record(#[from] CannotRecord),
    /// Postponing cannot be proposed.
    #[error(transparent)]
    Propose(#[from] CannotPropose),
    /// What was proposed cannot be decided.
    #[error(transparent)]
    Decide(#[from] CannotDecide),
}

impl Refusable for DisclosureRefusal {
    fn refused(&self) -> Refused {
        let out_of_range = |pointer, detail: String| Refused {
            problem: ProblemType::InvalidRequest,
            errors: vec![FieldError {
                detail,
                ..FieldError::new(pointer, FieldErrorCode::OutOfRange)
            }],
        };
        match self {
            Self::NoSuchSignal => plainly(ProblemType::NotFound),
            Self::Asleep => plainly(ProblemType::SignalAsleep),
            Self::Record(CannotRecord::AlreadyRecorded) | Self::Propose(CannotPropose::AlreadyRecorded) => {
                plainly(ProblemType::DisclosureRecorded)
            }
            Self::Record(CannotRecord::InTheFuture) => {
                out_of_range("/on", "must not lie in the future".to_owned())
            }
            Self::Record(CannotRecord::BeforeTheSignal) => out_of_range(
                "/on",
                "must not lie before the day on which the signal was given".to_owned(),
            ),
            Self::Propose(CannotPropose::Undecided) => plainly(ProblemType::PostponementUndecided),
            Self::Propose(CannotPropose::ReviewOutOfRange) => out_of_range(
                "/reviewOn",
                format!("must be one of the {REVIEW_WITHIN_DAYS} days after today"),
            ),
            Self::Decide(CannotDecide::NothingProposed) => plainly(ProblemType::NothingProposed),
            Self::Decide(CannotDecide::SamePerson) => plainly(ProblemType::SecondPersonNeeded),
        }
    }
}

/// A signal of the caller's organisation, held, with its duty and the time zone in which days are meant.
pub(crate) struct Held {
    pub(crate) signal: SignalDuty,
    pub(crate) duty: Duty,
    pub(crate) zone: TimeZone,
}

impl Held {
    /// Holds it: its child is locked, so that nothing comes between what is read and what is written.
    pub(crate) async fn hold(
        tx: &Tx<'_, Matcher>,
        caller: &Caller,
        id: Id,
    ) -> Result<Result<Self, DisclosureRefusal>, StoreError> {
        let keys = lock_signals(tx, &[tx.ids().parse_signal(id.0)]).await?;
        let Some(key) = keys.first() else {
            return Ok(Err(DisclosureRefusal::NoSuchSignal));
        };
        let Some(signal) = tx.duty(*key, caller.organisation).await? else {
            return Ok(Err(DisclosureRefusal::NoSuchSignal));
        };
        match signal.life.at(tx.now()) {
            None => return Ok(Err(DisclosureRefusal::NoSuchSignal)),
            Some(Signal::Sleeping { .. }) => return Ok(Err(DisclosureRefusal::Asleep)),
            Some(_) => {}
        }
        let covenants = Covenants::read(tx).await?;
        let zone = covenants.of(signal.covenant)?.time_zone().clone();
        let duty = duty(tx.store(), signal.organisation, &signal.life.facts, &signal.duty)?;
        Ok(Ok(Self { signal, duty, zone }))
    }

    /// Where the duty stands now.
    pub(crate) fn stands(&self, now: Timestamp) -> Disclosure {
        self.duty.at(&self.zone, now)
    }

    /// From when the signal is paused and until when it is hidden when the duty becomes `after`, and the events of what
    /// that makes of the signal itself. Also a pause that no driver has written down yet is told.
    pub(crate) fn times(&self, after: &Duty, now: Timestamp) -> (DisclosureTimes, Vec<domain::event::Event>) {
        use domain::event::Event;
        let facts = self.signal.life.facts;
        let times = DisclosureTimes {
            paused_from: after.paused_from(&self.zone),
            hidden_until: after.hidden_until(&self.zone),
            resumed: None,
        };
        let then = Life {
            paused_from: times.paused_from,
            ..facts
        };
        let stands = |life: &Life| life.at(now).map(Signal::state);
        let resumes =
            stands(&facts) == Some(SignalState::Paused) && stands(&then) == Some(SignalState::Active);
        if !resumes {
            return (times, Vec::new());
        }
        let (signal, organisation) = (self.signal.log_tag, self.signal.organisation_id);
        let mut events = Vec::new();
        if self.signal.life.written != SignalState::Paused {
            events.push(Event::SignalPaused { signal, organisation });
        }
        events.push(Event::SignalResumed { signal, organisation });
        let times = DisclosureTimes {
            resumed: Some(SignalState::Active),
            ..times
        };
        (times, events)
    }
}

/// The duty as the rules take it.
pub(crate) fn duty(
    store: &Store,
    organisation: OrganisationKey,
    life: &Life,
    row: &DutyRow,
) -> Result<Duty, StoreError> {
    // Agreeing to a signal is being told of it; and of what was given before there was a deadline nothing is asked.
    let told_at = row
        .recorded_at
        .or(life.woken_at)
        .or(row.deadline.is_none().then_some(life.submitted_at));
    let proposal = row.waiting.as_ref().map(|waiting| {
        Ok::<_, StoreError>(Proposal {
            by: reference(store, organisation, &waiting.by)?
                .map_or_else(String::new, |by| by.as_str().to_owned()),
            review_on: waiting.review_on,
        })
    });
    Ok(Duty {
        submitted_at: life.submitted_at,
        deadline: row.deadline.unwrap_or(life.submitted_at),
        told_at,
        postponement: row.approved.map(|(approved_at, review_on)| Postponement {
            approved_at,
            review_on,
        }),
        proposal: proposal.transpose()?,
    })
}

/// Where the duty stands, for the organisation itself; none while its signal sleeps.
pub(crate) fn shown(
    store: &Store,
    organisation: OrganisationKey,
    life: &Life,
    row: &DutyRow,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Option<wire::DisclosureDuty>, StoreError> {
    if life.sleeps_until.is_some() {
        return Ok(None);
    }
    let stands = duty(store, organisation, life, row)?.at(zone, now);
    Ok(Some(wire::DisclosureDuty {
        state: word(stands.state().slug())?,
        until: stands.until(),
    }))
}

/// Encrypts a professional's reference for the organisation.
pub(crate) fn seal_reference(
    store: &Store,
    organisation: OrganisationKey,
    by: &ProfessionalReference,
) -> Sealed {
    let contact = Contact {
        reference: by.clone(),
        email: None,
        phone: None,
    };
    professional::seal(store, organisation, &contact)
}

/// Decrypts it; none when it was erased.
fn reference(
    store: &Store,
    organisation: OrganisationKey,
    sealed: &Sealed,
) -> Result<Option<ProfessionalReference>, StoreError> {
    Ok(professional::open(store, organisation, sealed)?.map(|contact| contact.reference))
}

/// A postponement as the organisation reads it.
pub(crate) fn postponement(
    store: &Store,
    organisation: OrganisationKey,
    row: &PostponementRow,
) -> Result<wire::Postponement, StoreError> {
    let decided_by = row
        .decided_by
        .as_ref()
        .map(|by| reference(store, organisation, by));
    Ok(wire::Postponement {
        state: word(&row.state)?,
        reason: word(&row.reason)?,
        review_on: row.review_on,
        proposed_by: reference(store, organisation, &row.proposed_by)?,
        proposed_at: row.proposed_at,
        decided_by: decided_by.transpose()?.flatten(),
        decided_at: row.decided_at,
    })
}

/// The wire's word for one of ours: the lists are the same, which a test holds.
pub(crate) fn word<W: std::str::FromStr>(slug: &str) -> Result<W, StoreError> {
    slug.parse().map_err(|_| StoreError::Column { column: "word" })
}

#[cfg(test)]
mod tests {
    use domain::disclosure as rules;

    use super::*;

    #[test]
    fn the_wire_has_the_words_of_the_rules_and_no_others() {
        macro_rules! same {
            ($($rule:ident $wire:ident),+) => {
                $({
                    let rules: Vec<&str> = rules::$rule::ALL.iter().map(|word| word.slug()).collect();
                    let wire: Vec<&str> = wire::$wire::ALL.iter().map(|word| word.as_str()).collect();
                    assert_eq!(rules, wire);
                })+
            };
        }
        same!(Channel Channel, SpokenLanguage SpokenLanguage, Reason PostponementReason,
              Decision PostponementDecision, DisclosureState DisclosureState);
    }
}
