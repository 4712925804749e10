//! A supervisor reads what it is to know at once.

use domain::guardrail::AlertKind as Kind;
use protocol::OrganisationId;
use protocol::alert::{Alert, AlertKind};
use protocol::id::Id;
use protocol::page::{Page, PageQuery};
use store::{Party, StoreError, Tx};

use crate::act::{Failure, Look};
use crate::list::{self, ListRefusal};
use crate::{Caller, Casework};

impl Casework {
    /// The alerts of the network, newest first. Only a supervisor sees any.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_alerts(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<Alert>, Failure<ListRefusal>> {
        self.look(caller, ListAlerts(query)).await
    }
}

struct ListAlerts(PageQuery);

impl Look for ListAlerts {
    const NAME: &'static str = "list_alerts";
    type Output = Page<Alert>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<Alert>, Failure<ListRefusal>> {
        let place = list::place(&self.0, tx.ids(), i64::MAX)?;
        let mut alerts = Vec::new();
        for row in tx.alerts(place.row, place.limit).await? {
            let kind = match Kind::from_slug(&row.kind) {
                Ok(Kind::SignalsPerHour) => AlertKind::SignalsPerHour,
                Err(_) => return Err(StoreError::Column { column: "kind" }.into()),
            };
            let alert = Alert {
                // An alert has no address of its own; what names it is where the list goes on behind it.
                id: Id(tx.ids().cursor(row.id)),
                kind,
                organisation: OrganisationId(row.organisation),
                organisation_name: row.organisation_name,
                hour: row.hour,
                raised_at: row.raised_at,
            };
            alerts.push((row.id, alert));
        }
        Ok(list::page(
            alerts,
            &self.0,
            tx.ids(),
            |(row, _)| *row,
            |(_, alert)| alert,
        ))
    }
}
