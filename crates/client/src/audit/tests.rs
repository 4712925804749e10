use protocol::problem::ProblemType;
use serde_json::json;

use super::*;
use crate::testing::{NOW, Reply, Service, token};

#[tokio::test]
async fn a_supervisor_takes_the_log_home() {
    let id = Id([2; 16]);
    let bundle: Vec<u8> = (0..300_000_u32).map(|at| at as u8).collect();
    let served = bundle.clone();
    let service = Service::start(move |asked| {
        token(asked).unwrap_or_else(|| {
            if asked.line.starts_with("GET") && asked.line.contains("/bundle ") {
                assert_eq!(
                    asked.header("accept"),
                    Some("application/x-tar, application/problem+json")
                );
                return Reply::Bytes(200, "application/x-tar", served.clone());
            }
            let export = json!({
                "id": id, "requestedAt": NOW, "scope": {}, "treeSize": 27, "rootHash": protocol::Base64Url([1; 32]),
                "bundle": format!("/v1/audit/exports/{id}/bundle"),
            });
            Reply::Json(if asked.line.starts_with("POST") { 201 } else { 200 }, export)
        })
    })
    .await;
    let supervisor = service.supervisor();
    let export = supervisor
        .request_export(&AuditExportSubmission::default(), None)
        .await
        .unwrap();
    assert_eq!(supervisor.export(export.id).await.unwrap(), export);
    let mut written = Vec::new();
    assert_eq!(
        supervisor.download_bundle(export.id, &mut written).await.unwrap(),
        300_000
    );
    assert!(written == bundle);
}

#[tokio::test]
async fn a_partner_cannot() {
    let service =
        Service::start(|asked| token(asked).unwrap_or(Reply::Problem(ProblemType::InsufficientScope))).await;
    let error = service
        .supervisor()
        .request_export(&AuditExportSubmission::default(), None)
        .await
        .unwrap_err();
    assert_eq!(error.problem_type(), Some(ProblemType::InsufficientScope));
    let error = service
        .supervisor()
        .download_bundle(Id([1; 16]), &mut Vec::new())
        .await
        .unwrap_err();
    assert_eq!(error.problem_type(), Some(ProblemType::InsufficientScope));
}
