//! Finds a BSN in text that must not hold one.
//!
//! Fields that people fill (a professional's reference, say) are refused when they hold a BSN. The rule catches
//! habit and mistake, not intent: someone who writes the digits as words gets past it.
//!
//! The rule. Digits form *groups*; groups with at most three separators between them (spaces, dots, dashes, and
//! the kinds of them a word processor makes) form a *chain*. The text holds a BSN when nine digits made of whole,
//! neighbouring groups of a chain are a BSN, or when a whole chain has eight digits that are one after
//! padding. Eight digits inside a longer chain are not looked at: `06-12345678` is a telephone number.
//!
//! A group counts when it stands free or is the only group of digits in its word (`BSN123456782`). Not looked at,
//! because they follow a strict grammar of their own: a UUID, a word with several groups of digits (a key, a
//! hash), an international telephone number (`+31 6 12345678`), a date (`2026-11-21`, `21-11-2026`), a case number
//! of a year (`2026-00123`): one in eleven of these would pass the 11-test by chance.

use crate::bsn::Bsn;

/// Whether the text holds a BSN that someone could read.
#[must_use]
pub fn contains_raw_bsn(text: &str) -> bool {
    let groups = groups(text);
    groups.chunk_by(|_, next| next.gap.is_some()).any(chain_holds_bsn)
}

/// A run of digits, with what decides whether it belongs to the one before it.
struct Group<'t> {
    digits: &'t str,
    /// What stands between this group and the one before it, when that is at most three separators.
    gap: Option<&'t str>,
    /// A plus sign stands before it.
    international: bool,
}

