//! Requests and answers: bounded, repeated only where that is safe, refusals as their problem.

use std::sync::Arc;
use std::time::Duration;

use protocol::problem::{Problem, ProblemType};
use protocol::{Body, ClientId, IdempotencyKey};
use reqwest::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use crate::access::{Credentials, Token};
use crate::environment::{Chance, Environment};
use crate::error::Error;
use crate::receipts::Receipts;
use crate::settings::{Settings, address};

/// How often a call is tried before it fails.
pub const MAX_ATTEMPTS: u32 = 4;

/// The longest pause between attempts, in milliseconds, whatever `Retry-After` says.
const MAX_PAUSE_MILLIS: u64 = 5_000;

/// The largest answer that is read, in bytes; a page of 100 messages is far smaller, and a part of an attachment smaller.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

const JSON: &str = "application/json";
const OCTETS: &str = "application/octet-stream";
const PDF: &str = "application/pdf";
const ACCEPT_JSON: &str = "application/json, application/problem+json";

/// A way to the service for one client.
pub(crate) struct Connection {
    http: reqwest::Client,
    api: Url,
    token_endpoint: Url,
    credentials: Credentials,
    token: Mutex<Option<Token>>,
    environment: Arc<dyn Environment>,
    pub(crate) receipts: Receipts,
}

/// A request of the API.
pub(crate) struct Call<'a> {
    to: To<'a>,
    accept: &'static str,
    /// Whether anybody may ask: no token is fetched.
    public: bool,
    /// What is given along; a read gives nothing.
    given: Option<Given>,
}

