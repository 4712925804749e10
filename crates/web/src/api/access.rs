//! Who is here: the access token is verified, then the client looked up, so that disabling takes effect at once.

use std::collections::BTreeSet;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use casework::{Caller, Casework};
use domain::actor::Role;
use futures::future::LocalBoxFuture;
use jiff::Timestamp;
use protocol::access::Scope;
use protocol::problem::ProblemType;
use service_http::problems::Refusal;
use service_http::{ClientCertificate, bearer, places};

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
    /// May close matches that the organisation leads.
    Leads = Scope::Lead;
    /// May see what the organisation has to do, and reassign signals of who left.
    Coordinates = Scope::Coordinate;
    /// May see whether parties made contact.
    FollowsUp = Scope::FollowUp;
    /// May decide on objections and requests of families.
    Municipalities = Scope::Municipality;
    /// May take exports of the audit log and read alerts.
    Supervises = Scope::Supervise;
}

/// From when on the access token of a request is refused: what lasts longer than an answer ends then.
#[derive(Debug, Clone, Copy)]
pub struct TokenUntil(pub Timestamp);

async fn caller(request: &HttpRequest, scope: Scope) -> Result<Caller, Refusal> {
    let (Some(state), Some(casework)) = (
        request.app_data::<web::Data<State>>(),
        request.app_data::<web::Data<Casework>>(),
    ) else {
        return Err(ProblemType::InternalError.into());
    };
    let token = bearer::token(request)?;
    let certificate = ClientCertificate::of(request);
    let access = state
        .tokens
        .verify(token, certificate.as_ref(), (state.clock)())
        .map_err(|_| ProblemType::InvalidToken)?;
    state.clients.take(access.client().clone())?;
    places::belongs_to(request, access.client().as_str())?;
    let known = casework
        .client(access.client())
        .await
        .map_err(refusal::of_store)?;
    // A token of a client that was disabled meanwhile is no token.
    let client = known.ok_or(ProblemType::InvalidToken)?;
    let role = role_of(scope);
    if !client.roles.contains(&role) {
        let noted = casework.note_denial(&client, role).await;
        noted.map_err(refusal::of_store)?;
        return Err(ProblemType::InsufficientScope.into());
    }
    if !access.allows(scope) {
        return Err(ProblemType::InsufficientScope.into());
    }
    let until = TokenUntil(access.expires_at());
    request.extensions_mut().insert(until);
    Ok(client)
}

/// What a client may ask a token for: the scopes of its roles.
pub fn scopes_of(caller: &Caller) -> BTreeSet<Scope> {
    Scope::OF_SERVICE
        .into_iter()
        .filter(|scope| caller.roles.contains(&role_of(*scope)))
        .collect()
}

/// For people in which role a token with this scope acts.
pub const fn role_of(scope: Scope) -> Role {
    match scope {
        // The keyholder's own four never stand in a token of the service; a partner's program would be meant.
        Scope::Signal
        | Scope::Exchange
        | Scope::Evaluate
        | Scope::Rotate
        | Scope::Share
        | Scope::Tombstone => Role::Professional,
        Scope::Lead => Role::Lead,
        Scope::Coordinate => Role::Coordinator,
        Scope::FollowUp => Role::FollowUpOfficer,
        Scope::Municipality => Role::Municipality,
        Scope::Supervise => Role::Supervisor,
    }
}

#[cfg(test)]
mod tests {
    use domain::actor::acts::{self, ACTS, Who};

    use super::*;

    /// Every operation of the description with the scopes it asks.
    fn operations() -> Vec<(String, Vec<String>)> {
        let description = serde_json::to_value(crate::api::description("https://trefpunt.example")).unwrap();
        let items = description["paths"].as_object().unwrap().values();
        let operations = items.flat_map(|item| item.as_object().unwrap().values());
        operations
            .filter_map(|operation| {
                let scopes = operation["security"][0]["oauth"].as_array();
                let scopes = scopes.into_iter().flatten();
                let scopes = scopes.map(|scope| scope.as_str().unwrap().to_owned()).collect();
                Some((operation["operationId"].as_str()?.to_owned(), scopes))
            })
            .collect()
    }

    #[test]
    fn an_operation_is_open_to_whom_the_table_of_acts_says() {
        for (operation, scopes) in operations() {
            let act = acts::of(&operation).unwrap_or_else(|| {
                panic!("{operation} is not in domain::actor::acts: say there who may do it")
            });
            let who: Vec<Who> = scopes
                .iter()
                .map(|scope| {
                    let scope = Scope::parse_list(scope).unwrap().into_iter().next().unwrap();
                    Who::Role(role_of(scope))
                })
                .collect();
            match act.who {
                Who::Anyone => assert!(who.is_empty(), "{operation}"),
                role => assert_eq!(who, [role], "{operation}"),
            }
        }
    }

    #[test]
    fn the_table_of_acts_names_no_operation_that_is_not_there() {
        let known: BTreeSet<String> = operations().into_iter().map(|(operation, _)| operation).collect();
        let of_api = ACTS
            .iter()
            .filter(|act| matches!(act.who, Who::Role(_) | Who::Anyone));
        for act in of_api {
            assert!(known.contains(act.name), "{}", act.name);
        }
    }

    #[test]
    fn the_familys_acts_are_the_forms_of_the_portal() {
        let source = include_str!("../portal.rs");
        let forms: BTreeSet<String> = [".service(act(", ".service(page_and_act("]
            .into_iter()
            .flat_map(|made| source.split(made).skip(1))
            .map(|rest| format!("/portal{}", rest.split('"').nth(1).unwrap()))
            .collect();
        let table = ACTS.iter().filter(|act| act.who == Who::Family);
        assert_eq!(
            table.map(|act| act.name.to_owned()).collect::<BTreeSet<_>>(),
            forms
        );
    }

    #[test]
    fn every_scope_belongs_to_a_role_and_every_role_has_one() {
        let roles: BTreeSet<Role> = Scope::OF_SERVICE.into_iter().map(role_of).collect();
        assert_eq!(roles, Role::ALL.into_iter().collect());
    }
}
