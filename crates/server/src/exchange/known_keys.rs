//! `known-keys.json`: the sealing keys of other organisations, kept when they are first seen.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use client::KnownKeys;
use protocol::OrganisationId;
use protocol::sealed_message::{KeyFingerprint, SealingKey};

use crate::files::{self, Readers};

/// The name of the file.
const FILE: &str = "known-keys.json";

type Known = BTreeMap<String, Vec<String>>;

/// The file, and the key that is accepted this time.
#[derive(Debug, Clone)]
pub struct KnownKeysFile {
    path: PathBuf,
    accepted: Option<KeyFingerprint>,
    kept: Arc<Mutex<Vec<(OrganisationId, KeyFingerprint)>>>,
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStanding {
    /// It was relied on before.
    Known,
    /// No key of this organisation was seen before.
    First,
    /// Another key of this organisation was relied on before.
    Changed,
}

impl KnownKeysFile {
    /// The file of a directory. `accepted` is the fingerprint that somebody compared: with it only that key is new and
    /// taken, also in the place of another; without it the first key of an organisation is, and no other.
    pub fn at(dir: &Path, accepted: Option<KeyFingerprint>) -> Self {
        Self {
            path: dir.join(FILE),
            accepted,
            kept: Arc::default(),
        }
    }

    /// What is known of a key; nothing is changed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn standing(&self, organisation: OrganisationId, key: &SealingKey) -> io::Result<KeyStanding> {
        Ok(match self.read()?.get(&organisation.to_string()) {
            None => KeyStanding::First,
            Some(keys) if keys.contains(&key.to_string()) => KeyStanding::Known,
            Some(_) => KeyStanding::Changed,
        })
    }

    /// The keys that were kept since this was made, to be told.
    pub fn kept(&self) -> Vec<(OrganisationId, KeyFingerprint)> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn read(&self) -> io::Result<Known> {
        if !self.path.exists() {
            return Ok(Known::new());
        }
        let text = files::read(&self.path).map_err(|error| error.source)?;
        serde_json::from_str(&text).map_err(io::Error::from)
    }

    fn keep(&self, organisation: OrganisationId, key: &SealingKey) -> io::Result<()> {
        let mut known = self.read()?;
        known
            .entry(organisation.to_string())
            .or_default()
            .push(key.to_string());
        let mut text = serde_json::to_string_pretty(&known)?;
        text.push('\n');
        files::write(&self.path, text.as_bytes(), Readers::Owner).map_err(|error| error.source)
    }
}

impl KnownKeys for KnownKeysFile {
    fn is_known(&self, organisation: OrganisationId, key: &SealingKey) -> io::Result<bool> {
        let fingerprint = KeyFingerprint::of(organisation, key);
        let is_taken = match (self.standing(organisation, key)?, self.accepted) {
            (KeyStanding::Known, _) => return Ok(true),
            (KeyStanding::First, None) => true,
            (KeyStanding::First | KeyStanding::Changed, Some(accepted)) => accepted == fingerprint,
            (KeyStanding::Changed, None) => false,
        };
        if is_taken {
            self.keep(organisation, key)?;
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push((organisation, fingerprint));
        }
        Ok(is_taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHOOL: OrganisationId = OrganisationId([3; 16]);
    const HELP: OrganisationId = OrganisationId([4; 16]);

    fn key(number: u8) -> SealingKey {
        SealingKey::from_bytes([number; 32])
    }

    #[test]
    fn the_first_key_of_each_is_kept_and_another_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = KnownKeysFile::at(dir.path(), None);
        assert!(file.is_known(SCHOOL, &key(1)).unwrap());
        assert!(file.is_known(HELP, &key(2)).unwrap());
        let fingerprints = [
            (SCHOOL, KeyFingerprint::of(SCHOOL, &key(1))),
            (HELP, KeyFingerprint::of(HELP, &key(2))),
        ];
        assert_eq!(file.kept(), fingerprints);
        let file = KnownKeysFile::at(dir.path(), None);
        assert!(file.is_known(SCHOOL, &key(1)).unwrap());
        assert!(!file.is_known(SCHOOL, &key(2)).unwrap());
        assert_eq!(file.standing(SCHOOL, &key(2)).unwrap(), KeyStanding::Changed);
        assert!(file.kept().is_empty());
        assert_eq!(files::open_to_others(&dir.path().join(FILE)), None);
    }

    #[test]
    fn the_key_that_was_compared_is_taken_beside_the_old_one_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let compared = |number| Some(KeyFingerprint::of(SCHOOL, &key(number)));
        let file = KnownKeysFile::at(dir.path(), compared(2));
        assert!(
            !file.is_known(SCHOOL, &key(1)).unwrap(),
            "not the one that was compared"
        );
        assert!(file.is_known(SCHOOL, &key(2)).unwrap());
        let file = KnownKeysFile::at(dir.path(), compared(3));
        assert!(file.is_known(SCHOOL, &key(3)).unwrap());
        // The fingerprint is of a key of one organisation.
        assert!(!file.is_known(HELP, &key(3)).unwrap());
        let file = KnownKeysFile::at(dir.path(), None);
        for old_and_new in [2, 3] {
            assert!(file.is_known(SCHOOL, &key(old_and_new)).unwrap());
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_makes_no_key_known() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), "{").unwrap();
        let file = KnownKeysFile::at(dir.path(), None);
        assert!(file.is_known(SCHOOL, &key(1)).is_err());
    }
}
