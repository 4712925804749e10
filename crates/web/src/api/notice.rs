//! `/v1/notices`

use std::time::Duration;

use actix_web::{HttpRequest, post, route, web};
use casework::Casework;
use protocol::id::Id;
use protocol::notice::{
    Acknowledgement, AcknowledgementSubmission, Notice, NoticeParameters, NoticeQuery, UnreadNotice,
};
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;
use protocol::signal::{ArchivedSignal, OpeningSubmission};
use service_http::JsonBody;
use service_http::drain::{Drain, Phase};
use service_http::parameters::Parameters;
use service_http::places;
use service_http::problems::Refusal;

use super::access::{Coordinates, Signals};
use super::reply::{self, Reply};
use crate::State;

/// Your organisation's inbox: the notices it has not acknowledged, oldest first. With `wait` it is told what is new: at once
/// when something came behind the cursor, else as soon as something comes, else with an empty page. Acknowledge what you kept;
/// what is not acknowledged comes again to whoever asks without a cursor.
#[utoipa::path(operation_id = "listNotices", tag = "notices", params(NoticeParameters), security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "A page of notices.", body = Page<Notice>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/notices", method = "GET", method = "HEAD")]
pub async fn list(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    state: web::Data<State>,
) -> Reply {
    let query = notice_query(&request)?;
    match query.wait {
        None => reply::look(casework.list_notices(&caller, query.page).await),
        Some(seconds) => {
            let given_up = given_up(&state.drain, Duration::from_secs(seconds.into()));
            // Who waits for something to happen takes no place of who has work for the service.
            let waiting = casework.wait_for_notices(&caller, &query.page, given_up);
            reply::look(places::aside(&request, waiting).await?)
        }
    }
}

/// Ends after this time, or when the server is about to stop.
async fn given_up(drain: &Drain, time: Duration) {
    // Either way there is nothing to wait for any more.
    tokio::time::timeout(time, drain.reached(Phase::Draining))
        .await
        .ok();
}

fn notice_query(request: &HttpRequest) -> Result<NoticeQuery, Refusal> {
    let mut parameters = Parameters::of_query(request, &["limit", "cursor", "wait"])?;
    Ok(NoticeQuery::parse(NoticeParameters {
        limit: parameters.take("limit"),
        cursor: parameters.take("cursor"),
        wait: parameters.take("wait"),
    })?)
}

/// One notice of your organisation, also after it was acknowledged, as long as what it is about exists.
#[utoipa::path(operation_id = "readNotice", tag = "notices", params(("id" = Id, Path, description = "The notice")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "The notice.", body = Notice),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/notices/{id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_notice(&caller, reply::id(&id)?).await)
}

/// Say that you saw a notice; it leaves the inbox for good.
#[utoipa::path(operation_id = "acknowledgeNotice", tag = "notices", request_body = AcknowledgementSubmission,
    params(("id" = Id, Path, description = "The notice"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "Acknowledged.", body = Acknowledgement),
        (status = 200, description = "It was acknowledged before.", body = Acknowledgement),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/notices/{id}/acknowledgements")]
pub async fn acknowledge(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<AcknowledgementSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(casework.acknowledge_notice(&caller, once, reply::id(&id)?).await)
}

/// Notices that nobody in your organisation acknowledged within two working days, oldest first, with whom each waits for.
#[utoipa::path(operation_id = "listUnreadNotices", tag = "notices", params(PageParameters),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 200, description = "A page of notices.", body = Page<UnreadNotice>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/unread-notices", method = "GET", method = "HEAD")]
pub async fn list_unread(request: HttpRequest, caller: Coordinates, casework: web::Data<Casework>) -> Reply {
    reply::look(
        casework
            .list_unread_notices(&caller, reply::page_query(&request)?)
            .await,
    )
}

/// Ask what a notice from the archive is about: which organisation had a signal about the child, from when to when. Nothing
/// else is kept. Why you ask is written in the audit log.
#[utoipa::path(operation_id = "openArchiveNotice", tag = "notices", request_body = OpeningSubmission,
    params(("id" = Id, Path, description = "The notice"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "What there was.", body = ArchivedSignal),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/notices/{id}/openings")]
pub async fn open_archive(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<OpeningSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .open_archive_notice(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}
