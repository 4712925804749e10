//! Every operation of the API's description, with one fault at a time.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::{Answer, Http, Method, Region};

use crate::world::{Operation, World};
use crate::{assert_headers, assert_problem};

/// The largest JSON body, in bytes.
const MAX_BODY: usize = 16 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_refuses_one_fault_at_a_time_and_nothing_happens() {
    let world = World::start().await;
    let before = world.region.rows().await;
    for operation in &world.operations {
        who_may_not(&world, operation).await;
        what_is_not_there(&world, operation).await;
        what_cannot_be_read(&world, operation).await;
    }
    assert_eq!(
        world.region.rows().await,
        before,
        "a refused request left something"
    );
}

async fn who_may_not(world: &World, operation: &Operation) {
    let Some(scope) = &operation.scope else { return };
    let unauthorized = [None, Some("Basic dXNlcjpwYXNz"), Some("token abc")];
    for authorization in unauthorized {
        let answer = world
            .refuses(operation, "unauthorized", "no token", |request| {
                request.remove("authorization");
                if let Some(value) = authorization {
                    request.set("authorization", value);
                }
            })
            .await;
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Bearer realm=\"trefpunt\"")
        );
    }
    let none = "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJjbF9hIn0.";
    let bent = format!("{}x", world.entitled(operation));
    for invalid in [none, "Bearer x", "Bearer ", &bent] {
        world
            .refuses(operation, "invalid-token", invalid, |request| {
                request.set("authorization", invalid);
            })
            .await;
    }
    let other = if scope == "supervise" {
        &world.partner
    } else {
        &world.supervisor
    };
    world
        .refuses(operation, "insufficient-scope", "another role", |request| {
            request.set("authorization", other);
        })
        .await;
}

async fn what_is_not_there(world: &World, operation: &Operation) {
    world
        .refuses(operation, "not-found", "trailing slash", |request| {
            request.path.push('/')
        })
        .await;

    // The same address, with the methods it has not.
    let mut allowed: BTreeSet<&str> = BTreeSet::new();
    for known in world
        .operations
        .iter()
        .filter(|known| known.template == operation.template)
    {
        allowed.insert(known.method.as_str());
        if known.method == Method::GET {
            allowed.insert("HEAD");
        }
    }
    let tried = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    for method in tried
        .into_iter()
        .filter(|method| !allowed.contains(method.as_str()))
    {
        let answer = world
            .refuses(operation, "method-not-allowed", method.as_str(), |request| {
                request.method = method.clone();
            })
            .await;
        let said: BTreeSet<&str> = answer.header("allow").unwrap().split(", ").collect();
        assert_eq!(said, allowed, "{}", operation.id);
    }

    // Ids of nothing, and of what another organisation has.
    let parameters = operation
        .template
        .split('/')
        .filter(|part| part.starts_with('{'))
        .count();
    if parameters == 0 {
        return;
    }
    let places: Vec<usize> = operation
        .template
        .split('/')
        .enumerate()
        .filter(|(_, part)| part.starts_with('{'))
        .map(|(place, _)| place)
        .collect();
    let nothing = [
        "AAAAAAAAAAAAAAAAAAAAAA",
        "0",
        "-1",
        "%27%20OR%201%3D1--",
        "%24%7Bjndi%3Aldap%3A%2F%2Fx%7D",
        "..%2F..%2Fetc%2Fpasswd",
        "%00",
        "%FF%FE",
        "AAAAAAAAAAAAAAAAAAAAAAA",
    ];
    for place in places {
        for id in nothing {
            world
                .refuses(operation, "not-found", id, |request| {
                    let mut parts: Vec<&str> = request.path.split('/').collect();
                    parts[place] = id;
                    request.path = parts.join("/");
                })
                .await;
        }
    }
    if operation.scope.as_deref() != Some("supervise") {
        let foreign = world
            .refuses(operation, "not-found", "another organisation's", |request| {
                request.set("authorization", world.foreign(operation));
            })
            .await;
        let unknown = world
            .refuses(operation, "not-found", "nobody's", |request| {
                request.path = operation
                    .template
                    .replace("{id}", nothing[0])
                    .replace("{request_id}", nothing[0]);
                request.path = request.path.replace("{message_id}", nothing[0]);
                request.set("authorization", world.foreign(operation));
            })
            .await;
        // What is another's looks like what is not, but for the request's own id.
        assert_eq!(but_for_the_instance(&foreign), but_for_the_instance(&unknown));
    }
}

fn but_for_the_instance(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem["instance"] = Value::Null;
    problem
}

