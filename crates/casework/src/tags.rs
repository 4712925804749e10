//! From tokens as they arrive to tags as they are stored, under the keys of the moment.
//!
//! The tokens are held, in memory that is wiped, while their signal waits: when a key changes meanwhile, the tags are made
//! again from them and nobody is told. They are let go with the answer.

use domain::event::Event;
use identifiers::tag::{self, Suite, TagKey};
use identifiers::{Kind, Token};
use jiff::Timestamp;
use protocol::problem::ProblemType;
use protocol::signal::{SignalToken, TokenKind};
use store::{Context, NewTag, StoreError, Submit, TagKeys, Tx, Work};

use crate::Casework;
use crate::key_epochs::Keys;
use crate::keyholder::{Behalf, KeyholderFailure, LiftFailure};
use crate::lift::{Binding, Sealer};

/// The tokens of one child.
pub(crate) struct HeldTokens {
    suite: Suite,
    oprf_epoch: Option<u16>,
    kind: Kind,
    /// By epoch of `K_net`, oldest first.
    tokens: Vec<HeldToken>,
}

struct HeldToken {
    net_epoch: u16,
    key_check: [u8; 16],
    token: Token,
}

/// Tags of one child, made under one state of the keys.
#[derive(Clone)]
pub(crate) struct MadeTags {
    /// The number of the keys.
    pub(crate) keys_version: i64,
    /// What came of it.
    pub(crate) outcome: Result<Tags, KeyRefusal>,
}

/// See [`MadeTags`].
#[derive(Clone)]
pub(crate) struct Tags {
    pub(crate) tags: Vec<NewTag>,
    pub(crate) suite: u8,
    pub(crate) blinded_by_client: bool,
    /// From when the tokens are no longer taken.
    pub(crate) until: Option<Timestamp>,
}

/// The tokens were not made with the network's keys. Does not depend on whether the child is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyRefusal {
    /// Not one for each live epoch, one of another epoch, or another key behind it.
    #[error("the tokens are not of the network's keys")]
    UnknownEpoch,
    /// A keyed hash from an organisation of which only oblivious tokens are taken.
    #[error("only tokens that the client blinded are taken from this organisation")]
    SuiteTooLow,
}

impl KeyRefusal {
    pub(crate) fn problem(self) -> ProblemType {
        match self {
            Self::UnknownEpoch => ProblemType::UnknownKeyEpoch,
            Self::SuiteTooLow => ProblemType::SuiteTooLow,
        }
    }
}

/// Which epochs the tokens of one child must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Epochs {
    /// Every live one, and of those that end some or none: a new signal.
    EveryLive,
    /// One at least: further tokens of a signal that is there.
    Some,
}

/// Why no tags were made, other than by the sender's fault.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TagFailure {
    /// The keyholder is needed.
    #[error(transparent)]
    Keyholder(#[from] KeyholderFailure),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl HeldTokens {
    /// Of tokens as they arrived, all made in one way; none for no tokens.
    pub(crate) fn of(tokens: &[SignalToken]) -> Option<Self> {
        let first = tokens.first()?;
        let kind = match first.kind {
            TokenKind::Bsn => Kind::Bsn,
        };
        let mut held: Vec<HeldToken> = tokens
            .iter()
            .map(|token| HeldToken {
                net_epoch: token.net_epoch,
                key_check: token.key_check.0,
                token: Token::from_bytes(*token.token.expose()),
            })
            .collect();
        held.sort_by_key(|token| token.net_epoch);
        Some(Self {
            suite: Suite::try_from(first.suite).ok()?,
            oprf_epoch: first.oprf_epoch,
            kind,
            tokens: held,
        })
    }

    /// Whether the keyholder must be asked to make tags of them under these keys.
    pub(crate) fn needs_keyholder(&self, keys: &Keys) -> bool {
        let state = &keys.state;
        let oblivious = |keys: TagKeys| keys.suite == Suite::Oblivious.code();
        self.suite == Suite::KeyedHash && (oblivious(state.live()) || state.next().is_some_and(oblivious))
    }

    /// Whether they are taken under these keys; gives from when they no longer are.
    fn check(&self, keys: &Keys, min_suite: u8, epochs: Epochs) -> Result<Option<Timestamp>, KeyRefusal> {
        let state = &keys.state;
        let mut until = None;
        let mut sooner = |at: Option<Timestamp>| until = [until, at].into_iter().flatten().min();
        for token in &self.tokens {
            let known = state
                .net_epoch(token.net_epoch)
                .filter(|known| known.key_check == token.key_check)
                .ok_or(KeyRefusal::UnknownEpoch)?;
            sooner(known.until);
        }
        let sent = |number: u16| self.tokens.iter().any(|token| token.net_epoch == number);
        let mut live = state.net_epochs.iter().filter(|epoch| epoch.until.is_none());
        if epochs == Epochs::EveryLive && !live.all(|epoch| sent(epoch.number)) {
            return Err(KeyRefusal::UnknownEpoch);
        }
        match self.oprf_epoch {
            None if min_suite > Suite::KeyedHash.code() => return Err(KeyRefusal::SuiteTooLow),
            None => {}
            // Without live tags of suite 2 there is nothing to find the child by.
            Some(epoch) if state.oprf_epoch.is_none() || !keys.takes(epoch) => {
                return Err(KeyRefusal::UnknownEpoch);
            }
            Some(epoch) => {
                let rotation = state.rotation.as_ref();
                let late = rotation.filter(|rotation| {
                    rotation.to.oprf_epoch == state.oprf_epoch && rotation.from.oprf_epoch == Some(epoch)
                });
                if Some(epoch) != state.oprf_epoch {
                    sooner(late.and_then(|rotation| rotation.grace_until));
                }
            }
        }
        Ok(until)
    }
}

