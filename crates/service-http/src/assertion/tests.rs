//! An attacker's assertions, one deviation each from a good one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

use protocol::Jwk;

use super::*;

const AUDIENCE: &str = "https://trefpunt.example/oauth/token";
const NOW: i64 = 1_800_000_000;

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn public_key() -> PublicKey {
    PublicKey::of(&signing_key().verifying_key().to_bytes().into()).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "typ": "JWT", "kid": "k1" })
}

fn claims() -> Value {
    json!({
        "iss": "cl_partner", "sub": "cl_partner", "aud": AUDIENCE, "jti": "0123456789abcdef",
        "iat": NOW - 1, "exp": NOW + 50,
    })
}

fn sign(header: &str, claims: &str) -> String {
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signature = signing_key().sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn check(assertion: &str) -> Result<Assertion, AssertionError> {
    Unverified::parse(assertion)?.verify(&public_key(), &[AUDIENCE], now())
}

fn with(mut object: Value, name: &str, value: Value) -> String {
    match value {
        Value::Null => object.as_object_mut().unwrap().remove(name),
        value => object.as_object_mut().unwrap().insert(name.to_owned(), value),
    };
    object.to_string()
}

fn with_claim(name: &str, value: Value) -> Result<Assertion, AssertionError> {
    check(&sign(&header().to_string(), &with(claims(), name, value)))
}

fn with_header(name: &str, value: Value) -> Result<Assertion, AssertionError> {
    check(&sign(&with(header(), name, value), &claims().to_string()))
}

#[test]
fn a_good_assertion_names_client_id_and_expiry() {
    let assertion = sign(&header().to_string(), &claims().to_string());
    let unverified = Unverified::parse(&assertion).unwrap();
    assert_eq!(
        (unverified.client().as_str(), unverified.key_id()),
        ("cl_partner", "k1")
    );
    let verified = unverified.verify(&public_key(), &[AUDIENCE], now()).unwrap();
    assert_eq!(verified.client().as_str(), "cl_partner");
    assert_eq!(verified.jti(), "0123456789abcdef");
    assert_eq!(verified.expires_at().as_second(), NOW + 50);
    assert_eq!(verified.remember_until().as_second(), NOW + 61);
}

#[test]
fn header_parameters_that_do_no_harm_are_taken() {
    assert!(with_header("typ", Value::Null).is_ok());
    assert!(with_header("typ", json!("client-authentication+jwt")).is_ok());
    assert!(with_header("alg", json!("Ed25519")).is_ok());
}

#[test]
fn another_algorithm_than_the_registered_one_is_refused() {
    for alg in [
        "none", "None", "nOnE", "HS256", "RS256", "ES256", "PS256", "eddsa", "",
    ] {
        assert_eq!(
            with_header("alg", json!(alg)),
            Err(AssertionError::Signature),
            "{alg}"
        );
    }
    assert_eq!(with_header("alg", Value::Null), Err(AssertionError::Malformed));
    assert_eq!(
        with_header("alg", json!(["EdDSA"])),
        Err(AssertionError::Malformed)
    );
}

#[test]
fn header_parameters_that_choose_keys_or_change_meaning_are_refused() {
    for (name, value) in [
        ("jwk", json!({ "kty": "OKP" })),
        ("jku", json!("https://attacker.example/keys")),
        ("x5u", json!("https://attacker.example/cert")),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["exp"])),
        ("zip", json!("DEF")),
        ("b64", json!(false)),
        ("cty", json!("JWT")),
    ] {
        assert_eq!(with_header(name, value), Err(AssertionError::Malformed), "{name}");
    }
    for typ in ["at+jwt", "jwt", "JOSE", ""] {
        assert_eq!(with_header("typ", json!(typ)), Err(AssertionError::Type), "{typ}");
    }
    assert_eq!(with_header("kid", Value::Null), Err(AssertionError::Malformed));
    assert_eq!(with_header("kid", json!(1)), Err(AssertionError::Malformed));
}

#[test]
fn each_claim_must_be_there_and_of_its_type() {
    for name in ["iss", "sub", "aud", "jti", "exp", "iat"] {
        assert_eq!(
            with_claim(name, Value::Null),
            Err(AssertionError::Malformed),
            "{name} missing"
        );
        assert_eq!(
            with_claim(name, json!([AUDIENCE])),
            Err(AssertionError::Malformed),
            "{name} array"
        );
        assert_eq!(
            with_claim(name, json!({})),
            Err(AssertionError::Malformed),
            "{name} object"
        );
    }
    for value in [
        json!("1800000050"),
        json!(1.8e9),
        json!(-1),
        json!(u64::MAX),
        json!(true),
        json!(1e300),
    ] {
        assert_eq!(
            with_claim("exp", value.clone()),
            Err(AssertionError::Malformed),
            "{value}"
        );
    }
    assert_eq!(
        with_claim("scope", json!("signal")),
        Err(AssertionError::Malformed),
        "unknown claim"
    );
}