/// Where a request goes.
enum To<'a> {
    /// To a path of the address that was configured.
    Path(&'a str),
    /// To another address, which gets no token.
    Address(&'a Url),
}

/// A body, and the key under which it takes hold once. What changes nothing at the other side, or the same however often it
/// is given, has no key.
struct Given {
    method: Method,
    body: Vec<u8>,
    media_type: &'static str,
    key: Option<IdempotencyKey>,
}

impl<'a> Call<'a> {
    pub(crate) const fn get(path: &'a str) -> Self {
        Self {
            to: To::Path(path),
            accept: ACCEPT_JSON,
            public: false,
            given: None,
        }
    }

    pub(crate) fn get_public(path: &'a str) -> Self {
        Self {
            public: true,
            ..Self::get(path)
        }
    }

    pub(crate) fn get_bundle(path: &'a str) -> Self {
        Self {
            accept: "application/x-tar, application/problem+json",
            ..Self::get(path)
        }
    }

    fn get_octets(path: &'a str) -> Self {
        Self {
            accept: "application/octet-stream, application/problem+json",
            ..Self::get(path)
        }
    }
}

/// An answer of 2xx.
pub(crate) struct Answer<T> {
    pub(crate) created: bool,
    pub(crate) value: T,
}

impl Connection {
    pub(crate) fn new(settings: &Settings, environment: Arc<dyn Environment>) -> Result<Self, Error> {
        Self::open(
            &settings.api_url,
            &settings.token_url,
            &settings.client_id,
            &settings.private_key_pem,
            environment,
        )
    }

    /// The token endpoint, by the name its assertions have for it.
    pub(crate) fn audience(&self) -> &str {
        self.credentials.audience()
    }

    /// A way to whoever answers at `url` and gives tokens at `token_url`.
    pub(crate) fn open(
        url: &str,
        token_url: &str,
        client_id: &ClientId,
        private_key_pem: &str,
        environment: Arc<dyn Environment>,
    ) -> Result<Self, Error> {
        let api = address(url)?;
        if api.path() != "/" {
            return Err(Error::Settings("an address has a path"));
        }
        let token_endpoint = address(token_url)?;
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("trefpunt-client/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the token, or the assertion, to an address nobody configured.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(30));
        if api.scheme() == "http" && token_endpoint.scheme() == "http" {
            // Nothing leaves this machine: do without the system's certificates, which may be absent.
            http = http.tls_certs_only([]);
        }
        let http = http
            .build()
            .map_err(|_| Error::Settings("TLS cannot be set up on this machine"))?;
        let credentials = Credentials::new(client_id.clone(), token_url.to_owned(), private_key_pem)?;
        Ok(Self {
            http,
            api,
            token_endpoint,
            credentials,
            token: Mutex::new(None),
            environment,
            receipts: Receipts::default(),
        })
    }

    pub(crate) fn environment(&self) -> &dyn Environment {
        &*self.environment
    }

    /// Reads a resource.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        Ok(self.json(self.send(&Call::get(path)).await?).await?.value)
    }

    /// Reads what anybody may read.
    pub(crate) async fn get_public<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        Ok(self.json(self.send(&Call::get_public(path)).await?).await?.value)
    }

    /// Asks for a computation: nothing takes hold that a second attempt would double.
    pub(crate) async fn ask<B: Serialize + Body, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, Error> {
        let call = Call {
            given: Some(question(body)?),
            ..Call::get(path)
        };
        Ok(self.json(self.send(&call).await?).await?.value)
    }

    /// The same of somebody at another address whom anybody may ask: no token goes there.
    pub(crate) async fn ask_publicly<B: Serialize + Body, T: DeserializeOwned>(
        &self,
        address: &Url,
        body: &B,
    ) -> Result<T, Error> {
        let call = Call {
            to: To::Address(address),
            public: true,
            given: Some(question(body)?),
            ..Call::get("")
        };
        Ok(self.json(self.send(&call).await?).await?.value)
    }

    /// Asks for a paper, again when the answer breaks off.
    pub(crate) async fn ask_for_pdf<B: Serialize + Body>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<Vec<u8>, Error> {
        let call = Call {
            accept: "application/pdf, application/problem+json",
            given: Some(question(body)?),
            ..Call::get(path)
        };
        self.bytes(&call, PDF).await
    }

    /// Tells what may be told any number of times; nothing is answered.
    pub(crate) async fn tell<B: Serialize + Body>(&self, path: &str, body: &B) -> Result<(), Error> {
        let call = Call {
            given: Some(question(body)?),
            ..Call::get(path)
        };
        let status = self.send(&call).await?.status();
        if status == StatusCode::NO_CONTENT {
            Ok(())
        } else {
            Err(Error::Answer {
                status: status.as_u16(),
            })
        }
    }

    /// Puts bytes in a place of their own, which may be done any number of times.
    pub(crate) async fn put_octets<T: DeserializeOwned>(
        &self,
        path: &str,
        bytes: Vec<u8>,
    ) -> Result<T, Error> {
        let call = Call {
            given: Some(Given {
                method: Method::PUT,
                body: bytes,
                media_type: OCTETS,
                key: None,
            }),
            ..Call::get(path)
        };
        Ok(self.json(self.send(&call).await?).await?.value)
    }

    /// Reads bytes, again from their beginning when the answer breaks off.
    pub(crate) async fn get_octets(&self, path: &str) -> Result<Vec<u8>, Error> {
        self.bytes(&Call::get_octets(path), OCTETS).await
    }

    async fn bytes(&self, call: &Call<'_>, media_type: &str) -> Result<Vec<u8>, Error> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let response = self.send(call).await?;
            if !is_media_type(&response, media_type) {
                let status = response.status().as_u16();
                return Err(Error::Answer { status });
            }
            match bounded(response).await {
                Err(Error::Unreachable(_)) if attempt < MAX_ATTEMPTS => self.pause(attempt, None).await,
                outcome => return outcome,
            }
        }
    }

    /// Changes something, once: attempts carry the same key, so that only one takes hold.
    pub(crate) async fn post<B: Serialize + Body, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
        key: Option<&IdempotencyKey>,
    ) -> Result<Answer<T>, Error> {
        self.post_bytes(path, written(body)?, JSON, key).await
    }

    /// The same with a body as it is written already.
    pub(crate) async fn post_bytes<T: DeserializeOwned>(
        &self,
        path: &str,
        body: Vec<u8>,
        media_type: &'static str,
        key: Option<&IdempotencyKey>,
    ) -> Result<Answer<T>, Error> {
        let drawn = || IdempotencyKey::from_random(Chance(self.environment()).bytes());
        let call = Call {
            given: Some(Given {
                method: Method::POST,
                body,
                media_type,
                key: Some(key.cloned().unwrap_or_else(drawn)),
            }),
            ..Call::get(path)
        };
        self.json(self.send(&call).await?).await
    }

    /// Sends a call with a token and repeats it when no answer came, the service asks to try again, or
    /// the token is no longer good. Every call may be repeated: reads, and acts under one key.
    pub(crate) async fn send(&self, call: &Call<'_>) -> Result<Response, Error> {
        let mut token_renewed = false;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut request = self.request(call)?;
            let mut token = None;
            if !call.public {
                let value = token.insert(self.bearer().await?);
                request = request.bearer_auth(value.as_str());
            }
            let sent = request.send().await;
            let (error, asked) = match sent {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => {
                    let asked = retry_after(&response);
                    (refusal(response).await, asked)
                }
                Err(error) => (Error::Unreachable(error.without_url()), None),
            };
            let stale = error.problem_type() == Some(ProblemType::InvalidToken) && !token_renewed;
            if let Some(token) = token.filter(|_| stale) {
                token_renewed = true;
                self.forget(&token).await;
            } else if attempt < MAX_ATTEMPTS && may_pass(&error) {
                self.pause(attempt, asked).await;
            } else {
                return Err(error);
            }
        }
    }

    fn request(&self, call: &Call<'_>) -> Result<RequestBuilder, Error> {
        let unmade = Error::Settings("an address cannot be made");
        let url = match call.to {
            To::Path(path) => self.api.join(path).map_err(|_| unmade)?,
            To::Address(address) => address.clone(),
        };
        let Some(given) = &call.given else {
            return Ok(self.http.get(url).header(ACCEPT, call.accept));
        };
        let mut request = self
            .http
            .request(given.method.clone(), url)
            .header(ACCEPT, call.accept)
            .header(CONTENT_TYPE, given.media_type)
            .body(given.body.clone());
        if let Some(key) = &given.key {
            request = request.header("Idempotency-Key", key.as_str());
        }
        Ok(request)
    }

    /// A token that outlives the call. One task fetches, the others wait for it.
    pub(crate) async fn bearer(&self) -> Result<zeroize::Zeroizing<String>, Error> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| token.serves(self.environment.now())) {
            return Ok(token.value.clone());
        }
        let token = self.fetch_token().await?;
        Ok(kept.insert(token).value.clone())
    }

    async fn forget(&self, value: &str) {
        let mut kept = self.token.lock().await;
        if kept.as_ref().is_some_and(|token| *token.value == value) {
            *kept = None;
        }
    }

    async fn fetch_token(&self) -> Result<Token, Error> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            // A new assertion for every attempt: the first may have been spent though its answer was lost.
            let form = self.credentials.request(self.environment())?;
            let asked_at = self.environment.now();
            let request = self
                .http
                .post(self.token_endpoint.clone())
                .header(ACCEPT, JSON)
                .form(&form);
            let last = attempt >= MAX_ATTEMPTS;
            match request.timeout(Duration::from_secs(30)).send().await {
                Ok(response) if response.status() == StatusCode::SERVICE_UNAVAILABLE && !last => {
                    self.pause(attempt, retry_after(&response)).await;
                }
                Ok(response) => {
                    let status = response.status().as_u16();
                    return Token::read(status, &bounded(response).await?, asked_at);
                }
                Err(error) if last => return Err(Error::Unreachable(error.without_url())),
                Err(_) => self.pause(attempt, None).await,
            }
        }
    }

    async fn json<T: DeserializeOwned>(&self, response: Response) -> Result<Answer<T>, Error> {
        let status = response.status();
        let unreadable = Error::Answer {
            status: status.as_u16(),
        };
        if !is_media_type(&response, JSON) {
            return Err(unreadable);
        }
        self.receipts.keep(&response);
        let value = serde_json::from_slice(&bounded(response).await?).map_err(|_| unreadable)?;
        Ok(Answer {
            created: status == StatusCode::CREATED,
            value,
        })
    }

    /// Waits as long as the service asked, or twice as long as the last time, with up to a quarter of
    /// chance on top so that many clients do not come back together.
    async fn pause(&self, attempt: u32, asked_seconds: Option<u64>) {
        let millis = asked_seconds.map_or(100 << attempt.min(6), |seconds| seconds.saturating_mul(1_000));
        let [draw] = Chance(self.environment()).bytes();
        let millis = millis.min(MAX_PAUSE_MILLIS);
        tokio::time::sleep(Duration::from_millis(millis + millis * u64::from(draw) / 1_024)).await;
    }
}

