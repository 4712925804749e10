//! Every operation of the API's description, with one fault at a time.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::{Answer, Http, Method, Region};

use crate::world::{Operation, World};
use crate::{assert_headers, assert_problem};

/// The largest JSON body, in bytes.
const MAX_BODY: usize = 16 * 1024;

// rule: R4, R7, R11, R13, R17, R18, R33, A9, B1, B2, B3, B5, B6, B7, B8, B9, C5, D1, D2, E1, E10, F1, P3, S3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_refuses_one_fault_at_a_time_and_nothing_happens() {
    let world = World::start().await;
    // That a program knocked at another role's door is said in the log, once an hour; nothing but that is left.
    for operation in &world.operations {
        another_role(&world, operation).await;
    }
    let before = world.region.rows().await;
    for operation in &world.operations {
        who_may_not(&world, operation).await;
        another_role(&world, operation).await;
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
    if operation.scope.is_none() {
        return;
    }
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
}

async fn another_role(world: &World, operation: &Operation) {
    let Some(scope) = &operation.scope else { return };
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
    let named: Vec<&str> = operation.template.split('/').collect();
    for place in places {
        // There is a part 0.
        let nothing = nothing
            .into_iter()
            .filter(|id| named[place] != "{part}" || *id != "0");
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
                request.path = request
                    .path
                    .replace("{message_id}", nothing[0])
                    .replace("{part}", "0");
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
    // Of a batch that is the limit of a line; a part of an attachment has its own.
    if !["application/x-ndjson", "application/octet-stream"].contains(media_type) {
        let large = format!("{body}{}", " ".repeat(MAX_BODY + 1 - body.len()));
        world
            .refuses(operation, "payload-too-large", "16 KiB and one byte", |request| {
                request.body = Some(large.clone().into_bytes());
            })
            .await;
    }
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

// rule: R11, R12, R13, R14, R22, R29, R33, F2, F4, S2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_answers_when_everything_is_right_and_twice_the_same() {
    let world = World::start().await;
    for operation in &world.operations {
        let answer = world.call(operation, |_| {}).await;
        // No assertion in the form.
        let right = if operation.id == "issueToken" {
            answer.status == 400
        } else {
            (200..300).contains(&answer.status)
        };
        assert!(right, "{}: {answer:?}", operation.id);
        let status = answer.status.to_string();
        assert!(
            operation.statuses.contains(&status),
            "{} does not say {status}",
            operation.id
        );
        assert!(answer.header("set-cookie").is_none(), "{}", operation.id);
        assert_headers(&answer, &operation.id);
        if operation.method == Method::GET {
            read_again(&world, operation, &answer).await;
        }
        if operation.needs_key {
            sent_again(&world, operation, &answer).await;
        }
    }
}

/// HEAD is GET without its body (RFC 9110 section 9.3.2), and having read changes nothing that is read.
async fn read_again(world: &World, operation: &Operation, first: &Answer) {
    let head = world
        .call(operation, |request| request.method = Method::HEAD)
        .await;
    assert_eq!(
        (head.status, head.body.len()),
        (first.status, 0),
        "{}",
        operation.id
    );
    let again = world.call(operation, |_| {}).await;
    assert_eq!(again.status, first.status, "{}", operation.id);
    // The clock goes on, and a file says when it was made; what was read for the first time says so from then on.
    let tells_time = [
        "readSandboxClock",
        "readAccessFile",
        "readMessage",
        "listMessages",
    ];
    if !tells_time.contains(&operation.id.as_str()) {
        assert!(
            again.body == first.body,
            "{}: {} and {}",
            operation.id,
            first.text(),
            again.text()
        );
    }
}

/// The same request under the same key is answered with what was kept; another under it is refused; and the key of another
/// organisation is another key.
async fn sent_again(world: &World, operation: &Operation, first: &Answer) {
    let what = &operation.id;
    assert!(first.header("idempotent-replayed").is_none(), "{what}");
    let again = world.call(operation, |_| {}).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body), "{what}");
    assert_eq!(again.header("idempotent-replayed"), Some("true"), "{what}");
    assert_eq!(again.header("location"), first.header("location"), "{what}");
    world
        .refuses(operation, "idempotency-key-reused", "one space more", |request| {
            if let Some(body) = &mut request.body {
                body.push(b' ');
            }
        })
        .await;
    if operation.scope.as_deref() == Some("supervise") {
        return;
    }
    let anothers = world
        .call(operation, |request| {
            request.set("authorization", world.foreign(operation));
        })
        .await;
    assert!(anothers.header("idempotent-replayed").is_none(), "{what}");
    assert!(anothers.status < 500, "{what}: {anothers:?}");
    // A match that moved is the other municipality's now.
    if operation.has_foreign() && what != "relocateMatch" {
        assert_problem(&world.region, &anothers, "not-found", what);
    }
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
