//! The portal as a relying party: it sends a family's browser to a broker (such as one for DigiD) and believes what comes back
//! when it is strictly what it should be. OpenID NLGov 1.0.1: code flow, PKCE, `private_key_jwt`, `acr`, a pairwise `sub`.
//!
//! What is asked is `openid` and nothing more: no citizen service number, no name. What the broker tells beside `sub` is not
//! read. `sub` itself lives as long as the call, in memory that is wiped; whoever keeps anything keeps a keyed hash.
//!
//! This does *not* know sessions, letters or the database: `family/login.rs` does.

mod client_key;
mod id_token;
mod key_set;
mod metadata;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::login::LeastLevel;
use domain::webhook::AttemptOutcome;
use jiff::Timestamp;
use protocol::json::Json;
use protocol::text::encode;
use protocol::webhook::EndpointUrl;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::Casework;
use crate::outgoing::Outgoing;

pub use client_key::{LoginKey, UnusableLoginKey};
use id_token::Expected;
pub use id_token::IdTokenError;
pub(crate) use id_token::Subject;
use key_set::KeySet;
use metadata::Metadata;

/// Where the browser comes back to, below the published address.
pub const WAY_BACK: &str = "/portal/ingelogd";

/// How long one question to the broker may take. A reader waits for two of them at most, and then reads that it did not work.
pub const LOGIN_DEADLINE: Duration = Duration::from_secs(2);

/// The longest answer of a broker, in bytes: the metadata of large ones is about 6 KiB.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// How long metadata and keys are believed without asking again.
const BELIEVED_FOR: Duration = Duration::from_secs(600);

/// A token of a key that is not known makes the portal read the keys again, but no more often than this: whoever sends such
/// tokens shall not make it ask all the time.
const KEYS_AT_MOST_EVERY: Duration = Duration::from_secs(60);

/// So many readers' questions are asked at a time. A broker that is slow keeps no more of the portal busy than that.
const AT_ONCE: usize = 16;

/// How old a log-in may be, in seconds: the family logs in now, and not whoever sat there before.
const MAX_AGE_SECONDS: i64 = 600;

/// What the portal needs to know of its broker.
pub struct LoginSettings {
    /// What families call it, such as `DigiD`.
    pub name: String,
    /// Who it is.
    pub issuer: Issuer,
    /// As what the broker knows this portal.
    pub client_id: String,
    /// With what the portal shows that it is that.
    pub key: LoginKey,
    /// How sure a log-in must be.
    pub least: LeastLevel,
    /// The portal's published address without a trailing slash.
    pub base: String,
    /// The way out.
    pub outgoing: Outgoing,
    /// The machine's clock: a broker's tokens live minutes.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Time since some moment; never goes back.
    pub stopwatch: Arc<dyn Fn() -> Duration + Send + Sync>,
}

/// A broker's name, which is an address: compared character by character (OpenID Connect Core, section 3.1.3.7).
#[derive(Clone, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    configuration: EndpointUrl,
}

/// A text that names no broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the https:// address of a broker, without a query")]
pub struct UnusableIssuer;

impl FromStr for Issuer {
    type Err = UnusableIssuer;

    fn from_str(text: &str) -> Result<Self, UnusableIssuer> {
        if text.contains('?') {
            return Err(UnusableIssuer);
        }
        // OpenID Connect Discovery, section 4.1: a slash at the end does not count.
        let stem = text.strip_suffix('/').unwrap_or(text);
        let configuration = format!("{stem}/.well-known/openid-configuration");
        Ok(Self {
            text: text.to_owned(),
            configuration: configuration.parse().map_err(|_| UnusableIssuer)?,
        })
    }
}

impl Issuer {
    /// As it is written in tokens.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuer({})", self.text)
    }
}

/// Why a log-in came to nothing at the broker. For the operator's log: it says nothing of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokerFailure {
    /// It gave no answer that can be used.
    #[error("the broker gives no answer: {0}")]
    Silent(AttemptOutcome),
    /// Too many wait for it.
    #[error("too many log-ins wait for the broker")]
    Busy,
    /// It does not offer what a portal needs, or is another.
    #[error("the broker's metadata cannot be used: {0}")]
    Metadata(&'static str),
    /// Its keys.
    #[error("the broker has no key that can be used")]
    Keys,
    /// It does not take the code: made up, used before, or too old.
    #[error("the broker does not take the code")]
    Code,
    /// What it answered for the code.
    #[error("the broker's answer has no id token")]
    NoToken,
    /// The id token does not hold.
    #[error("the broker's id token does not hold: {0}")]
    Token(IdTokenError),
    /// The portal's own key.
    #[error("the portal could not sign its assertion")]
    Signing,
}

