//! What is kept, and how long: one table, from which the documentation is generated.
//!
//! Storage limitation (GDPR article 5(1)(e)): personal data is kept no longer than its purpose needs. A rule that acts
//! when one looks needs no housekeeping to be true; housekeeping only removes what already counts for nothing. A line
//! says what is so, not what should be: where nothing removes a thing, the line says that it stays.

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
    /// It counts for nothing from that moment, because every reading compares with the time. The row itself may stay.
    EveryReading,
    /// Housekeeping removes it.
    Housekeeping,
    /// The operator decides by rules outside this program.
    TheOperator,
    /// The program keeps it and has nothing that would remove it.
    Nothing,
}

impl HeldBy {
    /// The words in the documentation.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NeverStored => "never stored",
            Self::TheAct => "the act itself",
            Self::EveryReading => "every reading",
            Self::Housekeeping => "housekeeping",
            Self::TheOperator => "the operator",
            Self::Nothing => "nothing: it stays",
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
    /// By which words families read of it: several rules of one kind of thing share them. None for what is about programs,
    /// organisations and covenants only.
    pub told: Option<&'static str>,
}

impl Rule {
    const fn told(mut self, as_what: &'static str) -> Self {
        self.told = Some(as_what);
        self
    }
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
        told: None,
    }
}

