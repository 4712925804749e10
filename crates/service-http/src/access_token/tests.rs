use ed25519_dalek::Signer;
use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://trefpunt.example";
const AUDIENCE: &str = "https://trefpunt.example/v1";
const NOW: i64 = 1_800_000_000;
const SEED: [u8; 32] = [5; 32];

fn authority() -> TokenAuthority {
    TokenAuthority::new(ISSUER, AUDIENCE, &SEED, 64)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn client() -> ClientId {
    "cl_partner".parse().unwrap()
}

fn issue(authority: &TokenAuthority) -> Zeroizing<String> {
    let scopes = BTreeSet::from([Scope::Signal, Scope::Exchange]);
    authority
        .issue(&client(), &scopes, None, [1; 16], at(NOW))
        .unwrap()
        .token
}

/// A token signed with the authority's own key, so that only the checks after the signature can refuse it.
fn sign(header: &Value, claims: &Value) -> String {
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let signature = SigningKey::from_bytes(&SEED).sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": authority().key_id })
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "cl_partner", "client_id": "cl_partner", "scope": "signal",
        "jti": "AQEBAQEBAQEBAQEBAQEBAQ", "iat": NOW, "exp": NOW + LIFE_SECONDS,
    })
}

fn verify(header: &Value, claims: &Value) -> Result<Arc<Access>, TokenError> {
    authority().verify(&sign(header, claims), None, at(NOW))
}

#[test]
fn an_issued_token_says_who_and_what_for_ten_minutes() {
    let authority = authority();
    let token = issue(&authority);
    let access = authority.verify(&token, None, at(NOW)).unwrap();
    assert_eq!(access.client(), &client());
    assert!(access.allows(Scope::Signal) && access.allows(Scope::Exchange));
    assert!(!access.allows(Scope::Supervise));
    assert_eq!(access.scopes().len(), 2);
    assert!(authority.verify(&token, None, at(NOW + 599)).is_ok());
    assert_eq!(
        authority.verify(&token, None, at(NOW + 600)),
        Err(TokenError::Expired),
        "cached"
    );
    assert_eq!(
        self::authority().verify(&token, None, at(NOW + 600)),
        Err(TokenError::Expired),
        "not cached"
    );
}

#[test]
fn the_token_has_the_form_of_rfc_9068() {
    let token = issue(&authority());
    let part = |index: usize| -> Value {
        let bytes = URL_SAFE_NO_PAD
            .decode(token.split('.').nth(index).unwrap())
            .unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    assert_eq!(part(0), header());
    let mut expected = claims();
    expected["scope"] = json!("signal exchange");
    assert_eq!(part(1), expected);
}

#[test]
fn the_key_set_verifies_the_token_for_anyone() {
    let authority = authority();
    let token = issue(&authority);
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(authority.jwks()["keys"][0].clone()).unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let good = jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &key, Algorithm::EdDSA);
    assert!(good.unwrap());
    assert!(authority.jwks()["keys"][0].get("d").is_none());
}

#[test]
fn a_token_of_another_authority_is_refused() {
    let other = TokenAuthority::new(ISSUER, AUDIENCE, &[6; 32], 64);
    assert_eq!(
        authority().verify(&issue(&other), None, at(NOW)),
        Err(TokenError::Kind),
        "other kid"
    );
    let mut forged = issue(&authority()).to_string();
    forged.truncate(forged.len() - 86);
    forged.push_str(&"A".repeat(86));
    assert_eq!(
        authority().verify(&forged, None, at(NOW)),
        Err(TokenError::Signature)
    );
}

