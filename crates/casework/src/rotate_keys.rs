//! Rotation of the service's keys without asking partners, as a ceremony.
//!
//! | phase | the service | here |
//! |---|---|---|
//! | prepare | as ever | the custodians' secret is checked against `pk_lift`, the quotient of the keyholder's keys against its signed list; nothing was changed yet |
//! | fill | writes each signal under both keys | the next tag and sealed token of every child beside the live ones |
//! | flip | waits for a moment | every child has its next tag: the next keys become the live ones, in one transaction |
//! | grace | takes tokens of the old keyholder's epoch and multiplies them | waits |
//! | destroy | knows the new keys only | deletes the old tags, wipes the quotient, has the keyholder destroy its old key |
//!
//! The database says how far a ceremony is. One that was killed goes on with the same call: the custodians' shares come
//! again, since they are in this process's memory and nowhere else.
//!
//! Of the two flips the keyholder's comes first. Until the service's own, tokens of the keyholder's next epoch are led
//! back by the quotient; were it the other way round, the time of grace would run while partners still make old tokens.

mod begin;
mod end;
mod fill;
mod keyholder;
mod lift;
mod machine;
mod sample;
mod standing;

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use protocol::key_epochs::KeyholderKey;
use store::{Rotation, RotationPhase, StoreError, TagKeys};

use crate::{AcceptKeyEpochsError, Casework, LiftSecret};

pub use keyholder::{Answering, CeremonyKeyholder, KeyholderFault};
pub use standing::{RotationStanding, Standing};

/// How long tokens of the keyholder's old epoch are taken after the flip: programs of partners learn of the new epoch
/// from the keyholder within minutes, and what they had made before arrives meanwhile.
pub const GRACE: SignedDuration = SignedDuration::from_mins(15);

/// What a ceremony changes. Parts go together; `keyholder` and `to_suite_2` exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Change {
    /// A new epoch of `K_tag`.
    pub tag: bool,
    /// The keyholder's next key.
    pub keyholder: bool,
    /// From tags of keyed hashes to tags of oblivious tokens, in a network that has got a keyholder.
    pub to_suite_2: bool,
}

/// How a ceremony is done.
pub struct CeremonySettings {
    /// The keyholder, where the network has one.
    pub keyholder: Option<PinnedKeyholder>,
    /// So many threads compute.
    pub workers: usize,
    /// Another time of grace than [`GRACE`]; not in a live network.
    pub grace: Option<SignedDuration>,
}

/// The keyholder, and the key its lists are signed with.
#[derive(Clone)]
pub struct PinnedKeyholder {
    /// The way to it.
    pub connection: Arc<dyn CeremonyKeyholder>,
    /// As the operator got it another way.
    pub key: KeyholderKey,
}

/// A ceremony: the custodians' secret, in this process's memory.
pub struct Ceremony {
    casework: Casework,
    secret: LiftSecret,
    settings: CeremonySettings,
}

/// What a ceremony tells while it goes on, each after it took hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It begins, and everything was checked; nothing is changed yet.
    Checked,
    /// It stands in the database: signals are stored under both keys from here on.
    Begun,
    /// One that was begun before goes on.
    Resumed(RotationPhase),
    /// So many of so many tags were gone through.
    Filling {
        /// How many.
        done: u64,
        /// Of how many that there were when this process began.
        of: u64,
    },
    /// Every child has its next tag.
    Verified,
    /// The keyholder made its next epoch the live one.
    KeyholderFlipped,
    /// The next keys are the live ones.
    Flipped,
    /// Tokens of the old epoch are taken until then.
    Grace {
        /// Until when.
        until: Timestamp,
        /// How long that is.
        left: SignedDuration,
    },
    /// They are no longer taken, and the quotient is wiped.
    GraceOver,
    /// So many of so many old tags were deleted.
    Destroying {
        /// How many.
        done: u64,
        /// Of how many that there were when this process began.
        of: u64,
    },
    /// The keyholder was asked to destroy the secret of its old epoch.
    KeyholderDestroyed,
    /// Nothing is left to do.
    Finished,
}

/// What a finished ceremony did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotated {
    /// The keys before.
    pub from: TagKeys,
    /// The keys after.
    pub to: TagKeys,
    /// How many children there were when it began.
    pub children_before: u64,
    /// How many there are.
    pub children_after: u64,
    /// How many tags there are.
    pub tags_after: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// When the next keys became the live ones.
    pub flipped_at: Option<Timestamp>,
}

