//! Consents that ended before their time, as the service tells them. What is told once is not taken back: it can only be
//! told of an earlier end or a longer keeping.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use protocol::gate::{Tombstone, Tombstones};
use protocol::text::Base64Url;

use crate::client::Client;
use crate::database::{Role, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::event::Event;
use crate::frame::Frame;
use crate::sealing::Sealing;
use crate::statement::statements;

/// The advisory locks of the gate, one for each consent: shared by whoever releases, alone to whoever tells of an end.
pub(super) const LOCK_CLASS: i32 = 0x6b65_7967;

statements! {
    // The locks come in ascending order, so that two who tell of the same consents do not wait for each other.
    Service LOCK_CONSENTS_TO_END = "
        SELECT pg_advisory_xact_lock($1 /* class */, consent) IS NULL AS locked
          FROM unnest($2::int[] /* consents, ascending */) AS consent";
    Service KNOWN_TOMBSTONES = "
        SELECT consent FROM keyholder.gate_tombstone WHERE consent = ANY ($1::bytea[] /* consents */)";
    Service PUT_TOMBSTONES = "
        INSERT INTO keyholder.gate_tombstone AS t (consent, ended_at, until, received_at)
        SELECT consent, ended_at, until, $4::timestamptz /* now */
          FROM unnest($1::bytea[] /* consents */, $2::timestamptz[] /* ended at */, $3::timestamptz[] /* until */)
               AS told (consent, ended_at, until)
            ON CONFLICT (consent) DO UPDATE
           SET ended_at = least(t.ended_at, EXCLUDED.ended_at), until = greatest(t.until, EXCLUDED.until)";
}

/// A consent as the database knows it: by a hash of its record's hash, since with the latter its status can be asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Consent([u8; 32]);

impl Consent {
    pub(super) fn of(record: &Base64Url<32>) -> Self {
        Self(blake3::derive_key(
            "trefpunt 2026 keyholder ended consent v1",
            &record.0,
        ))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The number of its lock. Two consents that share one wait for each other now and then, and nothing else.
    pub(super) const fn lock(&self) -> i32 {
        let [a, b, c, d, ..] = self.0;
        i32::from_be_bytes([a, b, c, d])
    }
}

impl Frame {
    /// Takes what the service tells of consents that ended; gives how many were not known.
    pub(crate) async fn take_tombstones(
        &self,
        client: &Client,
        tombstones: Tombstones,
    ) -> Result<usize, KeyholderError> {
        let work = TakeTombstones {
            client: client.clone(),
            told: merged(tombstones.consents),
            sealing: self.sealing().clone(),
        };
        self.database().run(work).await
    }
}

/// Each consent once, with the earliest end and the longest keeping that is told of it.
fn merged(tombstones: Vec<Tombstone>) -> BTreeMap<Consent, Tombstone> {
    let mut merged = BTreeMap::new();
    for tombstone in tombstones {
        let told = merged.entry(Consent::of(&tombstone.hash)).or_insert(tombstone);
        // Before 1970 there was no consent, and before 4713 BC no time that PostgreSQL knows.
        told.ended_at = told.ended_at.min(tombstone.ended_at).max(Timestamp::UNIX_EPOCH);
        told.until = told.until.max(tombstone.until).max(Timestamp::UNIX_EPOCH);
    }
    merged
}

struct TakeTombstones {
    client: Client,
    told: BTreeMap<Consent, Tombstone>,
    sealing: Sealing,
}

impl Work for TakeTombstones {
    const NAME: &'static str = "take_tombstones";
    const ROLE: Role = Role::Service;
    type Output = usize;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<usize, KeyholderError> {
        let locks: BTreeSet<i32> = self.told.keys().map(Consent::lock).collect();
        let locks: Vec<i32> = locks.into_iter().collect();
        // Its own statement: what follows must be read after the locks are held, not in the same snapshot.
        tx.rows(&LOCK_CONSENTS_TO_END, &[&LOCK_CLASS, &locks]).await?;
        let consents: Vec<&[u8]> = self.told.keys().map(Consent::as_bytes).collect();
        let rows = tx.rows(&KNOWN_TOMBSTONES, &[&consents]).await?;
        let known = rows.iter().map(|row| row.bytes("consent").map(Consent));
        let known: BTreeSet<Consent> = known.collect::<Result<_, _>>()?;
        let ended_at: Vec<Timestamp> = self.told.values().map(|told| told.ended_at).collect();
        let until: Vec<Timestamp> = self.told.values().map(|told| told.until).collect();
        tx.change_exactly(
            &PUT_TOMBSTONES,
            consents.len(),
            &[&consents, &ended_at, &until, &tx.now()],
        )
        .await?;
        let new = self.told.iter().filter(|(consent, _)| !known.contains(consent));
        let new: Vec<String> = new.map(|(_, told)| told.hash.to_string()).collect();
        let count = new.len();
        // Told again, as the service does until it is acknowledged, it is no event.
        if count > 0 {
            let event = Event::TombstonesReceived {
                client_tag: self.client.log_tag,
                client: self.client.id.to_string(),
                consents: new,
            };
            tx.record(&event, &self.sealing).await?;
        }
        Ok(count)
    }
}
