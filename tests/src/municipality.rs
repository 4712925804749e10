//! A municipality: answers for the family's rights, and its follow-up officer sees that parties make contact.

use std::collections::BTreeSet;

use casework::NewParty;
use domain::actor::OrganisationKind;
use ed25519_dalek::SigningKey;
use protocol::{ClientId, OrganisationId};
use zeroize::Zeroizing;

use crate::environment::{TestEnvironment, random};
use crate::professional::settings;
use crate::region::Region;

/// The municipality that every region's covenant names.
pub const MUNICIPALITY: &str = "gemeente Voorbeeldstad";

/// A municipality with one program, which acts for its follow-up officer too.
#[derive(Clone)]
pub struct Municipality {
    /// Its name.
    pub name: String,
    /// Its id.
    pub organisation: OrganisationId,
    /// Its client.
    pub client_id: ClientId,
    /// The key of that client's assertions.
    pub key: SigningKey,
    /// How its program reaches the service.
    pub settings: client::Settings,
    /// The time in the region.
    pub environment: TestEnvironment,
}

impl Municipality {
    pub(crate) async fn register(
        casework: &casework::Casework,
        (url, environment): (&str, TestEnvironment),
        covenant: &str,
        name: &str,
    ) -> Self {
        let key = SigningKey::from_bytes(&random());
        let party = NewParty {
            covenant: covenant.to_owned(),
            name: name.to_owned(),
            kind: OrganisationKind::Municipality,
            sector: None,
            roles: BTreeSet::new(),
            sealing_key: None,
            client_key: key.verifying_key().to_bytes().into(),
        };
        let registered = casework.register(party).await.unwrap();
        Self {
            name: name.to_owned(),
            organisation: registered.organisation,
            settings: settings(url, registered.client.clone(), &key),
            client_id: registered.client,
            key,
            environment,
        }
    }

    /// An access token with every scope it may have.
    pub async fn access_token(&self) -> Zeroizing<String> {
        client::access_token(self.settings.clone(), self.environment.clone())
            .await
            .unwrap()
    }

    /// `Authorization` for calls that no client makes.
    pub async fn bearer(&self) -> String {
        format!("Bearer {}", *self.access_token().await)
    }
}

impl Region {
    /// Registers another municipality, under this covenant.
    pub async fn municipality_under(&self, covenant: &str, name: &str) -> Municipality {
        let environment = TestEnvironment(self.clock.clone());
        Municipality::register(&self.casework, (&self.url, environment), covenant, name).await
    }

    /// The municipality that the region's covenant names.
    #[must_use]
    pub fn municipality(&self) -> Municipality {
        self.municipality.clone()
    }
}
