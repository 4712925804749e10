//! Checkpoints (C2SP tlog-checkpoint): origin, size and root of the log at one moment, in a signed note. Whoever keeps
//! one can later tell whether the log was cut or rewritten since.

use crate::note::{KeyError, Note, Signed, Signer, Verifier};
use crate::policy::Policy;
use crate::text::{base64, parse_base64_32};
use crate::tree::{Hash, empty_root};

/// What a log signs: its name, how many leaves it has, and the root over them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// The number of leaves.
    pub size: u64,
    /// The root of the Merkle tree over those leaves.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed: three lines.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, base64(&self.root))
    }

    /// Reads a signed checkpoint and checks it against `policy`.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`] when the note or its text is not in its form,
    /// [`CheckpointError::Untrusted`] when no log of the policy signed it, or too few of its witnesses cosigned.
    pub fn open(note: &[u8], policy: &Policy) -> Result<Self, CheckpointError> {
        Self::open_with_key(note, policy).map(|(checkpoint, ..)| checkpoint)
    }

    /// As [`Checkpoint::open`], for a checkpoint to which witnesses do not matter: an earlier one, whose log a later
    /// one with its quorum must continue, or the one a witness is asked to sign.
    ///
    /// # Errors
    /// As [`Checkpoint::open`], but for the witnesses.
    pub fn open_without_quorum(note: &[u8], policy: &Policy) -> Result<Self, CheckpointError> {
        let note = Note::parse(note).map_err(CheckpointError::Malformed)?;
        Self::signed(&note, policy).map(|(checkpoint, _)| checkpoint)
    }

    /// As [`Checkpoint::open`], and says which log of the policy signed and how many of its witnesses cosigned.
    pub(crate) fn open_with_key<'a>(
        note: &[u8],
        policy: &'a Policy,
    ) -> Result<(Self, &'a Verifier, u64), CheckpointError> {
        let note = Note::parse(note).map_err(CheckpointError::Malformed)?;
        let (checkpoint, log) = Self::signed(&note, policy)?;
        Ok((checkpoint, log, policy.quorum(&note)?))
    }

    fn signed<'a>(note: &Note<'_>, policy: &'a Policy) -> Result<(Self, &'a Verifier), CheckpointError> {
        let checkpoint = Self::parse(note.text()).map_err(CheckpointError::Malformed)?;
        let mut signer = None;
        for log in policy.logs().iter().filter(|log| log.name() == checkpoint.origin) {
            match note.signed_by(log) {
                Signed::Yes => signer = signer.or(Some(log)),
                Signed::No => {}
                Signed::Wrong => {
                    return Err(CheckpointError::Untrusted("the log's signature does not verify"));
                }
            }
        }
        signer
            .map(|log| (checkpoint, log))
            .ok_or(CheckpointError::NOT_SIGNED)
    }

    /// Reads the three lines. Extension lines are allowed by the specification but this log never writes one.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), Some(""), None) = (
            lines.next(),
            lines.next(),
            lines.next(),
            lines.next(),
            lines.next(),
        ) else {
            return Err("a checkpoint has exactly three lines");
        };
        let size: u64 = size
            .parse()
            .ok()
            .filter(|parsed: &u64| parsed.to_string() == size)
            .ok_or("the size of the checkpoint is not a plain number")?;
        let root = parse_base64_32(root).ok_or("the root of the checkpoint is not 32 bytes of base64")?;
        if origin.is_empty() {
            return Err("the checkpoint has no origin");
        }
        if size == 0 && root != empty_root() {
            return Err("the root of an empty log is always the same, and this is another");
        }
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
        })
    }
}

/// The log's signing key. Whether a checkpoint may be signed at all (never two that disagree) is for the caller to know.
#[derive(Debug)]
pub struct LogSigner(Signer);

impl LogSigner {
    /// The signer of the log called `origin`, from the 32 bytes of an Ed25519 seed.
    ///
    /// # Errors
    /// [`KeyError::Name`] when the origin cannot be a key name.
    pub fn from_seed(origin: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        Signer::from_seed(origin, seed).map(Self)
    }

