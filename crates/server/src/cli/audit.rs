//! `trefpunt audit ...`

use std::path::{Path, PathBuf};

use audit_log::policy::Policy;
use clap::Subcommand;

use super::{ConfigFile, Failure, shown};
use crate::application::log_signer;
use crate::credentials::Credentials;
use crate::database::chain;
use crate::demo::download;
use crate::environment::Machine;
use crate::out;

/// The audit log.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Fetches an export of the whole log as the supervisor, for `verify-audit-log`.
    Export {
        /// The bundle to write, a tar file.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// A credentials.json with a supervisor in it.
        #[arg(long, value_name = "FILE")]
        credentials: PathBuf,
    },
    /// Prints the policy file for `verify-audit-log`: the log's name and public key. Give it to the supervisor on
    /// another way than the exports.
    Policy {
        #[command(flatten)]
        config: ConfigFile,
    },
}

impl Audit {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Export {
                out: file,
                credentials,
            } => {
                let settings = Credentials::read(credentials)?.settings_of_supervisor()?;
                let supervisor =
                    client::Supervisor::connect(settings, Machine).map_err(|e| Failure::usage(chain(&e)))?;
                let bytes = export(&supervisor, file)
                    .await
                    .map_err(|e| Failure::failed(chain(&e)))?;
                out::line(format_args!("{}: {bytes} bytes", shown(file)));
            }
            Self::Policy { config } => {
                let config = config.load()?;
                let signer = log_signer(&config.log.origin, &config.keys)?;
                out::line(Policy::text_for(signer.verifier()).trim_end());
            }
        }
        Ok(())
    }
}

/// Asks for an export and writes its bundle, which takes its place only when it is whole.
async fn export(supervisor: &client::Supervisor, file: &Path) -> Result<u64, client::Error> {
    let export = supervisor.request_export(None).await?;
    download(supervisor, export.id, file).await
}
