//! `trefpunt keyholder quota ...`

use clap::{Args, Subcommand};
use keyholder::{Defaults, Quota as Quotas, QuotaError};
use protocol::OrganisationId;
use serde_json::json;

use super::KeyholderFile;
use crate::cli::Failure;
use crate::out;

/// How much may be evaluated in a UTC day.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Quota {
    /// Sets the quota of one organisation, or what holds for all others. Takes effect with the next request.
    Set(Set),
    /// Shows the quotas, and what was used of them today.
    Show {
        #[command(flatten)]
        config: KeyholderFile,
        /// One JSON object in place of text.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Set {
    #[command(flatten)]
    config: KeyholderFile,
    /// For this organisation; without it, what holds where nothing else was agreed.
    #[arg(long, value_name = "ID")]
    organisation: Option<OrganisationId>,
    /// Evaluations per day of an organisation.
    #[arg(long, value_name = "N", required_unless_present = "default")]
    organisation_daily: Option<u32>,
    /// Evaluations per day of each of its professionals.
    #[arg(long, value_name = "N", required_unless_present = "default")]
    professional_daily: Option<u32>,
    /// Evaluations per day of the service's gateway, for all organisations together.
    #[arg(
        long,
        value_name = "N",
        required_unless_present = "organisation",
        conflicts_with = "organisation"
    )]
    gateway_daily: Option<u32>,
    /// Takes the organisation back to what holds for all others.
    #[arg(long, requires = "organisation", conflicts_with_all = ["organisation_daily", "professional_daily"])]
    default: bool,
}

impl Quota {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Set(set) => set.run().await,
            Self::Show { config, json } => show(config, *json).await,
        }
    }
}

impl Set {
    async fn run(&self) -> Result<(), Failure> {
        let quota = match (self.organisation_daily, self.professional_daily) {
            (Some(organisation_daily), Some(professional_daily)) => Some(Quotas {
                organisation_daily,
                professional_daily,
            }),
            _ => None,
        };
        self.config
            .operate(async |operator| {
                match (self.organisation, quota, self.gateway_daily) {
                    (Some(organisation), quota, _) => operator.set_quota(organisation, quota).await?,
                    (None, Some(quota), Some(gateway_daily)) => {
                        let defaults = Defaults { quota, gateway_daily };
                        operator.set_default_quotas(defaults).await?;
                    }
                    _ => return Err(Failure::usage("give all three daily numbers")),
                }
                Ok(())
            })
            .await?;
        out::line("Holds from the next request on.");
        Ok(())
    }
}

async fn show(config: &KeyholderFile, json: bool) -> Result<(), Failure> {
    let quotas = config
        .operate(async |operator| Ok(operator.quotas().await?))
        .await?;
    let defaults = quotas.defaults;
    if json {
        let each = |quota: Quotas| json!({"organisationDaily": quota.organisation_daily, "professionalDaily": quota.professional_daily});
        let organisations = quotas
            .organisations
            .iter()
            .map(|(id, quota)| json!({"organisation": id, "quota": each(*quota)}));
        let used = quotas.used.iter().map(
            |used| json!({"organisation": used.organisation, "elements": used.elements, "exhausted": used.exhausted}),
        );
        out::json(&json!({
            "default": each(defaults.quota), "gatewayDaily": defaults.gateway_daily,
            "organisations": organisations.collect::<Vec<_>>(), "day": quotas.day.to_string(),
            "used": used.collect::<Vec<_>>(),
        }));
        return Ok(());
    }
    let row = |who: String, quota: Quotas| {
        [
            who,
            quota.organisation_daily.to_string(),
            quota.professional_daily.to_string(),
        ]
    };
    let mut rows = vec![["ORGANISATION", "A DAY", "EACH PROFESSIONAL"].map(str::to_owned)];
    rows.push(row("(default)".to_owned(), defaults.quota));
    for (organisation, quota) in &quotas.organisations {
        rows.push(row(organisation.to_string(), *quota));
    }
    out::table(&rows);
    out::line(format_args!(
        "The gateway: {} a day in all.",
        defaults.gateway_daily
    ));
    out::line(format_args!("Used on {} (UTC):", quotas.day));
    for used in &quotas.used {
        let exhausted = if used.exhausted {
            ", and asked for more"
        } else {
            ""
        };
        out::line(format_args!(
            "  {}: {}{exhausted}",
            used.organisation, used.elements
        ));
    }
    Ok(())
}

impl From<QuotaError> for Failure {
    fn from(error: QuotaError) -> Self {
        match error {
            QuotaError::Keyholder(error) => error.into(),
            error => Self::usage(error),
        }
    }
}
