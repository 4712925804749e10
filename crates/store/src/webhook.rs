//! Webhooks: the endpoints of organisations, what is to be delivered there, and what came of each attempt.

mod deliver;

use domain::event::Event;
use domain::key::{NoticeKey, OrganisationKey, WebhookEndpointKey};
use domain::webhook::{AttemptOutcome, DeliveryState, DisabledBecause};
use jiff::Timestamp;
use uuid::Uuid;

use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

#[cfg(test)]
pub(crate) use deliver::STATEMENTS as DELIVER_STATEMENTS;
pub use deliver::{
    AttemptRecord, BatchToDispatch, ClaimedDelivery, EndpointToSettle, NewDelivery, NoticeToDispatch,
};

statements! {
    Party COUNT_ENDPOINTS = "
        SELECT count(*) AS endpoints FROM webhook_endpoint WHERE organisation_id = current_organisation()";
    Party LOCK_ENDPOINTS = "
        SELECT pg_advisory_xact_lock(hashtextextended('webhook endpoints ' || current_organisation(), 0))";
    Party INSERT_ENDPOINT = "
        INSERT INTO webhook_endpoint (organisation_id, url, secret, created_at, log_tag)
        VALUES (current_organisation(), $1 /* url */, $2 /* secret */, $3 /* now */, $4 /* log tag */)
        RETURNING id";
    Party ENDPOINTS = "
        SELECT id, organisation_id, url, secret, previous_secret, previous_until, created_at, disabled_at,
               disabled_because, failing_since, log_tag
          FROM webhook_endpoint
         WHERE organisation_id = current_organisation() AND id > $1 /* after */
         ORDER BY id LIMIT $2 /* limit */";
    Party ENDPOINT = "
        SELECT id, organisation_id, url, secret, previous_secret, previous_until, created_at, disabled_at,
               disabled_because, failing_since, log_tag
          FROM webhook_endpoint
         WHERE organisation_id = current_organisation() AND id = $1 /* endpoint */";
    Party ENDPOINT_FOR_UPDATE = "
        SELECT id, organisation_id, url, secret, previous_secret, previous_until, created_at, disabled_at,
               disabled_because, failing_since, log_tag
          FROM webhook_endpoint
         WHERE organisation_id = current_organisation() AND id = $1 /* endpoint */ FOR UPDATE";
    Party ROTATE_SECRET = "
        UPDATE webhook_endpoint SET previous_secret = secret, previous_until = $3 /* until */, secret = $2 /* secret */
         WHERE id = $1 /* endpoint */";
    Party DISABLE_ENDPOINT = "
        UPDATE webhook_endpoint SET disabled_at = $2 /* now */, disabled_because = $3 /* because */
         WHERE id = $1 /* endpoint */ AND disabled_at IS NULL";
    Party DROP_QUEUE = "
        UPDATE webhook_delivery SET state = 'dropped', due_at = NULL, ended_at = $2 /* now */
         WHERE endpoint_id = $1 /* endpoint */ AND state = 'queued'";
    Party ENABLE_ENDPOINT = "
        UPDATE webhook_endpoint SET disabled_at = NULL, disabled_because = NULL, failures = 0, failing_since = NULL,
                                    rests_until = NULL
         WHERE id = $1 /* endpoint */ AND disabled_at IS NOT NULL";
    Party REMOVE_ENDPOINT = "
        DELETE FROM webhook_endpoint WHERE id = $1 /* endpoint */";
    Party ENDPOINT_ATTEMPTS = "
        SELECT a.id, a.number, a.attempted_at, a.outcome, a.status, a.duration_ms, d.message, d.type, d.state, d.due_at
          FROM webhook_attempt a JOIN webhook_delivery d ON d.id = a.delivery_id
         WHERE a.organisation_id = current_organisation() AND a.endpoint_id = $1 /* endpoint */ AND a.id < $2 /* before */
         ORDER BY a.id DESC LIMIT $3 /* limit */";
    // Acknowledged or not: what was not destroyed can be told again. Notices show a quarter of an hour at a time, so many can
    // have come at one instant: those that came with the last are among them, for one goes on from an instant.
    Party OWN_NOTICES_BETWEEN = "
        SELECT n.subject_id, n.id, n.kind, n.visible_at
          FROM notice n
         WHERE n.organisation_id = current_organisation() AND n.visible_at >= $1 /* from */ AND n.visible_at < $2 /* to */
           AND n.visible_at <= $4 /* now */
         ORDER BY n.visible_at FETCH FIRST ($3 /* limit */) ROWS WITH TIES";
    Party OWN_NOTICE_TO_REPLAY = "
        SELECT n.subject_id, n.id, n.kind, n.visible_at
          FROM notice n
         WHERE n.organisation_id = current_organisation() AND n.subject_id = $1 /* subject */ AND n.id = $2 /* row */
           AND n.visible_at <= $3 /* now */";
    // What waits or is there already begins again, under its id and with its bytes.
    Party QUEUE_FOR_ENDPOINT = "
        INSERT INTO webhook_delivery (endpoint_id, organisation_id, subject_id, notice_id, message, type, occurred_at,
                                      path, state, due_at)
        SELECT $1 /* endpoint */, current_organisation(), n.subject_id, n.notice_id, n.message, n.type, n.occurred_at,
               n.path, 'queued', $2 /* now */
          FROM unnest($3::bigint[] /* subjects */, $4::bigint[] /* notices */, $5::text[] /* messages */,
                      $6::text[] /* types */, $7::timestamptz[] /* occurred at */, $8::text[] /* paths */)
               AS n (subject_id, notice_id, message, type, occurred_at, path)
            ON CONFLICT (endpoint_id, message) DO UPDATE
               SET state = 'queued', due_at = excluded.due_at, attempts = 0, ended_at = NULL";
}

