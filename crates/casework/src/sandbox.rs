//! The clock of a sandbox is moved, and whoever tries a program against it is the family for a moment.
//!
//! A leap is made in stops of a day or more, and at each stop everything that fell due is worked off, so that a reminder comes
//! before what it reminds of. Nothing else knows that there are sandboxes: what happens in one happens as anywhere.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::consent::How;
use domain::event::Event;
use domain::sandbox::{self as rule, Advance, ClockRefusal};
use jiff::Timestamp;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::consent::{AttestedDecision, Language};
use protocol::problem::ProblemType;
use protocol::sandbox::{ClockMove, ClockSubmission, FamilyDecision, FamilyDecisionSubmission, SandboxClock};
use protocol::{OrganisationId, Refused};
use store::{Context, Matcher, StoreError, StoredAnswer, Tx, Work};
use tokio::sync::OwnedMutexGuard;

use crate::act::{self, Answer, Failure, MatcherAct, Once, Refusable, plainly};
use crate::covenants::Covenants;
use crate::decide_consent::{CannotDecide, Deciding, Outcome, decide};
use crate::{Caller, Casework, FamilyFailure, consent_words};

/// How long a leap is waited for before it is answered, and how long one waits for the leap of another.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where the clock of this program's sandbox is being moved to.
#[derive(Default)]
pub(crate) struct MovingClock {
    turn: Arc<tokio::sync::Mutex<()>>,
    to: Mutex<Option<Timestamp>>,
}

impl MovingClock {
    /// Where it is being moved to at this moment.
    pub(crate) fn moving_to(&self) -> Option<Timestamp> {
        *self.to.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, to: Option<Timestamp>) {
        *self.to.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }
}

/// Why the clock is not moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdvanceClockRefusal {
    /// The network is none: its time is everybody's.
    #[error("the network is no sandbox")]
    NoSandbox,
    /// The clock cannot get there, as this member of the body has it.
    #[error("{0}")]
    Clock(ClockRefusal, &'static str),
}

impl Refusable for AdvanceClockRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NoSandbox => plainly(ProblemType::NotFound),
            Self::Clock(refusal, member) => Refused {
                problem: ProblemType::InvalidRequest,
                errors: vec![FieldError {
                    detail: refusal.to_string(),
                    ..FieldError::new(*member, FieldErrorCode::OutOfRange)
                }],
            },
        }
    }
}

/// Why the family cannot decide so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecideAsFamilyRefusal {
    /// The code opens nothing (any more).
    #[error("the code opens nothing")]
    CodeOpensNothing,
    /// It was decided otherwise, or its time is over.
    #[error("this can no longer be decided")]
    TooLate,
}

impl Refusable for DecideAsFamilyRefusal {
    fn refused(&self) -> Refused {
        plainly(match self {
            Self::CodeOpensNothing => ProblemType::CodeOpensNothing,
            Self::TooLate => ProblemType::ConsentDecided,
        })
    }
}

