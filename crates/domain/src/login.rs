//! Logging in through a broker: how sure of who somebody is a log-in must have been.
//!
//! A broker says how it went with a word, `acr` (OpenID Connect Core, section 2). Words mean nothing by themselves; those of
//! Dutch brokers stand on two ladders. A log-in suffices when its word is the one that is asked for, or stands above it on the
//! same ladder.

use std::fmt;
use std::str::FromStr;

/// The words that are compared, lowest first.
const LADDERS: [&[&str]; 2] = [
    // Levels of assurance of eIDAS (Implementing Regulation (EU) 2015/1502), as OpenID NLGov writes them.
    &[
        "http://eidas.europa.eu/LoA/low",
        "http://eidas.europa.eu/LoA/substantial",
        "http://eidas.europa.eu/LoA/high",
    ],
    // Basis, Midden, Substantieel and Hoog, as DigiD itself says them and some brokers hand them on.
    &[
        "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI",
    ],
];

/// Longest word, in characters.
const MAX_LENGTH: usize = 128;

/// How sure a log-in must be at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeastLevel(String);

/// A text that no broker could mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a level of assurance: 1 to 128 visible characters without a space")]
pub struct UnusableLevel;

impl LeastLevel {
    /// Substantial: somebody's identity document was looked at once. What the government asks for access to what is kept about
    /// a person's health or youth care.
    pub fn substantial() -> Self {
        Self("http://eidas.europa.eu/LoA/substantial".to_owned())
    }

    /// What suffices, lowest first. A word that is on no ladder is alone.
    pub fn sufficient(&self) -> Vec<&str> {
        let above = LADDERS.iter().find_map(|ladder| {
            let at = ladder.iter().position(|level| *level == self.0)?;
            ladder.get(at..)
        });
        above.map_or_else(|| vec![self.0.as_str()], <[&str]>::to_vec)
    }

    /// Whether a log-in of this level is sure enough.
    pub fn is_met_by(&self, level: &str) -> bool {
        self.sufficient().contains(&level)
    }
}

impl FromStr for LeastLevel {
    type Err = UnusableLevel;

    fn from_str(text: &str) -> Result<Self, UnusableLevel> {
        let plain =
            (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        plain.then(|| Self(text.to_owned())).ok_or(UnusableLevel)
    }
}

impl fmt::Display for LeastLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_above_on_the_same_ladder_suffices_and_nothing_else() {
        for ladder in LADDERS {
            for (asked_at, asked) in ladder.iter().enumerate() {
                let least: LeastLevel = asked.parse().unwrap();
                for (said_at, said) in ladder.iter().enumerate() {
                    assert_eq!(least.is_met_by(said), said_at >= asked_at, "{asked} by {said}");
                }
                for other in LADDERS
                    .iter()
                    .filter(|other| *other != &ladder)
                    .copied()
                    .flatten()
                {
                    assert!(!least.is_met_by(other), "{asked} by {other}");
                }
            }
        }
    }

    #[test]
    fn a_word_of_a_brokers_own_is_met_by_itself() {
        let own: LeastLevel = "idp:substantieel".parse().unwrap();
        assert_eq!(own.sufficient(), ["idp:substantieel"]);
        assert!(own.is_met_by("idp:substantieel"));
        for other in [
            "",
            "idp:hoog",
            "IDP:SUBSTANTIEEL",
            "http://eidas.europa.eu/LoA/high",
        ] {
            assert!(!own.is_met_by(other), "{other}");
        }
        assert!(!LeastLevel::substantial().is_met_by("0"));
    }

    #[test]
    fn a_level_is_one_word() {
        for bad in ["", "a b", "a\n", "\u{e9}", &"x".repeat(129)] {
            assert_eq!(bad.parse::<LeastLevel>(), Err(UnusableLevel));
        }
    }
}
