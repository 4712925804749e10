//! An organisation ends its signal before its planned end: because the involvement is over, because it should not have been
//! given, or because the child has died.

use domain::signal::{EndReason as Reason, Ending as Rule, SignalState};
use protocol::Refused;
use protocol::id::Id;
use protocol::problem::ProblemType;
use protocol::signal::{EndReason, Ending, EndingSubmission};
use store::{Matcher, StoredAnswer, Tx};

use crate::act::{self, Answer, Failure, MatcherAct, Once, Refusable, plainly};
use crate::signal_life::{end_signals, lock_signals};
use crate::{Caller, Casework};

/// Why a signal cannot be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndSignalRefusal {
    /// It does not exist, or not for this organisation.
    #[error("no such signal")]
    NoSuchSignal,
    /// It counts no longer.
    #[error("the signal is over")]
    Over,
}

impl Refusable for EndSignalRefusal {
    fn refused(&self) -> Refused {
        plainly(match self {
            Self::NoSuchSignal => ProblemType::NotFound,
            Self::Over => ProblemType::SignalOver,
        })
    }
}

impl Casework {
    /// Ends a signal of the caller's organisation.
    ///
    /// # Errors
    /// [`EndSignalRefusal`].
    pub async fn end_signal(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: EndingSubmission,
    ) -> Result<Answer, Failure<EndSignalRefusal>> {
        let act = EndSignal {
            caller: caller.clone(),
            id,
            reason: body.reason,
        };
        self.matcher_act(caller, once, act).await
    }
}

struct EndSignal {
    caller: Caller,
    id: Id,
    reason: EndReason,
}

impl MatcherAct for EndSignal {
    const NAME: &'static str = "end_signal";
    type Refusal = EndSignalRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<EndSignalRefusal>> {
        let keys = lock_signals(tx, &[tx.ids().parse_signal(self.id.0)]).await?;
        let subjects: Vec<i64> = keys.iter().map(|key| key.subject).collect();
        let signals = tx.signals_of(&subjects).await?;
        let signal = signals
            .iter()
            .find(|signal| keys.contains(&signal.key) && signal.organisation == self.caller.organisation)
            .ok_or(EndSignalRefusal::NoSuchSignal)?;
        let stands = signal
            .life
            .at(tx.now())
            .ok_or(EndSignalRefusal::NoSuchSignal)?
            .state();
        let ending = rule(self.reason).ending();
        if ending == Rule::Resolved && !stands.is_living() {
            return Err(EndSignalRefusal::Over.into());
        }
        end_signals(tx, &[(signal.key, ending)]).await?;
        let body = Ending {
            signal: self.id,
            reason: self.reason,
            ended_at: tx.now(),
            destroyed: ending != Rule::Resolved || stands == SignalState::Sleeping,
        };
        Ok(StoredAnswer {
            leaves: tx.recorded_about(signal.log_tag),
            ..act::answer(201, None, &body)
        })
    }
}

fn rule(reason: EndReason) -> Reason {
    match reason {
        EndReason::Resolved => Reason::Resolved,
        EndReason::Unjustified => Reason::Unjustified,
        EndReason::Deceased => Reason::Deceased,
    }
}
