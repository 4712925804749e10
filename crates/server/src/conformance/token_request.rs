//! What a vendor's client sends to the token endpoint, judged: each mistake is a sentence. The last word has the very code
//! with which the service reads and verifies; what is here says why.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use protocol::access::{ASSERTION_TYPE, GRANT_TYPE, MAX_ASSERTION_SECONDS};
use protocol::jwk::{Jwk, SigningAlgorithm};
use serde_json::{Map, Value};
use service_http::parameters::Parameters;
use service_http::token_request::Asked;

use super::judge::Difference;

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub struct Call {
    /// Its method.
    pub method: String,
    /// Its `Content-Type`.
    pub content_type: String,
    /// Whether it had an `Authorization` header.
    pub authorization: bool,
    /// Its body.
    pub body: String,
}

/// What the client is registered with, and what it has used.
pub struct Registered {
    /// Its id.
    pub client: String,
    /// Its key.
    pub key: Jwk,
    /// The issuer's address; the token endpoint is below it.
    pub issuer: String,
    /// The `jti` of every request before.
    pub used: BTreeSet<String>,
}

impl Registered {
    /// What is wrong with a request; nothing when the service would give a token. Its `jti` counts as used from now on.
    pub fn judge(&mut self, call: &Call, now: Timestamp) -> Vec<Difference> {
        let mut told = Told(Vec::new());
        of_the_request(call, &mut told);
        let Ok(form) = Parameters::parse(&call.body) else {
            told.say("form", "the body is not `name=value&...` with each name once");
            return told.0;
        };
        of_the_form(&form, self, &mut told);
        if let Some(assertion) = form.get("client_assertion") {
            self.of_the_assertion(assertion, now, &mut told);
        }
        if told.0.is_empty() && !self.is_taken(form, now) {
            told.say(
                "signature",
                "the signature was not made with the registered key over `header.claims` as sent",
            );
        }
        told.0
    }

    /// What the service itself says.
    fn is_taken(&self, form: Parameters, now: Timestamp) -> bool {
        let Ok(asked) = Asked::read(form) else {
            return false;
        };
        let Ok(unverified) = asked.unverified() else {
            return false;
        };
        asked
            .verify(unverified, Some(&self.key), &self.issuer, now)
            .is_ok()
    }

    fn of_the_assertion(&mut self, assertion: &str, now: Timestamp, told: &mut Told) {
        let parts: Vec<&str> = assertion.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            told.say(
                "not-a-jwt",
                "`client_assertion` is a JWT: three parts with a point between",
            );
            return;
        };
        match object(header) {
            Some(header) => self.of_the_header(&header, signature, told),
            None => told.say("header", "the header is not a JSON object in unpadded base64url"),
        }
        match object(claims) {
            Some(claims) => self.of_the_claims(&claims, now, told),
            None => told.say("claims", "the claims are not a JSON object in unpadded base64url"),
        }
    }

    fn of_the_header(&self, header: &Map<String, Value>, signature: &str, told: &mut Told) {
        let right = self.key.algorithm();
        match header.get("alg").and_then(Value::as_str) {
            None => told.say("alg", "`alg` is missing"),
            Some(alg) if alg.eq_ignore_ascii_case("none") => {
                told.say("alg", "`alg` is `none`: the assertion has to be signed")
            }
            Some(alg) if alg.starts_with("HS") => told.say(
                "alg",
                "`alg` is a shared secret's; the service has only your public key",
            ),
            Some(alg) if SigningAlgorithm::named(alg) != Some(right) => {
                told.say(
                    "alg",
                    format_args!("`alg` is not {right}, which is what the registered key is used with"),
                );
            }
            Some(_) => {}
        }
        let kid = self.key.thumbprint().to_string();
        match header.get("kid").and_then(Value::as_str) {
            None => told.say(
                "kid",
                format_args!("`kid` is missing; it is the key's RFC 7638 thumbprint, {kid}"),
            ),
            Some(found) if found != kid => {
                told.say(
                    "kid",
                    format_args!("`kid` is not the thumbprint (RFC 7638) of the registered key, {kid}"),
                );
            }
            Some(_) => {}
        }
        if header
            .get("typ")
            .is_some_and(|typ| typ != "JWT" && typ != "client-authentication+jwt")
        {
            told.say("typ", "`typ` is left out, `JWT` or `client-authentication+jwt`");
        }
        for name in header
            .keys()
            .filter(|name| !["alg", "kid", "typ"].contains(&name.as_str()))
        {
            let why = match name.as_str() {
                "jwk" | "jku" | "x5u" | "x5c" | "x5t" | "x5t#S256" => {
                    ": the key comes from the registration, never from the request"
                }
                _ => "",
            };
            told.say(
                "header-member",
                format_args!(
                    "the header has only `alg`, `kid` and `typ`, and not {}{why}",
                    shown(name)
                ),
            );
        }
        of_the_signature(right, signature, told);
    }

    fn of_the_claims(&mut self, claims: &Map<String, Value>, now: Timestamp, told: &mut Told) {
        for name in ["iss", "sub"] {
            match claims.get(name) {
                None => told.say(
                    name_of(name),
                    format_args!("`{name}` is missing; it is the client id"),
                ),
                Some(value) if *value != self.client.as_str() => {
                    told.say(
                        name_of(name),
                        format_args!("`{name}` is not the client id, {}", self.client),
                    );
                }
                Some(_) => {}
            }
        }
        let endpoint = format!("{}/oauth/token", self.issuer);
        match claims.get("aud") {
            None => told.say("aud", format_args!("`aud` is missing; it is {endpoint}")),
            Some(Value::Array(_)) => told.say("aud", "`aud` is a list; it is one string"),
            Some(aud) if *aud != endpoint && *aud != self.issuer => {
                told.say(
                    "aud",
                    format_args!("`aud` is neither the token endpoint, {endpoint}, nor the issuer"),
                );
            }
            Some(_) => {}
        }
        of_the_times(claims, now.as_second(), told);
        match claims.get("jti").and_then(Value::as_str) {
            None => told.say("jti", "`jti` is missing; it is 16 to 64 random characters"),
            Some(jti) => {
                if !(16..=64).contains(&jti.len()) || !jti.bytes().all(|byte| byte.is_ascii_graphic()) {
                    told.say("jti", "`jti` is 16 to 64 visible ASCII characters");
                }
                if !self.used.insert(jti.to_owned()) {
                    told.say("jti-reused", "this `jti` was used before: sign a new assertion for each request, also when you try again");
                }
            }
        }
        let known = ["iss", "sub", "aud", "jti", "iat", "exp", "nbf"];
        for name in claims.keys().filter(|name| !known.contains(&name.as_str())) {
            told.say(
                "claim",
                format_args!("there is a claim that is not known here, {}", shown(name)),
            );
        }
    }
}

