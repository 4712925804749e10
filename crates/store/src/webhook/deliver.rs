//! Handing notices to the endpoints of their readers, and delivering: in sets, and so that two processes do not do the same.

use domain::event::Event;
use domain::key::{BatchKey, NoticeKey, OrganisationKey, WebhookEndpointKey};
use domain::webhook::{AttemptOutcome, DeliveryState, DisabledBecause};
use jiff::Timestamp;
use uuid::Uuid;

use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, RowExt, Tx};

statements! {
    Matcher NOTICES_TO_DISPATCH = "
        SELECT n.subject_id, n.id, n.organisation_id, n.kind, n.visible_at
          FROM notice n
         WHERE n.dispatched_at IS NULL AND n.visible_at <= $1 /* now */
         ORDER BY n.visible_at, n.id LIMIT $2 /* limit */ FOR NO KEY UPDATE SKIP LOCKED";
    Matcher MARK_DISPATCHED = "
        UPDATE notice n SET dispatched_at = $1 /* now */
          FROM unnest($2::bigint[] /* subjects */, $3::bigint[] /* notices */) AS d (subject_id, id)
         WHERE n.subject_id = d.subject_id AND n.id = d.id AND n.dispatched_at IS NULL";
    Matcher BATCHES_TO_DISPATCH = "
        SELECT id, organisation_id, ended_at FROM batch
         WHERE state = 'ended' AND dispatched_at IS NULL
         ORDER BY ended_at LIMIT $1 /* limit */ FOR NO KEY UPDATE SKIP LOCKED";
    Matcher MARK_BATCHES_DISPATCHED = "
        UPDATE batch SET dispatched_at = $1 /* now */ WHERE id = ANY ($2::bigint[] /* batches */) AND dispatched_at IS NULL";
    // Laid once: two processes never hand on the same notice, and a batch has one end. An endpoint hears of what happened
    // since it was added.
    Matcher QUEUE_DELIVERIES = "
        INSERT INTO webhook_delivery (endpoint_id, organisation_id, subject_id, notice_id, message, type, occurred_at,
                                      path, state, due_at)
        SELECT e.id, e.organisation_id, n.subject_id, n.notice_id, n.message, n.type, n.occurred_at, n.path, 'queued',
               $1 /* now */
          FROM unnest($2::int[] /* organisations */, $3::bigint[] /* subjects */, $4::bigint[] /* notices */,
                      $5::text[] /* messages */, $6::text[] /* types */, $7::timestamptz[] /* occurred at */,
                      $8::text[] /* paths */)
               AS n (organisation_id, subject_id, notice_id, message, type, occurred_at, path)
          JOIN webhook_endpoint e ON e.organisation_id = n.organisation_id AND e.disabled_at IS NULL
                                 AND e.created_at <= n.occurred_at
         ORDER BY e.id, n.message
            ON CONFLICT (endpoint_id, message) DO NOTHING";
    // One attempt at a time for each endpoint, and a few for each organisation: receivers that answer, but as slowly as they
    // may, never count as failing, and could take every turn. Who was served longest ago comes first, so that a long queue of
    // one keeps no other waiting. A lease is of the machine's time: it guards against two processes, not against anybody's
    // calendar.
    Matcher LEASE_ENDPOINTS = "
        WITH waiting AS (
            SELECT e.id, row_number() OVER (PARTITION BY e.organisation_id ORDER BY e.leased_until NULLS FIRST, e.id)
                         + (SELECT count(*) FROM webhook_endpoint u
                             WHERE u.organisation_id = e.organisation_id AND (u.failures > 0) = $1 /* failing */
                               AND u.lease IS NOT NULL AND u.leased_until > clock_timestamp()) AS place
              FROM webhook_endpoint e JOIN organisation o ON o.id = e.organisation_id
             WHERE e.disabled_at IS NULL AND o.disabled_at IS NULL AND (e.failures > 0) = $1
               AND (e.leased_until IS NULL OR e.lease IS NULL OR e.leased_until <= clock_timestamp())
               AND (e.rests_until IS NULL OR e.rests_until <= $2 /* now */)
               AND EXISTS (SELECT FROM webhook_delivery d
                            WHERE d.endpoint_id = e.id AND d.state = 'queued' AND d.due_at <= $2)),
        due AS (
            SELECT e.id FROM webhook_endpoint e JOIN waiting w ON w.id = e.id
             WHERE w.place <= $6 /* of one organisation */ AND e.disabled_at IS NULL AND (e.failures > 0) = $1
               AND (e.leased_until IS NULL OR e.lease IS NULL OR e.leased_until <= clock_timestamp())
               AND (e.rests_until IS NULL OR e.rests_until <= $2)
             ORDER BY e.leased_until NULLS FIRST, e.id LIMIT $3 /* limit */ FOR NO KEY UPDATE OF e SKIP LOCKED)
        UPDATE webhook_endpoint e
           SET lease = $5 /* lease */, leased_until = clock_timestamp() + $4 /* seconds */ * interval '1 second'
          FROM due WHERE e.id = due.id
        RETURNING e.id";
    // Entitled at this moment: the endpoint is enabled, the notice is there, and its reader's own. A delivery that went
    // with its notice leaves the lease to run out.
    Matcher DUE_DELIVERIES = "
        SELECT e.id AS endpoint_id, e.url, e.secret, e.log_tag,
               CASE WHEN e.previous_until > $2 /* now */ THEN e.previous_secret END AS previous_secret,
               d.id, d.message, d.type, d.occurred_at, d.path, d.body
          FROM webhook_endpoint e
         CROSS JOIN LATERAL (
               SELECT d.id, d.message, d.type, d.occurred_at, d.path, d.body FROM webhook_delivery d
                WHERE d.endpoint_id = e.id AND d.organisation_id = e.organisation_id AND d.state = 'queued'
                  AND d.due_at <= $2
                  AND (d.notice_id IS NULL
                       OR EXISTS (SELECT FROM notice n
                                   WHERE n.subject_id = d.subject_id AND n.id = d.notice_id
                                     AND n.organisation_id = e.organisation_id AND n.visible_at <= $2))
                ORDER BY d.due_at, d.id LIMIT 1) AS d
         WHERE e.id = ANY ($1::bigint[] /* endpoints */)";
    Matcher KEEP_BODIES = "
        UPDATE webhook_delivery d SET body = b.body
          FROM unnest($1::bigint[] /* deliveries */, $2::text[] /* bodies */) AS b (id, body)
         WHERE d.id = b.id AND d.body IS NULL";
    Matcher ENDPOINT_TO_SETTLE = "
        SELECT e.id, e.failures, e.failing_since, e.disabled_at IS NOT NULL AS disabled, e.log_tag, e.organisation_id,
               o.public_id, e.lease = $2 /* lease */ AS leased
          FROM webhook_endpoint e JOIN organisation o ON o.id = e.organisation_id
         WHERE e.id = $1 /* endpoint */ FOR NO KEY UPDATE OF e";
    Matcher DELIVERY_TO_SETTLE = "
        SELECT state, attempts FROM webhook_delivery WHERE id = $1 /* delivery */ FOR NO KEY UPDATE";
    Matcher INSERT_ATTEMPT = "
        INSERT INTO webhook_attempt (delivery_id, endpoint_id, organisation_id, number, attempted_at, outcome, status,
                                     duration_ms)
        SELECT d.id, d.endpoint_id, d.organisation_id, $2 /* number */, $3 /* now */, $4 /* outcome */, $5 /* status */,
               $6 /* milliseconds */
          FROM webhook_delivery d WHERE d.id = $1 /* delivery */";
    Matcher SETTLE_DELIVERY = "
        UPDATE webhook_delivery
           SET state = $2 /* state */, attempts = $3 /* attempts */, due_at = $4 /* due at */, ended_at = $5 /* ended at */
         WHERE id = $1 /* delivery */ AND state = 'queued'";
    Matcher SETTLE_ENDPOINT = "
        UPDATE webhook_endpoint
           SET failures = $2 /* failures */, failing_since = $3 /* failing since */, rests_until = $4 /* rests until */,
               lease = CASE WHEN lease = $5 /* lease */ THEN NULL ELSE lease END
         WHERE id = $1 /* endpoint */";
    Matcher GIVE_ENDPOINT_UP = "
        UPDATE webhook_endpoint SET disabled_at = $2 /* now */, disabled_because = $3 /* because */
         WHERE id = $1 /* endpoint */ AND disabled_at IS NULL";
    Matcher DROP_QUEUE_OF_ENDPOINT = "
        UPDATE webhook_delivery SET state = 'dropped', due_at = NULL, ended_at = $2 /* now */
         WHERE endpoint_id = $1 /* endpoint */ AND state = 'queued'";
    Matcher FORGET_DELIVERIES = "
        DELETE FROM webhook_delivery d USING (
            SELECT id FROM webhook_delivery WHERE ended_at < $1 /* before */ ORDER BY ended_at LIMIT $2 /* limit */) AS old
         WHERE d.id = old.id";
}

