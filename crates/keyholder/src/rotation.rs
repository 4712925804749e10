//! A new key takes the place of the old one, without partners: the operator makes it, the matcher's ceremony fetches the
//! quotient, makes it live, and asks that the old one be destroyed.
//!
//! ```text
//! prepare   operator    k1' is made; `introduced` in the list; nothing is evaluated with it
//! fetch     gateway     delta = k1'/k1, sealed to the ceremony's key; the same answer for the same ceremony key
//! flip      gateway     k1' is live; k1 evaluates for 15 minutes more
//! destroy   gateway     k1 is wiped, at once or, when the 15 minutes are not over, by a driver after them; `destroyed`
//! ```
//!
//! The keyholder destroys no key that nobody asked it to: until the matcher has moved every token, the old key is the
//! only way back, and only the matcher knows when that is.

use identifiers::voprf::Delta;
use protocol::key_epochs::{EpochAct, SignedKeyEpochs};
use protocol::rotation::{RotationAnswer, RotationRequest, seal_delta};
use protocol::text::Base64Url;

use crate::client::Client;
use crate::database::{Role, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::event::Event;
use crate::frame::Frame;
use crate::key_epoch::{KeyRow, KeyState};
use crate::statement::statements;

statements! {
    Service RETIRE_KEY = "
        UPDATE keyholder.key_epoch SET retired_at = $2 /* now */
         WHERE epoch = $1 /* epoch */ AND live_at IS NOT NULL AND retired_at IS NULL";
    Service MAKE_LIVE = "
        UPDATE keyholder.key_epoch SET live_at = $2 /* now */
         WHERE epoch = $1 /* epoch */ AND live_at IS NULL";
    Service ASK_DESTRUCTION = "
        UPDATE keyholder.key_epoch SET destroy_asked_at = $2 /* now */
         WHERE epoch = $1 /* epoch */ AND destroy_asked_at IS NULL";
    Service DESTROY_KEY = "
        UPDATE keyholder.key_epoch SET sealed_key = NULL, destroyed_at = $2 /* now */
         WHERE epoch = $1 /* epoch */ AND destroyed_at IS NULL";
    Service FORGET_DELTA = "
        UPDATE keyholder.rotation SET sealed_delta = NULL
         WHERE from_epoch = $1 /* epoch */ AND sealed_delta IS NOT NULL";
    Service SEALED_DELTA = "
        SELECT sealed_delta FROM keyholder.rotation
         WHERE to_epoch = $1 /* to */ AND ceremony_key = $2 /* ceremony key */ AND from_epoch = $3 /* from */
           AND sealed_delta IS NOT NULL";
    Service INSERT_ROTATION = "
        INSERT INTO keyholder.rotation (to_epoch, ceremony_key, from_epoch, client_id, sealed_delta, asked_at)
        VALUES ($1 /* to */, $2 /* ceremony key */, $3 /* from */, $4 /* client */, $5 /* sealed delta */,
                $6 /* now */)";
}

/// Why a step of a rotation is refused.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// The epoch was never introduced.
    #[error("no key of this epoch was prepared")]
    UnknownEpoch,
    /// A key is waiting already, or the one before was not destroyed: one rotation at a time.
    #[error("another rotation is under way")]
    UnderWay,
    /// The epoch is past the point where this can be done, or not there yet.
    #[error("the rotation is not at a point where this can be done")]
    WrongPhase,
    /// The ceremony's key is not a usable X25519 public key.
    #[error("the ceremony's key is not usable")]
    CeremonyKey,
    /// All 65,535 epochs were used.
    #[error("there are no more epochs")]
    NoMoreEpochs,
    /// The keyholder failed.
    #[error(transparent)]
    Keyholder(#[from] KeyholderError),
}

/// What became of a wish that an old key be destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destruction {
    pub(crate) list: SignedKeyEpochs,
    /// False while the grace lasts: it is noted, and done after it.
    pub(crate) done: bool,
}

