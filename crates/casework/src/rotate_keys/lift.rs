//! From keyed hashes to oblivious tokens: `t` is opened, blinded, evaluated by the keyholder and unblinded, as a partner
//! would do it. The keyholder sees what it sees of a partner, which is nothing.

use std::sync::Arc;

use identifiers::Token;
use identifiers::voprf::{BlindedElement, EvaluatedElement, MAX_BATCH, Proof, PublicKey, Request};
use protocol::OrganisationId;
use protocol::evaluation::{EvaluationAnswer, EvaluationRequest};
use protocol::text::Base64Url;
use store::{FilledTag, TagKeys, TagToFill};
use tokio::task::JoinSet;

use super::keyholder::KeyholderFault;
use super::machine::{Machine, Opened};
use super::{Ceremony, RotateKeysError};
use crate::lift::ChanceRng;

/// To whom the keyholder charges a ceremony's evaluations: no organisation and no professional. Its operator grants this
/// name a quota for the day of the ceremony, and so takes part in the decision.
const NOBODY: [u8; 16] = [0; 16];

/// The keyholder's live epoch and its public key.
pub(super) struct Evaluating {
    pub(super) epoch: u16,
    pub(super) key: PublicKey,
}

impl Ceremony {
    /// With what tokens of suite 1 are evaluated, when the ceremony lifts them.
    pub(super) async fn evaluating(
        &self,
        from: TagKeys,
        to: TagKeys,
    ) -> Result<Option<Evaluating>, RotateKeysError> {
        let (1, Some(epoch)) = (from.suite, to.oprf_epoch) else {
            return Ok(None);
        };
        let list = self.list().await?;
        let (live, key) = list.live();
        if live != epoch {
            return Err(RotateKeysError::OtherEpoch {
                keyholder: live,
                network: epoch,
            });
        }
        Ok(Some(Evaluating {
            epoch,
            key: key.clone(),
        }))
    }

    /// The next tags of these rows of suite 1.
    pub(super) async fn lift(
        &self,
        machine: &Arc<Machine>,
        rows: Vec<TagToFill>,
    ) -> Result<Vec<FilledTag>, RotateKeysError> {
        let rows = Arc::new(rows);
        let mut filled = Vec::with_capacity(rows.len());
        let mut batches = (0..rows.len()).step_by(MAX_BATCH);
        let mut under_way = JoinSet::new();
        loop {
            // As many at a time as there are threads: while the keyholder computes, so does this process.
            while under_way.len() < self.settings.workers.max(1) {
                let Some(from) = batches.next() else { break };
                let lifting = self.lifting(machine, &rows, from)?;
                under_way.spawn(lifting);
            }
            match under_way.join_next().await {
                None => return Ok(filled),
                Some(part) => filled.extend(part.map_err(|_| RotateKeysError::Interrupted)??),
            }
        }
    }

    /// The way of one batch, as a task of its own.
    fn lifting(
        &self,
        machine: &Arc<Machine>,
        rows: &Arc<Vec<TagToFill>>,
        from: usize,
    ) -> Result<impl Future<Output = Result<Vec<FilledTag>, RotateKeysError>> + Send + 'static, RotateKeysError>
    {
        let keyholder = Arc::clone(&self.pinned()?.connection);
        let chance = self.casework.store().chance().clone();
        let (machine, rows) = (Arc::clone(machine), Arc::clone(rows));
        Ok(async move {
            let to = rows.len().min(from + MAX_BATCH);
            let (opening, opened) = (Arc::clone(&machine), Arc::clone(&rows));
            let blinding = tokio::task::spawn_blocking(move || {
                let (places, tokens) = opening.open_tokens(&opened[from..to]);
                let request = (!tokens.is_empty()).then(|| Request::blind(&tokens, &mut ChanceRng(&chance)));
                (places, request.transpose())
            });
            let (places, request) = blinding.await.map_err(|_| RotateKeysError::Interrupted)?;
            let Some(request) = request.map_err(|_| KeyholderFault::Proof)? else {
                return Ok(Vec::new());
            };
            let Some(Evaluating { epoch, .. }) = machine.evaluating() else {
                return Err(RotateKeysError::NoKeyholder);
            };
            let question = question(*epoch, request.blinded());
            let answer = keyholder.evaluate(question).await?;
            let sealing = tokio::task::spawn_blocking(move || {
                let tokens = check(&machine, request, &answer)?;
                let lifted = places.into_iter().zip(tokens).map(|(place, token)| Opened {
                    row: &rows[from + place],
                    token,
                });
                Ok(machine.fill(lifted.collect()))
            });
            sealing.await.map_err(|_| RotateKeysError::Interrupted)?
        })
    }
}

fn question(oprf_epoch: u16, blinded: &[BlindedElement]) -> EvaluationRequest {
    EvaluationRequest {
        oprf_epoch,
        professional: Base64Url(NOBODY),
        on_behalf_of: Some(OrganisationId(NOBODY)),
        elements: blinded
            .iter()
            .map(|element| Base64Url(*element.as_bytes()))
            .collect(),
    }
}

/// The tokens of an answer whose proof holds against the key that is on the keyholder's signed list.
fn check(
    machine: &Machine,
    request: Request,
    answer: &EvaluationAnswer,
) -> Result<Vec<Token>, RotateKeysError> {
    let lying = |_| RotateKeysError::Keyholder(KeyholderFault::Proof);
    let Some(Evaluating { epoch, key }) = machine.evaluating() else {
        return Err(RotateKeysError::NoKeyholder);
    };
    if answer.oprf_epoch != *epoch {
        return Err(KeyholderFault::Proof.into());
    }
    let elements = answer
        .elements
        .iter()
        .map(|element| EvaluatedElement::from_bytes(&element.0));
    let elements: Vec<EvaluatedElement> = elements.collect::<Result<_, _>>().map_err(lying)?;
    let proof = Proof::from_bytes(&answer.proof.0).map_err(lying)?;
    request.finish(key, &elements, &proof).map_err(lying)
}
