//! The trace a request belongs to (W3C Trace Context), for the processing log.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use casework::Trace;

/// Runs a request on behalf of the trace that its `traceparent` names. One that cannot be read, or that stands there twice,
/// is as none (W3C Trace Context, section 3.2.1): the request is answered all the same.
pub async fn of_request<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let trace = trace(&request);
    casework::traced(trace, next.call(request)).await
}

fn trace(request: &ServiceRequest) -> Option<Trace> {
    let mut values = request.headers().get_all("traceparent");
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    value.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn only_one_traceparent_that_can_be_read_counts() {
        let of = |values: &[&str]| {
            let mut request = TestRequest::default();
            for value in values {
                request = request.append_header(("traceparent", *value));
            }
            trace(&request.to_srv_request())
        };
        assert!(of(&[GOOD]).is_some());
        assert!(of(&[]).is_none());
        assert!(of(&[GOOD, GOOD]).is_none());
        assert!(of(&["00-zz-b7ad6b7169203331-01"]).is_none());
        assert!(of(&["\u{e9}"]).is_none());
    }
}