impl Frame {
    /// Makes the next key. Gives its epoch.
    pub(crate) async fn prepare_rotation(&self) -> Result<u16, RotationError> {
        self.database().run(Prepare { frame: self.clone() }).await
    }

    /// Hands over the quotient of the prepared key and the live one.
    pub(crate) async fn start_rotation(
        &self,
        client: &Client,
        request: RotationRequest,
    ) -> Result<RotationAnswer, RotationError> {
        let work = Start {
            frame: self.clone(),
            client: client.clone(),
            request,
        };
        self.database().run(work).await
    }

    /// Makes the prepared key live. Asked again, it tells the list.
    pub(crate) async fn flip(&self, to_epoch: u16) -> Result<SignedKeyEpochs, RotationError> {
        let frame = self.clone();
        let list = self.database().run(Flip { frame, to_epoch }).await?;
        self.remember_list(&list);
        Ok(list)
    }

    /// Destroys the key before this one, now or after its grace.
    pub(crate) async fn destroy_before(&self, to_epoch: u16) -> Result<Destruction, RotationError> {
        let frame = self.clone();
        let destruction = self.database().run(Destroy { frame, to_epoch }).await?;
        self.remember_list(&destruction.list);
        self.forget_what_is_over().await?;
        Ok(destruction)
    }

    /// Destroys the keys whose destruction was asked and whose grace is over, and forgets in memory what may not
    /// evaluate any more; gives how many were destroyed.
    pub(crate) async fn destroy_due(&self) -> Result<usize, KeyholderError> {
        let destroyed = self.database().run(DestroyDue { frame: self.clone() }).await?;
        self.forget_what_is_over().await?;
        Ok(destroyed)
    }

    async fn forget_what_is_over(&self) -> Result<(), KeyholderError> {
        let evaluable = self.database().run(EvaluableEpochs).await?;
        self.forget_all_but(&evaluable);
        Ok(())
    }
}

struct Prepare {
    frame: Frame,
}

impl Work for Prepare {
    const NAME: &'static str = "prepare_rotation";
    const ROLE: Role = Role::Owner;
    type Output = u16;
    type Error = RotationError;

    async fn run(&self, tx: &Tx<'_>) -> Result<u16, RotationError> {
        tx.lock_keys().await?;
        let keys = tx.key_rows().await?;
        let at_rest = |key: &KeyRow| matches!(key.state(), KeyState::Live | KeyState::Destroyed(_));
        let last = keys.last().ok_or(KeyholderError::NotInitialised)?;
        if !keys.iter().all(at_rest) {
            return Err(RotationError::UnderWay);
        }
        let epoch = last.epoch.checked_add(1).ok_or(RotationError::NoMoreEpochs)?;
        let (key, sealed) = self.frame.new_key(epoch)?;
        let public_key = key.public_key().as_bytes();
        let tag = tx.environment().random_tag();
        tx.insert_key(epoch, public_key, &sealed, None, tag).await?;
        tx.extend_list(&self.frame, EpochAct::Introduced, epoch).await?;
        let event = Event::KeyIntroduced {
            tag,
            epoch,
            public_key: Base64Url(*public_key).to_string(),
        };
        tx.record(&event, self.frame.sealing()).await?;
        Ok(epoch)
    }
}

struct Start {
    frame: Frame,
    client: Client,
    request: RotationRequest,
}

impl Work for Start {
    const NAME: &'static str = "start_rotation";
    const ROLE: Role = Role::Service;
    type Output = RotationAnswer;
    type Error = RotationError;

    async fn run(&self, tx: &Tx<'_>) -> Result<RotationAnswer, RotationError> {
        tx.lock_keys().await?;
        let keys = tx.key_rows().await?;
        let (from, to) = (live(&keys)?, find(&keys, self.request.to_epoch)?);
        if to.state() != KeyState::Introduced {
            return Err(RotationError::WrongPhase);
        }
        let sealed_delta = match self.sealed_before(tx, from, to).await? {
            Some(sealed) => sealed,
            None => self.seal(tx, from, to).await?,
        };
        Ok(RotationAnswer {
            from_epoch: from.epoch,
            to_epoch: to.epoch,
            sealed_delta,
            key_epochs: tx.latest_list().await?.ok_or(KeyholderError::NotInitialised)?,
        })
    }
}

