//! Cosignatures of witnesses (C2SP tlog-cosignature, Ed25519, signature type 0x04): a witness that saw the log grow
//! signs its checkpoint together with the time. What a witness must have checked before it signs (that the log
//! continues what it signed last) is for the witness to know; here is only the form.

use ed25519_dalek::VerifyingKey;
use jiff::Timestamp;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::note::{
    KeyError, MAX_NOTE_BYTES, MAX_SIGNATURES, Note, Signer, read_vkey, signature_line, verifies, write_vkey,
};

const COSIGNATURE: u8 = 0x04;
/// The bytes of a cosignature after the key id: seconds since 1970, signature.
const COSIGNATURE_BYTES: usize = 8 + 64;

/// The private key of a witness. Its Debug shows the public half only; the seed is wiped on drop.
pub struct WitnessSigner {
    signer: Signer,
    key: WitnessKey,
}

impl WitnessSigner {
    /// The witness called `name` with the Ed25519 key made from `seed`.
    ///
    /// # Errors
    /// [`KeyError::Name`] when `name` cannot be a key name.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let signer = Signer::from_seed(name, seed)?;
        let public = VerifyingKey::try_from(&signer.verifier().key_bytes()[..]).map_err(|_| KeyError::Key)?;
        let key = WitnessKey {
            name: name.to_owned(),
            key: public,
        };
        Ok(Self { signer, key })
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> &WitnessKey {
        &self.key
    }

    /// The signature line of this witness for a signed checkpoint, at a time cut to the second.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`] when `note` is not a signed checkpoint or the time is before 1970.
    pub fn cosign(&self, note: &str, at: Timestamp) -> Result<String, CheckpointError> {
        let note = Note::parse(note.as_bytes()).map_err(CheckpointError::Malformed)?;
        Checkpoint::parse(note.text()).map_err(CheckpointError::Malformed)?;
        let at = u64::try_from(at.as_second())
            .map_err(|_| CheckpointError::Malformed("a cosignature cannot be from before 1970"))?;
        let signature = self.signer.sign_bytes(message(at, note.text()).as_bytes());
        let stamped = [&at.to_be_bytes()[..], &signature].concat();
        Ok(signature_line(&self.key.name, self.key.id(), &stamped))
    }
}

impl std::fmt::Debug for WitnessSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WitnessSigner")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// The public key of a witness. Displayed, it is the vkey of a policy's `witness` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    key: VerifyingKey,
}

impl WitnessKey {
    /// The name the witness signs under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When this witness cosigned the checkpoint in `note`; `None` when it has no line of this witness. Whether the log
    /// signed it is another question.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`] when `note` is no note, [`CheckpointError::Untrusted`] when there is a line of
    /// this witness and it does not verify.
    pub fn cosigned(&self, note: &[u8]) -> Result<Option<Timestamp>, CheckpointError> {
        self.signed(&Note::parse(note).map_err(CheckpointError::Malformed)?)
    }

    pub(crate) fn signed(&self, note: &Note<'_>) -> Result<Option<Timestamp>, CheckpointError> {
        let Some(stamped) = note.signature_of(&self.name, self.id()) else {
            return Ok(None);
        };
        let wrong = CheckpointError::Untrusted("the signature of a witness does not verify");
        let (at, signature) = stamped
            .split_first_chunk::<8>()
            .filter(|_| stamped.len() == COSIGNATURE_BYTES)
            .ok_or(wrong)?;
        let at = u64::from_be_bytes(*at);
        if !verifies(&self.key, message(at, note.text()).as_bytes(), signature) {
            return Err(wrong);
        }
        let at = i64::try_from(at)
            .ok()
            .and_then(|at| Timestamp::from_second(at).ok());
        at.map(Some).ok_or(wrong)
    }

    fn id(&self) -> [u8; 4] {
        crate::note::key_id(&self.name, COSIGNATURE, self.key.as_bytes())
    }

    pub(crate) fn key_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }
}

impl std::fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&write_vkey(&self.name, COSIGNATURE, self.key.as_bytes()))
    }
}

