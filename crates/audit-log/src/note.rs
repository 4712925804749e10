//! Signed notes (C2SP signed-note): a text, a blank line, and one line per signature. Only Ed25519 (signature type
//! 0x01) is made and verified here; lines of unknown keys are passed over, as the specification asks.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::text::{base64, hex, parse_base64, parse_hex};

/// The most signature lines a note may carry; the specification asks that at least 16 are accepted.
pub const MAX_SIGNATURES: usize = 16;
/// The longest note, in bytes: 16 signatures of post-quantum size and a text of a few lines.
pub const MAX_NOTE_BYTES: usize = 128 * 1024;

const ED25519: u8 = 0x01;
const SIGNATURE_MARK: &str = "\u{2014} ";

/// The private key of a named signer. Its Debug shows the public half only; the seed is wiped on drop.
pub struct Signer {
    key: SigningKey,
    verifier: Verifier,
}

impl Signer {
    /// The signer called `name` with the Ed25519 key made from `seed`.
    ///
    /// # Errors
    /// [`KeyError`] when `name` is empty or has a space, a plus sign or a control character.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let verifier = Verifier::new(name, key.verifying_key())?;
        Ok(Self { key, verifier })
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The note for `text`, which must end in a line feed and hold no empty line after which lines like signatures
    /// follow; the only caller is [`crate::checkpoint`], whose texts are fixed.
    pub(crate) fn sign(&self, text: &str) -> String {
        let line = signature_line(
            &self.verifier.name,
            self.verifier.id,
            &self.sign_bytes(text.as_bytes()),
        );
        format!("{text}\n{line}")
    }

    /// The bare signature over `message`, which must not be the text of a note.
    pub(crate) fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer")
            .field("verifier", &self.verifier)
            .finish_non_exhaustive()
    }
}

/// The public key of a named signer. Displayed, it is a *vkey*: `<name>+<key id>+<base64 of type and key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl Verifier {
    fn new(name: &str, key: VerifyingKey) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        if key.is_weak() {
            return Err(KeyError::Key);
        }
        Ok(Self {
            name: name.to_owned(),
            id: key_id(name, ED25519, key.as_bytes()),
            key,
        })
    }

    /// The name the key signs under; for a log, its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key itself.
    pub(crate) fn key_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// The key's id, which stands before each signature.
    pub(crate) fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Whether `signature` is of this key over `message` (strictly: canonical scalar, no small-order point).
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        verifies(&self.key, message, signature)
    }
}

/// Whether `signature` is of `key` over `message`, strictly.
pub(crate) fn verifies(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    Signature::from_slice(signature).is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
}

/// The id of a key: the start of SHA-256 over name, line feed, signature type and public key.
pub(crate) fn key_id(name: &str, kind: u8, key: &[u8; 32]) -> [u8; 4] {
    let digest = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', kind])
        .chain_update(key)
        .finalize();
    std::array::from_fn(|n| digest[n])
}

/// A signature line with its line feed.
pub(crate) fn signature_line(name: &str, id: [u8; 4], signature: &[u8]) -> String {
    format!(
        "{SIGNATURE_MARK}{name} {}\n",
        base64(&[&id[..], signature].concat())
    )
}

/// A vkey as text.
pub(crate) fn write_vkey(name: &str, kind: u8, key: &[u8; 32]) -> String {
    let typed = [&[kind][..], key].concat();
    format!("{name}+{}+{}", hex(&key_id(name, kind, key)), base64(&typed))
}

/// Reads a vkey of this signature type: its name and key.
pub(crate) fn read_vkey(vkey: &str, kind: u8) -> Result<(&str, VerifyingKey), KeyError> {
    let mut parts = vkey.splitn(3, '+');
    let (Some(name), Some(id), Some(typed)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Form);
    };
    let id: [u8; 4] = parse_hex(id).ok_or(KeyError::Form)?;
    let typed = parse_base64(typed).ok_or(KeyError::Form)?;
    let key = match typed.split_first() {
        Some((found, key)) if *found == kind => VerifyingKey::try_from(key).map_err(|_| KeyError::Key)?,
        Some(_) => return Err(KeyError::Type),
        None => return Err(KeyError::Form),
    };
    if !is_name(name) {
        return Err(KeyError::Name);
    }
    if key.is_weak() {
        return Err(KeyError::Key);
    }
    if key_id(name, kind, key.as_bytes()) == id {
        Ok((name, key))
    } else {
        Err(KeyError::Id)
    }
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&write_vkey(&self.name, ED25519, self.key.as_bytes()))
    }
}