fn chain_holds_bsn(chain: &[Group<'_>]) -> bool {
    let total: usize = chain.iter().map(|group| group.digits.len()).sum();
    let international = chain.first().is_some_and(|group| group.international);
    if international && (10..=15).contains(&total) {
        return false; // E.164 with a country code; such a number has at most 15 digits
    }
    if is_case_number(chain) {
        return false;
    }
    if total == 8 {
        return !is_date(chain) && is_bsn(chain);
    }
    (0..chain.len()).any(|first| {
        let mut length = 0;
        (first..chain.len()).any(|last| {
            length += chain[last].digits.len();
            length == 9 && is_bsn(&chain[first..=last])
        })
    })
}

fn is_bsn(groups: &[Group<'_>]) -> bool {
    let mut digits = zeroize::Zeroizing::new(String::with_capacity(9));
    groups.iter().for_each(|group| digits.push_str(group.digits));
    Bsn::parse(&digits).is_ok()
}

/// Eight digits written as a date: 2026-11-21 or 21-11-2026.
fn is_date(chain: &[Group<'_>]) -> bool {
    let [first, second, third] = chain else {
        return false;
    };
    let (year, month, day) = match (first.digits.len(), second.digits.len(), third.digits.len()) {
        (4, 2, 2) => (first, second, third),
        (2, 2, 4) => (third, second, first),
        _ => return false,
    };
    is_year(year) && ("01"..="12").contains(&month.digits) && ("01"..="31").contains(&day.digits)
}

/// A year, a dash and a number: 2026-00123.
fn is_case_number(chain: &[Group<'_>]) -> bool {
    matches!(chain, [year, number] if is_year(year) && number.gap == Some("-"))
}

fn is_year(group: &Group<'_>) -> bool {
    group.digits.len() == 4 && ("1900".."2100").contains(&group.digits)
}

fn groups(text: &str) -> Vec<Group<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut gap_from: Option<&str> = None; // the text since the last group; none when it cannot be joined to
    let mut after_plus = false;
    let mut after_word = false;
    while let Some(next) = rest.chars().next() {
        if !after_word && let Some(behind) = after_uuid(rest) {
            (rest, gap_from, after_plus) = (behind, None, false);
            continue;
        }
        if !next.is_alphanumeric() {
            (after_plus, after_word) = (next == '+', false);
            rest = &rest[next.len_utf8()..];
            continue;
        }
        let (word, behind) = rest.split_at(rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()));
        let group = only_digits_of(word);
        if let Some(digits) = group {
            let gap = gap_from.map(|from| &from[..from.len() - rest.len()]);
            let gap = gap.filter(|gap| word.starts_with(digits) && is_gap(gap));
            found.push(Group {
                digits,
                gap,
                international: after_plus,
            });
        }
        gap_from = group.filter(|digits| word.ends_with(digits)).map(|_| behind);
        (rest, after_plus, after_word) = (behind, false, true);
    }
    found
}

fn is_gap(between: &str) -> bool {
    between.chars().all(is_separator) && between.chars().nth(3).is_none()
}

/// The digits of a word that has one group of them and otherwise letters.
fn only_digits_of(word: &str) -> Option<&str> {
    let from_first = &word[word.find(|c: char| c.is_numeric())?..];
    let end = from_first
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(from_first.len());
    let (digits, tail) = from_first.split_at(end);
    (!digits.is_empty() && !tail.contains(char::is_numeric)).then_some(digits)
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '.' | '-' | '\u{ad}' | '\u{200b}' | '\u{2010}'..='\u{2015}' | '\u{2060}' | '\u{2212}'
    ) || (c.is_whitespace() && !matches!(c, '\n' | '\r'))
}

/// What follows when the text begins with a UUID in its usual form.
fn after_uuid(text: &str) -> Option<&str> {
    let (uuid, behind) = text.split_at_checked(36)?;
    let fits = uuid.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    (fits && !behind.starts_with(|c: char| c.is_alphanumeric() || c == '-')).then_some(behind)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::{prelude::*, strategy::ValueTree};

    use super::*;

    /// The BSN whose first eight digits are given; none when its check digit would have to be 10.
    pub(crate) fn with_check_digit(eight: u32) -> Option<String> {
        let digits = format!("{eight:08}");
        let sum: u32 = digits
            .bytes()
            .zip([9, 8, 7, 6, 5, 4, 3, 2])
            .map(|(d, w)| u32::from(d - b'0') * w)
            .sum();
        (sum % 11 < 10).then(|| format!("{digits}{}", sum % 11))
    }

    #[test]
    fn a_bsn_is_found_however_it_is_written() {
        for text in [
            "123456782",
            "BSN 123456782 graag terugbellen",
            "BSN:123456782",
            "bsn123456782",
            "123456782NL",
            "1234.56.782",
            "123-456-782",
            "1 2 3 4 5 6 7 8 2",
            "123 - 456 - 782",
            "123\u{a0}456\u{2013}782",
            "123\u{200b}456782",
            "(123456782)",
            "client_123456782",
            "kamer 12 123456782",
            "v2-123456782",
            "202600002",
            "2026 00002",
            "12345672",
            "0123.45.672",
            "2026-11-21 123456782",
            "06-12345678 / 123456782",
            "+31612345678 123456782",
            "j.123456782@school.example",
            "é123456782é",
            "123e4567-e89b-42d3-a456-426614174000 123456782",
        ] {
            assert!(contains_raw_bsn(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_bsn_or_follows_its_own_grammar_passes() {
        for text in [
            "",
            "123456789",
            "12345678",
            "000000000",
            "00000000",
            "1234567",
            "1234567820",
            "0123456782",
            "06-12345672",
            "06 12345672",
            "0612345672",
            "+31 6 23456782",
            "2026-11-27",
            "10-11-2013",
            "12345672-89ab-4def-8123-456789abcdef",
            "12345672-1234-4123-8123-123456789012",
            "a1b123456782",
            "123456782x9",
            "9f123456782c0ffee",
            "123/456/782",
            "123\n456782",
            "j.jansen@school.example",
            "casus 2026-0017",
            "2026-00002",
            "2026-0003",
            "casus-2026-00014",
        ] {
            assert!(!contains_raw_bsn(text), "{text}");
        }
    }

    #[test]
    fn an_eight_digit_date_that_passes_the_test_is_told_apart_by_its_shape() {
        let (year, rest) = (1901_u32..2099)
            .flat_map(|year| (101..=131_u32).map(move |rest| (year, rest)))
            .find(|(year, rest)| Bsn::parse(&format!("{year}{rest:04}")).is_ok())
            .unwrap();
        let (month, day) = (rest / 100, rest % 100);
        assert!(!contains_raw_bsn(&format!("{year}-{month:02}-{day:02}")));
        assert!(contains_raw_bsn(&format!("{year}{month:02}{day:02}")));
        assert!(contains_raw_bsn(&format!("{year}{month:02}-{day:02}")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn every_bsn_is_found_with_any_separators_in_any_text(
            eight in 1_u32..100_000_000,
            gaps in prop::collection::vec("[ .\\-\u{a0}\u{2011}]{0,3}", 8),
            before in "([a-zA-Z é,:;(/_]{0,20}[,:;(/_ ])?",
            after in "([,:;)/_ ][a-zA-Z é,:;)/_]{0,20})?",
        ) {
            let Some(bsn) = with_check_digit(eight) else { return Ok(()) };
            let mut gaps = gaps.iter();
            let written: String =
                bsn.chars().flat_map(|d| [d.to_string(), gaps.next().cloned().unwrap_or_default()]).collect();
            prop_assume!(!is_case_number(&groups(&written)));
            let text = format!("{before}{written}{after}");
            prop_assert!(contains_raw_bsn(&text), "{}", text);
        }

        #[test]
        fn a_longer_number_is_none(number in "[0-9]{10,30}") {
            prop_assert!(!contains_raw_bsn(&number));
        }

        #[test]
        fn nine_digits_alone_are_judged_by_the_eleven_test(number in "[0-9]{8,9}") {
            prop_assert_eq!(contains_raw_bsn(&number), Bsn::parse(&number).is_ok());
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,200}") {
            let _ = contains_raw_bsn(&text);
        }
    }

    /// What professionals and their systems put in the fields that are scanned.
    // rule: C1
    #[test]
    fn a_hundred_thousand_ordinary_references_pass() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let ordinary = prop_oneof![
            "[a-z]{2,12}\\.[a-z]{2,12}[0-9]{0,4}@[a-z]{3,12}\\.(nl|example)",
            "[A-Z]{2,4}-20[2-3][0-9]-[0-9]{3,6}",
            "20[2-3][0-9]-[0-9]{3,6}",
            "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            "(team|locatie|groep) [0-9]{1,3}[a-z]?, (kamer|lokaal) [0-9]{1,3}",
            "06-[0-9]{8}",
            "\\+31 6 [0-9]{8}",
            "0[1-9]{2}-[0-9]{7}",
            "intake 20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])",
            "[A-Z][a-z]{2,12} (van|de|van der) [A-Z][a-z]{2,14}",
            "[0-9]{1,7}",
        ];
        for _ in 0..100_000 {
            let text = ordinary.new_tree(&mut runner).unwrap().current();
            assert!(!contains_raw_bsn(&text), "{text}");
        }
    }
}
