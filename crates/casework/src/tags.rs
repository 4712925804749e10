//! From tokens as they arrive to tags as they are stored, under the keys of the moment.
//!
//! The tokens are held, in memory that is wiped, while their signal waits: when a key changes meanwhile, the tags are made
//! again from them and nobody is told. They are let go with the answer.

use domain::event::Event;
use identifiers::tag::{self, Suite, TagKey};
use identifiers::{Kind, Token};
use jiff::Timestamp;
use protocol::problem::ProblemType;
use protocol::signal::{SignalSubmission, SignalToken, TokenKind};
use store::{Context, NewTag, StoreError, Submit, TagKeys, Tx, Work};

use crate::key_epochs::Keys;
use crate::keyholder::{Behalf, KeyholderFailure, LiftFailure};
use crate::lift::{Binding, Sealer};
use crate::{Caller, Casework};

/// How often tags are made again because keys changed under them, before their caller is told to come back.
pub(crate) const KEY_CHANGES: u32 = 5;

/// The tokens of one child or of one guardian.
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

/// Tags of one child or one guardian, made under one state of the keys.
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
    /// When the tokens are taken.
    pub(crate) taken: Taken,
}

/// When tokens are taken. The time is the transaction's, in which they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Taken {
    /// From when on: until then an epoch that ends had to have its token too.
    from: Option<Timestamp>,
    /// From when on no longer.
    until: Option<Timestamp>,
}

impl Taken {
    /// Refuses tokens that are not taken now.
    pub(crate) fn at(self, now: Timestamp) -> Result<(), KeyRefusal> {
        let too_early = self.from.is_some_and(|from| now < from);
        let too_late = self.until.is_some_and(|until| until <= now);
        match too_early || too_late {
            true => Err(KeyRefusal::UnknownEpoch),
            false => Ok(()),
        }
    }
}

