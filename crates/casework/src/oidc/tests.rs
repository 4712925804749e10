//! What a broker may say and what it may not: one good token, bent in one way at a time.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use domain::webhook::AddressPolicy;
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, EncodingKey};
use rcgen::{KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};

use protocol::text::decode_vec;

use super::*;

const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "https://broker.example/oidc";
const CLIENT: &str = "trefpunt-portal";
const SUBJECT: &str = "6WZQPpnQxV-pairwise";
const SUBSTANTIAL: &str = "http://eidas.europa.eu/LoA/substantial";

/// A key of the broker.
struct Pair {
    algorithm: Algorithm,
    signing: EncodingKey,
    public: Value,
}

impl Pair {
    fn of(algorithm: Algorithm, signing: EncodingKey, id: &str) -> Self {
        let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&signing, algorithm).unwrap();
        let mut public = serde_json::to_value(&jwk.algorithm).unwrap();
        public["kid"] = id.into();
        Self {
            algorithm,
            signing,
            public,
        }
    }

    fn p256(id: &str) -> Self {
        let pem = KeyPair::generate().unwrap().serialize_pem();
        Self::of(
            Algorithm::ES256,
            EncodingKey::from_ec_pem(pem.as_bytes()).unwrap(),
            id,
        )
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.signing, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }
}

/// The broker's key, and one of somebody else. Made once: it takes a while.
static OURS: LazyLock<Pair> = LazyLock::new(|| Pair::p256("k1"));
static ANOTHERS: LazyLock<Pair> = LazyLock::new(|| Pair::p256("k1"));

fn keys(public: &[&Value]) -> KeySet {
    KeySet::read(json!({ "keys": public }).to_string().as_bytes()).unwrap()
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": SUBJECT, "aud": CLIENT, "nonce": "n1", "acr": SUBSTANTIAL,
        "exp": NOW + 300, "iat": NOW, "auth_time": NOW - 40, "jti": "x",
        // What is beside `sub` is nobody's business here.
        "name": "J. Jansen", "bsn": "999990019",
    })
}

fn header() -> Value {
    json!({"alg": "ES256", "typ": "JWT", "kid": "k1"})
}

fn checked(token: &str, keys: &KeySet) -> Result<String, IdTokenError> {
    let expected = Expected {
        issuer: ISSUER,
        client_id: CLIENT,
        nonce: "n1",
        least: &LeastLevel::substantial(),
        max_age_seconds: 600,
        now: Timestamp::from_second(NOW).unwrap(),
    };
    id_token::check(token, keys, &expected).map(|subject| subject.expose().to_owned())
}

#[test]
fn a_token_holds_with_each_kind_of_key_a_broker_may_have() {
    let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)
        .unwrap()
        .serialize_pem();
    let rsa = |algorithm| {
        Pair::of(
            algorithm,
            EncodingKey::from_rsa_pem(rsa.as_bytes()).unwrap(),
            "k1",
        )
    };
    let seed = [
        &[
            0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
        ][..],
        &SigningKey::from_bytes(&[7; 32]).to_bytes(),
    ];
    let ed = EncodingKey::from_ed_der(&seed.concat());
    for (pair, names) in [
        (Pair::p256("k1"), &["ES256"][..]),
        (rsa(Algorithm::RS256), &["RS256"]),
        (rsa(Algorithm::PS256), &["PS256"]),
        (Pair::of(Algorithm::EdDSA, ed, "k1"), &["EdDSA", "Ed25519"]),
    ] {
        for name in names {
            let mut header = header();
            header["alg"] = json!(name);
            let token = pair.sign(&header, &claims());
            let keys = keys(&[&pair.public]);
            assert_eq!(checked(&token, &keys).as_deref(), Ok(SUBJECT), "{name}");
            // The same signature under another name is none.
            for other in ["RS256", "PS256", "ES256", "EdDSA"] {
                if !names.contains(&other) {
                    header["alg"] = json!(other);
                    let token = pair.sign(&header, &claims());
                    assert!(checked(&token, &keys).is_err(), "{name} as {other}");
                    header["alg"] = json!(name);
                }
            }
        }
    }
}

