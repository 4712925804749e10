//! Delivering webhooks: notices are handed to the endpoints of their readers when they show, and each endpoint is called, one
//! delivery at a time, until it took what there is or is given up.
//!
//! The call is made between two transactions. The first claims a delivery, checks that its endpoint and its reader are still
//! entitled, and keeps the bytes; the second writes down what came of it. Whatever happens between them, the lease runs out
//! and the delivery is made again, with the same id and bytes (at least once).

use std::sync::Arc;
use std::time::Duration;

use domain::event::Event;
use domain::notice::NoticeKind as Kind;
use domain::webhook::{self, AfterFailure, AttemptOutcome, DeliveryState, DisabledBecause};
use jiff::Timestamp;
use protocol::id::Id;
use protocol::webhook::{
    CLOUD_EVENT, CloudEvent, EndpointUrl, EventType, HEADER_ID, HEADER_SIGNATURE, HEADER_TIMESTAMP, Secret,
    sign,
};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use store::{
    AttemptRecord, ClaimedDelivery, Context, EndpointToSettle, Matcher, NewDelivery, NoticeAbout, Purpose,
    Sealed, Store, StoreError, Tx, Work,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use crate::covenants::Covenants;
use crate::notices::{self, Told};
use crate::outgoing::{Answered, Outgoing};
use crate::read_notices::wire_kind;
use crate::{Casework, drivers};

/// So many notices are handed on in one transaction.
const DISPATCHED_AT_ONCE: i64 = 256;

/// So many endpoints are called at a time, and so many of those that failed the last time: they may each take 15 seconds,
/// and must leave the others their turn.
const CALLS: usize = 16;
const CALLS_OF_FAILING: usize = 4;

/// So many of them are of one organisation, so that it takes no other's turn with receivers that are slow.
const CALLS_OF_ONE: i64 = 4;
const CALLS_OF_ONE_FAILING: i64 = 2;

/// Longer than an attempt can take, in seconds.
const LEASE_SECONDS: u32 = 60;

/// How often it is looked for notices that show.
const IDLE: Duration = Duration::from_millis(500);

/// What is under way when the program stops gets so long. What then is not done is done again by the next.
const AT_STOP: Duration = Duration::from_secs(3);

/// What delivering needs beside the database.
pub struct WebhookSettings {
    /// The service's published address without a trailing slash; `dataref` begins with it.
    pub base: String,
    /// Who tells it, as `source` says: a URI.
    pub source: String,
    /// The way out.
    pub outgoing: Outgoing,
    /// The machine's clock: receivers compare the time of an attempt with theirs.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Time since some moment; never goes back.
    pub stopwatch: Arc<dyn Fn() -> Duration + Send + Sync>,
}

/// The same, with the turns of calls under way.
pub(crate) struct Webhooks {
    pub(crate) settings: WebhookSettings,
    calls: Arc<Semaphore>,
    calls_of_failing: Arc<Semaphore>,
}

impl Casework {
    /// Lets this program deliver webhooks. Said once, before [`Casework::start`].
    pub fn deliver_webhooks_with(&self, settings: WebhookSettings) {
        let webhooks = Webhooks {
            settings,
            calls: Arc::new(Semaphore::new(CALLS)),
            calls_of_failing: Arc::new(Semaphore::new(CALLS_OF_FAILING)),
        };
        if self.inner.webhooks.set(webhooks).is_err() {
            tracing::error!("webhooks were set up twice; the first stands");
        }
    }

    /// Hands notices on, delivers what is due, once, and waits for the answers; gives how many attempts that were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn deliver_webhooks_once(&self) -> Result<usize, StoreError> {
        let mut calls = JoinSet::new();
        let claimed = self.claim_and_call(&mut calls).await?;
        while let Some(ended) = calls.join_next().await {
            ended.unwrap_or(Err(StoreError::Interrupted("deliver_webhook")))?;
        }
        Ok(claimed)
    }

    /// Delivers until the program stops. An answer that takes long keeps nobody else waiting.
    pub(crate) async fn drive_webhooks(&self, mut stopped: watch::Receiver<bool>) {
        let mut calls = JoinSet::new();
        loop {
            while let Some(ended) = calls.try_join_next() {
                report(ended);
            }
            let rest = match self.claim_and_call(&mut calls).await {
                Ok(0) => IDLE,
                // There may be more; that the program stops is seen first.
                Ok(_) => Duration::ZERO,
                Err(error) => {
                    tracing::warn!(driver = "webhooks", %error, "a step failed; trying again");
                    drivers::AFTER_FAILURE
                }
            };
            tokio::select! {
                biased;
                _ = stopped.wait_for(|stop| *stop) => break,
                Some(ended) = calls.join_next() => report(ended),
                () = self.inner.wake.webhooks.notified() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
        let end = async { while calls.join_next().await.is_some() {} };
        if tokio::time::timeout(AT_STOP, end).await.is_err() {
            calls.abort_all();
        }
    }

    /// Claims what is due for as many endpoints as there are turns, and calls them; gives how many.
    async fn claim_and_call(&self, calls: &mut JoinSet<Result<(), StoreError>>) -> Result<usize, StoreError> {
        let Some(webhooks) = self.inner.webhooks.get() else {
            return Ok(0);
        };
        let work = Claim {
            base: webhooks.settings.base.clone(),
            source: webhooks.settings.source.clone(),
            calls: webhooks.calls.available_permits(),
            calls_of_failing: webhooks.calls_of_failing.available_permits(),
        };
        let claimed = self.store().run(Context::Service, work).await?;
        let mut made = 0;
        for (deliveries, turns) in [
            (claimed.healthy, &webhooks.calls),
            (claimed.failing, &webhooks.calls_of_failing),
        ] {
            for delivery in deliveries {
                // Where another loop of this program took the turn meanwhile, one waits for the next.
                let Ok(turn) = Arc::clone(turns).acquire_owned().await else {
                    continue;
                };
                made += 1;
                let casework = self.clone();
                calls.spawn(async move { casework.call(delivery, turn).await });
            }
        }
        Ok(made + claimed.dispatched)
    }

    /// One attempt, and what came of it.
    async fn call(&self, claimed: ClaimedDelivery, turn: OwnedSemaphorePermit) -> Result<(), StoreError> {
        let Some(webhooks) = self.inner.webhooks.get() else {
            return Ok(());
        };
        let settings = &webhooks.settings;
        let (url, secrets) = (
            open_url(self.store(), &claimed)?,
            open_secrets(self.store(), &claimed)?,
        );
        let body = claimed.body.clone().unwrap_or_default();
        let at = (settings.clock)();
        let headers = headers(&claimed.message, at, &secrets, &body);
        let began = (settings.stopwatch)();
        let answered = settings.outgoing.post(&url, headers, body, at).await;
        let took = (settings.stopwatch)().saturating_sub(began);
        drop(turn);
        let work = Settle {
            claimed,
            answered,
            duration_ms: u32::try_from(took.as_millis())
                .unwrap_or(u32::MAX)
                .min(i32::MAX.unsigned_abs()),
        };
        let gave_up = self.store().run(Context::Service, work).await?;
        if gave_up {
            self.inner.wake.sequencer.notify_one();
        }
        Ok(())
    }
}

fn report(ended: Result<Result<(), StoreError>, tokio::task::JoinError>) {
    if let Ok(Err(error)) = ended {
        tracing::warn!(driver = "webhooks", %error, "an attempt was not written down; it is made again");
    }
}

/// A notice, as it is told to the endpoints of its reader. Its id is the notice's, so that it stays the same however often
/// and wherever it is delivered.
pub(crate) fn of_notice(
    (id, kind, visible_at): (Id, Kind, Timestamp),
    key: domain::key::NoticeKey,
    organisation: domain::key::OrganisationKey,
) -> NewDelivery {
    NewDelivery {
        organisation,
        notice: Some(key),
        message: message(id),
        kind: EventType::Notice(wire_kind(kind)).name(),
        occurred_at: visible_at,
        path: format!("/v1/notices/{id}"),
    }
}

/// The `webhook-id` of what has this id.
pub(crate) fn message(id: Id) -> String {
    format!("msg_{id}")
}

/// What is sealed for an endpoint belongs to it by its name in the log.
pub(crate) fn seal(store: &Store, endpoint: u128, plaintext: &[u8]) -> Sealed {
    let owner = endpoint.to_be_bytes();
    store
        .crypter()
        .seal(Purpose::Webhook, &owner, plaintext, store.chance())
}

/// The address that was sealed for an endpoint.
pub(crate) fn open_address(store: &Store, endpoint: u128, url: &Sealed) -> Result<EndpointUrl, StoreError> {
    let text = store
        .crypter()
        .open(Purpose::Webhook, &endpoint.to_be_bytes(), url)?;
    let text = std::str::from_utf8(&text).map_err(|_| StoreError::Unsealable)?;
    text.parse().map_err(|_| StoreError::Unsealable)
}

fn open_url(store: &Store, claimed: &ClaimedDelivery) -> Result<EndpointUrl, StoreError> {
    open_address(store, claimed.log_tag, &claimed.url)
}

/// The present secret, and the one before while it signs too.
fn open_secrets(store: &Store, claimed: &ClaimedDelivery) -> Result<Vec<Secret>, StoreError> {
    let secrets = [Some(&claimed.secret), claimed.previous_secret.as_ref()];
    secrets
        .into_iter()
        .flatten()
        .map(|sealed| {
            let bytes = store
                .crypter()
                .open(Purpose::Webhook, &claimed.log_tag.to_be_bytes(), sealed)?;
            let bytes = bytes.as_slice().try_into().map_err(|_| StoreError::Unsealable)?;
            Ok(Secret::from_random(bytes))
        })
        .collect()
}

/// Each attempt has its own time, and signatures over it.
fn headers(message: &str, at: Timestamp, secrets: &[Secret], body: &str) -> HeaderMap {
    let signatures: Vec<String> = secrets
        .iter()
        .map(|secret| sign(secret, message, at, body.as_bytes()))
        .collect();
    let mut headers = HeaderMap::new();
    let media_type = format!("{CLOUD_EVENT}; charset=utf-8");
    for (name, value) in [
        (CONTENT_TYPE.as_str(), media_type.as_str()),
        (HEADER_ID, message),
        (HEADER_TIMESTAMP, &at.as_second().to_string()),
        (HEADER_SIGNATURE, &signatures.join(" ")),
    ] {
        // All of it is ours and visible ASCII.
        if let (Ok(name), Ok(value)) = (
            name.parse::<reqwest::header::HeaderName>(),
            HeaderValue::from_str(value),
        ) {
            headers.insert(name, value);
        }
    }
    headers
}

/// Hands on what shows, and claims what is due.
struct Claim {
    base: String,
    source: String,
    calls: usize,
    calls_of_failing: usize,
}

struct Claimed {
    dispatched: usize,
    healthy: Vec<ClaimedDelivery>,
    failing: Vec<ClaimedDelivery>,
}

impl Work for Claim {
    const NAME: &'static str = "claim_webhooks";
    type Role = Matcher;
    type Output = Claimed;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Claimed, StoreError> {
        let dispatched = dispatch(tx).await?;
        let mut claimed = Claimed {
            dispatched,
            healthy: self.claim(tx, false, self.calls).await?,
            failing: self.claim(tx, true, self.calls_of_failing).await?,
        };
        let mut bodies = Vec::new();
        for delivery in claimed.healthy.iter_mut().chain(&mut claimed.failing) {
            if delivery.body.is_none() {
                let body = self.body(delivery);
                bodies.push((delivery.delivery, body.clone()));
                delivery.body = Some(body);
            }
        }
        if !bodies.is_empty() {
            tx.keep_bodies(&bodies).await?;
        }
        Ok(claimed)
    }
}

impl Claim {
    async fn claim(
        &self,
        tx: &Tx<'_, Matcher>,
        failing: bool,
        turns: usize,
    ) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let of_one = if failing {
            CALLS_OF_ONE_FAILING
        } else {
            CALLS_OF_ONE
        };
        match i64::try_from(turns) {
            Ok(0) | Err(_) => Ok(Vec::new()),
            Ok(turns) => tx.claim_deliveries(failing, turns, of_one, LEASE_SECONDS).await,
        }
    }

    /// The bytes of every attempt.
    fn body(&self, delivery: &ClaimedDelivery) -> String {
        let event = CloudEvent {
            specversion: "1.0".to_owned(),
            id: delivery.message.clone(),
            source: self.source.clone(),
            kind: delivery.kind.clone(),
            time: delivery.occurred_at,
            dataref: format!("{}{}", self.base, delivery.path),
        };
        // Plain texts with plain names: writing them as JSON cannot fail.
        serde_json::to_string(&event).unwrap_or_default()
    }
}

/// Queues what shows and which batches ended for the endpoints that are enabled now; gives how many that were.
async fn dispatch(tx: &Tx<'_, Matcher>) -> Result<usize, StoreError> {
    let notices = tx.notices_to_dispatch(DISPATCHED_AT_ONCE).await?;
    let batches = tx.batches_to_dispatch(DISPATCHED_AT_ONCE).await?;
    let mut deliveries = Vec::with_capacity(notices.len() + batches.len());
    for notice in &notices {
        let kind = Kind::from_slug(&notice.kind).map_err(|_| StoreError::Column { column: "kind" })?;
        let told = (Id(tx.ids().notice(notice.key)), kind, notice.visible_at);
        deliveries.push(of_notice(told, notice.key, notice.organisation));
    }
    for batch in &batches {
        let id = Id(tx.ids().batch(batch.key));
        deliveries.push(NewDelivery {
            organisation: batch.organisation,
            notice: None,
            message: message(id),
            kind: EventType::BatchEnded.name(),
            occurred_at: batch.ended_at,
            path: format!("/v1/signals/batches/{id}"),
        });
    }
    if deliveries.is_empty() {
        return Ok(0);
    }
    tx.mark_dispatched(&notices).await?;
    tx.mark_batches_dispatched(&batches).await?;
    tx.queue_deliveries(&deliveries).await?;
    Ok(deliveries.len())
}

/// Writes down what came of an attempt; gives whether the endpoint was given up because of it.
struct Settle {
    claimed: ClaimedDelivery,
    answered: Answered,
    duration_ms: u32,
}

impl Work for Settle {
    const NAME: &'static str = "settle_webhook";
    type Role = Matcher;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<bool, StoreError> {
        let (key, lease) = (self.claimed.endpoint, self.claimed.lease);
        // Removed meanwhile: there is nothing left to write down.
        let Some(endpoint) = tx.endpoint_to_settle(key, lease).await? else {
            return Ok(false);
        };
        let delivered = self.answered.outcome == AttemptOutcome::Delivered;
        self.settle_delivery(tx).await?;
        if !endpoint.leased {
            return Ok(false);
        }
        if delivered {
            tx.settle_endpoint(key, lease, 0, None, None).await?;
            return Ok(false);
        }
        let failures = endpoint.failures.saturating_add(1);
        let since = endpoint.failing_since.unwrap_or(tx.now());
        let [chance] = tx.store().random();
        let rests_until = webhook::rests_until(failures, chance, tx.now());
        tx.settle_endpoint(key, lease, failures, Some(since), rests_until)
            .await?;
        let because = if self.answered.outcome == AttemptOutcome::Gone {
            DisabledBecause::Gone
        } else if webhook::is_given_up(since, tx.now()) {
            DisabledBecause::Failing
        } else {
            return Ok(false);
        };
        if !endpoint.disabled {
            self.give_up(tx, &endpoint, because).await?;
        }
        Ok(!endpoint.disabled)
    }
}

impl Settle {
    async fn settle_delivery(&self, tx: &Tx<'_, Matcher>) -> Result<(), StoreError> {
        let delivery = self.claimed.delivery;
        let Some((state, attempts)) = tx.delivery_to_settle(delivery).await? else {
            return Ok(());
        };
        let number = attempts.saturating_add(1);
        let record = AttemptRecord {
            number,
            outcome: self.answered.outcome,
            status: self.answered.status,
            duration_ms: self.duration_ms,
        };
        tx.insert_attempt(delivery, &record).await?;
        if state != DeliveryState::Queued {
            return Ok(());
        }
        if self.answered.outcome == AttemptOutcome::Delivered {
            return tx
                .settle_delivery(delivery, DeliveryState::Delivered, number, None)
                .await;
        }
        let [chance] = tx.store().random();
        match webhook::after_failure(number, self.answered.retry_after, chance, tx.now()) {
            AfterFailure::Again(at) => {
                tx.settle_delivery(delivery, DeliveryState::Queued, number, Some(at))
                    .await
            }
            AfterFailure::Exhausted => {
                tx.settle_delivery(delivery, DeliveryState::Exhausted, number, None)
                    .await
            }
        }
    }

    /// Nothing is sent there any more, and the organisation learns of it where it looks: in its inbox.
    async fn give_up(
        &self,
        tx: &Tx<'_, Matcher>,
        endpoint: &EndpointToSettle,
        because: DisabledBecause,
    ) -> Result<(), StoreError> {
        let event = Event::WebhookEndpointDisabled {
            endpoint: endpoint.log_tag,
            organisation: endpoint.organisation_id,
            client: None,
            because,
        };
        tx.give_endpoint_up(self.claimed.endpoint, because, &event)
            .await?;
        let told = Told {
            organisation: endpoint.organisation,
            about: NoticeAbout::Endpoint(self.claimed.endpoint),
            about_tag: endpoint.log_tag,
            kind: Kind::WebhookDisabled,
            visible_at: tx.now(),
        };
        notices::lay(tx, &Covenants::read(tx).await?, &[told])
            .await
            .map(drop)
    }
}
