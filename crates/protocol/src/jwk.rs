//! Public keys of clients as JSON Web Keys (RFC 7517): Ed25519, P-256 or RSA, each used with one algorithm only.
//!
//! This reads the grammar: lengths, one spelling, sizes that are taken. That a point lies on its curve is for the library
//! that verifies with it to say.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::body::{Body, FieldErrorCode, Object, deserialize_as_body};
use crate::text::{Invalid, decode, decode_vec, encode, text_value};

/// How a client signs. The key decides: one is never used with another algorithm (RFC 8725 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub enum SigningAlgorithm {
    /// Ed25519 (RFC 8037).
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ECDSA with P-256 and SHA-256 (RFC 7518 section 3.4).
    #[serde(rename = "ES256")]
    Es256,
    /// RSASSA-PSS with SHA-256 (RFC 7518 section 3.5).
    #[serde(rename = "PS256")]
    Ps256,
}

impl SigningAlgorithm {
    /// All that are taken from clients.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Ps256];

    /// Its name in `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Ps256 => "PS256",
        }
    }

    /// The algorithm that an `alg` names. Ed25519 has two names: `EdDSA` of RFC 8037, where the curve comes from the
    /// key, and `Ed25519` of RFC 9864, which newer libraries send.
    pub fn named(alg: &str) -> Option<Self> {
        match alg {
            "Ed25519" => Some(Self::EdDsa),
            _ => Self::ALL.into_iter().find(|known| known.as_str() == alg),
        }
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The one exponent of RSA keys that are taken, 65537.
const EXPONENT: &str = "AQAB";

/// The modulus of an RSA key, of 2048 to 4096 bits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RsaModulus(Vec<u8>);

impl RsaModulus {
    /// The number, its highest byte first.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for RsaModulus {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        const WHAT: Invalid = Invalid { what: "RSA modulus" };
        let bytes = decode_vec(text, 512, WHAT.what)?;
        // Whole sizes only: RFC 7518 section 6.3.1.1 allows no leading zero, and nobody makes keys of 2047 bits.
        let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
            return Err(WHAT);
        };
        if bytes.len() < 256 || first & 0x80 == 0 || last & 1 == 0 {
            return Err(WHAT);
        }
        Ok(Self(bytes))
    }
}

/// A client's public key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Jwk {
    /// Signs with EdDSA.
    Ed25519([u8; 32]),
    /// Signs with ES256.
    P256 {
        /// The point's first coordinate.
        x: [u8; 32],
        /// The point's second coordinate.
        y: [u8; 32],
    },
    /// Signs with PS256; its exponent is 65537.
    Rsa(RsaModulus),
}

impl Jwk {
    /// The algorithm it is used with.
    pub const fn algorithm(&self) -> SigningAlgorithm {
        match self {
            Self::Ed25519(_) => SigningAlgorithm::EdDsa,
            Self::P256 { .. } => SigningAlgorithm::Es256,
            Self::Rsa(_) => SigningAlgorithm::Ps256,
        }
    }

    /// Its name, `kid`: the thumbprint of RFC 7638. No key can be given another key's name.
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint(Sha256::digest(self.canonical()).into())
    }

    /// The JSON of RFC 7638 section 3: the required members in alphabetical order, without white space.
    pub fn canonical(&self) -> String {
        match self {
            Self::Ed25519(x) => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(x)),
            Self::P256 { x, y } => format!(
                r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
                encode(x),
                encode(y)
            ),
            Self::Rsa(n) => format!(
                r#"{{"e":"{EXPONENT}","kty":"RSA","n":"{}"}}"#,
                encode(n.as_bytes())
            ),
        }
    }

    fn members(&self) -> JwkMembers {
        let none = JwkMembers::default();
        match self {
            Self::Ed25519(x) => JwkMembers {
                kty: "OKP".to_owned(),
                crv: Some("Ed25519".to_owned()),
                x: Some(encode(x)),
                ..none
            },
            Self::P256 { x, y } => JwkMembers {
                kty: "EC".to_owned(),
                crv: Some("P-256".to_owned()),
                x: Some(encode(x)),
                y: Some(encode(y)),
                ..none
            },
            Self::Rsa(n) => JwkMembers {
                kty: "RSA".to_owned(),
                n: Some(encode(n.as_bytes())),
                e: Some(EXPONENT.to_owned()),
                ..none
            },
        }
    }
}

/// An Ed25519 key.
impl From<[u8; 32]> for Jwk {
    fn from(public_key: [u8; 32]) -> Self {
        Self::Ed25519(public_key)
    }
}

/// Its thumbprint says which it is.
impl fmt::Debug for Jwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.algorithm(), self.thumbprint())
    }
}

