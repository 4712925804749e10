//! Erasing what stands behind the log: the openings about a professional or about records, and the contact of a
//! professional in signals that have ended. Doing it again erases what has come or ended since, and else nothing.
//!
//! A signal that still counts keeps its contact, since the other parties of its match need it: [`Erased::kept`] says how
//! many there are. Erase again when they have ended.

use audit_log::entry::Entry;
use domain::event::{Event, LogTag, TagKind};
use domain::key::OrganisationKey;
use protocol::OrganisationId;
use protocol::id::Id;
use protocol::signal::ProfessionalReference;
use serde_json::Value;
use store::{Context, Erasable, Erase, HeldContact, StoreError, Tx, Work};

use crate::{Casework, mail, professional};

/// So many openings or contacts are looked at in a transaction.
const AT_ONCE: i64 = 500;

/// About what openings are erased.
#[derive(Clone, PartialEq, Eq)]
pub enum ErasureOf {
    /// A professional of an organisation, by the reference the organisation uses.
    Professional {
        /// The organisation.
        organisation: OrganisationId,
        /// The reference.
        reference: ProfessionalReference,
    },
    /// These records.
    Records(Vec<RecordName>),
}

/// A record, as somebody who asks for its erasure can name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordName {
    /// By its name in the log.
    Tag(LogTag),
    /// A match by its public id, with the consents asked in it and the signals in it.
    Match(Id),
}

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Openings.
    pub openings: usize,
    /// Contacts of signals that had ended, with their copies in matches.
    pub contacts: usize,
    /// Contacts that stay because their signal still counts.
    pub kept: usize,
}

/// Why nothing, or not everything, was erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// There is no such match.
    #[error("there is no match of this id")]
    NoSuchMatch,
    /// The database. What was erased before stays erased.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Casework {
    /// Erases what stands behind the log about something, each opening with its leaf.
    ///
    /// # Errors
    /// [`EraseError`].
    pub async fn erase(&self, what: &ErasureOf) -> Result<Erased, EraseError> {
        match what {
            ErasureOf::Professional {
                organisation,
                reference,
            } => self.erase_professional(*organisation, reference).await,
            ErasureOf::Records(names) => self.erase_records(names).await,
        }
    }

    async fn erase_professional(
        &self,
        organisation: OrganisationId,
        reference: &ProfessionalReference,
    ) -> Result<Erased, EraseError> {
        let mut erased = Erased::default();
        let mut after = Some(0);
        while let Some(event) = after {
            let work = EraseProfessionalsOpenings {
                organisation: organisation.to_string(),
                reference: reference.clone(),
                after: event,
            };
            let (count, next) = self.store().run(Context::Service, work).await?;
            erased.openings += count;
            after = next;
        }
        let mut after = Some(0);
        while let Some(row) = after {
            let work = WipeProfessionalsContacts {
                organisation,
                reference: reference.clone(),
                after: row,
            };
            let (wiped, kept, next) = self.store().run(Context::Service, work).await?;
            erased.contacts += wiped;
            erased.kept += kept;
            after = next;
        }
        self.inner.wake.sequencer.notify_one();
        Ok(erased)
    }

    async fn erase_records(&self, names: &[RecordName]) -> Result<Erased, EraseError> {
        let mut records = Vec::new();
        for name in names {
            match name {
                RecordName::Tag(tag) => records.push(*tag),
                RecordName::Match(id) => {
                    let tags = self.store().run(Context::Service, TagsOfMatch(*id)).await?;
                    if tags.is_empty() {
                        return Err(EraseError::NoSuchMatch);
                    }
                    records.extend(tags);
                }
            }
        }
        let mut erased = Erased::default();
        loop {
            let work = EraseOpeningsAbout(records.clone());
            let (found, count) = self.store().run(Context::Service, work).await?;
            erased.openings += count;
            if found == 0 {
                break;
            }
        }
        self.inner.wake.sequencer.notify_one();
        Ok(erased)
    }
}

/// The leaf that says an opening is gone.
pub(crate) fn erasure(opening: &Erasable) -> Event {
    Event::OpeningErased {
        event: opening.event_id,
        about: opening.about,
    }
}