/// A notice that shows and was not handed to the endpoints of its reader.
pub struct NoticeToDispatch {
    /// Its key.
    pub key: NoticeKey,
    /// Whose it is.
    pub organisation: OrganisationKey,
    /// What it tells.
    pub kind: String,
    /// Since when it shows.
    pub visible_at: Timestamp,
}

/// A batch that ended and was not told of.
pub struct BatchToDispatch {
    /// Its key.
    pub key: BatchKey,
    /// Whose it is.
    pub organisation: OrganisationKey,
    /// When it ended.
    pub ended_at: Timestamp,
}

/// Something to be delivered to every endpoint of an organisation, or to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Whom.
    pub organisation: OrganisationKey,
    /// The notice it tells of.
    pub notice: Option<NoticeKey>,
    /// Its `webhook-id`.
    pub message: String,
    /// What it tells.
    pub kind: String,
    /// When that happened.
    pub occurred_at: Timestamp,
    /// Where to look: a path of the API.
    pub path: String,
}

/// A delivery that is to be tried now, and by nobody else.
pub struct ClaimedDelivery {
    /// Where to.
    pub endpoint: WebhookEndpointKey,
    /// That endpoint's name in the log, which its values are sealed for.
    pub log_tag: u128,
    /// Its address, encrypted.
    pub url: Sealed,
    /// Its secret, encrypted.
    pub secret: Sealed,
    /// The secret before, while it signs too.
    pub previous_secret: Option<Sealed>,
    /// Proves that this attempt is the one under way.
    pub lease: Uuid,
    /// The delivery.
    pub delivery: i64,
    /// Its `webhook-id`.
    pub message: String,
    /// What it tells.
    pub kind: String,
    /// When that happened.
    pub occurred_at: Timestamp,
    /// Where to look.
    pub path: String,
    /// The bytes, if there was an attempt before.
    pub body: Option<String>,
}

