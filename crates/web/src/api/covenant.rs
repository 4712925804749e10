//! `/v1/covenant`

use actix_web::{HttpRequest, route, web};
use casework::Casework;
use protocol::covenant::Covenant;
use protocol::problem::Problem;

use super::access::Signals;
use super::reply::{self, Reply};

/// What your region agreed: grounds, days, who may do what.
#[utoipa::path(operation_id = "readCovenant", tag = "signals", security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "The covenant that your organisation signed.", body = Covenant),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/covenant", method = "GET", method = "HEAD")]
pub async fn read(request: HttpRequest, caller: Signals, casework: web::Data<Casework>) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_covenant(&caller).await)
}
