//! `trefpunt audit ...`

mod erase;
mod keep;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use protocol::OrganisationId;
use protocol::audit::{AuditExportSubmission, EventName, ExportFrom, OpeningScope};

use super::{Failure, shown};
use crate::credentials::Credentials;
use crate::database::chain;
use crate::demo::download;
use crate::environment::Machine;
use crate::out;

/// The audit log.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Fetches an export of the log as the supervisor, for `verify-audit-log`.
    Export {
        /// The bundle to write, a tar file.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// A credentials.json with a supervisor in it.
        #[arg(long, value_name = "FILE")]
        credentials: PathBuf,
        /// Where it begins: where the last export of this supervisor ended, or with the first entry.
        #[arg(long, value_name = "last|start", default_value = "last", value_parser = export_from)]
        from: ExportFrom,
        /// Openings of this event only; may be given several times.
        #[arg(long = "event", value_name = "NAME")]
        events: Vec<EventName>,
        /// Openings of this organisation only; may be given several times.
        #[arg(long = "organisation", value_name = "ORG")]
        organisations: Vec<OrganisationId>,
    },
    /// Erases what stands behind the log about a professional or about records.
    Erase(erase::Erase),
    /// After a restore from a backup: erases again what a later export says was erased.
    ReplayErasures(erase::ReplayErasures),
    /// Decides which openings a supervisor may have in its exports.
    Scope(erase::Scope),
    Policy(keep::PolicyArguments),
    /// The anchor of the log.
    #[command(subcommand)]
    Anchor(keep::Anchor),
    RotateKey(keep::RotateKey),
    NewOrigin(keep::NewOrigin),
    Scrub(keep::Scrub),
    Tiles(keep::Tiles),
}

impl Audit {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Export {
                out: file,
                credentials,
                from,
                events,
                organisations,
            } => {
                let wanted = AuditExportSubmission {
                    from: Some(*from),
                    scope: Some(OpeningScope {
                        events: (!events.is_empty()).then(|| events.clone()),
                        organisations: (!organisations.is_empty()).then(|| organisations.clone()),
                    }),
                };
                let settings = Credentials::read(credentials)?.settings_of_supervisor()?;
                let supervisor =
                    client::Supervisor::connect(settings, Machine).map_err(|e| Failure::usage(chain(&e)))?;
                let bytes = export(&supervisor, &wanted, file)
                    .await
                    .map_err(|e| Failure::failed(chain(&e)))?;
                out::line(format_args!("{}: {bytes} bytes", shown(file)));
            }
            Self::Erase(erase) => erase.run().await?,
            Self::ReplayErasures(replay) => replay.run().await?,
            Self::Scope(scope) => scope.run().await?,
            Self::Policy(policy) => policy.run()?,
            Self::Anchor(anchor) => anchor.run().await?,
            Self::RotateKey(rotate) => rotate.run().await?,
            Self::NewOrigin(new) => new.run().await?,
            Self::Scrub(scrub) => scrub.run().await?,
            Self::Tiles(tiles) => tiles.run().await?,
        }
        Ok(())
    }
}

fn export_from(text: &str) -> Result<ExportFrom, String> {
    text.parse().map_err(|_| "`last` or `start`".to_owned())
}

/// Asks for an export and writes its bundle, which takes its place only when it is whole.
async fn export(
    supervisor: &client::Supervisor,
    wanted: &AuditExportSubmission,
    file: &Path,
) -> Result<u64, client::Error> {
    let export = supervisor.request_export(wanted, None).await?;
    download(supervisor, export.id, file).await
}
