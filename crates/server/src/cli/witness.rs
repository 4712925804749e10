//! `trefpunt witness ...`: a witness of audit logs, run by somebody else than the log.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use actix_web::http::StatusCode;
use actix_web::{App, HttpResponse, HttpServer, web};
use audit_log::cosignature::WitnessSigner;
use audit_log::policy::Policy;
use clap::Subcommand;

use super::{Failure, asked_to_stop, shown};
use crate::data_directory::seed;
use crate::files::{self, Readers};
use crate::logging::{self, Form};
use crate::witness::{MAX_REQUEST_BYTES, Witness, WitnessAnswer};
use crate::{environment, out};

/// A witness of audit logs.
#[derive(Debug, Subcommand)]
pub(super) enum WitnessCommand {
    /// Makes the directory of a witness, with its key, and prints what its logs need to know.
    Init {
        /// The directory.
        dir: PathBuf,
        /// Its name, such as witness.example/trefpunt: no spaces and no plus sign.
        #[arg(long)]
        name: String,
    },
    /// Cosigns the checkpoints of the logs in DIR/policy until SIGTERM or SIGINT: `POST /add-checkpoint`.
    Serve {
        /// The directory that `init` made.
        dir: PathBuf,
        /// Where it listens; put a proxy that ends TLS before it.
        #[arg(long, default_value = "127.0.0.1:8490")]
        listen: SocketAddr,
    },
}

impl WitnessCommand {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Init { dir, name } => init(dir, name),
            Self::Serve { dir, listen } => serve(dir, *listen).await,
        }
    }
}

fn init(dir: &Path, name: &str) -> Result<(), Failure> {
    files::make_dir(dir, Readers::Everyone)?;
    let signer = WitnessSigner::from_seed(name, &*seed(&dir.join("key"))?)
        .map_err(|error| Failure::usage(format_args!("{name:?}: {error}")))?;
    let name_file = dir.join("name");
    if name_file.exists() && files::read(&name_file)?.trim_end() != name {
        return Err(Failure::usage(format_args!(
            "{} has another name in it",
            shown(&name_file)
        )));
    }
    files::write(&name_file, format!("{name}\n").as_bytes(), Readers::Everyone)?;
    out::line(format_args!("Made {}. What is left to do:", shown(dir)));
    out::line(format_args!(
        "  {}: the audit-policy of each log that it follows",
        shown(&dir.join("policy"))
    ));
    out::line(format_args!("  trefpunt witness serve {}", shown(dir)));
    out::line(
        "  in the settings of the log: [log] witnesses = [\"KEY ADDRESS\"]; in its policy: a witness line. KEY is",
    );
    out::line(signer.verifier());
    Ok(())
}

/// A witness as its directory describes it.
fn open(dir: &Path) -> Result<Witness, Failure> {
    let name = files::read(&dir.join("name"))?;
    let key = dir.join("key");
    if !key.exists() {
        return Err(Failure::usage(format_args!(
            "{}: not there; run `trefpunt witness init`",
            shown(&key)
        )));
    }
    let signer = WitnessSigner::from_seed(name.trim_end(), &*seed(&key)?).map_err(Failure::usage)?;
    let policy = dir.join("policy");
    let policy = Policy::parse(files::read(&policy)?.as_bytes())
        .map_err(|error| Failure::usage(format_args!("{}: {error}", shown(&policy))))?;
    Ok(Witness::open(dir, signer, policy)?)
}

async fn serve(dir: &Path, listen: SocketAddr) -> Result<(), Failure> {
    logging::start(Form::Json, "info,actix_server=warn");
    let witness = web::Data::new(open(dir)?);
    let listener = TcpListener::bind(listen)
        .map_err(|error| Failure::failed(format_args!("cannot listen on {listen}: {error}")))?;
    let address = listener.local_addr().map_err(Failure::failed)?;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(witness.clone())
            .app_data(web::PayloadConfig::new(MAX_REQUEST_BYTES))
            .route("/add-checkpoint", web::post().to(add_checkpoint))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)
    .map_err(Failure::failed)?
    .run();
    let handle = server.handle();
    let serving = tokio::spawn(server);
    tracing::info!(%address, "the witness is ready");
    asked_to_stop().await?;
    handle.stop(true).await;
    serving.await.map_err(Failure::failed)?.map_err(Failure::failed)
}

async fn add_checkpoint(witness: web::Data<Witness>, body: web::Bytes) -> HttpResponse {
    // It waits for the disk.
    let asked = web::block(move || witness.add_checkpoint(&body, environment::now())).await;
    match asked {
        Ok(Ok(WitnessAnswer::Signed(line))) => HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .body(line),
        Ok(Ok(WitnessAnswer::Conflict(size))) => HttpResponse::Conflict()
            .content_type("text/x.tlog.size")
            .body(format!("{size}\n")),
        Ok(Ok(WitnessAnswer::Refused(status, why))) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            HttpResponse::build(status)
                .content_type("text/plain; charset=utf-8")
                .body(format!("{why}\n"))
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "what was signed cannot be kept, so nothing is signed");
            HttpResponse::InternalServerError().finish()
        }
        Err(error) => {
            tracing::error!(%error, "a request was interrupted");
            HttpResponse::InternalServerError().finish()
        }
    }
}
