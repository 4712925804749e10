//! Every operation, and every way it is refused: by whom, how, and with what body.

use protocol::problem::ProblemType;
use serde_json::{Value, json};

use crate::exchange::{Exchange, SHARES, TOMBSTONES};
use crate::wire::Answer;
use crate::world::{World, body, elements, request};

/// Whose an operation is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Anyones,
    Partners,
    Gateways,
}

/// An operation that takes a body from a client.
struct Act {
    path: &'static str,
    whose: Whose,
    bad: Vec<Value>,
    good: Value,
}

async fn acts(world: &World, exchange: &Exchange) -> Vec<Act> {
    let ceremony = protocol::rotation::CeremonySecret::generate(&mut crate::world::Machine);
    let ceremony_key = ceremony.public().unwrap();
    let tombstone = exchange.tombstone(world.now().await);
    // As far ahead as a portal's clock may be: the walk takes a while.
    let status_at = world.now().await + jiff::SignedDuration::from_secs(29);
    vec![
        Act {
            path: SHARES,
            whose: Whose::Partners,
            bad: vec![json!({}), json!([]), json!({"match": exchange.match_id})],
            good: serde_json::to_value(exchange.request_at(status_at)).unwrap(),
        },
        Act {
            path: TOMBSTONES,
            whose: Whose::Gateways,
            bad: vec![
                json!({}),
                json!([]),
                json!({"consents": []}),
                json!({"consents": [tombstone], "more": true}),
            ],
            good: json!({"consents": [tombstone]}),
        },
        Act {
            path: "/v1/evaluations",
            whose: Whose::Anyones,
            bad: vec![json!({}), json!([]), json!({"oprfEpoch": 1})],
            good: body(&request(1, &elements(1))),
        },
        Act {
            path: "/v1/rotations",
            whose: Whose::Gateways,
            bad: vec![
                json!({}),
                json!({"toEpoch": 0, "ceremonyKey": ceremony_key}),
                json!({"toEpoch": 2, "ceremonyKey": "AAAA"}),
                // A point of small order: everybody could open what is sealed to it.
                json!({"toEpoch": 2, "ceremonyKey": protocol::text::encode([0; 32])}),
            ],
            good: json!({"toEpoch": 2, "ceremonyKey": ceremony_key}),
        },
        Act {
            path: "/v1/rotations/2/flips",
            whose: Whose::Gateways,
            bad: vec![json!([]), json!({"force": true})],
            good: json!({}),
        },
        Act {
            path: "/v1/rotations/2/destructions",
            whose: Whose::Gateways,
            bad: vec![json!([]), json!({"now": true})],
            good: json!({}),
        },
    ]
}

