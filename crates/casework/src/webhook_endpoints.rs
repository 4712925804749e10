//! The coordinator's acts on endpoints of webhooks: adding, reading, rotating the secret, testing, telling again, and ending.

use domain::event::Event;
use domain::key::WebhookEndpointKey;
use domain::notice::NoticeKind as Kind;
use domain::webhook::{
    AttemptOutcome, DeliveryState, DisabledBecause, MOST_ENDPOINTS, MOST_REPLAYED, ROTATION_OVERLAP,
};
use jiff::{SignedDuration, Timestamp};
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::id::Id;
use protocol::page::{Page, PageQuery};
use protocol::problem::ProblemType;
use protocol::webhook::{
    self as wire, Attempt, Endpoint, EndpointSubmission, EndpointUrl, EndpointWithSecret, EventType, Removal,
    Replay, ReplaySubmission, Secret, TestEvent,
};
use store::{AttemptRow, EndpointRow, NewDelivery, OwnNotice, Party, StoreError, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Look, NotFound, Once, Refusable, plainly};
use crate::deliver_webhooks::{message, of_notice, open_address, seal};
use crate::list::{List, ListRefusal};
use crate::{Caller, Casework};

/// Why an endpoint is not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddEndpointRefusal {
    /// Nothing may be sent to such an address.
    #[error("nothing may be sent to such an address")]
    ForbiddenUrl,
    /// The organisation has as many as it may have.
    #[error("the organisation has as many endpoints as it may have")]
    TooMany,
}

impl Refusable for AddEndpointRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::ForbiddenUrl => Refused {
                problem: ProblemType::WebhookUrlForbidden,
                errors: vec![FieldError::new("/url", FieldErrorCode::NotAllowed)],
            },
            Self::TooMany => plainly(ProblemType::TooManyWebhookEndpoints),
        }
    }
}

/// Why nothing is queued for an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QueueRefusal {
    /// There is no such endpoint, or no such notice.
    #[error("there is no such endpoint or notice")]
    NotFound,
    /// Nothing is sent there.
    #[error("the endpoint is disabled")]
    Disabled,
}

impl Refusable for QueueRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NotFound => plainly(ProblemType::NotFound),
            Self::Disabled => plainly(ProblemType::WebhookEndpointDisabled),
        }
    }
}

/// Why the attempts at an endpoint are not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListAttemptsRefusal {
    /// There is no such endpoint.
    #[error("there is no such endpoint")]
    NotFound,
    /// The page cannot be given.
    #[error(transparent)]
    List(#[from] ListRefusal),
}

impl Refusable for ListAttemptsRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NotFound => plainly(ProblemType::NotFound),
            Self::List(refusal) => refusal.refused(),
        }
    }
}

impl Casework {
    /// Adds an endpoint; its secret is in this answer and in no other.
    ///
    /// # Errors
    /// [`AddEndpointRefusal`].
    pub async fn add_webhook_endpoint(
        &self,
        caller: &Caller,
        once: Once,
        body: EndpointSubmission,
    ) -> Result<Answer, Failure<AddEndpointRefusal>> {
        let url: EndpointUrl = body.url.parse().map_err(|_| AddEndpointRefusal::ForbiddenUrl)?;
        // What names lead to is looked at when they are connected to; an address says it now.
        if let Some(webhooks) = self.inner.webhooks.get()
            && !webhooks.settings.outgoing.may_reach(&url)
        {
            return Err(AddEndpointRefusal::ForbiddenUrl.into());
        }
        let act = AddEndpoint {
            caller: caller.clone(),
            url,
        };
        self.act(caller, once, act).await
    }