impl Casework {
    /// Makes tags under the keys as they were read last. Where that needs the keyholder, it is asked; once more when it
    /// went on to another epoch meanwhile.
    pub(crate) async fn make_tags(
        &self,
        held: &[&HeldTokens],
        behalf: Behalf,
        min_suite: u8,
        epochs: Epochs,
    ) -> Result<Vec<MadeTags>, TagFailure> {
        match self.try_make_tags(held, behalf, min_suite, epochs).await {
            Err(TagFailure::Keyholder(KeyholderFailure::UnknownEpoch)) => {
                self.read_keys().await?;
                self.try_make_tags(held, behalf, min_suite, epochs).await
            }
            made => made,
        }
    }

    async fn try_make_tags(
        &self,
        held: &[&HeldTokens],
        behalf: Behalf,
        min_suite: u8,
        epochs: Epochs,
    ) -> Result<Vec<MadeTags>, TagFailure> {
        let keys = self.known_keys().await?;
        let checked: Vec<Result<Option<Timestamp>, KeyRefusal>> = held
            .iter()
            .map(|held| held.check(&keys, min_suite, epochs))
            .collect();
        let taken = || held.iter().zip(&checked).filter(|(_, check)| check.is_ok());
        let to_lift: Vec<Token> = taken()
            .filter(|(held, _)| held.needs_keyholder(&keys))
            .flat_map(|(held, _)| held.tokens.iter().map(|token| token.token.clone()))
            .collect();
        let (lifted_in, lifted) = self.lift(&keys, &to_lift, behalf).await?;
        let mut lifted = lifted.into_iter();
        let sealer = self.sealer().await?;
        let mut made = Vec::with_capacity(held.len());
        for (held, check) in held.iter().zip(checked) {
            let outcome = match check {
                Err(refusal) => Err(refusal),
                Ok(until) => {
                    let elements: Option<(u16, Vec<Token>)> = match held.suite {
                        Suite::Oblivious => held.oprf_epoch.map(|epoch| {
                            (
                                epoch,
                                held.tokens.iter().map(|token| token.token.clone()).collect(),
                            )
                        }),
                        Suite::KeyedHash => {
                            lifted_in.map(|epoch| (epoch, lifted.by_ref().take(held.tokens.len()).collect()))
                        }
                    };
                    self.tags_of(&keys, held, elements.as_ref(), &sealer)
                        .map(|tags| Tags {
                            tags,
                            suite: keys.state.live().suite,
                            blinded_by_client: held.suite == Suite::Oblivious,
                            until,
                        })
                }
            };
            made.push(MadeTags {
                keys_version: keys.state.version,
                outcome,
            });
        }
        Ok(made)
    }

