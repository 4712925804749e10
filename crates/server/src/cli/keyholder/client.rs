//! `trefpunt keyholder client ...`

use clap::{Args, Subcommand};
use keyholder::{ClientError, ClientRole, NewClient};
use protocol::text::Base64Url;
use protocol::{ClientId, OrganisationId};
use serde_json::json;

use super::KeyholderFile;
use crate::cli::Failure;
use crate::out;

/// Who may ask.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Client {
    /// Lets a client in. A partner uses the client id and key it has at the service.
    Add(Add),
    /// Lists the clients.
    List {
        #[command(flatten)]
        config: KeyholderFile,
        /// One JSON array in place of a table.
        #[arg(long)]
        json: bool,
    },
    /// Shuts a client out, at once and for good.
    Disable {
        #[command(flatten)]
        config: KeyholderFile,
        /// The client's id.
        client: ClientId,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Add {
    #[command(flatten)]
    config: KeyholderFile,
    /// The client's id.
    #[arg(long, value_name = "ID")]
    client_id: ClientId,
    /// The client's Ed25519 public key, 43 characters of base64url.
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    client_key: Base64Url<32>,
    /// The partner's organisation, `org_...`, as the service names it: whose quota its evaluations are charged to.
    #[arg(
        long,
        value_name = "ID",
        required_unless_present = "gateway",
        conflicts_with = "gateway"
    )]
    organisation: Option<OrganisationId>,
    /// The service itself: evaluates on behalf of partners that send keyed hashes, and rotates the key.
    #[arg(long)]
    gateway: bool,
}

impl Client {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List { config, json } => list(config, *json).await,
            Self::Disable { config, client } => {
                config
                    .operate(async |operator| Ok(operator.disable_client(client).await?))
                    .await?;
                out::line(format_args!("{client} may do nothing any more."));
                Ok(())
            }
        }
    }
}

impl Add {
    async fn run(&self) -> Result<(), Failure> {
        let client = NewClient {
            id: self.client_id.clone(),
            role: self.organisation.map_or(ClientRole::Gateway, ClientRole::Partner),
            public_key: self.client_key.0,
        };
        let role = client.role.name();
        self.config
            .operate(async |operator| Ok(operator.register_client(client).await?))
            .await?;
        out::line(format_args!("{} may ask, as {role}.", self.client_id));
        Ok(())
    }
}

async fn list(config: &KeyholderFile, json: bool) -> Result<(), Failure> {
    let clients = config
        .operate(async |operator| Ok(operator.clients().await?))
        .await?;
    let mut rows = vec![["CLIENT", "ROLE", "ORGANISATION", "STATE"].map(str::to_owned)];
    let mut list = Vec::new();
    for client in clients {
        let organisation = match client.role {
            ClientRole::Partner(organisation) => Some(organisation),
            ClientRole::Gateway => None,
        };
        list.push(json!({
            "clientId": client.id, "role": client.role.name(), "organisation": organisation,
            "clientKey": Base64Url(client.public_key), "registeredAt": client.registered_at,
            "disabledAt": client.disabled_at,
        }));
        let state = if client.disabled_at.is_some() {
            "disabled"
        } else {
            "enabled"
        };
        rows.push([
            client.id,
            client.role.name().to_owned(),
            organisation.map(|id| id.to_string()).unwrap_or_default(),
            state.to_owned(),
        ]);
    }
    if json {
        out::json(&list);
    } else {
        out::table(&rows);
    }
    Ok(())
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Keyholder(error) => error.into(),
            error => Self::usage(error),
        }
    }
}
