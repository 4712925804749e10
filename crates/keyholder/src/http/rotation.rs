//! `/v1/rotations` and its steps, for the matcher's gateway alone.

use actix_web::{HttpRequest, HttpResponse, post, web};
use protocol::problem::ProblemType;
use protocol::rotation::{RotationRequest, RotationStep};
use service_http::JsonBody;
use service_http::problems::Refusal;

use super::access::Rotates;
use super::{Reply, State, no_query, refusal};

pub(super) const START: &str = "/v1/rotations";
pub(super) const FLIP: &str = "/v1/rotations/{toEpoch}/flips";
pub(super) const DESTROY: &str = "/v1/rotations/{toEpoch}/destructions";

/// Hands over the quotient of the prepared key and the live one, sealed to the ceremony's key.
#[post("/v1/rotations")]
pub(super) async fn start(
    request: HttpRequest,
    client: Rotates,
    state: web::Data<State>,
    body: JsonBody<RotationRequest>,
) -> Reply {
    no_query(&request)?;
    let started = state.frame.start_rotation(&client.0, body.value).await;
    Ok(HttpResponse::Ok().json(started.map_err(refusal::of_rotation)?))
}

/// Makes the prepared key live.
#[post("/v1/rotations/{toEpoch}/flips")]
pub(super) async fn flip(
    request: HttpRequest,
    _: Rotates,
    state: web::Data<State>,
    to_epoch: web::Path<String>,
    _: JsonBody<RotationStep>,
) -> Reply {
    no_query(&request)?;
    let list = state.frame.flip(epoch(&to_epoch)?).await;
    Ok(HttpResponse::Ok().json(list.map_err(refusal::of_rotation)?))
}

/// Destroys the key before: 200 when it is done, 202 when it will be after the grace.
#[post("/v1/rotations/{toEpoch}/destructions")]
pub(super) async fn destroy(
    request: HttpRequest,
    _: Rotates,
    state: web::Data<State>,
    to_epoch: web::Path<String>,
    _: JsonBody<RotationStep>,
) -> Reply {
    no_query(&request)?;
    let destruction = state.frame.destroy_before(epoch(&to_epoch)?).await;
    let destruction = destruction.map_err(refusal::of_rotation)?;
    let mut answer = if destruction.done {
        HttpResponse::Ok()
    } else {
        HttpResponse::Accepted()
    };
    Ok(answer.json(destruction.list))
}

/// An epoch in a path, in its one spelling. What cannot be one names nothing that exists.
fn epoch(text: &str) -> Result<u16, Refusal> {
    let epoch = text.parse::<u16>().ok().filter(|epoch| epoch.to_string() == text);
    epoch
        .filter(|epoch| *epoch > 0)
        .ok_or_else(|| ProblemType::NotFound.into())
}
