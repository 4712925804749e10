//! `/v1/health`

use actix_web::{HttpRequest, HttpResponse, route, web};
use protocol::health::{Health, HealthStatus};
use protocol::problem::ProblemType;

use super::{Reply, State, no_query};

pub(super) const PATH: &str = "/v1/health";

/// Whether the keyholder can be called. Says no more than that.
#[route("/v1/health", method = "GET", method = "HEAD")]
pub(super) async fn read(request: HttpRequest, state: web::Data<State>) -> Reply {
    no_query(&request)?;
    if state.drain.is_ready() {
        let status = HealthStatus::Ok;
        Ok(HttpResponse::Ok().json(Health { status }))
    } else {
        Err(ProblemType::ShuttingDown.into())
    }
}
