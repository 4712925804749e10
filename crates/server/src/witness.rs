//! A witness of audit logs (C2SP tlog-witness): signs a checkpoint when it continues the last one it signed, and never
//! two that disagree. It is run by somebody else than the log; it sees names of logs, sizes and hashes, nothing else.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use audit_log::checkpoint::{Checkpoint, CheckpointError};
use audit_log::cosignature::WitnessSigner;
use audit_log::policy::Policy;
use audit_log::proof::verify_consistency;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::files::{self, FileError, Readers};

/// The largest request, in bytes: a note of 128 KiB and 63 hashes would be larger than any log of ours sends.
pub const MAX_REQUEST_BYTES: usize = 64 * 1024;

/// The most hashes of a consistency proof between trees of 64-bit sizes.
const MAX_PROOF: usize = 63;

/// A witness with its key and what it signed last, of each log.
pub struct Witness {
    signer: WitnessSigner,
    policy: Policy,
    state: PathBuf,
    /// One request at a time: reading what was signed last and writing what is signed now belong together.
    turn: Mutex<()>,
    /// Held as long as the program runs: two programs on one directory would each sign on their own.
    _lock: File,
}

/// What a witness answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WitnessAnswer {
    /// 200: its signature line.
    Signed(String),
    /// 409: it signed this size last.
    Conflict(u64),
    /// Another refusal, by its HTTP status, with a word of explanation.
    Refused(u16, &'static str),
}

impl Witness {
    /// Opens the directory of a witness. Logs that `policy` names are followed.
    ///
    /// # Errors
    /// [`FileError`] when another program uses the directory, or it cannot be written.
    pub fn open(dir: &Path, signer: WitnessSigner, policy: Policy) -> Result<Self, FileError> {
        let state = dir.join("state");
        files::make_dir(&state, Readers::Everyone)?;
        let path = dir.join("lock");
        let lock = || -> io::Result<File> {
            let file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)?;
            file.try_lock().map_err(io::Error::from)?;
            Ok(file)
        };
        let lock = lock().map_err(|source| FileError {
            path: path.clone(),
            source,
        })?;
        Ok(Self {
            signer,
            policy,
            state,
            turn: Mutex::new(()),
            _lock: lock,
        })
    }

    /// `POST /add-checkpoint`: the size signed last, the consistency proof, an empty line, the checkpoint.
    ///
    /// # Errors
    /// [`FileError`] when what it signed cannot be kept; then it signs nothing.
    pub fn add_checkpoint(&self, request: &[u8], now: Timestamp) -> Result<WitnessAnswer, FileError> {
        let Some(request) = Request::parse(request) else {
            return Ok(WitnessAnswer::Refused(400, "not an add-checkpoint request"));
        };
        // The policy may be the supervisors', with a quorum: a witness is asked before there can be one.
        let new = match Checkpoint::open_without_quorum(request.note.as_bytes(), &self.policy) {
            Ok(checkpoint) => checkpoint,
            Err(error) => return Ok(self.unknown(&request, error)),
        };
        if request.old_size > new.size {
            return Ok(WitnessAnswer::Refused(
                400,
                "the checkpoint is smaller than the old size",
            ));
        }
        // A thread that panicked with the lock has written nothing halfway: files are replaced whole.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.path_of(&new.origin);
        let old = self.signed_last(&path)?;
        let old_size = old.as_ref().map_or(0, |old| old.size);
        if request.old_size != old_size {
            return Ok(WitnessAnswer::Conflict(old_size));
        }
        match &old {
            Some(old) if old.size == new.size && old.root != new.root => {
                return Ok(WitnessAnswer::Conflict(old_size));
            }
            Some(old) if old.size > 0 => {
                let proof = verify_consistency((old.size, &old.root), (new.size, &new.root), &request.proof);
                if proof.is_err() {
                    return Ok(WitnessAnswer::Refused(422, "the proof does not hold"));
                }
            }
            _ if !request.proof.is_empty() => {
                return Ok(WitnessAnswer::Refused(422, "there is nothing to prove yet"));
            }
            _ => {}
        }
        // Kept before it is given away: after a crash in between it is signed again and nothing else.
        files::write(&path, request.note.as_bytes(), Readers::Everyone)?;
        Ok(match self.signer.cosign(&request.note, now) {
            Ok(line) => WitnessAnswer::Signed(line),
            Err(_) => WitnessAnswer::Refused(400, "not a checkpoint"),
        })
    }

    fn unknown(&self, request: &Request, error: CheckpointError) -> WitnessAnswer {
        let origin = request.note.split('\n').next().unwrap_or_default();
        let known = self.policy.logs().iter().any(|log| log.name() == origin);
        match error {
            CheckpointError::Malformed(_) => WitnessAnswer::Refused(400, "not a checkpoint"),
            CheckpointError::Untrusted(_) if known => {
                WitnessAnswer::Refused(403, "not signed with a key of this log")
            }
            CheckpointError::Untrusted(_) => WitnessAnswer::Refused(404, "not a log that is followed here"),
        }
    }

    /// The name of a log can hold slashes: its file is named after its hash.
    fn path_of(&self, origin: &str) -> PathBuf {
        let hash = Sha256::digest(origin.as_bytes());
        let name: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        self.state.join(name)
    }

    fn signed_last(&self, path: &Path) -> Result<Option<Checkpoint>, FileError> {
        match files::read(path) {
            Ok(note) => match Checkpoint::open_without_quorum(note.as_bytes(), &self.policy) {
                Ok(checkpoint) => Ok(Some(checkpoint)),
                Err(_) => Err(FileError {
                    path: path.to_owned(),
                    source: io::Error::other("not a checkpoint of a log that is followed here"),
                }),
            },
            Err(error) if error.source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl std::fmt::Debug for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Witness")
            .field("signer", &self.signer)
            .finish_non_exhaustive()
    }
}

