//! The one thing the keyholder is for: multiplying blinded elements by `k1`, for whoever may, as often as they may.
//!
//! What arrives is uniform whatever was blinded; nothing of it is stored or logged. The arithmetic (about 30 us an
//! element) runs on threads of its own, a bounded number at a time, so that the doors keep answering.

use std::sync::Arc;

use identifiers::voprf::{BlindedElement, EvaluatedElement, Proof, SecretKey, VoprfError};
use protocol::OrganisationId;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::evaluation::{EvaluationAnswer, EvaluationRequest};
use protocol::text::Base64Url;
use tokio::sync::{Semaphore, TryAcquireError};

use crate::client::{Client, ClientRole};
use crate::database::{Role, Tx, Work};
use crate::error::KeyholderError;
use crate::event::Event;
use crate::frame::Frame;
use crate::key_epoch::SealedKey;
use crate::quota::{Charge, Exhausted, NoteExhausted};
use crate::sealing::Sealing;

/// How much is evaluated at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Batches computed at the same time; as many as there are cores.
    pub at_once: usize,
    /// Requests that may wait for their turn; more are told to try again.
    pub waiting: usize,
}

impl Capacity {
    /// For a machine with so many cores.
    #[must_use]
    pub fn for_cores(cores: usize) -> Self {
        Self {
            at_once: cores.max(1),
            waiting: 64 * cores.max(1),
        }
    }
}

/// Where evaluation happens: places for requests that were let in, and benches to compute on.
#[derive(Clone)]
pub(crate) struct Workshop {
    places: Arc<Semaphore>,
    benches: Arc<Semaphore>,
}

/// Why a request is not evaluated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EvaluateError {
    #[error("some members are not right")]
    Members(Vec<FieldError>),
    #[error("the epoch is not one that is evaluated")]
    UnknownEpoch,
    #[error("a quota has not enough left")]
    Exhausted(Exhausted),
    #[error("too many requests wait")]
    Full,
    #[error(transparent)]
    Keyholder(#[from] KeyholderError),
}

impl Workshop {
    pub(crate) fn new(capacity: Capacity) -> Self {
        Self {
            places: Arc::new(Semaphore::new(capacity.at_once.max(1) + capacity.waiting)),
            benches: Arc::new(Semaphore::new(capacity.at_once.max(1))),
        }
    }

    /// Computes on a thread of its own when a bench is free.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, KeyholderError> {
        let interrupted = || KeyholderError::Interrupted("evaluating");
        let benches = Arc::clone(&self.benches);
        let bench = benches.acquire_owned().await.map_err(|_| interrupted())?;
        let computing = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(bench);
            done
        });
        computing.await.map_err(|_| interrupted())
    }
}

impl Frame {
    /// Evaluates a batch: reads its elements strictly, charges the quotas, computes and proves. All or nothing.
    pub(crate) async fn evaluate(
        &self,
        workshop: &Workshop,
        client: &Client,
        request: EvaluationRequest,
    ) -> Result<EvaluationAnswer, EvaluateError> {
        let organisation = charged_organisation(client, request.on_behalf_of)?;
        let _place = match workshop.places.try_acquire() {
            Ok(place) => place,
            Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => return Err(EvaluateError::Full),
        };
        let epoch = request.oprf_epoch;
        let elements = workshop
            .compute(move || decode(&request.elements))
            .await?
            .map_err(EvaluateError::Members)?;
        let charge = Charge {
            organisation: organisation.0,
            professional: request.professional.0,
            elements: elements.len(),
        };
        let key = self.charge(client, epoch, charge).await?;
        let mut rng = self.environment().rng();
        let computed = workshop
            .compute(move || key.evaluate_and_prove(&elements, &mut rng))
            .await?;
        let (elements, proof) = computed.map_err(|_| KeyholderError::DamagedKey)?;
        Ok(answer(epoch, &elements, &proof))
    }

    /// Charges a request and gives the key to evaluate it with.
    async fn charge(
        &self,
        client: &Client,
        epoch: u16,
        charge: Charge,
    ) -> Result<Arc<SecretKey>, EvaluateError> {
        let work = ChargeRequest {
            client: client.clone(),
            charge: charge.clone(),
            epoch,
            sealing: self.sealing().clone(),
        };
        match self.database().run(work).await {
            Ok(sealed) => Ok(self.unseal(&sealed)?),
            Err(EvaluateError::Exhausted(exhausted)) => {
                let note = NoteExhausted {
                    client: client.clone(),
                    charge,
                    exhausted,
                    sealing: self.sealing().clone(),
                };
                self.database().run(note).await?;
                Err(EvaluateError::Exhausted(exhausted))
            }
            Err(error) => Err(error),
        }
    }
}

