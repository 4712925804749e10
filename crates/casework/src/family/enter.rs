//! Coming in: with the code of a letter, as far as the choice of a PIN; and with the return key and that PIN, all the way.

use domain::event::Event;
use domain::invitation::InvitationCode;
use domain::pin::{Pin, WRONG_TRIES_AN_HOUR};
use store::{Context, NewAccess, NewSession, Party, SessionStage, StoreError, Tx, Work};

use super::door::{self, AtDoor, By, Opened};
use super::{FamilyFailure, PortalSecret};
use crate::Casework;

/// How long there is to choose a PIN: 15 minutes of real time. The code can be entered again.
const CHOOSING_SECONDS: f64 = 900.0;

/// How long a session lasts: two hours of real time.
const SESSION_SECONDS: f64 = 7200.0;

impl Casework {
    /// Opens a session with a code, in which a PIN can be chosen and nothing else. The code is not spent by it: that it was
    /// typed, by whomever, changes nothing.
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
        match self.at_the_door_with(hash, work).await {
            Ok(()) => Ok(secret),
            Err(FamilyFailure::NotEntitled) => Err(FamilyFailure::Closed),
            Err(failure) => Err(failure),
        }
    }

    /// Exchanges the code that opened this session for a return key with this PIN: from here on the session is in. Whoever
    /// does so first has it; the same session again changes nothing, whatever PIN it says.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when the code opens nothing (any more), because it was exchanged elsewhere or for another
    /// reason.
    pub async fn choose_pin(&self, secret: &PortalSecret, pin: &Pin) -> Result<(), FamilyFailure> {
        let key = secret.return_key().canonical();
        let work = || ChoosePin {
            key_hash: self.keys().hash_code(&key),
            entry_hash: self.keys().hash_entry(&key, pin.digits()),
        };
        self.at_the_door(secret, work).await?;
        self.inner.wake.sequencer.notify_one();
        Ok(())
    }

    /// The return key, in the session that made it; none in another. It is made of the session's secret and stored nowhere.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when the session is over, [`FamilyFailure::NotIn`] when no PIN was chosen yet.
    pub async fn return_key(&self, secret: &PortalSecret) -> Result<Option<InvitationCode>, FamilyFailure> {
        let key = secret.return_key();
        let work = HasKey {
            key_hash: self.keys().hash_code(&key.canonical()),
        };
        let has = self.store().run(Context::Family(secret.hash()), work).await?;
        Ok(has.then_some(key))
    }

    /// The reader kept the return key: the pages are open.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`], [`FamilyFailure::NotIn`] when no PIN was chosen yet.
    pub async fn kept_key(&self, secret: &PortalSecret) -> Result<(), FamilyFailure> {
        self.at_the_door(secret, || KeptKey).await
    }

    /// Opens a session with a return key and its PIN.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] for every pair that opens nothing, whatever is wrong with it: the key, the PIN, or that too
    /// many wrong PINs were typed in this hour.
    pub async fn come_back(&self, key: &str, pin: &str) -> Result<PortalSecret, FamilyFailure> {
        // What can be no key or no PIN is looked up all the same, so that it takes as long as one that is wrong.
        let canonical = InvitationCode::parse(key).map_or([0; 16], |key| key.canonical());
        let pin = Pin::read(pin);
        let secret = PortalSecret::from_bytes(self.store().random());
        let work = || ComeBack {
            bucket: self.keys().guess_bucket(&canonical),
            entry_hash: self
                .keys()
                .hash_entry(&canonical, pin.as_ref().map_or(&[], Pin::digits)),
            session_hash: secret.hash(),
        };
        match self
            .at_the_door_with(self.keys().hash_code(&canonical), work)
            .await?
        {
            true => Ok(secret),
            false => Err(FamilyFailure::Closed),
        }
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
        let person = tx.holder_of_code().await?.ok_or(FamilyFailure::Closed)?;
        if let AtDoor::Overtaken(key) = door::enter(tx, person, By::Code).await? {
            return Ok(AtDoor::Overtaken(key));
        }
        // Else a session of a code that was lost could spend the one that took its place.
        if !tx.hold_code(person).await? {
            return Err(FamilyFailure::Closed);
        }
        let session = NewSession {
            secret_hash: self.session_hash,
            person,
            access: None,
            seconds: CHOOSING_SECONDS,
        };
        tx.insert_session(&session).await?;
        Ok(AtDoor::In(()))
    }
}

struct ChoosePin {
    key_hash: [u8; 32],
    entry_hash: [u8; 32],
}

