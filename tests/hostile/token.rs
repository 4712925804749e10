//! The token endpoint (reliability, class D): a strict layer behind the signature.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::Arc;

use futures::future::join_all;
use protocol::ClientId;
use protocol::jwk::SigningAlgorithm;
use serde_json::{Value, json};
use service_http::bad_assertions::LIMIT;
use service_http::tls::{ClientMaterial, Tls, TlsMaterial};
use tests::{
    Answer, Assertion, Authority, Flaw, Http, KeyOfClient, Method, Professional, Region, Sector, ask_token,
};

use crate::assert_problem;

fn without_instance(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem["instance"] = Value::Null;
    problem
}

fn assert_not_this_client(region: &Region, answer: &Answer, what: &str) {
    assert_problem(region, answer, "invalid-client", what);
    assert_eq!(answer.json()["error"], "invalid_client", "{what}");
}

async fn school(region: &Region) -> (Professional, Http) {
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    (school, Http::new(&region.url))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_assertion_gives_a_token_of_ten_minutes_and_no_more() {
    let region = Region::start().await;
    let (school, http) = school(&region).await;
    let answer = ask_token(&http, &school.assertion().sign(), &[]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let token = answer.json();
    assert_eq!(
        (&token["token_type"], &token["scope"]),
        (&json!("Bearer"), &json!("signal exchange lead coordinate"))
    );
    assert!(token["expires_in"].as_u64().unwrap() <= 600);

    let narrow = ask_token(&http, &school.assertion().sign(), &[("scope", "signal")])
        .await
        .json();
    let bearer = format!("Bearer {}", narrow["access_token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(http.get("/v1/signals", &headers).await.status, 200);
    let beyond = http
        .get("/v1/matches/AAAAAAAAAAAAAAAAAAAAAA/messages", &headers)
        .await;
    assert_problem(&region, &beyond, "insufficient-scope", "a narrower token");

    region.at("2027-03-01T09:20:00+01:00").await;
    let over = http.get("/v1/signals", &headers).await;
    assert_problem(&region, &over, "invalid-token", "an old token");
}

// rule: D2, D3, D4, D5, D6, D7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assertion_with_anything_bent_is_nobodys() {
    let region = Region::start().await;
    let (school, http) = school(&region).await;
    let now = region.clock.now().as_second();
    let header = |name: &str, value: Value| (format!("header {name}"), true, name.to_owned(), value);
    let claim = |name: &str, value: Value| (format!("claim {name} {value}"), false, name.to_owned(), value);
    let id = school.client_id.as_str();
    let url = format!("{}/oauth/token", region.url);
    let bends = vec![
        header("alg", json!("none")),
        header("alg", json!("None")),
        header("alg", json!("nOnE")),
        header("alg", json!("RS256")),
        header("alg", json!("HS256")),
        header("alg", json!("ES256")),
        header("alg", json!(["EdDSA"])),
        header("alg", Value::Null),
        header("jwk", json!({"kty": "OKP", "crv": "Ed25519", "x": "AA"})),
        header("jku", json!("http://127.0.0.1:1/keys")),
        header("x5u", json!("http://127.0.0.1:1/cert")),
        header("x5c", json!(["MIIB"])),
        header("crit", json!(["exp"])),
        header("zip", json!("DEF")),
        header("b64", json!(false)),
        header("typ", json!("at+jwt")),
        header("cty", json!("JWT")),
        header("kid", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        header("kid", json!("../../etc/passwd")),
        header("kid", Value::Null),
        claim("iss", Value::Null),
        claim("iss", json!([id])),
        claim("iss", json!("cl_somebodyelse")),
        claim("sub", Value::Null),
        claim("sub", json!("cl_somebodyelse")),
        claim("aud", Value::Null),
        claim("aud", json!([url])),
        claim("aud", json!("https://another.example/oauth/token")),
        claim("aud", json!(format!("{url}/"))),
        claim("jti", Value::Null),
        claim("jti", json!("short")),
        claim("jti", json!("x".repeat(65))),
        claim("jti", json!(7)),
        claim("iat", Value::Null),
        claim("iat", json!("now")),
        claim("iat", json!(now + 90)),
        claim("iat", json!(-1)),
        claim("exp", Value::Null),
        claim("exp", json!(now + 100_000)),
        claim("exp", json!(now + 3_155_760_000_i64)),
        claim("exp", json!(now - 60)),
        claim("exp", json!(1.5)),
        claim("exp", json!(u64::MAX)),
        claim("nbf", json!(now + 90)),
        claim("nbf", json!("soon")),
        claim("scope", json!("supervise")),
    ];
    let before = region.rows().await;
    for (what, in_header, name, value) in bends {
        let mut assertion = school.assertion();
        let place = if in_header {
            &mut assertion.header
        } else {
            &mut assertion.claims
        };
        match value {
            Value::Null => drop(place.as_object_mut().unwrap().remove(&name)),
            value => place[&name] = value,
        }
        let answer = ask_token(&http, &assertion.sign(), &[]).await;
        assert_not_this_client(&region, &answer, &what);
    }
    // 11 s after its end and one more.
    let mut expired = school.assertion();
    expired.claims["iat"] = json!(now - 71);
    expired.claims["exp"] = json!(now - 12);
    assert_not_this_client(&region, &ask_token(&http, &expired.sign(), &[]).await, "expired");
    assert_eq!(region.rows().await, before);
    assert_eq!(
        region.count("SELECT count(*) FROM spent_assertion").await,
        0,
        "nothing was spent"
    );
}

// rule: D4, D5
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assertion_has_one_spelling() {
    let region = Region::start().await;
    let (school, http) = school(&region).await;
    let assertion = school.assertion();
    let (header, claims) = (assertion.header.to_string(), assertion.claims.to_string());
    let right = assertion.sign();
    let parts: Vec<&str> = right.split('.').collect();
    let twice = claims.replacen('{', "{\"iss\":\"cl_somebodyelse\",", 1);
    let misspelt = [
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("four parts", format!("{right}.x")),
        ("padded", format!("{right}=")),
        ("a space before", format!(" {right}")),
        ("a line feed behind", format!("{right}\n")),
        ("signature cut", right[..right.len() - 1].to_owned()),
        (
            "signature of another text",
            format!(
                "{}.{}",
                assertion.sign_texts(&header, "{}").rsplit_once('.').unwrap().0,
                parts[2]
            ),
        ),
        ("a claim twice", assertion.sign_texts(&header, &twice)),
        (
            "a byte order mark",
            assertion.sign_texts(&format!("\u{feff}{header}"), &claims),
        ),
        ("claims that are no object", assertion.sign_texts(&header, "[]")),
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
        ("long", "A".repeat(15_000)),
    ];
    for (what, text) in misspelt {
        let answer = ask_token(&http, &text, &[]).await;
        assert_not_this_client(&region, &answer, what);
    }
    assert_eq!(
        ask_token(&http, &right, &[]).await.status,
        200,
        "it was right all along"
    );
}

// rule: D11, D12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_client_and_a_wrong_key_look_the_same() {
    let region = Region::start().await;
    let (school, http) = school(&region).await;
    let other = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let url = format!("{}/oauth/token", region.url);
    let unknown = Assertion::new("cl_AAAAAAAAAAAAAAAAAAAAAA", &url, &school.key, &region.clock);
    let wrong_key = Assertion::new(school.client_id.as_str(), &url, &other.key, &region.clock);
    // The right name of the key, but not the key.
    let mut pretended = Assertion::new(school.client_id.as_str(), &url, &other.key, &region.clock);
    pretended.header["kid"] = school.assertion().header["kid"].clone();
    let mut answers = Vec::new();
    for assertion in [unknown, wrong_key, pretended] {
        answers.push(ask_token(&http, &assertion.sign(), &[]).await);
    }
    // A disabled client looks like that too, and its tokens are worth nothing at once.
    let bearer = other.bearer().await;
    region
        .casework
        .disable_client(other.client_id.clone())
        .await
        .unwrap();
    answers.push(ask_token(&http, &other.assertion().sign(), &[]).await);
    let with_token = http.get("/v1/signals", &[("authorization", &bearer)]).await;
    assert_problem(&region, &with_token, "invalid-token", "a disabled client");

    let names = |answer: &Answer| {
        let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        names
    };
    for answer in &answers {
        assert_not_this_client(&region, answer, "not this client");
        assert_eq!(without_instance(answer), without_instance(&answers[0]));
        assert_eq!(answer.body.len(), answers[0].body.len());
        assert_eq!(names(answer), names(&answers[0]));
    }
}

// rule: D8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assertion_serves_once_whoever_takes_it() {
    let region = Region::start().await;
    let (school, http) = school(&region).await;
    let second = region.second_instance();
    let other_door = Http::new(&second.url);

    let assertion = school.assertion().sign();
    assert_eq!(ask_token(&http, &assertion, &[]).await.status, 200);
    for door in [&http, &other_door] {
        let answer = ask_token(door, &assertion, &[]).await;
        assert_problem(&region, &answer, "token-replayed", "again");
        assert_eq!(answer.json()["error"], "invalid_client");
    }
    // Ten at once, at two doors.
    let assertion = school.assertion().sign();
    let answers = join_all((0..10).map(|place| {
        let door = if place % 2 == 0 { &http } else { &other_door };
        ask_token(door, &assertion, &[])
    }))
    .await;
    let given = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(given, 1);
    assert!(
        answers
            .iter()
            .filter(|answer| answer.status != 200)
            .all(|answer| answer.slug() == "token-replayed")
    );
    // A program started later knows it too.
    let third = region.second_instance();
    let answer = ask_token(&Http::new(&third.url), &assertion, &[]).await;
    assert_problem(&region, &answer, "token-replayed", "after a restart");
    // Another client may choose the same.
    let other = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let mut same = other.assertion();
    same.claims["jti"] = json!("0123456789abcdef0123");
    assert_eq!(ask_token(&http, &same.sign(), &[]).await.status, 200);
    let mut same = school.assertion();
    same.claims["jti"] = json!("0123456789abcdef0123");
    assert_eq!(ask_token(&http, &same.sign(), &[]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_request_is_read_strictly() {
    let region = Region::start().await;
    let (school, http) = school(&region).await;
    let assertion = school.assertion().sign();
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let right = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", kind),
        ("client_assertion", assertion.as_str()),
    ];
    let send = async |form: &[(&str, &str)]| http.post_form("/oauth/token", &[], form).await;
    for missing in 0..right.len() {
        let form = right.iter().enumerate().filter(|(place, _)| *place != missing);
        let form: Vec<_> = form.map(|(_, field)| *field).collect();
        let answer = send(&form).await;
        assert_problem(&region, &answer, "invalid-request", right[missing].0);
        assert_eq!(answer.json()["error"], "invalid_request");
    }
    for (field, value, error) in [
        ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "authorization_code", "unsupported_grant_type"),
        ("client_assertion_type", "urn:other", "invalid_request"),
        ("client_secret", "x", "invalid_request"),
        ("scope", "supervise", "invalid_scope"),
        ("scope", "signal supervise", "invalid_scope"),
        ("scope", "everything", "invalid_scope"),
        ("scope", "", "invalid_scope"),
    ] {
        let fresh = school.assertion().sign();
        let mut form: Vec<(&str, &str)> = right[..2].to_vec();
        form.push(("client_assertion", &fresh));
        form.retain(|(name, _)| *name != field);
        form.push((field, value));
        let answer = send(&form).await;
        assert_problem(&region, &answer, "invalid-request", &format!("{field}={value}"));
        assert_eq!(answer.json()["error"], error, "{field}={value}");
    }
    let mut form = right.to_vec();
    form.push(("grant_type", "client_credentials"));
    assert_problem(&region, &send(&form).await, "malformed-request", "twice");
    let mut form = right.to_vec();
    form.push(("client_id", "cl_somebodyelse"));
    assert_problem(
        &region,
        &send(&form).await,
        "invalid-client",
        "another client's name",
    );
    let in_the_address = http
        .send(
            Method::POST,
            &format!("/oauth/token?client_assertion={assertion}"),
            &[("content-type", "application/x-www-form-urlencoded")],
            Some(b"grant_type=client_credentials"),
        )
        .await;
    assert_problem(&region, &in_the_address, "invalid-request", "in the address");
    assert_eq!(send(&right).await.status, 200, "it was right all along");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_another_region_is_none_here() {
    let here = Region::start().await;
    let there = Region::start().await;
    let (_, http) = school(&here).await;
    let (stranger, _) = school(&there).await;
    // Both sign tokens with one key; the issuer and the audience tell them apart.
    let bearer = stranger.bearer().await;
    let answer = http.get("/v1/signals", &[("authorization", &bearer)]).await;
    assert_problem(&here, &answer, "invalid-token", "another region's");
    let cookie = [("cookie", "trefpunt=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")];
    let answer = http.get("/v1/signals", &cookie).await;
    assert_problem(&here, &answer, "unauthorized", "a family's cookie");
}

// rule: D1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_credentials_there_is_nothing_to_see() {
    let region = Region::start().await;
    let (school, http) = school(&region).await;
    let before = region.rows().await;
    for path in [
        "/v1/signals",
        "/v1/clients",
        "/v1/audit/exports/AAAAAAAAAAAAAAAAAAAAAA",
    ] {
        let answer = http.get(path, &[]).await;
        assert_problem(&region, &answer, "unauthorized", path);
    }
    // A token is taken from one place.
    let token = school.access_token().await;
    let in_the_address = http
        .get(&format!("/v1/signals?access_token={}", *token), &[])
        .await;
    assert_problem(&region, &in_the_address, "unauthorized", "in the address");
    let basic = http
        .get("/v1/signals", &[("authorization", "Basic Y2w6eA==")])
        .await;
    assert_problem(&region, &basic, "unauthorized", "a password");
    assert_eq!(region.rows().await, before);
}

/// A further client of the school with a key of this kind.
async fn client_with(
    region: &Region,
    school: &Professional,
    algorithm: SigningAlgorithm,
) -> (ClientId, Arc<KeyOfClient>) {
    let key = Arc::new(KeyOfClient::new(algorithm));
    let added = region
        .casework
        .register_client(school.organisation, key.public(), BTreeSet::new());
    (added.await.unwrap(), key)
}

// rule: D3, D12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_used_with_its_own_algorithm_and_no_other() {
    let region = Region::start().await;
    let (school, http) = school(&region).await;
    let url = format!("{}/oauth/token", region.url);
    let mut refusals = Vec::new();
    for algorithm in SigningAlgorithm::ALL {
        let (client, key) = client_with(&region, &school, algorithm).await;
        let right = Assertion::with_key(client.as_str(), &url, &key, &region.clock);
        assert_eq!(
            ask_token(&http, &right.sign(), &[]).await.status,
            200,
            "{algorithm}"
        );
        for alg in [
            "none", "HS256", "RS256", "PS256", "PS384", "ES256", "ES384", "ES256K", "EdDSA",
        ] {
            if SigningAlgorithm::named(alg) == Some(algorithm) {
                continue;
            }
            let mut bent = Assertion::with_key(client.as_str(), &url, &key, &region.clock);
            bent.header["alg"] = json!(alg);
            let answer = ask_token(&http, &bent.sign(), &[]).await;
            assert_not_this_client(&region, &answer, &format!("{algorithm} as {alg}"));
            refusals.push(answer);
        }
        // Another's key under this key's name, of each kind.
        for other in SigningAlgorithm::ALL {
            let forger = Arc::new(KeyOfClient::new(other));
            let mut forged = Assertion::with_key(client.as_str(), &url, &forger, &region.clock);
            forged.header["kid"] = json!(key.public().thumbprint());
            let answer = ask_token(&http, &forged.sign(), &[]).await;
            assert_not_this_client(&region, &answer, &format!("{algorithm} forged with {other}"));
            refusals.push(answer);
        }
        let unknown = Assertion::with_key("cl_AAAAAAAAAAAAAAAAAAAAAA", &url, &key, &region.clock);
        refusals.push(ask_token(&http, &unknown.sign(), &[]).await);
    }
    for answer in &refusals {
        assert_eq!(without_instance(answer), without_instance(&refusals[0]));
        assert_eq!(answer.body.len(), refusals[0].body.len());
    }
}

// rule: D4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_in_a_header_is_never_fetched() {
    let region = Region::start().await;
    let (school, http) = school(&region).await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = format!("http://{}/keys", listener.local_addr().unwrap());
    for name in ["jku", "x5u"] {
        let mut assertion = school.assertion();
        assertion.header[name] = json!(address);
        let answer = ask_token(&http, &assertion.sign(), &[]).await;
        assert_not_this_client(&region, &answer, name);
    }
    assert!(listener.accept().is_err(), "nobody came");
}

// rule: D9
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_asked_for_with_a_certificate_is_worth_nothing_without_it() {
    let region = Region::start().await;
    let (school, plain) = school(&region).await;
    let authority = Authority::new("an authority");
    let server = authority.server();
    let authorities = authority.pem();
    let tls = Tls::new(TlsMaterial {
        certificate: server.certificate.as_bytes(),
        key: server.key.as_bytes(),
        clients: Some(ClientMaterial {
            authorities: authorities.as_bytes(),
            revoked: None,
            required: false,
        }),
    });
    let door = region.tls_door(tls.unwrap());
    let (own, others) = (authority.client(Flaw::None), authority.client(Flaw::None));
    let with_own = Http::over_tls(&door.url, &authority, Some(&own));
    let with_others = Http::over_tls(&door.url, &authority, Some(&others));
    let without = Http::over_tls(&door.url, &authority, None);

    let metadata = without
        .get("/.well-known/oauth-authorization-server", &[])
        .await
        .json();
    assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], true);
    let url = metadata["token_endpoint"].as_str().unwrap().to_owned();
    let metadata = plain
        .get("/.well-known/oauth-authorization-server", &[])
        .await
        .json();
    assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], false);
    let token = async |http: &Http| {
        let assertion = Assertion::new(school.client_id.as_str(), &url, &school.key, &region.clock);
        let answer = ask_token(http, &assertion.sign(), &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        format!("Bearer {}", answer.json()["access_token"].as_str().unwrap())
    };
    let bound = token(&with_own).await;
    let headers = [("authorization", bound.as_str())];
    assert_eq!(with_own.get("/v1/signals", &headers).await.status, 200);
    for (what, http) in [("another's certificate", &with_others), ("none", &without)] {
        let answer = http.get("/v1/signals", &headers).await;
        assert_eq!(
            (answer.status, answer.slug().as_str()),
            (401, "invalid-token"),
            "{what}"
        );
        assert!(answer.header("www-authenticate").is_some(), "{what}");
    }
    // What a proxy would say about a certificate is not believed.
    let claimed = [
        headers[0],
        ("x-forwarded-client-cert", "Hash=00"),
        ("x-client-cert", "MIIB"),
    ];
    assert_eq!(without.get("/v1/signals", &claimed).await.slug(), "invalid-token");
    // One that was asked for without is bound to none.
    let free = token(&without).await;
    let headers = [("authorization", free.as_str())];
    assert_eq!(without.get("/v1/signals", &headers).await.status, 200);
    assert_eq!(with_others.get("/v1/signals", &headers).await.status, 200);
}

