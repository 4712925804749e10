//! A coordinator puts another professional in the place of one who leaves, in all their signals at once, with the copies
//! that the other parties of their matches call.

use domain::event::Event;
use protocol::signal::{ProfessionalReference, Reassignment, ReassignmentSubmission};
use store::{Matcher, StoredAnswer, Tx};

use crate::act::{self, Answer, Failure, MatcherAct, NotFound, Once};
use crate::{Caller, Casework, professional};

impl Casework {
    /// Reassigns all living signals of one professional of the caller's organisation. None is no mistake: then none was
    /// left.
    ///
    /// # Errors
    /// None of its own.
    pub async fn reassign_signals(
        &self,
        caller: &Caller,
        once: Once,
        body: ReassignmentSubmission,
    ) -> Result<Answer, Failure<NotFound>> {
        let act = Reassign {
            caller: caller.clone(),
            body,
        };
        self.matcher_act(caller, once, act).await
    }
}

struct Reassign {
    caller: Caller,
    body: ReassignmentSubmission,
}

impl MatcherAct for Reassign {
    const NAME: &'static str = "reassign_signals";
    type Refusal = NotFound;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<NotFound>> {
        let key = |reference: &ProfessionalReference| {
            professional::key(tx.store(), self.caller.organisation_id, reference)
        };
        let (from, to) = (&self.body.from, &self.body.to);
        let contact = professional::seal(tx.store(), self.caller.organisation, to);
        let reassigned = tx
            .reassign(
                self.caller.organisation,
                &key(from),
                &key(&to.reference),
                &contact,
                |signal| Event::SignalReassigned {
                    signal,
                    organisation: self.caller.organisation_id.0,
                    client: self.caller.client.as_str().to_owned(),
                    from_reference: from.as_str().to_owned(),
                    to_reference: to.reference.as_str().to_owned(),
                },
            )
            .await?;
        let body = Reassignment {
            signals: u32::try_from(reassigned).unwrap_or(u32::MAX),
        };
        Ok(StoredAnswer {
            leaves: tx.recorded(),
            ..act::answer(201, None, &body)
        })
    }
}
