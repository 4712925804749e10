//! What a submission must know of keys: epochs of `K_net`, of `K_tag` and of the keyholder's key, and a rotation that is
//! under way.
//!
//! It is read in one statement and kept by the program under its `keys_version`. A submission then only compares that
//! number with the network's row, which it holds `FOR SHARE`: every change raises it in its own transaction, so a change
//! waits for submissions in flight and no tag is stored under keys that are no longer the network's.

use domain::event::Event;
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::crypter::{Purpose, Sealed};
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, Owner, Role, RowExt, Submit, Tx};

statements! {
    Submit KEY_STATE = "
        SELECT n.keys_version, n.tag_epoch, n.oprf_epoch, n.log_tag,
               e.net_epoch, e.key_check, e.state, e.until,
               r.phase, r.from_suite, r.to_suite, r.from_oprf, r.to_oprf, r.from_tag, r.to_tag, r.delta, r.grace_until,
               l.document, l.signature, l.hash
          FROM network n
          LEFT JOIN network_epoch e ON e.network_id = n.id AND e.state <> 'ended'
          LEFT JOIN rotation r ON r.network_id = n.id
          LEFT JOIN LATERAL (SELECT k.document, k.signature, k.hash FROM key_epoch_list k
                              WHERE k.network_id = n.id ORDER BY k.entries DESC LIMIT 1) l ON true
         WHERE n.id = $1 /* network */
         ORDER BY e.net_epoch";
    Submit KEYS_VERSION = "
        SELECT keys_version FROM network WHERE id = $1 /* network */ FOR SHARE";
    Owner LOCK_NETWORK = "
        SELECT log_tag FROM network WHERE id = $1 /* network */ FOR UPDATE";
    Owner CHANGE_KEYS = "
        UPDATE network SET keys_version = keys_version + 1 WHERE id = $1 /* network */";
    Owner ALL_NETWORK_EPOCHS = "
        SELECT net_epoch, key_check, state, until FROM network_epoch WHERE network_id = $1 /* network */
         ORDER BY net_epoch";
    Owner INSERT_NETWORK_EPOCH = "
        INSERT INTO network_epoch (network_id, net_epoch, key_check, state)
        VALUES ($1 /* network */, $2 /* net epoch */, $3 /* key check */, 'live')";
    Owner END_NETWORK_EPOCH = "
        UPDATE network_epoch SET state = $3 /* state */, until = $4 /* until */
         WHERE network_id = $1 /* network */ AND net_epoch = $2 /* net epoch */ AND state <> 'ended'";
    Matcher ACCEPT_KEYS = "
        UPDATE network SET keys_version = keys_version + 1 WHERE id = $1 /* network */ RETURNING log_tag";
    Matcher LATEST_LIST = "
        SELECT document, signature, hash FROM key_epoch_list WHERE network_id = $1 /* network */
         ORDER BY entries DESC LIMIT 1";
    Matcher INSERT_LIST = "
        INSERT INTO key_epoch_list (network_id, entries, document, signature, hash, accepted_at)
        VALUES ($1 /* network */, $2 /* entries */, $3 /* document */, $4 /* signature */, $5 /* hash */, $6 /* now */)";
    Matcher ENDED_EPOCHS = "
        SELECT e.net_epoch, e.state, e.destroyed, n.log_tag
          FROM network_epoch e JOIN network n ON n.id = e.network_id
         WHERE e.network_id = $1 /* network */ AND e.state IN ('ending', 'compromised') AND e.until <= $2 /* now */
         ORDER BY e.net_epoch";
    // By child and not by tag: whoever destroys tags does not read them.
    Matcher TAGS_OF_EPOCH = "
        SELECT DISTINCT t.subject_id FROM subject_tag t
         WHERE t.subject_id > $2 /* after */ AND t.net_epoch = $1 /* net epoch */
         ORDER BY t.subject_id LIMIT $3 /* limit */";
    Matcher DESTROY_TAGS = "
        DELETE FROM subject_tag WHERE subject_id = ANY ($2::bigint[] /* subjects */) AND net_epoch = $1 /* net epoch */";
    Matcher DESTROY_SHARED_TAGS = "
        DELETE FROM shared_tag
         WHERE circle_id IN (SELECT circle_id FROM shared_tag
                              WHERE network_id = $1 /* network */ AND net_epoch = $2 /* net epoch */
                              ORDER BY circle_id LIMIT $3 /* limit */)";
    Matcher COUNT_DESTROYED = "
        UPDATE network_epoch SET destroyed = destroyed + $3 /* count */
         WHERE network_id = $1 /* network */ AND net_epoch = $2 /* net epoch */";
    Matcher EPOCH_IS_OVER = "
        UPDATE network_epoch SET state = 'ended' WHERE network_id = $1 /* network */ AND net_epoch = $2 /* net epoch */";
}

