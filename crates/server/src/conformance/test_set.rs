//! Identifiers for a vendor to try with: one of every sort that goes wrong, and some that have to be refused.
//!
//! The numbers belong to nobody: they begin with 9999, which the registration sets apart for tests, or with so many zeros
//! that none was ever given out.

use serde::Serialize;

/// One identifier to make a token of, or to refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestIdentifier {
    /// Its kind's name.
    pub kind: &'static str,
    /// As a system may hold it.
    pub identifier: &'static str,
    /// What the vendor fills in; null where the identifier has to be refused.
    pub token: Option<&'static str>,
}

/// The set, in an order that does not change.
pub fn identifiers() -> impl Iterator<Item = TestIdentifier> {
    TEST_SET.iter().map(|(kind, identifier)| TestIdentifier {
        kind,
        identifier,
        token: None,
    })
}

const TEST_SET: &[(&str, &str)] = &[
    ("bsn", "999990019"),
    ("bsn", "9999.90.019"),
    ("bsn", " 999-990-020 "),
    ("bsn", "999999990"),
    ("bsn", "999911120"),
    ("bsn", "000000012"),
    ("bsn", "00000012"),
    ("bsn", "0000.0012"),
    ("guardian-bsn", "999990019"),
    ("guardian-bsn", "00000012"),
    ("service-key", "Jansen|20140203|v"),
    ("service-key", "JANSEN|2014-02-03|F"),
    ("service-key", "Müller|20140203|m"),
    ("service-key", "Mu\u{308}ller|20140203|M"),
    ("service-key", "Groß|20140203|o"),
    ("service-key", "IJsbrandy|20160229|x"),
    ("service-key", "Ĳsbrandy|20160229|x"),
    ("service-key", "Łukasiewicz|20101231|v"),
    ("service-key", "Smit-de Boer|20101231|v"),
    ("service-key", "O’Neil|20101231|m"),
    // To be refused.
    ("bsn", "999990018"),
    ("bsn", "99999001"),
    ("bsn", "9999900190"),
    ("bsn", "000000000"),
    ("bsn", "99999001a"),
    ("bsn", ""),
    ("guardian-bsn", "999990018"),
    ("service-key", "Иванов|20140203|m"),
    ("service-key", "Jansen|20230229|v"),
    ("service-key", "Jansen|20140203|w"),
    ("service-key", "Jansen|20140203"),
];

#[cfg(test)]
mod tests {
    use identifiers::{Identifier, Kind};

    use super::*;

    #[test]
    fn twenty_are_right_and_the_rest_has_to_be_refused() {
        let right = |test: &TestIdentifier| {
            let kind: Kind = test.kind.parse().unwrap();
            Identifier::parse(kind, test.identifier).is_ok()
        };
        let (accepted, refused): (Vec<_>, Vec<_>) = identifiers().partition(right);
        assert_eq!(accepted, identifiers().take(20).collect::<Vec<_>>());
        assert_eq!(refused.len(), 11);
    }

    #[test]
    fn every_number_is_of_the_range_for_tests_or_of_none() {
        for test in identifiers().filter(|test| test.kind != "service-key") {
            let digits: String = test.identifier.chars().filter(char::is_ascii_digit).collect();
            assert!(
                digits.is_empty() || digits.starts_with("9999") || digits.starts_with("000000"),
                "{digits}"
            );
        }
    }
}