/// An add-checkpoint request.
struct Request {
    old_size: u64,
    proof: Vec<[u8; 32]>,
    note: String,
}

impl Request {
    fn parse(request: &[u8]) -> Option<Self> {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        let text = std::str::from_utf8(request).ok()?;
        let (head, note) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let size = lines.next()?.strip_prefix("old ")?;
        let old_size: u64 = size.parse().ok()?;
        let proof: Option<Vec<[u8; 32]>> = lines
            .map(|line| STANDARD.decode(line).ok()?.try_into().ok())
            .collect();
        let proof = proof?;
        (old_size.to_string() == size && proof.len() <= MAX_PROOF).then(|| Self {
            old_size,
            proof,
            note: note.to_owned(),
        })
    }
}

/// The text of an add-checkpoint request.
pub fn request_text(old_size: u64, proof: &[[u8; 32]], note: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let hashes: String = proof
        .iter()
        .map(|hash| format!("{}\n", STANDARD.encode(hash)))
        .collect();
    format!("old {old_size}\n{hashes}\n{note}")
}

#[cfg(test)]
mod tests {
    use audit_log::checkpoint::LogSigner;
    use audit_log::proof::consistency;
    use audit_log::tree::{Frontier, Hash};

    use super::*;

    fn log() -> LogSigner {
        LogSigner::from_seed("trefpunt.test/log", &[1; 32]).unwrap()
    }

    fn open(dir: &Path) -> Witness {
        let policy = Policy::parse(Policy::text_for(log().verifier()).as_bytes()).unwrap();
        let signer = WitnessSigner::from_seed("witness.test", &[2; 32]).unwrap();
        Witness::open(dir, signer, policy).unwrap()
    }

    fn now() -> Timestamp {
        "2027-03-01T09:00:00Z".parse().unwrap()
    }

    fn leaves(fork: u8) -> Vec<Hash> {
        (0..20_u8)
            .map(|n| [if n < 5 { n } else { n + fork }; 32])
            .collect()
    }

    fn checkpoint(leaves: &[Hash], size: usize) -> String {
        let mut tree = Frontier::new();
        leaves[..size].iter().for_each(|leaf| tree.push(*leaf));
        log().sign(tree.size(), tree.root())
    }

    fn ask(witness: &Witness, old: usize, leaves: &[Hash], new: usize) -> WitnessAnswer {
        let proof = match old {
            0 => Vec::new(),
            old => consistency(&leaves[..new], old).unwrap(),
        };
        let request = request_text(old as u64, &proof, &checkpoint(leaves, new));
        witness.add_checkpoint(request.as_bytes(), now()).unwrap()
    }