impl Casework {
    /// The sandbox's time, and where it is being moved to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sandbox_clock(&self) -> Result<SandboxClock, StoreError> {
        Ok(SandboxClock {
            moving_to: self.inner.sandbox_clock.moving_to(),
            now: self.store().run(Context::Service, ReadClock).await?,
        })
    }

    /// Moves the clock of a sandbox, and works off what falls due on the way. A long leap goes on after the answer.
    ///
    /// # Errors
    /// [`AdvanceClockRefusal`]; [`Failure::QueueFull`] while another leap goes on.
    pub async fn advance_clock(
        &self,
        caller: &Caller,
        once: Once,
        body: ClockSubmission,
    ) -> Result<Answer, Failure<AdvanceClockRefusal>> {
        let turn = Arc::clone(&self.inner.sandbox_clock.turn).lock_owned();
        let Ok(turn) = tokio::time::timeout(PATIENCE, turn).await else {
            return Err(Failure::QueueFull);
        };
        let advance = match (body.advance, body.to) {
            (Some(advance), _) => Advance::By(advance.span()),
            (None, to) => Advance::To(to.unwrap_or(Timestamp::UNIX_EPOCH)),
        };
        let act = AdvanceClock {
            caller: caller.clone(),
            advance,
        };
        let answer = self.matcher_act(caller, once, act).await?;
        // What was answered before is gone on with all the same: the program may have ended on the way.
        let column = |_| StoreError::Column { column: "body" };
        let leap: ClockMove = serde_json::from_slice(&answer.body).map_err(column)?;
        let leaping = self.clone().leap(leap, caller.organisation_id, turn);
        match tokio::time::timeout(PATIENCE, tokio::spawn(leaping)).await {
            Ok(Ok(arrived)) => arrived?,
            Ok(Err(_)) => return Err(StoreError::Interrupted("leap").into()),
            Err(_) => tracing::info!("the clock of the sandbox is still on its way"),
        }
        Ok(answer)
    }

    /// Goes on with a leap up to its end.
    async fn leap(
        self,
        leap: ClockMove,
        organisation: OrganisationId,
        turn: OwnedMutexGuard<()>,
    ) -> Result<(), StoreError> {
        self.inner.sandbox_clock.set(Some(leap.to));
        let arrived = self.stop_by_stop(leap, organisation).await;
        self.inner.sandbox_clock.set(None);
        drop(turn);
        if let Err(error) = &arrived {
            tracing::warn!(%error, "the clock of the sandbox stopped on its way");
        }
        arrived
    }

    async fn stop_by_stop(&self, leap: ClockMove, organisation: OrganisationId) -> Result<(), StoreError> {
        loop {
            self.catch_up().await?;
            let next = NextStop { leap, organisation };
            if !self.store().run(Context::Service, next).await? {
                return Ok(());
            }
        }
    }

    /// Works off everything that is due, as the drivers do when their time comes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        loop {
            let done = usize::from(self.work_batch_once().await?)
                + self.match_once().await?
                + self.ask_advice_once().await?
                + usize::from(self.merge_subjects_once().await?)
                + self.settle_soft_matches_once().await?
                + usize::from(self.destroy_ended_epoch_once().await?)
                + self.step_disclosures_once().await?
                + self.retire_once().await?
                + self.follow_up_once().await?
                + self.note_unread_once().await?;
            if done == 0 {
                break;
            }
        }
        while self.sequence_once().await?.is_some() {}
        while self.count_once().await? > 0 {}
        while self.publish_once().await? {}
        Ok(())
    }

    /// Decides as whoever got a letter could in the portal.
    ///
    /// # Errors
    /// [`DecideAsFamilyRefusal`].
    pub async fn decide_as_family(
        &self,
        caller: &Caller,
        once: Once,
        body: FamilyDecisionSubmission,
    ) -> Result<Answer, Failure<DecideAsFamilyRefusal>> {
        let deciding = match self.was_answered(caller, &once).await? {
            true => None,
            false => Some(self.with_letter(caller, &body).await?),
        };
        let act = DecideAsFamily {
            casework: self.clone(),
            deciding,
            decision: body.decision,
        };
        let answer = self.matcher_act(caller, once, act).await?;
        self.inner.wake.matcher.notify_one();
        Ok(answer)
    }

    /// Decides with the letter in hand. Its code is not spent by it, so that the page can still be opened.
    async fn with_letter(
        &self,
        caller: &Caller,
        body: &FamilyDecisionSubmission,
    ) -> Result<Deciding, Failure<DecideAsFamilyRefusal>> {
        let decision = consent_words::decision(body.decision);
        self.deciding_at_desk(caller, body.code.expose(), decision, How::LETTER, Language::Nl)
            .await
            .map_err(|failure| match failure {
                FamilyFailure::TooLate => DecideAsFamilyRefusal::TooLate.into(),
                FamilyFailure::Store(error) => error.into(),
                FamilyFailure::Closed | FamilyFailure::NotIn(_) | FamilyFailure::NotEntitled => {
                    DecideAsFamilyRefusal::CodeOpensNothing.into()
                }
            })
    }
}

