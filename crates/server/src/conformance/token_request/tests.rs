use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::json;

use super::*;

const ISSUER: &str = "http://127.0.0.1:8999";
const CLIENT: &str = "cl_h5Yz0cVbTtqN1rXk2mPvQA";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn registered() -> Registered {
    Registered {
        client: CLIENT.to_owned(),
        key: Jwk::from(key().verifying_key().to_bytes()),
        issuer: ISSUER.to_owned(),
        used: BTreeSet::new(),
    }
}

fn now() -> Timestamp {
    "2027-03-02T09:15:00Z".parse().unwrap()
}

fn header() -> Value {
    json!({"alg": "EdDSA", "typ": "JWT", "kid": registered().key.thumbprint().to_string()})
}

fn claims() -> Value {
    let second = now().as_second();
    json!({"iss": CLIENT, "sub": CLIENT, "aud": format!("{ISSUER}/oauth/token"), "jti": "0123456789abcdef", "iat": second, "exp": second + 60})
}

fn call(header: &Value, claims: &Value) -> Call {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key().sign(signed.as_bytes()).to_bytes());
    Call {
        method: "POST".to_owned(),
        content_type: "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
        authorization: false,
        body: format!(
            "grant_type={GRANT_TYPE}&client_assertion_type={ASSERTION_TYPE}&client_assertion={signed}.{signature}"
        ),
    }
}

fn codes(call: &Call) -> Vec<&'static str> {
    registered()
        .judge(call, now())
        .iter()
        .map(|told| told.code)
        .collect()
}

#[test]
fn a_right_request_has_no_mistake_and_the_next_needs_another_jti() {
    let mut registered = registered();
    let request = call(&header(), &claims());
    assert_eq!(registered.judge(&request, now()), []);
    let again: Vec<_> = registered
        .judge(&request, now())
        .iter()
        .map(|told| told.code)
        .collect();
    assert_eq!(again, ["jti-reused"]);
}

#[test]
fn each_mistake_of_the_assertion_is_one_sentence() {
    let second = now().as_second();
    let bent: [(&str, Value, &str); 16] = [
        ("alg", json!("none"), "alg"),
        ("alg", json!("HS256"), "alg"),
        ("alg", json!("ES256"), "alg"),
        ("kid", json!("my-key"), "kid"),
        ("typ", json!("at+jwt"), "typ"),
        ("jwk", json!({}), "header-member"),
        ("crit", json!(["b64"]), "header-member"),
        ("iss", json!("cl_other"), "iss"),
        ("sub", json!([CLIENT]), "sub"),
        ("aud", json!([format!("{ISSUER}/oauth/token")]), "aud"),
        ("aud", json!("http://127.0.0.1:8999/oauth/token/"), "aud"),
        ("exp", json!(second + 61), "life"),
        ("iat", json!("1"), "iat"),
        ("exp", json!((second + 60) * 1000), "exp"),
        ("jti", json!("short"), "jti"),
        ("scope", json!("signal"), "claim"),
    ];
    for (name, value, code) in bent {
        let (mut header, mut claims) = (header(), claims());
        let place = if ["alg", "kid", "typ", "jwk", "crit"].contains(&name) {
            &mut header
        } else {
            &mut claims
        };
        place[name] = value;
        assert_eq!(codes(&call(&header, &claims)), [code], "{name}");
    }
    for (shift, code) in [(31, "iat"), (-71, "exp")] {
        let mut claims = claims();
        claims["iat"] = json!(second + shift);
        claims["exp"] = json!(second + shift + 60);
        assert_eq!(codes(&call(&header(), &claims)), [code]);
    }
    for missing in ["iss", "sub", "aud", "jti", "iat", "exp"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(missing);
        assert_eq!(codes(&call(&header(), &claims)), [missing]);
    }
}

#[test]
fn each_mistake_of_the_request_is_one_sentence() {
    let right = call(&header(), &claims());
    let bent = [
        (
            Call {
                method: "GET".to_owned(),
                ..right.clone()
            },
            "method",
        ),
        (
            Call {
                content_type: "application/json".to_owned(),
                ..right.clone()
            },
            "content-type",
        ),
        (
            Call {
                authorization: true,
                ..right.clone()
            },
            "authorization",
        ),
        (
            Call {
                body: right.body.replace(GRANT_TYPE, "password"),
                ..right.clone()
            },
            "grant-type",
        ),
        (
            Call {
                body: right.body.replace("jwt-bearer", "saml2-bearer"),
                ..right.clone()
            },
            "assertion-type",
        ),
        (
            Call {
                body: format!("{}&client_secret=x", right.body),
                ..right.clone()
            },
            "client-secret",
        ),
        (
            Call {
                body: format!("{}&client_id=cl_other", right.body),
                ..right.clone()
            },
            "client-id",
        ),
        (
            Call {
                body: format!("{}&audience=x", right.body),
                ..right.clone()
            },
            "parameter",
        ),
        (
            Call {
                body: format!("{}&grant_type=x", right.body),
                ..right.clone()
            },
            "form",
        ),
    ];
    for (call, code) in bent {
        assert_eq!(codes(&call), [code]);
    }
}

#[test]
fn a_signature_of_another_key_is_told() {
    let mut other = registered();
    let request = call(&header(), &claims());
    let cut = request.body.len() - 4;
    let bent = Call {
        body: format!("{}AAAA", &request.body[..cut]),
        ..request
    };
    let told: Vec<_> = other.judge(&bent, now()).iter().map(|told| told.code).collect();
    assert_eq!(told, ["signature"]);
}

#[test]
fn a_time_before_all_times_is_a_mistake_and_no_crash() {
    let mut claims = claims();
    claims["iat"] = json!(i64::MIN);
    assert_eq!(codes(&call(&header(), &claims)), ["life"]);
}
