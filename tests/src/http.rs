//! Requests as any program could send them.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::{Authority, TlsIdentity};

pub use reqwest::Method;

/// A program that speaks HTTP and follows nothing by itself.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    base: String,
}

/// An answer, whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Http {
    /// One that calls the service at this address.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self::with(base, builder().tls_certs_only([]))
    }

    /// One that believes this authority, and shows this certificate if any.
    #[must_use]
    pub fn over_tls(base: &str, authority: &Authority, identity: Option<&TlsIdentity>) -> Self {
        let root = reqwest::Certificate::from_pem(authority.pem().as_bytes()).unwrap();
        let mut builder = builder().tls_certs_only([root]);
        if let Some(TlsIdentity { certificate, key, .. }) = identity {
            let pem = format!("{certificate}{key}");
            builder = builder.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap());
        }
        Self::with(base, builder)
    }

    fn with(base: &str, builder: reqwest::ClientBuilder) -> Self {
        Self {
            client: builder.build().unwrap(),
            base: base.to_owned(),
        }
    }

    /// Reads an address; `None` when there is no connection to be had, or it breaks.
    pub async fn try_get(&self, path: &str) -> Option<u16> {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await;
        answer.ok().map(|answer| answer.status().as_u16())
    }

    /// Sends a request; `path` begins with a slash.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body.to_vec());
        }
        let mut response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let streams = headers
            .get("content-type")
            .is_some_and(|kind| kind == "text/event-stream");
        let body = if streams {
            // It goes on and on: what it begins with has to do.
            response.chunk().await.unwrap().unwrap_or_default().to_vec()
        } else {
            response.bytes().await.unwrap().to_vec()
        };
        Answer {
            status,
            headers,
            body,
        }
    }

    /// Reads no more than the head of what an address answers, and hangs up: for what would go on. A refusal is read whole.
    pub async fn opens(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.client.get(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer {
            status: status.as_u16(),
            headers,
            body: match status.is_success() {
                true => Vec::new(),
                false => response.bytes().await.unwrap().to_vec(),
            },
        }
    }

    /// Reads an address.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, None).await
    }

    /// Sends a form.
    pub async fn post_form(&self, path: &str, headers: &[(&str, &str)], form: &[(&str, &str)]) -> Answer {
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .form(form)
            .build()
            .unwrap();
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap().to_vec();
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        self.send(Method::POST, path, &headers, Some(&body)).await
    }
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
}

impl Answer {
    /// A header field that must be there once.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        assert!(values.next().is_none(), "{name} comes twice");
        Some(value.to_str().unwrap())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// The last part of the problem's type.
    #[must_use]
    pub fn slug(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap_or_default().to_owned();
        kind.rsplit('/').next().unwrap_or_default().to_owned()
    }
}
