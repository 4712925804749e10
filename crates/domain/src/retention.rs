//! What is kept, and how long: one table, from which the documentation is generated.
//!
//! Storage limitation (GDPR article 5(1)(e)): personal data is kept no longer than its purpose needs. A rule that acts
//! when one looks needs no housekeeping to be true; housekeeping only removes what already counts for nothing.

use std::fmt::Write as _;

/// Whom or what a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The child, behind a pseudonym.
    Child,
    /// The family: what it was asked and what it decided.
    Family,
    /// Sealed content between parties.
    Content,
    /// The professional.
    Professional,
    /// Access of programs and of the family.
    Access,
    /// The audit log.
    Log,
    /// Covenants and organisations.
    Region,
}

impl Class {
    /// The heading in the documentation.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Child => "child (pseudonymous)",
            Self::Family => "family",
            Self::Content => "content",
            Self::Professional => "professional",
            Self::Access => "access",
            Self::Log => "audit log",
            Self::Region => "region",
        }
    }
}

/// What makes a rule true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeldBy {
    /// It is never stored.
    NeverStored,
    /// The act that ends it removes it, in the same transaction.
    TheAct,
    /// It counts for nothing from that moment, because every reading compares with the time; the row is removed later.
    EveryReading,
    /// Housekeeping removes it.
    Housekeeping,
    /// The operator decides by rules outside this program.
    TheOperator,
}

impl HeldBy {
    /// The words in the documentation.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NeverStored => "never stored",
            Self::TheAct => "the act itself",
            Self::EveryReading => "every reading, then housekeeping",
            Self::Housekeeping => "housekeeping",
            Self::TheOperator => "the operator",
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Whom or what it is about.
    pub class: Class,
    /// Which data.
    pub what: &'static str,
    /// Until when it is kept.
    pub until: &'static str,
    /// Why that long.
    pub source: &'static str,
    /// What makes it true.
    pub held_by: HeldBy,
}

const fn rule(
    class: Class,
    what: &'static str,
    until: &'static str,
    source: &'static str,
    held_by: HeldBy,
) -> Rule {
    Rule {
        class,
        what,
        until,
        source,
        held_by,
    }
}