    /// The organisation's endpoints.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_webhook_endpoints(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<Endpoint>, Failure<ListRefusal>> {
        self.look(caller, ListEndpoints(query)).await
    }

    /// One of them.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_webhook_endpoint(
        &self,
        caller: &Caller,
        id: Id,
    ) -> Result<Endpoint, Failure<NotFound>> {
        self.look(caller, ReadEndpoint(id)).await
    }

    /// Gives an endpoint a new secret; for a day the one before signs too.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn rotate_webhook_secret(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
    ) -> Result<Answer, Failure<NotFound>> {
        self.act(
            caller,
            once,
            RotateSecret {
                caller: caller.clone(),
                id,
            },
        )
        .await
    }

    /// Sends nothing there any more: 201, or 200 when nothing was sent already. What waits is dropped.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn disable_webhook_endpoint(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
    ) -> Result<Answer, Failure<NotFound>> {
        self.switch_endpoint(caller, once, id, false).await
    }

    /// Sends there again what happens from now on: 201, or 200 when it was sent already.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn enable_webhook_endpoint(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
    ) -> Result<Answer, Failure<NotFound>> {
        self.switch_endpoint(caller, once, id, true).await
    }

    async fn switch_endpoint(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        on: bool,
    ) -> Result<Answer, Failure<NotFound>> {
        let act = SwitchEndpoint {
            caller: caller.clone(),
            id,
            on,
        };
        self.act(caller, once, act).await
    }

    /// Takes an endpoint away with everything that waits there.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn remove_webhook_endpoint(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
    ) -> Result<Answer, Failure<NotFound>> {
        self.act(
            caller,
            once,
            RemoveEndpoint {
                caller: caller.clone(),
                id,
            },
        )
        .await
    }

    /// Sends an endpoint something that tells of nothing, to see whether it arrives.
    ///
    /// # Errors
    /// [`QueueRefusal`].
    pub async fn test_webhook_endpoint(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
    ) -> Result<Answer, Failure<QueueRefusal>> {
        let answer = self.act(caller, once, TestEndpoint(id)).await?;
        self.inner.wake.webhooks.notify_one();
        Ok(answer)
    }

    /// Tells an endpoint again what came into the inbox.
    ///
    /// # Errors
    /// [`QueueRefusal`].
    pub async fn replay_webhooks(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: ReplaySubmission,
    ) -> Result<Answer, Failure<QueueRefusal>> {
        let act = ReplayNotices { id, asked: body };
        let answer = self.act(caller, once, act).await?;
        self.inner.wake.webhooks.notify_one();
        Ok(answer)
    }

    /// What was tried at an endpoint in the last 30 days, newest first.
    ///
    /// # Errors
    /// [`ListAttemptsRefusal`].
    pub async fn list_webhook_attempts(
        &self,
        caller: &Caller,
        id: Id,
        query: PageQuery,
    ) -> Result<Page<Attempt>, Failure<ListAttemptsRefusal>> {
        self.look(caller, ListAttempts { id, query }).await
    }
}

struct AddEndpoint {
    caller: Caller,
    url: EndpointUrl,
}

impl Act for AddEndpoint {
    const NAME: &'static str = "add_webhook_endpoint";
    type Refusal = AddEndpointRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<AddEndpointRefusal>> {
        if tx.count_webhook_endpoints().await? >= MOST_ENDPOINTS {
            return Err(AddEndpointRefusal::TooMany.into());
        }
        let (store, log_tag) = (tx.store(), tx.store().random_tag());
        let secret = Secret::from_random(store.random());
        let event = Event::WebhookEndpointAdded {
            endpoint: log_tag,
            organisation: self.caller.organisation_id.0,
            client: self.caller.client.as_str().to_owned(),
        };
        let url = seal(store, log_tag, self.url.as_str().as_bytes());
        let sealed = seal(store, log_tag, secret.expose());
        let key = tx.insert_webhook_endpoint(&url, &sealed, log_tag, &event).await?;
        let row = tx.webhook_endpoint(key).await?.ok_or(missing())?;
        with_secret(tx, &row, secret).map_err(Into::into)
    }
}

struct ListEndpoints(PageQuery);

impl Look for ListEndpoints {
    const NAME: &'static str = "list_webhook_endpoints";
    type Output = Page<Endpoint>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<Endpoint>, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.0, 0)?;
        let rows = tx.webhook_endpoints(place.row, place.limit).await?;
        Ok(list.try_page(rows, &self.0, |row| row.key.0, |row| to_wire(tx, &row))?)
    }
}

struct ReadEndpoint(Id);

