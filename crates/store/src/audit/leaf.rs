//! A leaf and its opening, in the transaction of the act they record.

use audit_log::entry::Entry;
use domain::event::{Event, Record};
use uuid::Uuid;

use super::Recorded;
use crate::crypter::{Purpose, Sealed};
use crate::error::StoreError;
use crate::statement::statements;
use crate::trace::Trace;
use crate::work::{Log, Role, Tx};

statements! {
    Party INSERT_PENDING = "
        INSERT INTO audit.pending (event_id, leaf)
        SELECT * FROM unnest($1::uuid[] /* events */, $2::bytea[] /* leaves */)
         WHERE (SELECT app_now($3 /* network */)) < transaction_time() + interval '2 seconds'";
    Party INSERT_OPENINGS = "
        INSERT INTO audit.opening (event_id, sealed, about)
        SELECT * FROM unnest($1::uuid[] /* events */, $2::bytea[] /* sealed */, $3::uuid[] /* records */)";
}

impl<R: Role> Tx<'_, R> {
    /// Writes the leaves of these events, and their openings, into this transaction.
    pub(crate) async fn record(&self, events: &[Event]) -> Result<Vec<Recorded>, StoreError> {
        self.record_for(events, &vec![self.trace(); events.len()]).await
    }

    /// As [`Tx::record`], where each event belongs to a request of its own, with that request's trace.
    pub(crate) async fn record_for(
        &self,
        events: &[Event],
        traces: &[Option<Trace>],
    ) -> Result<Vec<Recorded>, StoreError> {
        #[cfg(feature = "bench-without-audit")]
        if crate::without_audit::chosen() == crate::without_audit::Audit::None {
            return Ok(self.unrecorded(events.len()));
        }
        #[cfg(any(test, feature = "test-util"))]
        if crate::test_util::leaves_out(events) {
            return Ok(self.unrecorded(events.len()));
        }
        let mut ids = Vec::with_capacity(events.len());
        let mut leaves = Vec::with_capacity(events.len());
        let mut opened = Vec::new();
        let mut openings = Vec::new();
        let mut about = Vec::new();
        for event in events {
            let event_id = self.store().event_id(self.now());
            let record = event.record();
            let subject = record.subject.value;
            let (leaf, opening) = self.leaf(event_id, record)?;
            self.remember(subject, event_id, &leaf);
            ids.push(Uuid::from_u128(event_id));
            leaves.push(leaf);
            if let Some(Sealed(sealed)) = opening {
                opened.push(Uuid::from_u128(event_id));
                openings.push(sealed);
                about.push(Uuid::from_u128(subject));
            }
        }
        let written = self
            .change(&INSERT_PENDING, &[&ids, &leaves, &self.store().network().0])
            .await?;
        if written == 0 && !ids.is_empty() {
            return Err(self.stale());
        }
        if !opened.is_empty() {
            self.change_exactly(&INSERT_OPENINGS, opened.len(), &[&opened, &openings, &about])
                .await?;
        }
        self.note_processing(events, &ids, traces).await?;
        Ok(ids
            .into_iter()
            .map(|id| Recorded {
                event_id: id.as_u128(),
            })
            .collect())
    }

    /// As if so many events were recorded.
    #[cfg(any(test, feature = "test-util", feature = "bench-without-audit"))]
    fn unrecorded(&self, count: usize) -> Vec<Recorded> {
        let event_id = || self.store().event_id(self.now());
        (0..count).map(|_| Recorded { event_id: event_id() }).collect()
    }

    /// A leaf and the sealed opening behind its commitment.
    fn leaf(&self, event_id: u128, record: Record) -> Result<(Vec<u8>, Option<Sealed>), StoreError> {
        let opening = record
            .opening
            .map(|data| (self.store().random::<32>(), data.to_string().into_bytes()));
        let entry = Entry {
            id: event_id.to_be_bytes(),
            time: self.now(),
            event: record.name.to_owned(),
            org: record.organisation.as_ref().map(organisation_text),
            sub: record.subject.to_string(),
            rel: record.related.iter().map(ToString::to_string).collect(),
            from: record.from.map(str::to_owned),
            to: record.to.map(str::to_owned),
            due: record.due,
            until: record.until,
            commitment: opening
                .as_ref()
                .map(|(salt, data)| audit_log::commitment::commit(salt, data)),
        };
        let leaf = entry.to_leaf().map_err(StoreError::Leaf)?;
        let sealed = opening.map(|(salt, data)| {
            let plaintext = [salt.as_slice(), &data].concat();
            let store = self.store();
            store.crypter().seal(
                Purpose::Opening,
                &event_id.to_be_bytes(),
                &plaintext,
                store.chance(),
            )
        });
        Ok((leaf, sealed))
    }
}

impl Tx<'_, Log> {
    /// Records something about the log itself.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_about_log(&self, event: &Event) -> Result<(), StoreError> {
        self.record_one(event).await.map(drop)
    }
}

impl<R: Role> Tx<'_, R> {
    /// Records one event.
    pub(crate) async fn record_one(&self, event: &Event) -> Result<Recorded, StoreError> {
        let recorded = self.record(std::slice::from_ref(event)).await?;
        recorded.first().copied().ok_or(StoreError::DamagedLog)
    }
}

/// An organisation as leaves name it: `org_` and 22 characters of unpadded base64url.
fn organisation_text(id: &[u8; 16]) -> String {
    use base64::Engine;
    format!(
        "org_{}",
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(id)
    )
}