/// The tokens were not made with the network's keys. Does not depend on whether the child is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyRefusal {
    /// Not one for each epoch that must have one, one of another epoch, or another key behind it.
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
    /// Every one that is not over, one whose key was compromised too: a new signal. As long as there are tags of an epoch
    /// its token must come, for a child may be known by that alone.
    Every,
    /// Every one that stays, and of those that end some or none: further tokens of a signal that is there.
    EveryLive,
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
    /// Those of a signal: the child's, and then those of each guardian.
    pub(crate) fn of_signal(body: &SignalSubmission) -> Option<Vec<Self>> {
        std::iter::once(&body.tokens)
            .chain(body.guardians.iter().map(|guardian| &guardian.tokens))
            .map(|tokens| Self::of(tokens))
            .collect()
    }

    /// Of tokens as they arrived, all made in one way; none for no tokens.
    pub(crate) fn of(tokens: &[SignalToken]) -> Option<Self> {
        let first = tokens.first()?;
        let kind = match first.kind {
            TokenKind::Bsn => Kind::Bsn,
            TokenKind::ServiceKey => Kind::ServiceKey,
            TokenKind::GuardianBsn => Kind::GuardianBsn,
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

    /// How many tokens they are.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether the keyholder must be asked to make tags of them under these keys.
    pub(crate) fn needs_keyholder(&self, keys: &Keys) -> bool {
        let state = &keys.state;
        let oblivious = |keys: TagKeys| keys.suite == Suite::Oblivious.code();
        self.suite == Suite::KeyedHash && (oblivious(state.live()) || state.next().is_some_and(oblivious))
    }

    /// Whether they are taken under these keys; gives when.
    fn check(&self, keys: &Keys, min_suite: u8, epochs: Epochs) -> Result<Taken, KeyRefusal> {
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
        let mut from = None;
        for missing in state.net_epochs.iter().filter(|epoch| !sent(epoch.number)) {
            let ends = missing.until.ok_or(KeyRefusal::UnknownEpoch)?;
            if epochs == Epochs::Every {
                from = from.max(Some(ends));
            }
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
        Ok(Taken { from, until })
    }
}

impl Casework {
    /// On behalf of whom the caller has something evaluated: a professional by reference, or whatever else it is counted by.
    pub(crate) fn behalf(&self, caller: &Caller, counted_by: &[u8]) -> Behalf {
        let crypter = self.store().crypter();
        Behalf {
            organisation: caller.organisation_id,
            professional: crypter.pseudonym(&caller.organisation_id.0, counted_by),
        }
    }

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
        let checked: Vec<Result<Taken, KeyRefusal>> = held
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
        let mut made = Vec::with_capacity(held.len());
        for (held, check) in held.iter().zip(checked) {
            let outcome = match check {
                Err(refusal) => Err(refusal),
                Ok(taken) => {
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
                    // Only now: what is refused opens no context.
                    let sealer = self.sealer().await?;
                    self.tags_of(&keys, held, elements.as_ref(), &sealer)
                        .map(|tags| Tags {
                            tags,
                            suite: keys.state.live().suite,
                            blinded_by_client: held.suite == Suite::Oblivious,
                            taken,
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

#[cfg(test)]
mod tests {
    use identifiers::voprf::{Delta, SecretKey};
    use protocol::text::{Base64Url, Confidential};
    use store::{KeyState, NetEpoch, RotationPhase, RotationState};
    use zeroize::Zeroizing;

    use super::*;

    const UNTIL: Timestamp = Timestamp::constant(2_000_000_000, 0);
    const OLD: TagKeys = TagKeys {
        suite: 2,
        oprf_epoch: Some(1),
        tag_epoch: 1,
    };
    const NEW: TagKeys = TagKeys {
        suite: 2,
        oprf_epoch: Some(2),
        tag_epoch: 1,
    };

    fn secret(number: u8) -> SecretKey {
        let mut bytes = [0; 32];
        bytes[0] = number;
        SecretKey::from_bytes(&bytes).unwrap()
    }

    /// The element of one child under the key of this epoch: its public key does.
    fn element(epoch: u8) -> Token {
        Token::from_bytes(*secret(epoch + 4).public_key().as_bytes())
    }

    fn rotation(phase: RotationPhase) -> RotationState {
        let delta = Delta::between(&secret(5), &secret(6)).to_bytes();
        RotationState {
            phase,
            from: OLD,
            to: NEW,
            delta: (phase != RotationPhase::Destroy).then(|| Zeroizing::new(*delta)),
            grace_until: (phase == RotationPhase::Grace).then_some(UNTIL),
        }
    }

    fn keys(live: TagKeys, rotation: Option<RotationState>) -> Keys {
        let net_epoch = |number, until| NetEpoch {
            number,
            key_check: [9; 16],
            until,
            compromised: false,
        };
        Keys::of(KeyState {
            version: 1,
            network_tag: 1,
            net_epochs: vec![net_epoch(1, Some(UNTIL)), net_epoch(2, None)],
            tag_epoch: live.tag_epoch,
            oprf_epoch: live.oprf_epoch,
            rotation,
            list: None,
        })
        .unwrap()
    }

    fn held(suite: u8, oprf_epoch: Option<u16>, net_epochs: &[u16]) -> HeldTokens {
        let tokens: Vec<SignalToken> = net_epochs
            .iter()
            .map(|net_epoch| SignalToken {
                suite,
                net_epoch: *net_epoch,
                oprf_epoch,
                kind: TokenKind::Bsn,
                key_check: Base64Url([9; 16]),
                token: Confidential::new([7; 32]),
            })
            .collect();
        HeldTokens::of(&tokens).unwrap()
    }

    #[test]
    fn each_phase_takes_its_epochs_of_the_keyholder_and_no_others() {
        let steady = keys(OLD, None);
        let fill = keys(OLD, Some(rotation(RotationPhase::Fill)));
        let grace = keys(NEW, Some(rotation(RotationPhase::Grace)));
        let destroy = keys(NEW, Some(rotation(RotationPhase::Destroy)));
        let taken = |keys: &Keys| {
            (1..=3)
                .filter(|epoch| {
                    held(2, Some(*epoch), &[2])
                        .check(keys, 2, Epochs::EveryLive)
                        .is_ok()
                })
                .collect::<Vec<u16>>()
        };
        assert_eq!(taken(&steady), [1]);
        assert_eq!(taken(&fill), [1, 2]);
        assert_eq!(taken(&grace), [1, 2]);
        assert_eq!(taken(&destroy), [2]);
        // The old epoch's only until the grace is over; the new one's for good.
        let until = |epoch| {
            let taken = held(2, Some(epoch), &[2]).check(&grace, 2, Epochs::EveryLive);
            taken.map(|taken| taken.until)
        };
        assert_eq!((until(1), until(2)), (Ok(Some(UNTIL)), Ok(None)));
    }

    #[test]
    fn tokens_of_every_epoch_that_is_taken_lead_to_one_tag() {
        let fill = keys(OLD, Some(rotation(RotationPhase::Fill)));
        let grace = keys(NEW, Some(rotation(RotationPhase::Grace)));
        for (keys, under, made_in) in [(&fill, OLD, 1), (&fill, NEW, 2), (&grace, NEW, 2)] {
            for sent_in in [1_u8, 2] {
                let sent = (u16::from(sent_in), vec![element(sent_in)]);
                let element_under = element_under(keys, Some(&sent), 0, under).unwrap();
                assert_eq!(element_under.as_bytes(), element(made_in).as_bytes());
            }
        }
        // Without the quotient there is no way from one to the other.
        let destroy = keys(NEW, Some(rotation(RotationPhase::Destroy)));
        let sent = (1, vec![element(1)]);
        assert!(element_under(&destroy, Some(&sent), 0, NEW).is_err());
    }

    #[test]
    fn every_epoch_that_is_not_over_has_its_token_and_none_that_is_unknown() {
        let mut keys = keys(OLD, None);
        for compromised in [false, true] {
            keys.state.net_epochs[0].compromised = compromised;
            let check = |net_epochs: &[u16], epochs| held(1, None, net_epochs).check(&keys, 1, epochs);
            let (before, after) = (UNTIL - jiff::SignedDuration::from_nanos(1), UNTIL);
            let both = check(&[2, 1], Epochs::Every).unwrap();
            assert_eq!(
                (both.at(before), both.at(after)),
                (Ok(()), Err(KeyRefusal::UnknownEpoch))
            );
            // A child may be known by its token of the epoch that ends alone.
            let one = check(&[2], Epochs::Every).unwrap();
            assert_eq!(
                (one.at(before), one.at(after)),
                (Err(KeyRefusal::UnknownEpoch), Ok(()))
            );
            for wrong in [&[1][..], &[2, 3]] {
                for epochs in [Epochs::Every, Epochs::EveryLive] {
                    assert_eq!(check(wrong, epochs), Err(KeyRefusal::UnknownEpoch));
                }
            }
            assert_eq!(check(&[2], Epochs::EveryLive), Ok(Taken::default()));
        }
        let other_key = SignalToken {
            suite: 1,
            net_epoch: 2,
            oprf_epoch: None,
            kind: TokenKind::Bsn,
            key_check: Base64Url([8; 16]),
            token: Confidential::new([7; 32]),
        };
        let other_key = HeldTokens::of(&[other_key]).unwrap();
        assert_eq!(
            other_key.check(&keys, 1, Epochs::EveryLive),
            Err(KeyRefusal::UnknownEpoch)
        );
    }

    #[test]
    fn a_keyed_hash_is_lifted_where_it_must_and_refused_where_it_may_not() {
        let lifted = keys(OLD, None);
        assert_eq!(
            held(1, None, &[2]).check(&lifted, 2, Epochs::EveryLive),
            Err(KeyRefusal::SuiteTooLow)
        );
        assert!(held(1, None, &[2]).needs_keyholder(&lifted));
        assert!(!held(2, Some(1), &[2]).needs_keyholder(&lifted));
        let level_a = TagKeys {
            suite: 1,
            oprf_epoch: None,
            tag_epoch: 1,
        };
        let alone = keys(level_a, None);
        assert!(!held(1, None, &[2]).needs_keyholder(&alone));
        assert_eq!(
            held(2, Some(1), &[2]).check(&alone, 1, Epochs::EveryLive),
            Err(KeyRefusal::UnknownEpoch)
        );
        // On the way to a keyholder, both kinds of tags are made, and so both are needed.
        let moving = RotationState {
            from: level_a,
            to: OLD,
            delta: None,
            ..rotation(RotationPhase::Fill)
        };
        let moving = keys(level_a, Some(moving));
        assert!(held(1, None, &[2]).needs_keyholder(&moving));
        assert_eq!(
            held(2, Some(1), &[2]).check(&moving, 1, Epochs::EveryLive),
            Err(KeyRefusal::UnknownEpoch)
        );
    }
}
