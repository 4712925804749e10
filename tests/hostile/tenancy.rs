//! Who may do what is decided by role and by organisation, for every operation there is.

use std::collections::BTreeMap;

use domain::actor::Role;
use serde_json::Value;
use tests::{Answer, Method, Program};

use crate::assert_problem;
use crate::world::World;

/// `Authorization` of a token with this one scope alone, for each scope of the service.
async fn one_scope_each(world: &World) -> BTreeMap<String, String> {
    let region = &world.region;
    let school = world.school().organisation;
    let municipality = region.municipality().organisation;
    let supervisor = world.supervisor_organisation();
    let owners = [
        (
            school,
            &[Role::Professional, Role::Lead, Role::Coordinator][..],
            &["signal", "exchange", "lead", "coordinate"][..],
        ),
        (
            municipality,
            &[Role::FollowUpOfficer, Role::Municipality],
            &["follow-up", "municipality"],
        ),
        (supervisor, &[Role::Supervisor], &["supervise"]),
    ];
    let mut bearers = BTreeMap::new();
    for (organisation, roles, scopes) in owners {
        let program = Program::register(region, organisation, roles).await.unwrap();
        for scope in scopes {
            let bearer = program.bearer(Some(scope)).await.unwrap();
            bearers.insert((*scope).to_owned(), bearer);
        }
    }
    bearers
}

// rule: E1, E2, E10, P3, S3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_is_for_its_own_scopes_alone() {
    let world = World::start().await;
    let bearers = one_scope_each(&world).await;
    let start = world.region.rows().await;
    refuses_all_others(&world, &bearers).await;
    // The school's program has three roles of six, the municipality's two, the supervisor's one: each is found once at the
    // doors of each role it has not. A token with fewer scopes than its program may have is refused and no more.
    let before = world.region.rows().await;
    assert_eq!(tests::events(&world.region).await["access.denied"], 3 + 4 + 5);
    let grown: Vec<(&str, i64)> = before
        .iter()
        .zip(&start)
        .filter(|(after, before)| after != before)
        .map(|((table, after), (_, before))| (table.as_str(), after - before))
        .collect();
    assert!(
        grown
            .iter()
            .all(|(table, more)| table.starts_with("audit.") && *more <= 12),
        "{grown:?}"
    );
    refuses_all_others(&world, &bearers).await;
    assert_eq!(
        world.region.rows().await,
        before,
        "a refused request left something"
    );
}

async fn refuses_all_others(world: &World, bearers: &BTreeMap<String, String>) {
    let mut refused = 0;
    for operation in &world.operations {
        let Some(_) = &operation.scope else { continue };
        for (scope, bearer) in bearers {
            if operation.scopes.contains(scope) {
                continue;
            }
            world
                .refuses(operation, "insufficient-scope", scope, |request| {
                    request.set("authorization", bearer);
                })
                .await;
            refused += 1;
        }
    }
    assert!(refused > 6 * 50, "only {refused} were tried");
}

/// What is not one's own is not there, whatever a client claims to know of it.
// rule: E5, P3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conditions_tell_nothing_of_what_is_anothers() {
    let world = World::start().await;
    let before = world.region.rows().await;
    let conditions = [
        ("if-none-match", "*"),
        ("if-none-match", "\"1\""),
        ("if-none-match", "W/\"0\", \"33a64df5\""),
        ("if-match", "*"),
        ("if-match", "\"1\""),
        ("if-modified-since", "Sat, 01 Jan 2000 00:00:00 GMT"),
        ("if-unmodified-since", "Sat, 01 Jan 2000 00:00:00 GMT"),
        ("if-range", "\"1\""),
        ("range", "bytes=0-0"),
    ];
    let but_for_the_instance = |answer: &Answer| -> Value {
        let mut problem = answer.json();
        problem["instance"] = Value::Null;
        problem
    };
    for operation in world
        .operations
        .iter()
        .filter(|operation| operation.has_foreign())
    {
        let plain = world
            .refuses(operation, "not-found", "without a condition", |request| {
                request.set("authorization", world.foreign(operation));
            })
            .await;
        for (name, value) in conditions {
            let answer = world
                .refuses(operation, "not-found", name, |request| {
                    request.set("authorization", world.foreign(operation));
                    request.set(name, value);
                })
                .await;
            assert_eq!(
                but_for_the_instance(&answer),
                but_for_the_instance(&plain),
                "{}: {name}",
                operation.id
            );
            assert_eq!(answer.body.len(), plain.body.len(), "{}: {name}", operation.id);
        }
    }
    assert_eq!(world.region.rows().await, before);
}

