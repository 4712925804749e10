//! Ceremonies in a region: the real keyholder on the other side, or one that lies.

use std::convert::Infallible;
use std::sync::Arc;

use casework::{Answering, CeremonyKeyholder, KeyholderFault, LiftSecret, PinnedKeyholder};
use client::keyholder::Evaluations;
use identifiers::Token;
use identifiers::voprf::{EvaluatedElement, Proof, Request};
use protocol::OrganisationId;
use protocol::evaluation::{EvaluationAnswer, EvaluationRequest};
use protocol::key_epochs::{KeyEpochs, SignedKeyEpochs};
use protocol::rotation::{RotationAnswer, RotationRequest, seal_delta};
use protocol::text::Base64Url;
use rand_core::{TryCryptoRng, TryRng};

use crate::keyholder::RegionKeyholder;
use crate::{Child, Region, environment};

/// How a keyholder, or somebody on the way to it, lies to a ceremony.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Not at all.
    None,
    /// Its quotient leads to another key than the one on its list.
    Delta,
    /// Its quotient is said to be of other epochs.
    Epochs,
    /// Its list is not signed with its key.
    List,
    /// Its evaluation does not hold against its key.
    Proof,
}

impl Region {
    /// The secret that both custodians' shares give together.
    #[must_use]
    pub fn custodians(&self) -> LiftSecret {
        LiftSecret::join(&[4; 32], &[1; 32])
    }
}

impl RegionKeyholder {
    /// As a ceremony reaches it.
    #[must_use]
    pub fn for_ceremony(&self, lie: Lie) -> PinnedKeyholder {
        let evaluations = self.evaluations();
        PinnedKeyholder {
            connection: Arc::new(Connection { evaluations, lie }),
            key: self.key(),
        }
    }

    /// The oblivious token of a child under the keyholder's key of an epoch that it evaluates with.
    pub async fn token_of(&self, child: &Child, oprf_epoch: u16) -> Token {
        let list = self.operator.key_epochs().await.unwrap();
        let list = KeyEpochs::verify(&list, &self.key()).unwrap();
        let request = Request::blind(&[Token::from_bytes(child.token())], &mut Entropy).unwrap();
        let question = EvaluationRequest {
            oprf_epoch,
            professional: Base64Url([7; 16]),
            on_behalf_of: Some(OrganisationId([7; 16])),
            elements: vec![Base64Url(*request.blinded()[0].as_bytes())],
        };
        let answer = self.evaluations().evaluate(&question).await.unwrap();
        let evaluated = EvaluatedElement::from_bytes(&answer.elements[0].0).unwrap();
        let proof = Proof::from_bytes(&answer.proof.0).unwrap();
        let key = list.public_key(oprf_epoch).unwrap();
        request.finish(key, &[evaluated], &proof).unwrap().remove(0)
    }
}

struct Connection {
    evaluations: Evaluations,
    lie: Lie,
}

impl Connection {
    fn list(&self, mut list: SignedKeyEpochs) -> SignedKeyEpochs {
        if self.lie == Lie::List {
            list.signature.0[7] ^= 1;
        }
        list
    }
}

impl CeremonyKeyholder for Connection {
    fn key_epochs(&self) -> Answering<'_, SignedKeyEpochs> {
        Box::pin(async {
            let list = self.evaluations.key_epochs().await;
            list.map(|list| self.list(list)).map_err(|error| fault(&error))
        })
    }

    fn evaluate(&self, request: EvaluationRequest) -> Answering<'_, EvaluationAnswer> {
        Box::pin(async move {
            let answer = self.evaluations.evaluate(&request).await;
            let mut answer = answer.map_err(|error| fault(&error))?;
            if self.lie == Lie::Proof {
                answer.proof.0[40] ^= 1;
            }
            Ok(answer)
        })
    }

    fn begin_rotation(&self, request: RotationRequest) -> Answering<'_, RotationAnswer> {
        Box::pin(async move {
            let answer = self.evaluations.start_rotation(&request).await;
            let mut answer = answer.map_err(|error| fault(&error))?;
            match self.lie {
                Lie::Delta => {
                    let (from, to) = (answer.from_epoch, answer.to_epoch);
                    let mut other = [3; 32];
                    other[31] = 0;
                    let sealed = seal_delta(&request.ceremony_key, from, to, &other, &mut Entropy);
                    answer.sealed_delta = sealed.unwrap();
                }
                Lie::Epochs => answer.to_epoch += 1,
                Lie::None | Lie::List | Lie::Proof => {}
            }
            Ok(answer)
        })
    }

    fn flip_rotation(&self, to_epoch: u16) -> Answering<'_, SignedKeyEpochs> {
        Box::pin(async move {
            let list = self.evaluations.flip(to_epoch).await;
            list.map_err(|error| fault(&error))
        })
    }

    fn destroy_rotated(&self, to_epoch: u16) -> Answering<'_, SignedKeyEpochs> {
        Box::pin(async move {
            let list = self.evaluations.destroy(to_epoch).await;
            list.map_err(|error| fault(&error))
        })
    }
}

fn fault(error: &client::Error) -> KeyholderFault {
    match error.problem_type() {
        Some(problem) => KeyholderFault::Refused(problem.row().title.to_owned()),
        None => KeyholderFault::Unreachable,
    }
}

/// The machine's entropy, as cryptographic code takes it.
pub(crate) struct Entropy;

impl TryRng for Entropy {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(environment::random()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(environment::random()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        environment::fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Entropy {}
