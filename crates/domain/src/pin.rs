//! The PIN that a reader chooses beside their return key: six digits, which they alone know.
//!
//! The return key has 75 random bits and stands on paper; the PIN is what a found paper does not have. Six digits are one of
//! a million, so wrong ones are counted ([`WRONG_TRIES_AN_HOUR`]), in buckets of return keys that say nothing of anybody.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// How many digits.
const LENGTH: usize = 6;

/// Those that are tried first, besides six times the same digit.
const TRIVIAL: [&[u8; LENGTH]; 2] = [b"123456", b"654321"];

/// How many wrong PINs may be typed in an hour, in one bucket.
pub const WRONG_TRIES_AN_HOUR: u8 = 10;

/// How many bits of a return key's hash name its bucket.
pub const BUCKET_BITS: u32 = 12;

/// Six digits. A secret: it prints nothing and is wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Pin([u8; LENGTH]);

/// Why this can be no PIN. The digits are not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPin {
    /// It is not six digits.
    #[error("not six digits")]
    NotSixDigits,
    /// It is one that is tried first.
    #[error("too easy to guess")]
    TooEasy,
}

impl Pin {
    /// Reads a PIN that somebody chooses.
    ///
    /// # Errors
    /// [`NotAPin`].
    pub fn choose(text: &str) -> Result<Self, NotAPin> {
        let pin = Self::read(text).ok_or(NotAPin::NotSixDigits)?;
        let alike = pin.0.iter().all(|digit| *digit == pin.0[0]);
        if alike || TRIVIAL.contains(&&pin.0) {
            return Err(NotAPin::TooEasy);
        }
        Ok(pin)
    }

    /// Reads a PIN that somebody has, in western or Arabic digits and with spaces between them; none when it cannot be one.
    pub fn read(text: &str) -> Option<Self> {
        let mut pin = Self([0; LENGTH]);
        let mut length = 0;
        for typed in text.chars().filter(|c| !c.is_whitespace()) {
            *pin.0.get_mut(length)? = western(typed)?;
            length += 1;
        }
        (length == LENGTH).then_some(pin)
    }

    /// The digits, to be hashed together with the return key.
    pub fn digits(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// The digit that a keyboard in Arabic, Persian or Urdu writes, as an ASCII digit.
pub(crate) fn western(typed: char) -> Option<u8> {
    let value = match typed {
        '0'..='9' => u32::from(typed) - u32::from('0'),
        '\u{660}'..='\u{669}' => u32::from(typed) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(typed) - 0x6f0,
        _ => return None,
    };
    u8::try_from(value).ok().map(|value| b'0' + value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_six_digits_that_are_not_tried_first() {
        for good in ["123457", "000001", " 90 21 04 ", "١٢٣٤٥٧", "۹۰۲۱۰۴"] {
            assert!(Pin::choose(good).is_ok(), "{good}");
        }
        for (wrong, why) in [
            ("", NotAPin::NotSixDigits),
            ("12345", NotAPin::NotSixDigits),
            ("1234567", NotAPin::NotSixDigits),
            ("12345a", NotAPin::NotSixDigits),
            ("12-34-56", NotAPin::NotSixDigits),
            ("000000", NotAPin::TooEasy),
            ("777777", NotAPin::TooEasy),
            ("123456", NotAPin::TooEasy),
            ("654321", NotAPin::TooEasy),
            ("١٢٣٤٥٦", NotAPin::TooEasy),
        ] {
            assert_eq!(Pin::choose(wrong).unwrap_err(), why, "{wrong}");
        }
    }

    #[test]
    fn a_pin_is_the_same_in_every_digit_and_prints_nothing() {
        let western = Pin::read("902104").unwrap();
        assert_eq!(western.digits(), Pin::read("٩٠٢ ١٠٤").unwrap().digits());
        // One that may not be chosen any more may still be typed: it opens nothing.
        assert!(Pin::read("123456").is_some());
        assert_eq!(format!("{western:?}"), "Pin(..)");
    }
}