/// An endpoint at which an attempt has ended, locked.
pub struct EndpointToSettle {
    /// How many attempts in a row failed before this one.
    pub failures: u32,
    /// Since when.
    pub failing_since: Option<Timestamp>,
    /// Whether it was disabled meanwhile.
    pub disabled: bool,
    /// Whether no other attempt has begun meanwhile.
    pub leased: bool,
    /// Its name in the log.
    pub log_tag: u128,
    /// Whose it is.
    pub organisation: OrganisationKey,
    /// That organisation's public id.
    pub organisation_id: [u8; 16],
}

/// What came of an attempt.
pub struct AttemptRecord {
    /// Which one it was.
    pub number: u32,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// The receiver's status.
    pub status: Option<u16>,
    /// How long it took.
    pub duration_ms: u32,
}

/// Deliveries as columns.
pub(super) struct Columns {
    pub(super) organisations: Vec<i32>,
    pub(super) subjects: Vec<Option<i64>>,
    pub(super) notices: Vec<Option<i64>>,
    pub(super) messages: Vec<String>,
    pub(super) kinds: Vec<String>,
    pub(super) occurred: Vec<Timestamp>,
    pub(super) paths: Vec<String>,
}

impl Columns {
    pub(super) fn of(new: &[NewDelivery]) -> Self {
        Self {
            organisations: new.iter().map(|new| new.organisation.0).collect(),
            subjects: new.iter().map(|new| new.notice.map(|key| key.subject)).collect(),
            notices: new.iter().map(|new| new.notice.map(|key| key.row)).collect(),
            messages: new.iter().map(|new| new.message.clone()).collect(),
            kinds: new.iter().map(|new| new.kind.clone()).collect(),
            occurred: new.iter().map(|new| new.occurred_at).collect(),
            paths: new.iter().map(|new| new.path.clone()).collect(),
        }
    }
}

