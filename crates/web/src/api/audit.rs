//! `/v1/audit/exports`

use std::io::{Seek, SeekFrom};

use actix_web::{HttpRequest, HttpResponse, post, route, web};
use casework::{BundleFailure, Casework};
use futures::stream;
use protocol::audit::{AuditExport, AuditExportSubmission};
use protocol::id::Id;
use protocol::problem::{Problem, ProblemType};
use service_http::JsonBody;
use service_http::problems::Refusal;
use tokio::io::AsyncReadExt;

use super::access::Supervises;
use super::refusal;
use super::reply::{self, Reply};

/// Media type of a bundle.
pub const TAR: &str = "application/x-tar";

/// How much of a bundle is sent at a time, in bytes.
const PIECE: usize = 64 * 1024;

/// Ask for an export of the audit log: since your organisation's last one, or from its start. Asking is an event too, and
/// the export reaches at least up to it. It has the openings that were agreed for you, or those of them that you name.
#[utoipa::path(operation_id = "requestExport", tag = "audit", request_body = AuditExportSubmission,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["supervise"])),
    responses(
        (status = 201, description = "The export.", body = AuditExport),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/audit/exports")]
pub async fn ask(
    request: HttpRequest,
    caller: Supervises,
    casework: web::Data<Casework>,
    body: JsonBody<AuditExportSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(casework.request_export(&caller, once, body.value).await)
}

/// An export you asked for.
#[utoipa::path(operation_id = "readExport", tag = "audit", params(("id" = Id, Path, description = "The export")),
    security(("oauth" = ["supervise"])),
    responses(
        (status = 200, description = "The export.", body = AuditExport),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/audit/exports/{id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Supervises,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_export(&caller, reply::id(&id)?).await)
}

/// The bundle of an export: a tar file that `verify-audit-log` checks without the service.
#[utoipa::path(operation_id = "readExportBundle", tag = "audit", params(("id" = Id, Path, description = "The export")),
    security(("oauth" = ["supervise"])),
    responses(
        (status = 200, description = "The bundle.", content_type = "application/x-tar", body = Vec<u8>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/audit/exports/{id}/bundle", method = "GET", method = "HEAD")]
pub async fn bundle(
    request: HttpRequest,
    caller: Supervises,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    let id = reply::id(&id)?;
    // A tar header states a size that is known only after the contents, so the bundle is made in a file first; the file
    // has no name and is gone when it was sent.
    let mut file = casework
        .write_bundle(&caller, id, tempfile::tempfile)
        .await
        .map_err(of_bundle)?;
    let size = file.seek(SeekFrom::End(0)).map_err(|_| ProblemType::TryAgain)?;
    file.rewind().map_err(|_| ProblemType::TryAgain)?;
    let pieces = stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut piece = vec![0; PIECE];
        let length = file.read(&mut piece).await?;
        piece.truncate(length);
        Ok::<_, std::io::Error>((length > 0).then(|| (web::Bytes::from(piece), file)))
    });
    Ok(HttpResponse::Ok()
        .content_type(TAR)
        .insert_header((
            "Content-Disposition",
            "attachment; filename=\"trefpunt-audit-log.tar\"",
        ))
        .no_chunking(size)
        .streaming(pieces))
}

fn of_bundle(failure: BundleFailure) -> Refusal {
    match failure {
        BundleFailure::NotFound(_) => ProblemType::NotFound.into(),
        BundleFailure::NotYetCovered => ProblemType::TryAgain.into(),
        BundleFailure::Store(error) => refusal::of_store(error),
        BundleFailure::Bundle(_) | BundleFailure::DamagedLeaf(_) | BundleFailure::DamagedOpening => {
            tracing::error!(error = %failure, "a bundle cannot be written");
            ProblemType::InternalError.into()
        }
    }
}
