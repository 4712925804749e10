//! Coming in with a code, and leaving.

use domain::event::Event;
use domain::invitation::InvitationCode;
use store::{Context, Party, StoreError, Tx, Work};

use super::page::{About, AtDoor, opens};
use super::{FamilyFailure, PortalSecret};
use crate::{Casework, consent_facts};

/// How long a session lasts without a new code: two hours of real time.
const SESSION_SECONDS: f64 = 7200.0;

impl Casework {
    /// Exchanges a code for a session. A code opens the one request it was issued for: until its time to answer is over,
    /// and as long as the consent that came of it stands, so that withdrawing stays as easy as giving.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] for every code that opens nothing, whatever the reason.
    pub async fn open_invitation(&self, code: &str) -> Result<PortalSecret, FamilyFailure> {
        // A code that cannot be one is looked up all the same, so that it takes as long as one that is wrong.
        let canonical = InvitationCode::parse(code).map_or([0; 16], |code| code.canonical());
        let hash = self.keys().hash_code(&canonical);
        let secret = PortalSecret::from_bytes(self.store().random());
        let work = || OpenInvitation {
            session_hash: secret.hash(),
        };
        self.at_the_door_with(hash, work).await?;
        Ok(secret)
    }

    /// Ends a session. Ending one that is over is no fault.
    ///
    /// # Errors
    /// [`FamilyFailure::Store`].
    pub async fn leave(&self, secret: &PortalSecret) -> Result<(), FamilyFailure> {
        Ok(self.store().run(Context::Family(secret.hash()), Leave).await?)
    }
}

struct OpenInvitation {
    session_hash: [u8; 32],
}

impl Work for OpenInvitation {
    const NAME: &'static str = "open_invitation";
    type Role = Party;
    type Output = AtDoor<()>;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<AtDoor<()>, FamilyFailure> {
        let access = tx.enter_by_code().await?.ok_or(FamilyFailure::Closed)?;
        let consent = tx.consent(access.consent).await?.ok_or(FamilyFailure::Closed)?;
        if consent_facts::is_overtaken(&consent, tx.now()) {
            return Ok(AtDoor::Overtaken(consent.key));
        }
        let standing = consent_facts::standing(&consent)?.at(tx.now());
        if !opens(
            &access,
            standing,
            tx.hidden_at_the_door(consent.key).await?,
            tx.now(),
        ) {
            return Err(FamilyFailure::Closed);
        }
        let about = About::read(tx, &consent).await?;
        let event = Event::ConsentOpened {
            consent: consent.log_tag,
            about: about.tag,
            signatory: consent_facts::signatory(&access.role, access.number)?,
        };
        tx.mark_opened(access.signatory, &event).await?;
        tx.insert_session(&self.session_hash, access.signatory, SESSION_SECONDS)
            .await?;
        Ok(AtDoor::In(()))
    }
}

struct Leave;

impl Work for Leave {
    const NAME: &'static str = "leave_portal";
    type Role = Party;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<(), StoreError> {
        tx.delete_session().await
    }
}