/// An endpoint.
#[derive(Clone)]
pub struct EndpointRow {
    /// Its key.
    pub key: WebhookEndpointKey,
    /// Whose it is.
    pub organisation: OrganisationKey,
    /// Its address, encrypted for it.
    pub url: Sealed,
    /// What deliveries are signed with, encrypted for it.
    pub secret: Sealed,
    /// The secret before, and until when it signs too.
    pub previous: Option<(Sealed, Timestamp)>,
    /// When it was added.
    pub created_at: Timestamp,
    /// Since when nothing is sent, and why.
    pub disabled: Option<(Timestamp, DisabledBecause)>,
    /// Since when every attempt failed.
    pub failing_since: Option<Timestamp>,
    /// Its name in the log.
    pub log_tag: u128,
}

/// An attempt, and where its delivery stands now.
pub struct AttemptRow {
    /// Its number among all.
    pub id: i64,
    /// The delivery's `webhook-id`.
    pub message: String,
    /// What it tells.
    pub kind: String,
    /// Which attempt of the delivery it was.
    pub number: u32,
    /// When it ended.
    pub attempted_at: Timestamp,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// The receiver's status.
    pub status: Option<u16>,
    /// How long it took.
    pub duration_ms: u32,
    /// Where the delivery stands.
    pub state: DeliveryState,
    /// When the next attempt is due.
    pub due_at: Option<Timestamp>,
}

/// A notice that can be told again.
pub struct OwnNotice {
    /// Its key.
    pub key: NoticeKey,
    /// What it tells.
    pub kind: String,
    /// Since when the inbox shows it.
    pub visible_at: Timestamp,
}

