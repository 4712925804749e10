//! Deliveries such as a vendor's webhook receiver gets, right ones and bent ones, and what it should have answered to each.

use jiff::{SignedDuration, Timestamp};
use protocol::event_catalogue;
use protocol::notice::NoticeKind;
use protocol::webhook::{
    CLOUD_EVENT, EventType, HEADER_ID, HEADER_SIGNATURE, HEADER_TIMESTAMP, Secret, TOLERANCE_SECONDS, sign,
};
use serde::Serialize;

/// What the service does after an answer, in bytes: more is cut.
const MAX_ANSWER_BYTES: usize = 4096;

/// What a receiver has to do with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Answer 200 to 299.
    Taken,
    /// Answer anything else: it is not ours, or not fresh.
    Refused,
}

/// One delivery.
pub struct Delivery {
    /// Its stable name.
    pub code: &'static str,
    /// What is sent, in a sentence.
    pub sends: &'static str,
    /// What the receiver has to do.
    pub expected: Expected,
    /// What it means when it does otherwise.
    pub otherwise: &'static str,
    /// The header fields.
    pub headers: Vec<(&'static str, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// A status, and how many bytes of a body.
    With {
        /// The status.
        status: u16,
        /// The length of the body.
        bytes: usize,
    },
    /// Nothing within 15 seconds.
    TooLate,
    /// No connection, or no HTTP.
    Nothing,
}

/// What is said of one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The delivery's name.
    pub code: &'static str,
    /// Whether the receiver did what it has to.
    pub right: bool,
    /// What is wrong, or what was done.
    pub says: String,
}

/// The deliveries, in the order in which they are to be sent. `secret` is what the receiver knows; `other` it does not.
#[must_use]
pub fn deliveries(secret: &Secret, other: &Secret, run: &str, now: Timestamp) -> Vec<Delivery> {
    let body = event(run, "1");
    let id = |number: u8| format!("msg_{run}{number}");
    let signed = |number: u8, at: Timestamp, with: &Secret, body: &[u8]| {
        let id = id(number);
        let signature = sign(with, &id, at, body);
        headers(id, at.as_second().to_string(), Some(signature))
    };
    let old = now - SignedDuration::from_secs(2 * TOLERANCE_SECONDS);
    let early = now + SignedDuration::from_secs(2 * TOLERANCE_SECONDS);
    let mut changed = body.clone();
    if let Some(last) = changed.iter().rposition(|byte| *byte == b'1') {
        changed[last] = b'2';
    }
    let spaced = spaced(run);
    let unknown = String::from_utf8_lossy(&event(run, "7"))
        .replace(&EventType::Test.name(), "nl.trefpunt.notice.of-a-later-version")
        .into_bytes();
    let first = signed(1, now, secret, &body);
    let two = |one: &Secret, then: &Secret| {
        let signature = |with| sign(with, &id(6), now, &body);
        headers(
            id(6),
            now.as_second().to_string(),
            Some(format!("{} {}", signature(one), signature(then))),
        )
    };
    let version = sign(secret, &id(9), now, &body).replacen("v1,", "v2,", 1);
    let delivery = |code, sends, expected, otherwise, headers, body: &[u8]| Delivery {
        code,
        sends,
        expected,
        otherwise,
        headers,
        body: body.to_vec(),
    };
    let (taken, refused) = (Expected::Taken, Expected::Refused);
    vec![
        delivery(
            "good",
            "a delivery as the service makes it",
            taken,
            "the signature is HMAC-SHA256 over `id.timestamp.body` with the bytes behind `whsec_`, decoded from base64, as key; the body is taken as it came, before it is parsed",
            first.clone(),
            &body,
        ),
        delivery(
            "again",
            "the same delivery again, as when your first answer was lost",
            taken,
            "take a `webhook-id` that you have seen with 2xx and do nothing; else it is tried again for days",
            first,
            &body,
        ),
        delivery(
            "changed-body",
            "a body that was changed after it was signed",
            refused,
            "whoever can write to the address can tell you anything",
            signed(1, now, secret, &body),
            &changed,
        ),
        delivery(
            "changed-id",
            "another `webhook-id` than was signed",
            refused,
            "a kept delivery would pass as a new one",
            headers(
                id(2),
                now.as_second().to_string(),
                Some(sign(secret, &id(1), now, &body)),
            ),
            &body,
        ),
        delivery(
            "other-secret",
            "a signature made with another secret",
            refused,
            "anybody's signature is taken for the service's",
            signed(3, now, other, &body),
            &body,
        ),
        delivery(
            "no-signature",
            "no `webhook-signature`",
            refused,
            "what is not signed is taken",
            headers(id(4), now.as_second().to_string(), None),
            &body,
        ),
        delivery(
            "empty-signature",
            "a `webhook-signature` without a signature in it",
            refused,
            "an empty list of signatures is taken for a right one",
            headers(id(4), now.as_second().to_string(), Some("v1,".to_owned())),
            &body,
        ),
        delivery(
            "other-version",
            "the right bytes under `v2`, which is another method",
            refused,
            "only `v1` is HMAC-SHA256; leave out signatures of other versions",
            headers(id(9), now.as_second().to_string(), Some(version)),
            &body,
        ),
        delivery(
            "old",
            "a right signature from ten minutes ago",
            refused,
            "a delivery that somebody kept passes for ever: refuse what is more than five minutes from your clock",
            signed(5, old, secret, &body),
            &body,
        ),
        delivery(
            "early",
            "a right signature ten minutes ahead",
            refused,
            "a delivery that somebody kept passes later: refuse what is more than five minutes from your clock",
            signed(5, early, secret, &body),
            &body,
        ),
        delivery(
            "changed-time",
            "a fresh `webhook-timestamp` put on an old signature",
            refused,
            "the time is not part of what you verify",
            headers(
                id(5),
                now.as_second().to_string(),
                Some(sign(secret, &id(5), old, &body)),
            ),
            &body,
        ),
        delivery(
            "rotation-new",
            "two signatures, the first with a secret you do not know",
            taken,
            "for a day after a rotation there are two: one right signature is enough",
            two(other, secret),
            &body,
        ),
        delivery(
            "rotation-old",
            "two signatures, the second with a secret you do not know",
            taken,
            "for a day after a rotation there are two: one right signature is enough",
            two(secret, other),
            &body,
        ),
        delivery(
            "unknown-type",
            "an event of a type that a later version may send",
            taken,
            "answer 2xx to types that you do not know, else the endpoint is disabled after five days",
            signed(7, now, secret, &unknown),
            &unknown,
        ),
        delivery(
            "spaced",
            "the same JSON with other white space and escapes",
            taken,
            "the signature is verified over JSON that was written anew; verify over the bytes as they came",
            signed(8, now, secret, &spaced),
            &spaced,
        ),
    ]
}

