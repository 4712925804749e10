//! The gateway: tokens of suite 1 are taken to the keyholder on behalf of the organisation that sent them.
//!
//! The keyholder sees blinded elements, whose signal it is (the organisation, and a pseudonym of the professional, to
//! count) and nothing else. Its proof is checked against the key of its accepted list before anything is unblinded.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use identifiers::Token;
use identifiers::voprf::{EvaluatedElement, Proof, PublicKey, Request, VoprfError};
use protocol::OrganisationId;
use protocol::evaluation::{EvaluationAnswer, EvaluationRequest, MAX_ELEMENTS};
use protocol::gate::Tombstones;
use protocol::key_epochs::{KeyholderKey, SignedKeyEpochs};
use protocol::text::Base64Url;
use store::Chance;
use tokio::sync::Semaphore;

use crate::lift::ChanceRng;

/// How long a submission waits for the keyholder, its turn to ask included.
const DEADLINE: Duration = Duration::from_secs(2);

/// At most so many ask at a time.
const AT_ONCE: usize = 32;

/// What a call to the keyholder will give.
pub type KeyholderFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, KeyholderFailure>> + Send + 'a>>;

/// How a call to the keyholder fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyholderFailure {
    /// It is down or slow, or answered what is no answer.
    #[error("the keyholder did not answer")]
    Unavailable,
    /// It does not evaluate with the key of this epoch now.
    #[error("the keyholder does not evaluate with the key of this epoch")]
    UnknownEpoch,
    /// The organisation, the professional or the gateway has used up what it may have evaluated today.
    #[error("the keyholder's quota is used up")]
    QuotaExhausted {
        /// Seconds until there is more.
        retry_after: u32,
    },
}

/// The keyholder, however it is reached.
pub trait Keyholder: Send + Sync {
    /// Has blinded elements evaluated (`POST /v1/evaluations`).
    fn evaluate(&self, request: EvaluationRequest) -> KeyholderFuture<'_, EvaluationAnswer>;

    /// The list of its epochs as it is now (`GET /v1/key-epochs`).
    fn key_epochs(&self) -> KeyholderFuture<'_, SignedKeyEpochs>;

    /// Tells it of consents that ended before their time (`POST /v1/gate-tombstones`). Told again it changes nothing.
    fn push_tombstones(&self, ended: Tombstones) -> KeyholderFuture<'_, ()>;
}

/// The keyholder as this service uses it.
pub(crate) struct Gateway {
    keyholder: Arc<dyn Keyholder>,
    /// Signs its lists; pinned.
    key: KeyholderKey,
    turns: Semaphore,
}

/// Why tokens were not lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LiftFailure {
    /// The keyholder's own reason, or its time was over.
    #[error(transparent)]
    Keyholder(#[from] KeyholderFailure),
    /// It lied, or somebody on the way did.
    #[error("the keyholder's answer does not hold")]
    Lied,
}

impl From<VoprfError> for LiftFailure {
    fn from(_: VoprfError) -> Self {
        Self::Lied
    }
}

/// On whose behalf something is evaluated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Behalf {
    pub(crate) organisation: OrganisationId,
    /// Pseudonym of the professional.
    pub(crate) professional: [u8; 16],
}

impl Gateway {
    pub(crate) fn new(keyholder: Arc<dyn Keyholder>, key: KeyholderKey) -> Self {
        Self {
            keyholder,
            key,
            turns: Semaphore::new(AT_ONCE),
        }
    }

    /// The pinned key of its lists.
    pub(crate) fn key(&self) -> &KeyholderKey {
        &self.key
    }

    /// Its list, not verified yet.
    pub(crate) async fn key_epochs(&self) -> Result<SignedKeyEpochs, KeyholderFailure> {
        within(self.keyholder.key_epochs()).await
    }

    /// Tells it of consents that ended before their time.
    pub(crate) async fn push_tombstones(&self, ended: Tombstones) -> Result<(), KeyholderFailure> {
        within(self.keyholder.push_tombstones(ended)).await
    }

    /// The tokens `N` of these tokens `t`, in order.
    pub(crate) async fn lift(
        &self,
        tokens: &[Token],
        behalf: Behalf,
        (oprf_epoch, key): (u16, &PublicKey),
        chance: &Chance,
    ) -> Result<Vec<Token>, LiftFailure> {
        let lift = async {
            let Ok(_turn) = self.turns.acquire().await else {
                return Err(KeyholderFailure::Unavailable.into());
            };
            let mut lifted = Vec::with_capacity(tokens.len());
            for tokens in tokens.chunks(MAX_ELEMENTS) {
                let request = Request::blind(tokens, &mut ChanceRng(chance))?;
                let answer = self
                    .keyholder
                    .evaluate(EvaluationRequest {
                        oprf_epoch,
                        professional: Base64Url(behalf.professional),
                        on_behalf_of: Some(behalf.organisation),
                        elements: request
                            .blinded()
                            .iter()
                            .map(|element| Base64Url(*element.as_bytes()))
                            .collect(),
                    })
                    .await?;
                lifted.extend(finish(request, &answer, oprf_epoch, key)?);
            }
            Ok(lifted)
        };
        match tokio::time::timeout(DEADLINE, lift).await {
            Ok(lifted) => lifted,
            Err(_) => Err(KeyholderFailure::Unavailable.into()),
        }
    }
}

async fn within<T>(call: KeyholderFuture<'_, T>) -> Result<T, KeyholderFailure> {
    tokio::time::timeout(DEADLINE, call)
        .await
        .unwrap_or(Err(KeyholderFailure::Unavailable))
}

/// Decodes strictly, checks the proof, unblinds.
fn finish(
    request: Request,
    answer: &EvaluationAnswer,
    oprf_epoch: u16,
    key: &PublicKey,
) -> Result<Vec<Token>, LiftFailure> {
    if answer.oprf_epoch != oprf_epoch {
        return Err(LiftFailure::Lied);
    }
    let evaluated = answer
        .elements
        .iter()
        .map(|element| EvaluatedElement::from_bytes(&element.0))
        .collect::<Result<Vec<_>, _>>()?;
    let proof = Proof::from_bytes(&answer.proof.0)?;
    Ok(request.finish(key, &evaluated, &proof)?)
}