    /// The log's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.0.verifier().name()
    }

    /// The public key; displayed it is the vkey for a policy's `log` line.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        self.0.verifier()
    }

    /// The bare signature over `message`, which must not be the text of a checkpoint.
    pub(crate) fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign_bytes(message)
    }

    /// The signed checkpoint of the tree of `size` leaves under `root`.
    #[must_use]
    pub fn sign(&self, size: u64, root: Hash) -> String {
        self.0.sign(
            &Checkpoint {
                origin: self.origin().to_owned(),
                size,
                root,
            }
            .text(),
        )
    }
}

/// Why a checkpoint is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointError {
    /// Not a signed note, or its text is not a checkpoint.
    Malformed(&'static str),
    /// In its form, but not signed by a log the policy trusts.
    Untrusted(&'static str),
}

impl CheckpointError {
    /// None of its signatures is by a key of the policy, not even a wrong one.
    pub const NOT_SIGNED: Self = Self::Untrusted("no log of the policy signed it");
}

impl std::fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "the checkpoint cannot be read: {why}"),
            Self::Untrusted(why) => write!(f, "the checkpoint is not trusted: {why}"),
        }
    }
}

impl std::error::Error for CheckpointError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> LogSigner {
        LogSigner::from_seed("log.example/voorbeeld", &[9; 32]).unwrap()
    }

    fn policy() -> Policy {
        Policy::parse(Policy::text_for(signer().verifier()).as_bytes()).unwrap()
    }

    #[test]
    fn signed_and_opened() {
        let note = signer().sign(3, [1; 32]);
        let opened = Checkpoint::open(note.as_bytes(), &policy()).unwrap();
        assert_eq!(
            opened,
            Checkpoint {
                origin: "log.example/voorbeeld".into(),
                size: 3,
                root: [1; 32]
            }
        );
        assert!(note.starts_with("log.example/voorbeeld\n3\nAQEB"));
    }

    #[test]
    fn a_changed_byte_is_never_accepted() {
        let note = signer().sign(1234, [1; 32]).into_bytes();
        for at in 0..note.len() {
            for bit in 0..8 {
                let mut changed = note.clone();
                changed[at] ^= 1 << bit;
                assert!(
                    Checkpoint::open(&changed, &policy()).is_err(),
                    "byte {at}, bit {bit}"
                );
            }
        }
    }

    #[test]
    fn another_key_is_not_trusted() {
        let stranger = LogSigner::from_seed("log.example/voorbeeld", &[8; 32]).unwrap();
        let refused = Checkpoint::open(stranger.sign(3, [1; 32]).as_bytes(), &policy());
        assert!(matches!(refused, Err(CheckpointError::Untrusted(_))));
        let elsewhere = LogSigner::from_seed("log.example/other", &[9; 32]).unwrap();
        let refused = Checkpoint::open(elsewhere.sign(3, [1; 32]).as_bytes(), &policy());
        assert!(matches!(refused, Err(CheckpointError::Untrusted(_))));
    }

    #[test]
    fn texts_that_are_not_checkpoints() {
        let root = base64(&[1; 32]);
        for text in [
            format!("log.example/voorbeeld\n03\n{root}\n"),
            format!("log.example/voorbeeld\n+3\n{root}\n"),
            format!("log.example/voorbeeld\n-1\n{root}\n"),
            format!("log.example/voorbeeld\n18446744073709551616\n{root}\n"),
            format!("log.example/voorbeeld\n0\n{root}\n"),
            format!("\n3\n{root}\n"),
            format!("log.example/voorbeeld\n3\n{root}\nextension\n"),
            "log.example/voorbeeld\n3\nAQ==\n".to_owned(),
            "log.example/voorbeeld\n3\n".to_owned(),
        ] {
            let refused = Checkpoint::open(signer().0.sign(&text).as_bytes(), &policy());
            assert!(matches!(refused, Err(CheckpointError::Malformed(_))), "{text}");
        }
    }
}