impl Look for ReadEndpoint {
    const NAME: &'static str = "read_webhook_endpoint";
    type Output = Endpoint;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Endpoint, Failure<NotFound>> {
        let row = find(tx, self.0).await?.ok_or(NotFound)?;
        Ok(to_wire(tx, &row)?)
    }
}

struct RotateSecret {
    caller: Caller,
    id: Id,
}

impl Act for RotateSecret {
    const NAME: &'static str = "rotate_webhook_secret";
    type Refusal = NotFound;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<NotFound>> {
        let row = find_for_update(tx, self.id).await?.ok_or(NotFound)?;
        let secret = Secret::from_random(tx.store().random());
        let sealed = seal(tx.store(), row.log_tag, secret.expose());
        let until = tx
            .now()
            .checked_add(ROTATION_OVERLAP)
            .map_err(|_| StoreError::Column { column: "now" })?;
        let event = Event::WebhookSecretRotated {
            endpoint: row.log_tag,
            organisation: self.caller.organisation_id.0,
            client: self.caller.client.as_str().to_owned(),
            until,
        };
        tx.rotate_webhook_secret(row.key, &sealed, until, &event).await?;
        let row = tx.webhook_endpoint(row.key).await?.ok_or(NotFound)?;
        Ok(with_secret(tx, &row, secret)?)
    }
}

struct SwitchEndpoint {
    caller: Caller,
    id: Id,
    on: bool,
}

impl Act for SwitchEndpoint {
    const NAME: &'static str = "switch_webhook_endpoint";
    type Refusal = NotFound;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<NotFound>> {
        let row = find_for_update(tx, self.id).await?.ok_or(NotFound)?;
        if row.disabled.is_none() == self.on {
            return Ok(act::answer(200, None, &to_wire(tx, &row)?));
        }
        let organisation = self.caller.organisation_id.0;
        let client = self.caller.client.as_str().to_owned();
        let endpoint = row.log_tag;
        if self.on {
            let event = Event::WebhookEndpointEnabled {
                endpoint,
                organisation,
                client,
            };
            tx.enable_webhook_endpoint(row.key, &event).await?;
        } else {
            let event = Event::WebhookEndpointDisabled {
                endpoint,
                organisation,
                client: Some(client),
                because: DisabledBecause::Requested,
            };
            tx.disable_webhook_endpoint(row.key, &event).await?;
        }
        let row = tx.webhook_endpoint(row.key).await?.ok_or(NotFound)?;
        Ok(act::answer(201, None, &to_wire(tx, &row)?))
    }
}

struct RemoveEndpoint {
    caller: Caller,
    id: Id,
}

impl Act for RemoveEndpoint {
    const NAME: &'static str = "remove_webhook_endpoint";
    type Refusal = NotFound;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<NotFound>> {
        let row = find_for_update(tx, self.id).await?.ok_or(NotFound)?;
        let event = Event::WebhookEndpointRemoved {
            endpoint: row.log_tag,
            organisation: self.caller.organisation_id.0,
            client: self.caller.client.as_str().to_owned(),
        };
        tx.remove_webhook_endpoint(row.key, &event).await?;
        let removal = Removal {
            endpoint: self.id,
            removed_at: tx.now(),
        };
        Ok(act::answer(201, None, &removal))
    }
}

struct TestEndpoint(Id);

impl Act for TestEndpoint {
    const NAME: &'static str = "test_webhook_endpoint";
    type Refusal = QueueRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<QueueRefusal>> {
        let row = enabled(tx, self.0).await?;
        let message = message(Id(tx.store().random()));
        let test = NewDelivery {
            organisation: row.organisation,
            notice: None,
            message: message.clone(),
            kind: EventType::Test.name(),
            occurred_at: tx.now(),
            path: format!("/v1/webhook-endpoints/{}", self.0),
        };
        tx.queue_for_endpoint(row.key, &[test]).await?;
        Ok(act::answer(201, None, &TestEvent { message }))
    }
}

struct ReplayNotices {
    id: Id,
    asked: ReplaySubmission,
}