    fn tags_of(
        &self,
        keys: &Keys,
        held: &HeldTokens,
        elements: Option<&(u16, Vec<Token>)>,
        sealer: &Sealer,
    ) -> Result<Vec<NewTag>, KeyRefusal> {
        let live = keys.state.live();
        let mut tags = Vec::new();
        for (under, is_live) in [(Some(live), true), (keys.state.next(), false)] {
            let Some(under) = under else { continue };
            let key = TagKey::derive(&self.keys().master, under.tag_epoch);
            let suite = Suite::try_from(under.suite).map_err(|_| KeyRefusal::UnknownEpoch)?;
            for (place, token) in held.tokens.iter().enumerate() {
                let value = match (suite, held.suite) {
                    (Suite::KeyedHash, Suite::KeyedHash) => token.token.clone(),
                    (Suite::KeyedHash, Suite::Oblivious) => return Err(KeyRefusal::UnknownEpoch),
                    (Suite::Oblivious, _) => element_under(keys, elements, place, under)?,
                };
                let binding = Binding {
                    suite: under.suite,
                    kind: held.kind.code(),
                    net_epoch: token.net_epoch,
                    oprf_epoch: under.oprf_epoch.unwrap_or(0),
                    tag_epoch: under.tag_epoch,
                };
                tags.push(NewTag {
                    tag: *tag::tag(&key, suite, held.kind, &value).as_bytes(),
                    kind: held.kind.code(),
                    net_epoch: token.net_epoch,
                    keys: under,
                    live: is_live,
                    sealed: sealer.seal(&value, binding).to_vec(),
                });
            }
        }
        Ok(tags)
    }

    /// Has tokens `t` evaluated, if there are any; gives the epoch and the elements.
    async fn lift(
        &self,
        keys: &Keys,
        tokens: &[Token],
        behalf: Behalf,
    ) -> Result<(Option<u16>, Vec<Token>), TagFailure> {
        if tokens.is_empty() {
            return Ok((None, Vec::new()));
        }
        let Some(gateway) = &self.inner.gateway else {
            tracing::error!("a keyed hash needs the keyholder, and none is configured");
            return Err(KeyholderFailure::Unavailable.into());
        };
        let Some(ask) = keys.to_ask() else {
            tracing::error!("the keyholder's list of epochs was not accepted yet");
            return Err(KeyholderFailure::Unavailable.into());
        };
        let lifted = gateway.lift(tokens, behalf, ask, self.store().chance()).await;
        match lifted {
            Ok(lifted) => Ok((Some(ask.0), lifted)),
            Err(LiftFailure::Keyholder(KeyholderFailure::UnknownEpoch)) => {
                // It went on to another epoch: its list tells which.
                if let Err(error) = self.refresh_key_epochs().await {
                    tracing::warn!(%error, "the keyholder's list was not had");
                }
                Err(KeyholderFailure::UnknownEpoch.into())
            }
            Err(LiftFailure::Keyholder(failure)) => Err(failure.into()),
            Err(LiftFailure::Lied) => {
                tracing::error!(
                    oprf_epoch = ask.0,
                    "ALARM: the keyholder's answer does not hold against its own key"
                );
                let work = RecordProofFailed {
                    network: keys.state.network_tag,
                    oprf_epoch: ask.0,
                };
                self.store().run(Context::Service, work).await?;
                self.inner.wake.sequencer.notify_one();
                Err(KeyholderFailure::Unavailable.into())
            }
        }
    }
}

/// The element of a token under these keys: as it is, or multiplied by the quotient that leads there.
fn element_under(
    keys: &Keys,
    elements: Option<&(u16, Vec<Token>)>,
    place: usize,
    under: TagKeys,
) -> Result<Token, KeyRefusal> {
    let (epoch, elements) = elements.ok_or(KeyRefusal::UnknownEpoch)?;
    let element = elements.get(place).ok_or(KeyRefusal::UnknownEpoch)?;
    if under.oprf_epoch == Some(*epoch) {
        return Ok(element.clone());
    }
    let (Some(rotation), Some(delta)) = (&keys.state.rotation, keys.delta()) else {
        return Err(KeyRefusal::UnknownEpoch);
    };
    let (from, to) = (rotation.from.oprf_epoch, rotation.to.oprf_epoch);
    let moved = if (from, to) == (Some(*epoch), under.oprf_epoch) {
        delta.apply(element)
    } else if (to, from) == (Some(*epoch), under.oprf_epoch) {
        delta.inverse().apply(element)
    } else {
        return Err(KeyRefusal::UnknownEpoch);
    };
    moved.map_err(|_| KeyRefusal::UnknownEpoch)
}

struct RecordProofFailed {
    network: u128,
    oprf_epoch: u16,
}

impl Work for RecordProofFailed {
    const NAME: &'static str = "record_proof_failed";
    type Role = Submit;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Submit>) -> Result<(), StoreError> {
        tx.record_proof_failed(&Event::KeyholderProofFailed {
            network: self.network,
            oprf_epoch: self.oprf_epoch,
        })
        .await
    }
}
