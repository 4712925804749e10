//! The policy file (C2SP tlog-policy): which logs are believed, and which witnesses must have cosigned. The verifier
//! takes it from the supervisor, never from the bundle.

use crate::checkpoint::CheckpointError;
use crate::cosignature::WitnessKey;
use crate::note::{KeyError, Note, Verifier};

/// The longest policy file, in bytes.
pub const MAX_POLICY_BYTES: usize = 64 * 1024;
/// The most `log` lines, and the most `witness` and `group` lines together.
const MAX_LINES: usize = 32;

/// The logs a supervisor trusts, and the witnesses without whom a log is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Verifier>,
    members: Vec<(String, Member)>,
    /// The member that must have agreed; none asks for no witness.
    quorum: Option<usize>,
}

/// A witness, or a group of members defined before it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Member {
    Witness(WitnessKey),
    Group { threshold: usize, members: Vec<usize> },
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
        let mut policy = Self {
            logs: Vec::new(),
            members: Vec::new(),
            quorum: None,
        };
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
                ["log", vkey] | ["log", vkey, _] => policy.add_log(vkey).map_err(fail)?,
                ["witness", name, vkey] | ["witness", name, vkey, _] => {
                    policy.add_witness(name, vkey).map_err(fail)?;
                }
                ["group", name, threshold, ref members @ ..] if !members.is_empty() => {
                    policy.add_group(name, threshold, members).map_err(fail)?;
                }
                ["quorum", name] if !quorum => {
                    quorum = true;
                    if name != "none" {
                        policy.quorum = Some(policy.find(name).ok_or(fail(Why::Member))?);
                    }
                }
                ["quorum", _] => return Err(fail(Why::Quorum)),
                _ => return Err(fail(Why::Line)),
            }
        }
        match (quorum, policy.logs.is_empty()) {
            (false, _) => Err(whole(Why::Quorum)),
            (true, true) => Err(whole(Why::NoLog)),
            (true, false) => Ok(policy),
        }
    }

    /// The text of the policy that trusts one log and asks for no witness.
    #[must_use]
    pub fn text_for(log: &Verifier) -> String {
        format!("{HEAD}log {log}\nquorum none\n")
    }

    /// The text of the policy that trusts these logs when at least `threshold` of these witnesses cosigned. With no
    /// witness it asks for none.
    #[must_use]
    pub fn text_with(logs: &[&Verifier], witnesses: &[&WitnessKey], threshold: usize) -> String {
        let mut text = HEAD.to_owned();
        for log in logs {
            text.push_str(&format!("log {log}\n"));
        }
        let mut names = String::new();
        for (number, witness) in (1..).zip(witnesses) {
            text.push_str(&format!("witness w{number} {witness}\n"));
            names.push_str(&format!(" w{number}"));
        }
        if witnesses.is_empty() {
            text.push_str("quorum none\n");
        } else {
            text.push_str(&format!("group witnesses {threshold}{names}\nquorum witnesses\n"));
        }
        text
    }

    /// The logs, in the order of the file.
    #[must_use]
    pub fn logs(&self) -> &[Verifier] {
        &self.logs
    }

    /// The witnesses, in the order of the file.
    pub fn witnesses(&self) -> impl Iterator<Item = &WitnessKey> {
        self.members.iter().filter_map(|(_, member)| match member {
            Member::Witness(key) => Some(key),
            Member::Group { .. } => None,
        })
    }

    /// How many of the witnesses cosigned `note`, when those are enough.
    pub(crate) fn quorum(&self, note: &Note<'_>) -> Result<u64, CheckpointError> {
        let mut agreed: Vec<bool> = Vec::with_capacity(self.members.len());
        let mut witnesses = 0;
        // A group names only members before it, so one pass is enough.
        for (_, member) in &self.members {
            let agrees = match member {
                Member::Witness(key) => key.signed(note)?.is_some(),
                Member::Group { threshold, members } => {
                    members.iter().filter(|at| agreed[**at]).count() >= *threshold
                }
            };
            if agrees && matches!(member, Member::Witness(_)) {
                witnesses += 1;
            }
            agreed.push(agrees);
        }
        match self.quorum {
            Some(at) if !agreed[at] => Err(CheckpointError::Untrusted(
                "not enough witnesses of the policy cosigned it",
            )),
            _ => Ok(witnesses),
        }
    }

    fn add_log(&mut self, vkey: &str) -> Result<(), Why> {
        let log: Verifier = vkey.parse().map_err(Why::Key)?;
        if self.logs.len() == MAX_LINES || self.logs.iter().any(|seen| seen.key_bytes() == log.key_bytes()) {
            return Err(Why::Logs);
        }
        self.logs.push(log);
        Ok(())
    }

    fn add_witness(&mut self, name: &str, vkey: &str) -> Result<(), Why> {
        let key: WitnessKey = vkey.parse().map_err(Why::Key)?;
        // One key under two names would be two votes of one witness.
        if self.witnesses().any(|seen| seen.key_bytes() == key.key_bytes()) {
            return Err(Why::Member);
        }
        self.add(name, Member::Witness(key))
    }

    fn add_group(&mut self, name: &str, threshold: &str, names: &[&str]) -> Result<(), Why> {
        let mut members = Vec::with_capacity(names.len());
        for name in names {
            let at = self.find(name).ok_or(Why::Member)?;
            if members.contains(&at) {
                return Err(Why::Member);
            }
            members.push(at);
        }
        let threshold = match threshold {
            "any" => 1,
            "all" => members.len(),
            number => number.parse().map_err(|_| Why::Member)?,
        };
        if threshold == 0 || threshold > members.len() {
            return Err(Why::Member);
        }
        self.add(name, Member::Group { threshold, members })
    }

    fn add(&mut self, name: &str, member: Member) -> Result<(), Why> {
        if name == "none" || self.members.len() == MAX_LINES || self.find(name).is_some() {
            return Err(Why::Member);
        }
        self.members.push((name.to_owned(), member));
        Ok(())
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|(seen, _)| seen == name)
    }
}

