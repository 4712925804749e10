use serde_json::json;

use super::*;
use crate::testing::keyholder::{Keyholder, first, signed};
use crate::testing::{Reply, Service, TestEnvironment, token};

fn evaluations(service: &Service) -> Evaluations {
    let settings = KeyholderSettings {
        url: service.url.clone(),
        token_url: format!("{}/oauth/token", service.url),
        key: crate::testing::keyholder::key(),
        known: None,
        deadline: Duration::from_secs(60),
    };
    let client = service.settings();
    Evaluations::connect(
        &settings,
        &client.client_id,
        &client.private_key_pem,
        Arc::new(TestEnvironment::default()),
    )
    .unwrap()
}

#[tokio::test]
async fn the_list_is_read_without_a_token_and_evaluations_with_one() {
    let keyholder = Keyholder::start().await;
    let evaluations = evaluations(&keyholder.service);
    assert_eq!(evaluations.key_epochs().await.unwrap(), signed(&first()));
    assert!(keyholder.service.asked("POST /oauth/token").is_empty());

    let request = EvaluationRequest {
        oprf_epoch: 1,
        professional: protocol::Base64Url([1; 16]),
        on_behalf_of: None,
        elements: vec![protocol::Base64Url(
            *crate::testing::keyholder::secret_key(3).public_key().as_bytes(),
        )],
    };
    evaluations.evaluate(&request).await.unwrap();
    let asked = &keyholder.service.asked("POST /v1/evaluations")[0];
    assert_eq!(asked.header("authorization"), Some("Bearer at_1"));
    assert_eq!(asked.header("idempotency-key"), None);
}

#[tokio::test]
async fn a_rotation_has_its_addresses() {
    let service = Service::start(|asked| {
        token(asked).unwrap_or_else(|| {
            let list = serde_json::to_value(signed(&first())).unwrap();
            if asked.line.starts_with("POST /v1/rotations ") {
                let sealed = protocol::text::encode([7; 80]);
                let answer = json!({"fromEpoch": 1, "toEpoch": 2, "sealedDelta": sealed, "keyEpochs": list});
                return Reply::Json(200, answer);
            }
            Reply::Json(200, list)
        })
    })
    .await;
    let evaluations = evaluations(&service);
    let request = RotationRequest {
        to_epoch: 2,
        ceremony_key: protocol::Base64Url([7; 32]),
    };
    let answer = evaluations.start_rotation(&request).await.unwrap();
    assert_eq!((answer.from_epoch, answer.to_epoch), (1, 2));
    evaluations.flip(2).await.unwrap();
    evaluations.destroy(2).await.unwrap();
    assert_eq!(service.asked("POST /v1/rotations/2/flips")[0].body, "{}");
    assert_eq!(service.asked("POST /v1/rotations/2/destructions")[0].body, "{}");
}

#[tokio::test]
async fn a_call_ends_at_its_deadline() {
    let service = Service::start(|asked| token(asked).unwrap_or(Reply::Silence)).await;
    let mut evaluations = evaluations(&service);
    evaluations.deadline = Duration::from_millis(20);
    assert!(matches!(evaluations.key_epochs().await, Err(Error::Deadline)));
}
