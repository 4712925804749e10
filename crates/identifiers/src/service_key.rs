//! The service key of a child without a BSN: surname, birth date and sex.
//!
//! Two children can share one, so a match on it is *soft*: parties confirm before anything is unlocked. Only exact
//! equality of the canonical form matches. There is no similarity encoding, because such encodings can be turned
//! back into names at the overlap an index has.
//!
//! # The canonical form
//!
//! `surname 0x1F YYYYMMDD 0x1F sex`, all ASCII.
//!
//! *Surname*, without its prefix (tussenvoegsel: "van der"), in this order:
//! 1. NFKC, then NFD, with the Unicode 18.0 tables that the pinned `unicode-normalization` carries;
//! 2. combining marks are dropped;
//! 3. `A`-`Z` become lower case; ß ẞ -> ss, æ -> ae, ø -> o, đ -> d, ł -> l (ĳ became ij in step 1), and of the other
//!    letters in the Dutch registration's character set ð -> d, ħ -> h, ı -> i, ŋ -> n, œ -> oe, þ -> th, ŧ -> t;
//! 4. apostrophes are dropped; a hyphen becomes a space; a run of spaces becomes one; none is left at either end;
//! 5. whatever is now not `a`-`z` or a space is refused. A name in another script is first transliterated by who
//!    registers it: a guess here would silently never match another's guess.
//!
//! Because of the last step a newer Unicode table can only turn a refusal into an acceptance, never change a result.
//!
//! *Birth date*: `YYYYMMDD` or `YYYY-MM-DD`, a date that exists, 1900 to 2199. *Sex* as registered: `m`, `v` (also
//! written `f`) or `o` for unknown or neither (also `x`), in either case.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::identifier::InvalidIdentifier;

const SEPARATOR: u8 = 0x1f;

/// The Dutch registration of persons holds surnames of at most 200 characters.
const SURNAME_MAX: usize = 200;

/// A service key in its canonical form. Prints nothing and is wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ServiceKey(Vec<u8>);

impl ServiceKey {
    /// From the three fields as a system holds them; the surname without its prefix.
    ///
    /// # Errors
    /// Says which rule failed, never with what value.
    pub fn new(surname: &str, birth_date: &str, sex: &str) -> Result<Self, InvalidIdentifier> {
        let surname = canonical_surname(surname)?;
        let birth_date = canonical_date(birth_date)?;
        let sex = canonical_sex(sex)?;
        let mut value = Vec::with_capacity(surname.len() + 11); // exact, so that no copy is left by growing
        value.extend_from_slice(surname.as_bytes());
        value.push(SEPARATOR);
        value.extend_from_slice(birth_date.as_ref());
        value.push(SEPARATOR);
        value.push(sex);
        Ok(Self(value))
    }

