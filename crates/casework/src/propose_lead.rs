//! A party proposes another as lead of their match.

use domain::event::Event;
use domain::match_case::{CannotPropose, Proposed};
use domain::notice::NoticeKind;
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::id::Id;
use protocol::match_case::{LeadProposal, LeadProposalSubmission};
use protocol::problem::ProblemType;
use store::{Party, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Once, Refusable, plainly};
use crate::match_view::{Facts, Hold};
use crate::{Caller, Casework};

/// Why nobody can be proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct ProposeLeadRefusal(#[from] CannotPropose);

impl Refusable for ProposeLeadRefusal {
    fn refused(&self) -> Refused {
        match self.0 {
            CannotPropose::NoSuchMatch => plainly(ProblemType::NotFound),
            CannotPropose::Closed => plainly(ProblemType::MatchClosed),
            CannotPropose::NotTheLead => plainly(ProblemType::NotTheLead),
            // One answer for a masked party and a stranger: the value cannot stand here.
            CannotPropose::Itself | CannotPropose::NotShown | CannotPropose::SectorMayNot => Refused {
                problem: ProblemType::InvalidRequest,
                errors: vec![FieldError::new("/organisation", FieldErrorCode::NotAllowed)],
            },
        }
    }
}

impl Casework {
    /// Asks a party to coordinate: 201, or 200 when the same was asked before and still waits.
    ///
    /// # Errors
    /// [`ProposeLeadRefusal`].
    pub async fn propose_lead(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: LeadProposalSubmission,
    ) -> Result<Answer, Failure<ProposeLeadRefusal>> {
        let act = ProposeLead {
            caller: caller.clone(),
            id,
            body,
        };
        self.act(caller, once, act).await
    }
}

struct ProposeLead {
    caller: Caller,
    id: Id,
    body: LeadProposalSubmission,
}

impl Act for ProposeLead {
    const NAME: &'static str = "propose_lead";
    type Refusal = ProposeLeadRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<ProposeLeadRefusal>> {
        let refuse = |refusal| Failure::Refused(ProposeLeadRefusal(refusal));
        let key = tx.ids().parse_match_case(self.id.0);
        let facts = Facts::read(tx, key, Hold::Match)
            .await?
            .ok_or(refuse(CannotPropose::NoSuchMatch))?;
        let terms = facts.terms()?;
        let by = self.caller.organisation;
        // Who is no party of this match has no key that a party has.
        let to = facts
            .organisation_by_id(self.body.organisation)
            .map(|row| row.key);
        let proposed = facts
            .case(&terms)
            .propose_lead(by, to, tx.now())
            .map_err(refuse)?;
        let answer = |status, proposed_at| {
            let body = LeadProposal {
                organisation: self.body.organisation,
                proposed_at,
            };
            act::answer(status, None, &body)
        };
        let proposal = match proposed {
            Proposed::Before(proposal) => return Ok(answer(200, proposal.at)),
            Proposed::New(proposal) => proposal,
        };
        let event = Event::MatchLeadProposed {
            match_case: facts.row.log_tag,
            organisation: self.caller.organisation_id.0,
            proposed: self.body.organisation.0,
        };
        tx.propose_lead(key, proposal, &event).await?;
        facts
            .tell(tx, [proposal.organisation], NoticeKind::LeadProposed)
            .await?;
        let mut answer = answer(201, proposal.at);
        answer.leaves = tx.recorded_about(facts.row.log_tag);
        Ok(answer)
    }
}