impl std::str::FromStr for WitnessKey {
    type Err = KeyError;

    fn from_str(vkey: &str) -> Result<Self, KeyError> {
        let (name, key) = read_vkey(vkey, COSIGNATURE)?;
        Ok(Self {
            name: name.to_owned(),
            key,
        })
    }
}

/// The signed checkpoint with these signature lines after its own.
///
/// # Errors
/// [`CheckpointError::Malformed`] when the result is no signed note: a line not in its form, a key twice, more than 16
/// signatures.
pub fn attach(note: &str, lines: &[String]) -> Result<String, CheckpointError> {
    let before = Note::parse(note.as_bytes()).map_err(CheckpointError::Malformed)?;
    let more: usize = lines.iter().map(String::len).sum();
    if lines.len() > MAX_SIGNATURES || note.len() + more > MAX_NOTE_BYTES {
        return Err(CheckpointError::Malformed("too many signatures"));
    }
    let whole = format!("{note}{}", lines.concat());
    let after = Note::parse(whole.as_bytes()).map_err(CheckpointError::Malformed)?;
    // A "line" with an empty line in it would make the old signatures part of the text.
    if after.text() != before.text() || after.signatures() != before.signatures() + lines.len() {
        return Err(CheckpointError::Malformed("not one signature line each"));
    }
    Ok(whole)
}

/// What a witness signs.
fn message(at: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {at}\n{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::LogSigner;

    fn note() -> String {
        LogSigner::from_seed("log.example", &[1; 32])
            .unwrap()
            .sign(3, [7; 32])
    }

    fn witness() -> WitnessSigner {
        WitnessSigner::from_seed("witness.example", &[2; 32]).unwrap()
    }

    fn noon() -> Timestamp {
        "2027-03-01T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn cosigned_attached_and_read() {
        let line = witness().cosign(&note(), noon()).unwrap();
        let whole = attach(&note(), std::slice::from_ref(&line)).unwrap();
        let key: WitnessKey = witness().verifier().to_string().parse().unwrap();
        assert_eq!(&key, witness().verifier());
        assert_eq!(key.cosigned(whole.as_bytes()), Ok(Some(noon())));
        assert_eq!(key.cosigned(note().as_bytes()), Ok(None));
        let stranger = WitnessSigner::from_seed("witness.example", &[3; 32]).unwrap();
        assert_eq!(stranger.verifier().cosigned(whole.as_bytes()), Ok(None));
        assert!(!format!("{:?}", witness()).contains("SigningKey"));
    }

    #[test]
    fn a_changed_bit_is_never_accepted() {
        let line = witness().cosign(&note(), noon()).unwrap();
        let whole = attach(&note(), &[line]).unwrap().into_bytes();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1 << (at % 8);
            // The line of the log is not this witness's concern; everything else it signed.
            let cosigned = witness().verifier().cosigned(&changed);
            let of_the_log = whole[..at].split(|byte| *byte == b'\n').count() == 5;
            assert!(of_the_log || !matches!(cosigned, Ok(Some(_))), "byte {at}");
        }
    }

    #[test]
    fn what_cannot_be_attached_or_cosigned() {
        let line = witness().cosign(&note(), noon()).unwrap();
        for lines in [
            vec![line.clone(), line.clone()],
            vec![format!("\n{line}")],
            vec![line.trim_end().to_owned()],
            vec![format!("{line}{}", line.replace("witness", "other"))],
            vec!["x".repeat(MAX_NOTE_BYTES)],
        ] {
            assert!(attach(&note(), &lines).is_err(), "{lines:?}");
        }
        assert!(witness().cosign("no note", noon()).is_err());
        assert!(witness().cosign(&note(), Timestamp::MIN).is_err());
        let log_key = LogSigner::from_seed("log.example", &[1; 32])
            .unwrap()
            .verifier()
            .to_string();
        assert_eq!(log_key.parse::<WitnessKey>(), Err(KeyError::Type));
    }
}
