//! A signal that waits in a batch, as it lies in its column: encrypted whole, and bound to its batch and line.
//!
//! Of the tokens only tags and their sealed form are in it, as a signal keeps them. They are good as long as the network's keys
//! are the same; else the line has to be sent again, since nobody here can make them anew.

use domain::actor::Sector;
use domain::key::{BatchKey, CovenantKey, OrganisationKey};
use jiff::civil::Date;
use protocol::signal::Contact;
use protocol::text::{Base64Url, YearMonth};
use protocol::{ClientId, OrganisationId};
use serde::{Deserialize, Serialize};
use store::{KeyState, NewTag, Purpose, Sealed, Store, StoreError, TagKeys};

use crate::lift::SEALED_BYTES;
use crate::submit_signal::Submission;
use crate::tags::{MadeTags, Tags, Taken};

/// Stands for the keys under which tags are made: those that are live, those of the next epoch, and the epochs of the
/// partners' key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeysMark(Base64Url<16>);

impl KeysMark {
    /// Of these keys. Epochs that are over must have been left out.
    pub(crate) fn of(state: &KeyState) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("trefpunt 2026 keys of a waiting line v1");
        for keys in [Some(state.live()), state.next()] {
            let numbers = keys.map(|keys| (keys.suite, keys.oprf_epoch, keys.tag_epoch));
            hasher.update(&[u8::from(numbers.is_some())]);
            let (suite, oprf_epoch, tag_epoch) = numbers.unwrap_or_default();
            hasher.update(&[suite, u8::from(oprf_epoch.is_some())]);
            hasher.update(&oprf_epoch.unwrap_or_default().to_be_bytes());
            hasher.update(&tag_epoch.to_be_bytes());
        }
        for epoch in &state.net_epochs {
            hasher.update(&epoch.number.to_be_bytes());
            hasher.update(&epoch.key_check);
        }
        let mut mark = [0; 16];
        hasher.finalize_xof().fill(&mut mark);
        Self(Base64Url(mark))
    }
}

/// See above.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredLine {
    mark: KeysMark,
    organisation: i32,
    organisation_id: OrganisationId,
    covenant: i32,
    sector: String,
    delegated: bool,
    people: Vec<StoredTags>,
    reference: Option<Base64Url<32>>,
    contact: Contact,
    planned_end: Date,
    destroy_by: YearMonth,
    log_tag: Base64Url<16>,
}

#[derive(Serialize, Deserialize)]
struct StoredTags {
    suite: u8,
    blinded: bool,
    tags: Vec<StoredTag>,
}

#[derive(Serialize, Deserialize)]
struct StoredTag {
    tag: Base64Url<32>,
    kind: u8,
    net_epoch: u16,
    suite: u8,
    oprf_epoch: Option<u16>,
    tag_epoch: u16,
    live: bool,
    sealed: Base64Url<SEALED_BYTES>,
}

/// Who sent the batch that a line is in.
pub(crate) struct Sender {
    pub(crate) organisation: OrganisationKey,
    pub(crate) organisation_id: OrganisationId,
    pub(crate) client: ClientId,
    pub(crate) trace: Option<store::Trace>,
}

impl StoredLine {
    /// Of a signal whose tags were made under keys with this mark.
    pub(super) fn of(submission: &Submission, mark: KeysMark) -> Result<Self, StoreError> {
        let lost = || StoreError::Column { column: "sealed" };
        let mut people = Vec::with_capacity(submission.made.len());
        for made in &submission.made {
            let made = made.outcome.as_ref().map_err(|_| lost())?;
            let tag = |tag: &NewTag| {
                Some(StoredTag {
                    tag: Base64Url(tag.tag),
                    kind: tag.kind,
                    net_epoch: tag.net_epoch,
                    suite: tag.keys.suite,
                    oprf_epoch: tag.keys.oprf_epoch,
                    tag_epoch: tag.keys.tag_epoch,
                    live: tag.live,
                    sealed: Base64Url(tag.sealed.as_slice().try_into().ok()?),
                })
            };
            people.push(StoredTags {
                suite: made.suite,
                blinded: made.blinded_by_client,
                tags: made
                    .tags
                    .iter()
                    .map(tag)
                    .collect::<Option<_>>()
                    .ok_or_else(lost)?,
            });
        }
        Ok(Self {
            mark,
            organisation: submission.organisation.0,
            organisation_id: submission.organisation_id,
            covenant: submission.covenant.0,
            sector: submission.sector.slug().to_owned(),
            delegated: submission.delegate.is_some(),
            people,
            reference: submission.reference.map(Base64Url),
            contact: submission.contact.clone(),
            planned_end: submission.planned_end,
            destroy_by: submission.destroy_by,
            log_tag: Base64Url(submission.log_tag.to_be_bytes()),
        })
    }