#[test]
fn issuer_and_subject_are_one_client() {
    assert_eq!(with_claim("iss", json!("cl_other")), Err(AssertionError::Client));
    assert_eq!(with_claim("sub", json!("cl_other")), Err(AssertionError::Client));
    for id in ["", "abc", "a b c d", "é123", &"x".repeat(65)] {
        let mut claims = claims();
        claims["iss"] = json!(id);
        claims["sub"] = json!(id);
        let verdict = check(&sign(&header().to_string(), &claims.to_string()));
        assert_eq!(verdict, Err(AssertionError::Client), "{id}");
    }
}

#[test]
fn the_audience_is_exactly_ours() {
    let other = [
        "",
        "https://trefpunt.example",
        "https://trefpunt.example/oauth/token/",
        "HTTPS://trefpunt.example/oauth/token",
    ];
    for aud in other {
        assert_eq!(
            with_claim("aud", json!(aud)),
            Err(AssertionError::Audience),
            "{aud}"
        );
    }
}

#[test]
fn token_ids_are_long_enough_to_be_unique() {
    for jti in [
        "",
        "short",
        "0123456789abcde",
        "0123456789abcde ",
        &"x".repeat(65),
    ] {
        assert_eq!(
            with_claim("jti", json!(jti)),
            Err(AssertionError::TokenId),
            "{jti}"
        );
    }
    assert!(with_claim("jti", json!("x".repeat(64))).is_ok());
}

#[test]
fn times_are_bounded_to_the_second() {
    let at = |iat: i64, exp: i64| {
        let mut claims = claims();
        claims["iat"] = json!(iat);
        claims["exp"] = json!(exp);
        check(&sign(&header().to_string(), &claims.to_string())).map(|_| ())
    };
    assert_eq!(at(NOW, NOW + 60), Ok(()));
    assert_eq!(at(NOW, NOW + 61), Err(AssertionError::Life));
    assert_eq!(at(NOW, NOW + 3_153_600_000), Err(AssertionError::Life));
    assert_eq!(at(NOW, NOW - 1), Err(AssertionError::Life));
    assert_eq!(at(NOW + 30, NOW + 60), Ok(()));
    assert_eq!(at(NOW + 31, NOW + 60), Err(AssertionError::Early));
    assert_eq!(at(NOW - 60, NOW - 10), Ok(()));
    assert_eq!(at(NOW - 60, NOW - 11), Err(AssertionError::Expired));
    assert_eq!(with_claim("nbf", json!(NOW + 31)), Err(AssertionError::Early));
    assert!(with_claim("nbf", json!(NOW)).is_ok());
}

#[test]
fn duplicate_members_are_refused() {
    let claims = claims().to_string();
    let twice = claims.replacen('{', r#"{"sub":"cl_victim","#, 1);
    assert_eq!(
        check(&sign(&header().to_string(), &twice)),
        Err(AssertionError::Malformed)
    );
    let header = r#"{"alg":"none","alg":"EdDSA"}"#;
    assert_eq!(check(&sign(header, &claims)), Err(AssertionError::Malformed));
}

#[test]
fn forms_that_are_no_compact_token_are_refused() {
    let good = sign(&header().to_string(), &claims().to_string());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let bad = [
        String::new(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        signed.to_owned(),
        format!("{good}.x"),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}{}", "A".repeat(5_000)),
    ];
    for assertion in bad {
        assert!(check(&assertion).is_err(), "{assertion:.40}");
    }
    for signature in ["", &format!("{signature}="), &signature[1..], &"A".repeat(86)] {
        assert_eq!(
            check(&format!("{signed}.{signature}")),
            Err(AssertionError::Signature),
            "{signature}"
        );
    }
}

#[test]
fn a_changed_byte_or_another_key_is_refused() {
    let good = sign(&header().to_string(), &claims().to_string());
    let forged = with(claims(), "iss", json!("cl_victim")).replace("cl_partner", "cl_victim");
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = signed.split_once('.').unwrap();
    let forged = format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(forged));
    assert_eq!(check(&forged), Err(AssertionError::Signature));

    let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
    let other = PublicKey::of(&other.to_bytes().into()).unwrap();
    let verdict = Unverified::parse(&good)
        .unwrap()
        .verify(&other, &[AUDIENCE], now());
    assert_eq!(verdict, Err(AssertionError::Signature));
}

