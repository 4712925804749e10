//! The anchor of the audit log as a file: held by a lock beside it, replaced whole, on the disk before it counts.
//!
//! It must not come back with an old copy of the database: keep it on another disk than the database, or at least out of
//! the database's backups.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use casework::anchor::{Anchor, AnchorError, HeldAnchor};

use crate::files::{self, FileError, Readers};

/// An anchor in a file.
#[derive(Debug, Clone)]
pub struct FileAnchor {
    path: PathBuf,
}

impl FileAnchor {
    /// The anchor at this path, there or not.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn lock_path(&self) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        self.path.with_file_name(name)
    }
}

impl Anchor for FileAnchor {
    fn hold(&self) -> Result<Option<Box<dyn HeldAnchor>>, AnchorError> {
        let path = self.lock_path();
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|source| FileError { path, source })
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Box::new(Held {
                path: self.path.clone(),
                _lock: lock,
            }))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(AnchorError::Io(error.to_string())),
        }
    }

    fn look(&self) -> Result<Option<String>, AnchorError> {
        read(&self.path)
    }
}

/// Held as long as the lock file is open.
struct Held {
    path: PathBuf,
    _lock: File,
}

impl HeldAnchor for Held {
    fn read(&self) -> Result<Option<String>, AnchorError> {
        read(&self.path)
    }

    fn swap(&mut self, old: Option<&str>, new: &str) -> Result<(), AnchorError> {
        if self.read()?.as_deref() != old {
            return Err(AnchorError::Changed);
        }
        files::write(&self.path, new.as_bytes(), Readers::Everyone).map_err(failed)
    }
}

/// Replaced whole, so that it is read whole.
fn read(path: &Path) -> Result<Option<String>, AnchorError> {
    match files::read(path) {
        Ok(text) => Ok(Some(text.to_string())),
        Err(error) if error.source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: FileError) -> AnchorError {
    AnchorError::Io(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_and_only_what_was_read_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let anchor = FileAnchor::at(&dir.path().join("audit-anchor"));
        let mut held = anchor.hold().unwrap().unwrap();
        assert!(anchor.hold().unwrap().is_none());
        assert_eq!(held.read().unwrap(), None);
        assert_eq!(held.swap(Some("a"), "b"), Err(AnchorError::Changed));
        held.swap(None, "a").unwrap();
        assert_eq!(held.swap(None, "b"), Err(AnchorError::Changed));
        // Who only looks waits for nobody.
        assert_eq!(anchor.look().unwrap().as_deref(), Some("a"));
        held.swap(Some("a"), "b").unwrap();
        drop(held);
        let held = anchor.hold().unwrap().unwrap();
        assert_eq!(held.read().unwrap().as_deref(), Some("b"));
    }

    #[test]
    fn a_disk_that_cannot_be_used_is_told() {
        let anchor = FileAnchor::at(Path::new("/nowhere/at/all/audit-anchor"));
        assert!(matches!(anchor.hold(), Err(AnchorError::Io(_))));
        let dir = tempfile::tempdir().unwrap();
        let anchor = FileAnchor::at(&dir.path().join("audit-anchor"));
        let mut held = anchor.hold().unwrap().unwrap();
        // The new text is written beside the old one first, and cannot be.
        std::fs::create_dir(dir.path().join("audit-anchor.new")).unwrap();
        assert!(matches!(held.swap(None, "a"), Err(AnchorError::Io(_))));
        assert_eq!(held.read().unwrap(), None);
    }
}
