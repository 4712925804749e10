//! `/v1/health`

use actix_web::{HttpRequest, HttpResponse, route, web};
use casework::Casework;
use protocol::health::{Health, HealthStatus};
use protocol::problem::{Problem, ProblemType};

use super::reply::{self, Reply};
use crate::State;

/// Where it is asked.
pub(super) const PATH: &str = "/v1/health";

/// Whether the service can be called: `degraded` when an operator has to look. Says no more than that.
#[utoipa::path(operation_id = "readHealth", tag = "service",
    responses(
        (status = 200, description = "It takes requests.", body = Health),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/health", method = "GET", method = "HEAD")]
pub async fn read(request: HttpRequest, state: web::Data<State>, casework: web::Data<Casework>) -> Reply {
    reply::no_query(&request)?;
    if state.drain.is_ready() {
        // 200 all the same: another instance would not be better, and families can still withdraw.
        let status = if casework.log_is_sound() {
            HealthStatus::Ok
        } else {
            HealthStatus::Degraded
        };
        Ok(HttpResponse::Ok().json(Health { status }))
    } else {
        Err(ProblemType::ShuttingDown.into())
    }
}
