//! `/v1/key-epochs`

use actix_web::{HttpRequest, HttpResponse, route, web};

use super::{Reply, State, no_query, refusal};

pub(super) const PATH: &str = "/v1/key-epochs";

/// The signed list of key epochs, for anyone.
#[route("/v1/key-epochs", method = "GET", method = "HEAD")]
pub(super) async fn read(request: HttpRequest, state: web::Data<State>) -> Reply {
    no_query(&request)?;
    let list = state.frame.key_epochs().await.map_err(refusal::of_keyholder)?;
    Ok(HttpResponse::Ok().json(list))
}
