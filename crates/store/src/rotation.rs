//! The rotation of `K_tag` and of the keyholder's key, as a ceremony does it: one row that says how far it is, and the
//! tags of the next epoch beside the live ones.
//!
//! Every step is a transaction that leaves the row true, so a ceremony that was killed goes on where it was.

pub(crate) mod shared_tags;
pub(crate) mod tags;

use domain::event::Event;
use jiff::Timestamp;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::key_epochs::{RotationPhase, TagKeys, open_delta, seal_delta};
use crate::rotation::tags::TagToFill;
use crate::statement::statements;
use crate::work::{Owner, Role, RowExt, Submit, Tx};

statements! {
    Submit INSERT_LIFT_CONTEXT = "
        INSERT INTO lift_context (network_id, enc, created_at)
        VALUES ($1 /* network */, $2 /* enc */, $3 /* now */)
        RETURNING id";
    Owner LIFT_CONTEXTS = "
        SELECT id, enc FROM lift_context
         WHERE network_id = $1 /* network */ AND id = ANY ($2::bigint[] /* contexts */)";
    Owner NETWORK_KEYS = "
        SELECT kind, tag_epoch, oprf_epoch FROM network WHERE id = $1 /* network */";
    Owner ROTATION = "
        SELECT phase, from_suite, to_suite, from_oprf, to_oprf, from_tag, to_tag, delta, started_at, cursor, filled,
               subjects_before, flipped_at, grace_until, log_tag
          FROM rotation WHERE network_id = $1 /* network */";
    Owner INSERT_ROTATION = "
        INSERT INTO rotation (network_id, phase, from_suite, to_suite, from_oprf, to_oprf, from_tag, to_tag, delta,
                              started_at, subjects_before, log_tag)
        VALUES ($1 /* network */, 'fill', $2 /* from suite */, $3 /* to suite */, $4 /* from oprf */, $5 /* to oprf */,
                $6 /* from tag */, $7 /* to tag */, $8 /* delta */, $9 /* now */, $10 /* children */, $11 /* log tag */)";
    Owner MOVE_CURSOR = "
        UPDATE rotation SET cursor = $4 /* to */, filled = filled + $5 /* tags */
         WHERE network_id = $1 /* network */ AND log_tag = $2 /* log tag */
           AND phase = 'fill' AND cursor IS NOT DISTINCT FROM $3::bytea /* from */";
    Owner PUT_CURSOR = "
        UPDATE rotation SET cursor = $3 /* to */
         WHERE network_id = $1 /* network */ AND log_tag = $2 /* log tag */ AND phase = 'destroy'";
    Owner COUNT_FILLED = "
        UPDATE rotation SET filled = filled + $3 /* tags */
         WHERE network_id = $1 /* network */ AND log_tag = $2 /* log tag */ AND phase = 'fill'";
    Owner FLIP_NETWORK = "
        UPDATE network SET tag_epoch = $2 /* tag epoch */, oprf_epoch = $3::smallint /* oprf epoch */
         WHERE id = $1 /* network */";
    Owner FLIP_ROTATION = "
        UPDATE rotation SET phase = 'grace', flipped_at = $3 /* now */, grace_until = $4 /* until */, cursor = NULL
         WHERE network_id = $1 /* network */ AND log_tag = $2 /* log tag */ AND phase = 'fill'";
    Owner END_GRACE = "
        UPDATE rotation SET phase = 'destroy', delta = NULL, cursor = NULL
         WHERE network_id = $1 /* network */ AND log_tag = $2 /* log tag */ AND phase = 'grace'
           AND grace_until <= $3 /* now */";
    Owner DELETE_ROTATION = "
        DELETE FROM rotation
         WHERE network_id = $1 /* network */ AND log_tag = $2 /* log tag */ AND phase = 'destroy'";
}

/// The roles that seal tokens.
pub trait WritesLiftContexts: Role {}
impl WritesLiftContexts for Submit {}
impl WritesLiftContexts for Owner {}

/// The rotation that is under way, as its ceremony must know it.
#[derive(Clone)]
pub struct Rotation {
    /// Where it stands.
    pub phase: RotationPhase,
    /// The keys it leads away from.
    pub from: TagKeys,
    /// The keys it leads to.
    pub to: TagKeys,
    /// Quotient of the keyholder's two keys.
    pub delta: Option<Zeroizing<[u8; 32]>>,
    /// When it began.
    pub started_at: Timestamp,
    /// Up to where its phase is done.
    pub cursor: Option<Cursor>,
    /// How many tags of the next epoch it wrote.
    pub filled: u64,
    /// How many children there were when it began.
    pub children_before: u64,
    /// When the next epoch became live.
    pub flipped_at: Option<Timestamp>,
    /// Until when tokens of the old epoch are taken.
    pub grace_until: Option<Timestamp>,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A rotation to be begun.
pub struct NewRotation {
    /// The keys it leads away from: those that are live.
    pub from: TagKeys,
    /// The keys it leads to.
    pub to: TagKeys,
    /// Quotient of the keyholder's two keys, where it leads from one to another.
    pub delta: Option<Zeroizing<[u8; 32]>>,
    /// How many children there are.
    pub children: u64,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A place among the tags of an epoch: the child, and the tag among the child's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) child: i64,
    pub(crate) tag: [u8; 32],
}

/// The keys of a network at one moment, with what kind of network it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveKeys {
    /// `live`, `sandbox` or `test`.
    pub kind: String,
    /// The keys of live tags.
    pub keys: TagKeys,
}

