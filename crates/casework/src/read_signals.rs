//! An organisation looks at its own signals.

use domain::event::Event;
use domain::signal::Signal as Rule;
use domain::signal::SignalState as State;
use protocol::OrganisationId;
use protocol::id::Id;
use protocol::page::{Page, PageQuery};
use protocol::signal::{Signal, SignalState, TokenAssurance};
use protocol::text::YearMonth;
use store::{Party, SignalRow, Tx};

use crate::act::{Failure, Look, NotFound};
use crate::list::{self, ListRefusal};
use crate::{Caller, Casework};

impl Casework {
    /// One signal of the caller's organisation.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_signal(&self, caller: &Caller, id: Id) -> Result<Signal, Failure<NotFound>> {
        self.look(
            caller,
            ReadSignal {
                caller: caller.clone(),
                id,
            },
        )
        .await
    }

    /// The caller's organisation's signals, newest first.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_signals(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<Signal>, Failure<ListRefusal>> {
        self.look(caller, ListSignals { query }).await
    }
}

struct ReadSignal {
    caller: Caller,
    id: Id,
}

impl Look for ReadSignal {
    const NAME: &'static str = "read_signal";
    type Output = Signal;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Signal, Failure<NotFound>> {
        let row = tx
            .own_signal(tx.ids().parse_signal(self.id.0))
            .await?
            .ok_or(NotFound)?;
        let event = Event::SignalViewed {
            signal: row.log_tag,
            organisation: self.caller.organisation_id.0,
        };
        let signal = to_wire(tx, &row).ok_or(NotFound)?;
        tx.record_viewing_of_signal(&event).await?;
        Ok(signal)
    }
}

struct ListSignals {
    query: PageQuery,
}

impl Look for ListSignals {
    const NAME: &'static str = "list_signals";
    type Output = Page<Signal>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<Signal>, Failure<ListRefusal>> {
        let place = list::place(&self.query, tx.ids(), i64::MAX)?;
        let rows = tx.own_signals(place.row, place.limit).await?;
        let page = list::page(
            rows,
            &self.query,
            tx.ids(),
            |row| row.key.row,
            |row| to_wire(tx, &row),
        );
        Ok(Page {
            // Of which nothing may be left is not shown, also when no driver has run.
            items: page.items.into_iter().flatten().collect(),
            next: page.next,
        })
    }
}

fn to_wire(tx: &Tx<'_, Party>, row: &SignalRow) -> Option<Signal> {
    // Every state acts when one looks, also when no driver has run.
    let stands = row.life.at(tx.now())?;
    let ended_at = match stands {
        Rule::Ended { at } | Rule::Expired { at } | Rule::Archived { ended_at: at, .. } => Some(at),
        Rule::Sleeping { .. } | Rule::Active { .. } | Rule::Paused { .. } => None,
    };
    Some(Signal {
        id: Id(tx.ids().signal(row.key)),
        state: wire_state(stands.state()),
        submitted_at: row.life.facts.submitted_at,
        planned_end: row.life.planned_end,
        destroy_by: YearMonth::of(row.life.destroy_by),
        ended_at,
        given_by: row.delegate.map(OrganisationId),
        assurance: TokenAssurance {
            suite: row.suite,
            blinded_by_client: row.blinded_by_client,
        },
    })
}

/// A state as it is written outside.
pub(crate) fn wire_state(state: State) -> SignalState {
    match state {
        State::Sleeping => SignalState::Sleeping,
        State::Active => SignalState::Active,
        State::Paused => SignalState::Paused,
        State::Ended => SignalState::Ended,
        State::Expired => SignalState::Expired,
        State::Archived => SignalState::Archived,
    }
}
