//! What was sealed and is not known to have arrived: sealed bytes that nobody here can open, and how they are sent.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use client::SealedAttachment;
use protocol::exchange::MessageSubmission;
use protocol::{Id, IdempotencyKey};
use serde::{Deserialize, Serialize};

use crate::files::{self, FileError, Readers};

/// The directory of it.
const DIRECTORY: &str = "outbox";

/// The sealed bytes while they are written: a crash leaves them, and nobody takes them for an attachment.
const UNFINISHED: &str = "unfinished";

/// A directory with a file for each, and one more for the bytes of an attachment.
#[derive(Debug)]
pub struct Outbox {
    dir: PathBuf,
}

/// Something that was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Unsent {
    /// A message, whole.
    Message {
        /// In which match.
        match_id: Id,
        /// The key under which it takes hold once.
        key: IdempotencyKey,
        /// The message.
        submission: MessageSubmission,
    },
    /// An attachment, whose sealed bytes are in a file beside this.
    Attachment(SealedAttachment),
}

impl Unsent {
    /// Its id.
    pub const fn message_id(&self) -> Id {
        match self {
            Self::Message { submission, .. } => submission.message_id,
            Self::Attachment(sealed) => sealed.submission.message_id,
        }
    }

    /// In which match.
    pub const fn match_id(&self) -> Id {
        match self {
            Self::Message { match_id, .. } => *match_id,
            Self::Attachment(sealed) => sealed.match_id,
        }
    }
}

impl Outbox {
    /// The outbox in a directory.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn at(dir: &Path) -> Result<Self, FileError> {
        let dir = dir.join(DIRECTORY);
        files::make_dir(&dir, Readers::Owner)?;
        Ok(Self { dir })
    }

    /// A file to seal an attachment into.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn begin(&self) -> Result<File, FileError> {
        let path = self.dir.join(UNFINISHED);
        files::create(&path, Readers::Owner).map_err(|source| FileError { path, source })
    }

    /// Keeps what was sealed; after this it survives a crash. The bytes of an attachment are those of the file that was
    /// begun.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn keep(&self, unsent: &Unsent) -> Result<(), FileError> {
        if let Unsent::Attachment(_) = unsent {
            let unfinished = self.dir.join(UNFINISHED);
            let sealed = self.sealed(unsent.message_id());
            let keep = || -> io::Result<()> {
                File::open(&unfinished)?.sync_all()?;
                fs::rename(&unfinished, &sealed)
            };
            keep().map_err(|source| FileError {
                path: sealed.clone(),
                source,
            })?;
        }
        let path = self.announcement(unsent.message_id());
        let text = serde_json::to_vec_pretty(unsent).map_err(|error| FileError {
            path: path.clone(),
            source: error.into(),
        })?;
        files::write(&path, &text, Readers::Owner)
    }

    /// The sealed bytes of an attachment.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn bytes(&self, id: Id) -> Result<File, FileError> {
        let path = self.sealed(id);
        File::open(&path).map_err(|source| FileError { path, source })
    }

    /// Forgets what has arrived, or never will.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn forget(&self, unsent: &Unsent) -> Result<(), FileError> {
        let id = unsent.message_id();
        for path in [self.announcement(id), self.sealed(id)] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed.map_err(|source| FileError { path, source })?,
            }
        }
        Ok(())
    }

    /// All that waits.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn unsent(&self) -> Result<Vec<Unsent>, FileError> {
        let at = |path: &Path, source| FileError {
            path: path.to_owned(),
            source,
        };
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(|error| at(&self.dir, error))? {
            let path = entry.map_err(|error| at(&self.dir, error))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let text = files::read(&path)?;
                found.push(serde_json::from_str(&text).map_err(|error| at(&path, error.into()))?);
            }
        }
        found.sort_by_key(Unsent::message_id);
        Ok(found)
    }

    fn announcement(&self, id: Id) -> PathBuf {
        self.dir.join(format!("{id}.json"))
    }

    fn sealed(&self, id: Id) -> PathBuf {
        self.dir.join(format!("{id}.sealed"))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use protocol::exchange::AttachmentSubmission;
    use protocol::{Base64Url, OrganisationId};

    use super::*;

    fn attachment(id: u8) -> Unsent {
        Unsent::Attachment(SealedAttachment {
            match_id: Id([1; 16]),
            key: "key-of-it".parse().unwrap(),
            submission: AttachmentSubmission {
                message_id: Id([id; 16]),
                recipient: OrganisationId([4; 16]),
                consent_hash: Base64Url([5; 32]),
                enc: Base64Url([6; 32]),
                envelope: "{}".to_owned(),
                sender_key: Base64Url([7; 32]),
                recipient_key: Base64Url([8; 32]),
                sealed_bytes: 20,
            },
        })
    }

    #[test]
    fn what_was_sealed_survives_until_it_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let outbox = Outbox::at(dir.path()).unwrap();
        outbox.begin().unwrap().write_all(b"sealed").unwrap();
        assert!(outbox.unsent().unwrap().is_empty(), "unfinished is nothing");
        outbox.keep(&attachment(2)).unwrap();

        let outbox = Outbox::at(dir.path()).unwrap();
        assert_eq!(outbox.unsent().unwrap(), [attachment(2)]);
        let mut bytes = String::new();
        outbox
            .bytes(Id([2; 16]))
            .unwrap()
            .read_to_string(&mut bytes)
            .unwrap();
        assert_eq!(bytes, "sealed");
        outbox.forget(&attachment(2)).unwrap();
        outbox.forget(&attachment(2)).unwrap();
        assert!(outbox.unsent().unwrap().is_empty());
        assert_eq!(fs::read_dir(dir.path().join(DIRECTORY)).unwrap().count(), 0);
    }
}
