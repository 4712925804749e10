//! Who knocks at the door of another role: refused at the door, and said in the log once an hour.
//!
//! A supervisor's program among signals, a school's among exports: either something is set up wrongly, or somebody tries
//! what a stolen key opens. Once an hour for each client and role of this process, so that a program that goes on and on
//! fills no log. A token that was asked with fewer scopes than its client has is no such thing, and what is another
//! organisation's answers as if it were not there, without a leaf.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::actor::Role;
use domain::event::Event;
use domain::guardrail::hour_of;
use jiff::Timestamp;
use protocol::ClientId;
use store::{Context, Party, StoreError, Tx, Work};

use crate::{Caller, Casework};

/// Who was denied, at doors of which role.
type Whom = (ClientId, Role);

/// What is known of denials. It grows with registered clients alone.
#[derive(Default)]
pub(crate) struct Denials(Mutex<BTreeMap<Whom, Noted>>);

/// Whether a denial was written down.
#[derive(Clone, Copy)]
enum Noted {
    /// A request is at it: another of the same client waits for nothing.
    Now,
    /// In the hour that began then.
    In(Timestamp),
}

impl Denials {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Whom, Noted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The turn to write it down, unless another request has it.
    fn turn(&self, whom: Whom) -> Option<Turn<'_>> {
        let before = match self.lock().insert(whom.clone(), Noted::Now) {
            Some(Noted::Now) => return None,
            Some(Noted::In(hour)) => Some(hour),
            None => None,
        };
        Some(Turn {
            denials: self,
            whom,
            before,
        })
    }
}

/// Gives the turn back when it is dropped, also when whoever asked has hung up.
struct Turn<'d> {
    denials: &'d Denials,
    whom: Whom,
    /// The hour in which it was written down last.
    before: Option<Timestamp>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut noted = self.denials.lock();
        match self.before {
            Some(hour) => noted.insert(self.whom.clone(), Noted::In(hour)),
            None => noted.remove(&self.whom),
        };
    }
}

impl Casework {
    /// Writes down that a client was refused what is for a role it has not, where the log does not say so in this hour.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_denial(&self, caller: &Caller, role: Role) -> Result<(), StoreError> {
        let Some(mut turn) = self.inner.denials.turn((caller.client.clone(), role)) else {
            return Ok(());
        };
        let work = NoteDenial {
            caller: caller.clone(),
            role,
            noted_in: turn.before,
        };
        let context = Context::Organisation(caller.organisation);
        turn.before = Some(self.store().run(context, work).await?);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_at_a_time_has_the_turn_and_gives_it_back_whatever_happens() {
        let denials = Denials::default();
        let school: Whom = ("cl_AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap(), Role::Supervisor);
        let mut turn = denials.turn(school.clone()).unwrap();
        assert_eq!(turn.before, None);
        assert!(denials.turn(school.clone()).is_none());
        let other = (school.0.clone(), Role::Municipality);
        assert!(denials.turn(other).is_some(), "nobody waits for another");
        turn.before = Some(Timestamp::UNIX_EPOCH);
        drop(turn);
        for _ in 0..2 {
            let turn = denials.turn(school.clone()).unwrap();
            assert_eq!(turn.before, Some(Timestamp::UNIX_EPOCH));
        }
    }
}
