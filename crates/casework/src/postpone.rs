//! Telling the family is postponed: one person proposes it, a second decides.

use domain::calendar;
use domain::disclosure::{Decision, Proposal, Reason};
use domain::event::Event;
use protocol::disclosure::{
    Postponement, PostponementDecisionSubmission, PostponementState, PostponementSubmission,
};
use protocol::id::Id;
use store::{Matcher, NewPostponement, StoreError, StoredAnswer, Tx};

use crate::act::{self, Answer, Failure, MatcherAct, Once};
use crate::disclosure::{self, DisclosureRefusal, Held, seal_reference};
use crate::{Caller, Casework};

impl Casework {
    /// Proposes to tell the family later. The signal is hidden from it at once, within the time there is anyway.
    ///
    /// # Errors
    /// [`DisclosureRefusal`].
    pub async fn propose_postponement(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: PostponementSubmission,
    ) -> Result<Answer, Failure<DisclosureRefusal>> {
        let act = Propose {
            caller: caller.clone(),
            id,
            body,
        };
        self.matcher_act(caller, once, act).await
    }

    /// A second person decides what was proposed.
    ///
    /// # Errors
    /// [`DisclosureRefusal`].
    pub async fn decide_postponement(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: PostponementDecisionSubmission,
    ) -> Result<Answer, Failure<DisclosureRefusal>> {
        let act = Decide {
            caller: caller.clone(),
            id,
            body,
        };
        let answer = self.matcher_act(caller, once, act).await?;
        self.inner.wake.matcher.notify_one();
        Ok(answer)
    }
}

struct Propose {
    caller: Caller,
    id: Id,
    body: PostponementSubmission,
}

impl MatcherAct for Propose {
    const NAME: &'static str = "propose_postponement";
    type Refusal = DisclosureRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<DisclosureRefusal>> {
        let held = Held::hold(tx, &self.caller, self.id).await??;
        let proposal = Proposal {
            by: self.body.by.as_str().to_owned(),
            review_on: self.body.review_on,
        };
        let proposed = held
            .duty
            .propose(proposal, &held.zone, tx.now())
            .map_err(DisclosureRefusal::from)?;
        let (times, _) = held.times(&proposed, tx.now());
        let event = Event::DisclosurePostponementProposed {
            signal: held.signal.log_tag,
            organisation: self.caller.organisation_id.0,
            from: held.stands(tx.now()).state(),
            until: times.hidden_until.unwrap_or(held.duty.deadline),
            reason: Reason::from_slug(self.body.reason.as_str())
                .map_err(|_| StoreError::Column { column: "reason" })?,
            review_on: self.body.review_on,
            client: self.caller.client.as_str().to_owned(),
            by: self.body.by.as_str().to_owned(),
        };
        let by = seal_reference(tx.store(), self.caller.organisation, &self.body.by);
        let new = NewPostponement {
            reason: self.body.reason.as_str(),
            review_on: self.body.review_on,
            deadline: held.duty.deadline,
            proposed_by: &by,
        };
        tx.propose_postponement(&held.signal, &new, &times, &event)
            .await?;
        let body = Postponement {
            state: PostponementState::Proposed,
            reason: self.body.reason,
            review_on: self.body.review_on,
            proposed_by: Some(self.body.by.clone()),
            proposed_at: tx.now(),
            decided_by: None,
            decided_at: None,
        };
        Ok(StoredAnswer {
            leaves: tx.recorded_about(held.signal.log_tag),
            ..act::answer(201, None, &body)
        })
    }
}

struct Decide {
    caller: Caller,
    id: Id,
    body: PostponementDecisionSubmission,
}

impl MatcherAct for Decide {
    const NAME: &'static str = "decide_postponement";
    type Refusal = DisclosureRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<DisclosureRefusal>> {
        let held = Held::hold(tx, &self.caller, self.id).await??;
        let decision = Decision::from_slug(self.body.decision.as_str())
            .map_err(|_| StoreError::Column { column: "decision" })?;
        let decided = held
            .duty
            .decide(decision, self.body.by.as_str(), &held.zone, tx.now())
            .map_err(DisclosureRefusal::from)?;
        let waiting = held
            .signal
            .duty
            .waiting
            .as_ref()
            .ok_or(StoreError::Column { column: "waiting_id" })?;
        let (signal, organisation) = (held.signal.log_tag, self.caller.organisation_id.0);
        let from = held.stands(tx.now()).state();
        let client = self.caller.client.as_str().to_owned();
        let by = self.body.by.as_str().to_owned();
        let event = match decision {
            Decision::Approved => Event::DisclosurePostponed {
                signal,
                organisation,
                from,
                until: calendar::end_of_day(waiting.review_on, &held.zone),
                client,
                by,
            },
            Decision::Rejected => Event::DisclosurePostponementRejected {
                signal,
                organisation,
                from,
                to: decided.at(&held.zone, tx.now()).state(),
                client,
                by,
            },
        };
        let (times, follows) = held.times(&decided, tx.now());
        let sealed = seal_reference(tx.store(), self.caller.organisation, &self.body.by);
        let events: Vec<Event> = std::iter::once(event).chain(follows).collect();
        let row = tx
            .decide_postponement(&held.signal, waiting, decision.slug(), &sealed, &times, &events)
            .await?;
        let body = disclosure::postponement(tx.store(), self.caller.organisation, &row)?;
        Ok(StoredAnswer {
            leaves: tx.recorded_about(held.signal.log_tag),
            ..act::answer(201, None, &body)
        })
    }
}
