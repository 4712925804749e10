//! What a token endpoint does before it knows its clients: reads the request strictly, and proves the assertion in it
//! (RFC 6749 section 4.4, RFC 7523). The service and the keyholder share it; each looks up its own clients.

use std::collections::BTreeSet;

use jiff::Timestamp;
use protocol::access::{ASSERTION_TYPE, GRANT_TYPE, OAuthErrorCode, Scope, TokenResponse};
use protocol::jwk::{Jwk, SigningAlgorithm};
use protocol::problem::ProblemType;

use crate::access_token::Issued;
use crate::assertion::{Assertion, Unverified};
use crate::parameters::Parameters;
use crate::problems::Refusal;
use crate::public_key::PublicKey;

/// What a client asks, read strictly. Has no `Debug`: it holds an assertion.
pub struct Asked {
    assertion: String,
    client_id: Option<String>,
    scopes: Option<BTreeSet<Scope>>,
}

impl Asked {
    /// Reads the form of a token request.
    ///
    /// # Errors
    /// `invalid-request` with the code of RFC 6749 section 5.2.
    pub fn read(mut form: Parameters) -> Result<Self, Refusal> {
        const KNOWN: [&str; 5] = [
            "grant_type",
            "scope",
            "client_assertion_type",
            "client_assertion",
            "client_id",
        ];
        if !form.names().all(|name| KNOWN.contains(&name)) {
            return Err(invalid(OAuthErrorCode::InvalidRequest));
        }
        let grant = form
            .take("grant_type")
            .ok_or_else(|| invalid(OAuthErrorCode::InvalidRequest))?;
        if grant != GRANT_TYPE {
            return Err(invalid(OAuthErrorCode::UnsupportedGrantType));
        }
        if form.take("client_assertion_type").as_deref() != Some(ASSERTION_TYPE) {
            return Err(invalid(OAuthErrorCode::InvalidRequest));
        }
        let scopes = form
            .take("scope")
            .map(|text| Scope::parse_list(&text))
            .transpose();
        Ok(Self {
            assertion: form
                .take("client_assertion")
                .ok_or_else(|| invalid(OAuthErrorCode::InvalidRequest))?,
            client_id: form.take("client_id"),
            scopes: scopes.map_err(|_| invalid(OAuthErrorCode::InvalidScope))?,
        })
    }

    /// The assertion, not trusted: good for finding the client it claims to come from.
    ///
    /// # Errors
    /// `invalid-client` when it has not the form of one.
    pub fn unverified(&self) -> Result<Unverified<'_>, Refusal> {
        Unverified::parse(&self.assertion).map_err(|_| not_this_client())
    }

    /// Proves the assertion with the key of its client that it names; none for an unknown client or key, which cost the
    /// same work as a wrong signature and have the same answer. `base` is this issuer's address.
    ///
    /// # Errors
    /// `invalid-client`.
    pub fn verify(
        &self,
        unverified: Unverified<'_>,
        registered: Option<&Jwk>,
        base: &str,
        now: Timestamp,
    ) -> Result<Assertion, Refusal> {
        // What is worked with follows from the header alone, which the sender knows: a key that is another's by its name or
        // its algorithm is as good as none.
        let algorithm = unverified.algorithm();
        let key = registered
            .filter(|key| Some(key.algorithm()) == algorithm)
            .filter(|key| key.thumbprint().to_string() == unverified.key_id())
            .and_then(|key| PublicKey::of(key).ok());
        let nobody = || PublicKey::nobody(algorithm.unwrap_or(SigningAlgorithm::EdDsa));
        let against = key.as_ref().unwrap_or_else(nobody);
        let token_url = format!("{base}/oauth/token");
        let assertion = unverified
            .verify(against, &[&token_url, base], now)
            .map_err(|_| not_this_client())?;
        let named = self
            .client_id
            .as_deref()
            .is_none_or(|id| id == assertion.client().as_str());
        if key.is_some() && named {
            Ok(assertion)
        } else {
            Err(not_this_client())
        }
    }

    /// The scopes asked for, or all of the client's.
    ///
    /// # Errors
    /// `invalid-request` with `invalid_scope` when one is not the client's.
    pub fn scopes_among(&self, own: &BTreeSet<Scope>) -> Result<BTreeSet<Scope>, Refusal> {
        let scopes = self.scopes.as_ref().unwrap_or(own);
        if scopes.is_subset(own) {
            Ok(scopes.clone())
        } else {
            Err(invalid(OAuthErrorCode::InvalidScope))
        }
    }
}

/// The answer with a token.
pub fn token_answer(issued: &Issued, scopes: &BTreeSet<Scope>) -> TokenResponse {
    let scope: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    TokenResponse {
        access_token: issued.token.to_string(),
        token_type: "Bearer".to_owned(),
        expires_in: u32::try_from(issued.expires_in).unwrap_or_default(),
        scope: scope.join(" "),
    }
}

/// The one answer to whoever could not be authenticated.
pub fn not_this_client() -> Refusal {
    Refusal::new(ProblemType::InvalidClient).with_oauth(OAuthErrorCode::InvalidClient)
}

fn invalid(code: OAuthErrorCode) -> Refusal {
    Refusal::new(ProblemType::InvalidRequest).with_oauth(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: &str) -> Result<Asked, Refusal> {
        Asked::read(Parameters::parse(form)?)
    }

    /// The code of RFC 6749 in a refusal's document.
    fn code(refusal: &Refusal) -> String {
        let document: serde_json::Value = serde_json::from_slice(&refusal.document("", "")).unwrap();
        document["error"].as_str().unwrap().to_owned()
    }

    fn form() -> String {
        let kind = ASSERTION_TYPE.replace(':', "%3A");
        format!("grant_type=client_credentials&client_assertion_type={kind}&client_assertion=a.b.c")
    }

    #[test]
    fn a_form_is_read_strictly() {
        assert!(read(&form()).is_ok());
        for (change, expected) in [
            (
                form().replace("client_credentials", "password"),
                "unsupported_grant_type",
            ),
            (form().replace("jwt-bearer", "saml2-bearer"), "invalid_request"),
            (form().replace("&client_assertion=a.b.c", ""), "invalid_request"),
            (form() + "&client_secret=x", "invalid_request"),
            (form() + "&scope=everything", "invalid_scope"),
            (form() + "&scope=", "invalid_scope"),
        ] {
            assert_eq!(code(&read(&change).err().unwrap()), expected, "{change}");
        }
    }

    #[test]
    fn scopes_are_the_clients_or_refused() {
        let own = BTreeSet::from([Scope::Evaluate]);
        assert_eq!(read(&form()).ok().unwrap().scopes_among(&own).unwrap(), own);
        let more = read(&(form() + "&scope=evaluate+rotate")).ok().unwrap();
        assert_eq!(code(&more.scopes_among(&own).unwrap_err()), "invalid_scope");
    }

    #[test]
    fn what_is_no_assertion_is_nobodys() {
        let asked = read(&form()).ok().unwrap();
        assert_eq!(asked.unverified().err().unwrap(), not_this_client());
    }
}
