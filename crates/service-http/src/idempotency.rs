//! The promise a client asks for with `Idempotency-Key`: this act once, however often it is sent
//! (draft-ietf-httpapi-idempotency-key-header). Keeping it is for whoever stores the answer.

use std::fmt;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use protocol::problem::ProblemType;
use protocol::{ClientId, IdempotencyKey};

use crate::problems::Refusal;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Header of an answer that was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Domain of the fingerprint; a change makes every kept fingerprint unknown.
const CONTEXT: &str = "trefpunt 2026 request fingerprint v1";

/// The key of an act and what was asked under it.
#[derive(Clone, PartialEq, Eq)]
pub struct Once {
    /// Chosen by the client.
    pub key: IdempotencyKey,
    /// Equal for equal requests of one client, and else different: tells a repeated attempt from a reused key.
    pub fingerprint: [u8; 32],
}

impl Once {
    /// Reads the key of a request and takes the fingerprint of method, address, client and body bytes.
    ///
    /// # Errors
    /// `idempotency-key-missing` unless there is exactly one key that follows its grammar.
    pub fn of(request: &HttpRequest, client: &ClientId, body: &[u8]) -> Result<Self, Refusal> {
        let key = key(request)?;
        let mut hasher = begun(request, client, body.len() as u64);
        hasher.update(body);
        let fingerprint = *hasher.finalize().as_bytes();
        Ok(Self { key, fingerprint })
    }
}

/// The same for a body that streams in: the fingerprint of everything but the body, which takes that as it comes.
pub struct OnceStreamed {
    /// Chosen by the client.
    pub key: IdempotencyKey,
    /// Becomes the fingerprint of [`Once`] when it was given the body.
    pub fingerprint: blake3::Hasher,
}

impl OnceStreamed {
    /// The key of a request.
    ///
    /// # Errors
    /// As [`Once::of`].
    pub fn key(request: &HttpRequest) -> Result<IdempotencyKey, Refusal> {
        key(request)
    }

    /// Begins the fingerprint of a request whose body has this length.
    pub fn of(request: &HttpRequest, key: IdempotencyKey, client: &ClientId, length: u64) -> Self {
        Self {
            key,
            fingerprint: begun(request, client, length),
        }
    }
}

fn key(request: &HttpRequest) -> Result<IdempotencyKey, Refusal> {
    let missing = || Refusal::new(ProblemType::IdempotencyKeyMissing);
    let mut values = request.headers().get_all(IDEMPOTENCY_KEY);
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(missing());
    };
    let key = value.to_str().ok().and_then(|text| text.parse().ok());
    key.ok_or_else(missing)
}

impl fmt::Debug for Once {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Once").finish_non_exhaustive()
    }
}

/// The hash of everything before the body. Each part has its length before it, so that no two lists of parts are one string
/// of bytes.
fn begun(request: &HttpRequest, client: &ClientId, body_length: u64) -> blake3::Hasher {
    let address = request
        .uri()
        .path_and_query()
        .map_or("", |address| address.as_str());
    let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
    for part in [request.method().as_str(), address, client.as_str()] {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(&body_length.to_be_bytes());
    hasher
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const KEY: &str = "5f0c9d1e-7d0b-4b7e-9b57-0d1f6a3c2b10";

    fn once(request: TestRequest, client: &str, body: &str) -> Result<Once, ProblemType> {
        let request = request.to_http_request();
        Once::of(&request, &client.parse().unwrap(), body.as_bytes()).map_err(|refusal| refusal.problem())
    }

    fn post(uri: &str) -> TestRequest {
        TestRequest::post().uri(uri).insert_header((IDEMPOTENCY_KEY, KEY))
    }

    #[test]
    fn equal_requests_have_equal_fingerprints_and_others_not() {
        let first = once(post("/v1/signals"), "cl_a1", "{}").unwrap();
        assert_eq!(first.key.as_str(), KEY);
        assert_eq!(once(post("/v1/signals"), "cl_a1", "{}").unwrap(), first);
        for other in [
            once(post("/v1/signals?x=1"), "cl_a1", "{}"),
            once(post("/v1/signal"), "cl_a1", "{}"),
            once(post("/v1/signals"), "cl_a2", "{}"),
            once(post("/v1/signals"), "cl_a1", "{} "),
            once(
                post("/v1/signals").method(actix_web::http::Method::PUT),
                "cl_a1",
                "{}",
            ),
        ] {
            assert_ne!(other.unwrap().fingerprint, first.fingerprint);
        }
        let (one, other) = (once(post("/v1"), "cl_a1", ""), once(post("/v1c"), "l_a1", ""));
        assert_ne!(one.unwrap().fingerprint, other.unwrap().fingerprint);
    }

    #[test]
    fn a_body_that_streams_in_has_the_fingerprint_it_has_whole() {
        let whole = once(post("/v1/signals"), "cl_a1", "{}\n{}\n").unwrap();
        let request = post("/v1/signals").to_http_request();
        let key = OnceStreamed::key(&request).unwrap();
        let mut streamed = OnceStreamed::of(&request, key, &"cl_a1".parse().unwrap(), 6);
        assert_eq!(streamed.key, whole.key);
        streamed.fingerprint.update(b"{}\n").update(b"{}\n");
        assert_eq!(*streamed.fingerprint.finalize().as_bytes(), whole.fingerprint);
    }

    #[test]
    fn one_key_by_its_grammar() {
        let missing = Err(ProblemType::IdempotencyKeyMissing);
        assert_eq!(once(TestRequest::post(), "cl_a1", ""), missing);
        assert_eq!(
            once(post("/").append_header((IDEMPOTENCY_KEY, KEY)), "cl_a1", ""),
            missing
        );
        for bad in ["", "short", "with space", "é-é-é-é-é"] {
            assert_eq!(
                once(
                    TestRequest::post().insert_header((IDEMPOTENCY_KEY, bad)),
                    "cl_a1",
                    ""
                ),
                missing,
                "{bad}"
            );
        }
    }
}
