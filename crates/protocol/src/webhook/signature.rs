//! Signatures of deliveries, as Standard Webhooks has them: HMAC-SHA256 over id, time and body.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::text::{Invalid, text_value};

/// Header with the id of the delivery; the same each time it is tried.
pub const HEADER_ID: &str = "webhook-id";

/// Header with the time of the attempt, in seconds since 1970.
pub const HEADER_TIMESTAMP: &str = "webhook-timestamp";

/// Header with the signatures, separated by spaces: two for a day after the secret was rotated.
pub const HEADER_SIGNATURE: &str = "webhook-signature";

/// How far the time of an attempt may be from the receiver's clock: what is older may be a delivery that somebody kept.
pub const TOLERANCE_SECONDS: i64 = 300;

const PREFIX: &str = "whsec_";
const VERSION: &str = "v1,";

/// What the service and one endpoint share: `whsec_` and 32 random bytes in base64. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A secret of bytes that were drawn at random.
    pub const fn from_random(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Shows the bytes to the code that needs them.
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for Secret {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = Invalid {
            what: "webhook secret",
        };
        let text = text.strip_prefix(PREFIX).ok_or(invalid)?;
        let bytes = STANDARD.decode(text).map_err(|_| invalid)?;
        bytes.try_into().map(Self).map_err(|_| invalid)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

text_value!(
    Secret,
    name: "WebhookSecret",
    description: "Shared by the service and one endpoint: `whsec_` and 32 bytes in base64",
    example: "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
    pattern: "^whsec_[A-Za-z0-9+/]{43}=$"
);

/// The signature of one attempt, with its version.
pub fn sign(secret: &Secret, id: &str, at: Timestamp, body: &[u8]) -> String {
    let signature = mac(secret, id, at.as_second(), body).finalize();
    format!("{VERSION}{}", STANDARD.encode(signature.into_bytes()))
}

/// Why a delivery is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotVerify {
    /// A header is missing or unreadable.
    #[error("a header of the delivery is missing or unreadable")]
    Header,
    /// It was sent too long ago, or the clocks disagree.
    #[error("the delivery is older or newer than five minutes")]
    Time,
    /// None of its signatures was made with one of these secrets: it comes from somebody else, or was changed.
    #[error("no signature of the delivery was made with this secret")]
    Signature,
}

/// Verifies a delivery by its three headers, `(id, timestamp, signature)`, and its body as it came. Whoever has rotated the
/// secret gives both until the day is over. That the same `id` is not taken twice is for the receiver to see to.
///
/// # Errors
/// [`CannotVerify`].
pub fn verify(
    secrets: &[Secret],
    (id, timestamp, signatures): (&str, &str, &str),
    body: &[u8],
    now: Timestamp,
) -> Result<(), CannotVerify> {
    let plain = !timestamp.is_empty() && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let at: i64 = timestamp
        .parse()
        .ok()
        .filter(|_| plain && !id.is_empty() && !id.contains('.'))
        .ok_or(CannotVerify::Header)?;
    if now.as_second().abs_diff(at) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(CannotVerify::Time);
    }
    let signed = signatures
        .split(' ')
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix(VERSION)?).ok())
        .any(|signature| {
            // In a time that does not depend on where they differ.
            let right = |secret| mac(secret, id, at, body).verify_slice(&signature).is_ok();
            secrets.iter().any(right)
        });
    if signed {
        Ok(())
    } else {
        Err(CannotVerify::Signature)
    }
}

fn mac(secret: &Secret, id: &str, second: i64, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("HMAC takes a key of any length");
    mac.update(format!("{id}.{second}.").as_bytes());
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Made with the npm package standardwebhooks 1.1.1: new Webhook(secret).sign("msg_1", new Date(1700000000000), "{}").
    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        let secret: Secret = "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
            .parse()
            .unwrap();
        assert_eq!(secret, Secret::from_random([1; 32]));
        assert_eq!(
            sign(&secret, "msg_1", at(1_700_000_000), b"{}"),
            "v1,xtZ05xWlw5OgOLjDd6HtOXxhC1OXgHe80DYwEPUhaCI="
        );
    }

    // rule: N3
    #[test]
    fn what_was_bent_kept_or_signed_by_another_does_not_verify() {
        let (old, new) = (Secret::from_random([1; 32]), Secret::from_random([2; 32]));
        let now = at(1_700_000_000);
        let both = format!(
            "{} {}",
            sign(&new, "msg_1", now, b"{}"),
            sign(&old, "msg_1", now, b"{}")
        );
        let verified = |secrets: &[Secret], id, time, signature: &str, body: &[u8], now| {
            verify(secrets, (id, time, signature), body, now)
        };
        let time = "1700000000";
        for secrets in [
            vec![old.clone()],
            vec![new.clone()],
            vec![old.clone(), new.clone()],
        ] {
            assert_eq!(verified(&secrets, "msg_1", time, &both, b"{}", now), Ok(()));
        }
        let secrets = [old.clone()];
        use CannotVerify::{Header, Signature, Time};
        let one = sign(&old, "msg_1", now, b"{}");
        for (id, time, signature, body, now, why) in [
            ("msg_2", time, one.as_str(), b"{}".as_slice(), now, Signature),
            ("msg_1", "1700000001", &one, b"{}", now, Signature),
            ("msg_1", time, &one, b"{ }", now, Signature),
            (
                "msg_1",
                time,
                &sign(&new, "msg_1", now, b"{}"),
                b"{}",
                now,
                Signature,
            ),
            ("msg_1", time, "", b"{}", now, Signature),
            (
                "msg_1",
                time,
                one.trim_start_matches("v1,"),
                b"{}",
                now,
                Signature,
            ),
            ("msg_1", time, &one.replace("v1,", "v1a,"), b"{}", now, Signature),
            ("msg_1", time, &one[..one.len() - 4], b"{}", now, Signature),
            ("msg_1", time, &one, b"{}", at(1_700_000_301), Time),
            ("msg_1", time, &one, b"{}", at(1_699_999_699), Time),
            ("", time, &one, b"{}", now, Header),
            ("msg.1", time, &one, b"{}", now, Header),
            ("msg_1", "", &one, b"{}", now, Header),
            ("msg_1", "-1", &one, b"{}", now, Header),
            ("msg_1", "+1700000000", &one, b"{}", now, Header),
            ("msg_1", "99999999999999999999", &one, b"{}", now, Header),
        ] {
            assert_eq!(
                verified(&secrets, id, time, signature, body, now),
                Err(why),
                "{id} {time} {signature}"
            );
        }
    }

    #[test]
    fn a_secret_is_written_in_one_way_and_shows_nothing_by_accident() {
        let secret = Secret::from_random([7; 32]);
        assert_eq!(secret.to_string().parse::<Secret>().unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        for other in [
            "",
            "whsec_",
            "whsec_AQ==",
            &secret.to_string()[6..],
            &format!("{secret}="),
        ] {
            assert!(other.parse::<Secret>().is_err(), "{other}");
        }
    }
}
