//! How it stands: the keys, the tags under each, and a rotation that is under way.

use jiff::Timestamp;
use store::{Context, NetEpoch, Owner, Rotation, RotationPhase, StoreError, TagCount, TagKeys, Tx, Work};

use super::Change;
use crate::Casework;

/// How it stands with the keys behind tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The keys of live tags.
    pub live: TagKeys,
    /// How many children there are.
    pub children: u64,
    /// How many tags there are under each keys.
    pub tags: Vec<TagCount>,
    /// Every epoch of the partners' key that ever was, with its state: `live`, `ending`, `compromised` or `ended`.
    pub net_epochs: Vec<(NetEpoch, String)>,
    /// The rotation that is under way.
    pub rotation: Option<RotationStanding>,
}

/// How a rotation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationStanding {
    /// What it changes.
    pub change: Change,
    /// Where it stands.
    pub phase: RotationPhase,
    /// The keys it leads away from.
    pub from: TagKeys,
    /// The keys it leads to.
    pub to: TagKeys,
    /// How many tags it has written.
    pub filled: u64,
    /// How many children there were when it began.
    pub children_before: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// When the next keys became the live ones.
    pub flipped_at: Option<Timestamp>,
    /// Until when tokens of the old epoch are taken.
    pub grace_until: Option<Timestamp>,
}

impl Casework {
    /// How it stands with the keys behind tags; none when the network was not set up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn key_standing(&self) -> Result<Option<Standing>, StoreError> {
        self.store().run(Context::Service, ReadStanding).await
    }
}

impl From<Rotation> for RotationStanding {
    fn from(rotation: Rotation) -> Self {
        Self {
            change: Change::of(rotation.from, rotation.to),
            phase: rotation.phase,
            from: rotation.from,
            to: rotation.to,
            filled: rotation.filled,
            children_before: rotation.children_before,
            started_at: rotation.started_at,
            flipped_at: rotation.flipped_at,
            grace_until: rotation.grace_until,
        }
    }
}

struct ReadStanding;

impl Work for ReadStanding {
    const NAME: &'static str = "read_key_standing";
    type Role = Owner;
    type Output = Option<Standing>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Option<Standing>, StoreError> {
        let Some(live) = tx.live_keys().await? else {
            return Ok(None);
        };
        Ok(Some(Standing {
            live: live.keys,
            children: tx.count_children().await?,
            tags: tx.count_tags().await?,
            net_epochs: tx.network_epochs().await?,
            rotation: tx.rotation().await?.map(RotationStanding::from),
        }))
    }
}
