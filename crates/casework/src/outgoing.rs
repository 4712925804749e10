//! The way out to addresses that somebody else chose: one request, one short answer, within a time.
//!
//! What a name leads to is looked at when the connection is made, each time, because whoever answers for the name may say
//! something else then. Nothing is followed, no proxy of the environment is used, nothing is kept of what is answered but its status
//! and when to come back.

mod read;

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use domain::webhook::{AddressPolicy, AttemptOutcome};
use jiff::Timestamp;
use protocol::webhook::{EndpointUrl, Host};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Certificate, StatusCode};

/// How long one attempt may take in a service, from looking up the name to the end of the answer.
pub const DEADLINE: Duration = Duration::from_secs(15);

/// The longest answer, in bytes: nobody reads it.
const MAX_ANSWER_BYTES: usize = 4 * 1024;

const USER_AGENT: &str = "Trefpunt-Webhooks/1.0";

/// The addresses of a name.
pub type Lookup = Arc<dyn Fn(String) -> LookupAnswer + Send + Sync>;

/// They come later.
pub type LookupAnswer = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// The way out.
#[derive(Clone)]
pub struct Outgoing {
    http: reqwest::Client,
    policy: Arc<AddressPolicy>,
    deadline: Duration,
}

/// The way out cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutgoingError {
    /// The file of authorities.
    #[error("the certificates of the authorities are not readable as PEM")]
    Authorities,
    /// TLS cannot be set up on this machine.
    #[error("TLS cannot be set up: this machine has no certificates of authorities, and none are configured")]
    Tls,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// In a word.
    pub outcome: AttemptOutcome,
    /// The status, when there was one.
    pub status: Option<u16>,
    /// After how many seconds the receiver wants to be asked again.
    pub retry_after: Option<u64>,
}

impl Outgoing {
    /// To these addresses, by these names, within this time each. Receivers are certified by `authorities` (PEM), else by
    /// those that the machine trusts.
    ///
    /// # Errors
    /// [`OutgoingError`].
    pub fn new(
        policy: AddressPolicy,
        authorities: Option<&[u8]>,
        lookup: Lookup,
        deadline: Duration,
    ) -> Result<Self, OutgoingError> {
        let policy = Arc::new(policy);
        let resolver = CheckedNames {
            policy: Arc::clone(&policy),
            lookup,
        };
        let mut http = reqwest::Client::builder()
            .https_only(true)
            .min_tls_version(reqwest::tls::Version::TLS_1_2)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .user_agent(USER_AGENT)
            // A connection that was kept would not be looked at again.
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(resolver))
            .timeout(deadline);
        if let Some(pem) = authorities {
            let certificates = Certificate::from_pem_bundle(pem).map_err(|_| OutgoingError::Authorities)?;
            if certificates.is_empty() {
                return Err(OutgoingError::Authorities);
            }
            http = http.tls_certs_only(certificates);
        }
        let http = http.build().map_err(|_| OutgoingError::Tls)?;
        Ok(Self {
            http,
            policy,
            deadline,
        })
    }

    /// Whether anything may be sent to an address that is given as such; a name is looked at when it is connected to.
    pub fn may_reach(&self, url: &EndpointUrl) -> bool {
        match url.host() {
            Host::Name(_) => true,
            Host::Address(address) => self.policy.allows(*address),
        }
    }

    /// Sends a body with these headers. `now` is for a receiver that says when to come back as a date.
    pub async fn post(
        &self,
        url: &EndpointUrl,
        headers: HeaderMap,
        body: String,
        now: Timestamp,
    ) -> Answered {
        let failed = |outcome| Answered {
            outcome,
            status: None,
            retry_after: None,
        };
        // No name is looked up for an address.
        if !self.may_reach(url) {
            return failed(AttemptOutcome::BlockedAddress);
        }
        let request = self.http.post(url.as_str()).headers(headers).body(body);
        match tokio::time::timeout(self.deadline, answer(request, now)).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(error)) => failed(outcome_of(&error)),
            Err(_) => failed(AttemptOutcome::Timeout),
        }
    }
}

