//! Organisations and the clients that act for them.

use domain::event::Event;
use domain::key::{CovenantKey, OrganisationKey};
use uuid::Uuid;

use crate::client::{NewClientKey, RegisteredClientRow, client_row};
use crate::error::StoreError;
use crate::match_case::ReadsMatches;
use crate::statement::statements;
use crate::work::{Owner, Party, RowExt, Tx};

statements! {
    Owner INSERT_ORGANISATION = "
        INSERT INTO organisation (public_id, covenant_id, name, role, sector)
        VALUES ($1 /* public id */, $2 /* covenant */, $3 /* name */, $4 /* role */, $5 /* sector */)
        RETURNING id";
    Owner INSERT_CLIENT = "
        INSERT INTO client (id, organisation_id, roles, log_tag)
        VALUES ($1 /* client */, $2 /* organisation */, $3 /* roles */, $4 /* log tag */)";
    Owner ALL_ORGANISATIONS = "
        SELECT id, public_id, covenant_id, name, role, sector, min_suite FROM organisation ORDER BY id";
    Owner SET_MIN_SUITE = "
        UPDATE organisation SET min_suite = $2 /* suite */ WHERE id = $1 /* organisation */";
    Owner ALL_CLIENTS = "
        SELECT id, organisation_id, log_tag, roles, disabled_at, disabled_by FROM client ORDER BY organisation_id, id";
    Owner INSERT_DELEGATION = "
        INSERT INTO delegation (principal_id, delegate_id, since)
        VALUES ($1 /* principal */, $2 /* delegate */, $3 /* now */)
            ON CONFLICT DO NOTHING";
    Owner DELETE_DELEGATION = "
        DELETE FROM delegation WHERE principal_id = $1 /* principal */ AND delegate_id = $2 /* delegate */";
    Owner DELEGATIONS = "
        SELECT principal_id, delegate_id FROM delegation ORDER BY principal_id, delegate_id";
    Owner DISABLE_ORGANISATION = "
        UPDATE organisation SET disabled_at = $2 /* now */ WHERE id = $1 /* organisation */ AND disabled_at IS NULL";
    Owner ENABLE_ORGANISATION = "
        UPDATE organisation SET disabled_at = NULL WHERE id = $1 /* organisation */ AND disabled_at IS NOT NULL";
    Party ORGANISATIONS = "
        SELECT id, public_id, covenant_id, name, role, sector, min_suite FROM organisation
         WHERE id = ANY ($1::int[] /* organisations */)";
    Party PRINCIPAL = "
        SELECT o.id, o.covenant_id, o.sector, greatest(o.min_suite, v.min_suite) AS min_suite
          FROM delegation d JOIN organisation o ON o.id = d.principal_id JOIN covenant v ON v.id = o.covenant_id
         WHERE d.delegate_id = current_organisation() AND o.public_id = $1 /* public id */ AND o.disabled_at IS NULL";
    Party ORGANISATION_BY_PUBLIC_ID = "
        SELECT id, public_id, covenant_id, name, role, sector, min_suite FROM organisation
         WHERE public_id = $1 /* public id */";
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationRow {
    /// Its key.
    pub key: OrganisationKey,
    /// Its public id.
    pub public_id: [u8; 16],
    /// The covenant it signed.
    pub covenant: CovenantKey,
    /// Its name.
    pub name: String,
    /// What it is in the network.
    pub role: String,
    /// The sector of a partner.
    pub sector: Option<String>,
    /// Lowest suite that is taken from it.
    pub min_suite: u8,
}

/// That one organisation may give signals for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delegation {
    /// Of which the signals are.
    pub principal: OrganisationKey,
    /// Which gives them.
    pub delegate: OrganisationKey,
}

/// An organisation that the caller may give signals for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalRow {
    /// Its key.
    pub key: OrganisationKey,
    /// The covenant it signed.
    pub covenant: CovenantKey,
    /// Its sector.
    pub sector: Option<String>,
    /// Lowest suite that is taken for it.
    pub min_suite: u8,
}

/// A client to be registered.
#[derive(Debug, Clone)]
pub struct NewClient<'a> {
    /// OAuth client id.
    pub id: &'a str,
    /// On whose behalf it acts.
    pub organisation: OrganisationKey,
    /// Its first key.
    pub key: NewClientKey<'a>,
    /// In which roles it may act.
    pub roles: Vec<&'static str>,
    /// Its name in the log.
    pub log_tag: u128,
}

/// An organisation to be registered.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Its public id.
    pub public_id: [u8; 16],
    /// The covenant it signed.
    pub covenant: CovenantKey,
    /// Its name.
    pub name: String,
    /// What it is in the network.
    pub role: String,
    /// The sector of a partner.
    pub sector: Option<String>,
}

impl<R: ReadsMatches> Tx<'_, R> {
    /// These organisations, as far as the role may see them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn organisations(&self, keys: &[OrganisationKey]) -> Result<Vec<OrganisationRow>, StoreError> {
        let keys: Vec<i32> = keys.iter().map(|key| key.0).collect();
        self.rows(&ORGANISATIONS, &[&keys])
            .await?
            .iter()
            .map(organisation_row)
            .collect()
    }
}

