//! `/v1/mail-settings`

use actix_web::{HttpRequest, post, route, web};
use casework::Casework;
use protocol::mail::{MailSettings, MailSettingsChange};
use protocol::problem::Problem;
use service_http::JsonBody;

use super::access::Coordinates;
use super::reply::{self, Reply};

/// Where your organisation's coordinator is mailed that messages wait, and which addresses could not be mailed. A mail says that
/// there are messages and nothing else; one address gets one in a quarter of an hour at most.
#[utoipa::path(operation_id = "readMailSettings", tag = "notices", security(("oauth" = ["coordinate"])),
    responses(
        (status = 200, description = "The settings.", body = MailSettings),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/mail-settings", method = "GET", method = "HEAD")]
pub async fn read(request: HttpRequest, caller: Coordinates, casework: web::Data<Casework>) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_mail_settings(&caller).await)
}

/// Say where to mail your organisation's coordinator, or that it is not to be mailed.
#[utoipa::path(operation_id = "changeMailSettings", tag = "notices", request_body = MailSettingsChange,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "It is so from now on.", body = MailSettings),
        (status = 200, description = "It was so before.", body = MailSettings),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/mail-settings/changes")]
pub async fn change(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    body: JsonBody<MailSettingsChange>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(casework.change_mail_settings(&caller, once, body.value).await)
}
