//! The coordinator of an organisation sees of which signals the family is still to be told.

use protocol::disclosure::DisclosureDue;
use protocol::id::Id;
use protocol::page::{Page, PageQuery};
use store::{Party, StoreError, Tx};

use crate::act::{Failure, Look};
use crate::covenants::Covenants;
use crate::list::{List, ListRefusal};
use crate::{Caller, Casework, disclosure, professional};

impl Casework {
    /// Signals of the caller's organisation of which the family is still to be told, in time or not, newest first.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_disclosures_due(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<DisclosureDue>, Failure<ListRefusal>> {
        let look = ListDisclosuresDue {
            caller: caller.clone(),
            query,
        };
        self.look(caller, look).await
    }
}

struct ListDisclosuresDue {
    caller: Caller,
    query: PageQuery,
}

impl Look for ListDisclosuresDue {
    const NAME: &'static str = "list_disclosures_due";
    type Output = Page<DisclosureDue>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<DisclosureDue>, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.query, i64::MAX)?;
        let rows = tx.own_duties(place.row, place.limit).await?;
        let covenants = Covenants::read(tx).await?;
        let zone = covenants.of(self.caller.covenant)?.time_zone();
        let page = list.page(rows, &self.query, |row| row.key.row, |row| row);
        let mut items = Vec::with_capacity(page.items.len());
        for row in page.items {
            let (store, organisation) = (tx.store(), self.caller.organisation);
            let postponement = row
                .postponement
                .as_ref()
                .map(|last| disclosure::postponement(store, organisation, last));
            let shown = disclosure::shown(store, organisation, &row.life.facts, &row.duty, zone, tx.now())?;
            items.push(DisclosureDue {
                signal: Id(tx.ids().signal(row.key)),
                submitted_at: row.life.facts.submitted_at,
                disclosure: shown.ok_or(StoreError::Column {
                    column: "sleeps_until",
                })?,
                professional: professional::open(store, organisation, &row.professional)?,
                postponement: postponement.transpose()?,
            });
        }
        Ok(Page {
            items,
            next: page.next,
        })
    }
}
