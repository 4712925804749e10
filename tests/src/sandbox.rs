//! A vendor who tries a program against a sandbox, with nothing but HTTP.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use crate::{Answer, Child, Http, Method, Professional, Region, Settings};

impl Region {
    /// Starts a sandbox.
    pub async fn sandbox(covenant: &str) -> Self {
        Self::with(Settings {
            covenant: format!("notice_interval_minutes = 0\n{covenant}"),
            sandbox: true,
            ..Settings::default()
        })
        .await
    }
}

/// A vendor's program with the credentials of one organisation.
pub struct Vendor {
    /// Its way to the service.
    pub http: Http,
    /// `Authorization`
    pub bearer: String,
    body: String,
    calls: AtomicU32,
}

impl Vendor {
    /// One that acts for this professional's organisation.
    pub async fn of(region: &Region, professional: &Professional, child: &Child) -> Self {
        Self {
            http: Http::new(&region.url),
            bearer: professional.bearer().await,
            body: professional.signal_body(child),
            calls: AtomicU32::new(0),
        }
    }

    /// What stands at an address.
    pub async fn reads(&self, path: &str) -> Answer {
        self.http.get(path, &[("authorization", &self.bearer)]).await
    }

    /// The items of a list.
    pub async fn lists(&self, path: &str) -> Vec<Value> {
        let answer = self.reads(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()["items"].as_array().unwrap().clone()
    }

    /// Sends a body under a new key.
    pub async fn posts(&self, path: &str, body: &str) -> Answer {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        self.posts_under(&format!("vendor-call-{number:06}"), path, body)
            .await
    }

    /// Sends a body under this key.
    pub async fn posts_under(&self, key: &str, path: &str, body: &str) -> Answer {
        let headers = [
            ("authorization", self.bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        self.http
            .send(Method::POST, path, &headers, Some(body.as_bytes()))
            .await
    }

    /// Does something that is new, and gives what came of it.
    pub async fn does(&self, path: &str, body: &str) -> Value {
        let answer = self.posts(path, body).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.text());
        answer.json()
    }

    /// Gives a signal about its child until this day.
    pub async fn signals_until(&self, planned_end: &str) -> Value {
        self.does("/v1/signals", &self.body.replace("2027-09-01", planned_end))
            .await
    }

    /// Moves the clock by this duration.
    pub async fn advances(&self, by: &str) -> Value {
        self.does("/v1/sandbox/clock", &format!(r#"{{"advance":"{by}"}}"#))
            .await
    }

    /// Moves the clock to this instant.
    pub async fn advances_to(&self, to: &str) -> Value {
        self.does("/v1/sandbox/clock", &format!(r#"{{"to":"{to}"}}"#))
            .await
    }

    /// The kinds of the notices in its inbox.
    pub async fn told(&self) -> Vec<String> {
        let notices = self.lists("/v1/notices?limit=100").await;
        notices
            .iter()
            .map(|notice| notice["kind"].as_str().unwrap().to_owned())
            .collect()
    }
}
