//! How many signals organisations give in an hour of the clock, and the alarm when it is too many.

use domain::event::Event;
use domain::key::OrganisationKey;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{RowExt, Submit, Tx};

statements! {
    Submit HOLD_HOURS = "
        INSERT INTO signals_in_hour AS held (organisation_id, hour, given)
        SELECT o, $2 /* hour */, 0 FROM unnest($1::int[] /* organisations */) AS o ORDER BY o
            ON CONFLICT (organisation_id) DO UPDATE
               SET given = CASE WHEN held.hour = excluded.hour THEN held.given ELSE 0 END, hour = excluded.hour
        RETURNING organisation_id, given";
    Submit COUNT_GIVEN = "
        UPDATE signals_in_hour h SET given = h.given + n.more
          FROM unnest($1::int[] /* organisations */, $2::int[] /* how many more */) AS n(organisation_id, more)
         WHERE h.organisation_id = n.organisation_id";
    Submit RAISE_ALERTS = "
        INSERT INTO alert (network_id, kind, organisation_id, hour, raised_at)
        SELECT $1 /* network */, 'signals-per-hour', o, $3 /* hour */, $4 /* now */
          FROM unnest($2::int[] /* organisations */) AS o ORDER BY o
            ON CONFLICT DO NOTHING
        RETURNING organisation_id";
}

impl Tx<'_, Submit> {
    /// How many signals these organisations gave in the hour that began then, and holds these numbers: another
    /// transaction of theirs waits. Each organisation is named once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold_hours(
        &self,
        organisations: &[OrganisationKey],
        hour: Timestamp,
    ) -> Result<Vec<(OrganisationKey, u32)>, StoreError> {
        let organisations: Vec<i32> = organisations.iter().map(|key| key.0).collect();
        let rows = self.rows(&HOLD_HOURS, &[&organisations, &hour]).await?;
        rows.iter()
            .map(|row| {
                let given: i32 = row.value("given")?;
                Ok((
                    OrganisationKey(row.value("organisation_id")?),
                    given.unsigned_abs(),
                ))
            })
            .collect()
    }

    /// Adds what was given to the hours that are held.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_given(&self, given: &[(OrganisationKey, u32)]) -> Result<(), StoreError> {
        let organisations: Vec<i32> = given.iter().map(|(key, _)| key.0).collect();
        let more: Vec<i32> = given.iter().map(|(_, more)| more.cast_signed()).collect();
        self.change_exactly(&COUNT_GIVEN, given.len(), &[&organisations, &more])
            .await
    }

    /// Raises the alarm about these organisations, where it was not raised in that hour before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn raise_alerts(
        &self,
        organisations: &[OrganisationKey],
        hour: Timestamp,
        event: impl Fn(OrganisationKey) -> Option<Event>,
    ) -> Result<(), StoreError> {
        let organisations: Vec<i32> = organisations.iter().map(|key| key.0).collect();
        let network = self.store().network().0;
        let rows = self
            .rows(&RAISE_ALERTS, &[&network, &organisations, &hour, &self.now()])
            .await?;
        let mut events = Vec::new();
        for row in &rows {
            let organisation = OrganisationKey(row.value("organisation_id")?);
            events.push(event(organisation).ok_or(StoreError::Column {
                column: "organisation_id",
            })?);
        }
        self.record(&events).await?;
        Ok(())
    }
}
