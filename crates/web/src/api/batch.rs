//! `/v1/signals/batches`, and what a supervisor decides about lines that are held

use actix_web::{HttpRequest, post, route, web};
use casework::{Casework, Upload};
use protocol::batch::{
    Batch, BatchLine, BatchWithdrawalSubmission, HeldDecided, HeldDecisionSubmission, MAX_BATCH_BYTES, NDJSON,
};
use protocol::id::Id;
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;
use protocol::signal::SignalSubmission;
use service_http::idempotency::OnceStreamed;
use service_http::problems::Refusal;
use service_http::{JsonBody, StreamBody};

use super::access::{Coordinates, Signals, Supervises};
use super::refusal;
use super::reply::{self, Reply};
use crate::State;

/// Give many signals at once: one JSON object on each line (NDJSON), each the body of `POST /v1/signals`; at most 100,000 lines,
/// 64 MiB in all and 16 KiB a line. The batch is answered when all of it has arrived and worked off afterwards; what came of
/// each line is read with `GET /v1/signals/batches/{id}/lines`. A line at fault stops no other. When the request breaks off, send
/// the same again under the same key: it goes on where it ended. What is over the covenant's number of signals an hour is held.
#[utoipa::path(operation_id = "submitBatch", tag = "signals",
    request_body(content = SignalSubmission, content_type = "application/x-ndjson", description = "One object of this kind on each line."),
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 202, description = "All of it arrived; nothing is done with it yet.", body = Batch),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/signals/batches")]
pub async fn submit(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    payload: web::Payload,
) -> Reply {
    reply::no_query(&request)?;
    // Before anything is asked of the client: it may still hold the body back.
    let key = OnceStreamed::key(&request)?;
    let sender = caller.client.as_str();
    let mut body = StreamBody::open(&request, payload.into_inner(), NDJSON, MAX_BATCH_BYTES, sender)?;
    let once = OnceStreamed::of(&request, key, &caller.client, body.length());
    let upload = casework.begin_batch(&caller, once.key, once.fingerprint, body.length());
    let mut upload = upload.await.map_err(refusal::of)?;
    if let Err(refusal) = receive(&mut upload, &mut body).await {
        // So that the next attempt goes on at once.
        upload.let_go().await;
        return Err(refusal);
    }
    reply::act(upload.complete().await)
}

async fn receive(upload: &mut Upload, body: &mut StreamBody) -> Result<(), Refusal> {
    while let Some(part) = body.next().await? {
        upload.take(&part).await.map_err(refusal::of)?;
    }
    Ok(())
}

/// The batches of your organisation, newest first.
#[utoipa::path(operation_id = "listBatches", tag = "signals", params(PageParameters), security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "A page of batches.", body = Page<Batch>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/signals/batches", method = "GET", method = "HEAD")]
pub async fn list(request: HttpRequest, caller: Signals, casework: web::Data<Casework>) -> Reply {
    reply::look(casework.list_batches(&caller, reply::page_query(&request)?).await)
}

/// Where a batch of your organisation stands.
#[utoipa::path(operation_id = "readBatch", tag = "signals", params(("id" = Id, Path, description = "The batch")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "The batch.", body = Batch),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/signals/batches/{id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_batch(&caller, reply::id(&id)?).await)
}

/// What came of each line of a batch of your organisation, in their order.
#[utoipa::path(operation_id = "listBatchLines", tag = "signals", params(("id" = Id, Path, description = "The batch"), PageParameters),
    security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "A page of lines.", body = Page<BatchLine>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/signals/batches/{id}/lines", method = "GET", method = "HEAD")]
pub async fn lines(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    state: web::Data<State>,
    id: web::Path<String>,
) -> Reply {
    let query = reply::page_query(&request)?;
    reply::look(
        casework
            .list_batch_lines(&caller, reply::id(&id)?, query, &state.base)
            .await,
    )
}

/// Take a batch back: lines that were not worked off have no effect and are destroyed. Signals that were given stay; end them
/// one by one.
#[utoipa::path(operation_id = "withdrawBatch", tag = "signals", request_body = BatchWithdrawalSubmission,
    params(("id" = Id, Path, description = "The batch"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "It is over.", body = Batch),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/signals/batches/{id}/withdrawals")]
pub async fn withdraw(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<BatchWithdrawalSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(casework.withdraw_batch(&caller, once, reply::id(&id)?).await)
}

/// Decide about the lines of a batch that an alert says are held: release them, or refuse them.
#[utoipa::path(operation_id = "decideAlert", tag = "audit", request_body = HeldDecisionSubmission,
    params(("id" = Id, Path, description = "The alert"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["supervise"])),
    responses(
        (status = 201, description = "It is decided.", body = HeldDecided),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/alerts/{id}/decisions")]
pub async fn decide(
    request: HttpRequest,
    caller: Supervises,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<HeldDecisionSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let alert = reply::id(&id)?;
    reply::act(
        casework
            .decide_held(&caller, once, alert, body.value.decision)
            .await,
    )
}
