//! The invitation: a code on paper with which one signatory reaches one request for consent.
//!
//! The code is the only thing that proves who may answer, so it is long enough not to be guessed (75 random bits) and
//! short enough to be typed from a letter: four groups of four characters, of which the last is a check on the others.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::calendar;
use crate::pin::western;

/// How many days an invitation may be used. With it ends the time in which the request can be answered.
pub const VALID_DAYS: u16 = 28;

/// The instant from which an invitation of this moment can no longer be used.
pub fn valid_until(issued_at: Timestamp, zone: &TimeZone) -> Timestamp {
    calendar::add_days(issued_at, VALID_DAYS, zone)
}

/// Crockford's base32: no I, L, O (read as 1, 1, 0) and no U (so that chance spells fewer words).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 16;
/// Longer input is not a code in whatever spelling.
const LONGEST_SPELLING: usize = 64;

/// A 16-character invitation code. A secret: it prints nothing and is wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct InvitationCode([u8; LENGTH]);

/// What was typed is not an invitation code. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an invitation code")]
pub struct NotACode;

impl InvitationCode {
    /// Makes a code of random bytes: 75 of the 80 bits, five to a character, and the check character.
    pub fn from_random(random: &[u8; 10]) -> Self {
        let mut digits = [0; LENGTH];
        for (place, digit) in digits.iter_mut().take(LENGTH - 1).enumerate() {
            let bit = place * 5;
            let pair = u16::from_be_bytes([random[bit / 8], random.get(bit / 8 + 1).copied().unwrap_or(0)]);
            *digit = (pair >> (11 - bit % 8) & 0x1f) as u8;
        }
        digits[LENGTH - 1] = times_alpha(remainder(&digits[..LENGTH - 1]));
        Self(digits)
    }

    /// Reads what a person typed: upper or lower case, with or without spaces and hyphens, O for 0, I or L for 1.
    ///
    /// # Errors
    /// `NotACode` when it has another length, another character, or the check character does not fit.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        if text.len() > LONGEST_SPELLING {
            return Err(NotACode);
        }
        let mut code = Self([0; LENGTH]);
        let mut length = 0;
        for typed in text.chars().filter(|c| !c.is_whitespace() && !is_hyphen(*c)) {
            *code.0.get_mut(length).ok_or(NotACode)? = digit(typed).ok_or(NotACode)?;
            length += 1;
        }
        if length == LENGTH && remainder(&code.0) == 0 {
            Ok(code)
        } else {
            Err(NotACode)
        }
    }

    /// The sixteen characters without separators, the one spelling that may be hashed and compared.
    pub fn canonical(&self) -> [u8; LENGTH] {
        self.0.map(|digit| ALPHABET[usize::from(digit) & 31])
    }

    /// As it stands in the letter: `XXXX-XXXX-XXXX-XXXX`.
    pub fn grouped(&self) -> String {
        let mut text = String::with_capacity(LENGTH + 3);
        for (place, character) in self.canonical().into_iter().enumerate() {
            if place > 0 && place % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(character));
        }
        text
    }
}

impl fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationCode(..)")
    }
}

fn is_hyphen(c: char) -> bool {
    // The hyphen-minus, and what word processors and telephones make of it.
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn digit(typed: char) -> Option<u8> {
    let upper = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => western(other).map_or(other, char::from),
    };
    ALPHABET
        .iter()
        .position(|known| char::from(*known) == upper)
        .and_then(|place| u8::try_from(place).ok())
}

/// The digits as a polynomial over the field of 32 elements, evaluated at its generator. A code is right when this is
/// zero. Since the powers of the generator differ over these sixteen places, every wrong character and every exchange
/// of two different characters is found, and a sum of plain digits would miss the second.
fn remainder(digits: &[u8]) -> u8 {
    digits.iter().fold(0, |sum, digit| times_alpha(sum) ^ digit)
}

/// Multiplication by the generator in GF(2^5) with x^5 + x^2 + 1.
const fn times_alpha(element: u8) -> u8 {
    let shifted = element << 1;
    if shifted & 0x20 == 0 {
        shifted
    } else {
        (shifted ^ 0x25) & 0x1f
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_code_of_known_bytes_is_known() {
        assert_eq!(
            InvitationCode::from_random(&[0; 10]).grouped(),
            "0000-0000-0000-0000"
        );
        let code = InvitationCode::from_random(&[0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23]);
        assert_eq!(&code.canonical()[..15], b"04HMASW9NF6YY09");
    }

    #[test]
    fn a_code_prints_nothing() {
        assert_eq!(
            format!("{:?}", InvitationCode::from_random(&[9; 10])),
            "InvitationCode(..)"
        );
    }

    #[test]
    fn what_is_not_a_code_is_refused() {
        let good = InvitationCode::from_random(&[9; 10]).grouped();
        for wrong in [
            "",
            "-",
            "0000",
            "0000-0000-0000-000U",
            "0000-0000-0000-0001",
            "0000-0000-0000-0000-0",
        ] {
            assert!(InvitationCode::parse(wrong).is_err(), "{wrong}");
        }
        assert!(InvitationCode::parse(&format!("{good}{}", " ".repeat(100))).is_err());
    }

    #[test]
    fn a_code_works_for_28_days() {
        let zone = calendar::time_zone("Europe/Amsterdam").unwrap();
        let issued: Timestamp = "2027-03-12T10:00:00Z".parse().unwrap();
        let until = valid_until(issued, &zone);
        assert_eq!(until.to_string(), "2027-04-09T09:00:00Z");
    }

    proptest! {
        #[test]
        fn every_spelling_of_a_code_is_read_as_that_code(random: [u8; 10]) {
            let code = InvitationCode::from_random(&random);
            let grouped = code.grouped();
            let sloppy = grouped.to_lowercase().replace('0', "o").replace('1', "l").replace('-', " \u{2013} ");
            for spelling in [grouped.clone(), grouped.replace('-', ""), sloppy, grouped.replace('1', "I")] {
                prop_assert_eq!(InvitationCode::parse(&spelling).unwrap().canonical(), code.canonical());
            }
        }

        #[test]
        fn one_wrong_character_or_two_exchanged_are_found(random: [u8; 10], at in 0..16_usize, to in 0..32_usize, with in 0..16_usize) {
            let code = InvitationCode::from_random(&random).canonical();
            let mut wrong = code;
            wrong[at] = ALPHABET[to];
            let mut exchanged = code;
            exchanged.swap(at, with);
            for typed in [wrong, exchanged] {
                let text = String::from_utf8(typed.to_vec()).unwrap();
                prop_assert_eq!(InvitationCode::parse(&text).is_ok(), typed == code);
            }
        }
    }
}