/// What is said of an answer.
#[must_use]
pub fn judge(delivery: &Delivery, answered: Answered) -> Verdict {
    let (right, says) = match (answered, delivery.expected) {
        (Answered::Nothing, _) => (false, "no HTTP answer came".to_owned()),
        (Answered::TooLate, _) => (
            false,
            "no answer within 15 seconds; the service gives up then and tries again".to_owned(),
        ),
        (Answered::With { status, .. }, _) if (300..400).contains(&status) => (
            false,
            format!("answered {status}: the service follows no redirect"),
        ),
        (Answered::With { status, .. }, _) if status >= 500 => (
            false,
            format!("answered {status}: a fault of the receiver, not a verdict on the delivery"),
        ),
        (Answered::With { status: 410, .. }, _) => (
            false,
            "answered 410: the service disables the endpoint at once".to_owned(),
        ),
        (Answered::With { bytes, .. }, Expected::Taken) if bytes > MAX_ANSWER_BYTES => (
            false,
            format!("answered with {bytes} bytes; more than {MAX_ANSWER_BYTES} count as failure"),
        ),
        (Answered::With { status, .. }, expected) => {
            let taken = (200..300).contains(&status);
            let right = taken == (expected == Expected::Taken);
            let reason = if right { delivery.sends } else { delivery.otherwise };
            (right, format!("answered {status}: {reason}"))
        }
    };
    Verdict {
        code: delivery.code,
        right,
        says,
    }
}

fn headers(id: String, timestamp: String, signature: Option<String>) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("content-type", format!("{CLOUD_EVENT}; charset=utf-8")),
        (HEADER_ID, id),
        (HEADER_TIMESTAMP, timestamp),
    ];
    headers.extend(signature.map(|signature| (HEADER_SIGNATURE, signature)));
    headers
}

/// A test event with an id of this run.
fn event(run: &str, number: &str) -> Vec<u8> {
    let mut event = event_catalogue::example(EventType::Test);
    event.id = format!("msg_{run}{number}");
    // Strings only: writing cannot fail.
    serde_json::to_vec(&event).unwrap_or_default()
}

/// A notice's event as nobody's serialiser writes it.
fn spaced(run: &str) -> Vec<u8> {
    let event = event_catalogue::example(EventType::Notice(NoticeKind::MatchOpened));
    format!(
        "{{ \"type\" : \"{}\",\n  \"id\":\"msg_{run}8\", \"specversion\":\"1.0\", \"source\":\"https:\\/\\/trefpunt.example\",\n  \
         \"time\": \"{}\", \"dataref\": \"{}\" }}\n",
        event.kind, event.time, event.dataref
    )
    .into_bytes()
}

#[cfg(test)]
mod tests;