/// No page tells how much there is of others, and none is as long as somebody wishes.
// rule: E6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_has_a_size_and_a_place_that_the_service_gave() {
    let world = World::start().await;
    let lists: Vec<_> = world
        .operations
        .iter()
        .filter(|operation| operation.is_list)
        .collect();
    assert!(lists.len() > 10, "{} lists", lists.len());
    // Reading is noted in the log; being refused is not.
    for operation in &lists {
        let answer = world.call(operation, |_| {}).await;
        assert_eq!(answer.status, 200, "{}: {answer:?}", operation.id);
        let members: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
        assert!(
            members
                .iter()
                .all(|member| ["items", "next"].contains(&member.as_str())),
            "{}: {members:?}",
            operation.id
        );
        for count in ["x-total-count", "link", "content-range"] {
            assert!(answer.header(count).is_none(), "{}: {count}", operation.id);
        }
    }
    let before = world.region.rows().await;
    for operation in lists {
        for query in [
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
            "cursor=x",
            "cursor=1",
            "cursor=AAAAAAAAAAAAAAAAAAAAAA",
            "cursor=AAAAAAAAAAAAAAAAAAAAAA%3D%3D",
        ] {
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
    assert_eq!(world.region.rows().await, before);
}

/// A family's session opens the portal, and a token the API; neither opens the other's door.
// rule: E10, R14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cookie_opens_no_door_of_the_api() {
    let world = World::start().await;
    let before = world.region.rows().await;
    for operation in world
        .operations
        .iter()
        .filter(|operation| operation.scope.is_some())
    {
        for cookie in [
            "__Host-session=AAAAAAAAAAAAAAAAAAAAAA",
            "token=x",
            "Authorization=Bearer x",
        ] {
            let answer = world
                .refuses(operation, "unauthorized", cookie, |request| {
                    request.remove("authorization");
                    request.set("cookie", cookie);
                })
                .await;
            assert!(answer.header("set-cookie").is_none(), "{}", operation.id);
        }
    }
    assert_eq!(world.region.rows().await, before);
}

// rule: A13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_names_another_method_is_ignored() {
    let world = World::start().await;
    for operation in world
        .operations
        .iter()
        .filter(|operation| operation.method == Method::GET)
    {
        for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
            for method in ["POST", "DELETE", "TRACE"] {
                let plain = world.call(operation, |_| {}).await;
                let answer = world.call(operation, |request| request.set(name, method)).await;
                assert_eq!(answer.status, plain.status, "{}: {name}: {method}", operation.id);
            }
        }
        world
            .refuses(operation, "invalid-request", "_method", |request| {
                request.path.push_str("?_method=DELETE");
            })
            .await;
    }
}

/// What crosses no border on purpose: only the description may be read by a program of another origin.
// rule: R21, R34
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_origins_may_read_the_description_alone() {
    let world = World::start().await;
    for operation in &world.operations {
        let answer = world
            .call(operation, |request| {
                request.set("origin", "https://elsewhere.example")
            })
            .await;
        let allowed = answer.header("access-control-allow-origin");
        let expected = (operation.id == "readDescription").then_some("*");
        assert_eq!(allowed, expected, "{}", operation.id);
        assert!(
            answer.header("access-control-allow-credentials").is_none(),
            "{}",
            operation.id
        );
        world
            .refuses(operation, "method-not-allowed", "a preflight", |request| {
                request.method = Method::OPTIONS;
                request.set("origin", "https://elsewhere.example");
                request.set("access-control-request-method", "POST");
            })
            .await;
    }
    let description = world.http.get("/v1/openapi.json", &[]).await;
    assert_eq!(description.status, 200);
    assert_eq!(description.json()["openapi"], "3.1.0");
    let unknown = world
        .http
        .get("/v1/openapi.yaml", &[("origin", "https://elsewhere.example")])
        .await;
    assert_problem(&world.region, &unknown, "not-found", "another form");
}
