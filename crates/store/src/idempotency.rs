//! Answers kept under a caller's `Idempotency-Key`, in the transaction of the act they answer.
//!
//! A lock on the key first, then a look at what is stored, in two statements: the second must see what the transaction
//! that held the lock before has committed. Whoever finds the lock taken is told that the first try still runs.

use audit_log::receipt::Place;
use audit_log::tree::leaf_hash;
use domain::key::OrganisationKey;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::crypter::{Purpose, Sealed};
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, Parameters, Party, Role, RowExt, Submit, Tx, WrittenLeaf};

statements! {
    Party LOCK_KEYS = "
        SELECT w.place, pg_try_advisory_xact_lock(hashtextextended(w.organisation_id || ' ' || w.key, 0)) AS got
          FROM unnest($1::int[] /* organisations */, $2::text[] /* keys */) WITH ORDINALITY
               AS w (organisation_id, key, place)
         ORDER BY w.place";
    // OFFSET 0: each answer is looked for by its own key, also where the planner thinks that an organisation has few.
    Party STORED_ANSWERS = "
        SELECT w.place, i.fingerprint, i.status, i.location, i.body, i.events, i.place AS leaf_place,
               audit.leaves_of(i.events) AS leaves
          FROM unnest($1::int[] /* organisations */, $2::text[] /* keys */) WITH ORDINALITY
               AS w (organisation_id, key, place)
         CROSS JOIN LATERAL (SELECT * FROM idempotency a
                              WHERE a.organisation_id = w.organisation_id AND a.key = w.key OFFSET 0) AS i
         ORDER BY w.place";
    Party STORE_ANSWERS = "
        INSERT INTO idempotency (organisation_id, key, fingerprint, status, location, body, events, place, stored_at)
        SELECT w.organisation_id, w.key, w.fingerprint, w.status, w.location, w.body, w.events::uuid[], w.place,
               clock_timestamp()
          FROM unnest($1::int[] /* organisations */, $2::text[] /* keys */, $3::bytea[] /* fingerprints */,
                      $4::smallint[] /* statuses */, $5::text[] /* locations */, $6::bytea[] /* bodies */,
                      $7::text[] /* ids of the events, for each answer a list as PostgreSQL writes it */,
                      $8::bytea[] /* places of leaves that were signed together */)
               AS w (organisation_id, key, fingerprint, status, location, body, events, place)";
}

/// A key as its caller sent it, with the fingerprint of the request it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyClaim {
    /// Whose key.
    pub organisation: OrganisationKey,
    /// The key.
    pub key: String,
    /// BLAKE3 of method, path and body.
    pub fingerprint: [u8; 32],
}

/// What was or will be answered.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// `Location` header.
    pub location: Option<String>,
    /// The body's exact bytes.
    pub body: Vec<u8>,
    /// The leaves of what was done, which its receipts promise; none when nothing changed.
    pub leaves: Vec<WrittenLeaf>,
}

/// What stands behind a claimed key.
pub enum Claimed {
    /// Nothing: the act is to be done.
    Free,
    /// An earlier request with this key still runs.
    InProgress,
    /// It was answered, for a request with this fingerprint.
    Answered([u8; 32], StoredAnswer),
}