/// The keys' columns as parameters.
pub(crate) struct Columns {
    pub(crate) suite: i16,
    pub(crate) oprf: Option<i16>,
    pub(crate) tag: i16,
}

impl From<TagKeys> for Columns {
    fn from(keys: TagKeys) -> Self {
        Self {
            suite: i16::from(keys.suite),
            oprf: keys.oprf_epoch.map(u16::cast_signed),
            tag: keys.tag_epoch.cast_signed(),
        }
    }
}

impl Cursor {
    /// Before the first tag.
    pub(crate) const START: Self = Self {
        child: 0,
        tag: [0; 32],
    };

    /// At this tag.
    pub fn at(row: &TagToFill) -> Self {
        Self {
            child: row.child,
            tag: row.tag,
        }
    }

    fn to_bytes(self) -> Vec<u8> {
        [self.child.to_be_bytes().as_slice(), &self.tag].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (child, tag) = bytes.split_first_chunk::<8>()?;
        Some(Self {
            child: i64::from_be_bytes(*child),
            tag: tag.try_into().ok()?,
        })
    }
}

impl<R: WritesLiftContexts> Tx<'_, R> {
    /// Stores the encapsulated key of a context in which tokens will be sealed; gives its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_lift_context(&self, enc: &[u8; 32]) -> Result<u64, StoreError> {
        let network = self.store().network().0;
        let row = self
            .one(&INSERT_LIFT_CONTEXT, &[&network, &enc.as_slice(), &self.now()])
            .await?;
        Ok(row.value::<i64>("id")?.cast_unsigned())
    }
}

