//! A keyholder for tests: real keys, real proofs, and a way to answer otherwise.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use identifiers::voprf::{BlindedElement, SecretKey};
use protocol::Base64Url;
use protocol::Body as _;
use protocol::OrganisationId;
use protocol::consent::ConsentVerifier;
use protocol::evaluation::{EvaluationAnswer, EvaluationRequest};
use protocol::gate::{GateShare, GateShareRequest, judge};
use protocol::key_epochs::{
    EpochAct, KeyEpochEntry, KeyEpochs, KeyholderKey, KeyholderSigner, SignedKeyEpochs,
};
use protocol::problem::ProblemType;
use protocol::text::Confidential;

use super::{Asked, NOW, Reply, Service, TestEnvironment, consent_keys, token};
use crate::environment::Chance;
use crate::keyholder::KeyholderSettings;

/// What it holds; a test may change it between calls.
#[derive(Clone)]
pub(crate) struct State {
    /// Number of the secret of each epoch, from 1 on.
    pub(crate) secrets: Vec<u8>,
    /// Which epoch it evaluates in.
    pub(crate) live: u16,
    /// The list it shows.
    pub(crate) list: SignedKeyEpochs,
    /// Takes the place of every evaluation.
    pub(crate) instead: Option<fn(EvaluationAnswer) -> Reply>,
    /// Whose client asks for shares; nobody gets any when it is nobody.
    pub(crate) caller: Option<OrganisationId>,
    /// Consents of which it was told that they ended.
    pub(crate) tombstones: Vec<Base64Url<32>>,
    /// It answers that it shuts down.
    pub(crate) down: bool,
}

pub(crate) struct Keyholder {
    pub(crate) service: Service,
    state: Arc<Mutex<State>>,
}

impl Keyholder {
    /// In its first epoch.
    pub(crate) async fn start() -> Self {
        let state = Arc::new(Mutex::new(State {
            secrets: vec![5],
            live: 1,
            list: signed(&first()),
            instead: None,
            caller: None,
            tombstones: Vec::new(),
            down: false,
        }));
        let kept = Arc::clone(&state);
        let service = Service::start(move |asked| {
            let state = kept.lock().unwrap().clone();
            token(asked).unwrap_or_else(|| state.answer(asked))
        })
        .await;
        Self { service, state }
    }

    pub(crate) fn settings(&self) -> KeyholderSettings {
        KeyholderSettings {
            url: self.service.url.clone(),
            token_url: format!("{}/oauth/token", self.service.url),
            key: key(),
            known: None,
            deadline: Duration::from_secs(60),
        }
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    /// Goes to the second epoch.
    pub(crate) fn rotate(&self) {
        self.change(|state| {
            state.secrets = vec![5, 6];
            state.live = 2;
            state.list = signed(&second());
        });
    }

    pub(crate) fn shares_asked(&self) -> usize {
        self.service.asked("POST /v1/gate-shares").len()
    }

    pub(crate) fn evaluations(&self) -> usize {
        self.service.asked("POST /v1/evaluations").len()
    }
}

impl State {
    fn answer(&self, asked: &Asked) -> Reply {
        if asked.line.starts_with("GET /v1/key-epochs") {
            return Reply::Json(200, serde_json::to_value(&self.list).unwrap());
        }
        if self.down {
            return Reply::Problem(ProblemType::ShuttingDown);
        }
        if asked.line.starts_with("POST /v1/gate-shares") {
            return self.share(asked);
        }
        assert!(asked.line.starts_with("POST /v1/evaluations"), "{}", asked.line);
        let request = EvaluationRequest::parse(asked.body.as_bytes()).unwrap();
        if request.oprf_epoch != self.live {
            return Reply::Problem(ProblemType::UnknownKeyEpoch);
        }
        let answer = evaluate(self.secrets[usize::from(self.live) - 1], &request);
        match self.instead {
            None => Reply::Json(200, serde_json::to_value(&answer).unwrap()),
            Some(instead) => instead(answer),
        }
    }
}

impl State {
    /// As a keyholder judges: by the record and the portal's word alone.
    fn share(&self, asked: &Asked) -> Reply {
        let request = GateShareRequest::parse(asked.body.as_bytes()).unwrap();
        let portals = [ConsentVerifier::new(&consent_keys()).unwrap()];
        let ended = self.tombstones.contains(&request.record.hash);
        let caller = self.caller.unwrap_or(OrganisationId([0; 16]));
        match judge(&request, caller, &portals, NOW.parse().unwrap(), ended) {
            Err(_) => Reply::Problem(ProblemType::GateClosed),
            Ok(released) => {
                let share = released.share(&Confidential::new([0x6b; 32]));
                Reply::Json(200, serde_json::to_value(GateShare { share }).unwrap())
            }
        }
    }
}

pub(crate) fn evaluate(secret: u8, request: &EvaluationRequest) -> EvaluationAnswer {
    let elements = request.elements.iter();
    let blinded = elements.map(|element| BlindedElement::from_bytes(&element.0).unwrap());
    let environment = TestEnvironment::default();
    let (evaluated, proof) = secret_key(secret)
        .evaluate_and_prove(&blinded.collect::<Vec<_>>(), &mut Chance(&environment))
        .unwrap();
    EvaluationAnswer {
        oprf_epoch: request.oprf_epoch,
        elements: evaluated
            .iter()
            .map(|element| Base64Url(*element.as_bytes()))
            .collect(),
        proof: Base64Url(proof.to_bytes()),
    }
}

pub(crate) fn secret_key(number: u8) -> SecretKey {
    let mut scalar = [0; 32];
    scalar[0] = number;
    SecretKey::from_bytes(&scalar).unwrap()
}

pub(crate) fn key() -> KeyholderKey {
    signer().key()
}

fn signer() -> KeyholderSigner {
    KeyholderSigner::from_seed(&[9; 32])
}

pub(crate) fn signed(list: &KeyEpochs) -> SignedKeyEpochs {
    signer().sign(list)
}

pub(crate) fn first() -> KeyEpochs {
    let entries = [introduced(1, 5), entry(EpochAct::Live, 1)];
    KeyEpochs::new("demo".parse().unwrap(), entries.to_vec()).unwrap()
}

pub(crate) fn second() -> KeyEpochs {
    first()
        .with([introduced(2, 6), entry(EpochAct::Live, 2)])
        .unwrap()
}

pub(crate) fn introduced(epoch: u16, secret: u8) -> KeyEpochEntry {
    KeyEpochEntry {
        public_key: Some(Base64Url(*secret_key(secret).public_key().as_bytes())),
        ..entry(EpochAct::Introduced, epoch)
    }
}

pub(crate) fn entry(act: EpochAct, epoch: u16) -> KeyEpochEntry {
    KeyEpochEntry {
        act,
        at: NOW.parse().unwrap(),
        epoch,
        public_key: None,
    }
}