impl BrokerFailure {
    /// Whether the same may work a little later.
    pub fn is_temporary(self) -> bool {
        match self {
            Self::Silent(_) | Self::Busy | Self::Metadata(_) | Self::Keys | Self::Signing => true,
            Self::Code | Self::NoToken | Self::Token(_) => false,
        }
    }
}

impl Casework {
    /// Lets families log in at this broker. Said once, before anybody is let in.
    pub fn log_in_with(&self, settings: LoginSettings) {
        if self.inner.broker.set(Broker::new(settings)).is_err() {
            tracing::error!("the log-in was set up twice; the first stands");
        }
    }

    /// What families log in with, such as `DigiD`; none where they cannot.
    pub fn login_name(&self) -> Option<&str> {
        self.inner.broker.get().map(Broker::name)
    }
}

/// What ties an answer of the broker to the browser that asked: all of it is made from one secret that the browser keeps.
pub(crate) struct Ties {
    /// Comes back with the answer.
    pub(crate) state: Zeroizing<String>,
    /// Stands in the id token.
    nonce: Zeroizing<String>,
    /// Shows the broker that who brings the code is who began (RFC 7636).
    verifier: Zeroizing<String>,
}

impl Ties {
    pub(crate) fn of(ticket: &[u8; 32]) -> Self {
        let text = |context: &str| Zeroizing::new(encode(blake3::derive_key(context, ticket)));
        Self {
            state: text("trefpunt 2026 portal login state v1"),
            nonce: text("trefpunt 2026 portal login nonce v1"),
            verifier: text("trefpunt 2026 portal login verifier v1"),
        }
    }
}

/// Looks whether the broker answers, is the one of the settings, and offers what a log-in needs. Nobody logs in.
///
/// # Errors
/// [`BrokerFailure`].
pub async fn look_at_broker(settings: LoginSettings) -> Result<(), BrokerFailure> {
    Broker::new(settings).read().await.map(drop)
}

/// The broker, as this portal uses it.
pub(crate) struct Broker {
    settings: LoginSettings,
    known: Mutex<Option<Known>>,
    turns: Semaphore,
}

/// What the broker tells everybody, and when it was read.
#[derive(Clone)]
struct Known {
    read_at: Duration,
    metadata: Arc<Metadata>,
    keys: Arc<KeySet>,
}