    /// Encrypts it for its place.
    pub(super) fn seal(&self, store: &Store, batch: BatchKey, line: u32) -> Sealed {
        let plaintext = zeroize::Zeroizing::new(serde_json::to_vec(self).unwrap_or_default());
        store.crypter().seal(
            Purpose::BatchLine,
            &place(batch, line),
            &plaintext,
            store.chance(),
        )
    }

    /// Decrypts it.
    pub(crate) fn open(
        store: &Store,
        batch: BatchKey,
        line: u32,
        sealed: &Sealed,
    ) -> Result<Self, StoreError> {
        let plaintext = store
            .crypter()
            .open(Purpose::BatchLine, &place(batch, line), sealed)?;
        serde_json::from_slice(&plaintext).map_err(|_| StoreError::Unsealable)
    }

    /// Whether its tags are good under keys with this mark.
    pub(crate) fn is_made_under(&self, mark: KeysMark) -> bool {
        self.mark == mark
    }

    /// On whose behalf it is given, if not the sender's own.
    pub(crate) fn principal(&self) -> Option<OrganisationKey> {
        self.delegated.then_some(OrganisationKey(self.organisation))
    }

    /// The signal, under keys of this number.
    pub(crate) fn into_submission(
        self,
        sender: &Sender,
        keys_version: i64,
    ) -> Result<Submission, StoreError> {
        let sector = Sector::from_slug(&self.sector);
        Ok(Submission {
            client: sender.client.clone(),
            organisation: OrganisationKey(self.organisation),
            organisation_id: self.organisation_id,
            covenant: CovenantKey(self.covenant),
            sector: sector.map_err(|_| StoreError::Column { column: "sealed" })?,
            delegate: self
                .delegated
                .then_some((sender.organisation, sender.organisation_id)),
            made: self
                .people
                .into_iter()
                .map(|person| person.made(keys_version))
                .collect(),
            reference: self.reference.map(|reference| reference.0),
            contact: self.contact,
            planned_end: self.planned_end,
            destroy_by: self.destroy_by,
            ground: None,
            log_tag: u128::from_be_bytes(self.log_tag.0),
            trace: sender.trace,
        })
    }
}

impl StoredTags {
    fn made(self, keys_version: i64) -> MadeTags {
        let tag = |tag: StoredTag| NewTag {
            tag: tag.tag.0,
            kind: tag.kind,
            net_epoch: tag.net_epoch,
            keys: TagKeys {
                suite: tag.suite,
                oprf_epoch: tag.oprf_epoch,
                tag_epoch: tag.tag_epoch,
            },
            live: tag.live,
            sealed: tag.sealed.0.to_vec(),
        };
        MadeTags {
            keys_version,
            outcome: Ok(Tags {
                tags: self.tags.into_iter().map(tag).collect(),
                suite: self.suite,
                blinded_by_client: self.blinded,
                // The mark says it.
                taken: Taken::default(),
            }),
        }
    }
}

fn place(batch: BatchKey, line: u32) -> [u8; 12] {
    let mut place = [0; 12];
    place[..8].copy_from_slice(&batch.0.to_be_bytes());
    place[8..].copy_from_slice(&line.to_be_bytes());
    place
}
