//! Logging in beside the letter: whoever is in goes to a broker and comes back as somebody the broker knows. What they do in
//! that session counts for more from then on.
//!
//! It only strengthens what a letter opened. Of who they are nothing is kept but a keyed hash, made with the access itself: the
//! next time it can be told whether it is the same person, and from two accesses nobody can tell whether they are one person's.

use std::fmt;
use std::sync::Arc;

use domain::event::Event;
use store::{Context, Party, StoreError, Tx, Work};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::door::{self, AtDoor, By};
use super::{FamilyFailure, PortalSecret};
use crate::Casework;
use crate::oidc::{Broker, BrokerFailure, Subject, Ties};

/// How long there is to log in: ten minutes of real time.
const LOGIN_SECONDS: f64 = 600.0;

/// What a browser holds while its reader logs in elsewhere: 32 random bytes, of which the service keeps a hash. Everything that
/// ties the broker's answer to this browser is made from it.
pub struct LoginTicket(Zeroizing<[u8; 32]>);

impl LoginTicket {
    /// From the cookie's bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// For the cookie.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    fn hash(&self) -> [u8; 32] {
        blake3::derive_key("trefpunt 2026 portal login ticket hash v1", self.0.as_slice())
    }
}

impl fmt::Debug for LoginTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginTicket(..)")
    }
}

/// A log-in that began.
#[derive(Debug)]
pub struct LoginBegun {
    /// What the browser needs when it comes back.
    pub ticket: LoginTicket,
    /// Where it is to go now.
    pub way_there: String,
}

/// What the broker let the browser bring back.
pub struct LoginAnswer {
    /// To be exchanged for who it is.
    pub code: Zeroizing<String>,
    /// As it was sent there.
    pub state: Zeroizing<String>,
    /// Who answers, when that is said (RFC 9207).
    pub issuer: Option<String>,
}

/// How a log-in comes to nothing. The session is as it was.
#[derive(Debug, thiserror::Error)]
pub enum LoginFailure {
    /// Nobody can log in here.
    #[error("there is no broker")]
    NotOffered,
    /// What came back is not what was waited for, or not enough. Why, only the operator's log says.
    #[error("not logged in")]
    NotLoggedIn,
    /// With this access somebody else logged in before.
    #[error("somebody else logged in with this access before")]
    SomebodyElse,
    /// The broker does not answer now.
    #[error("the broker does not answer")]
    Later,
    /// The session opens nothing (any more).
    #[error(transparent)]
    Family(#[from] FamilyFailure),
}

impl From<StoreError> for LoginFailure {
    fn from(error: StoreError) -> Self {
        Self::Family(error.into())
    }
}

impl Casework {
    /// Begins to log in whoever is in with this session; `language` is an ISO 639-1 code, for the broker's pages.
    ///
    /// # Errors
    /// [`LoginFailure`]; never `NotLoggedIn` or `SomebodyElse`.
    pub async fn begin_login(
        &self,
        secret: &PortalSecret,
        language: &str,
    ) -> Result<LoginBegun, LoginFailure> {
        let broker = self.broker()?;
        let ticket = LoginTicket::from_bytes(self.store().random());
        // The door first: who is not in makes nobody ask the broker.
        let work = || BeginLogin {
            ticket_hash: ticket.hash(),
        };
        self.at_the_door(secret, work).await?;
        let way_there = broker.way_there(&Ties::of(ticket.expose()), language).await;
        Ok(LoginBegun {
            way_there: way_there.map_err(told)?,
            ticket,
        })
    }