impl Broker {
    pub(crate) fn new(settings: LoginSettings) -> Self {
        Self {
            settings,
            known: Mutex::new(None),
            turns: Semaphore::new(AT_ONCE),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }

    pub(crate) fn issuer(&self) -> &str {
        self.settings.issuer.as_str()
    }

    /// Where the browser is sent (OpenID Connect Core, section 3.1.2.1).
    pub(crate) async fn way_there(&self, ties: &Ties, language: &str) -> Result<String, BrokerFailure> {
        let _turn = self.turns.try_acquire().map_err(|_| BrokerFailure::Busy)?;
        let known = self.known().await?;
        // RFC 7636 section 4.2.
        let challenge = encode(Sha256::digest(ties.verifier.as_bytes()));
        let (age, levels) = (
            MAX_AGE_SECONDS.to_string(),
            self.settings.least.sufficient().join(" "),
        );
        let asked = form(&[
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", &self.way_back()),
            // No other scope: each would bring something that nobody here needs to know.
            ("scope", "openid"),
            ("state", &ties.state),
            ("nonce", &ties.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("acr_values", &levels),
            // Two guardians may share a computer: whoever comes now shows who they are now.
            ("prompt", "login"),
            ("max_age", &age),
            ("ui_locales", language),
        ]);
        let endpoint = known.metadata.authorization_endpoint.as_str();
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{endpoint}{joint}{asked}"))
    }

    /// Exchanges a code, and gives who logged in when everything about the answer holds.
    pub(crate) async fn who_came(
        &self,
        ties: &Ties,
        code: &str,
        jti: &[u8; 16],
    ) -> Result<Subject, BrokerFailure> {
        let _turn = self.turns.try_acquire().map_err(|_| BrokerFailure::Busy)?;
        let known = self.known().await?;
        let endpoint = &known.metadata.token_endpoint;
        let now = (self.settings.clock)();
        let assertion = self
            .settings
            .key
            .assertion(&self.settings.client_id, endpoint.as_str(), jti, now)
            .ok_or(BrokerFailure::Signing)?;
        let asked = form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.way_back()),
            ("client_id", &self.settings.client_id),
            ("client_assertion_type", protocol::access::ASSERTION_TYPE),
            ("client_assertion", &assertion),
            ("code_verifier", &ties.verifier),
        ]);
        let answer = self
            .settings
            .outgoing
            .post_form(endpoint, asked, MAX_ANSWER_BYTES)
            .await;
        let answer = answer.map_err(|outcome| match outcome {
            AttemptOutcome::Refused | AttemptOutcome::Gone => BrokerFailure::Code,
            other => BrokerFailure::Silent(other),
        })?;
        let token = id_token_of(&answer).ok_or(BrokerFailure::NoToken)?;
        let expected = Expected {
            issuer: self.issuer(),
            client_id: &self.settings.client_id,
            nonce: &ties.nonce,
            least: &self.settings.least,
            max_age_seconds: MAX_AGE_SECONDS,
            now: (self.settings.clock)(),
        };
        match id_token::check(&token, &known.keys, &expected) {
            Err(IdTokenError::UnknownKey) => {
                let keys = self.keys_again(&known).await?;
                id_token::check(&token, &keys, &expected)
            }
            checked => checked,
        }
        .map_err(BrokerFailure::Token)
    }

    fn way_back(&self) -> String {
        format!("{}{WAY_BACK}", self.settings.base)
    }

    async fn known(&self) -> Result<Known, BrokerFailure> {
        let now = (self.settings.stopwatch)();
        let known = self.remembered().clone();
        match known.filter(|known| now.saturating_sub(known.read_at) < BELIEVED_FOR) {
            Some(known) => Ok(known),
            None => self.read().await,
        }
    }

    async fn read(&self) -> Result<Known, BrokerFailure> {
        let read_at = (self.settings.stopwatch)();
        let answer = self.ask(&self.settings.issuer.configuration).await?;
        let metadata = Metadata::read(&answer, &self.settings)?;
        let keys = self.read_keys(&metadata).await?;
        let known = Known {
            read_at,
            metadata: Arc::new(metadata),
            keys,
        };
        *self.remembered() = Some(known.clone());
        Ok(known)
    }

    /// The keys as they are now, unless they were just read.
    async fn keys_again(&self, known: &Known) -> Result<Arc<KeySet>, BrokerFailure> {
        let now = (self.settings.stopwatch)();
        if now.saturating_sub(known.read_at) < KEYS_AT_MOST_EVERY {
            return Ok(Arc::clone(&known.keys));
        }
        let keys = self.read_keys(&known.metadata).await?;
        *self.remembered() = Some(Known {
            read_at: now,
            metadata: Arc::clone(&known.metadata),
            keys: Arc::clone(&keys),
        });
        Ok(keys)
    }

    async fn read_keys(&self, metadata: &Metadata) -> Result<Arc<KeySet>, BrokerFailure> {
        let answer = self.ask(&metadata.jwks_uri).await?;
        KeySet::read(&answer).map(Arc::new).ok_or(BrokerFailure::Keys)
    }

    async fn ask(&self, url: &EndpointUrl) -> Result<Zeroizing<Vec<u8>>, BrokerFailure> {
        let answer = self.settings.outgoing.get(url, MAX_ANSWER_BYTES).await;
        answer.map_err(BrokerFailure::Silent)
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one member of the answer that is used. The access token beside it is good for asking the broker about the person, and
/// nobody here asks.
fn id_token_of(answer: &[u8]) -> Option<Zeroizing<String>> {
    let json = Json::parse(answer).ok()?;
    match member(&json, "id_token")? {
        Json::Text(token) => Some(Zeroizing::new(token.clone())),
        _ => None,
    }
}

fn member<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    let Json::Object(members) = json else {
        return None;
    };
    let found = members.iter().find(|(found, _)| found == name);
    found.map(|(_, value)| value)
}

fn text<'a>(json: &'a Json, name: &str) -> Option<&'a str> {
    match member(json, name)? {
        Json::Text(text) => Some(text),
        _ => None,
    }
}

/// `application/x-www-form-urlencoded`, in which also queries are written.
fn form(pairs: &[(&str, &str)]) -> String {
    let encoded = |text: &str| {
        text.bytes().fold(String::new(), |mut written, byte| {
            match byte {
                // RFC 3986 section 2.3: what never needs another spelling.
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    written.push(byte.into())
                }
                _ => written.push_str(&format!("%{byte:02X}")),
            }
            written
        })
    };
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}