impl std::str::FromStr for Verifier {
    type Err = KeyError;

    fn from_str(vkey: &str) -> Result<Self, KeyError> {
        let (name, key) = read_vkey(vkey, ED25519)?;
        Self::new(name, key)
    }
}

/// Why a text is not a usable vkey, or a name not a usable key name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// Not `<name>+<8 hexadecimal digits>+<base64>`.
    Form,
    /// The name is empty or has a space, a plus sign or a control character.
    Name,
    /// Not an Ed25519 key of the signature type that belongs here: 0x01 for a log, 0x04 for a witness.
    Type,
    /// The key bytes are not a point on the curve, or one of small order.
    Key,
    /// The key id does not belong to this name and key: a misprint.
    Id,
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Form => "not of the form <name>+<key id>+<base64 key>",
            Self::Name => "the key name is empty or contains a space, a plus sign or a control character",
            Self::Type => {
                "not an Ed25519 key of the signature type that belongs here (1 for a log, 4 for a witness)"
            }
            Self::Key => "the key is not a valid Ed25519 public key",
            Self::Id => "the key id does not belong to the name and key; the text was mistyped",
        })
    }
}

impl std::error::Error for KeyError {}

/// A note taken apart; nothing in it is to be believed before a signature is verified.
#[derive(Debug)]
pub(crate) struct Note<'a> {
    /// The signed text with its last line feed.
    text: &'a str,
    signatures: Vec<Line<'a>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Line<'a> {
    name: &'a str,
    id: [u8; 4],
    signature: Vec<u8>,
}

/// What the signature lines of a note say about one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signed {
    /// A line of this key, and it verifies.
    Yes,
    /// No line of this key.
    No,
    /// A line of this key that does not verify: the whole note is to be refused.
    Wrong,
}

impl<'a> Note<'a> {
    /// Takes a note apart, in memory bounded by its length; `Err` says what is wrong with its form.
    pub(crate) fn parse(note: &'a [u8]) -> Result<Self, &'static str> {
        if note.len() > MAX_NOTE_BYTES {
            return Err("the note is too long");
        }
        let note = std::str::from_utf8(note).map_err(|_| "the note is not UTF-8")?;
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err("the note contains a control character");
        }
        let blank = note.rfind("\n\n").ok_or("the note has no signatures")?;
        let (text, lines) = (&note[..=blank], &note[blank + 2..]);
        let lines = lines
            .strip_suffix('\n')
            .ok_or("the note does not end in a line feed")?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() == MAX_SIGNATURES {
                return Err("the note has more than 16 signatures");
            }
            let line = Line::parse(line).ok_or("a signature line of the note is not in its form")?;
            // Go's implementation keeps the first of two; a note we wrote never has two, so here it is damage.
            if signatures
                .iter()
                .any(|seen: &Line<'_>| (seen.name, seen.id) == (line.name, line.id))
            {
                return Err("two signatures of one key");
            }
            signatures.push(line);
        }
        Ok(Self { text, signatures })
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    pub(crate) fn signed_by(&self, verifier: &Verifier) -> Signed {
        match self.signature_of(&verifier.name, verifier.id) {
            None => Signed::No,
            Some(signature) if verifies(&verifier.key, self.text.as_bytes(), signature) => Signed::Yes,
            Some(_) => Signed::Wrong,
        }
    }

    /// What stands after the key id in the line of this key, unverified.
    pub(crate) fn signature_of(&self, name: &str, id: [u8; 4]) -> Option<&[u8]> {
        let line = self
            .signatures
            .iter()
            .find(|line| line.name == name && line.id == id);
        line.map(|line| &line.signature[..])
    }

    /// How many signature lines it has.
    pub(crate) fn signatures(&self) -> usize {
        self.signatures.len()
    }
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (name, keyed) = line.strip_prefix(SIGNATURE_MARK)?.split_once(' ')?;
        let keyed = parse_base64(keyed)?;
        let (id, signature) = keyed.split_first_chunk::<4>()?;
        (is_name(name) && !signature.is_empty()).then(|| Self {
            name,
            id: *id,
            signature: signature.to_vec(),
        })
    }
}