impl Tx<'_, Owner> {
    /// The encapsulated keys of these contexts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lift_contexts(&self, contexts: &[u64]) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
        let contexts: Vec<i64> = contexts.iter().map(|context| context.cast_signed()).collect();
        let rows = self
            .rows(&LIFT_CONTEXTS, &[&self.store().network().0, &contexts])
            .await?;
        rows.iter()
            .map(|row| Ok((row.value::<i64>("id")?.cast_unsigned(), row.bytes("enc")?)))
            .collect()
    }

    /// The keys of live tags, if the network was set up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn live_keys(&self) -> Result<Option<LiveKeys>, StoreError> {
        let row = self.optional(&NETWORK_KEYS, &[&self.store().network().0]).await?;
        let Some(row) = row else { return Ok(None) };
        let oprf_epoch = row.value::<Option<i16>>("oprf_epoch")?.map(i16::cast_unsigned);
        Ok(Some(LiveKeys {
            kind: row.value("kind")?,
            keys: TagKeys {
                suite: if oprf_epoch.is_some() { 2 } else { 1 },
                oprf_epoch,
                tag_epoch: row.value::<i16>("tag_epoch")?.cast_unsigned(),
            },
        }))
    }

    /// The rotation that is under way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rotation(&self) -> Result<Option<Rotation>, StoreError> {
        let Some(row) = self.optional(&ROTATION, &[&self.store().network().0]).await? else {
            return Ok(None);
        };
        let delta = row
            .value::<Option<Vec<u8>>>("delta")?
            .map(|sealed| open_delta(self, &Sealed(sealed)))
            .transpose()?;
        let cursor = row
            .value::<Option<&[u8]>>("cursor")?
            .map(|bytes| Cursor::from_bytes(bytes).ok_or(StoreError::Column { column: "cursor" }))
            .transpose()?;
        Ok(Some(Rotation {
            phase: phase(row.value("phase")?)?,
            from: keys(&row, "from_suite", "from_oprf", "from_tag")?,
            to: keys(&row, "to_suite", "to_oprf", "to_tag")?,
            delta,
            started_at: row.value("started_at")?,
            cursor,
            filled: count(&row, "filled")?,
            children_before: count(&row, "subjects_before")?,
            flipped_at: row.value("flipped_at")?,
            grace_until: row.value("grace_until")?,
            log_tag: row.tag("log_tag")?,
        }))
    }

    /// Begins a rotation: from here on submissions write both tags. The network must be locked.
    ///
    /// # Errors
    /// [`StoreError`]; a unique violation when one is under way.
    pub async fn begin_rotation(&self, rotation: &NewRotation, event: &Event) -> Result<(), StoreError> {
        let (from, to) = (Columns::from(rotation.from), Columns::from(rotation.to));
        let delta = rotation.delta.as_ref().map(|delta| seal_delta(self, delta).0);
        let children = signed(rotation.children);
        self.change_exactly(
            &INSERT_ROTATION,
            1,
            &[
                &self.store().network().0,
                &from.suite,
                &to.suite,
                &from.oprf,
                &to.oprf,
                &from.tag,
                &to.tag,
                &delta,
                &self.now(),
                &children,
                &Uuid::from_u128(rotation.log_tag),
            ],
        )
        .await?;
        self.change_keys().await?;
        self.record_one(event).await.map(drop)
    }

    /// Notes how far the phase is. Refuses when another process was here meanwhile.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when the cursor is no longer where it was.
    pub async fn move_cursor(
        &self,
        log_tag: u128,
        from: Option<Cursor>,
        to: Cursor,
        tags: u64,
    ) -> Result<(), StoreError> {
        let from = from.map(Cursor::to_bytes);
        self.change_exactly(
            &MOVE_CURSOR,
            1,
            &[
                &self.store().network().0,
                &Uuid::from_u128(log_tag),
                &from,
                &to.to_bytes(),
                &signed(tags),
            ],
        )
        .await
    }

    /// Notes how far old tags are deleted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_cursor(&self, log_tag: u128, to: Cursor) -> Result<(), StoreError> {
        let network = self.store().network().0;
        let log_tag = Uuid::from_u128(log_tag);
        self.change_exactly(&PUT_CURSOR, 1, &[&network, &log_tag, &to.to_bytes()])
            .await
    }

    /// Notes tags that were filled out of turn.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_filled(&self, log_tag: u128, tags: u64) -> Result<(), StoreError> {
        let network = self.store().network().0;
        let log_tag = Uuid::from_u128(log_tag);
        self.change_exactly(&COUNT_FILLED, 1, &[&network, &log_tag, &signed(tags)])
            .await
    }

    /// Makes the next epoch the live one. The network must be locked.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when another process did.
    pub async fn flip_rotation(
        &self,
        rotation: &Rotation,
        grace_until: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        let network = self.store().network().0;
        let to = Columns::from(rotation.to);
        self.change_exactly(
            &FLIP_ROTATION,
            1,
            &[
                &network,
                &Uuid::from_u128(rotation.log_tag),
                &self.now(),
                &grace_until,
            ],
        )
        .await?;
        self.change_exactly(&FLIP_NETWORK, 1, &[&network, &to.tag, &to.oprf])
            .await?;
        self.change_keys().await?;
        self.record_one(event).await.map(drop)
    }

    /// Ends the time in which tokens of the old epoch are taken, if it is over, and wipes the quotient. The network must
    /// be locked. Gives whether it was over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_grace(&self, log_tag: u128) -> Result<bool, StoreError> {
        let network = self.store().network().0;
        let ended = self
            .change(&END_GRACE, &[&network, &Uuid::from_u128(log_tag), &self.now()])
            .await?;
        if ended > 0 {
            self.change_keys().await?;
        }
        Ok(ended > 0)
    }

    /// Ends a rotation of which nothing is left.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when another process did.
    pub async fn finish_rotation(&self, log_tag: u128, event: &Event) -> Result<(), StoreError> {
        let network = self.store().network().0;
        self.change_exactly(&DELETE_ROTATION, 1, &[&network, &Uuid::from_u128(log_tag)])
            .await?;
        self.change_keys().await?;
        self.record_one(event).await.map(drop)
    }
}

fn phase(text: &str) -> Result<RotationPhase, StoreError> {
    match text {
        "fill" => Ok(RotationPhase::Fill),
        "grace" => Ok(RotationPhase::Grace),
        "destroy" => Ok(RotationPhase::Destroy),
        _ => Err(StoreError::Column { column: "phase" }),
    }
}

pub(crate) fn keys(
    row: &tokio_postgres::Row,
    suite: &'static str,
    oprf: &'static str,
    tag: &'static str,
) -> Result<TagKeys, StoreError> {
    Ok(TagKeys {
        suite: u8::try_from(row.value::<i16>(suite)?).map_err(|_| StoreError::Column { column: suite })?,
        oprf_epoch: row.value::<Option<i16>>(oprf)?.map(i16::cast_unsigned),
        tag_epoch: row.value::<i16>(tag)?.cast_unsigned(),
    })
}

pub(crate) fn count(row: &tokio_postgres::Row, column: &'static str) -> Result<u64, StoreError> {
    u64::try_from(row.value::<i64>(column)?).map_err(|_| StoreError::Column { column })
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
