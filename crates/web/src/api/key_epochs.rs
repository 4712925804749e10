//! `/v1/key-epochs`

use actix_web::{HttpRequest, HttpResponse, route, web};
use casework::Casework;
use protocol::key_epochs::NetworkKeys;
use protocol::problem::Problem;

use super::refusal;
use super::reply::{self, Reply};

/// The tokens that are taken now: a signal carries one for each live epoch of the network's secret; those of an epoch that
/// ends are taken until its time. With a keyholder, its list of epochs as it was accepted here; pin the keyholder's own
/// key, and take no list that does not begin with the one you know.
#[utoipa::path(operation_id = "readKeyEpochs", tag = "signals",
    responses(
        (status = 200, description = "Epochs, key-check values and suites.", body = NetworkKeys),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/key-epochs", method = "GET", method = "HEAD")]
pub async fn read(request: HttpRequest, casework: web::Data<Casework>) -> Reply {
    reply::no_query(&request)?;
    let keys = casework.network_keys().await.map_err(refusal::of_store)?;
    Ok(HttpResponse::Ok().json(keys))
}