/// A key name: not empty, no Unicode space, no plus sign, no control character.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    // From the documentation of Go's golang.org/x/mod/sumdb/note, an independent implementation.
    const GO_VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\
        \n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn a_note_signed_by_another_implementation_verifies() {
        let key: Verifier = GO_VKEY.parse().unwrap();
        assert_eq!(key.to_string(), GO_VKEY);
        assert_eq!(key.name(), "PeterNeumann");
        assert_eq!(
            Note::parse(GO_NOTE.as_bytes()).unwrap().signed_by(&key),
            Signed::Yes
        );
        let altered = GO_NOTE.replace("answer", "Answer");
        assert_eq!(
            Note::parse(altered.as_bytes()).unwrap().signed_by(&key),
            Signed::Wrong
        );
    }

    #[test]
    fn what_is_signed_here_verifies_here() {
        let signer = Signer::from_seed("log.example/1", &[7; 32]).unwrap();
        let note = signer.sign("first\n\nthird\n");
        let parsed = Note::parse(note.as_bytes()).unwrap();
        assert_eq!(parsed.text(), "first\n\nthird\n");
        assert_eq!(parsed.signed_by(signer.verifier()), Signed::Yes);
        let other = Signer::from_seed("log.example/2", &[7; 32]).unwrap();
        assert_eq!(parsed.signed_by(other.verifier()), Signed::No);
        assert!(!format!("{signer:?}").contains("SigningKey"));
    }

    #[test]
    fn keys_that_are_not_keys() {
        let typed = |kind: u8, key: [u8; 32]| base64(&[&[kind][..], &key].concat());
        let good = Signer::from_seed("log", &[7; 32])
            .unwrap()
            .verifier()
            .key
            .to_bytes();
        for (vkey, error) in [
            ("log".to_owned(), KeyError::Form),
            ("log+00000000".to_owned(), KeyError::Form),
            ("log+0000000+AA==".to_owned(), KeyError::Form),
            (format!("log+00000000+{}", typed(1, good)), KeyError::Id),
            (format!("log+00000000+{}", typed(4, good)), KeyError::Type),
            (format!("log+00000000+{}", typed(1, [0; 32])), KeyError::Key),
            (format!("+00000000+{}", typed(1, good)), KeyError::Name),
            (format!("a log+00000000+{}", typed(1, good)), KeyError::Name),
            (GO_VKEY.replace("c74f", "C74F"), KeyError::Form),
            (GO_VKEY.replace("PeterN", "PeterM"), KeyError::Id),
        ] {
            assert_eq!(vkey.parse::<Verifier>(), Err(error), "{vkey}");
        }
        assert_eq!(Signer::from_seed("a+b", &[7; 32]).unwrap_err(), KeyError::Name);
    }

    #[test]
    fn notes_that_are_not_notes() {
        let line = GO_NOTE.lines().last().unwrap();
        let many = format!(
            "text\n\n{}",
            (0..17)
                .map(|n| line.replace("Neumann", &n.to_string()) + "\n")
                .collect::<String>()
        );
        for (note, error) in [
            ("text\n".to_owned(), "no signatures"),
            (format!("text\n\n{line}"), "line feed"),
            (format!("text\r\n\n{line}\n"), "control character"),
            (format!("text\n\n{line}\n{line}\n"), "two signatures"),
            (format!("text\n\n{line} \n"), "not in its form"),
            (format!("text\n\n{line}\nmore\n"), "not in its form"),
            ("text\n\n\u{2014} name AAAAAA\n".to_owned(), "not in its form"),
            (many, "more than 16"),
            (
                format!("text\n\n{}", "\u{2014} x AAAAAA==\n".repeat(1_000_000)),
                "too long",
            ),
        ] {
            let refused = Note::parse(note.as_bytes()).unwrap_err();
            assert!(refused.contains(error), "{refused} is not about {error}");
        }
        assert!(Note::parse(b"text\xff\n\n").is_err());
        assert!(Note::parse(b"").is_err());
    }

    #[test]
    fn sixteen_signatures_are_fine() {
        let line = GO_NOTE.lines().last().unwrap();
        let others: String = (0..15)
            .map(|n| line.replace("Neumann", &n.to_string()) + "\n")
            .collect();
        let key: Verifier = GO_VKEY.parse().unwrap();
        assert_eq!(
            Note::parse((GO_NOTE.to_owned() + &others).as_bytes())
                .unwrap()
                .signed_by(&key),
            Signed::Yes
        );
    }
}