fn question(body: &impl Serialize) -> Result<Given, Error> {
    Ok(Given {
        method: Method::POST,
        body: written(body)?,
        media_type: JSON,
        key: None,
    })
}

fn written(body: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(body).map_err(|_| Error::Settings("a body cannot be written"))
}

/// Whether the same call may succeed a little later.
fn may_pass(error: &Error) -> bool {
    let problem = error.problem_type();
    let passing = [
        ProblemType::TryAgain,
        ProblemType::ShuttingDown,
        ProblemType::IdempotencyInProgress,
    ];
    // A proxy before the service answers 502, 503 or 504 without a problem document.
    let proxy = matches!(error, Error::Answer { status: 502..=504 });
    matches!(error, Error::Unreachable(_)) || proxy || problem.is_some_and(|found| passing.contains(&found))
}

/// `Retry-After` in seconds; the form with a date is not used by this service.
fn retry_after(response: &Response) -> Option<u64> {
    response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()
}

/// The refusal an answer holds.
async fn refusal(response: Response) -> Error {
    let status = response.status().as_u16();
    if !is_media_type(&response, Problem::MEDIA_TYPE) {
        return Error::Answer { status };
    }
    match bounded(response).await {
        Ok(body) => match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) if problem.status == status => Error::Refused(Box::new(problem)),
            _ => Error::Answer { status },
        },
        Err(error) => error,
    }
}

fn is_media_type(response: &Response, expected: &str) -> bool {
    let value = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    value
        .split(';')
        .next()
        .is_some_and(|found| found.trim().eq_ignore_ascii_case(expected))
}

/// An answer's body, if it is not too large.
async fn bounded(mut response: Response) -> Result<Vec<u8>, Error> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| Error::Unreachable(error.without_url()))?
    {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(Error::Answer { status });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests;
