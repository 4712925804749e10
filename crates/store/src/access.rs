//! Clients of partner systems: who may ask for a token, and which assertions were used before.

use domain::event::Event;
use domain::key::{CovenantKey, OrganisationKey};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    Party CLIENT = "
        SELECT c.id, c.roles, o.id AS organisation_id, o.public_id, o.covenant_id, o.role, o.sector,
               greatest(o.min_suite, v.min_suite) AS min_suite,
               c.disabled_at IS NULL AND o.disabled_at IS NULL AS enabled
          FROM client c JOIN organisation o ON o.id = c.organisation_id JOIN covenant v ON v.id = o.covenant_id
         WHERE c.id = current_client()";
    Party LIVE_KEY = "
        SELECT jwk FROM client_key
         WHERE client_id = current_client() AND thumbprint = $1 /* thumbprint */ AND retired_at IS NULL";
    Party SPEND_ASSERTION = "
        INSERT INTO spent_assertion (client_id, jti_hash, expires_at)
        VALUES (current_client(), $1 /* hash of jti */, $2 /* expires at */)
            ON CONFLICT DO NOTHING";
}

/// A client and the organisation it acts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    /// OAuth client id.
    pub id: String,
    /// Its organisation.
    pub organisation: OrganisationKey,
    /// The organisation's public id.
    pub organisation_id: [u8; 16],
    /// The covenant that organisation signed.
    pub covenant: CovenantKey,
    /// The organisation's kind.
    pub role: String,
    /// In which roles the client may act.
    pub roles: Vec<String>,
    /// The sector of a partner.
    pub sector: Option<String>,
    /// Lowest suite that is taken from it: the higher of the organisation's own and its covenant's.
    pub min_suite: u8,
    /// Neither the client nor its organisation is disabled.
    pub enabled: bool,
}

impl Tx<'_, Party> {
    /// The client of this transaction's context.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn client(&self) -> Result<Option<ClientRow>, StoreError> {
        let Some(row) = self.optional(&CLIENT, &[]).await? else {
            return Ok(None);
        };
        Ok(Some(ClientRow {
            id: row.value("id")?,
            organisation: OrganisationKey(row.value("organisation_id")?),
            organisation_id: row.tag("public_id")?.to_be_bytes(),
            covenant: CovenantKey(row.value("covenant_id")?),
            role: row.value("role")?,
            roles: row.value("roles")?,
            sector: row.value("sector")?,
            min_suite: crate::key_epochs::suite(&row, "min_suite")?,
            enabled: row.value("enabled")?,
        }))
    }

    /// The key of this name, if the client of this transaction's context has it and it was not retired: the JSON of RFC 7638.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn live_key(&self, thumbprint: &[u8; 32]) -> Result<Option<String>, StoreError> {
        let row = self.optional(&LIVE_KEY, &[&thumbprint.as_slice()]).await?;
        row.map(|row| row.value("jwk")).transpose()
    }

    /// Notes that an assertion was used; false when it was before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn spend_assertion(
        &self,
        jti_hash: &[u8; 32],
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self
            .change(&SPEND_ASSERTION, &[&jti_hash.as_slice(), &expires_at])
            .await?
            == 1)
    }

    /// Writes down that a client of this transaction's organisation was refused what is for another role.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_denial(&self, event: &Event) -> Result<(), StoreError> {
        self.record_one(event).await.map(drop)
    }
}
