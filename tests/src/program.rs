//! A further program of an organisation, which acts in some of its roles.

use casework::RegisterError;
use domain::actor::Role;
use ed25519_dalek::SigningKey;
use protocol::{ClientId, OrganisationId};

use crate::environment::random;
use crate::{Assertion, Clock, Http, Region, ask_token};

/// A program with a client of its own.
pub struct Program {
    /// Its client.
    pub client_id: ClientId,
    key: SigningKey,
    url: String,
    clock: Clock,
}

impl Program {
    /// Registers one in these roles.
    ///
    /// # Errors
    /// [`RegisterError::NotItsRole`].
    pub async fn register(
        region: &Region,
        organisation: OrganisationId,
        roles: &[Role],
    ) -> Result<Self, RegisterError> {
        let key = SigningKey::from_bytes(&random());
        let roles = roles.iter().copied().collect();
        let client_id = region
            .casework
            .register_client(organisation, key.verifying_key().to_bytes().into(), roles)
            .await?;
        Ok(Self {
            client_id,
            key,
            url: region.url.clone(),
            clock: region.clock.clone(),
        })
    }

    /// `Authorization` with these scopes, or with all that it may have.
    ///
    /// # Errors
    /// The code of RFC 6749 section 5.2 when the token endpoint refuses.
    pub async fn bearer(&self, scope: Option<&str>) -> Result<String, String> {
        let endpoint = format!("{}/oauth/token", self.url);
        let assertion = Assertion::new(self.client_id.as_str(), &endpoint, &self.key, &self.clock).sign();
        let further: Vec<(&str, &str)> = scope.map(|scope| ("scope", scope)).into_iter().collect();
        let answer = ask_token(&Http::new(&self.url), &assertion, &further).await;
        let member = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
        match answer.status {
            200 => Ok(format!("Bearer {}", member("access_token"))),
            _ => Err(member("error")),
        }
    }
}
