//! Mail that says that there are messages: to the work address of whom a notice waits for, and to the coordinator's when
//! nobody read it or nothing more is sent to a webhook.
//!
//! A mail says that something waits and nothing else: not for which organisation, not about what, and nothing in it can be
//! clicked. So one mail in a quarter of an hour says all there is, however much waits.

mod settings;
pub mod smtp;
mod text;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use domain::key::OrganisationKey;
use domain::mail::next_attempt;
use jiff::{SignedDuration, Timestamp};
use protocol::signal::EmailAddress;
use store::{Context, DueMail, Matcher, NewMail, Purpose, Sealed, Store, StoreError, Tx, Work};

use crate::{Casework, professional};

/// At most so many notices are looked at in one transaction.
const NOTICES_AT_ONCE: i64 = 200;

/// Mails are handed in one by one, so that the program ends soon when it is told to, however slow the mail server is.
const MAILS_AT_ONCE: i64 = 1;

/// How long a mail that is being handed in is nobody else's: longer than that can take.
const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// A mail as it is handed in. What it says is the same in each.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: EmailAddress,
    /// Its name, the same however often it is tried.
    pub message_id: u128,
    /// When it came to be due.
    pub at: Timestamp,
}

/// What came of handing a mail in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandedIn {
    /// The mail server took it.
    Taken,
    /// Not now: the server puts it off, or cannot be reached.
    PutOff,
    /// Never: the server refuses the address, or the mail.
    Refused,
}

/// Where mails are handed in.
pub trait PostOffice: Send + Sync + 'static {
    /// Hands a mail in. Must end by itself within 15 seconds.
    fn hand_in<'a>(&'a self, mail: &'a Mail) -> Pin<Box<dyn Future<Output = HandedIn> + Send + 'a>>;
}

impl Casework {
    /// Sends mail from now on, where [`Casework::start`] runs. The first call counts.
    pub fn send_mail(&self, office: Arc<dyn PostOffice>) {
        self.inner.post_office.get_or_init(|| office);
    }

    /// Looks whom to mail, and hands in the mails that are due; gives how much there was to do. Without a post office nothing is
    /// done.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mail_once(&self) -> Result<usize, StoreError> {
        let Some(office) = self.inner.post_office.get() else {
            return Ok(0);
        };
        let looked_at = self.store().run(Context::Service, LookWhomToMail).await?;
        let due = self.store().run(Context::Service, ClaimMails).await?;
        let handed_in = due.len();
        for mail in due {
            let outcome = match address_of(self.store(), &mail)? {
                Some(to) => {
                    let mail = Mail {
                        to,
                        message_id: mail.message_id,
                        at: mail.queued_at,
                    };
                    office.hand_in(&mail).await
                }
                None => HandedIn::Refused,
            };
            self.store()
                .run(Context::Service, NoteMail { mail, outcome })
                .await?;
        }
        Ok(looked_at + handed_in)
    }
}

/// Encrypts an address for the organisation whose inbox it is mailed about.
pub(crate) fn seal(store: &Store, organisation: OrganisationKey, address: &EmailAddress) -> Sealed {
    let owner = organisation.0.to_be_bytes();
    store.crypter().seal(
        Purpose::MailAddress,
        &owner,
        address.as_str().as_bytes(),
        store.chance(),
    )
}

/// Decrypts it.
pub(crate) fn open(
    store: &Store,
    organisation: OrganisationKey,
    sealed: &Sealed,
) -> Result<Option<EmailAddress>, StoreError> {
    let owner = organisation.0.to_be_bytes();
    let address = store.crypter().open(Purpose::MailAddress, &owner, sealed)?;
    let text = std::str::from_utf8(&address).map_err(|_| StoreError::Unsealable)?;
    Ok(text.parse().ok())
}

fn address_of(store: &Store, mail: &DueMail) -> Result<Option<EmailAddress>, StoreError> {
    open(store, mail.organisation, &mail.address)
}

/// What stands for an address. People write theirs now with capitals, now without; no server that they have makes a difference.
pub(crate) fn address_hash(store: &Store, address: &EmailAddress) -> [u8; 32] {
    let hashed = address.as_str().to_ascii_lowercase();
    store.crypter().address(hashed.as_bytes())
}

fn new_mail(store: &Store, organisation: OrganisationKey, address: &EmailAddress) -> NewMail {
    NewMail {
        organisation,
        address_hash: address_hash(store, address),
        address: seal(store, organisation, address),
        message_id: store.random_tag(),
    }
}

/// Mails the coordinators of these organisations, those of them that gave an address.
pub(crate) async fn to_coordinators(
    tx: &Tx<'_, Matcher>,
    organisations: &[OrganisationKey],
) -> Result<(), StoreError> {
    let addresses = tx.coordinators_addresses(organisations).await?;
    let mut mails = Vec::with_capacity(addresses.len());
    for (organisation, sealed) in addresses {
        if let Some(address) = open(tx.store(), organisation, &sealed)? {
            mails.push(new_mail(tx.store(), organisation, &address));
        }
    }
    tx.queue_mails(&mails).await
}

struct LookWhomToMail;

impl Work for LookWhomToMail {
    const NAME: &'static str = "look_whom_to_mail";
    type Role = Matcher;
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<usize, StoreError> {
        let notices = tx.notices_to_mail(NOTICES_AT_ONCE).await?;
        let mut mails = BTreeMap::new();
        let mut coordinators = Vec::new();
        for notice in &notices {
            let Some(sealed) = &notice.professional else {
                coordinators.push(notice.organisation);
                continue;
            };
            let contact = professional::open(tx.store(), notice.organisation, sealed)?;
            if let Some(address) = contact.and_then(|contact| contact.email) {
                let mail = new_mail(tx.store(), notice.organisation, &address);
                mails.insert((notice.organisation, mail.address_hash), mail);
            }
        }
        tx.queue_mails(&mails.into_values().collect::<Vec<_>>()).await?;
        to_coordinators(tx, &coordinators).await?;
        tx.set_notices_mailed(&notices).await?;
        Ok(notices.len())
    }
}

struct ClaimMails;

impl Work for ClaimMails {
    const NAME: &'static str = "claim_mails";
    type Role = Matcher;
    type Output = Vec<DueMail>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Vec<DueMail>, StoreError> {
        tx.claim_mails(MAILS_AT_ONCE, tx.now() + LEASE).await
    }
}

struct NoteMail {
    mail: DueMail,
    outcome: HandedIn,
}

impl Work for NoteMail {
    const NAME: &'static str = "note_mail";
    type Role = Matcher;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<(), StoreError> {
        let hash = &self.mail.address_hash;
        match self.outcome {
            HandedIn::Taken => tx.set_mail_sent(hash).await,
            HandedIn::Refused => tx.set_mail_refused(hash).await,
            HandedIn::PutOff => match next_attempt(self.mail.attempts, self.mail.queued_at, tx.now()) {
                Some(next) => tx.put_mail_off(hash, next).await,
                None => tx.set_mail_refused(hash).await,
            },
        }
    }
}
