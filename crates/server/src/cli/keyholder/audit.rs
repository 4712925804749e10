//! `trefpunt keyholder audit ...`

use std::io::Seek as _;
use std::path::{Path, PathBuf};

use audit_log::checkpoint::LogSigner;
use audit_log::policy::Policy;
use clap::Subcommand;
use keyholder::ExportError;

use super::KeyholderFile;
use crate::cli::{Failure, shown};
use crate::files::{self, Readers};
use crate::out;

/// The keyholder's own audit log.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Audit {
    /// Writes the whole log to a bundle, for `verify-audit-log`.
    Export {
        #[command(flatten)]
        config: KeyholderFile,
        /// The bundle to write, a tar file.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Prints the policy file for `verify-audit-log`: the log's name and public key.
    Policy(KeyholderFile),
}

impl Audit {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Export { config, out: file } => {
                let bytes = config
                    .operate(async |operator| export(operator, file).await)
                    .await?;
                out::line(format_args!("{}: {bytes} bytes", shown(file)));
            }
            Self::Policy(config) => {
                let config = config.load()?;
                let signer = LogSigner::from_seed(&config.log.origin, config.keys.log.expose())
                    .map_err(|_| Failure::usage("the audit log cannot have this name"))?;
                out::line(Policy::text_for(signer.verifier()).trim_end());
            }
        }
        Ok(())
    }
}

/// Writes the bundle beside its place and moves it there when it is whole.
async fn export(operator: &keyholder::Operator, file: &Path) -> Result<u64, Failure> {
    let unfinished = file.with_extension("tar.new");
    let output = files::create(&unfinished, Readers::Owner).map_err(Failure::failed)?;
    let mut output = operator.export_log(output).await?;
    let bytes = output.stream_position().map_err(Failure::failed)?;
    output.sync_all().map_err(Failure::failed)?;
    std::fs::rename(&unfinished, file).map_err(Failure::failed)?;
    Ok(bytes)
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Keyholder(error) => error.into(),
            error => Self::failed(error),
        }
    }
}