/// Why a ceremony does not go on. What was done before stands, and the service works.
#[derive(Debug, thiserror::Error)]
pub enum RotateKeysError {
    /// The shares are not those of `pk_lift`.
    #[error("the two shares together are not the secret of the network's lift key; nothing was changed")]
    WrongShares,
    /// Nothing to change was named and nothing is under way.
    #[error("no rotation is under way: say what to rotate")]
    NothingToDo,
    /// Another ceremony is under way.
    #[error("another rotation is under way ({0}): finish that one first")]
    OtherUnderWay(Change),
    /// A change of the keyholder's key needs tags of it.
    #[error("tags do not hang on the keyholder's key yet: move to suite 2 first")]
    NotOblivious,
    /// They hang on it already.
    #[error("tags are of suite 2 already")]
    AlreadyOblivious,
    /// The two exclude each other.
    #[error("one ceremony either moves to suite 2 or rotates the keyholder's key")]
    BothAtOnce,
    /// There is no keyholder in the settings.
    #[error("the network has no keyholder in its settings")]
    NoKeyholder,
    /// The keyholder.
    #[error("the keyholder: {0}")]
    Keyholder(#[from] KeyholderFault),
    /// Its quotient does not lead from the one public key to the other, or its answer is about other epochs.
    #[error("the keyholder's quotient does not fit its own signed list: refused, and nothing was changed")]
    WrongDelta,
    /// The keyholder has made no next key.
    #[error("the keyholder has prepared no next key: its operator does that first")]
    NotPrepared,
    /// The keyholder's live epoch is not the one the network's tags hang on.
    #[error("the keyholder's live epoch is {keyholder}, the network's tags hang on {network}")]
    OtherEpoch {
        /// The keyholder's.
        keyholder: u16,
        /// The network's.
        network: u16,
    },
    /// Sealed tokens that do not open.
    #[error("the sealed tokens of {children} children or more do not open; the old keys stay the live ones")]
    Damaged {
        /// How many were found before it stopped.
        children: u64,
    },
    /// Somebody stores children under the old keys alone.
    #[error("children are still stored under the old keys alone: is a program of an older version running?")]
    StillLacking,
    /// Two processes do the same ceremony.
    #[error("another process works on this rotation")]
    OtherProcess,
    /// The time of grace of a live network is fixed.
    #[error("the time of grace of a live network is 15 minutes")]
    GraceIsFixed,
    /// An epoch has 16 bits.
    #[error("there is no epoch after the last one")]
    NoFurtherEpoch,
    /// The network was not set up.
    #[error("the database knows no network")]
    NoNetwork,
    /// Children of nobody are for test networks.
    #[error("a sample to measure with is for test networks")]
    NotATest,
    /// A thread ended without an answer.
    #[error("the computation was interrupted")]
    Interrupted,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Casework {
    /// Opens a ceremony with the custodians' joined secret. Nothing is changed yet.
    ///
    /// # Errors
    /// [`RotateKeysError::WrongShares`], before anything else.
    pub fn ceremony(
        &self,
        secret: LiftSecret,
        settings: CeremonySettings,
    ) -> Result<Ceremony, RotateKeysError> {
        if !secret.is_of(&self.keys().lift) {
            return Err(RotateKeysError::WrongShares);
        }
        Ok(Ceremony {
            casework: self.clone(),
            secret,
            settings,
        })
    }
}

impl Ceremony {
    /// Begins what is asked, or goes on with what is under way, up to its end. `tell` hears of each step after it took
    /// hold.
    ///
    /// # Errors
    /// [`RotateKeysError`]. Called again it goes on.
    pub async fn run(
        &self,
        change: Change,
        tell: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<Rotated, RotateKeysError> {
        let mut rotation = match self.rotation().await? {
            Some(rotation) => self.resume(change, rotation, tell).await?,
            None => self.begin(change, tell).await?,
        };
        loop {
            match rotation.phase {
                RotationPhase::Fill => {
                    self.fill(&rotation, tell).await?;
                    self.flip(&rotation, tell).await?;
                }
                RotationPhase::Grace => self.wait_for_grace(&rotation, tell).await?,
                RotationPhase::Destroy => return self.destroy(&rotation, tell).await,
            }
            rotation = self.rotation().await?.ok_or(RotateKeysError::OtherProcess)?;
        }
    }

    /// Goes on with a ceremony, if what is asked is what is under way.
    async fn resume(
        &self,
        change: Change,
        rotation: Rotation,
        tell: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<Rotation, RotateKeysError> {
        let under_way = Change::of(rotation.from, rotation.to);
        if change != Change::default() && change != under_way {
            return Err(RotateKeysError::OtherUnderWay(under_way));
        }
        self.check_grace().await?;
        self.check_delta(&rotation).await?;
        tell(Step::Resumed(rotation.phase));
        Ok(rotation)
    }
}

impl From<AcceptKeyEpochsError> for RotateKeysError {
    fn from(error: AcceptKeyEpochsError) -> Self {
        match error {
            AcceptKeyEpochsError::Store(error) => error.into(),
            AcceptKeyEpochsError::List(_) | AcceptKeyEpochsError::NotExtended => KeyholderFault::List.into(),
        }
    }
}

impl Change {
    fn of(from: TagKeys, to: TagKeys) -> Self {
        Self {
            tag: from.tag_epoch != to.tag_epoch,
            keyholder: from.suite == 2 && from.oprf_epoch != to.oprf_epoch,
            to_suite_2: from.suite != to.suite,
        }
    }
}

/// As the command line says it.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.tag, "--tag"),
            (self.keyholder, "--keyholder"),
            (self.to_suite_2, "--to-suite 2"),
        ];
        let named: Vec<&str> = parts
            .into_iter()
            .filter_map(|(is, name)| is.then_some(name))
            .collect();
        f.write_str(&named.join(" "))
    }
}

impl Step {
    /// Its name, as lines and tests have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Begun => "begun",
            Self::Resumed(_) => "resumed",
            Self::Filling { .. } => "filling",
            Self::Verified => "verified",
            Self::KeyholderFlipped => "keyholder-flipped",
            Self::Flipped => "flipped",
            Self::Grace { .. } => "grace",
            Self::GraceOver => "grace-over",
            Self::Destroying { .. } => "destroying",
            Self::KeyholderDestroyed => "keyholder-destroyed",
            Self::Finished => "finished",
        }
    }
}

impl fmt::Debug for Ceremony {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ceremony(..)")
    }
}
