//! The id token, read strictly: `jsonwebtoken` checks the signature and nothing else.

use std::fmt;

use domain::login::LeastLevel;
use identifiers::Bsn;
use jiff::Timestamp;
use protocol::json::Json;
use protocol::text::decode_vec;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::key_set::{KeySet, NotVerified, algorithm};
use super::{member, text};

/// The longest token, in bytes. Brokers that put much beside `sub` come to some 4 KiB.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// The longest `sub`, in characters (OpenID Connect Core, section 2).
const MAX_SUBJECT: usize = 255;

/// How far the broker's clock may be from ours, in seconds.
const MAX_SKEW_SECONDS: i64 = 30;

/// How long ago a token that was just fetched may have been made, in seconds.
const MAX_TOKEN_AGE_SECONDS: i64 = 300;

/// What may stand in the header. Anything else could mean something: `crit` does (RFC 7515 section 4.1.11), and `jwk`, `jku`,
/// `x5u` and `x5c` would let the sender choose the key.
const HEADER: [&str; 5] = ["alg", "typ", "kid", "x5t", "x5t#S256"];

/// Why an id token does not hold. It says nothing of whom the token is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// Too long, no compact JWS, a member that is missing, repeated, of the wrong type, or not known in a header.
    #[error("malformed")]
    Malformed,
    /// `alg` is none that a broker may sign with.
    #[error("alg")]
    Algorithm,
    /// The broker shows no key of this name and algorithm.
    #[error("key")]
    UnknownKey,
    /// It was not signed with the broker's key.
    #[error("signature")]
    Signature,
    /// `iss` is another broker.
    #[error("iss")]
    Issuer,
    /// `aud` or `azp` is not this portal alone.
    #[error("aud")]
    Audience,
    /// `nonce` is that of another log-in.
    #[error("nonce")]
    Nonce,
    /// It expired, is not valid yet, or was made too long ago.
    #[error("times")]
    Times,
    /// They logged in before they were asked to, or it is not said when.
    #[error("auth_time")]
    Stale,
    /// `acr` is not sure enough.
    #[error("acr")]
    Level,
    /// Somebody logged in for somebody else.
    #[error("represents")]
    Representative,
    /// `sub` is missing, too long, or a citizen service number.
    #[error("sub")]
    Subject,
}

/// What a token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) least: &'a LeastLevel,
    pub(super) max_age_seconds: i64,
    pub(super) now: Timestamp,
}

/// Whom a broker knows by a name that it uses towards this portal alone. Wiped when dropped; `Debug` shows nothing.
pub(crate) struct Subject(Zeroizing<String>);

impl Subject {
    /// For the hash.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject(..)")
    }
}

/// Checks a token (OpenID Connect Core section 3.1.3.7, OpenID NLGov section 4.3.4).
pub(super) fn check(token: &str, keys: &KeySet, expected: &Expected<'_>) -> Result<Subject, IdTokenError> {
    let claims = signed_claims(token, keys)?;
    if text(&claims, "iss") != Some(expected.issuer) {
        return Err(IdTokenError::Issuer);
    }
    is_for(&claims, expected.client_id)?;
    // What is a claim of something else than a text is not equal to any text.
    let nonce = text(&claims, "nonce").unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(IdTokenError::Nonce);
    }
    is_of_now(&claims, expected)?;
    if !text(&claims, "acr").is_some_and(|level| expected.least.is_met_by(level)) {
        return Err(IdTokenError::Level);
    }
    // OpenID NLGov section 5.2.3: a log-in on behalf of another must be understood as one. Nobody signs here for another.
    if member(&claims, "represents").is_some() || member(&claims, "act").is_some() {
        return Err(IdTokenError::Representative);
    }
    subject(&claims)
}

