//! Who is here: the access token is verified, then the client looked up, so that disabling takes effect at once.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures::future::LocalBoxFuture;
use protocol::access::Scope;
use protocol::problem::ProblemType;
use service_http::problems::Refusal;
use service_http::{ClientCertificate, bearer};

use super::{State, refusal};
use crate::client::Client;

/// A client that may have elements evaluated.
pub(super) struct Evaluates(pub(super) Client);

/// A client that may rotate keys.
pub(super) struct Rotates(pub(super) Client);

/// A client that may have shares.
pub(super) struct Shares(pub(super) Client);

/// A client that may tell of consents that ended.
pub(super) struct Buries(pub(super) Client);

macro_rules! doors {
    ($($name:ident = $scope:expr;)+) => {$(
        impl FromRequest for $name {
            type Error = Refusal;
            type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let request = request.clone();
                Box::pin(async move { client(&request, $scope).await.map(Self) })
            }
        }
    )+};
}

doors! {
    Evaluates = Scope::Evaluate;
    Rotates = Scope::Rotate;
    Shares = Scope::Share;
    Buries = Scope::Tombstone;
}

async fn client(request: &HttpRequest, scope: Scope) -> Result<Client, Refusal> {
    let Some(state) = request.app_data::<web::Data<State>>() else {
        return Err(ProblemType::InternalError.into());
    };
    let token = bearer::token(request)?;
    let certificate = ClientCertificate::of(request);
    let access = state
        .tokens
        .verify(token, certificate.as_ref(), state.frame.environment().now())
        .map_err(|_| ProblemType::InvalidToken)?;
    let known = state
        .frame
        .client(access.client())
        .await
        .map_err(refusal::of_keyholder)?;
    // A token of a client that was disabled meanwhile is no token.
    let client = known.ok_or(ProblemType::InvalidToken)?;
    if access.allows(scope) && client.role.scopes().contains(&scope) {
        Ok(client)
    } else {
        Err(ProblemType::InsufficientScope.into())
    }
}