    /// From one text, `surname|birth date|sex`, as on a command line.
    ///
    /// # Errors
    /// As [`ServiceKey::new`], and when there are not exactly three fields.
    pub fn parse(raw: &str) -> Result<Self, InvalidIdentifier> {
        let mut fields = raw.split('|');
        match (fields.next(), fields.next(), fields.next(), fields.next()) {
            (Some(surname), Some(birth_date), Some(sex), None) => Self::new(surname, birth_date, sex),
            _ => Err(InvalidIdentifier::WrongFields),
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl core::fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ServiceKey(..)")
    }
}

fn canonical_surname(raw: &str) -> Result<Zeroizing<String>, InvalidIdentifier> {
    if raw.chars().nth(SURNAME_MAX).is_some() {
        return Err(InvalidIdentifier::WrongLength);
    }
    // Twelve bytes for each of one is more than NFKC ever makes; growing would leave a copy behind.
    let mut compatible = Zeroizing::new(String::with_capacity(raw.len() * 12));
    compatible.extend(raw.nfkc());
    let mut name = Zeroizing::new(String::with_capacity(compatible.len() * 2));
    for letter in compatible.nfd().filter(|letter| !is_combining_mark(*letter)) {
        match letter {
            'a'..='z' => name.push(letter),
            'A'..='Z' => name.push(letter.to_ascii_lowercase()),
            'ß' | 'ẞ' => name.push_str("ss"),
            'æ' | 'Æ' => name.push_str("ae"),
            'œ' | 'Œ' => name.push_str("oe"),
            'þ' | 'Þ' => name.push_str("th"),
            'ø' | 'Ø' => name.push('o'),
            'đ' | 'Đ' | 'ð' | 'Ð' => name.push('d'),
            'ł' | 'Ł' => name.push('l'),
            'ħ' | 'Ħ' => name.push('h'),
            'ŧ' | 'Ŧ' => name.push('t'),
            'ŋ' | 'Ŋ' => name.push('n'),
            'ı' => name.push('i'),
            // ' ` ‘ ’ ‛ ′ and the two modifier letters that stand for an apostrophe
            '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{2b9}' | '\u{2bc}' => {}
            ' ' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {
                if !name.is_empty() && !name.ends_with(' ') {
                    name.push(' ');
                }
            }
            _ => return Err(InvalidIdentifier::UnexpectedLetter),
        }
    }
    if name.ends_with(' ') {
        name.pop();
    }
    match name.len() {
        0 => Err(InvalidIdentifier::Empty),
        1..=SURNAME_MAX => Ok(name),
        _ => Err(InvalidIdentifier::WrongLength),
    }
}

fn canonical_date(raw: &str) -> Result<Zeroizing<[u8; 8]>, InvalidIdentifier> {
    let mut digits = Zeroizing::new([0_u8; 8]);
    match raw.as_bytes() {
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] | [y1, y2, y3, y4, m1, m2, d1, d2] => {
            *digits = [*y1, *y2, *y3, *y4, *m1, *m2, *d1, *d2];
        }
        _ => return Err(InvalidIdentifier::NotADate),
    }
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(InvalidIdentifier::NotADate);
    }
    let number = |places: &[u8]| {
        places
            .iter()
            .fold(0_u16, |sum, digit| sum * 10 + u16::from(digit - b'0'))
    };
    let (year, month, day) = (number(&digits[..4]), number(&digits[4..6]), number(&digits[6..]));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    if (1900..2200).contains(&year) && (1..=days).contains(&day) {
        Ok(digits)
    } else {
        Err(InvalidIdentifier::NotADate)
    }
}

fn canonical_sex(raw: &str) -> Result<u8, InvalidIdentifier> {
    match raw {
        "m" | "M" => Ok(b'm'),
        "v" | "V" | "f" | "F" => Ok(b'v'),
        "o" | "O" | "x" | "X" => Ok(b'o'),
        _ => Err(InvalidIdentifier::UnknownSex),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The tables decide what a name becomes. When this fails, read the vectors before changing the number.
    #[test]
    fn the_unicode_tables_are_the_pinned_ones() {
        assert_eq!(unicode_normalization::UNICODE_VERSION, (18, 0, 0));
    }

    #[test]
    fn dates_exist() {
        for date in ["20240229", "2000-02-29", "19000101", "21991231"] {
            assert!(canonical_date(date).is_ok(), "{date}");
        }
        for date in [
            "",
            "20230229",
            "19000229",
            "21000229",
            "20240001",
            "20240100",
            "20241301",
            "20240431",
            "18991231",
            "22000101",
            "2024-0229",
            "2024-02-2",
            "2024/02/29",
            "29-02-2024",
            "２０２４0229",
            "+0240229",
        ] {
            assert_eq!(
                canonical_date(date).err(),
                Some(InvalidIdentifier::NotADate),
                "{date}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_canonical_surname_is_ascii_and_canonical_again(raw in "\\PC{0,60}") {
            if let Ok(name) = canonical_surname(&raw) {
                prop_assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' '));
                prop_assert!(!name.starts_with(' ') && !name.ends_with(' ') && !name.contains("  "));
                prop_assert!(canonical_surname(&name) == Ok(name.clone()));
            }
        }

        #[test]
        fn composed_and_decomposed_spellings_agree(raw in "[A-Za-zÀ-ÖØ-öø-ſ' \\-]{1,40}") {
            let decomposed: String = raw.nfd().collect();
            prop_assert!(canonical_surname(&raw) == canonical_surname(&decomposed));
        }

        #[test]
        fn no_input_panics(raw in "\\PC{0,60}", date in "\\PC{0,12}") {
            let _ = ServiceKey::parse(&raw);
            let _ = ServiceKey::new("a", &date, "m");
        }
    }
}
