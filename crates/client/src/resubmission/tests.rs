use protocol::Body as _;
use protocol::problem::ProblemType;
use protocol::resubmission::ResubmissionOutcome;
use serde_json::json;

use identifiers::Bsn;

use super::*;
use crate::testing::keyholder::Keyholder;
use crate::testing::{Reply, SCHOOL, Service, TestEnvironment, sealing, token};
use crate::{NetworkKey, PartnerKeys};

/// Takes every token of the second epoch.
async fn service() -> Service {
    Service::start(|asked| {
        token(asked).unwrap_or_else(|| {
            let Ok(body) = Resubmission::parse(asked.body.as_bytes()) else {
                return Reply::Problem(ProblemType::InvalidRequest);
            };
            let outcome = |signal: &ResubmittedSignal| json!({"id": signal.id, "outcome": "accepted", "receipt": "cmVjZWlwdA"});
            let results: Vec<_> = body.signals.iter().map(outcome).collect();
            Reply::Json(200, json!({"results": results}))
        })
    })
    .await
}

fn signals(count: u8) -> Vec<(Id, Bsn)> {
    let bsn = || Bsn::parse("999990019").unwrap();
    (0..count).map(|number| (Id([number; 16]), bsn())).collect()
}

#[tokio::test]
async fn many_signals_go_in_requests_that_fit() {
    let (keyholder, service) = (Keyholder::start().await, service().await);
    let mut settings = service.settings();
    settings.keyholder = Some(keyholder.settings());
    let network = [1, 2].map(|epoch| NetworkKey {
        epoch,
        secret: identifiers::NetworkSecret::from_bytes([7; 32]),
    });
    let keys = PartnerKeys {
        network: network.into(),
        sealing: sealing(SCHOOL).into(),
    };
    let partner = Partner::connect(settings, keys, TestEnvironment::default()).unwrap();
    let reference = "m.jansen".parse().unwrap();
    let results = partner.resubmit_signals(&reference, &signals(100)).await.unwrap();
    let ids: Vec<Id> = results.iter().map(|result| result.id).collect();
    assert_eq!(
        ids,
        signals(100).into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    );
    assert!(
        results
            .iter()
            .all(|result| result.outcome == ResubmissionOutcome::Accepted)
    );

    let asked = service.asked("POST /v1/signals/resubmissions");
    assert!(asked.len() > 1);
    for request in &asked {
        assert!(
            request.body.len() <= protocol::MAX_BODY_BYTES,
            "{}",
            request.body.len()
        );
        let body = Resubmission::parse(request.body.as_bytes()).unwrap();
        assert!(body.signals.iter().all(|signal| signal.tokens.len() == 2));
        assert!(
            body.signals
                .iter()
                .flat_map(|signal| &signal.tokens)
                .all(|token| token.suite == 2)
        );
    }
    assert_eq!(keyholder.evaluations(), asked.len(), "one evaluation each");
}

#[tokio::test]
async fn without_signals_nothing_is_sent() {
    let service = service().await;
    let partner = service.partner(sealing(SCHOOL));
    let reference = "m.jansen".parse().unwrap();
    assert!(
        partner
            .resubmit_signals::<Bsn>(&reference, &[])
            .await
            .unwrap()
            .is_empty()
    );
    assert!(service.asked("").is_empty());
}
