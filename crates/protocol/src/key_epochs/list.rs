//! The list: its entries, its rules and its one spelling.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use identifiers::voprf::PublicKey;

use crate::consent::Name;
use crate::text::Base64Url;

/// The largest list that is read, in bytes. A rotation adds some 250: enough for one every week of ten years.
pub const MAX_DOCUMENT_BYTES: usize = 256 * 1024;

/// What happened to an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EpochAct {
    /// Its key exists and can be checked; nothing is evaluated with it yet.
    Introduced,
    /// It is what tokens are made with. The epoch that was live before is so no longer.
    Live,
    /// Its secret was destroyed.
    Destroyed,
}

/// One line of the list. Lines are added and never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyEpochEntry {
    /// What happened.
    pub act: EpochAct,
    /// When, by the keyholder's clock.
    pub at: Timestamp,
    /// To which epoch.
    pub epoch: u16,
    /// `pk1` of the epoch: where it is introduced, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<Base64Url<32>>,
}

/// Where an epoch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpochState {
    /// Introduced, not live yet.
    Introduced,
    /// Live.
    Live,
    /// Another took its place; its secret may exist still.
    Replaced,
    /// Its secret was destroyed.
    Destroyed,
}

/// An epoch list that follows every rule: epochs are introduced in rising order with keys that differ, go live at most
/// once and after they were introduced, one is live at a time, a destroyed one never again, and the live one is not
/// destroyed; times do not run back.
#[derive(Debug, Clone)]
pub struct KeyEpochs {
    keyholder: Name,
    entries: Vec<KeyEpochEntry>,
    epochs: Vec<Epoch>,
    /// Index of the live epoch in `epochs`.
    live: usize,
    document: String,
}

#[derive(Debug, Clone)]
struct Epoch {
    number: u16,
    key: PublicKey,
    state: EpochState,
}

/// The document's members. RFC 8785 puts them in order.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    version: Version,
    keyholder: Name,
    entries: Vec<KeyEpochEntry>,
}

#[derive(Serialize, Deserialize)]
enum Version {
    #[serde(rename = "trefpunt/v1/key-epochs")]
    V1,
}

/// A list is not one, or cannot be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyEpochsError {
    /// Not an epoch list, not in its one spelling, or too large.
    #[error("the key epoch list is malformed")]
    Malformed,
    /// An entry says what cannot follow from those before it.
    #[error("the key epoch list breaks its rules at entry {0}")]
    Rule(usize),
    /// No epoch is live.
    #[error("the key epoch list names no live epoch")]
    NoneLive,
    /// The signature is not of this document by the pinned key.
    #[error("the signature under the key epoch list does not hold")]
    Signature,
    /// The bytes cannot serve as an Ed25519 public key.
    #[error("the keyholder's key is not a usable Ed25519 public key")]
    Key,
}

impl KeyEpochs {
    /// Puts entries into a list.
    ///
    /// # Errors
    /// [`KeyEpochsError`] with the first rule that is broken.
    pub fn new(keyholder: Name, entries: Vec<KeyEpochEntry>) -> Result<Self, KeyEpochsError> {
        let (epochs, live) = replay(&entries)?;
        let document = Document {
            version: Version::V1,
            keyholder: keyholder.clone(),
            entries: entries.clone(),
        };
        let document = serde_jcs::to_string(&document).map_err(|_| KeyEpochsError::Malformed)?;
        if document.len() > MAX_DOCUMENT_BYTES {
            return Err(KeyEpochsError::Malformed);
        }
        Ok(Self {
            keyholder,
            entries,
            epochs,
            live,
            document,
        })
    }

    /// The list with entries added.
    ///
    /// # Errors
    /// [`KeyEpochsError::Rule`] when they do not follow from those that are there.
    pub fn with(&self, added: impl IntoIterator<Item = KeyEpochEntry>) -> Result<Self, KeyEpochsError> {
        let entries = self.entries.iter().cloned().chain(added).collect();
        Self::new(self.keyholder.clone(), entries)
    }