fn of_the_request(call: &Call, told: &mut Told) {
    if call.method != "POST" {
        told.say("method", "a token is asked with POST");
    }
    let media_type = call.content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        told.say(
            "content-type",
            "the body is a form: `Content-Type: application/x-www-form-urlencoded`",
        );
    }
    if call.authorization {
        told.say(
            "authorization",
            "there is an `Authorization` header; the client proves itself by the assertion alone",
        );
    }
}

fn of_the_form(form: &Parameters, registered: &Registered, told: &mut Told) {
    if form.get("grant_type") != Some(GRANT_TYPE) {
        told.say("grant-type", format_args!("`grant_type` is `{GRANT_TYPE}`"));
    }
    if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        told.say(
            "assertion-type",
            format_args!("`client_assertion_type` is `{ASSERTION_TYPE}`"),
        );
    }
    if form.get("client_assertion").is_none() {
        told.say("assertion", "`client_assertion` is missing");
    }
    if form.get("client_secret").is_some() {
        told.say(
            "client-secret",
            "there is a `client_secret`: this service keeps no secrets of clients",
        );
    }
    if form.get("client_id").is_some_and(|id| id != registered.client) {
        told.say(
            "client-id",
            "`client_id` is another than the registered one; it may be left out",
        );
    }
    let known = [
        "grant_type",
        "scope",
        "client_assertion_type",
        "client_assertion",
        "client_id",
        "client_secret",
    ];
    for name in form.names().filter(|name| !known.contains(name)) {
        told.say(
            "parameter",
            format_args!("there is a parameter that is not known here, {}", shown(name)),
        );
    }
}

fn of_the_signature(algorithm: SigningAlgorithm, signature: &str, told: &mut Told) {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(signature) else {
        told.say("signature", "the signature is not unpadded base64url");
        return;
    };
    if algorithm == SigningAlgorithm::Es256 && bytes.len() != 64 {
        told.say(
            "signature",
            "an ES256 signature is r and s, 32 bytes each (RFC 7518 section 3.4); this looks like DER",
        );
    }
    if algorithm == SigningAlgorithm::EdDsa && bytes.len() != 64 {
        told.say("signature", "an Ed25519 signature has 64 bytes");
    }
}

fn of_the_times(claims: &Map<String, Value>, now: i64, told: &mut Told) {
    let mut time = |name: &'static str| match claims.get(name) {
        None => {
            told.say(name_of(name), format_args!("`{name}` is missing"));
            None
        }
        Some(value) => match value.as_i64() {
            None => {
                told.say(
                    name_of(name),
                    format_args!("`{name}` is a whole number of seconds since 1970"),
                );
                None
            }
            Some(seconds) if seconds > 100_000_000_000 => {
                told.say(
                    name_of(name),
                    format_args!("`{name}` looks like milliseconds; it is in seconds"),
                );
                None
            }
            Some(seconds) => Some(seconds),
        },
    };
    let (iat, exp) = (time("iat"), time("exp"));
    if let (Some(iat), Some(exp)) = (iat, exp)
        && !(0..=MAX_ASSERTION_SECONDS).contains(&exp.saturating_sub(iat))
    {
        told.say(
            "life",
            format_args!(
                "`exp` is at most {MAX_ASSERTION_SECONDS} s after `iat`, and here {} s",
                exp.saturating_sub(iat)
            ),
        );
    }
    if iat.is_some_and(|iat| iat > now + 30) {
        told.say("iat", "`iat` lies in the future: the machine's clock is ahead");
    }
    if exp.is_some_and(|exp| exp.saturating_add(10) < now) {
        told.say(
            "exp",
            "the assertion has expired: sign one for each request, and look at the machine's clock",
        );
    }
    if claims
        .get("nbf")
        .is_some_and(|nbf| nbf.as_i64().is_none_or(|nbf| nbf > now + 30))
    {
        told.say("nbf", "`nbf` is a time that has come, or left out");
    }
}

/// A member's name, when it is short and plain enough to be shown.
fn shown(name: &str) -> String {
    let plain = name.len() <= 24
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-#.".contains(&byte));
    if plain {
        format!("`{name}`")
    } else {
        "one with a long name".to_owned()
    }
}

fn name_of(claim: &str) -> &'static str {
    match claim {
        "iss" => "iss",
        "sub" => "sub",
        "iat" => "iat",
        _ => "exp",
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// What is wrong so far.
struct Told(Vec<Difference>);

impl Told {
    fn say(&mut self, code: &'static str, says: impl std::fmt::Display) {
        self.0.push(Difference {
            code,
            says: says.to_string(),
        });
    }
}

#[cfg(test)]
mod tests;