/// The first line of every policy written here.
const HEAD: &str = "# Whom verify-audit-log believes (format: C2SP tlog-policy).\n";

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
    Member,
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
            Why::Member => {
                "a witness or group twice or not defined before, a threshold that cannot be met, or more than 32 of them"
            }
            Why::Line => {
                "expected `log <vkey> [<url>]`, `witness <name> <vkey> [<url>]`, \
                 `group <name> <any|all|number> <member>...` or `quorum <name|none>`"
            }
            Why::NoLog => "no `log` line, so no log would be believed",
        })
    }
}

impl std::error::Error for PolicyError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::{Checkpoint, LogSigner};
    use crate::cosignature::{WitnessSigner, attach};

    fn vkey(seed: u8) -> String {
        LogSigner::from_seed("log.example", &[seed; 32])
            .unwrap()
            .verifier()
            .to_string()
    }

    fn witness(seed: u8) -> WitnessSigner {
        WitnessSigner::from_seed(&format!("witness-{seed}.example"), &[seed; 32]).unwrap()
    }

    /// Which sets of the three witnesses satisfy the policy of these lines.
    fn enough(lines: &str) -> Vec<Vec<u8>> {
        let log = LogSigner::from_seed("log.example", &[9; 32]).unwrap();
        let note = log.sign(3, [7; 32]);
        let mut file = format!("log {}\n", log.verifier());
        for seed in 1..=3 {
            file.push_str(&format!("witness w{seed} {}\n", witness(seed).verifier()));
        }
        let policy = Policy::parse((file + lines).as_bytes()).unwrap();
        let at = "2027-03-01T12:00:00Z".parse().unwrap();
        let sets = (0..8_u8).map(|set| (1..=3).filter(|seed| set >> (seed - 1) & 1 == 1).collect());
        sets.filter(|set: &Vec<u8>| {
            let lines: Vec<_> = set
                .iter()
                .map(|seed| witness(*seed).cosign(&note, at).unwrap())
                .collect();
            let note = attach(&note, &lines).unwrap();
            match policy.quorum(&Note::parse(note.as_bytes()).unwrap()) {
                Ok(count) => {
                    assert_eq!(count, set.len() as u64);
                    Checkpoint::open(note.as_bytes(), &policy).is_ok()
                }
                Err(_) => {
                    assert!(Checkpoint::open_without_quorum(note.as_bytes(), &policy).is_ok());
                    false
                }
            }
        })
        .collect()
    }

    #[test]
    fn a_quorum_is_met_by_the_right_witnesses() {
        assert_eq!(enough("quorum none\n").len(), 8);
        assert_eq!(
            enough("quorum w2\n"),
            [vec![2], vec![1, 2], vec![2, 3], vec![1, 2, 3]]
        );
        assert_eq!(enough("group g 2 w1 w2 w3\nquorum g\n").len(), 4);
        assert_eq!(enough("group g all w1 w2 w3\nquorum g\n"), [vec![1, 2, 3]]);
        assert_eq!(enough("group g any w1 w2 w3\nquorum g\n").len(), 7);
        assert_eq!(
            enough("group one any w1 w2\ngroup both all one w3\nquorum both\n"),
            [vec![1, 3], vec![2, 3], vec![1, 2, 3]]
        );
    }

    #[test]
    fn a_wrong_cosignature_spoils_the_note() {
        let log = LogSigner::from_seed("log.example", &[9; 32]).unwrap();
        let at = "2027-03-01T12:00:00Z".parse().unwrap();
        let other = witness(1).cosign(&log.sign(4, [7; 32]), at).unwrap();
        let note = attach(&log.sign(3, [7; 32]), &[other]).unwrap();
        let file = Policy::text_with(&[log.verifier()], &[witness(1).verifier()], 1);
        let policy = Policy::parse(file.as_bytes()).unwrap();
        assert_eq!(policy.witnesses().count(), 1);
        let refused = Checkpoint::open(note.as_bytes(), &policy);
        assert!(
            matches!(refused, Err(CheckpointError::Untrusted(_))),
            "{refused:?}"
        );
        assert_eq!(
            Policy::text_with(&[log.verifier()], &[], 0),
            Policy::text_for(log.verifier())
        );
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
        let (w, v) = (
            witness(1).verifier().to_string(),
            witness(2).verifier().to_string(),
        );
        for (file, line) in [
            (String::new(), 0),
            (format!("log {one}\n"), 0),
            ("quorum none\n".to_owned(), 0),
            (format!("log {one}\nquorum none\nquorum none\n"), 3),
            (format!("log {one}\nlog {one}\nquorum none\n"), 2),
            (format!("log {one}\nwitness w {one}\nquorum w\n"), 2),
            (format!("log {one}\nwitness w {w}\nwitness w {v}\nquorum w\n"), 3),
            (format!("log {one}\nwitness w {w}\nwitness v {w}\nquorum w\n"), 3),
            (format!("log {one}\nwitness none {w}\nquorum none\n"), 2),
            (format!("log {one}\nwitness w {w}\ngroup g 2 w\nquorum g\n"), 3),
            (format!("log {one}\nwitness w {w}\ngroup g 0 w\nquorum g\n"), 3),
            (
                format!("log {one}\nwitness w {w}\ngroup g any w w\nquorum g\n"),
                3,
            ),
            (format!("log {one}\nwitness w {w}\ngroup g any g\nquorum g\n"), 3),
            (format!("log {one}\nwitness w {w}\ngroup g any\nquorum g\n"), 3),
            (format!("log {one}\nwitness w {w}\ngroup g -1 w\nquorum g\n"), 3),
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
