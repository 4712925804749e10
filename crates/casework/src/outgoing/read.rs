//! Reading what is answered: one short answer of somebody whom the operator named.

use protocol::webhook::EndpointUrl;
use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use zeroize::Zeroizing;

use super::{Outgoing, outcome_of, outcome_of_status};
use domain::webhook::AttemptOutcome;

/// As whom the portal asks.
const PORTAL: &str = "Trefpunt-Portal/1.0";

impl Outgoing {
    /// Reads what is there, when it is JSON of at most so many bytes.
    ///
    /// # Errors
    /// The outcome, which is never `Delivered`.
    pub(crate) async fn get(
        &self,
        url: &EndpointUrl,
        most_bytes: usize,
    ) -> Result<Zeroizing<Vec<u8>>, AttemptOutcome> {
        self.read(url, self.http.get(url.as_str()), most_bytes).await
    }

    /// Sends a form and reads the answer.
    ///
    /// # Errors
    /// As for [`Outgoing::get`].
    pub(crate) async fn post_form(
        &self,
        url: &EndpointUrl,
        form: String,
        most_bytes: usize,
    ) -> Result<Zeroizing<Vec<u8>>, AttemptOutcome> {
        let request = self
            .http
            .post(url.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        self.read(url, request, most_bytes).await
    }

    async fn read(
        &self,
        url: &EndpointUrl,
        request: RequestBuilder,
        most_bytes: usize,
    ) -> Result<Zeroizing<Vec<u8>>, AttemptOutcome> {
        if !self.may_reach(url) {
            return Err(AttemptOutcome::BlockedAddress);
        }
        let request = request
            .header(USER_AGENT, PORTAL)
            .header(ACCEPT, "application/json");
        match tokio::time::timeout(self.deadline, whole(request, most_bytes)).await {
            Ok(read) => read,
            Err(_) => Err(AttemptOutcome::Timeout),
        }
    }
}

async fn whole(request: RequestBuilder, most_bytes: usize) -> Result<Zeroizing<Vec<u8>>, AttemptOutcome> {
    let broken = |error: reqwest::Error| outcome_of(&error);
    let mut response = request.send().await.map_err(broken)?;
    match outcome_of_status(response.status()) {
        AttemptOutcome::Delivered => {}
        other => return Err(other),
    }
    // All of it at once: what is moved while it grows leaves copies behind.
    let mut body = Zeroizing::new(Vec::with_capacity(most_bytes));
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > most_bytes {
            return Err(AttemptOutcome::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
