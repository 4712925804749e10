//! The gate: the share without which no message of a match is sealed or opened goes to a party of a consent that stands,
//! and to nobody else.
//!
//! Who may have one is judged in one place (`protocol::gate::judge`): by the record that the portal signed, by the
//! portal's word of this minute that it stands, and by what the keyholder was told itself. A tombstone and a share of
//! one consent wait for each other, so that no share is released after the keyholder acknowledged that the consent ended,
//! however many processes there are. What is released is in the log before it leaves.

pub(crate) mod consent_key;
pub(crate) mod key;
pub(crate) mod tombstone;

use protocol::OrganisationId;
use protocol::gate::{GateRefusal, GateShare, GateShareRequest, Released, judge};

use crate::client::Client;
use crate::database::{Role, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::event::Event;
use crate::frame::Frame;
use crate::quota::day;
use crate::statement::statements;

statements! {
    Service LOCK_CONSENT_TO_READ = "
        SELECT pg_advisory_xact_lock_shared($1 /* class */, $2 /* consent */) IS NULL AS locked";
    Service CONSENT_AT_THE_GATE = "
        SELECT EXISTS (SELECT FROM keyholder.gate_tombstone WHERE consent = $1 /* consent */) AS has_ended";
    Service NOTE_REFUSAL = "
        INSERT INTO keyholder.gate_refusal_day (day, client_id, reason)
        VALUES ($1 /* day */, $2 /* client */, $3 /* reason */)
            ON CONFLICT DO NOTHING";
}

/// Why no share is given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GateError {
    /// What was sent does not open the gate.
    #[error(transparent)]
    Closed(#[from] GateRefusal),
    /// The client acts for no organisation, so it is no party.
    #[error("the client is no partner's")]
    NoPartner,
    #[error(transparent)]
    Keyholder(#[from] KeyholderError),
}

impl Frame {
    /// Releases the share for one message to a party of a consent that stands, or says why not.
    pub(crate) async fn release_share(
        &self,
        client: &Client,
        request: GateShareRequest,
    ) -> Result<GateShare, GateError> {
        let work = ReleaseShare {
            caller: client.role.partner().ok_or(GateError::NoPartner)?,
            client: client.clone(),
            request,
            frame: self.clone(),
        };
        // What is refused is noted, and a note that is rolled back is none: so a refusal is an outcome here.
        let released = self.database().run(work).await??;
        let share = released.share(self.gate_key());
        Ok(GateShare { share })
    }
}

/// Judges and writes the leaf in one transaction, with the consent's lock in hand.
struct ReleaseShare {
    caller: OrganisationId,
    client: Client,
    request: GateShareRequest,
    frame: Frame,
}

impl Work for ReleaseShare {
    const NAME: &'static str = "release_share";
    const ROLE: Role = Role::Service;
    type Output = Result<Released, GateRefusal>;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<Self::Output, KeyholderError> {
        let consent = tombstone::Consent::of(&self.request.record.hash);
        // Its own statement: what follows must be read after the lock is held, not in the same snapshot.
        tx.one(&LOCK_CONSENT_TO_READ, &[&tombstone::LOCK_CLASS, &consent.lock()])
            .await?;
        let found = tx.one(&CONSENT_AT_THE_GATE, &[&consent.as_bytes()]).await?;
        let has_ended = found.value("has_ended")?;
        tx.check_gate_key(self.frame.gate_key()).await?;
        let portals = tx.portals().await?;
        match judge(&self.request, self.caller, &portals, tx.now(), has_ended) {
            Ok(released) => {
                self.tell_of_release(tx, &released).await?;
                Ok(Ok(released))
            }
            Err(refusal) => {
                self.tell_of_refusal(tx, refusal).await?;
                Ok(Err(refusal))
            }
        }
    }
}

impl ReleaseShare {
    async fn tell_of_release(&self, tx: &Tx<'_>, released: &Released) -> Result<(), KeyholderError> {
        let event = Event::ShareReleased {
            client_tag: self.client.log_tag,
            organisation: self.caller.0,
            client: self.client.id.to_string(),
            match_id: released.match_id().to_string(),
            message: released.message_id().to_string(),
            consent: released.consent_hash().to_string(),
        };
        tx.record(&event, self.frame.sealing()).await.map(drop)
    }

    /// The first time on a day is an event; a client that insists fills no log.
    async fn tell_of_refusal(&self, tx: &Tx<'_>, refusal: GateRefusal) -> Result<(), KeyholderError> {
        let (day, client) = (day(tx.now()), self.client.id.as_str());
        let reason = refusal.as_str();
        if tx.change(&NOTE_REFUSAL, &[&day, &client, &reason]).await? == 0 {
            return Ok(());
        }
        let event = Event::ShareRefused {
            client_tag: self.client.log_tag,
            organisation: self.caller.0,
            client: client.to_owned(),
            reason,
        };
        tx.record(&event, self.frame.sealing()).await.map(drop)
    }
}