struct ReadClock;

impl Work for ReadClock {
    const NAME: &'static str = "read_sandbox_clock";
    type Role = Matcher;
    type Output = Timestamp;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Timestamp, StoreError> {
        Ok(tx.now())
    }
}

struct AdvanceClock {
    caller: Caller,
    advance: Advance,
}

impl AdvanceClock {
    const fn refused(&self, refusal: ClockRefusal) -> AdvanceClockRefusal {
        let member = match self.advance {
            Advance::By(_) => "/advance",
            Advance::To(_) => "/to",
        };
        AdvanceClockRefusal::Clock(refusal, member)
    }
}

impl MatcherAct for AdvanceClock {
    const NAME: &'static str = "advance_sandbox_clock";
    type Refusal = AdvanceClockRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<AdvanceClockRefusal>> {
        let held = tx.hold_clock().await?.ok_or(AdvanceClockRefusal::NoSandbox)?;
        let covenants = Covenants::read(tx).await?;
        let zone = covenants.of(self.caller.covenant)?.time_zone();
        let to = rule::target(held.now, &self.advance, zone).map_err(|refusal| self.refused(refusal))?;
        let first = rule::stops(held.now, to).first().copied().unwrap_or(to);
        let event = Event::SandboxClockAdvanced {
            network: held.network_tag,
            organisation: self.caller.organisation_id.0,
            to: first,
        };
        tx.move_clock(first, &event).await?;
        let body = ClockMove { from: held.now, to };
        Ok(StoredAnswer {
            leaves: tx.recorded(),
            ..act::answer(201, Some("/v1/sandbox/clock".to_owned()), &body)
        })
    }
}

/// Moves the clock to the next stop of a leap; false when it is there.
struct NextStop {
    leap: ClockMove,
    organisation: OrganisationId,
}

impl Work for NextStop {
    const NAME: &'static str = "next_stop_of_clock";
    type Role = Matcher;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<bool, StoreError> {
        let Some(held) = tx.hold_clock().await? else {
            return Ok(false);
        };
        let stops = rule::stops(self.leap.from, self.leap.to);
        let Some(next) = stops.into_iter().find(|stop| *stop > held.now) else {
            return Ok(false);
        };
        let event = Event::SandboxClockAdvanced {
            network: held.network_tag,
            organisation: self.organisation.0,
            to: next,
        };
        tx.move_clock(next, &event).await?;
        Ok(true)
    }
}

struct DecideAsFamily {
    casework: Casework,
    /// None where an answer was found.
    deciding: Option<Deciding>,
    decision: AttestedDecision,
}

impl MatcherAct for DecideAsFamily {
    const NAME: &'static str = "decide_as_family";
    type Refusal = DecideAsFamilyRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<DecideAsFamilyRefusal>> {
        // The answer that was found is gone meanwhile, or not yet there: the same request again is right.
        let deciding = self.deciding.as_ref().ok_or(Failure::KeyInProgress)?;
        match decide(&self.casework, tx, deciding).await {
            Ok(Outcome::Done | Outcome::SignalGone) => {}
            Ok(Outcome::AskedAnew) | Err(CannotDecide::TooLate) => {
                return Err(DecideAsFamilyRefusal::TooLate.into());
            }
            Err(CannotDecide::Gone) => return Err(DecideAsFamilyRefusal::CodeOpensNothing.into()),
            Err(CannotDecide::Store(error)) => return Err(error.into()),
        }
        let body = FamilyDecision {
            decision: self.decision,
            decided_at: tx.now(),
        };
        Ok(act::answer(201, None, &body))
    }
}