#[test]
fn a_broker_may_be_half_a_minute_off_and_may_list_its_audience() {
    type Bend = fn(&mut Value);
    let fine: [(&str, Bend); 6] = [
        ("as it is", |_| ()),
        ("a list of one", |claims| {
            claims["aud"] = json!([CLIENT]);
            claims["azp"] = json!(CLIENT);
        }),
        ("a clock ahead", |claims| {
            claims["iat"] = json!(NOW + 30);
            claims["nbf"] = json!(NOW + 30);
            claims["auth_time"] = json!(NOW + 30);
        }),
        ("a clock behind", |claims| {
            claims["iat"] = json!(NOW - 330);
            claims["exp"] = json!(NOW - 29);
        }),
        ("surer than asked", |claims| {
            claims["acr"] = json!("http://eidas.europa.eu/LoA/high")
        }),
        ("a name with a sector that is no number", |claims| {
            claims["sub"] = json!("s00000001:abc")
        }),
    ];
    for (what, bend) in fine {
        let mut claims = claims();
        bend(&mut claims);
        let token = OURS.sign(&header(), &claims);
        assert!(checked(&token, &keys(&[&OURS.public])).is_ok(), "{what}");
    }
}

// rule: G14
#[test]
fn a_token_that_is_bent_does_not_hold() {
    use IdTokenError::*;
    type Bend = fn(&mut Value, &mut Value);
    let bent: [(&str, IdTokenError, Bend); 38] = [
        ("none", Algorithm, |header, _| header["alg"] = json!("none")),
        ("None", Algorithm, |header, _| header["alg"] = json!("None")),
        ("a shared secret", Algorithm, |header, _| {
            header["alg"] = json!("HS256")
        }),
        ("no algorithm", Algorithm, |header, _| remove(header, "alg")),
        ("a kind the key is not", UnknownKey, |header, _| {
            header["alg"] = json!("RS256")
        }),
        ("a key nobody shows", UnknownKey, |header, _| {
            header["kid"] = json!("k2")
        }),
        ("a name that is no name", Malformed, |header, _| {
            header["kid"] = json!(1)
        }),
        ("an access token", Malformed, |header, _| {
            header["typ"] = json!("at+jwt")
        }),
        ("crit", Malformed, |header, _| header["crit"] = json!(["exp"])),
        ("a key brought along", Malformed, |header, _| {
            header["jwk"] = OURS.public.clone()
        }),
        ("a key to fetch", Malformed, |header, _| {
            header["jku"] = json!("https://evil.example")
        }),
        ("a certificate", Malformed, |header, _| {
            header["x5c"] = json!(["MII"])
        }),
        ("another broker", Issuer, |_, claims| {
            claims["iss"] = json!("https://evil.example/oidc")
        }),
        ("nearly the broker", Issuer, |_, claims| {
            claims["iss"] = json!(format!("{ISSUER}/"))
        }),
        ("no broker", Issuer, |_, claims| remove(claims, "iss")),
        ("another portal", Audience, |_, claims| {
            claims["aud"] = json!("another")
        }),
        ("another portal beside", Audience, |_, claims| {
            claims["aud"] = json!([CLIENT, "another"])
        }),
        ("no portal", Audience, |_, claims| claims["aud"] = json!([])),
        ("for another", Audience, |_, claims| {
            claims["azp"] = json!("another")
        }),
        ("another log-in", Nonce, |_, claims| claims["nonce"] = json!("n2")),
        ("no log-in", Nonce, |_, claims| remove(claims, "nonce")),
        ("expired", Times, |_, claims| claims["exp"] = json!(NOW - 30)),
        ("no end", Times, |_, claims| remove(claims, "exp")),
        ("an end before its beginning", Times, |_, claims| {
            claims["exp"] = json!(NOW)
        }),
        ("an end in words", Times, |_, claims| {
            claims["exp"] = json!("2099")
        }),
        ("an end in fractions", Times, |_, claims| {
            claims["exp"] = json!(1_800_000_300.5)
        }),
        ("made tomorrow", Times, |_, claims| {
            claims["iat"] = json!(NOW + 31)
        }),
        ("made long ago", Times, |_, claims| {
            claims["iat"] = json!(NOW - 331)
        }),
        ("no beginning", Times, |_, claims| remove(claims, "iat")),
        ("good tomorrow", Times, |_, claims| {
            claims["nbf"] = json!(NOW + 31)
        }),
        ("who sat there before", Stale, |_, claims| {
            claims["auth_time"] = json!(NOW - 631)
        }),
        ("nobody says when", Stale, |_, claims| remove(claims, "auth_time")),
        ("not sure enough", Level, |_, claims| {
            claims["acr"] = json!("http://eidas.europa.eu/LoA/low")
        }),
        ("not said how sure", Level, |_, claims| remove(claims, "acr")),
        ("for somebody else", Representative, |_, claims| {
            claims["represents"] = json!({"sub": "x"})
        }),
        ("nobody", Subject, |_, claims| claims["sub"] = json!("")),
        ("a citizen service number", Subject, |_, claims| {
            claims["sub"] = json!("999990019")
        }),
        ("the same as DigiD writes it", Subject, |_, claims| {
            claims["sub"] = json!("s00000000:999990019")
        }),
    ];
    let keys = keys(&[&OURS.public]);
    for (what, expected, bend) in bent {
        let (mut header, mut claims) = (header(), claims());
        bend(&mut header, &mut claims);
        let token = OURS.sign(&header, &claims);
        assert_eq!(checked(&token, &keys), Err(expected), "{what}");
    }
    let long = "x".repeat(256);
    for wrong in [json!(long), json!(7), json!("a b"), Value::Null] {
        let mut claims = claims();
        claims["sub"] = wrong;
        assert_eq!(checked(&OURS.sign(&header(), &claims), &keys), Err(Subject));
    }
}

