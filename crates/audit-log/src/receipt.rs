//! Receipts: the log's signed promise, given with every acknowledged change, that a leaf will stand in the log by a
//! certain time. A Merkle log cannot show what was left out of it; a receipt whose leaf is missing can.

mod place;

pub use place::{PLACES, Place, lay_out};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use crate::checkpoint::LogSigner;
use crate::entry::{Entry, EntryError, MAX_LEAF_BYTES};
use crate::note::Verifier;
use crate::policy::Policy;
use crate::text::base64;
use crate::tree::{Hash, leaf_hash};
use place::{MAX_LEVELS, Path};

/// The first byte of every receipt: which form this is.
const FORM: u8 = 1;
/// Form, key id, seconds since 1970, signature, levels of the path, place of the leaf; then the path and the leaf.
const HEAD_BYTES: usize = 1 + 4 + 8 + 64 + 1 + 2;
/// The longest receipt as text, in bytes.
pub const MAX_RECEIPT_BYTES: usize = (HEAD_BYTES + 32 * MAX_LEVELS + MAX_LEAF_BYTES).div_ceil(3) * 4;

/// One receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    key: [u8; 4],
    promised_by: i64,
    signature: [u8; 64],
    path: Path,
    leaf: Vec<u8>,
}

impl Receipt {
    /// The promise that `leaf` will stand in the log of `log` by `promised_by`, cut to the second.
    ///
    /// # Errors
    /// [`ReceiptError`] when the bytes are no leaf, or the time is before 1970.
    pub fn sign(log: &LogSigner, leaf: &[u8], promised_by: Timestamp) -> Result<Self, ReceiptError> {
        Entry::parse(leaf).map_err(ReceiptError::Leaf)?;
        Self::sign_own(log, leaf, None, promised_by)
    }

    /// As [`Receipt::sign`], for a leaf that the caller wrote itself and need not be looked at again; with others under one
    /// signature where it has a place among them.
    ///
    /// # Errors
    /// [`ReceiptError::Form`] when the time is before 1970.
    pub fn sign_own(
        log: &LogSigner,
        leaf: &[u8],
        place: Option<&Place>,
        promised_by: Timestamp,
    ) -> Result<Self, ReceiptError> {
        let promised_by = promised_by.as_second();
        if promised_by < 0 {
            return Err(ReceiptError::Form);
        }
        Ok(Self {
            key: log.verifier().id(),
            promised_by,
            signature: match place {
                Some(place) => place.signature(log, promised_by),
                None => sign(log, &leaf_hash(leaf), promised_by),
            },
            path: place.map(|place| place.path.clone()).unwrap_or_default(),
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
        let path = self.path.to_bytes();
        let parts = [
            &[FORM][..],
            &self.key,
            &seconds,
            &self.signature,
            &path,
            &self.leaf,
        ];
        URL_SAFE_NO_PAD.encode(parts.concat())
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
        let (signature, rest) = rest.split_first_chunk::<64>().ok_or(ReceiptError::Form)?;
        let (path, leaf) = Path::split(rest).ok_or(ReceiptError::Form)?;
        let promised_by = i64::from_be_bytes(*seconds);
        if promised_by < 0 || Timestamp::from_second(promised_by).is_err() {
            return Err(ReceiptError::Form);
        }
        Entry::parse(leaf).map_err(ReceiptError::Leaf)?;
        Ok(Self {
            key: *key,
            promised_by,
            signature: *signature,
            path,
            leaf: leaf.to_vec(),
        })
    }

    /// Whether it was signed by this log.
    #[must_use]
    pub fn verify(&self, log: &Verifier) -> bool {
        let root = self.path.root(&self.leaf_hash());
        let message = message(log.name(), &root, self.promised_by);
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

fn sign(log: &LogSigner, root: &Hash, promised_by: i64) -> [u8; 64] {
    log.sign_bytes(message(log.origin(), root, promised_by).as_bytes())
}

/// What the log signs: four lines, so that it can never be taken for a checkpoint, which has three. The root is that of
/// the leaves promised: the hash of the leaf itself where it is one.
fn message(origin: &str, root: &Hash, promised_by: i64) -> String {
    format!("trefpunt/v1/receipt\n{origin}\n{}\n{promised_by}\n", base64(root))
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

    /// Receipts of leaves that were acknowledged together.
    fn together() -> Vec<Receipt> {
        let leaves: Vec<String> = (0..3)
            .map(|n| LEAF.replace("0001020", &format!("{n}001020")))
            .collect();
        let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf.as_bytes())).collect();
        let places = lay_out(&hashes, |bytes| bytes.fill(3));
        let by = "2027-03-01T09:01:00Z".parse().unwrap();
        let each = leaves.iter().zip(&places);
        each.map(|(leaf, place)| Receipt::sign_own(&log(), leaf.as_bytes(), Some(place), by).unwrap())
            .collect()
    }

    #[test]
    fn one_signature_promises_several() {
        let receipts = together();
        for receipt in &receipts {
            assert_eq!(receipt.signature, receipts[0].signature);
            let read = Receipt::parse(&receipt.to_text()).unwrap();
            assert_eq!(read, *receipt);
            assert!(read.verify(log().verifier()));
            // Given again from what was kept, it is the same.
            let place = Place::from_bytes(&receipt.path.to_bytes(), &receipt.leaf_hash());
            let again = Receipt::sign_own(&log(), receipt.leaf(), place.as_ref(), receipt.promised_by());
            assert_eq!(again.unwrap(), *receipt);
        }
        let later = "2027-03-01T09:02:00Z".parse().unwrap();
        let hash = receipts[0].leaf_hash();
        let places = lay_out(&[hash], |bytes| bytes.fill(3));
        for by in [receipts[0].promised_by(), later] {
            let receipt = Receipt::sign_own(&log(), receipts[0].leaf(), places.first(), by).unwrap();
            assert!(receipt.verify(log().verifier()), "a signature is for one time");
        }
    }

    #[test]
    fn another_leaf_is_not_promised_by_the_signature_of_its_neighbours() {
        let receipts = together();
        let other = LEAF.replace("0001020", "9001020");
        for (path, leaf) in [
            (receipts[0].path.clone(), other.as_bytes()),
            (receipts[0].path.clone(), receipts[1].leaf()),
            (Path::default(), receipts[0].leaf()),
            (Path::default(), other.as_bytes()),
        ] {
            let forged = Receipt {
                path,
                leaf: leaf.to_vec(),
                ..receipts[0].clone()
            };
            assert!(!forged.verify(log().verifier()));
        }
    }

    #[test]
    fn no_byte_of_it_can_change() {
        no_byte_can_change(&receipt());
        no_byte_can_change(&together()[1]);
    }

    fn no_byte_can_change(receipt: &Receipt) {
        let bytes = URL_SAFE_NO_PAD.decode(receipt.to_text()).unwrap();
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
        let text = receipt.to_text();
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
