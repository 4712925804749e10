//! The policy file (C2SP tlog-policy): which logs are believed. The verifier takes it from the supervisor, never from
//! the bundle. Witnesses are not checked here yet, so a policy that asks for one is refused instead of read past.

use crate::note::{KeyError, Verifier};

/// The longest policy file, in bytes.
pub const MAX_POLICY_BYTES: usize = 64 * 1024;
/// The most `log` lines.
const MAX_LOGS: usize = 32;

/// The logs a supervisor trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Verifier>,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// [`PolicyError`] with the number of the line that is wrong (the first is 1).
    pub fn parse(file: &[u8]) -> Result<Self, PolicyError> {
        let whole = |why| PolicyError { line: 0, why };
        if file.len() > MAX_POLICY_BYTES {
            return Err(whole(Why::TooLong));
        }
        let text = std::str::from_utf8(file).map_err(|_| whole(Why::Characters))?;
        let mut logs: Vec<Verifier> = Vec::new();
        let mut quorum = false;
        for (number, line) in (1..).zip(text.lines()) {
            let fail = |why| PolicyError { line: number, why };
            if line.chars().any(|c| c.is_ascii_control() && c != '\t') {
                return Err(fail(Why::Characters));
            }
            let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            match words[..] {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", vkey] | ["log", vkey, _] => {
                    let log: Verifier = vkey.parse().map_err(|why| fail(Why::Key(why)))?;
                    if logs.len() == MAX_LOGS || logs.iter().any(|seen| seen.key_bytes() == log.key_bytes()) {
                        return Err(fail(Why::Logs));
                    }
                    logs.push(log);
                }
                ["quorum", "none"] if !quorum => quorum = true,
                ["quorum", "none"] => return Err(fail(Why::Quorum)),
                ["quorum" | "witness" | "group", ..] => return Err(fail(Why::Witness)),
                _ => return Err(fail(Why::Line)),
            }
        }
        match (quorum, logs.is_empty()) {
            (false, _) => Err(whole(Why::Quorum)),
            (true, true) => Err(whole(Why::NoLog)),
            (true, false) => Ok(Self { logs }),
        }
    }

    /// The text of the policy that trusts one log and asks for no witness.
    #[must_use]
    pub fn text_for(log: &Verifier) -> String {
        format!("# Whom verify-audit-log believes (format: C2SP tlog-policy).\nlog {log}\nquorum none\n")
    }

    /// The logs, in the order of the file.
    #[must_use]
    pub fn logs(&self) -> &[Verifier] {
        &self.logs
    }
}

/// Why a policy file cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// The line that is wrong, from 1; 0 for the file as a whole.
    pub line: usize,
    why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    TooLong,
    Characters,
    Key(KeyError),
    Logs,
    Quorum,
    Witness,
    Line,
    NoLog,
}

impl std::fmt::Display for PolicyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => f.write_str("the policy file cannot be used: ")?,
            line => write!(f, "line {line} of the policy file cannot be used: ")?,
        }
        f.write_str(match &self.why {
            Why::TooLong => "longer than 64 KiB",
            Why::Characters => "not UTF-8 text, or a control character in it",
            Why::Key(key) => return write!(f, "{key}"),
            Why::Logs => "the same log key twice, or more than 32 logs",
            Why::Quorum => "there must be exactly one `quorum` line",
            Why::Witness => {
                "witnesses are not checked by this version, and a policy that asks for them is not met"
            }
            Why::Line => "expected `log <vkey> [<url>]` or `quorum none`",
            Why::NoLog => "no `log` line, so no log would be believed",
        })
    }
}

impl std::error::Error for PolicyError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::LogSigner;

    fn vkey(seed: u8) -> String {
        LogSigner::from_seed("log.example", &[seed; 32])
            .unwrap()
            .verifier()
            .to_string()
    }

    #[test]
    fn policies_that_can_be_used() {
        let (one, two) = (vkey(1), vkey(2));
        for (file, logs) in [
            (format!("log {one}\nquorum none\n"), 1),
            (
                format!(
                    "# comment\n\n \t# more\nquorum none\n\tlog  {one}\thttps://log.example/ \nlog {two}"
                ),
                2,
            ),
        ] {
            assert_eq!(Policy::parse(file.as_bytes()).unwrap().logs().len(), logs);
        }
    }

    #[test]
    fn policies_that_cannot() {
        let one = vkey(1);
        for (file, line) in [
            (String::new(), 0),
            (format!("log {one}\n"), 0),
            ("quorum none\n".to_owned(), 0),
            (format!("log {one}\nquorum none\nquorum none\n"), 3),
            (format!("log {one}\nlog {one}\nquorum none\n"), 2),
            (format!("log {one}\nwitness w {one}\nquorum w\n"), 2),
            (format!("log {one}\nquorum w\n"), 2),
            (format!("log {one} a b\nquorum none\n"), 1),
            (format!("\n\nlog {}x\nquorum none\n", one), 3),
            (format!("log {one}\r\nquorum none\r\n\x00"), 3),
            (format!("quorum none\nlogs {one}\n"), 2),
            ("#".repeat(MAX_POLICY_BYTES + 1), 0),
        ] {
            assert_eq!(Policy::parse(file.as_bytes()).unwrap_err().line, line, "{file}");
        }
        assert!(Policy::parse(b"\xff").is_err());
    }
}