impl Act for ReplayNotices {
    const NAME: &'static str = "replay_webhooks";
    type Refusal = QueueRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<QueueRefusal>> {
        let row = enabled(tx, self.id).await?;
        let mut notices = self.notices(tx).await?;
        let times: Vec<Timestamp> = notices.iter().map(|notice| notice.visible_at).collect();
        let (taken, continue_from) = taken_of(&times, MOST_REPLAYED);
        notices.truncate(taken);
        let more = continue_from.is_some_and(|from| self.asked.to.is_none_or(|to| from < to));
        let deliveries: Vec<NewDelivery> = notices
            .iter()
            .map(|notice| {
                let kind =
                    Kind::from_slug(&notice.kind).map_err(|_| StoreError::Column { column: "kind" })?;
                let told = (Id(tx.ids().notice(notice.key)), kind, notice.visible_at);
                Ok(of_notice(told, notice.key, row.organisation))
            })
            .collect::<Result<_, StoreError>>()?;
        tx.queue_for_endpoint(row.key, &deliveries).await?;
        let replay = Replay {
            queued: u32::try_from(deliveries.len()).unwrap_or(u32::MAX),
            more,
            continue_from: continue_from.filter(|_| more),
        };
        Ok(act::answer(201, None, &replay))
    }
}

impl ReplayNotices {
    /// What is asked for, and one more when there are too many.
    async fn notices(&self, tx: &Tx<'_, Party>) -> Result<Vec<OwnNotice>, Failure<QueueRefusal>> {
        if let Some(id) = self.asked.notice {
            let key = tx.ids().parse_notice(id.0);
            let notice = tx.own_notice(key).await?.ok_or(QueueRefusal::NotFound)?;
            return Ok(vec![notice]);
        }
        let from = self.asked.from.unwrap_or(Timestamp::MIN);
        let to = self.asked.to.unwrap_or(Timestamp::MAX);
        let limit = i64::try_from(MOST_REPLAYED + 1).unwrap_or(i64::MAX);
        Ok(tx.own_notices_between(from, to, limit).await?)
    }
}

/// How many of these times, which are in order, are taken when about so many may be, and from when on the rest is. An
/// instant is taken whole or left whole, for one goes on from an instant; when the first alone holds too many it is taken.
fn taken_of(times: &[Timestamp], most: usize) -> (usize, Option<Timestamp>) {
    let Some(next) = times.get(most).copied() else {
        return (times.len(), None);
    };
    match times.partition_point(|time| *time < next) {
        0 => {
            // What the database tells apart.
            let after = next.checked_add(SignedDuration::from_micros(1)).ok();
            (times.partition_point(|time| *time == next), after)
        }
        before => (before, Some(next)),
    }
}

struct ListAttempts {
    id: Id,
    query: PageQuery,
}

impl Look for ListAttempts {
    const NAME: &'static str = "list_webhook_attempts";
    type Output = Page<Attempt>;
    type Refusal = ListAttemptsRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<Attempt>, Failure<ListAttemptsRefusal>> {
        let row = find(tx, self.id).await?.ok_or(ListAttemptsRefusal::NotFound)?;
        let list = List::within(tx, Self::NAME, &row.key.0.to_be_bytes());
        let place = list
            .place(&self.query, i64::MAX)
            .map_err(ListAttemptsRefusal::List)?;
        let rows = tx.webhook_attempts(row.key, place.row, place.limit).await?;
        Ok(list.page(rows, &self.query, |row| row.id, attempt))
    }
}

fn key_of(tx: &Tx<'_, Party>, id: Id) -> Option<WebhookEndpointKey> {
    tx.ids().parse_webhook_endpoint(id.0)
}

async fn find(tx: &Tx<'_, Party>, id: Id) -> Result<Option<EndpointRow>, StoreError> {
    match key_of(tx, id) {
        Some(key) => tx.webhook_endpoint(key).await,
        None => Ok(None),
    }
}

async fn find_for_update(tx: &Tx<'_, Party>, id: Id) -> Result<Option<EndpointRow>, StoreError> {
    match key_of(tx, id) {
        Some(key) => tx.webhook_endpoint_for_update(key).await,
        None => Ok(None),
    }
}

/// An endpoint to which something is sent.
async fn enabled(tx: &Tx<'_, Party>, id: Id) -> Result<EndpointRow, Failure<QueueRefusal>> {
    let row = find_for_update(tx, id).await?.ok_or(QueueRefusal::NotFound)?;
    if row.disabled.is_some() {
        return Err(QueueRefusal::Disabled.into());
    }
    Ok(row)
}