/// What a submission must know of keys, as of one moment.
#[derive(Clone)]
pub struct KeyState {
    /// Rises with every change of anything below.
    pub version: i64,
    /// The network's name in the log.
    pub network_tag: u128,
    /// Epochs of `K_net` that are not over, oldest first.
    pub net_epochs: Vec<NetEpoch>,
    /// Epoch of `K_tag`.
    pub tag_epoch: u16,
    /// Epoch of the keyholder's key; none while tags are of suite 1.
    pub oprf_epoch: Option<u16>,
    /// The rotation that is under way.
    pub rotation: Option<RotationState>,
    /// The keyholder's list that was accepted last.
    pub list: Option<AcceptedList>,
}

/// An epoch of `K_net`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetEpoch {
    /// Its number.
    pub number: u16,
    /// Key-check value of `K_net` in it.
    pub key_check: [u8; 16],
    /// Until when its tokens are accepted; none while it is live, when every signal must carry its token.
    pub until: Option<Timestamp>,
    /// Whether its key fell into wrong hands.
    pub compromised: bool,
}

/// Where a rotation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationPhase {
    /// Both tags are written.
    Fill,
    /// The next epoch is live; tokens of the old one are still taken.
    Grace,
    /// Old tags are being deleted.
    Destroy,
}

/// A rotation as a submission must know it.
#[derive(Clone)]
pub struct RotationState {
    /// Where it stands.
    pub phase: RotationPhase,
    /// The keys it leads away from.
    pub from: TagKeys,
    /// The keys it leads to.
    pub to: TagKeys,
    /// Quotient of the keyholder's two keys, when it leads from one to another and was not destroyed yet.
    pub delta: Option<Zeroizing<[u8; 32]>>,
    /// Until when tokens of the old epoch are taken.
    pub grace_until: Option<Timestamp>,
}

/// The keys under which a tag is made, but for that of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TagKeys {
    /// 1 keyed hash, 2 oblivious.
    pub suite: u8,
    /// Epoch of the keyholder's key, with suite 2.
    pub oprf_epoch: Option<u16>,
    /// Epoch of `K_tag`.
    pub tag_epoch: u16,
}

/// A list of the keyholder's epochs as it signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedList {
    /// Canonical JSON.
    pub document: String,
    /// Ed25519 over it.
    pub signature: [u8; 64],
    /// SHA-256 of it.
    pub hash: [u8; 32],
}

/// An epoch of `K_net` whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedEpoch {
    /// Its number.
    pub number: u16,
    /// Whether its key fell into wrong hands.
    pub compromised: bool,
    /// How many of its tags were destroyed so far.
    pub destroyed: u64,
    /// The network's name in the log.
    pub network_tag: u128,
}

impl KeyState {
    /// The keys of live tags.
    pub fn live(&self) -> TagKeys {
        TagKeys {
            suite: if self.oprf_epoch.is_some() { 2 } else { 1 },
            oprf_epoch: self.oprf_epoch,
            tag_epoch: self.tag_epoch,
        }
    }

    /// The keys of the tags that are written beside the live ones while a rotation fills.
    pub fn next(&self) -> Option<TagKeys> {
        let rotation = self.rotation.as_ref()?;
        (rotation.phase == RotationPhase::Fill).then_some(rotation.to)
    }

    /// The epoch of `K_net` of this number, whether its time is over or not.
    pub fn net_epoch(&self, number: u16) -> Option<&NetEpoch> {
        self.net_epochs.iter().find(|epoch| epoch.number == number)
    }
}

impl NetEpoch {
    /// Whether its tokens are accepted at this moment.
    pub fn is_accepted(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// Epochs are 16 bits without a sign; the columns have one.
pub(crate) fn epoch(row: &tokio_postgres::Row, column: &'static str) -> Result<u16, StoreError> {
    Ok(row.value::<i16>(column)?.cast_unsigned())
}

fn optional_epoch(row: &tokio_postgres::Row, column: &'static str) -> Result<Option<u16>, StoreError> {
    Ok(row.value::<Option<i16>>(column)?.map(i16::cast_unsigned))
}

pub(crate) fn suite(row: &tokio_postgres::Row, column: &'static str) -> Result<u8, StoreError> {
    u8::try_from(row.value::<i16>(column)?).map_err(|_| StoreError::Column { column })
}

fn accepted_list(row: &tokio_postgres::Row) -> Result<Option<AcceptedList>, StoreError> {
    let Some(document) = row.value::<Option<String>>("document")? else {
        return Ok(None);
    };
    Ok(Some(AcceptedList {
        document,
        signature: row.bytes("signature")?,
        hash: row.bytes("hash")?,
    }))
}

impl Tx<'_, Submit> {
    /// What a submission must know of keys, if the network was set up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn key_state(&self) -> Result<Option<KeyState>, StoreError> {
        let rows = self.rows(&KEY_STATE, &[&self.store().network().0]).await?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let net_epochs = rows
            .iter()
            .filter_map(|row| match row.value::<Option<&str>>("state") {
                Ok(None) => None,
                Ok(Some(state)) => Some(net_epoch(row, state)),
                Err(error) => Some(Err(error)),
            })
            .collect::<Result<_, _>>()?;
        Ok(Some(KeyState {
            version: first.value("keys_version")?,
            network_tag: first.tag("log_tag")?,
            net_epochs,
            tag_epoch: epoch(first, "tag_epoch")?,
            oprf_epoch: optional_epoch(first, "oprf_epoch")?,
            rotation: self.rotation_state(first)?,
            list: accepted_list(first)?,
        }))
    }

