//! A supervisor reads what it is to know at once.

use domain::batch::BatchState;
use domain::guardrail::AlertKind as Kind;
use protocol::OrganisationId;
use protocol::alert::{Alert, AlertKind, HeldLines};
use protocol::id::Id;
use protocol::page::{Page, PageQuery};
use store::{Party, StoreError, Tx};

use crate::act::{Failure, Look};
use crate::list::{List, ListRefusal};
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
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.0, i64::MAX)?;
        let mut alerts = Vec::new();
        for row in tx.alerts(place.row, place.limit).await? {
            let kind = match Kind::from_slug(&row.kind) {
                Ok(Kind::SignalsPerHour) => AlertKind::SignalsPerHour,
                Ok(Kind::BatchHeld) => AlertKind::BatchHeld,
                Err(_) => return Err(StoreError::Column { column: "kind" }.into()),
            };
            let alert = Alert {
                id: Id(tx.ids().alert(row.id)),
                kind,
                organisation: OrganisationId(row.organisation),
                organisation_name: row.organisation_name,
                hour: row.hour,
                raised_at: row.raised_at,
                held: row.batch.and_then(|(batch, lines)| {
                    (batch.at(tx.now()) == Some(BatchState::Held)).then_some(HeldLines {
                        lines,
                        until: batch.until,
                    })
                }),
            };
            alerts.push((row.id, alert));
        }
        Ok(list.page(alerts, &self.0, |(row, _)| *row, |(_, alert)| alert))
    }
}
