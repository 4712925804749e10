//! The mistakes that are known, and the search for those that explain a token.
//!
//! A token is made in six steps, and each can go wrong in ways of its own: the canonical value, the epoch, the kind, how
//! they are laid out, what is taken for the key, and the MAC. Up to two of them are tried at once.

mod layout;
mod value;

use identifiers::{Identifier, Kind};
use zeroize::Zeroizing;

use self::layout::{LAYOUTS, MACS, hmac_sha256, keys, right_layout};
use self::value::values;

/// A way to make a wrong token.
#[derive(Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Its stable name.
    pub code: &'static str,
    /// What is wrong and what is right.
    pub says: &'static str,
}

/// Declares mistakes, so that each is told in one place.
macro_rules! mistakes {
    ($($name:ident $code:literal $says:literal)*) => {
        $(pub(super) static $name: Mistake = Mistake { code: $code, says: $says };)*
        /// Every mistake that is known.
        #[cfg(test)]
        pub(super) static ALL: &[&Mistake] = &[$(&$name),*];
    };
}

mistakes! {
    // the value of a BSN
    NOT_PADDED "not-padded" "a BSN of eight digits gets a 0 in front, so that there are nine"
    SEPARATORS_KEPT "separators-kept" "spaces, dots and dashes of a BSN are taken away before it is hashed"
    NUMBER_NOT_TEXT "number-not-text" "a BSN is hashed as nine ASCII digits, not as a binary number"
    LINE_FEED "line-feed" "the value has no line feed at its end"
    ZERO_TERMINATED "zero-terminated" "the value has no zero byte at its end"
    UTF_16 "utf-16" "the value is hashed as ASCII, one byte for each character"
    // the value of a service key
    CASE_KEPT "case-kept" "a surname is hashed in lower case"
    SEX_NOT_CANONICAL "sex-not-canonical" "sex is hashed as m, v or o in lower case; f is v and x is o"
    DIACRITICS_KEPT "diacritics-kept" "a surname is hashed without diacritics, as a-z and single spaces"
    LETTERS_DROPPED "letters-dropped" "a letter with a diacritic becomes the letter without it and is not left out"
    UMLAUT_SPELLED_OUT "umlaut-spelled-out" "an umlaut becomes the letter without it: u, not ue"
    PUNCTUATION "punctuation" "a hyphen becomes one space and an apostrophe nothing; spaces stay"
    DATE_WITH_DASHES "date-with-dashes" "a birth date is hashed as YYYYMMDD"
    SEPARATOR_NOT_1F "separator-not-1f" "the fields of a service key are joined by the byte 1F"
    NOT_CANONICAL "not-canonical" "the service key is hashed as it was written, not in its canonical form"
    // the numbers
    WRONG_EPOCH "wrong-epoch" "the token was made for another epoch"
    WRONG_KIND "wrong-kind" "the token was made with the byte of another kind"
    KIND_AS_TEXT "kind-as-text" "the kind is a byte, not its name or its digits"
    EPOCH_AS_TEXT "epoch-as-text" "the epoch is two bytes, not its digits"
    // the layout
    LITTLE_ENDIAN_EPOCH "little-endian-epoch" "the epoch is big-endian: 00 01 for the first"
    LITTLE_ENDIAN_LENGTH "little-endian-length" "the length is big-endian: 00 09 for a BSN"
    LITTLE_ENDIAN "little-endian" "epoch and length are big-endian"
    MISSING_ZERO "missing-zero" "a zero byte follows the label trefpunt/v1/ident"
    ZERO_AS_TEXT "zero-as-text" "after the label comes a zero byte, not a backslash and a digit"
    MISSING_LENGTH "missing-length" "the length of the value goes before the value, in two bytes"
    SHORT_LENGTH "length-of-one-byte" "the length of the value has two bytes, not one"
    LONG_LENGTH "length-of-four-bytes" "the length of the value has two bytes, not four"
    MISSING_KIND "missing-kind" "the byte of the kind goes between epoch and length"
    MISSING_EPOCH "missing-epoch" "the epoch goes after the label, in two bytes"
    LONG_EPOCH "epoch-of-four-bytes" "the epoch has two bytes, not four"
    KIND_FIRST "kind-before-epoch" "the epoch goes before the kind"
    MISSING_LABEL "missing-label" "the label trefpunt/v1/ident and a zero byte go first"
    VALUE_ALONE "value-alone" "label, epoch, kind and length go before the value"
    // the key
    KEY_AS_TEXT "key-as-text" "the key is the 32 bytes that the key file's text decodes to, not the text"
    KEY_AS_TEXT_LINE "key-as-text-with-line-feed" "the key is the 32 bytes that the key file's text decodes to, not the text and its line feed"
    KEY_AS_HEX "key-as-hex" "the key is 32 bytes, not their 64 hexadecimal digits"
    // the MAC
    SWAPPED "key-and-message-swapped" "the network's secret is the key of the HMAC and the ident its message"
    PLAIN_HASH "no-hmac" "the token is an HMAC, not a hash of key and message joined"
    NO_KEY "no-key" "the token is an HMAC under the network's secret, not a hash of the message"
    OTHER_HASH "not-sha-256" "the hash of the HMAC is SHA-256"
    // the text
    HEX "hex" "a token travels as unpadded base64url, not as hexadecimal digits"
    HEX_IN_BASE64 "hex-in-base64" "base64url is taken of the 32 bytes, not of their hexadecimal digits"
    PADDED "padded-base64" "a token travels without the = at its end"
    STANDARD_BASE64 "standard-base64" "a token travels in the alphabet of base64url, with - and _ in place of + and /"
    WHITESPACE "whitespace" "a token has no space or line feed around it"
    NOT_CANONICAL_BASE64 "non-canonical-base64" "the last character carries bits that are not zero; there is one spelling"
    SHORTENED "shortened" "a token is 32 bytes and never shortened"
}

