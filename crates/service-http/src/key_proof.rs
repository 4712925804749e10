//! The proof that whoever registers a key also holds its private half.
//!
//! Without it a coordinator could register somebody else's public key by mistake, and learn of it when no token comes.

use jiff::Timestamp;
use protocol::{ClientId, Jwk};

use crate::assertion::Unverified;
use crate::public_key::PublicKey;

/// Whether `proof` was signed with `key` for this client, for the issuer at `base`, within the last minute. The claims are
/// those of a client assertion; the `typ` is another, so that neither serves as the other.
pub fn is_proven(proof: &str, key: &Jwk, client: &ClientId, base: &str, now: Timestamp) -> bool {
    let (Ok(public_key), Ok(unverified)) = (PublicKey::of(key), Unverified::parse_key_proof(proof)) else {
        return false;
    };
    let named = unverified.client() == client && unverified.key_id() == key.thumbprint().to_string();
    let token_url = format!("{base}/oauth/token");
    named && unverified.verify(&public_key, &[base, &token_url], now).is_ok()
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};
    use protocol::text::encode;
    use serde_json::{Value, json};

    use super::*;

    const BASE: &str = "https://trefpunt.example";
    const NOW: i64 = 1_800_000_000;

    fn holder() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn key() -> Jwk {
        holder().verifying_key().to_bytes().into()
    }

    fn proof(signer: &SigningKey, bend: impl Fn(&mut Value, &mut Value)) -> String {
        let mut header =
            json!({"alg": "EdDSA", "typ": "key-proof+jwt", "kid": key().thumbprint().to_string()});
        let mut claims = json!({"iss": "cl_partner", "sub": "cl_partner", "aud": BASE, "jti": "0123456789abcdef",
                                "iat": NOW, "exp": NOW + 60});
        bend(&mut header, &mut claims);
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        format!("{signed}.{}", encode(signer.sign(signed.as_bytes()).to_bytes()))
    }

    fn proves(proof: &str) -> bool {
        let client = "cl_partner".parse().unwrap();
        is_proven(proof, &key(), &client, BASE, Timestamp::from_second(NOW).unwrap())
    }

    #[test]
    fn the_holder_proves_it_for_one_client_one_service_and_one_moment() {
        assert!(proves(&proof(&holder(), |_, _| ())));
        let at_token_endpoint = proof(&holder(), |_, claims| {
            claims["aud"] = json!(format!("{BASE}/oauth/token"));
        });
        assert!(proves(&at_token_endpoint));
        type Bend = fn(&mut Value, &mut Value);
        let bent: [(&str, Bend); 7] = [
            ("an assertion", |header, _| header["typ"] = json!("JWT")),
            ("another name", |header, _| {
                header["kid"] = json!(Jwk::from([1; 32]).thumbprint())
            }),
            ("another algorithm", |header, _| header["alg"] = json!("ES256")),
            ("another client", |_, claims| {
                claims["iss"] = json!("cl_other");
                claims["sub"] = json!("cl_other");
            }),
            ("another service", |_, claims| {
                claims["aud"] = json!("https://other.example")
            }),
            ("too long", |_, claims| claims["exp"] = json!(NOW + 61)),
            ("old", |_, claims| {
                claims["iat"] = json!(NOW - 71);
                claims["exp"] = json!(NOW - 11);
            }),
        ];
        for (what, bend) in bent {
            assert!(!proves(&proof(&holder(), bend)), "{what}");
        }
        let other = SigningKey::from_bytes(&[8; 32]);
        assert!(!proves(&proof(&other, |_, _| ())), "another's signature");
        assert!(!proves("") && !proves("a.b.c"));
    }
}
