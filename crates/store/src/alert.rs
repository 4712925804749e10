//! What supervisors are to know at once.

use domain::batch::{Batch, BatchState};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    Party ALERTS = "
        SELECT a.id, a.kind, a.hour, a.raised_at, o.public_id, o.name, b.state, b.until, b.held
          FROM alert a JOIN organisation o ON o.id = a.organisation_id
          LEFT JOIN batch b ON b.alert_id = a.id
         WHERE a.network_id = $1 /* network */ AND a.id < $2 /* before */
         ORDER BY a.id DESC LIMIT $3 /* limit */";
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    /// Its number.
    pub id: i64,
    /// What happened.
    pub kind: String,
    /// In the hour of the clock that began then.
    pub hour: Timestamp,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// Whom it is about.
    pub organisation: [u8; 16],
    /// That organisation's name.
    pub organisation_name: String,
    /// The batch it is about, and how many of its lines are held.
    pub batch: Option<(Batch, u32)>,
}

impl Tx<'_, Party> {
    /// The alerts, newest first, as far as the caller may see them: a supervisor all of them, others none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn alerts(&self, before: i64, limit: i64) -> Result<Vec<AlertRow>, StoreError> {
        let network = self.store().network().0;
        let row = |row: &tokio_postgres::Row| {
            Ok(AlertRow {
                id: row.value("id")?,
                kind: row.value("kind")?,
                hour: row.value("hour")?,
                raised_at: row.value("raised_at")?,
                organisation: row.tag("public_id")?.to_be_bytes(),
                organisation_name: row.value("name")?,
                batch: batch(row)?,
            })
        };
        self.rows(&ALERTS, &[&network, &before, &limit])
            .await?
            .iter()
            .map(row)
            .collect()
    }
}

fn batch(row: &tokio_postgres::Row) -> Result<Option<(Batch, u32)>, StoreError> {
    let Some(state) = row.value::<Option<&str>>("state")? else {
        return Ok(None);
    };
    let written = BatchState::from_slug(state).map_err(|_| StoreError::Column { column: "state" })?;
    let batch = Batch {
        written,
        until: row.value("until")?,
    };
    Ok(Some((batch, row.value::<i32>("held")?.unsigned_abs())))
}