/// A refusal in its one form (RFC 9457).
fn assert_problem(world: &World, answer: &Answer, slug: &str, what: &str) {
    assert_eq!(answer.slug(), slug, "{what}: {}", answer.text());
    let row = ProblemType::from_slug(slug).unwrap().row();
    let problem = answer.json();
    assert_eq!(answer.status, row.status, "{what}");
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json"),
        "{what}"
    );
    assert_eq!(
        problem["type"],
        format!("{}/problems/{slug}", world.base()),
        "{what}"
    );
    assert_eq!(problem["detail"], row.detail, "{what}");
    assert!(
        problem["instance"].as_str().unwrap().starts_with("urn:uuid:"),
        "{what}"
    );
    match row.status {
        401 => assert!(answer.header("www-authenticate").is_some(), "{what}"),
        405 => assert!(answer.header("allow").is_some(), "{what}"),
        429 | 503 => assert!(answer.header("retry-after").is_some(), "{what}"),
        _ => {}
    }
    for (name, value) in [
        ("api-version", "1.0.0"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_act_is_refused_as_it_must_and_then_done() {
    let world = World::new().await;
    world.operator.prepare_rotation().await.unwrap();
    let exchange = Exchange::new(&world).await;
    let of_partner = exchange.of_school.clone();
    let of_gateway = world.token(&world.gateway().await).await;
    for act in acts(&world, &exchange).await {
        let path = act.path;
        let (token, others) = match act.whose {
            Whose::Gateways => (&of_gateway, &of_partner),
            Whose::Anyones | Whose::Partners => (&of_partner, &of_gateway),
        };
        let json = [("content-type", "application/json")];
        let text = act.good.to_string();
        let send = async |headers: &[(&str, &str)], body: &str| {
            world
                .wire
                .send("POST", path, headers, Some(body.as_bytes()))
                .await
        };
        // Nobody, and nobody's tokens; also with a body that is wrong, which only a client is told.
        for body in [text.as_str(), "{"] {
            assert_problem(&world, &send(&json, body).await, "unauthorized", path);
        }
        let bearer = |token: &str| format!("Bearer {token}");
        for wrong in ["a.b.c", &format!("{token}x"), "\u{7f}"] {
            let authorization = bearer(wrong);
            let headers = [json[0], ("authorization", authorization.as_str())];
            let answer = send(&headers, &text).await;
            assert_eq!(
                answer.status,
                if wrong.starts_with('\u{7f}') { 400 } else { 401 },
                "{path}"
            );
        }
        if act.whose != Whose::Anyones {
            let refused = world.post(path, others, &act.good).await;
            assert_problem(&world, &refused, "insufficient-scope", path);
        }
        let authorization = bearer(token);
        let authorized = ("authorization", authorization.as_str());
        for bad in &act.bad {
            let refused = world.post(path, token, bad).await;
            assert_problem(&world, &refused, "invalid-request", &format!("{path} {bad}"));
        }
        let headers = [json[0], authorized];
        for malformed in ["", "{", "{}{}", r#"{"a":1,"a":1}"#] {
            assert_problem(&world, &send(&headers, malformed).await, "malformed-json", path);
        }
        let large = format!("{{\"x\":\"{}\"}}", "x".repeat(protocol::MAX_BODY_BYTES));
        assert_problem(&world, &send(&headers, &large).await, "payload-too-large", path);
        let plain = [("content-type", "text/plain"), authorized];
        assert_problem(&world, &send(&plain, &text).await, "unsupported-media-type", path);
        let zipped = [json[0], authorized, ("content-encoding", "gzip")];
        assert_problem(
            &world,
            &send(&zipped, &text).await,
            "unsupported-media-type",
            path,
        );
        let xml = [json[0], authorized, ("accept", "application/xml")];
        assert_problem(&world, &send(&xml, &text).await, "not-acceptable", path);
        let query = format!("{path}?bsn=123456782");
        let refused = world
            .wire
            .send("POST", &query, &headers, Some(text.as_bytes()))
            .await;
        assert_problem(&world, &refused, "invalid-request", path);
        assert!(!refused.text().contains("123456782"));
        for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            let refused = world.wire.send(method, path, &[authorized], None).await;
            assert_eq!(refused.status, 405, "{method} {path}");
            assert_eq!(refused.header("allow"), Some("POST"), "{method} {path}");
        }
        // Nothing of all that had an effect; now it is done. What waits for its grace is accepted.
        let done = world.post(path, token, &act.good).await;
        let (expected, media_type) = match path {
            TOMBSTONES => (204, None),
            path if path.ends_with("destructions") => (202, Some("application/json")),
            _ => (200, Some("application/json")),
        };
        assert_eq!(done.status, expected, "{path}: {}", done.text());
        assert_eq!(done.header("content-type"), media_type, "{path}");
    }
    let charged = "SELECT sum(elements) FROM keyholder.organisation_day";
    assert_eq!(world.number(charged).await, 1);
    for event in [
        "rotation.started",
        "gate.share_released",
        "gate.tombstones_received",
    ] {
        assert_eq!(world.events(event).await, 1, "{event}");
    }
    assert_eq!(world.events("gate.share_refused").await, 0);
    assert_eq!(world.events("key.live").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_anyone_may_read() {
    let world = World::new().await;
    let reads = ["/v1/key-epochs", "/v1/health", "/problems/quota-exhausted"];
    for path in reads {
        let answer = world.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        let head = world.wire.send("HEAD", path, &[], None).await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        for method in ["POST", "PUT", "DELETE", "TRACE"] {
            let refused = world.wire.send(method, path, &[], None).await;
            assert_problem(&world, &refused, "method-not-allowed", path);
        }
        assert_problem(&world, &world.get(&format!("{path}/")).await, "not-found", path);
        if path.starts_with("/v1") {
            let refused = world.get(&format!("{path}?x=1")).await;
            assert_problem(&world, &refused, "invalid-request", path);
        }
        let elsewhere = world
            .wire
            .send("GET", path, &[("host", "other.example")], None)
            .await;
        assert_eq!(elsewhere.status, 400, "two hosts");
    }
    let text = world.get("/problems/quota-exhausted").await.text();
    assert!(text.contains("Quota exhausted") && text.contains("Remedy"));
    for path in [
        "/",
        "/metrics",
        "/v1/rotations/2",
        "/problems/none",
        "/oauth/jwks",
    ] {
        assert_problem(&world, &world.get(path).await, "not-found", path);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_token_endpoint_reads_its_form_strictly() {
    let world = World::new().await;
    let partner = world.partner().await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let send = async |body: &str| {
        world
            .wire
            .send("POST", "/oauth/token", &form, Some(body.as_bytes()))
            .await
    };
    for (body, error) in [
        ("", "invalid_request"),
        ("grant_type=password", "unsupported_grant_type"),
        ("grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&client_secret=x", "invalid_request"),
    ] {
        let refused = send(body).await;
        assert_problem(&world, &refused, "invalid-request", body);
        assert_eq!(refused.json()["error"], error, "{body}");
    }
    let twice = send("grant_type=client_credentials&grant_type=client_credentials").await;
    assert_problem(&world, &twice, "malformed-request", "twice");
    let json = [("content-type", "application/json")];
    let refused = world.wire.send("POST", "/oauth/token", &json, Some(b"{}")).await;
    assert_problem(&world, &refused, "unsupported-media-type", "json");
    let refused = world.get("/oauth/token").await;
    assert_problem(&world, &refused, "method-not-allowed", "get");
    world.token(&partner).await;
}

/// Addresses in which an epoch cannot be read name nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_epoch_in_an_address_has_one_spelling() {
    let world = World::new().await;
    let gateway = world.token(&world.gateway().await).await;
    for epoch in ["0", "02", "+2", "65536", "-1", "x", "2%20"] {
        for step in ["flips", "destructions"] {
            let path = format!("/v1/rotations/{epoch}/{step}");
            assert_eq!(
                world.post(&path, &gateway, &json!({})).await.slug(),
                "not-found",
                "{path}"
            );
        }
    }
}
