//! `/v1/signals/{id}/letters` and `/v1/letter-files`

use actix_web::{HttpRequest, post, web};
use casework::{Casework, Failure, Refusable};
use protocol::family_file::FamilyFile;
use protocol::id::Id;
use protocol::letter::{Letter, LetterSubmission};
use protocol::problem::{Problem, ProblemType};
use protocol::rights_request::LetterFileSubmission;
use service_http::JsonBody;
use service_http::problems::Refusal;

use super::access::{Municipalities, Signals};
use super::reply::{self, Reply};
use crate::State;
use crate::portal::guesses::Client;

/// Make a letter that opens your signal to one person of the family: to see it, and to object. Hand it over when you tell
/// the family of the signal. Its code is shown this once.
#[utoipa::path(operation_id = "issueLetter", tag = "signals", request_body = LetterSubmission,
    params(("id" = Id, Path, description = "Your signal"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "The letter, with its code.", body = Letter),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/signals/{id}/letters")]
pub async fn issue(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<LetterSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .issue_letter(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// Read what a letter opens, for somebody at your desk whose identity you established. The letter's own signals are in
/// it with their ids, to name one in an objection.
#[utoipa::path(operation_id = "readLetter", tag = "rights", request_body = LetterFileSubmission,
    security(("oauth" = ["municipality"])),
    responses(
        (status = 200, description = "What the letter opens.", body = FamilyFile),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/letter-files")]
pub async fn read(
    request: HttpRequest,
    caller: Municipalities,
    state: web::Data<State>,
    casework: web::Data<Casework>,
    body: JsonBody<LetterFileSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let outcome = with_code(&state, &caller, casework.read_letter_file(&caller, &body.value)).await?;
    reply::look(outcome)
}

/// Does something with a code at a desk, at the pace at which codes may be tried. Only a code that opens nothing costs a
/// try.
///
/// # Errors
/// `rate-limited`.
pub(super) async fn with_code<T, R: Refusable>(
    state: &State,
    caller: &casework::Caller,
    act: impl Future<Output = Result<T, Failure<R>>>,
) -> Result<Result<T, Failure<R>>, Refusal> {
    let desk = Client::Desk(caller.organisation.0);
    state.guesses.try_one(desk).map_err(|seconds| {
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        Refusal::new(ProblemType::RateLimited).with_retry_after(seconds)
    })?;
    let outcome = act.await;
    let wrong = matches!(&outcome, Err(Failure::Refused(refusal))
        if refusal.refused().problem == ProblemType::CodeOpensNothing);
    if !wrong {
        state.guesses.was_right(desk);
    }
    Ok(outcome)
}
