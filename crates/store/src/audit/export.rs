//! Exports that supervisors asked for.

use domain::event::Event;
use uuid::Uuid;

use super::{ExportRow, Recorded};
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Parameters, Party, RowExt, Tx};

statements! {
    Party INSERT_EXPORT = "
        INSERT INTO audit_export (id, organisation_id, requested_at, event_id, log_tag)
        VALUES ($1 /* row */, current_organisation(), $2 /* now */, $3 /* event */, $4 /* log tag */)";
    Party NEXT_EXPORT_ID = "
        SELECT nextval('audit_export_id') AS id";
    Party EXPORT = "
        SELECT requested_at, event_id, log_tag FROM audit_export WHERE id = $1 /* export */";
}

impl Tx<'_, Party> {
    /// Notes that an export was asked: it will reach up to the first checkpoint that covers its own event.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_export(&self, log_tag: u128, event: &Event) -> Result<ExportRow, StoreError> {
        let event = self.record_one(event).await?;
        let row: i64 = self.one(&NEXT_EXPORT_ID, &[]).await?.value("id")?;
        let parameters: Parameters<'_> = &[
            &row,
            &self.now(),
            &Uuid::from_u128(event.event_id),
            &Uuid::from_u128(log_tag),
        ];
        self.change_exactly(&INSERT_EXPORT, 1, parameters).await?;
        Ok(ExportRow {
            row,
            requested_at: self.now(),
            event,
            log_tag,
        })
    }

    /// An export that this organisation asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn export(&self, row: i64) -> Result<Option<ExportRow>, StoreError> {
        let Some(found) = self.optional(&EXPORT, &[&row]).await? else {
            return Ok(None);
        };
        Ok(Some(ExportRow {
            row,
            requested_at: found.value("requested_at")?,
            event: Recorded {
                event_id: found.tag("event_id")?,
            },
            log_tag: found.tag("log_tag")?,
        }))
    }
}