async fn what_cannot_be_read(world: &World, operation: &Operation) {
    world
        .refuses(operation, "invalid-request", "unknown parameter", |request| {
            request.path.push_str("?colour=blue");
        })
        .await;
    if operation.template.starts_with("/v1/") {
        world
            .refuses(operation, "not-acceptable", "another media type", |request| {
                request.set("accept", "application/xml");
            })
            .await;
    }
    let Some((body, media_type)) = &operation.body else {
        return;
    };
    for wrong in [
        "text/plain",
        "application/json; charset=utf-16",
        "application/xml",
        "multipart/form-data; boundary=x",
    ] {
        world
            .refuses(operation, "unsupported-media-type", wrong, |request| {
                request.set("content-type", wrong);
            })
            .await;
    }
    world
        .refuses(
            operation,
            "unsupported-media-type",
            "no content type",
            |request| {
                request.remove("content-type");
            },
        )
        .await;
    world
        .refuses(operation, "unsupported-media-type", "compressed", |request| {
            request.set("content-encoding", "gzip");
        })
        .await;
    let large = format!("{body}{}", " ".repeat(MAX_BODY + 1 - body.len()));
    world
        .refuses(operation, "payload-too-large", "16 KiB and one byte", |request| {
            request.body = Some(large.clone().into_bytes());
        })
        .await;
    if *media_type != "application/json" {
        return;
    }
    for malformed in [
        "",
        "{",
        "nil",
        "{\"a\":1,\"a\":2}",
        "{} {}",
        "\u{feff}{}",
        "{\"a\":NaN}",
    ] {
        world
            .refuses(operation, "malformed-json", malformed, |request| {
                request.body = Some(malformed.as_bytes().to_vec());
            })
            .await;
    }
    for other in ["[]", "null", "7", "\"text\""] {
        world
            .refuses(operation, "invalid-request", other, |request| {
                request.body = Some(other.as_bytes().to_vec());
            })
            .await;
    }
    // A member of one's own: that is how content would slip in.
    let mut with_member: Value = serde_json::from_str(body).unwrap();
    with_member["remark"] = "it is about Sam".into();
    let answer = world
        .refuses(operation, "invalid-request", "unknown member", |request| {
            request.body = Some(with_member.to_string().into_bytes());
        })
        .await;
    assert!(!answer.text().contains("Sam") && !answer.text().contains("remark"));
    assert_eq!(answer.json()["errors"][0]["code"], "unknown-member");
    if operation.needs_key {
        for key in [None, Some("short"), Some("with a space"), Some(&*"x".repeat(65))] {
            world
                .refuses(operation, "idempotency-key-missing", "no key", |request| {
                    request.remove("idempotency-key");
                    if let Some(key) = key {
                        request.set("idempotency-key", key);
                    }
                })
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_answers_when_everything_is_right() {
    let world = World::start().await;
    for operation in &world.operations {
        let answer = world.call(operation, |_| {}).await;
        let expected: &[u16] = match operation.id.as_str() {
            // No assertion in the form.
            "issueToken" => &[400],
            "issueLetter"
            | "makeObjection"
            | "decideObjection"
            | "adviseObjection"
            | "makeRightsRequest"
            | "decideRightsRequest"
            | "submitSignal"
            | "endSignal"
            | "reassignSignals"
            | "openArchiveNotice"
            | "requestConsent"
            | "requestSignalConsent"
            | "attestConsent"
            | "attestSignalConsent"
            | "sendMessage"
            | "answerLead"
            | "closeMatch"
            | "proposeLead"
            | "relocateMatch"
            | "markFollowUpTask"
            | "recordDisclosure"
            | "proposePostponement"
            | "decidePostponement"
            | "answerSoftMatch"
            | "acknowledgeNotice"
            | "requestExport" => &[201],
            _ => &[200],
        };
        assert!(expected.contains(&answer.status), "{}: {answer:?}", operation.id);
        assert_headers(&answer, &operation.id);
        if operation.method == Method::GET {
            let head = world
                .call(operation, |request| request.method = Method::HEAD)
                .await;
            assert_eq!(
                (head.status, head.body.len()),
                (answer.status, 0),
                "{}",
                operation.id
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_has_a_size_and_a_place_that_the_service_gave() {
    let world = World::start().await;
    let before = world.region.rows().await;
    for list in [
        "listSignals",
        "listMatches",
        "listNotices",
        "listMessages",
        "listConsentRequests",
    ] {
        let operation = world
            .operations
            .iter()
            .find(|operation| operation.id == list)
            .unwrap();
        let wrong = [
            "limit=0",
            "limit=-1",
            "limit=1000000000",
            "limit=101",
            "limit=1.5",
            "limit=",
            "limit=1e2",
            "limit=0x10",
            "limit=%201",
            "limit=18446744073709551616",
            "cursor=",
        ];
        for query in wrong {
            world
                .refuses(operation, "invalid-request", query, |request| {
                    request.path.push_str(&format!("?{query}"));
                })
                .await;
        }
        world
            .refuses(operation, "malformed-request", "twice", |request| {
                request.path.push_str("?limit=1&limit=2");
            })
            .await;
    }
    for list in ["listSignals", "listMatches", "listNotices"] {
        let operation = world
            .operations
            .iter()
            .find(|operation| operation.id == list)
            .unwrap();
        for cursor in ["AAAAAAAAAAAAAAAAAAAAAA", "x", "1", "AAAAAAAAAAAAAAAAAAAAAA%3D%3D"] {
            world
                .refuses(operation, "invalid-request", cursor, |request| {
                    request.path.push_str(&format!("?cursor={cursor}"));
                })
                .await;
        }
    }
    assert_eq!(world.region.rows().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_problem_has_a_page_that_says_what_to_do() {
    let region = Region::start().await;
    let http = Http::new(&region.url);
    for problem in protocol::problem::ProblemType::ALL {
        let answer = http.get(&format!("/problems/{}", problem.slug()), &[]).await;
        assert_eq!(answer.status, 200, "{}", problem.slug());
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(!answer.text().contains("<script"));
        assert_headers(&answer, problem.slug());
    }
    let answer = http.get("/problems/no-such-problem", &[]).await;
    assert_problem(&region, &answer, "not-found", "an unknown problem");
}