impl Start {
    /// The answer that this ceremony's key had before.
    async fn sealed_before(
        &self,
        tx: &Tx<'_>,
        from: &KeyRow,
        to: &KeyRow,
    ) -> Result<Option<Base64Url<80>>, KeyholderError> {
        let ceremony_key = self.request.ceremony_key.0;
        let parameters: crate::database::Parameters<'_> = &[
            &i32::from(to.epoch),
            &ceremony_key.as_slice(),
            &i32::from(from.epoch),
        ];
        let found = tx.optional(&SEALED_DELTA, parameters).await?;
        found
            .map(|row| row.bytes("sealed_delta").map(Base64Url))
            .transpose()
    }

    /// Seals the quotient to a ceremony's key that was not seen before. It leaves the house, so it is in the log.
    async fn seal(&self, tx: &Tx<'_>, from: &KeyRow, to: &KeyRow) -> Result<Base64Url<80>, RotationError> {
        let ceremony_key = &self.request.ceremony_key;
        let sealing = self.frame.sealing();
        let delta = Delta::between(&from.sealed()?.open(sealing)?, &to.sealed()?.open(sealing)?);
        let mut rng = self.frame.environment().rng();
        let sealed = seal_delta(ceremony_key, from.epoch, to.epoch, &delta.to_bytes(), &mut rng)
            .map_err(|_| RotationError::CeremonyKey)?;
        let parameters: crate::database::Parameters<'_> = &[
            &i32::from(to.epoch),
            &ceremony_key.0.as_slice(),
            &i32::from(from.epoch),
            &self.client.id.as_str(),
            &sealed.0.as_slice(),
            &tx.now(),
        ];
        tx.change_exactly(&INSERT_ROTATION, 1, parameters).await?;
        let event = Event::RotationStarted {
            from: from.log_tag,
            to: to.log_tag,
            from_epoch: from.epoch,
            to_epoch: to.epoch,
            client: self.client.id.to_string(),
            ceremony_key: ceremony_key.to_string(),
        };
        tx.record(&event, sealing).await?;
        Ok(sealed)
    }
}

struct Flip {
    frame: Frame,
    to_epoch: u16,
}

impl Work for Flip {
    const NAME: &'static str = "flip";
    const ROLE: Role = Role::Service;
    type Output = SignedKeyEpochs;
    type Error = RotationError;

    async fn run(&self, tx: &Tx<'_>) -> Result<SignedKeyEpochs, RotationError> {
        tx.lock_keys().await?;
        let keys = tx.key_rows().await?;
        let (from, to) = (live(&keys)?, find(&keys, self.to_epoch)?);
        match to.state() {
            KeyState::Introduced => {}
            KeyState::Live => return Ok(tx.latest_list().await?.ok_or(KeyholderError::NotInitialised)?),
            KeyState::Retired(_) | KeyState::Destroyed(_) => return Err(RotationError::WrongPhase),
        }
        let now = tx.now();
        tx.change_exactly(&RETIRE_KEY, 1, &[&i32::from(from.epoch), &now])
            .await?;
        tx.change_exactly(&MAKE_LIVE, 1, &[&i32::from(to.epoch), &now])
            .await?;
        let list = tx.extend_list(&self.frame, EpochAct::Live, to.epoch).await?;
        let event = Event::KeyLive {
            tag: to.log_tag,
            before: Some(from.log_tag),
            epoch: to.epoch,
        };
        tx.record(&event, self.frame.sealing()).await?;
        Ok(list)
    }
}

struct Destroy {
    frame: Frame,
    to_epoch: u16,
}

