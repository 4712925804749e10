//! One way to refuse: a row of the problem table becomes an answer (RFC 9457), and nothing of the request is in it.
//!
//! A handler or extractor fails with a [`Refusal`]. The [`Door`](crate::door::Door) gives its document the service's
//! address and the id of the request; without a door around it, the document is whole but without either.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, ResponseError, web};
use protocol::Refused;
use protocol::access::OAuthErrorCode;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::problem::{Problem, ProblemType};

/// `instance` of a document that no door has given the id of its request.
const NO_INSTANCE: &str = "urn:uuid:00000000-0000-0000-0000-000000000000";

/// Longest wait asked for in `Retry-After`, in seconds: a day.
const MAX_RETRY_AFTER: u32 = 86_400;

/// A refused request: a row of the problem table with what this occurrence adds to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    problem: ProblemType,
    errors: Vec<FieldError>,
    oauth: Option<OAuthErrorCode>,
    retry_after: Option<u32>,
    allow: Vec<Method>,
}

impl Refusal {
    /// A refusal with nothing to add.
    pub fn new(problem: ProblemType) -> Self {
        Self {
            problem,
            errors: Vec::new(),
            oauth: None,
            retry_after: None,
            allow: Vec::new(),
        }
    }

    /// `invalid-request` for one fault outside the body: `pointer` is `query:NAME` or `header:NAME`.
    pub fn invalid(pointer: &str, code: FieldErrorCode) -> Self {
        Self::new(ProblemType::InvalidRequest).with_errors(vec![FieldError::new(pointer, code)])
    }

    /// `method-not-allowed` with the methods the address does take.
    pub fn method_not_allowed(allow: &[Method]) -> Self {
        Self {
            allow: allow.to_vec(),
            ..Self::new(ProblemType::MethodNotAllowed)
        }
    }

    /// Adds where the request is at fault.
    #[must_use]
    pub fn with_errors(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    /// Adds the members of RFC 6749 section 5.2, which OAuth clients look for.
    #[must_use]
    pub fn with_oauth(self, code: OAuthErrorCode) -> Self {
        Self {
            oauth: Some(code),
            ..self
        }
    }

    /// Sets `Retry-After`, in seconds, in place of the row's usual wait. Clamped to 1 second to a day.
    #[must_use]
    pub fn with_retry_after(self, seconds: u32) -> Self {
        Self {
            retry_after: Some(seconds.clamp(1, MAX_RETRY_AFTER)),
            ..self
        }
    }

    /// The row.
    pub fn problem(&self) -> ProblemType {
        self.problem
    }

    /// The faults listed.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whether the connection cannot be used after this answer: what follows on it may be the rest of what was refused.
    pub fn closes(&self) -> bool {
        use ProblemType as P;
        matches!(
            self.problem,
            P::MalformedRequest
                | P::LengthRequired
                | P::PayloadTooLarge
                | P::UriTooLong
                | P::HeadersTooLarge
                | P::RequestTimeout
        )
    }

    /// The problem document: `base` is the service's address without a trailing slash.
    pub fn document(&self, base: &str, instance: &str) -> Vec<u8> {
        let problem = Problem::new(self.problem, base, instance).with_errors(self.errors.clone());
        let written = match self.oauth {
            None => serde_json::to_vec(&problem),
            Some(code) => serde_json::to_value(&problem).and_then(|mut document| {
                document["error"] = serde_json::to_value(code)?;
                document["error_description"] = self.problem.row().detail.into();
                serde_json::to_vec(&document)
            }),
        };
        // Writing strings and numbers cannot fail; an answer without a body would be the honest rest.
        written.unwrap_or_default()
    }

    /// Header fields that belong to this refusal beside those of every answer.
    pub fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = vec![(CONTENT_TYPE, HeaderValue::from_static(Problem::MEDIA_TYPE))];
        if let Some(challenge) = challenge(self.problem) {
            headers.push((WWW_AUTHENTICATE, HeaderValue::from_static(challenge)));
        }
        if let Some(seconds) = self.retry_after.or(usual_wait(self.problem)) {
            headers.push((RETRY_AFTER, HeaderValue::from(seconds)));
        }
        if self.problem == ProblemType::MethodNotAllowed {
            let methods: Vec<&str> = self.allow.iter().map(Method::as_str).collect();
            if let Ok(value) = HeaderValue::from_str(&methods.join(", ")) {
                headers.push((ALLOW, value));
            }
        }
        headers
    }
}

/// RFC 6750 section 3. The token endpoint's own refusals use the same scheme: RFC 9110 wants a challenge on every 401.
fn challenge(problem: ProblemType) -> Option<&'static str> {
    use ProblemType as P;
    match problem {
        P::Unauthorized => Some(r#"Bearer realm="trefpunt""#),
        P::InvalidToken => Some(r#"Bearer realm="trefpunt", error="invalid_token""#),
        P::InvalidClient | P::TokenReplayed => Some(r#"Bearer realm="trefpunt", error="invalid_client""#),
        P::InsufficientScope => Some(r#"Bearer realm="trefpunt", error="insufficient_scope""#),
        _ => None,
    }
}

/// How long to wait when the refusal does not say, in seconds.
fn usual_wait(problem: ProblemType) -> Option<u32> {
    use ProblemType as P;
    match problem {
        P::IdempotencyInProgress | P::TryAgain => Some(1),
        P::KeyholderUnavailable | P::ShuttingDown => Some(5),
        P::RateLimited => Some(60),
        _ => None,
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.problem.slug())
    }
}

impl std::error::Error for Refusal {}

impl From<ProblemType> for Refusal {
    fn from(problem: ProblemType) -> Self {
        Self::new(problem)
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self::new(refused.problem).with_errors(refused.errors)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut builder = HttpResponse::build(self.status());
        for header in self.headers() {
            builder.insert_header(header);
        }
        if self.closes() {
            builder.force_close();
        }
        let mut response = builder.body(self.document("", NO_INSTANCE));
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// Makes the framework's own extractors refuse in our words. Add it with `App::configure`.
///
/// A path segment that cannot be read is `not-found`, like one that names nothing: the two look alike to a stranger.
pub fn framework_errors(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PathConfig::default().error_handler(|_, _| ProblemType::NotFound.to_error()))
        .app_data(web::QueryConfig::default().error_handler(|_, _| ProblemType::InvalidRequest.to_error()))
        .app_data(web::FormConfig::default().error_handler(|_, _| ProblemType::MalformedRequest.to_error()))
        .app_data(web::JsonConfig::default().error_handler(|_, _| ProblemType::MalformedJson.to_error()));
}

/// A problem as the framework's error.
trait ToError {
    fn to_error(self) -> actix_web::Error;
}

impl ToError for ProblemType {
    fn to_error(self) -> actix_web::Error {
        Refusal::new(self).into()
    }
}
/// The refusal that stands in for an error answer made by the framework itself, which has no document of its own.
pub(crate) fn for_status(status: StatusCode) -> Refusal {
    use ProblemType as P;
    let found = P::ALL.iter().find(|problem| problem.status() == status.as_u16());
    Refusal::new(match status {
        StatusCode::BAD_REQUEST => P::MalformedRequest,
        status if status.is_server_error() => P::InternalError,
        _ => *found.unwrap_or(&P::MalformedRequest),
    })
}