fn missing() -> StoreError {
    StoreError::Column { column: "id" }
}

fn with_secret(tx: &Tx<'_, Party>, row: &EndpointRow, secret: Secret) -> Result<StoredAnswer, StoreError> {
    let endpoint = to_wire(tx, row)?;
    let location = format!("/v1/webhook-endpoints/{}", endpoint.id);
    let body = EndpointWithSecret { endpoint, secret };
    Ok(act::answer(201, Some(location), &body))
}

fn to_wire(tx: &Tx<'_, Party>, row: &EndpointRow) -> Result<Endpoint, StoreError> {
    let url = open_address(tx.store(), row.log_tag, &row.url)?;
    let previous_secret_until = row.previous.as_ref().map(|(_, until)| *until);
    Ok(Endpoint {
        id: Id(tx.ids().webhook_endpoint(row.key)),
        url: url.as_str().to_owned(),
        state: match row.disabled {
            None => wire::EndpointState::Enabled,
            Some(_) => wire::EndpointState::Disabled,
        },
        disabled_because: row.disabled.map(|(_, because)| match because {
            DisabledBecause::Requested => wire::DisabledBecause::Requested,
            DisabledBecause::Gone => wire::DisabledBecause::Gone,
            DisabledBecause::Failing => wire::DisabledBecause::Failing,
        }),
        disabled_at: row.disabled.map(|(at, _)| at),
        created_at: row.created_at,
        failing_since: row.failing_since,
        previous_secret_until: previous_secret_until.filter(|until| *until > tx.now()),
    })
}

fn attempt(row: AttemptRow) -> Attempt {
    Attempt {
        message: row.message,
        kind: row.kind,
        number: row.number,
        attempted_at: row.attempted_at,
        outcome: match row.outcome {
            AttemptOutcome::Delivered => wire::AttemptOutcome::Delivered,
            AttemptOutcome::Refused => wire::AttemptOutcome::Refused,
            AttemptOutcome::Gone => wire::AttemptOutcome::Gone,
            AttemptOutcome::Redirected => wire::AttemptOutcome::Redirected,
            AttemptOutcome::BlockedAddress => wire::AttemptOutcome::BlockedAddress,
            AttemptOutcome::UnknownName => wire::AttemptOutcome::UnknownName,
            AttemptOutcome::Unreachable => wire::AttemptOutcome::Unreachable,
            AttemptOutcome::Tls => wire::AttemptOutcome::Tls,
            AttemptOutcome::Timeout => wire::AttemptOutcome::Timeout,
            AttemptOutcome::TooLarge => wire::AttemptOutcome::TooLarge,
            AttemptOutcome::InvalidAnswer => wire::AttemptOutcome::InvalidAnswer,
        },
        status: row.status,
        duration_ms: row.duration_ms,
        delivery: match row.state {
            DeliveryState::Queued => wire::DeliveryState::Queued,
            DeliveryState::Delivered => wire::DeliveryState::Delivered,
            DeliveryState::Exhausted => wire::DeliveryState::Exhausted,
            DeliveryState::Dropped => wire::DeliveryState::Dropped,
        },
        next_attempt_at: row.due_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_taken_whole_and_one_goes_on_behind_it() {
        let at = |seconds: i64| Timestamp::from_second(seconds).unwrap();
        let times = |seconds: &[i64]| seconds.iter().map(|second| at(*second)).collect::<Vec<_>>();
        assert_eq!(taken_of(&[], 3), (0, None));
        assert_eq!(taken_of(&times(&[1, 1, 2]), 3), (3, None));
        assert_eq!(taken_of(&times(&[1, 1, 2, 3]), 3), (3, Some(at(3))));
        assert_eq!(taken_of(&times(&[1, 2, 2, 2, 2]), 3), (1, Some(at(2))));
        let (taken, on) = taken_of(&times(&[1, 1, 1, 1, 1]), 3);
        assert_eq!(taken, 5, "else they came again for ever");
        assert!(on.unwrap() > at(1) && on.unwrap() < at(2));
    }
}
