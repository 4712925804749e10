//! Who is here: the access token is verified, then the client looked up, so that disabling takes effect at once.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use casework::{Caller, Casework};
use futures::future::LocalBoxFuture;
use protocol::access::Scope;
use protocol::problem::ProblemType;
use service_http::bearer;
use service_http::problems::Refusal;

use super::refusal;
use crate::State;

/// A client whose token has a scope.
macro_rules! doors {
    ($($(#[$doc:meta])+ $name:ident = $scope:expr;)+) => {$(
        $(#[$doc])+
        pub struct $name(Caller);

        impl Deref for $name {
            type Target = Caller;
            fn deref(&self) -> &Caller {
                &self.0
            }
        }

        impl FromRequest for $name {
            type Error = Refusal;
            type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let request = request.clone();
                Box::pin(async move { caller(&request, $scope).await.map(Self) })
            }
        }
    )+};
}

doors! {
    /// May give and read signals, matches and notices.
    Signals = Scope::Signal;
    /// May ask consent, send and read messages.
    Exchanges = Scope::Exchange;
    /// May take exports of the audit log.
    Supervises = Scope::Supervise;
}

async fn caller(request: &HttpRequest, scope: Scope) -> Result<Caller, Refusal> {
    let (Some(state), Some(casework)) = (
        request.app_data::<web::Data<State>>(),
        request.app_data::<web::Data<Casework>>(),
    ) else {
        return Err(ProblemType::InternalError.into());
    };
    let token = bearer::token(request)?;
    let access = state
        .tokens
        .verify(token, (state.clock)())
        .map_err(|_| ProblemType::InvalidToken)?;
    let known = casework
        .client(access.client())
        .await
        .map_err(refusal::of_store)?;
    // A token of a client that was disabled meanwhile is no token.
    let client = known.ok_or(ProblemType::InvalidToken)?;
    let allowed = access.allows(scope) && scopes_of(&client.caller).contains(&scope);
    if allowed {
        Ok(client.caller)
    } else {
        Err(ProblemType::InsufficientScope.into())
    }
}

/// The scopes of a role: what a client may ask a token for.
pub fn scopes_of(caller: &Caller) -> &'static [Scope] {
    match caller.role {
        domain::actor::Role::Partner => &[Scope::Signal, Scope::Exchange],
        domain::actor::Role::Supervisor => &[Scope::Supervise],
    }
}