fn signed_claims(token: &str, keys: &KeySet) -> Result<Json, IdTokenError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(IdTokenError::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(IdTokenError::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(IdTokenError::Malformed)?;
    if claims.contains('.') {
        return Err(IdTokenError::Malformed);
    }
    let header = read(header)?;
    let Json::Object(members) = &header else {
        return Err(IdTokenError::Malformed);
    };
    if !members.iter().all(|(name, _)| HEADER.contains(&name.as_str())) {
        return Err(IdTokenError::Malformed);
    }
    let id = match member(&header, "kid") {
        None => None,
        Some(Json::Text(id)) => Some(id.as_str()),
        Some(_) => return Err(IdTokenError::Malformed),
    };
    // An access token of the same broker is no id token (RFC 8725 section 3.11).
    match member(&header, "typ") {
        None => {}
        Some(Json::Text(typ)) if typ == "JWT" => {}
        Some(_) => return Err(IdTokenError::Malformed),
    }
    let algorithm = text(&header, "alg")
        .and_then(algorithm)
        .ok_or(IdTokenError::Algorithm)?;
    keys.verify((id, algorithm), signed.as_bytes(), signature)
        .map_err(|not| match not {
            NotVerified::NoKey => IdTokenError::UnknownKey,
            NotVerified::Wrong => IdTokenError::Signature,
        })?;
    read(claims)
}

fn read(part: &str) -> Result<Json, IdTokenError> {
    let bytes = decode_vec(part, MAX_TOKEN_BYTES, "part of a token").map_err(|_| IdTokenError::Malformed)?;
    let bytes = Zeroizing::new(bytes);
    match Json::parse(&bytes) {
        Ok(json @ Json::Object(_)) => Ok(json),
        _ => Err(IdTokenError::Malformed),
    }
}

/// For this portal and nobody beside it.
fn is_for(claims: &Json, client_id: &str) -> Result<(), IdTokenError> {
    let ours = |json: &Json| matches!(json, Json::Text(text) if text == client_id);
    let audience = match member(claims, "aud") {
        Some(Json::List(items)) => matches!(items.as_slice(), [one] if ours(one)),
        Some(one) => ours(one),
        None => false,
    };
    if audience && member(claims, "azp").is_none_or(ours) {
        Ok(())
    } else {
        Err(IdTokenError::Audience)
    }
}

fn is_of_now(claims: &Json, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let now = expected.now.as_second();
    let time = |name| match member(claims, name) {
        None => Ok(None),
        Some(Json::Whole(second)) => i64::try_from(*second).map(Some).map_err(|_| IdTokenError::Times),
        Some(_) => Err(IdTokenError::Times),
    };
    let (Some(exp), Some(iat)) = (time("exp")?, time("iat")?) else {
        return Err(IdTokenError::Times);
    };
    let begun = |at: i64| at <= now.saturating_add(MAX_SKEW_SECONDS);
    let is_valid = exp > now.saturating_sub(MAX_SKEW_SECONDS)
        && exp > iat
        && begun(iat)
        && time("nbf")?.is_none_or(begun)
        && now.saturating_sub(iat) <= MAX_TOKEN_AGE_SECONDS + MAX_SKEW_SECONDS;
    if !is_valid {
        return Err(IdTokenError::Times);
    }
    // Asked for by `max_age`, and then never left out.
    match time("auth_time")? {
        Some(at) if begun(at) && now.saturating_sub(at) <= expected.max_age_seconds + MAX_SKEW_SECONDS => {
            Ok(())
        }
        _ => Err(IdTokenError::Stale),
    }
}

/// The name of who logged in. DigiD's own begins with the sector to which the number behind it belongs, `s00000000:` for the
/// citizen service number; a broker that hands that on is not taken, nor one that gives the bare number.
fn subject(claims: &Json) -> Result<Subject, IdTokenError> {
    let name = text(claims, "sub").unwrap_or_default();
    let plain = (1..=MAX_SUBJECT).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic());
    let is_number = name
        .rsplit(':')
        .next()
        .is_some_and(|number| Bsn::parse(number).is_ok());
    if !plain || is_number {
        return Err(IdTokenError::Subject);
    }
    Ok(Subject(Zeroizing::new(name.to_owned())))
}
