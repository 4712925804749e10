//! Whether a request is meant for this service (RFC 9110 section 7.2; RFC 9112 section 3.2).

use actix_web::dev::RequestHead;
use actix_web::http::header::HOST;
use protocol::problem::ProblemType;

use crate::problems::Refusal;

/// The authorities a service answers for, as they stand in `Host`: `name` or `name:port`, compared without case.
#[derive(Debug, Clone)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// Names with their port, where it is not the default one of the published address.
    pub fn new<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        Self(
            names
                .into_iter()
                .map(|name| name.as_ref().to_ascii_lowercase())
                .collect(),
        )
    }

    /// Checks that the request names one host, and one of ours.
    ///
    /// # Errors
    /// `malformed-request` without exactly one host, or when an absolute address names another than `Host`;
    /// `misdirected-request` for another service's host.
    pub fn check(&self, head: &RequestHead) -> Result<(), Refusal> {
        let malformed = || Refusal::new(ProblemType::MalformedRequest);
        let mut values = head.headers().get_all(HOST);
        let (Some(host), None) = (values.next(), values.next()) else {
            return Err(malformed());
        };
        let host = host.to_str().map_err(|_| malformed())?;
        if head
            .uri
            .authority()
            .is_some_and(|named| !named.as_str().eq_ignore_ascii_case(host))
        {
            return Err(malformed());
        }
        if host.is_empty() {
            return Err(malformed());
        }
        if self.0.contains(&host.to_ascii_lowercase()) {
            Ok(())
        } else {
            Err(ProblemType::MisdirectedRequest.into())
        }
    }
}