fn remove(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name);
}

#[test]
fn a_signature_is_that_of_the_brokers_own_key_over_exactly_these_bytes() {
    let keys = keys(&[&OURS.public]);
    let good = OURS.sign(&header(), &claims());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (head, body) = signed.split_once('.').unwrap();
    let mut other = claims();
    other["sub"] = json!("somebody-else");
    let none = encode(json!({"alg": "none"}).to_string());
    let twice = encode(format!("{{\"sub\":\"a\",{}", &claims().to_string()[1..]));
    for (token, expected) in [
        (ANOTHERS.sign(&header(), &claims()), IdTokenError::Signature),
        (
            format!("{head}.{}.{signature}", encode(other.to_string())),
            IdTokenError::Signature,
        ),
        (format!("{signed}."), IdTokenError::Signature),
        (format!("{none}.{body}."), IdTokenError::Algorithm),
        (format!("{good}="), IdTokenError::Signature),
        (format!("{good}.x"), IdTokenError::Malformed),
        (signed.to_owned(), IdTokenError::Malformed),
        (String::new(), IdTokenError::Malformed),
        (format!("{head}=.{body}.{signature}"), IdTokenError::Malformed),
        ("x".repeat(16 * 1024 + 1), IdTokenError::Malformed),
        // A member twice: two readers that differ are a way past a check.
        (
            {
                let signed = format!("{head}.{twice}");
                let made =
                    jsonwebtoken::crypto::sign(signed.as_bytes(), &OURS.signing, Algorithm::ES256).unwrap();
                format!("{signed}.{made}")
            },
            IdTokenError::Malformed,
        ),
    ] {
        assert_eq!(checked(&token, &keys), Err(expected));
    }
}