/// Sends it and reads the answer to its end.
async fn answer(request: reqwest::RequestBuilder, now: Timestamp) -> Result<Answered, reqwest::Error> {
    let mut response = request.send().await?;
    let status = response.status();
    let retry_after = retry_after(response.headers(), now);
    let mut length = 0;
    let mut outcome = outcome_of_status(status);
    while let Some(chunk) = response.chunk().await? {
        length += chunk.len();
        if length > MAX_ANSWER_BYTES {
            outcome = AttemptOutcome::TooLarge;
            break;
        }
    }
    Ok(Answered {
        outcome,
        status: Some(status.as_u16()),
        retry_after,
    })
}

fn outcome_of_status(status: StatusCode) -> AttemptOutcome {
    match status {
        status if status.is_success() => AttemptOutcome::Delivered,
        status if status.is_redirection() => AttemptOutcome::Redirected,
        StatusCode::GONE => AttemptOutcome::Gone,
        _ => AttemptOutcome::Refused,
    }
}

/// In seconds from now, however it is said (RFC 9110, section 10.2.3). What cannot be read was not said.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<u64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds are a long time.
        return Some(text.parse().unwrap_or(u64::MAX));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    u64::try_from(at.duration_since(now).as_secs()).ok()
}

fn outcome_of(error: &reqwest::Error) -> AttemptOutcome {
    if error.is_timeout() {
        return AttemptOutcome::Timeout;
    }
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<NameRefused>() {
            return refused.0;
        }
        if error.downcast_ref::<io::Error>().is_some_and(is_of_tls) {
            return AttemptOutcome::Tls;
        }
        cause = error.source();
    }
    if error.is_connect() {
        AttemptOutcome::Unreachable
    } else {
        AttemptOutcome::InvalidAnswer
    }
}

/// The TLS library's own errors travel as invalid data, and a handshake that was cut as an early end; either may be wrapped
/// once more, where `source` does not show it.
fn is_of_tls(error: &io::Error) -> bool {
    let of_tls = match error.kind() {
        io::ErrorKind::InvalidData => true,
        io::ErrorKind::UnexpectedEof => error.to_string().contains("handshake"),
        _ => false,
    };
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<io::Error>());
    of_tls || inner.is_some_and(is_of_tls)
}

/// Looks names up, and lets none through that leads to an address to which nothing is sent.
struct CheckedNames {
    policy: Arc<AddressPolicy>,
    lookup: Lookup,
}

/// A name that leads nowhere, or where nothing is sent.
#[derive(Debug)]
struct NameRefused(AttemptOutcome);

impl fmt::Display for NameRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for NameRefused {}

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = Arc::clone(&self.policy);
        let addresses = (self.lookup)(name.as_str().to_owned());
        Box::pin(async move {
            let refused = |outcome| Box::new(NameRefused(outcome)) as Box<dyn StdError + Send + Sync>;
            let addresses = addresses
                .await
                .map_err(|_| refused(AttemptOutcome::UnknownName))?;
            if addresses.is_empty() {
                return Err(refused(AttemptOutcome::UnknownName));
            }
            if !policy.allows_all(&addresses) {
                return Err(refused(AttemptOutcome::BlockedAddress));
            }
            // Exactly these are connected to, with the port of the address.
            let addresses = addresses.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

/// Names as the machine looks them up.
pub fn machine_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_says_when_to_come_back_in_two_ways_and_nothing_else_is_believed() {
        let now: Timestamp = "2027-03-01T08:00:00Z".parse().unwrap();
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("99999999999999999999999"), Some(u64::MAX));
        assert_eq!(read("Mon, 01 Mar 2027 08:01:00 GMT"), Some(60));
        for nothing in [
            "",
            "-1",
            "1e300",
            "1.5",
            "soon",
            "Mon, 01 Mar 2027 07:00:00 GMT",
            "Infinity",
        ] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