/// A public key (RFC 7517): Ed25519, P-256, or RSA of 2048 to 4096 bits with exponent 65537. Of other members only `kid` (its
/// RFC 7638 thumbprint), `alg`, `use`, `key_ops` and `ext` may stand beside, if they fit; a private key is refused.
#[derive(Default, Serialize, ToSchema)]
#[schema(example = json!({
    "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
}))]
struct JwkMembers {
    /// `OKP` for Ed25519, `EC` for P-256, `RSA`.
    #[schema(example = "OKP")]
    kty: String,
    /// `Ed25519` or `P-256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ed25519")]
    crv: Option<String>,
    /// First coordinate, 32 bytes in base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: Option<String>,
    /// Second coordinate, of P-256.
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    /// Modulus, of RSA.
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    /// Exponent, of RSA: `AQAB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<String>,
}

impl Serialize for Jwk {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.members().serialize(serializer)
    }
}

impl utoipa::PartialSchema for Jwk {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        JwkMembers::schema()
    }
}

impl ToSchema for Jwk {
    fn name() -> std::borrow::Cow<'static, str> {
        "Jwk".into()
    }
}

deserialize_as_body!(Jwk);

impl Body for Jwk {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let kty: Option<KeyType> = object.value("kty");
        // What libraries write beside a public key; it must not say anything else than the key itself does.
        let kid: Option<Option<Thumbprint>> = object.optional_value("kid");
        let alg = object.optional_text("alg", |alg| {
            SigningAlgorithm::named(alg).ok_or(FieldErrorCode::NotAllowed)
        });
        let usage = object.optional_text("use", |usage| only("sig", usage));
        let operations = object.optional("key_ops", |object| object.values::<Verify>("key_ops", 1..=1));
        let extractable = object.optional("ext", |object| object.boolean("ext"));
        let coordinate = |text: &str| decode(text, "coordinate").map_err(|_| FieldErrorCode::InvalidFormat);
        let jwk = match kty? {
            KeyType::Okp => {
                let curve = object.text("crv", |curve| only("Ed25519", curve));
                let x = object.text("x", coordinate);
                curve.and(x).map(Self::Ed25519)
            }
            KeyType::Ec => {
                let curve = object.text("crv", |curve| only("P-256", curve));
                let (x, y) = (object.text("x", coordinate), object.text("y", coordinate));
                curve.and(x.zip(y)).map(|(x, y)| Self::P256 { x, y })
            }
            KeyType::Rsa => {
                let exponent = object.text("e", |e| only(EXPONENT, e));
                let n = object.value("n");
                exponent.and(n).map(Self::Rsa)
            }
        }?;
        usage?;
        operations?;
        extractable?;
        if alg?.is_some_and(|alg| alg != jwk.algorithm()) {
            object.fault("alg", FieldErrorCode::NotAllowed);
        }
        if kid?.is_some_and(|kid| kid != jwk.thumbprint()) {
            object.fault("kid", FieldErrorCode::NotAllowed);
        }
        Some(jwk)
    }
}

fn only(expected: &str, text: &str) -> Result<(), FieldErrorCode> {
    match text == expected {
        true => Ok(()),
        false => Err(FieldErrorCode::NotAllowed),
    }
}

enum KeyType {
    Okp,
    Ec,
    Rsa,
}

impl FromStr for KeyType {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "OKP" => Ok(Self::Okp),
            "EC" => Ok(Self::Ec),
            "RSA" => Ok(Self::Rsa),
            _ => Err(Invalid { what: "key type" }),
        }
    }
}

/// The one operation of a public key that signatures are checked with.
struct Verify;

impl FromStr for Verify {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "verify" => Ok(Self),
            _ => Err(Invalid {
                what: "key operation",
            }),
        }
    }
}

/// Which key made a signature, in `kid`: the SHA-256 thumbprint of RFC 7638.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thumbprint(pub [u8; 32]);

impl FromStr for Thumbprint {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        decode(text, "thumbprint").map(Self)
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(self.0))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

