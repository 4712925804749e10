//! What the operator sets and sees of quotas.

use jiff::civil::Date;
use protocol::OrganisationId;
use serde_json::json;
use tokio_postgres::Row;
use uuid::Uuid;

use super::day;
use crate::database::{Parameters, Role, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::event::Event;
use crate::frame::Frame;
use crate::sealing::Sealing;
use crate::statement::statements;

statements! {
    Owner SETTINGS = "
        SELECT organisation_daily, professional_daily, gateway_daily, log_tag FROM keyholder.setting";
    Owner CHANGE_SETTINGS = "
        UPDATE keyholder.setting
           SET organisation_daily = $1 /* organisation */, professional_daily = $2 /* professional */,
               gateway_daily = $3 /* gateway */";
    Owner PUT_QUOTA = "
        INSERT INTO keyholder.organisation_quota (organisation_id, organisation_daily, professional_daily)
        VALUES ($1 /* id */, $2 /* organisation */, $3 /* professional */)
            ON CONFLICT (organisation_id) DO UPDATE
           SET organisation_daily = EXCLUDED.organisation_daily, professional_daily = EXCLUDED.professional_daily";
    Owner DELETE_QUOTA = "
        DELETE FROM keyholder.organisation_quota WHERE organisation_id = $1 /* id */";
    Owner QUOTAS = "
        SELECT organisation_id, organisation_daily, professional_daily
          FROM keyholder.organisation_quota ORDER BY organisation_id";
    Owner USED = "
        SELECT organisation_id, elements, exhausted_at IS NOT NULL AS exhausted
          FROM keyholder.organisation_day WHERE day = $1 /* day */ ORDER BY organisation_id";
}

/// Elements per UTC day of an organisation and of each of its professionals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Of the organisation, its own clients and the gateway on its behalf together.
    pub organisation_daily: u32,
    /// Of each professional.
    pub professional_daily: u32,
}

/// What holds where nothing else was agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defaults {
    /// For an organisation without a quota of its own.
    pub quota: Quota,
    /// Elements per UTC day of each gateway, for all organisations together.
    pub gateway_daily: u32,
}

/// What an organisation used today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// Which.
    pub organisation: OrganisationId,
    /// Elements charged.
    pub elements: u32,
    /// Whether a request was refused because of its quota.
    pub exhausted: bool,
}

/// All quotas, as the operator sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotas {
    /// Where nothing else was agreed.
    pub defaults: Defaults,
    /// Organisations with a quota of their own.
    pub organisations: Vec<(OrganisationId, Quota)>,
    /// The UTC day now.
    pub day: Date,
    /// What was used of them today.
    pub used: Vec<Used>,
}

/// Why a quota cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum QuotaError {
    /// More than 2,147,483,647.
    #[error("a quota is at most 2147483647 elements")]
    TooLarge,
    /// The database.
    #[error(transparent)]
    Keyholder(#[from] KeyholderError),
}

impl Frame {
    pub(crate) async fn set_defaults(&self, defaults: Defaults) -> Result<(), QuotaError> {
        let sealing = self.sealing().clone();
        self.database().run(SetDefaults { defaults, sealing }).await
    }

    pub(crate) async fn set_quota(
        &self,
        organisation: OrganisationId,
        quota: Option<Quota>,
    ) -> Result<(), QuotaError> {
        let sealing = self.sealing().clone();
        let work = SetQuota {
            organisation,
            quota,
            sealing,
        };
        self.database().run(work).await
    }

    pub(crate) async fn quotas(&self) -> Result<Quotas, KeyholderError> {
        self.database().run(ReadQuotas).await
    }
}

struct SetDefaults {
    defaults: Defaults,
    sealing: Sealing,
}

impl Work for SetDefaults {
    const NAME: &'static str = "set_defaults";
    const ROLE: Role = Role::Owner;
    type Output = ();
    type Error = QuotaError;

