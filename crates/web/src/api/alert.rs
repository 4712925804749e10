//! `/v1/alerts`

use actix_web::{HttpRequest, route, web};
use casework::Casework;
use protocol::alert::Alert;
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;

use super::access::Supervises;
use super::reply::{self, Reply};

/// What you are to know at once, newest first: organisations that gave more signals in an hour than their covenant allows.
#[utoipa::path(operation_id = "listAlerts", tag = "audit", params(PageParameters), security(("oauth" = ["supervise"])),
    responses(
        (status = 200, description = "A page of alerts.", body = Page<Alert>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/alerts", method = "GET", method = "HEAD")]
pub async fn list(request: HttpRequest, caller: Supervises, casework: web::Data<Casework>) -> Reply {
    reply::look(casework.list_alerts(&caller, reply::page_query(&request)?).await)
}