/// What a token should be made of.
pub struct Right<'a> {
    pub kind: Kind,
    pub identifier: &'a Identifier,
    /// The identifier as it was written.
    pub raw: &'a str,
    pub epoch: u16,
    pub secret: &'a [u8; 32],
}

/// The mistakes that together explain a token, and the epoch it was made for when it was another.
#[derive(Debug, PartialEq, Eq)]
pub struct Explanation {
    pub mistakes: Vec<&'static Mistake>,
    pub epoch: Option<u32>,
}

/// A way to do one step: the right one has no mistake.
type Way<T> = (Option<&'static Mistake>, T);
type Bytes = Zeroizing<Vec<u8>>;

/// The epochs that are tried when nothing else explains a token.
const EPOCHS: u32 = 1024;

/// The fewest known mistakes that make `token` (32 bytes, or a beginning of them) of what it should be made of.
pub fn explain(right: &Right<'_>, token: &[u8]) -> Option<Explanation> {
    let ways = Ways::of(right);
    (0..=2)
        .find_map(|mistakes| ways.search(token, mistakes))
        .or_else(|| ways.search_epochs(token))
}

struct Ways {
    values: Vec<Way<Bytes>>,
    epochs: Vec<Way<u32>>,
    kinds: Vec<Way<Vec<u8>>>,
    keys: Vec<Way<Bytes>>,
}

impl Ways {
    fn of(right: &Right<'_>) -> Self {
        let epoch = u32::from(right.epoch);
        let mut epochs = vec![(None, epoch)];
        epochs.extend([epoch + 1, epoch - 1].map(|other| (Some(&WRONG_EPOCH), other)));
        let code = right.kind.code();
        let mut kinds = vec![(None, vec![code])];
        let others = Kind::ALL.into_iter().filter(|kind| *kind != right.kind);
        kinds.extend(others.map(|kind| (Some(&WRONG_KIND), vec![kind.code()])));
        for text in [
            right.kind.name().to_owned(),
            code.to_string(),
            format!("{code:02x}"),
        ] {
            kinds.push((Some(&KIND_AS_TEXT), text.into_bytes()));
        }
        Self {
            values: values(right),
            epochs,
            kinds,
            keys: keys(right.secret),
        }
    }

    /// Every combination with exactly this many mistakes.
    fn search(&self, token: &[u8], mistakes: usize) -> Option<Explanation> {
        for (in_value, value) in &self.values {
            for (in_epoch, epoch) in &self.epochs {
                for (in_kind, kind) in &self.kinds {
                    let count = [in_value, in_epoch, in_kind].into_iter().flatten().count();
                    if count > mistakes {
                        continue;
                    }
                    for (in_layout, layout) in LAYOUTS {
                        let message = layout(*epoch, kind, value);
                        for (in_key, key) in &self.keys {
                            for (in_mac, mac) in MACS {
                                let made_with =
                                    [*in_value, *in_epoch, *in_kind, *in_layout, *in_key, *in_mac];
                                let made_with: Vec<_> = made_with.into_iter().flatten().collect();
                                if made_with.len() == mistakes && mac(key, &message).starts_with(token) {
                                    return Some(Explanation {
                                        epoch: in_epoch.map(|_| *epoch),
                                        mistakes: made_with,
                                    });
                                }
                            }
                        }
                    }
                }
            }
        }
        None
    }

    fn search_epochs(&self, token: &[u8]) -> Option<Explanation> {
        let ((_, value), (_, kind), (_, key)) =
            (self.values.first()?, self.kinds.first()?, self.keys.first()?);
        (0..EPOCHS)
            .find(|epoch| hmac_sha256(key, &right_layout(*epoch, kind, value)).starts_with(token))
            .map(|epoch| Explanation {
                mistakes: vec![&WRONG_EPOCH],
                epoch: Some(epoch),
            })
    }
}
