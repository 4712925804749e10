//! A keyholder in this process: the same arithmetic, without HTTP, quota or database.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use casework::{Answering, CeremonyKeyholder, KeyholderFault};
use identifiers::voprf::{BlindedElement, Delta, SecretKey};
use protocol::evaluation::{EvaluationAnswer, EvaluationRequest};
use protocol::key_epochs::{
    EpochAct, KeyEpochEntry, KeyEpochs, KeyholderKey, KeyholderSigner, SignedKeyEpochs,
};
use protocol::rotation::{RotationAnswer, RotationRequest, seal_delta};
use protocol::text::Base64Url;

use crate::environment::{Machine, now, random};

/// Holds its keys as long as it lives.
pub(super) struct OwnKeyholder {
    signer: KeyholderSigner,
    state: Mutex<State>,
}

struct State {
    list: KeyEpochs,
    /// The key of epoch 1, 2, ...
    keys: Vec<SecretKey>,
}

impl OwnKeyholder {
    /// With one epoch, which is live.
    pub(super) fn new() -> Arc<Self> {
        let key = SecretKey::random(&mut Machine);
        let entries = vec![
            entry(EpochAct::Introduced, 1, Some(&key)),
            entry(EpochAct::Live, 1, None),
        ];
        let name = "bench".parse();
        let list = name.ok().and_then(|name| KeyEpochs::new(name, entries).ok());
        Arc::new(Self {
            signer: KeyholderSigner::from_seed(&random()),
            state: Mutex::new(State {
                list: list.expect("an introduced epoch that goes live is a list"),
                keys: vec![key],
            }),
        })
    }

    /// What its lists are signed with.
    pub(super) fn key(&self) -> KeyholderKey {
        self.signer.key()
    }

    /// Makes the next key.
    pub(super) fn prepare(&self) -> Result<(), KeyholderFault> {
        let mut state = self.state();
        let key = SecretKey::random(&mut Machine);
        let epoch = u16::try_from(state.keys.len() + 1).map_err(|_| KeyholderFault::List)?;
        let introduced = entry(EpochAct::Introduced, epoch, Some(&key));
        state.keys.push(key);
        self.add(&mut state, introduced).map(drop)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an entry unless it stands, and signs the list.
    fn add(&self, state: &mut State, entry: KeyEpochEntry) -> Result<SignedKeyEpochs, KeyholderFault> {
        let stands = state
            .list
            .entries()
            .iter()
            .any(|other| (other.act, other.epoch) == (entry.act, entry.epoch));
        if !stands {
            state.list = state.list.with([entry]).map_err(|_| KeyholderFault::List)?;
        }
        Ok(self.signer.sign(&state.list))
    }
}

fn entry(act: EpochAct, epoch: u16, key: Option<&SecretKey>) -> KeyEpochEntry {
    KeyEpochEntry {
        act,
        at: now(),
        epoch,
        public_key: key.map(|key| Base64Url(*key.public_key().as_bytes())),
    }
}

impl CeremonyKeyholder for OwnKeyholder {
    fn key_epochs(&self) -> Answering<'_, SignedKeyEpochs> {
        Box::pin(async { Ok(self.signer.sign(&self.state().list)) })
    }

    fn evaluate(&self, request: EvaluationRequest) -> Answering<'_, EvaluationAnswer> {
        Box::pin(async move {
            let state = self.state();
            let key = state.keys.get(usize::from(request.oprf_epoch) - 1);
            let key = key.ok_or_else(|| KeyholderFault::Refused("unknown epoch".to_owned()))?;
            let blinded = request.elements.iter();
            let blinded: Result<Vec<_>, _> = blinded
                .map(|element| BlindedElement::from_bytes(&element.0))
                .collect();
            let blinded = blinded.map_err(|_| KeyholderFault::Refused("no element".to_owned()))?;
            let (evaluated, proof) = key
                .evaluate_and_prove(&blinded, &mut Machine)
                .map_err(|_| KeyholderFault::Refused("no batch".to_owned()))?;
            Ok(EvaluationAnswer {
                oprf_epoch: request.oprf_epoch,
                elements: evaluated
                    .iter()
                    .map(|element| Base64Url(*element.as_bytes()))
                    .collect(),
                proof: Base64Url(proof.to_bytes()),
            })
        })
    }

    fn begin_rotation(&self, request: RotationRequest) -> Answering<'_, RotationAnswer> {
        Box::pin(async move {
            let state = self.state();
            let to = request.to_epoch;
            let from = state.list.live().0;
            let of = |epoch: u16| state.keys.get(usize::from(epoch) - 1);
            let (Some(old), Some(new)) = (of(from), of(to)) else {
                return Err(KeyholderFault::Refused("unknown epoch".to_owned()));
            };
            let delta = Delta::between(old, new).to_bytes();
            let sealed_delta = seal_delta(&request.ceremony_key, from, to, &delta, &mut Machine)
                .map_err(|_| KeyholderFault::Refused("no key".to_owned()))?;
            Ok(RotationAnswer {
                from_epoch: from,
                to_epoch: to,
                sealed_delta,
                key_epochs: self.signer.sign(&state.list),
            })
        })
    }

    fn flip_rotation(&self, to_epoch: u16) -> Answering<'_, SignedKeyEpochs> {
        Box::pin(async move { self.add(&mut self.state(), entry(EpochAct::Live, to_epoch, None)) })
    }

    fn destroy_rotated(&self, to_epoch: u16) -> Answering<'_, SignedKeyEpochs> {
        Box::pin(async move {
            let before = to_epoch.saturating_sub(1);
            self.add(&mut self.state(), entry(EpochAct::Destroyed, before, None))
        })
    }
}
