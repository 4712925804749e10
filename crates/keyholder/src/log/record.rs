//! An event into the transaction it happened in.

use audit_log::commitment::commit;
use audit_log::entry::Entry;
use jiff::Timestamp;
use protocol::OrganisationId;
use uuid::Uuid;

use crate::database::Tx;
use crate::error::KeyholderError;
use crate::event::Event;
use crate::sealing::{Purpose, Sealing};
use crate::statement::statements;

statements! {
    Service INSERT_LEAF = "
        WITH pending AS (
            INSERT INTO keyholder.log_pending (event_id, leaf)
            SELECT $1 /* event */, $2 /* leaf */
             WHERE keyholder.now() < $3::timestamptz /* now */ + interval '2 seconds'
            RETURNING event_id)
        INSERT INTO keyholder.log_opening (event_id, sealed)
        SELECT event_id, $4::bytea /* sealed opening */ FROM pending";
}

impl Tx<'_> {
    /// Writes an event's leaf and opening into this transaction; gives the event's id.
    pub(crate) async fn record(&self, event: &Event, sealing: &Sealing) -> Result<u128, KeyholderError> {
        let environment = self.environment();
        let id = environment.random_tag();
        let salt: [u8; 32] = environment.random();
        let data = event.line().opening.to_string();
        let commitment = commit(&salt, data.as_bytes());
        let leaf = entry(event, id, self.now(), Some(commitment))
            .to_leaf()
            .map_err(|_| KeyholderError::DamagedLog)?;
        let plaintext = [salt.as_slice(), data.as_bytes()].concat();
        let sealed = sealing.seal(Purpose::Opening, &id.to_be_bytes(), &plaintext, environment)?;
        let written = self
            .change(&INSERT_LEAF, &[&Uuid::from_u128(id), &leaf, &self.now(), &sealed])
            .await?;
        if written == 0 {
            return Err(self.stale());
        }
        Ok(id)
    }
}

/// The leaf of an event.
pub(crate) fn entry(event: &Event, id: u128, time: Timestamp, commitment: Option<[u8; 32]>) -> Entry {
    let line = event.line();
    Entry {
        id: id.to_be_bytes(),
        time,
        event: line.name.to_owned(),
        org: line.organisation.map(|id| OrganisationId(id).to_string()),
        sub: line.subject.to_string(),
        rel: line.related.iter().map(ToString::to_string).collect(),
        from: line.from.map(str::to_owned),
        to: line.to.map(str::to_owned),
        due: None,
        until: None,
        commitment,
    }
}
