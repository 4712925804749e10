//! The verdict on each line of a vendor's file.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use identifiers::{Identifier, Kind, NetworkSecret, Token, token};
use serde::Serialize;
use zeroize::Zeroizing;

use super::made::{Claim, Made};
use super::mistake::{
    self, Explanation, HEX, HEX_IN_BASE64, Mistake, NOT_CANONICAL_BASE64, PADDED, Right, SHORTENED,
    STANDARD_BASE64, WHITESPACE,
};

/// Fewer bytes than this would agree by chance with something that was tried.
const SHORTEST: usize = 8;

/// What is said of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The line's number, from 1.
    pub line: u64,
    /// Why it differs; nothing when it is right.
    #[serde(rename = "differences")]
    pub differs: Vec<Difference>,
}

/// One reason why a line differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// Its stable name.
    pub code: &'static str,
    /// What is wrong and what is right.
    pub says: String,
}

/// What a token of the line should have been, and why it is not.
#[must_use]
pub fn judge(made: &Made, secret: &NetworkSecret, epoch: u16) -> Verdict {
    Verdict {
        line: made.line,
        differs: match &made.claim {
            Some(claim) => differences(claim, secret, epoch),
            None => vec![Difference::new(
                "unreadable",
                "a line has a kind, an identifier and a token",
            )],
        },
    }
}

fn differences(claim: &Claim, secret: &NetworkSecret, epoch: u16) -> Vec<Difference> {
    let Ok(kind) = claim.kind.parse::<Kind>() else {
        return vec![Difference::new("unknown-kind", identifiers::kind::UnknownKind)];
    };
    match (Identifier::parse(kind, &claim.identifier), &claim.token) {
        (Err(_), None) => Vec::new(),
        (Err(refused), Some(_)) => vec![Difference::new(
            "not-refused",
            format_args!(
                "the identifier has to be refused and no token made of it ({}): {refused}",
                refused.code()
            ),
        )],
        (Ok(_), None) => vec![Difference::new(
            "refused",
            "the identifier is right and a token has to be made of it",
        )],
        (Ok(identifier), Some(text)) => {
            let right = token::derive(secret, epoch, &identifier);
            if Token::parse(text).is_ok_and(|token| token == right) {
                return Vec::new();
            }
            why(
                &Right {
                    kind,
                    identifier: &identifier,
                    raw: &claim.identifier,
                    epoch,
                    secret: secret.as_bytes(),
                },
                text,
            )
        }
    }
}

fn why(right: &Right<'_>, text: &str) -> Vec<Difference> {
    let Some((mut written, bytes)) = read(text) else {
        return vec![Difference::new(
            "no-token",
            "a token is 32 bytes as 43 characters of unpadded base64url",
        )];
    };
    if bytes.len() < 32 {
        written.push(&SHORTENED);
    }
    let explained = mistake::explain(right, &bytes);
    let said = |mistake: &&Mistake| Difference::new(mistake.code, mistake.says);
    let mut differences: Vec<Difference> = written.iter().map(said).collect();
    match explained {
        Some(Explanation { mistakes, epoch }) => {
            differences.extend(mistakes.iter().map(|mistake| match epoch {
                Some(epoch) if **mistake == mistake::WRONG_EPOCH => {
                    Difference::new(mistake.code, format_args!("{}: {epoch}", mistake.says))
                }
                _ => said(mistake),
            }));
        }
        None => differences.push(Difference::new(
            "unknown",
            "made with another key, or in a way that is none of the known mistakes: compare the key-check value, then step \
             by step with docs/PSEUDONYMS.md",
        )),
    }
    differences
}

/// The bytes that a text was meant to be, and what is wrong with how it is written; nothing when it is no token at all.
fn read(text: &str) -> Option<(Vec<&'static Mistake>, Zeroizing<Vec<u8>>)> {
    let mut written = Vec::new();
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        written.push(&WHITESPACE);
    }
    if let Some(bytes) = hex(trimmed) {
        written.push(&HEX);
        return Some((written, bytes));
    }
    let bare = trimmed.trim_end_matches('=');
    if bare.len() != trimmed.len() {
        written.push(&PADDED);
    }
    let (alphabet, standard) = if bare.contains(['+', '/']) {
        (&alphabet::STANDARD, true)
    } else {
        (&alphabet::URL_SAFE, false)
    };
    if standard {
        written.push(&STANDARD_BASE64);
    }
    let decode = |strict: bool| {
        let config = GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(!strict);
        GeneralPurpose::new(alphabet, config).decode(bare).ok()
    };
    let bytes = decode(true).or_else(|| {
        written.push(&NOT_CANONICAL_BASE64);
        decode(false)
    })?;
    let bytes = Zeroizing::new(bytes);
    if let Some(inner) = std::str::from_utf8(&bytes).ok().and_then(hex) {
        written.push(&HEX_IN_BASE64);
        return Some((written, inner));
    }
    (SHORTEST..=32).contains(&bytes.len()).then_some((written, bytes))
}

/// The bytes of 16 to 64 hexadecimal digits, with or without `0x` and colons.
fn hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits: Zeroizing<Vec<u8>> = Zeroizing::new(
        text.strip_prefix("0x")
            .unwrap_or(text)
            .bytes()
            .filter(|byte| *byte != b':')
            .collect(),
    );
    // 43 characters of base64url can all be hexadecimal digits by chance only once in 10^25; an odd count never is hex.
    if !digits.len().is_multiple_of(2) || !(SHORTEST * 2..=64).contains(&digits.len()) {
        return None;
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pair = |pair: &[u8]| Some((digit(pair.first()?)? * 16 + digit(pair.get(1)?)?) as u8);
    digits
        .chunks_exact(2)
        .map(pair)
        .collect::<Option<_>>()
        .map(Zeroizing::new)
}

impl Difference {
    fn new(code: &'static str, says: impl std::fmt::Display) -> Self {
        Self {
            code,
            says: says.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