impl Work for ChoosePin {
    const NAME: &'static str = "choose_pin";
    type Role = Party;
    type Output = AtDoor<()>;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<AtDoor<()>, FamilyFailure> {
        let session = tx.session().await?.ok_or(FamilyFailure::Closed)?;
        match session.stage {
            SessionStage::ChoosesPin => {}
            SessionStage::ShowsKey | SessionStage::In => return Ok(AtDoor::In(())),
            SessionStage::Ended => return Err(FamilyFailure::NotEntitled),
        }
        let opened = match door::enter(tx, session.person, By::Code).await? {
            AtDoor::In(opened) => opened,
            AtDoor::Overtaken(key) => return Ok(AtDoor::Overtaken(key)),
        };
        let signatory = opened.signatory()?;
        if let Opened::Request(request) = &opened {
            let about = super::page::About::read(tx, &request.consent).await?;
            let event = Event::ConsentOpened {
                consent: request.consent.log_tag,
                about: about.tag,
                signatory,
            };
            tx.mark_opened(request.invited.signatory, &event).await?;
        }
        let new = NewAccess {
            person: session.person,
            key_hash: self.key_hash,
            entry_hash: self.entry_hash,
            seconds: SESSION_SECONDS,
        };
        let event = Event::FamilyAccessMade {
            about: opened.about()?,
            signatory,
        };
        if tx.make_access(&new, &event).await? {
            return Ok(AtDoor::In(()));
        }
        // The same form twice at once: the other has done it. Else somebody was first in another session.
        match tx.session().await? {
            Some(session) if session.access.is_some() => Ok(AtDoor::In(())),
            _ => Err(FamilyFailure::Closed),
        }
    }
}

struct HasKey {
    key_hash: [u8; 32],
}

impl Work for HasKey {
    const NAME: &'static str = "show_return_key";
    type Role = Party;
    type Output = bool;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<bool, FamilyFailure> {
        let session = tx.session().await?.ok_or(FamilyFailure::Closed)?;
        let access = match session.stage {
            SessionStage::Ended => return Err(FamilyFailure::NotEntitled),
            _ => session
                .access
                .ok_or(FamilyFailure::NotIn(super::Stage::ChoosesPin))?,
        };
        Ok(tx
            .has_key(session.person.subject(), access, &self.key_hash)
            .await?)
    }
}

struct KeptKey;

impl Work for KeptKey {
    const NAME: &'static str = "keep_return_key";
    type Role = Party;
    type Output = AtDoor<()>;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<AtDoor<()>, FamilyFailure> {
        let session = tx.session().await?.ok_or(FamilyFailure::Closed)?;
        match session.stage {
            SessionStage::ShowsKey | SessionStage::In => {}
            SessionStage::ChoosesPin => return Err(FamilyFailure::NotIn(super::Stage::ChoosesPin)),
            SessionStage::Ended => return Err(FamilyFailure::NotEntitled),
        }
        // Row-level security lets a person change their own session.
        if let AtDoor::Overtaken(key) = door::enter(tx, session.person, By::Access).await? {
            return Ok(AtDoor::Overtaken(key));
        }
        tx.kept_key().await?;
        Ok(AtDoor::In(()))
    }
}

struct ComeBack {
    bucket: i32,
    entry_hash: [u8; 32],
    session_hash: [u8; 32],
}

impl Work for ComeBack {
    const NAME: &'static str = "come_back";
    type Role = Party;
    type Output = AtDoor<bool>;
    type Error = FamilyFailure;

    /// Whatever is wrong, the same statements run.
    async fn run(&self, tx: &Tx<'_, Party>) -> Result<AtDoor<bool>, FamilyFailure> {
        let may_try = tx.take_guess(self.bucket, i32::from(WRONG_TRIES_AN_HOUR)).await?;
        let holder = tx.holder_of_key(&self.entry_hash).await?;
        let Some((person, access)) = holder.filter(|_| may_try) else {
            return Ok(AtDoor::In(false));
        };
        tx.give_guess_back(self.bucket).await?;
        match door::enter(tx, person, By::Access).await {
            Ok(AtDoor::In(_)) => {}
            Ok(AtDoor::Overtaken(key)) => return Ok(AtDoor::Overtaken(key)),
            Err(FamilyFailure::Closed | FamilyFailure::NotEntitled) => return Ok(AtDoor::In(false)),
            Err(failure) => return Err(failure),
        }
        let session = NewSession {
            secret_hash: self.session_hash,
            person,
            access: Some(access),
            seconds: SESSION_SECONDS,
        };
        tx.insert_session(&session).await?;
        Ok(AtDoor::In(true))
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
