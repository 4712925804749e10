//! `/metrics`, on the operator's own address.

use actix_web::{HttpRequest, HttpResponse, route, web};
use protocol::problem::ProblemType;

use super::{Reply, State, no_query, refusal};
use crate::metrics::{MEDIA_TYPE, Metrics, ReadGateNumbers, ReadQuotaUse};

pub(super) const PATH: &str = "/metrics";

/// Every number.
#[route("/metrics", method = "GET", method = "HEAD")]
pub(super) async fn read(
    request: HttpRequest,
    state: web::Data<State>,
    metrics: web::Data<Metrics>,
) -> Reply {
    no_query(&request)?;
    let used = state.frame.database().run(ReadQuotaUse).await;
    metrics.set_quota_use(&used.map_err(refusal::of_keyholder)?);
    let gate = state.frame.database().run(ReadGateNumbers).await;
    metrics.set_gate(&gate.map_err(refusal::of_keyholder)?);
    let text = metrics.text().map_err(|_| ProblemType::InternalError)?;
    Ok(HttpResponse::Ok().content_type(MEDIA_TYPE).body(text))
}