impl Work for Destroy {
    const NAME: &'static str = "destroy";
    const ROLE: Role = Role::Service;
    type Output = Destruction;
    type Error = RotationError;

    async fn run(&self, tx: &Tx<'_>) -> Result<Destruction, RotationError> {
        tx.lock_keys().await?;
        let keys = tx.key_rows().await?;
        if find(&keys, self.to_epoch)?.state() != KeyState::Live {
            return Err(RotationError::WrongPhase);
        }
        let before = keys.iter().rfind(|key| key.epoch < self.to_epoch);
        let old = before.ok_or(RotationError::WrongPhase)?;
        let latest = tx.latest_list().await?.ok_or(KeyholderError::NotInitialised)?;
        match old.state() {
            KeyState::Destroyed(_) => Ok(Destruction {
                list: latest,
                done: true,
            }),
            KeyState::Retired(_) if old.is_evaluable(tx.now()) => {
                tx.change(&ASK_DESTRUCTION, &[&i32::from(old.epoch), &tx.now()])
                    .await?;
                Ok(Destruction {
                    list: latest,
                    done: false,
                })
            }
            KeyState::Retired(_) => {
                let list = destroy(tx, &self.frame, old).await?;
                Ok(Destruction { list, done: true })
            }
            KeyState::Introduced | KeyState::Live => Err(RotationError::WrongPhase),
        }
    }
}

struct DestroyDue {
    frame: Frame,
}

impl Work for DestroyDue {
    const NAME: &'static str = "destroy_due";
    const ROLE: Role = Role::Service;
    type Output = usize;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<usize, KeyholderError> {
        let is_due = |key: &&KeyRow| {
            key.destroy_asked_at.is_some()
                && matches!(key.state(), KeyState::Retired(_))
                && !key.is_evaluable(tx.now())
        };
        // Looked at without the lock first: almost always there is nothing.
        if !tx.key_rows().await?.iter().any(|key| is_due(&key)) {
            return Ok(0);
        }
        tx.lock_keys().await?;
        let keys = tx.key_rows().await?;
        let mut destroyed = 0;
        for key in keys.iter().filter(is_due) {
            destroy(tx, &self.frame, key).await?;
            destroyed += 1;
        }
        Ok(destroyed)
    }
}

/// Wipes a key and every quotient that leads from it; the caller holds the lock.
async fn destroy(tx: &Tx<'_>, frame: &Frame, key: &KeyRow) -> Result<SignedKeyEpochs, KeyholderError> {
    let epoch = i32::from(key.epoch);
    tx.change_exactly(&DESTROY_KEY, 1, &[&epoch, &tx.now()]).await?;
    tx.change(&FORGET_DELTA, &[&epoch]).await?;
    let list = tx.extend_list(frame, EpochAct::Destroyed, key.epoch).await?;
    let event = Event::KeyDestroyed {
        tag: key.log_tag,
        epoch: key.epoch,
    };
    tx.record(&event, frame.sealing()).await?;
    Ok(list)
}

struct EvaluableEpochs;

impl Work for EvaluableEpochs {
    const NAME: &'static str = "evaluable_epochs";
    const ROLE: Role = Role::Service;
    type Output = Vec<u16>;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<Vec<u16>, KeyholderError> {
        let keys = tx.key_rows().await?;
        let evaluable = keys.iter().filter(|key| key.is_evaluable(tx.now()));
        Ok(evaluable.map(|key| key.epoch).collect())
    }
}

fn live(keys: &[KeyRow]) -> Result<&KeyRow, KeyholderError> {
    let live = keys.iter().find(|key| key.state() == KeyState::Live);
    live.ok_or(KeyholderError::NotInitialised)
}

fn find(keys: &[KeyRow], epoch: u16) -> Result<&KeyRow, RotationError> {
    let found = keys.iter().find(|key| key.epoch == epoch);
    found.ok_or(RotationError::UnknownEpoch)
}
