//! `/v1/signals/{id}/letters`, `/v1/letter-documents` and `/v1/letter-files`

use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::{HttpRequest, HttpResponse, post, web};
use casework::{Casework, Failure, LetterAbout, LetterFacts, Refusable};
use documents::Addressee;
use protocol::family_file::FamilyFile;
use protocol::id::Id;
use protocol::letter::{Letter, LetterDocumentSubmission, LetterSubmission};
use protocol::problem::{Problem, ProblemType};
use protocol::rights_request::LetterFileSubmission;
use service_http::JsonBody;
use service_http::problems::Refusal;

use super::access::{Municipalities, Signals};
use super::refusal;
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

/// Where letters are made for the printer.
pub(super) const DOCUMENT_PATH: &str = "/v1/letter-documents";

/// What a letter is made as.
pub(super) const PDF: &str = "application/pdf";

/// Have a letter of yours as PDF, to print and hand over: the letter of a signal, or of a request for consent. Give the code that
/// the answer to that act held. What else stands in it comes from what is kept, so that it says what is so; nothing changes by
/// this. A code that was used, or is not of a letter of yours, is not found.
#[utoipa::path(operation_id = "makeLetterDocument", tag = "signals", request_body = LetterDocumentSubmission,
    security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "The letter: tagged PDF (PDF/UA-1), A4.", body = Vec<u8>, content_type = "application/pdf"),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/letter-documents")]
pub async fn document(
    request: HttpRequest,
    caller: Signals,
    state: web::Data<State>,
    casework: web::Data<Casework>,
    body: JsonBody<LetterDocumentSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let facts = casework.letter_facts(&caller, &body.value).await;
    let letter = letter(facts.map_err(refusal::of)?, &body.value, &state.portal_address);
    // Setting a page takes longer than a worker should be kept from others.
    let made = web::block(move || letter.paper().to_pdf()).await;
    let bytes = match made {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => {
            tracing::error!(%error, "a letter could not be made");
            return Err(ProblemType::InternalError.into());
        }
        Err(_) => return Err(ProblemType::InternalError.into()),
    };
    Ok(HttpResponse::Ok()
        .content_type(PDF)
        .insert_header(ContentDisposition {
            disposition: DispositionType::Attachment,
            parameters: vec![DispositionParam::Filename("letter.pdf".to_owned())],
        })
        .body(bytes))
}

fn letter(facts: LetterFacts, asked: &LetterDocumentSubmission, address: &str) -> documents::Letter {
    documents::Letter {
        language: texts::Language::from_code(asked.language.code()).unwrap_or_default(),
        about: match facts.about {
            LetterAbout::Exchange => documents::LetterAbout::Exchange,
            LetterAbout::AskedSignal => documents::LetterAbout::AskedSignal,
            LetterAbout::Signal => documents::LetterAbout::Signal,
        },
        addressee: match facts.is_for_young_person {
            true => Addressee::YoungPerson,
            false => Addressee::Guardian,
        },
        sender: facts.sender,
        municipality: facts.municipality,
        reference: facts.reference.to_string(),
        made_on: facts.issued_at.to_zoned(facts.time_zone.clone()).date(),
        from: facts.from,
        until: facts.until,
        zone: facts.time_zone,
        address: address.to_owned(),
        code: facts.code.to_string(),
    }
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