#[test]
fn keys_that_cannot_be_used_are_passed_over_and_one_must_be_meant() {
    let for_encrypting =
        json!({"kty": "EC", "crv": "P-256", "use": "enc", "x": OURS.public["x"], "y": OURS.public["y"]});
    let secret = json!({"kty": "oct", "k": "c2VjcmV0", "kid": "k1", "alg": "HS256"});
    let weak = json!({"kty": "RSA", "n": encode([0xff; 128]), "e": "AQAB"});
    let other_curve = json!({"kty": "EC", "crv": "P-384", "x": "x", "y": "y"});
    for useless in [
        &for_encrypting,
        &secret,
        &weak,
        &other_curve,
        &json!({}),
        &json!("x"),
    ] {
        let set = json!({ "keys": [useless] }).to_string();
        assert!(KeySet::read(set.as_bytes()).is_none(), "{useless}");
        let beside = keys(&[useless, &OURS.public]);
        assert!(checked(&OURS.sign(&header(), &claims()), &beside).is_ok());
    }
    for unreadable in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[],"keys":[]}"#] {
        assert!(KeySet::read(unreadable.as_bytes()).is_none());
    }
    // Without a name there must be no choice.
    let mut nameless = header();
    remove(&mut nameless, "kid");
    let token = OURS.sign(&nameless, &claims());
    assert!(checked(&token, &keys(&[&OURS.public])).is_ok());
    let mut second = ANOTHERS.public.clone();
    second["kid"] = json!("k2");
    assert_eq!(
        checked(&token, &keys(&[&OURS.public, &second])),
        Err(IdTokenError::UnknownKey)
    );
}

fn settings() -> LoginSettings {
    let nobody: crate::Lookup = Arc::new(|_| Box::pin(async { Ok(Vec::<IpAddr>::new()) }));
    let authority = rcgen::generate_simple_self_signed(["broker.example".to_owned()]).unwrap();
    let policy = AddressPolicy::default();
    LoginSettings {
        name: "DigiD".to_owned(),
        issuer: ISSUER.parse().unwrap(),
        client_id: CLIENT.to_owned(),
        key: LoginKey::from_pem(&KeyPair::generate().unwrap().serialize_pem()).unwrap(),
        least: LeastLevel::substantial(),
        base: "https://portal.example".to_owned(),
        outgoing: Outgoing::new(
            policy,
            Some(authority.cert.pem().as_bytes()),
            nobody,
            LOGIN_DEADLINE,
        )
        .unwrap(),
        clock: Arc::new(|| Timestamp::from_second(NOW).unwrap()),
        stopwatch: Arc::new(|| Duration::ZERO),
    }
}

fn told() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{ISSUER}/auth"),
        "token_endpoint": format!("{ISSUER}/token"),
        "jwks_uri": format!("{ISSUER}/jwks"),
        "response_types_supported": ["code", "id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": ["http://eidas.europa.eu/LoA/low", "http://eidas.europa.eu/LoA/high"],
        "claims_supported": ["sub"],
    })
}

#[test]
fn a_broker_offers_what_the_profile_asks_for_or_nobody_is_sent_there() {
    let settings = settings();
    let read = |told: &Value| Metadata::read(told.to_string().as_bytes(), &settings).map(drop);
    assert_eq!(read(&told()), Ok(()));
    for optional in [
        "code_challenge_methods_supported",
        "acr_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
    ] {
        let mut told = told();
        remove(&mut told, optional);
        assert_eq!(read(&told), Ok(()), "{optional}");
    }
    for (name, wrong) in [
        ("issuer", json!("https://evil.example/oidc")),
        ("authorization_endpoint", json!("http://broker.example/auth")),
        ("authorization_endpoint", json!("javascript:alert(1)")),
        ("token_endpoint", json!("https://localhost/token")),
        ("token_endpoint", Value::Null),
        ("jwks_uri", json!("file:///etc/passwd")),
        ("response_types_supported", json!(["id_token"])),
        ("subject_types_supported", json!(["public"])),
        ("subject_types_supported", json!("pairwise")),
        (
            "token_endpoint_auth_methods_supported",
            json!(["client_secret_basic"]),
        ),
        (
            "token_endpoint_auth_signing_alg_values_supported",
            json!(["RS256"]),
        ),
        ("code_challenge_methods_supported", json!(["plain"])),
        ("acr_values_supported", json!(["http://eidas.europa.eu/LoA/low"])),
    ] {
        let mut told = told();
        told[name] = wrong;
        assert!(matches!(read(&told), Err(BrokerFailure::Metadata(_))), "{name}");
    }
    assert!(Metadata::read(b"<html>", &settings).is_err());
}

