//! An organisation looks at its own signals.

use domain::event::Event;
use domain::signal::Signal as Rule;
use domain::signal::SignalState as State;
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
        tx.record_viewing_of_signal(&event).await?;
        Ok(to_wire(tx, &row))
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
        Ok(list::page(
            rows,
            &self.query,
            tx.ids(),
            |row| row.key.row,
            |row| to_wire(tx, &row),
        ))
    }
}

fn to_wire(tx: &Tx<'_, Party>, row: &SignalRow) -> Signal {
    let stored = match row.state.as_str() {
        "expired" => Rule::Expired {
            submitted_at: row.submitted_at,
            expired_at: row.expires_at,
        },
        _ => Rule::Active {
            submitted_at: row.submitted_at,
            expires_at: row.expires_at,
        },
    };
    Signal {
        id: Id(tx.ids().signal(row.key)),
        // Expiry acts when one looks, also when no driver has run.
        state: match stored.at(tx.now()).state() {
            State::Active => SignalState::Active,
            State::Expired => SignalState::Expired,
        },
        submitted_at: row.submitted_at,
        planned_end: row.planned_end,
        destroy_by: YearMonth::of(row.destroy_by),
        assurance: TokenAssurance {
            suite: row.suite,
            blinded_by_client: row.blinded_by_client,
        },
    }
}