// rule: D13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_keeps_sending_bad_assertions_is_told_to_wait_and_nobody_else_is() {
    let region = Region::start().await;
    let (school, http) = school(&region).await;
    let other = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let before = region.rows().await;
    let bad = |who: &Professional| {
        let mut assertion = who.assertion();
        assertion.claims["aud"] = json!("https://another.example");
        assertion.sign()
    };
    for _ in 0..LIMIT {
        let answer = ask_token(&http, &bad(&school), &[]).await;
        assert_eq!(answer.slug(), "invalid-client");
    }
    for _ in 0..20 {
        let answer = ask_token(&http, &bad(&school), &[]).await;
        assert_problem(&region, &answer, "rate-limited", "too many");
        let wait: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
    assert_eq!(region.rows().await, before, "nothing of it is kept");
    // Another client is answered as ever, from the same address.
    assert_not_this_client(&region, &ask_token(&http, &bad(&other), &[]).await, "another");
    assert_eq!(ask_token(&http, &other.assertion().sign(), &[]).await.status, 200);
    // And who is meant by those assertions is not locked out by whoever sent them.
    assert_eq!(
        ask_token(&http, &school.assertion().sign(), &[]).await.status,
        200
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metadata_says_what_is_so() {
    let region = Region::start().await;
    let (school, http) = school(&region).await;
    let answer = http.get("/.well-known/oauth-authorization-server", &[]).await;
    let metadata = answer.json();
    assert_eq!(metadata["issuer"], region.url);
    assert_eq!(
        metadata["token_endpoint_auth_signing_alg_values_supported"],
        json!(["EdDSA", "Ed25519", "ES256", "PS256"])
    );
    // The keys it names are those that sign its tokens.
    let keys_at = metadata["jwks_uri"].as_str().unwrap();
    let keys = http
        .get(keys_at.strip_prefix(&region.url).unwrap(), &[])
        .await
        .json();
    let token = school.access_token().await;
    let header = token.split('.').next().unwrap();
    let header = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, header);
    let header: Value = serde_json::from_slice(&header.unwrap()).unwrap();
    assert_eq!(header["kid"], keys["keys"][0]["kid"]);
    assert!(keys["keys"][0].get("d").is_none());
    // Every scope of a role there is can be had.
    let had = ask_token(&http, &school.assertion().sign(), &[]).await.json();
    let offered = metadata["scopes_supported"].as_array().unwrap();
    for scope in had["scope"].as_str().unwrap().split(' ') {
        assert!(offered.contains(&json!(scope)), "{scope}");
    }
}
