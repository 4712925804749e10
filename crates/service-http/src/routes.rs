//! What is answered where no handler is: 405 with `Allow` at an address that takes other methods, 404 anywhere else,
//! a trailing slash included (NL API Design Rules, core/no-trailing-slash).

use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::{ResourceDef, ServiceRequest, ServiceResponse, fn_service};
use actix_web::http::Method;
use actix_web::{Error, HttpResponse, web};
use protocol::problem::ProblemType;

use crate::problems::Refusal;

/// Every address of the service with the methods it takes. Made from the same list as the API description.
#[derive(Clone, Default)]
pub struct Routes(Arc<Vec<(String, Vec<Method>)>>);

impl Routes {
    /// Patterns as the router writes them (`/v1/signals/{id}`), each with one method; repeated patterns are joined.
    pub fn new<T: Into<String>>(operations: impl IntoIterator<Item = (Method, T)>) -> Self {
        let mut routes: Vec<(String, Vec<Method>)> = Vec::new();
        for (method, pattern) in operations {
            let pattern = pattern.into();
            match routes.iter_mut().find(|(known, _)| *known == pattern) {
                Some((_, methods)) if methods.contains(&method) => {}
                Some((_, methods)) => methods.push(method),
                None => routes.push((pattern, vec![method])),
            }
        }
        Self(Arc::new(routes))
    }

    /// Adds the answer of last resort to the application: `App::configure(routes.refusals())`.
    pub fn refusals(&self) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
        let table: Rc<Vec<(ResourceDef, Vec<Method>)>> = Rc::new(
            self.0
                .iter()
                .map(|(pattern, methods)| (ResourceDef::new(pattern.as_str()), methods.clone()))
                .collect(),
        );
        move |config| {
            config.default_service(fn_service(move |request: ServiceRequest| {
                let refusal = refuse(&table, &request);
                async move {
                    Ok::<_, Error>(request.into_response(HttpResponse::from_error(refusal)))
                        as Result<ServiceResponse, Error>
                }
            }));
        }
    }
}

fn refuse(table: &[(ResourceDef, Vec<Method>)], request: &ServiceRequest) -> Refusal {
    // The methods of RFC 9110 that make a service speak of itself or tunnel are refused wherever they point.
    let never = [Method::TRACE, Method::CONNECT].contains(request.method());
    match table.iter().find(|(pattern, _)| pattern.is_match(request.path())) {
        Some((_, methods)) if never || !methods.contains(request.method()) => {
            Refusal::method_not_allowed(methods)
        }
        None if never => Refusal::method_not_allowed(&[]),
        _ => ProblemType::NotFound.into(),
    }
}
