//! What was sent of a file and what came of it, beside the file: where the next run goes on.

use std::path::{Path, PathBuf};

use protocol::batch::BatchOutcomes;
use protocol::{Base64Url, ClientId, Id, IdempotencyKey, Invalid};
use serde::{Deserialize, Serialize};

use crate::files::{self, FileError, Readers};

/// Domain of the keys of parts; a change makes a part that is sent again another request.
const CONTEXT: &str = "trefpunt 2026 load part key v1";

/// Where a load keeps what it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The record.
    pub record: PathBuf,
    /// What came of each line.
    pub outcomes: PathBuf,
}

impl Paths {
    /// Beside the file.
    pub fn beside(file: &Path) -> Self {
        let with = |end: &str| {
            let mut name = file.file_name().unwrap_or_default().to_owned();
            name.push(end);
            file.with_file_name(name)
        };
        Self {
            record: with(".load.json"),
            outcomes: with(".outcomes.ndjson"),
        }
    }
}

/// Which file it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OfFile {
    /// Its length.
    pub bytes: u64,
    /// Its hash.
    pub blake3: Base64Url<32>,
}

/// A part that is a batch by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SentPart {
    /// Which batch.
    pub batch: Id,
    /// The number of its first line in the file.
    pub first_line: u32,
    /// How many lines.
    pub lines: u32,
    /// Whether what came of them was written down.
    pub done: bool,
}

/// The record. It holds no token, and of the file's content nothing but its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    /// The file.
    pub file: OfFile,
    /// How many lines it has.
    pub lines: u32,
    /// The service.
    pub api_url: String,
    /// Who sends it.
    pub client: ClientId,
    /// Lines in a part, at most.
    pub lines_per_batch: u32,
    /// Whether only lines that became no signal are written down.
    pub only_refused: bool,
    /// What was sent, in the order of the file.
    pub parts: Vec<SentPart>,
    /// The length of what was written of outcomes: what lies behind it was not finished.
    pub outcome_bytes: u64,
    /// What came of the parts that are done.
    pub outcomes: BatchOutcomes,
}

impl Record {
    /// Reads a record, if there is one.
    ///
    /// # Errors
    /// [`FileError`], also for a file that is no record.
    pub fn read(path: &Path) -> Result<Option<Self>, FileError> {
        if !path.exists() {
            return Ok(None);
        }
        let text = files::read(path)?;
        serde_json::from_str(&text).map(Some).map_err(|error| FileError {
            path: path.to_owned(),
            source: error.into(),
        })
    }

    /// Writes it in the place of the one before.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn write(&self, path: &Path) -> Result<(), FileError> {
        let text = serde_json::to_vec(self).map_err(|error| FileError {
            path: path.to_owned(),
            source: error.into(),
        })?;
        files::write(path, &text, Readers::Owner)
    }

    /// The key under which the part that begins with this line is sent: the same whenever the same file is cut the same way
    /// for the same client, and else another.
    ///
    /// # Errors
    /// [`Invalid`] never, as long as the grammar of keys has room for a hash.
    pub fn key(&self, first_line: u32) -> Result<IdempotencyKey, Invalid> {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        hasher.update(&self.file.blake3.0);
        hasher.update(&self.lines_per_batch.to_be_bytes());
        hasher.update(&first_line.to_be_bytes());
        hasher.update(self.client.as_str().as_bytes());
        format!("load-{}", protocol::text::encode(hasher.finalize().as_bytes())).parse()
    }

    /// How many lines were sent.
    pub fn sent(&self) -> u32 {
        self.parts.iter().map(|part| part.lines).sum()
    }

    /// The parts of which nothing was written down.
    pub fn under_way(&self) -> impl Iterator<Item = (usize, &SentPart)> {
        self.parts.iter().enumerate().filter(|(_, part)| !part.done)
    }

    /// Counts what came of a part.
    pub fn finish(&mut self, place: usize, outcomes: &BatchOutcomes, outcome_bytes: u64) {
        let sum = &mut self.outcomes;
        sum.created += outcomes.created;
        sum.known += outcomes.known;
        sum.refused += outcomes.refused;
        sum.withdrawn += outcomes.withdrawn;
        sum.lapsed += outcomes.lapsed;
        self.outcome_bytes = outcome_bytes;
        self.parts[place].done = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            file: OfFile {
                bytes: 40,
                blake3: Base64Url([1; 32]),
            },
            lines: 5,
            api_url: "https://t.example".to_owned(),
            client: "cl_a1".parse().unwrap(),
            lines_per_batch: 3,
            only_refused: false,
            parts: Vec::new(),
            outcome_bytes: 0,
            outcomes: BatchOutcomes::default(),
        }
    }

    #[test]
    fn a_part_has_one_key_and_every_other_part_another() {
        let own = record();
        assert_eq!(own.key(1).unwrap(), record().key(1).unwrap());
        let mut others = [own.clone(), own.clone(), own.clone()];
        others[0].file.blake3 = Base64Url([2; 32]);
        others[1].lines_per_batch = 4;
        others[2].client = "cl_a2".parse().unwrap();
        let mut keys: Vec<String> = others
            .iter()
            .map(|other| other.key(1).unwrap().as_str().to_owned())
            .collect();
        keys.extend([own.key(1).unwrap(), own.key(4).unwrap()].map(|key| key.as_str().to_owned()));
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 5);
    }

    #[test]
    fn what_came_of_parts_is_counted_and_survives() {
        let dir = tempfile::tempdir().unwrap();
        let paths = Paths::beside(&dir.path().join("all.ndjson"));
        assert!(paths.record.ends_with("all.ndjson.load.json"));
        assert_eq!(Record::read(&paths.record).unwrap(), None);
        let mut record = record();
        let part = |first_line, lines| SentPart {
            batch: Id([9; 16]),
            first_line,
            lines,
            done: false,
        };
        record.parts = vec![part(1, 3)];
        let outcomes = BatchOutcomes {
            created: 2,
            refused: 1,
            ..BatchOutcomes::default()
        };
        record.finish(0, &outcomes, 70);
        record.parts.push(part(4, 2));
        assert_eq!(record.sent(), 5);
        assert_eq!(
            record.under_way().map(|(place, _)| place).collect::<Vec<_>>(),
            [1]
        );
        record.finish(1, &outcomes, 90);
        assert_eq!(record.under_way().count(), 0);
        assert_eq!((record.outcomes.created, record.outcome_bytes), (4, 90));
        record.write(&paths.record).unwrap();
        assert_eq!(Record::read(&paths.record).unwrap(), Some(record));
        assert_eq!(files::open_to_others(&paths.record), None);
    }
}
