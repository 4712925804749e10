//! What two people read to each other by telephone, to know that a key is whose it is said to be.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::SealingKey;
use crate::id::OrganisationId;
use crate::text::{Invalid, text_value};

const LABEL: &[u8] = b"trefpunt/v1/sealing-key\0";
const GROUPS: usize = 6;

/// The fingerprint of an organisation's sealing key: six groups of five digits, the same on both sides.
///
/// Some 99 bits: who wants a key of its own to read as this one does has to try 10^30 of them. Two keys that read the same
/// are found after some 10^15 tries, which only lets an organisation show two keys of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyFingerprint([u32; GROUPS]);

impl KeyFingerprint {
    /// The fingerprint of a key, as this organisation's.
    pub fn of(organisation: OrganisationId, key: &SealingKey) -> Self {
        let hash = Sha256::new_with_prefix(LABEL)
            .chain_update(organisation.0)
            .chain_update(key.as_bytes())
            .finalize();
        let mut groups = [0; GROUPS];
        for (group, bytes) in groups.iter_mut().zip(hash.chunks_exact(5)) {
            // Digit by digit of base 256, so that no number outgrows its type.
            *group = bytes
                .iter()
                .fold(0, |sum, byte| (sum * 256 + u32::from(*byte)) % 100_000);
        }
        Self(groups)
    }
}

impl fmt::Display for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, group) in self.0.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{group:05}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for KeyFingerprint {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        const WHAT: Invalid = Invalid {
            what: "fingerprint: six groups of five digits",
        };
        let mut groups = [0; GROUPS];
        let mut words = text.split(' ');
        for group in &mut groups {
            let word = words.next().ok_or(WHAT)?;
            if word.len() != 5 || !word.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(WHAT);
            }
            *group = word.parse().map_err(|_| WHAT)?;
        }
        match words.next() {
            None => Ok(Self(groups)),
            Some(_) => Err(WHAT),
        }
    }
}

text_value!(
    KeyFingerprint,
    name: "KeyFingerprint",
    description: "What both sides of a telephone read for one sealing key: six groups of five digits",
    example: "36842 01977 58120 90311 44605 27758",
    pattern: "^[0-9]{5}( [0-9]{5}){5}$"
);

#[cfg(test)]
mod tests {
    use super::*;

    fn of(organisation: u8, key: u8) -> KeyFingerprint {
        KeyFingerprint::of(
            OrganisationId([organisation; 16]),
            &SealingKey::from_bytes([key; 32]),
        )
    }

    #[test]
    fn a_fingerprint_is_of_one_key_of_one_organisation() {
        assert_eq!(of(3, 7), of(3, 7));
        assert_ne!(of(3, 7), of(4, 7));
        assert_ne!(of(3, 7), of(3, 8));
    }

    /// Group by group from the hash, as the description has it.
    #[test]
    fn groups_are_five_bytes_each() {
        let hash = Sha256::digest([LABEL, &[3; 16], &[7; 32]].concat());
        let mut expected = Vec::new();
        for at in 0..6 {
            let mut wide = [0; 8];
            wide[3..].copy_from_slice(&hash[5 * at..5 * at + 5]);
            expected.push(format!("{:05}", u64::from_be_bytes(wide) % 100_000));
        }
        assert_eq!(of(3, 7).to_string(), expected.join(" "));
    }

    #[test]
    fn a_fingerprint_has_one_spelling() {
        let text = "00000 00001 99999 12345 67890 00100";
        assert_eq!(text.parse::<KeyFingerprint>().unwrap().to_string(), text);
        for other in [
            "",
            "00000 00001 99999 12345 67890",
            "00000 00001 99999 12345 67890 00100 00000",
            "00000 00001 99999 12345 67890 0010",
            "00000 00001 99999 12345 67890 +0100",
            "00000  00001 99999 12345 67890 00100",
            "00000-00001-99999-12345-67890-00100",
            " 00000 00001 99999 12345 67890 00100",
        ] {
            assert!(other.parse::<KeyFingerprint>().is_err(), "{other:?}");
        }
    }
}
