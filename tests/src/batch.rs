//! Batches: a partner system that sends many signals at once.

use protocol::batch::{Batch, BatchLine, BatchState, HeldDecision, NDJSON};
use protocol::page::Page;
use protocol::{Id, OrganisationId};

use crate::{Answer, Http, Method, Professional, Supervisor, eventually};

impl Professional {
    /// Sends lines in one request under this key.
    pub async fn sends_batch(&self, http: &Http, key: &str, lines: &[String]) -> Answer {
        self.sends_batch_text(http, key, &text(lines)).await
    }

    /// Sends a text as a batch.
    pub async fn sends_batch_text(&self, http: &Http, key: &str, text: &str) -> Answer {
        let bearer = self.bearer().await;
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", NDJSON),
            ("idempotency-key", key),
        ];
        http.send(
            Method::POST,
            "/v1/signals/batches",
            &headers,
            Some(text.as_bytes()),
        )
        .await
    }

    /// Sends lines, which must be taken.
    pub async fn gives_batch(&self, http: &Http, key: &str, lines: &[String]) -> Batch {
        let answer = self.sends_batch(http, key, lines).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// Where a batch stands.
    pub async fn sees_batch(&self, http: &Http, id: Id) -> Batch {
        let answer = self.asks_about_batch(http, id, "").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// Asks for a batch, or what is behind it.
    pub async fn asks_about_batch(&self, http: &Http, id: Id, more: &str) -> Answer {
        let bearer = self.bearer().await;
        let path = format!("/v1/signals/batches/{id}{more}");
        http.get(&path, &[("authorization", &bearer)]).await
    }

    /// Waits until a batch stands there.
    pub async fn waits_for_batch(&self, http: &Http, id: Id, state: BatchState) -> Batch {
        eventually("a batch", async || {
            Some(self.sees_batch(http, id).await).filter(|batch| batch.state == state)
        })
        .await
    }

    /// What came of all lines of a batch.
    pub async fn sees_lines(&self, http: &Http, id: Id) -> Vec<BatchLine> {
        let mut lines = Vec::new();
        let mut query = "/lines?limit=100".to_owned();
        loop {
            let answer = self.asks_about_batch(http, id, &query).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let page: Page<BatchLine> = serde_json::from_slice(&answer.body).unwrap();
            lines.extend(page.items);
            match page.next {
                None => return lines,
                Some(next) => query = format!("/lines?limit=100&cursor={next}"),
            }
        }
    }

    /// Takes a batch back.
    pub async fn withdraws_batch(&self, http: &Http, id: Id) -> Answer {
        let bearer = self.bearer().await;
        let key = format!("withdrawal-{id}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", &key),
        ];
        let path = format!("/v1/signals/batches/{id}/withdrawals");
        http.send(Method::POST, &path, &headers, Some(b"{}")).await
    }

    /// The body of a signal until this day, on behalf of another.
    pub fn signal_line(&self, child: &crate::Child, on_behalf_of: Option<OrganisationId>) -> String {
        let mut body: serde_json::Value = serde_json::from_str(&self.signal_body(child)).unwrap();
        if let Some(organisation) = on_behalf_of {
            body["onBehalfOf"] = organisation.to_string().into();
        }
        body.to_string()
    }
}

impl Supervisor {
    /// Decides about what an alert says is held.
    pub async fn decides_held(&self, http: &Http, alert: Id, decision: HeldDecision, key: &str) -> Answer {
        let token = self.access_token().await;
        let bearer = format!("Bearer {}", *token);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        let body = serde_json::json!({ "decision": decision }).to_string();
        let path = format!("/v1/alerts/{alert}/decisions");
        http.send(Method::POST, &path, &headers, Some(body.as_bytes()))
            .await
    }
}

/// Lines as they are sent.
#[must_use]
pub fn text(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}
