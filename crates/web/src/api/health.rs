//! `/v1/health`

use actix_web::{HttpRequest, HttpResponse, route, web};
use protocol::health::{Health, HealthStatus};
use protocol::problem::{Problem, ProblemType};

use super::reply::{self, Reply};
use crate::State;

/// Whether the service can be called. Says no more than that.
#[utoipa::path(operation_id = "readHealth", tag = "service",
    responses(
        (status = 200, description = "It takes requests.", body = Health),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/health", method = "GET", method = "HEAD")]
pub async fn read(request: HttpRequest, state: web::Data<State>) -> Reply {
    reply::no_query(&request)?;
    if state.drain.is_ready() {
        Ok(HttpResponse::Ok().json(Health {
            status: HealthStatus::Ok,
        }))
    } else {
        Err(ProblemType::ShuttingDown.into())
    }
}