/// Whose quota: a partner's own organisation, or the one a gateway names.
fn charged_organisation(
    client: &Client,
    on_behalf_of: Option<OrganisationId>,
) -> Result<OrganisationId, EvaluateError> {
    let fault = |code| EvaluateError::Members(vec![FieldError::new("/onBehalfOf", code)]);
    match (client.role, on_behalf_of) {
        (ClientRole::Partner(own), None) => Ok(own),
        (ClientRole::Partner(_), Some(_)) => Err(fault(FieldErrorCode::NotAllowed)),
        (ClientRole::Gateway, Some(organisation)) => Ok(organisation),
        (ClientRole::Gateway, None) => Err(fault(FieldErrorCode::Required)),
    }
}

/// Every element, or every fault.
fn decode(elements: &[Base64Url<32>]) -> Result<Vec<BlindedElement>, Vec<FieldError>> {
    let mut decoded = Vec::with_capacity(elements.len());
    let mut faults = Vec::new();
    for (at, Base64Url(bytes)) in elements.iter().enumerate() {
        match BlindedElement::from_bytes(bytes) {
            Ok(element) => decoded.push(element),
            Err(error) => {
                // The neutral element is well spelled and not allowed; anything else is no element.
                let code = match error {
                    VoprfError::IdentityElement => FieldErrorCode::NotAllowed,
                    _ => FieldErrorCode::InvalidFormat,
                };
                faults.push(FieldError::new(format!("/elements/{at}"), code));
            }
        }
    }
    if faults.is_empty() {
        Ok(decoded)
    } else {
        Err(faults)
    }
}

fn answer(epoch: u16, elements: &[EvaluatedElement], proof: &Proof) -> EvaluationAnswer {
    EvaluationAnswer {
        oprf_epoch: epoch,
        elements: elements
            .iter()
            .map(|element| Base64Url(*element.as_bytes()))
            .collect(),
        proof: Base64Url(proof.to_bytes()),
    }
}

/// Finds the key, charges, writes the leaf: one transaction, committed before anything is computed.
struct ChargeRequest {
    client: Client,
    charge: Charge,
    epoch: u16,
    sealing: Sealing,
}

impl Work for ChargeRequest {
    const NAME: &'static str = "charge_request";
    const ROLE: Role = Role::Service;
    type Output = SealedKey;
    type Error = EvaluateError;

    async fn run(&self, tx: &Tx<'_>) -> Result<SealedKey, EvaluateError> {
        let key = tx
            .evaluable_key(self.epoch)
            .await?
            .ok_or(EvaluateError::UnknownEpoch)?;
        let event = Event::EvaluationAnswered {
            client_tag: self.client.log_tag,
            organisation: self.charge.organisation,
            client: self.client.id.to_string(),
            elements: self.charge.elements,
            epoch: self.epoch,
        };
        tx.record(&event, &self.sealing).await?;
        // Last, because from here to the commit every other request of the same organisation or gateway waits.
        tx.charge(&self.client, &self.charge, &self.sealing)
            .await?
            .map_err(EvaluateError::Exhausted)?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_element_is_told_at_its_place() {
        // The base point of RFC 9496 section A.1 is an element; zero is the identity; 2^256-1 is nothing.
        let mut base = [0; 32];
        let text = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";
        for (at, byte) in base.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap();
        }
        assert_eq!(decode(&[Base64Url(base); 3]).unwrap().len(), 3);
        let faults = decode(&[Base64Url([0; 32]), Base64Url(base), Base64Url([255; 32])]);
        let told: Vec<_> = faults
            .unwrap_err()
            .into_iter()
            .map(|fault| (fault.pointer, fault.code))
            .collect();
        assert_eq!(
            told,
            [
                ("/elements/0".to_owned(), FieldErrorCode::NotAllowed),
                ("/elements/2".to_owned(), FieldErrorCode::InvalidFormat),
            ]
        );
    }
}