#[test]
fn nobody_signs_for_an_unknown_client() {
    // The stand-in key has a discrete logarithm anyone can name, so it must refuse whatever the arithmetic says.
    let good = sign(&header().to_string(), &claims().to_string());
    for algorithm in SigningAlgorithm::ALL {
        let verdict =
            Unverified::parse(&good)
                .unwrap()
                .verify(PublicKey::nobody(algorithm), &[AUDIENCE], now());
        assert_eq!(verdict, Err(AssertionError::Signature));
    }
}

/// Signs as ES256 or PS256 and says with which public key.
fn sign_as(alg: &str) -> (Jwk, impl Fn(&str) -> String) {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PSS_SHA256, RsaKeyPair,
    };

    enum Pair {
        P256(EcdsaKeyPair),
        Rsa(RsaKeyPair),
    }
    let (pair, jwk) = if alg == "ES256" {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = pair.public_key().as_ref();
        let (x, y) = (point[1..33].try_into().unwrap(), point[33..].try_into().unwrap());
        (Pair::P256(pair), Jwk::P256 { x, y })
    } else {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let n = pair.public_key().modulus().big_endian_without_leading_zero();
        let jwk = Jwk::Rsa(URL_SAFE_NO_PAD.encode(n).parse().unwrap());
        (Pair::Rsa(pair), jwk)
    };
    let signature = move |message: &str| {
        let chance = SystemRandom::new();
        let bytes = match &pair {
            Pair::P256(pair) => pair.sign(&chance, message.as_bytes()).unwrap().as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PSS_SHA256, &chance, message.as_bytes(), &mut signature)
                    .unwrap();
                signature
            }
        };
        URL_SAFE_NO_PAD.encode(bytes)
    };
    (jwk, signature)
}

// rule: D2, D3
#[test]
fn each_algorithm_is_taken_with_a_key_of_its_own_and_with_no_other() {
    for alg in ["ES256", "PS256"] {
        let (jwk, signature) = sign_as(alg);
        let key = PublicKey::of(&jwk).unwrap();
        let under = |name: &str| {
            let header = with(header(), "alg", json!(name));
            let signed = format!(
                "{}.{}",
                URL_SAFE_NO_PAD.encode(header),
                URL_SAFE_NO_PAD.encode(claims().to_string())
            );
            let assertion = format!("{signed}.{}", signature(&signed));
            let unverified = Unverified::parse(&assertion).unwrap();
            unverified.verify(&key, &[AUDIENCE], now()).map(drop)
        };
        assert_eq!(under(alg), Ok(()));
        for other in ["none", "EdDSA", "Ed25519", "RS256", "ES384", "PS384", "HS256"] {
            assert_eq!(under(other), Err(AssertionError::Signature), "{alg} as {other}");
        }
        let crossed = if alg == "ES256" { "PS256" } else { "ES256" };
        assert_eq!(
            under(crossed),
            Err(AssertionError::Signature),
            "{alg} as {crossed}"
        );
        // And another key's signature is none of this one's.
        assert_eq!(
            Unverified::parse(&sign(&header().to_string(), &claims().to_string()))
                .unwrap()
                .verify(&key, &[AUDIENCE], now()),
            Err(AssertionError::Signature)
        );
    }
}

// rule: D4
#[test]
fn an_assertion_is_no_proof_of_a_key_and_a_proof_no_assertion() {
    let of_type = |typ: Value| sign(&with(header(), "typ", typ), &claims().to_string());
    let proof = of_type(json!("key-proof+jwt"));
    let read = Unverified::parse_key_proof(&proof).unwrap();
    assert!(read.verify(&public_key(), &[AUDIENCE], now()).is_ok());
    assert_eq!(check(&proof), Err(AssertionError::Type));
    for typ in [
        Value::Null,
        json!("JWT"),
        json!("client-authentication+jwt"),
        json!("at+jwt"),
    ] {
        let other = of_type(typ);
        assert_eq!(
            Unverified::parse_key_proof(&other).err(),
            Some(AssertionError::Type)
        );
    }
}

#[test]
fn nothing_of_the_assertion_is_printed() {
    let good = sign(&header().to_string(), &claims().to_string());
    let printed = format!("{:?}", Unverified::parse(&good).unwrap());
    assert_eq!(printed, "Unverified { .. }");
}