    async fn run(&self, tx: &Tx<'_>) -> Result<(), QuotaError> {
        let Defaults { quota, gateway_daily } = self.defaults;
        let parameters: Parameters<'_> = &[
            &number(quota.organisation_daily)?,
            &number(quota.professional_daily)?,
            &number(gateway_daily)?,
        ];
        let tag = tx.one(&SETTINGS, &[]).await?.tag("log_tag")?;
        tx.change_exactly(&CHANGE_SETTINGS, 1, parameters).await?;
        let quotas = json!({
            "organisationDaily": quota.organisation_daily,
            "professionalDaily": quota.professional_daily,
            "gatewayDaily": gateway_daily,
        });
        let event = Event::QuotaChanged {
            tag,
            organisation: None,
            quotas,
        };
        tx.record(&event, &self.sealing).await?;
        Ok(())
    }
}

struct SetQuota {
    organisation: OrganisationId,
    quota: Option<Quota>,
    sealing: Sealing,
}

impl Work for SetQuota {
    const NAME: &'static str = "set_quota";
    const ROLE: Role = Role::Owner;
    type Output = ();
    type Error = QuotaError;

    async fn run(&self, tx: &Tx<'_>) -> Result<(), QuotaError> {
        let OrganisationId(organisation) = self.organisation;
        let id = Uuid::from_bytes(organisation);
        let quotas = match self.quota {
            Some(quota) => {
                let (whole, each) = (
                    number(quota.organisation_daily)?,
                    number(quota.professional_daily)?,
                );
                tx.change_exactly(&PUT_QUOTA, 1, &[&id, &whole, &each]).await?;
                json!({ "organisationDaily": whole, "professionalDaily": each })
            }
            None => {
                tx.change(&DELETE_QUOTA, &[&id]).await?;
                json!({ "organisationDaily": "default", "professionalDaily": "default" })
            }
        };
        let event = Event::QuotaChanged {
            tag: 0,
            organisation: Some(organisation),
            quotas,
        };
        tx.record(&event, &self.sealing).await?;
        Ok(())
    }
}

struct ReadQuotas;

impl Work for ReadQuotas {
    const NAME: &'static str = "read_quotas";
    const ROLE: Role = Role::Owner;
    type Output = Quotas;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<Quotas, KeyholderError> {
        let settings = tx.one(&SETTINGS, &[]).await?;
        let defaults = Defaults {
            quota: quota(&settings)?,
            gateway_daily: positive(&settings, "gateway_daily")?,
        };
        let organisation = |row: &Row| {
            row.tag("organisation_id")
                .map(|id| OrganisationId(id.to_be_bytes()))
        };
        let rows = tx.rows(&QUOTAS, &[]).await?;
        let organisations = rows.iter().map(|row| Ok((organisation(row)?, quota(row)?)));
        let organisations = organisations.collect::<Result<_, KeyholderError>>()?;
        let day = day(tx.now());
        let rows = tx.rows(&USED, &[&day]).await?;
        let used = rows.iter().map(|row| {
            Ok(Used {
                organisation: organisation(row)?,
                elements: positive(row, "elements")?,
                exhausted: row.value("exhausted")?,
            })
        });
        Ok(Quotas {
            defaults,
            organisations,
            day,
            used: used.collect::<Result<_, KeyholderError>>()?,
        })
    }
}

fn quota(row: &Row) -> Result<Quota, KeyholderError> {
    Ok(Quota {
        organisation_daily: positive(row, "organisation_daily")?,
        professional_daily: positive(row, "professional_daily")?,
    })
}

fn positive(row: &Row, column: &'static str) -> Result<u32, KeyholderError> {
    u32::try_from(row.value::<i32>(column)?).map_err(|_| KeyholderError::Column { column })
}

fn number(quota: u32) -> Result<i32, QuotaError> {
    i32::try_from(quota).map_err(|_| QuotaError::TooLarge)
}
