//! `/v1/statistics` for municipalities and `/v1/audit/statistics` for supervisors

use actix_web::{HttpRequest, route, web};
use casework::Casework;
use protocol::problem::Problem;
use protocol::statistics::{Quarter, Statistics, StatisticsParameters};
use service_http::parameters::Parameters;
use service_http::problems::Refusal;

use super::access::{Municipalities, Supervises};
use super::reply::{self, Reply};

/// What was counted in a quarter in the covenants that you answer for.
#[utoipa::path(operation_id = "readStatistics", tag = "statistics", params(StatisticsParameters),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 200, description = "The statistics.", body = Statistics),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/statistics", method = "GET", method = "HEAD")]
pub async fn read(request: HttpRequest, caller: Municipalities, casework: web::Data<Casework>) -> Reply {
    reply::look(casework.read_statistics(&caller, quarter(&request)?).await)
}

/// What was counted in a quarter in every covenant of the network, and in the network.
#[utoipa::path(operation_id = "readNetworkStatistics", tag = "statistics", params(StatisticsParameters),
    security(("oauth" = ["supervise"])),
    responses(
        (status = 200, description = "The statistics.", body = Statistics),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/audit/statistics", method = "GET", method = "HEAD")]
pub async fn read_all(request: HttpRequest, caller: Supervises, casework: web::Data<Casework>) -> Reply {
    reply::look(casework.read_statistics(&caller, quarter(&request)?).await)
}

fn quarter(request: &HttpRequest) -> Result<Option<Quarter>, Refusal> {
    let mut parameters = Parameters::of_query(request, &["quarter"])?;
    let parameters = StatisticsParameters {
        quarter: parameters.take("quarter"),
    };
    Ok(parameters.parse()?)
}
