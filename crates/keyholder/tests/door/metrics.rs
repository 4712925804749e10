//! Numbers for the operator's monitoring, on an address of their own and about nobody.

use serde_json::json;

use crate::wire::Wire;
use crate::world::{World, body, elements, request};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_count_in_all_and_name_nobody() {
    let world = World::new().await;
    let partner = world.partner().await;
    let token = world.token(&partner).await;
    let ask = async |body| world.post("/v1/evaluations", &token, &body).await.status;
    assert_eq!(ask(body(&request(1, &elements(3)))).await, 200);
    assert_eq!(ask(body(&request(1, &elements(4)))).await, 200);
    assert_eq!(ask(json!({})).await, 400);
    assert_eq!(ask(body(&request(9, &elements(1)))).await, 400);
    let keyholder = world.keyholder.as_ref().unwrap();
    let wire = Wire::new(keyholder.metrics_address().unwrap().to_string());
    let answer = wire.send("GET", "/metrics", &[], None).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    let text = answer.text();
    for line in [
        "keyholder_evaluations_total 2",
        "keyholder_elements_total 7",
        r#"keyholder_refusals_total{problem="invalid-request"} 1"#,
        r#"keyholder_refusals_total{problem="unknown-key-epoch"} 1"#,
        "keyholder_evaluation_duration_seconds_count 2",
        "keyholder_quota_elements_today 7",
        "keyholder_quota_gateway_elements_today 0",
        "keyholder_quota_organisations_today 1",
        r#"keyholder_quota_exhausted_today{quota="professional"} 0"#,
        "# EOF",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
    }
    let keyholder::ClientRole::Partner(organisation) = partner.role else {
        panic!("a partner has an organisation");
    };
    for name in [partner.id.to_string(), organisation.to_string()] {
        assert!(!text.contains(&name));
    }
    // Nothing else is there, and the numbers are nowhere else.
    assert_eq!(wire.send("GET", "/v1/health", &[], None).await.status, 404);
    assert_eq!(wire.send("POST", "/metrics", &[], None).await.status, 405);
    assert_eq!(world.get("/metrics").await.status, 404);
}
