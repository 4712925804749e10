//! Receipts: the log's signed promise, given with every acknowledged change, that a leaf will stand in the log by a
//! certain time. A Merkle log cannot show what was left out of it; a receipt whose leaf is missing can.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use crate::checkpoint::LogSigner;
use crate::entry::{Entry, EntryError, MAX_LEAF_BYTES};
use crate::note::Verifier;
use crate::policy::Policy;
use crate::text::base64;
use crate::tree::{Hash, leaf_hash};

/// The first byte of every receipt: which form this is.
const FORM: u8 = 1;
/// Form, key id, seconds since 1970, signature; then the leaf.
const HEAD_BYTES: usize = 1 + 4 + 8 + 64;
/// The longest receipt as text, in bytes.
pub const MAX_RECEIPT_BYTES: usize = (HEAD_BYTES + MAX_LEAF_BYTES).div_ceil(3) * 4;

/// One receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    key: [u8; 4],
    promised_by: i64,
    signature: [u8; 64],
    leaf: Vec<u8>,
}

impl Receipt {
    /// The promise that `leaf` will stand in the log of `log` by `promised_by`, cut to the second.
    ///
    /// # Errors
    /// [`ReceiptError`] when the bytes are no leaf, or the time is before 1970.
    pub fn sign(log: &LogSigner, leaf: &[u8], promised_by: Timestamp) -> Result<Self, ReceiptError> {
        Entry::parse(leaf).map_err(ReceiptError::Leaf)?;
        Self::sign_own(log, leaf, promised_by)
    }

    /// As [`Receipt::sign`], for a leaf that the caller wrote itself and need not be looked at again.
    ///
    /// # Errors
    /// [`ReceiptError::Form`] when the time is before 1970.
    pub fn sign_own(log: &LogSigner, leaf: &[u8], promised_by: Timestamp) -> Result<Self, ReceiptError> {
        let promised_by = promised_by.as_second();
        if promised_by < 0 {
            return Err(ReceiptError::Form);
        }
        Ok(Self {
            key: log.verifier().id(),
            promised_by,
            signature: log.sign_bytes(message(log.origin(), &leaf_hash(leaf), promised_by).as_bytes()),
            leaf: leaf.to_vec(),
        })
    }

    /// The leaf promised, as bytes.
    #[must_use]
    pub fn leaf(&self) -> &[u8] {
        &self.leaf
    }

    /// The hash under which the leaf will stand in the tree.
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        leaf_hash(&self.leaf)
    }

    /// By when it will.
    #[must_use]
    pub fn promised_by(&self) -> Timestamp {
        Timestamp::from_second(self.promised_by).unwrap_or(Timestamp::MAX)
    }

    /// The receipt in unpadded base64url.
    #[must_use]
    pub fn to_text(&self) -> String {
        let seconds = self.promised_by.to_be_bytes();
        URL_SAFE_NO_PAD.encode([&[FORM][..], &self.key, &seconds, &self.signature, &self.leaf].concat())
    }

    /// Reads what [`Receipt::to_text`] wrote; one line feed may follow, as in a file. Believe it after
    /// [`Receipt::trusted`].
    ///
    /// # Errors
    /// [`ReceiptError::Form`] or [`ReceiptError::Leaf`].
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        if text.len() > MAX_RECEIPT_BYTES {
            return Err(ReceiptError::Form);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ReceiptError::Form)?;
        let rest = bytes.strip_prefix(&[FORM]).ok_or(ReceiptError::Form)?;
        let (key, rest) = rest.split_first_chunk::<4>().ok_or(ReceiptError::Form)?;
        let (seconds, rest) = rest.split_first_chunk::<8>().ok_or(ReceiptError::Form)?;
        let (signature, leaf) = rest.split_first_chunk::<64>().ok_or(ReceiptError::Form)?;
        let promised_by = i64::from_be_bytes(*seconds);
        if promised_by < 0 || Timestamp::from_second(promised_by).is_err() {
            return Err(ReceiptError::Form);
        }
        Entry::parse(leaf).map_err(ReceiptError::Leaf)?;
        Ok(Self {
            key: *key,
            promised_by,
            signature: *signature,
            leaf: leaf.to_vec(),
        })
    }

    /// Whether it was signed by this log.
    #[must_use]
    pub fn verify(&self, log: &Verifier) -> bool {
        let message = message(log.name(), &self.leaf_hash(), self.promised_by);
        log.id() == self.key && log.verifies(message.as_bytes(), &self.signature)
    }

    /// The log of the policy that signed it.
    ///
    /// # Errors
    /// [`ReceiptError::Untrusted`] when none did.
    pub fn trusted<'a>(&self, policy: &'a Policy) -> Result<&'a Verifier, ReceiptError> {
        let log = policy.logs().iter().find(|log| self.verify(log));
        log.ok_or(ReceiptError::Untrusted)
    }
}