impl<R: AnswersIdempotently> Tx<'_, R> {
    /// Locks these keys and looks what stands behind them, in the order given.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim(&self, claims: &[IdempotencyClaim]) -> Result<Vec<Claimed>, StoreError> {
        let organisations: Vec<i32> = claims.iter().map(|claim| claim.organisation.0).collect();
        let keys: Vec<&str> = claims.iter().map(|claim| claim.key.as_str()).collect();
        let parameters: Parameters<'_> = &[&organisations, &keys];
        let [locks, stored] = self
            .together([(&LOCK_KEYS, parameters), (&STORED_ANSWERS, parameters)])
            .await?;
        self.claimed(claims, &locks.rows, &stored.rows)
    }

    /// What stands behind the keys: of which the lock was had, and what is stored.
    fn claimed(
        &self,
        claims: &[IdempotencyClaim],
        locks: &[Row],
        stored: &[Row],
    ) -> Result<Vec<Claimed>, StoreError> {
        let mut found = Vec::with_capacity(claims.len());
        for lock in locks {
            found.push(if lock.value("got")? {
                Claimed::Free
            } else {
                Claimed::InProgress
            });
        }
        for row in stored {
            let place = usize::try_from(row.value::<i64>("place")? - 1).unwrap_or(usize::MAX);
            let (Some(claim), Some(slot)) = (claims.get(place), found.get_mut(place)) else {
                return Err(StoreError::Column { column: "place" });
            };
            if !matches!(slot, Claimed::InProgress) {
                let body = Sealed(row.value("body")?);
                let owner = claim.organisation.0.to_be_bytes();
                let body = self.store().crypter().open(Purpose::Answer, &owner, &body)?;
                let status = row.value::<i16>("status")?.unsigned_abs();
                let answer = StoredAnswer {
                    status,
                    location: row.value("location")?,
                    body: body.to_vec(),
                    leaves: leaves(row)?,
                };
                *slot = Claimed::Answered(row.bytes("fingerprint")?, answer);
            }
        }
        Ok(found)
    }

    /// Keeps the answers for replay.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn store_answers(
        &self,
        answers: &[(&IdempotencyClaim, &StoredAnswer)],
    ) -> Result<(), StoreError> {
        let crypter = self.store().crypter();
        let chance = self.store().chance();
        let organisations: Vec<i32> = answers.iter().map(|(claim, _)| claim.organisation.0).collect();
        let keys: Vec<&str> = answers.iter().map(|(claim, _)| claim.key.as_str()).collect();
        let fingerprints: Vec<&[u8]> = answers
            .iter()
            .map(|(claim, _)| claim.fingerprint.as_slice())
            .collect();
        let statuses: Vec<i16> = answers
            .iter()
            .map(|(_, answer)| answer.status.cast_signed())
            .collect();
        let locations: Vec<Option<&str>> = answers
            .iter()
            .map(|(_, answer)| answer.location.as_deref())
            .collect();
        let bodies: Vec<Vec<u8>> = answers
            .iter()
            .map(|(claim, answer)| {
                crypter
                    .seal(
                        Purpose::Answer,
                        &claim.organisation.0.to_be_bytes(),
                        &answer.body,
                        chance,
                    )
                    .0
            })
            .collect();
        let events: Vec<Option<String>> = answers.iter().map(|(_, answer)| events_of(answer)).collect();
        let places: Vec<Option<Vec<u8>>> = answers.iter().map(|(_, answer)| place_of(answer)).collect();
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 8] = [
            &organisations,
            &keys,
            &fingerprints,
            &statuses,
            &locations,
            &bodies,
            &events,
            &places,
        ];
        self.change_exactly(&STORE_ANSWERS, answers.len(), &parameters)
            .await
    }
}

/// The roles that act on a caller's request.
pub trait AnswersIdempotently: Role {}
impl AnswersIdempotently for Party {}
impl AnswersIdempotently for Submit {}
impl AnswersIdempotently for Matcher {}

/// What the answer's receipts promise, by the ids of the events: the leaves stand in the log and are not kept twice.
fn events_of(answer: &StoredAnswer) -> Option<String> {
    let ids = answer
        .leaves
        .iter()
        .map(|leaf| Uuid::from_u128(leaf.event_id).to_string());
    let ids: Vec<String> = ids.collect();
    (!ids.is_empty()).then(|| format!("{{{}}}", ids.join(",")))
}

/// Where its leaf stands among those it was signed with. Only answers with one leaf are signed together.
fn place_of(answer: &StoredAnswer) -> Option<Vec<u8>> {
    match answer.leaves.as_slice() {
        [leaf] => leaf.place.as_ref().map(Place::to_bytes),
        _ => None,
    }
}

fn leaves(row: &Row) -> Result<Vec<WrittenLeaf>, StoreError> {
    let events: Option<Vec<Uuid>> = row.value("events")?;
    let leaves: Option<Vec<Vec<u8>>> = row.value("leaves")?;
    let (events, leaves) = (events.unwrap_or_default(), leaves.unwrap_or_default());
    if events.len() != leaves.len() {
        return Err(StoreError::DamagedLog);
    }
    let place: Option<Vec<u8>> = row.value("leaf_place")?;
    let written = events.into_iter().zip(leaves).map(|(event, bytes)| {
        let place = place.as_deref().map(|place| {
            Place::from_bytes(place, &leaf_hash(&bytes)).ok_or(StoreError::Column { column: "leaf_place" })
        });
        Ok(WrittenLeaf {
            event_id: event.as_u128(),
            place: place.transpose()?,
            bytes,
        })
    });
    written.collect()
}
