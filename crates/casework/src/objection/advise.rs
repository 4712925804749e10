//! The reporting organisation advises on an objection to its signal. It learns nothing of who objected.

use domain::event::Event;
use domain::objection::{Advice, NotPossible, ObjectionState};
use protocol::Refused;
use protocol::id::Id;
use protocol::objection as wire;
use protocol::page::{Page, PageQuery};
use protocol::problem::ProblemType;
use store::{AdviceRow, Party, StoreError, StoredAnswer, Tx};

use super::facts;
use crate::act::{self, Act, Answer, Failure, Look, Once, Refusable, plainly};
use crate::list::{List, ListRefusal};
use crate::{Caller, Casework};

/// Why advice is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdviseObjectionRefusal {
    /// There is no such objection to a signal of the caller.
    #[error("no advice is asked of this caller")]
    NotFound,
    /// The objection was decided, taken back, or advised on.
    #[error(transparent)]
    NotPossible(#[from] NotPossible),
}

impl Refusable for AdviseObjectionRefusal {
    fn refused(&self) -> Refused {
        plainly(match self {
            Self::NotFound => ProblemType::NotFound,
            Self::NotPossible(_) => ProblemType::ObjectionClosed,
        })
    }
}

impl Casework {
    /// The advices asked of the caller's organisation, newest first.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_objection_advices(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<wire::ObjectionAdvice>, Failure<ListRefusal>> {
        self.look(caller, ListAdvices { query }).await
    }

    /// Advises on an objection.
    ///
    /// # Errors
    /// [`AdviseObjectionRefusal`].
    pub async fn advise_objection(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: wire::ObjectionAdviceSubmission,
    ) -> Result<Answer, Failure<AdviseObjectionRefusal>> {
        let act = Advise {
            caller: caller.clone(),
            id,
            advice: facts::advice_of(body.advice),
        };
        self.act(caller, once, act).await
    }
}

struct Advise {
    caller: Caller,
    id: Id,
    advice: Advice,
}

impl Act for Advise {
    const NAME: &'static str = "advise_objection";
    type Refusal = AdviseObjectionRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<AdviseObjectionRefusal>> {
        let key = tx.ids().parse_objection(self.id.0);
        let found = tx.advice_for_update(key).await?;
        let asked = found.ok_or(AdviseObjectionRefusal::NotFound)?;
        if state(&asked)? != ObjectionState::Open {
            return Err(AdviseObjectionRefusal::from(NotPossible::NotOpen).into());
        }
        if asked.advice.is_some() {
            return Err(AdviseObjectionRefusal::from(NotPossible::Advised).into());
        }
        let event = Event::ObjectionAdvised {
            objection: asked.log_tag,
            organisation: self.caller.organisation_id.0,
            advice: self.advice,
        };
        tx.advise(key, self.advice.slug(), &event).await?;
        let advised = AdviceRow {
            advice: Some(self.advice.slug().to_owned()),
            advised_at: Some(tx.now()),
            ..asked
        };
        Ok(act::answer(201, None, &to_wire(tx, &advised)?))
    }
}

struct ListAdvices {
    query: PageQuery,
}

impl Look for ListAdvices {
    const NAME: &'static str = "list_objection_advices";
    type Output = Page<wire::ObjectionAdvice>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<wire::ObjectionAdvice>, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.query, i64::MAX)?;
        let rows = tx.advices(place.row, place.limit).await?;
        Ok(list.try_page(
            rows,
            &self.query,
            |row| row.objection.row,
            |row| to_wire(tx, &row),
        )?)
    }
}

fn state(row: &AdviceRow) -> Result<ObjectionState, StoreError> {
    ObjectionState::from_slug(&row.state).map_err(|_| StoreError::Column { column: "state" })
}

fn to_wire(tx: &Tx<'_, Party>, row: &AdviceRow) -> Result<wire::ObjectionAdvice, StoreError> {
    let advice = row.advice.as_deref().map(Advice::from_slug).transpose();
    let advice = advice.map_err(|_| StoreError::Column { column: "advice" })?;
    let state = state(row)?;
    Ok(wire::ObjectionAdvice {
        objection: Id(tx.ids().objection(row.objection)),
        signal: row.signal.map(|signal| Id(tx.ids().signal(signal))),
        asked_at: row.asked_at,
        due: row.due_at,
        late: state == ObjectionState::Open && advice.is_none() && row.due_at <= tx.now(),
        advice: advice.map(facts::wire_advice),
        advised_at: row.advised_at,
        state: facts::wire_state(state),
    })
}
