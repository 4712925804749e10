//! Level B: tokens blinded here, evaluated by the keyholder, verified against the pinned key and unblinded here
//! (RFC 9497, mode VOPRF). The blinds never leave `identifiers::voprf::Request`, which wipes them.

use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use identifiers::voprf::{EvaluatedElement, Proof, Request, VoprfError};
use identifiers::{NetworkSecret, Token};
use protocol::evaluation::{EvaluationAnswer, EvaluationRequest};
use protocol::gate::{GateShare, GateShareRequest};
use protocol::key_epochs::{KeyEpochs, KeyholderKey, SignedKeyEpochs};
use protocol::problem::ProblemType;
use protocol::signal::ProfessionalReference;
use protocol::{Base64Url, ClientId};
use sha2::Sha256;
use tokio::sync::Mutex;
use zeroize::Zeroize as _;

use crate::environment::{Chance, Environment};
use crate::error::{Error, Lie};
use crate::keyholder::{Evaluations, KeyholderSettings};

/// The way to a keyholder whose answers are believed as far as its pinned key vouches for them.
pub(crate) struct Oblivious {
    evaluations: Evaluations,
    key: KeyholderKey,
    known: Mutex<Option<KeyEpochs>>,
    environment: Arc<dyn Environment>,
}

/// Tokens `N` and the epoch they were evaluated in.
pub(crate) struct Evaluated {
    pub(crate) oprf_epoch: u16,
    pub(crate) tokens: Vec<Token>,
}

impl Oblivious {
    pub(crate) fn new(
        settings: KeyholderSettings,
        client_id: &ClientId,
        private_key_pem: &str,
        environment: Arc<dyn Environment>,
    ) -> Result<Self, Error> {
        let known = settings
            .known
            .as_ref()
            .map(|known| KeyEpochs::verify(known, &settings.key));
        let known = known.transpose().map_err(Lie::List)?;
        Ok(Self {
            evaluations: Evaluations::connect(
                &settings,
                client_id,
                private_key_pem,
                Arc::clone(&environment),
            )?,
            key: settings.key,
            known: Mutex::new(known),
            environment,
        })
    }

    /// Has at most 100 tokens evaluated under the keyholder's live key.
    pub(crate) async fn evaluate(
        &self,
        professional: Base64Url<16>,
        tokens: &[Token],
    ) -> Result<Evaluated, Error> {
        let list = self.list().await?;
        match self.ask(&list, professional, tokens).await {
            Err(error) if error.problem_type() == Some(ProblemType::UnknownKeyEpoch) => {
                let newer = self.refresh().await?;
                if newer.live().0 == list.live().0 {
                    return Err(error);
                }
                self.ask(&newer, professional, tokens).await
            }
            outcome => outcome,
        }
    }

    /// The share in the key of one message.
    pub(crate) async fn gate_share(&self, request: &GateShareRequest) -> Result<GateShare, Error> {
        self.evaluations.gate_share(request).await.map_err(of_keyholder)
    }

    /// The list as it is known, fetched when none is.
    pub(crate) async fn list(&self) -> Result<KeyEpochs, Error> {
        let known = self.known.lock().await.clone();
        match known {
            Some(list) => Ok(list),
            None => self.refresh().await,
        }
    }

    /// Fetches the list, which must extend the one that is known.
    pub(crate) async fn refresh(&self) -> Result<KeyEpochs, Error> {
        let signed = self.evaluations.key_epochs().await.map_err(of_keyholder)?;
        self.learn(&signed).await
    }

    async fn learn(&self, signed: &SignedKeyEpochs) -> Result<KeyEpochs, Error> {
        let newer = KeyEpochs::verify(signed, &self.key).map_err(Lie::List)?;
        let mut known = self.known.lock().await;
        if known.as_ref().is_some_and(|known| !newer.extends(known)) {
            return Err(Lie::NotExtended.into());
        }
        Ok(known.insert(newer).clone())
    }

    async fn ask(
        &self,
        list: &KeyEpochs,
        professional: Base64Url<16>,
        tokens: &[Token],
    ) -> Result<Evaluated, Error> {
        let (oprf_epoch, key) = list.live();
        let blinded = Request::blind(tokens, &mut Chance(&*self.environment));
        let blinded = blinded.map_err(|_| Error::Settings("a batch has 1 to 100 tokens"))?;
        let elements = blinded.blinded().iter();
        let request = EvaluationRequest {
            oprf_epoch,
            professional,
            on_behalf_of: None,
            elements: elements.map(|element| Base64Url(*element.as_bytes())).collect(),
        };
        let answer = self.evaluations.evaluate(&request).await.map_err(of_keyholder)?;
        if answer.oprf_epoch != oprf_epoch {
            return Err(Lie::OtherEpoch.into());
        }
        let (elements, proof) = read(&answer).map_err(Lie::Evaluation)?;
        let tokens = blinded.finish(key, &elements, &proof).map_err(Lie::Evaluation)?;
        Ok(Evaluated { oprf_epoch, tokens })
    }
}

/// What the keyholder knows a professional by: the first 16 bytes of
/// `HMAC-SHA-256(K_net of the newest epoch, "trefpunt/v1/professional" || 0x00 || reference)`. It holds no `K_net`, so it can
/// count a professional's evaluations and not look up who that is.
pub(crate) fn professional_pseudonym(
    secret: &NetworkSecret,
    reference: &ProfessionalReference,
) -> Base64Url<16> {
    // A key of 32 bytes, padded to the block of the hash (RFC 2104).
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block[..32].copy_from_slice(secret.as_bytes());
    let mut mac = Hmac::<Sha256>::new(&block);
    block.as_mut_slice().zeroize();
    mac.update(b"trefpunt/v1/professional\0");
    mac.update(reference.as_str().as_bytes());
    let digest = mac.finalize().into_bytes();
    let mut pseudonym = [0; 16];
    pseudonym.copy_from_slice(&digest[..16]);
    Base64Url(pseudonym)
}

fn read(answer: &EvaluationAnswer) -> Result<(Vec<EvaluatedElement>, Proof), VoprfError> {
    let elements = answer.elements.iter();
    let elements = elements.map(|element| EvaluatedElement::from_bytes(&element.0));
    Ok((
        elements.collect::<Result<_, _>>()?,
        Proof::from_bytes(&answer.proof.0)?,
    ))
}

fn of_keyholder(error: Error) -> Error {
    Error::Keyholder(Box::new(error))
}

#[cfg(test)]
mod tests;