/// The table. It says what the program does today, also where it does less than a rule asks for.
pub const TABLE: &[Rule] = &[
    rule(
        Class::Child,
        "identifier (BSN) and the token made of it",
        "not at all: the identifier never arrives, the token is dropped when its tag is made and it has been sealed",
        "GDPR article 25 (data protection by design); UAVG article 46 (national identification number)",
        HeldBy::NeverStored,
    )
    .told("number"),
    rule(
        Class::Child,
        "tag (keyed pseudonym) and sealed token",
        "the last signal of the child is destroyed, archived ones included",
        "GDPR article 5(1)(e)",
        HeldBy::TheAct,
    )
    .told("pseudonym"),
    rule(
        Class::Child,
        "tag of an epoch of the partners' key, and its sealed token, once the epoch was ended",
        "the time at which the epoch ends, at most 30 days after its key was declared compromised",
        "a key in wrong hands must not stand for children longer than partners need to send tokens of the new one",
        HeldBy::Housekeeping,
    )
    .told("pseudonym"),
    rule(
        Class::Child,
        "tag of a service key or of a guardian's pseudonym, and its sealed token",
        "the last signal that came with it is destroyed, archived ones included, or its epoch of the partners' key ends",
        "GDPR article 5(1)(e); a guardian is known for no longer than a signal that names them",
        HeldBy::Housekeeping,
    )
    .told("pseudonym"),
    rule(
        Class::Child,
        "an organisation's own reference to a client without a BSN",
        "stored as a keyed hash only; with the last signal of the child",
        "it says which of its clients an organisation means; two can share a service key",
        HeldBy::TheAct,
    )
    .told("pseudonym"),
    rule(
        Class::Child,
        "soft match: that two children share a service key, and what organisations answered",
        "the last signal of one of the children is destroyed; an organisation's side with its signal",
        "a no must stand, so that it is not asked again",
        HeldBy::TheAct,
    )
    .told("same-child"),
    rule(
        Class::Child,
        "family match and its parties",
        "it is over when fewer than two children or organisations have signals that count; a party's row goes with its signal",
        "it is about signals and has no purpose without them",
        HeldBy::EveryReading,
    )
    .told("family-match"),
    rule(
        Class::Child,
        "that tokens of an organisation led to two children (a pair of them)",
        "a second organisation's tokens do too, and the two are joined; or the organisation's last signal about either is destroyed",
        "one organisation's word must not join children",
        HeldBy::TheAct,
    )
    .told("same-child"),
    rule(
        Class::Child,
        "signal: that an organisation is involved, from when to when",
        "it counts until 00:00 of its planned end, at most signal_max_days (730) after it was given, or until its organisation ends it; from 00:00 of the day after it is in the archive",
        "covenant setting signal_max_days; the referral index is about persons under 23 (Jeugdwet, paragraph 7.1)",
        HeldBy::EveryReading,
    )
    .told("signal"),
    rule(
        Class::Child,
        "signal that sleeps until the family has agreed to it",
        "28 days, the family's refusal, its planned end or any other end of it; it never comes into the archive",
        "nobody else may ever learn of it; what nobody agreed to has no purpose",
        HeldBy::EveryReading,
    )
    .told("sleeping"),
    rule(
        Class::Child,
        "signal in the archive (ended as resolved, or expired)",
        "archive_years (5) after its end, or 30 days after the one notice of it to a later new party; it counts as gone from then, and housekeeping removes it",
        "one later new party may be told once that there was help; covenant setting archive_years",
        HeldBy::EveryReading,
    )
    .told("archive"),
    rule(
        Class::Child,
        "signal that should not have been given, was objected to with success, or is about a child who died",
        "at once, archive included; the other parties of its matches are told of a correction",
        "GDPR articles 16, 17 and 21",
        HeldBy::TheAct,
    )
    .told("at-once"),
    rule(
        Class::Child,
        "destroy-by month (the month of the birthday at the age limit)",
        "with the signal; at 00:00 of its first day the signal is gone, the archive's too",
        "needed to know when everything must go; narrows the child for whoever knows an organisation's roll",
        HeldBy::EveryReading,
    )
    .told("birth-month"),
    rule(
        Class::Child,
        "ground of a signal",
        "not at all: compared with the covenant's list when the signal is given",
        "GDPR article 5(1)(c) (data minimisation)",
        HeldBy::NeverStored,
    )
    .told("ground"),
    rule(
        Class::Child,
        "match, its parties and their contact confirmations",
        "it is over when fewer than two signals count or its lead closes it; it goes when the last signal of its parties is destroyed, archived ones included",
        "a match is about signals and has no purpose without them",
        HeldBy::TheAct,
    )
    .told("match"),
    rule(
        Class::Child,
        "notice to a party",
        "the match or the signal that it is about is destroyed; it is listed until it is acknowledged",
        "each party must have been told (mutual disclosure)",
        HeldBy::TheAct,
    )
    .told("match"),
    rule(
        Class::Child,
        "that the family was told of a signal, how and when; why that was postponed, and until when",
        "with the signal",
        "GDPR article 5(2): whether and when the family was informed must be shown",
        HeldBy::TheAct,
    )
    .told("told"),
    rule(
        Class::Child,
        "course of a contact deadline, and what a follow-up officer noted",
        "with the match",
        "the municipality sees that parties make contact",
        HeldBy::TheAct,
    )
    .told("match"),
    rule(
        Class::Child,
        "line of a batch that waits: tags, sealed tokens, the professional's reference and contact, dates, encrypted together",
        "it is worked off; else 7 days after the batch arrived, was held or was released, or when its organisation takes it back or a supervisor refuses it; 25 hours after the last part of a batch that never arrived whole",
        "it is no signal yet; a supervisor has working days to decide",
        HeldBy::EveryReading,
    )
    .told("waiting"),
    rule(
        Class::Child,
        "what came of the lines of a batch: the signal's id or the kind of fault",
        "7 days after the batch ended, also where the signal is destroyed before: its id opens nothing then",
        "a partner fetches it with its nightly jobs",
        HeldBy::EveryReading,
    )
    .told("waiting"),
    rule(
        Class::Family,
        "next age boundary of a request for consent, and from when the young person must sign because of it",
        "the request is given, refused, or its time to answer is over",
        "GDPR article 5(1)(c): it decides until when the answer counts and nothing else",
        HeldBy::TheAct,
    )
    .told("birthday"),
    rule(
        Class::Family,
        "until when a request could be answered and its codes opened it, and until when a consent stands",
        "with the consent, also after the request has ended; where an age boundary came first (before the 28 days, or before consent_days were over) it is 00:00 of that birthday, and tells it",
        "the answer's time must be shown to have been in time; the birthday in it is more than that needs",
        HeldBy::TheAct,
    )
    .told("birthday"),
    rule(
        Class::Family,
        "age band and number of guardians of a request for consent",
        "not stored as such; the list of who must sign, which stays with the consent, lets one conclude them",
        "GDPR article 5(1)(c): they decide who must sign and nothing else",
        HeldBy::NeverStored,
    )
    .told("birthday"),
    rule(
        Class::Family,
        "invitation code",
        "stored as a keyed hash only; it can be exchanged for a return key for 28 days or until the age boundary, and after that only while the consent stands",
        "long enough for a letter; withdrawing must stay as easy as giving (GDPR article 7(3))",
        HeldBy::EveryReading,
    )
    .told("code"),
    rule(
        Class::Family,
        "letter that opens one signal",
        "its code is stored as a keyed hash only and can be exchanged for 28 days; what it becomes opens the signal as long as that is kept, for a guardian until 00:00 of the 16th birthday where that was stated, and goes with the signal",
        "objecting is possible as long as there is something to object to (GDPR article 21)",
        HeldBy::EveryReading,
    )
    .told("code"),
    rule(
        Class::Family,
        "return key with its PIN",
        "stored as keyed hashes only; it opens as long as something that it opens is there, for a guardian until the 16th birthday, and goes with the signal or the match; at once when the municipality takes it away",
        "withdrawing must stay as easy as giving (GDPR article 7(3))",
        HeldBy::EveryReading,
    )
    .told("key"),
    rule(
        Class::Family,
        "objection to a signal: when, in which capacity, advice, decision and reasons as words of a list",
        "it stays when its signal is destroyed, without naming it, and goes with the last signal of the child",
        "who made it and who decided must be able to read what came of it; the decision itself is a letter of the municipality",
        HeldBy::TheAct,
    )
    .told("objection"),
    rule(
        Class::Family,
        "request for access or erasure: when, in which capacity, decision and reason as words of a list",
        "with the last signal of the child",
        "GDPR article 12(3): it must be shown that it was answered in time",
        HeldBy::TheAct,
    )
    .told("request"),
    rule(
        Class::Family,
        "file of everything that is kept about a child",
        "not at all: it is made when it is read, for 30 days after access was given",
        "no second copy; what is hidden or gone by then is not in it",
        HeldBy::NeverStored,
    )
    .told("file"),
    rule(
        Class::Family,
        "consent: parties, text version and language shown, times, state, signed record",
        "it stands until consent_days are over, the next age boundary at 00:00, or withdrawal; the record goes with the match or the signal it is about",
        "GDPR article 7(1): the controller must be able to show that consent was given",
        HeldBy::EveryReading,
    )
    .told("consent"),
    rule(
        Class::Family,
        "who looked at a match or fetched a message in it, by day",
        "with the match",
        "the family sees who looked (GDPR article 15)",
        HeldBy::TheAct,
    )
    .told("looked"),
    rule(
        Class::Family,
        "that a consent ended before its time, by the hash of its record, for the keyholder",
        "the record would have ended by its own time; it names no child and stays when the consent is destroyed",
        "a keyholder that was down, or put back from a backup, must learn of every withdrawal",
        HeldBy::Housekeeping,
    )
    .told("ended"),
    rule(
        Class::Family,
        "who decided what on a request, in which form, and which organisation recorded it on what day",
        "with the consent, which goes with its match or signal; no organisation can read it",
        "no guardian sees another's decision; a refusal is not told by whom; how sure a consent is must be known",
        HeldBy::TheAct,
    )
    .told("decision"),
    rule(
        Class::Family,
        "each decision of a signatory with version and language of the text they read, in a history of their own",
        "with the consent, which goes with its match or signal; nobody else reads it, the municipality only to give that person access",
        "who decided can read again to what (GDPR article 7(1)); the texts themselves are kept in the program and name nobody",
        HeldBy::TheAct,
    )
    .told("decision"),
    rule(
        Class::Family,
        "when the log was last told that somebody reads, in a session of the portal",
        "with the session",
        "one leaf an hour and session tells of it, and not one for each page",
        HeldBy::Housekeeping,
    )
    .told("session"),
    rule(
        Class::Content,
        "sealed message or attachment (ciphertext), fetched or not",
        "its recipient acknowledges it, the consent is withdrawn or reaches its end, the signal of its sender or recipient ends, or the match is closed",
        "GDPR articles 7(3) and 5(1)(e): withdrawal ends the processing, and what nobody may read any more has no purpose",
        HeldBy::TheAct,
    )
    .told("message"),
    rule(
        Class::Content,
        "parts of an attachment that is not whole",
        "24 hours after it was announced it counts as gone, and housekeeping removes it; before that as every ciphertext",
        "what its sender never finished nobody can open",
        HeldBy::EveryReading,
    )
    .told("message"),
    rule(
        Class::Content,
        "that a message or an attachment was sent, by whom, to whom, of which size, and what became of it",
        "with the match",
        "the family sees that content passed (GDPR article 15)",
        HeldBy::TheAct,
    )
    .told("sent"),
    rule(
        Class::Professional,
        "who told the family, who proposed to postpone that and who decided it (encrypted)",
        "with the signal, or earlier when the contact of the professional who gave it is erased",
        "a second person must be shown to have decided",
        HeldBy::TheAct,
    )
    .told("colleague"),
    rule(
        Class::Professional,
        "professional's reference and work contact, encrypted",
        "the signal is destroyed; or the operator erases it (`trefpunt audit erase`), which it does once the signal no longer counts; in both cases with the copies in matches",
        "the other parties must be able to call; GDPR article 17 (right to erasure)",
        HeldBy::TheOperator,
    )
    .told("colleague"),
    rule(
        Class::Professional,
        "address to which a mail is due or went, encrypted, and a keyed hash of it",
        "an hour after the mail was sent; 30 days after its mail server refused it, or it was given up after two days",
        "one address gets one mail in a quarter of an hour; the coordinator sees which addresses are wrong",
        HeldBy::Housekeeping,
    )
    .told("mail"),
    rule(
        Class::Access,
        "stored answer to a request with an Idempotency-Key, encrypted; that to a request for consent holds its codes",
        "25 hours after the request",
        "a repeated request must have one effect and one answer",
        HeldBy::Housekeeping,
    )
    .told("answers"),
    rule(
        Class::Access,
        "used client assertion (hash of its number)",
        "five minutes after the assertion has expired",
        "RFC 7523 section 3: an assertion is used once",
        HeldBy::Housekeeping,
    ),
    rule(
        Class::Access,
        "access token",
        "not at all: a token that was verified is remembered by its hash, in memory, until it expires",
        "RFC 9068",
        HeldBy::NeverStored,
    ),
    rule(
        Class::Access,
        "portal session (hash of its secret)",
        "its reader leaves, or two hours after the PIN was chosen or typed; 15 minutes while none is chosen",
        "a telephone is lent and lost",
        HeldBy::EveryReading,
    )
    .told("session"),
    rule(
        Class::Access,
        "how often a wrong PIN was typed, by 4,096 buckets of return keys",
        "the end of the hour",
        "six digits can be tried; a bucket says nothing of anybody",
        HeldBy::EveryReading,
    )
    .told("session"),
    rule(
        Class::Log,
        "leaf: what happened, with random tags and times",
        "as long as the log is kept",
        "GDPR article 5(2) (accountability); a leaf has no personal data and cannot be taken out without breaking the log",
        HeldBy::TheOperator,
    )
    .told("log"),
    rule(
        Class::Log,
        "opening: the erasable part of a leaf (reference, capacity, client, settings), encrypted",
        "the operator erases it (`trefpunt audit erase`), or the record it is about is destroyed; the leaf that says so follows",
        "GDPR article 17 (right to erasure); GDPR article 5(2) (accountability) until then",
        HeldBy::Housekeeping,
    )
    .told("log-details"),
    rule(
        Class::Log,
        "random name of a record that was destroyed",
        "what the log could say about it is erased, within a minute",
        "the role that destroys records may not touch the log",
        HeldBy::Housekeeping,
    )
    .told("log-details"),
    rule(
        Class::Log,
        "which openings were erased: the events' random ids",
        "as long as the log is kept",
        "exports and restored backups must leave out what was erased",
        HeldBy::TheOperator,
    )
    .told("log-details"),
    rule(
        Class::Log,
        "line of the processing log, where one is kept",
        "it is on disk in the file of the settings; the file is the operator's",
        "Logboek Dataverwerkingen; names records by random tags",
        HeldBy::TheAct,
    )
    .told("log"),
    rule(
        Class::Log,
        "export bundle",
        "not kept: it is made in a file without a name while it is taken",
        "no second copy of the openings",
        HeldBy::NeverStored,
    )
    .told("log"),
    rule(
        Class::Region,
        "counts of a quarter that is not over, and the random names of matches and consents that are followed for them",
        "an hour after the quarter's end; a name until its record is over",
        "statistics are counted from the log, which names no covenant",
        HeldBy::Housekeeping,
    )
    .told("statistics"),
    rule(
        Class::Region,
        "published statistics: counts of ten and more per covenant and quarter",
        "not at all: they are about nobody",
        "what is counted once and never changes cannot be compared with itself to find a child",
        HeldBy::Nothing,
    )
    .told("statistics"),
    rule(
        Class::Region,
        "covenant settings with their versions, organisations, who gives signals for whom, public keys of clients and for sealing, retired ones too",
        "as long as the log that names them",
        "the supervisor must be able to see under which rules and by whom something was done",
        HeldBy::TheOperator,
    ),
    rule(
        Class::Region,
        "where an organisation's coordinator is mailed, encrypted",
        "its coordinator changes it or takes it away",
        "to tell it that something waits",
        HeldBy::TheAct,
    ),
    rule(
        Class::Region,
        "webhook endpoint: address and secret, encrypted; a notice about it",
        "its organisation removes it",
        "deliveries go there; the notice says that they no longer do",
        HeldBy::TheAct,
    ),
    rule(
        Class::Region,
        "webhook endpoint: the secret before the present one, encrypted",
        "24 hours after it was replaced it signs nothing; the row keeps it until the next rotation",
        "receivers are given a day to take over the new one",
        HeldBy::EveryReading,
    ),
    rule(
        Class::Region,
        "delivery of a webhook and its attempts: the notice's id, when, and what the receiver's program answered",
        "30 days after it was delivered or given up; with its notice before that",
        "the organisation looks what arrived, and has it delivered again",
        HeldBy::Housekeeping,
    ),
    rule(
        Class::Region,
        "how many signals an organisation gave in an hour of the clock",
        "its next signal in another hour; one number per organisation",
        "the covenant's guardrail signals_per_hour",
        HeldBy::TheAct,
    ),
    rule(
        Class::Region,
        "alert: that an organisation gave too many, and in which hour",
        "as long as the log that says so",
        "the supervisor asks the organisation about it; it names no child and no professional",
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
        ..
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
