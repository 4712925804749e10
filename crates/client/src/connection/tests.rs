use std::sync::atomic::{AtomicU32, Ordering};

use protocol::notice::AcknowledgementSubmission;
use protocol::text::encode;
use serde_json::{Value, json};

use super::*;
use crate::testing::{Asked, Reply, Service, TestEnvironment, token};

async fn ask(service: &Service) -> Result<Value, Error> {
    connection(service, TestEnvironment::default())
        .get("/v1/thing")
        .await
}

async fn act(service: &Service) -> Result<Answer<Value>, Error> {
    let connection = connection(service, TestEnvironment::default());
    connection
        .post("/v1/things", &AcknowledgementSubmission {}, None)
        .await
}

fn connection(service: &Service, environment: TestEnvironment) -> Connection {
    Connection::new(&service.settings(), Arc::new(environment)).unwrap()
}

/// Gives the replies in turn, the last for ever; tokens beside.
async fn in_turn(replies: Vec<fn() -> Reply>) -> Service {
    let turn = AtomicU32::new(0);
    Service::start(move |asked| {
        token(asked).unwrap_or_else(|| {
            let turn = turn.fetch_add(1, Ordering::SeqCst) as usize;
            replies[turn.min(replies.len() - 1)]()
        })
    })
    .await
}

fn fine() -> Reply {
    Reply::Json(201, json!({"fine": true}))
}

#[tokio::test]
async fn a_token_is_fetched_with_an_assertion_and_kept() {
    let service = Service::start(|asked| token(asked).unwrap_or_else(fine)).await;
    let environment = TestEnvironment::default();
    let connection = connection(&service, environment.clone());
    for _ in 0..3 {
        connection.get::<Value>("/v1/thing").await.unwrap();
    }
    assert_eq!(service.asked("POST /oauth/token").len(), 1);
    assert_eq!(
        service.asked("GET /v1/thing")[2].header("authorization"),
        Some("Bearer at_1")
    );

    *environment.seconds.lock().unwrap() += 571;
    connection.get::<Value>("/v1/thing").await.unwrap();
    let requests = service.asked("POST /oauth/token");
    assert_eq!(requests.len(), 2, "renewed when half a minute is left");
    let [first, second] = [0, 1].map(|at: usize| assertion(&requests[at]));
    assert_ne!(first["jti"], second["jti"]);
    assert_eq!(first["iss"], "cl_school");
    assert_eq!(first["sub"], "cl_school");
    assert_eq!(first["aud"], format!("{}/oauth/token", service.url));
    assert_eq!(
        first["exp"].as_i64().unwrap() - first["iat"].as_i64().unwrap(),
        60
    );
}