#[test]
fn other_kinds_of_token_are_refused() {
    assert!(verify(&header(), &claims()).is_ok());
    for typ in [
        json!("JWT"),
        json!("client-authentication+jwt"),
        json!("AT+JWT"),
        Value::Null,
    ] {
        let mut header = header();
        header["typ"] = typ;
        assert_eq!(verify(&header, &claims()), Err(TokenError::Kind));
    }
    for alg in ["none", "HS256", "RS256", "Ed25519"] {
        let mut header = header();
        header["alg"] = json!(alg);
        assert_eq!(verify(&header, &claims()), Err(TokenError::Kind), "{alg}");
    }
    let mut header = header();
    header["jku"] = json!("https://attacker.example");
    assert_eq!(verify(&header, &claims()), Err(TokenError::Malformed));
}

#[test]
fn claims_are_ours_or_refused() {
    for (name, value, why) in [
        ("iss", json!("https://other.example"), TokenError::Claims),
        ("aud", json!("https://other.example"), TokenError::Claims),
        ("aud", json!([AUDIENCE]), TokenError::Malformed),
        ("client_id", json!("cl_other"), TokenError::Claims),
        ("exp", json!(NOW + LIFE_SECONDS + 1), TokenError::Times),
        ("exp", json!("never"), TokenError::Malformed),
        ("iat", json!(NOW + 31), TokenError::Times),
        ("scope", json!(""), TokenError::Claims),
        ("scope", json!("signal everything"), TokenError::Claims),
        ("sub", json!("no client"), TokenError::Malformed),
        ("extra", json!(1), TokenError::Malformed),
    ] {
        let mut claims = claims();
        claims[name] = value;
        assert_eq!(verify(&header(), &claims), Err(why), "{name}");
    }
    for name in ["iss", "aud", "sub", "client_id", "scope", "jti", "iat", "exp"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        assert_eq!(verify(&header(), &claims), Err(TokenError::Malformed), "{name}");
    }
}

#[test]
fn the_cache_stays_within_its_bounds_and_forgets_nothing_it_needs() {
    let authority = authority();
    for n in 0..200_u8 {
        let token = authority
            .issue(
                &client(),
                &BTreeSet::from([Scope::Signal]),
                None,
                [n; 16],
                at(NOW),
            )
            .unwrap()
            .token;
        assert!(authority.verify(&token, None, at(NOW)).is_ok());
        assert!(authority.verify(&token, None, at(NOW + 1)).is_ok());
        assert!(authority.cache.len() <= 64);
    }
    let off = TokenAuthority::new(ISSUER, AUDIENCE, &SEED, 0);
    assert!(off.verify(&issue(&off), None, at(NOW)).is_ok());
    assert_eq!(off.cache.len(), 0);
}

#[test]
fn secrets_print_nothing() {
    let authority = authority();
    let issued = authority
        .issue(
            &client(),
            &BTreeSet::from([Scope::Signal]),
            None,
            [1; 16],
            at(NOW),
        )
        .unwrap();
    let printed = format!("{authority:?} {issued:?}");
    assert!(!printed.contains(issued.token.as_str()) && !printed.contains("05"));
    assert_eq!(issued.expires_in, 600);
}

#[test]
fn a_bound_token_is_used_over_connections_with_its_certificate_only() {
    let (own, other) = (
        ClientCertificate::from_der(b"own"),
        ClientCertificate::from_der(b"other"),
    );
    let authority = authority();
    let scopes = BTreeSet::from([Scope::Signal]);
    let bound = authority
        .issue(&client(), &scopes, Some(&own), [1; 16], at(NOW))
        .unwrap();
    // Twice each: the second time from memory.
    for _ in 0..2 {
        let over = |certificate| authority.verify(&bound.token, certificate, at(NOW)).map(drop);
        assert_eq!(over(Some(&own)), Ok(()));
        assert_eq!(over(Some(&other)), Err(TokenError::Holder));
        assert_eq!(over(None), Err(TokenError::Holder));
    }
    let free = issue(&authority);
    assert!(
        authority.verify(&free, Some(&own), at(NOW)).is_ok(),
        "bound to none"
    );
    let mut claims = claims();
    claims["cnf"] = json!({ "x5t#S256": own.thumbprint(), "jkt": "x" });
    assert_eq!(verify(&header(), &claims), Err(TokenError::Malformed));
}
