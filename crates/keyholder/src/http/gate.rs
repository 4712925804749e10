//! `/v1/gate-shares`, for partners, and `/v1/gate-tombstones`, for the matcher's gateway alone.

use actix_web::{HttpRequest, HttpResponse, post, web};
use protocol::gate::{GateShareRequest, Tombstones};
use service_http::JsonBody;

use super::access::{Buries, Shares};
use super::{Reply, State, no_query, refusal};
use crate::metrics::Metrics;

pub(super) const SHARES: &str = "/v1/gate-shares";
pub(super) const TOMBSTONES: &str = "/v1/gate-tombstones";

/// Releases the share for one message to a party of a consent that stands.
#[post("/v1/gate-shares")]
pub(super) async fn release(
    request: HttpRequest,
    client: Shares,
    state: web::Data<State>,
    metrics: web::Data<Metrics>,
    body: JsonBody<GateShareRequest>,
) -> Reply {
    no_query(&request)?;
    let released = state.frame.release_share(&client.0, body.value).await;
    metrics.gate_answered(&released);
    Ok(HttpResponse::Ok().json(released.map_err(refusal::of_gate)?))
}

/// Takes word of consents that ended. Told again, it is as told once.
#[post("/v1/gate-tombstones")]
pub(super) async fn tell(
    request: HttpRequest,
    client: Buries,
    state: web::Data<State>,
    metrics: web::Data<Metrics>,
    body: JsonBody<Tombstones>,
) -> Reply {
    no_query(&request)?;
    let told = state.frame.take_tombstones(&client.0, body.value).await;
    metrics.consents_ended(told.map_err(refusal::of_keyholder)?);
    Ok(HttpResponse::NoContent().finish())
}
