//! An organisation looks at its own signals.

use std::collections::BTreeMap;

use domain::event::Event;
use domain::key::{OrganisationKey, SignalKey};
use domain::signal::Signal as Rule;
use domain::signal::SignalState as State;
use jiff::tz::TimeZone;
use protocol::OrganisationId;
use protocol::id::Id;
use protocol::page::{Page, PageQuery};
use protocol::signal::{Signal, SignalState, TokenAssurance};
use protocol::text::YearMonth;
use store::{DutyRow, Party, SignalRow, StoreError, Tx};

use crate::act::{Failure, Look, NotFound};
use crate::covenants::Covenants;
use crate::list::{List, ListRefusal};
use crate::{Caller, Casework, disclosure};

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
        self.look(
            caller,
            ListSignals {
                caller: caller.clone(),
                query,
            },
        )
        .await
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
        let duties = Duties::read(tx, &self.caller, &[&row]).await?;
        let signal = to_wire(tx, &row, &duties)?.ok_or(NotFound)?;
        tx.record_viewing_of_signal(&event).await?;
        Ok(signal)
    }
}

struct ListSignals {
    caller: Caller,
    query: PageQuery,
}

impl Look for ListSignals {
    const NAME: &'static str = "list_signals";
    type Output = Page<Signal>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<Signal>, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.query, i64::MAX)?;
        let rows = tx.own_signals(place.row, place.limit).await?;
        let page = list.page(rows, &self.query, |row| row.key.row, |row| row);
        let duties = Duties::read(tx, &self.caller, &page.items.iter().collect::<Vec<_>>()).await?;
        let items = page.items.iter().map(|row| to_wire(tx, row, &duties));
        Ok(Page {
            // Of which nothing may be left is not shown, also when no driver has run.
            items: items
                .filter_map(Result::transpose)
                .collect::<Result<_, StoreError>>()?,
            next: page.next,
        })
    }
}

/// What stands on record about telling the family, by signal.
struct Duties {
    organisation: OrganisationKey,
    zone: TimeZone,
    rows: BTreeMap<SignalKey, DutyRow>,
}

impl Duties {
    async fn read(tx: &Tx<'_, Party>, caller: &Caller, signals: &[&SignalRow]) -> Result<Self, StoreError> {
        let keys: Vec<SignalKey> = signals.iter().map(|row| row.key).collect();
        let rows = tx.duties_of(&keys).await?;
        let covenants = Covenants::read(tx).await?;
        Ok(Self {
            organisation: caller.organisation,
            zone: covenants.of(caller.covenant)?.time_zone().clone(),
            rows,
        })
    }
}

fn to_wire(tx: &Tx<'_, Party>, row: &SignalRow, duties: &Duties) -> Result<Option<Signal>, StoreError> {
    // Every state acts when one looks, also when no driver has run.
    let Some(stands) = row.life.at(tx.now()) else {
        return Ok(None);
    };
    let disclosure = match duties.rows.get(&row.key) {
        Some(duty) => {
            let (store, facts) = (tx.store(), &row.life.facts);
            disclosure::shown(store, duties.organisation, facts, duty, &duties.zone, tx.now())?
        }
        None => None,
    };
    let ended_at = match stands {
        Rule::Ended { at } | Rule::Expired { at } | Rule::Archived { ended_at: at, .. } => Some(at),
        Rule::Sleeping { .. } | Rule::Active { .. } | Rule::Paused { .. } => None,
    };
    Ok(Some(Signal {
        id: Id(tx.ids().signal(row.key)),
        state: wire_state(stands.state()),
        submitted_at: row.life.facts.submitted_at,
        planned_end: row.life.planned_end,
        destroy_by: YearMonth::of(row.life.destroy_by),
        ended_at,
        given_by: row.delegate.map(OrganisationId),
        disclosure,
        assurance: TokenAssurance {
            suite: row.suite,
            blinded_by_client: row.blinded_by_client,
        },
    }))
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
