//! The keyholder's own log: complete, in order, signed, and read by the offline verifier.

use std::io::Cursor;

use audit_log::policy::Policy;
use audit_log::verify;

use crate::world::{World, body, elements, request};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_verifies_and_a_changed_one_does_not() {
    let mut world = World::new().await;
    let partner = world.partner().await;
    let token = world.token(&partner).await;
    for count in [1, 7] {
        let answer = world
            .post("/v1/evaluations", &token, &body(&request(1, &elements(count))))
            .await;
        assert_eq!(answer.status, 200);
    }
    world.stop().await;
    // Without a running keyholder, and twice: the second tells of the first.
    for exports in 1..=2 {
        let bundle = world.operator.export_log(Cursor::new(Vec::new())).await.unwrap();
        let bytes = bundle.into_inner();
        let policy = Policy::parse(world.operator.log_policy().as_bytes()).unwrap();
        let report = verify::verify(&mut Cursor::new(bytes.clone()), &policy, None).unwrap();
        assert_eq!(report.verdict().exit_code(), 0, "{:?}", report.findings());
        assert_eq!(world.events("audit.exported").await, exports);
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains(r#"\"elements\":7"#) && text.contains("evaluation.answered"));
        let at = text.find("evaluation.answered").unwrap();
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let report = verify::verify(&mut Cursor::new(changed), &policy, None).unwrap();
        assert_ne!(report.verdict().exit_code(), 0);
    }
    let leaves = world.number("SELECT count(*) FROM keyholder.log_leaf").await;
    // Client registered, two keys' acts, two evaluations, two exports.
    assert_eq!(leaves, 7);
    assert_eq!(
        world.number("SELECT count(*) FROM keyholder.log_pending").await,
        0
    );
}
