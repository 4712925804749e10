//! Attachments as anybody sends and fetches them over HTTP: bytes that were never sealed, which the service cannot tell.

use protocol::exchange::{AttachmentSubmission, MAX_PART_BYTES, part_bytes, parts};
use protocol::sealed_message::{ContentKind, Envelope, GateKind, Route};
use protocol::{Base64Url, Id};

use crate::{Answer, Http, Method, Professional, Region, eventually};

/// One attachment on its way from one professional to another, in a network without a keyholder.
pub struct Parcel {
    http: Http,
    /// The match.
    pub match_id: Id,
    /// Its announcement.
    pub announcement: AttachmentSubmission,
    sender: String,
    recipient: String,
}

impl Parcel {
    /// Made up, and not announced: of so many bytes, under the consent of this record. `number` tells it from others.
    pub async fn of(
        region: &Region,
        (sender, recipient): (&Professional, &Professional),
        match_id: Id,
        consent_hash: Base64Url<32>,
        (number, sealed_bytes): (u8, u64),
    ) -> Self {
        let route = Route {
            match_id,
            message_id: Id([number; 16]),
            sender: sender.organisation,
            recipient: recipient.organisation,
            consent_hash,
        };
        let envelope = Envelope::new(&route, ContentKind::Attachment, GateKind::None);
        Self {
            http: Http::new(&region.url),
            match_id,
            announcement: AttachmentSubmission {
                message_id: route.message_id,
                recipient: recipient.organisation,
                consent_hash,
                enc: Base64Url([number; 32]),
                envelope: envelope.to_text().unwrap(),
                sender_key: sender.first_sealing_key().into(),
                recipient_key: recipient.first_sealing_key().into(),
                sealed_bytes,
            },
            sender: sender.bearer().await,
            recipient: recipient.bearer().await,
        }
    }

    /// Both take new access tokens: the clock was moved on.
    pub async fn logs_in_again(&mut self, (sender, recipient): (&Professional, &Professional)) {
        self.sender = sender.bearer().await;
        self.recipient = recipient.bearer().await;
    }

    /// Announces it under this key.
    pub async fn announced(&self, key: &str) -> Answer {
        let body = serde_json::to_vec(&self.announcement).unwrap();
        let path = format!("/v1/matches/{}/attachments", self.match_id);
        let headers = [
            ("authorization", self.sender.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        self.send(Method::POST, &path, &headers, &body).await
    }

    /// Sends a request that can be sent again, until the service has time for it.
    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        eventually("the service has time", async || {
            let answer = self.http.send(method.clone(), path, headers, Some(body)).await;
            (answer.status != 503).then_some(answer)
        })
        .await
    }

    /// Where it is described.
    #[must_use]
    pub fn path(&self) -> String {
        let id = self.announcement.message_id;
        format!("/v1/matches/{}/attachments/{id}", self.match_id)
    }

    /// Where this part is.
    #[must_use]
    pub fn part_path(&self, part: u32) -> String {
        format!("{}/parts/{part}", self.path())
    }

    /// What is in this part: its number, over and over.
    ///
    /// # Panics
    /// When there is no such part.
    #[must_use]
    pub fn content(&self, part: u32) -> Vec<u8> {
        let length = part_bytes(self.announcement.sealed_bytes, part).unwrap();
        vec![u8::try_from(part).unwrap(); usize::try_from(length).unwrap()]
    }

    /// Its parts.
    pub fn parts(&self) -> std::ops::Range<u32> {
        0..parts(self.announcement.sealed_bytes)
    }

    /// Sends this part with these bytes.
    pub async fn sent_with(&self, part: u32, bytes: &[u8]) -> Answer {
        assert!(bytes.len() as u64 <= MAX_PART_BYTES + 1);
        let headers = [
            ("authorization", self.sender.as_str()),
            ("content-type", "application/octet-stream"),
        ];
        self.send(Method::PUT, &self.part_path(part), &headers, bytes)
            .await
    }

    /// Sends this part.
    pub async fn sent(&self, part: u32) -> Answer {
        self.sent_with(part, &self.content(part)).await
    }

    /// Announces it and sends all of it.
    pub async fn arrives(&self) {
        let announced = self.announced(&self.key("announced")).await;
        assert_eq!(announced.status, 201, "{announced:?}");
        for part in self.parts() {
            let sent = self.sent(part).await;
            assert_eq!(sent.status, 200, "{sent:?}");
        }
    }

    /// Its sender looks at it.
    pub async fn seen_by_sender(&self) -> Answer {
        let headers = [("authorization", self.sender.as_str())];
        self.http.get(&self.path(), &headers).await
    }

    /// Its recipient looks at it.
    pub async fn seen_by_recipient(&self) -> Answer {
        let headers = [("authorization", self.recipient.as_str())];
        self.http.get(&self.path(), &headers).await
    }

    /// Its recipient fetches this part.
    pub async fn fetched(&self, part: u32) -> Answer {
        let headers = [("authorization", self.recipient.as_str())];
        self.http.get(&self.part_path(part), &headers).await
    }

    /// Its sender tries to fetch this part.
    pub async fn fetched_by_sender(&self, part: u32) -> Answer {
        let headers = [("authorization", self.sender.as_str())];
        self.http.get(&self.part_path(part), &headers).await
    }

    /// Its recipient says that it has it, under this key.
    pub async fn acknowledged(&self, key: &str) -> Answer {
        let id = self.announcement.message_id;
        let path = format!("/v1/matches/{}/messages/{id}/acknowledgements", self.match_id);
        let headers = [
            ("authorization", self.recipient.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        self.http.send(Method::POST, &path, &headers, Some(b"{}")).await
    }

    /// A key for an act with it.
    #[must_use]
    pub fn key(&self, act: &str) -> String {
        format!("{act}-{}", self.announcement.message_id)
    }
}