    /// Reads a list in its one spelling: what was read, written again, is the same text.
    ///
    /// # Errors
    /// [`KeyEpochsError`].
    pub fn parse(document: &str) -> Result<Self, KeyEpochsError> {
        if document.len() > MAX_DOCUMENT_BYTES {
            return Err(KeyEpochsError::Malformed);
        }
        let read: Document = serde_json::from_str(document).map_err(|_| KeyEpochsError::Malformed)?;
        let Version::V1 = read.version;
        let list = Self::new(read.keyholder, read.entries)?;
        if list.document == document {
            Ok(list)
        } else {
            Err(KeyEpochsError::Malformed)
        }
    }

    /// Whether this list is `older`, or `older` with entries added.
    pub fn extends(&self, older: &Self) -> bool {
        self.keyholder == older.keyholder && self.entries.starts_with(&older.entries)
    }

    /// The live epoch and its public key.
    pub fn live(&self) -> (u16, &PublicKey) {
        let epoch = &self.epochs[self.live];
        (epoch.number, &epoch.key)
    }

    /// The public key of an epoch, whatever became of it.
    pub fn public_key(&self, epoch: u16) -> Option<&PublicKey> {
        self.epoch(epoch).map(|epoch| &epoch.key)
    }

    /// Where an epoch stands; null for one that was never introduced.
    pub fn state(&self, epoch: u16) -> Option<EpochState> {
        self.epoch(epoch).map(|epoch| epoch.state)
    }

    /// The keyholder's name.
    pub const fn keyholder(&self) -> &Name {
        &self.keyholder
    }

    /// Every entry, oldest first.
    pub fn entries(&self) -> &[KeyEpochEntry] {
        &self.entries
    }

    /// The list as canonical JSON.
    pub fn document(&self) -> &str {
        &self.document
    }

    /// SHA-256 of the document: what the service's log holds.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.document.as_bytes()).into()
    }

    fn epoch(&self, number: u16) -> Option<&Epoch> {
        self.epochs.iter().find(|epoch| epoch.number == number)
    }
}

impl PartialEq for KeyEpochs {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document
    }
}

impl Eq for KeyEpochs {}

/// Where the entries lead: every epoch, and which of them is live.
fn replay(entries: &[KeyEpochEntry]) -> Result<(Vec<Epoch>, usize), KeyEpochsError> {
    let mut epochs: Vec<Epoch> = Vec::new();
    let mut live = None;
    for (at, entry) in entries.iter().enumerate() {
        let in_order = at == 0 || entries[at - 1].at <= entry.at;
        let followed = in_order && follow(&mut epochs, &mut live, entry).is_some();
        if !followed {
            return Err(KeyEpochsError::Rule(at));
        }
    }
    Ok((epochs, live.ok_or(KeyEpochsError::NoneLive)?))
}

/// Does what one entry says, or nothing when it may not be said.
fn follow(epochs: &mut Vec<Epoch>, live: &mut Option<usize>, entry: &KeyEpochEntry) -> Option<()> {
    let known = epochs.iter().position(|epoch| epoch.number == entry.epoch);
    match (entry.act, &entry.public_key, known) {
        (EpochAct::Introduced, Some(key), None) => {
            let key = PublicKey::from_bytes(&key.0).ok()?;
            let newest = epochs.last().map_or(0, |epoch| epoch.number);
            let new_key = epochs.iter().all(|epoch| epoch.key != key);
            (entry.epoch > newest && new_key).then(|| {
                epochs.push(Epoch {
                    number: entry.epoch,
                    key,
                    state: EpochState::Introduced,
                });
            })
        }
        (EpochAct::Live, None, Some(index)) if epochs[index].state == EpochState::Introduced => {
            if let Some(before) = live.replace(index) {
                epochs[before].state = EpochState::Replaced;
            }
            epochs[index].state = EpochState::Live;
            Some(())
        }
        (EpochAct::Destroyed, None, Some(index)) => {
            let state = epochs[index].state;
            matches!(state, EpochState::Introduced | EpochState::Replaced).then(|| {
                epochs[index].state = EpochState::Destroyed;
            })
        }
        _ => None,
    }
}