impl Tx<'_, Party> {
    /// The organisation of this public id, if the caller may give signals for it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn principal(&self, id: [u8; 16]) -> Result<Option<PrincipalRow>, StoreError> {
        let Some(row) = self.optional(&PRINCIPAL, &[&Uuid::from_bytes(id)]).await? else {
            return Ok(None);
        };
        Ok(Some(PrincipalRow {
            key: OrganisationKey(row.value("id")?),
            covenant: CovenantKey(row.value("covenant_id")?),
            sector: row.value("sector")?,
            min_suite: crate::key_epochs::suite(&row, "min_suite")?,
        }))
    }

    /// The organisation of this public id, if the caller may know it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn organisation_by_public_id(
        &self,
        id: [u8; 16],
    ) -> Result<Option<OrganisationRow>, StoreError> {
        let row = self
            .optional(&ORGANISATION_BY_PUBLIC_ID, &[&Uuid::from_bytes(id)])
            .await?;
        row.as_ref().map(organisation_row).transpose()
    }
}

impl Tx<'_, Owner> {
    /// Registers an organisation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_organisation(
        &self,
        new: &NewOrganisation,
        event: &Event,
    ) -> Result<OrganisationKey, StoreError> {
        let row = self
            .one(
                &INSERT_ORGANISATION,
                &[
                    &Uuid::from_bytes(new.public_id),
                    &new.covenant.0,
                    &new.name,
                    &new.role,
                    &new.sector,
                ],
            )
            .await?;
        self.record_one(event).await?;
        Ok(OrganisationKey(row.value("id")?))
    }

    /// Registers a client of an organisation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_client(&self, new: &NewClient<'_>, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(
            &INSERT_CLIENT,
            1,
            &[
                &new.id,
                &new.organisation.0,
                &new.roles,
                &Uuid::from_u128(new.log_tag),
            ],
        )
        .await?;
        self.insert_key(new.id, &new.key).await?;
        self.record_one(event).await?;
        Ok(())
    }

    /// Lets an organisation give signals for another; false when it may already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_delegation(&self, delegation: Delegation, event: &Event) -> Result<bool, StoreError> {
        let (principal, delegate) = (delegation.principal.0, delegation.delegate.0);
        let is_new = self
            .change(&INSERT_DELEGATION, &[&principal, &delegate, &self.now()])
            .await?
            == 1;
        if is_new {
            self.record_one(event).await?;
        }
        Ok(is_new)
    }

    /// Ends that; false when it may not anyway.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete_delegation(&self, delegation: Delegation, event: &Event) -> Result<bool, StoreError> {
        let (principal, delegate) = (delegation.principal.0, delegation.delegate.0);
        let was = self.change(&DELETE_DELEGATION, &[&principal, &delegate]).await? == 1;
        if was {
            self.record_one(event).await?;
        }
        Ok(was)
    }

    /// Who may give signals for whom.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delegations(&self) -> Result<Vec<Delegation>, StoreError> {
        let row = |row: &tokio_postgres::Row| {
            Ok(Delegation {
                principal: OrganisationKey(row.value("principal_id")?),
                delegate: OrganisationKey(row.value("delegate_id")?),
            })
        };
        self.rows(&DELEGATIONS, &[]).await?.iter().map(row).collect()
    }

    /// Sets the lowest suite that is taken from an organisation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_min_suite(
        &self,
        organisation: OrganisationKey,
        min_suite: u8,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(&SET_MIN_SUITE, 1, &[&organisation.0, &i16::from(min_suite)])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// Every organisation, for the operator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all_organisations(&self) -> Result<Vec<OrganisationRow>, StoreError> {
        self.rows(&ALL_ORGANISATIONS, &[])
            .await?
            .iter()
            .map(organisation_row)
            .collect()
    }

    /// Every client, disabled ones too, for the operator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all_clients(&self) -> Result<Vec<RegisteredClientRow>, StoreError> {
        let rows = self.rows(&ALL_CLIENTS, &[]).await?;
        rows.iter().map(client_row).collect()
    }

    /// Disables an organisation, at once; false when it was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn disable_organisation(
        &self,
        organisation: OrganisationKey,
        event: &Event,
    ) -> Result<bool, StoreError> {
        let changed = self
            .change(&DISABLE_ORGANISATION, &[&organisation.0, &self.now()])
            .await?
            == 1;
        if changed {
            self.record_one(event).await?;
        }
        Ok(changed)
    }

    /// Enables it again; false when it was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn enable_organisation(
        &self,
        organisation: OrganisationKey,
        event: &Event,
    ) -> Result<bool, StoreError> {
        let changed = self.change(&ENABLE_ORGANISATION, &[&organisation.0]).await? == 1;
        if changed {
            self.record_one(event).await?;
        }
        Ok(changed)
    }
}

fn organisation_row(row: &tokio_postgres::Row) -> Result<OrganisationRow, StoreError> {
    Ok(OrganisationRow {
        key: OrganisationKey(row.value("id")?),
        public_id: row.tag("public_id")?.to_be_bytes(),
        covenant: CovenantKey(row.value("covenant_id")?),
        name: row.value("name")?,
        role: row.value("role")?,
        sector: row.value("sector")?,
        min_suite: crate::key_epochs::suite(row, "min_suite")?,
    })
}
