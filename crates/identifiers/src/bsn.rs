//! The citizen service number (burgerservicenummer, BSN).

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{identifier::InvalidIdentifier, opaque::opaque_bytes};

pub use crate::raw_bsn::contains_raw_bsn;

opaque_bytes! {
    /// Nine ASCII digits.
    Digits, 9
}

/// A BSN, parsed. `Debug` shows no digit; comparison takes constant time; the digits are wiped on drop.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Bsn(Digits);

impl Bsn {
    /// Parses a BSN as people and systems write it: 9 digits, or 8 with the leading zero left out, with spaces,
    /// dots and dashes anywhere between them.
    ///
    /// # Errors
    /// Says which rule failed and never with what value.
    pub fn parse(raw: &str) -> Result<Self, InvalidIdentifier> {
        let mut digits = Zeroizing::new([b'0'; 9]);
        let mut count = 0_usize;
        for character in raw.chars() {
            match character {
                '0'..='9' => {
                    if let Some(place) = digits.get_mut(count) {
                        *place = character as u8;
                    }
                    count = count.saturating_add(1);
                }
                ' ' | '.' | '-' => {}
                _ => return Err(InvalidIdentifier::UnexpectedCharacter),
            }
        }
        match count {
            0 => return Err(InvalidIdentifier::Empty),
            8 => digits.rotate_right(1), // the ninth place still holds the '0' it began with
            9 => {}
            _ => return Err(InvalidIdentifier::WrongLength),
        }
        if digits.iter().all(|digit| *digit == b'0') {
            return Err(InvalidIdentifier::AllZero);
        }
        if !passes_eleven_test(&digits) {
            return Err(InvalidIdentifier::FailsElevenTest);
        }
        Ok(Self(Digits::from_bytes(*digits)))
    }

    /// The nine ASCII digits that are hashed. Not public: a BSN leaves this crate only as a token.
    pub(crate) const fn as_digits(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl core::fmt::Debug for Bsn {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Bsn(..)")
    }
}

/// Whether the number is a possible BSN: weights 9 8 7 6 5 4 3 2 -1, the sum a multiple of 11.
/// (Besluit BSN; the "elfproef" of the Rijksdienst voor Identiteitsgegevens.)
fn passes_eleven_test(digits: &[u8; 9]) -> bool {
    const WEIGHTS: [i32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let mut sum: i32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| i32::from(digit - b'0') * weight)
        .sum();
    let passes = sum % 11 == 0;
    sum.zeroize();
    passes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn eight_digits_and_separators_mean_the_same_number() {
        let expected = Bsn::parse("012345672").unwrap();
        for written in [
            "12345672",
            "0123.45.672",
            " 123-456-72 ",
            "1 2 3 4 5 6 7 2",
            "012345672",
        ] {
            assert_eq!(Bsn::parse(written), Ok(expected.clone()));
        }
        assert_eq!(expected.as_digits(), b"012345672");
    }

    #[test]
    fn every_wrong_number_is_told_its_rule_and_not_its_value() {
        for (raw, error) in [
            ("", InvalidIdentifier::Empty),
            (" .-", InvalidIdentifier::Empty),
            ("1234567", InvalidIdentifier::WrongLength),
            ("1234567823", InvalidIdentifier::WrongLength),
            ("00123456782", InvalidIdentifier::WrongLength),
            ("000000000", InvalidIdentifier::AllZero),
            ("00000000", InvalidIdentifier::AllZero),
            ("123456789", InvalidIdentifier::FailsElevenTest),
            ("12345678x", InvalidIdentifier::UnexpectedCharacter),
            ("123456782\n", InvalidIdentifier::UnexpectedCharacter),
            ("123,456,782", InvalidIdentifier::UnexpectedCharacter),
            ("１２３４５６７８２", InvalidIdentifier::UnexpectedCharacter),
            ("123\u{a0}456782", InvalidIdentifier::UnexpectedCharacter),
        ] {
            let refused = Bsn::parse(raw).unwrap_err();
            assert_eq!(refused, error, "{raw:?}");
            let shown = format!("{refused} {refused:?}");
            assert!(raw.len() < 7 || !shown.contains(raw), "{shown}");
        }
    }

    #[test]
    fn debug_shows_no_digit() {
        let shown = format!("{:?}", Bsn::parse("123456782").unwrap());
        assert!(!shown.contains(|c: char| c.is_ascii_digit()), "{shown}");
    }

    proptest! {
        #[test]
        fn no_input_panics(raw in "\\PC{0,40}") {
            let _ = Bsn::parse(&raw);
        }

        #[test]
        fn one_wrong_digit_never_passes(number in 1_u32..100_000_000, place in 0_usize..9, add in 1_u8..10) {
            // 11 is prime and every weight is below it: a single wrong digit always changes the sum modulo 11.
            let Some(valid) = crate::raw_bsn::tests::with_check_digit(number) else { return Ok(()) };
            let mut digits = valid.into_bytes();
            digits[place] = (digits[place] - b'0' + add) % 10 + b'0';
            prop_assert!(Bsn::parse(core::str::from_utf8(&digits).unwrap()).is_err());
        }
    }
}