impl Tx<'_, Matcher> {
    /// Notices that show and were not handed on, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notices_to_dispatch(&self, limit: i64) -> Result<Vec<NoticeToDispatch>, StoreError> {
        let rows = self.rows(&NOTICES_TO_DISPATCH, &[&self.now(), &limit]).await?;
        rows.iter()
            .map(|row| {
                Ok(NoticeToDispatch {
                    key: NoticeKey {
                        subject: row.value("subject_id")?,
                        row: row.value("id")?,
                    },
                    organisation: OrganisationKey(row.value("organisation_id")?),
                    kind: row.value("kind")?,
                    visible_at: row.value("visible_at")?,
                })
            })
            .collect()
    }

    /// Notes that these were handed on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_dispatched(&self, notices: &[NoticeToDispatch]) -> Result<(), StoreError> {
        let subjects: Vec<i64> = notices.iter().map(|notice| notice.key.subject).collect();
        let rows: Vec<i64> = notices.iter().map(|notice| notice.key.row).collect();
        self.change_exactly(&MARK_DISPATCHED, notices.len(), &[&self.now(), &subjects, &rows])
            .await
    }

    /// Batches that ended and were not told of, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn batches_to_dispatch(&self, limit: i64) -> Result<Vec<BatchToDispatch>, StoreError> {
        let rows = self.rows(&BATCHES_TO_DISPATCH, &[&limit]).await?;
        rows.iter()
            .map(|row| {
                Ok(BatchToDispatch {
                    key: BatchKey(row.value("id")?),
                    organisation: OrganisationKey(row.value("organisation_id")?),
                    ended_at: row.value("ended_at")?,
                })
            })
            .collect()
    }

    /// Notes that these were told of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_batches_dispatched(&self, batches: &[BatchToDispatch]) -> Result<(), StoreError> {
        let rows: Vec<i64> = batches.iter().map(|batch| batch.key.0).collect();
        self.change_exactly(&MARK_BATCHES_DISPATCHED, batches.len(), &[&self.now(), &rows])
            .await
    }

    /// Queues these for every endpoint of their organisations that is enabled; gives how many deliveries that makes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn queue_deliveries(&self, new: &[NewDelivery]) -> Result<u64, StoreError> {
        let columns = Columns::of(new);
        self.change(
            &QUEUE_DELIVERIES,
            &[
                &self.now(),
                &columns.organisations,
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

    /// Claims the next delivery of each of so many endpoints that have one due: those that fail, or those that do not. Of one
    /// organisation not more than `of_one` are under way at a time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_deliveries(
        &self,
        failing: bool,
        limit: i64,
        of_one: i64,
        lease_seconds: u32,
    ) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let lease = Uuid::from_u128(self.store().random_tag());
        let seconds = f64::from(lease_seconds);
        let leased = self
            .rows(
                &LEASE_ENDPOINTS,
                &[&failing, &self.now(), &limit, &seconds, &lease, &of_one],
            )
            .await?;
        if leased.is_empty() {
            return Ok(Vec::new());
        }
        let endpoints: Vec<i64> = leased
            .iter()
            .map(|row| row.value("id"))
            .collect::<Result<_, _>>()?;
        let rows = self.rows(&DUE_DELIVERIES, &[&endpoints, &self.now()]).await?;
        rows.iter()
            .map(|row| {
                let previous: Option<Vec<u8>> = row.value("previous_secret")?;
                Ok(ClaimedDelivery {
                    endpoint: WebhookEndpointKey(row.value("endpoint_id")?),
                    log_tag: row.tag("log_tag")?,
                    url: Sealed(row.value("url")?),
                    secret: Sealed(row.value("secret")?),
                    previous_secret: previous.map(Sealed),
                    lease,
                    delivery: row.value("id")?,
                    message: row.value("message")?,
                    kind: row.value("type")?,
                    occurred_at: row.value("occurred_at")?,
                    path: row.value("path")?,
                    body: row.value("body")?,
                })
            })
            .collect()
    }

    /// Keeps the bytes of deliveries that are tried for the first time: every later attempt sends the same.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_bodies(&self, bodies: &[(i64, String)]) -> Result<(), StoreError> {
        let deliveries: Vec<i64> = bodies.iter().map(|(delivery, _)| *delivery).collect();
        let texts: Vec<&str> = bodies.iter().map(|(_, body)| body.as_str()).collect();
        self.change_exactly(&KEEP_BODIES, bodies.len(), &[&deliveries, &texts])
            .await
    }

    /// The endpoint at which an attempt has ended, locked; none when it was removed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn endpoint_to_settle(
        &self,
        key: WebhookEndpointKey,
        lease: Uuid,
    ) -> Result<Option<EndpointToSettle>, StoreError> {
        let Some(row) = self.optional(&ENDPOINT_TO_SETTLE, &[&key.0, &lease]).await? else {
            return Ok(None);
        };
        Ok(Some(EndpointToSettle {
            failures: row.value::<i32>("failures")?.unsigned_abs(),
            failing_since: row.value("failing_since")?,
            disabled: row.value("disabled")?,
            leased: row.value::<Option<bool>>("leased")?.unwrap_or(false),
            log_tag: row.tag("log_tag")?,
            organisation: OrganisationKey(row.value("organisation_id")?),
            organisation_id: row.tag("public_id")?.to_be_bytes(),
        }))
    }

    /// Where a delivery stands, and after how many attempts, locked; none when it went with its notice.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delivery_to_settle(
        &self,
        delivery: i64,
    ) -> Result<Option<(DeliveryState, u32)>, StoreError> {
        let Some(row) = self.optional(&DELIVERY_TO_SETTLE, &[&delivery]).await? else {
            return Ok(None);
        };
        let state = DeliveryState::from_slug(row.value("state")?)
            .map_err(|_| StoreError::Column { column: "state" })?;
        Ok(Some((state, row.value::<i32>("attempts")?.unsigned_abs())))
    }

    /// Writes down an attempt at a delivery that is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_attempt(&self, delivery: i64, attempt: &AttemptRecord) -> Result<(), StoreError> {
        let number = attempt.number.cast_signed();
        // Three digits, as HTTP has them.
        let status = attempt.status.map(u16::cast_signed);
        self.change_exactly(
            &INSERT_ATTEMPT,
            1,
            &[
                &delivery,
                &number,
                &self.now(),
                &attempt.outcome.slug(),
                &status,
                &attempt.duration_ms.cast_signed(),
            ],
        )
        .await
    }

    /// Puts a queued delivery to where it stands now: with the time of the next attempt, or over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle_delivery(
        &self,
        delivery: i64,
        state: DeliveryState,
        attempts: u32,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let ended_at = due_at.is_none().then(|| self.now());
        self.change_exactly(
            &SETTLE_DELIVERY,
            1,
            &[
                &delivery,
                &state.slug(),
                &attempts.cast_signed(),
                &due_at,
                &ended_at,
            ],
        )
        .await
    }

    /// Lets an endpoint go on after an attempt, with what it now stands at.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle_endpoint(
        &self,
        key: WebhookEndpointKey,
        lease: Uuid,
        failures: u32,
        failing_since: Option<Timestamp>,
        rests_until: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let failures = failures.min(i32::MAX.unsigned_abs()).cast_signed();
        self.change_exactly(
            &SETTLE_ENDPOINT,
            1,
            &[&key.0, &failures, &failing_since, &rests_until, &lease],
        )
        .await
    }

    /// Sends nothing to an endpoint any more that failed for too long or is gone; what waits is dropped.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when nothing is sent there already; the caller looks first, under its lock.
    pub async fn give_endpoint_up(
        &self,
        key: WebhookEndpointKey,
        because: DisabledBecause,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(&GIVE_ENDPOINT_UP, 1, &[&key.0, &self.now(), &because.slug()])
            .await?;
        self.change(&DROP_QUEUE_OF_ENDPOINT, &[&key.0, &self.now()])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// Forgets deliveries that ended before then, with their attempts; gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_deliveries(&self, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
        self.change(&FORGET_DELIVERIES, &[&before, &limit]).await
    }
}
