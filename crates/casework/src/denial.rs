//! Who knocks at the door of another role: refused at the door, and said in the log once an hour.
//!
//! A supervisor's program among signals, a school's among exports: either something is set up wrongly, or somebody tries
//! what a stolen key opens. Once an hour for each client and role of this process, so that a program that goes on and on
//! fills no log. A token that was asked with fewer scopes than its client has is no such thing, and what is another
//! organisation's answers as if it were not there, without a leaf.

use std::collections::BTreeMap;

use domain::actor::Role;
use domain::event::Event;
use domain::guardrail::hour_of;
use jiff::Timestamp;
use protocol::ClientId;
use store::{Context, Party, StoreError, Tx, Work};
use tokio::sync::Mutex;

use crate::{Caller, Casework};

/// In which hour a client's denial at doors of a role was written down last. It grows with registered clients alone.
#[derive(Default)]
pub(crate) struct Denials(Mutex<BTreeMap<(ClientId, Role), Timestamp>>);

impl Casework {
    /// Writes down that a client was refused what is for a role it has not, where the log does not say so in this hour.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_denial(&self, caller: &Caller, role: Role) -> Result<(), StoreError> {
        let mut noted = self.inner.denials.0.lock().await;
        let of = (caller.client.clone(), role);
        let work = NoteDenial {
            caller: caller.clone(),
            role,
            noted_in: noted.get(&of).copied(),
        };
        let context = Context::Organisation(caller.organisation);
        let hour = self.store().run(context, work).await?;
        noted.insert(of, hour);
        self.inner.wake.sequencer.notify_one();
        Ok(())
    }
}

struct NoteDenial {
    caller: Caller,
    role: Role,
    noted_in: Option<Timestamp>,
}

impl Work for NoteDenial {
    const NAME: &'static str = "note_denial";
    type Role = Party;
    type Output = Timestamp;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Timestamp, StoreError> {
        let hour = hour_of(tx.now());
        if self.noted_in != Some(hour.begins_at) {
            let event = Event::AccessDenied {
                organisation: self.caller.organisation_id.0,
                client: self.caller.client.to_string(),
                role: self.role,
                until: hour.ends_at,
            };
            tx.note_denial(&event).await?;
        }
        Ok(hour.begins_at)
    }
}