/// Wipes those of these contacts whose signal has ended; gives how many, and how many stay.
pub(crate) async fn wipe(
    tx: &Tx<'_, Erase>,
    contacts: Vec<HeldContact>,
) -> Result<(usize, usize), StoreError> {
    let (living, ended): (Vec<_>, Vec<_>) = contacts.into_iter().partition(|contact| contact.living);
    let events: Vec<Event> = ended
        .iter()
        .map(|contact| Event::ContactErased {
            signal: contact.log_tag,
            organisation: contact.organisation_id,
        })
        .collect();
    Ok((tx.wipe_contacts(&ended, &events).await?, living.len()))
}

struct EraseProfessionalsOpenings {
    organisation: String,
    reference: ProfessionalReference,
    after: u128,
}

impl Work for EraseProfessionalsOpenings {
    const NAME: &'static str = "erase_professionals_openings";
    type Role = Erase;
    type Output = (usize, Option<u128>);
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Erase>) -> Result<(usize, Option<u128>), StoreError> {
        let openings = tx.openings_after(self.after, AT_ONCE).await?;
        let next = openings.last().map(|opening| opening.event_id);
        let mut theirs = Vec::new();
        for opening in openings {
            let entry = Entry::parse(&opening.leaf).map_err(StoreError::Leaf)?;
            if entry.org.as_deref() == Some(&self.organisation) && self.names_them(&tx.open(&opening)?) {
                theirs.push(opening);
            }
        }
        Ok((tx.erase_openings(&theirs, erasure).await?, next))
    }
}

impl EraseProfessionalsOpenings {
    fn names_them(&self, data: &[u8]) -> bool {
        let data: Value = serde_json::from_slice(data).unwrap_or_default();
        ["professionalReference", "previousReference", "approvedBy"]
            .iter()
            .any(|member| data[member].as_str() == Some(self.reference.as_str()))
    }
}

struct WipeProfessionalsContacts {
    organisation: OrganisationId,
    reference: ProfessionalReference,
    after: i64,
}

impl Work for WipeProfessionalsContacts {
    const NAME: &'static str = "wipe_professionals_contacts";
    type Role = Erase;
    type Output = (usize, usize, Option<i64>);
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Erase>) -> Result<(usize, usize, Option<i64>), StoreError> {
        let contacts = tx
            .contacts_after(self.organisation.0, self.after, AT_ONCE)
            .await?;
        let next = contacts.last().map(|contact| contact.row);
        let (mut theirs, mut mailed) = (Vec::new(), Vec::new());
        for contact in contacts {
            let organisation = OrganisationKey(contact.organisation);
            let opened = professional::open(tx.store(), organisation, &contact.professional)?;
            let Some(opened) = opened.filter(|opened| opened.reference == self.reference) else {
                continue;
            };
            if !contact.living {
                let hash = |address| mail::address_hash(tx.store(), address);
                mailed.extend(opened.email.as_ref().map(hash));
            }
            theirs.push(contact);
        }
        let (wiped, kept) = wipe(tx, theirs).await?;
        tx.forget_mailed(self.organisation.0, &mailed).await?;
        Ok((wiped, kept, next))
    }
}

struct TagsOfMatch(Id);

impl Work for TagsOfMatch {
    const NAME: &'static str = "tags_of_match";
    type Role = Erase;
    type Output = Vec<LogTag>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Erase>) -> Result<Vec<LogTag>, StoreError> {
        let key = tx.ids().parse_match_case(self.0.0);
        tx.tags_of_match(key.subject, key.row).await
    }
}

struct EraseOpeningsAbout(Vec<LogTag>);

impl Work for EraseOpeningsAbout {
    const NAME: &'static str = "erase_openings_about";
    type Role = Erase;
    type Output = (usize, usize);
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Erase>) -> Result<(usize, usize), StoreError> {
        let records: Vec<u128> = self.0.iter().map(|tag| tag.value).collect();
        let mut openings = tx.openings_about(&records, AT_ONCE).await?;
        let found = openings.len();
        // What the log says about exports, scopes and itself (the last checkpoint under an earlier name, faults that were
        // found) must stay checkable; it names no professional and no family.
        openings.retain(|opening| !matches!(opening.about.kind, TagKind::Export | TagKind::Log));
        let erased = tx.erase_openings(&openings, erasure).await?;
        Ok((if erased == 0 { 0 } else { found }, erased))
    }
}