    /// Ends a log-in with what the browser brought back: from here on its session counts for more. A ticket is good once,
    /// whatever comes of it.
    ///
    /// # Errors
    /// [`LoginFailure`].
    pub async fn finish_login(&self, ticket: &LoginTicket, answer: &LoginAnswer) -> Result<(), LoginFailure> {
        let broker = self.broker()?;
        let ties = Ties::of(ticket.expose());
        let is_ours = bool::from(answer.state.as_bytes().ct_eq(ties.state.as_bytes()));
        let from_them = answer
            .issuer
            .as_deref()
            .is_none_or(|issuer| issuer == broker.issuer());
        if !is_ours || !from_them {
            return Err(LoginFailure::NotLoggedIn);
        }
        let waiting = self
            .store()
            .run(Context::Family(ticket.hash()), BackFromLogin)
            .await?;
        let session = waiting.ok_or(LoginFailure::NotLoggedIn)?;
        let who = broker.who_came(&ties, &answer.code, &self.store().random()).await;
        let who = Arc::new(who.map_err(told)?);
        let work = || Strengthen {
            casework: self.clone(),
            who: Arc::clone(&who),
        };
        match self.at_the_door_with(session, work).await? {
            true => {
                self.inner.wake.sequencer.notify_one();
                Ok(())
            }
            false => Err(LoginFailure::SomebodyElse),
        }
    }

    fn broker(&self) -> Result<&Broker, LoginFailure> {
        self.inner.broker.get().ok_or(LoginFailure::NotOffered)
    }

    /// What is kept of who somebody is to the broker. A return key's access keeps its number as long as there is one.
    fn hash_login(&self, issuer: &str, who: &Subject, access: i64) -> [u8; 32] {
        let key = Zeroizing::new(blake3::derive_key(
            "trefpunt 2026 portal login name hash key v1",
            &self.keys().code_hash,
        ));
        let mut hasher = blake3::Hasher::new_keyed(&key);
        hasher.update(&access.to_be_bytes());
        for part in [issuer, who.expose()] {
            hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        *hasher.finalize().as_bytes()
    }
}

/// The operator reads why, the family that it did not work.
fn told(failure: BrokerFailure) -> LoginFailure {
    if failure.is_temporary() {
        tracing::warn!(%failure, "a family could not log in");
        LoginFailure::Later
    } else {
        tracing::info!(%failure, "a log-in was not taken");
        LoginFailure::NotLoggedIn
    }
}

struct BeginLogin {
    ticket_hash: [u8; 32],
}

impl Work for BeginLogin {
    const NAME: &'static str = "begin_login";
    type Role = Party;
    type Output = AtDoor<()>;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<AtDoor<()>, FamilyFailure> {
        let session = door::session_in(tx).await?;
        if let AtDoor::Overtaken(key) = door::enter(tx, session.person, By::Access).await? {
            return Ok(AtDoor::Overtaken(key));
        }
        match tx.begin_login(&self.ticket_hash, LOGIN_SECONDS).await? {
            true => Ok(AtDoor::In(())),
            false => Err(FamilyFailure::Closed),
        }
    }
}

struct BackFromLogin;

impl Work for BackFromLogin {
    const NAME: &'static str = "back_from_login";
    type Role = Party;
    /// The hash of the secret of the session that waited.
    type Output = Option<[u8; 32]>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Option<[u8; 32]>, StoreError> {
        tx.back_from_login().await
    }
}

struct Strengthen {
    casework: Casework,
    who: Arc<Subject>,
}

impl Work for Strengthen {
    const NAME: &'static str = "log_in";
    type Role = Party;
    /// Whether it is who it was before, or the first.
    type Output = AtDoor<bool>;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<AtDoor<bool>, FamilyFailure> {
        let session = door::session_in(tx).await?;
        let opened = match door::enter(tx, session.person, By::Access).await? {
            AtDoor::In(opened) => opened,
            AtDoor::Overtaken(key) => return Ok(AtDoor::Overtaken(key)),
        };
        let access = session.access.ok_or(FamilyFailure::Closed)?;
        let issuer = self
            .casework
            .inner
            .broker
            .get()
            .map(Broker::issuer)
            .unwrap_or_default();
        let hash = self.casework.hash_login(issuer, &self.who, access);
        let key = (session.person.subject(), access);
        match tx.known_as(key).await? {
            None => tx.become_known_as(key, &hash).await?,
            Some(before) if before == hash => {}
            Some(_) => return Ok(AtDoor::In(false)),
        }
        let event = Event::FamilyAccessStrengthened {
            about: opened.about()?,
            signatory: opened.signatory()?,
        };
        match tx.strengthen(&event).await? {
            true => Ok(AtDoor::In(true)),
            false => Err(FamilyFailure::Closed),
        }
    }
}