/// What the log signs: four lines, so that it can never be taken for a checkpoint, which has three.
fn message(origin: &str, leaf: &Hash, promised_by: i64) -> String {
    format!("trefpunt/v1/receipt\n{origin}\n{}\n{promised_by}\n", base64(leaf))
}

/// Why a receipt is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptError {
    /// Not a receipt in its one form.
    Form,
    /// What it promises is not a leaf.
    Leaf(EntryError),
    /// No log of the policy signed it.
    Untrusted,
}

impl std::fmt::Display for ReceiptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Form => f.write_str("not a receipt in its one form"),
            Self::Leaf(why) => write!(f, "the receipt does not hold a leaf: {why}"),
            Self::Untrusted => f.write_str("no log of the policy signed the receipt"),
        }
    }
}

impl std::error::Error for ReceiptError {}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAF: &str = concat!(
        r#"{"v":1,"id":"000102030405060708090a0b0c0d0e0f","t":"2027-03-01T09:00:00.000000Z","e":"match.viewed","#,
        r#""org":null,"sub":"m_11111111111111111111111111111111","rel":[],"from":null,"to":null,"due":null,"#,
        r#""until":null,"c":null}"#
    );

    fn log() -> LogSigner {
        LogSigner::from_seed("log.example", &[1; 32]).unwrap()
    }

    fn receipt() -> Receipt {
        Receipt::sign(&log(), LEAF.as_bytes(), "2027-03-01T09:01:00Z".parse().unwrap()).unwrap()
    }

    #[test]
    fn signed_written_read_and_believed() {
        let text = receipt().to_text();
        let read = Receipt::parse(&format!("{text}\n")).unwrap();
        assert_eq!(read, receipt());
        assert_eq!(read.leaf(), LEAF.as_bytes());
        assert_eq!(read.promised_by(), "2027-03-01T09:01:00Z".parse().unwrap());
        let policy = Policy::parse(Policy::text_for(log().verifier()).as_bytes()).unwrap();
        assert_eq!(read.trusted(&policy), Ok(log().verifier()));
        for (origin, seed) in [("log.example", 2), ("other.example", 1)] {
            let other = LogSigner::from_seed(origin, &[seed; 32]).unwrap();
            assert!(!read.verify(other.verifier()));
            let policy = Policy::parse(Policy::text_for(other.verifier()).as_bytes()).unwrap();
            assert_eq!(read.trusted(&policy), Err(ReceiptError::Untrusted));
        }
    }

    #[test]
    fn no_byte_of_it_can_change() {
        let bytes = URL_SAFE_NO_PAD.decode(receipt().to_text()).unwrap();
        for at in 0..bytes.len() {
            for bit in [0x01, 0x10, 0x80] {
                let mut changed = bytes.clone();
                changed[at] ^= bit;
                let read = Receipt::parse(&URL_SAFE_NO_PAD.encode(&changed));
                assert!(
                    read.is_err() || !read.unwrap().verify(log().verifier()),
                    "byte {at}"
                );
            }
            assert!(Receipt::parse(&URL_SAFE_NO_PAD.encode(&bytes[..at])).is_err());
        }
        let text = receipt().to_text();
        for other in [
            format!("{text}="),
            format!("{text}\n\n"),
            format!(" {text}"),
            "A".repeat(6000),
        ] {
            assert!(Receipt::parse(&other).is_err());
        }
    }

    #[test]
    fn only_leaves_are_promised() {
        let noon = "2027-03-01T12:00:00Z".parse().unwrap();
        assert!(matches!(
            Receipt::sign(&log(), b"{}", noon),
            Err(ReceiptError::Leaf(_))
        ));
        assert_eq!(
            Receipt::sign(&log(), LEAF.as_bytes(), Timestamp::MIN),
            Err(ReceiptError::Form)
        );
    }
}