text_value!(
    Thumbprint,
    name: "Thumbprint",
    description: "Name of a client's key: its RFC 7638 thumbprint with SHA-256, in unpadded base64url",
    example: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    pattern: "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"
);

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::body::FieldErrorCode::{InvalidFormat, NotAllowed, Required, UnknownMember, WrongType};

    /// RFC 8037 appendix A.2.
    fn ed25519() -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    }

    /// RFC 7517 appendix A.1, the first key.
    fn p256() -> Value {
        json!({"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
               "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"})
    }

    /// RFC 7638 section 3.1.
    fn rsa() -> Value {
        json!({"kty": "RSA", "e": "AQAB", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"})
    }

    fn read(value: &Value) -> Result<Jwk, Vec<(String, FieldErrorCode)>> {
        Jwk::parse(value.to_string().as_bytes()).map_err(|refused| {
            let faults = refused.errors.into_iter();
            faults.map(|fault| (fault.pointer, fault.code)).collect()
        })
    }

    #[test]
    fn the_names_of_keys_are_those_of_the_rfcs() {
        for (key, thumbprint, algorithm) in [
            // RFC 8037 appendix A.3 and RFC 7638 section 3.1.
            (
                ed25519(),
                "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
                SigningAlgorithm::EdDsa,
            ),
            (
                rsa(),
                "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
                SigningAlgorithm::Ps256,
            ),
        ] {
            let key = read(&key).unwrap();
            assert_eq!(key.thumbprint().to_string(), thumbprint);
            assert_eq!(key.algorithm(), algorithm);
        }
        assert_eq!(read(&p256()).unwrap().algorithm(), SigningAlgorithm::Es256);
    }

    #[test]
    fn a_key_is_written_as_it_was_read() {
        for key in [ed25519(), p256(), rsa()] {
            let read = read(&key).unwrap();
            assert_eq!(serde_json::to_value(&read).unwrap(), key);
            assert_eq!(Jwk::parse(read.canonical().as_bytes()).unwrap(), read);
            assert_eq!(serde_json::from_value::<Jwk>(key).unwrap(), read);
        }
        assert_eq!(
            format!("{:?}", read(&ed25519()).unwrap()),
            "EdDSA kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn what_libraries_write_beside_a_key_may_stand_there_when_it_fits() {
        let beside = |name: &str, value: Value| {
            let mut key = ed25519();
            key[name] = value;
            read(&key).map(drop)
        };
        for (name, value) in [
            ("kid", json!("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")),
            ("alg", json!("EdDSA")),
            ("alg", json!("Ed25519")),
            ("use", json!("sig")),
            ("key_ops", json!(["verify"])),
            ("ext", json!(true)),
        ] {
            assert_eq!(beside(name, value.clone()), Ok(()), "{name} {value}");
        }
        for (name, value, pointer, code) in [
            (
                "kid",
                json!("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
                "/kid",
                NotAllowed,
            ),
            ("kid", json!("my-key"), "/kid", InvalidFormat),
            ("alg", json!("ES256"), "/alg", NotAllowed),
            ("alg", json!("none"), "/alg", NotAllowed),
            ("use", json!("enc"), "/use", NotAllowed),
            ("key_ops", json!(["sign"]), "/key_ops/0", InvalidFormat),
            ("ext", json!("true"), "/ext", WrongType),
            (
                "d",
                json!("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"),
                "",
                UnknownMember,
            ),
            ("x5u", json!("https://example.org/cert"), "", UnknownMember),
        ] {
            let faults = beside(name, value.clone()).unwrap_err();
            assert!(
                faults.contains(&(pointer.to_owned(), code)),
                "{name} {value}: {faults:?}"
            );
        }
    }

    #[test]
    fn weak_and_misspelt_keys_are_refused() {
        let modulus = |bytes: usize, first: u8, last: u8| {
            let mut n = vec![0x55; bytes];
            (n[0], n[bytes - 1]) = (first, last);
            json!({"kty": "RSA", "e": "AQAB", "n": encode(n)})
        };
        assert!(read(&modulus(256, 0x80, 1)).is_ok() && read(&modulus(512, 0xff, 3)).is_ok());
        for (key, pointer, code) in [
            (modulus(255, 0x80, 1), "/n", InvalidFormat),
            (modulus(513, 0x80, 1), "/n", InvalidFormat),
            (modulus(257, 0x00, 1), "/n", InvalidFormat),
            (modulus(256, 0x80, 2), "/n", InvalidFormat),
            (
                json!({"kty": "RSA", "e": "Aw", "n": rsa()["n"]}),
                "/e",
                NotAllowed,
            ),
            (json!({"kty": "RSA", "e": "AQAB"}), "/n", Required),
            (json!({"kty": "oct", "k": "AAAA"}), "/kty", InvalidFormat),
            (json!({"crv": "Ed25519", "x": ed25519()["x"]}), "/kty", Required),
            (
                json!({"kty": "OKP", "crv": "X25519", "x": ed25519()["x"]}),
                "/crv",
                NotAllowed,
            ),
            (
                json!({"kty": "EC", "crv": "P-384", "x": p256()["x"], "y": p256()["y"]}),
                "/crv",
                NotAllowed,
            ),
            (
                json!({"kty": "EC", "crv": "secp256k1", "x": p256()["x"], "y": p256()["y"]}),
                "/crv",
                NotAllowed,
            ),
            (
                json!({"kty": "EC", "crv": "P-256", "x": p256()["x"], "y": "AA"}),
                "/y",
                InvalidFormat,
            ),
        ] {
            let faults = read(&key).unwrap_err();
            assert!(faults.contains(&(pointer.to_owned(), code)), "{key}: {faults:?}");
        }
    }
}