    fn rotation_state(&self, row: &tokio_postgres::Row) -> Result<Option<RotationState>, StoreError> {
        let phase = match row.value::<Option<&str>>("phase")? {
            None => return Ok(None),
            Some("fill") => RotationPhase::Fill,
            Some("grace") => RotationPhase::Grace,
            Some("destroy") => RotationPhase::Destroy,
            Some(_) => return Err(StoreError::Column { column: "phase" }),
        };
        let delta = row
            .value::<Option<Vec<u8>>>("delta")?
            .map(|sealed| open_delta(self, &Sealed(sealed)))
            .transpose()?;
        Ok(Some(RotationState {
            phase,
            from: TagKeys {
                suite: suite(row, "from_suite")?,
                oprf_epoch: optional_epoch(row, "from_oprf")?,
                tag_epoch: epoch(row, "from_tag")?,
            },
            to: TagKeys {
                suite: suite(row, "to_suite")?,
                oprf_epoch: optional_epoch(row, "to_oprf")?,
                tag_epoch: epoch(row, "to_tag")?,
            },
            delta,
            grace_until: row.value("grace_until")?,
        }))
    }

    /// Records that an answer of the keyholder did not hold.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_proof_failed(&self, event: &Event) -> Result<(), StoreError> {
        self.record_one(event).await.map(drop)
    }

    /// The number of the network's keys, held until the transaction ends: no key changes before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold_keys(&self) -> Result<i64, StoreError> {
        let row = self.one(&KEYS_VERSION, &[&self.store().network().0]).await?;
        row.value("keys_version")
    }
}

fn net_epoch(row: &tokio_postgres::Row, state: &str) -> Result<NetEpoch, StoreError> {
    Ok(NetEpoch {
        number: epoch(row, "net_epoch")?,
        key_check: row.bytes("key_check")?,
        until: row.value("until")?,
        compromised: state == "compromised",
    })
}

/// The quotient as it stands in the row of a rotation; it belongs to the network.
pub(crate) fn seal_delta<R: Role>(tx: &Tx<'_, R>, delta: &[u8; 32]) -> Sealed {
    let store = tx.store();
    let owner = store.network().0.to_be_bytes();
    store
        .crypter()
        .seal(Purpose::Delta, &owner, delta, store.chance())
}

pub(crate) fn open_delta<R: Role>(
    tx: &Tx<'_, R>,
    sealed: &Sealed,
) -> Result<Zeroizing<[u8; 32]>, StoreError> {
    let store = tx.store();
    let owner = store.network().0.to_be_bytes();
    let opened = store.crypter().open(Purpose::Delta, &owner, sealed)?;
    let mut delta = Zeroizing::new([0; 32]);
    if opened.len() != delta.len() {
        return Err(StoreError::Column { column: "delta" });
    }
    delta.copy_from_slice(&opened);
    Ok(delta)
}

impl Tx<'_, Owner> {
    /// Locks the network's row: from here to the end of the transaction no submission and no other change of keys. Gives
    /// the network's name in the log.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when the network was not set up.
    pub async fn lock_network(&self) -> Result<u128, StoreError> {
        let row = self.one(&LOCK_NETWORK, &[&self.store().network().0]).await?;
        row.tag("log_tag")
    }

    /// Raises the number of the keys; every act that changes one calls it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn change_keys(&self) -> Result<(), StoreError> {
        self.change_exactly(&CHANGE_KEYS, 1, &[&self.store().network().0])
            .await
    }

    /// Every epoch of `K_net` that ever was, oldest first, with its state as stored.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn network_epochs(&self) -> Result<Vec<(NetEpoch, String)>, StoreError> {
        let rows = self
            .rows(&ALL_NETWORK_EPOCHS, &[&self.store().network().0])
            .await?;
        rows.iter()
            .map(|row| {
                let state: String = row.value("state")?;
                Ok((net_epoch(row, &state)?, state))
            })
            .collect()
    }

    /// Adds a live epoch of `K_net`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_network_epoch(
        &self,
        number: u16,
        key_check: &[u8; 16],
        event: &Event,
    ) -> Result<(), StoreError> {
        let network = self.store().network().0;
        self.change_exactly(
            &INSERT_NETWORK_EPOCH,
            1,
            &[&network, &number.cast_signed(), &key_check.as_slice()],
        )
        .await?;
        self.change_keys().await?;
        self.record_one(event).await.map(drop)
    }

    /// Lets an epoch of `K_net` end at this time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_network_epoch(
        &self,
        number: u16,
        compromised: bool,
        until: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        let network = self.store().network().0;
        let state = if compromised { "compromised" } else { "ending" };
        self.change_exactly(
            &END_NETWORK_EPOCH,
            1,
            &[&network, &number.cast_signed(), &state, &until],
        )
        .await?;
        self.change_keys().await?;
        self.record_one(event).await.map(drop)
    }
}

