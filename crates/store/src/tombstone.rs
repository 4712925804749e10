//! What the keyholder is told of consents that ended before their time: written by whoever ends one, in that transaction, and
//! read by the driver that tells. And what the portal says of one record.

use domain::key::MatchKey;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, Party, Role, RowExt, Tx};

statements! {
    Party BURY_CONSENTS = "
        SELECT coalesce(sum(bury_consents(d.subject_id, d.id, $3 /* now */)), 0)::bigint AS buried
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* matches */) AS d (subject_id, id)";
    // FOR SHARE: a withdrawal that was answered is seen, and one under way is waited for.
    Matcher RECORD_STANDS = "
        SELECT subject_id, id FROM consent WHERE record_hash = $1 /* hash */ FOR SHARE";
    Matcher IS_STANDING = "
        SELECT is_standing($1 /* subject */, $2 /* consent */, $3 /* now */) AS stands";
    // The consents that take its place, one after the other: what ends the last ends this record.
    Matcher HOLD_SUCCESSORS = "
        WITH RECURSIVE place (id, replaced_by) AS (
            SELECT c.id, c.replaced_by FROM consent c WHERE c.subject_id = $1 /* subject */ AND c.id = $2 /* consent */
            UNION SELECT c.id, c.replaced_by
                    FROM place p JOIN consent c ON c.subject_id = $1 AND c.id = p.replaced_by)
        SELECT c.id FROM consent c WHERE c.subject_id = $1 AND c.id IN (SELECT id FROM place) ORDER BY c.id FOR SHARE";
    Matcher DUE_TOMBSTONES = "
        SELECT record_hash, ended_at, until, attempts FROM tombstone
         WHERE pushed_at IS NULL AND due_at <= $1 /* now */ AND until > $1
         ORDER BY due_at LIMIT $2 /* limit */";
    Matcher TOMBSTONES_PUSHED = "
        UPDATE tombstone SET pushed_at = $2 /* now */
         WHERE record_hash = ANY ($1::bytea[] /* hashes */) AND pushed_at IS NULL";
    Matcher POSTPONE_TOMBSTONES = "
        UPDATE tombstone SET due_at = $2 /* due at */, attempts = attempts + 1
         WHERE record_hash = ANY ($1::bytea[] /* hashes */) AND pushed_at IS NULL";
    Matcher PUSH_TOMBSTONES_AGAIN = "
        UPDATE tombstone SET pushed_at = NULL, due_at = $1 /* now */, attempts = 0";
    Matcher TOMBSTONES_WAITING = "
        SELECT count(*) AS waiting, min(ended_at) AS since FROM tombstone
         WHERE pushed_at IS NULL AND until > $1 /* now */";
    Matcher FORGET_TOMBSTONES = "
        DELETE FROM tombstone WHERE until <= $1 /* now */";
}

/// A consent record that ended before its time, for the keyholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TombstoneRow {
    /// SHA-256 of the record.
    pub hash: [u8; 32],
    /// When it ended.
    pub ended_at: Timestamp,
    /// Until when it could have stood.
    pub until: Timestamp,
    /// How often the keyholder was told in vain.
    pub attempts: i32,
}

/// A role in which a consent ends.
pub trait EndsConsents: Role {}
impl EndsConsents for Party {}
impl EndsConsents for Matcher {}

impl<R: EndsConsents> Tx<'_, R> {
    /// Writes a tombstone for each record of these matches that stands no longer, though its own time has not come. After every
    /// change that may end one; what was written before stays as it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn bury_consents(&self, matches: &[MatchKey]) -> Result<i64, StoreError> {
        if matches.is_empty() {
            return Ok(0);
        }
        let subjects: Vec<i64> = matches.iter().map(|key| key.subject).collect();
        let rows: Vec<i64> = matches.iter().map(|key| key.row).collect();
        let parameters: crate::work::Parameters<'_> = &[&subjects, &rows, &self.now()];
        self.one(&BURY_CONSENTS, parameters).await?.value("buried")
    }
}

impl Tx<'_, Matcher> {
    /// Whether the consent of this record stands, held against whoever would end it; none when there is no such record.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_stands(&self, hash: [u8; 32]) -> Result<Option<bool>, StoreError> {
        let Some(row) = self.optional(&RECORD_STANDS, &[&hash.as_slice()]).await? else {
            return Ok(None);
        };
        let (subject, consent): (i64, i64) = (row.value("subject_id")?, row.value("id")?);
        self.rows(&HOLD_SUCCESSORS, &[&subject, &consent]).await?;
        let stands = self.one(&IS_STANDING, &[&subject, &consent, &self.now()]).await?;
        stands.value("stands").map(Some)
    }

    /// Tombstones that the keyholder is to be told of now, those that wait longest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due_tombstones(&self, limit: i64) -> Result<Vec<TombstoneRow>, StoreError> {
        let rows = self.rows(&DUE_TOMBSTONES, &[&self.now(), &limit]).await?;
        rows.iter()
            .map(|row| {
                Ok(TombstoneRow {
                    hash: row.bytes("record_hash")?,
                    ended_at: row.value("ended_at")?,
                    until: row.value("until")?,
                    attempts: row.value("attempts")?,
                })
            })
            .collect()
    }

    /// Notes that the keyholder took them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tombstones_pushed(&self, hashes: &[[u8; 32]]) -> Result<(), StoreError> {
        let hashes: Vec<&[u8]> = hashes.iter().map(<[u8; 32]>::as_slice).collect();
        self.change(&TOMBSTONES_PUSHED, &[&hashes, &self.now()])
            .await
            .map(drop)
    }

    /// Notes that the keyholder did not take them, and when it is told again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn postpone_tombstones(
        &self,
        hashes: &[[u8; 32]],
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        let hashes: Vec<&[u8]> = hashes.iter().map(<[u8; 32]>::as_slice).collect();
        self.change(&POSTPONE_TOMBSTONES, &[&hashes, &due_at])
            .await
            .map(drop)
    }

    /// Lets the keyholder be told of all of them again: it was put back from a backup. Gives how many there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn push_tombstones_again(&self) -> Result<u64, StoreError> {
        self.change(&PUSH_TOMBSTONES_AGAIN, &[&self.now()]).await
    }

    /// How many the keyholder has not taken, and since when the oldest waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tombstones_waiting(&self) -> Result<(i64, Option<Timestamp>), StoreError> {
        let row = self.one(&TOMBSTONES_WAITING, &[&self.now()]).await?;
        Ok((row.value("waiting")?, row.value("since")?))
    }

    /// Forgets those whose record has reached its own end: nobody takes it any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_tombstones(&self) -> Result<u64, StoreError> {
        self.change(&FORGET_TOMBSTONES, &[&self.now()]).await
    }
}