impl Tx<'_, Party> {
    /// How many endpoints the organisation has; until the transaction ends nobody else who asks adds one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_webhook_endpoints(&self) -> Result<usize, StoreError> {
        self.one(&LOCK_ENDPOINTS, &[]).await?;
        let endpoints: i64 = self.one(&COUNT_ENDPOINTS, &[]).await?.value("endpoints")?;
        Ok(usize::try_from(endpoints).unwrap_or(usize::MAX))
    }

    /// Adds an endpoint of the organisation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_webhook_endpoint(
        &self,
        url: &Sealed,
        secret: &Sealed,
        log_tag: u128,
        event: &Event,
    ) -> Result<WebhookEndpointKey, StoreError> {
        let tag = Uuid::from_u128(log_tag);
        let row = self
            .one(&INSERT_ENDPOINT, &[&url.0, &secret.0, &self.now(), &tag])
            .await?;
        self.record_one(event).await?;
        Ok(WebhookEndpointKey(row.value("id")?))
    }

    /// The organisation's endpoints, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook_endpoints(&self, after: i64, limit: i64) -> Result<Vec<EndpointRow>, StoreError> {
        let rows = self.rows(&ENDPOINTS, &[&after, &limit]).await?;
        rows.iter().map(endpoint_row).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook_endpoint(&self, key: WebhookEndpointKey) -> Result<Option<EndpointRow>, StoreError> {
        let row = self.optional(&ENDPOINT, &[&key.0]).await?;
        row.as_ref().map(endpoint_row).transpose()
    }

    /// One of them, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook_endpoint_for_update(
        &self,
        key: WebhookEndpointKey,
    ) -> Result<Option<EndpointRow>, StoreError> {
        let row = self.optional(&ENDPOINT_FOR_UPDATE, &[&key.0]).await?;
        row.as_ref().map(endpoint_row).transpose()
    }

    /// Gives an endpoint a new secret; until then the one before signs too.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when there is no such endpoint of the organisation.
    pub async fn rotate_webhook_secret(
        &self,
        key: WebhookEndpointKey,
        secret: &Sealed,
        until: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(&ROTATE_SECRET, 1, &[&key.0, &secret.0, &until])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// Sends nothing there any more; what waits is dropped.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when nothing is sent there already; the caller looks first, under its lock.
    pub async fn disable_webhook_endpoint(
        &self,
        key: WebhookEndpointKey,
        event: &Event,
    ) -> Result<(), StoreError> {
        let because = DisabledBecause::Requested.slug();
        self.change_exactly(&DISABLE_ENDPOINT, 1, &[&key.0, &self.now(), &because])
            .await?;
        self.change(&DROP_QUEUE, &[&key.0, &self.now()]).await?;
        self.record_one(event).await.map(drop)
    }

    /// Sends there again what happens from now on.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it is sent there already; the caller looks first, under its lock.
    pub async fn enable_webhook_endpoint(
        &self,
        key: WebhookEndpointKey,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(&ENABLE_ENDPOINT, 1, &[&key.0]).await?;
        self.record_one(event).await.map(drop)
    }

    /// Takes an endpoint away, with everything that waits or was tried there.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when there is no such endpoint of the organisation.
    pub async fn remove_webhook_endpoint(
        &self,
        key: WebhookEndpointKey,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(&REMOVE_ENDPOINT, 1, &[&key.0]).await?;
        self.record_one(event).await.map(drop)
    }

    /// What was tried at an endpoint, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook_attempts(
        &self,
        key: WebhookEndpointKey,
        before: i64,
        limit: i64,
    ) -> Result<Vec<AttemptRow>, StoreError> {
        let rows = self.rows(&ENDPOINT_ATTEMPTS, &[&key.0, &before, &limit]).await?;
        rows.iter().map(attempt_row).collect()
    }

    /// The organisation's notices that came into its inbox in this time, oldest first: so many, and those that came with the
    /// last of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_notices_between(
        &self,
        from: Timestamp,
        to: Timestamp,
        limit: i64,
    ) -> Result<Vec<OwnNotice>, StoreError> {
        let rows = self
            .rows(&OWN_NOTICES_BETWEEN, &[&from, &to, &limit, &self.now()])
            .await?;
        rows.iter().map(own_notice).collect()
    }

    /// One of the organisation's notices.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_notice(&self, key: NoticeKey) -> Result<Option<OwnNotice>, StoreError> {
        let row = self
            .optional(&OWN_NOTICE_TO_REPLAY, &[&key.subject, &key.row, &self.now()])
            .await?;
        row.as_ref().map(own_notice).transpose()
    }

    /// Queues these for an endpoint of the organisation; what is there already begins again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn queue_for_endpoint(
        &self,
        key: WebhookEndpointKey,
        new: &[NewDelivery],
    ) -> Result<(), StoreError> {
        let columns = deliver::Columns::of(new);
        self.change_exactly(
            &QUEUE_FOR_ENDPOINT,
            new.len(),
            &[
                &key.0,
                &self.now(),
                &columns.subjects,
                &columns.notices,
                &columns.messages,
                &columns.kinds,
                &columns.occurred,
                &columns.paths,
            ],
        )
        .await
    }
}

fn endpoint_row(row: &tokio_postgres::Row) -> Result<EndpointRow, StoreError> {
    let previous: Option<Vec<u8>> = row.value("previous_secret")?;
    let until: Option<Timestamp> = row.value("previous_until")?;
    let because: Option<&str> = row.value("disabled_because")?;
    let because = because.map(DisabledBecause::from_slug).transpose();
    let because = because.map_err(|_| StoreError::Column {
        column: "disabled_because",
    })?;
    let disabled_at: Option<Timestamp> = row.value("disabled_at")?;
    Ok(EndpointRow {
        key: WebhookEndpointKey(row.value("id")?),
        organisation: OrganisationKey(row.value("organisation_id")?),
        url: Sealed(row.value("url")?),
        secret: Sealed(row.value("secret")?),
        previous: previous.map(Sealed).zip(until),
        created_at: row.value("created_at")?,
        disabled: disabled_at.zip(because),
        failing_since: row.value("failing_since")?,
        log_tag: row.tag("log_tag")?,
    })
}

fn attempt_row(row: &tokio_postgres::Row) -> Result<AttemptRow, StoreError> {
    let status: Option<i16> = row.value("status")?;
    Ok(AttemptRow {
        id: row.value("id")?,
        message: row.value("message")?,
        kind: row.value("type")?,
        number: row.value::<i32>("number")?.unsigned_abs(),
        attempted_at: row.value("attempted_at")?,
        outcome: AttemptOutcome::from_slug(row.value("outcome")?)
            .map_err(|_| StoreError::Column { column: "outcome" })?,
        status: status.map(i16::unsigned_abs),
        duration_ms: row.value::<i32>("duration_ms")?.unsigned_abs(),
        state: DeliveryState::from_slug(row.value("state")?)
            .map_err(|_| StoreError::Column { column: "state" })?,
        due_at: row.value("due_at")?,
    })
}

fn own_notice(row: &tokio_postgres::Row) -> Result<OwnNotice, StoreError> {
    Ok(OwnNotice {
        key: NoticeKey {
            subject: row.value("subject_id")?,
            row: row.value("id")?,
        },
        kind: row.value("kind")?,
        visible_at: row.value("visible_at")?,
    })
}