impl Tx<'_, Matcher> {
    /// The list accepted last, with the network's keys locked against other changes, and the network's name in the log.
    /// The keys count as changed from here on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn latest_list_for_change(&self) -> Result<(u128, Option<AcceptedList>), StoreError> {
        let network = self.store().network().0;
        let tag = self.one(&ACCEPT_KEYS, &[&network]).await?.tag("log_tag")?;
        let row = self.optional(&LATEST_LIST, &[&network]).await?;
        Ok((tag, row.as_ref().map(accepted_list).transpose()?.flatten()))
    }

    /// Stores a list that begins with the latest one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn accept_list(
        &self,
        entries: usize,
        list: &AcceptedList,
        event: &Event,
    ) -> Result<(), StoreError> {
        let entries = i32::try_from(entries).map_err(|_| StoreError::Column { column: "entries" })?;
        self.change_exactly(
            &INSERT_LIST,
            1,
            &[
                &self.store().network().0,
                &entries,
                &list.document,
                &list.signature.as_slice(),
                &list.hash.as_slice(),
                &self.now(),
            ],
        )
        .await?;
        self.record_one(event).await.map(drop)
    }

    /// Epochs of `K_net` whose time is over and whose tags may still stand.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn epochs_to_end(&self) -> Result<Vec<EndedEpoch>, StoreError> {
        let rows = self
            .rows(&ENDED_EPOCHS, &[&self.store().network().0, &self.now()])
            .await?;
        rows.iter()
            .map(|row| {
                Ok(EndedEpoch {
                    number: epoch(row, "net_epoch")?,
                    compromised: row.value::<&str>("state")? == "compromised",
                    destroyed: row.value::<i64>("destroyed")?.unsigned_abs(),
                    network_tag: row.tag("log_tag")?,
                })
            })
            .collect()
    }

    /// Destroys this epoch's tags of at most `limit` children after one. Gives the last child and how many tags went;
    /// none when there was no child left.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn destroy_tags(
        &self,
        number: u16,
        after: i64,
        limit: i64,
    ) -> Result<Option<(i64, u64)>, StoreError> {
        let number = number.cast_signed();
        let rows = self.rows(&TAGS_OF_EPOCH, &[&number, &after, &limit]).await?;
        let subjects: Vec<i64> = rows
            .iter()
            .map(|row| row.value("subject_id"))
            .collect::<Result<_, _>>()?;
        let Some(last) = subjects.last() else {
            return Ok(None);
        };
        let destroyed = self.change(&DESTROY_TAGS, &[&number, &subjects]).await?;
        let count = i64::try_from(destroyed).unwrap_or(i64::MAX);
        self.change_exactly(&COUNT_DESTROYED, 1, &[&self.store().network().0, &number, &count])
            .await?;
        Ok(Some((*last, destroyed)))
    }

    /// Destroys shared tags of an epoch of the partners' key, those of at most `limit` circles; gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn destroy_shared_tags(&self, net_epoch: u16, limit: i64) -> Result<u64, StoreError> {
        let (network, number) = (self.store().network().0, net_epoch.cast_signed());
        let destroyed = self
            .change(&DESTROY_SHARED_TAGS, &[&network, &number, &limit])
            .await?;
        if destroyed > 0 {
            let count = i64::try_from(destroyed).unwrap_or(i64::MAX);
            self.change_exactly(&COUNT_DESTROYED, 1, &[&network, &number, &count])
                .await?;
        }
        Ok(destroyed)
    }

    /// Notes that nothing of this epoch is left.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn epoch_is_over(&self, number: u16, event: &Event) -> Result<(), StoreError> {
        let network = self.store().network().0;
        self.change_exactly(&EPOCH_IS_OVER, 1, &[&network, &number.cast_signed()])
            .await?;
        self.record_one(event).await.map(drop)
    }
}
