//! `/v1/evaluations`

use actix_web::{HttpRequest, HttpResponse, post, web};
use protocol::evaluation::EvaluationRequest;
use service_http::JsonBody;

use super::access::Evaluates;
use super::{Reply, State, no_query, refusal};
use crate::metrics::Metrics;

pub(super) const PATH: &str = "/v1/evaluations";

/// Evaluates a batch of blinded elements and proves it.
#[post("/v1/evaluations")]
pub(super) async fn evaluate(
    request: HttpRequest,
    client: Evaluates,
    state: web::Data<State>,
    metrics: web::Data<Metrics>,
    body: JsonBody<EvaluationRequest>,
) -> Reply {
    no_query(&request)?;
    let frame = &state.frame;
    let began = frame.environment().elapsed();
    let answer = frame
        .evaluate(&state.workshop, &client.0, body.value)
        .await
        .map_err(refusal::of_evaluation)?;
    let took = frame.environment().elapsed().saturating_sub(began);
    metrics.answered(answer.elements.len(), took);
    Ok(HttpResponse::Ok().json(answer))
}
