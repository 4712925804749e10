//! The municipality that answers for a match hands it over to another, because the child moved there. The tasks of its
//! follow-up officer go with it.

use domain::event::Event;
use domain::match_case::{CannotRelocate, MatchState, Responsibility};
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::id::Id;
use protocol::match_case::{Relocation, RelocationSubmission};
use protocol::problem::ProblemType;
use store::{Matcher, StoreError, StoredAnswer, Tx};

use crate::act::{self, Answer, Failure, MatcherAct, Once, Refusable, plainly};
use crate::{Caller, Casework};

/// Why a match cannot be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct RelocateMatchRefusal(#[from] CannotRelocate);

impl Refusable for RelocateMatchRefusal {
    fn refused(&self) -> Refused {
        match self.0 {
            CannotRelocate::NoSuchMatch => plainly(ProblemType::NotFound),
            CannotRelocate::Closed => plainly(ProblemType::MatchClosed),
            CannotRelocate::Itself | CannotRelocate::NotAMunicipality => Refused {
                problem: ProblemType::InvalidRequest,
                errors: vec![FieldError::new("/municipality", FieldErrorCode::NotAllowed)],
            },
        }
    }
}

impl Casework {
    /// Hands a match over that the caller's municipality answers for.
    ///
    /// # Errors
    /// [`RelocateMatchRefusal`].
    pub async fn relocate_match(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: RelocationSubmission,
    ) -> Result<Answer, Failure<RelocateMatchRefusal>> {
        let act = RelocateMatch {
            caller: caller.clone(),
            id,
            body,
        };
        self.matcher_act(caller, once, act).await
    }
}

struct RelocateMatch {
    caller: Caller,
    id: Id,
    body: RelocationSubmission,
}

/// A municipality is no party, so row-level security cannot speak for it: the rule compares who answers for the match
/// with the caller, before anything else.
impl MatcherAct for RelocateMatch {
    const NAME: &'static str = "relocate_match";
    type Refusal = RelocateMatchRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<RelocateMatchRefusal>> {
        let refuse = |refusal| Failure::Refused(RelocateMatchRefusal(refusal));
        let no_such_match = || refuse(CannotRelocate::NoSuchMatch);
        let key = tx.ids().parse_match_case(self.id.0);
        let row = tx
            .responsibility_for_update(key)
            .await?
            .ok_or_else(no_such_match)?;
        let (municipality, visible_at) = row.municipality.zip(row.visible_at).ok_or_else(no_such_match)?;
        let responsibility = Responsibility {
            municipality,
            state: MatchState::from_slug(&row.state).map_err(|_| StoreError::Column { column: "state" })?,
            visible_at,
        };
        let to = tx.municipality(self.body.municipality.0).await?;
        responsibility
            .relocate(self.caller.organisation, to.as_ref().map(|to| to.key), tx.now())
            .map_err(refuse)?;
        let to = to.ok_or_else(|| refuse(CannotRelocate::NotAMunicipality))?;
        let event = Event::MatchRelocated {
            match_case: row.log_tag,
            organisation: self.caller.organisation_id.0,
            municipality: self.body.municipality.0,
        };
        tx.relocate_match(key, &to, &event).await?;
        let body = Relocation {
            municipality: self.body.municipality,
            name: to.name,
            relocated_at: tx.now(),
        };
        Ok(act::answer(201, None, &body))
    }
}
