//! `/v1/follow-up-tasks`

use actix_web::{HttpRequest, post, route, web};
use casework::Casework;
use protocol::follow_up::{FollowUpTask, MarkSubmission, Marked};
use protocol::id::Id;
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;
use service_http::JsonBody;

use super::access::FollowsUp;
use super::reply::{self, Reply};

/// Matches whose deadline passed without contact, the oldest first. A page may hold fewer than asked and yet have a next.
/// Looking is recorded for each match on the page.
#[utoipa::path(operation_id = "listFollowUpTasks", tag = "follow-up", params(PageParameters),
    security(("oauth" = ["follow-up"])),
    responses(
        (status = 200, description = "A page of tasks.", body = Page<FollowUpTask>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/follow-up-tasks", method = "GET", method = "HEAD")]
pub async fn list(request: HttpRequest, caller: FollowsUp, casework: web::Data<Casework>) -> Reply {
    reply::look(
        casework
            .list_follow_up_tasks(&caller, reply::page_query(&request)?)
            .await,
    )
}

/// One of these matches. It exists only while contact is missing.
#[utoipa::path(operation_id = "readFollowUpTask", tag = "follow-up", params(("id" = Id, Path, description = "The task")),
    security(("oauth" = ["follow-up"])),
    responses(
        (status = 200, description = "The task.", body = FollowUpTask),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/follow-up-tasks/{id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: FollowsUp,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_follow_up_task(&caller, reply::id(&id)?).await)
}

/// Note what you did about it.
#[utoipa::path(operation_id = "markFollowUpTask", tag = "follow-up", request_body = MarkSubmission,
    params(("id" = Id, Path, description = "The task"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["follow-up"])),
    responses(
        (status = 201, description = "Noted.", body = Marked),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/follow-up-tasks/{id}/marks")]
pub async fn mark(
    request: HttpRequest,
    caller: FollowsUp,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<MarkSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let id = reply::id(&id)?;
    reply::act(
        casework
            .mark_follow_up_task(&caller, once, id, body.value.mark)
            .await,
    )
}
