//! Webhooks: for the coordinator's program the endpoints, and for whoever receives deliveries their verification.
//!
//! ```
//! # fn received(id: &str, timestamp: &str, signature: &str, body: &[u8], now: jiff::Timestamp) -> Result<(), client::webhook::Undeliverable> {
//! use client::webhook::{Secret, read_delivery};
//!
//! # let secret: Secret = "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=".parse().unwrap();
//! // The headers webhook-id, webhook-timestamp and webhook-signature, and the body byte for byte.
//! let event = read_delivery(&[secret], (id, timestamp, signature), body, now)?;
//! // Answer 204 now; then, unless `event.id` was seen before, look at `event.dataref` with an access token.
//! println!("{} {}", event.kind, event.dataref);
//! # Ok(())
//! # }
//! ```

use jiff::Timestamp;
use protocol::page::{Page, PageQuery};
use protocol::webhook::{
    EndpointActSubmission, EndpointSubmission, EndpointWithSecret, Removal, Replay, ReplaySubmission,
    TestEvent,
};
use protocol::{Id, IdempotencyKey};

pub use protocol::webhook::{Attempt, CannotVerify, CloudEvent, Endpoint, Secret};

use crate::error::Error;
use crate::partner::{Partner, page};

/// A delivery that is not to be taken. Answer 400 to one that does not verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undeliverable {
    /// It does not come from the service, was changed, or is old.
    #[error(transparent)]
    Unverified(#[from] CannotVerify),
    /// It is signed and is no event that this version knows.
    #[error("the body is no event of this API")]
    Unreadable,
}

/// Verifies a delivery by its headers `(webhook-id, webhook-timestamp, webhook-signature)` and its body as it came, and reads
/// it. Give both secrets for a day after a rotation.
///
/// # Errors
/// [`Undeliverable`].
pub fn read_delivery(
    secrets: &[Secret],
    headers: (&str, &str, &str),
    body: &[u8],
    now: Timestamp,
) -> Result<CloudEvent, Undeliverable> {
    protocol::webhook::verify(secrets, headers, body, now)?;
    let event: CloudEvent = serde_json::from_slice(body).map_err(|_| Undeliverable::Unreadable)?;
    // What is signed is the id of the header; a receiver keeps that of the body.
    if event.id == headers.0 && event.specversion == "1.0" {
        Ok(event)
    } else {
        Err(Undeliverable::Unreadable)
    }
}

impl Partner {
    /// For a coordinator: adds an endpoint. Keep the secret of the answer; it is shown once.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same key.
    pub async fn add_webhook_endpoint(
        &self,
        url: &str,
        key: Option<&IdempotencyKey>,
    ) -> Result<EndpointWithSecret, Error> {
        let body = EndpointSubmission { url: url.to_owned() };
        let answer = self.connection.post("/v1/webhook-endpoints", &body, key).await?;
        Ok(answer.value)
    }

    /// For a coordinator: the organisation's endpoints, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn webhook_endpoints(&self, query: &PageQuery) -> Result<Page<Endpoint>, Error> {
        self.connection.get(&page("/v1/webhook-endpoints", query)).await
    }

    /// For a coordinator: one of them.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn webhook_endpoint(&self, id: Id) -> Result<Endpoint, Error> {
        self.connection.get(&format!("/v1/webhook-endpoints/{id}")).await
    }

    /// For a coordinator: a new secret; for 24 hours the one before signs too.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same key.
    pub async fn rotate_webhook_secret(
        &self,
        id: Id,
        key: Option<&IdempotencyKey>,
    ) -> Result<EndpointWithSecret, Error> {
        self.endpoint_act(id, "secret-rotations", key).await
    }

    /// For a coordinator: sends a test event; gives its `webhook-id`.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same key.
    pub async fn test_webhook_endpoint(
        &self,
        id: Id,
        key: Option<&IdempotencyKey>,
    ) -> Result<TestEvent, Error> {
        self.endpoint_act(id, "test-events", key).await
    }

    /// For a coordinator: what was tried there, newest first, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn webhook_attempts(&self, id: Id, query: &PageQuery) -> Result<Page<Attempt>, Error> {
        let path = format!("/v1/webhook-endpoints/{id}/attempts");
        self.connection.get(&page(&path, query)).await
    }

    /// For a coordinator: delivers again.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same key.
    pub async fn replay_webhooks(
        &self,
        id: Id,
        what: &ReplaySubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Replay, Error> {
        let path = format!("/v1/webhook-endpoints/{id}/replays");
        Ok(self.connection.post(&path, what, key).await?.value)
    }

    /// For a coordinator: stops deliveries there.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same key.
    pub async fn disable_webhook_endpoint(
        &self,
        id: Id,
        key: Option<&IdempotencyKey>,
    ) -> Result<Endpoint, Error> {
        self.endpoint_act(id, "disablings", key).await
    }

    /// For a coordinator: lets deliveries go there again.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same key.
    pub async fn enable_webhook_endpoint(
        &self,
        id: Id,
        key: Option<&IdempotencyKey>,
    ) -> Result<Endpoint, Error> {
        self.endpoint_act(id, "enablings", key).await
    }

    /// For a coordinator: removes it for good.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same key.
    pub async fn remove_webhook_endpoint(
        &self,
        id: Id,
        key: Option<&IdempotencyKey>,
    ) -> Result<Removal, Error> {
        self.endpoint_act(id, "removals", key).await
    }

    async fn endpoint_act<T: serde::de::DeserializeOwned>(
        &self,
        id: Id,
        act: &str,
        key: Option<&IdempotencyKey>,
    ) -> Result<T, Error> {
        let path = format!("/v1/webhook-endpoints/{id}/{act}");
        let body = EndpointActSubmission {};
        Ok(self.connection.post(&path, &body, key).await?.value)
    }
}

#[cfg(test)]
mod tests {
    use protocol::webhook::sign;

    use super::*;

    #[test]
    fn an_event_is_read_when_its_id_is_the_one_that_was_signed() {
        let (secret, now) = (
            Secret::from_random([1; 32]),
            Timestamp::from_second(1_700_000_000).unwrap(),
        );
        let body = |id: &str, more: &str| {
            format!(
                r#"{{"specversion":"1.0","id":"{id}","source":"https://trefpunt.example","type":"nl.trefpunt.webhook.test","time":"2027-03-01T08:00:00Z","dataref":"https://trefpunt.example/v1/webhook-endpoints/x"{more}}}"#
            )
        };
        let read = |body: String| {
            let signature = sign(&secret, "msg_1", now, body.as_bytes());
            read_delivery(
                std::slice::from_ref(&secret),
                ("msg_1", "1700000000", &signature),
                body.as_bytes(),
                now,
            )
        };
        assert_eq!(read(body("msg_1", "")).unwrap().kind, "nl.trefpunt.webhook.test");
        assert_eq!(read(body("msg_2", "")), Err(Undeliverable::Unreadable));
        assert_eq!(
            read(body("msg_1", r#","data":{}"#)),
            Err(Undeliverable::Unreadable)
        );
        assert_eq!(read("{}".to_owned()), Err(Undeliverable::Unreadable));
        let other = read_delivery(&[], ("msg_1", "1700000000", "v1,"), b"{}", now);
        assert_eq!(other, Err(Undeliverable::Unverified(CannotVerify::Signature)));
    }
}
