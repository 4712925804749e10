//! A party says that it made contact with the others.

use domain::event::Event;
use domain::match_case::CannotConfirm;
use protocol::Refused;
use protocol::id::Id;
use protocol::match_case::ContactConfirmation;
use protocol::problem::ProblemType;
use store::{Party, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Once, Refusable, plainly};
use crate::match_view::{Facts, Hold, wire_state};
use crate::{Caller, Casework};

/// Why contact cannot be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct ConfirmContactRefusal(#[from] CannotConfirm);

impl Refusable for ConfirmContactRefusal {
    fn refused(&self) -> Refused {
        plainly(match self.0 {
            CannotConfirm::NoSuchMatch => ProblemType::NotFound,
            CannotConfirm::Closed => ProblemType::MatchClosed,
        })
    }
}

impl Casework {
    /// Notes that the caller's organisation made contact: 201 the first time, 200 when it had said so before.
    ///
    /// # Errors
    /// [`ConfirmContactRefusal`].
    pub async fn confirm_contact(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
    ) -> Result<Answer, Failure<ConfirmContactRefusal>> {
        self.act(
            caller,
            once,
            ConfirmContact {
                caller: caller.clone(),
                id,
            },
        )
        .await
    }
}

struct ConfirmContact {
    caller: Caller,
    id: Id,
}

impl Act for ConfirmContact {
    const NAME: &'static str = "confirm_contact";
    type Refusal = ConfirmContactRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<ConfirmContactRefusal>> {
        let key = tx.ids().parse_match_case(self.id.0);
        let refuse = |refusal| Failure::Refused(ConfirmContactRefusal(refusal));
        let facts = Facts::read(tx, key, Hold::Match)
            .await?
            .ok_or(refuse(CannotConfirm::NoSuchMatch))?;
        let terms = facts.terms()?;
        let case = facts.case(&terms);
        let before = case.now(tx.now());
        let after = case
            .confirm_contact(self.caller.organisation, tx.now())
            .map_err(refuse)?;
        let answer = |status, confirmed_at| {
            let body = ContactConfirmation {
                match_state: wire_state(after.state()),
                confirmed_at,
            };
            act::answer(status, None, &body)
        };
        if let Some(confirmed_at) = facts.contact_confirmed_at(self.caller.organisation) {
            return Ok(answer(200, confirmed_at));
        }
        let event = Event::MatchContactConfirmed {
            match_case: facts.row.log_tag,
            organisation: self.caller.organisation_id.0,
            from: before.state(),
            to: after.state(),
        };
        tx.confirm_contact(key, after.state().slug(), &event).await?;
        Ok(answer(201, tx.now()))
    }
}