#[test]
fn a_broker_is_named_by_an_address_that_others_can_reach() {
    for (good, asks) in [
        (
            ISSUER,
            "https://broker.example/oidc/.well-known/openid-configuration",
        ),
        (
            "https://broker.example",
            "https://broker.example/.well-known/openid-configuration",
        ),
        (
            "https://broker.example/",
            "https://broker.example/.well-known/openid-configuration",
        ),
    ] {
        let issuer: Issuer = good.parse().unwrap();
        assert_eq!((issuer.as_str(), issuer.configuration.as_str()), (good, asks));
    }
    for bad in [
        "",
        "http://broker.example",
        "https://localhost",
        "https://b.example?x",
        "https://b.example#x",
    ] {
        assert_eq!(bad.parse::<Issuer>(), Err(UnusableIssuer), "{bad}");
    }
}

#[test]
fn the_portals_key_is_of_two_kinds_and_its_assertion_lives_a_minute() {
    use ed25519_dalek::pkcs8::EncodePrivateKey as _;
    let ed = SigningKey::from_bytes(&[7; 32])
        .to_pkcs8_pem(Default::default())
        .unwrap();
    for (pem, algorithm) in [
        (KeyPair::generate().unwrap().serialize_pem(), "ES256"),
        (ed.to_string(), "EdDSA"),
    ] {
        let key = LoginKey::from_pem(&pem).unwrap();
        assert_eq!(key.algorithm(), algorithm);
        let public: Value = serde_json::from_str(key.public_jwk()).unwrap();
        assert!(public.get("d").is_none() && public["kid"] == key.id());
        assert_eq!(format!("{key:?}"), format!("LoginKey({})", key.id()));
        let now = Timestamp::from_second(NOW).unwrap();
        let assertion = key
            .assertion(CLIENT, "https://broker.example/token", &[1; 16], now)
            .unwrap();
        let (signed, signature) = assertion.rsplit_once('.').unwrap();
        let algorithm = key_set::algorithm(algorithm).unwrap();
        let named = (Some(key.id()), algorithm);
        assert_eq!(
            keys(&[&public]).verify(named, signed.as_bytes(), signature),
            Ok(())
        );
        let claims = decode_vec(signed.split_once('.').unwrap().1, 1024, "claims").unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(
            claims,
            json!({"iss": CLIENT, "sub": CLIENT, "aud": "https://broker.example/token",
                   "jti": encode([1; 16]), "iat": NOW, "exp": NOW + 60})
        );
    }
    let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)
        .unwrap()
        .serialize_pem();
    for bad in [
        rsa.as_str(),
        "",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    ] {
        assert_eq!(LoginKey::from_pem(bad).err(), Some(UnusableLoginKey));
    }
}

#[test]
fn a_form_says_what_was_meant() {
    assert_eq!(
        form(&[("a", "x y&z=/:~"), ("b", "\u{e9}")]),
        "a=x%20y%26z%3D%2F%3A~&b=%C3%A9"
    );
}

#[test]
fn what_ties_a_log_in_to_a_browser_says_nothing_of_the_rest() {
    let ties = Ties::of(&[1; 32]);
    let all = [&ties.state, &ties.nonce, &ties.verifier];
    for (at, one) in all.iter().enumerate() {
        // RFC 7636 section 4.1: 43 characters at least.
        assert_eq!(one.len(), 43);
        assert!(all[..at].iter().all(|other| other != one));
    }
    assert_ne!(ties.state, Ties::of(&[2; 32]).state);
    assert_eq!(ties.state, Ties::of(&[1; 32]).state);
}
