//! The examples of the API's description: what a developer copies from it, or a tool sends, is read.

use serde_json::Value;

use crate::world::World;

/// Faults of form. What a covenant allows, and what exists, no example can know.
const OF_FORM: [&str; 5] = [
    "required",
    "unknown-member",
    "wrong-type",
    "invalid-format",
    "raw-identifier",
];

// rule: R20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_of_each_body_is_taken_as_a_body() {
    let world = World::start().await;
    let description = world.http.get("/v1/openapi.json", &[]).await.json();
    let mut sent = 0;
    let mut wrong = Vec::new();
    for operation in &world.operations {
        let content = &described(&description, &operation.id)["requestBody"]["content"];
        let Some(example) = content["application/json"].get("example") else {
            let json = operation
                .body
                .as_ref()
                .is_some_and(|(_, media_type)| *media_type == "application/json");
            assert!(!json, "{} takes JSON and shows none", operation.id);
            continue;
        };
        let answer = world
            .call(operation, |request| {
                // Of somebody else's things only the form of a request is looked at.
                request.set("authorization", world.foreign(operation));
                request.body = Some(example.to_string().into_bytes());
            })
            .await;
        sent += 1;
        if answer.status < 400 {
            continue;
        }
        let problem = answer.json();
        assert_ne!(answer.slug(), "malformed-json", "{}", operation.id);
        for fault in problem["errors"].as_array().into_iter().flatten() {
            let code = fault["code"].as_str().unwrap();
            if OF_FORM.contains(&code) {
                wrong.push(format!("{}: {example} gets {problem}", operation.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(sent > 20, "{sent}");
}

fn described<'a>(description: &'a Value, id: &str) -> &'a Value {
    let mut items = description["paths"].as_object().unwrap().values();
    items
        .find_map(|item| {
            item.as_object()?
                .values()
                .find(|operation| operation["operationId"] == id)
        })
        .unwrap()
}

// rule: R20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_for_developers_are_pages_that_load_nothing_from_elsewhere() {
    // A sandbox: it has every operation there is.
    let region = tests::Region::sandbox("").await;
    let http = tests::Http::new(&region.url);
    let mut addresses = vec![
        "/reference".to_owned(),
        "/problems".to_owned(),
        "/events".to_owned(),
    ];
    let description = http.get("/v1/openapi.json", &[]).await.json();
    for item in description["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            addresses.extend(
                operation["operationId"]
                    .as_str()
                    .map(|id| format!("/reference/{id}")),
            );
        }
    }
    for problem in protocol::problem::ProblemType::ALL {
        addresses.push(format!("/problems/{}", problem.slug()));
    }
    let index = http.get("/reference", &[]).await.text().to_owned();
    let known = addresses.clone();
    for address in addresses {
        let page = http.get(&address, &[]).await;
        assert_eq!(page.status, 200, "{address}");
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{address}"
        );
        crate::assert_headers(&page, &address);
        let policy = page.header("content-security-policy").unwrap();
        assert!(!policy.contains("script-src"), "{address}: {policy}");
        let text = page.text();
        assert!(!text.contains("<script") && !text.contains("style="), "{address}");
        // Every link of a page leads to a page or file of this service.
        for target in text
            .split("href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
        {
            let page = known.iter().any(|known| known == target) || target == "/v1/openapi.json";
            let file = target.starts_with("/reference/assets/") || target.starts_with("/portal/assets/");
            assert!(
                page || file || target.starts_with('#'),
                "{address} leads to {target}"
            );
        }
        if address.starts_with("/reference/") {
            assert!(
                index.contains(&format!("href=\"{address}\"")),
                "{address} is not in the list"
            );
        }
    }
    let sheet = index
        .split("rel=\"stylesheet\" href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(
        http.get(sheet, &[]).await.header("content-type"),
        Some("text/css; charset=utf-8")
    );
    for nothing in [
        "/reference/nothing",
        "/reference/assets/reference.css",
        "/problems/nothing",
        "/reference/",
    ] {
        let answer = http.get(nothing, &[]).await;
        crate::assert_problem(&region, &answer, "not-found", nothing);
    }
    let problem: Value = http.get("/reference/nothing", &[]).await.json();
    assert_eq!(problem["status"], 404);
}

/// Whoever reads the reference of a network finds there what it answers.
// rule: R20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_sandbox_has_alone_is_in_no_other_networks_reference() {
    let of_sandbox = [
        "readSandbox",
        "readSandboxClock",
        "advanceSandboxClock",
        "decideAsFamily",
    ];
    for sandbox in [true, false] {
        let region = if sandbox {
            tests::Region::sandbox("").await
        } else {
            tests::Region::start().await
        };
        let http = tests::Http::new(&region.url);
        let index = http.get("/reference", &[]).await.text();
        let other = http.get("/reference/submitSignal", &[]).await;
        assert_eq!(other.status, 200);
        let other = other.text();
        for id in of_sandbox {
            let address = format!("/reference/{id}");
            let status = http.get(&address, &[]).await.status;
            assert_eq!(status, if sandbox { 200 } else { 404 }, "{id}");
            for page in [&index, &other] {
                assert_eq!(page.contains(&format!("href=\"{address}\"")), sandbox, "{id}");
            }
        }
        assert_eq!(index.contains("/v1/sandbox"), sandbox);
    }
}
