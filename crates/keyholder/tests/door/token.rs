//! Authentication: as at the service, in a realm of its own.

use protocol::text::encode;
use serde_json::{Value, json};

use crate::world::{World, body, elements, random, request};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_lives_ten_minutes_and_carries_the_roles_scopes() {
    let world = World::new().await;
    let (partner, gateway) = (world.partner().await, world.gateway().await);
    let answer = world.ask_token(&world.assertion(&partner).sign(), &[]).await;
    assert_eq!(answer.json()["expires_in"], 600);
    assert_eq!(answer.json()["scope"], "evaluate share");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let answer = world.ask_token(&world.assertion(&gateway).sign(), &[]).await;
    assert_eq!(answer.json()["scope"], "evaluate rotate tombstone");
    let narrow = world
        .ask_token(&world.assertion(&gateway).sign(), &[("scope", "rotate")])
        .await;
    let narrow = narrow.json()["access_token"].as_str().unwrap().to_owned();
    let asked = body(&request(1, &elements(1)));
    let refused = world.post("/v1/evaluations", &narrow, &asked).await;
    assert_eq!(refused.slug(), "insufficient-scope");
    for scope in ["rotate", "signal", "", "everything"] {
        let refused = world
            .ask_token(&world.assertion(&partner).sign(), &[("scope", scope)])
            .await;
        assert_eq!(refused.json()["error"], "invalid_scope", "{scope:?}");
    }
    let token = world.token(&partner).await;
    assert_eq!(world.post("/v1/evaluations", &token, &asked).await.status, 200);
    world.clock.advance(599);
    assert_eq!(world.post("/v1/evaluations", &token, &asked).await.status, 200);
    world.clock.advance(1);
    assert_eq!(
        world.post("/v1/evaluations", &token, &asked).await.slug(),
        "invalid-token"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assertion_is_good_once_also_at_once_and_after_a_restart() {
    let mut world = World::new().await;
    let partner = world.partner().await;
    let assertion = world.assertion(&partner).sign();
    let both =
        futures::future::join(world.ask_token(&assertion, &[]), world.ask_token(&assertion, &[])).await;
    let mut slugs = [both.0.slug(), both.1.slug()];
    slugs.sort();
    assert_eq!(slugs, ["200", "token-replayed"]);
    let base = world.base().to_owned();
    world.stop().await;
    world.start_at(&base).await;
    let again = world.ask_token(&assertion, &[]).await;
    assert_eq!(again.slug(), "token-replayed");
    assert_eq!(again.json()["error"], "invalid_client");
    assert!(again.header("www-authenticate").is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_wrong_with_an_assertion_the_answer_is_the_same() {
    let world = World::new().await;
    let (partner, stranger) = (world.partner().await, world.partner().await);
    let now = world.clock.now().as_second();
    type Bend<'b> = (&'b str, &'b str, Value);
    let bent: Vec<Bend<'_>> = vec![
        ("header", "alg", json!("none")),
        ("header", "alg", json!("RS256")),
        ("header", "kid", json!(encode([7; 16]))),
        ("header", "typ", json!("at+jwt")),
        ("header", "jwk", json!({})),
        ("claims", "aud", json!("https://other.example/oauth/token")),
        ("claims", "aud", json!([format!("{}/oauth/token", world.base())])),
        ("claims", "iss", json!("cl_other")),
        ("claims", "sub", json!("cl_other")),
        ("claims", "jti", json!("short")),
        ("claims", "exp", json!(now + 61)),
        ("claims", "exp", json!(now - 11)),
        ("claims", "iat", json!(now + 31)),
        ("claims", "nbf", json!(now + 31)),
    ];
    let mut answers = Vec::new();
    for (part, name, value) in bent {
        let mut assertion = world.assertion(&partner);
        let part = if part == "header" {
            &mut assertion.header
        } else {
            &mut assertion.claims
        };
        part[name] = value;
        answers.push((name, world.ask_token(&assertion.sign(), &[]).await));
    }
    for name in ["iss", "sub", "aud", "jti", "iat", "exp"] {
        let mut assertion = world.assertion(&partner);
        assertion.claims.as_object_mut().unwrap().remove(name);
        answers.push((name, world.ask_token(&assertion.sign(), &[]).await));
    }
    // Nobody's id, somebody else's key, a name that is not the assertion's.
    let mut unknown = world.assertion(&partner);
    unknown.claims["iss"] = json!("cl_nobody");
    unknown.claims["sub"] = json!("cl_nobody");
    answers.push(("unknown", world.ask_token(&unknown.sign(), &[]).await));
    let mut others = world.assertion(&stranger);
    others.claims["iss"] = json!(partner.id);
    others.claims["sub"] = json!(partner.id);
    answers.push(("other key", world.ask_token(&others.sign(), &[]).await));
    let named = world.assertion(&partner).sign();
    answers.push((
        "client_id",
        world.ask_token(&named, &[("client_id", "cl_other")]).await,
    ));
    answers.push(("text", world.ask_token("no.assertion", &[]).await));
    for (what, answer) in &answers {
        assert_eq!(answer.status, 401, "{what}: {}", answer.text());
        let mut document = answer.json();
        document["instance"] = Value::Null;
        let mut first = answers[0].1.json();
        first["instance"] = Value::Null;
        assert_eq!(document, first, "{what}");
        assert_eq!(document["error"], "invalid_client");
    }
    // None of it was spent, and a right one still works.
    assert_eq!(
        world
            .number("SELECT count(*) FROM keyholder.spent_assertion")
            .await,
        0
    );
    world.token(&partner).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_client_is_out_at_once() {
    let world = World::new().await;
    let (partner, other) = (world.partner().await, world.partner().await);
    let (token, of_other) = (world.token(&partner).await, world.token(&other).await);
    let asked = body(&request(1, &elements(1)));
    assert_eq!(world.post("/v1/evaluations", &token, &asked).await.status, 200);
    world.operator.disable_client(&partner.id).await.unwrap();
    assert_eq!(
        world.post("/v1/evaluations", &token, &asked).await.slug(),
        "invalid-token"
    );
    let refused = world.ask_token(&world.assertion(&partner).sign(), &[]).await;
    assert_eq!(refused.slug(), "invalid-client");
    assert_eq!(world.post("/v1/evaluations", &of_other, &asked).await.status, 200);
    assert!(
        world.operator.disable_client(&partner.id).await.is_err(),
        "it is disabled"
    );
    let clients = world.operator.clients().await.unwrap();
    let disabled: Vec<_> = clients
        .iter()
        .filter(|client| client.disabled_at.is_some())
        .collect();
    assert_eq!(disabled.len(), 1);
    assert_eq!(disabled[0].id, partner.id.as_str());
    assert_eq!(world.events("client.disabled").await, 1);
    assert_eq!(world.events("client.registered").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_is_registered_once_and_a_weak_key_never() {
    let world = World::new().await;
    let partner = world.partner().await;
    let again = keyholder::NewClient {
        id: partner.id.clone(),
        role: keyholder::ClientRole::Gateway,
        public_key: *partner.key.verifying_key().as_bytes(),
    };
    assert!(matches!(
        world.operator.register_client(again.clone()).await,
        Err(keyholder::ClientError::Taken)
    ));
    // The identity: any signature would fit.
    let mut public_key = [0; 32];
    public_key[0] = 1;
    let id = format!("cl_{}", encode(random::<8>())).parse().unwrap();
    let weak = keyholder::NewClient {
        id,
        public_key,
        ..again
    };
    assert!(matches!(
        world.operator.register_client(weak).await,
        Err(keyholder::ClientError::Key)
    ));
    assert_eq!(world.events("client.registered").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_another_issuer_is_none() {
    let world = World::new().await;
    let partner = world.partner().await;
    let asked = body(&request(1, &elements(1)));
    let forge = |seed: [u8; 32], issuer: &str| {
        let authority = service_http::access_token::TokenAuthority::new(issuer, issuer, &seed, 0);
        let scopes = std::collections::BTreeSet::from([protocol::access::Scope::Evaluate]);
        let issued = authority
            .issue(&partner.id, &scopes, None, random(), world.clock.now())
            .unwrap();
        issued.token.to_string()
    };
    let own = forge([0x33; 32], world.base());
    assert_eq!(
        world.post("/v1/evaluations", &own, &asked).await.status,
        200,
        "the keyholder's key"
    );
    for other in [
        forge([0x34; 32], world.base()),
        forge([0x33; 32], "https://trefpunt.example"),
    ] {
        assert_eq!(
            world.post("/v1/evaluations", &other, &asked).await.slug(),
            "invalid-token"
        );
    }
}