    #[test]
    fn it_signs_what_continues_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let witness = open(dir.path());
        let honest = leaves(0);
        let WitnessAnswer::Signed(line) = ask(&witness, 0, &honest, 7) else {
            panic!("not signed");
        };
        let note = audit_log::cosignature::attach(&checkpoint(&honest, 7), &[line]).unwrap();
        let key = witness.signer.verifier();
        assert_eq!(key.cosigned(note.as_bytes()), Ok(Some(now())));

        assert!(matches!(ask(&witness, 7, &honest, 12), WitnessAnswer::Signed(_)));
        // Asked again, signed again.
        assert!(matches!(ask(&witness, 12, &honest, 12), WitnessAnswer::Signed(_)));
        // Rolled back, or told an old size.
        assert_eq!(ask(&witness, 7, &honest, 9), WitnessAnswer::Conflict(12));
        assert_eq!(ask(&witness, 0, &honest, 20), WitnessAnswer::Conflict(12));
        // Rewritten, and signed by the log's real key.
        let forked = leaves(100);
        assert_eq!(ask(&witness, 12, &forked, 12), WitnessAnswer::Conflict(12));
        assert_eq!(
            ask(&witness, 12, &forked, 20),
            WitnessAnswer::Refused(422, "the proof does not hold")
        );
        assert!(matches!(ask(&witness, 12, &honest, 20), WitnessAnswer::Signed(_)));
        drop(witness);
        // It remembers.
        assert_eq!(
            ask(&open(dir.path()), 12, &forked, 20),
            WitnessAnswer::Conflict(20)
        );
    }

    /// Whoever runs it was told to take the audit-policy, and that may insist on this very witness.
    #[test]
    fn a_policy_with_a_quorum_is_one_too() {
        let dir = tempfile::tempdir().unwrap();
        let signer = WitnessSigner::from_seed("witness.test", &[2; 32]).unwrap();
        let log = log();
        let policy = Policy::text_with(&[log.verifier()], &[signer.verifier()], 1);
        let policy = Policy::parse(policy.as_bytes()).unwrap();
        let witness = Witness::open(dir.path(), signer, policy).unwrap();
        let leaves = leaves(0);
        assert!(matches!(ask(&witness, 0, &leaves, 7), WitnessAnswer::Signed(_)));
        assert!(matches!(ask(&witness, 7, &leaves, 12), WitnessAnswer::Signed(_)));
    }

    #[test]
    fn strangers_and_nonsense_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let witness = open(dir.path());
        let answer = |request: &str| witness.add_checkpoint(request.as_bytes(), now()).unwrap();
        let status = |request: &str| match answer(request) {
            WitnessAnswer::Refused(status, _) => status,
            other => panic!("{other:?}"),
        };
        let good = checkpoint(&leaves(0), 7);
        let other_key = LogSigner::from_seed("trefpunt.test/log", &[9; 32]).unwrap();
        let other_log = LogSigner::from_seed("elsewhere.test/log", &[1; 32]).unwrap();
        assert_eq!(status(&request_text(0, &[], &other_key.sign(7, [1; 32]))), 403);
        assert_eq!(status(&request_text(0, &[], &other_log.sign(7, [1; 32]))), 404);
        assert_eq!(status(&request_text(8, &[], &good)), 400);
        assert_eq!(status(&request_text(0, &[[1; 32]], &good)), 422);
        for nonsense in [
            "",
            "old 0\n",
            &format!("old 00\n\n{good}"),
            &format!("old -1\n\n{good}"),
            &format!("new 0\n\n{good}"),
            &format!("old 0\nAAAA\n\n{good}"),
            &request_text(0, &[[1; 32]; 64], &good),
            &format!("old 0\n\n{}", good.replace('\u{2014}', "-")),
        ] {
            assert_eq!(status(nonsense), 400, "{nonsense}");
        }
        assert!(
            witness
                .signed_last(&witness.path_of("trefpunt.test/log"))
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn one_program_per_directory() {
        let dir = tempfile::tempdir().unwrap();
        let first = open(dir.path());
        let signer = WitnessSigner::from_seed("witness.test", &[2; 32]).unwrap();
        let policy = Policy::parse(Policy::text_for(log().verifier()).as_bytes()).unwrap();
        assert!(Witness::open(dir.path(), signer, policy).is_err());
        drop(first);
        open(dir.path());
    }
}
