//! Every door refuses what it must, in one form, and keeps to itself what nobody may know. What is refused has no effect.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops where it stands"
)]

mod bodies;
mod canary;
mod examples;
mod framing;
mod idempotency;
mod operations;
mod oracle;
mod portal;
mod tenancy;
mod tls;
mod token;
mod webhook;
mod world;

use tests::{Answer, Region};

/// Header fields that every answer has.
const ALWAYS: [(&str, &str); 7] = [
    ("api-version", "1.0.0"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cache-control", "no-store"),
];

/// A refusal in its one form (RFC 9457), of this type and with the status of that type's row in the table.
pub(crate) fn assert_problem(region: &Region, answer: &Answer, slug: &str, what: &str) {
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json"),
        "{what}: {answer:?}"
    );
    let problem = answer.json();
    assert_eq!(answer.slug(), slug, "{what}: {}", answer.text());
    let row = protocol::problem::ProblemType::from_slug(slug).unwrap().row();
    assert_eq!(answer.status, row.status, "{what}");
    assert_eq!(
        problem["type"],
        format!("{}/problems/{slug}", region.url),
        "{what}"
    );
    assert_eq!(problem["title"], row.title, "{what}");
    assert_eq!(problem["status"], row.status, "{what}");
    assert_eq!(problem["detail"], row.detail, "{what}");
    let instance = problem["instance"].as_str().unwrap();
    assert!(instance.starts_with("urn:uuid:"), "{what}: {instance}");
    assert!(answer.header("set-cookie").is_none(), "{what}");
    match row.status {
        401 => assert!(answer.header("www-authenticate").is_some(), "{what}"),
        405 => assert!(answer.header("allow").is_some(), "{what}"),
        429 | 503 => assert!(answer.header("retry-after").is_some(), "{what}"),
        _ => {}
    }
    assert_headers(answer, what);
}

/// The header fields that every answer has.
pub(crate) fn assert_headers(answer: &Answer, what: &str) {
    for (name, value) in ALWAYS {
        assert_eq!(answer.header(name), Some(value), "{what}: {name}");
    }
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{what}: {policy}"
    );
    assert!(answer.header("permissions-policy").is_some(), "{what}");
    assert!(
        answer.header("server").is_none() && answer.header("x-powered-by").is_none(),
        "{what}"
    );
}