/// The claims of the assertion in a token request, its signature checked.
fn assertion(asked: &Asked) -> Value {
    use ed25519_dalek::{Signature, VerifyingKey};

    let form = asked.body.replace("%3A", ":");
    assert!(form.contains("grant_type=client_credentials"));
    assert!(
        form.contains(&format!(
            "client_assertion_type={}",
            protocol::access::ASSERTION_TYPE
        )),
        "{form}"
    );
    let jwt = form
        .split("client_assertion=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let public: [u8; 32] =
        protocol::text::decode("q_pX1e4AEYroYR3NzORypst_m3Ku2JPMKdH7EmOPFtY", "key").unwrap();
    let signature = Signature::from_bytes(&protocol::text::decode(signature, "signature").unwrap());
    VerifyingKey::from_bytes(&public)
        .unwrap()
        .verify_strict(signed.as_bytes(), &signature)
        .unwrap();
    let part = |text: &str| -> Value {
        serde_json::from_slice(&protocol::text::decode_vec(text, 4096, "part").unwrap()).unwrap()
    };
    let (header, claims) = signed.split_once('.').unwrap();
    let header = part(header);
    assert_eq!(header["alg"], "EdDSA");
    assert_eq!(
        header["kid"],
        protocol::Jwk::from(public).thumbprint().to_string()
    );
    part(claims)
}

#[tokio::test]
async fn an_act_is_repeated_under_one_key() {
    let service = in_turn(vec![
        || Reply::Problem(ProblemType::TryAgain),
        || Reply::HangUp,
        || Reply::Bytes(502, "text/html", vec![]),
        fine,
    ])
    .await;
    assert!(act(&service).await.unwrap().created);
    let asked = service.asked("POST /v1/things");
    assert_eq!(asked.len(), 4);
    let keys: std::collections::HashSet<_> = asked
        .iter()
        .map(|asked| asked.header("idempotency-key").unwrap())
        .collect();
    assert_eq!(keys.len(), 1);
    assert!(asked.iter().all(|asked| asked.body == "{}"));
    act(&service).await.unwrap();
}

#[tokio::test]
async fn a_key_can_be_given() {
    let service = in_turn(vec![fine]).await;
    let connection = connection(&service, TestEnvironment::default());
    let key: IdempotencyKey = "signal-2026-0001".parse().unwrap();
    let body = AcknowledgementSubmission {};
    connection
        .post::<_, Value>("/v1/things", &body, Some(&key))
        .await
        .unwrap();
    assert_eq!(
        service.asked("POST /v1/things")[0].header("idempotency-key"),
        Some("signal-2026-0001")
    );
}

#[tokio::test]
async fn attempts_have_an_end() {
    let service = in_turn(vec![|| Reply::HangUp]).await;
    let error = ask(&service).await.unwrap_err();
    assert!(
        matches!(error, Error::Unreachable(_)) && error.is_unknown(),
        "{error:?}"
    );
    assert_eq!(service.asked("GET /v1/thing").len(), MAX_ATTEMPTS as usize);
    assert!(
        !format!("{error:?}").contains("/v1/thing"),
        "an address does not get into a log"
    );

    let service = in_turn(vec![|| Reply::Problem(ProblemType::ShuttingDown)]).await;
    let error = act(&service).await.err().unwrap();
    assert_eq!(error.problem_type(), Some(ProblemType::ShuttingDown));
    assert!(error.is_unknown());
}

#[tokio::test]
async fn a_refusal_is_told_at_once() {
    let service = in_turn(vec![|| Reply::Problem(ProblemType::ConsentMissing)]).await;
    let error = act(&service).await.err().unwrap();
    assert_eq!(error.problem_type(), Some(ProblemType::ConsentMissing));
    assert_eq!(error.to_string(), "refused: Consent is missing (409)");
    assert!(!error.is_unknown());
    assert_eq!(service.asked("POST /v1/things").len(), 1);
}

#[tokio::test]
async fn a_token_that_is_no_longer_good_is_renewed_once() {
    let service = in_turn(vec![|| Reply::Problem(ProblemType::InvalidToken), fine]).await;
    act(&service).await.unwrap();
    assert_eq!(service.asked("POST /oauth/token").len(), 2);

    let service = in_turn(vec![|| Reply::Problem(ProblemType::InvalidToken)]).await;
    let error = act(&service).await.err().unwrap();
    assert_eq!(error.problem_type(), Some(ProblemType::InvalidToken));
    assert_eq!(service.asked("POST /v1/things").len(), 2);
}

#[tokio::test]
async fn a_client_that_is_refused_gets_no_token() {
    let service = Service::start(|_| {
        Reply::Json(
            401,
            json!({"error": "invalid_client", "error_description": "refused"}),
        )
    })
    .await;
    let error = ask(&service).await.unwrap_err();
    let code = Some(protocol::access::OAuthErrorCode::InvalidClient);
    assert!(
        matches!(error, Error::NoToken { status: 401, code: found } if found == code),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_is_not_an_answer_of_this_api_is_refused() {
    let bad: Vec<fn() -> Reply> = vec![
        || Reply::Bytes(200, "text/html", b"{}".to_vec()),
        || Reply::Bytes(200, "application/json", b"{".to_vec()),
        || Reply::Bytes(200, "application/json", vec![b' '; MAX_ANSWER_BYTES + 1]),
        || Reply::Bytes(400, "application/problem+json", b"{}".to_vec()),
        || Reply::Bytes(400, "text/html", b"no".to_vec()),
    ];
    for reply in bad {
        let service = in_turn(vec![reply]).await;
        let error = ask(&service).await.unwrap_err();
        assert!(matches!(error, Error::Answer { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_token_follows_no_redirect() {
    let other = Service::start(|asked| token(asked).unwrap_or_else(fine)).await;
    let target = other.url.clone();
    let service = Service::start(move |asked| {
        token(asked).unwrap_or_else(|| Reply::Redirect(format!("{target}/v1/thing")))
    })
    .await;
    assert!(matches!(ask(&service).await, Err(Error::Answer { status: 307 })));
    assert!(other.asked("").is_empty());
}

#[tokio::test]
async fn many_calls_at_once_fetch_one_token() {
    let service = Service::start(|asked| token(asked).unwrap_or_else(fine)).await;
    let connection = connection(&service, TestEnvironment::default());
    let ask = || connection.get::<Value>("/v1/thing");
    let (a, b, c) = tokio::join!(ask(), ask(), ask());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(service.asked("POST /oauth/token").len(), 1);
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_told_at_once() {
    let service = Service::start(|_| fine()).await;
    let good = service.settings();
    let refused = |settings: Settings| {
        matches!(
            Connection::new(&settings, Arc::new(TestEnvironment::default())),
            Err(Error::Settings(_))
        )
    };
    assert!(refused(Settings {
        api_url: "http://t.example".into(),
        ..good.clone()
    }));
    assert!(refused(Settings {
        api_url: format!("{}/v1", service.url),
        ..good.clone()
    }));
    assert!(refused(Settings {
        private_key_pem: "x".to_owned().into(),
        ..good.clone()
    }));
    assert!(!refused(good.clone()));
    let shown = format!("{good:?}");
    assert!(
        !shown.contains("PRIVATE") && !shown.contains(&encode([1])),
        "{shown}"
    );
}