/// The table.
pub const TABLE: &[Rule] = &[
    rule(
        Class::Child,
        "identifier (BSN) and the token made of it",
        "not at all: the identifier never arrives, the token is dropped when its tag is made",
        "GDPR article 25 (data protection by design); UAVG article 46 (national identification number)",
        HeldBy::NeverStored,
    ),
    rule(
        Class::Child,
        "tag (keyed pseudonym) and sealed token",
        "the last signal of the child is destroyed",
        "GDPR article 5(1)(e)",
        HeldBy::TheAct,
    ),
    rule(
        Class::Child,
        "signal: that an organisation is involved, from when to when",
        "it counts until 00:00 of its planned end, at most 730 days; it is destroyed on the first day of the destroy-by month",
        "covenant setting signal_max_days; the referral index is about persons under 23 (Jeugdwet, paragraph 7.1)",
        HeldBy::EveryReading,
    ),
    rule(
        Class::Child,
        "destroy-by month (the month of the birthday at the age limit)",
        "with the signal",
        "needed to know when everything must go; narrows the child for whoever knows an organisation's roll",
        HeldBy::Housekeeping,
    ),
    rule(
        Class::Child,
        "ground of a signal",
        "not at all: compared with the covenant's list when the signal is given",
        "GDPR article 5(1)(c) (data minimisation)",
        HeldBy::NeverStored,
    ),
    rule(
        Class::Child,
        "match, its parties and their contact confirmations",
        "it closes when fewer than two signals count; it is destroyed with the last signal of the child",
        "a match is about signals and has no purpose without them",
        HeldBy::EveryReading,
    ),
    rule(
        Class::Child,
        "notice to a party",
        "the match is destroyed; from its acknowledgement it is no longer listed",
        "each party must have been told (mutual disclosure)",
        HeldBy::Housekeeping,
    ),
    rule(
        Class::Family,
        "next age boundary of a request for consent",
        "the request ends: given, refused, or not answered in time; only the resulting end of the consent stays",
        "GDPR article 5(1)(c): it decides until when the answer counts and nothing else",
        HeldBy::TheAct,
    ),
    rule(
        Class::Family,
        "age band and number of guardians of a request for consent",
        "not stored beside the list of who must sign; in the opening of the log until the request ends",
        "GDPR article 5(1)(c): they decide who must sign and nothing else",
        HeldBy::TheAct,
    ),
    rule(
        Class::Family,
        "invitation code",
        "stored as a keyed hash only; usable once, for 28 days or until the age boundary",
        "long enough for a letter, short enough not to lie about",
        HeldBy::EveryReading,
    ),
    rule(
        Class::Family,
        "consent: parties, text version and language shown, times, state, signed record",
        "it stands until consent_days are over, the next age boundary at 00:00, or withdrawal; the record is destroyed with the match",
        "GDPR article 7(1): the controller must be able to show that consent was given",
        HeldBy::EveryReading,
    ),
    rule(
        Class::Family,
        "who decided what on a request",
        "with the consent; no organisation can read it",
        "no guardian sees another's decision; a refusal is not told by whom",
        HeldBy::Housekeeping,
    ),
    rule(
        Class::Content,
        "sealed message (ciphertext) not yet fetched",
        "the consent it was sealed under is withdrawn or has expired",
        "GDPR article 7(3): withdrawal ends the processing",
        HeldBy::TheAct,
    ),
    rule(
        Class::Content,
        "sealed message (ciphertext) that was fetched",
        "readable while consent stands; destroyed with the match",
        "what a recipient already opened is in its own file under its own rules",
        HeldBy::EveryReading,
    ),
    rule(
        Class::Professional,
        "professional's reference and work contact, encrypted",
        "with the signal",
        "the other parties must be able to call",
        HeldBy::Housekeeping,
    ),
    rule(
        Class::Access,
        "stored answer to a request with an Idempotency-Key",
        "at least 24 hours after the request",
        "a repeated request must have one effect and one answer",
        HeldBy::Housekeeping,
    ),
    rule(
        Class::Access,
        "used client assertion (its number) and access token (its hash)",
        "the assertion or the token has expired",
        "RFC 7523 section 3: an assertion is used once",
        HeldBy::EveryReading,
    ),
    rule(
        Class::Access,
        "portal session (hash of its secret)",
        "the signatory leaves, or its time is over",
        "a telephone is lent and lost",
        HeldBy::EveryReading,
    ),
    rule(
        Class::Log,
        "leaf: what happened, with random tags and times",
        "as long as the log is kept",
        "GDPR article 5(2) (accountability); a leaf has no personal data and cannot be taken out without breaking the log",
        HeldBy::TheOperator,
    ),
    rule(
        Class::Log,
        "opening: the erasable part of a leaf (reference, capacity, age band)",
        "the record it is about is destroyed, or its facts are wiped",
        "GDPR article 17 (right to erasure)",
        HeldBy::TheAct,
    ),
    rule(
        Class::Log,
        "export bundle",
        "not kept: it is made while it is taken",
        "no second copy of the openings",
        HeldBy::NeverStored,
    ),
    rule(
        Class::Region,
        "covenant settings, organisations, clients and their public keys",
        "as long as the log that names them",
        "the supervisor must be able to see under which rules and by whom something was done",
        HeldBy::TheOperator,
    ),
];

/// The table in Markdown, for the documentation.
pub fn markdown() -> String {
    let mut text = String::from("| about | what | until | why | held by |\n|---|---|---|---|---|\n");
    for Rule {
        class,
        what,
        until,
        source,
        held_by,
    } in TABLE
    {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {what} | {until} | {source} | {} |",
            class.title(),
            held_by.words()
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_record_stands_in_the_table_once_and_under_its_class() {
        let mut whats: Vec<_> = TABLE.iter().map(|rule| rule.what).collect();
        whats.sort_unstable();
        whats.dedup();
        assert_eq!(whats.len(), TABLE.len());
        assert!(TABLE.is_sorted_by_key(|rule| rule.class));
    }

    #[test]
    fn the_documentation_has_one_line_for_each_rule() {
        let text = markdown();
        assert_eq!(text.lines().count(), TABLE.len() + 2);
        assert!(text.lines().all(|line| line.matches('|').count() == 6));
    }
}
