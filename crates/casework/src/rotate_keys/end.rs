//! Flip, grace, destroy.

use std::time::Duration;

use domain::event::Event;
use jiff::SignedDuration;
use protocol::key_epochs::KeyEpochs;
use store::{Context, Cursor, Owner, Rotation, StoreError, TagKeys, Tx, Work};

use super::begin::{Count, Counts};
use super::fill::LookedAt;
use super::{Ceremony, GRACE, RotateKeysError, Rotated, Step};

/// How often a waiting ceremony looks at the time, which is the database's.
const LOOK: Duration = Duration::from_secs(5);

/// How often a flip is tried. Submissions write both tags, so that the first succeeds.
const FLIPS: usize = 10;

impl Ceremony {
    /// Makes the next keys the live ones: the keyholder's first, then in one transaction those of the network.
    pub(super) async fn flip(
        &self,
        rotation: &Rotation,
        tell: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<(), RotateKeysError> {
        for _ in 0..FLIPS {
            let looked_at = self.verify(rotation).await?;
            tell(Step::Verified);
            if let Some(to) = new_oprf_epoch(rotation) {
                let signed = self.keyholder()?.flip_rotation(to).await?;
                expect_live(&self.accept(&signed).await?, to)?;
                tell(Step::KeyholderFlipped);
            }
            let counts = self.casework.store().run(Context::Service, Count).await?;
            let work = Flip {
                log_tag: rotation.log_tag,
                looked_at,
                grace: self.grace(rotation),
                counts,
            };
            if self.casework.store().run(Context::Service, work).await? {
                tell(Step::Flipped);
                return Ok(());
            }
            // A child was born without its next tag; it is looked at again.
        }
        Err(RotateKeysError::StillLacking)
    }

    /// Only tokens of the keyholder's old epoch come late: those of partners do not hang on `K_tag`, and keyed hashes are
    /// lifted for as long as a network takes them.
    fn grace(&self, rotation: &Rotation) -> SignedDuration {
        match new_oprf_epoch(rotation) {
            Some(_) => self.settings.grace.unwrap_or(GRACE),
            None => SignedDuration::ZERO,
        }
    }

    /// Waits until tokens of the old epoch are no longer taken, and wipes the quotient.
    pub(super) async fn wait_for_grace(
        &self,
        rotation: &Rotation,
        tell: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<(), RotateKeysError> {
        loop {
            let work = EndGrace {
                log_tag: rotation.log_tag,
            };
            let left = self.casework.store().run(Context::Service, work).await?;
            let (Some(left), Some(until)) = (left, rotation.grace_until) else {
                tell(Step::GraceOver);
                return Ok(());
            };
            tell(Step::Grace { until, left });
            tokio::time::sleep(LOOK.min(left.unsigned_abs())).await;
        }
    }

    /// Deletes what is left of the old keys, here and at the keyholder.
    pub(super) async fn destroy(
        &self,
        rotation: &Rotation,
        tell: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<Rotated, RotateKeysError> {
        let of = self.count_left(rotation.from, None).await?;
        let mut done = 0;
        let mut cursor = rotation.cursor;
        tell(Step::Destroying { done, of });
        loop {
            let work = DeleteTags {
                log_tag: rotation.log_tag,
                keys: rotation.from,
                cursor,
            };
            let (deleted, next) = self.casework.store().run(Context::Service, work).await?;
            if deleted > 0 {
                done += deleted;
                cursor = next;
                tell(Step::Destroying {
                    done,
                    of: of.max(done),
                });
            } else if cursor.is_some() {
                // Once more from the beginning: what stands before the place where another process stopped is found.
                cursor = None;
            } else {
                break;
            }
        }
        if let Some(to) = new_oprf_epoch(rotation) {
            let signed = self.keyholder()?.destroy_rotated(to).await?;
            expect_live(&self.accept(&signed).await?, to)?;
            tell(Step::KeyholderDestroyed);
        }
        let counts = self.casework.store().run(Context::Service, Count).await?;
        let rotated = Rotated {
            from: rotation.from,
            to: rotation.to,
            children_before: rotation.children_before,
            children_after: counts.children,
            tags_after: counts.tags,
            started_at: rotation.started_at,
            flipped_at: rotation.flipped_at,
        };
        let work = Finish {
            log_tag: rotation.log_tag,
            counts,
        };
        self.casework.store().run(Context::Service, work).await?;
        tell(Step::Finished);
        Ok(rotated)
    }
}

/// The keyholder's next epoch, where the rotation is one of its key.
fn new_oprf_epoch(rotation: &Rotation) -> Option<u16> {
    let from = rotation.from.oprf_epoch?;
    rotation.to.oprf_epoch.filter(|to| *to != from)
}

/// That it says what it did, in the list it signs.
fn expect_live(list: &KeyEpochs, epoch: u16) -> Result<(), RotateKeysError> {
    match list.live().0 {
        live if live == epoch => Ok(()),
        live => Err(RotateKeysError::OtherEpoch {
            keyholder: live,
            network: epoch,
        }),
    }
}

/// The rotation that this process works on. Another process may have ended it and begun the next one meanwhile, of which
/// nothing is filled.
fn still(under_way: Option<Rotation>, log_tag: u128) -> Result<Rotation, RotateKeysError> {
    under_way
        .filter(|rotation| rotation.log_tag == log_tag)
        .ok_or(RotateKeysError::OtherProcess)
}

struct Flip {
    log_tag: u128,
    looked_at: LookedAt,
    grace: SignedDuration,
    counts: Counts,
}

impl Work for Flip {
    const NAME: &'static str = "flip_rotation";
    type Role = Owner;
    /// False when a child lacks its next tag; nothing was changed then.
    type Output = bool;
    type Error = RotateKeysError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<bool, RotateKeysError> {
        // From here to the end no submission is in between; those in flight are through.
        tx.lock_network().await?;
        let rotation = still(tx.rotation().await?, self.log_tag)?;
        let lacking = tx
            .lacking_children(rotation.from, rotation.to, self.looked_at.child)
            .await?;
        let shared = tx
            .shared_tags_to_fill(rotation.from, rotation.to, self.looked_at.circle)
            .await?;
        if !lacking.is_empty() || !shared.is_empty() {
            return Ok(false);
        }
        let until = tx.now() + self.grace;
        let event = Event::KeysRotationFlipped {
            rotation: self.log_tag,
            until,
            children: self.counts.children,
            tags: self.counts.tags,
        };
        tx.flip_rotation(&rotation, until, &event).await?;
        Ok(true)
    }
}

struct EndGrace {
    log_tag: u128,
}

impl Work for EndGrace {
    const NAME: &'static str = "end_grace";
    type Role = Owner;
    /// How long it still lasts, if it is not over.
    type Output = Option<SignedDuration>;
    type Error = RotateKeysError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Option<SignedDuration>, RotateKeysError> {
        tx.lock_network().await?;
        if tx.end_grace(self.log_tag).await? {
            return Ok(None);
        }
        let rotation = still(tx.rotation().await?, self.log_tag)?;
        let until = rotation.grace_until.ok_or(RotateKeysError::OtherProcess)?;
        Ok(Some(until.duration_since(tx.now())))
    }
}

struct DeleteTags {
    log_tag: u128,
    keys: TagKeys,
    cursor: Option<Cursor>,
}

impl Work for DeleteTags {
    const NAME: &'static str = "delete_old_tags";
    type Role = Owner;
    type Output = (u64, Option<Cursor>);
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Self::Output, StoreError> {
        let (deleted, next) = tx.delete_tags(self.keys, self.cursor).await?;
        let deleted = deleted + tx.delete_shared_tags(self.keys).await?;
        if let Some(next) = next {
            tx.put_cursor(self.log_tag, next).await?;
        }
        Ok((deleted, next))
    }
}

struct Finish {
    log_tag: u128,
    counts: Counts,
}

impl Work for Finish {
    const NAME: &'static str = "finish_rotation";
    type Role = Owner;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<(), StoreError> {
        tx.lock_network().await?;
        let event = Event::KeysRotationFinished {
            rotation: self.log_tag,
            children: self.counts.children,
            tags: self.counts.tags,
        };
        tx.finish_rotation(self.log_tag, &event).await
    }
}
