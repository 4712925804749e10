//! Oblivious evaluation by the keyholder (RFC 9497, mode VOPRF, ristretto255-SHA512): what a partner, or the service
//! on behalf of one, sends there, and what comes back.
//!
//! Nothing here says who a child is: an element is uniform whatever token it was blinded from. Elements travel as
//! bytes; whether they are elements, the side that computes with them finds out (`identifiers::voprf`).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, Object, deserialize_as_body};
use crate::id::OrganisationId;
use crate::text::Base64Url;

/// The most elements in one request; one proof covers them all.
pub const MAX_ELEMENTS: usize = identifiers::voprf::MAX_BATCH;

/// Body of `POST /v1/evaluations` at the keyholder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EvaluationRequest {
    /// Under which of the keyholder's epochs; only the live one is evaluated.
    #[schema(minimum = 1, example = 1)]
    pub oprf_epoch: u16,
    /// Whose quota is charged: a pseudonym of the professional that the keyholder cannot turn into a name.
    pub professional: Base64Url<16>,
    /// For which organisation the service asks; partners leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OrganisationId>,
    /// Blinded elements.
    #[schema(min_items = 1, max_items = 100)]
    pub elements: Vec<Base64Url<32>>,
}

deserialize_as_body!(EvaluationRequest);

impl Body for EvaluationRequest {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let oprf_epoch = object.whole("oprfEpoch", 1..=u64::from(u16::MAX));
        let professional = object.value("professional");
        let on_behalf_of = object.optional_value("onBehalfOf");
        let elements = object.values("elements", 1..=MAX_ELEMENTS);
        Some(Self {
            oprf_epoch: oprf_epoch?,
            professional: professional?,
            on_behalf_of: on_behalf_of?,
            elements: elements?,
        })
    }
}

/// The keyholder's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EvaluationAnswer {
    /// Under which epoch.
    #[schema(example = 1)]
    pub oprf_epoch: u16,
    /// Evaluated elements, in the order of the request.
    pub elements: Vec<Base64Url<32>>,
    /// One proof for the batch: challenge and response (RFC 9497 section 2.2).
    pub proof: Base64Url<64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::FieldErrorCode::{self, *};

    fn request(elements: usize) -> EvaluationRequest {
        EvaluationRequest {
            oprf_epoch: 1,
            professional: Base64Url([2; 16]),
            on_behalf_of: None,
            elements: vec![Base64Url([3; 32]); elements],
        }
    }

    fn faults(json: &str) -> Vec<(String, FieldErrorCode)> {
        let refused = EvaluationRequest::parse(json.as_bytes()).unwrap_err();
        let errors = refused.errors.into_iter();
        errors.map(|error| (error.pointer, error.code)).collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut request = request(MAX_ELEMENTS);
        let written = serde_json::to_string(&request).unwrap();
        assert!(!written.contains("onBehalfOf"), "{written}");
        assert!(written.len() <= crate::MAX_BODY_BYTES, "{}", written.len());
        assert_eq!(EvaluationRequest::parse(written.as_bytes()), Ok(request.clone()));

        request.on_behalf_of = Some(OrganisationId([4; 16]));
        let written = serde_json::to_vec(&request).unwrap();
        assert_eq!(EvaluationRequest::parse(&written), Ok(request));
    }

    #[test]
    fn a_batch_has_1_to_100_elements() {
        for elements in [0, MAX_ELEMENTS + 1] {
            let written = serde_json::to_string(&request(elements)).unwrap();
            assert_eq!(faults(&written), [("/elements".to_owned(), OutOfRange)]);
        }
    }

    #[test]
    fn every_fault_is_told_at_its_place() {
        let told = faults(
            r#"{"oprfEpoch":0,"professional":"m.jansen","onBehalfOf":"school",
                "elements":["AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM",7,"AwMD"],"bsn":"123456782"}"#,
        );
        let expected = [
            ("/oprfEpoch", OutOfRange),
            ("/professional", InvalidFormat),
            ("/onBehalfOf", InvalidFormat),
            ("/elements/1", WrongType),
            ("/elements/2", InvalidFormat),
            ("", UnknownMember),
        ];
        assert_eq!(told, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
        assert_eq!(faults("{}").len(), 3);
    }
}
